//! Folds along axes of one row: ReduceSum and its kin, ArgMax, ArgMin.

use ir::{Builder, Reduce, Val};

use super::Row;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{Axis, PerRow, Value, elem};

pub(super) const OPS: &[Row] = &[
    Row::new("ArgMax", arg_max),
    Row::new("ArgMin", arg_min),
    Row::new("ReduceL1", reduce_l1),
    Row::new("ReduceL2", reduce_l2),
    Row::new("ReduceMax", reduce_max),
    Row::new("ReduceMean", reduce_mean),
    Row::new("ReduceMin", reduce_min),
    Row::new("ReduceProd", reduce_prod),
    Row::new("ReduceSum", reduce_sum),
    Row::new("ReduceSumSquare", reduce_sum_square),
];

/// The axes to fold, as axes of the IR value. `None` where the node folds nothing.
///
/// They are an attribute or, later, an input (ReduceSum from opset 13, the others from 18); none given means all, the batch among them.
fn axes(node: &OnnxNode<'_, '_>, x: &PerRow<'_>) -> Result<Option<Vec<u8>>, Box<source::Diagnostic>> {
    let given = match node.integers_input(1)? {
        Some(axes) => Some(axes),
        None if node.is_given("axes") => Some(node.ints("axes").to_vec()),
        None => None,
    };
    let given = given.filter(|axes| !axes.is_empty());
    if given.is_none() && node.int("noop_with_empty_axes") != 0 {
        return Ok(None);
    }
    let Some(given) = given else { return node.mixes_rows("it folds all axes, the batch axis among them") };
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
fn folded<'b>(x: &PerRow<'b>, value: Val<'b>, axes: &[u8], keep: bool) -> PerRow<'b> {
    let gone = |axis: usize| axes.contains(&(axis as u8));
    if keep {
        let shape = x.shape.iter().enumerate().map(|(axis, dim)| if gone(axis) { 1 } else { *dim }).collect();
        PerRow::tensor(x.batch, value).reshaped(x.batch, shape)
    } else {
        let before = (0..x.batch).filter(|axis| gone(*axis)).count();
        PerRow::tensor(x.batch - before, value)
    }
}

fn reduce<'b>(
    node: &OnnxNode<'_, 'b>,
    how: Reduce,
    before: impl Fn(Val<'b>) -> Val<'b>,
    after: impl Fn(&'b Builder, Val<'b>, usize) -> Val<'b>,
) -> Translated<'b> {
    let x = node.row(0)?;
    let Some(axes) = axes(node, x)? else { return Ok(vec![node.input(0).clone()]) };
    let count: usize = axes.iter().filter_map(|axis| x.shape.get(usize::from(*axis))).product();
    if count == 0 {
        return node.unsupported("it folds an empty axis");
    }
    let value = before(x.value(node.b)).reduce(how, axes.clone());
    Ok(vec![Value::PerRow(folded(x, after(node.b, value, count), &axes, node.int("keepdims") != 0))])
}

fn reduce_sum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x, |_, sum, _| sum)
}

/// Sum over count.
fn reduce_mean<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Sum, |x| x, |_, sum, count| sum / (count as i64))
}

fn reduce_prod<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Prod, |x| x, |_, product, _| product)
}

/// NaN if any element is NaN.
fn reduce_max<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Max, |x| x, |_, greatest, _| greatest)
}

/// NaN if any element is NaN.
fn reduce_min<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reduce(node, Reduce::Min, |x| x, |_, least, _| least)
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

/// The position of the first greatest element along an axis.
fn arg_max<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    position(node, |x| x)
}

/// The position of the first least element along an axis: the first greatest of the negatives.
fn arg_min<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    position(node, |x| -x)
}

fn position<'b>(node: &OnnxNode<'_, 'b>, before: impl Fn(Val<'b>) -> Val<'b>) -> Translated<'b> {
    let x = node.row(0)?;
    if node.int("select_last_index") != 0 {
        return node.refuse(
            "onnx-unsupported-attribute",
            format!("the attribute `select_last_index` of `{}` is not supported", node.node.operator),
        );
    }
    if !matches!(x.elements, ElementType::F32 | ElementType::F64 | ElementType::I32 | ElementType::I64) {
        return node.unsupported(format!("an input of {}", elem(x.elements)));
    }
    match x.axis(node.int("axis")) {
        Some(Axis::Inner(axis)) => {
            let along = [axis as u8];
            let value = before(x.value(node.b)).reduce(Reduce::ArgMax, along);
            Ok(vec![Value::PerRow(folded(x, value, &along, node.int("keepdims") != 0))])
        }
        Some(Axis::Batch) => node.mixes_rows("it runs along the batch axis"),
        None => node.malformed("its axis is outside the rank of its input"),
    }
}
