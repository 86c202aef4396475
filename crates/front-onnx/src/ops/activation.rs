//! Activations of networks, element by element, and the softmax family along an axis. Each reads like its formula in the standard.

use ir::{Reduce, Val};

use super::Row;
use super::elementwise::{binary, elements, node_number, unary};
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{PerRow, Value, ir_shape, narrow};

pub(super) const OPS: &[Row] = &[
    Row::each("Celu", celu),
    Row::each("Elu", elu),
    Row::each("Gelu", gelu),
    Row::each("HardSigmoid", hard_sigmoid),
    Row::each("HardSwish", hard_swish),
    Row::new("Hardmax", hardmax),
    Row::each("LeakyRelu", leaky_relu),
    Row::new("LogSoftmax", log_softmax),
    Row::each("Mish", mish),
    Row::new("PRelu", prelu),
    Row::each("Relu", relu),
    Row::each("Selu", selu),
    Row::each("Shrink", shrink),
    Row::each("Sigmoid", sigmoid),
    Row::new("Softmax", softmax),
    Row::each("Softplus", softplus),
    Row::each("Softsign", softsign),
    Row::new("SwiGLU", swiglu),
    Row::each("Swish", swish),
    Row::each("Tanh", tanh),
    Row::each("ThresholdedRelu", thresholded_relu),
];

/// The opset from which Softmax and its kin work along one axis alone.
const ALONG_ONE_AXIS: i64 = 13;

fn zero(x: Val<'_>) -> Val<'_> {
    node_number(x, 0)
}

/// `max(0, x)`. NaN stays NaN.
fn relu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| x.lt(0_i64).select(zero(x), x))
}

fn tanh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::tanh)
}

fn sigmoid<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::sigmoid)
}

/// `x < 0 ? alpha x : x`
fn leaky_relu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let alpha = f64::from(node.float("alpha"));
    unary(node, |x| x.lt(0.0).select(x * alpha, x))
}

/// `x < 0 ? slope x : x`, the slope broadcast to `x`. Before opset 7 one slope a channel.
fn prelu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let bends = |x: Val<'b>, slope: Val<'b>| x.lt(0_i64).select(slope * x, x);
    let (x, slope) = (node.row(0)?, node.row(1)?);
    if node.node.opset < 7 && slope.shape.len() == 1 && x.rank() > 2 {
        let mut shape = vec![1; x.rank() - 1];
        if let Some(channels) = shape.first_mut() {
            *channels = slope.count();
        }
        let slope = Value::PerRow(slope.reshaped(None, shape));
        return super::elementwise::spread(node, crate::value::broadcast(node.b, node.input(0), &slope, bends));
    }
    binary(node, bends)
}

/// `x < 0 ? alpha (exp(x) - 1) : x`
fn elu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let alpha = f64::from(node.float("alpha"));
    unary(node, |x| x.lt(0.0).select(x.expm1() * alpha, x))
}

/// `max(0, x) + min(0, alpha (exp(x / alpha) - 1))`
fn celu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let alpha = f64::from(node.float("alpha"));
    unary(node, |x| x.max(0.0) + ((x / alpha).expm1() * alpha).min(0.0))
}

/// `gamma (x <= 0 ? alpha exp(x) - alpha : x)`
fn selu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (alpha, gamma) = (f64::from(node.float("alpha")), f64::from(node.float("gamma")));
    unary(node, |x| x.le(0.0).select(x.expm1() * alpha, x) * gamma)
}

/// `x / 2 (1 + erf(x / sqrt(2)))`, or with `tanh(sqrt(2 / pi) (x + 0.044715 x^3))` for the error function.
fn gelu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI};
    match node.string("approximate") {
        "none" => unary(node, |x| x * 0.5 * ((x * FRAC_1_SQRT_2).erf() + 1.0)),
        "tanh" => unary(node, |x| x * 0.5 * (((x + x * x * x * 0.044715) * FRAC_2_PI.sqrt()).tanh() + 1.0)),
        other => node.unsupported(format!("its approximation is {other}")),
    }
}

/// `min(1, max(0, alpha x + beta))`
fn hard_sigmoid<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (alpha, beta) = (f64::from(node.float("alpha")), f64::from(node.float("beta")));
    unary(node, |x| (x * alpha + beta).max(0.0).min(1.0))
}

/// `x min(1, max(0, x / 6 + 1 / 2))`
fn hard_swish<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| x * (x / 6.0 + 0.5).max(0.0).min(1.0))
}

/// `x sigmoid(alpha x)`
fn swish<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let alpha = f64::from(node.float("alpha"));
    unary(node, |x| x * (x * alpha).sigmoid())
}

/// `a sigmoid(alpha a) b`
fn swiglu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let alpha = if node.is_given("alpha") { f64::from(node.float("alpha")) } else { 1.0 };
    binary(node, |a, b| a * (a * alpha).sigmoid() * b)
}

/// `log(1 + exp(x))`, which is `max(0, x) + log(1 + exp(-|x|))` without overflow.
fn log1p_exp(x: Val<'_>) -> Val<'_> {
    x.max(0.0) + (-x.abs()).exp().log1p()
}

fn softplus<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, log1p_exp)
}

/// `x tanh(log(1 + exp(x)))`
fn mish<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| x * log1p_exp(x).tanh())
}

/// `x / (1 + |x|)`
fn softsign<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| x / (x.abs() + 1.0))
}

/// `x > alpha ? x : 0`
fn thresholded_relu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let alpha = f64::from(node.float("alpha"));
    unary(node, |x| x.gt(alpha).select(x, 0.0))
}

/// `x < -lambd ? x + bias : x > lambd ? x - bias : 0`. Whole numbers are computed as floats and cut.
fn shrink<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (bias, lambd) = (f64::from(node.float("bias")), f64::from(node.float("lambd")));
    let shrunk = |x: Val<'b>| x.lt(-lambd).select(x + bias, x.gt(lambd).select(x - bias, 0.0));
    match elements(node.input(0)) {
        Some(kind) if kind.is_integer() => {
            let row = node.row(0)?.cast(node.b, ElementType::F64).map(node.b, shrunk);
            Ok(vec![Value::PerRow(row.cast(node.b, kind))])
        }
        Some(_) | None => unary(node, shrunk),
    }
}

/// The input as a tensor whose last-but-folded axis is the one that is worked along, and that axis. Before opset 13 all axes from `axis` on
/// are one.
fn along<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(ElementType, Val<'b>, u8) -> Val<'b>) -> Translated<'b> {
    let x = node.row(0)?;
    if node.node.opset >= ALONG_ONE_AXIS {
        let axis = node.inner_axis(&x, node.int("axis"), "runs")?;
        let value = operation(x.elements, x.value(node.b), axis as u8);
        return Ok(vec![Value::PerRow(PerRow::of(x.elements, x.batch, value).map(node.b, |x| x))]);
    }
    let whole = x.whole_shape();
    let Some(axis) = crate::value::normal_axis(node.int("axis"), whole.len()) else { return node.malformed("its axis is outside") };
    if x.batch.is_some_and(|batch| batch >= axis) {
        return node.mixes_rows("it runs along the batch axis");
    }
    let (outer, inner) = whole.split_at(axis);
    let flat = x.whole(node.b).reshape([outer.iter().product::<usize>() as u32, inner.iter().product::<usize>() as u32]);
    let value = operation(x.elements, flat, 1).reshape(ir_shape(&whole));
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, value).map(node.b, |x| x))])
}

/// A fold along an axis that stays with length 1.
pub(super) fn kept<'b>(x: Val<'b>, how: Reduce, axis: u8) -> Val<'b> {
    let mut shape = x.ty().shape;
    if let Some(length) = shape.get_mut(usize::from(axis)) {
        *length = 1;
    }
    x.reduce(how, [axis]).reshape(shape)
}

/// `exp(x - max) / sum(exp(x - max))`, rounded after each step.
fn softmax_along<'b>(kind: ElementType, x: Val<'b>, axis: u8) -> Val<'b> {
    if x.ty().shape.len() == 1 && kind == kind.held() {
        return x.softmax();
    }
    let weight = narrow(kind, narrow(kind, x - kept(x, Reduce::Max, axis)).exp());
    narrow(kind, weight / narrow(kind, kept(weight, Reduce::Sum, axis)))
}

fn softmax<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    along(node, softmax_along)
}

/// `x - max - log(sum(exp(x - max)))`
fn log_softmax<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    along(node, |_, x, axis| {
        let shifted = x - kept(x, Reduce::Max, axis);
        shifted - kept(shifted.exp(), Reduce::Sum, axis).log()
    })
}

/// 1 at the first greatest element, 0 elsewhere.
fn hardmax<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    along(node, |_, x, axis| {
        let shape = x.ty().shape;
        let length = shape.get(usize::from(axis)).copied().unwrap_or(1);
        let mut places = vec![1; shape.len()];
        if let Some(place) = places.get_mut(usize::from(axis)) {
            *place = length;
        }
        let numbers =
            x.builder().tensor(ir::Tensor::i64("positions", [length], (0..i64::from(length)).collect::<Vec<_>>())).reshape(places);
        let first = kept(x, Reduce::ArgMax, axis);
        numbers.eq(first).select(node_number(x, 1), zero(x))
    })
}
