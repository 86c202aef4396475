//! Normalisations: by mean and variance, by root mean square, by norms, and by the fixed statistics of training.

use ir::{Reduce, Val};

use super::Row;
use super::activation::kept;
use super::aggregate::mean_along;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{PerRow, Value, ir_shape, narrow, normal_axis};

pub(super) const OPS: &[Row] = &[
    Row::new("BatchNormalization", batch_normalization),
    Row::new("GroupNormalization", group_normalization),
    Row::new("InstanceNormalization", instance_normalization),
    Row::new("LRN", local_response_normalization),
    Row::new("LayerNormalization", layer_normalization),
    Row::new("LpNormalization", lp_normalization),
    Row::new("MeanVarianceNormalization", mean_variance_normalization),
    Row::new("RMSNormalization", rms_normalization),
];

type Refusal = Box<source::Diagnostic>;

/// The axes from one on, of a tensor with the batch as an axis; the batch is not among them.
fn from_axis(node: &OnnxNode<'_, '_>, x: &PerRow<'_>) -> Result<Vec<u8>, Refusal> {
    let Some(axis) = normal_axis(node.int("axis"), x.rank()) else { return node.malformed("its axis is outside the rank of its input") };
    let axes: Vec<u8> = (axis..x.rank()).map(|axis| axis as u8).collect();
    refuse_batch(node, x, &axes)?;
    Ok(axes)
}

fn refuse_batch(node: &OnnxNode<'_, '_>, x: &PerRow<'_>, axes: &[u8]) -> Result<(), Refusal> {
    if x.batch.is_some_and(|batch| axes.contains(&(batch as u8))) {
        return node.mixes_rows("it takes its statistics over the batch axis");
    }
    Ok(())
}

/// A value that is the same for all rows, as its IR value.
fn parameter<'b>(node: &OnnxNode<'_, 'b>, index: usize) -> Result<Val<'b>, Refusal> {
    let row = node.row(index)?;
    if row.batch.is_some() {
        return node.unsupported(format!("its input `{}` differs from row to row", node.input_name(index)));
    }
    Ok(row.value(node.b))
}

/// One number a channel, laid along axis 1 of a tensor of so many axes.
fn by_channel<'b>(node: &OnnxNode<'_, 'b>, index: usize, rank: usize) -> Result<Val<'b>, Refusal> {
    let value = parameter(node, index)?;
    let channels = value.ty().count() as u32;
    Ok(value.reshape([vec![channels], vec![1; rank.saturating_sub(2)]].concat()))
}

/// The mean of numbers whose sum may be too great for them: onnxruntime adds in double, or to the mean of those before.
///
/// Scaled by a power of two, which no rounding sees, the sum of `count` numbers is no greater than the greatest of them.
fn mean_without_overflow<'b>(x: Val<'b>, axes: &[u8]) -> Val<'b> {
    let shape = x.ty().shape;
    let count: u64 = axes.iter().filter_map(|axis| shape.get(usize::from(*axis))).map(|size| u64::from(*size)).product();
    let scale = 1.0 / count.max(1).next_power_of_two() as f64;
    let sum = axes.iter().fold(x * scale, |x, axis| kept(x, Reduce::Sum, *axis));
    sum / (count as f64 * scale)
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + bias` over the axes from `axis` on; also the mean, and one over the deviation.
fn layer_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axes = from_axis(node, &x)?;
    let value = x.whole(node.b);
    let mean = mean_without_overflow(value, &axes);
    let centred = value - mean;
    let deviation = (mean_along(centred * centred, &axes) + f64::from(node.float("epsilon"))).sqrt();
    let inverse = super::elementwise::node_number(deviation, 1) / deviation;
    let normal = narrow(x.elements, centred * inverse);
    let mut result = narrow(x.elements, normal * parameter(node, 1)?);
    if node.optional(2).is_some() {
        result = narrow(x.elements, result + parameter(node, 2)?);
    }
    let row = |elements: ElementType, value: Val<'b>| Value::PerRow(PerRow::from_whole(elements, x.batch, value));
    // The statistics come in the type in which they are computed.
    let stash = if x.elements == ElementType::F64 { ElementType::F64 } else { ElementType::F32 };
    Ok(vec![row(x.elements, result), row(stash, mean), row(stash, inverse)])
}

/// `x / sqrt(mean(x^2) + epsilon) * scale` over the axes from `axis` on.
fn rms_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axes = from_axis(node, &x)?;
    let value = x.whole(node.b);
    let root = (mean_along(value * value, &axes) + f64::from(node.float("epsilon"))).sqrt();
    let inverse = super::elementwise::node_number(root, 1) / root;
    let normal = narrow(x.elements, value * inverse);
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, narrow(x.elements, normal * parameter(node, 1)?)))])
}

/// Centred, and divided by the deviation.
fn standardized<'b>(value: Val<'b>, axes: &[u8], epsilon: f64) -> Val<'b> {
    let centred = value - mean_along(value, axes);
    centred / (mean_along(centred * centred, axes) + epsilon).sqrt()
}

/// `scale (x - mean) / sqrt(variance + epsilon) + bias`, the statistics of each channel of each row.
fn instance_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axes: Vec<u8> = (2..x.rank() as u8).collect();
    refuse_batch(node, &x, &axes)?;
    let normal = standardized(x.whole(node.b), &axes, f64::from(node.float("epsilon")));
    let result = normal * by_channel(node, 1, x.rank())? + by_channel(node, 2, x.rank())?;
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, narrow(x.elements, result)))])
}

/// The same over groups of channels. Before opset 21 scale and bias were by group, since then they are by channel.
fn group_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let whole = x.whole_shape();
    let groups = usize::try_from(node.int("num_groups")).unwrap_or(0);
    let [n, channels, ..] = whole.as_slice() else { return node.malformed("its input has fewer than two axes") };
    if groups == 0 || !channels.is_multiple_of(groups) || x.batch.is_some_and(|batch| batch != 0) {
        return node.malformed(format!("{channels} channels make no {groups} groups"));
    }
    let inner: usize = whole.iter().skip(1).product::<usize>() / groups;
    let grouped = x.whole(node.b).reshape(ir_shape(&[*n, groups, inner]));
    let normal = standardized(grouped, &[2], f64::from(node.float("epsilon")));
    let spread = |index: usize| -> Result<Val<'b>, Refusal> {
        let value = parameter(node, index)?;
        let count = value.ty().count();
        Ok(if count == groups && count != *channels {
            value.reshape(ir_shape(&[groups, 1, 1]))
        } else {
            value.reshape(ir_shape(&[groups, channels / groups, 1]))
        })
    };
    let split = normal.reshape(ir_shape(&[*n, groups, channels / groups, inner * groups / channels]));
    let result = (split * spread(1)? + spread(2)?).reshape(ir_shape(&whole));
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, narrow(x.elements, result)))])
}

/// `scale (x - mean) / sqrt(variance + epsilon) + bias` by channel, with the statistics of training.
fn batch_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    // Before opset 7 it trained unless it was told not to.
    if node.int("training_mode") != 0 || node.node.opset < 7 && node.int("is_test") == 0 {
        return node.mixes_rows("in training mode it takes the statistics of the batch");
    }
    let x = node.row(0)?;
    if x.batch == Some(1) {
        return node.mixes_rows("its channels are the batch axis");
    }
    let rank = x.rank();
    let (scale, bias) = (by_channel(node, 1, rank)?, by_channel(node, 2, rank)?);
    let (mean, variance) = (by_channel(node, 3, rank)?, by_channel(node, 4, rank)?);
    let deviation = (variance + f64::from(node.float("epsilon"))).sqrt();
    let result = scale * (x.whole(node.b) - mean) / deviation + bias;
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, narrow(x.elements, result)))])
}

/// `(x - mean) / (sqrt(variance) + 1e-9)` over axes, the batch among them unless others are given.
fn mean_variance_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    const EPSILON: f64 = 1e-9;
    let x = node.row(0)?;
    let given = if node.is_given("axes") { node.ints("axes").to_vec() } else { vec![0, 2, 3] };
    let axes: Option<Vec<u8>> = given.iter().map(|axis| normal_axis(*axis, x.rank()).map(|axis| axis as u8)).collect();
    let Some(axes) = axes else { return node.malformed("an axis is outside the rank of its input") };
    refuse_batch(node, &x, &axes)?;
    let value = x.whole(node.b);
    let mean = mean_along(value, &axes);
    let deviation = (mean_along(value * value, &axes) - mean * mean).sqrt();
    let result = (value - mean) / (deviation + EPSILON);
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, narrow(x.elements, result)))])
}

/// `x` over its norm along an axis; a norm of zero gives zeros.
fn lp_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axis = node.inner_axis(&x, node.int("axis"), "takes norms")? as u8;
    let value = x.value(node.b);
    let norm = match node.int("p") {
        1 => kept(value.abs(), Reduce::Sum, axis),
        2 => kept(value * value, Reduce::Sum, axis).sqrt(),
        other => return node.malformed(format!("its p is {other}")),
    };
    let normal = norm.eq(0.0).select(super::elementwise::node_number(value, 0), value / norm);
    Ok(vec![Value::PerRow(PerRow::of(x.elements, x.batch, narrow(x.elements, normal)))])
}

/// `x / (bias + alpha / size * sum(x^2))^beta`, the sum over `size` channels around each.
fn local_response_normalization<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let whole = x.whole_shape();
    let size = u32::try_from(node.int("size")).unwrap_or(0);
    let Some(channels) = whole.get(1).map(|channels| *channels as u32).filter(|channels| *channels > 0 && size > 0) else {
        return node.malformed("it has no channels or no size");
    };
    if x.batch == Some(1) {
        return node.mixes_rows("its channels are the batch axis");
    }
    let value = x.whole(node.b);
    let zero = ir::Literal::zero(value.elem());
    let window = ir::Window { count: channels, size, stride: 1, dilation: 1, before: (size - 1) / 2, fill: zero };
    let squares = (value * value).window(1, window).reduce(Reduce::Sum, [2]);
    let share = f64::from(node.float("alpha")) / f64::from(size);
    let base = squares * share + f64::from(node.float("bias"));
    let exponent: Val<'b> = ir::build::IntoVal::into_val(f64::from(node.float("beta")), base);
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, narrow(x.elements, value / base.pow(exponent))))])
}
