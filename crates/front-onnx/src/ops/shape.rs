//! Moving elements about: every one of these is a choice of positions within one row, with the batch axis kept in sight.

use std::rc::Rc;

use ir::Builder;

use super::Row;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{Axis, Dim, ELEMENT_LIMIT, PerRow, Tokens, Value, ir_shape, normal_axis, total};

pub(super) const OPS: &[Row] = &[
    Row::new("CenterCropPad", center_crop_pad),
    Row::new("Concat", concat),
    Row::new("DepthToSpace", depth_to_space),
    Row::new("Expand", expand),
    Row::new("Flatten", flatten).with_constants(),
    Row::new("Pad", pad),
    Row::new("Reshape", reshape).with_constants(),
    Row::new("Shape", shape).with_constants(),
    Row::new("Size", size).with_constants(),
    Row::new("Slice", slice),
    Row::new("SpaceToDepth", space_to_depth),
    Row::new("Split", split),
    Row::new("Squeeze", squeeze).with_constants(),
    Row::new("Tile", tile),
    Row::new("Transpose", transpose).with_constants(),
    Row::new("Unsqueeze", unsqueeze).with_constants(),
];

/// The opset from which Slice takes its bounds as inputs.
const SLICE_BY_INPUTS: i64 = 10;
/// Scalars up to this many stay scalars when parts are joined.
const JOINED_SCALARS: usize = 64;

/// The dims of a value, batch included.
pub(super) fn dims_of(value: &Value<'_>) -> Option<Vec<Dim>> {
    match value {
        Value::PerRow(row) => Some(row.dims()),
        Value::Constant(tensor) => Some(tensor.dims.iter().map(|dim| Dim::Known(*dim)).collect()),
        Value::Dims(dims) => Some(vec![Dim::Known(dims.len())]),
        Value::Flat(_, dims) => Some(dims.clone()),
        Value::Absent | Value::Map(_) | Value::Sequence(_) | Value::Tokens(_) | Value::Refused(_) => None,
    }
}

/// A list of dims, with plain numbers where the batch is not among them.
pub(super) fn dims_value<'b>(dims: Vec<Dim>) -> Value<'b> {
    let known: Option<Vec<i64>> =
        dims.iter().map(|dim| if let Dim::Known(size) = dim { i64::try_from(*size).ok() } else { None }).collect();
    match known {
        Some(numbers) => Value::known(Tensor::vector(Data::i64(numbers))),
        None => Value::Dims(dims),
    }
}

/// Whole numbers that may hold the batch size.
fn dims_input(node: &OnnxNode<'_, '_>, index: usize) -> Result<Vec<TargetDim>, Box<source::Diagnostic>> {
    if let Value::Dims(dims) = node.input(index) {
        return Ok(dims
            .iter()
            .map(|dim| match dim {
                Dim::Batch => TargetDim::Batch,
                Dim::Known(size) => TargetDim::Number(*size as i64),
                Dim::Rows(count) => TargetDim::Rows(*count),
            })
            .collect());
    }
    match node.integers_input(index)? {
        Some(numbers) => Ok(numbers.into_iter().map(TargetDim::Number).collect()),
        None => node.malformed("its shape is not given"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum TargetDim {
    Batch,
    Rows(usize),
    /// As written: -1 is open, 0 may copy.
    Number(i64),
}

/// The same elements in row-major order. The batch axis must come out whole: each row of the result from one row of the input.
fn reshape<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let target = match node.is_given("shape") {
        true => node.ints("shape").iter().map(|size| TargetDim::Number(*size)).collect(),
        false => dims_input(node, 1)?,
    };
    let copies_zero = node.int("allowzero") == 0;
    let Some(input) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let mut dims = Vec::new();
    let mut open = None;
    for (index, dim) in target.iter().enumerate() {
        dims.push(match dim {
            TargetDim::Batch => Dim::Batch,
            TargetDim::Rows(count) => Dim::Rows(*count),
            TargetDim::Number(-1) if open.is_none() => {
                open = Some(index);
                Dim::Known(1)
            }
            TargetDim::Number(0) if copies_zero => match input.get(index) {
                Some(dim) => *dim,
                None => return node.malformed("it copies a dimension that its input does not have"),
            },
            TargetDim::Number(size) => match usize::try_from(*size) {
                Ok(size) => Dim::Known(size),
                Err(_) => return node.malformed(format!("its target {target:?} is negative")),
            },
        });
    }
    let Some(asked) = product(&dims) else { return node.malformed("its target is too large") };
    let Some(held) = product(&input) else { return node.malformed("its input is too large") };
    let is_batch = |dim: &Dim| matches!(dim, Dim::Batch | Dim::Rows(_));
    let batches = dims.iter().filter(|dim| is_batch(dim)).count();
    let has_batch = input.iter().any(is_batch);
    if let Some(open) = open.and_then(|index| dims.get_mut(index)) {
        // What is left for the open dimension: the batch, if no other dimension took it, times the elements not yet placed.
        *open = match (has_batch && batches == 0, asked) {
            (true, asked) if asked == held => Dim::Batch,
            (true, asked) if asked > 0 && held.is_multiple_of(asked) => Dim::Rows(held / asked),
            (true, _) => return node.mixes_rows(format!("it lays rows of {held} elements out as rows of {asked}")),
            (false, asked) if asked > 0 && held.is_multiple_of(asked) => Dim::Known(held / asked),
            (false, _) => return node.malformed(format!("{held} elements do not fit the target {target:?}")),
        };
    }
    if product(&dims) != Some(held) || dims.iter().any(is_batch) != has_batch {
        return match has_batch {
            true => node.mixes_rows(format!("its input {input:?} does not fit the target {target:?} row by row")),
            false => node.malformed(format!("{held} elements do not fit the target {target:?}")),
        };
    }
    lay(node, node.input(0), dims)
}

/// The product of all dims but the batch.
fn product(dims: &[Dim]) -> Option<usize> {
    dims.iter().try_fold(1usize, |count, dim| match dim {
        Dim::Known(size) | Dim::Rows(size) => count.checked_mul(*size),
        Dim::Batch => Some(count),
    })
}

/// A value under new dims of the same count. Elements keep their order, so the product of dims before the batch axis must stay.
fn lay<'b>(node: &OnnxNode<'_, 'b>, value: &Value<'b>, dims: Vec<Dim>) -> Translated<'b> {
    let shape: Vec<usize> = dims.iter().filter_map(|dim| if let Dim::Known(size) = dim { Some(*size) } else { None }).collect();
    match value {
        Value::PerRow(row) if dims.iter().any(|dim| matches!(dim, Dim::Rows(_))) => Ok(vec![Value::Flat(row.clone(), dims)]),
        Value::PerRow(row) => {
            let batch = dims.iter().position(|dim| *dim == Dim::Batch);
            let before = |shape: &[usize], batch: usize| shape.iter().take(batch).product::<usize>();
            match (row.batch, batch) {
                (None, None) => {}
                (Some(old), Some(new)) if before(&row.shape, old) == before(&shape, new) => {}
                (Some(_), Some(_)) => return node.mixes_rows("rows would be torn apart"),
                (Some(_), None) => return node.mixes_rows("its result has no batch axis"),
                (None, Some(_)) => return node.mixes_rows("its input has no batch axis"),
            }
            Ok(vec![Value::PerRow(row.reshaped(batch, shape))])
        }
        Value::Constant(tensor) => Ok(vec![Value::known(tensor.reshaped(shape))]),
        // The elements stand in the order of the tensor that was laid out.
        Value::Flat(row, _) => lay(node, &Value::PerRow(row.clone()), dims),
        // A vector of dims stays one; a scalar of them is only ever put back into a vector.
        Value::Dims(list) => Ok(vec![Value::Dims(list.clone())]),
        Value::Absent | Value::Map(_) | Value::Sequence(_) | Value::Tokens(_) | Value::Refused(_) => {
            node.unsupported("its input is no tensor")
        }
    }
}

/// Two axes: the dims before `axis` multiplied, and those from it on.
fn flatten<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if let Value::Tokens(tokens) = node.input(0) {
        // All axes between the batch and the tokens are of length 1.
        let rank = tokens.outer.len() as i64 + 1 + i64::from(tokens.batch.is_some());
        let axis = node.int("axis");
        if !(1..rank).contains(&if axis < 0 { axis + rank } else { axis }) {
            return node.mixes_rows("it lays the tokens of several texts out along one axis");
        }
        let outer = if tokens.batch.is_some() { Vec::new() } else { vec![1] };
        return Ok(vec![Value::Tokens(Rc::new(Tokens { outer, ..(**tokens).clone() }))]);
    }
    let Some(dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let axis = node.int("axis");
    let axis = if axis == dims.len() as i64 { Some(dims.len()) } else { normal_axis(axis, dims.len()) };
    let Some(axis) = axis else { return node.malformed("its axis is outside the rank of its input") };
    let (left, right) = dims.split_at(axis);
    let joined = |part: &[Dim]| match (part.iter().any(|dim| matches!(dim, Dim::Batch | Dim::Rows(_))), product(part)) {
        (true, Some(1)) => Some(Dim::Batch),
        (true, Some(count)) => Some(Dim::Rows(count)),
        (false, Some(size)) => Some(Dim::Known(size)),
        (_, None) => None,
    };
    match (joined(left), joined(right)) {
        (Some(left), Some(right)) => lay(node, node.input(0), vec![left, right]),
        _ => node.malformed("its result is too large"),
    }
}

/// Without axes of length 1: those named, or all of them.
fn squeeze<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some(dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let axes = axes_argument(node)?;
    let mut gone = Vec::new();
    match axes {
        None => gone.extend(dims.iter().enumerate().filter(|(_, dim)| **dim == Dim::Known(1)).map(|(axis, _)| axis)),
        Some(axes) => {
            for axis in axes {
                match normal_axis(axis, dims.len()).filter(|axis| dims.get(*axis) == Some(&Dim::Known(1))) {
                    Some(axis) => gone.push(axis),
                    None if normal_axis(axis, dims.len()).and_then(|axis| dims.get(axis)) == Some(&Dim::Batch) => {
                        return node.mixes_rows("it removes the batch axis");
                    }
                    None => return node.malformed(format!("axis {axis} does not have the length 1")),
                }
            }
        }
    }
    let kept = dims.iter().enumerate().filter(|(axis, _)| !gone.contains(axis)).map(|(_, dim)| *dim).collect();
    lay(node, node.input(0), kept)
}

/// With fresh axes of length 1.
fn unsqueeze<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some(mut dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    if matches!(node.input(0), Value::Dims(_)) {
        return Ok(vec![node.input(0).clone()]);
    }
    let Some(axes) = axes_argument(node)? else { return node.malformed("it has no axes") };
    let rank = dims.len() + axes.len();
    let mut places: Vec<usize> = axes.iter().filter_map(|axis| normal_axis(*axis, rank)).collect();
    places.sort_unstable();
    places.dedup();
    if places.len() != axes.len() {
        return node.malformed(format!("its axes {axes:?} are outside the rank of its result, or doubled"));
    }
    for place in places {
        dims.insert(place.min(dims.len()), Dim::Known(1));
    }
    lay(node, node.input(0), dims)
}

/// Axes as an input (from opset 13) or as an attribute.
pub(super) fn axes_argument(node: &OnnxNode<'_, '_>) -> Result<Option<Vec<i64>>, Box<source::Diagnostic>> {
    Ok(match node.integers_input(1)? {
        Some(axes) => Some(axes),
        None if node.is_given("axes") => Some(node.ints("axes").to_vec()),
        None => None,
    })
}

/// The dims of its input as numbers; the batch size stays a name.
fn shape<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some(dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let rank = dims.len() as i64;
    let place = |value: i64| (if value < 0 { value + rank } else { value }).clamp(0, rank) as usize;
    let start = place(node.int("start"));
    let end = if node.is_given("end") { place(node.int("end")) } else { dims.len() };
    Ok(vec![dims_value(dims.get(start..end).unwrap_or(&[]).to_vec())])
}

/// The number of elements. That of a batch is not known.
fn size<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some(dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    match (dims.iter().all(|dim| matches!(dim, Dim::Known(_))), product(&dims)) {
        (true, Some(count)) => Ok(vec![Value::known(Tensor::scalar(Data::i64(vec![count as i64])))]),
        _ => node.mixes_rows("it counts the elements of a batch"),
    }
}

/// Parts side by side along an axis that is not the batch.
fn concat<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.inputs.iter().any(|input| matches!(input, Value::Dims(_))) {
        let mut dims = Vec::new();
        for index in 0..node.inputs.len() {
            limited(node, dims.len())?;
            for dim in dims_input(node, index)? {
                match dim {
                    TargetDim::Batch => dims.push(Dim::Batch),
                    TargetDim::Rows(count) => dims.push(Dim::Rows(count)),
                    TargetDim::Number(size) => match usize::try_from(size) {
                        Ok(size) => dims.push(Dim::Known(size)),
                        // `[batch, -1]`: with the batch known, the open dimension is whatever a row holds. Reshape reads it so.
                        Err(_) if size == -1 => return open_tail(node, dims, index),
                        Err(_) => return node.malformed("a negative dimension"),
                    },
                }
            }
        }
        return Ok(vec![Value::Dims(dims)]);
    }
    let rows = (0..node.inputs.len()).map(|index| node.row(index)).collect::<Result<Vec<_>, _>>()?;
    // A part that is the same for all rows stands beside those that are not as if it were not.
    let batch = rows.iter().find_map(|row| row.batch);
    let rows = rows.into_iter().map(|row| in_batch(node, row, batch)).collect::<Result<Vec<_>, _>>()?;
    // What has no elements says nothing.
    let rows: Vec<PerRow<'b>> =
        if rows.iter().any(|row| row.count() > 0) { rows.into_iter().filter(|row| row.count() > 0).collect() } else { rows };
    let Some(first) = rows.first() else { return node.malformed("it has no inputs") };
    let axis = if node.is_given("axis") { node.int("axis") } else { 1 };
    if first.batch == Some(0) && first.axis(axis) == Some(Axis::Batch) && rows.iter().all(|row| row.dims() == first.dims()) {
        // One batch after the other.
        let dims = first.dims();
        let after = dims.get(1..).unwrap_or_default().to_vec();
        let parts: Vec<PerRow<'b>> = rows.iter().map(|row| row.reshaped(1, [vec![1], row.shape.clone()].concat())).collect();
        return Ok(vec![Value::Flat(joined(node.b, &parts, 0), [vec![Dim::Rows(rows.len())], after].concat())]);
    }
    let axis = node.inner_axis(first, axis, "joins")?;
    let others = |row: &PerRow<'_>| row.shape.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, dim)| *dim).collect::<Vec<_>>();
    for row in &rows {
        if row.batch != first.batch || row.rank() != first.rank() || others(row) != others(first) {
            return node.malformed(format!("it joins {:?} with {:?}", first.dims(), row.dims()));
        }
        if row.elements != first.elements {
            return node.malformed(format!("it joins {} with {}", first.elements.name(), row.elements.name()));
        }
    }
    limited(node, rows.iter().map(PerRow::count).fold(0usize, usize::saturating_add))?;
    Ok(vec![Value::PerRow(joined(node.b, &rows, axis))])
}

/// A tensor with the batch at a place, where it has length 1 if it is the same for all rows.
fn in_batch<'b>(node: &OnnxNode<'_, 'b>, row: PerRow<'b>, batch: Option<usize>) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    match (batch, row.batch) {
        (Some(place), None) => {
            let mut shape = row.shape.clone();
            if shape.get(place) != Some(&1) {
                return node.mixes_rows(format!("it joins rows with {:?}, which are the same for all rows", row.dims()));
            }
            shape.remove(place);
            Ok(row.reshaped(place, shape))
        }
        _ => Ok(row),
    }
}

/// `-1` in a list of dims that already has the batch: only as the last entry of the list.
fn open_tail<'b>(node: &OnnxNode<'_, 'b>, dims: Vec<Dim>, index: usize) -> Translated<'b> {
    if index + 1 == node.inputs.len() && dims.iter().all(|dim| *dim == Dim::Batch) {
        // Zero copies the dimension of the input and -1 stays open; `[0, -1]` says the same without the batch size.
        return Ok(vec![Value::known(Tensor::vector(Data::i64(vec![0, -1])))]);
    }
    node.unsupported("a shape with the batch size and an open dimension in the middle")
}

/// A result of this many elements, or a refusal.
pub(super) fn limited(node: &OnnxNode<'_, '_>, count: usize) -> Result<(), Box<source::Diagnostic>> {
    if count > ELEMENT_LIMIT { node.unsupported(format!("its result would have {count} elements a row")) } else { Ok(()) }
}

/// Rows of one kind joined along an axis of the IR value; other axes agree.
pub(crate) fn joined<'b>(b: &'b Builder, parts: &[PerRow<'b>], axis: usize) -> PerRow<'b> {
    let batch = parts.first().and_then(|part| part.batch);
    let elements = parts.first().map_or(ElementType::F32, |part| part.elements);
    let mut shape = parts.first().map_or_else(Vec::new, |part| part.shape.clone());
    if let Some(dim) = shape.get_mut(axis) {
        *dim = parts.iter().filter_map(|part| part.shape.get(axis)).sum();
    }
    let scalars: usize = parts.iter().map(PerRow::count).sum();
    if parts.iter().all(PerRow::are_scalars) && (scalars <= JOINED_SCALARS || elements == ElementType::Str) {
        return PerRow::scalars(batch, elements, shape.clone(), interleaved(parts, axis, &shape));
    }
    let values: Vec<ir::Val<'b>> = parts.iter().map(|part| part.value(b)).collect();
    match values.as_slice() {
        [only] => PerRow::of(elements, batch, *only),
        values => PerRow::of(elements, batch, b.concat(values, axis as u8)),
    }
}

/// The cells of joined parts in row-major order.
fn interleaved<'b>(parts: &[PerRow<'b>], axis: usize, shape: &[usize]) -> Vec<ir::Val<'b>> {
    let outer: usize = shape.iter().take(axis).product();
    let inner: usize = shape.iter().skip(axis + 1).product();
    let columns: Vec<(Vec<ir::Val<'b>>, usize)> =
        parts.iter().map(|part| (part.cells(), part.shape.get(axis).copied().unwrap_or(1) * inner)).collect();
    (0..outer)
        .flat_map(|block| columns.iter().flat_map(move |(cells, width)| cells.iter().skip(block * width).take(*width).copied()))
        .collect()
}

/// All positions of a row-major tensor with one axis replaced by a list of positions along it.
fn positions_along(shape: &[usize], axis: usize, along: &[usize]) -> Vec<usize> {
    let outer: usize = shape.iter().take(axis).product();
    let length = shape.get(axis).copied().unwrap_or(1);
    let inner: usize = shape.iter().skip(axis + 1).product();
    (0..outer).flat_map(|block| along.iter().flat_map(move |at| (0..inner).map(move |rest| (block * length + at) * inner + rest))).collect()
}

/// The elements at constant positions along an axis of the IR value, whose place the dims of the positions take.
pub(crate) fn taken<'b>(
    node: &OnnxNode<'_, 'b>,
    x: &PerRow<'b>,
    axis: usize,
    positions: &[usize],
    dims: &[usize],
) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    let mut shape = x.shape.clone();
    shape.splice(axis..=axis, dims.iter().copied());
    limited(node, shape.iter().fold(1usize, |count, dim| count.saturating_mul(*dim)))?;
    // The batch axis moves when the replaced axis stands before it and the positions are no vector.
    let batch = x.batch.map(|batch| if axis < batch { (batch + dims.len()).saturating_sub(1) } else { batch });
    if x.are_scalars() || x.elements == ElementType::Str && x.count() <= JOINED_SCALARS {
        return Ok(x.picked(node.b, &positions_along(&x.shape, axis, positions), batch, shape));
    }
    let value = x.value(node.b);
    let step = |pair: &[usize]| if let [a, b] = pair { *b as i64 - *a as i64 } else { 1 };
    let steps: Vec<i64> = positions.windows(2).map(step).collect();
    let even = steps.first().copied().unwrap_or(1);
    let even = i32::try_from(even).ok().filter(|even| *even != 0 && steps.iter().all(|step| *step == i64::from(*even)));
    let picked = match (positions.first(), even) {
        (Some(start), Some(step)) => value.slice(axis as u8, *start as u32, step, positions.len() as u32),
        (Some(_), None) => {
            let at = positions.iter().map(|position| *position as i64);
            value.gather(node.b.tensor(ir::Tensor::i64("positions", [positions.len() as u32], at)), axis as u8)
        }
        (None, _) => value.slice(axis as u8, 0, 1, 0),
    };
    Ok(PerRow::of(x.elements, batch, picked.reshape(ir_shape(&shape))))
}

/// Stretches along axes that are not the batch; a batch axis may only be taken whole.
fn slice<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (starts, ends, axes, steps) = if node.node.opset < SLICE_BY_INPUTS {
        let axes = node.is_given("axes").then(|| node.ints("axes").to_vec());
        (node.ints("starts").to_vec(), node.ints("ends").to_vec(), axes, None)
    } else {
        (
            node.integers_input(1)?.unwrap_or_default(),
            node.integers_input(2)?.unwrap_or_default(),
            node.integers_input(3)?,
            node.integers_input(4)?,
        )
    };
    let axes = axes.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = steps.unwrap_or_else(|| vec![1; starts.len()]);
    if ends.len() != starts.len() || axes.len() != starts.len() || steps.len() != starts.len() {
        return node.malformed("its starts, ends, axes and steps differ in length");
    }
    let bounds: Vec<Bounds> = std::iter::zip(std::iter::zip(starts, ends), std::iter::zip(axes, steps))
        .map(|((start, end), (axis, step))| Bounds { start, end, axis, step })
        .collect();
    if let Value::Dims(dims) = node.input(0) {
        let [bounds] = bounds.as_slice() else { return node.malformed("a vector has one axis") };
        return Ok(vec![dims_value(bounds.positions(dims.len()).iter().filter_map(|at| dims.get(*at).copied()).collect())]);
    }
    let mut row = node.row(0)?;
    for bounds in bounds {
        let axis = match row.axis(bounds.axis) {
            Some(Axis::Inner(axis)) => axis,
            // `0:` up to a number that stands for the end is the whole batch.
            Some(Axis::Batch) if bounds.start == 0 && bounds.step == 1 && bounds.end >= i64::from(i32::MAX) => continue,
            Some(Axis::Batch) => return node.mixes_rows("it cuts rows out of the batch"),
            None => return node.malformed("an axis is outside the rank of its input"),
        };
        let along = bounds.positions(row.shape.get(axis).copied().unwrap_or(0));
        row = taken(node, &row, axis, &along, &[along.len()])?;
    }
    Ok(vec![Value::PerRow(row)])
}

struct Bounds {
    start: i64,
    end: i64,
    axis: i64,
    step: i64,
}

impl Bounds {
    /// The positions along an axis of this length, clamped as numpy does. A step of zero gives none.
    fn positions(&self, length: usize) -> Vec<usize> {
        let length = length as i64;
        let from_end = |value: i64| if value < 0 { value.saturating_add(length) } else { value };
        let (low, high) = if self.step > 0 { (0, length) } else { (-1, length - 1) };
        let (start, end) = (from_end(self.start).clamp(low, high), from_end(self.end).clamp(low, high));
        let mut positions = Vec::new();
        let mut at = start;
        while (self.step > 0 && at < end) || (self.step < 0 && at > end) {
            positions.extend(usize::try_from(at));
            at = at.saturating_add(self.step);
        }
        positions
    }
}

/// Axes in another order.
fn transpose<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some(dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let rank = dims.len();
    let order: Option<Vec<usize>> = match node.ints("perm") {
        [] => Some((0..rank).rev().collect()),
        perm => perm.iter().map(|axis| normal_axis(*axis, rank)).collect(),
    };
    let mut sorted = order.clone().unwrap_or_default();
    sorted.sort_unstable();
    let Some(order) = order.filter(|_| sorted.iter().copied().eq(0..rank)) else {
        return node.malformed("its `perm` does not fit its input");
    };
    if let Value::Constant(tensor) = node.input(0) {
        return Ok(vec![Value::known(permuted(tensor, &order))]);
    }
    let x = node.row(0)?;
    let batch = x.batch.and_then(|batch| order.iter().position(|axis| *axis == batch));
    let inner: Vec<u8> = order
        .iter()
        .filter(|axis| Some(**axis) != x.batch)
        .map(|axis| if x.batch.is_some_and(|batch| *axis > batch) { *axis as u8 - 1 } else { *axis as u8 })
        .collect();
    if inner.is_sorted() {
        return Ok(vec![Value::PerRow(x.reshaped(batch, x.shape.clone()))]);
    }
    let value = x.value(node.b).transpose(inner);
    Ok(vec![Value::PerRow(PerRow::of(x.elements, batch, value))])
}

/// A constant with its axes in another order.
fn permuted(tensor: &Tensor, order: &[usize]) -> Tensor {
    let mut strides = vec![1usize; tensor.dims.len()];
    for axis in (1..tensor.dims.len()).rev() {
        if let (Some(after), Some(dim)) = (strides.get(axis).copied(), tensor.dims.get(axis)) {
            strides[axis - 1] = after * dim;
        }
    }
    let axes: Vec<(usize, usize)> = order.iter().filter_map(|axis| Some((*tensor.dims.get(*axis)?, *strides.get(*axis)?))).collect();
    let place = |at| axes.iter().rev().fold((at, 0), |(at, place), (dim, stride)| (at / dim, place + at % dim * stride)).1;
    let places = (0..tensor.data.len()).map(place);
    Tensor { dims: axes.iter().map(|(dim, _)| *dim).collect(), elements: tensor.elements, data: tensor.data.pick(places) }
}

/// Stretched to a shape by numpy's rules.
fn expand<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let target = dims_input(node, 1)?;
    let rank = target.len().max(x.rank());
    let mut dims = vec![Dim::Known(1); rank - target.len()];
    for dim in target {
        dims.push(match dim {
            TargetDim::Batch => Dim::Batch,
            TargetDim::Rows(count) => Dim::Rows(count),
            TargetDim::Number(size) => match usize::try_from(size) {
                Ok(size) => Dim::Known(size),
                Err(_) => return node.malformed("its shape is negative"),
            },
        });
    }
    let own = std::iter::repeat_n(Dim::Known(1), rank - x.rank()).chain(x.dims());
    let (mut outer, mut shape) = (Vec::new(), Vec::new());
    let mut batch = None;
    for (axis, (own, asked)) in own.zip(dims).enumerate() {
        match (own, asked) {
            (Dim::Known(own), Dim::Known(asked)) if own == asked || asked == 1 || own == 1 => {
                outer.push(own);
                shape.push(if own == 1 { asked } else { own });
            }
            (Dim::Known(1), Dim::Batch) | (Dim::Batch, Dim::Batch | Dim::Known(1)) => batch = Some(axis),
            (own, asked) => return node.malformed(format!("{own:?} does not stretch to {asked:?}")),
        }
    }
    limited(node, shape.iter().fold(1usize, |count, dim| count.saturating_mul(*dim)))?;
    let value = stretched(node.b, x.value(node.b).reshape(ir_shape(&outer)), &shape);
    Ok(vec![Value::PerRow(PerRow::of(x.elements, batch, value))])
}

/// A value stretched to a shape that it broadcasts to.
pub(super) fn stretched<'b>(b: &'b Builder, value: ir::Val<'b>, shape: &[usize]) -> ir::Val<'b> {
    let own = value.ty().shape;
    let mut value = value.reshape(ir_shape(&[vec![1; shape.len() - own.len()], own.iter().map(|dim| *dim as usize).collect()].concat()));
    for (axis, dim) in shape.iter().enumerate() {
        let length = value.ty().shape.get(axis).copied().unwrap_or(1);
        if length as usize != *dim && length == 1 {
            let zeros = b.tensor(ir::Tensor::i64("positions", [*dim as u32], std::iter::repeat_n(0, *dim)));
            value = value.gather(zeros, axis as u8);
        }
    }
    value
}

/// The tensor so many times one after the other along each axis.
fn tile<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut x = node.row(0)?;
    let repeats = match (node.optional(2), node.integers_input(1)?) {
        // Version 1 had one number of tiles and one axis.
        (Some(_), Some(tiles)) => {
            let axis = node.integers_input(2)?.and_then(|axes| normal_axis(*axes.first()?, x.rank()));
            let Some(axis) = axis else { return node.malformed("its axis is outside") };
            (0..x.rank()).map(|at| if at == axis { tiles.first().copied().unwrap_or(1) } else { 1 }).collect()
        }
        (_, repeats) => repeats.unwrap_or_default(),
    };
    if repeats.len() != x.rank() {
        return node.malformed(format!("{} repeats for {} axes", repeats.len(), x.rank()));
    }
    for (axis, count) in repeats.iter().enumerate().filter(|(_, count)| **count != 1) {
        let inner = node.inner_axis(&x, axis as i64, "repeats rows")?;
        let Ok(count) = usize::try_from(*count) else { return node.malformed("a number of repeats is negative") };
        let length = x.shape.get(inner).copied().unwrap_or(0);
        limited(node, length.saturating_mul(count))?;
        let positions: Vec<usize> = (0..count).flat_map(|_| 0..length).collect();
        x = taken(node, &x, inner, &positions, &[positions.len()])?;
    }
    Ok(vec![Value::PerRow(x)])
}

/// Parts along an axis: of the lengths that are given, or as many equal ones as there are outputs, of which the last may be shorter.
fn split<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axis = node.inner_axis(&x, node.int("axis"), "splits")?;
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let given = match node.integers_input(1)? {
        Some(lengths) => Some(lengths),
        None if node.is_given("split") => Some(node.ints("split").to_vec()),
        None => None,
    };
    let lengths: Vec<usize> = match given {
        Some(lengths) => lengths.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect(),
        None => {
            let parts = node.node.outputs.len().max(1);
            let each = length.div_ceil(parts);
            (0..parts).map(|part| length.saturating_sub(part * each).min(each)).collect()
        }
    };
    if total(&lengths) != length {
        return node.malformed(format!("parts of {lengths:?} out of {length}"));
    }
    let mut start = 0;
    let mut parts = Vec::new();
    for own in lengths {
        let positions: Vec<usize> = (start..start + own).collect();
        parts.push(Value::PerRow(taken(node, &x, axis, &positions, &[own])?));
        start += own;
    }
    Ok(parts)
}

/// More elements at the ends of axes, fewer where their number is negative: a constant, or the elements that mode says.
fn pad<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut x = node.row(0)?;
    let pads = match node.integers_input(1)? {
        Some(pads) => pads,
        None => node.ints(if node.is_given("paddings") { "paddings" } else { "pads" }).to_vec(),
    };
    let rank = x.rank();
    let axes = node.integers_input(3)?.unwrap_or_else(|| (0..rank as i64).collect());
    if pads.len() != 2 * axes.len() {
        return node.malformed(format!("{} pads for {} axes", pads.len(), axes.len()));
    }
    let zero = ir::Literal::zero(crate::value::elem(x.elements));
    let given = match node.optional(2) {
        Some(_) => crate::value::literals(&node.constant(2)?.data).into_iter().next(),
        None if x.elements.is_float() => {
            ir::build::IntoVal::into_val(f64::from(node.float("value")), node.b.constant(zero.clone())).literal()
        }
        None => Some(zero.clone()),
    };
    let Some(fill) = given.filter(|fill| fill.elem() == zero.elem()) else {
        return node.malformed(format!("its constant is no {}", x.elements.name()));
    };
    let mode = node.string("mode").to_owned();
    for (index, axis) in axes.iter().enumerate() {
        let (before, after) = (pads.get(index).copied().unwrap_or(0), pads.get(index + axes.len()).copied().unwrap_or(0));
        if (before, after) == (0, 0) {
            continue;
        }
        let inner = node.inner_axis(&x, *axis, "pads")?;
        let length = x.shape.get(inner).copied().unwrap_or(0) as i64;
        let (start, end) = (before.saturating_neg(), length.saturating_add(after));
        limited(node, usize::try_from(end.saturating_sub(start)).unwrap_or(0))?;
        let place = |at: i64| match mode.as_str() {
            "edge" => at.clamp(0, length - 1),
            "wrap" => at.rem_euclid(length.max(1)),
            _ => {
                // To and fro, the ends once.
                let period = (2 * (length - 1)).max(1);
                let at = at.rem_euclid(period);
                at.min(period - at).min(length - 1)
            }
        };
        x = match mode.as_str() {
            "constant" => padded(node, &x, inner, start, end, &fill)?,
            "edge" | "wrap" | "reflect" if length > 0 => {
                let positions: Vec<usize> = (start..end).map(|at| place(at) as usize).collect();
                taken(node, &x, inner, &positions, &[positions.len()])?
            }
            other => return node.malformed(format!("its mode is {other}")),
        };
    }
    Ok(vec![Value::PerRow(x)])
}

/// The elements `start..end` along an axis, and `fill` where there are none.
fn padded<'b>(
    node: &OnnxNode<'_, 'b>,
    x: &PerRow<'b>,
    axis: usize,
    start: i64,
    end: i64,
    fill: &ir::Literal,
) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    let length = x.shape.get(axis).copied().unwrap_or(0) as i64;
    let (from, to) = (start.clamp(0, length), end.clamp(0, length));
    let positions: Vec<usize> = (from..to.max(from)).map(|at| at as usize).collect();
    let middle = taken(node, x, axis, &positions, &[positions.len()])?;
    let count = end.saturating_sub(start).max(0);
    if start >= 0 && end <= length {
        return Ok(middle);
    }
    let mut shape = x.shape.clone();
    if let Some(dim) = shape.get_mut(axis) {
        *dim = count as usize;
    }
    limited(node, shape.iter().fold(1usize, |count, dim| count.saturating_mul(*dim)))?;
    if positions.is_empty() || middle.count() == 0 {
        let all = node.b.constant(fill.clone());
        return Ok(PerRow::of(x.elements, x.batch, stretched(node.b, all.reshape(vec![1; shape.len()]), &shape)));
    }
    let window = ir::Window { count: count as u32, size: 1, stride: 1, dilation: 1, before: (from - start) as u32, fill: fill.clone() };
    let value = middle.value(node.b).window(axis as u8, window).reshape(ir_shape(&shape));
    Ok(PerRow::of(x.elements, x.batch, value))
}

/// The middle of each axis, cut or padded with zeros to a length.
fn center_crop_pad<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut x = node.row(0)?;
    let lengths = node.integers_input(1)?.unwrap_or_default();
    let axes = if node.is_given("axes") { node.ints("axes").to_vec() } else { (0..x.rank() as i64).collect() };
    if axes.len() != lengths.len() {
        return node.malformed(format!("{} lengths for {} axes", lengths.len(), axes.len()));
    }
    let zero = ir::Literal::zero(crate::value::elem(x.elements));
    for (axis, length) in std::iter::zip(axes, lengths) {
        let inner = node.inner_axis(&x, axis, "pads")?;
        let own = x.shape.get(inner).copied().unwrap_or(0) as i64;
        let start = if own > length { (own - length) / 2 } else { -((length - own) / 2) };
        x = padded(node, &x, inner, start, start + length, &zero)?;
    }
    Ok(vec![Value::PerRow(x)])
}

/// The four axes of images, with the batch at the first, of length 1 if it is open.
fn image<'b>(node: &OnnxNode<'_, 'b>) -> Result<(PerRow<'b>, [usize; 4]), Box<source::Diagnostic>> {
    let x = node.row(0)?;
    match x.whole_shape().as_slice() {
        [n, c, h, w] if matches!(x.batch, None | Some(0)) => Ok((x.clone(), [*n, *c, *h, *w])),
        _ => node.malformed(format!("its input has the dims {:?}, and `[N, C, H, W]` is expected", x.dims())),
    }
}

/// Channels laid out as blocks: `[N, C s s, H, W]` to `[N, C, H s, W s]`, by depth first (DCR) or by column and row first (CRD).
fn depth_to_space<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, [n, c, h, w]) = image(node)?;
    let side = usize::try_from(node.int("blocksize")).ok().filter(|side| *side <= ELEMENT_LIMIT).unwrap_or(0);
    if side == 0 || !c.is_multiple_of(side * side) {
        return node.malformed(format!("{c} channels make no blocks of {side} by {side}"));
    }
    let depth = c / (side * side);
    let (split, order): ([usize; 6], [u8; 6]) = match node.string("mode") {
        "CRD" => ([n, depth, side, side, h, w], [0, 1, 4, 2, 5, 3]),
        _ => ([n, side, side, depth, h, w], [0, 3, 4, 1, 5, 2]),
    };
    let value = x.whole(node.b).reshape(ir_shape(&split)).transpose(order).reshape(ir_shape(&[n, depth, h * side, w * side]));
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, value))])
}

/// Blocks laid out as channels: `[N, C, H, W]` to `[N, C s s, H / s, W / s]`, by depth last (DCR) or by depth first (CRD).
fn space_to_depth<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, [n, c, h, w]) = image(node)?;
    let side = usize::try_from(node.int("blocksize")).ok().filter(|side| *side <= ELEMENT_LIMIT).unwrap_or(0);
    if side == 0 || !h.is_multiple_of(side) || !w.is_multiple_of(side) {
        return node.malformed(format!("an image of {h} by {w} makes no blocks of {side} by {side}"));
    }
    let split = [n, c, h / side, side, w / side, side];
    let order = if node.string("mode") == "CRD" { [0, 1, 3, 5, 2, 4] } else { [0, 3, 5, 1, 2, 4] };
    let value = x.whole(node.b).reshape(ir_shape(&split)).transpose(order);
    let value = value.reshape(ir_shape(&[n, c * side * side, h / side, w / side]));
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, value))])
}
