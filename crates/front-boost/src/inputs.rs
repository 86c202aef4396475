//! The features of a model, and fields of the record for them.

use std::collections::HashSet;

use ir::{Builder, Elem, Field, Literal, Map, Reason, Table, Type, Val};

use crate::Fault;

/// A feature of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub name: String,
    /// Its column among those that the library is given.
    pub place: usize,
    pub takes: Takes,
}

/// What a model is given for a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Takes {
    /// A double, NaN where it is missing.
    Number,
    /// The number of the category among these as a double, NaN where it is missing.
    Category { categories: Vec<Literal>, unseen: Unseen },
    /// The text of a category.
    Text,
}

/// What a category is that training has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// The library raises, or takes it for another.
    Raises(&'static str),
    /// It is missing.
    IsMissing,
}

/// Fields of the record for the features, as the model takes them.
pub(crate) fn fields<'b>(b: &'b Builder, features: &[Feature]) -> Vec<Val<'b>> {
    let field = |feature: &Feature| match &feature.takes {
        Takes::Number => b.param(&feature.name, Type::scalar(Elem::F64)),
        Takes::Category { categories, unseen } => category(b, &feature.name, categories, *unseen),
        Takes::Text => {
            let doc = "A category; CatBoost takes whole numbers for their digits.".to_owned();
            b.param_field(Field { name: feature.name.clone(), ty: Type::scalar(Elem::Str), doc })
        }
    };
    features.iter().map(field).collect()
}

/// More features than any table has columns: a file that says so is damaged.
const MOST: usize = 1 << 16;

/// The names of `count` features, those of the file if it has them. Errors: a name that is there twice, a number that cannot be.
pub(crate) fn names(path: &str, given: &[&str], count: usize, nameless: &dyn Fn(usize) -> String) -> Result<Vec<String>, Fault> {
    if count > MOST {
        return Err(Fault::malformed(path, format!("{count} features are more than {MOST}")));
    }
    if !given.is_empty() && given.len() != count {
        return Err(Fault::malformed(path, format!("there are {} names for {count} features", given.len())));
    }
    let names: Vec<String> =
        if given.is_empty() { (0..count).map(nameless).collect() } else { given.iter().map(|name| (*name).into()).collect() };
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(twice) => Err(Fault::malformed(path, format!("two features are called `{twice}`"))),
        None => Ok(names),
    }
}

/// A feature whose categories have names: the number of the category as a double, NaN where it is missing.
fn category<'b>(b: &'b Builder, name: &str, categories: &[Literal], unseen: Unseen) -> Val<'b> {
    let elem = categories.first().map_or(Elem::Str, Literal::elem);
    let shown: Vec<String> = categories.iter().take(SHOWN).map(shown).collect();
    let rest = if categories.len() > SHOWN { ", …" } else { "" };
    let doc = format!("Categories: {}{rest}.", shown.join(", "));
    let x = b.param_field(Field { name: name.into(), ty: Type::nullable(elem), doc });
    let rows = categories.iter().enumerate().map(|(code, category)| (vec![category.clone()], Literal::F64(code as f64))).collect();
    let map = b.table(Table::Map(Map { name: format!("categories of {name}"), keys: vec![elem], value: Elem::F64, rows }));
    let code = b.lookup(map, &[x]);
    if let Unseen::Raises(library) = unseen {
        let is_unseen = !x.is_null() & code.is_null();
        b.reject_if(is_unseen, Reason::Invalid(format!("a category in {name} that {library} has not seen")));
    }
    code.or_else(f64::NAN)
}

/// How many categories the documentation of a field lists.
const SHOWN: usize = 20;

fn shown(category: &Literal) -> String {
    match (category.as_str(), category.as_i64(), category.as_f64(), category.as_bool()) {
        (Some(text), ..) => format!("{text:?}"),
        (_, Some(number), ..) => number.to_string(),
        (_, _, Some(number), _) => number.to_string(),
        (.., truth) => truth.unwrap_or_default().to_string(),
    }
}
