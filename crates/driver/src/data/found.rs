//! What stands in a file with types of its own, and how it becomes an element of a column.
//!
//! Nothing is lost on the way: a number of another kind is taken if the column's kind holds it exactly. The one exception is an `f64` for
//! an `f32` column, which is rounded as `astype("float32")` rounds it, for pandas keeps the features of an `f32` model as `f64`.

use std::fmt;

use plan::{Column, Elem, Literal};

use super::time;

/// A value of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    Missing,
    Bool(bool),
    Int(i128),
    F32(f32),
    F64(f64),
    Text(String),
    /// Time since 1970-01-01T00:00, without a zone.
    Instant(i64, Unit),
    Span(i64, Unit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Hour,
    Minute,
    Second,
    Milli,
    Micro,
    Nano,
}

impl Unit {
    /// By numpy's code, as in `datetime64[ns]`.
    pub(super) fn of(code: &str) -> Option<Unit> {
        match code {
            "D" => Some(Unit::Day),
            "h" => Some(Unit::Hour),
            "m" => Some(Unit::Minute),
            "s" => Some(Unit::Second),
            "ms" => Some(Unit::Milli),
            "us" => Some(Unit::Micro),
            "ns" => Some(Unit::Nano),
            _ => None,
        }
    }

    fn nanos(self) -> i128 {
        match self {
            Unit::Day => 86_400_000_000_000,
            Unit::Hour => 3_600_000_000_000,
            Unit::Minute => 60_000_000_000,
            Unit::Second => 1_000_000_000,
            Unit::Milli => 1_000_000,
            Unit::Micro => 1000,
            Unit::Nano => 1,
        }
    }
}

impl Found {
    /// A float of either width, widened.
    fn float(&self) -> Option<f64> {
        match self {
            Found::F32(x) => Some(f64::from(*x)),
            Found::F64(x) => Some(*x),
            Found::Missing | Found::Bool(_) | Found::Int(_) | Found::Text(_) | Found::Instant(..) | Found::Span(..) => None,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Missing => f.write_str("a missing value"),
            Found::Bool(x) => write!(f, "{x}"),
            Found::Int(x) => write!(f, "{x}"),
            Found::F32(x) => write!(f, "{x:?}"),
            Found::F64(x) => write!(f, "{x:?}"),
            Found::Text(x) => write!(f, "{x:?}"),
            Found::Instant(count, unit) => write!(f, "a time of {count} {unit:?}s since 1970"),
            Found::Span(count, unit) => write!(f, "a duration of {count} {unit:?}s"),
        }
    }
}

/// The element of the column that the value is.
///
/// Missing is null where the column may be null, NaN in any other float column. NaN is missing where the column may be null, as in CSV.
/// Errors: the value is of another kind, or the column's kind does not hold it exactly.
pub(super) fn literal(found: &Found, column: &Column) -> Result<Literal, String> {
    let elem = column.ty.elem;
    let missing = *found == Found::Missing || found.float().is_some_and(f64::is_nan);
    if missing {
        return match elem {
            _ if column.ty.nullable => Ok(Literal::Null(elem)),
            Elem::F32 => Ok(Literal::F32(f32::NAN)),
            Elem::F64 => Ok(Literal::F64(f64::NAN)),
            Elem::Bool | Elem::I32 | Elem::I64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => {
                Err(format!("the value is missing, and {elem} has no missing values here"))
            }
        };
    }
    let exact = match elem {
        Elem::Bool => truth(found).map(Literal::Bool),
        Elem::I32 => whole(found).and_then(|x| i32::try_from(x).ok()).map(Literal::I32),
        Elem::I64 => whole(found).and_then(|x| i64::try_from(x).ok()).map(Literal::I64),
        Elem::F32 => match found.float() {
            Some(x) => Some(Literal::F32(x as f32)),
            None => whole(found).filter(|x| (*x as f32) as i128 == *x).map(|x| Literal::F32(x as f32)),
        },
        Elem::F64 => match found.float() {
            Some(x) => Some(Literal::F64(x)),
            None => whole(found).filter(|x| (*x as f64) as i128 == *x).map(|x| Literal::F64(x as f64)),
        },
        Elem::Str => {
            if let Found::Text(text) = found {
                Some(Literal::Str(text.clone()))
            } else {
                None
            }
        }
        Elem::Date | Elem::DateTime | Elem::Duration => return moment(found, elem),
    };
    exact.ok_or_else(|| format!("{found} is not {elem}"))
}

fn truth(found: &Found) -> Option<bool> {
    if let Found::Bool(x) = found {
        return Some(*x);
    }
    match whole(found)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// A whole number, whether kept as one or as a float.
fn whole(found: &Found) -> Option<i128> {
    // Beyond 2^64 no column holds it.
    let of_float = |x: f64| (x.trunc() == x && x.abs() <= 18_446_744_073_709_551_616.0).then_some(x as i128);
    if let Found::Int(x) = found { Some(*x) } else { found.float().and_then(of_float) }
}

/// A date, a datetime or a duration: a time of the file, ISO text, or the bare number of its unit.
fn moment(found: &Found, elem: Elem) -> Result<Literal, String> {
    let wrong = |why: &str| format!("{found} is not {elem}: {why}");
    // Whole units, or why not.
    let counted = |count: i64, unit: Unit, of: Unit| {
        let nanos = i128::from(count) * unit.nanos();
        if nanos % of.nanos() != 0 {
            return Err(wrong(if of == Unit::Day { "it has a time of day" } else { "it is finer than a microsecond" }));
        }
        i64::try_from(nanos / of.nanos()).map_err(|_| wrong("it is too far away"))
    };
    let count = match (found, elem) {
        (Found::Instant(count, unit), Elem::Date) => counted(*count, *unit, Unit::Day)?,
        (Found::Instant(count, unit), Elem::DateTime) => counted(*count, *unit, Unit::Micro)?,
        (Found::Span(count, unit), Elem::Duration) => counted(*count, *unit, Unit::Micro)?,
        (Found::Text(text), Elem::Date) => time::date(text).map_err(wrong)?,
        (Found::Text(text), Elem::DateTime) => time::datetime(text).map_err(wrong)?,
        _ => whole(found).and_then(|x| i64::try_from(x).ok()).ok_or_else(|| format!("{found} is not {elem}"))?,
    };
    Ok(if elem == Elem::Date {
        Literal::Date(count)
    } else if elem == Elem::DateTime {
        Literal::DateTime(count)
    } else {
        Literal::Duration(count)
    })
}
