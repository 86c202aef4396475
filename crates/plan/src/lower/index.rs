//! Row-major positions as `i32` expressions, folded where they are constant.

use ir::{Elem, Literal};

use crate::{Binary, Expr, ExprKind};

pub(super) fn constant(at: u32) -> Expr {
    Expr::constant(at as i32)
}

fn known(index: &Expr) -> Option<i32> {
    if let Some(Literal::I32(at)) = index.as_const() { Some(*at) } else { None }
}

/// `a op b` on indices, `fold` being the operation on numbers. They are never negative and never overflow, so the rules of school hold.
fn arithmetic(op: Binary, fold: fn(i32, i32) -> i32, a: Expr, b: u32) -> Expr {
    match known(&a) {
        Some(a) => Expr::constant(fold(a, b as i32)),
        None => Expr { kind: ExprKind::Binary(op, Box::new(a), Box::new(constant(b))), elem: Elem::I32 },
    }
}

pub(super) fn times(a: Expr, b: u32) -> Expr {
    match b {
        0 => constant(0),
        1 => a,
        _ => arithmetic(Binary::Mul, |a, b| a * b, a, b),
    }
}

/// By zero it gives zero: an axis without elements has no positions, so nobody asks.
pub(super) fn div(a: Expr, b: u32) -> Expr {
    match b {
        0 => constant(0),
        1 => a,
        _ => arithmetic(Binary::Div, |a, b| a / b, a, b),
    }
}

pub(super) fn rem(a: Expr, b: u32) -> Expr {
    match b {
        0 | 1 => constant(0),
        _ => arithmetic(Binary::Rem, |a, b| a % b, a, b),
    }
}

pub(super) fn plus(a: Expr, b: Expr) -> Expr {
    match (known(&a), known(&b)) {
        (Some(0), _) => b,
        (_, Some(0)) => a,
        (Some(a), Some(b)) => Expr::constant(a + b),
        _ => Expr { kind: ExprKind::Binary(Binary::Add, Box::new(a), Box::new(b)), elem: Elem::I32 },
    }
}

/// The position along each axis of the element with a row-major number.
pub(super) fn unravel(number: &Expr, shape: &[u32]) -> Vec<Expr> {
    let stride = |axis: usize| shape[axis + 1..].iter().product::<u32>();
    let along = |axis: usize| {
        let whole = div(number.clone(), stride(axis));
        // The outermost position needs no remainder: the number is inside the tensor.
        if axis == 0 { whole } else { rem(whole, shape[axis]) }
    };
    (0..shape.len()).map(|axis| if shape[axis] == 1 { constant(0) } else { along(axis) }).collect()
}

/// The row-major number of an element.
pub(super) fn ravel(at: &[Expr], shape: &[u32]) -> Expr {
    let stride = |axis: usize| shape[axis + 1..].iter().product::<u32>();
    at.iter().enumerate().fold(constant(0), |sum, (axis, at)| plus(sum, times(at.clone(), stride(axis))))
}

/// The number in a tensor of shape `own` that stretches to `shape`, for an element of the latter.
pub(super) fn spread(number: &Expr, shape: &[u32], own: &[u32]) -> Expr {
    if own == shape {
        return number.clone();
    }
    if own.iter().product::<u32>() == 1 {
        return constant(0);
    }
    let at = unravel(number, shape);
    let aligned: Vec<Expr> =
        at[shape.len() - own.len()..].iter().zip(own).map(|(at, dim)| if *dim == 1 { constant(0) } else { at.clone() }).collect();
    ravel(&aligned, own)
}
