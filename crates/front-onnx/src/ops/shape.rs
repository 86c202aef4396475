//! Moving elements about: every one of these is a choice of positions within one row, with the batch axis kept in sight.

use ir::Builder;

use super::Row;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{Axis, Dim, ELEMENT_LIMIT, PerRow, Value, constant, ir_shape, normal_axis};

pub(super) const OPS: &[Row] = &[
    Row::ml("ArrayFeatureExtractor", array_feature_extractor),
    Row::new("Concat", concat),
    Row::new("Flatten", flatten),
    Row::new("Gather", gather),
    Row::new("Reshape", reshape),
    Row::new("Shape", shape),
    Row::new("Slice", slice),
    Row::new("Squeeze", squeeze),
    Row::new("Transpose", transpose),
    Row::new("Unsqueeze", unsqueeze),
];

/// The opset from which Slice takes its bounds as inputs.
const SLICE_BY_INPUTS: i64 = 10;
/// Scalars up to this many stay scalars when parts are joined.
const JOINED_SCALARS: usize = 64;

/// The dims of a value, batch included.
fn dims_of(value: &Value<'_>) -> Option<Vec<Dim>> {
    match value {
        Value::PerRow(row) => Some(row.dims()),
        Value::Constant(tensor) => Some(tensor.dims.iter().map(|dim| Dim::Known(*dim)).collect()),
        Value::Dims(dims) => Some(vec![Dim::Known(dims.len())]),
        Value::Absent | Value::Map(_) | Value::Refused(_) => None,
    }
}

/// A list of dims, with plain numbers where the batch is not among them.
fn dims_value<'b>(dims: Vec<Dim>) -> Value<'b> {
    let known: Option<Vec<i64>> =
        dims.iter().map(|dim| if let Dim::Known(size) = dim { i64::try_from(*size).ok() } else { None }).collect();
    match known {
        Some(numbers) => Value::known(Tensor::vector(Data::I64(numbers))),
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
    /// As written: -1 is open, 0 may copy.
    Number(i64),
}

/// The same elements in row-major order. The batch axis must come out whole: each row of the result from one row of the input.
fn reshape<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let target = dims_input(node, 1)?;
    let copies_zero = node.int("allowzero") == 0;
    let Some(input) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let mut dims = Vec::new();
    let mut open = None;
    for (index, dim) in target.iter().enumerate() {
        dims.push(match dim {
            TargetDim::Batch => Dim::Batch,
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
    let batches = dims.iter().filter(|dim| **dim == Dim::Batch).count();
    let has_batch = input.contains(&Dim::Batch);
    if let Some(open) = open.and_then(|index| dims.get_mut(index)) {
        // What is left for the open dimension: the batch, if no other dimension took it, times the elements not yet placed.
        *open = match (has_batch && batches == 0, asked) {
            (true, asked) if asked == held => Dim::Batch,
            (true, _) => return node.mixes_rows(format!("it lays rows of {held} elements out as rows of {asked}")),
            (false, asked) if asked > 0 && held.is_multiple_of(asked) => Dim::Known(held / asked),
            (false, _) => return node.malformed(format!("{held} elements do not fit the target {target:?}")),
        };
    }
    if product(&dims) != Some(held) || dims.contains(&Dim::Batch) != has_batch {
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
        Dim::Known(size) => count.checked_mul(*size),
        Dim::Batch => Some(count),
    })
}

/// A value under new dims of the same count. Elements keep their order, so the product of dims before the batch axis must stay.
fn lay<'b>(node: &OnnxNode<'_, 'b>, value: &Value<'b>, dims: Vec<Dim>) -> Translated<'b> {
    match value {
        Value::PerRow(row) => {
            let Some(batch) = dims.iter().position(|dim| *dim == Dim::Batch) else {
                return node.mixes_rows("its result has no batch axis");
            };
            let shape: Vec<usize> = dims.iter().filter_map(|dim| if let Dim::Known(size) = dim { Some(*size) } else { None }).collect();
            let before = |shape: &[usize], batch: usize| shape.iter().take(batch).product::<usize>();
            if before(&row.shape, row.batch) != before(&shape, batch) {
                return node.mixes_rows("rows would be torn apart");
            }
            Ok(vec![Value::PerRow(row.reshaped(batch, shape))])
        }
        Value::Constant(tensor) => {
            let dims = dims.iter().filter_map(|dim| if let Dim::Known(size) = dim { Some(*size) } else { None }).collect();
            Ok(vec![Value::known(Tensor { dims, data: tensor.data.clone() })])
        }
        // A vector of dims stays one; a scalar of them is only ever put back into a vector.
        Value::Dims(list) => Ok(vec![Value::Dims(list.clone())]),
        Value::Absent | Value::Map(_) | Value::Refused(_) => node.unsupported("its input is no tensor"),
    }
}

/// Two axes: the dims before `axis` multiplied, and those from it on.
fn flatten<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some(dims) = dims_of(node.input(0)) else { return node.unsupported("its input is no tensor") };
    let axis = node.int("axis");
    let axis = if axis == dims.len() as i64 { Some(dims.len()) } else { normal_axis(axis, dims.len()) };
    let Some(axis) = axis else { return node.malformed("its axis is outside the rank of its input") };
    let (left, right) = dims.split_at(axis);
    let joined = |part: &[Dim]| match (part.contains(&Dim::Batch), product(part)) {
        (true, Some(1)) => Some(Dim::Batch),
        (false, Some(size)) => Some(Dim::Known(size)),
        _ => None,
    };
    match (joined(left), joined(right)) {
        (Some(left), Some(right)) => lay(node, node.input(0), vec![left, right]),
        _ => node.mixes_rows("it joins the batch axis with another"),
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
fn axes_argument(node: &OnnxNode<'_, '_>) -> Result<Option<Vec<i64>>, Box<source::Diagnostic>> {
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

/// Parts side by side along an axis that is not the batch.
fn concat<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.inputs.iter().any(|input| matches!(input, Value::Dims(_))) {
        let mut dims = Vec::new();
        for index in 0..node.inputs.len() {
            limited(node, dims.len())?;
            for dim in dims_input(node, index)? {
                match dim {
                    TargetDim::Batch => dims.push(Dim::Batch),
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
    if node.inputs.iter().all(|input| matches!(input, Value::Constant(_))) {
        return concat_constants(node);
    }
    let rows = (0..node.inputs.len()).map(|index| node.row(index)).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = rows.first() else { return node.malformed("it has no inputs") };
    let axis = match first.axis(node.int("axis")) {
        Some(Axis::Inner(axis)) => axis,
        Some(Axis::Batch) => return node.mixes_rows("it joins along the batch axis"),
        None => return node.malformed("its axis is outside the rank of its inputs"),
    };
    let others = |row: &PerRow<'_>| row.shape.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, dim)| *dim).collect::<Vec<_>>();
    for row in &rows {
        if row.batch != first.batch || row.rank() != first.rank() || others(row) != others(first) {
            return node.malformed(format!("it joins {:?} with {:?}", first.dims(), row.dims()));
        }
        if row.elements != first.elements {
            return node.malformed(format!("it joins {} with {}", first.elements.name(), row.elements.name()));
        }
    }
    let rows: Vec<PerRow<'b>> = rows.into_iter().cloned().collect();
    limited(node, rows.iter().map(PerRow::count).fold(0usize, usize::saturating_add))?;
    Ok(vec![Value::PerRow(joined(node.b, &rows, axis))])
}

/// `-1` in a list of dims that already has the batch: only as the last entry of the list.
fn open_tail<'b>(node: &OnnxNode<'_, 'b>, dims: Vec<Dim>, index: usize) -> Translated<'b> {
    if index + 1 == node.inputs.len() && dims.iter().all(|dim| *dim == Dim::Batch) {
        // Zero copies the dimension of the input and -1 stays open; `[0, -1]` says the same without the batch size.
        return Ok(vec![Value::known(Tensor::vector(Data::I64(vec![0, -1])))]);
    }
    node.unsupported("a shape with the batch size and an open dimension in the middle")
}

/// A result of this many elements, or a refusal.
fn limited(node: &OnnxNode<'_, '_>, count: usize) -> Result<(), Box<source::Diagnostic>> {
    if count > ELEMENT_LIMIT { node.unsupported(format!("its result would have {count} elements a row")) } else { Ok(()) }
}

/// The shape with an axis replaced by other dims must be within limits before any of its positions are listed.
fn limited_shape(node: &OnnxNode<'_, '_>, shape: &[usize], axis: usize, along: &[usize]) -> Result<(), Box<source::Diagnostic>> {
    let others = shape.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, dim)| dim);
    limited(node, others.chain(along).fold(1usize, |count, dim| count.saturating_mul(*dim)))
}

fn concat_constants<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let tensors = (0..node.inputs.len()).map(|index| node.constant(index)).collect::<Result<Vec<_>, _>>()?;
    if tensors.iter().any(|tensor| tensor.dims.len() != 1) {
        return node.unsupported("constants that are not vectors");
    }
    let integers: Option<Vec<Vec<i64>>> = tensors.iter().map(|tensor| tensor.integers()).collect();
    match integers {
        Some(parts) => {
            limited(node, parts.iter().map(Vec::len).fold(0usize, usize::saturating_add))?;
            Ok(vec![Value::known(Tensor::vector(Data::I64(parts.concat())))])
        }
        None => node.unsupported("constants that are not whole numbers"),
    }
}

/// Rows of one kind joined along an axis of the IR value; other axes agree.
pub(super) fn joined<'b>(b: &'b Builder, parts: &[PerRow<'b>], axis: usize) -> PerRow<'b> {
    let batch = parts.first().map_or(0, |part| part.batch);
    let elements = parts.first().map_or(ElementType::F32, |part| part.elements);
    let mut shape = parts.first().map_or_else(Vec::new, |part| part.shape.clone());
    if let Some(dim) = shape.get_mut(axis) {
        *dim = parts.iter().filter_map(|part| part.shape.get(axis)).sum();
    }
    let scalars: usize = parts.iter().map(PerRow::count).sum();
    if parts.iter().all(PerRow::are_scalars) && (scalars <= JOINED_SCALARS || elements == ElementType::Str) {
        return PerRow::scalars(batch, elements, shape.clone(), interleaved(parts, axis, &shape));
    }
    let values: Vec<ir::Val<'b>> = parts.iter().filter(|part| part.count() > 0).map(|part| part.value(b)).collect();
    match values.as_slice() {
        [only] => PerRow::tensor(batch, *only),
        values => PerRow::tensor(batch, b.concat(values, axis as u8)),
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

/// Constant positions along an axis, negative ones from its end. `None` when one is outside.
fn normal_positions(positions: &[i64], length: usize) -> Option<Vec<usize>> {
    positions.iter().map(|position| normal_axis(*position, length)).collect()
}

/// The elements at positions along an axis, whose place the dims of the positions take.
fn gather<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    match (node.input(0), node.input(1)) {
        (Value::Dims(dims), Value::Constant(_)) => {
            let positions = node.integers_input(1)?.unwrap_or_default();
            match normal_positions(&positions, dims.len()) {
                Some(positions) => Ok(vec![dims_value(positions.iter().filter_map(|at| dims.get(*at).copied()).collect())]),
                None => node.malformed("a position is outside"),
            }
        }
        (Value::PerRow(x), Value::Constant(at)) => {
            let axis = match x.axis(node.int("axis")) {
                Some(Axis::Inner(axis)) => axis,
                Some(Axis::Batch) => return node.mixes_rows("it picks rows of the batch"),
                None => return node.malformed("its axis is outside the rank of its input"),
            };
            pick(node, x, axis, at)
        }
        (Value::Constant(x), Value::Constant(at)) => {
            let Some(axis) = normal_axis(node.int("axis"), x.dims.len()) else { return node.malformed("its axis is outside") };
            let positions = node.integers_input(1)?.unwrap_or_default();
            let length = x.dims.get(axis).copied().unwrap_or(0);
            let Some(positions) = normal_positions(&positions, length) else { return node.malformed("a position is outside") };
            limited_shape(node, &x.dims, axis, &[positions.len()])?;
            let data = x.data.pick(&positions_along(&x.dims, axis, &positions));
            let mut dims = x.dims.clone();
            dims.splice(axis..=axis, at.dims.iter().copied());
            Ok(vec![Value::known(Tensor { dims, data })])
        }
        (Value::Constant(x), Value::PerRow(at)) if normal_axis(node.int("axis"), x.dims.len()) == Some(0) => embed(node, x, at),
        _ => node.unsupported("positions that differ from row to row, in a tensor that does too"),
    }
}

fn pick<'b>(node: &OnnxNode<'_, 'b>, x: &PerRow<'b>, axis: usize, at: &Tensor) -> Translated<'b> {
    let Some(positions) = at.integers() else { return node.malformed("its positions are not whole numbers") };
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let Some(positions) = normal_positions(&positions, length) else {
        return node.malformed(format!("a position is outside its axis of {length}"));
    };
    limited_shape(node, &x.shape, axis, &[positions.len()])?;
    let mut shape = x.shape.clone();
    shape.splice(axis..=axis, at.dims.iter().copied());
    // The batch axis moves when the replaced axis stands before it and the positions are no vector.
    let batch = if axis < x.batch { (x.batch + at.dims.len()).saturating_sub(1) } else { x.batch };
    Ok(vec![Value::PerRow(x.picked(node.b, &positions_along(&x.shape, axis, &positions), batch, shape))])
}

/// Rows of a constant table at positions that come with each row; negative positions count from the end.
fn embed<'b>(node: &OnnxNode<'_, 'b>, table: &Tensor, at: &PerRow<'b>) -> Translated<'b> {
    let length = table.dims.first().copied().unwrap_or(0);
    if length == 0 {
        return node.malformed("it picks from nothing");
    }
    limited_shape(node, &table.dims, 0, &at.shape)?;
    let table = constant(node.b, node.input_name(0), &table.dims, &table.data);
    let positions = at.value(node.b);
    let positions = positions.lt(0_i64).select(positions + length as i64, positions);
    Ok(vec![Value::PerRow(PerRow::tensor(at.batch, table.gather(positions, 0)))])
}

/// Columns at constant positions along the last axis; or, as exporters write it for labels, a constant list at a position a row.
fn array_feature_extractor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    match (node.input(0), node.input(1)) {
        (Value::PerRow(x), Value::Constant(at)) => {
            if x.batch == x.shape.len() {
                return node.mixes_rows("it picks along the batch axis");
            }
            let flat = Tensor { dims: vec![at.data.len()], data: at.data.clone() };
            pick(node, x, x.shape.len() - 1, &flat)
        }
        (Value::Constant(list), Value::PerRow(at)) if list.dims.len() == 1 || list.dims.first() == Some(&1) && list.dims.len() == 2 => {
            if at.count() != 1 {
                return node.unsupported("several positions a row in a constant list");
            }
            let flat = constant(node.b, node.input_name(0), &[list.data.len()], &list.data);
            let Some(position) = at.cells().first().copied() else { return node.malformed("it has no position") };
            // The dims of the result are `[1, N]`.
            Ok(vec![Value::PerRow(PerRow::scalars(1, list.data.element_type(), vec![1], vec![flat.gather(position, 0)]))])
        }
        _ => node.unsupported("positions that differ from row to row, in a tensor that does too"),
    }
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
    match node.input(0) {
        Value::Dims(dims) => {
            let [bounds] = bounds.as_slice() else { return node.malformed("a vector has one axis") };
            Ok(vec![dims_value(bounds.positions(dims.len()).iter().filter_map(|at| dims.get(*at).copied()).collect())])
        }
        Value::Constant(tensor) => {
            let mut tensor = Tensor::clone(tensor);
            for bounds in bounds {
                let Some(axis) = normal_axis(bounds.axis, tensor.dims.len()) else { return node.malformed("an axis is outside") };
                let along = bounds.positions(tensor.dims.get(axis).copied().unwrap_or(0));
                let data = tensor.data.pick(&positions_along(&tensor.dims, axis, &along));
                if let Some(dim) = tensor.dims.get_mut(axis) {
                    *dim = along.len();
                }
                tensor.data = data;
            }
            Ok(vec![Value::known(tensor)])
        }
        Value::PerRow(_) | Value::Absent | Value::Map(_) | Value::Refused(_) => slice_row(node, &bounds),
    }
}

fn slice_row<'b>(node: &OnnxNode<'_, 'b>, bounds: &[Bounds]) -> Translated<'b> {
    let mut row = node.row(0)?.clone();
    for bounds in bounds {
        let axis = match row.axis(bounds.axis) {
            Some(Axis::Inner(axis)) => axis,
            // `0:` up to a number that stands for the end is the whole batch.
            Some(Axis::Batch) if bounds.start == 0 && bounds.step == 1 && bounds.end >= i64::from(i32::MAX) => continue,
            Some(Axis::Batch) => return node.mixes_rows("it cuts rows out of the batch"),
            None => return node.malformed("an axis is outside the rank of its input"),
        };
        let along = bounds.positions(row.shape.get(axis).copied().unwrap_or(0));
        let mut shape = row.shape.clone();
        if let Some(dim) = shape.get_mut(axis) {
            *dim = along.len();
        }
        row = row.picked(node.b, &positions_along(&row.shape, axis, &along), row.batch, shape);
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
    let x = node.row(0)?;
    let rank = x.rank();
    let order: Option<Vec<usize>> = match node.ints("perm") {
        [] => Some((0..rank).rev().collect()),
        perm => perm.iter().map(|axis| normal_axis(*axis, rank)).collect(),
    };
    let Some(order) = order.filter(|order| order.len() == rank) else { return node.malformed("its `perm` does not fit its input") };
    let Some(batch) = order.iter().position(|axis| *axis == x.batch) else { return node.malformed("its `perm` lacks an axis") };
    let inner: Vec<u8> =
        order.iter().filter(|axis| **axis != x.batch).map(|axis| if *axis > x.batch { *axis as u8 - 1 } else { *axis as u8 }).collect();
    if inner.is_sorted() {
        return Ok(vec![Value::PerRow(x.reshaped(batch, x.shape.clone()))]);
    }
    let shape: Vec<usize> = inner.iter().filter_map(|axis| x.shape.get(usize::from(*axis)).copied()).collect();
    let value = x.value(node.b).reshape(ir_shape(&x.shape)).transpose(inner);
    Ok(vec![Value::PerRow(PerRow::tensor(batch, value).reshaped(batch, shape))])
}
