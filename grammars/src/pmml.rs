//! PMML elements and attributes, read from `pmml.toml`. Start at [`grammar`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The elements of the standard that carry meaning for a score, and the names of those that do not.
#[derive(Debug)]
pub struct Grammar {
    pub namespaces: Vec<String>,
    /// Of versions before 4.0, which read alike where they overlap.
    pub older_namespaces: Vec<String>,
    /// Every kind of model there is.
    pub models: Vec<String>,
    inert: Vec<String>,
    elements: BTreeMap<String, BTreeMap<String, Attribute>>,
}

#[derive(Debug, Clone)]
pub struct Attribute {
    /// Cannot change a score.
    pub inert: bool,
    pub required: bool,
    pub default: Option<String>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    /// One of these.
    Words(Vec<String>),
}

impl Grammar {
    /// The attributes of an element; `None` when the table has no such element.
    pub fn attributes(&self, element: &str) -> Option<&BTreeMap<String, Attribute>> {
        self.elements.get(element)
    }

    /// Whether an element and all that it holds cannot change a score.
    pub fn is_inert(&self, element: &str) -> bool {
        self.inert.iter().any(|name| name == element)
    }
}

/// The table, read once. An error means that `pmml.toml` itself is damaged.
pub fn grammar() -> Result<&'static Grammar, &'static str> {
    static GRAMMAR: OnceLock<Result<Grammar, String>> = OnceLock::new();
    GRAMMAR.get_or_init(|| parse(include_str!("../pmml.toml"))).as_ref().map_err(String::as_str)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    namespaces: Vec<String>,
    older_namespaces: Vec<String>,
    models: Vec<String>,
    inert: Vec<String>,
    elements: BTreeMap<String, BTreeMap<String, String>>,
}

fn parse(text: &str) -> Result<Grammar, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let attributes = |texts: BTreeMap<String, String>| texts.into_iter().map(|(name, text)| (name, attribute(&text))).collect();
    Ok(Grammar {
        namespaces: file.namespaces,
        older_namespaces: file.older_namespaces,
        models: file.models,
        inert: file.inert,
        elements: file.elements.into_iter().map(|(name, texts)| (name, attributes(texts))).collect(),
    })
}

fn attribute(text: &str) -> Attribute {
    let (inert, text) = match text.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (text, default) = match text.split_once('=') {
        Some((text, default)) => (text, Some(default.to_owned())),
        None => (text, None),
    };
    let required = text.ends_with('!');
    let kind = match text.trim_end_matches('!') {
        "string" => Kind::String,
        "number" => Kind::Number,
        "integer" => Kind::Integer,
        "boolean" => Kind::Boolean,
        words => Kind::Words(words.split('|').map(str::to_owned).collect()),
    };
    Attribute { inert, required, default, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_says_kind_default_and_whether_it_matters() {
        let grammar = grammar().unwrap();
        let tree = grammar.attributes("TreeModel").unwrap();
        assert!(tree["modelName"].inert);
        assert_eq!(tree["missingValueStrategy"].default.as_deref(), Some("none"));
        assert!(matches!(&tree["functionName"].kind, Kind::Words(words) if words.len() == 7) && tree["functionName"].required);
    }
}
