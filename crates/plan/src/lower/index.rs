//! Row-major positions as `i32` expressions, folded where they are constant; [`Place`] is where an element stands.

use ir::{Elem, Literal};
use source::bug;

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
fn unravel(number: &Expr, shape: &[u32]) -> Vec<Expr> {
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

/// Where an element stands: its row-major number, digit by digit. The last digit runs fastest; each comes with how many there are of it.
///
/// Digits are mostly the counters of loops. Where a shape asks for the very axes that the loops run over, nothing is divided.
#[derive(Clone)]
pub(super) struct Place(Vec<(Expr, u32)>);

impl Place {
    /// Of the only element.
    pub(super) fn origin() -> Place {
        Place(Vec::new())
    }

    /// Of the element with a number, out of so many.
    pub(super) fn digit(at: Expr, count: u32) -> Place {
        Place(vec![(at, count)])
    }

    pub(super) fn join(parts: impl IntoIterator<Item = Place>) -> Place {
        Place(parts.into_iter().flat_map(|part| part.0).collect())
    }

    /// The row-major number.
    pub(super) fn number(&self) -> Expr {
        let (at, counts): (Vec<Expr>, Vec<u32>) = self.0.iter().cloned().unzip();
        ravel(&at, &counts)
    }

    pub(super) fn as_const(&self) -> Option<u32> {
        known(&self.number()).map(|number| number as u32)
    }

    /// The places along the axes of a shape that has as many elements as this place is one of.
    pub(super) fn axes(&self, shape: &[u32]) -> Vec<Place> {
        if shape.contains(&0) {
            return shape.iter().map(|_| Place::origin()).collect();
        }
        let mut digits = self.0.iter().filter(|(_, count)| *count != 1).cloned();
        let mut axes = Vec::new();
        while let Some(first) = shape.get(axes.len()) {
            // The shortest run of axes that a run of digits makes up.
            let (mut run, mut held, mut end, mut asked) = (Vec::new(), 1_u64, axes.len() + 1, u64::from(*first));
            while held != asked {
                let next = if held < asked { digits.next() } else { None };
                match (next, shape.get(end)) {
                    (Some((at, count)), _) => {
                        held *= u64::from(count);
                        run.push((at, count));
                    }
                    (None, Some(length)) if held > asked => {
                        asked *= u64::from(*length);
                        end += 1;
                    }
                    (None, _) => bug!("a place among {held} elements in a shape of {asked}"),
                }
            }
            match shape.get(axes.len()..end).unwrap_or_default() {
                [_] => axes.push(Place(run)),
                lengths => axes
                    .extend(std::iter::zip(unravel(&Place(run).number(), lengths), lengths).map(|(at, length)| Place::digit(at, *length))),
            }
        }
        axes
    }

    /// The place in a tensor of shape `own` that stretches to `shape`, for one of the latter.
    pub(super) fn spread(&self, shape: &[u32], own: &[u32]) -> Place {
        let count = |shape: &[u32]| shape.iter().product::<u32>();
        match count(own) {
            own if own == count(shape) => return self.clone(),
            1 => return Place::origin(),
            _ => {}
        }
        let axes = self.axes(shape).into_iter().skip(shape.len() - own.len());
        Place::join(axes.zip(own).map(|(at, length)| if *length == 1 { Place::origin() } else { at }))
    }
}
