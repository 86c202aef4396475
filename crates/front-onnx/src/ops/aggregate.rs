//! Folds along axes: ReduceSum and its kin, ArgMax, ArgMin, running sums and products.

use ir::{Builder, Reduce, Val};

use super::Row;
use super::activation::kept;
use super::shape::axes_argument;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{Axis, PerRow, Value, ir_shape};

pub(super) const OPS: &[Row] = &[
    Row::new("ArgMax", arg_max),
    Row::new("ArgMin", arg_min),
    Row::new("CumProd", cum_prod),
    Row::new("CumSum", cum_sum),
    Row::new("ReduceL1", reduce_l1),
    Row::new("ReduceL2", reduce_l2),
    Row::new("ReduceLogSum", reduce_log_sum),
    Row::new("ReduceLogSumExp", reduce_log_sum_exp),
    Row::new("ReduceMax", reduce_max),
    Row::new("ReduceMean", reduce_mean),
    Row::new("ReduceMin", reduce_min),
    Row::new("ReduceProd", reduce_prod),
    Row::new("ReduceSum", reduce_sum),
    Row::new("ReduceSumSquare", reduce_sum_square),
];

type Refusal = Box<source::Diagnostic>;

/// The axes to fold, as axes of the IR value. `None` where the node folds nothing.
///
/// They are an attribute or, later, an input (ReduceSum from opset 13, the others from 18); none given means all, the batch among them.
fn axes(node: &OnnxNode<'_, '_>, x: &PerRow<'_>) -> Result<Option<Vec<u8>>, Refusal> {
    let given = axes_argument(node)?.filter(|axes| !axes.is_empty());
    if given.is_none() && node.int("noop_with_empty_axes") != 0 {
        return Ok(None);
    }
    let given = match (given, x.batch) {
        (Some(given), _) => given,
        (None, None) => (0..x.rank() as i64).collect(),
        (None, Some(_)) => return node.mixes_rows("it folds all axes, the batch axis among them"),
    };
    let mut inner = Vec::new();
    for axis in given {
        match x.axis(axis) {
            Some(Axis::Inner(axis)) => inner.push(axis as u8),
            Some(Axis::Batch) => return node.mixes_rows("it folds the batch axis"),
            None => return node.malformed(format!("axis {axis} is outside the rank of its input")),
        }
    }
    inner.sort_unstable();
    inner.dedup();
    Ok(Some(inner))
}

/// The row without the folded axes, or with them at length 1.
fn folded<'b>(x: &PerRow<'b>, elements: ElementType, value: Val<'b>, axes: &[u8], keep: bool) -> PerRow<'b> {
    let gone = |axis: usize| axes.contains(&(axis as u8));
    if keep {
        let shape: Vec<usize> = x.shape.iter().enumerate().map(|(axis, dim)| if gone(axis) { 1 } else { *dim }).collect();
        PerRow::of(elements, x.batch, value.reshape(ir_shape(&shape)))
    } else {
        let batch = x.batch.map(|batch| batch - (0..batch).filter(|axis| gone(*axis)).count());
        PerRow::of(elements, batch, value)
    }
}

/// `before` each element, the fold, `after` with the number of elements that were folded. Half floats are rounded once, at the end.
fn reduce<'b>(
    node: &OnnxNode<'_, 'b>,
    how: Reduce,
    before: impl Fn(Val<'b>) -> Val<'b>,
    after: impl Fn(&'b Builder, Val<'b>, usize) -> Val<'b>,
) -> Translated<'b> {
    let x = node.row(0)?;
    let axes = axes(node, &x)?.unwrap_or_default();
    let count: usize = axes.iter().filter_map(|axis| x.shape.get(usize::from(*axis))).product();
    let value = before(x.value(node.b));
    let value = if axes.is_empty() { value } else { value.reduce(how, axes.clone()) };
    let row = folded(&x, x.elements, after(node.b, value, count), &axes, node.int("keepdims") != 0);
    Ok(vec![Value::PerRow(row.map(node.b, |x| x))])
}

/// The greatest or least element; of truth values, whether any or all hold. Of nothing, what no element beats.
fn extreme<'b>(node: &OnnxNode<'_, 'b>, how: Reduce) -> Translated<'b> {
    let x = node.row(0)?;
    let axes = axes(node, &x)?.unwrap_or_default();
    let (ordered, keep) = (x.ordered(node.b), node.int("keepdims") != 0);
    let row = if axes.iter().any(|axis| x.shape.get(usize::from(*axis)) == Some(&0)) {
        let least = how == Reduce::Max;
        let like = ordered.value(node.b);
        let bound = if x.elements.is_float() {
            ir::build::IntoVal::into_val(if least { f64::NEG_INFINITY } else { f64::INFINITY }, like)
        } else if x.elements == ElementType::Bool {
            node.b.constant(ir::Literal::I32(i32::from(!least)))
        } else {
            let (low, high) = x.elements.range();
            ir::build::IntoVal::into_val(if least { low } else { high }, like)
        };
        let shape: Vec<usize> = x.shape.iter().enumerate().filter(|(at, _)| !axes.contains(&(*at as u8))).map(|(_, dim)| *dim).collect();
        let all = super::shape::stretched(node.b, bound.reshape(vec![1; shape.len()]), &shape);
        folded(&x, ordered.elements, all, &axes, keep)
    } else {
        let value = ordered.value(node.b);
        folded(&x, ordered.elements, if axes.is_empty() { value } else { value.reduce(how, axes.clone()) }, &axes, keep)
    };
    let back = if x.elements == ElementType::U64 {
        row.ordered(node.b).map(node.b, |x| x.binary(ir::Binary::BitXor, i64::MIN)).with_elements(ElementType::U64)
    } else if x.elements == ElementType::Bool {
        row.cast(node.b, ElementType::Bool)
    } else {
        row.with_elements(x.elements)
    };
    Ok(vec![Value::PerRow(back)])
}

fn reduce_sum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x, |_, sum, _| sum)
}

/// Sum over count.
fn reduce_mean<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x, |_, sum, count| if sum.elem().is_float() && count == 0 { sum / 0.0 } else { sum / (count as i64) })
}

fn reduce_prod<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Prod, |x| x, |_, product, _| product)
}

/// NaN if any element is NaN.
fn reduce_max<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    extreme(node, Reduce::Max)
}

/// NaN if any element is NaN.
fn reduce_min<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    extreme(node, Reduce::Min)
}

fn reduce_sum_square<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x * x, |_, sum, _| sum)
}

fn reduce_l1<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, Val::abs, |_, sum, _| sum)
}

fn reduce_l2<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x * x, |_, sum, _| sum.sqrt())
}

fn reduce_log_sum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x, |_, sum, _| sum.log())
}

/// `max + log(sum(exp(x - max)))`. An infinite greatest element is not taken away, for the difference would be NaN.
fn reduce_log_sum_exp<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axes = axes(node, &x)?.unwrap_or_default();
    let keep = node.int("keepdims") != 0;
    let value = x.value(node.b);
    let folded_value = if axes.is_empty() {
        value
    } else if axes.iter().any(|axis| x.shape.get(usize::from(*axis)) == Some(&0)) {
        value.reduce(Reduce::Sum, axes.clone()).log()
    } else {
        let greatest = value.reduce(Reduce::Max, axes.clone());
        let greatest = greatest.abs().eq(f64::INFINITY).select(greatest * 0.0, greatest);
        let greatest = greatest.is_nan().select(ir::build::IntoVal::into_val(0.0, greatest), greatest);
        let shape: Vec<usize> = x.shape.iter().enumerate().map(|(axis, dim)| if axes.contains(&(axis as u8)) { 1 } else { *dim }).collect();
        let shifted = (value - greatest.reshape(ir_shape(&shape))).exp();
        shifted.reduce(Reduce::Sum, axes.clone()).log() + greatest
    };
    Ok(vec![Value::PerRow(folded(&x, x.elements, folded_value, &axes, keep).map(node.b, |x| x))])
}

/// The position of the first greatest element along an axis, or of the last.
fn arg_max<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    position(node, |x| x)
}

/// The position of the first least element along an axis, or of the last: that of the greatest in the opposite order.
fn arg_min<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    position(node, |x| if x.elem().is_float() { -x } else { x.binary(ir::Binary::BitXor, -1_i64) })
}

fn position<'b>(node: &OnnxNode<'_, 'b>, before: impl Fn(Val<'b>) -> Val<'b>) -> Translated<'b> {
    let x = node.row(0)?;
    if x.elements == ElementType::Str {
        return node.malformed("an input of strings");
    }
    let axis = node.inner_axis(&x, node.int("axis"), "runs")?;
    let along = [axis as u8];
    let value = before(x.ordered(node.b).value(node.b));
    let place = if node.int("select_last_index") == 0 {
        value.reduce(Reduce::ArgMax, along)
    } else {
        let length = x.shape.get(axis).copied().unwrap_or(1) as i64;
        node.b.i64(length - 1) - value.slice(axis as u8, (length - 1) as u32, -1, length as u32).reduce(Reduce::ArgMax, along)
    };
    Ok(vec![Value::PerRow(folded(&x, ElementType::I64, place, &along, node.int("keepdims") != 0))])
}

/// The sum of the elements up to each one along an axis, or without it, or of those from it on.
fn cum_sum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    running(node, Reduce::SumInOrder, 0)
}

/// The product of the elements up to each one along an axis, or without it, or of those from it on.
fn cum_prod<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    running(node, Reduce::Prod, 1)
}

/// A fold over those elements before each one; the others count as `neutral`.
fn running<'b>(node: &OnnxNode<'_, 'b>, how: Reduce, neutral: i64) -> Translated<'b> {
    let x = node.row(0)?;
    let Some(axis) = node.integers_input(1)?.and_then(|axes| axes.first().copied()) else { return node.malformed("it has no axis") };
    let axis = node.inner_axis(&x, axis, "sums")?;
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let (exclusive, reverse) = (node.int("exclusive") != 0, node.int("reverse") != 0);
    let counts = |to: usize, from: usize| match (reverse, exclusive) {
        (false, false) => from <= to,
        (false, true) => from < to,
        (true, false) => from >= to,
        (true, true) => from > to,
    };
    super::shape::limited(node, x.count().saturating_mul(length))?;
    // The axis twice: where the sum stands, and what it is made of, in the order of adding.
    let order = |at: usize| if reverse { length - 1 - at } else { at };
    let mask: Vec<bool> = (0..length).flat_map(|to| (0..length).map(move |at| (to, at))).map(|(to, at)| counts(to, order(at))).collect();
    let inner = x.shape.len() - axis - 1;
    let mask_shape = [vec![length, length], vec![1; inner]].concat();
    let mask = node.b.tensor(ir::Tensor::new("is summed", ir_shape(&mask_shape), mask));
    let mut shape = x.shape.clone();
    shape.insert(axis, 1);
    let value = x.value(node.b);
    let value = if reverse && length > 0 { value.slice(axis as u8, length as u32 - 1, -1, length as u32) } else { value };
    let terms = mask.select(value.reshape(ir_shape(&shape)), neutral);
    let sums = terms.reduce(how, [axis as u8 + 1]);
    Ok(vec![Value::PerRow(PerRow::of(x.elements, x.batch, sums).map(node.b, |x| x))])
}

/// The mean along an axis that stays with length 1.
pub(super) fn mean_along<'b>(x: Val<'b>, axes: &[u8]) -> Val<'b> {
    let count: u32 = axes.iter().filter_map(|axis| x.ty().shape.get(usize::from(*axis)).copied()).product();
    axes.iter().fold(x, |x, axis| kept(x, Reduce::Sum, *axis)) / i64::from(count)
}
