//! Categories: one-hot, label encoding, and the class maps of ZipMap.

use ir::{Elem, Literal, Val};

use super::Row;
use super::scores::map;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType};
use crate::value::{PerRow, Value, elem, element_count, literals};

pub(super) const OPS: &[Row] = &[
    Row::ml("CastMap", cast_map),
    Row::ml("CategoryMapper", category_mapper),
    Row::ml("DictVectorizer", dict_vectorizer),
    Row::ml("LabelEncoder", label_encoder),
    Row::ml("OneHotEncoder", one_hot_encoder),
    Row::ml("ZipMap", zip_map),
];

/// The version of ai.onnx.ml from which LabelEncoder finds NaN.
const NAN_IS_A_KEY: i64 = 4;

/// A value as a key of a map: whole numbers as `i64`, floats as `f64`, both exactly.
fn key<'b>(x: Val<'b>) -> Val<'b> {
    match x.elem() {
        Elem::F32 => x.cast(Elem::F64),
        Elem::I32 => x.cast(Elem::I64),
        Elem::Bool | Elem::I64 | Elem::F64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => x,
    }
}

fn key_literal(literal: Literal) -> Literal {
    match literal {
        Literal::F32(value) => Literal::F64(canonical(f64::from(value))),
        Literal::F64(value) => Literal::F64(canonical(value)),
        Literal::I32(value) => Literal::I64(i64::from(value)),
        Literal::Null(_)
        | Literal::Bool(_)
        | Literal::I64(_)
        | Literal::Str(_)
        | Literal::Date(_)
        | Literal::DateTime(_)
        | Literal::Duration(_) => literal,
    }
}

/// Both zeros are one key.
fn canonical(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

/// One cell a category, 1 where the input is that category. Shape `x[...] -> y[..., categories]`, float32.
///
/// Floats are cut to whole numbers. An unseen category gives zeros, or with `zeros = 0` a row that is not scored.
fn one_hot_encoder<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let categories = node.labels("cats_strings", "cats_int64s");
    let x = match (x.elements, &categories) {
        (ElementType::Str, Data::Str(_)) => x.clone(),
        (ElementType::I32 | ElementType::I64, Data::I64(_)) => x.cast(node.b, ElementType::I64),
        (ElementType::F32 | ElementType::F64, Data::I64(_)) => super::cast::whole_numbers(node, &x, ElementType::I64),
        (elements, categories) => {
            return node.malformed(format!("categories of {} for an input of {}", categories.element_type().name(), elements.name()));
        }
    };
    let categories = literals(&categories);
    if categories.is_empty() {
        return node.malformed("it has no categories");
    }
    // Of equal categories the last counts in onnxruntime; no exporter writes such a list.
    let rows = categories.iter().enumerate().map(|(index, category)| (category.clone(), Literal::I64(index as i64))).collect();
    let table = map(node.b, &format!("categories of {}", node.input_name(0)), elem(x.elements), rows, Elem::I64);
    if element_count(&[x.count(), categories.len()]).is_none() {
        return node.unsupported(format!("{} categories for each of {} elements", categories.len(), x.count()));
    }
    let mut cells = Vec::with_capacity(x.count() * categories.len());
    for input in x.cells() {
        let found = node.b.lookup(table, &[input]);
        if node.int("zeros") == 0 {
            node.reject(found.is_null(), format!("unseen category in {}", node.input_name(0)));
        }
        let index = found.or_else(-1_i64);
        for (position, category) in categories.iter().enumerate() {
            let cell = index.eq(position as i64).select(node.b.f32(1.0), 0.0);
            cells.push(cell.named(format!("{} is {}", node.input_name(0), category_text(category))));
        }
    }
    let mut shape = x.shape.clone();
    shape.push(categories.len());
    Ok(vec![Value::PerRow(PerRow::scalars(x.batch, ElementType::F32, shape, cells))])
}

fn category_text(literal: &Literal) -> String {
    match literal {
        Literal::Str(text) => text.clone(),
        Literal::I64(number) => number.to_string(),
        Literal::Null(_)
        | Literal::Bool(_)
        | Literal::I32(_)
        | Literal::F32(_)
        | Literal::F64(_)
        | Literal::Date(_)
        | Literal::DateTime(_)
        | Literal::Duration(_) => String::new(),
    }
}

/// The value beside the key, or the default where the key is not listed.
///
/// From version 4 a NaN among the keys stands for every NaN; onnxruntime never finds it before.
/// Version 1 of the operator had one list, `classes_strings`, and went from text to its index or back.
fn label_encoder<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let (keys, values) = if node.node.opset < 2 {
        let classes = node.strings("classes_strings");
        let indices = Data::i64((0..classes.len() as i64).collect());
        if x.elements == ElementType::Str { (Data::text(classes.to_vec()), indices) } else { (indices, Data::text(classes.to_vec())) }
    } else {
        match (list(node, "keys"), list(node, "values")) {
            (Some(keys), Some(values)) => (keys, values),
            (None, _) | (_, None) => return node.malformed("it has no keys or no values"),
        }
    };
    if keys.len() != values.len() || keys.element_type() != x.elements {
        return node.malformed(format!(
            "{} keys of {}, {} values, and an input of {}",
            keys.len(),
            keys.element_type().name(),
            values.len(),
            x.elements.name()
        ));
    }
    let default = match (node.tensor("default_tensor"), elem(values.element_type())) {
        (Some(tensor), kind) => match literals(&tensor.data).into_iter().next().filter(|literal| literal.elem() == kind) {
            Some(literal) => literal,
            None => return node.malformed("its default is of another type than its values"),
        },
        (None, Elem::Str) => Literal::Str(node.string("default_string").to_owned()),
        (None, Elem::F32) => Literal::F32(node.float("default_float")),
        (None, Elem::F64) => Literal::F64(-0.0),
        (None, Elem::I64) => Literal::I64(node.int("default_int64")),
        (None, Elem::I32) => Literal::I32(-1),
        (None, Elem::Bool | Elem::Date | Elem::DateTime | Elem::Duration) => return node.malformed("its values are flags"),
    };
    let is_nan = |literal: &Literal| matches!(literal, Literal::F32(x) if x.is_nan()) || matches!(literal, Literal::F64(x) if x.is_nan());
    let mut for_nan = None;
    let mut rows = Vec::new();
    for (from, to) in std::iter::zip(literals(&keys), literals(&values)) {
        if is_nan(&from) {
            for_nan = for_nan.or(Some(to)).filter(|_| node.node.opset >= NAN_IS_A_KEY);
        } else {
            rows.push((key_literal(from), to));
        }
    }
    // As `key` has them.
    let key_kind = if keys.element_type().is_float() {
        Elem::F64
    } else if keys.element_type().is_integer() {
        Elem::I64
    } else {
        elem(keys.element_type())
    };
    let table = map(node.b, &format!("codes of {}", node.input_name(0)), key_kind, rows, elem(values.element_type()));
    let encoded = x.map_cells(|x| {
        let found = node.b.lookup(table, &[key(x)]).or_else(node.b.constant(default.clone()));
        match &for_nan {
            Some(value) => x.is_nan().select(node.b.constant(value.clone()), found),
            None => found,
        }
    });
    Ok(vec![Value::PerRow(encoded)])
}

/// Text to whole numbers or back, by two lists that stand side by side.
fn category_mapper<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let (texts, numbers) = (node.strings("cats_strings"), node.ints("cats_int64s"));
    if texts.len() != numbers.len() {
        return node.malformed(format!("{} texts for {} numbers", texts.len(), numbers.len()));
    }
    let texts = texts.iter().map(|text| Literal::Str(text.clone()));
    let numbers = numbers.iter().map(|number| Literal::I64(*number));
    let (rows, from, to, default): (Vec<(Literal, Literal)>, _, _, _) = match elem(x.elements) {
        Elem::Str => (texts.zip(numbers).collect(), Elem::Str, Elem::I64, Literal::I64(node.int("default_int64"))),
        Elem::I64 => (numbers.zip(texts).collect(), Elem::I64, Elem::Str, Literal::Str(node.string("default_string").to_owned())),
        Elem::Bool | Elem::I32 | Elem::F32 | Elem::F64 | Elem::Date | Elem::DateTime | Elem::Duration => {
            return node.malformed(format!("an input of {}", x.elements.name()));
        }
    };
    let table = map(node.b, &format!("categories of {}", node.input_name(0)), from, rows, to);
    Ok(vec![Value::PerRow(x.map_cells(|x| node.b.lookup(table, &[x]).or_else(node.b.constant(default.clone()))))])
}

/// The keys of a map that a node takes, as text: `None` where the node does not say them. A record has a field for each.
pub(crate) fn keys_of(node: &crate::model::Node) -> Option<Vec<String>> {
    use crate::model::Attribute::{Int, Ints, Strings};
    match (node.operator.as_str(), node.attributes.get("string_vocabulary"), node.attributes.get("int64_vocabulary")) {
        ("DictVectorizer", Some(Strings(texts)), _) => Some(texts.clone()),
        ("DictVectorizer", _, Some(Ints(numbers))) => Some(numbers.iter().map(i64::to_string).collect()),
        ("CastMap", ..) => match node.attributes.get("max_map") {
            Some(Int(count)) if (1..=MOST_KEYS).contains(count) => Some((0..*count).map(|key| key.to_string()).collect()),
            _ => None,
        },
        _ => None,
    }
}

/// Keys of a map that a record has fields for.
const MOST_KEYS: i64 = 1 << 16;

/// The values of a map in the order of a vocabulary; what the record lacks is 0 or empty.
fn dict_vectorizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::PerRow(listed(node)?)])
}

/// The fields of a map as a row.
fn listed<'b>(node: &OnnxNode<'_, 'b>) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    let Value::Map(fields) = node.input(0) else { return node.malformed("its input is no map") };
    let cells: Vec<Val<'b>> = fields.iter().map(|(_, value)| value.or_else(node.b.constant(Literal::zero(value.elem())))).collect();
    let Some(first) = cells.first() else { return node.malformed("its vocabulary is empty") };
    Ok(PerRow::scalars(0, crate::value::element_type(first.elem()), vec![cells.len()], cells))
}

/// The values of a map with whole keys, each in the place of its key. How long a dense list is depends on the record, and is refused.
fn cast_map<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.string("map_form") != "SPARSE" {
        return node.unsupported("the length of a dense list depends on the record");
    }
    let row = listed(node)?;
    let to = match node.string("cast_to") {
        "TO_INT64" => ElementType::I64,
        "TO_FLOAT" => ElementType::F32,
        other => return node.unsupported(format!("a cast {other}")),
    };
    if row.elements == ElementType::Str {
        return node.unsupported("texts as numbers");
    }
    if row.elements.is_float() && to.is_integer() {
        return Ok(vec![Value::PerRow(super::cast::whole_numbers(node, &row, to))]);
    }
    Ok(vec![Value::PerRow(row.cast(node.b, to))])
}

/// `keys_*` or `values_*`, whichever type is given.
fn list(node: &OnnxNode<'_, '_>, name: &str) -> Option<Data> {
    if let Some(tensor) = node.tensor(&format!("{name}_tensor")) {
        return Some(tensor.data.clone());
    }
    let (strings, integers, floats) = (format!("{name}_strings"), format!("{name}_int64s"), format!("{name}_floats"));
    if node.is_given(&strings) {
        Some(Data::text(node.strings(&strings).to_vec()))
    } else if node.is_given(&integers) {
        Some(Data::i64(node.ints(&integers).to_vec()))
    } else if node.is_given(&floats) {
        Some(Data::f32(node.floats(&floats).to_vec()))
    } else {
        None
    }
}

/// A vector of scores as a map from class to score: one output field a class.
fn zip_map<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let scores = node.features(0)?;
    let classes = match node.labels("classlabels_strings", "classlabels_int64s") {
        Data::Str(texts) => texts.to_vec(),
        Data::I64(numbers) => numbers.iter().map(i64::to_string).collect(),
        Data::Bool(_) | Data::I32(_) | Data::F32(_) | Data::F64(_) => Vec::new(),
    };
    if classes.len() != scores.count() {
        return node.malformed(format!("{} class labels for {} scores", classes.len(), scores.count()));
    }
    Ok(vec![Value::Map(std::iter::zip(classes, scores.cells()).collect())])
}
