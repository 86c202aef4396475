//! Encoders: labels, ordinals and one-hot columns by the categories that training saw.

use super::scale::estimator;
use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Literal, Map, Reason, Table, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "LabelEncoder.transform", label),
    Row::new(On::Estimator, "LabelEncoder.fit_transform", label),
    Row::new(On::Estimator, "OrdinalEncoder.transform", ordinal),
    Row::new(On::Estimator, "OrdinalEncoder.fit_transform", ordinal),
    Row::new(On::Estimator, "OneHotEncoder.transform", one_hot),
    Row::new(On::Estimator, "OneHotEncoder.fit_transform", one_hot),
];

/// The position of a cell among categories, null where it is not among them.
pub(super) fn position<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    categories: &[record::Value],
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let b = replay.b;
    let Some((kind, val)) = column.cell.single() else { return Err(replay.unsupported(at, "categories of a column of several types")) };
    let (elem, key) = match kind {
        Kind::Str => (Elem::Str, val),
        Kind::Bool | Kind::Int(_) => (Elem::I64, val.cast(Elem::I64)),
        Kind::Float | Kind::Float32 => (Elem::F64, val.cast(Elem::F64)),
        Kind::DateTime | Kind::Timedelta | Kind::Category(_) | Kind::Missing => {
            return Err(replay.unsupported(at, "categories of this type"));
        }
    };
    let missing = categories.iter().position(record::Value::is_missing);
    let rows = categories
        .iter()
        .enumerate()
        .filter(|(_, category)| !category.is_missing())
        .filter_map(|(at, category)| Some((vec![pandas::encode::literal(category, elem)?], Literal::I64(at as i64))))
        .collect();
    let name = column.name.clone().unwrap_or_else(|| "categories".to_owned());
    let table = b.table(Table::Map(Map { name, keys: vec![elem], value: Elem::I64, rows }));
    let found = b.lookup(table, &[key]);
    Ok(match missing {
        Some(at) => pandas::is_missing(kind, val).select(b.i64(at as i64), found),
        None => found,
    })
}

fn unseen<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, when: Val<'b>, at: Span) -> Guards {
    let name = column.name.clone().unwrap_or_else(|| "a column".to_owned());
    let guard = replay.guard(when, Reason::Invalid(format!("unseen category in {name}")), at);
    let mut guards = column.cell.guards.clone();
    guards.insert(guard);
    guards
}

/// The number of the class; an unseen one raises in scikit-learn.
fn label<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = match call.take("X").or_else(|| call.take("y")) {
        Some(x) => x,
        None => return Err(replay.unsupported(call.span, "`transform` of nothing")),
    };
    let Value::Column(column) = x else { return Err(replay.unsupported(call.span, "LabelEncoder on this")) };
    let Some(classes) = estimator.fitted("classes_").and_then(record::Value::items) else { return Err(replay.not_recorded(call.span)) };
    replay.freeze(&known);
    let found = position(replay, &column, &classes, call.span)?;
    let guards = unseen(replay, &column, found.is_null(), call.span);
    let cell = Cell { guards, ..Cell::new(Kind::INT, found.or_else(0_i64)) };
    Ok(Value::Column(Column { array: true, ..column.with(cell) }))
}

fn categories<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &record::Estimator,
    count: usize,
    call: &Call<'b>,
) -> Result<Vec<Vec<record::Value>>, Unknown> {
    let found: Option<Vec<Vec<record::Value>>> =
        estimator.fitted("categories_").and_then(record::Value::items).map(|lists| lists.iter().filter_map(record::Value::items).collect());
    match found {
        Some(found) if found.len() == count => Ok(found),
        _ => Err(replay.not_recorded(call.span)),
    }
}

fn ordinal<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    let lists = categories(replay, &estimator, columns.len(), call)?;
    let lenient = estimator.param("handle_unknown").and_then(record::Value::as_str) == Some("use_encoded_value");
    let unknown = estimator.param("unknown_value").and_then(record::Value::as_f64).unwrap_or(f64::NAN);
    let missing_value = estimator.param("encoded_missing_value").and_then(record::Value::as_f64).unwrap_or(f64::NAN);
    replay.freeze(&known);
    let mut out = Vec::new();
    for (column, list) in columns.iter().zip(lists) {
        let found = position(replay, column, &list, call.span)?;
        let number = found.cast(Elem::F64);
        let missing_at = list.iter().position(record::Value::is_missing);
        let number = match missing_at {
            Some(at) => found.eq(at as i64).or_else(false).select(replay.b.f64(missing_value), number),
            None => number,
        };
        let cell = if lenient {
            Cell::new(Kind::Float, number.or_else(unknown)).guarded(&column.cell.guards)
        } else {
            let guards = unseen(replay, column, found.is_null(), call.span);
            Cell { guards, ..Cell::new(Kind::Float, number.or_else(0.0)) }
        };
        out.push(Column { array: true, ..column.with(cell) });
    }
    Ok(Value::Matrix(out))
}

/// A column for each category; with `handle_unknown="ignore"` an unseen one gives zeros, else it raises.
fn one_hot<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    let lists = categories(replay, &estimator, columns.len(), call)?;
    let lenient =
        matches!(estimator.param("handle_unknown").and_then(record::Value::as_str), Some("ignore" | "warn" | "infrequent_if_exist"));
    if estimator.param("min_frequency").is_some_and(|value| *value != record::Value::NONE)
        || estimator.param("max_categories").is_some_and(|value| *value != record::Value::NONE)
    {
        return Err(replay.unsupported(call.span, "OneHotEncoder with infrequent categories"));
    }
    let drop = estimator.param("drop").cloned().unwrap_or(record::Value::NONE);
    let dropped: Vec<Option<usize>> = match drop.as_str() {
        Some("first") => vec![Some(0); columns.len()],
        Some("if_binary") => lists.iter().map(|list| (list.len() == 2).then_some(0)).collect(),
        None if drop == record::Value::NONE => vec![None; columns.len()],
        _ => return Err(replay.unsupported(call.span, "OneHotEncoder with this `drop`")),
    };
    replay.freeze(&known);
    let mut out = Vec::new();
    for ((column, list), dropped) in columns.iter().zip(lists).zip(dropped) {
        let found = position(replay, column, &list, call.span)?;
        let guards = if lenient { column.cell.guards.clone() } else { unseen(replay, column, found.is_null(), call.span) };
        for at in (0..list.len()).filter(|at| Some(*at) != dropped) {
            let held = found.eq(at as i64).or_else(false);
            let cell = Cell { guards: guards.clone(), ..Cell::new(Kind::Float, held.cast(Elem::F64)) };
            let name = column.name.as_ref().map(|name| format!("{name}_{}", pandas::column_name(&list[at])));
            out.push(Column { cell, name, space: column.space, array: true });
        }
    }
    Ok(Value::Matrix(out))
}
