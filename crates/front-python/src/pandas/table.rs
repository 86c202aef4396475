//! Several tables: `merge` and `join` with look-up tables, `concat` of columns, `align`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops;
use crate::record::{self, Cells, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Categories, Cell, Column, Eval, Frame, FrameId, Kind, Known, Unknown, Value};
use ir::{Elem, Literal, Map, Table, Val};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "pandas.merge", merge_function),
    Row::new(On::Frame, "merge", merge),
    Row::new(On::Frame, "join", join),
    Row::new(On::Function, "pandas.concat", concat),
    Row::new(On::Frame, "align", align),
];

/// A look-up table: its columns, concrete, and how many rows.
pub(super) struct LookUp {
    pub columns: Vec<(String, Vec<record::Value>)>,
    pub rows: usize,
}

pub(super) fn look_up_table(known: &Known) -> Option<LookUp> {
    let mut columns: Vec<(String, Vec<record::Value>)> = Vec::new();
    // The levels of a labelled index are keys too.
    let mut index = |labels: &Cells, names: Vec<String>| {
        for (level, name) in names.iter().enumerate() {
            let of_level = |label: record::Value| match label.items() {
                Some(parts) if names.len() > 1 => parts.into_iter().nth(level).unwrap_or(record::Value::NONE),
                _ => label,
            };
            columns.push((format!("\u{0}index {name}"), labels.values().into_iter().map(of_level).collect()));
        }
    };
    let frame = match known.tagged()? {
        Tagged::Frame(frame) => frame,
        Tagged::Series(series) => {
            let (Some(labels), Some(values)) = (&series.labels, &series.values) else { return None };
            let levels = labels.values().first().and_then(record::Value::items).map_or(1, |parts| parts.len());
            index(labels, (0..levels).map(|level| level.to_string()).collect());
            columns.push((super::column_name(&series.name), values.values()));
            return Some(LookUp { columns, rows: series.rows as usize });
        }
        _ => return None,
    };
    if let (Some(labels), Some(keys)) = (&frame.labels, &frame.keys) {
        index(labels, keys.iter().map(super::column_name).collect());
    }
    for column in &frame.columns {
        columns.push((super::column_name(&column.name), column.values.as_ref().map(Cells::values)?));
    }
    Some(LookUp { columns, rows: frame.rows as usize })
}

/// A key as a merge compares it: a category is its value, and whole numbers beside missing ones are floats.
pub(super) fn key_column<'b>(replay: &Replay<'_, 'b>, column: &Column<'b>) -> Column<'b> {
    if column.cell.alternatives.len() == 1 && !matches!(column.cell.single(), Some((Kind::Category(_), _))) {
        return column.clone();
    }
    let values = crate::udf::python_cell(replay, &column.cell);
    column.with(crate::udf::pandas_cell(replay, &values))
}

pub(super) fn key_literal<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    values: &[record::Value],
    at: Span,
) -> Result<(Val<'b>, Elem, Vec<Option<Literal>>), Unknown> {
    let (val, elem) = match column.cell.single() {
        Some((Kind::Str, val)) => (val, Elem::Str),
        Some((Kind::Int(_) | Kind::Bool, val)) => (val.cast(Elem::I64), Elem::I64),
        Some((Kind::Float | Kind::Float32, val)) => (val.cast(Elem::F64), Elem::F64),
        _ => return Err(replay.unsupported(at, "a merge on a key of this type")),
    };
    Ok((val, elem, values.iter().map(|value| if value.is_missing() { None } else { super::encode::literal(value, elem) }).collect()))
}

/// A moment, day or duration of a look-up table, in microseconds.
pub(super) fn moment(value: &record::Value) -> Option<(Kind, i64)> {
    Some(match value.as_tagged()? {
        Tagged::Timestamp(moment) => (Kind::DateTime, *moment),
        Tagged::Timedelta(duration) => (Kind::Timedelta, *duration),
        Tagged::Date(days) => (Kind::Date, days.checked_mul(crate::calendar::DAY)?),
        _ => return None,
    })
}

/// The columns of a look-up table beside the row with these keys.
pub(super) fn looked_up<'b>(
    replay: &mut Replay<'_, 'b>,
    keys: &[(Column<'b>, String)],
    table: &LookUp,
    wanted: &[String],
    space: usize,
    at: Span,
) -> Result<Vec<(String, Value<'b>)>, Unknown> {
    let keys: Vec<(Column<'b>, String)> = keys.iter().map(|(column, name)| (key_column(replay, column), name.clone())).collect();
    let keys = keys.as_slice();
    let mut vals = Vec::new();
    let mut elems = Vec::new();
    let mut literals: Vec<Vec<Option<Literal>>> = Vec::new();
    for (column, name) in keys {
        let Some((_, values)) = table.columns.iter().find(|(one, _)| one == name) else {
            return Err(replay.unsupported(at, format!("a merge on `{name}`, which the table does not have")));
        };
        let (val, elem, keys) = key_literal(replay, column, values, at)?;
        vals.push(val);
        elems.push(elem);
        literals.push(keys);
    }
    let mut seen: Vec<Vec<Literal>> = Vec::new();
    let mut rows: Vec<(usize, Vec<Literal>)> = Vec::new();
    // pandas finds a missing key beside a missing key.
    let mut of_missing: Option<usize> = None;
    for row in 0..table.rows {
        let Some(key) = literals.iter().map(|column| column[row].clone()).collect::<Option<Vec<_>>>() else {
            let is_missing = |(_, name): &(Column<'b>, String)| {
                table.columns.iter().any(|(one, values)| one == name && values.get(row).is_some_and(record::Value::is_missing))
            };
            match keys {
                [key] if is_missing(key) && of_missing.is_none() => of_missing = Some(row),
                keys if keys.iter().any(is_missing) => {
                    return Err(replay.refuse(
                        "python-missing-key",
                        at,
                        "the look-up table has rows with a missing key",
                        "pandas finds them by rows of which the key is missing too",
                        "drop them from the table: .dropna(subset=[key])",
                    ));
                }
                // A key of another type is never equal.
                _ => {}
            }
            continue;
        };
        if seen.contains(&key) {
            return Err(replay.refuse(
                "python-many-matches",
                at,
                "the look-up table has several rows for one key",
                "a merge would make several rows of one scoring row",
                "drop the duplicates of the key in the table",
            ));
        }
        seen.push(key.clone());
        rows.push((row, key));
    }
    let mut out = Vec::new();
    for name in wanted {
        let Some((_, values)) = table.columns.iter().find(|(one, _)| one == name) else { continue };
        let present: Vec<&record::Value> = values.iter().filter(|value| !value.is_missing()).collect();
        let moments = present.first().and_then(|value| moment(value)).map(|(kind, _)| kind);
        if let Some(kind) = moments.filter(|kind| present.iter().all(|value| moment(value).is_some_and(|(own, _)| own == *kind))) {
            let map_rows = rows.iter().filter_map(|(row, key)| Some((key.clone(), Literal::I64(moment(&values[*row])?.1)))).collect();
            let map = replay.b.table(Table::Map(Map { name: name.clone(), keys: elems.clone(), value: Elem::I64, rows: map_rows }));
            let mut val = replay.b.lookup(map, &vals);
            if let (Some(row), [(column, _)]) = (of_missing, keys)
                && let Some((own, key)) = column.cell.single()
            {
                let beside = moment(&values[row]).map_or_else(|| replay.b.null(Elem::I64), |(_, moment)| replay.b.i64(moment));
                val = super::is_missing(own, key).select(beside, val);
            }
            let guards = keys.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
            let cell = Cell::new(kind, val).guarded(&guards);
            out.push((name.clone(), Value::Column(Column { cell, name: Some(name.clone()), space, array: false })));
            continue;
        }
        let numeric = present.is_empty() && values.iter().any(|value| value.as_f64().is_some());
        let elem = if numeric {
            Elem::F64
        } else if present.iter().all(|value| value.as_str().is_some()) {
            Elem::Str
        } else if present.iter().all(|value| value.as_bool().is_some()) {
            Elem::Bool
        } else if present.len() == values.len() && present.iter().all(|value| value.as_int().is_some()) {
            Elem::I64
        } else if present.iter().all(|value| value.as_f64().is_some() && value.as_bool().is_none()) {
            Elem::F64
        } else {
            out.push((name.clone(), Value::Unknown(replay.unsupported(at, format!("the column `{name}` of several types")))));
            continue;
        };
        let map_rows = rows.iter().filter_map(|(row, key)| Some((key.clone(), super::encode::literal(&values[*row], elem)?))).collect();
        let map = replay.b.table(Table::Map(Map { name: name.clone(), keys: elems.clone(), value: elem, rows: map_rows }));
        let found = replay.b.lookup(map, &vals);
        let mut cell = super::encode::found(replay, elem, found);
        if let (Some(row), [(column, _)]) = (of_missing, keys)
            && let Some((kind, val)) = column.cell.single()
        {
            let missing = super::is_missing(kind, val);
            let beside = ops::constant(replay, &values[row], None).unwrap_or_else(|| Cell::new(Kind::Float, replay.b.f64(f64::NAN)));
            cell = super::where_cell(replay, missing, &beside, &cell, at)?;
        }
        let guards = keys.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
        out.push((name.clone(), Value::Column(Column { cell: cell.guarded(&guards), name: Some(name.clone()), space, array: false })));
    }
    Ok(out)
}

/// `table.loc[row, column]` of a table that does not depend on a scoring row, where that says which cell. Labels that are not there raise.
pub(super) fn cell_of_table<'b>(replay: &mut Replay<'_, 'b>, known: &Known, index: &Value<'b>, at: Span) -> Eval<'b> {
    let frame = match known.tagged() {
        Some(Tagged::Frame(frame)) => frame.clone(),
        _ => return super::encode::cell_of_dict(replay, &Value::Known(known.clone()), index, at),
    };
    let labels = frame.labels.as_ref().map(Cells::values).unwrap_or_default();
    let columns: Option<Vec<(record::Value, Vec<record::Value>)>> =
        frame.columns.iter().map(|column| Some((column.name.clone(), column.values.as_ref()?.values()))).collect();
    let (Value::Tuple(parts), Some(columns), false) = (index, columns, labels.is_empty()) else {
        return Err(replay.refuse(
            "python-look-up-table",
            at,
            "the content of this look-up table is not in the record",
            "a table is recorded if it has labels, and a name that is bound once and not changed later",
            "make a dict or a series of it first, and look that up",
        ));
    };
    let [row, column] = parts.as_slice() else { return Err(replay.unsupported(at, "this look-up")) };
    let several =
        |keys: &[record::Value]| keys.iter().enumerate().any(|(at, key)| keys[..at].iter().any(|one| crate::fold::same_key(one, key)));
    if several(&labels) || several(&columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()) {
        return Err(replay.unsupported(at, "a look-up in a table with several rows or columns of one label"));
    }
    replay.freeze(known);
    let raises = super::encode::Absent::Raises("KeyError");
    if let Some(name) = replay.concrete(column) {
        let Some((_, values)) = columns.into_iter().find(|(one, _)| crate::fold::same_key(one, &name)) else {
            return Err(replay.unsupported(at, "a column that the table does not have"));
        };
        let pairs: Vec<_> = labels.into_iter().zip(values).collect();
        return super::encode::item_of_pairs(replay, &pairs, row, &raises, at);
    }
    if let Some(label) = replay.concrete(row) {
        let Some(place) = labels.iter().position(|one| crate::fold::same_key(one, &label)) else {
            return Err(replay.unsupported(at, "a row that the table does not have"));
        };
        let pairs: Vec<_> = columns.into_iter().filter_map(|(name, values)| Some((name, values.get(place)?.clone()))).collect();
        return super::encode::item_of_pairs(replay, &pairs, column, &raises, at);
    }
    let mut pairs = Vec::new();
    for (name, values) in columns {
        for (label, value) in labels.iter().zip(values) {
            pairs.push((record::Value::tagged(Tagged::Tuple(vec![label.clone(), name.clone()])), value));
        }
    }
    super::encode::item_of_pairs(replay, &pairs, index, &raises, at)
}

/// `table.loc[label]` of a table of numbers that does not depend on a scoring row: the row as a series. None for any other look-up.
pub(crate) fn row_of_table<'b>(replay: &Replay<'_, 'b>, known: &Known, index: &Value<'b>) -> Option<Value<'b>> {
    let label = replay.concrete(index).filter(|label| label.items().is_none())?;
    let Tagged::Frame(frame) = known.tagged()? else { return None };
    let labels = frame.labels.as_ref()?.values();
    let mut places = labels.iter().enumerate().filter(|(_, one)| crate::fold::same_key(one, &label));
    let (place, _) = places.next().filter(|_| places.next().is_none())?;
    let mut values = Vec::new();
    for column in &frame.columns {
        values.push(column.values.as_ref()?.values().get(place)?.clone());
    }
    let dtype = frame.columns.first()?.dtype.clone();
    if !frame.columns.iter().all(|column| column.dtype == dtype && dtype.name == "float64") {
        return None;
    }
    let series = record::Series {
        name: label,
        dtype,
        rows: values.len() as u64,
        index: "labels".to_owned(),
        labels: Some(Cells::Items(frame.columns.iter().map(|column| column.name.clone()).collect())),
        values: Some(Cells::Items(values)),
    };
    Some(Value::Known(known.part(record::Value::tagged(Tagged::Series(series)))))
}

fn merge_function<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let left = call.need(replay, "left")?;
    merge_with(replay, call, &left)
}

fn merge<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let left = call.receiver.clone();
    merge_with(replay, call, &left)
}

fn merge_with<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, left: &Value<'b>) -> Eval<'b> {
    let at = call.span;
    let right = call.need(replay, "right")?;
    let how = call.text(replay, "how")?.unwrap_or_else(|| "inner".to_owned());
    let on = call.texts(replay, "on")?;
    let left_on = call.texts(replay, "left_on")?;
    let right_on = call.texts(replay, "right_on")?;
    let suffixes = call.texts(replay, "suffixes")?.unwrap_or_else(|| vec!["_x".to_owned(), "_y".to_owned()]);
    let right_index = call.flag(replay, "right_index", false)?;
    let left_index = call.flag(replay, "left_index", false)?;
    if let (true, true, Value::Frame(id), Value::Frame(other)) = (left_index, right_index, left, &right) {
        // The same rows, side by side.
        return beside(replay, &[Value::Frame(*id), Value::Frame(*other)], at);
    }
    let indicator = match call.concrete(replay, "indicator")? {
        Some(record::Value::Str(name)) => Some(name),
        Some(value) if value.truth() == Some(true) => Some("_merge".to_owned()),
        _ => None,
    };
    call.take("validate");
    let (Value::Frame(id), Value::Known(known)) = (left, &right) else {
        return Err(no_table(replay, at));
    };
    if how != "left" && how != "inner" {
        return Err(replay.unsupported(at, format!("`merge(how=\"{how}\")`")));
    }
    let Some(table) = look_up_table(known) else { return Err(replay.not_recorded(known.at.unwrap_or(at))) };
    replay.freeze(known);
    let right_names: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).collect();
    let common = || -> Vec<String> { right_names.iter().filter(|name| replay.frames[id.0].columns.contains_key(*name)).cloned().collect() };
    let left_keys = left_on.or_else(|| on.clone()).unwrap_or_else(common);
    let right_keys = if right_index {
        right_names.iter().filter(|name| name.starts_with('\u{0}')).cloned().collect()
    } else {
        right_on.or(on).unwrap_or_else(|| left_keys.clone())
    };
    if left_keys.len() != right_keys.len() || left_keys.is_empty() {
        return Err(replay.unsupported(at, "a merge on these keys"));
    }
    let wanted: Vec<String> = right_names
        .iter()
        .filter(|name| !(name.starts_with('\u{0}') || right_keys.contains(name) && left_keys.contains(name)))
        .cloned()
        .collect();
    attach(replay, *id, &left_keys, &right_keys, &table, &wanted, &suffixes, how == "inner", indicator.as_deref(), at)
}

/// Scoring rows are merged with other scoring rows, or with something else.
pub(super) fn no_table(replay: &mut Replay<'_, '_>, at: Span) -> Unknown {
    replay.refuse(
        "python-merge",
        at,
        "scoring rows are merged with something that is not a look-up table",
        "",
        "merge the scoring rows with a table that is known in training",
    )
}

#[expect(clippy::too_many_arguments, reason = "the parts of a merge")]
pub(super) fn attach<'b>(
    replay: &mut Replay<'_, 'b>,
    id: FrameId,
    left_keys: &[String],
    right_keys: &[String],
    table: &LookUp,
    wanted: &[String],
    suffixes: &[String],
    inner: bool,
    indicator: Option<&str>,
    at: Span,
) -> Eval<'b> {
    let mut keys = Vec::new();
    for (left, right) in left_keys.iter().zip(right_keys) {
        match super::column_of(replay, id, left, at)? {
            Value::Column(column) => keys.push((column, right.clone())),
            _ => return Err(replay.unsupported(at, "a merge on this key")),
        }
    }
    let mut frame = Frame { index: None, ..replay.frames[id.0].clone() };
    let mut new = looked_up(replay, &keys, table, wanted, frame.space, at)?;
    let clash: Vec<String> = new.iter().map(|(name, _)| name.clone()).filter(|name| frame.columns.contains_key(name)).collect();
    let mut columns = indexmap::IndexMap::new();
    for (name, value) in frame.columns {
        let name = if clash.contains(&name) { format!("{name}{}", suffixes.first().map_or("", String::as_str)) } else { name };
        columns.insert(name, value);
    }
    let recorded = replay.recorded(at);
    for (name, value) in &mut new {
        if clash.contains(name) {
            name.push_str(suffixes.get(1).map_or("", String::as_str));
        }
        // The dtype of the recorded run stays: where a row had no match there, integers are floats for every row.
        if let Value::Column(column) = value
            && column.cell.alternatives.len() > 1
            && !inner
        {
            let dtype = match recorded.tagged() {
                Some(Tagged::Frame(frame)) => {
                    frame.columns.iter().find(|one| super::column_name(&one.name) == *name).map(|one| one.dtype.name.clone())
                }
                _ => None,
            };
            if dtype.as_deref() == Some("float64") {
                column.cell = crate::udf::pandas_cell(replay, &column.cell);
            }
        }
    }
    let found_names: Vec<String> = new.iter().map(|(name, _)| name.clone()).collect();
    columns.extend(new);
    frame.columns = columns;
    if inner || indicator.is_some() {
        let marker = "\u{0}found".to_owned();
        let mut marked = LookUp { columns: table.columns.clone(), rows: table.rows };
        marked.columns.push((marker.clone(), vec![record::Value::Bool(true); table.rows]));
        let found = looked_up(replay, &keys, &marked, &[marker], frame.space, at)?;
        if let Some((_, Value::Column(column))) = found.first()
            && let Some(lacking) = column.cell.alternatives.first().and_then(|one| one.when)
        {
            if let Some(name) = indicator {
                let values = ["left_only", "right_only", "both"].map(|word| record::Value::Str(word.to_owned())).to_vec();
                let kind = Kind::Category(Rc::new(Categories { values, ordered: false }));
                let cell = Cell::new(kind, lacking.select(replay.b.i64(0), 2_i64)).guarded(&column.cell.guards);
                let space = frame.space;
                frame.columns.insert(name.to_owned(), Value::Column(Column { cell, name: Some(name.to_owned()), space, array: false }));
            }
            if !inner {
                return Ok(replay.frame(frame));
            }
            // A row without a match disappears.
            frame.space = replay.filtered(frame.space, !lacking, at);
            let space = frame.space;
            for column in frame.columns.values_mut() {
                column.move_to(space);
            }
            // All rows that are left have a match: what is looked up is of the table's own type.
            for name in &found_names {
                if let Some(Value::Column(column)) = frame.columns.get_mut(name)
                    && let [missing, there] = column.cell.alternatives.as_slice()
                    && missing.when.map(Val::value) == Some(lacking.value())
                {
                    column.cell.alternatives = vec![there.clone()];
                }
            }
        }
    }
    Ok(replay.frame(frame))
}

fn join<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(at, "`join` of this")) };
    let other = call.need(replay, "other")?;
    let on = call.texts(replay, "on")?;
    call.only(replay, "how", &[record::Value::Str("left".to_owned())])?;
    let mut suffix = |name| call.text(replay, name).map(Option::unwrap_or_default);
    let suffixes = [suffix("lsuffix")?, suffix("rsuffix")?];
    match (&other, on) {
        (Value::Known(known), Some(on)) => {
            let Some(table) = look_up_table(known) else { return Err(replay.not_recorded(known.at.unwrap_or(at))) };
            replay.freeze(known);
            let index: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).filter(|name| name.starts_with('\u{0}')).collect();
            let wanted: Vec<String> =
                table.columns.iter().map(|(name, _)| name.clone()).filter(|name| !name.starts_with('\u{0}')).collect();
            attach(replay, id, &on, &index, &table, &wanted, &suffixes, false, None, at)
        }
        (Value::Frame(other), None) => {
            // Columns that both have get the suffixes.
            let frames = [id, *other].map(|id| replay.frames[id.0].clone());
            let both: Vec<String> = frames[0].columns.keys().filter(|name| frames[1].columns.contains_key(*name)).cloned().collect();
            let parts = frames.into_iter().zip(&suffixes).map(|(mut frame, suffix)| {
                let name = |name: String| if both.contains(&name) { format!("{name}{suffix}") } else { name };
                frame.columns = frame.columns.into_iter().map(|(own, column)| (name(own), column)).collect();
                replay.frame(frame)
            });
            let parts: Vec<Value<'b>> = parts.collect();
            beside(replay, &parts, at)
        }
        (_, None) if suffixes.iter().any(|suffix| !suffix.is_empty()) => Err(replay.unsupported(at, "a suffix in `join` of a column")),
        (Value::Column(_), None) => beside(replay, &[Value::Frame(id), other.clone()], at),
        _ => Err(replay.unsupported(at, "this `join`")),
    }
}

/// Tables of the same rows, side by side.
fn beside<'b>(replay: &mut Replay<'_, 'b>, parts: &[Value<'b>], at: Span) -> Eval<'b> {
    let mut out = Frame::default();
    for (number, part) in parts.iter().enumerate() {
        let (frame, space) = match part {
            Value::Frame(id) => (replay.frames[id.0].clone(), replay.frames[id.0].space),
            Value::Column(column) => {
                let mut frame = Frame { space: column.space, ..Frame::default() };
                frame.columns.insert(column.name.clone().unwrap_or_else(|| number.to_string()), part.clone());
                (frame, column.space)
            }
            Value::Unknown(why) => return Err(why.clone()),
            _ => return Err(replay.unsupported(at, "`concat` of this")),
        };
        if number == 0 {
            out.space = space;
        } else if out.space != space {
            return Err(replay.refuse(
                "python-row-alignment",
                at,
                "tables over different rows are put side by side",
                "one of them is filtered",
                "filter after putting them together",
            ));
        }
        for (name, column) in frame.columns {
            if out.columns.contains_key(&name) {
                return Err(replay.unsupported(at, format!("two columns called `{name}`")));
            }
            out.columns.insert(name, column);
        }
        out.families.extend(frame.families);
    }
    Ok(replay.frame(out))
}

fn concat<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let objects = call.need(replay, "objs")?;
    let axis = call.concrete(replay, "axis")?;
    let join = call.text(replay, "join")?;
    let keys = call.concrete(replay, "keys")?.and_then(|keys| keys.items()).unwrap_or_default();
    call.take("sort");
    let by_column = matches!(&axis, Some(record::Value::Int(1))) || axis.as_ref().and_then(record::Value::as_str) == Some("columns");
    let Some(parts) = replay.items(&objects, at) else { return Err(replay.unsupported(at, "`concat` of this")) };
    if by_column {
        if join.is_some_and(|join| join != "outer") || !keys.is_empty() {
            return Err(replay.unsupported(at, "`concat` of columns with `join` or `keys`"));
        }
        return beside(replay, &parts, at);
    }
    super::glue::glue(replay, &parts, keys, at)
}

/// `train.align(score, join="left", axis=1, fill_value=0)`: the scoring frame gets the training columns.
fn align<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let _ = call.rest();
    Err(replay.unsupported(call.span, "`align` called on the scoring frame; call it on the training frame, or use `reindex`"))
}

/// `train.align(score, ...)`, where the receiver is training data.
pub(crate) fn align_known<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let other = call.need(replay, "other")?;
    let how = call.text(replay, "join")?.unwrap_or_else(|| "outer".to_owned());
    call.only(replay, "axis", &[record::Value::Int(1), record::Value::Str("columns".to_owned())])?;
    let fill = call.take("fill_value");
    let (Value::Known(known), Value::Frame(id)) = (&call.receiver, &other) else { return Err(replay.unsupported(at, "this `align`")) };
    if how != "left" {
        return Err(replay.refuse(
            "python-batch-columns",
            at,
            format!("`align(join=\"{how}\")` takes columns from the scoring rows"),
            "",
            "use join=\"left\" with the training frame on the left",
        ));
    }
    let names: Vec<String> = match known.tagged() {
        Some(Tagged::Frame(frame)) => frame.columns.iter().map(|column| super::column_name(&column.name)).collect(),
        _ => match replay.recorded(at).tagged() {
            Some(Tagged::Tuple(parts)) => {
                parts.first().and_then(record::Value::items).unwrap_or_default().iter().map(super::column_name).collect()
            }
            _ => return Err(replay.not_recorded(at)),
        },
    };
    let score = super::frame::with_columns(replay, *id, &names, fill.as_ref(), at)?;
    let recorded = replay.recorded(at).with(true, false);
    let first = match recorded.clone_unused().and_then(record::Value::items) {
        Some(parts) => parts.first().cloned().map(|part| recorded.part(part)),
        None => None,
    };
    Ok(Value::Tuple(vec![Value::Known(first.unwrap_or_else(|| known.clone())), score]))
}

/// A float cell of a column, for arithmetic that needs one.
pub(crate) fn number<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let cell = super::frame::float_cell(replay, &column.cell, at)?;
    match cell.single() {
        Some((kind, val)) => ops::float(kind, val).ok_or_else(|| replay.unsupported(at, "a number from this")),
        None => Err(replay.unsupported(at, "a number from a column of several types")),
    }
}
