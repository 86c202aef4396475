//! Elements at positions that are known, or that come with each row.

use ir::Val;

use super::Row;
use super::shape::{dims_value, limited, taken};
use crate::node::{OnnxNode, Translated};
use crate::tensor::Tensor;
use crate::value::{Axis, Dim, PerRow, Value, constant, element_count, ir_shape, normal_axis};

pub(super) const OPS: &[Row] = &[
    Row::ml("ArrayFeatureExtractor", array_feature_extractor),
    Row::new("Gather", gather),
    Row::new("GatherElements", gather_elements),
    Row::new("GatherND", gather_nd),
];

/// Constant positions along an axis, negative ones from its end. `None` when one is outside.
fn normal_positions(positions: &[i64], length: usize) -> Option<Vec<usize>> {
    positions.iter().map(|position| normal_axis(*position, length)).collect()
}

/// Positions that come with each row, negative ones counted from the end. A row with one that is outside is not scored.
fn counted<'b>(node: &OnnxNode<'_, 'b>, at: &PerRow<'b>, length: usize) -> PerRow<'b> {
    let length = length as i64;
    let outside = at.map(node.b, |at| at.lt(-length) | at.ge(length));
    if outside.count() > 0 {
        let any = outside.vector(node.b).cast(ir::Elem::I32).reduce(ir::Reduce::Max, [0]).ne(0_i64);
        node.reject(any, format!("a position of {} is outside", node.input_name(1)));
    }
    at.map(node.b, |at| at.lt(0_i64).select(at + length, at))
}

/// The elements at positions along an axis, whose place the dims of the positions take.
fn gather<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if let (Value::Dims(dims), Value::Constant(_)) = (node.input(0), node.input(1)) {
        let positions = node.integers_input(1)?.unwrap_or_default();
        return match normal_positions(&positions, dims.len()) {
            Some(positions) => Ok(vec![dims_value(positions.iter().filter_map(|at| dims.get(*at).copied()).collect())]),
            None => node.malformed("a position is outside"),
        };
    }
    let x = node.row(0)?;
    if let (Value::Flat(at, dims), [length], None) = (node.input(1), x.shape.as_slice(), x.batch) {
        let found = x.value(node.b).gather(counted(node, at, *length).value(node.b), 0);
        return Ok(vec![Value::Flat(PerRow::of(x.elements, at.batch, found), dims.clone())]);
    }
    let axis = match x.axis(node.int("axis")) {
        Some(Axis::Inner(axis)) => axis,
        Some(Axis::Batch) => return node.mixes_rows("it picks rows of the batch"),
        None => return node.malformed("its axis is outside the rank of its input"),
    };
    if let Value::Constant(at) = node.input(1) {
        return pick(node, &x, axis, at);
    }
    let at = node.row(1)?;
    let length = x.shape.get(axis).copied().unwrap_or(0);
    if length == 0 {
        return node.malformed("it picks from nothing");
    }
    // Where both differ from row to row, the batch must come out at one place.
    let batch = match (x.batch, at.batch) {
        (None, Some(batch)) => Some(axis + batch),
        (None, None) => None,
        (Some(batch), None) => Some(if axis < batch { (batch + at.shape.len()).saturating_sub(1) } else { batch }),
        (Some(_), Some(_)) => return node.mixes_rows("its positions are of a batch, and so is what they are picked from"),
    };
    let mut shape = x.shape.clone();
    shape.splice(axis..=axis, at.shape.iter().copied());
    limited(node, shape.iter().fold(1usize, |count, dim| count.saturating_mul(*dim)))?;
    let positions = counted(node, &at, length).value(node.b);
    Ok(vec![Value::PerRow(PerRow::of(x.elements, batch, x.value(node.b).gather(positions, axis as u8)))])
}

fn pick<'b>(node: &OnnxNode<'_, 'b>, x: &PerRow<'b>, axis: usize, at: &Tensor) -> Translated<'b> {
    let Some(positions) = at.integers() else { return node.malformed("its positions are not whole numbers") };
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let Some(positions) = normal_positions(&positions, length) else {
        return node.malformed(format!("a position is outside its axis of {length}"));
    };
    Ok(vec![Value::PerRow(taken(node, x, axis, &positions, &at.dims)?)])
}

/// Columns at constant positions along the last axis; or, as exporters write it for labels, a constant list at a position a row.
fn array_feature_extractor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    match (node.input(0), node.input(1)) {
        (Value::Constant(list), Value::PerRow(at)) if list.dims.len() == 1 || list.dims.first() == Some(&1) && list.dims.len() == 2 => {
            let flat = constant(node.b, node.input_name(0), &[list.data.len()], &list.data);
            let positions = counted(node, at, list.data.len());
            // The dims of the result are `[1, N]`.
            match at.batch {
                Some(0) if at.count() != 1 => {
                    let found = flat.gather(positions.vector(node.b), 0);
                    let row = PerRow::of(list.elements, 0, found);
                    Ok(vec![Value::Flat(row, vec![Dim::Known(1), Dim::Rows(at.count())])])
                }
                Some(_) if at.count() != 1 => node.unsupported("several positions a row in a constant list"),
                Some(_) => Ok(vec![Value::PerRow(PerRow::scalars(
                    1,
                    list.elements,
                    vec![1],
                    positions.cells().into_iter().map(|at| flat.gather(at, 0)).collect(),
                ))]),
                None => {
                    let found = flat.gather(positions.vector(node.b), 0).reshape([1, at.count() as u32]);
                    Ok(vec![Value::PerRow(PerRow::of(list.elements, None, found))])
                }
            }
        }
        // Columns of a table, as many a row. Those of one row after those of the other are the second axis of the result.
        (Value::Constant(table), Value::PerRow(at))
            if table.dims.len() == 2 && (at.batch == Some(0) || at.batch.is_some() && at.count() == 1) =>
        {
            let [rows, columns] = [table.dims.first(), table.dims.get(1)].map(|dim| dim.copied().unwrap_or(0));
            let value = constant(node.b, node.input_name(0), &[rows, columns], &table.data);
            let positions = counted(node, at, columns);
            Ok(vec![match positions.cells().as_slice() {
                [only] => Value::PerRow(PerRow::of(table.elements, 1, value.gather(*only, 1))),
                several => {
                    let found = PerRow::of(table.elements, 1, value.gather(positions.vector(node.b), 1));
                    Value::Flat(found, vec![Dim::Known(rows), Dim::Rows(several.len())])
                }
            }])
        }
        (Value::PerRow(_) | Value::Constant(_), Value::Constant(at)) => {
            let x = node.row(0)?;
            if x.batch == Some(x.shape.len()) {
                return node.mixes_rows("it picks along the batch axis");
            }
            let Some(last) = x.shape.len().checked_sub(1) else { return node.malformed("its input has no axis") };
            pick(node, &x, last, &at.reshaped(vec![at.data.len()]))
        }
        _ => node.unsupported("positions that differ from row to row, in a tensor that does too"),
    }
}

/// How far apart neighbours along each axis lie.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// The numbers `0, stride, 2 stride, ...` along an axis of a shape, spread over the others.
pub(super) fn numbers<'b>(node: &OnnxNode<'_, 'b>, shape: &[usize], axis: usize, stride: usize) -> Val<'b> {
    let mut own = vec![1; shape.len()];
    let length = shape.get(axis).copied().unwrap_or(1);
    if let Some(dim) = own.get_mut(axis) {
        *dim = length;
    }
    node.b.tensor(ir::Tensor::i64("positions", ir_shape(&own), (0..length as i64).map(|at| at * stride as i64)))
}

/// For each place of the positions, the element there along the axis and at the same place along the others.
fn gather_elements<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, at) = (node.row(0)?, node.row(1)?);
    if x.rank() != at.rank() || x.batch != at.batch {
        return node.unsupported(format!("positions {:?} in {:?}", at.dims(), x.dims()));
    }
    let axis = node.inner_axis(&x, node.int("axis"), "picks")?;
    let strides = strides(&x.shape);
    let along = counted(node, &at, x.shape.get(axis).copied().unwrap_or(0)).value(node.b).cast(ir::Elem::I64);
    let stride = |axis: usize| strides.get(axis).copied().unwrap_or(1);
    let place = (0..at.shape.len())
        .filter(|other| *other != axis)
        .fold(along * stride(axis) as i64, |place, other| place + numbers(node, &at.shape, other, stride(other)));
    if x.count() == 0 {
        return node.malformed("it picks from nothing");
    }
    let found = x.vector(node.b).gather(place.reshape([at.count() as u32]), 0).reshape(ir_shape(&at.shape));
    Ok(vec![Value::PerRow(PerRow::of(x.elements, x.batch, found))])
}

/// The slices at tuples of positions, which stand along the last axis of the positions; `batch_dims` axes in front go side by side.
fn gather_nd<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, at) = (node.row(0)?, node.row(1)?);
    let beside = usize::try_from(node.int("batch_dims")).unwrap_or(0);
    if x.batch.is_some() || at.batch.is_some() {
        return node.unsupported("tuples of positions in a batch");
    }
    let Some((width, places)) = at.shape.split_last() else { return node.malformed("its positions have no axis") };
    if beside + width > x.shape.len() || beside > places.len() {
        return node.malformed(format!("tuples of {width} positions in {:?}", x.shape));
    }
    let (outer, inner) = x.shape.split_at(beside + width);
    let shape = [places, inner].concat();
    if element_count(&shape).is_none() {
        return node.unsupported(format!("its result has the shape {shape:?}"));
    }
    let strides = strides(outer);
    let mut place = node.b.i64(0);
    for axis in 0..beside {
        place = numbers(node, places, axis, strides.get(axis).copied().unwrap_or(1)) + place;
    }
    for axis in 0..*width {
        let component = taken(node, &at, places.len(), &[axis], &[])?;
        let length = outer.get(beside + axis).copied().unwrap_or(0);
        let along = counted(node, &component, length).value(node.b).cast(ir::Elem::I64);
        place = along * strides.get(beside + axis).copied().unwrap_or(1) as i64 + place;
    }
    let count: usize = outer.iter().product();
    if count == 0 {
        return node.malformed("it picks from nothing");
    }
    let flat = x.value(node.b).reshape(ir_shape(&[&[count], inner].concat()));
    Ok(vec![Value::PerRow(PerRow::of(x.elements, None, flat.gather(place, 0).reshape(ir_shape(&shape))))])
}
