//! What a loop or comprehension over scoring rows has in each turn: the cells of a series or of several, `iterrows`, `itertuples`, the dicts of
//! `to_dict("records")`, and any of them behind `enumerate`. Which turn it is says nothing of the row by itself.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is not over rows has no turns")]

use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::udf::python_cell;
use crate::value::{Cell, Column, Eval, FrameId, Guards, Kind, Value};
use source::Span;

pub(crate) const ROWS: &[Row] =
    &[Row::new(On::Frame, "iterrows", iterrows), Row::new(On::Frame, "itertuples", itertuples), Row::new(On::Frame, "to_dict", records)];

/// What these iterables are, beside their frame.
pub(crate) const ITERROWS: &str = "iterrows";
const TUPLES: &str = "itertuples";
const LABELLED_TUPLES: &str = "itertuples with labels";
pub(crate) const RECORDS: &str = "records";
const ENUMERATED: &str = "enumerated";

/// What the items of `itertuples` are, beside their fields.
const NAMED_TUPLE: &str = "named tuple";

/// What is iterated over row by row.
pub(crate) struct Rows<'b> {
    /// What one row has of it.
    pub item: Value<'b>,
    pub guards: Guards,
    /// A column over these rows.
    pub like: Column<'b>,
}

fn iterrows<'b>(_: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    Ok(Value::Part(Box::new(call.receiver.clone()), ITERROWS.to_owned()))
}

/// `frame.itertuples()`: named tuples, whose first field is the label, or without it; or plain tuples.
fn itertuples<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let with_label = ["index", "0"].iter().find_map(|name| call.take(name));
    let with_label = with_label.and_then(|one| replay.concrete(&one)).and_then(|one| one.as_bool()).unwrap_or(true);
    let name = ["name", "1"].iter().find_map(|name| call.take(name)).and_then(|name| replay.concrete(&name));
    if name == Some(record::Value::NONE) && !with_label {
        return super::pandas::matrix(replay, &call.receiver.clone(), call.span).map(Value::Zipped);
    }
    let part = if with_label { LABELLED_TUPLES } else { TUPLES };
    Ok(Value::Part(Box::new(call.receiver.clone()), part.to_owned()))
}

/// `frame.to_dict(orient="records")`: a dict a row.
fn records<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match call.text(replay, "orient")?.as_deref() {
        Some("records") => Ok(Value::Part(Box::new(call.receiver.clone()), RECORDS.to_owned())),
        _ => Err(replay.other_rows(call.span, "python-rows-change", "to_dict")),
    }
}

/// `enumerate` of what is iterated over row by row. None for anything else.
pub(crate) fn enumerated<'b>(iterable: &Value<'b>) -> Option<Value<'b>> {
    let over_rows = match iterable {
        Value::Column(_) | Value::Zipped(_) | Value::Objects(_) => true,
        Value::Part(_, part) => matches!(part.as_str(), ITERROWS | TUPLES | LABELLED_TUPLES | RECORDS),
        _ => false,
    };
    over_rows.then(|| Value::Part(Box::new(iterable.clone()), ENUMERATED.to_owned()))
}

/// What each turn has of an iterable over rows. None for anything else.
pub(crate) fn rows_of<'b>(replay: &mut Replay<'_, 'b>, iterable: &Value<'b>, at: Span) -> Option<Rows<'b>> {
    match iterable {
        Value::Column(column) => {
            let item = Value::Cell(python_cell(replay, &column.cell));
            Some(Rows { item, guards: column.cell.guards.clone(), like: column.clone() })
        }
        Value::Zipped(columns) => {
            let like = columns.first().filter(|first| columns.iter().all(|one| one.space == first.space))?.clone();
            let cells = columns.iter().map(|column| Value::Cell(python_cell(replay, &column.cell))).collect();
            let guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
            Some(Rows { item: Value::Tuple(cells), guards, like })
        }
        Value::Objects(objects) if objects.missing.is_none() => {
            Some(Rows { item: objects.value.clone(), guards: objects.like.cell.guards.clone(), like: objects.like.clone() })
        }
        Value::Part(of, part) if part == ENUMERATED => {
            let Rows { item, guards, like } = rows_of(replay, of, at)?;
            let turn = Value::Unknown(replay.unsupported(at, "the number of a row"));
            Some(Rows { item: Value::Tuple(vec![turn, item]), guards, like })
        }
        Value::Part(of, part) => match **of {
            Value::Frame(id) => rows_of_frame(replay, id, part, at),
            _ => None,
        },
        _ => None,
    }
}

fn rows_of_frame<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, part: &str, at: Span) -> Option<Rows<'b>> {
    let space = replay.frames[id.0].space;
    let like = Column { cell: Cell::new(Kind::Missing, replay.b.bool(false)), name: None, space, array: true };
    let label = |replay: &mut Replay<'_, 'b>| Value::Unknown(replay.unsupported(at, "the label of a row"));
    if part == ITERROWS {
        let item = Value::Tuple(vec![label(replay), Value::Row(id)]);
        return Some(Rows { item, guards: Guards::new(), like });
    }
    let slots = replay.frames[id.0].columns.clone();
    let cell = |(name, slot): (String, Value<'b>)| match slot {
        // What a cell raises it raises where it is looked at: a tuple or dict holds all of them.
        Value::Column(column) => (name, Value::Cell(python_cell(replay, &column.cell))),
        other => (name, other),
    };
    let mut cells: Vec<(String, Value<'b>)> = slots.into_iter().map(cell).collect();
    let item = match part {
        RECORDS => {
            let pairs = cells.into_iter().map(|(name, cell)| (replay.known(record::Value::Str(name)), cell)).collect();
            replay.dict(pairs)
        }
        TUPLES | LABELLED_TUPLES => {
            if part == LABELLED_TUPLES {
                let label = label(replay);
                cells.insert(0, ("Index".to_owned(), label));
            }
            Value::Part(Box::new(Value::Labelled(cells)), NAMED_TUPLE.to_owned())
        }
        _ => return None,
    };
    Some(Rows { item, guards: Guards::new(), like })
}

/// The fields of a named tuple. None for anything else.
fn fields<'v, 'b>(value: &'v Value<'b>) -> Option<&'v [(String, Value<'b>)]> {
    match value {
        Value::Part(of, part) if part == NAMED_TUPLE => match &**of {
            Value::Labelled(fields) => Some(fields),
            _ => None,
        },
        _ => None,
    }
}

/// The items of a named tuple, which are those of a tuple. None for anything else.
pub(crate) fn items<'b>(value: &Value<'b>) -> Option<Vec<Value<'b>>> {
    Some(fields(value)?.iter().map(|(_, item)| item.clone()).collect())
}

/// `row.name`. A name that is no identifier is none of a field. None for anything else than a field of a named tuple.
pub(crate) fn field<'b>(value: &Value<'b>, name: &str) -> Option<Value<'b>> {
    fields(value)?.iter().find(|(one, _)| one == name).map(|(_, item)| item.clone())
}
