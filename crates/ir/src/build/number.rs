//! Sugar for numbers and truth values: operators, comparisons, rounding, floored division, explicit minimum and maximum.

use std::ops;

use super::Val;
use crate::{Binary, Elem, Literal, Op, Unary};

/// A value, or a Rust number that becomes a constant of the kind of the value beside it.
pub trait IntoVal<'b> {
    fn into_val(self, beside: Val<'b>) -> Val<'b>;
}

impl<'b> IntoVal<'b> for Val<'b> {
    fn into_val(self, _: Val<'b>) -> Val<'b> {
        self
    }
}

/// The number as a constant of the other value's kind; beside a kind that is no number it stays a float, which `finish` reports.
impl<'b> IntoVal<'b> for f64 {
    fn into_val(self, beside: Val<'b>) -> Val<'b> {
        let literal = match beside.elem() {
            Elem::F32 => Literal::F32(self as f32),
            Elem::I32 if self.fract() == 0.0 => Literal::I32(self as i32),
            Elem::I64 if self.fract() == 0.0 => Literal::I64(self as i64),
            Elem::Bool | Elem::I32 | Elem::I64 | Elem::F64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => Literal::F64(self),
        };
        beside.builder.constant(literal)
    }
}

impl<'b> IntoVal<'b> for i64 {
    fn into_val(self, beside: Val<'b>) -> Val<'b> {
        let literal = match beside.elem() {
            Elem::I32 => Literal::I32(self as i32),
            Elem::F32 => Literal::F32(self as f32),
            Elem::F64 => Literal::F64(self as f64),
            Elem::Date => Literal::Date(self),
            Elem::DateTime => Literal::DateTime(self),
            Elem::Duration => Literal::Duration(self),
            Elem::Bool | Elem::I64 | Elem::Str => Literal::I64(self),
        };
        beside.builder.constant(literal)
    }
}

impl<'b> IntoVal<'b> for bool {
    fn into_val(self, beside: Val<'b>) -> Val<'b> {
        beside.builder.bool(self)
    }
}

impl<'b> IntoVal<'b> for &str {
    fn into_val(self, beside: Val<'b>) -> Val<'b> {
        beside.builder.str(self)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $binary:expr;)*) => {$(
        impl<'b, R: IntoVal<'b>> ops::$trait<R> for Val<'b> {
            type Output = Val<'b>;
            fn $method(self, right: R) -> Val<'b> {
                let pick: fn(Elem) -> Binary = $binary;
                self.binary(pick(self.elem()), right)
            }
        }
    )*};
}

operators! {
    Add add |_| Binary::Add;
    Sub sub |_| Binary::Sub;
    Mul mul |_| Binary::Mul;
    Div div |_| Binary::Div;
    Rem rem |_| Binary::Rem;
    BitAnd bitand |elem| if elem == Elem::Bool { Binary::And } else { Binary::BitAnd };
    BitOr bitor |elem| if elem == Elem::Bool { Binary::Or } else { Binary::BitOr };
    BitXor bitxor |elem| if elem == Elem::Bool { Binary::Ne } else { Binary::BitXor };
    Shl shl |_| Binary::Shl;
    Shr shr |_| Binary::Shr;
}

impl<'b> ops::Neg for Val<'b> {
    type Output = Val<'b>;
    fn neg(self) -> Val<'b> {
        self.unary(Unary::Neg)
    }
}

impl<'b> ops::Not for Val<'b> {
    type Output = Val<'b>;
    fn not(self) -> Val<'b> {
        self.unary(Unary::Not)
    }
}

macro_rules! unary_methods {
    ($($method:ident $op:ident;)*) => {
        impl<'b> Val<'b> {$(
            pub fn $method(self) -> Val<'b> {
                self.unary(Unary::$op)
            }
        )*}
    };
}

unary_methods! {
    abs Abs;
    sqrt Sqrt;
    floor Floor;
    ceil Ceil;
    trunc Trunc;
    round_even RoundEven;
    is_nan IsNan;
    bits Bits;
    from_bits FromBits;
    exp Exp;
    expm1 Expm1;
    log Log;
    log1p Log1p;
    log2 Log2;
    log10 Log10;
    sin Sin;
    cos Cos;
    tan Tan;
    asin Asin;
    acos Acos;
    atan Atan;
    sinh Sinh;
    cosh Cosh;
    tanh Tanh;
    asinh Asinh;
    acosh Acosh;
    atanh Atanh;
    erf Erf;
    sigmoid Sigmoid;
}

macro_rules! binary_methods {
    ($($method:ident $op:ident;)*) => {
        impl<'b> Val<'b> {$(
            pub fn $method(self, right: impl IntoVal<'b>) -> Val<'b> {
                self.binary(Binary::$op, right)
            }
        )*}
    };
}

binary_methods! {
    pow Pow;
    atan2 Atan2;
    hypot Hypot;
    eq Eq;
    ne Ne;
    lt Lt;
    le Le;
    gt Gt;
    ge Ge;
    ushr Ushr;
}

impl<'b> Val<'b> {
    pub fn unary(self, op: Unary) -> Val<'b> {
        self.op(|x| Op::Unary(op, x))
    }

    pub fn binary(self, op: Binary, right: impl IntoVal<'b>) -> Val<'b> {
        let right = right.into_val(self);
        self.op(|a| Op::Binary(op, a, right.value))
    }

    /// The greater of two floats; NaN if either is NaN (numpy `maximum`). Of two zeros the first.
    pub fn max(self, right: impl IntoVal<'b>) -> Val<'b> {
        let right = right.into_val(self);
        (self.ge(right) | self.is_nan()).select(self, right)
    }

    /// The lesser of two floats; NaN if either is NaN (numpy `minimum`). Of two zeros the first.
    pub fn min(self, right: impl IntoVal<'b>) -> Val<'b> {
        let right = right.into_val(self);
        (self.le(right) | self.is_nan()).select(self, right)
    }

    /// Integer division toward minus infinity, as Python's `//`. By zero gives 0 or -1; guard it.
    pub fn floor_div(self, right: impl IntoVal<'b>) -> Val<'b> {
        let right = right.into_val(self);
        let (quotient, remainder) = (self / right, self % right);
        let off = remainder.ne(0_i64) & (remainder.lt(0_i64) ^ right.lt(0_i64));
        off.select(quotient - 1_i64, quotient)
    }

    /// The remainder with the sign of the divisor, as Python's `%`, for integers and floats. An integer zero divisor gives 0; guard it.
    ///
    /// Floats: a zero result has the sign of the divisor, as in Python and numpy.
    pub fn floor_mod(self, right: impl IntoVal<'b>) -> Val<'b> {
        let right = right.into_val(self);
        let remainder = self % right;
        let off = remainder.ne(0_i64) & (remainder.lt(0_i64) ^ right.lt(0_i64));
        let moved = off.select(remainder + right, remainder);
        if self.elem().is_float() {
            let signed_zero = right.lt(0_i64).select(-0.0_f64.into_val(self), 0.0);
            moved.eq(0_i64).select(signed_zero, moved)
        } else {
            moved
        }
    }
}
