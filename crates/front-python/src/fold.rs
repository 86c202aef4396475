//! Constant expressions that no record holds, because they stand in functions on cells: a small part of Python on plain values.
//!
//! Anything that is not certain to be what Python gives is none.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, CompareOp, UnaryOp};
use crate::record::{Cells, Series, Tagged, Value};

/// An index into a constant.
pub(crate) enum Index {
    Item(Value),
    Slice(Option<i64>, Option<i64>, Option<i64>),
}

/// Attributes of modules that are plain numbers, or flags.
pub(crate) fn constant(path: &str) -> Option<Value> {
    Some(match path {
        "numpy.nan" | "numpy.NaN" | "numpy.NAN" | "math.nan" => Value::float(f64::NAN),
        "numpy.inf" | "math.inf" | "numpy.Inf" => Value::float(f64::INFINITY),
        "numpy.pi" | "math.pi" => Value::float(std::f64::consts::PI),
        "numpy.e" | "math.e" => Value::float(std::f64::consts::E),
        "string.ascii_lowercase" => Value::Str(('a'..='z').collect()),
        "string.ascii_uppercase" => Value::Str(('A'..='Z').collect()),
        "string.ascii_letters" => Value::Str(('a'..='z').chain('A'..='Z').collect()),
        "string.digits" => Value::Str(('0'..='9').collect()),
        "string.punctuation" => Value::Str(('!'..='~').filter(char::is_ascii_punctuation).collect()),
        "string.whitespace" => Value::Str(" \t\n\r\u{b}\u{c}".to_owned()),
        "re.I" | "re.IGNORECASE" => Value::Int(crate::regex::IGNORE_CASE),
        "re.M" | "re.MULTILINE" => Value::Int(crate::regex::MANY_LINES),
        "re.S" | "re.DOTALL" => Value::Int(crate::regex::DOT_ALL),
        "pandas.NaT" => Value::tagged(Tagged::Missing("NaT".to_owned())),
        "pandas.NA" => Value::tagged(Tagged::Missing("NA".to_owned())),
        _ => return None,
    })
}

fn int(value: &Value) -> Option<i64> {
    value.as_int().or_else(|| value.as_bool().map(i64::from))
}

pub(crate) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    if let (BinaryOp::Mod, Some(template)) = (op, left.as_str()) {
        return percent(template, right).map(Value::Str);
    }
    if let (BinaryOp::Add, Some(Tagged::List(a)), Some(Tagged::List(b))) = (op, left.as_tagged(), right.as_tagged()) {
        return Some(Value::tagged(Tagged::List([a.as_slice(), b.as_slice()].concat())));
    }
    if let Some(set) = of_sets(op, left, right) {
        return Some(set);
    }
    if let (Some(a), Some(b)) = (left.as_str(), right.as_str()) {
        return (op == BinaryOp::Add).then(|| Value::Str(format!("{a}{b}")));
    }
    if let (Some(a), Some(b)) = (int(left), int(right)) {
        return Some(match op {
            BinaryOp::Add => Value::Int(a.checked_add(b)?),
            BinaryOp::Sub => Value::Int(a.checked_sub(b)?),
            BinaryOp::Mul => Value::Int(a.checked_mul(b)?),
            BinaryOp::Div if b != 0 && a.unsigned_abs() < 1 << 53 && b.unsigned_abs() < 1 << 53 => Value::float(a as f64 / b as f64),
            BinaryOp::FloorDiv if b != 0 => {
                Value::Int(a.checked_div_euclid(b)?.checked_sub(i64::from(b < 0 && a.checked_rem_euclid(b)? != 0))?)
            }
            BinaryOp::Pow if (0..63).contains(&b) => Value::Int(a.checked_pow(b as u32)?),
            BinaryOp::BitAnd => Value::Int(a & b),
            BinaryOp::BitOr => Value::Int(a | b),
            _ => return None,
        });
    }
    let number = |value: &Value| value.as_f64().filter(|_| value.as_int().is_none_or(|int| int.unsigned_abs() < 1 << 53));
    let (a, b) = (number(left)?, number(right)?);
    Some(Value::float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b != 0.0 => a / b,
        _ => return None,
    }))
}

/// `-`, `&` and `|` of sets, which may be kept as lists of different items.
fn of_sets(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    let items = |value: &Value| match value.as_tagged() {
        Some(Tagged::Set(items) | Tagged::List(items)) => Some(items.clone()),
        _ => None,
    };
    let (left, right) = (items(left)?, items(right)?);
    let held = |items: &[Value], item: &Value| items.iter().any(|other| same_key(other, item));
    let kept = |wanted: bool| left.iter().filter(|item| held(&right, item) == wanted).cloned().collect();
    let items = match op {
        BinaryOp::Sub => kept(false),
        BinaryOp::BitAnd => kept(true),
        BinaryOp::BitOr => left.iter().cloned().chain(right.iter().filter(|item| !held(&left, item)).cloned()).collect(),
        _ => return None,
    };
    Some(Value::tagged(Tagged::Set(items)))
}

/// `template % values`, where every place is a plain `%s` or `%d` of a whole number.
fn percent(template: &str, values: &Value) -> Option<String> {
    let values = match values.as_tagged() {
        Some(Tagged::Tuple(items)) => items.clone(),
        Some(Tagged::List(_) | Tagged::Dict(_) | Tagged::Defaults(_)) => return None,
        _ => vec![values.clone()],
    };
    let (mut values, mut pieces) = (values.iter(), template.split('%'));
    let mut out = pieces.next()?.to_owned();
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            out.push('%');
            out.push_str(pieces.next()?);
            continue;
        }
        let value = values.next()?;
        let rest = match piece.strip_prefix('d').filter(|_| value.as_int().is_some()) {
            Some(rest) => rest,
            None => piece.strip_prefix('s')?,
        };
        out.push_str(&format(value, None)?);
        out.push_str(rest);
    }
    values.next().is_none().then_some(out)
}

pub(crate) fn unary(op: UnaryOp, value: &Value) -> Option<Value> {
    Some(match op {
        UnaryOp::Not => Value::Bool(!value.truth()?),
        UnaryOp::Plus => value.clone(),
        UnaryOp::Minus => match int(value) {
            Some(int) => Value::Int(int.checked_neg()?),
            None => Value::float(-value.as_f64()?),
        },
        UnaryOp::Invert => Value::Int(!value.as_int()?),
    })
}

/// Equality of dict keys: `1`, `1.0` and `True` are one key.
pub(crate) fn same_key(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => left == right,
    }
}

pub(crate) fn compare(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    Some(match op {
        CompareOp::Eq => same_key(left, right),
        CompareOp::NotEq => !same_key(left, right),
        CompareOp::Is => left.as_tagged().is_none() && left == right,
        CompareOp::IsNot => !(left.as_tagged().is_none() && left == right),
        CompareOp::In | CompareOp::NotIn => {
            let held = match right.as_str() {
                Some(text) => text.contains(left.as_str()?),
                None => right.items()?.iter().any(|item| same_key(item, left)),
            };
            held == (op == CompareOp::In)
        }
        CompareOp::Lt | CompareOp::LtE | CompareOp::Gt | CompareOp::GtE => {
            let order = match (left.as_str(), right.as_str()) {
                (Some(a), Some(b)) => a.chars().cmp(b.chars()),
                _ => left.as_f64()?.partial_cmp(&right.as_f64()?)?,
            };
            match op {
                CompareOp::Lt => order.is_lt(),
                CompareOp::LtE => order.is_le(),
                CompareOp::Gt => order.is_gt(),
                _ => order.is_ge(),
            }
        }
    })
}

/// What a dict has for keys that are not in it, if it has something.
pub(crate) fn default(dict: &Value) -> Option<&Value> {
    if let Some(Tagged::Defaults(dict)) = dict.as_tagged() { Some(&dict.default) } else { None }
}

/// `whole[index]`
pub(crate) fn subscript(whole: &Value, index: &Index) -> Option<Value> {
    match index {
        Index::Item(key) => {
            if let Some(pairs) = whole.as_tagged().and_then(Tagged::pairs) {
                let found = pairs.iter().rev().find(|(one, _)| same_key(one, key)).map(|(_, value)| value.clone());
                return found.or_else(|| default(whole).cloned());
            }
            if let Some(Tagged::Series(series)) = whole.as_tagged() {
                // pandas 3 takes labels only; a label that stands twice gives a series.
                let (labels, values) = (series.labels.as_ref()?.values(), series.values.as_ref()?.values());
                let mut found = labels.iter().zip(values).filter(|(label, _)| same_key(label, key));
                let (_, value) = found.next()?;
                return found.next().is_none().then_some(value);
            }
            if let Some(Tagged::Frame(frame)) = whole.as_tagged() {
                let column = frame.columns.iter().find(|column| same_key(&column.name, key))?;
                let labels = match frame.index.as_str() {
                    "range" => Some(Cells::Items((0..frame.rows as i64).map(Value::Int).collect())),
                    _ => frame.labels.clone(),
                };
                let series = Series {
                    name: column.name.clone(),
                    dtype: column.dtype.clone(),
                    rows: frame.rows,
                    index: frame.index.clone(),
                    labels,
                    values: Some(column.values.clone()?),
                };
                return Some(Value::tagged(Tagged::Series(series)));
            }
            let at = key.as_int()?;
            let pick = |len: usize| usize::try_from(if at < 0 { at + len as i64 } else { at }).ok();
            if let Some(text) = whole.as_str() {
                let letters: Vec<char> = text.chars().collect();
                return letters.get(pick(letters.len())?).map(|letter| Value::Str(letter.to_string()));
            }
            match whole.as_tagged()? {
                Tagged::List(items) | Tagged::Tuple(items) => items.get(pick(items.len())?).cloned(),
                Tagged::Array(array) if array.shape.len() == 1 => {
                    let items = array.values.as_ref()?.values();
                    items.get(pick(items.len())?).cloned()
                }
                _ => None,
            }
        }
        Index::Slice(lower, upper, None | Some(1)) => {
            let range = |len: usize| {
                let len = len as i64;
                let clamp = |at: i64| (if at < 0 { at + len } else { at }).clamp(0, len);
                let (from, to) = (lower.map_or(0, clamp), upper.map_or(len, clamp));
                from as usize..to.max(from) as usize
            };
            if let Some(text) = whole.as_str() {
                let letters: Vec<char> = text.chars().collect();
                return Some(Value::Str(letters[range(letters.len())].iter().collect()));
            }
            match whole.as_tagged()? {
                Tagged::List(items) => Some(Value::tagged(Tagged::List(items[range(items.len())].to_vec()))),
                Tagged::Tuple(items) => Some(Value::tagged(Tagged::Tuple(items[range(items.len())].to_vec()))),
                _ => None,
            }
        }
        Index::Slice(..) => None,
    }
}

/// A method of a constant text, of ASCII where case matters.
pub(crate) fn text_method(text: &str, name: &str, arguments: &[Value]) -> Option<Value> {
    let ascii = text.is_ascii();
    let texts: Vec<&str> = arguments.iter().map(Value::as_str).collect::<Option<_>>()?;
    Some(match (name, texts.as_slice()) {
        ("lower", []) if ascii => Value::Str(text.to_ascii_lowercase()),
        ("upper", []) if ascii => Value::Str(text.to_ascii_uppercase()),
        ("strip", []) if ascii => {
            Value::Str(text.trim_matches(|c: char| c.is_ascii_whitespace() || ('\u{b}'..='\u{1f}').contains(&c)).to_owned())
        }
        ("replace", [old, new]) if !old.is_empty() => Value::Str(text.replace(old, new)),
        ("startswith", [start]) => Value::Bool(text.starts_with(start)),
        ("endswith", [end]) => Value::Bool(text.ends_with(end)),
        ("removeprefix", [start]) => Value::Str(text.strip_prefix(start).unwrap_or(text).to_owned()),
        ("removesuffix", [end]) => Value::Str(text.strip_suffix(end).unwrap_or(text).to_owned()),
        _ => return None,
    })
}

/// `str(value)`, or with a format specification none.
pub(crate) fn format(value: &Value, format: Option<&str>) -> Option<String> {
    if format.is_some() {
        return None;
    }
    Some(match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Str(text) => text.clone(),
        Value::None(()) => "None".to_owned(),
        Value::Tagged(tagged) => match &**tagged {
            Tagged::Float(value) => float_repr(value.0),
            _ => return None,
        },
    })
}

/// Python's `repr` of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on.
pub(crate) fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let power: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..16).contains(&power) {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", power.abs());
    }
    let plain = format!("{value}");
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}
