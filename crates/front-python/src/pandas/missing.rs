//! Missing values: asking for them, filling them, keeping or replacing by a condition, dropping rows.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Alternative, Cell, Column, Eval, Kind, Unknown, Value, Width};
use ir::{Elem, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Column, "isna", isna),
    Row::new(On::Column, "isnull", isna),
    Row::new(On::Column, "notna", notna),
    Row::new(On::Column, "notnull", notna),
    Row::new(On::Frame, "isna", frame_isna),
    Row::new(On::Frame, "isnull", frame_isna),
    Row::new(On::Frame, "notna", frame_notna),
    Row::new(On::Frame, "notnull", frame_notna),
    Row::new(On::Column, "fillna", fillna),
    Row::new(On::Frame, "fillna", frame_fillna),
    Row::new(On::Column, "where", keep_where),
    Row::new(On::Column, "mask", mask),
    Row::new(On::Frame, "where", frame_keep_where),
    Row::new(On::Frame, "mask", frame_mask),
    Row::new(On::Column, "combine_first", combine_first),
    Row::new(On::Column, "dropna", dropna),
    Row::new(On::Frame, "dropna", frame_dropna),
    Row::new(On::Row, "isna", isna_of_row),
    Row::new(On::Row, "isnull", isna_of_row),
    Row::new(On::Row, "notna", notna_of_row),
    Row::new(On::Row, "notnull", notna_of_row),
    Row::new(On::Function, "pandas.isna", any_isna),
    Row::new(On::Function, "pandas.isnull", any_isna),
    Row::new(On::Function, "pandas.notna", any_notna),
    Row::new(On::Function, "pandas.notnull", any_notna),
    Row::new(On::Function, "numpy.isnan", any_isna),
    Row::new(On::Function, "math.isnan", any_isna),
];

/// Whether one value is missing, as `isna` sees it.
pub(crate) fn is_missing<'b>(kind: &Kind, val: Val<'b>) -> Val<'b> {
    let b = val.builder();
    match val.literal() {
        Some(ir::Literal::Null(_)) => return b.bool(true),
        Some(ir::Literal::F64(value)) => return b.bool(value.is_nan()),
        _ => {}
    }
    match kind {
        Kind::Bool | Kind::Int(_) | Kind::Document => b.bool(false),
        Kind::Float | Kind::Float32 => val.is_nan(),
        Kind::Str | Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date => {
            if val.is_nullable() {
                val.is_null()
            } else {
                b.bool(false)
            }
        }
        Kind::Category(_) => val.lt(0_i64),
        Kind::Missing => b.bool(true),
    }
}

/// Whether a cell is missing, whatever its kind.
pub(crate) fn missing_cell<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    ops::lift(replay, &[cell], at, |_, operands| {
        let (kind, val) = &operands[0];
        Ok((Kind::Bool, is_missing(kind, *val)))
    })
}

fn negated<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    ops::lift(replay, &[cell], at, |_, operands| Ok((Kind::Bool, ops::not(operands[0].1))))
}

fn column<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Column<'b>, Unknown> {
    match &call.receiver {
        Value::Column(column) => Ok(column.clone()),
        _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
    }
}

fn isna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let cell = missing_cell(replay, &column.cell, call.span)?;
    Ok(replay.column(cell, &column))
}

fn notna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let cell = missing_cell(replay, &column.cell, call.span)?;
    let cell = negated(replay, &cell, call.span)?;
    Ok(replay.column(cell, &column))
}

fn frame_isna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    super::frame::each_column(replay, call, |replay, column| missing_cell(replay, &column.cell, at))
}

fn frame_notna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    super::frame::each_column(replay, call, |replay, column| {
        let cell = missing_cell(replay, &column.cell, at)?;
        negated(replay, &cell, at)
    })
}

fn isna_of_row<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    missing_in_row(replay, call, true)
}

fn notna_of_row<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    missing_in_row(replay, call, false)
}

/// Which cells of one row are missing, as a row of truth values.
fn missing_in_row<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, wanted: bool) -> Eval<'b> {
    let at = call.span;
    let Value::Row(id) = call.receiver else { return Err(replay.unsupported(at, format!("`{}` of this", call.name))) };
    let mut frame = replay.of_cells(id, at);
    for slot in frame.columns.values_mut() {
        let Value::Column(column) = slot else { return Err(replay.unsupported(at, "missing cells of this row")) };
        let cell = missing_cell(replay, &column.cell, at)?;
        let Some((_, missing)) = cell.single() else { return Err(replay.unsupported(at, "missing cells of this row")) };
        let truth = if wanted { missing } else { !missing };
        *slot = Value::Column(column.with(Cell::new(Kind::Bool, truth).guarded(&column.cell.guards)));
    }
    match replay.frame(frame) {
        Value::Frame(id) => Ok(Value::Row(id)),
        other => Ok(other),
    }
}

fn any_isna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = match ["obj", "x", "0"].iter().find_map(|name| call.take(name)) {
        Some(value) => value,
        None => return Err(replay.unsupported(call.span, "`isna` of nothing")),
    };
    match &value {
        Value::Column(column) => {
            let cell = missing_cell(replay, &column.cell, call.span)?;
            Ok(replay.column(cell, column))
        }
        Value::Matrix(columns) => {
            let columns = columns.iter().map(|column| Ok(column.with(missing_cell(replay, &column.cell, call.span)?)));
            Ok(Value::Matrix(columns.collect::<Result<_, Unknown>>()?))
        }
        Value::Frame(_) => {
            let isna = Value::Method(Box::new(value.clone()), "isna".to_owned());
            replay.apply(isna, None, Vec::new(), Vec::new(), call.span)
        }
        // Of a list there is one answer for each item.
        value if crate::literals::is_document(value) => Err(replay.unsupported(call.span, "`isna` of a list")),
        Value::Cell(cell) => missing_cell(replay, cell, call.span).map(Value::Cell),
        value => match replay.concrete(value) {
            Some(value) => Ok(replay.known(record::Value::Bool(value.is_missing()))),
            None => Err(replay.unsupported(call.span, "`isna` of this")),
        },
    }
}

fn any_notna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    match any_isna(replay, call)? {
        Value::Column(column) => {
            let cell = negated(replay, &column.cell, at)?;
            Ok(replay.column(cell, &column))
        }
        Value::Cell(cell) => negated(replay, &cell, at).map(Value::Cell),
        value => {
            let held = replay.concrete(&value).and_then(|value| value.as_bool()).unwrap_or(false);
            Ok(replay.known(record::Value::Bool(!held)))
        }
    }
}

/// The kind that holds values of two kinds in one column, as numpy and pandas promote.
pub(crate) fn common(a: &Kind, b: &Kind) -> Option<Kind> {
    if a == b {
        return Some(a.clone());
    }
    Some(match (a, b) {
        (Kind::Bool, kind @ (Kind::Int(_) | Kind::Float | Kind::Float32))
        | (kind @ (Kind::Int(_) | Kind::Float | Kind::Float32), Kind::Bool) => kind.clone(),
        (Kind::Int(a), Kind::Int(b)) => Kind::Int(a.join(*b)),
        (Kind::Float32, Kind::Int(Width::I8 | Width::I16 | Width::U8 | Width::U16))
        | (Kind::Int(Width::I8 | Width::I16 | Width::U8 | Width::U16), Kind::Float32) => Kind::Float32,
        (Kind::Float | Kind::Float32 | Kind::Int(_), Kind::Float | Kind::Float32 | Kind::Int(_)) => Kind::Float,
        _ => return None,
    })
}

/// A value of one kind as another that holds it.
pub(crate) fn promote<'b>(val: Val<'b>, from: &Kind, to: &Kind) -> Val<'b> {
    match to {
        _ if from == to => val,
        Kind::Int(_) => val.cast(Elem::I64),
        Kind::Float => val.cast(Elem::F64),
        Kind::Float32 => val.cast(Elem::F32),
        Kind::Bool
        | Kind::Str
        | Kind::DateTime
        | Kind::Zoned(_)
        | Kind::Timedelta
        | Kind::Date
        | Kind::Category(_)
        | Kind::Missing
        | Kind::Document => val,
    }
}

/// A column of the rows that a filter left, beside all rows: pandas meets them by their labels and leaves the others missing.
pub(crate) fn aligned<'b>(replay: &mut Replay<'_, 'b>, column: Column<'b>, space: usize, at: Span) -> Result<Column<'b>, Unknown> {
    let filters = replay.filters_between(column.space, space).unwrap_or_default();
    let dropped = filters.iter().map(|filter| replay.guards[*filter].when).reduce(|one, other| one | other);
    let Some(dropped) = dropped else { return Ok(Column { space, ..column }) };
    if column.cell.alternatives.iter().any(|one| one.kind == Kind::Bool) {
        return Err(replay.unsupported(at, "truth values of some of the rows beside the others; with .astype(float) first, this"));
    }
    let missing = Cell::new(Kind::Missing, replay.b.bool(false));
    let mut cell = where_cell(replay, dropped, &missing, &column.cell, at)?;
    // What would have had no value was not asked for on the rows that were dropped.
    let own = column.cell.guards.iter().filter(|guard| !filters.contains(guard)).copied().collect::<Vec<_>>();
    let within = |guard: usize| {
        let guard = &replay.guards[guard];
        let (when, reason, at) = (guard.when & !dropped, guard.reason.clone(), guard.at);
        replay.guard(when, reason, at)
    };
    cell.guards = own.into_iter().map(within).collect();
    Ok(Column { cell, space, ..column })
}

/// `yes` where the condition holds, else `no`, as one column: numbers meet in a common kind, missing beside texts is null.
pub(crate) fn where_cell<'b>(
    replay: &mut Replay<'_, 'b>,
    condition: Val<'b>,
    yes: &Cell<'b>,
    no: &Cell<'b>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let guards = yes.guards.union(&no.guards).copied().collect();
    let b = replay.b;
    if let (Some((Kind::Zoned(one), a)), Some((Kind::Zoned(other), c))) = (yes.single(), no.single())
        && one != other
    {
        // A constant takes the zone of the column.
        let zone = match (a.literal().is_some(), c.literal().is_some()) {
            (true, false) => other.clone(),
            (false, true) => one.clone(),
            _ => return Err(replay.unsupported(at, "moments of two time zones in one column")),
        };
        return Ok(Cell { guards, ..Cell::new(Kind::Zoned(zone), condition.select(a, c)) });
    }
    if let (Some((a_kind, a)), Some((b_kind, c))) = (yes.single(), no.single()) {
        let nothing = |kind: &Kind, val: Val<'b>| {
            *kind == Kind::Missing || *kind == Kind::Float && matches!(val.literal(), Some(ir::Literal::F64(value)) if value.is_nan())
        };
        let null = |kind: &Kind| match kind {
            Kind::Str => Some(b.null(Elem::Str)),
            Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date => Some(b.null(Elem::I64)),
            Kind::Category(_) => Some(b.i64(-1)),
            Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Float32 | Kind::Missing | Kind::Document => None,
        };
        if nothing(a_kind, a)
            && let Some(null) = null(b_kind)
        {
            return Ok(Cell { guards, ..Cell::new(b_kind.clone(), condition.select(null, c)) });
        }
        if nothing(b_kind, c)
            && let Some(null) = null(a_kind)
        {
            return Ok(Cell { guards, ..Cell::new(a_kind.clone(), condition.select(a, null)) });
        }
        let as_float = |kind: &Kind| if *kind == Kind::Missing { Kind::Float } else { kind.clone() };
        let value = |kind: &Kind, val: Val<'b>| if *kind == Kind::Missing { b.f64(f64::NAN) } else { val };
        // An integer column that gets missing values becomes a float one; a truth column becomes an object one.
        let truth_with_hole = (nothing(a_kind, a) && *b_kind == Kind::Bool) || (nothing(b_kind, c) && *a_kind == Kind::Bool);
        if let Some(kind) = common(&as_float(a_kind), &as_float(b_kind)).filter(|_| !truth_with_hole) {
            let (x, y) = (promote(value(a_kind, a), &as_float(a_kind), &kind), promote(value(b_kind, c), &as_float(b_kind), &kind));
            return Ok(Cell { guards, ..Cell::new(kind, condition.select(x, y)) });
        }
    }
    if yes.alternatives.iter().chain(&no.alternatives).any(|one| matches!(one.kind, Kind::Category(_))) {
        return Err(replay.unsupported(at, "a mixture of a category and something else"));
    }
    Ok(Cell { guards, ..crate::udf::pandas_cell(replay, &ops::choose(condition, yes, no)) })
}

/// A cell with another in place of missing.
pub(crate) fn filled<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, by: &Cell<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    if let (Some((kind, val)), Some((by_kind, by_val))) = (cell.single(), by.single()) {
        let guards = || cell.guards.union(&by.guards).copied().collect();
        match (kind, by_kind) {
            (Kind::Bool | Kind::Int(_), _) => return Ok(cell.clone()),
            (Kind::Str, Kind::Str) | (Kind::DateTime, Kind::DateTime) | (Kind::Timedelta, Kind::Timedelta) => {
                return Ok(Cell { guards: guards(), ..Cell::new(kind.clone(), val.or_else(by_val)) });
            }
            (Kind::Float, Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Float32) => {
                return Ok(Cell { guards: guards(), ..Cell::new(Kind::Float, val.is_nan().select(by_val.cast(Elem::F64), val)) });
            }
            (Kind::Category(categories), Kind::Str | Kind::Int(_)) => {
                let literal = by_val.literal();
                let code = categories.values.iter().position(|value| match (&literal, value) {
                    (Some(ir::Literal::Str(text)), record::Value::Str(other)) => text == other,
                    (Some(ir::Literal::I64(int)), record::Value::Int(other)) => int == other,
                    _ => false,
                });
                return match code {
                    Some(code) => {
                        Ok(Cell { guards: guards(), ..Cell::new(kind.clone(), val.lt(0_i64).select(replay.b.i64(code as i64), val)) })
                    }
                    None => Err(replay.unsupported(at, "filling a category with a value that is not one of its categories")),
                };
            }
            _ => {}
        }
    }
    // Integers with holes are floats where there is a hole: what fills one is a float too.
    if cell.alternatives.iter().all(|one| one.kind.is_number()) && by.alternatives.iter().all(|one| one.kind.is_number()) {
        let condition = missing_cell(replay, cell, at)?;
        let float = super::frame::float_cell(replay, by, at)?;
        if let Some((_, condition)) = condition.single() {
            return Ok(ops::choose(condition, &float, &without_missing(cell)).guarded(&cell.guards));
        }
    }
    // An object column: each way of being missing is filled.
    let missing = missing_cell(replay, cell, at)?;
    let Some((_, condition)) = missing.single() else { return Err(replay.unsupported(at, "filling this")) };
    where_cell(replay, condition, by, &without_missing(cell), at).map(|filled| filled.guarded(&cell.guards))
}

/// The ways of being that are not missing, for where missing is replaced.
fn without_missing<'b>(cell: &Cell<'b>) -> Cell<'b> {
    let nan =
        |one: &Alternative<'b>| one.kind == Kind::Float && matches!(one.val.literal(), Some(ir::Literal::F64(value)) if value.is_nan());
    let rest: Vec<Alternative<'b>> = cell.alternatives.iter().filter(|one| one.kind != Kind::Missing && !nan(one)).cloned().collect();
    if rest.is_empty() { cell.clone() } else { Cell { alternatives: ops::merge(rest), guards: cell.guards.clone() } }
}

/// The argument of a fill, for one column: a scalar, a column, or the entry of a dict.
pub(crate) fn fill_column<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, value: &Value<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    if let Value::Column(other) = value
        && other.space != column.space
        && !other.array
    {
        return Err(replay.unsupported(at, "filling from other rows"));
    }
    let by = ops::to_cell(replay, value, None, at)?;
    filled(replay, &column.cell, &by, at)
}

fn fillna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    if call.take("method").is_some() {
        return Err(replay.other_rows(call.span, "python-rolling-window", "fillna(method=...)"));
    }
    let value = call.need(replay, "value")?;
    let cell = fill_column(replay, &column, &value, call.span)?;
    Ok(replay.column(cell, &column))
}

fn frame_fillna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    if call.take("method").is_some() {
        return Err(replay.other_rows(call.span, "python-rolling-window", "fillna(method=...)"));
    }
    let value = call.need(replay, "value")?;
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(call.span, "`fillna` of this")) };
    let per_column = column_values(replay, &value);
    let mut frame = if per_column.is_none() { replay.of_cells(id, call.span) } else { replay.frames[id.0].clone() };
    let space = frame.space;
    for (name, slot) in &mut frame.columns {
        let value = match &per_column {
            None => Some(value.clone()),
            Some(pairs) => pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()),
        };
        let Some(value) = value else { continue };
        if let Value::Unknown(why) = slot
            && let Some(blocker) = why.0.iter().next().filter(|_| why.0.len() == 1)
            && replay.concrete(&value).and_then(|value| value.as_f64()) == Some(0.0)
            && let Some(column) = replay.filled_with_zero.get(&(*blocker, name.clone())).filter(|column| column.space == space)
        {
            *slot = Value::Column(column.clone());
        } else if let Value::Column(column) = slot {
            let column = column.clone();
            *slot = match fill_column(replay, &column, &value, call.span) {
                Ok(cell) => Value::Column(column.with(cell)),
                Err(why) => Value::Unknown(why),
            };
        }
    }
    Ok(replay.frame(frame))
}

/// The values of a dict or a series by column name; none for a scalar.
pub(crate) fn column_values<'b>(replay: &Replay<'_, 'b>, value: &Value<'b>) -> Option<Vec<(String, Value<'b>)>> {
    if let Some(pairs) = replay.pairs(value) {
        return Some(
            pairs.into_iter().filter_map(|(key, value)| replay.concrete(&key).map(|key| (super::column_name(&key), value))).collect(),
        );
    }
    let Value::Known(known) = value else { return None };
    let Some(record::Tagged::Series(series)) = known.tagged() else { return None };
    let (labels, values) = (series.labels.as_ref()?.values(), series.values.as_ref()?.values());
    Some(labels.iter().zip(values).map(|(label, value)| (super::column_name(label), Value::Known(known.part(value)))).collect())
}

fn condition<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<(Val<'b>, Cell<'b>), Unknown> {
    let cell = ops::to_cell(replay, value, None, at)?;
    match cell.single() {
        Some((Kind::Bool, val)) => Ok((val, cell.clone())),
        _ => Err(replay.unsupported(at, "a condition that is not a truth value")),
    }
}

/// Whether the values stay where a condition holds, or where it does not.
#[derive(Clone, Copy, PartialEq)]
enum Stays {
    Where,
    Elsewhere,
}

fn keep_where<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    conditional_column(replay, call, Stays::Where)
}

fn mask<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    conditional_column(replay, call, Stays::Elsewhere)
}

fn frame_keep_where<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    conditional_frame(replay, call, Stays::Where)
}

fn frame_mask<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    conditional_frame(replay, call, Stays::Elsewhere)
}

fn conditional_column<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, stays: Stays) -> Eval<'b> {
    let column = column(replay, call)?;
    let cond = match call.need(replay, "cond")? {
        function @ Value::Function(_) => {
            // A function of the whole column; nothing inside of it is recorded.
            let outer = replay.activation.take();
            let cond = replay.apply(function, None, vec![call.receiver.clone()], Vec::new(), call.span);
            replay.activation = outer;
            cond?
        }
        cond => cond,
    };
    let other = call.take("other").unwrap_or_else(|| replay.known(record::Value::float(f64::NAN)));
    let cell = conditional(replay, &column, &cond, &other, stays, call.span)?;
    Ok(replay.column(cell, &column))
}

/// Each column by the column of that name in a frame of conditions.
fn conditional_frame<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, stays: Stays) -> Eval<'b> {
    let at = call.span;
    let other = call.take("other").unwrap_or_else(|| replay.known(record::Value::float(f64::NAN)));
    let Value::Frame(conditions) = call.need(replay, "cond")? else {
        return Err(replay.unsupported(at, format!("`DataFrame.{}` by one condition for all columns", call.name)));
    };
    if replay.concrete(&other).is_none_or(|other| other.items().is_some()) {
        return Err(replay.unsupported(at, format!("`DataFrame.{}` with other values by row or column", call.name)));
    }
    super::frame::each_column(replay, call, |replay, column| {
        let name = column.name.clone().unwrap_or_default();
        let cond = super::column_of(replay, conditions, &name, at)?;
        conditional(replay, column, &cond, &other, stays, at)
    })
}

fn conditional<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    cond: &Value<'b>,
    other: &Value<'b>,
    stays: Stays,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let (cond, own) = condition(replay, cond, at)?;
    let other = ops::to_cell(replay, other, column.cell.single().map(|(kind, _)| kind), at)?;
    let (yes, no) = if stays == Stays::Where { (&column.cell, &other) } else { (&other, &column.cell) };
    Ok(where_cell(replay, cond, yes, no, at)?.guarded(&own.guards))
}

fn combine_first<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let other = call.need(replay, "other")?;
    let cell = fill_column(replay, &column, &other, call.span)?;
    Ok(replay.column(cell, &column))
}

fn dropna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let missing = missing_cell(replay, &column.cell, call.span)?;
    match missing.single() {
        Some((_, missing)) => {
            let space = replay.filtered(column.space, !missing, call.span);
            Ok(Value::Column(Column { space, ..column }))
        }
        None => Err(replay.unsupported(call.span, "`dropna` of this")),
    }
}

/// Rows with something missing get the status `Filtered`.
fn frame_dropna<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(call.span, "`dropna` of this")) };
    call.only(replay, "axis", &[record::Value::Int(0), record::Value::Str("index".to_owned()), record::Value::Str("rows".to_owned())])?;
    let how = call.text(replay, "how")?.unwrap_or_else(|| "any".to_owned());
    let subset = call.texts(replay, "subset")?;
    let names: Vec<String> = match subset {
        Some(subset) => subset,
        None => replay.frames[id.0].columns.keys().cloned().collect(),
    };
    let mut dropped: Option<Val<'b>> = None;
    for name in &names {
        let Value::Column(column) = super::column_of(replay, id, name, call.span)? else {
            return Err(replay.unsupported(call.span, format!("`dropna` by `{name}`, a column of lists,")));
        };
        let missing = missing_cell(replay, &column.cell, call.span)?;
        let Some((_, missing)) = missing.single() else { return Err(replay.unsupported(call.span, "`dropna` of this")) };
        dropped = Some(match dropped {
            None => missing,
            Some(before) if how == "all" => before & missing,
            Some(before) => before | missing,
        });
    }
    let mut frame = replay.frames[id.0].clone();
    if let Some(dropped) = dropped {
        frame.space = replay.filtered(frame.space, !dropped, call.span);
        let space = frame.space;
        for column in frame.columns.values_mut() {
            column.move_to(space);
        }
    }
    Ok(replay.frame(frame))
}
