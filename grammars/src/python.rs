//! What Python and its libraries say: the parameters of calls, in order.
//!
//! From `calls.toml`, which `signatures.py` writes from the installed libraries. It never says what is supported.

use std::collections::HashMap;
use std::sync::LazyLock;

static CALLS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut out = HashMap::new();
    if let Ok(toml::Value::Table(table)) = include_str!("../calls.toml").parse::<toml::Table>().map(toml::Value::Table) {
        collect("", &table, &mut out);
    }
    out
});

fn collect(prefix: &str, table: &toml::Table, out: &mut HashMap<String, Vec<String>>) {
    for (name, value) in table {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => collect(&path, inner, out),
            toml::Value::Array(items) => {
                out.insert(path, items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect());
            }
            toml::Value::String(_)
            | toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_) => {}
        }
    }
}

/// The parameters of a call such as `Series.fillna`, `numpy.where` or `estimator.transform`, in order.
///
/// `*` stands before those that can only be given by name; `*name` takes any number of positional arguments.
pub fn parameters(call: &str) -> Option<&'static [String]> {
    CALLS.get(call).map(Vec::as_slice)
}

/// Whether such a call exists at all.
pub fn exists(call: &str) -> bool {
    CALLS.contains_key(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_in_order() {
        assert_eq!(parameters("numpy.where"), Some(["condition", "x", "y"].map(str::to_owned).as_slice()));
        assert!(exists("Series.fillna") && exists("pandas.get_dummies") && !exists("Series.nonsense"));
    }
}
