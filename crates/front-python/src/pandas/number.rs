//! Numbers in columns: rounding, clipping, named arithmetic and comparison, sums along a row; statistics, which look at other rows.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::missing::{common, promote};
use crate::ast::{BinaryOp, CompareOp};
use crate::ops;
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::build::IntoVal as _;
use ir::{Elem, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Column, "abs", abs),
    Row::new(On::Column, "round", round),
    Row::new(On::Frame, "round", frame_round),
    Row::new(On::Matrix, "round", frame_round),
    Row::new(On::Column, "clip", clip),
    Row::new(On::Frame, "abs", frame_abs),
    Row::new(On::Frame, "clip", frame_clip),
    Row::new(On::Column, "between", between),
    Row::new(On::Column, "add", add),
    Row::new(On::Column, "sub", sub),
    Row::new(On::Column, "subtract", sub),
    Row::new(On::Column, "mul", mul),
    Row::new(On::Column, "multiply", mul),
    Row::new(On::Column, "div", div),
    Row::new(On::Column, "divide", div),
    Row::new(On::Column, "truediv", div),
    Row::new(On::Column, "floordiv", floordiv),
    Row::new(On::Column, "mod", modulo),
    Row::new(On::Column, "pow", pow),
    Row::new(On::Column, "radd", radd),
    Row::new(On::Column, "rsub", rsub),
    Row::new(On::Column, "rmul", radd_mul),
    Row::new(On::Column, "rdiv", rdiv),
    Row::new(On::Frame, "add", frame_arithmetic),
    Row::new(On::Frame, "sub", frame_arithmetic),
    Row::new(On::Frame, "subtract", frame_arithmetic),
    Row::new(On::Frame, "mul", frame_arithmetic),
    Row::new(On::Frame, "multiply", frame_arithmetic),
    Row::new(On::Frame, "div", frame_arithmetic),
    Row::new(On::Frame, "divide", frame_arithmetic),
    Row::new(On::Frame, "truediv", frame_arithmetic),
    Row::new(On::Column, "eq", eq),
    Row::new(On::Column, "ne", ne),
    Row::new(On::Column, "lt", lt),
    Row::new(On::Column, "le", le),
    Row::new(On::Column, "gt", gt),
    Row::new(On::Column, "ge", ge),
    Row::new(On::Function, "pandas.to_numeric", to_numeric),
    Row::new(On::Function, "pandas.cut", cut),
    Row::new(On::Function, "pandas.qcut", qcut),
    Row::new(On::Row, "sum", of_one_row),
    Row::new(On::Row, "mean", of_one_row),
    Row::new(On::Row, "max", of_one_row),
    Row::new(On::Row, "min", of_one_row),
    Row::new(On::Frame, "sum", along_row),
    Row::new(On::Frame, "mean", along_row),
    Row::new(On::Frame, "prod", along_row),
    Row::new(On::Frame, "product", along_row),
    Row::new(On::Frame, "max", along_row),
    Row::new(On::Frame, "min", along_row),
    Row::new(On::Frame, "any", along_row),
    Row::new(On::Frame, "all", along_row),
    Row::new(On::Frame, "median", along_row),
    Row::new(On::Frame, "std", along_row),
    Row::new(On::Frame, "var", along_row),
    Row::new(On::Frame, "quantile", along_row),
    Row::new(On::Frame, "mode", along_row),
    Row::new(On::Frame, "count", along_row),
    Row::new(On::Frame, "nunique", along_row),
    Row::new(On::Frame, "skew", along_row),
    Row::new(On::Frame, "idxmax", along_row),
    Row::new(On::Frame, "idxmin", along_row),
    Row::new(On::Frame, "corr", statistic),
    Row::new(On::Frame, "corrwith", statistic),
    Row::new(On::Frame, "cov", statistic),
    Row::new(On::Frame, "describe", statistic),
    Row::new(On::Column, "mean", statistic),
    Row::new(On::Column, "median", statistic),
    Row::new(On::Column, "sum", statistic),
    Row::new(On::Column, "std", statistic),
    Row::new(On::Column, "var", statistic),
    Row::new(On::Column, "min", statistic),
    Row::new(On::Column, "max", statistic),
    Row::new(On::Column, "mode", statistic),
    Row::new(On::Column, "quantile", statistic),
    Row::new(On::Column, "count", statistic),
    Row::new(On::Column, "nunique", statistic),
    Row::new(On::Column, "unique", statistic),
    Row::new(On::Column, "value_counts", statistic),
    Row::new(On::Column, "skew", statistic),
    Row::new(On::Column, "corr", statistic),
    Row::new(On::Column, "describe", statistic),
    Row::new(On::Column, "idxmax", statistic),
    Row::new(On::Column, "idxmin", statistic),
    Row::new(On::Column, "any", statistic),
    Row::new(On::Column, "all", statistic),
];

fn column<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Column<'b>, Unknown> {
    match &call.receiver {
        Value::Column(column) => Ok(column.clone()),
        _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
    }
}

fn statistic<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    call.rest();
    let what = call.name.clone();
    replay.batch(call.span, &what)
}

fn abs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let cell = size_of(replay, &column, call.span)?;
    Ok(replay.column(cell, &column))
}

fn frame_abs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    super::frame::each_column(replay, call, |replay, column| size_of(replay, column, at))
}

fn size_of<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    ops::lift(replay, &[&column.cell], at, |_, operands| match operands[0].clone() {
        (Kind::Int(width), val) => Ok((Kind::Int(width), ops::wrap(width, val.abs()))),
        (kind @ (Kind::Float | Kind::Float32), val) => Ok((kind, val.abs())),
        (Kind::Bool, val) => Ok((Kind::Bool, val)),
        (Kind::Timedelta, val) => Ok((Kind::Timedelta, val.abs())),
        _ => Err(ops::Trouble::Raises("TypeError")),
    })
}

/// numpy's rounding: `rint(x * 10**n) / 10**n`, or `rint(x / 10**-n) * 10**-n` before the point. Ties to even.
pub(crate) fn rounded<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, digits: i64, at: Span) -> Result<Cell<'b>, Unknown> {
    if !(-22..=22).contains(&digits) {
        return Err(replay.unsupported(at, "rounding to this many digits"));
    }
    ops::lift(replay, &[cell], at, |_, operands| match operands[0].clone() {
        (Kind::Int(width), val) if digits >= 0 => Ok((Kind::Int(width), val)),
        (Kind::Bool, val) => Ok((Kind::Bool, val)),
        (Kind::Float, val) => {
            let scale = 10_f64.powi(digits.unsigned_abs() as i32);
            let val = match digits {
                0 => val.round_even(),
                1.. => (val * scale).round_even() / scale,
                _ => (val / scale).round_even() * scale,
            };
            Ok((Kind::Float, val))
        }
        _ => Err(ops::Trouble::Unsupported("rounding this".to_owned())),
    })
}

fn round<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let digits = call.int(replay, "decimals")?.or(call.int(replay, "0")?).unwrap_or(0);
    let cell = rounded(replay, &column.cell, digits, call.span)?;
    Ok(replay.column(cell, &column))
}

fn frame_round<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    if let Some(decimals) = call.take("decimals") {
        if let Some(by_column) = super::missing::column_values(replay, &decimals) {
            return round_by_column(replay, call, &by_column);
        }
        call.give("decimals", decimals);
    }
    let digits = call.int(replay, "decimals")?.or(call.int(replay, "0")?).unwrap_or(0);
    let at = call.span;
    if let Value::Matrix(columns) = &call.receiver {
        let columns =
            columns.iter().map(|column| Ok(column.with(rounded(replay, &column.cell, digits, at)?))).collect::<Result<_, Unknown>>()?;
        return Ok(Value::Matrix(columns));
    }
    super::frame::each_column(replay, call, |replay, column| match column.cell.single() {
        Some((kind, _)) if kind.is_number() => rounded(replay, &column.cell, digits, at),
        _ => Ok(column.cell.clone()),
    })
}

/// `frame.round({"a": 2})`: the columns that are named.
fn round_by_column<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, decimals: &[(String, Value<'b>)]) -> Eval<'b> {
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(call.span, "`round` by column of this")) };
    let mut frame = replay.frames[id.0].clone();
    for (name, digits) in decimals {
        let Some(Value::Column(column)) = frame.columns.get(name).cloned() else { continue };
        if !column.cell.single().is_some_and(|(kind, _)| kind.is_number()) {
            continue;
        }
        let Some(digits) = replay.concrete(digits).and_then(|digits| digits.as_int()) else {
            return Err(replay.unsupported(call.span, "`round` to a computed number of digits"));
        };
        let cell = rounded(replay, &column.cell, digits, call.span)?;
        frame.columns.insert(name.clone(), Value::Column(column.with(cell)));
    }
    Ok(replay.frame(frame))
}

/// Below this every whole float is an integer, and the other way round: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Bounds are inclusive; NaN stays. A missing bound does not clip.
pub(crate) fn clipped<'b>(
    replay: &mut Replay<'_, 'b>,
    cell: &Cell<'b>,
    lower: Option<&Value<'b>>,
    upper: Option<&Value<'b>>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let mut out = cell.clone();
    for (bound, above) in [(lower, false), (upper, true)] {
        let Some(bound) = bound else { continue };
        if replay.concrete(bound).is_some_and(|bound| bound.is_missing()) {
            continue;
        }
        let kind = out.single().map(|(kind, _)| kind.clone());
        let mut bound = ops::to_cell(replay, bound, kind.as_ref(), at)?;
        // An integer column holds a whole bound and stays one of integers.
        if let (Some(Kind::INT), Some((Kind::Float, val))) = (&kind, bound.single())
            && let Some(ir::Literal::F64(value)) = val.literal()
            && value.fract() == 0.0
            && value.abs() < EXACT
        {
            bound = Cell { guards: bound.guards.clone(), ..Cell::new(Kind::INT, replay.b.i64(value as i64)) };
        }
        let beyond = ops::lift(replay, &[&out, &bound], at, |replay, operands| {
            ops::comparison(replay, ops::Rules::Numpy, if above { CompareOp::Gt } else { CompareOp::Lt }, &operands[0], &operands[1])
        })?;
        let Some((_, beyond)) = beyond.single() else { return Err(replay.unsupported(at, "clipping this")) };
        out = super::where_cell(replay, beyond, &bound, &out, at)?;
    }
    Ok(out)
}

fn clip<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    call.take("axis");
    let (lower, upper) = (call.take("lower"), call.take("upper"));
    if column.array {
        let (lower, upper) = (lower.or_else(|| call.take("min")), upper.or_else(|| call.take("max")));
        return crate::numpy::clipped(replay, &call.receiver, lower, upper, call.span);
    }
    // Of two scalars the lesser is the lower bound.
    let number = |bound: &Option<Value<'b>>| replay.concrete(bound.as_ref()?)?.as_f64();
    let swapped = matches!((number(&lower), number(&upper)), (Some(lower), Some(upper)) if lower > upper);
    let (lower, upper) = if swapped { (upper, lower) } else { (lower, upper) };
    let cell = clipped(replay, &column.cell, lower.as_ref(), upper.as_ref(), call.span)?;
    Ok(replay.column(cell, &column))
}

/// `frame.clip(lower, upper, axis=1)`: bounds are one for all columns, or one a column by its name.
fn frame_clip<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    call.take("axis");
    let bounds = [call.take("lower"), call.take("upper")];
    if bounds.iter().flatten().any(|bound| replay.concrete(bound).is_none()) {
        return Err(replay.unsupported(call.span, "`DataFrame.clip` at bounds by row"));
    }
    super::frame::each_column(replay, call, |replay, column| {
        let name = column.name.clone().unwrap_or_default();
        let [lower, upper] = bounds.clone().map(|bound| {
            let bound = bound?;
            match super::missing::column_values(replay, &bound) {
                // A column without a bound is left alone.
                Some(pairs) => pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value),
                None => Some(bound),
            }
        });
        clipped(replay, &column.cell, lower.as_ref(), upper.as_ref(), call.span)
    })
}

fn between<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (left, right) = (call.need(replay, "left")?, call.need(replay, "right")?);
    let inclusive = call.text(replay, "inclusive")?.unwrap_or_else(|| "both".to_owned());
    let low = if matches!(inclusive.as_str(), "both" | "left") { CompareOp::GtE } else { CompareOp::Gt };
    let high = if matches!(inclusive.as_str(), "both" | "right") { CompareOp::LtE } else { CompareOp::Lt };
    let above = replay.compare(low, &call.receiver, &left, call.span)?;
    let below = replay.compare(high, &call.receiver, &right, call.span)?;
    replay.binary(BinaryOp::BitAnd, &above, &below, call.span)
}

fn arithmetic<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, op: BinaryOp, flipped: bool) -> Eval<'b> {
    let other = call.need(replay, "other")?;
    let at = call.span;
    let both = |replay: &mut Replay<'_, 'b>, one: &Value<'b>, other: &Value<'b>| {
        if flipped { replay.binary(op, other, one, at) } else { replay.binary(op, one, other, at) }
    };
    let Some(fill) = call.take("fill_value") else { return both(replay, &call.receiver, &other) };
    let column = column(replay, call)?;
    let fill = ops::to_cell(replay, &fill, None, at)?;
    let filled = Value::Column(column.with(super::missing::filled(replay, &column.cell, &fill, at)?));
    let Value::Column(right) = &other else { return both(replay, &filled, &other) };
    let other = Value::Column(right.with(super::missing::filled(replay, &right.cell, &fill, at)?));
    // It takes the place of one that is missing, not of both.
    let neither = ops::lift(replay, &[&column.cell, &right.cell], at, |_, operands| {
        let missing = operands.iter().map(|(kind, val)| super::is_missing(kind, *val)).reduce(|a, b| a & b);
        missing.map(|missing| (Kind::Bool, missing)).ok_or(ops::Trouble::Raises("TypeError"))
    })?;
    match (both(replay, &filled, &other)?, neither.single()) {
        (Value::Column(result), Some((_, neither))) => {
            let missing = Cell::new(Kind::Float, replay.b.f64(f64::NAN));
            Ok(Value::Column(result.with(super::where_cell(replay, neither, &missing, &result.cell, at)?)))
        }
        _ => Err(replay.unsupported(at, "`fill_value` with these")),
    }
}

fn add<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Add, false)
}

fn sub<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Sub, false)
}

fn mul<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Mul, false)
}

fn div<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Div, false)
}

fn floordiv<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::FloorDiv, false)
}

fn modulo<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Mod, false)
}

fn pow<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Pow, false)
}

fn radd<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Add, true)
}

fn rsub<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Sub, true)
}

fn radd_mul<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Mul, true)
}

fn rdiv<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    arithmetic(replay, call, BinaryOp::Div, true)
}

/// `frame.mul(other)` and its like: a series meets the columns by their names, a list by their order, and with `axis=0` each column
/// meets the other by rows.
fn frame_arithmetic<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let op = match call.name.as_str() {
        "add" => BinaryOp::Add,
        "sub" | "subtract" => BinaryOp::Sub,
        "mul" | "multiply" => BinaryOp::Mul,
        _ => BinaryOp::Div,
    };
    let other = call.need(replay, "other")?;
    let axis = call.concrete(replay, "axis")?;
    let by_row = matches!(&axis, Some(record::Value::Int(0))) || axis.as_ref().and_then(record::Value::as_str) == Some("index");
    let id = super::frame::id(replay, call)?;
    let listed = match &other {
        Value::List(_) | Value::Tuple(_) => replay.items(&other, at),
        _ => None,
    };
    let mut frame = replay.frames[id.0].clone();
    match (&other, listed) {
        (_, Some(items)) if !by_row && items.len() == frame.columns.len() && frame.families.is_empty() => {
            for (column, item) in frame.columns.values_mut().zip(items) {
                *column = replay.binary(op, column, &item, at).unwrap_or_else(Value::Unknown);
            }
        }
        (Value::Column(_), None) if by_row => {
            for column in frame.columns.values_mut() {
                *column = replay.binary(op, column, &other, at).unwrap_or_else(Value::Unknown);
            }
        }
        (Value::Known(_), None) if !by_row => return replay.binary(op, &call.receiver.clone(), &other, at),
        _ => return Err(replay.unsupported(at, format!("`DataFrame.{}` with this", call.name))),
    }
    Ok(replay.frame(frame))
}

fn comparison<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, op: CompareOp) -> Eval<'b> {
    let other = call.need(replay, "other")?;
    replay.compare(op, &call.receiver, &other, call.span)
}

fn eq<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    comparison(replay, call, CompareOp::Eq)
}

fn ne<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    comparison(replay, call, CompareOp::NotEq)
}

fn lt<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    comparison(replay, call, CompareOp::Lt)
}

fn le<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    comparison(replay, call, CompareOp::LtE)
}

fn gt<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    comparison(replay, call, CompareOp::Gt)
}

fn ge<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    comparison(replay, call, CompareOp::GtE)
}

/// `pd.to_numeric`: with `errors="coerce"` what is not a number becomes NaN.
///
/// A text with more digits than a scorer reads exactly is `Invalid`, never a nearby number.
fn to_numeric<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let arg = call.need(replay, "arg")?;
    let coerce = call.text(replay, "errors")?.as_deref() == Some("coerce");
    call.take("downcast");
    let Value::Column(column) = arg else { return Err(replay.unsupported(call.span, "`to_numeric` of this")) };
    let at = call.span;
    let name = column.name.clone().unwrap_or_else(|| "the column".to_owned());
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match operands[0].clone() {
        (kind @ (Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Float32), val) => Ok((kind, val)),
        (Kind::Str, val) => {
            let text = val.or_else("");
            let crate::numbers::Parsed { value, valid, overlong } = replay.parse_float(text, crate::numbers::Spelling::Pandas, at)?;
            own.insert(replay.guard(overlong, ir::Reason::Invalid(format!("{name} is too long a text for a number")), at));
            if !coerce {
                own.insert(replay.guard(!(valid | val.is_null()), ir::Reason::Invalid(format!("{name} is not the text of a number")), at));
            }
            let value = valid.select(value, f64::NAN);
            Ok((Kind::Float, val.is_null().select(replay.b.f64(f64::NAN), value)))
        }
        (Kind::Missing, _) => Ok((Kind::Float, replay.b.f64(f64::NAN))),
        _ => Err(ops::Trouble::Unsupported("`to_numeric` of this type".to_owned())),
    })?;
    let cell = crate::udf::pandas_cell(replay, &cell).guarded(&own);
    Ok(Value::Column(column.with(cell)))
}

/// `pd.cut` with given edges: the code of the interval `(a, b]`; missing outside and for NaN.
fn cut<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let x = call.need(replay, "x")?;
    let bins = call.need(replay, "bins")?;
    let right = call.flag(replay, "right", true)?;
    let lowest = call.flag(replay, "include_lowest", false)?;
    let labels = call.take("labels");
    call.take("precision");
    call.take("duplicates");
    let ordered = call.flag(replay, "ordered", true)?;
    let Value::Column(column) = x else { return Err(replay.unsupported(at, "`cut` of this")) };
    let Some(edges) = replay.concrete(&bins) else { return Err(replay.unsupported(at, "`cut` at computed edges")) };
    // A number of bins: the edges come from the least and greatest row.
    let edges = match edges.as_int() {
        None => edges.floats(),
        Some(_) if replay.freezes(column.space, at) => Some(learnt_edges(replay, at)?),
        Some(_) => {
            return Err(replay.refuse(
                "python-batch-statistic",
                at,
                "`cut` into a number of bins takes the edges from the rows being scored",
                "a single row has no range",
                "take the edges from training: _, edges = pd.cut(train[...], bins=n, retbins=True)",
            ));
        }
    };
    let Some(edges) = edges else { return Err(replay.unsupported(at, "`cut` at these edges")) };
    if let Value::Known(known) = &bins {
        replay.freeze(known);
    }
    let with_edges = call.flag(replay, "retbins", false)?;
    let codes = binned(replay, &column, &Bins { edges, right, lowest, ordered }, labels, at)?;
    Ok(beside_edges(replay, codes, with_edges, at))
}

/// What `retbins=True` gives: the intervals, and their edges as the recorded run saw them.
fn beside_edges<'b>(replay: &mut Replay<'_, 'b>, codes: Value<'b>, with_edges: bool, at: Span) -> Value<'b> {
    if !with_edges {
        return codes;
    }
    let both = replay.recorded(at);
    let edges = both.look().and_then(record::Value::items).and_then(|items| items.get(1).cloned());
    let edges = match edges {
        Some(edges) => Value::Known(both.part(edges)),
        None => Value::Unknown(replay.not_recorded(at)),
    };
    Value::Tuple(vec![codes, edges])
}

/// The edges that a call took from its rows in the recorded run.
fn learnt_edges(replay: &mut Replay<'_, '_>, at: Span) -> Result<Vec<f64>, Unknown> {
    let known = crate::value::Known::seen(replay.log.learnt(at, replay.activation), at).with(true, false);
    replay.freeze(&known);
    known.look().and_then(record::Value::floats).ok_or_else(|| replay.not_recorded(at))
}

/// Intervals between edges, closed on the right or on the left; the outermost edge too if `lowest`.
struct Bins {
    edges: Vec<f64>,
    right: bool,
    lowest: bool,
    ordered: bool,
}

/// A column as the intervals that hold its cells: by labels, by number (`False`), or as the recorded run spells them.
fn binned<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, bins: &Bins, labels: Option<Value<'b>>, at: Span) -> Eval<'b> {
    let value = super::frame::float_cell(replay, &column.cell, at)?;
    let Some((Kind::Float, val)) = value.single() else { return Err(replay.unsupported(at, "intervals of this")) };
    let code = bin_code(replay, val, &bins.edges, bins.right, bins.lowest);
    let guards = value.guards.clone();
    let labels = match &labels {
        None => None,
        Some(labels) => match replay.concrete(labels) {
            Some(record::Value::None(())) => None,
            Some(record::Value::Bool(false)) => {
                // Codes; a row outside all intervals makes the column a float one.
                let number = code.lt(0_i64).select(replay.b.null(Elem::I64), code);
                let cell = super::encode::found(replay, Elem::I64, number).guarded(&guards);
                return Ok(Value::Column(column.with(super::encode::as_recorded(replay, cell, at))));
            }
            Some(labels) => labels.items(),
            None => return Err(replay.unsupported(at, "`cut` with computed labels")),
        },
    };
    let values = match labels {
        Some(labels) => labels,
        None => match replay.recorded_column(at).tagged() {
            Some(record::Tagged::Series(series)) => series.dtype.categories.as_ref().map(record::Cells::values).unwrap_or_default(),
            _ => Vec::new(),
        },
    };
    let kind = Kind::Category(std::rc::Rc::new(crate::value::Categories { values, ordered: bins.ordered }));
    Ok(Value::Column(column.with(Cell::new(kind, code).guarded(&guards))))
}

/// `pd.qcut`: intervals between quantiles of the rows, where these are frozen. The least row belongs to the first one.
fn qcut<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    if let Some(Value::Column(column)) = call.take("x")
        && replay.freezes(column.space, at)
    {
        let edges = learnt_edges(replay, at)?;
        let labels = call.take("labels");
        ["q", "precision", "duplicates"].iter().for_each(|name| {
            call.take(name);
        });
        let with_edges = call.flag(replay, "retbins", false)?;
        let codes = binned(replay, &column, &Bins { edges, right: true, lowest: true, ordered: true }, labels, at)?;
        return Ok(beside_edges(replay, codes, with_edges, at));
    }
    call.rest();
    Err(replay.refuse(
        "python-batch-statistic",
        call.span,
        "`qcut` takes its edges from the rows that it divides",
        "a single row has no quantiles",
        "take the edges from training: edges = train[c].quantile([0, .25, .5, .75, 1]).tolist(), then pd.cut(df[c], edges, include_lowest=True)",
    ))
}

/// The number of the interval between edges that holds a value, -1 if none does.
pub(crate) fn bin_code<'b>(replay: &Replay<'_, 'b>, val: Val<'b>, edges: &[f64], right: bool, lowest: bool) -> Val<'b> {
    let b = replay.b;
    let mut code = b.i64(-1);
    for (at, pair) in edges.windows(2).enumerate().rev() {
        let (low, high) = (pair[0], pair[1]);
        let inside = if right {
            let above = if lowest && at == 0 { val.ge(low) } else { val.gt(low) };
            above & val.le(high)
        } else {
            val.ge(low) & val.lt(high)
        };
        code = inside.select(b.i64(at as i64), code);
    }
    code
}

/// `frame.sum(axis=1)` and its like: over the columns of one row, skipping missing.
fn along_row<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let axis = call.concrete(replay, "axis")?;
    let by_row = matches!(&axis, Some(record::Value::Int(1))) || axis.as_ref().and_then(record::Value::as_str) == Some("columns");
    if !by_row {
        call.rest();
        let what = call.name.clone();
        return replay.batch(at, &what);
    }
    if !matches!(
        call.name.as_str(),
        "sum"
            | "mean"
            | "prod"
            | "product"
            | "max"
            | "min"
            | "any"
            | "all"
            | "std"
            | "var"
            | "median"
            | "count"
            | "nunique"
            | "idxmax"
            | "idxmin"
    ) {
        return Err(replay.unsupported(at, format!("`{}` along a row", call.name)));
    }
    let skips = match call.name.as_str() {
        "sum" | "mean" | "prod" | "product" | "max" | "min" | "std" | "var" | "median" => call.flag(replay, "skipna", true)?,
        _ => call.only(replay, "skipna", &[record::Value::Bool(true)]).map(|()| true)?,
    };
    call.only(replay, "numeric_only", &[record::Value::Bool(true), record::Value::Bool(false)])?;
    let columns = super::matrix(replay, &call.receiver.clone(), at)?;
    let space = columns.first().map_or(0, |column| column.space);
    let whole = match call.name.as_str() {
        "count" => Some(present_along(replay, &columns, at)?),
        "nunique" => {
            call.only(replay, "dropna", &[record::Value::Bool(true)])?;
            Some(distinct_along(replay, &columns, at)?)
        }
        "idxmax" => Some(place_along(replay, &columns, CompareOp::Gt, at)?),
        "idxmin" => Some(place_along(replay, &columns, CompareOp::Lt, at)?),
        _ => None,
    };
    if let Some(cell) = whole {
        return Ok(Value::Column(Column { cell, name: None, space, array: false }));
    }
    let freedom = call.int(replay, "ddof")?.unwrap_or(1);
    let (name, blocks) = (call.name.clone(), blocks_of(replay, call, &columns));
    let cells: Vec<&Cell<'b>> = columns.iter().map(|column| &column.cell).collect();
    let cell = ops::lift(replay, &cells, at, |replay, parts| {
        let number = |(kind, val): &(Kind, Val<'b>)| match kind {
            kind if kind.is_number() => Some((kind.clone(), *val)),
            Kind::Missing => Some((Kind::Float, val.builder().f64(f64::NAN))),
            _ => None,
        };
        match parts.iter().map(number).collect::<Option<Vec<_>>>() {
            Some(parts) if matches!(common_along(&parts), Kind::Float32) && parts.iter().any(|(kind, _)| *kind == Kind::Bool) => {
                Err(ops::Trouble::Unsupported(format!("`{name}` along a row of truth values beside single precision")))
            }
            Some(parts) if !parts.is_empty() => {
                let (kind, val) = numbers_along(replay, &name, &parts, freedom as f64, &blocks);
                let missing = parts.iter().filter(|(_, val)| val.elem().is_float()).map(|(_, val)| val.is_nan());
                match missing.reduce(|any, one| any | one).filter(|_| !skips && val.elem().is_float()) {
                    Some(any) => Ok((kind, any.select(f64::NAN.into_val(val), val))),
                    None => Ok((kind, val)),
                }
            }
            _ => Err(ops::Trouble::Unsupported(format!("`{name}` along a row of other things than numbers"))),
        }
    })?;
    Ok(Value::Column(Column { cell, name: None, space, array: false }))
}

/// The kind that holds the numbers of a row.
fn common_along(parts: &[(Kind, Val<'_>)]) -> Kind {
    let kinds = parts.iter().map(|(kind, _)| kind.clone());
    kinds.reduce(|a, b| common(&a, &b).unwrap_or(Kind::Float)).unwrap_or(Kind::Float)
}

/// A statistic of the numbers of one row, of which there are some. Of columns in single precision it is computed in single precision.
fn numbers_along<'b>(
    replay: &mut Replay<'_, 'b>,
    name: &str,
    parts: &[(Kind, Val<'b>)],
    freedom: f64,
    blocks: &[Vec<usize>],
) -> (Kind, Val<'b>) {
    let kind = common_along(parts);
    let b = replay.b;
    if name == "any" || name == "all" {
        // What is missing is skipped.
        let truths = parts.iter().map(|(kind, val)| match kind {
            Kind::Bool => *val,
            Kind::Int(_) => val.ne(0_i64),
            _ if name == "any" => val.ne(0.0) & !val.is_nan(),
            _ => val.ne(0.0) | val.is_nan(),
        });
        let val =
            if name == "any" { truths.fold(b.bool(false), |all, one| all | one) } else { truths.fold(b.bool(true), |all, one| all & one) };
        return (Kind::Bool, val);
    }
    if kind == Kind::Bool && matches!(name, "max" | "min") {
        let all = parts.iter().map(|(_, val)| *val);
        let held = if name == "max" { all.reduce(|a, b| a | b) } else { all.reduce(|a, b| a & b) };
        return (Kind::Bool, held.unwrap_or_else(|| b.bool(false)));
    }
    let spread = name == "std" || name == "var";
    let float = !matches!(kind, Kind::Bool | Kind::Int(_)) || name == "mean" || name == "median" || spread;
    let result = if kind == Kind::Float32 { Kind::Float32 } else { Kind::Float };
    if spread {
        // Taken in double precision whatever the columns are, and rounded to theirs before the root.
        let values: Vec<Val<'b>> = parts.iter().map(|(from, val)| promote(*val, from, &Kind::Float)).collect();
        let variance = promote(variance_along(replay, &values, freedom), &Kind::Float, &result);
        (result, if name == "std" { variance.sqrt() } else { variance })
    } else if float {
        let values: Vec<Val<'b>> = parts.iter().map(|(from, val)| promote(*val, from, &result)).collect();
        let val = match name {
            "sum" | "mean" | "prod" | "product" => by_blocks(name, &values, blocks),
            name => float_along(replay, name, &values),
        };
        (result, val)
    } else {
        let values: Vec<Val<'b>> = parts.iter().map(|(_, val)| val.cast(Elem::I64)).collect();
        (Kind::INT, whole_along(name, &values))
    }
}

/// The longest series that numpy adds up from the left; a longer one it adds up in eight sums.
const FROM_THE_LEFT: usize = 7;

/// `row.sum()` and its like, of one row in a function on rows. A row beside texts is one of Python's own numbers, so columns of whole numbers
/// and of floats are not mixed: the sum of whole numbers is exact there and a float elsewhere. Missing values are left out; of truth values
/// only the sum is taken, their count.
fn of_one_row<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let Value::Row(id) = call.receiver else { return Err(replay.unsupported(at, format!("`{}` of this", call.name))) };
    let columns = super::matrix(replay, &Value::Frame(id), at)?;
    let kinds: Vec<Option<Kind>> = columns.iter().map(|column| column.cell.single().map(|(kind, _)| kind.clone())).collect();
    let all = |wanted: &Kind| kinds.iter().all(|kind| kind.as_ref() == Some(wanted));
    let adds = matches!(call.name.as_str(), "sum" | "mean");
    let is_known = match call.name.as_str() {
        _ if kinds.is_empty() => false,
        "sum" => all(&Kind::Bool) && kinds.len() > 1 || all(&Kind::INT) || all(&Kind::Float),
        "mean" => all(&Kind::Float),
        _ => all(&Kind::INT) || all(&Kind::Float),
    };
    if !is_known || adds && all(&Kind::Float) && columns.len() > FROM_THE_LEFT {
        return Err(replay.refuse(
            "python-row-statistic",
            at,
            format!("`{}` of a row of columns of several types, or of many, cannot be converted", call.name),
            "what pandas makes of such a row depends on the other columns",
            "call it on the frame, which says how: df[columns].sum(axis=1), .mean(axis=1), .max(axis=1) or .min(axis=1)",
        ));
    }
    call.only(replay, "skipna", &[record::Value::Bool(true)])?;
    let guards: Guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
    let values: Vec<Val<'b>> = columns.iter().filter_map(|column| column.cell.single().map(|(_, val)| val)).collect();
    let cell = if all(&Kind::Float) {
        let every: Vec<usize> = (0..values.len()).collect();
        let val = if adds { by_blocks(&call.name, &values, &[every]) } else { float_along(replay, &call.name, &values) };
        Cell::new(Kind::Float, val)
    } else {
        let values: Vec<Val<'b>> = values.iter().map(|val| val.cast(Elem::I64)).collect();
        if adds {
            // Beside texts the numbers are Python's own, without an end.
            values.iter().copied().reduce(|sum, one| {
                crate::magnitude::within_64_bits(replay, BinaryOp::Add, sum, one, at);
                sum + one
            });
        }
        Cell::new(Kind::INT, whole_along(&call.name, &values))
    };
    Ok(Value::Cell(cell.guarded(&guards)))
}

/// The sum, the product, the largest or the smallest of whole numbers.
fn whole_along<'b>(name: &str, values: &[Val<'b>]) -> Val<'b> {
    match name {
        "sum" => values.iter().skip(1).fold(values[0], |sum, one| sum + *one),
        "prod" | "product" => values.iter().skip(1).fold(values[0], |product, one| product * *one),
        "max" => values.iter().skip(1).fold(values[0], |best, one| one.gt(best).select(*one, best)),
        _ => values.iter().skip(1).fold(values[0], |best, one| one.lt(best).select(*one, best)),
    }
}

/// The places of a frame's columns, by the blocks in which they lay in the recorded run: in their order, each from the left.
fn blocks_of<'b>(replay: &Replay<'_, 'b>, call: &Call<'b>, columns: &[Column<'b>]) -> Vec<Vec<usize>> {
    let seen = call.receiver_at.map(|at| replay.recorded(at));
    let blocks = match seen.as_ref().and_then(|seen| seen.clone_unused()).and_then(record::Value::as_tagged) {
        Some(Tagged::Frame(frame)) if frame.columns.len() == columns.len() => frame.blocks.clone(),
        _ => None,
    };
    if blocks.is_some() {
        seen.as_ref().map(|seen| seen.look());
    }
    blocks.unwrap_or_else(|| vec![(0..columns.len()).collect()])
}

/// The sum, product or mean of a row. pandas takes the columns of each block together, and then the blocks.
fn by_blocks<'b>(name: &str, values: &[Val<'b>], blocks: &[Vec<usize>]) -> Val<'b> {
    let product = matches!(name, "prod" | "product");
    let of_block = |block: &Vec<usize>| {
        let values: Vec<Val<'b>> = block.iter().filter_map(|place| values.get(*place).copied()).collect();
        if product { product_of(&values) } else { sum_of(&values) }
    };
    let of_blocks = blocks.iter().map(of_block);
    if product {
        return of_blocks.reduce(|product, one| product * one).unwrap_or_else(|| product_of(values));
    }
    let sum = of_blocks.reduce(|sum, one| sum + one).unwrap_or_else(|| sum_of(values));
    if name == "sum" { sum } else { mean_of(sum, values) }
}

/// The sum of what is there, from the left, as numpy adds along axis 0; of nothing it is 0.
fn sum_of<'b>(values: &[Val<'b>]) -> Val<'b> {
    let present = |val: &Val<'b>| val.is_nan().select(0.0.into_val(*val), *val);
    values.iter().skip(1).fold(present(&values[0]), |sum, one| sum + present(one))
}

/// The product of what is there, from the left; of nothing it is 1.
fn product_of<'b>(values: &[Val<'b>]) -> Val<'b> {
    let present = |val: &Val<'b>| val.is_nan().select(1.0.into_val(*val), *val);
    values.iter().skip(1).fold(present(&values[0]), |product, one| product * present(one))
}

/// A sum over the count of what is there; of nothing it is NaN.
fn mean_of<'b>(sum: Val<'b>, values: &[Val<'b>]) -> Val<'b> {
    let one = |val: &Val<'b>| val.is_nan().select(0.0.into_val(sum), 1.0);
    let count = values.iter().skip(1).fold(one(&values[0]), |count, val| count + one(val));
    count.eq(0.0).select(f64::NAN.into_val(sum), sum / count)
}

/// The columns of a row as values of one kind.
struct Comparable<'b> {
    kind: Kind,
    /// Each value, and whether it is missing.
    values: Vec<(Val<'b>, Val<'b>)>,
    guards: Guards,
}

fn comparable_along<'b>(replay: &mut Replay<'_, 'b>, columns: &[Column<'b>], at: Span) -> Result<Comparable<'b>, Unknown> {
    let mut parts = Vec::new();
    let mut guards = Guards::new();
    for column in columns {
        guards.extend(&column.cell.guards);
        match column.cell.single() {
            Some((kind @ (Kind::Str | Kind::Bool | Kind::Int(_) | Kind::Float), val)) => parts.push((kind.clone(), val)),
            _ => return Err(replay.unsupported(at, "comparing the columns of a row that are neither numbers nor texts")),
        }
    }
    let truths = parts.iter().filter(|(kind, _)| *kind == Kind::Bool).count();
    let kind = parts.iter().map(|(kind, _)| Some(kind.clone())).reduce(|a, b| common(&a?, &b?)).flatten();
    let Some(kind) = kind.filter(|_| truths == 0 || truths == parts.len()) else {
        return Err(replay.unsupported(at, "comparing the columns of a row that are of several types"));
    };
    let blank = |val: Val<'b>| if val.is_nullable() { val.or_else("") } else { val };
    let values = parts
        .iter()
        .map(|(from, val)| {
            let missing = super::is_missing(from, *val);
            (if kind == Kind::Str { blank(*val) } else { promote(*val, from, &kind) }, missing)
        })
        .collect();
    Ok(Comparable { kind, values, guards })
}

/// How many columns of a row are not missing.
fn present_along<'b>(replay: &mut Replay<'_, 'b>, columns: &[Column<'b>], at: Span) -> Result<Cell<'b>, Unknown> {
    let mut guards = Guards::new();
    let mut count = replay.b.i64(0);
    for column in columns {
        guards.extend(&column.cell.guards);
        match super::missing::missing_cell(replay, &column.cell, at)?.single() {
            Some((_, missing)) => count = count + (!missing).cast(Elem::I64),
            None => return Err(replay.unsupported(at, "counting in this row")),
        }
    }
    Ok(Cell { guards, ..Cell::new(Kind::INT, count) })
}

/// How many different values a row has, without what is missing.
fn distinct_along<'b>(replay: &mut Replay<'_, 'b>, columns: &[Column<'b>], at: Span) -> Result<Cell<'b>, Unknown> {
    let Comparable { values, guards, .. } = comparable_along(replay, columns, at)?;
    let mut count = replay.b.i64(0);
    for (position, (value, missing)) in values.iter().enumerate() {
        let known = values[..position].iter().fold(replay.b.bool(false), |known, (other, gone)| known | (!*gone & value.eq(*other)));
        count = count + (!*missing & !known).cast(Elem::I64);
    }
    Ok(Cell { guards, ..Cell::new(Kind::INT, count) })
}

/// The name of the first column with the greatest or least value of a row. A row of nothing raises.
fn place_along<'b>(replay: &mut Replay<'_, 'b>, columns: &[Column<'b>], better: CompareOp, at: Span) -> Result<Cell<'b>, Unknown> {
    let Comparable { kind, values, mut guards } = comparable_along(replay, columns, at)?;
    let (Some(((first, missing), rest)), true) = (values.split_first(), kind.is_number()) else {
        return Err(replay.unsupported(at, "the place of the extreme of this row"));
    };
    let names: Vec<String> = columns.iter().map(|column| column.name.clone().unwrap_or_default()).collect();
    let (mut best, mut nothing, mut place) = (*first, *missing, replay.b.str(&names[0]));
    for ((value, missing), name) in rest.iter().zip(&names[1..]) {
        let beats = if better == CompareOp::Gt { value.gt(best) } else { value.lt(best) };
        let wins = !*missing & (nothing | beats);
        place = wins.select(replay.b.str(name), place);
        best = wins.select(*value, best);
        nothing = nothing & *missing;
    }
    let reason = ir::Reason::Invalid(format!("all of {} are missing", names.join(", ")));
    guards.insert(replay.guard(nothing, reason, at));
    Ok(Cell { guards, ..Cell::new(Kind::Str, place) })
}

/// The squares of the distances from the mean, over the count less the degrees of freedom; NaN where nothing is left of it.
fn variance_along<'b>(replay: &Replay<'_, 'b>, values: &[Val<'b>], freedom: f64) -> Val<'b> {
    let b = replay.b;
    let mean = mean_of(sum_of(values), values);
    let zero = b.f64(0.0);
    let squares = values.iter().map(|val| val.is_nan().select(zero, (mean - *val) * (mean - *val)));
    let total = squares.reduce(|sum, one| sum + one).unwrap_or(zero);
    let count = values.iter().map(|val| val.is_nan().select(zero, 1.0)).reduce(|sum, one| sum + one).unwrap_or(zero);
    count.le(freedom).select(b.f64(f64::NAN), total / (count - freedom))
}

/// The values in order, NaN behind all others.
pub(crate) fn ascending(mut values: Vec<Val<'_>>) -> Vec<Val<'_>> {
    for round in 0..values.len() {
        for at in (round % 2..values.len().saturating_sub(1)).step_by(2) {
            let (low, high) = (values[at], values[at + 1]);
            let swapped = if low.elem().is_float() { high.lt(low) | low.is_nan() & !high.is_nan() } else { high.lt(low) };
            values[at] = swapped.select(high, low);
            values[at + 1] = swapped.select(low, high);
        }
    }
    values
}

/// The middle one of the values in order, or the mean of the two in the middle; NaN of nothing.
fn median_along<'b>(replay: &Replay<'_, 'b>, values: &[Val<'b>]) -> Val<'b> {
    let b = replay.b;
    let count = values.iter().map(|val| val.is_nan().select(b.i64(0), 1_i64)).reduce(|sum, one| sum + one).unwrap_or_else(|| b.i64(0));
    // What is missing stands behind everything else.
    let sorted = ascending(values.iter().map(|val| val.is_nan().select(f64::INFINITY.into_val(*val), *val)).collect());
    let pick =
        |place: Val<'b>| sorted.iter().zip(0_i64..).skip(1).fold(sorted[0], |picked, (val, number)| place.eq(number).select(*val, picked));
    let (lower, upper) = (pick((count - 1_i64) / 2_i64), pick(count / 2_i64));
    let middle = count.floor_mod(2_i64).eq(1_i64).select(lower, (lower + upper) / 2.0);
    count.eq(0_i64).select(f64::NAN.into_val(middle), middle)
}

/// The median, the largest or the smallest of what is there; of nothing it is NaN.
fn float_along<'b>(replay: &Replay<'_, 'b>, name: &str, values: &[Val<'b>]) -> Val<'b> {
    match name {
        "median" => median_along(replay, values),
        _ => values.iter().skip(1).fold(values[0], |best, one| {
            let better = if name == "max" { one.gt(best) } else { one.lt(best) };
            (better | best.is_nan()).select(*one, best)
        }),
    }
}
