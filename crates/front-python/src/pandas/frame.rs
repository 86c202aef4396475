//! Frames as such: copying, dropping, renaming, ordering and adding columns; calls that leave a row as it is.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops;
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::udf;
use crate::value::{Cell, Column, Eval, Frame, FrameId, Kind, Objects, Unknown, Value};
use ir::{Elem, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Frame, "copy", copy),
    Row::new(On::Column, "copy", same),
    Row::new(On::Matrix, "copy", same),
    Row::new(On::Frame, "drop", drop),
    Row::new(On::Frame, "sample", some_rows),
    Row::new(On::Frame, "nlargest", some_rows),
    Row::new(On::Frame, "nsmallest", some_rows),
    Row::new(On::Frame, "pivot_table", some_rows),
    Row::new(On::Column, "nlargest", some_rows),
    Row::new(On::Column, "nsmallest", some_rows),
    Row::new(On::Frame, "drop_duplicates", without_twins),
    Row::new(On::Frame, "xs", cross_section),
    Row::new(On::Column, "drop", rows_by_label),
    Row::new(On::Frame, "pop", pop),
    Row::new(On::Frame, "rename", rename),
    Row::new(On::Column, "rename", rename_column),
    Row::new(On::Column, "to_frame", to_frame),
    Row::new(On::Frame, "reindex", reindex),
    Row::new(On::Frame, "assign", assign),
    Row::new(On::Frame, "insert", insert),
    Row::new(On::Frame, "reset_index", reset_index),
    Row::new(On::Column, "reset_index", reset_column_index),
    Row::new(On::Frame, "set_index", set_index),
    Row::new(On::Frame, "update", update),
    Row::new(On::Frame, "sort_index", reordered),
    Row::new(On::Frame, "sort_values", reordered),
    Row::new(On::Frame, "infer_objects", copy),
    Row::new(On::Frame, "pipe", pipe),
    Row::new(On::Column, "pipe", pipe),
    Row::new(On::Frame, "apply", apply),
    Row::new(On::Frame, "get", get),
    Row::new(On::Frame, "to_numpy", to_numpy),
    Row::new(On::Column, "to_numpy", column_array),
    Row::new(On::Column, "tolist", column_array),
    Row::new(On::Column, "to_list", column_array),
    Row::new(On::Column, "ravel", column_array),
    Row::new(On::Column, "squeeze", same),
    Row::new(On::Column, "reshape", reshape),
    Row::new(On::Frame, "filter", filter),
    Row::new(On::Frame, "select_dtypes", select_dtypes),
    Row::new(On::Frame, "add_prefix", add_prefix),
    Row::new(On::Frame, "add_suffix", add_suffix),
    Row::new(On::Objects, "tolist", objects_list),
    Row::new(On::Objects, "to_list", objects_list),
    Row::new(On::Objects, "apply", objects_apply),
    Row::new(On::Objects, "map", objects_apply),
    Row::new(On::Objects, "str.get", objects_get),
    Row::new(On::Objects, "str.len", objects_len),
    Row::new(On::Objects, "str.join", objects_join),
    Row::new(On::Function, "pandas.DataFrame", new_frame),
    Row::new(On::Function, "pandas.api.types.is_numeric_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_string_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_object_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_bool_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_integer_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_float_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_datetime64_any_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.api.types.is_categorical_dtype", test_of_dtype),
    Row::new(On::Function, "pandas.Series", new_series),
];

pub(crate) fn id<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<FrameId, Unknown> {
    match call.receiver {
        Value::Frame(id) => Ok(id),
        _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
    }
}

/// The receiver with each known column changed.
pub(crate) fn each_column<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &Call<'b>,
    mut change: impl FnMut(&mut Replay<'_, 'b>, &Column<'b>) -> Result<Cell<'b>, Unknown>,
) -> Eval<'b> {
    let id = id(replay, call)?;
    let mut frame = replay.of_cells(id, call.span);
    frame.families.clear();
    for slot in frame.columns.values_mut() {
        if let Value::Column(column) = slot {
            let column = column.clone();
            *slot = change(replay, &column).map_or_else(Value::Unknown, |cell| Value::Column(column.with(cell)));
        }
    }
    Ok(replay.frame(frame))
}

fn copy<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let frame = replay.frames[id.0].clone();
    Ok(replay.frame(frame))
}

fn same<'b>(_: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    Ok(call.receiver.clone())
}

fn rows_by_label<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    Err(replay.other_rows(call.span, "python-row-position", "drop"))
}

fn drop<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let axis = call.concrete(replay, "axis")?;
    let on_columns = matches!(&axis, Some(record::Value::Int(1))) || axis.as_ref().and_then(record::Value::as_str) == Some("columns");
    let ignore = call.text(replay, "errors")?.as_deref() == Some("ignore");
    let named = match call.concrete(replay, "columns")? {
        Some(columns) => Some(columns),
        None if on_columns => call.concrete(replay, "labels")?,
        None => None,
    };
    let Some(named) = named else {
        if let Some(rows) = call.take("labels").or_else(|| call.take("index"))
            && let Some(left) = without_rows(replay, id, &rows, call.span)
        {
            return Ok(left);
        }
        return Err(replay.refuse(
            "python-row-position",
            call.span,
            "`drop` removes rows by their labels",
            "a scoring row has no label that was known in training",
            "drop rows by a condition on their columns",
        ));
    };
    let names: Vec<String> = match named.items() {
        Some(items) => items.iter().map(super::column_name).collect(),
        None => vec![super::column_name(&named)],
    };
    let mut frame = replay.frames[id.0].clone();
    for name in &names {
        if frame.columns.shift_remove(name).is_none() && !ignore {
            return Err(replay.unsupported(call.span, format!("dropping `{name}`, which is not there")));
        }
    }
    Ok(replay.frame(frame))
}

/// `frame.drop(frame[condition].index)` is a filter; `frame.drop(train.index)` leaves the rows that are scored; a row that is dropped by a
/// label which the script knows is a matter of training, and a scoring row is not it.
fn without_rows<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, rows: &Value<'b>, at: Span) -> Option<Value<'b>> {
    let space = replay.frames[id.0].space;
    match rows {
        Value::Part(of, part) if part == "index" => {
            let of = replay.space_of(of)?;
            let filters = replay.filters_between(of, space)?;
            let keep = filters.iter().map(|filter| replay.guards[*filter].when).reduce(|one, other| one | other)?;
            let left = replay.filtered(space, keep, at);
            if let Some(filter) = replay.spaces[left].filter {
                let guards = filters.iter().filter_map(|filter| replay.filter_guards.get(filter)).flatten().copied().collect();
                replay.filter_guards.insert(filter, guards);
            }
            Some(replay.in_space(id, left))
        }
        Value::Known(known) if replay.freezes(space, at) => {
            known.look()?;
            let space = if known.fit { replay.test_part(space) } else { space };
            Some(replay.in_space(id, space))
        }
        Value::List(_) | Value::Tuple(_) if !replay.touches_rows(rows) && replay.freezes(space, at) => Some(replay.in_space(id, space)),
        _ => None,
    }
}

/// Some of the rows, drawn at random or the greatest, or a table of all: what the recorded run had, in a script of one frame.
fn some_rows<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    call.rest();
    let space = replay.space_of(&call.receiver);
    if space.is_some_and(|space| replay.freezes(space, call.span)) {
        return Ok(Value::Known(replay.recorded(call.span).with(true, false)));
    }
    Err(replay.other_rows(call.span, "python-rows-change", &call.name.clone()))
}

/// `drop_duplicates` of the only frame is a matter of training: a row that is scored has no twin.
fn without_twins<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    call.rest();
    if !replay.is_only_frame(replay.frames[id.0].space) {
        return Err(replay.other_rows(call.span, "python-rows-change", "drop_duplicates"));
    }
    replay.hold(call.span, None);
    copy(replay, call)
}

/// `glued.xs(key)`: one part of frames that were glued by keys.
fn cross_section<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let key = call.need(replay, "key")?;
    match super::glue::by_key(replay, id, &key, call.span) {
        Some(rows) => rows,
        None => Err(replay.other_rows(call.span, "python-row-position", "xs")),
    }
}

fn pop<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let Some(name) = call.concrete(replay, "item")? else { return Err(replay.unsupported(call.span, "`pop` of nothing")) };
    let name = super::column_name(&name);
    let column = super::column_of(replay, id, &name, call.span);
    replay.frames[id.0].columns.shift_remove(&name);
    column
}

fn rename<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let axis = call.concrete(replay, "axis")?;
    let on_columns = matches!(&axis, Some(record::Value::Int(1))) || axis.as_ref().and_then(record::Value::as_str) == Some("columns");
    let mapper = match call.take("columns") {
        Some(columns) => columns,
        None if on_columns => call.need(replay, "mapper")?,
        None => {
            call.take("index");
            return copy(replay, call);
        }
    };
    let frame = replay.frames[id.0].clone();
    let names: Vec<String> = match super::encode::concrete_pairs(replay, &mapper) {
        Some(pairs) => frame
            .columns
            .keys()
            .map(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| super::column_name(key) == *name)
                    .map_or_else(|| name.clone(), |(_, new)| super::column_name(new))
            })
            .collect(),
        // A function of the names: the record has the result.
        None => match replay.recorded(call.span).tagged() {
            Some(Tagged::Frame(recorded)) if recorded.columns.len() == frame.columns.len() => {
                recorded.columns.iter().map(|column| super::column_name(&column.name)).collect()
            }
            _ => return Err(replay.not_recorded(call.span)),
        },
    };
    refuse_open_names(replay, &frame, &names, call.span)?;
    Ok(renamed(replay, frame, &names))
}

/// Dummy columns of which the scoring rows decide whether they exist cannot get names one by one.
fn refuse_open_names<'b>(replay: &mut Replay<'_, 'b>, frame: &Frame<'b>, names: &[String], at: Span) -> Result<(), Unknown> {
    let mut changed = frame.columns.keys().zip(names).filter(|(old, new)| old != new).map(|(old, _)| old);
    let open = |name: &String| frame.families.iter().any(|family| family.recorded.contains(name));
    match changed.find(|name| open(name)).cloned() {
        None => Ok(()),
        Some(name) => Err(replay.refuse(
            "python-batch-columns",
            at,
            format!("the dummy column `{name}` gets another name"),
            "it exists only where its category occurs in the scoring rows, as others do that are not seen here",
            "align the frame first: .reindex(columns=train.columns, fill_value=0)",
        )),
    }
}

fn renamed<'b>(replay: &mut Replay<'_, 'b>, mut frame: Frame<'b>, names: &[String]) -> Value<'b> {
    let columns = std::mem::take(&mut frame.columns);
    for (name, (_, mut value)) in names.iter().zip(columns) {
        if let Value::Column(column) = &mut value {
            column.name = Some(name.clone());
        }
        frame.columns.insert(name.clone(), value);
    }
    replay.frame(frame)
}

fn add_prefix<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let prefix = call.text(replay, "prefix")?.unwrap_or_default();
    let frame = replay.frames[id.0].clone();
    let names: Vec<String> = frame.columns.keys().map(|name| format!("{prefix}{name}")).collect();
    let families = frame.families.iter().map(|family| std::rc::Rc::new(family.with_prefix(&prefix))).collect();
    Ok(renamed(replay, Frame { families, ..frame }, &names))
}

fn add_suffix<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let suffix = call.text(replay, "suffix")?.unwrap_or_default();
    let frame = replay.frames[id.0].clone();
    let names: Vec<String> = frame.columns.keys().map(|name| format!("{name}{suffix}")).collect();
    refuse_open_names(replay, &frame, &names, call.span)?;
    Ok(renamed(replay, frame, &names))
}

fn rename_column<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let name = call.concrete(replay, "index")?.or(call.concrete(replay, "name")?);
    match &call.receiver {
        Value::Column(column) => Ok(Value::Column(Column { name: name.as_ref().map(super::column_name), ..column.clone() })),
        _ => Err(replay.unsupported(call.span, "`rename` of this")),
    }
}

fn to_frame<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let name = call.text(replay, "name")?;
    let Value::Column(column) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`to_frame` of this")) };
    let mut frame = Frame { space: column.space, ..Frame::default() };
    let name = name.or_else(|| column.name.clone()).unwrap_or_else(|| "0".to_owned());
    frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), ..column }));
    Ok(replay.frame(frame))
}

/// The frame with exactly these columns. One that is absent is filled; a dummy column that is filled with zero is what it means.
pub(crate) fn with_columns<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, names: &[String], fill: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    let old = replay.frames[id.0].clone();
    let zero = fill.and_then(|fill| replay.concrete(fill)).and_then(|fill| fill.as_f64()) == Some(0.0);
    let mut frame = Frame { space: old.space, ..Frame::default() };
    for name in names {
        let in_family = old.families.iter().any(|family| family.recorded.contains(name));
        let member = super::family_column(replay, id, name);
        let column = match (old.columns.get(name), member) {
            (Some(column), _) if !in_family || zero => column.clone(),
            (None, Some(column)) if zero => Value::Column(column),
            (_, Some(column)) => {
                let why = replay.refuse(
                    "python-batch-columns",
                    at,
                    format!("the dummy column `{name}` is missing for rows in which its category does not occur"),
                    "another batch fills it with NaN, or not at all",
                    "add fill_value=0, or .fillna(0)",
                );
                why.0.iter().for_each(|blocker| {
                    replay.filled_with_zero.insert((*blocker, name.clone()), column.clone());
                });
                Value::Unknown(why)
            }
            (Some(column), None) => column.clone(),
            (None, None) => {
                let missing = replay.known(record::Value::float(f64::NAN));
                let space = old.space;
                super::spread(replay, fill.unwrap_or(&missing), Some(name), space, at).map_or_else(Value::Unknown, Value::Column)
            }
        };
        frame.columns.insert(name.clone(), column);
    }
    Ok(replay.frame(frame))
}

fn reindex<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let axis = call.concrete(replay, "axis")?;
    let on_columns = matches!(&axis, Some(record::Value::Int(1))) || axis.as_ref().and_then(record::Value::as_str) == Some("columns");
    let columns = match call.concrete(replay, "columns")? {
        Some(columns) => Some(columns),
        None if on_columns => call.concrete(replay, "labels")?,
        None => None,
    };
    let fill = call.take("fill_value");
    match columns.and_then(|columns| columns.items()) {
        Some(items) => {
            let names: Vec<String> = items.iter().map(super::column_name).collect();
            with_columns(replay, id, &names, fill.as_ref(), call.span)
        }
        None => Err(replay.other_rows(call.span, "python-row-position", "reindex")),
    }
}

fn assign<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let frame = replay.frames[id.0].clone();
    let Value::Frame(new) = replay.frame(frame) else { return Ok(replay.none()) };
    for (name, value) in call.rest() {
        let value = match &value {
            Value::Function(_) => {
                replay.apply(value.clone(), None, vec![Value::Frame(new)], Vec::new(), call.span).unwrap_or_else(Value::Unknown)
            }
            _ => value,
        };
        replay.set_column(new, &name, value, call.span);
    }
    Ok(Value::Frame(new))
}

fn insert<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let at = call.int(replay, "loc")?;
    let name = call.text(replay, "column")?;
    let value = call.need(replay, "value")?;
    let (Some(at), Some(name)) = (at, name) else { return Err(replay.unsupported(call.span, "`insert` at a computed place")) };
    replay.set_column(id, &name, value, call.span);
    let columns = &mut replay.frames[id.0].columns;
    let last = columns.len() - 1;
    columns.move_index(last, usize::try_from(at).unwrap_or(0).min(last));
    Ok(replay.none())
}

fn reset_index<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let dropped = call.flag(replay, "drop", false)?;
    let space = replay.relabelled(replay.frames[id.0].space);
    let mut frame = replay.frames[id.0].clone();
    frame.space = space;
    frame.columns.values_mut().for_each(|column| column.move_to(space));
    let index = frame.index.take();
    if !dropped {
        let (name, column) = match index {
            Some(index) => {
                let name = index.name.clone().unwrap_or_else(|| "index".to_owned());
                (name, Value::Column(Column { space: frame.space, array: false, ..index }))
            }
            None => ("index".to_owned(), Value::Unknown(replay.unsupported(call.span, "the row number as a column"))),
        };
        let mut columns = indexmap::IndexMap::new();
        columns.insert(name, column);
        columns.append(&mut frame.columns);
        frame.columns = columns;
    }
    Ok(replay.frame(frame))
}

fn reset_column_index<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match &call.receiver.clone() {
        Value::Column(column) if call.flag(replay, "drop", false)? => {
            let space = replay.relabelled(column.space);
            Ok(Value::Column(Column { space, ..column.clone() }))
        }
        _ => Err(replay.unsupported(call.span, "the row number as a column")),
    }
}

fn set_index<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let keys = call.texts(replay, "keys")?.unwrap_or_default();
    let dropped = call.flag(replay, "drop", true)?;
    let mut frame = replay.frames[id.0].clone();
    frame.index = match keys.as_slice() {
        [key] => match frame.columns.get(key) {
            Some(Value::Column(column)) => Some(Column { name: Some(key.clone()), ..column.clone() }),
            _ => None,
        },
        _ => None,
    };
    if dropped {
        keys.iter().for_each(|key| {
            frame.columns.shift_remove(key);
        });
    }
    Ok(replay.frame(frame))
}

/// `frame.update(other)`: what is not missing in the other frame of the same rows takes the place of what is there.
fn update<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (id, at) = (id(replay, call)?, call.span);
    let other = match call.need(replay, "other")? {
        Value::Frame(other) => replay.frames[other.0].columns.clone(),
        Value::Column(column) => [(column.name.clone().unwrap_or_default(), Value::Column(column))].into_iter().collect(),
        _ => return Err(replay.unsupported(at, "`update` with this")),
    };
    let space = replay.frames[id.0].space;
    for (name, new) in other {
        let Some(old) = replay.frames[id.0].columns.get(&name).cloned() else { continue };
        let made = match (old, new) {
            (Value::Column(old), Value::Column(new)) if new.space == space => match new.cell.single() {
                Some((kind, val)) => {
                    let there = !super::is_missing(kind, val);
                    super::where_cell(replay, there, &new.cell, &old.cell, at).map(|cell| Value::Column(old.with(cell)))
                }
                None => Err(replay.unsupported(at, "`update` with a column of several types")),
            },
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Err(why),
            _ => Err(replay.unsupported(at, "`update` with other rows")),
        };
        replay.frames[id.0].columns.insert(name, made.unwrap_or_else(Value::Unknown));
    }
    Ok(replay.none())
}

/// The same rows in another order.
fn reordered<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let by = call.take("by").and_then(|by| replay.concrete(&by));
    let first = by.and_then(|by| if by.as_str().is_some() { Some(by) } else { by.items()?.into_iter().next() });
    let axis = call.concrete(replay, "axis")?;
    if axis.is_some_and(|axis| axis.as_int() == Some(1) || axis.as_str() == Some("columns")) {
        return Err(replay.refuse(
            "python-argument",
            call.span,
            format!("`{}` of columns cannot be converted", call.name),
            "it puts columns, not rows, in another order",
            "choose the columns in their order: df[sorted(df.columns)]",
        ));
    }
    let upwards = call.take("ascending").is_none_or(|upwards| replay.concrete(&upwards) == Some(record::Value::Bool(true)));
    ["kind", "na_position", "key", "level", "sort_remaining"].iter().for_each(|name| {
        call.take(name);
    });
    replay.hold(call.span, None);
    replay.note("python-row-order", call.span, "this orders the scoring rows; the scorer keeps them as they come", "");
    let own = id(replay, call)?;
    let space = replay.reordered(replay.frames[own.0].space);
    let made = replay.in_space(own, space);
    if let Value::Frame(id) = made {
        replay.frames[id.0].ordered_by = first.filter(|_| upwards).map(|first| super::column_name(&first));
    }
    Ok(made)
}

fn pipe<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let function = call.need(replay, "func")?;
    let mut positional = vec![call.receiver.clone()];
    positional.extend(call.take_all("*args"));
    let named = call.rest();
    replay.apply(function, None, positional, named, call.span)
}

/// `frame.apply(f, axis=1)` is a function on rows; without `axis` it takes each column.
fn apply<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let function = call.need(replay, "func")?;
    let axis = call.concrete(replay, "axis")?;
    let on_rows = matches!(&axis, Some(record::Value::Int(1))) || axis.as_ref().and_then(record::Value::as_str) == Some("columns");
    let more = match call.take("args") {
        Some(Value::Tuple(items)) => items,
        _ => Vec::new(),
    };
    if on_rows {
        let expands = call.text(replay, "result_type")?.as_deref() == Some("expand");
        call.only(replay, "raw", &[record::Value::Bool(false)])?;
        let named = call.rest();
        let result = udf::over_rows(replay, id, &function, (more, named), call.span)?;
        return match result {
            Value::Objects(objects) if expands => spread_objects(replay, &objects, call.span),
            result => Ok(result),
        };
    }
    call.only(replay, "raw", &[record::Value::Bool(false)])?;
    let named = call.rest();
    let space = replay.frames[id.0].space;
    if matches!(replay.recorded(call.span).clone_unused().and_then(record::Value::as_tagged), Some(Tagged::Series(_)))
        && replay.freezes(space, call.span)
    {
        // A statistic of each column.
        return Ok(Value::Known(replay.recorded(call.span).with(true, false)));
    }
    let mut frame = replay.of_cells(id, call.span);
    let outer = replay.activation.take();
    for slot in frame.columns.values_mut() {
        if let Value::Column(_) = slot {
            let mut args = vec![slot.clone()];
            args.extend(more.iter().cloned());
            *slot = match replay.apply(function.clone(), None, args, named.clone(), call.span) {
                Ok(value @ Value::Column(_)) => value,
                Ok(_) => Value::Unknown(replay.other_rows(call.span, "python-batch-statistic", "apply")),
                Err(why) => Value::Unknown(why),
            };
        }
    }
    replay.activation = outer;
    Ok(replay.frame(frame))
}

fn get<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    let Some(name) = call.concrete(replay, "key")? else { return Err(replay.unsupported(call.span, "`get` of nothing")) };
    let name = super::column_name(&name);
    match (replay.frames[id.0].columns.contains_key(&name), call.take("default")) {
        (false, Some(default)) => Ok(default),
        (false, None) => Ok(replay.none()),
        (true, _) => super::column_of(replay, id, &name, call.span),
    }
}

fn to_numpy<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let columns = super::array(replay, &call.receiver.clone(), call.span)?;
    array_of(replay, call, columns).map(Value::Matrix)
}

fn column_array<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Column(column) = &call.receiver else { return Err(replay.unsupported(call.span, "an array of this")) };
    let columns = vec![Column { array: true, ..column.clone() }];
    match array_of(replay, call, columns)?.pop() {
        Some(column) => Ok(Value::Column(column)),
        None => Err(replay.unsupported(call.span, "an array of nothing")),
    }
}

/// Columns as `to_numpy` gives them: of the type that it is asked for.
fn array_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, columns: Vec<Column<'b>>) -> Result<Vec<Column<'b>>, Unknown> {
    call.only(replay, "copy", &[record::Value::Bool(true), record::Value::Bool(false)])?;
    let dtype = ["dtype", "0"].iter().find_map(|name| call.take(name));
    let Some(dtype) = dtype.filter(|dtype| replay.concrete(dtype) != Some(record::Value::NONE)) else { return Ok(columns) };
    let Some(name) = super::encode::dtype_name(replay, &dtype) else {
        return Err(replay.unsupported(call.span, "an array of this type"));
    };
    columns.into_iter().map(|column| Ok(column.with(super::encode::cast(replay, &column, &name, call.span)?))).collect()
}

/// `reshape(-1, 1)` of a column is a matrix of one column, `reshape(-1)` the column.
fn reshape<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let shape: Vec<Value<'b>> = (0..3).filter_map(|at: usize| call.take(&at.to_string())).collect();
    let dims: Vec<i64> = match shape.as_slice() {
        [Value::Tuple(items)] => items.iter().filter_map(|item| replay.concrete(item)?.as_int()).collect(),
        items => items.iter().filter_map(|item| replay.concrete(item)?.as_int()).collect(),
    };
    match (&call.receiver, dims.as_slice()) {
        (Value::Column(column), [-1, 1]) => Ok(Value::Matrix(vec![column.clone()])),
        (Value::Column(_), [-1]) => Ok(call.receiver.clone()),
        _ => Err(replay.unsupported(call.span, "`reshape` into this shape")),
    }
}

fn filter<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    call.take("axis");
    let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
    let kept = if let Some(items) = call.texts(replay, "items")? {
        items
    } else if let Some(like) = call.text(replay, "like")? {
        names.into_iter().filter(|name| name.contains(&like)).collect()
    } else {
        call.take("regex");
        // The record has which names the pattern kept.
        match replay.recorded(call.span).tagged() {
            Some(Tagged::Frame(frame)) => frame.columns.iter().map(|column| super::column_name(&column.name)).collect(),
            _ => return Err(replay.not_recorded(call.span)),
        }
    };
    super::select(replay, id, &kept, call.span, true)
}

/// The columns of some dtypes, as the recorded run found them.
fn select_dtypes<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let id = id(replay, call)?;
    call.take("include");
    call.take("exclude");
    let kept = match replay.recorded(call.span).tagged() {
        Some(Tagged::Frame(frame)) => frame.columns.iter().map(|column| super::column_name(&column.name)).collect::<Vec<_>>(),
        _ => return Err(replay.not_recorded(call.span)),
    };
    super::select(replay, id, &kept, call.span, true)
}

/// What the dtype of a column is, which is that of the recorded run as `.dtype` is.
fn test_of_dtype<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let values: Vec<Value<'b>> = call.rest().into_iter().map(|(_, value)| value).collect();
    match values.as_slice() {
        [Value::Column(_)] => Ok(Value::Known(replay.recorded(call.span))),
        _ => Err(replay.unsupported(call.span, "the dtype of this")),
    }
}

fn new_frame<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let data = call.take("data");
    let columns = call.take("columns");
    let names: Option<Vec<String>> = columns
        .and_then(|columns| replay.concrete(&columns))
        .and_then(|columns| columns.items())
        .map(|items| items.iter().map(super::column_name).collect());
    let mut index = None;
    let space_of_index = match call.take("index") {
        Some(Value::Part(of, part)) if part == "index" => match *of {
            Value::Frame(id) => {
                index.clone_from(&replay.frames[id.0].index);
                Some(replay.frames[id.0].space)
            }
            Value::Column(column) => Some(column.space),
            _ => None,
        },
        _ => None,
    };
    let data = match (data, space_of_index, &names) {
        (Some(data), _, _) => data,
        // The rows of another frame, and no column yet.
        (None, Some(space), None) => return Ok(replay.frame(Frame { space, index, ..Frame::default() })),
        (None, _, _) => return Err(replay.unsupported(call.span, "an empty frame")),
    };
    let mut frame = Frame { index, ..Frame::default() };
    match &data {
        Value::Objects(objects) if matches!(objects.value, Value::Dict(_)) => of_dicts(replay, objects, names, call.span),
        Value::Objects(objects) => {
            let columns = udf::unzipped(replay, objects, call.span)?;
            let names = match names {
                Some(names) if names.len() == columns.len() => names,
                Some(_) => return Err(replay.unsupported(call.span, "a frame with another number of names")),
                None => (0..columns.len()).map(|number| number.to_string()).collect(),
            };
            frame.space = objects.like.space;
            for (name, column) in names.into_iter().zip(columns) {
                frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), array: false, ..column }));
            }
            Ok(replay.frame(frame))
        }
        Value::Dict(_) => {
            let pairs = replay.pairs(&data).unwrap_or_default();
            let of_column = pairs.iter().find_map(|(_, value)| if let Value::Column(column) = value { Some(column.space) } else { None });
            // Of which rows a frame is that only has unknown columns is unknown too.
            if let (None, None, Some(why)) = (space_of_index, of_column, replay.unknown_among(&[&data])) {
                return Err(why);
            }
            frame.space = space_of_index.or(of_column).unwrap_or(0);
            let Value::Frame(id) = replay.frame(frame) else { return Ok(replay.none()) };
            for (key, value) in pairs {
                let Some(key) = replay.concrete(&key) else {
                    return Err(replay.unsupported(call.span, "a frame with computed column names"));
                };
                replay.set_column(id, &super::column_name(&key), value, call.span);
            }
            match names {
                Some(names) => super::select(replay, id, &names, call.span, false),
                None => Ok(Value::Frame(id)),
            }
        }
        Value::Frame(id) => match names {
            Some(names) => super::select(replay, *id, &names, call.span, false),
            None => {
                let copy = replay.frames[id.0].clone();
                Ok(replay.frame(copy))
            }
        },
        Value::Matrix(_) | Value::Column(_) => {
            let columns = super::matrix(replay, &data, call.span)?;
            let names = match names {
                Some(names) if names.len() == columns.len() => names,
                Some(_) => return Err(replay.unsupported(call.span, "a frame with another number of names")),
                None => columns
                    .iter()
                    .enumerate()
                    .map(|(at, column)| column.name.clone().filter(|_| !column.array).unwrap_or_else(|| at.to_string()))
                    .collect(),
            };
            let counted = space_of_index.is_none() && columns.iter().all(|column| column.array);
            let space = columns.first().map_or(0, |column| column.space);
            frame.space = if counted { replay.relabelled(space) } else { space };
            let space = frame.space;
            for (name, column) in names.into_iter().zip(columns) {
                frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), array: false, space, ..column }));
            }
            Ok(replay.frame(frame))
        }
        _ => Err(replay.unsupported(call.span, "a frame of this")),
    }
}

/// A dict a row, all with the same keys, as a frame with a column for each.
fn of_dicts<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, names: Option<Vec<String>>, at: Span) -> Eval<'b> {
    let pairs = replay.pairs(&objects.value).filter(|_| objects.missing.is_none());
    let Some(pairs) = pairs else { return Err(replay.unsupported(at, "a frame of these dicts")) };
    let mut frame = Frame { space: objects.like.space, ..Frame::default() };
    for (key, value) in pairs {
        let Some(name) = replay.concrete(&key).map(|key| super::column_name(&key)) else {
            return Err(replay.unsupported(at, "a frame of dicts with computed keys"));
        };
        let made = ops::to_cell(replay, &value, None, at).map(|cell| {
            let cell = udf::pandas_cell(replay, &cell).guarded(&objects.like.cell.guards);
            Value::Column(Column { name: Some(name.clone()), array: false, ..objects.like.with(cell) })
        });
        frame.columns.insert(name, made.unwrap_or_else(Value::Unknown));
    }
    let Value::Frame(id) = replay.frame(frame) else { return Ok(replay.none()) };
    match names {
        Some(names) => super::select(replay, id, &names, at, false),
        None => Ok(Value::Frame(id)),
    }
}

/// A series of tuples as a frame of their items.
fn spread_objects<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, at: Span) -> Eval<'b> {
    let columns = udf::unzipped(replay, objects, at)?;
    let names: Vec<String> = (0..columns.len()).map(|number| number.to_string()).collect();
    Ok(udf::labelled_frame(replay, &names, &columns, objects.like.space))
}

/// A list of tuples that is set as several columns.
pub(crate) fn object_columns<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, at: Span) -> Result<Vec<Value<'b>>, Unknown> {
    let table = spread_objects(replay, objects, at)?;
    Ok(super::matrix(replay, &table, at)?.into_iter().map(Value::Column).collect())
}

/// `.str[number]` of a series of tuples.
pub(crate) fn object_item<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    let number = replay.concrete(index).and_then(|index| index.as_int());
    if let (Value::Sequence(items), Some(number)) = (&objects.value, number) {
        let (text, there) = crate::sequence::text_at(replay, items, number, at)?;
        return Ok(text_or_missing(replay, objects, there.select(text, replay.b.null(Elem::Str))));
    }
    let columns = udf::unzipped(replay, objects, at)?;
    let number = number.and_then(|number| usize::try_from(if number < 0 { number + columns.len() as i64 } else { number }).ok());
    match number.and_then(|number| columns.get(number)) {
        Some(column) => Ok(Value::Column(Column { name: objects.like.name.clone(), array: objects.like.array, ..column.clone() })),
        None => Err(replay.unsupported(at, "an item of a tuple at this place")),
    }
}

fn objects_of<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Objects<'b>, Unknown> {
    match &call.receiver {
        Value::Objects(objects) => Ok((**objects).clone()),
        Value::Part(of, _) => match &**of {
            Value::Objects(objects) => Ok((**objects).clone()),
            _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
        },
        _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
    }
}

/// `.tolist()` of a series of tuples.
fn objects_list<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let objects = objects_of(replay, call)?;
    let like = Column { array: true, ..objects.like };
    Ok(Value::Objects(Box::new(Objects { like, ..objects })))
}

/// A function of the tuple or list of each row; `pd.Series` makes a column of each item.
fn objects_apply<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let objects = objects_of(replay, call)?;
    let function = match ["func", "arg", "0"].iter().find_map(|name| call.take(name)) {
        Some(function) => function,
        None => return Err(replay.unsupported(call.span, "`apply` of nothing")),
    };
    if matches!(&function, Value::Path(path) if path == "pandas.Series") {
        if matches!(objects.value, Value::Dict(_)) {
            return of_dicts(replay, &objects, None, call.span);
        }
        return spread_objects(replay, &objects, call.span);
    }
    if let (Some(pairs), true, None) = (super::encode::concrete_pairs(replay, &function), call.name == "map", objects.missing) {
        // A tuple that is no key is missing.
        if let Value::Known(known) = &function {
            replay.freeze(known);
        }
        let missing = Cell::new(Kind::Float, replay.b.f64(f64::NAN));
        let found = super::encode::item_of_pairs(replay, &pairs, &objects.value, &super::encode::Absent::Gives(&missing), call.span)?;
        let cell = ops::to_cell(replay, &found, None, call.span)?;
        let cell = udf::pandas_cell(replay, &cell).guarded(&objects.like.cell.guards);
        return Ok(Value::Column(Column { name: None, array: false, ..objects.like.with(cell) }));
    }
    udf::over_value_or_missing(replay, &objects.like, &function, (objects.missing, objects.value.clone()), call.span)
}

fn objects_get<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let objects = objects_of(replay, call)?;
    let index = match ["i", "0"].iter().find_map(|name| call.take(name)) {
        Some(index) => index,
        None => return Err(replay.unsupported(call.span, "`get` of nothing")),
    };
    object_item(replay, &objects, &index, call.span)
}

fn objects_len<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let objects = objects_of(replay, call)?;
    if let (Value::Sequence(items), Some(missing)) = (&objects.value, objects.missing) {
        let count = crate::sequence::count(replay, items).cast(Elem::F64);
        let count = Cell::new(Kind::Float, missing.select(replay.b.f64(f64::NAN), count));
        return Ok(Value::Column(objects.like.with(count.guarded(&objects.like.cell.guards))));
    }
    udf::over_value(replay, &objects.like, &Value::Path("builtins.len".to_owned()), objects.value.clone(), call.span)
}

/// `.str.join(separator)` of a series of lists of texts.
fn objects_join<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let objects = objects_of(replay, call)?;
    let separator = ["sep", "0"].iter().find_map(|name| call.take(name));
    let Some(separator) = separator else { return Err(replay.unsupported(call.span, "`join` by nothing")) };
    let separator = ops::to_cell(replay, &separator, None, call.span)?;
    let joined = crate::sequence::join(replay, &separator, &objects.value, call.span)?;
    match ops::to_cell(replay, &joined, None, call.span)?.single() {
        Some((Kind::Str, text)) => Ok(text_or_missing(replay, &objects, text)),
        _ => Err(replay.unsupported(call.span, "`join` of this")),
    }
}

/// A text of each row that has a list.
fn text_or_missing<'b>(replay: &Replay<'_, 'b>, objects: &Objects<'b>, text: Val<'b>) -> Value<'b> {
    let text = objects.missing.map_or(text, |missing| missing.select(replay.b.null(Elem::Str), text));
    Value::Column(objects.like.with(Cell::new(Kind::Str, text).guarded(&objects.like.cell.guards)))
}

/// A series that a function on cells gives back.
fn labelled<'b>(replay: &mut Replay<'_, 'b>, data: &Value<'b>, index: Option<Value<'b>>, at: Span) -> Eval<'b> {
    let pairs = match (replay.pairs(data), replay.items(data, at)) {
        (Some(pairs), _) => pairs,
        (None, Some(items)) => {
            let labels = match index {
                Some(index) => replay.items(&index, at),
                None => Some((0..items.len() as i64).map(|number| replay.known(record::Value::Int(number))).collect()),
            };
            match labels {
                Some(labels) if labels.len() == items.len() => labels.into_iter().zip(items).collect(),
                _ => return Err(replay.unsupported(at, "a series with this index")),
            }
        }
        (None, None) => return Err(replay.unsupported(at, "a series of this")),
    };
    let mut out = Vec::new();
    for (label, item) in pairs {
        match replay.concrete(&label) {
            Some(label) => out.push((super::column_name(&label), item)),
            None => return Err(replay.unsupported(at, "a series with computed labels")),
        }
    }
    Ok(Value::Labelled(out))
}

fn new_series<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (data, index) = (call.take("data"), call.take("index"));
    if let Some(space) = index.as_ref().and_then(|index| space_of_index(replay, index)).filter(|_| is_constant(replay, data.as_ref())) {
        return filled(replay, call, data, space);
    }
    let data = data.ok_or_else(|| replay.unsupported(call.span, "a series of nothing"))?;
    if replay.cells_active() {
        return labelled(replay, &data, index, call.span);
    }
    let name = call.text(replay, "name")?;
    match data {
        Value::Column(column) => {
            // Of an array without an index the labels are counted from 0.
            let counted = column.array && index.is_none();
            let space = if counted { replay.relabelled(column.space) } else { column.space };
            Ok(Value::Column(Column { name: name.or(column.name), array: false, cell: column.cell, space }))
        }
        Value::Zipped(columns) if columns.iter().all(|column| column.space == columns[0].space) => Ok(tuples(replay, &columns)),
        _ => Err(replay.unsupported(call.span, "a series of this")),
    }
}

/// The rows whose labels a value is.
fn space_of_index(replay: &Replay<'_, '_>, index: &Value<'_>) -> Option<usize> {
    match index {
        Value::Part(of, part) if part == "index" => match &**of {
            Value::Frame(id) => Some(replay.frames[id.0].space),
            Value::Column(column) => Some(column.space),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a series for given labels has the same value under each.
fn is_constant(replay: &Replay<'_, '_>, data: Option<&Value<'_>>) -> bool {
    match data {
        None => true,
        Some(data) => replay.concrete(data).is_some_and(|data| ops::constant(replay, &data, None).is_some()),
    }
}

/// `pd.Series(constant, index=frame.index)`, missing values if there is no constant.
fn filled<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, data: Option<Value<'b>>, space: usize) -> Eval<'b> {
    let (name, dtype) = (call.text(replay, "name")?, call.take("dtype"));
    call.take("copy");
    let cell = match data {
        Some(data) => ops::to_cell(replay, &data, None, call.span)?,
        None => Cell::new(Kind::Float, replay.b.f64(f64::NAN)),
    };
    let column = Value::Column(Column { cell, name, space, array: false });
    match dtype {
        Some(dtype) => replay.apply(Value::Method(Box::new(column), "astype".to_owned()), None, vec![dtype], Vec::new(), call.span),
        None => Ok(column),
    }
}

/// A series of tuples, one of each row of some columns.
pub(crate) fn tuples<'b>(replay: &Replay<'_, 'b>, columns: &[Column<'b>]) -> Value<'b> {
    let Some(first) = columns.first() else { return replay.none() };
    let guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
    let value = Value::Tuple(columns.iter().map(|column| Value::Cell(udf::python_cell(replay, &column.cell))).collect());
    let nothing = Cell::new(Kind::Missing, replay.b.bool(false)).guarded(&guards);
    Value::Objects(Box::new(Objects { value, missing: None, like: Column { name: None, array: false, ..first.with(nothing) } }))
}

/// A column of floats from a cell of any number.
pub(crate) fn float_cell<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    ops::lift(replay, &[cell], at, |replay, operands| {
        let (kind, val) = &operands[0];
        match ops::float(kind, *val) {
            Some(val) => Ok((Kind::Float, val)),
            None if *kind == Kind::Missing => Ok((Kind::Float, replay.b.f64(f64::NAN))),
            None => Err(ops::Trouble::Raises("ValueError")),
        }
    })
}
