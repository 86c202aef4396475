//! One constant element.

use std::hash::{Hash, Hasher};

use crate::Elem;

/// A constant scalar, or null of an element kind.
///
/// Equality is of bits: a NaN equals itself, and `0.0` is not `-0.0`, so that two equal literals are always interchangeable.
#[derive(Debug, Clone)]
pub enum Literal {
    Null(Elem),
    Bool(bool),
    I32(i32),
    I64(i64),
    F32(f32),
    F64(f64),
    Str(String),
    Date(i64),
    DateTime(i64),
    Duration(i64),
}

impl Literal {
    pub fn elem(&self) -> Elem {
        match self {
            Literal::Null(elem) => *elem,
            Literal::Bool(_) => Elem::Bool,
            Literal::I32(_) => Elem::I32,
            Literal::I64(_) => Elem::I64,
            Literal::F32(_) => Elem::F32,
            Literal::F64(_) => Elem::F64,
            Literal::Str(_) => Elem::Str,
            Literal::Date(_) => Elem::Date,
            Literal::DateTime(_) => Elem::DateTime,
            Literal::Duration(_) => Elem::Duration,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Literal::Null(_))
    }

    /// The zero of an element kind: `false`, `0`, `0.0`, `""`, the epoch.
    pub fn zero(elem: Elem) -> Literal {
        match elem {
            Elem::Bool => Literal::Bool(false),
            Elem::I32 => Literal::I32(0),
            Elem::I64 => Literal::I64(0),
            Elem::F32 => Literal::F32(0.0),
            Elem::F64 => Literal::F64(0.0),
            Elem::Str => Literal::Str(String::new()),
            Elem::Date => Literal::Date(0),
            Elem::DateTime => Literal::DateTime(0),
            Elem::Duration => Literal::Duration(0),
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Literal::Bool(x) = self { Some(*x) } else { None }
    }

    /// A float of either width, widened.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Literal::F64(x) => Some(*x),
            Literal::F32(x) => Some(f64::from(*x)),
            Literal::Null(_)
            | Literal::Bool(_)
            | Literal::I32(_)
            | Literal::I64(_)
            | Literal::Str(_)
            | Literal::Date(_)
            | Literal::DateTime(_)
            | Literal::Duration(_) => None,
        }
    }

    /// An integer of either width, or the number behind a time.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Literal::I32(x) => Some(i64::from(*x)),
            Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => Some(*x),
            Literal::Null(_) | Literal::Bool(_) | Literal::F32(_) | Literal::F64(_) | Literal::Str(_) => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Literal::Str(text) = self { Some(text) } else { None }
    }

    /// The bits that tell two literals of one kind apart; strings have none.
    fn bits(&self) -> u64 {
        match self {
            Literal::Null(elem) => *elem as u64,
            Literal::Bool(x) => u64::from(*x),
            Literal::I32(x) => *x as u64,
            Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => *x as u64,
            Literal::F32(x) => u64::from(if x.is_nan() { f32::NAN.to_bits() } else { x.to_bits() }),
            Literal::F64(x) => {
                if x.is_nan() {
                    f64::NAN.to_bits()
                } else {
                    x.to_bits()
                }
            }
            Literal::Str(_) => 0,
        }
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.elem() == other.elem() && self.is_null() == other.is_null() && self.bits() == other.bits() && self.as_str() == other.as_str()
    }
}
impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.elem(), self.is_null(), self.bits(), self.as_str()).hash(state);
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for Literal {
            fn from(x: $from) -> Self {
                Literal::$variant(x.into())
            }
        }
    )*};
}
from!(bool => Bool, i32 => I32, i64 => I64, f32 => F32, f64 => F64, &str => Str, String => Str);
