//! More of numpy's arrays and pandas' tables whose columns are taken one by one or along a row: lengths of rows, running sums, ranks.
//! Along a row pandas leaves missing values out.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, CompareOp};
use crate::ops;
use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sklearn::fitted::interpolated;
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::Val;
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "numpy.interp", interp),
    Row::new(On::Function, "numpy.linalg.norm", norm),
    Row::new(On::Matrix, "any", truths),
    Row::new(On::Matrix, "all", truths),
    Row::new(On::Matrix, "std", spread),
    Row::new(On::Matrix, "var", spread),
    Row::new(On::Function, "numpy.take", take),
    Row::new(On::Frame, "map", each_cell),
    Row::new(On::Frame, "applymap", each_cell),
    Row::new(On::Frame, "transform", each_column),
    Row::new(On::Frame, "pow", arithmetic),
    Row::new(On::Frame, "mod", arithmetic),
    Row::new(On::Frame, "floordiv", arithmetic),
    Row::new(On::Frame, "eq", comparison),
    Row::new(On::Frame, "ne", comparison),
    Row::new(On::Frame, "lt", comparison),
    Row::new(On::Frame, "le", comparison),
    Row::new(On::Frame, "gt", comparison),
    Row::new(On::Frame, "ge", comparison),
    Row::new(On::Frame, "agg", statistics),
    Row::new(On::Frame, "aggregate", statistics),
    Row::new(On::Frame, "bfill", filled),
    Row::new(On::Frame, "ffill", filled),
    Row::new(On::Frame, "cumsum", running),
    Row::new(On::Frame, "diff", differences),
    Row::new(On::Frame, "rank", ranks),
];

/// Whether a call goes along the rows: `axis=1`.
fn along_rows<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<bool, Unknown> {
    let axis = call.concrete(replay, "axis")?;
    Ok(axis.as_ref().is_some_and(|axis| axis.as_int() == Some(1) || axis.as_str() == Some("columns")))
}

/// The numbers of a row as floats, with the columns they are of.
pub(crate) fn floats<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, at: Span) -> Result<Vec<(Column<'b>, Val<'b>)>, Unknown> {
    let columns = pandas::matrix(replay, of, at)?;
    let float = |column: Column<'b>| match column.cell.single() {
        Some((kind, val)) if kind.is_number() => {
            let val = pandas::missing::promote(val, kind, &Kind::Float);
            Some((column, val))
        }
        _ => None,
    };
    let numbers: Option<Vec<(Column<'b>, Val<'b>)>> = columns.into_iter().map(float).collect();
    numbers.ok_or_else(|| replay.unsupported(at, "arithmetic on columns that are not all of numbers"))
}

fn guards_of(columns: &[(Column<'_>, Val<'_>)]) -> Guards {
    columns.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect()
}

/// What is computed along a row, in the place of its columns.
pub(crate) fn like<'b>(columns: &[(Column<'b>, Val<'b>)], kind: Kind, val: Val<'b>, array: bool) -> Column<'b> {
    let space = columns.first().map_or(0, |(column, _)| column.space);
    Column { cell: Cell::new(kind, val).guarded(&guards_of(columns)), name: None, space, array }
}

/// The frame with other columns under the same names, each under the guards of the whole row.
fn along<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, columns: &[(Column<'b>, Val<'b>)], made: &[Val<'b>]) -> Eval<'b> {
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(call.span, format!("`{}` of this", call.name))) };
    let mut frame = replay.frames[id.0].clone();
    for ((slot, (column, _)), val) in frame.columns.values_mut().zip(columns).zip(made) {
        let cell = Cell::new(Kind::Float, *val).guarded(&guards_of(columns));
        *slot = Value::Column(column.with(cell));
    }
    Ok(replay.frame(frame))
}

/// `np.interp(x, xp, fp)` between constants. Source: numpy `interp`.
fn interp<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let [x, xs, ys] = ["x", "xp", "fp"].map(|name| call.need(replay, name));
    let (x, xs, ys) = (x?, xs?, ys?);
    let known = |replay: &mut Replay<'_, 'b>, value: &Value<'b>| {
        if let Value::Known(known) = value {
            replay.freeze(known);
        }
        replay.concrete(value).and_then(|value| value.floats())
    };
    let (Some(xs), Some(ys)) = (known(replay, &xs), known(replay, &ys)) else {
        return Err(replay.unsupported(at, "`interp` between points of the row"));
    };
    let rising = xs.windows(2).all(|pair| pair[0] < pair[1]);
    if xs.is_empty() || xs.len() != ys.len() || !rising || xs.iter().chain(&ys).any(|number| !number.is_finite()) {
        return Err(replay.unsupported(at, "`interp` between these points"));
    }
    let one = |replay: &mut Replay<'_, 'b>, cell: &Cell<'b>| {
        ops::lift(replay, &[cell], at, |replay, operands| match &operands[0] {
            (kind, val) if kind.is_number() => {
                Ok((Kind::Float, interpolated(replay, pandas::missing::promote(*val, kind, &Kind::Float), &xs, &ys)))
            }
            _ => Err(ops::Trouble::Raises("TypeError")),
        })
    };
    match &x {
        Value::Column(column) => {
            let cell = one(replay, &column.cell)?;
            Ok(Value::Column(Column { array: true, name: None, ..column.with(cell) }))
        }
        x => {
            let cell = ops::to_cell(replay, x, None, at)?;
            one(replay, &cell).map(Value::Cell)
        }
    }
}

/// `np.linalg.norm(x, axis=1)`: the square root of the sum of squares of each row.
fn norm<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let x = call.need(replay, "x").or_else(|why| call.take("0").ok_or(why))?;
    call.only(replay, "ord", &[record::Value::Int(2)])?;
    let keeps = call.flag(replay, "keepdims", false)?;
    if !matches!(x, Value::Matrix(_) | Value::Frame(_)) || !along_rows(replay, call)? {
        return replay.batch(at, "norm");
    }
    let columns = floats(replay, &x, at)?;
    let squares: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val * *val).collect();
    let sum = replay.b.pack(&squares).reduce(ir::Reduce::SumInOrder, [0]);
    let column = like(&columns, Kind::Float, sum.sqrt(), true);
    Ok(if keeps { Value::Matrix(vec![column]) } else { Value::Column(column) })
}

/// `any(axis=1)` and `all(axis=1)` of an array: NaN counts as true.
fn truths<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    if !along_rows(replay, call)? && call.concrete(replay, "0")?.and_then(|axis| axis.as_int()) != Some(1) {
        return replay.batch(at, &call.name.clone());
    }
    let columns = pandas::matrix(replay, &call.receiver.clone(), at)?;
    let mut held = replay.b.bool(call.name == "all");
    for column in &columns {
        let truth = match column.cell.single() {
            Some((Kind::Bool, val)) => val,
            Some((Kind::Int(_), val)) => val.ne(0_i64),
            Some((Kind::Float | Kind::Float32, val)) => val.ne(0.0),
            _ => return Err(replay.unsupported(at, format!("`{}` of other things than numbers", call.name))),
        };
        held = if call.name == "all" { held & truth } else { held | truth };
    }
    let guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
    let space = columns.first().map_or(0, |column| column.space);
    Ok(Value::Column(Column { cell: Cell::new(Kind::Bool, held).guarded(&guards), name: None, space, array: true }))
}

/// `std(axis=1)` and `var(axis=1)` of an array: from the mean of the row, over the number of columns less `ddof`.
fn spread<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    if !along_rows(replay, call)? {
        call.rest();
        return replay.batch(at, &call.name.clone());
    }
    let freedom = call.int(replay, "ddof")?.unwrap_or(0);
    let columns = floats(replay, &call.receiver.clone(), at)?;
    let count = columns.len() as f64;
    let sum = |vals: &[Val<'b>]| replay.b.pack(vals).reduce(ir::Reduce::SumInOrder, [0]);
    let vals: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val).collect();
    let mean = sum(&vals) / count;
    let squares: Vec<Val<'b>> = vals.iter().map(|val| (*val - mean) * (*val - mean)).collect();
    let variance = sum(&squares) / (count - freedom as f64);
    Ok(Value::Column(like(&columns, Kind::Float, if call.name == "std" { variance.sqrt() } else { variance }, true)))
}

/// `np.take(constants, columns)`, at the places of a mask.
fn take<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let of = ["a", "0"].iter().find_map(|name| call.take(name));
    let index = ["indices", "1"].iter().find_map(|name| call.take(name));
    call.take("axis");
    if let (Some(Value::Known(known)), Some(Value::Column(places))) = (&of, &index) {
        return crate::known_arrays::items(replay, known, places, call.span);
    }
    match of.zip(index).and_then(|(of, index)| crate::array_cells::taken(&of, &index)) {
        Some(taken) => Ok(taken),
        None => Err(replay.unsupported(call.span, "`take` of this")),
    }
}

/// `np.nanmean(x, axis=1)` and its like; of nothing but NaN they are NaN.
pub(crate) fn without_missing<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, of: Option<Value<'b>>) -> Eval<'b> {
    let at = call.span;
    let Some(of) = of else { return Err(replay.unsupported(at, format!("`{}` of nothing", call.name))) };
    let columns = floats(replay, &of, at)?;
    let b = replay.b;
    let (zero, one, nan) = (b.f64(0.0), b.f64(1.0), b.f64(f64::NAN));
    let vals = || columns.iter().map(|(_, val)| *val);
    let val = match call.name.as_str() {
        "nanmean" => {
            let there: Vec<Val<'b>> = vals().map(|val| val.is_nan().select(zero, val)).collect();
            let count = vals().fold(zero, |count, val| count + val.is_nan().select(zero, one));
            b.pack(&there).reduce(ir::Reduce::SumInOrder, [0]) / count
        }
        "nanmax" => vals().fold(nan, |best, val| (best.is_nan() | val.gt(best)).select(val, best)),
        "nanmin" => vals().fold(nan, |best, val| (best.is_nan() | val.lt(best)).select(val, best)),
        name => return Err(replay.unsupported(at, format!("`{name}` along the rows of an array"))),
    };
    Ok(Value::Column(like(&columns, Kind::Float, val, true)))
}

/// `frame.map(function)`: of each cell.
fn each_cell<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let function = call.need(replay, "func")?;
    call.only(replay, "na_action", &[record::Value::NONE])?;
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(at, format!("`{}` of this", call.name))) };
    let mut frame = replay.of_cells(id, at);
    for slot in frame.columns.values_mut() {
        if let Value::Column(column) = slot {
            let column = column.clone();
            *slot = crate::udf::over_cells(replay, &column, &function, (Vec::new(), Vec::new()), at).unwrap_or_else(Value::Unknown);
        }
    }
    Ok(replay.frame(frame))
}

/// `frame.transform(function)` is `apply` of a function that gives a column for each.
fn each_column<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let function = call.need(replay, "func")?;
    if !matches!(function, Value::Function(_) | Value::Path(_)) {
        return Err(replay.unsupported(call.span, "`DataFrame.transform` by name"));
    }
    replay.apply(Value::Method(Box::new(call.receiver.clone()), "apply".to_owned()), None, vec![function], Vec::new(), call.span)
}

fn arithmetic<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let op = match call.name.as_str() {
        "pow" => BinaryOp::Pow,
        "mod" => BinaryOp::Mod,
        _ => BinaryOp::FloorDiv,
    };
    let other = call.need(replay, "other")?;
    match other {
        Value::Known(_) => replay.binary(op, &call.receiver.clone(), &other, call.span),
        _ => Err(replay.unsupported(call.span, format!("`DataFrame.{}` with this", call.name))),
    }
}

fn comparison<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let op = match call.name.as_str() {
        "eq" => CompareOp::Eq,
        "ne" => CompareOp::NotEq,
        "lt" => CompareOp::Lt,
        "le" => CompareOp::LtE,
        "gt" => CompareOp::Gt,
        _ => CompareOp::GtE,
    };
    let other = call.need(replay, "other")?;
    match other {
        Value::Known(_) => replay.compare(op, &call.receiver.clone(), &other, call.span),
        _ => Err(replay.unsupported(call.span, format!("`DataFrame.{}` with this", call.name))),
    }
}

/// `frame.agg(["mean", "max"], axis=1)`: a column for each statistic of the row; of one name that statistic.
fn statistics<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let names = call.concrete(replay, "func")?;
    if !along_rows(replay, call)? {
        call.rest();
        return replay.batch(at, "statistic");
    }
    let one = |replay: &mut Replay<'_, 'b>, name: &str, receiver: &Value<'b>| {
        let axis = ("axis".to_owned(), replay.known(record::Value::Int(1)));
        replay.apply(Value::Method(Box::new(receiver.clone()), name.to_owned()), None, Vec::new(), vec![axis], at)
    };
    let receiver = call.receiver.clone();
    match names.as_ref().map(|names| (names.as_str(), names.items())) {
        Some((Some(name), _)) => one(replay, name, &receiver),
        Some((_, Some(items))) => {
            let mut frame = crate::value::Frame { space: replay.space_of(&receiver).unwrap_or(0), ..Default::default() };
            for name in items.iter().filter_map(record::Value::as_str) {
                let column = match one(replay, name, &receiver)? {
                    Value::Column(column) => Value::Column(Column { name: Some(name.to_owned()), ..column }),
                    _ => return Err(replay.unsupported(at, format!("`{name}` along a row, among others"))),
                };
                frame.columns.insert(name.to_owned(), column);
            }
            Ok(replay.frame(frame))
        }
        _ => Err(replay.unsupported(at, "`DataFrame.agg` with functions, along a row")),
    }
}

/// Refuses what looks at rows above, as the call without `axis=1` does.
fn only_along<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Vec<(Column<'b>, Val<'b>)>, Unknown> {
    if !along_rows(replay, call)? {
        call.rest();
        return Err(replay.other_rows(call.span, "python-rolling-window", &call.name.clone()));
    }
    floats(replay, &call.receiver.clone(), call.span)
}

/// `bfill(axis=1)` and `ffill(axis=1)`: the next, or the last, number of the row.
fn filled<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let columns = only_along(replay, call)?;
    call.only(replay, "limit", &[record::Value::NONE])?;
    let backwards = call.name == "bfill";
    let mut vals: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val).collect();
    if backwards {
        vals.reverse();
    }
    for at in 1..vals.len() {
        vals[at] = vals[at].is_nan().select(vals[at - 1], vals[at]);
    }
    if backwards {
        vals.reverse();
    }
    along(replay, call, &columns, &vals)
}

/// `cumsum(axis=1)`: what is missing stays missing and adds nothing.
fn running<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let columns = only_along(replay, call)?;
    call.only(replay, "skipna", &[record::Value::Bool(true)])?;
    let mut sum = replay.b.f64(0.0);
    let mut made = Vec::new();
    for (_, val) in &columns {
        sum = val.is_nan().select(sum, sum + *val);
        made.push(val.is_nan().select(*val, sum));
    }
    along(replay, call, &columns, &made)
}

/// `diff(axis=1)`: from the column before; the first has none.
fn differences<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let columns = only_along(replay, call)?;
    call.only(replay, "periods", &[record::Value::Int(1)])?;
    let mut made = vec![replay.b.f64(f64::NAN)];
    made.extend(columns.windows(2).map(|pair| pair[1].1 - pair[0].1));
    along(replay, call, &columns, &made)
}

/// `rank(axis=1)`: how many numbers of the row are less, and the middle of those that are equal.
fn ranks<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let columns = only_along(replay, call)?;
    let text = |text: &str| record::Value::Str(text.to_owned());
    call.only(replay, "method", &[text("average")])?;
    call.only(replay, "na_option", &[text("keep")])?;
    call.only(replay, "pct", &[record::Value::Bool(false)])?;
    call.take("numeric_only");
    let descending = !call.flag(replay, "ascending", true)?;
    let b = replay.b;
    let (one, zero) = (b.f64(1.0), b.f64(0.0));
    let rank = |val: &Val<'b>| {
        let before = |other: &Val<'b>| if descending { other.gt(*val) } else { other.lt(*val) };
        let less = columns.iter().fold(zero, |sum, (_, other)| sum + before(other).select(one, zero));
        let same = columns.iter().fold(zero, |sum, (_, other)| sum + other.eq(*val).select(one, zero));
        val.is_nan().select(*val, less + (same + 1.0) / 2.0)
    };
    let made: Vec<Val<'b>> = columns.iter().map(|(_, val)| rank(val)).collect();
    along(replay, call, &columns, &made)
}

/// Columns of an array by a constant list of places, or of truth values.
pub(crate) fn chosen<'b>(columns: &[Column<'b>], places: &record::Value) -> Option<Vec<Column<'b>>> {
    let items = places.items()?;
    if !items.is_empty() && items.iter().all(|item| item.as_bool().is_some()) {
        let kept = columns.iter().zip(&items).filter(|(_, keep)| keep.as_bool() == Some(true));
        return (items.len() == columns.len()).then(|| kept.map(|(column, _)| column.clone()).collect());
    }
    let one = |item: &record::Value| {
        let place = item.as_int()?;
        let place = if place < 0 { place + columns.len() as i64 } else { place };
        columns.get(usize::try_from(place).ok()?).cloned()
    };
    items.iter().map(one).collect()
}
