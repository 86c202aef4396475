//! Sequences whose length is known: lists of values while converting, one output field an element.

use super::Row;
use super::shape::{joined, taken};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, Tensor};
use crate::value::{PerRow, Value, normal_axis};

pub(super) const OPS: &[Row] = &[
    Row::new("ConcatFromSequence", concat_from_sequence).with_constants(),
    Row::new("SequenceAt", sequence_at).with_constants(),
    Row::new("SequenceConstruct", sequence_construct).with_constants(),
    Row::new("SequenceEmpty", sequence_empty).with_constants(),
    Row::new("SequenceErase", sequence_erase).with_constants(),
    Row::new("SequenceInsert", sequence_insert).with_constants(),
    Row::new("SequenceLength", sequence_length).with_constants(),
    Row::new("SplitToSequence", split_to_sequence).with_constants(),
];

type Refusal = Box<source::Diagnostic>;

fn items<'n, 'b>(node: &'n OnnxNode<'_, 'b>) -> Result<&'n [Value<'b>], Refusal> {
    if let Value::Sequence(items) = node.input(0) { Ok(items) } else { node.malformed("its input is no sequence") }
}

/// A position among so many, negative ones counted from the end.
fn position(node: &OnnxNode<'_, '_>, index: usize, length: usize) -> Result<Option<usize>, Refusal> {
    match node.integers_input(index)? {
        None => Ok(None),
        Some(at) => match at.first().and_then(|at| normal_axis(*at, length)) {
            Some(at) => Ok(Some(at)),
            None => node.malformed(format!("its position {at:?} is outside of {length}")),
        },
    }
}

fn sequence_construct<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::Sequence(node.inputs.clone())])
}

fn sequence_empty<'b>(_: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::Sequence(Vec::new())])
}

fn sequence_at<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let items = items(node)?;
    let at = position(node, 1, items.len())?;
    match at.and_then(|at| items.get(at)) {
        Some(item) => Ok(vec![item.clone()]),
        None => node.malformed("it has no position"),
    }
}

/// The value before a position, at the end where none is given.
fn sequence_insert<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut items = items(node)?.to_vec();
    let at = position(node, 2, items.len() + 1)?.unwrap_or(items.len());
    items.insert(at, node.input(1).clone());
    Ok(vec![Value::Sequence(items)])
}

fn sequence_erase<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut items = items(node)?.to_vec();
    let Some(last) = items.len().checked_sub(1) else { return node.malformed("it is empty") };
    items.remove(position(node, 1, items.len())?.unwrap_or(last));
    Ok(vec![Value::Sequence(items)])
}

fn sequence_length<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::known(Tensor::scalar(Data::i64(vec![items(node)?.len() as i64])))])
}

/// The elements of a sequence as rows of one batch.
fn rows<'b>(node: &OnnxNode<'_, 'b>) -> Result<Vec<PerRow<'b>>, Refusal> {
    let row = |item: &Value<'b>| match item {
        Value::PerRow(row) => Ok(row.clone()),
        Value::Constant(tensor) => Ok(PerRow::constant(node.b, node.input_name(0), tensor)),
        Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Sequence(_) | Value::Flat(..) | Value::Tokens(_) | Value::Refused(_) => {
            node.unsupported("an element is no tensor")
        }
    };
    items(node)?.iter().map(row).collect()
}

/// All elements side by side along an axis, or along a new one.
fn concat_from_sequence<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut rows = rows(node)?;
    let Some(rank) = rows.first().map(PerRow::rank) else { return node.malformed("it is empty") };
    let is_new = node.int("new_axis") != 0;
    let Some(axis) = normal_axis(node.int("axis"), rank + usize::from(is_new)) else { return node.malformed("its axis is outside") };
    let batch = rows.first().and_then(|row| row.batch);
    if rows.iter().any(|row| row.batch != batch || row.rank() != rank) || batch == Some(axis) && !is_new {
        return node.mixes_rows("it joins along the batch axis");
    }
    let place = batch.map(|batch| if is_new && batch >= axis { batch + 1 } else { batch });
    let inner = axis - usize::from(place.is_some_and(|place| place < axis));
    if is_new {
        for row in &mut rows {
            let mut shape = row.shape.clone();
            shape.insert(inner, 1);
            *row = row.reshaped(place, shape);
        }
    }
    Ok(vec![Value::PerRow(joined(node.b, &rows, inner))])
}

/// Parts along an axis: of one length, of several, or single ones.
fn split_to_sequence<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axis = node.inner_axis(&x, node.int("axis"), "splits")?;
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let is_scalar = matches!(node.input(1), Value::Constant(tensor) if tensor.dims.is_empty());
    let (lengths, keeps): (Vec<usize>, bool) = match node.integers_input(1)? {
        None => (vec![1; length], node.int("keepdims") != 0),
        Some(lengths) => {
            let lengths: Vec<usize> = lengths.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
            match (is_scalar, lengths.as_slice()) {
                (true, [each]) if *each > 0 => ((0..length.div_ceil(*each)).map(|part| (length - part * each).min(*each)).collect(), true),
                (true, _) => return node.malformed("its parts have no length"),
                (false, _) => (lengths, true),
            }
        }
    };
    if crate::value::total(&lengths) != length {
        return node.malformed(format!("parts of {lengths:?} out of {length}"));
    }
    let mut start = 0;
    let mut parts = Vec::new();
    for own in lengths {
        let positions: Vec<usize> = (start..start + own).collect();
        let dims: &[usize] = if keeps { &[own] } else { &[] };
        parts.push(Value::PerRow(taken(node, &x, axis, &positions, dims)?));
        start += own;
    }
    Ok(vec![Value::Sequence(parts)])
}
