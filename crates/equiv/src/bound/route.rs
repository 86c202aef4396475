//! Where the elements of a tensor operation come from. It depends on shapes alone, so it is found once for a module.

use std::collections::HashMap;

use interp::tensor;
use ir::{Function, Literal, Op, Table, Type, Value, Window};

/// For each element of a result, the places of its operands' elements in row-major order.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// Element by element, or there is nothing to say.
    Straight,
    One(Vec<usize>),
    Two(Vec<(usize, usize)>),
    Three(Vec<[usize; 3]>),
    /// Each from one of the parts.
    Parts(Vec<(usize, usize)>),
    /// Each from one place, or from nowhere.
    Maybe(Vec<Option<usize>>),
    /// Each from many.
    Groups(Vec<Vec<usize>>),
    /// Each from many pairs.
    Pairs(Vec<Vec<(usize, usize)>>),
}

fn numbers(count: usize) -> Vec<Literal> {
    (0..count).map(|number| Literal::I64(number as i64)).collect()
}

fn places(numbers: &[Literal]) -> Vec<usize> {
    numbers.iter().map(|number| number.as_i64().unwrap_or(0) as usize).collect()
}

/// The route of an operation with the result `ty`; `types` are those of its function's nodes.
pub(crate) fn route(op: &Op, ty: &Type, of: impl Fn(Value) -> Type) -> Route {
    let numbered = |value: Value| (numbers(of(value).count()), of(value).shape);
    match op {
        Op::Binary(_, a, b) if !ty.is_scalar() => {
            let ((a, a_shape), (b, b_shape)) = (numbered(*a), numbered(*b));
            let (a, b) = ((a.as_slice(), a_shape.as_slice()), (b.as_slice(), b_shape.as_slice()));
            let left = places(&tensor::zip(&ty.shape, a, b, |a, _| a.clone()));
            let right = places(&tensor::zip(&ty.shape, a, b, |_, b| b.clone()));
            Route::Two(left.into_iter().zip(right).collect())
        }
        Op::Select { cond, yes, no } if !ty.is_scalar() => {
            let spread = |value: Value| {
                let (own, shape) = numbered(value);
                let zeros = vec![Literal::I64(0); ty.count()];
                places(&tensor::zip(&ty.shape, (&own, &shape), (&zeros, &ty.shape), |own, _| own.clone()))
            };
            let (cond, yes, no) = (spread(*cond), spread(*yes), spread(*no));
            Route::Three(cond.into_iter().zip(yes).zip(no).map(|((cond, yes), no)| [cond, yes, no]).collect())
        }
        Op::Transpose { x, order } => {
            let (own, shape) = numbered(*x);
            Route::One(places(&tensor::transpose(&own, &shape, order)))
        }
        Op::Slice { x, axis, start, step, count } => {
            let (own, shape) = numbered(*x);
            let positions: Vec<usize> = (0..i64::from(*count)).map(|at| (i64::from(*start) + at * i64::from(*step)) as usize).collect();
            Route::One(places(&tensor::take(&own, &shape, usize::from(*axis), &positions)))
        }
        Op::Concat { parts, axis } => {
            let part = |(number, value): (usize, &Value)| {
                let (own, shape) = numbered(*value);
                let origin = vec![Literal::I64(number as i64); own.len()];
                ((origin, own), shape)
            };
            let parts: Vec<_> = parts.iter().enumerate().map(part).collect();
            let which: Vec<_> = parts.iter().map(|((which, _), shape)| (which.as_slice(), shape.as_slice())).collect();
            let inside: Vec<_> = parts.iter().map(|((_, inside), shape)| (inside.as_slice(), shape.as_slice())).collect();
            let axis = usize::from(*axis);
            Route::Parts(places(&tensor::concat(&which, axis)).into_iter().zip(places(&tensor::concat(&inside, axis))).collect())
        }
        Op::Window { x, axis, window } => {
            let (own, shape) = numbered(*x);
            let nowhere = Window { fill: Literal::I64(-1), ..window.clone() };
            let shown = tensor::window(&own, &shape, usize::from(*axis), &nowhere);
            Route::Maybe(shown.iter().map(|number| number.as_i64().and_then(|number| usize::try_from(number).ok())).collect())
        }
        Op::Reduce { x, axes, .. } => Route::Groups(groups(&of(*x).shape, axes, ty.count())),
        Op::Contract { a, b, over } => Route::Pairs(pairs(&of(*a).shape, &of(*b).shape, over)),
        Op::Param(_)
        | Op::Const(_)
        | Op::Table(_)
        | Op::Unary(..)
        | Op::Binary(..)
        | Op::Cast { .. }
        | Op::Text(..)
        | Op::Select { .. }
        | Op::IsNull(_)
        | Op::OrElse { .. }
        | Op::Lookup { .. }
        | Op::Walk { .. }
        | Op::Pack(_)
        | Op::Reshape { .. }
        | Op::Gather { .. }
        | Op::Call { .. }
        | Op::Iterate { .. } => Route::Straight,
    }
}

/// How far apart neighbours along each axis lie.
fn strides(shape: &[u32]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis] as usize;
    }
    strides
}

/// The offsets that the positions of some axes make, in row-major order of them.
fn offsets(axes: &[(u32, usize)]) -> Vec<usize> {
    axes.iter().fold(vec![0], |offsets, (dim, stride)| {
        offsets.iter().flat_map(|offset| (0..*dim as usize).map(move |at| offset + at * stride)).collect()
    })
}

fn groups(shape: &[u32], axes: &[u8], count: usize) -> Vec<Vec<usize>> {
    let all: Vec<(u32, usize)> = shape.iter().copied().zip(strides(shape)).collect();
    let (folded, kept): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(axis, _)| axes.contains(&(*axis as u8)));
    let of = |axes: Vec<(usize, &(u32, usize))>| offsets(&axes.into_iter().map(|(_, axis)| *axis).collect::<Vec<_>>());
    let inner = of(folded);
    of(kept).into_iter().take(count).map(|start| inner.iter().map(|offset| start + offset).collect()).collect()
}

fn pairs(a: &[u32], b: &[u32], over: &[(u8, u8)]) -> Vec<Vec<(usize, usize)>> {
    let (a_strides, b_strides) = (strides(a), strides(b));
    let kept = |shape: &[u32], strides: &[usize], gone: &dyn Fn(u8) -> bool| {
        let axes: Vec<(u32, usize)> = (0..shape.len()).filter(|axis| !gone(*axis as u8)).map(|axis| (shape[axis], strides[axis])).collect();
        offsets(&axes)
    };
    let left = kept(a, &a_strides, &|axis| over.iter().any(|(x, _)| *x == axis));
    let right = kept(b, &b_strides, &|axis| over.iter().any(|(_, y)| *y == axis));
    let a_inner = offsets(&over.iter().map(|(x, _)| (a[usize::from(*x)], a_strides[usize::from(*x)])).collect::<Vec<_>>());
    let b_inner = offsets(&over.iter().map(|(x, y)| (a[usize::from(*x)], b_strides[usize::from(*y)])).collect::<Vec<_>>());
    let inner: Vec<(usize, usize)> = a_inner.into_iter().zip(b_inner).collect();
    let element = |x: usize, y: usize| inner.iter().map(|(p, q)| (x + p, y + q)).collect();
    left.iter().flat_map(|x| right.iter().map(move |y| (*x, *y))).map(|(x, y)| element(x, y)).collect()
}

/// For each node, the first one that computes the same from the same operands; and the same where the results of one call are one.
pub(crate) fn canonical(function: &Function) -> (Vec<Value>, Vec<Value>) {
    let (mut seen, mut called) = (HashMap::new(), HashMap::new());
    let mut canonical: Vec<Value> = Vec::with_capacity(function.nodes.len());
    let mut call_sites = Vec::with_capacity(function.nodes.len());
    for (value, node) in function.nodes.iter() {
        let mut op = node.op.map_operands(|operand| canonical[operand.index()]);
        canonical.push(*seen.entry(op.clone()).or_insert(value));
        if let Op::Call { result, .. } = &mut op {
            *result = 0;
        }
        call_sites.push(*called.entry(op).or_insert(value));
    }
    (canonical, call_sites)
}

/// The elements of a table that is read whole.
pub(crate) fn tensor_of(table: &Table) -> Vec<Literal> {
    match table {
        Table::Tensor(tensor) => tensor.values.iter().collect(),
        Table::Map(_) | Table::Forest(_) => Vec::new(),
    }
}
