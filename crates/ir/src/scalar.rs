//! The table of operations on single elements: name in the text form, domain, and how exact every target is.
//!
//! A row here is most of what there is to say about a scalar operation; what it computes is one arm in `interp`, how a target spells
//! it one arm in each back end. Tensors are taken element by element with numpy's broadcasting.

/// How near a target's result is to the mathematically exact one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accuracy {
    /// The correctly rounded result, or no rounding at all.
    Exact,
    /// Computed by a kernel of the crate `math`, at most 0.6 units in the last place off. All targets still agree bit for bit.
    Kernel,
}

/// What an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    Bool,
    Int,
    Float,
    Number,
    /// Numbers, text and times: whatever has an order.
    Ordered,
    Any,
}

impl Domain {
    pub fn holds(self, elem: crate::Elem) -> bool {
        match self {
            Domain::Bool => elem == crate::Elem::Bool,
            Domain::Int => elem.is_int(),
            Domain::Float => elem.is_float(),
            Domain::Number => elem.is_number(),
            Domain::Ordered => elem != crate::Elem::Bool,
            Domain::Any => true,
        }
    }
}

macro_rules! scalar_ops {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$row:meta])* $variant:ident = $text:literal: $domain:ident, $accuracy:ident;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$row])* $variant,)* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word of the text form.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }

            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$variant),)* _ => None }
            }

            pub fn domain(self) -> Domain {
                match self { $($name::$variant => Domain::$domain),* }
            }

            pub fn accuracy(self) -> Accuracy {
                match self { $($name::$variant => Accuracy::$accuracy),* }
            }
        }
    };
}

scalar_ops! {
    /// Operations on one element.
    pub enum Unary {
        /// `-x`. Integers wrap: the least one is its own negative. Flips the sign of zero.
        Neg = "neg": Number, Exact;
        /// `|x|`. The least integer stays as it is.
        Abs = "abs": Number, Exact;
        Not = "not": Bool, Exact;
        /// `sqrt(x < 0) = NaN`, `sqrt(-0) = -0`.
        Sqrt = "sqrt": Float, Exact;
        Floor = "floor": Float, Exact;
        Ceil = "ceil": Float, Exact;
        /// Toward zero.
        Trunc = "trunc": Float, Exact;
        /// To the nearest integer, ties to the even one.
        RoundEven = "round_even": Float, Exact;
        IsNan = "is_nan": Float, Exact;
        /// The bit pattern as an integer of the same width; every NaN gives the canonical quiet one.
        Bits = "bits": Float, Exact;
        /// The float with that bit pattern.
        FromBits = "from_bits": Int, Exact;
        Exp = "exp": Float, Kernel;
        /// `exp(x) - 1` without the loss near zero.
        Expm1 = "expm1": Float, Kernel;
        /// Natural logarithm; `log(0) = -inf`, `log(x < 0) = NaN`.
        Log = "log": Float, Kernel;
        /// `log(1 + x)` without the loss near zero.
        Log1p = "log1p": Float, Kernel;
        Log2 = "log2": Float, Kernel;
        Log10 = "log10": Float, Kernel;
        /// Of radians; `sin(inf) = NaN`.
        Sin = "sin": Float, Kernel;
        /// Of radians; `cos(inf) = NaN`.
        Cos = "cos": Float, Kernel;
        /// Of radians; `tan(inf) = NaN`.
        Tan = "tan": Float, Kernel;
        /// In `-pi/2..=pi/2`; NaN outside of `-1..=1`.
        Asin = "asin": Float, Kernel;
        /// In `0..=pi`; NaN outside of `-1..=1`.
        Acos = "acos": Float, Kernel;
        /// In `-pi/2..=pi/2`.
        Atan = "atan": Float, Kernel;
        Sinh = "sinh": Float, Kernel;
        Cosh = "cosh": Float, Kernel;
        Tanh = "tanh": Float, Kernel;
        Asinh = "asinh": Float, Kernel;
        /// Not negative; `acosh(x < 1) = NaN`.
        Acosh = "acosh": Float, Kernel;
        /// `atanh(1) = inf`, NaN outside of `-1..=1`.
        Atanh = "atanh": Float, Kernel;
        /// `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to `x`.
        Erf = "erf": Float, Kernel;
        /// `1 / (1 + exp(-x))`.
        Sigmoid = "sigmoid": Float, Kernel;
    }
}

scalar_ops! {
    /// Operations on two elements of one kind.
    pub enum Binary {
        /// Integers wrap.
        Add = "add": Number, Exact;
        Sub = "sub": Number, Exact;
        Mul = "mul": Number, Exact;
        /// Integers: toward zero; by zero gives 0; the least one by -1 wraps.
        Div = "div": Number, Exact;
        /// The remainder with the sign of `a`, exact (C `fmod`). Integers: by zero gives 0.
        Rem = "rem": Number, Exact;
        /// `a` to the power `b`, with the special values of C99 F.9.4.4.
        Pow = "pow": Float, Kernel;
        /// The angle of the point whose ordinate is `a` and abscissa `b`, in `-pi..=pi`, with the special values of C99 F.9.1.4.
        Atan2 = "atan2": Float, Kernel;
        /// `sqrt(a^2 + b^2)` without over- and underflow between; infinite if either is, even beside NaN.
        Hypot = "hypot": Float, Kernel;
        /// NaN equals nothing; `0.0 == -0.0`. Text: the same code points.
        Eq = "eq": Any, Exact;
        Ne = "ne": Any, Exact;
        /// False with NaN. Text: by code point.
        Lt = "lt": Ordered, Exact;
        Le = "le": Ordered, Exact;
        Gt = "gt": Ordered, Exact;
        Ge = "ge": Ordered, Exact;
        /// Three-valued: false with anything is false, else null with anything is null.
        And = "and": Bool, Exact;
        /// Three-valued: true with anything is true, else null with anything is null.
        Or = "or": Bool, Exact;
        BitAnd = "bit_and": Int, Exact;
        BitOr = "bit_or": Int, Exact;
        BitXor = "bit_xor": Int, Exact;
        /// The shift is taken modulo the width.
        Shl = "shl": Int, Exact;
        /// Keeps the sign.
        Shr = "shr": Int, Exact;
        /// Fills with zeros.
        Ushr = "ushr": Int, Exact;
    }
}

impl Binary {
    /// Whether the result is a truth value whatever the operands are.
    pub fn is_comparison(self) -> bool {
        matches!(self, Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge)
    }
}

scalar_ops! {
    /// Operations on text. Positions and lengths count code points; white space is what Python's `str.isspace` says (29 characters).
    pub enum TextOp {
        /// `(a, b)`: `a` followed by `b`.
        Concat = "concat_text": Any, Exact;
        /// `(x) -> i64`: the number of code points.
        Len = "len": Any, Exact;
        /// `(x, at: i64) -> i32`: the code point at a position, -1 outside.
        CodeAt = "code_at": Any, Exact;
        /// `(x, start: i64, end: i64)`: the code points `start..end`, each bound first clamped into `0..=len`; empty if `end <= start`.
        Slice = "slice_text": Any, Exact;
        /// Lower case by the simple and special mappings of Unicode 14 without the final-sigma rule: capital sigma always gives `σ`.
        Lower = "lower": Any, Exact;
        /// Upper case by the full mappings of Unicode 14 (`ß` gives `SS`).
        Upper = "upper": Any, Exact;
        /// Lower case, one code point to one, as utf8proc and so pyarrow map them (Unicode 17): `İ` gives `i`, capital sigma `σ`.
        LowerEach = "lower_each": Any, Exact;
        /// Upper case, one code point to one, as utf8proc and so pyarrow map them (Unicode 17): `ß` gives `ẞ`, `ŉ` stays.
        UpperEach = "upper_each": Any, Exact;
        /// Without white space at both ends.
        Strip = "strip": Any, Exact;
        LStrip = "lstrip": Any, Exact;
        RStrip = "rstrip": Any, Exact;
        /// `(x, old, new)`: every `old`, from the left, without overlap. An empty `old` changes nothing.
        Replace = "replace": Any, Exact;
        /// `(x, part) -> bool`
        Contains = "contains": Any, Exact;
        /// `(x, part) -> bool`
        StartsWith = "starts_with": Any, Exact;
        /// `(x, part) -> bool`
        EndsWith = "ends_with": Any, Exact;
        /// `(x, part) -> i64`: the position of the first `part`, -1 if there is none.
        Find = "find": Any, Exact;
        /// `(x: i64)`: the decimal digits, with `-` before a negative number.
        Decimal = "decimal": Any, Exact;
    }
}

impl TextOp {
    /// The kinds of the operands, and of the result.
    pub fn signature(self) -> (&'static [crate::Elem], crate::Elem) {
        use crate::Elem::{Bool, I32, I64, Str};
        match self {
            TextOp::Concat => (&[Str, Str], Str),
            TextOp::Len => (&[Str], I64),
            TextOp::CodeAt => (&[Str, I64], I32),
            TextOp::Slice => (&[Str, I64, I64], Str),
            TextOp::Lower | TextOp::Upper | TextOp::LowerEach | TextOp::UpperEach => (&[Str], Str),
            TextOp::Strip | TextOp::LStrip | TextOp::RStrip => (&[Str], Str),
            TextOp::Replace => (&[Str, Str, Str], Str),
            TextOp::Contains | TextOp::StartsWith | TextOp::EndsWith => (&[Str, Str], Bool),
            TextOp::Find => (&[Str, Str], I64),
            TextOp::Decimal => (&[I64], Str),
        }
    }
}
