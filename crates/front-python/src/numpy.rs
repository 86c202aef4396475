//! numpy on columns and cells: element by element.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, CompareOp};
use crate::filled_arrays;
use crate::ops::{self, Trouble};
use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Kind, Unknown, Value, Width};
use ir::{Elem, Unary, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "numpy.where", where_),
    Row::new(On::Function, "numpy.select", select),
    Row::new(On::Function, "numpy.log", log),
    Row::new(On::Function, "numpy.log1p", log1p),
    Row::new(On::Function, "scipy.special.boxcox", box_cox),
    Row::new(On::Function, "scipy.special.boxcox1p", box_cox),
    Row::new(On::Function, "scipy.special.inv_boxcox", inverse_box_cox),
    Row::new(On::Function, "scipy.special.inv_boxcox1p", inverse_box_cox),
    Row::new(On::Function, "numpy.log2", log2),
    Row::new(On::Function, "numpy.log10", log10),
    Row::new(On::Function, "numpy.exp", exp),
    Row::new(On::Function, "numpy.expm1", expm1),
    Row::new(On::Function, "numpy.sqrt", sqrt),
    Row::new(On::Function, "numpy.cbrt", cbrt),
    Row::new(On::Function, "numpy.sin", sin),
    Row::new(On::Function, "numpy.cos", cos),
    Row::new(On::Function, "numpy.tan", tan),
    Row::new(On::Function, "numpy.arcsin", asin),
    Row::new(On::Function, "numpy.asin", asin),
    Row::new(On::Function, "numpy.arccos", acos),
    Row::new(On::Function, "numpy.acos", acos),
    Row::new(On::Function, "numpy.arctan", atan),
    Row::new(On::Function, "numpy.atan", atan),
    Row::new(On::Function, "numpy.arctan2", atan2),
    Row::new(On::Function, "numpy.atan2", atan2),
    Row::new(On::Function, "numpy.sinh", sinh),
    Row::new(On::Function, "numpy.cosh", cosh),
    Row::new(On::Function, "numpy.tanh", tanh),
    Row::new(On::Function, "numpy.arcsinh", asinh),
    Row::new(On::Function, "numpy.asinh", asinh),
    Row::new(On::Function, "numpy.arccosh", acosh),
    Row::new(On::Function, "numpy.acosh", acosh),
    Row::new(On::Function, "numpy.arctanh", atanh),
    Row::new(On::Function, "numpy.atanh", atanh),
    Row::new(On::Function, "numpy.deg2rad", radians),
    Row::new(On::Function, "numpy.radians", radians),
    Row::new(On::Function, "numpy.rad2deg", degrees),
    Row::new(On::Function, "numpy.degrees", degrees),
    Row::new(On::Function, "numpy.hypot", hypot),
    Row::new(On::Function, "numpy.floor", floor),
    Row::new(On::Function, "numpy.ceil", ceil),
    Row::new(On::Function, "numpy.trunc", trunc),
    Row::new(On::Function, "numpy.square", square),
    Row::new(On::Function, "numpy.abs", abs),
    Row::new(On::Function, "numpy.absolute", abs),
    Row::new(On::Function, "numpy.fabs", abs),
    Row::new(On::Function, "numpy.sign", sign),
    Row::new(On::Function, "numpy.round", round),
    Row::new(On::Function, "numpy.around", round),
    Row::new(On::Function, "numpy.clip", clip),
    Row::new(On::Function, "numpy.maximum", maximum),
    Row::new(On::Function, "numpy.minimum", minimum),
    Row::new(On::Function, "numpy.fmax", maximum_of_there),
    Row::new(On::Function, "numpy.fmin", minimum_of_there),
    Row::new(On::Function, "numpy.equal", equal),
    Row::new(On::Function, "numpy.not_equal", not_equal),
    Row::new(On::Function, "numpy.greater", greater),
    Row::new(On::Function, "numpy.greater_equal", greater_equal),
    Row::new(On::Function, "numpy.less", less),
    Row::new(On::Function, "numpy.less_equal", less_equal),
    Row::new(On::Function, "numpy.power", power),
    Row::new(On::Function, "numpy.add", add),
    Row::new(On::Function, "numpy.subtract", subtract),
    Row::new(On::Function, "numpy.multiply", multiply),
    Row::new(On::Function, "numpy.divide", divide),
    Row::new(On::Function, "numpy.logical_and", logical_and),
    Row::new(On::Function, "numpy.logical_or", logical_or),
    Row::new(On::Function, "numpy.logical_xor", logical_xor),
    Row::new(On::Function, "numpy.isfinite", isfinite),
    Row::new(On::Function, "numpy.isinf", isinf),
    Row::new(On::Function, "numpy.isclose", isclose),
    Row::new(On::Function, "numpy.nan_to_num", nan_to_num),
    Row::new(On::Function, "numpy.digitize", digitize),
    Row::new(On::Function, "numpy.polyval", polyval),
    Row::new(On::Function, "numpy.searchsorted", searchsorted),
    Row::new(On::Function, "numpy.array", array),
    Row::new(On::Function, "numpy.asarray", array),
];

/// A function of one element; none for a kind that it does not take.
type Elementwise<'f, 'b> = &'f dyn Fn(&Kind, Val<'b>) -> Option<(Kind, Val<'b>)>;

/// The first argument, whatever its name is.
fn first<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Value<'b>, Unknown> {
    match ["x", "a", "object", "0"].iter().find_map(|name| call.take(name)) {
        Some(value) => Ok(value),
        None => Err(replay.unsupported(call.span, format!("`{}` of nothing", call.name))),
    }
}

/// Applies a function to each number of a column, cell, frame or matrix.
fn each<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, apply: Elementwise<'_, 'b>) -> Eval<'b> {
    let value = first(replay, call)?;
    let into = filled_arrays::into(replay, call)?;
    let result = over(replay, call, &value, apply)?;
    match into {
        Some(into) => filled_arrays::written(replay, call, into, &result),
        None => Ok(result),
    }
}

fn over<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, value: &Value<'b>, apply: Elementwise<'_, 'b>) -> Eval<'b> {
    let at = call.span;
    let name = call.name.clone();
    let one = |replay: &mut Replay<'_, 'b>, cell: &Cell<'b>| {
        ops::lift(replay, &[cell], at, |_, operands| match apply(&operands[0].0, operands[0].1) {
            Some(result) => Ok(result),
            None if operands[0].0.is_number() => Err(Trouble::Unsupported(format!("`{name}` of {}", operands[0].0.dtype()))),
            None => Err(Trouble::Raises("TypeError")),
        })
    };
    on_each(replay, value, at, one)
}

/// The same shape with something done to every cell.
fn on_each<'b>(
    replay: &mut Replay<'_, 'b>,
    value: &Value<'b>,
    at: source::Span,
    one: impl Fn(&mut Replay<'_, 'b>, &Cell<'b>) -> Result<Cell<'b>, Unknown>,
) -> Eval<'b> {
    match value {
        Value::Column(column) => {
            let cell = one(replay, &column.cell)?;
            Ok(Value::Column(column.with(cell)))
        }
        Value::Matrix(columns) => {
            let columns = columns.iter().map(|column| Ok(column.with(one(replay, &column.cell)?))).collect::<Result<_, Unknown>>()?;
            Ok(Value::Matrix(columns))
        }
        Value::Frame(id) => {
            let mut frame = replay.of_cells(*id, at);
            for slot in frame.columns.values_mut() {
                if let Value::Column(column) = slot {
                    let column = column.clone();
                    *slot = one(replay, &column.cell).map_or_else(Value::Unknown, |cell| Value::Column(column.with(cell)));
                }
            }
            Ok(replay.frame(frame))
        }
        value => {
            let cell = ops::to_cell(replay, value, None, at)?;
            one(replay, &cell).map(Value::Cell)
        }
    }
}

/// A number as the float that numpy's mathematical functions compute with: half, single or double precision after its width. There is no half.
fn real<'b>(kind: &Kind, val: Val<'b>) -> Option<(Kind, Val<'b>)> {
    match kind {
        Kind::Float | Kind::Float32 => Some((kind.clone(), val)),
        Kind::Int(Width::I16 | Width::U16) => Some((Kind::Float32, val.cast(Elem::F32))),
        Kind::Int(Width::I32 | Width::U32 | Width::I64) => Some((Kind::Float, val.cast(Elem::F64))),
        _ => None,
    }
}

/// A function of floats; integers are taken as floats, `float32` stays.
fn floats<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, op: Unary) -> Eval<'b> {
    each(replay, call, &|kind, val| real(kind, val).map(|(kind, val)| (kind, val.unary(op))))
}

/// `scipy.special.boxcox(x, lmbda)`, and `boxcox1p` of `1 + x`.
fn box_cox<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let lambda = lambda_of(replay, call)?;
    let of_log = call.name.ends_with("1p");
    each(replay, call, &|kind, val| {
        let (_, val) = real(kind, val)?;
        let val = val.cast(Elem::F64);
        let log = if of_log { val.log1p() } else { val.log() };
        Some((Kind::Float, crate::sklearn::scale::box_cox_of_log(log, lambda)))
    })
}

/// `scipy.special.inv_boxcox(y, lmbda)`, and `inv_boxcox1p`, which is less by 1.
fn inverse_box_cox<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    // From here on scipy takes the product apart.
    const LARGE: f64 = 1.79e308;
    let lambda = lambda_of(replay, call)?;
    let less_one = call.name.ends_with("1p");
    each(replay, call, &|kind, val| {
        let (_, val) = real(kind, val)?;
        let val = val.cast(Elem::F64);
        let product = val * lambda;
        let apart = (((val + 1.0 / lambda) * lambda.signum()).log() + lambda.abs().ln()) / lambda;
        let log = if lambda == 0.0 { val } else { product.lt(LARGE).select(product.log1p() / lambda, apart) };
        Some((Kind::Float, if less_one { log.expm1() } else { log.exp() }))
    })
}

/// The power of a Box-Cox function.
fn lambda_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<f64, Unknown> {
    let lambda = ["lmbda", "1"].iter().find_map(|name| call.take(name));
    if let Some(Value::Known(known)) = &lambda {
        replay.freeze(known);
    }
    let Some(lambda) = lambda.and_then(|lambda| replay.concrete(&lambda)).and_then(|lambda| lambda.as_f64()) else {
        return Err(replay.unsupported(call.span, format!("`{}` with this power", call.name)));
    };
    if let Some(x) = call.take("0") {
        call.give("x", x);
    }
    Ok(lambda)
}

macro_rules! floats {
    ($($name:ident $op:ident;)*) => {$(
        fn $name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
            floats(replay, call, Unary::$op)
        }
    )*};
}
floats! {
    log Log;
    log1p Log1p;
    log2 Log2;
    log10 Log10;
    exp Exp;
    expm1 Expm1;
    sqrt Sqrt;
    sin Sin;
    cos Cos;
    tan Tan;
    asin Asin;
    acos Acos;
    atan Atan;
    sinh Sinh;
    cosh Cosh;
    tanh Tanh;
    asinh Asinh;
    acosh Acosh;
    atanh Atanh;
}

fn cbrt<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    each(replay, call, &|kind, val| matches!(kind, Kind::Float | Kind::Int(_)).then(|| (Kind::Float, cube_root(val.cast(Elem::F64)))))
}

/// The cube root, of the sign of the number: a power, and one step of Newton for what `1.0 / 3.0` is off. The nearest double or the one beside
/// it, as that of the C library.
fn cube_root(val: Val<'_>) -> Val<'_> {
    let b = val.builder();
    // The cube of a small root has not all its digits, so small numbers are made greater first: the root of 2^162 is 2^54.
    let is_small = val.abs().lt(2.0_f64.powi(-900));
    let size = is_small.select(val.abs() * 2.0_f64.powi(162), val.abs());
    let first = size.pow(b.f64(1.0 / 3.0));
    let root = first - (first * first * first - size) / (first * first * 3.0);
    let root = is_small.select(root * 2.0_f64.powi(-54), root);
    let root = val.lt(0.0).select(-root, root);
    (size.gt(0.0) & size.lt(f64::INFINITY)).select(root, val)
}

/// numpy multiplies by one constant, rounded to the precision of the elements.
fn scaled<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, double: f64, single: f32) -> Eval<'b> {
    each(replay, call, &|kind, val| {
        let (kind, val) = real(kind, val)?;
        let factor = if kind == Kind::Float32 { f64::from(single) } else { double };
        Some((kind, val * factor))
    })
}

fn radians<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    scaled(replay, call, std::f64::consts::PI / 180.0, std::f32::consts::PI / 180.0)
}

fn degrees<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    scaled(replay, call, 180.0 / std::f64::consts::PI, 180.0 / std::f32::consts::PI)
}

/// A function of two floats of one precision.
fn floats_of_two<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, apply: fn(Val<'b>, Val<'b>) -> Val<'b>) -> Eval<'b> {
    let (left, right) = (call.need(replay, "x1")?, call.need(replay, "x2")?);
    let name = call.name.clone();
    ops::of_two(replay, &left, &right, call.span, &mut |_, operands| {
        let [(a_kind, a), (b_kind, b)] = operands else { return Err(Trouble::Unsupported(format!("`{name}` of these"))) };
        let (Some((a_kind, a)), Some((b_kind, b))) = (real(a_kind, *a), real(b_kind, *b)) else {
            return Err(Trouble::Unsupported(format!("`{name}` of {} and {}", a_kind.dtype(), b_kind.dtype())));
        };
        let kind = if a_kind == b_kind { a_kind } else { Kind::Float };
        let elem = if kind == Kind::Float32 { Elem::F32 } else { Elem::F64 };
        Ok((kind, apply(a.cast(elem), b.cast(elem))))
    })
}

fn atan2<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    floats_of_two(replay, call, |y, x| y.atan2(x))
}

fn hypot<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    floats_of_two(replay, call, |x, y| x.hypot(y))
}

/// Rounding to whole numbers: integers stay integers.
fn whole<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, op: Unary) -> Eval<'b> {
    each(replay, call, &|kind, val| match kind {
        Kind::Float | Kind::Float32 => Some((kind.clone(), val.unary(op))),
        Kind::Int(_) => Some((kind.clone(), val)),
        _ => None,
    })
}

fn floor<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    whole(replay, call, Unary::Floor)
}

fn ceil<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    whole(replay, call, Unary::Ceil)
}

fn trunc<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    whole(replay, call, Unary::Trunc)
}

fn square<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = first(replay, call)?;
    replay.binary(BinaryOp::Mul, &value, &value, call.span)
}

fn abs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    each(replay, call, &|kind, val| match kind {
        Kind::Int(width) => Some((kind.clone(), ops::wrap(*width, val.abs()))),
        Kind::Float | Kind::Float32 | Kind::Timedelta => Some((kind.clone(), val.abs())),
        Kind::Bool => Some((Kind::Bool, val)),
        _ => None,
    })
}

/// -1, 0 or 1; NaN stays, and so does the sign of nothing: `sign(-0.0)` is 0.0.
fn sign<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let b = replay.b;
    each(replay, call, &|kind, val| match kind {
        Kind::Float => {
            let nonzero = val.gt(0.0).select(b.f64(1.0), val.lt(0.0).select(b.f64(-1.0), 0.0));
            Some((Kind::Float, val.is_nan().select(val, nonzero)))
        }
        Kind::Int(width) => Some((Kind::Int(*width), val.gt(0_i64).select(b.i64(1), val.lt(0_i64).select(b.i64(-1), 0_i64)))),
        _ => None,
    })
}

fn round<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = first(replay, call)?;
    let digits = call.int(replay, "decimals")?.or(call.int(replay, "1")?).unwrap_or(0);
    let at = call.span;
    on_each(replay, &value, at, |replay, cell| pandas::number::rounded(replay, cell, digits, at))
}

/// numpy takes the bounds in turn, and NaN as one wins; of a series or frame it is pandas' own `clip`.
fn clip<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = first(replay, call)?;
    let (low, high) = (call.take("a_min").or_else(|| call.take("min")), call.take("a_max").or_else(|| call.take("max")));
    let at = call.span;
    match &value {
        Value::Column(column) if column.array => clipped(replay, &value, low, high, at),
        Value::Matrix(_) => clipped(replay, &value, low, high, at),
        _ => on_each(replay, &value, at, |replay, cell| pandas::number::clipped(replay, cell, low.as_ref(), high.as_ref(), at)),
    }
}

/// `array.clip(low, high)`: the greater of it and `low`, then the lesser of that and `high`. None is no bound.
pub(crate) fn clipped<'b>(
    replay: &mut Replay<'_, 'b>,
    of: &Value<'b>,
    low: Option<Value<'b>>,
    high: Option<Value<'b>>,
    at: source::Span,
) -> Eval<'b> {
    let mut out = of.clone();
    for (bound, greatest) in [(low, true), (high, false)] {
        match bound {
            Some(bound) if replay.concrete(&bound) != Some(record::Value::NONE) => {
                out = extreme_of(replay, (&out, &bound), greatest, Hole::Wins, at)?
            }
            _ => {}
        }
    }
    Ok(out)
}

/// What NaN does among two numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hole {
    Wins,
    Loses,
}

/// The greater or lesser of two, and NaN or the other where one is NaN.
fn extreme<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, greatest: bool, hole: Hole) -> Eval<'b> {
    let (left, right) = (call.need(replay, "x1")?, call.need(replay, "x2")?);
    extreme_of(replay, (&left, &right), greatest, hole, call.span)
}

fn extreme_of<'b>(
    replay: &mut Replay<'_, 'b>,
    (left, right): (&Value<'b>, &Value<'b>),
    greatest: bool,
    hole: Hole,
    at: source::Span,
) -> Eval<'b> {
    ops::of_two(replay, left, right, at, &mut |_, operands| {
        let ((a_kind, a), (b_kind, b)) = (operands[0].clone(), operands[1].clone());
        match pandas::missing::common(&a_kind, &b_kind) {
            Some(kind @ (Kind::Int(_) | Kind::Float | Kind::Float32)) => {
                let (a, b) = (pandas::missing::promote(a, &a_kind, &kind), pandas::missing::promote(b, &b_kind, &kind));
                let first = if greatest { a.ge(b) } else { a.le(b) };
                let first = match (&kind, hole) {
                    (Kind::Int(_), _) => first,
                    (_, Hole::Wins) => first | a.is_nan(),
                    (_, Hole::Loses) => first | b.is_nan(),
                };
                Ok((kind, first.select(a, b)))
            }
            _ => Err(Trouble::Unsupported("the extreme of these".to_owned())),
        }
    })
}

fn maximum<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, true, Hole::Wins)
}

fn minimum<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, false, Hole::Wins)
}

fn maximum_of_there<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, true, Hole::Loses)
}

fn minimum_of_there<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, false, Hole::Loses)
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {$(
        fn $name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
            let (left, right) = (call.need(replay, "x1")?, call.need(replay, "x2")?);
            replay.compare(CompareOp::$op, &left, &right, call.span)
        }
    )*};
}
comparisons! {
    equal Eq;
    not_equal NotEq;
    greater Gt;
    greater_equal GtE;
    less Lt;
    less_equal LtE;
}

fn operator<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, op: BinaryOp) -> Eval<'b> {
    let (left, right) = (call.need(replay, "x1")?, call.need(replay, "x2")?);
    let into = filled_arrays::into(replay, call)?;
    let result = replay.binary(op, &left, &right, call.span)?;
    match into {
        Some(into) => filled_arrays::written(replay, call, into, &result),
        None => Ok(result),
    }
}

fn power<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    operator(replay, call, BinaryOp::Pow)
}

fn add<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    operator(replay, call, BinaryOp::Add)
}

fn subtract<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    operator(replay, call, BinaryOp::Sub)
}

fn multiply<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    operator(replay, call, BinaryOp::Mul)
}

fn logical_and<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    logical(replay, call, BinaryOp::BitAnd)
}

fn logical_or<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    logical(replay, call, BinaryOp::BitOr)
}

fn logical_xor<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    logical(replay, call, BinaryOp::BitXor)
}

/// Of truth values numpy's logical functions are what the operators on bits are.
fn logical<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, op: BinaryOp) -> Eval<'b> {
    let (left, right) = (call.need(replay, "x1")?, call.need(replay, "x2")?);
    for side in [&left, &right] {
        let cell = ops::to_cell(replay, side, None, call.span)?;
        if !matches!(cell.single(), Some((Kind::Bool, _))) {
            return Err(replay.unsupported(call.span, format!("`{}` of other things than truth values", call.name)));
        }
    }
    replay.binary(op, &left, &right, call.span)
}

fn divide<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    operator(replay, call, BinaryOp::Div)
}

fn isfinite<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    each(replay, call, &|kind, val| Some((Kind::Bool, ops::float(kind, val)?.abs().lt(f64::INFINITY))))
}

fn isinf<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    each(replay, call, &|kind, val| Some((Kind::Bool, ops::float(kind, val)?.abs().eq(f64::INFINITY))))
}

/// `|a - b| <= atol + rtol * |b|` of a finite `b`, or the two are equal.
fn isclose<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (left, right) = (call.need(replay, "a")?, call.need(replay, "b")?);
    let mut number = |name: &str, default: f64| Ok(call.concrete(replay, name)?.and_then(|value| value.as_f64()).unwrap_or(default));
    let (relative, absolute) = (number("rtol", 1e-5)?, number("atol", 1e-8)?);
    call.only(replay, "equal_nan", &[record::Value::Bool(false)])?;
    let like = [&left, &right].into_iter().find_map(|value| if let Value::Column(column) = value { Some(column.clone()) } else { None });
    let cells = [ops::to_cell(replay, &left, None, at)?, ops::to_cell(replay, &right, None, at)?];
    let cell = ops::lift(replay, &[&cells[0], &cells[1]], at, |_, operands| {
        let [(left_kind, left), (right_kind, right)] = operands else { return Err(ops::Trouble::Raises("TypeError")) };
        match (ops::float(left_kind, *left), ops::float(right_kind, *right)) {
            (Some(a), Some(b)) => {
                let near = (a - b).abs().le(b.abs() * relative + absolute) & b.abs().lt(f64::INFINITY);
                Ok((Kind::Bool, near | a.eq(b)))
            }
            _ => Err(ops::Trouble::Raises("TypeError")),
        }
    })?;
    Ok(match like {
        Some(column) => Value::Column(Column { array: true, ..column.with(cell) }),
        None => Value::Cell(cell),
    })
}

/// NaN becomes 0 (or `nan`), infinities the greatest and least floats.
fn nan_to_num<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let by = call.concrete(replay, "nan")?.and_then(|value| value.as_f64()).unwrap_or(0.0);
    let b = replay.b;
    each(replay, call, &|kind, val| match kind {
        Kind::Float => {
            let val = val.is_nan().select(b.f64(by), val);
            let val = val.eq(f64::INFINITY).select(b.f64(f64::MAX), val);
            Some((Kind::Float, val.eq(f64::NEG_INFINITY).select(b.f64(f64::MIN), val)))
        }
        Kind::Int(_) => Some((kind.clone(), val)),
        _ => None,
    })
}

/// How many edges lie before a number, NaN after all of them. `including` counts an edge that is the number.
fn edges_before<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, value: &Value<'b>, edges: &Value<'b>, including: bool) -> Eval<'b> {
    let numbers = replay.concrete(edges).and_then(|edges| edges.floats());
    let Some(numbers) = numbers.filter(|edges| edges.iter().all(|edge| !edge.is_nan()) && edges.is_sorted()) else {
        return Err(replay.unsupported(call.span, format!("`{}` at edges that are not known and rising", call.name)));
    };
    if let Value::Known(known) = edges {
        replay.freeze(known);
    }
    let b = replay.b;
    let result = over(replay, call, value, &|kind, val| {
        let val = ops::float(kind, val)?;
        let count = numbers.iter().fold(b.i64(0), |count, edge| {
            let before = if including { val.ge(*edge) } else { val.gt(*edge) };
            count + (before | val.is_nan()).select(b.i64(1), 0_i64)
        });
        Some((Kind::INT, count))
    })?;
    Ok(match result {
        Value::Column(column) => Value::Column(Column { name: None, array: true, ..column }),
        other => other,
    })
}

/// `np.polyval(p, x)`, by Horner's rule from zero as numpy does it: an infinity gives NaN.
fn polyval<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let [p, x] = ["p", "x"].map(|name| call.need(replay, name));
    let (p, x) = (p.or_else(|why| call.take("0").ok_or(why))?, x.or_else(|why| call.take("1").ok_or(why))?);
    let Some(coefficients) = replay.concrete(&p).and_then(|p| p.items()) else {
        return Err(replay.unsupported(at, "`polyval` with computed coefficients"));
    };
    if let Value::Known(known) = &p {
        replay.freeze(known);
    }
    let zero = replay.known(record::Value::Int(0));
    let mut y = replay.binary(BinaryOp::Mul, &x, &zero, at)?;
    for coefficient in coefficients {
        let (product, coefficient) = (replay.binary(BinaryOp::Mul, &y, &x, at)?, replay.known(coefficient));
        y = replay.binary(BinaryOp::Add, &product, &coefficient, at)?;
    }
    Ok(y)
}

fn digitize<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = first(replay, call)?;
    let bins = call.need(replay, "bins")?;
    let right = call.flag(replay, "right", false)?;
    edges_before(replay, call, &value, &bins, !right)
}

fn searchsorted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let edges = call.need(replay, "a")?;
    let value = call.need(replay, "v")?;
    let right = call.text(replay, "side")?.as_deref() == Some("right");
    edges_before(replay, call, &value, &edges, right)
}

fn array<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let dtype = call.take("dtype");
    let made = array_of(replay, call)?;
    match (&made, dtype) {
        (_, None) => Ok(made),
        (Value::Column(_) | Value::Matrix(_), Some(dtype)) => {
            let astype = Value::Method(Box::new(made), "astype".to_owned());
            replay.apply(astype, None, vec![dtype], Vec::new(), call.span)
        }
        _ => Err(replay.unsupported(call.span, "an array of this of a type")),
    }
}

fn array_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match first(replay, call)? {
        Value::Column(column) => Ok(Value::Column(Column { array: true, ..column })),
        value @ Value::Matrix(_) => Ok(value),
        Value::Frame(id) => pandas::array(replay, &Value::Frame(id), call.span).map(Value::Matrix),
        Value::Objects(objects) => crate::arrays::of_lists(replay, &objects, call.span),
        _ => Err(replay.unsupported(call.span, "an array of this")),
    }
}

/// A condition as a truth value of the row.
fn condition<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, call: &Call<'b>) -> Result<(Val<'b>, Column<'b>), Unknown> {
    match value {
        Value::Column(column) => match column.cell.single() {
            Some((Kind::Bool, val)) => Ok((val, column.clone())),
            Some((Kind::Int(_), val)) => Ok((val.ne(0_i64), column.clone())),
            Some((Kind::Float | Kind::Float32, val)) => Ok((val.ne(0.0), column.clone())),
            _ => Err(replay.unsupported(call.span, "a condition that is not a truth value")),
        },
        _ => Err(replay.unsupported(call.span, "a condition that is not of the scoring rows")),
    }
}

fn where_<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let cond = call.need(replay, "condition")?;
    if let Value::Matrix(_) = &cond {
        let choices = (call.take("x"), call.take("y"));
        return match choices {
            (Some(yes), Some(no)) => where_of_tables(replay, &cond, [&yes, &no], call),
            _ => Ok(Value::Part(Box::new(cond), crate::array_cells::WHERE.to_owned())),
        };
    }
    let (yes, no) = (call.need(replay, "x")?, call.need(replay, "y")?);
    if let Value::Cell(_) = &cond {
        let Some(truth) = replay.row_condition(&cond) else { return Err(replay.unsupported(call.span, "this condition")) };
        let (yes, no) = (ops::to_cell(replay, &yes, None, call.span)?, ops::to_cell(replay, &no, None, call.span)?);
        return Ok(Value::Cell(ops::choose(truth, &yes, &no)));
    }
    let (truth, like) = condition(replay, &cond, call)?;
    let other_kind =
        |value: &Value<'b>| if let Value::Column(column) = value { column.cell.single().map(|(kind, _)| kind.clone()) } else { None };
    let (yes_kind, no_kind) = (other_kind(&yes), other_kind(&no));
    let yes = ops::to_cell(replay, &yes, no_kind.as_ref(), call.span)?;
    let no = ops::to_cell(replay, &no, yes_kind.as_ref(), call.span)?;
    let cell = pandas::where_cell(replay, truth, &yes, &no, call.span)?.guarded(&like.cell.guards);
    Ok(Value::Column(Column { name: None, array: true, ..like.with(cell) }))
}

/// `np.where(mask, yes, no)` of a mask of several columns, column by column.
fn where_of_tables<'b>(replay: &mut Replay<'_, 'b>, cond: &Value<'b>, choices: [&Value<'b>; 2], call: &Call<'b>) -> Eval<'b> {
    let Value::Matrix(mask) = cond else { return Err(replay.unsupported(call.span, "this condition")) };
    let mut of_column: Vec<Vec<Value<'b>>> = Vec::new();
    for choice in choices {
        let scalar = |value: &Value<'b>| matches!(value, Value::Known(known) if known.look().is_some_and(|value| value.items().is_none()));
        match ops::by_place(replay, cond, choice) {
            Some(pairs) => of_column.push(pairs.into_iter().map(|(_, one)| one).collect()),
            None if scalar(choice) => of_column.push(vec![choice.clone(); mask.len()]),
            None => return Err(replay.unsupported(call.span, "`where` with an array of another shape")),
        }
    }
    let mut out = Vec::new();
    for (place, mask) in mask.iter().enumerate() {
        let (truth, like) = condition(replay, &Value::Column(mask.clone()), call)?;
        let [yes, no] = [0, 1].map(|which| ops::to_cell(replay, &of_column[which][place], None, call.span));
        let cell = pandas::where_cell(replay, truth, &yes?, &no?, call.span)?.guarded(&like.cell.guards);
        out.push(Column { name: None, array: true, ..like.with(cell) });
    }
    Ok(Value::Matrix(out))
}

fn select<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (conditions, choices) = (call.need(replay, "condlist")?, call.need(replay, "choicelist")?);
    let default = call.take("default").unwrap_or_else(|| replay.known(record::Value::Int(0)));
    let (Some(conditions), Some(choices)) = (replay.items(&conditions, call.span), replay.items(&choices, call.span)) else {
        return Err(replay.unsupported(call.span, "`select` of these"));
    };
    let mut cell = ops::to_cell(replay, &default, None, call.span)?;
    let mut like: Option<Column<'b>> = None;
    for (cond, choice) in conditions.iter().zip(&choices).rev() {
        let (truth, column) = condition(replay, cond, call)?;
        let choice = ops::to_cell(replay, choice, None, call.span)?;
        cell = pandas::where_cell(replay, truth, &choice, &cell, call.span)?.guarded(&column.cell.guards);
        like.get_or_insert(column);
    }
    match like {
        Some(column) => Ok(Value::Column(Column { name: None, array: true, ..column.with(cell) })),
        None => Err(replay.unsupported(call.span, "`select` of nothing")),
    }
}
