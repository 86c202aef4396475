//! The scalar operations. A null operand makes a null result unless said otherwise.
//!
//! [`unary_f64`] and [`order`] name every operation, so a new one does not compile without a meaning here; the arms before them that end
//! in `_` only pass on.
#![expect(clippy::wildcard_enum_match_arm, reason = "leftover arms lead to an exhaustive match or to a breach of what `check` promises")]

use ir::{Binary, Elem, Literal, Map, Unary};
use source::bug;

use Literal::{Bool, Date, DateTime, Duration, F32, F64, I32, I64, Null, Str};

/// The operation on one element.
pub fn unary(op: Unary, x: &Literal) -> Literal {
    match x {
        Null(elem) => Null(match (op, elem) {
            (Unary::IsNan, _) => Elem::Bool,
            (Unary::Bits, Elem::F32) => Elem::I32,
            (Unary::Bits, _) => Elem::I64,
            (Unary::FromBits, Elem::I32) => Elem::F32,
            (Unary::FromBits, _) => Elem::F64,
            (_, elem) => *elem,
        }),
        F64(x) => unary_f64(op, *x),
        F32(x) => unary_f32(op, *x),
        I64(x) => match op {
            Unary::Neg => I64(x.wrapping_neg()),
            Unary::Abs => I64(x.wrapping_abs()),
            Unary::FromBits => F64(f64::from_bits(*x as u64)),
            _ => undefined(op.name()),
        },
        I32(x) => match op {
            Unary::Neg => I32(x.wrapping_neg()),
            Unary::Abs => I32(x.wrapping_abs()),
            Unary::FromBits => F32(f32::from_bits(*x as u32)),
            _ => undefined(op.name()),
        },
        Bool(x) if op == Unary::Not => Bool(!x),
        Bool(_) | Str(_) | Date(_) | DateTime(_) | Duration(_) => undefined(op.name()),
    }
}

fn undefined(what: &str) -> ! {
    bug!("{what} on an element outside its domain")
}

fn unary_f64(op: Unary, x: f64) -> Literal {
    match op {
        Unary::Neg => F64(-x),
        Unary::Abs => F64(x.abs()),
        Unary::Sqrt => F64(x.sqrt()),
        Unary::Floor => F64(x.floor()),
        Unary::Ceil => F64(x.ceil()),
        Unary::Trunc => F64(x.trunc()),
        Unary::RoundEven => F64(x.round_ties_even()),
        Unary::IsNan => Bool(x.is_nan()),
        Unary::Bits => I64(if x.is_nan() { 0x7ff8_0000_0000_0000 } else { x.to_bits() as i64 }),
        Unary::Not | Unary::FromBits => undefined(op.name()),
        Unary::Exp
        | Unary::Expm1
        | Unary::Log
        | Unary::Log1p
        | Unary::Log2
        | Unary::Log10
        | Unary::Sin
        | Unary::Cos
        | Unary::Tan
        | Unary::Asin
        | Unary::Acos
        | Unary::Atan
        | Unary::Sinh
        | Unary::Cosh
        | Unary::Tanh
        | Unary::Asinh
        | Unary::Acosh
        | Unary::Atanh
        | Unary::Erf
        | Unary::Sigmoid => {
            bug!("{} is a call by now", op.name())
        }
    }
}

/// Every exact operation on `f32` is the one on `f64` rounded once: 53 bits are more than twice 24 and two, so rounding twice is harmless.
fn unary_f32(op: Unary, x: f32) -> Literal {
    match op {
        Unary::Bits => I32(if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() as i32 }),
        Unary::IsNan => Bool(x.is_nan()),
        _ => match unary_f64(op, f64::from(x)) {
            F64(wide) => F32(wide as f32),
            other => other,
        },
    }
}

/// The operation on two elements of one kind.
pub fn binary(op: Binary, a: &Literal, b: &Literal) -> Literal {
    match (op, a, b) {
        (Binary::And, Bool(false), _) | (Binary::And, _, Bool(false)) => Bool(false),
        (Binary::Or, Bool(true), _) | (Binary::Or, _, Bool(true)) => Bool(true),
        (_, Null(elem), _) | (_, _, Null(elem)) => Null(if op.is_comparison() { Elem::Bool } else { *elem }),
        (_, F64(a), F64(b)) => float(op, *a, *b),
        (_, F32(a), F32(b)) => match float(op, f64::from(*a), f64::from(*b)) {
            // Innocuous double rounding for + - * /; the remainder of two f32 is exact in f32.
            F64(wide) => F32(wide as f32),
            other => other,
        },
        (_, I64(a), I64(b)) => int64(op, *a, *b),
        (_, I32(a), I32(b)) => int32(op, *a, *b),
        (_, Str(a), Str(b)) => order(op, a.as_str().partial_cmp(b.as_str())),
        (_, Date(a), Date(b)) | (_, DateTime(a), DateTime(b)) | (_, Duration(a), Duration(b)) => order(op, a.partial_cmp(b)),
        (Binary::And, Bool(a), Bool(b)) => Bool(*a && *b),
        (Binary::Or, Bool(a), Bool(b)) => Bool(*a || *b),
        (_, Bool(a), Bool(b)) => order(op, a.partial_cmp(b)),
        _ => undefined(op.name()),
    }
}

/// A comparison by the order of its operands; `None` is unordered.
fn order(op: Binary, order: Option<std::cmp::Ordering>) -> Literal {
    use std::cmp::Ordering::{Equal, Greater, Less};
    Bool(match op {
        Binary::Eq => order == Some(Equal),
        Binary::Ne => order != Some(Equal),
        Binary::Lt => order == Some(Less),
        Binary::Le => matches!(order, Some(Less | Equal)),
        Binary::Gt => order == Some(Greater),
        Binary::Ge => matches!(order, Some(Greater | Equal)),
        Binary::Add
        | Binary::Sub
        | Binary::Mul
        | Binary::Div
        | Binary::Rem
        | Binary::Pow
        | Binary::Atan2
        | Binary::Hypot
        | Binary::And
        | Binary::Or
        | Binary::BitAnd
        | Binary::BitOr
        | Binary::BitXor
        | Binary::Shl
        | Binary::Shr
        | Binary::Ushr => undefined(op.name()),
    })
}

fn float(op: Binary, a: f64, b: f64) -> Literal {
    match op {
        Binary::Add => F64(a + b),
        Binary::Sub => F64(a - b),
        Binary::Mul => F64(a * b),
        Binary::Div => F64(a / b),
        Binary::Rem => F64(a % b),
        Binary::Pow | Binary::Atan2 | Binary::Hypot => bug!("{} is a call by now", op.name()),
        _ => order(op, a.partial_cmp(&b)),
    }
}

macro_rules! int {
    ($name:ident, $int:ident, $unsigned:ident, $literal:ident) => {
        fn $name(op: Binary, a: $int, b: $int) -> Literal {
            match op {
                Binary::Add => $literal(a.wrapping_add(b)),
                Binary::Sub => $literal(a.wrapping_sub(b)),
                Binary::Mul => $literal(a.wrapping_mul(b)),
                Binary::Div => $literal(if b == 0 { 0 } else { a.wrapping_div(b) }),
                Binary::Rem => $literal(if b == 0 { 0 } else { a.wrapping_rem(b) }),
                Binary::BitAnd => $literal(a & b),
                Binary::BitOr => $literal(a | b),
                Binary::BitXor => $literal(a ^ b),
                Binary::Shl => $literal(a.wrapping_shl(b as u32)),
                Binary::Shr => $literal(a.wrapping_shr(b as u32)),
                Binary::Ushr => $literal((a as $unsigned).wrapping_shr(b as u32) as $int),
                _ => order(op, a.partial_cmp(&b)),
            }
        }
    };
}
int!(int64, i64, u64, I64);
int!(int32, i32, u32, I32);

/// An integer element as `i64`.
pub fn int(x: &Literal) -> i64 {
    x.as_i64().unwrap_or_else(|| undefined("an index"))
}

/// The conversion of [`ir::Op::Cast`]. Rust's `as` saturates, cuts toward zero and gives 0 for NaN, which is what is meant.
pub fn cast(x: &Literal, to: Elem) -> Literal {
    match x {
        Null(_) => Null(to),
        Bool(x) => cast_i64(i64::from(*x), to),
        I32(x) => cast_i64(i64::from(*x), to),
        I64(x) | Date(x) | DateTime(x) | Duration(x) => cast_i64(*x, to),
        F32(x) if to == Elem::F32 => F32(*x),
        F32(x) => cast_f64(f64::from(*x), to),
        F64(x) => cast_f64(*x, to),
        Str(x) => Str(x.clone()),
    }
}

fn cast_i64(x: i64, to: Elem) -> Literal {
    match to {
        Elem::Bool => Bool(x != 0),
        Elem::I32 => I32(x as i32),
        Elem::I64 => I64(x),
        Elem::F32 => F32(x as f32),
        Elem::F64 => F64(x as f64),
        Elem::Date => Date(x),
        Elem::DateTime => DateTime(x),
        Elem::Duration => Duration(x),
        Elem::Str => undefined("cast"),
    }
}

fn cast_f64(x: f64, to: Elem) -> Literal {
    match to {
        Elem::Bool => Bool(x != 0.0),
        Elem::I32 => I32(x as i32),
        Elem::I64 => I64(x as i64),
        Elem::F32 => F32(x as f32),
        Elem::F64 => F64(x),
        Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => undefined("cast"),
    }
}

/// The value beside the keys, null when they are not there or one is null.
pub fn lookup(map: &Map, keys: &[&Literal]) -> Literal {
    let same = |a: &Literal, b: &Literal| binary(Binary::Eq, a, b) == Bool(true);
    let row = map.rows.iter().find(|(row, _)| row.iter().zip(keys).all(|(a, b)| same(a, b)));
    row.map_or(Null(map.value), |(_, value)| value.clone())
}
