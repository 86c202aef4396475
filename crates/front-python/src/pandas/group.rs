//! Groups of rows: what is computed of each is a table by the groups' keys.
//!
//! Over rows whose statistics are frozen, the recorded run has the table and a row looks its own group up. Over other scoring rows a group
//! is refused.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::encode;
use super::table::{LookUp, looked_up};
use crate::ast::{Expr, ExprKind};
use crate::log::Activation;
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Body, Cell, Column, Eval, Frame, Function, Group, Kind, Known, Unknown, Value};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Frame, "groupby", groupby),
    Row::new(On::Column, "groupby", column_groupby),
    Row::new(On::Group, "mean", frozen),
    Row::new(On::Group, "median", frozen),
    Row::new(On::Group, "sum", frozen),
    Row::new(On::Group, "std", frozen),
    Row::new(On::Group, "var", frozen),
    Row::new(On::Group, "min", frozen),
    Row::new(On::Group, "max", frozen),
    Row::new(On::Group, "count", frozen),
    Row::new(On::Group, "size", frozen),
    Row::new(On::Group, "nunique", frozen),
    Row::new(On::Group, "first", frozen),
    Row::new(On::Group, "last", frozen),
    Row::new(On::Group, "quantile", frozen),
    Row::new(On::Group, "agg", frozen),
    Row::new(On::Group, "aggregate", frozen),
    Row::new(On::Group, "transform", transform),
];

/// A function of the user's that is being applied to each group: where its values for whole groups are recorded.
#[derive(Clone)]
pub(crate) struct InGroup<'b> {
    keys: Vec<Column<'b>>,
    parameter: String,
    activation: Activation,
}

fn groupby<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Frame(frame) = call.receiver else { return Err(replay.unsupported(call.span, "`groupby` of this")) };
    if let Some(by) = call.take("by") {
        if let Some(group) = by_computed(replay, frame, &by, call.span) {
            call.rest();
            return group;
        }
        call.give("by", by);
    }
    let keys = call.texts(replay, "by")?.unwrap_or_default();
    call.rest();
    Ok(Value::Group(Rc::new(Group { frame, keys, column: None, marker: std::marker::PhantomData })))
}

/// `frame.groupby(frame[key] // 10)`, and a list of such keys and of names: the computed ones stand in a copy of the frame. None if all are
/// names.
fn by_computed<'b>(replay: &mut Replay<'_, 'b>, frame: crate::value::FrameId, by: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let items = match by {
        Value::Column(_) => vec![by.clone()],
        Value::List(_) | Value::Tuple(_) => replay.items(by, at)?,
        _ => return None,
    };
    if !items.iter().any(|item| matches!(item, Value::Column(_))) {
        return None;
    }
    let mut wide = replay.frames[frame.0].clone();
    let mut keys = Vec::new();
    for (number, item) in items.into_iter().enumerate() {
        match item {
            // The key of a row is found by its label, so it may be one of more rows than the frame has.
            Value::Column(key) if key.space == wide.space || replay.filters_between(wide.space, key.space).is_some() => {
                let name = format!("\u{0}key {number}");
                wide.columns.insert(name.clone(), Value::Column(Column { space: wide.space, ..key }));
                keys.push(name);
            }
            Value::Column(_) => return Some(Err(replay.unsupported(at, "`groupby` by keys of other rows"))),
            other => match replay.concrete(&other).and_then(|name| name.as_str().map(str::to_owned)) {
                Some(name) => keys.push(name),
                None => return Some(Err(replay.unsupported(at, "`groupby` by this"))),
            },
        }
    }
    let Value::Frame(frame) = replay.frame(wide) else { return Some(Ok(replay.none())) };
    Some(Ok(Value::Group(Rc::new(Group { frame, keys, column: None, marker: std::marker::PhantomData }))))
}

/// `frame[column].groupby(frame[key])`
fn column_groupby<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let by = call.need(replay, "by")?;
    call.rest();
    let (Value::Column(column), Some(keys)) = (call.receiver.clone(), columns_of(replay, &by, at)) else {
        return Err(replay.unsupported(at, "`groupby` by this"));
    };
    if keys.iter().any(|key| key.space != column.space) {
        return Err(replay.unsupported(at, "`groupby` by keys of other rows"));
    }
    let mut frame = Frame { space: column.space, ..Frame::default() };
    let names: Vec<String> = (0..keys.len()).map(|at| format!("key {at}")).collect();
    for (name, key) in names.iter().zip(keys) {
        frame.columns.insert(name.clone(), Value::Column(key));
    }
    let own = "values".to_owned();
    frame.columns.insert(own.clone(), Value::Column(column));
    let Value::Frame(frame) = replay.frame(frame) else { return Ok(replay.none()) };
    Ok(Value::Group(Rc::new(Group { frame, keys: names, column: Some(own), marker: std::marker::PhantomData })))
}

fn columns_of<'b>(replay: &mut Replay<'_, 'b>, by: &Value<'b>, at: Span) -> Option<Vec<Column<'b>>> {
    let items = match by {
        Value::Column(column) => return Some(vec![column.clone()]),
        other => replay.items(other, at)?,
    };
    items.into_iter().map(|item| if let Value::Column(column) = item { Some(column) } else { None }).collect()
}

/// `group[column]`
pub(crate) fn select<'b>(group: &Group<'b>, name: &str) -> Value<'b> {
    Value::Group(Rc::new(Group { column: Some(name.to_owned()), keys: group.keys.clone(), ..*group }))
}

fn group_of<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Rc<Group<'b>>, Unknown> {
    let Value::Group(group) = &call.receiver else { return Err(replay.unsupported(call.span, "a group of this")) };
    let space = replay.frames[group.frame.0].space;
    if replay.freezes(space, call.span) {
        return Ok(group.clone());
    }
    Err(super::refuse_method(replay, On::Group, &call.receiver, &call.name, call.span))
}

/// A table of the groups, which is a statistic.
fn frozen<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    group_of(replay, call)?;
    call.rest();
    Ok(Value::Known(replay.recorded(call.span).with(true, false)))
}

/// `frame.groupby(keys)[column].transform(f)`: each row gets its group's value, or what a function of the group makes of the row.
///
/// Missing where a key is missing, and for a group that the recorded run did not have. Source: pandas `SeriesGroupBy.transform`.
fn transform<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let group = group_of(replay, call)?;
    let how = call.need(replay, "func")?;
    call.rest();
    let Some(name) = &group.column else { return Err(replay.unsupported(at, "`transform` of several columns")) };
    let column = super::column_of(replay, group.frame, name, at)?;
    let mut keys = Vec::new();
    for key in &group.keys {
        match super::column_of(replay, group.frame, key, at)? {
            Value::Column(column) => keys.push(column),
            _ => return Err(replay.unsupported(at, "a group by this")),
        }
    }
    let Value::Function(function) = &how else { return of_groups(replay, &keys, at, replay.activation) };
    let Some(parameter) = function.parameters.named.first().map(|parameter| parameter.name.clone()) else {
        return Err(replay.unsupported(at, "this function of a group"));
    };
    let activation = replay.log.enter(at, replay.activation, 0);
    let outer = replay.in_group.replace(InGroup { keys: keys.clone(), parameter, activation });
    let result = applied(replay, function, column, at);
    replay.in_group = outer;
    match result? {
        Value::Column(column) => {
            // A row without a key is in no group.
            let mut cell = column.cell.clone();
            for key in &keys {
                let lacking = super::missing::missing_cell(replay, &key.cell, at)?;
                let Some((_, lacking)) = lacking.single() else { return Err(replay.unsupported(at, "a group by this")) };
                if lacking.literal() != Some(ir::Literal::Bool(false)) {
                    let missing = Cell::new(Kind::Float, replay.b.f64(f64::NAN));
                    cell = super::where_cell(replay, lacking, &missing, &cell, at)?.guarded(&key.cell.guards);
                }
            }
            Ok(Value::Column(Column { name: Some(name.clone()), cell, ..column }))
        }
        _ => Err(replay.unsupported(at, "what this function makes of a group")),
    }
}

fn applied<'b>(replay: &mut Replay<'_, 'b>, function: &Rc<Function<'b>>, column: Value<'b>, at: Span) -> Eval<'b> {
    if let Body::Block(_) = function.body {
        return Err(replay.unsupported(at, "a function of a group that is not a lambda"));
    }
    replay.call_user(function, vec![column], Vec::new(), at)
}

/// The value that an expression has for the whole group of the row, if the recorded run saw one.
pub(crate) fn value_in_group<'b>(replay: &mut Replay<'_, 'b>, expr: &Expr) -> Option<Eval<'b>> {
    let group = replay.in_group.clone()?;
    if matches!(expr.kind, ExprKind::Name(_) | ExprKind::Literal(_)) {
        return None;
    }
    let mut names = std::collections::BTreeSet::new();
    crate::names::of_expr(expr, &mut names);
    if !names.contains(&group.parameter) {
        return None;
    }
    let seen = replay.log.learnt(expr.span, group.activation);
    seen.value.is_some().then(|| of_groups(replay, &group.keys, expr.span, group.activation))
}

/// The row's value in the table of groups that the recorded run noted for the expression there.
fn of_groups<'b>(replay: &mut Replay<'_, 'b>, keys: &[Column<'b>], at: Span, activation: Activation) -> Eval<'b> {
    let known = Known::seen(replay.log.learnt(at, activation), at).with(true, false);
    let Some(Tagged::Dict(pairs)) = known.tagged().cloned() else { return Err(replay.not_recorded(at)) };
    replay.freeze(&known);
    let Some(first) = keys.first() else { return Err(replay.unsupported(at, "a group without keys")) };
    if keys.len() == 1 {
        let cell = encode::mapped(replay, &first.cell, &pairs, "groups", at)?;
        let cell = encode::as_recorded(replay, cell, at);
        return Ok(Value::Column(Column { name: None, array: false, cell, space: first.space }));
    }
    let mut columns: Vec<(String, Vec<record::Value>)> = (0..keys.len()).map(|at| (at.to_string(), Vec::new())).collect();
    let mut values = Vec::new();
    for (key, value) in pairs {
        let parts = key.items().filter(|parts| parts.len() == keys.len());
        let Some(parts) = parts else { return Err(replay.unsupported(at, "groups by these keys")) };
        columns.iter_mut().zip(parts).for_each(|((_, column), part)| column.push(part));
        values.push(value);
    }
    let rows = values.len();
    columns.push(("groups".to_owned(), values));
    let keys: Vec<(Column<'b>, String)> = keys.iter().enumerate().map(|(at, key)| (key.clone(), at.to_string())).collect();
    let space = keys[0].0.space;
    let mut found = looked_up(replay, &keys, &LookUp { columns, rows }, &["groups".to_owned()], space, at)?;
    match found.pop() {
        Some((_, Value::Column(column))) => Ok(Value::Column(Column { name: None, ..column })),
        Some((_, Value::Unknown(why))) => Err(why),
        _ => Err(replay.unsupported(at, "groups of these values")),
    }
}
