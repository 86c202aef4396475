//! Quantised linear algebra: floats as short integers with a scale and a zero point.

use ir::{Elem, Reduce, Val};

use super::Row;
use super::linear::product;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{PerRow, Value, narrow, normal_axis};

pub(super) const OPS: &[Row] = &[
    Row::new("DequantizeLinear", dequantize_linear),
    Row::new("DynamicQuantizeLinear", dynamic_quantize_linear),
    Row::new("MatMulInteger", mat_mul_integer),
    Row::new("QLinearMatMul", q_linear_mat_mul),
    Row::new("QuantizeLinear", quantize_linear),
];

type Refusal = Box<source::Diagnostic>;

/// A scale or a zero point, laid along the axes of a tensor: one for all, one for each place along an axis, or one for each block along it.
fn laid<'b>(node: &OnnxNode<'_, 'b>, index: usize, shape: &[u32]) -> Result<Val<'b>, Refusal> {
    let own = node.row(index)?;
    if own.batch.is_some() {
        return node.unsupported(format!("its input `{}` differs from row to row", node.input_name(index)));
    }
    let value = own.value(node.b);
    if own.count() == 1 {
        return Ok(value.reshape(Vec::new()));
    }
    let Some(axis) = normal_axis(node.int("axis"), shape.len()) else { return node.malformed("its axis is outside") };
    let block = node.int("block_size");
    if own.shape.len() == 1 && block == 0 {
        let mut along = vec![1; shape.len()];
        along[axis] = own.count() as u32;
        return Ok(value.reshape(along));
    }
    let (Some(length), true) = (shape.get(axis).copied(), own.shape.len() == shape.len() && block > 0) else {
        return node.malformed(format!("a scale of the shape {:?} for {shape:?}", own.shape));
    };
    let blocks = (0..i64::from(length)).map(|at| at / block);
    Ok(value.gather(node.b.tensor(ir::Tensor::i64("blocks", [length], blocks)), axis as u8))
}

/// The nearest whole number, ties to even, plus the zero point, cut to the range of the type. NaN has none, and such a row is not scored.
pub(super) fn quantized<'b>(node: &OnnxNode<'_, 'b>, ratio: Val<'b>, zero: Option<Val<'b>>, to: ElementType) -> Val<'b> {
    // Further out than every type reaches, and well inside of int32.
    const FAR: f64 = 1_000_000.0;
    let nan = ratio.is_nan();
    let any = if nan.ty().shape.is_empty() {
        nan
    } else {
        nan.reshape([nan.ty().count() as u32]).cast(Elem::I32).reduce(Reduce::Max, [0]).ne(0_i64)
    };
    node.leave_open(any, format!("NaN in {} cannot be quantised", node.input_name(0)));
    let rounded = ratio.round_even();
    let near = rounded.lt(-FAR).select(ir::build::IntoVal::into_val(-FAR, rounded), rounded);
    let near = near.gt(FAR).select(ir::build::IntoVal::into_val(FAR, near), near).cast(Elem::I32);
    let whole = zero.map_or(near, |zero| near + zero.cast(Elem::I32));
    let (least, greatest) = to.range();
    let number = |value: i64| super::elementwise::node_number(whole, value);
    whole.lt(least).select(number(least), whole.gt(greatest).select(number(greatest), whole))
}

fn short(node: &OnnxNode<'_, '_>, to: ElementType) -> Result<ElementType, Refusal> {
    if to.is_integer() && to.bits() <= 16 { Ok(to) } else { node.unsupported(format!("quantised to {}", to.name())) }
}

/// The type of an input's elements, if it is given.
fn given(node: &OnnxNode<'_, '_>, index: usize) -> Option<ElementType> {
    node.optional(index).and_then(super::elementwise::elements)
}

/// `saturate(round(x / scale) + zero_point)`
fn quantize_linear<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let asked = ElementType::from_number(i32::try_from(node.int("output_dtype")).unwrap_or(0)).ok();
    let to = short(node, given(node, 2).or(asked).unwrap_or(ElementType::U8))?;
    let value = x.whole(node.b);
    let shape = value.ty().shape;
    let scale = laid(node, 1, &shape)?;
    let zero = node.optional(2).map(|_| laid(node, 2, &shape)).transpose()?;
    let ratio = match value.elem().is_float() {
        true => narrow(x.elements, value / scale.cast(value.elem())),
        false => value.cast(Elem::F32) / scale.cast(Elem::F32),
    };
    Ok(vec![Value::PerRow(PerRow::from_whole(to, x.batch, quantized(node, ratio, zero, to)))])
}

/// `(x - zero_point) * scale`
fn dequantize_linear<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let value = x.whole(node.b);
    let shape = value.ty().shape;
    let asked = ElementType::from_number(i32::try_from(node.int("output_dtype")).unwrap_or(0)).ok();
    let Some(to) = asked.or(given(node, 1)) else { return node.malformed("it has no scale") };
    let centred = match node.optional(2) {
        Some(_) => value - laid(node, 2, &shape)?,
        None => value,
    };
    let result = centred.cast(Elem::F32) * laid(node, 1, &shape)?.cast(Elem::F32);
    Ok(vec![Value::PerRow(PerRow::from_whole(ElementType::F32, x.batch, result).cast(node.b, to))])
}

/// To uint8 with the scale and the zero point of the tensor's own range, zero included. Over a batch the range is that of all rows.
fn dynamic_quantize_linear<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    if x.batch.is_some() {
        return node.mixes_rows("the scale is that of the whole batch");
    }
    let flat = x.vector(node.b);
    let greatest = flat.reduce(Reduce::Max, [0]).max(0.0);
    let least = flat.reduce(Reduce::Min, [0]).min(0.0);
    let range = greatest.eq(least).select(super::elementwise::node_number(greatest, 1), greatest - least);
    let scale = range / 255.0;
    let zero = (-least / scale).max(0.0).min(255.0).round_even();
    let y = quantized(node, x.value(node.b) / scale, Some(zero.cast(Elem::I32)), ElementType::U8);
    let row = |elements: ElementType, value: Val<'b>| Value::PerRow(PerRow::of(elements, None, value));
    Ok(vec![row(ElementType::U8, y), row(ElementType::F32, scale), row(ElementType::U8, zero.cast(Elem::I32))])
}

/// A matrix less its zero point, as int32. A zero point a row of the first or a column of the second factor is laid along it.
fn centred<'b>(node: &OnnxNode<'_, 'b>, index: usize, zero: usize, by_row: bool) -> Result<PerRow<'b>, Refusal> {
    let x = node.row(index)?.cast(node.b, ElementType::I32);
    if node.optional(zero).is_none() {
        return Ok(x);
    }
    let point = node.row(zero)?.cast(node.b, ElementType::I32);
    if point.batch.is_some() {
        return node.unsupported("a zero point that differs from row to row");
    }
    let point = match (point.shape.as_slice(), by_row) {
        (_, _) if point.count() == 1 => point.reshaped(None, Vec::new()),
        ([rows], true) => point.reshaped(None, vec![*rows, 1]),
        _ => point,
    };
    match crate::value::broadcast(node.b, &Value::PerRow(x), &Value::PerRow(point), |x, zero| x - zero) {
        Ok(Value::PerRow(row)) => Ok(row),
        Ok(_) => node.unsupported("its operands are not tensors"),
        Err(why) => node.unsupported(why),
    }
}

/// `(a - a_zero_point) (b - b_zero_point)` in int32.
fn mat_mul_integer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (a, b) = (centred(node, 0, 2, true)?, centred(node, 1, 3, false)?);
    Ok(vec![Value::PerRow(product(node, &a, &b)?)])
}

/// `saturate(round((a - a_zero) (b - b_zero) a_scale b_scale / y_scale) + y_zero)`
fn q_linear_mat_mul<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (a, b) = (centred(node, 0, 2, true)?, centred(node, 3, 5, false)?);
    let sums = product(node, &a, &b)?;
    let to = short(node, given(node, 7).unwrap_or(ElementType::U8))?;
    let scalar = |index: usize, by_row: bool| -> Result<Val<'b>, Refusal> {
        let row = node.row(index)?;
        if row.batch.is_some() {
            return node.unsupported("a scale that differs from row to row");
        }
        let value = row.value(node.b);
        Ok(match (row.shape.as_slice(), by_row) {
            (_, _) if row.count() == 1 => value.reshape(Vec::new()),
            ([rows], true) => value.reshape([*rows as u32, 1]),
            _ => value,
        })
    };
    let scale = scalar(1, true)?.cast(Elem::F32) * scalar(4, false)?.cast(Elem::F32) / scalar(6, false)?.cast(Elem::F32);
    let ratio = sums.whole(node.b).cast(Elem::F32) * scale;
    let zero = node.optional(7).map(|_| scalar(7, false)).transpose()?;
    Ok(vec![Value::PerRow(PerRow::from_whole(to, sums.batch, quantized(node, ratio, zero, to)))])
}
