//! Arithmetic, comparisons and logic, element by element with numpy's broadcasting.

use ir::{Binary, Elem, Val};

use super::Row;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{PerRow, Value, broadcast, broadcast_all};

pub(super) const OPS: &[Row] = &[
    Row::each("Abs", abs),
    Row::each("Acos", acos),
    Row::each("Acosh", acosh),
    Row::each("Add", add),
    Row::each("And", and),
    Row::each("Asin", asin),
    Row::each("Asinh", asinh),
    Row::each("Atan", atan),
    Row::each("Atanh", atanh),
    Row::each("BitShift", bit_shift),
    Row::each("BitwiseAnd", bitwise_and),
    Row::each("BitwiseNot", bitwise_not),
    Row::each("BitwiseOr", bitwise_or),
    Row::each("BitwiseXor", bitwise_xor),
    Row::each("Ceil", ceil),
    Row::each("Clip", clip),
    Row::each("Cos", cos),
    Row::each("Cosh", cosh),
    Row::each("Div", div),
    Row::each("Equal", equal),
    Row::each("Erf", erf),
    Row::each("Exp", exp),
    Row::each("Floor", floor),
    Row::each("Greater", greater),
    Row::each("GreaterOrEqual", greater_or_equal),
    Row::each("IsInf", is_inf),
    Row::each("IsNaN", is_nan),
    Row::each("Less", less),
    Row::each("LessOrEqual", less_or_equal),
    Row::each("Log", log),
    Row::each("Max", max),
    Row::each("Mean", mean),
    Row::each("Min", min),
    Row::each("Mod", modulo),
    Row::each("Mul", mul),
    Row::each("Neg", neg),
    Row::each("Not", not),
    Row::each("Or", or),
    Row::each("Pow", pow),
    Row::each("Reciprocal", reciprocal),
    Row::each("Round", round),
    Row::each("Sign", sign),
    Row::each("Sin", sin),
    Row::each("Sinh", sinh),
    Row::each("Sqrt", sqrt),
    Row::each("Sub", sub),
    Row::each("Sum", sum),
    Row::each("Tan", tan),
    Row::each("Where", choose),
    Row::each("Xor", xor),
];

/// The opset from which Clip takes its bounds as inputs.
const CLIP_BY_INPUTS: i64 = 11;
/// The opset from which two operands broadcast as in numpy; before, the second is laid along an axis of the first.
const NUMPY_BROADCASTING: i64 = 7;
/// Whole numbers above are no longer all doubles.
const GREATEST_EXACT: f64 = 9_007_199_254_740_992.0;

type Refusal = Box<source::Diagnostic>;

pub(super) fn unary<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>) -> Val<'b>) -> Translated<'b> {
    Ok(vec![Value::PerRow(node.row(0)?.map(node.b, operation))])
}

/// The result of a broadcast, or why there is none.
pub(super) fn spread<'b>(node: &OnnxNode<'_, 'b>, result: Result<Value<'b>, String>) -> Translated<'b> {
    match result {
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

/// The second operand of an operator with two. Before opset 7 it was laid along the axes of the first from `axis` on.
fn second<'b>(node: &OnnxNode<'_, 'b>) -> Result<Value<'b>, Refusal> {
    let value = node.input(1).clone();
    if node.node.opset >= NUMPY_BROADCASTING || !node.is_given("axis") || node.int("broadcast") == 0 {
        return Ok(value);
    }
    let (first, second) = (node.row(0)?, node.row(1)?);
    let Some(axis) = crate::value::normal_axis(node.int("axis"), first.rank()) else { return node.malformed("its axis is outside") };
    let mut shape = second.shape.clone();
    shape.resize(first.rank().saturating_sub(axis).max(shape.len()), 1);
    Ok(Value::PerRow(second.reshaped(second.batch, shape)))
}

pub(super) fn binary<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Translated<'b> {
    let (first, second) = (node.input(0).clone(), second(node)?);
    let (first, second) = (named(node, 0, first, &second)?, named(node, 1, second.clone(), node.input(0))?);
    spread(node, broadcast(node.b, &first, &second, operation))
}

/// A constant beside a tensor, as a table with its own name; beside scalars it is taken apart.
pub(super) fn named<'b>(node: &OnnxNode<'_, 'b>, index: usize, value: Value<'b>, beside: &Value<'b>) -> Result<Value<'b>, Refusal> {
    match (&value, beside) {
        (Value::Constant(tensor), Value::PerRow(row)) if tensor.data.len() > 1 && !row.are_scalars() => {
            Ok(Value::PerRow(PerRow::constant(node.b, node.input_name(index), tensor)))
        }
        _ => Ok(value),
    }
}

/// Both operands in forms whose order is theirs.
fn comparison<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Translated<'b> {
    let in_order = |value: Value<'b>, index: usize| match elements(&value) {
        Some(ElementType::U64) => Ok(Value::PerRow(node.row(index)?.ordered(node.b))),
        Some(_) | None => Ok::<_, Refusal>(value),
    };
    let (a, b) = (in_order(node.input(0).clone(), 0)?, in_order(second(node)?, 1)?);
    spread(node, broadcast(node.b, &a, &b, operation))
}

/// The type of a tensor's elements.
pub(super) fn elements(value: &Value<'_>) -> Option<ElementType> {
    match value {
        Value::PerRow(row) => Some(row.elements),
        Value::Constant(tensor) => Some(tensor.elements),
        Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Sequence(_) | Value::Flat(..) | Value::Tokens(_) | Value::Refused(_) => {
            None
        }
    }
}

/// `a + b`; whole numbers wrap.
fn add<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a + b)
}

/// `a - b`
fn sub<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a - b)
}

/// `a * b`
fn mul<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a * b)
}

/// A row with a whole zero divisor is not scored: onnxruntime stops the process on it.
fn reject_zero_divisor(node: &OnnxNode<'_, '_>) {
    let Value::PerRow(row) = node.input(1) else { return };
    if row.elements.is_integer() && row.count() > 0 {
        let zero = row.map(node.b, |x| x.eq(0_i64)).vector(node.b).cast(Elem::I32).reduce(ir::Reduce::Max, [0]).ne(0_i64);
        node.reject(zero, format!("division by zero in {}", node.input_name(1)));
    }
}

/// `a / b`; whole numbers toward zero.
fn div<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reject_zero_divisor(node);
    match elements(node.input(0)) {
        Some(ElementType::U64) => binary(node, unsigned_quotient),
        Some(_) | None => binary(node, |a, b| a / b),
    }
}

/// The quotient of the numbers without a sign that have these bits.
fn unsigned_quotient<'b>(a: Val<'b>, b: Val<'b>) -> Val<'b> {
    let order = |x: Val<'b>| x.binary(Binary::BitXor, i64::MIN);
    let at_least = |x: Val<'b>| order(x).ge(order(b));
    let one = || node_number(a, 1);
    // The half of `a` is a positive number; what it misses is at most one more `b`.
    let most = (a.binary(Binary::Ushr, 1_i64) / b).binary(Binary::Shl, 1_i64);
    let whole = most + at_least(a - most * b).select(one(), 0_i64);
    b.lt(0_i64).select(at_least(a).select(one(), 0_i64), whole)
}

/// With `fmod` the remainder of C, whose sign is that of `a`; else of whole numbers, whose sign is that of `b`.
fn modulo<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    reject_zero_divisor(node);
    match (elements(node.input(0)), node.int("fmod")) {
        (Some(ElementType::U64), _) => binary(node, |a, b| a - unsigned_quotient(a, b) * b),
        (_, 0) => binary(node, Val::floor_mod),
        (_, _) => binary(node, |a, b| a % b),
    }
}

/// `a ^ b`. The exponent is first converted to the type of the base. Powers of whole numbers that no double holds exactly are not scored.
fn pow<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let base = node.row(0)?;
    let to = crate::value::elem(base.elements);
    if base.elements.is_float() {
        return binary(node, move |a, b| a.pow(b.cast(to)));
    }
    let power = Value::PerRow(node.row(1)?.cast(node.b, ElementType::F64));
    let powers = broadcast(node.b, &Value::PerRow(base.cast(node.b, ElementType::F64)), &power, Val::pow);
    let Ok(Value::PerRow(powers)) = powers else { return spread(node, powers) };
    let inexact = powers.map(node.b, |x| !x.abs().le(GREATEST_EXACT)).vector(node.b);
    if powers.count() > 0 {
        node.reject(inexact.cast(Elem::I32).reduce(ir::Reduce::Max, [0]).ne(0_i64), "a power of whole numbers is too large");
    }
    Ok(vec![Value::PerRow(powers.map(node.b, Val::trunc).cast(node.b, base.elements))])
}

fn less<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    comparison(node, |a, b| a.lt(b))
}

fn less_or_equal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    comparison(node, |a, b| a.le(b))
}

fn greater<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    comparison(node, |a, b| a.gt(b))
}

fn greater_or_equal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    comparison(node, |a, b| a.ge(b))
}

fn equal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.eq(b))
}

fn and<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a & b)
}

fn or<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a | b)
}

fn xor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.ne(b))
}

fn not<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| !x)
}

fn bitwise_and<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.binary(Binary::BitAnd, b))
}

fn bitwise_or<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.binary(Binary::BitOr, b))
}

fn bitwise_xor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.binary(Binary::BitXor, b))
}

fn bitwise_not<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| x.binary(Binary::BitXor, -1_i64))
}

/// To the right, numbers with a sign keep it. A shift by a negative number, or by the width or more, leaves what the sign fills: -1 for a
/// negative number shifted right, else 0.
fn bit_shift<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let kind = elements(node.input(0)).unwrap_or(ElementType::I32);
    let (shift, has_sign) = match node.string("direction") {
        "LEFT" => (Binary::Shl, false),
        "RIGHT" if kind.is_unsigned() => (Binary::Ushr, false),
        "RIGHT" => (Binary::Shr, true),
        other => return node.malformed(format!("its direction is {other}")),
    };
    binary(node, |a, b| {
        let inside = b.ge(0_i64) & b.lt(i64::from(kind.bits()));
        let rest = if has_sign { a.lt(0_i64).select(node_number(a, -1), 0_i64) } else { node_number(a, 0) };
        inside.select(a.binary(shift, b), rest)
    })
}

fn abs<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::abs)
}

fn neg<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| -x)
}

fn sqrt<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::sqrt)
}

fn exp<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::exp)
}

fn log<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::log)
}

fn sin<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::sin)
}

fn cos<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::cos)
}

fn tan<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::tan)
}

fn asin<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::asin)
}

fn acos<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::acos)
}

fn atan<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::atan)
}

fn sinh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::sinh)
}

fn cosh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::cosh)
}

fn asinh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::asinh)
}

fn acosh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::acosh)
}

fn atanh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::atanh)
}

fn erf<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::erf)
}

fn floor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::floor)
}

fn ceil<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::ceil)
}

/// To the nearest whole number, ties to the even one.
fn round<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::round_even)
}

fn is_nan<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::is_nan)
}

/// Of both signs, or of the one that is asked for.
fn is_inf<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (negative, positive) = (node.int("detect_negative") != 0, node.int("detect_positive") != 0);
    unary(node, |x| match (negative, positive) {
        (true, true) => x.abs().eq(f64::INFINITY),
        (true, false) => x.eq(f64::NEG_INFINITY),
        (false, true) => x.eq(f64::INFINITY),
        (false, false) => x.ne(x) & x.eq(x),
    })
}

/// `1 / x`
fn reciprocal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| node_number(x, 1) / x)
}

/// -1, 0 or 1. NaN stays NaN.
fn sign<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if elements(node.input(0)) == Some(ElementType::U64) {
        return unary(node, |x| x.ne(0_i64).select(node_number(x, 1), 0_i64));
    }
    unary(node, |x| {
        let zero = if x.elem().is_float() { x.eq(x).select(node_number(x, 0), x) } else { node_number(x, 0) };
        x.gt(0_i64).select(node_number(x, 1), x.lt(0_i64).select(node_number(x, -1), zero))
    })
}

/// A number as a constant of a value's kind.
pub(super) fn node_number<'b>(beside: Val<'b>, value: i64) -> Val<'b> {
    ir::build::IntoVal::into_val(value, beside)
}

/// Bounds may be inputs (from opset 11) or attributes; NaN stays NaN.
fn clip<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.node.opset < CLIP_BY_INPUTS {
        let (low, high) = (f64::from(node.float("min")), f64::from(node.float("max")));
        let constant = |beside: Val<'b>, value: f64| ir::build::IntoVal::into_val(value, beside);
        return unary(node, |x| {
            let x = x.lt(low).select(constant(x, low), x);
            x.gt(high).select(constant(x, high), x)
        });
    }
    let mut value = Value::PerRow(node.row(0)?);
    let order = |x: Val<'b>| match elements(node.input(0)) {
        Some(ElementType::U64) => x.binary(Binary::BitXor, i64::MIN),
        Some(_) | None => x,
    };
    if let Some(low) = node.optional(1) {
        value = one(spread(node, broadcast(node.b, &value, low, |x, low| order(x).lt(order(low)).select(low, x)))?);
    }
    if let Some(high) = node.optional(2) {
        value = one(spread(node, broadcast(node.b, &value, high, |x, high| order(x).gt(order(high)).select(high, x)))?);
    }
    Ok(vec![value])
}

/// The only output of a step.
pub(super) fn one<'b>(mut outputs: Vec<Value<'b>>) -> Value<'b> {
    outputs.pop().unwrap_or(Value::Absent)
}

/// Any number of operands, folded from the left.
fn variadic<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Result<PerRow<'b>, Refusal> {
    let mut result = Value::PerRow(node.row(0)?);
    for operand in node.inputs.iter().skip(1) {
        result = one(spread(node, broadcast(node.b, &result, operand, &operation))?);
    }
    if let Value::PerRow(row) = result { Ok(row) } else { node.unsupported("its operands are not tensors") }
}

fn sum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::PerRow(variadic(node, |a, b| a + b)?)])
}

/// The sum over the number of operands.
fn mean<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let count = node.inputs.len() as i64;
    Ok(vec![Value::PerRow(variadic(node, |a, b| a + b)?.map(node.b, |sum| sum / count))])
}

/// `pick`: of floats; `beats`: whether the first of two whole numbers is taken.
fn extreme<'b>(node: &OnnxNode<'_, 'b>, pick: fn(Val<'b>, Val<'b>) -> Val<'b>, beats: fn(Val<'b>, Val<'b>) -> Val<'b>) -> Translated<'b> {
    let is_long = elements(node.input(0)) == Some(ElementType::U64);
    let order = |x: Val<'b>| if is_long { x.binary(Binary::BitXor, i64::MIN) } else { x };
    let row = variadic(node, |a, b| if a.elem().is_float() { pick(a, b) } else { beats(order(a), order(b)).select(a, b) })?;
    Ok(vec![Value::PerRow(row)])
}

/// NaN if any operand is NaN.
fn max<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    extreme(node, |a, b| a.max(b), |a, b| a.ge(b))
}

/// NaN if any operand is NaN.
fn min<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    extreme(node, |a, b| a.min(b), |a, b| a.le(b))
}

/// `condition ? x : y`
fn choose<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let operands = [node.input(0), node.input(1), node.input(2)];
    let chosen = broadcast_all(node.b, &operands, |values| match values {
        [condition, yes, no] => condition.select(*yes, *no),
        _ => node.b.bool(false),
    });
    spread(node, chosen)
}
