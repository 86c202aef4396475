//! pandas on scoring rows: what frames and columns have, selecting, and setting. The calls are in the families beside this file.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

pub(crate) mod asof;
pub(crate) mod categories;
pub(crate) mod encode;
pub(crate) mod formula;
pub(crate) mod frame;
pub(crate) mod glue;
pub(crate) mod group;
pub(crate) mod letters;
pub(crate) mod missing;
pub(crate) mod moments;
pub(crate) mod nested;
pub(crate) mod number;
pub(crate) mod offsets;
pub(crate) mod pattern;
pub(crate) mod pieces;
pub(crate) mod rewrite;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod zones;

pub(crate) use missing::{aligned, is_missing, where_cell};

use crate::ops;
use crate::record::{self, Cells, Labels, Tagged};
use crate::replay::{On, Replay, Role};
use crate::value::{Alternative, Categories, Cell, Column, Eval, Frame, FrameId, Kind, Known, Unknown, Value};
use ir::{Elem, Field, Literal, Map, Table, Type, Val};
use source::{Diagnostic, Span};
use std::rc::Rc;

/// What reads tables, as `READERS` of `reference/python/scorewright_script.py`.
/// What a table looked up by the keys of the rows is called while its labels are those keys.
pub(crate) const BY_LABEL: &str = "by label";

pub(crate) const READERS: &[&str] =
    &["pandas.read_csv", "pandas.read_table", "pandas.read_parquet", "pandas.read_feather", "pandas.read_json", "pandas.read_excel"];

/// `pd.read_csv(...)` and its like: training data and look-up tables are what the record says; scoring rows become parameters.
pub(crate) fn read<'b>(replay: &mut Replay<'_, 'b>, span: Span) -> Eval<'b> {
    let place = replay.log.place(span);
    let found = replay.record.reads.iter().position(|read| read.at.as_deref() == Some(&place) && Some(read.context) == replay.activation);
    let Some(found) = found else { return Err(replay.not_recorded(span)) };
    match replay.roles.of[found] {
        Role::Fit | Role::Lookup => Ok(Value::Known(replay.recorded(span).with(true, false))),
        Role::Score => {
            let frame = score_frame(replay, found);
            Ok(replay.frame(frame))
        }
    }
}

/// The scoring rows: one parameter a column, of the type that training and scoring file together have.
fn score_frame<'b>(replay: &mut Replay<'_, 'b>, number: usize) -> Frame<'b> {
    let read = replay.record.reads[number].clone();
    let training = replay.roles.fit.map(|fit| replay.record.reads[fit].clone());
    let mut frame = Frame::default();
    if let Some(index) = &read.index {
        let name = column_name(&index.name);
        let twin = training.as_ref().and_then(|read| read.index.as_ref()).filter(|other| other.name == index.name);
        let cell = parameter(replay, &name, held_as(&index.dtype), twin.map(|twin| held_as(&twin.dtype)));
        frame.index = cell.map(|cell| Column { cell, name: Some(name), space: 0, array: false });
    }
    for column in &read.columns {
        let name = column_name(&column.name);
        let twin = training.as_ref().and_then(|read| read.columns.iter().find(|other| other.name == column.name));
        let value = match parameter(replay, &name, held_as(&column.dtype), twin.map(|twin| held_as(&twin.dtype))) {
            Some(cell) => Value::Column(Column { cell, name: Some(name.clone()), space: 0, array: false }),
            None => {
                let help = if column.dtype.name.starts_with("datetime64[") {
                    format!("read it as text and convert it then: leave it out of parse_dates, and pd.to_datetime(df[{name:?}], utc=True)")
                } else {
                    "convert the column in the file, or read it with dtype=str".to_owned()
                };
                let diagnostic =
                    Diagnostic::error("python-input-type", format!("the input column `{name}` has the dtype {}", column.dtype.name))
                        .at(
                            source::Place::File(replay.file),
                            "an input column is a number, a truth value, a text, or a moment without a time zone",
                        )
                        .help(help);
                Value::Unknown(replay.block(diagnostic))
            }
        };
        frame.columns.insert(name, value);
    }
    frame
}

/// The dtype of a column's values. Texts read as categories are texts: which categories there are, the rows being scored would decide.
fn held_as(dtype: &record::Dtype) -> &str {
    match &dtype.categories {
        Some(categories) if categories.values().iter().all(|category| category.as_str().is_some()) => "str",
        _ => &dtype.name,
    }
}

pub(crate) fn column_name(value: &record::Value) -> String {
    value.as_str().map_or_else(|| crate::fold::format(value, None).unwrap_or_else(|| value.to_string()), str::to_owned)
}

/// The farthest moment from 1970 that is scored, in microseconds.
const FARTHEST: i64 = 1 << 62;
/// The same before pandas 3, which counts nanoseconds.
const FARTHEST_IN_NANOSECONDS: i64 = i64::MAX / 1000;

/// A parameter, made once however often the file is read.
fn parameter<'b>(replay: &mut Replay<'_, 'b>, name: &str, dtype: &str, training: Option<&str>) -> Option<Cell<'b>> {
    if let Some(cell) = replay.parameters.get(name) {
        return Some(cell.clone());
    }
    let b = replay.b;
    let kind = join(Kind::of_dtype(dtype), training.map(Kind::of_dtype), dtype, training)?;
    let param = |elem: Elem, nullable: bool| b.param_field(Field::new(name, Type { elem, nullable, shape: vec![] }));
    let cell = match kind {
        Some(Kind::Bool) => Cell::new(Kind::Bool, param(Elem::Bool, false)),
        Some(Kind::Int(width)) => Cell::new(Kind::Int(width), param(Elem::I64, false)),
        Some(Kind::Float | Kind::Float32) => Cell::new(Kind::Float, param(Elem::F64, true).or_else(f64::NAN)),
        Some(Kind::Str) => Cell::new(Kind::Str, param(Elem::Str, true)),
        Some(kind @ (Kind::DateTime | Kind::Timedelta)) => {
            let elem = if kind == Kind::DateTime { Elem::DateTime } else { Elem::Duration };
            let moment = param(elem, true).cast(Elem::I64);
            // The least integer is pandas' own mark of a missing moment.
            let marked = moment.eq(i64::MIN).or_else(false);
            let cell = Cell::new(kind, marked.select(b.null(Elem::I64), moment));
            // Beyond this a difference of two moments may pass 64 bits, where pandas raises.
            let farthest = if replay.before_pandas_3() { FARTHEST_IN_NANOSECONDS } else { FARTHEST };
            let far = !marked & (moment.gt(farthest) | moment.lt(-farthest)).or_else(false);
            let reason = ir::Reason::Invalid(format!("{name} is too far from 1970"));
            let at = replay.statement;
            let guard = replay.guard(far, reason, at);
            cell.guarded(&crate::value::Guards::from([guard]))
        }
        Some(Kind::Zoned(_) | Kind::Date | Kind::Category(_) | Kind::Missing | Kind::Document) => return None,
        // Truth values with holes: an object column of True, False and NaN.
        None => {
            let val = param(Elem::Bool, true);
            let missing = Alternative { when: Some(val.is_null()), kind: Kind::Float, val: b.f64(f64::NAN) };
            Cell {
                alternatives: vec![missing, Alternative { when: None, kind: Kind::Bool, val: val.or_else(false) }],
                guards: Default::default(),
            }
        }
    };
    replay.parameters.insert(name.to_owned(), cell.clone());
    Some(cell)
}

/// The kind that holds a column of both files: `Some(None)` is a truth value with holes, `None` nothing that can be an input.
#[expect(clippy::option_option, reason = "the two absences mean different things and are named in the sentence above")]
fn join(score: Option<Kind>, training: Option<Option<Kind>>, dtype: &str, training_dtype: Option<&str>) -> Option<Option<Kind>> {
    let holes = |dtype: &str| dtype == "object";
    match (score, training) {
        (Some(kind), None) => Some(Some(kind)),
        (Some(a), Some(Some(b))) if a == b => Some(Some(a)),
        (Some(Kind::Str), Some(Some(_))) | (Some(_), Some(Some(Kind::Str))) => Some(Some(Kind::Str)),
        (Some(Kind::Int(_) | Kind::Float), Some(Some(Kind::Int(_) | Kind::Float))) => Some(Some(Kind::Float)),
        (Some(Kind::Bool), Some(None)) if training_dtype.is_some_and(holes) => Some(None),
        (None, Some(Some(Kind::Bool))) | (None, Some(None) | None) if holes(dtype) => Some(None),
        _ => None,
    }
}

/// The column names of a frame, as an index.
impl<'b> Replay<'_, 'b> {
    pub(crate) fn column_names(&self, id: FrameId) -> Known {
        let frame = &self.frames[id.0];
        let labels = Cells::Items(frame.columns.keys().map(|name| record::Value::Str(name.clone())).collect());
        let index = record::Value::tagged(Tagged::Index(Labels { dtype: "str".to_owned(), labels }));
        Known::constant(index).with(false, !frame.families.is_empty())
    }
}

pub(crate) fn frame_attribute<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, span: Span) -> Eval<'b> {
    let of = Value::Frame(id);
    match name {
        "columns" => Ok(Value::Known(replay.column_names(id).of(Some(span)))),
        "loc" | "iloc" | "at" | "iat" | "index" => Ok(Value::Part(Box::new(of), name.to_owned())),
        "shape" => {
            let rows = replay.batch(span, "number of rows").unwrap_or_else(Value::Unknown);
            let rows = match rows {
                Value::Known(known) => {
                    let first = known.look().and_then(record::Value::items).and_then(|items| items.first().cloned());
                    first.map_or_else(|| Value::Known(known.clone()), |first| Value::Known(known.part(first)))
                }
                other => other,
            };
            let columns = replay.known(record::Value::Int(replay.frames[id.0].columns.len() as i64));
            Ok(Value::Tuple(vec![rows, columns]))
        }
        "values" => Ok(Value::Matrix(array(replay, &of, span)?)),
        "size" | "empty" => replay.batch(span, "number of rows"),
        "dtypes" => Ok(Value::Known(replay.recorded(span))),
        "T" => Err(replay.other_rows(span, "python-transpose", "T")),
        _ if replay.frames[id.0].columns.contains_key(name) => column_of(replay, id, name, span),
        _ => Ok(Value::Method(Box::new(of), name.to_owned())),
    }
}

pub(crate) fn column_attribute<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, name: &str, span: Span) -> Eval<'b> {
    let of = Value::Column(column.clone());
    match name {
        "str" => Ok(Value::Texts(column.clone(), replay.recorded_texts(span))),
        "dt" | "cat" | "loc" | "iloc" | "at" | "iat" | "index" => Ok(Value::Part(Box::new(of), name.to_owned())),
        // Of a `Categorical`, which has them itself.
        "codes" | "categories" if column.array => encode::category_attribute(replay, column, name, span),
        "values" | "array" => Ok(Value::Column(Column { array: true, ..column.clone() })),
        "T" => Ok(of),
        "dtype" | "dtypes" | "ndim" => Ok(Value::Known(replay.recorded(span))),
        "name" => Ok(replay.known(column.name.clone().map_or(record::Value::NONE, record::Value::Str))),
        "shape" | "size" | "empty" | "hasnans" | "is_unique" => replay.batch(span, "value like that"),
        _ => Ok(Value::Method(Box::new(of), name.to_owned())),
    }
}

pub(crate) fn part_attribute<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, name: &str, span: Span) -> Eval<'b> {
    if let Some(field) = crate::row_turns::field(of, name) {
        return Ok(field);
    }
    match of {
        Value::Part(inner, part) if part == "dt" => match &**inner {
            Value::Column(column) => time::field(replay, column, name, of, span),
            _ => Err(replay.unsupported(span, format!("`.dt.{name}`"))),
        },
        Value::Part(inner, part) if part == "cat" => match &**inner {
            Value::Column(column) => encode::category_attribute(replay, column, name, span),
            _ => Err(replay.unsupported(span, format!("`.cat.{name}`"))),
        },
        Value::Part(_, part) if crate::addresses::is_address(part) => crate::addresses::attribute(replay, of, part, name, span),
        Value::Part(_, part) if part.starts_with("period ") => {
            offsets::period_attribute(replay, of, part.strip_prefix("period ").unwrap_or_default(), name, span)
        }
        Value::Group(group) if replay.frames[group.frame.0].columns.contains_key(name) => Ok(group::select(group, name)),
        Value::Row(id) if replay.frames[id.0].columns.contains_key(name) => row_item(replay, *id, name, span),
        Value::Row(_) | Value::Part(..)
            if (name == "index" || crate::row_order::is_of_row(of))
                && let Some(found) = crate::row_order::attribute(replay, of, name, span) =>
        {
            found
        }
        Value::Matrix(columns) if name == "shape" => {
            let rows = replay.batch(span, "number of rows").unwrap_or_else(Value::Unknown);
            Ok(Value::Tuple(vec![rows, replay.known(record::Value::Int(columns.len() as i64))]))
        }
        _ => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
    }
}

/// A column of a frame; one that may exist is what it means.
pub(crate) fn column_of<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, span: Span) -> Eval<'b> {
    match replay.frames[id.0].columns.get(name) {
        Some(Value::Column(column)) => Ok(Value::Column(column.clone())),
        Some(Value::Unknown(why)) => Err(why.clone()),
        Some(lists @ (Value::Pieces(_) | Value::Objects(_) | Value::Part(..))) => Ok(lists.clone()),
        Some(_) => Err(replay.unsupported(span, format!("the column `{name}`"))),
        None => match family_column(replay, id, name) {
            Some(column) => Ok(Value::Column(column)),
            None => Err(replay.refuse(
                "python-no-column",
                span,
                format!("there is no column `{name}` here when one row is scored"),
                "the recorded run may have had it, or it was made in a way that is not followed",
                "",
            )),
        },
    }
}

/// The dummy column of that name, whether or not the recorded rows made it.
pub(crate) fn family_column<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str) -> Option<Column<'b>> {
    let families = replay.frames[id.0].families.clone();
    families.iter().find_map(|family| encode::member(replay, family, name))
}

/// Whether a value that is being set fills an absent dummy column with zero, which it already means.
pub(crate) fn fills_family<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, value: &Value<'b>) -> bool {
    if replay.frames[id.0].columns.contains_key(name) {
        return false;
    }
    let zero = replay.concrete(value).and_then(|value| value.as_f64()) == Some(0.0);
    match family_column(replay, id, name) {
        Some(column) if zero => {
            replay.frames[id.0].columns.insert(name.to_owned(), Value::Column(column));
            true
        }
        _ => false,
    }
}

/// `name in frame`
pub(crate) fn has_column<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, negated: bool, at: Span) -> Value<'b> {
    let held = replay.frames[id.0].columns.contains_key(name);
    let open = !replay.frames[id.0].families.is_empty();
    Value::Known(Known::constant(record::Value::Bool(held != negated)).with(false, open).of(Some(at)))
}

/// The columns of a table or array, in order.
pub(crate) fn matrix<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, at: Span) -> Result<Vec<Column<'b>>, Unknown> {
    match of {
        Value::Matrix(columns) => Ok(columns.clone()),
        Value::Column(column) => Ok(vec![column.clone()]),
        Value::Frame(id) => {
            if let Some(unknown) = open_columns(replay, *id, at) {
                return Err(unknown);
            }
            let columns: Vec<Value<'b>> = replay.frames[id.0].columns.values().cloned().collect();
            columns
                .into_iter()
                .map(|column| match column {
                    Value::Column(column) => Ok(column),
                    Value::Unknown(why) => Err(why),
                    _ => Err(replay.unsupported(at, "this frame")),
                })
                .collect()
        }
        Value::Unknown(why) => Err(why.clone()),
        _ => Err(replay.unsupported(at, "this as a table")),
    }
}

/// The columns of a table as an array, which has one type.
pub(crate) fn array<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, at: Span) -> Result<Vec<Column<'b>>, Unknown> {
    let columns = matrix(replay, of, at)?;
    let columns = match crate::sklearn::fitted::numeric_kind(&columns) {
        Some(_) => crate::sklearn::compose::in_one_type(columns),
        None => columns,
    };
    Ok(columns.into_iter().map(|column| Column { array: true, ..column }).collect())
}

/// Why the columns of a frame are not certain, if the scoring rows still decide about some.
pub(crate) fn open_columns(replay: &mut Replay<'_, '_>, id: FrameId, _: Span) -> Option<Unknown> {
    let family = replay.frames[id.0].families.first()?.clone();
    Some(replay.refuse(
        "python-batch-columns",
        family.at,
        format!(
            "get_dummies makes {} columns of `{}` here, and other scoring rows would make others",
            family.recorded.len(),
            family.source.name.as_deref().unwrap_or("it")
        ),
        "a column exists only for a category that occurs in these rows",
        "align the frame with the training columns: .reindex(columns=train.columns, fill_value=0)",
    ))
}

fn is_all(index: &Value<'_>) -> bool {
    matches!(index, Value::Slice(None, None, None))
}

/// The names that an index asks for.
fn wanted<'b>(replay: &Replay<'_, 'b>, index: &Value<'b>) -> Option<Vec<String>> {
    let value = replay.concrete(index)?;
    if value.as_str().is_some() {
        return None;
    }
    Some(value.items()?.iter().map(column_name).collect())
}

pub(crate) fn subscript<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, index: &Value<'b>, span: Span) -> Eval<'b> {
    // Rows of a glued frame, with or without `.iloc`.
    let (glued, rows) = match (of, index) {
        (Value::Part(inner, part), Value::Tuple(parts)) if part == "iloc" && parts.get(1).is_some_and(is_all) => (&**inner, &parts[0]),
        (Value::Part(inner, part), rows) if part == "iloc" => (&**inner, rows),
        (of, rows) => (of, rows),
    };
    if let Some(rows) = glue::slice(replay, glued, rows, span).filter(|_| !is_all(index)) {
        return rows;
    }
    if let Some(part) = crate::sklearn::split::by_position(replay, glued, rows, span) {
        return part;
    }
    if let (Value::Matrix(_), Value::Tuple(parts)) = (of, index)
        && let [rows, column] = parts.as_slice()
        && let Some(part) = crate::sklearn::split::by_places(replay, of, rows, span)
    {
        return match part? {
            part @ Value::Matrix(_) => subscript(replay, &part, &Value::Tuple(vec![Value::Slice(None, None, None), column.clone()]), span),
            part => Ok(part),
        };
    }
    let is_of_rows = |value: &Value<'b>| !matches!(value, Value::Tuple(_));
    let (whole, places) = match (of, index) {
        (Value::Part(inner, part), index) if part == "loc" => (&**inner, index),
        _ => (glued, rows),
    };
    if is_of_rows(places)
        && let Some(part) = crate::sklearn::split::by_places(replay, whole, places, span)
    {
        return part;
    }
    if let (Value::Part(inner, part), index) = (of, index)
        && part == "loc"
        && let Value::Frame(id) = **inner
    {
        let key = if let Value::Tuple(parts) = index { parts.first().filter(|_| parts.get(1).is_some_and(is_all)) } else { Some(index) };
        if let Some(rows) = key.and_then(|key| glue::by_key(replay, id, key, span)) {
            return rows;
        }
    }
    if let Value::Part(inner, part) = of
        && let Some((id, name)) = crate::row_writes::place(replay, inner, part, index)
    {
        return row_item(replay, id, &name, span);
    }
    if let Some(item) = crate::row_writes::at_position(replay, of, index) {
        return Ok(item);
    }
    if let Some(items) = crate::row_turns::items(of) {
        return replay.subscript(&Value::Tuple(items), index, span);
    }
    match (of, index) {
        (Value::Frame(id), Value::Column(mask)) => filter_frame(replay, *id, mask, span),
        (Value::Frame(id), Value::Slice(..)) => {
            if is_all(index) {
                Ok(Value::Frame(*id))
            } else {
                Err(replay.other_rows(span, "python-row-position", "[:]"))
            }
        }
        (Value::Frame(id), index) => match replay.concrete(index) {
            Some(name) if name.items().is_none() => column_of(replay, *id, &column_name(&name), span),
            _ => match wanted(replay, index) {
                Some(names) => select(replay, *id, &names, span, replay_flags(replay, index)),
                None => Err(replay.unsupported(span, "this selection")),
            },
        },
        (Value::Column(column), Value::Column(mask)) => {
            if let Some(part) = replay.training_part(span) {
                return Ok(part);
            }
            let keep = truth(replay, mask, span)?;
            let space = narrowed(replay, column.space, keep, mask, span);
            Ok(Value::Column(Column { space, ..column.clone() }))
        }
        (Value::Column(column), index) if is_all(index) => Ok(Value::Column(column.clone())),
        // `array[:, None]` is a matrix of one column.
        (Value::Column(column), Value::Tuple(parts)) if matches!(parts.as_slice(), [rows, new] if is_all(rows) && replay.concrete(new) == Some(record::Value::NONE)) => {
            Ok(Value::Matrix(vec![column.clone()]))
        }
        (Value::Column(_), _) => Err(replay.other_rows(span, "python-row-position", "[]")),
        (Value::Texts(column, _), index) => text::slice(replay, column, index, span),
        (Value::Row(_) | Value::Part(..), Value::Part(..)) if crate::row_order::is_of_row(index) => {
            match crate::row_order::chosen(replay, of, index, span)? {
                Some(chosen) => Ok(chosen),
                None => Err(replay.unsupported(span, "these items of a row")),
            }
        }
        (Value::Part(inner, part), index) => match (&**inner, part.as_str()) {
            (Value::Known(known), "loc" | "at") => table::cell_of_table(replay, known, index, span),
            (Value::Frame(id), "loc") => locate(replay, *id, index, span),
            (Value::Frame(id), "iloc") => locate_position(replay, *id, index, span),
            (Value::Column(column), "loc") => subscript(replay, &Value::Column(column.clone()), index, span),
            (Value::Frame(_) | Value::Column(_), "index") if matches!(index, Value::Column(_)) => {
                let rows = subscript(replay, inner, index, span)?;
                Ok(if matches!(rows, Value::Known(_)) { rows } else { Value::Part(Box::new(rows), "index".to_owned()) })
            }
            (_, "index") if is_all(index) => Ok(of.clone()),
            (Value::Objects(objects), "str") => frame::object_item(replay, objects, index, span),
            _ => Err(replay.other_rows(span, "python-row-position", part)),
        },
        (Value::Matrix(columns), Value::Tuple(parts)) => match parts.as_slice() {
            [rows, column] if is_all(rows) => match (replay.concrete(column).and_then(|at| at.as_int()), column) {
                (Some(at), _) => {
                    let at = if at < 0 { at + columns.len() as i64 } else { at };
                    match usize::try_from(at).ok().and_then(|at| columns.get(at)) {
                        Some(column) => Ok(Value::Column(Column { array: true, ..column.clone() })),
                        None => Err(replay.unsupported(span, "this position")),
                    }
                }
                (None, _) if replay.concrete(column).is_some_and(|places| crate::matrices::chosen(columns, &places).is_some()) => {
                    let places = replay.concrete(column).unwrap_or(record::Value::NONE);
                    Ok(Value::Matrix(crate::matrices::chosen(columns, &places).unwrap_or_default()))
                }
                (None, Value::Slice(..)) => match positions(replay, column, columns.len()) {
                    Some(range) => Ok(Value::Matrix(columns[range].to_vec())),
                    None => Err(replay.unsupported(span, "this slice")),
                },
                _ => Err(replay.unsupported(span, "this position")),
            },
            _ => Err(replay.other_rows(span, "python-row-position", "[]")),
        },
        (Value::Match(found), index) => pattern::group_item(replay, found, index, span),
        (Value::Sequence(items), index) => crate::sequence::item(replay, items, index, span),
        (Value::List(id), index) if replay.is_of_row(*id) => match crate::sequence::of(replay, of, span)? {
            Some(items) => crate::sequence::item(replay, &items, index, span),
            None => Err(replay.unsupported(span, "this item of a list")),
        },
        (Value::Pieces(pieces), index) => pieces::item(replay, pieces, index, span),
        (Value::Row(id), index) if wanted(replay, index).is_some() => {
            let names = wanted(replay, index).unwrap_or_default();
            match select(replay, *id, &names, span, false)? {
                Value::Frame(part) => Ok(Value::Row(part)),
                other => Ok(other),
            }
        }
        (Value::Row(id), index) => match replay.concrete(index).map(|name| column_name(&name)) {
            Some(name) => row_item(replay, *id, &name, span),
            None => Err(replay.unsupported(span, "this item of a row")),
        },
        (Value::Entry(_), index) => crate::literals::item(replay, of, index, span),
        (Value::Cell(_), index) if crate::literals::is_document(of) => crate::literals::item(replay, of, index, span),
        (Value::Cell(_), index) => text::cell_subscript(replay, of, index, span),
        (Value::Group(group), index) => match replay.concrete(index).and_then(|name| name.as_str().map(str::to_owned)) {
            Some(name) => Ok(group::select(group, &name)),
            // A table of the groups has a column of each, which the record has.
            None if wanted(replay, index).is_some() => Ok(Value::Group(group.clone())),
            None => Err(replay.unsupported(span, "these columns of a group")),
        },
        (Value::Tuple(_) | Value::List(_), Value::Cell(place)) => item_of_row(replay, of, place, span),
        (Value::Known(_) | Value::Dict(_), Value::Cell(_) | Value::Tuple(_)) => encode::cell_of_dict(replay, of, index, span),
        (Value::Known(known), Value::Column(places)) => crate::known_arrays::items(replay, known, places, span),
        _ => Err(replay.unsupported(span, "this subscript")),
    }
}

/// `(a, b)[place]`, where the row says which.
fn item_of_row<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, place: &Cell<'b>, span: Span) -> Eval<'b> {
    let items = replay.items(of, span).unwrap_or_default();
    let place = ops::lift(replay, &[place], span, |_, operands| match &operands[0] {
        (Kind::Int(_) | Kind::Bool, val) => Ok((Kind::INT, val.cast(Elem::I64))),
        _ => Err(ops::Trouble::Raises("TypeError")),
    })?;
    let Some((Kind::Int(_), place)) = place.single() else {
        return Err(replay.unsupported(span, "an item at a place that is not a whole number"));
    };
    if items.is_empty() || items.len() > 64 {
        return Err(replay.unsupported(span, "an item of this many"));
    }
    let count = items.len() as i64;
    replay.raise_here(place.ge(count) | place.lt(-count), "IndexError", span);
    let place = place.lt(0_i64).select(place + count, place);
    let mut out: Option<Cell<'b>> = None;
    for (at, item) in items.iter().enumerate().rev() {
        let cell = ops::to_cell(replay, item, None, span)?;
        out = Some(match out {
            None => cell,
            Some(rest) => ops::choose(place.eq(at as i64), &cell, &rest),
        });
    }
    out.map(Value::Cell).ok_or_else(|| replay.unsupported(span, "an item of nothing"))
}

fn replay_flags<'b>(replay: &Replay<'_, 'b>, index: &Value<'b>) -> bool {
    replay.flags(&[index]).1
}

fn row_item<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, span: Span) -> Eval<'b> {
    match column_of(replay, id, name, span)? {
        Value::Column(column) => Ok(Value::Cell(crate::udf::python_cell(replay, &column.cell))),
        Value::Pieces(pieces) => match pieces.of_row() {
            Some(pieces) => Ok(Value::Pieces(pieces)),
            None => Err(replay.unsupported(span, "a list of a row that may be missing")),
        },
        Value::Objects(objects) if objects.missing.is_none() => Ok(objects.value),
        Value::Objects(_) => Err(replay.unsupported(span, "a list of a row that may be missing")),
        other => Ok(other),
    }
}

/// The columns of those names, in that order.
pub(crate) fn select<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, names: &[String], span: Span, open: bool) -> Eval<'b> {
    let mut frame = Frame { space: replay.frames[id.0].space, index: replay.frames[id.0].index.clone(), ..Frame::default() };
    if open {
        // The list of names itself was made from columns that the scoring rows decided.
        frame.families = replay.frames[id.0].families.clone();
    }
    for name in names {
        let column = column_of(replay, id, name, span).unwrap_or_else(Value::Unknown);
        if frame.columns.insert(name.clone(), column).is_some() {
            return Err(replay.unsupported(span, format!("the column `{name}` twice in one frame")));
        }
    }
    Ok(replay.frame(frame))
}

/// A mask as a truth value.
fn truth<'b>(replay: &mut Replay<'_, 'b>, mask: &Column<'b>, span: Span) -> Result<Val<'b>, Unknown> {
    match mask.cell.single() {
        Some((Kind::Bool, val)) => Ok(val),
        _ => Err(replay.unsupported(span, "a mask that is not of truth values")),
    }
}

/// How far two masks are compared.
const DEEPEST: u8 = 6;

/// Whether two values are computed in the same way from the same ones.
fn is_same(one: Val<'_>, other: Val<'_>, deepest: u8) -> bool {
    let alike = |a: ir::Value, b: ir::Value| is_same(one.builder().value(a), other.builder().value(b), deepest - 1);
    one.value() == other.value()
        || deepest > 0
            && match (one.made_by(), other.made_by()) {
                (ir::Op::Const(a), ir::Op::Const(b)) => a == b,
                (ir::Op::Unary(f, a), ir::Op::Unary(g, b)) => f == g && alike(a, b),
                (ir::Op::Binary(f, a, b), ir::Op::Binary(g, c, d)) => f == g && alike(a, c) && alike(b, d),
                _ => false,
            }
}

fn narrowed<'b>(replay: &mut Replay<'_, 'b>, space: usize, keep: Val<'b>, mask: &Column<'b>, span: Span) -> usize {
    // The same mask on several frames of the same rows leaves the same rows.
    let is_it = |filter: usize| match (replay.masks.get(&filter), mask.cell.single()) {
        (Some(Some(other)), Some((_, val))) => is_same(val, replay.b.value(*other), DEEPEST),
        _ => false,
    };
    let same = replay.spaces.iter().position(|one| one.parent == Some(space) && one.filter.is_some_and(is_it));
    let left = match same {
        Some(same) => same,
        None => {
            let made = replay.filtered(space, keep, span);
            if let Some(filter) = replay.spaces[made].filter {
                replay.masks.insert(filter, mask.cell.single().map(|(_, val)| val.value()));
                replay.filter_guards.insert(filter, mask.cell.guards.clone());
            }
            made
        }
    };
    replay.filters_into(left, span);
    left
}

pub(crate) fn filter_frame<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, mask: &Column<'b>, span: Span) -> Eval<'b> {
    if let Some(part) = replay.training_part(span) {
        return Ok(part);
    }
    let keep = truth(replay, mask, span)?;
    if let Some(part) = glue::by_mask(replay, id, mask, span) {
        return part;
    }
    let mut frame = replay.frames[id.0].clone();
    frame.space = narrowed(replay, frame.space, keep, mask, span);
    let space = frame.space;
    for column in frame.columns.values_mut() {
        column.move_to(space);
    }
    Ok(replay.frame(frame))
}

fn locate<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, index: &Value<'b>, span: Span) -> Eval<'b> {
    let labels = if let Value::Tuple(parts) = index { parts.first().unwrap_or(index) } else { index };
    if let Some(part) = crate::sklearn::split::by_labels(replay, &Value::Frame(id), labels, span) {
        return Ok(part);
    }
    let (rows, columns) = match index {
        Value::Tuple(parts) => match parts.as_slice() {
            [rows, columns] => (rows.clone(), Some(columns.clone())),
            _ => return Err(replay.unsupported(span, "this selection")),
        },
        rows => (rows.clone(), None),
    };
    let frame = match &rows {
        Value::Column(mask) => match filter_frame(replay, id, mask, span)? {
            frame @ Value::Frame(_) => frame,
            part => return Ok(part),
        },
        rows if is_all(rows) => Value::Frame(id),
        Value::Part(of, part) if part == "index" => {
            let (own, space) = (replay.frames[id.0].space, replay.space_of(of));
            match space {
                Some(space) if space == own => Value::Frame(id),
                Some(space) if replay.filters_between(space, own).is_some() => replay.in_space(id, space),
                _ => return Err(replay.other_rows(span, "python-row-position", "loc")),
            }
        }
        _ => return Err(replay.other_rows(span, "python-row-position", "loc")),
    };
    match columns {
        None => Ok(frame),
        // A mask over the column names, as `~df.columns.isin(...)`.
        Some(columns) if !replay.touches_rows(&columns) && mask_over_names(replay, &columns).is_some() => {
            let mask = mask_over_names(replay, &columns).unwrap_or_default();
            let Value::Frame(id) = frame else { return Ok(frame) };
            let names: Vec<String> =
                replay.frames[id.0].columns.keys().zip(mask).filter(|(_, keep)| *keep).map(|(name, _)| name.clone()).collect();
            select(replay, id, &names, span, false)
        }
        Some(columns) if matches!(columns, Value::Slice(..)) => {
            let Value::Frame(id) = frame else { return Ok(frame) };
            match label_range(replay, id, &columns) {
                Some(names) => select(replay, id, &names, span, false),
                None => Err(replay.unsupported(span, "this range of columns")),
            }
        }
        Some(columns) => subscript(replay, &frame, &columns, span),
    }
}

fn mask_over_names<'b>(replay: &Replay<'_, 'b>, value: &Value<'b>) -> Option<Vec<bool>> {
    let items = replay.concrete(value)?.items()?;
    if items.is_empty() {
        return None;
    }
    items.iter().map(record::Value::as_bool).collect()
}

/// `"a":"c"`, both ends included.
fn label_range<'b>(replay: &Replay<'_, 'b>, id: FrameId, range: &Value<'b>) -> Option<Vec<String>> {
    let Value::Slice(lower, upper, None) = range else { return None };
    let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
    let at = |bound: &Option<Box<Value<'b>>>, default: usize| match bound {
        None => Some(default),
        Some(bound) => {
            let name = column_name(&replay.concrete(bound)?);
            names.iter().position(|one| *one == name)
        }
    };
    let (from, to) = (at(lower, 0)?, at(upper, names.len().checked_sub(1)?)?);
    Some(names.get(from..=to)?.to_vec())
}

/// A range of positions from a slice of constants.
fn positions<'b>(replay: &Replay<'_, 'b>, slice: &Value<'b>, len: usize) -> Option<std::ops::Range<usize>> {
    let Value::Slice(lower, upper, None) = slice else { return None };
    let len = len as i64;
    let at = |bound: &Option<Box<Value<'b>>>, default: i64| match bound {
        None => Some(default),
        Some(bound) => replay.concrete(bound)?.as_int().map(|at| (if at < 0 { at + len } else { at }).clamp(0, len)),
    };
    let (from, to) = (at(lower, 0)?, at(upper, len)?);
    Some(from as usize..to.max(from) as usize)
}

fn locate_position<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, index: &Value<'b>, span: Span) -> Eval<'b> {
    if let Value::Tuple(parts) = index
        && let [rows, columns] = parts.as_slice()
        && is_all(rows)
    {
        let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
        if let Some(range) = positions(replay, columns, names.len()) {
            return select(replay, id, &names[range], span, false);
        }
        let pick = |at: i64| usize::try_from(if at < 0 { at + names.len() as i64 } else { at }).ok().and_then(|at| names.get(at).cloned());
        match replay.concrete(columns) {
            Some(record::Value::Int(at)) => {
                if let Some(name) = pick(at) {
                    return column_of(replay, id, &name, span);
                }
            }
            Some(value) => {
                if let Some(names) =
                    value.items().and_then(|items| items.iter().map(|item| pick(item.as_int()?)).collect::<Option<Vec<_>>>())
                {
                    return select(replay, id, &names, span, false);
                }
            }
            None => {}
        }
    }
    Err(replay.other_rows(span, "python-row-position", "iloc"))
}

/// `frame[index] = value`
pub(crate) fn set_item<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, index: &Value<'b>, value: Value<'b>, at: Span) {
    match replay.concrete(index) {
        Some(name) if name.items().is_none() => replay.set_column(id, &column_name(&name), value, at),
        Some(names) => {
            let names: Vec<String> = names.items().unwrap_or_default().iter().map(column_name).collect();
            let columns: Result<Vec<Value<'b>>, Unknown> = match &value {
                Value::Unknown(why) => Err(why.clone()),
                Value::Known(_) | Value::Cell(_) | Value::Column(_) => Ok(vec![value.clone(); names.len()]),
                Value::Pieces(pieces) => pieces::columns(replay, pieces, names.len(), at),
                // `tolist()`, as a table.
                Value::Objects(objects) if objects.like.array => frame::object_columns(replay, objects, at),
                value => matrix(replay, value, at).map(|columns| columns.into_iter().map(Value::Column).collect()),
            };
            match columns {
                Ok(columns) if columns.len() == names.len() => {
                    for (name, column) in names.iter().zip(columns) {
                        let column = match column {
                            Value::Column(column) => Value::Column(Column { array: true, ..column }),
                            other => other,
                        };
                        replay.set_column(id, name, column, at);
                    }
                }
                Ok(_) => {
                    let why = replay.unsupported(at, "setting another number of columns");
                    names.iter().for_each(|name| replay.set_column(id, name, Value::Unknown(why.clone()), at));
                }
                Err(why) => names.iter().for_each(|name| replay.set_column(id, name, Value::Unknown(why.clone()), at)),
            }
        }
        None => {
            let why = match replay.unknown_among(&[index, &value]) {
                Some(why) => why,
                None => match crate::array_cells::set_in_frame(replay, id, index, &value, at) {
                    Some(Ok(())) => return,
                    Some(Err(why)) => why,
                    None => replay.unsupported(at, "setting by this"),
                },
            };
            replay.forget_frame(id, &why);
        }
    }
}

/// `frame.loc[mask, column] = value`
pub(crate) fn set_part<'b>(
    replay: &mut Replay<'_, 'b>,
    of: &Value<'b>,
    part: &str,
    index: &Value<'b>,
    value: Value<'b>,
    at: Span,
) -> Result<(), Unknown> {
    if let Some(why) = replay.unknown_among(&[index]) {
        return Err(why);
    }
    let (Value::Frame(id), "loc", Value::Tuple(parts)) = (of, part, index) else {
        return Err(replay.unsupported(at, format!("setting by `.{part}`")));
    };
    let [rows, columns] = parts.as_slice() else { return Err(replay.unsupported(at, "setting by `.loc`")) };
    let names: Vec<String> = match replay.concrete(columns) {
        Some(name) if name.items().is_none() => vec![column_name(&name)],
        Some(names) => names.items().unwrap_or_default().iter().map(column_name).collect(),
        None => return Err(replay.unsupported(at, "setting columns that are not known")),
    };
    // A list has a value for each column.
    let listed = match &value {
        Value::List(_) | Value::Tuple(_) => replay.items(&value, at).filter(|items| items.len() == names.len()),
        _ => None,
    };
    for (place, name) in names.into_iter().enumerate() {
        let value = listed.as_ref().map_or_else(|| value.clone(), |items| items[place].clone());
        if is_all(rows) {
            replay.set_column(*id, &name, value.clone(), at);
            continue;
        }
        let Value::Column(mask) = rows else { return Err(replay.other_rows(at, "python-row-position", "loc")) };
        let old = match replay.frames[id.0].columns.get(&name) {
            Some(old) => old.clone(),
            None => {
                let missing = Cell::new(Kind::Float, replay.b.f64(f64::NAN));
                Value::Column(Column { cell: missing, name: Some(name.clone()), space: replay.frames[id.0].space, array: false })
            }
        };
        let new = match (&old, &value) {
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(why.clone()),
            (Value::Column(old), _) => {
                let old = old.clone();
                set_where(replay, &old, &Value::Column(mask.clone()), &value, at).unwrap_or_else(Value::Unknown)
            }
            _ => Value::Unknown(replay.unsupported(at, "setting this")),
        };
        replay.set_column(*id, &name, new, at);
    }
    Ok(())
}

/// A column with `value` where the mask holds.
pub(crate) fn set_where<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, mask: &Value<'b>, value: &Value<'b>, at: Span) -> Eval<'b> {
    let mask = match mask {
        Value::Column(mask) => mask,
        Value::Unknown(why) => return Err(why.clone()),
        _ => return Err(replay.other_rows(at, "python-row-position", "[]")),
    };
    if mask.space != column.space {
        return Err(replay.unsupported(at, "a mask over other rows"));
    }
    let keep = truth(replay, mask, at)?;
    // A filtered column on the right has its own rows where the mask holds; that is the same row.
    let new = ops::to_cell(replay, value, column.cell.single().map(|(kind, _)| kind), at)?;
    let guards = mask.cell.guards.clone();
    let cell = where_cell(replay, keep, &new, &column.cell, at)?.guarded(&guards);
    Ok(Value::Column(column.with(cell)))
}

/// A scalar spread over the rows.
pub(crate) fn spread<'b>(
    replay: &mut Replay<'_, 'b>,
    value: &Value<'b>,
    name: Option<&str>,
    space: usize,
    at: Span,
) -> Result<Column<'b>, Unknown> {
    let cell = ops::to_cell(replay, value, None, at)?;
    Ok(Column { cell, name: name.map(str::to_owned), space, array: false })
}

/// `frame.columns = names`
pub(crate) fn rename_all<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, names: &Value<'b>, at: Span) {
    let items = replay.concrete(names).and_then(|value| value.items());
    match items {
        Some(items) if items.len() == replay.frames[id.0].columns.len() => {
            let columns = std::mem::take(&mut replay.frames[id.0].columns);
            for (name, (_, mut column)) in items.iter().zip(columns) {
                let name = column_name(name);
                if let Value::Column(column) = &mut column {
                    column.name = Some(name.clone());
                }
                replay.frames[id.0].columns.insert(name, column);
            }
        }
        _ => {
            let why = replay.unsupported(at, "these column names");
            replay.forget_frame(id, &why);
        }
    }
}

/// The value of a category by its code. A missing one is null, NaN, or 0 among whole numbers: there the caller looks at the code.
pub(crate) fn category_values<'b>(replay: &Replay<'_, 'b>, categories: &Rc<Categories>, code: Val<'b>) -> Option<(Kind, Val<'b>)> {
    let b = replay.b;
    let literals: Option<Vec<Literal>> = if categories.values.iter().all(|value| value.as_str().is_some()) {
        categories.values.iter().map(|value| value.as_str().map(Literal::from)).collect()
    } else if categories.values.iter().all(|value| value.as_int().is_some()) {
        categories.values.iter().map(|value| value.as_int().map(Literal::I64)).collect()
    } else {
        categories.values.iter().map(|value| value.as_f64().map(Literal::F64)).collect()
    };
    let literals = literals?;
    let elem = literals.first()?.elem();
    let rows = literals.into_iter().zip(0..).map(|(value, code)| (vec![Literal::I64(code)], value)).collect();
    let table = b.table(Table::Map(Map { name: "categories".to_owned(), keys: vec![Elem::I64], value: elem, rows }));
    let found = b.lookup(table, &[code]);
    Some(match elem {
        Elem::Str => (Kind::Str, found),
        Elem::I64 => (Kind::INT, found.or_else(0_i64)),
        _ => (Kind::Float, found.or_else(f64::NAN)),
    })
}

/// Calls that look at other rows, by name: their refusal says so.
const WINDOWS: &[&str] = &[
    "shift",
    "diff",
    "rolling",
    "expanding",
    "ewm",
    "pct_change",
    "ffill",
    "bfill",
    "interpolate",
    "cumsum",
    "cumprod",
    "cummax",
    "cummin",
    "rank",
];
const REDUCTIONS: &[&str] = &[
    "mean",
    "median",
    "sum",
    "std",
    "var",
    "min",
    "max",
    "mode",
    "quantile",
    "count",
    "nunique",
    "unique",
    "value_counts",
    "skew",
    "kurt",
    "idxmax",
    "idxmin",
    "corr",
    "describe",
    "any",
    "all",
    "prod",
    "sem",
    "mad",
    "argmax",
    "argmin",
];
const ROW_CHANGES: &[&str] = &[
    "explode",
    "melt",
    "pivot",
    "pivot_table",
    "stack",
    "unstack",
    "duplicated",
    "drop_duplicates",
    "sample",
    "nlargest",
    "nsmallest",
    "groupby",
    "resample",
    "head",
    "tail",
    "append",
];

/// The refusal of a method that no family has.
pub(crate) fn refuse_method<'b>(replay: &mut Replay<'_, 'b>, on: On, receiver: &Value<'b>, name: &str, span: Span) -> Unknown {
    let what = match on {
        On::Column | On::Objects => format!("`Series.{name}`"),
        On::Frame => format!("`DataFrame.{name}`"),
        On::Text | On::Pieces => format!("`.str.{name}`"),
        On::Time => format!("`.dt.{name}`"),
        On::Period => format!("`.{name}` of a period"),
        On::Cat => format!("`.cat.{name}`"),
        On::Group => format!("`groupby(...).{name}` over scoring rows"),
        On::Matrix => format!("`.{name}` of an array"),
        On::Estimator => {
            let class = if let Value::Known(known) = receiver
                && let Some(Tagged::Estimator(estimator)) = known.tagged()
            {
                estimator.class_name().to_owned()
            } else {
                String::new()
            };
            format!("`{class}.{name}`")
        }
        On::Function | On::Cell | On::Row | On::Match => format!("`.{name}()`"),
    };
    if matches!(on, On::Column | On::Frame | On::Matrix) {
        if WINDOWS.contains(&name) {
            return replay.other_rows(span, "python-rolling-window", name);
        }
        if REDUCTIONS.contains(&name) {
            return match replay.batch(span, name) {
                Err(why) => why,
                Ok(_) => replay.unsupported(span, what),
            };
        }
        if ROW_CHANGES.contains(&name) {
            return replay.other_rows(span, "python-rows-change", name);
        }
    }
    if on == On::Group {
        return replay.refuse(
            "python-group-of-scoring-rows",
            span,
            format!("`groupby().{name}` looks at several rows at once"),
            "a converted function sees one row at a time",
            "make a table of the training rows, and look it up: means = train.groupby(key)[column].mean(), then df[key].map(means)",
        );
    }
    replay.unsupported(span, what)
}
