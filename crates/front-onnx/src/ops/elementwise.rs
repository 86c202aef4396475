//! Arithmetic, comparisons and activations, element by element with numpy's broadcasting.

use ir::{Elem, Reduce, Val};

use super::Row;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{Axis, PerRow, Value, broadcast, broadcast_all, broadcast_shape, element_count, source_index};

pub(super) const OPS: &[Row] = &[
    Row::new("Abs", abs),
    Row::new("Acos", acos),
    Row::new("Acosh", acosh),
    Row::new("Add", add),
    Row::new("And", and),
    Row::new("Asin", asin),
    Row::new("Asinh", asinh),
    Row::new("Atan", atan),
    Row::new("Atanh", atanh),
    Row::new("Cast", cast),
    Row::new("Ceil", ceil),
    Row::new("Clip", clip),
    Row::new("Cosh", cosh),
    Row::new("Div", div),
    Row::new("Equal", equal),
    Row::new("Erf", erf),
    Row::new("Exp", exp),
    Row::new("Floor", floor),
    Row::new("Gelu", gelu),
    Row::new("Greater", greater),
    Row::new("GreaterOrEqual", greater_or_equal),
    Row::new("IsNaN", is_nan),
    Row::new("Less", less),
    Row::new("LessOrEqual", less_or_equal),
    Row::new("Log", log),
    Row::new("Max", max),
    Row::new("Min", min),
    Row::new("Mul", mul),
    Row::new("Neg", neg),
    Row::new("Not", not),
    Row::new("Or", or),
    Row::new("Pow", pow),
    Row::new("Reciprocal", reciprocal),
    Row::new("Relu", relu),
    Row::new("Round", round),
    Row::new("Sigmoid", sigmoid),
    Row::new("Sign", sign),
    Row::new("Sinh", sinh),
    Row::new("Softmax", softmax),
    Row::new("Sqrt", sqrt),
    Row::new("Sub", sub),
    Row::new("Sum", sum),
    Row::new("Sin", sin),
    Row::new("Cos", cos),
    Row::new("Tan", tan),
    Row::new("Tanh", tanh),
    Row::new("Where", choose),
];

/// The opset from which Softmax works along one axis alone.
const SOFTMAX_ALONG_AXIS: i64 = 13;
/// The opset from which Clip takes its bounds as inputs.
const CLIP_BY_INPUTS: i64 = 11;

fn unary<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>) -> Val<'b>) -> Translated<'b> {
    Ok(vec![Value::PerRow(node.row(0)?.map(node.b, operation))])
}

fn binary<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Translated<'b> {
    match broadcast(node.b, node.input(0), node.input(1), operation) {
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

/// Arithmetic; two constants are folded when their type is one that shape arithmetic uses.
fn arithmetic<'b>(node: &OnnxNode<'_, 'b>, operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>, fold: Fold) -> Translated<'b> {
    if let (Value::Constant(a), Value::Constant(c)) = (node.input(0), node.input(1)) {
        return match folded(a, c, fold) {
            Some(tensor) => Ok(vec![Value::known(tensor)]),
            None => node.unsupported("both of its inputs are constants that do not fit each other"),
        };
    }
    binary(node, operation)
}

struct Fold {
    integer: fn(i64, i64) -> Option<i64>,
    float: fn(f32, f32) -> f32,
    double: fn(f64, f64) -> f64,
}

fn folded(a: &Tensor, c: &Tensor, fold: Fold) -> Option<Tensor> {
    let dims = broadcast_shape(&a.dims, &c.dims)?;
    let count = element_count(&dims)?;
    let pairs = || (0..count).map(|index| (source_index(index, &dims, &a.dims), source_index(index, &dims, &c.dims)));
    let data = match (&a.data, &c.data) {
        (Data::I64(x), Data::I64(y)) => Data::I64(pairs().map(|(i, j)| (fold.integer)(*x.get(i)?, *y.get(j)?)).collect::<Option<_>>()?),
        (Data::F32(x), Data::F32(y)) => Data::F32(pairs().map(|(i, j)| Some((fold.float)(*x.get(i)?, *y.get(j)?))).collect::<Option<_>>()?),
        (Data::F64(x), Data::F64(y)) => {
            Data::F64(pairs().map(|(i, j)| Some((fold.double)(*x.get(i)?, *y.get(j)?))).collect::<Option<_>>()?)
        }
        (Data::Bool(_) | Data::I32(_) | Data::I64(_) | Data::F32(_) | Data::F64(_) | Data::Str(_), _) => return None,
    };
    Some(Tensor { dims, data })
}

/// `a + b`; whole numbers wrap.
fn add<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    arithmetic(node, |a, b| a + b, Fold { integer: i64::checked_add, float: |a, b| a + b, double: |a, b| a + b })
}

/// `a - b`
fn sub<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    arithmetic(node, |a, b| a - b, Fold { integer: i64::checked_sub, float: |a, b| a - b, double: |a, b| a - b })
}

/// `a * b`
fn mul<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    arithmetic(node, |a, b| a * b, Fold { integer: i64::checked_mul, float: |a, b| a * b, double: |a, b| a * b })
}

/// `a / b`; whole numbers toward zero. A row with a whole zero divisor is not scored: onnxruntime stops the process on it.
fn div<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let is_integer = match node.input(1) {
        Value::PerRow(row) => matches!(row.elements, ElementType::I32 | ElementType::I64),
        Value::Constant(_) | Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => false,
    };
    if let (true, Value::PerRow(row)) = (is_integer, node.input(1)) {
        for cell in row.cells() {
            node.reject(cell.eq(0_i64), format!("division by zero in {}", node.input_name(1)));
        }
    }
    arithmetic(node, |a, b| a / b, Fold { integer: i64::checked_div, float: |a, b| a / b, double: |a, b| a / b })
}

/// `a ^ b`. The exponent is first converted to the type of the base.
fn pow<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let base = node.row(0)?;
    if !matches!(base.elements, ElementType::F32 | ElementType::F64) {
        return node.unsupported(format!("its base is {}", base.elements.name()));
    }
    let to = crate::value::elem(base.elements);
    binary(node, move |a, b| a.pow(b.cast(to)))
}

fn less<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.lt(b))
}

fn less_or_equal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.le(b))
}

fn greater<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.gt(b))
}

fn greater_or_equal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    binary(node, |a, b| a.ge(b))
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

fn not<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| !x)
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

fn tanh<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::tanh)
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

fn sigmoid<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, Val::sigmoid)
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

/// `1 / x`
fn reciprocal<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| number(x, 1) / x)
}

/// `max(0, x)`. NaN stays NaN.
fn relu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| x.lt(0_i64).select(zero_like(x), x))
}

/// -1, 0 or 1. NaN stays NaN.
fn sign<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    unary(node, |x| {
        let zero = if x.elem().is_float() { x.eq(x).select(zero_like(x), x) } else { zero_like(x) };
        x.gt(0_i64).select(number(x, 1), x.lt(0_i64).select(number(x, -1), zero))
    })
}

/// A number as a constant of a value's kind.
fn number<'b>(beside: Val<'b>, value: i64) -> Val<'b> {
    ir::build::IntoVal::into_val(value, beside)
}

fn zero_like(x: Val<'_>) -> Val<'_> {
    number(x, 0)
}

/// Bounds may be inputs (from opset 11) or attributes; NaN stays NaN.
fn clip<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut value = node.input(0).clone();
    if node.node.opset < CLIP_BY_INPUTS {
        let (low, high) = (node.float("min"), node.float("max"));
        return unary(node, |x| {
            let x = x.lt(f64::from(low)).select(number_f64(x, low), x);
            x.gt(f64::from(high)).select(number_f64(x, high), x)
        });
    }
    let bound = |value: &Value<'b>, index: usize, operation: fn(Val<'b>, Val<'b>) -> Val<'b>| match node.optional(index) {
        None => Ok(value.clone()),
        Some(limit) => broadcast(node.b, value, limit, operation),
    };
    let clipped = bound(&value, 1, |x, low| x.lt(low).select(low, x)).and_then(|raised| {
        value = raised;
        bound(&value, 2, |x, high| x.gt(high).select(high, x))
    });
    match clipped {
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

fn number_f64<'b>(beside: Val<'b>, value: f32) -> Val<'b> {
    ir::build::IntoVal::into_val(f64::from(value), beside)
}

/// Any number of operands, folded from the left.
fn variadic<'b>(node: &OnnxNode<'_, 'b>, operation: fn(Val<'b>, Val<'b>) -> Val<'b>) -> Translated<'b> {
    let mut result = node.input(0).clone();
    for operand in node.inputs.iter().skip(1) {
        result = match broadcast(node.b, &result, operand, operation) {
            Ok(value) => value,
            Err(why) => return node.unsupported(why),
        };
    }
    Ok(vec![result])
}

fn sum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    variadic(node, |a, b| a + b)
}

/// NaN if any operand is NaN.
fn max<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    variadic(node, |a, b| if a.elem().is_float() { a.max(b) } else { a.ge(b).select(a, b) })
}

/// NaN if any operand is NaN.
fn min<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    variadic(node, |a, b| if a.elem().is_float() { a.min(b) } else { a.le(b).select(a, b) })
}

/// `condition ? x : y`
fn choose<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let operands = [node.input(0), node.input(1), node.input(2)];
    let chosen = broadcast_all(node.b, &operands, |values| match values {
        [condition, yes, no] => condition.select(*yes, *no),
        _ => node.b.bool(false),
    });
    match chosen {
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

/// `exp(x - max) / sum(exp(x - max))`. Before opset 13 all axes from `axis` on are one.
fn softmax<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let axis = match x.axis(node.int("axis")) {
        Some(Axis::Inner(axis)) => axis,
        Some(Axis::Batch) => return node.mixes_rows("it runs along the batch axis"),
        None => return node.malformed("its axis is outside the rank of its input"),
    };
    let value = x.value(node.b);
    if node.node.opset < SOFTMAX_ALONG_AXIS {
        if x.batch != 0 || axis != 0 {
            return node.unsupported("before opset 13, only along all axes but the batch");
        }
        let flat = PerRow::tensor(0, x.vector(node.b).softmax());
        return Ok(vec![Value::PerRow(flat.reshaped(0, x.shape.clone()))]);
    }
    if axis + 1 == x.shape.len() {
        return Ok(vec![Value::PerRow(PerRow::tensor(x.batch, value.softmax()))]);
    }
    let mut kept = crate::value::ir_shape(&x.shape);
    if let Some(dim) = kept.get_mut(axis) {
        *dim = 1;
    }
    let along = [axis as u8];
    let weight = (value - value.reduce(Reduce::Max, along).reshape(kept.clone())).exp();
    Ok(vec![Value::PerRow(PerRow::tensor(x.batch, weight / weight.reduce(Reduce::Sum, along).reshape(kept)))])
}

/// Float to integer cuts toward zero; what does not fit saturates and NaN gives 0, where onnxruntime leaves it to the processor.
fn cast<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let to = match ElementType::from_number(i32::try_from(node.int("to")).unwrap_or(0)) {
        Ok(to) => to,
        Err(name) => return node.refuse("onnx-unsupported-type", format!("`Cast` to {name} is not supported")),
    };
    let row = match node.input(0) {
        Value::Dims(dims) if to == ElementType::I64 => return Ok(vec![Value::Dims(dims.clone())]),
        Value::Constant(tensor) => return cast_constant(node, tensor, to),
        Value::PerRow(_) | Value::Dims(_) | Value::Absent | Value::Map(_) | Value::Refused(_) => node.row(0)?,
    };
    let casted = match (row.elements, to) {
        (from, to) if from == to => row.clone(),
        (ElementType::I32 | ElementType::I64, ElementType::Str) => row.map_cells(|x| {
            let whole = x.cast(Elem::I64);
            node.b.node(ir::Op::Text(ir::TextOp::Decimal, vec![whole.value()]))
        }),
        (ElementType::Str, _) => {
            return Err(Box::new(
                node.error("onnx-text-to-number", format!("`Cast` from string to {} is not supported", to.name()))
                    .help("declare the input as a number when exporting, for example with `FloatTensorType`"),
            ));
        }
        (_, ElementType::Str) => {
            return Err(Box::new(
                node.error("onnx-number-to-text", format!("`Cast` from {} to string is not supported", row.elements.name()))
                    .help("the text of a float is not fixed by the standard; declare the input as text or as int64 when exporting"),
            ));
        }
        (ElementType::F32 | ElementType::F64, ElementType::I32 | ElementType::I64) => whole_numbers(node, row, to),
        (_, to) => row.cast(node.b, to),
    };
    Ok(vec![Value::PerRow(casted)])
}

/// Floats cut to whole numbers. ONNX leaves undefined what NaN and numbers outside of the integer type become, and processors differ:
/// such a row is not scored.
pub(super) fn whole_numbers<'b>(node: &OnnxNode<'_, 'b>, row: &PerRow<'b>, to: ElementType) -> PerRow<'b> {
    let greatest = if to == ElementType::I32 { 2_147_483_648.0 } else { 9_223_372_036_854_775_808.0 };
    let outside = row.map(node.b, |x| {
        let (whole, end) = (x.trunc(), node.b.f64(greatest).cast(x.elem()));
        !(whole.ge(-end) & whole.lt(end))
    });
    if let Some(any) = outside.cells().into_iter().reduce(|any, one| any | one) {
        node.reject(any, format!("{} is not a number of {}, and ONNX leaves its cast undefined", node.input_name(0), to.name()));
    }
    row.cast(node.b, to)
}

fn cast_constant<'b>(node: &OnnxNode<'_, 'b>, tensor: &Tensor, to: ElementType) -> Translated<'b> {
    let data = match (&tensor.data, to) {
        (data, to) if data.element_type() == to => data.clone(),
        (Data::I64(items), ElementType::I32) => Data::I32(items.iter().map(|item| *item as i32).collect()),
        (Data::I32(items), ElementType::I64) => Data::I64(items.iter().map(|item| i64::from(*item)).collect()),
        (Data::I64(items), ElementType::F32) => Data::F32(items.iter().map(|item| *item as f32).collect()),
        (Data::I64(items), ElementType::F64) => Data::F64(items.iter().map(|item| *item as f64).collect()),
        (Data::F32(items), ElementType::F64) => Data::F64(items.iter().map(|item| f64::from(*item)).collect()),
        (Data::F64(items), ElementType::F32) => Data::F32(items.iter().map(|item| *item as f32).collect()),
        (Data::F32(items), ElementType::I64) => Data::I64(items.iter().map(|item| *item as i64).collect()),
        (Data::F64(items), ElementType::I64) => Data::I64(items.iter().map(|item| *item as i64).collect()),
        (Data::Bool(items), ElementType::F32) => Data::F32(items.iter().map(|item| f32::from(u8::from(*item))).collect()),
        (Data::Bool(items), ElementType::I64) => Data::I64(items.iter().map(|item| i64::from(*item)).collect()),
        (data, to) => return node.unsupported(format!("a constant of {} to {}", data.element_type().name(), to.name())),
    };
    Ok(vec![Value::known(Tensor { dims: tensor.dims.clone(), data })])
}
