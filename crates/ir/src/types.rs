//! What a value is.

use std::fmt;

/// The kind of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Elem {
    Bool,
    I32,
    I64,
    F32,
    F64,
    /// Unicode text; its unit is the code point.
    Str,
    /// Days since 1970-01-01, proleptic Gregorian, held as an `i64`.
    Date,
    /// Microseconds since 1970-01-01T00:00, no time zone, held as an `i64`.
    DateTime,
    /// Microseconds, held as an `i64`.
    Duration,
}

impl Elem {
    pub const ALL: &[Elem] =
        &[Elem::Bool, Elem::I32, Elem::I64, Elem::F32, Elem::F64, Elem::Str, Elem::Date, Elem::DateTime, Elem::Duration];

    /// The word of the text form.
    pub fn name(self) -> &'static str {
        match self {
            Elem::Bool => "bool",
            Elem::I32 => "i32",
            Elem::I64 => "i64",
            Elem::F32 => "f32",
            Elem::F64 => "f64",
            Elem::Str => "str",
            Elem::Date => "date",
            Elem::DateTime => "datetime",
            Elem::Duration => "duration",
        }
    }

    pub fn from_name(name: &str) -> Option<Elem> {
        Elem::ALL.iter().copied().find(|elem| elem.name() == name)
    }

    pub fn is_float(self) -> bool {
        matches!(self, Elem::F32 | Elem::F64)
    }

    pub fn is_int(self) -> bool {
        matches!(self, Elem::I32 | Elem::I64)
    }

    pub fn is_number(self) -> bool {
        self.is_float() || self.is_int()
    }

    /// Dates, times and durations: an `i64` with a meaning.
    pub fn is_time(self) -> bool {
        matches!(self, Elem::Date | Elem::DateTime | Elem::Duration)
    }
}

impl fmt::Display for Elem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An element, whether it may be missing, and a shape. The shape of a scalar is empty. Only scalars may be null.
///
/// NaN is a value of `f32` and `f64` and has nothing to do with null.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Type {
    pub elem: Elem,
    pub nullable: bool,
    pub shape: Vec<u32>,
}

impl Type {
    pub fn scalar(elem: Elem) -> Type {
        Type { elem, nullable: false, shape: Vec::new() }
    }

    pub fn nullable(elem: Elem) -> Type {
        Type { elem, nullable: true, shape: Vec::new() }
    }

    pub fn tensor(elem: Elem, shape: impl Into<Vec<u32>>) -> Type {
        Type { elem, nullable: false, shape: shape.into() }
    }

    pub fn is_scalar(&self) -> bool {
        self.shape.is_empty()
    }

    /// The number of elements; 1 for a scalar.
    pub fn count(&self) -> usize {
        self.shape.iter().map(|dim| *dim as usize).product()
    }

    pub fn with_elem(&self, elem: Elem) -> Type {
        Type { elem, ..self.clone() }
    }
}

/// `f64`, `str?`, `f32[3, 4]`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.elem, if self.nullable { "?" } else { "" })?;
        if !self.shape.is_empty() {
            let dims: Vec<String> = self.shape.iter().map(u32::to_string).collect();
            write!(f, "[{}]", dims.join(", "))?;
        }
        Ok(())
    }
}
