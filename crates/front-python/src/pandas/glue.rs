//! Training rows and scoring rows glued together: `pd.concat([train, score])`, worked on as one frame, and taken apart again.
//!
//! For a scoring row the glued frame is the scoring frame, in a space of rows of its own. What is reduced over that space was computed
//! over both in the recorded run, and is frozen with a note.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops;
use crate::record::{self, Tagged};
use crate::replay::{Glue, Replay, Space};
use crate::value::{Cell, Column, Eval, Frame, FrameId, Kind, Unknown, Value};
use ir::Literal;
use source::Span;

/// `pd.concat(parts, keys=keys)`: training frames first, the scoring frame last.
pub(crate) fn glue<'b>(replay: &mut Replay<'_, 'b>, parts: &[Value<'b>], keys: Vec<record::Value>, at: Span) -> Eval<'b> {
    let refused = |replay: &mut Replay<'_, 'b>| {
        Err(replay.refuse(
            "python-glued-frames",
            at,
            "training rows and scoring rows are glued together in a way that is not followed",
            "",
            "glue the training frame and, after it, the whole scoring frame: pd.concat([train, score])",
        ))
    };
    let Some((last, before)) = parts.split_last() else { return refused(replay) };
    if let Value::Column(column) = last {
        let is_series = |part: &Value<'b>| matches!(part, Value::Known(known) if matches!(known.tagged(), Some(Tagged::Series(_))));
        if before.is_empty() || !before.iter().all(is_series) {
            return refused(replay);
        }
        return glued_column(replay, column, at);
    }
    let Value::Frame(id) = last else { return refused(replay) };
    let mut train_rows = 0;
    for part in before {
        let Value::Known(known) = part else { return refused(replay) };
        match known.tagged() {
            Some(Tagged::Frame(frame)) => train_rows += frame.rows,
            _ => return refused(replay),
        }
    }
    let recorded = replay.recorded(at);
    let columns = match recorded.tagged() {
        Some(Tagged::Frame(frame)) if !before.is_empty() => frame.columns.clone(),
        _ => return refused(replay),
    };
    let old = replay.frames[id.0].clone();
    if let Some(why) = super::open_columns(replay, *id, at) {
        return Err(why);
    }
    let glue = Glue { at, train_rows: Some(train_rows), scoring_space: old.space, keys: keys.into() };
    replay.spaces.push(Space { parent: Some(old.space), glue: Some(glue), ..Space::default() });
    let space = replay.spaces.len() - 1;
    let mut frame = Frame { space, ..Frame::default() };
    for column in &columns {
        let name = super::column_name(&column.name);
        let value = match old.columns.get(&name) {
            Some(Value::Column(old)) => match widened(replay, &old.cell, &column.dtype.name, at) {
                Ok(cell) => Value::Column(Column { cell, space, ..old.clone() }),
                Err(why) => Value::Unknown(why),
            },
            Some(other) => other.clone(),
            None => {
                let cell = match Kind::of_dtype(&column.dtype.name) {
                    Some(Kind::Str) => Cell::new(Kind::Str, replay.b.null(ir::Elem::Str)),
                    _ => Cell::new(Kind::Float, replay.b.f64(f64::NAN)),
                };
                Value::Column(Column { cell, name: Some(name.clone()), space, array: false })
            }
        };
        frame.columns.insert(name, value);
    }
    Ok(replay.frame(frame))
}

/// A column of training rows and after it one of scoring rows.
fn glued_column<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, at: Span) -> Eval<'b> {
    let recorded = replay.recorded(at);
    let cell = match recorded.tagged() {
        Some(Tagged::Series(series)) => widened(replay, &column.cell, &series.dtype.name.clone(), at)?,
        _ => column.cell.clone(),
    };
    let glue = Glue { at, train_rows: None, scoring_space: column.space, keys: Vec::new().into() };
    replay.spaces.push(Space { parent: Some(column.space), glue: Some(glue), ..Space::default() });
    let space = replay.spaces.len() - 1;
    Ok(Value::Column(Column { cell, space, ..column.clone() }))
}

/// `list(train[c]) + list(score[c])`. None if it is not two lists that are put together.
pub(crate) fn lists<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let (Value::Known(_), Value::Column(column)) = (left, right) else { return None };
    let made = replay.recorded(at);
    let is_list = match made.clone_unused()?.as_tagged()? {
        Tagged::List(_) => true,
        Tagged::Other(class) => class == "builtins.list" || class == "list",
        _ => false,
    };
    is_list.then(|| {
        made.look();
        glued_column(replay, column, at)
    })
}

/// A column of the scoring frame in the dtype that the two parts have together.
fn widened<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, dtype: &str, at: Span) -> Result<Cell<'b>, Unknown> {
    match (cell.single(), Kind::of_dtype(dtype)) {
        (Some((kind, _)), Some(to)) if *kind == to => Ok(cell.clone()),
        (Some((kind, val)), Some(to)) if super::missing::common(kind, &to).as_ref() == Some(&to) => {
            let val = super::missing::promote(val, kind, &to);
            Ok(Cell { guards: cell.guards.clone(), ..Cell::new(to, val) })
        }
        // The parameter is wider than what the recorded rows needed.
        (Some((Kind::Float, _)), Some(Kind::Int(_))) => Ok(cell.clone()),
        (Some((Kind::Category(_), _)), _) => Err(replay.unsupported(at, "a glued column of categories")),
        (None, None) | (Some((Kind::Str, _)), None) => Ok(cell.clone()),
        // A column that is missing for all scoring rows, as the target is: what the training rows have in it does not matter.
        (Some((Kind::Float, val)), None) if matches!(val.literal(), Some(Literal::F64(value)) if value.is_nan()) => Ok(cell.clone()),
        (Some((Kind::Float, val)), Some(Kind::Str)) if matches!(val.literal(), Some(Literal::F64(value)) if value.is_nan()) => {
            Ok(Cell::new(Kind::Str, replay.b.null(ir::Elem::Str)))
        }
        _ => Err(replay.unsupported(at, format!("a column that is {dtype} once the frames are glued"))),
    }
}

/// The training rows: from here on everything is what the recorded run saw.
fn training_rows<'b>(replay: &Replay<'_, 'b>, at: Span) -> Value<'b> {
    Value::Known(replay.recorded(at).with(true, false))
}

/// `glued[:n]` and `glued[n:]`, where `n` is the number of training rows. None if the frame is not glued.
pub(crate) fn slice<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, index: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let space = match of {
        Value::Frame(id) => replay.frames[id.0].space,
        Value::Column(column) => column.space,
        Value::Matrix(columns) => columns.first()?.space,
        _ => return None,
    };
    let glue = replay.spaces[space].glue.clone()?;
    let Value::Slice(lower, upper, None) = index else { return None };
    let bound = |part: &Option<Box<Value<'b>>>| part.as_ref().map(|part| replay.concrete(part).and_then(|part| part.as_int()));
    let rows = glue.train_rows.and_then(|rows| i64::try_from(rows).ok());
    Some(match (bound(lower), bound(upper)) {
        (None | Some(Some(0)), Some(end)) if end.is_some() && end == rows => Ok(training_rows(replay, at)),
        (Some(start), None) if start.is_some() && start == rows => Ok(match of {
            Value::Frame(id) => replay.in_space(*id, glue.scoring_space),
            Value::Column(column) => Value::Column(Column { space: glue.scoring_space, ..column.clone() }),
            Value::Matrix(columns) => {
                Value::Matrix(columns.iter().map(|column| Column { space: glue.scoring_space, ..column.clone() }).collect())
            }
            other => other.clone(),
        }),
        _ => Err(replay.refuse(
            "python-glued-frames",
            at,
            "this takes other rows from a glued frame than the training rows or the scoring rows",
            glue.train_rows.map_or("how many of them are training rows is not followed".to_owned(), |rows| {
                format!("the training rows are the first {rows}")
            }),
            "take the glued frame apart with [:len(train)] and [len(train):]",
        )),
    })
}

/// `glued.loc["test"]` of frames that were glued by keys. None if the frame is not.
pub(crate) fn by_key<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, key: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let glue = replay.spaces[replay.frames[id.0].space].glue.clone()?;
    let key = replay.concrete(key)?;
    let found = glue.keys.iter().position(|one| crate::fold::same_key(one, &key))?;
    Some(Ok(if found + 1 == glue.keys.len() { replay.in_space(id, glue.scoring_space) } else { training_rows(replay, at) }))
}

/// `glued[glued["is_train"] == 0]`: a mask that is one truth for all scoring rows tells them from the training rows.
pub(crate) fn by_mask<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, mask: &Column<'b>, at: Span) -> Option<Eval<'b>> {
    let glue = replay.spaces[replay.frames[id.0].space].glue.clone()?;
    let held = match mask.cell.single() {
        Some((Kind::Bool, val)) => val.literal(),
        _ => None,
    };
    Some(match held {
        Some(Literal::Bool(false)) => Ok(training_rows(replay, at)),
        Some(Literal::Bool(true)) => match replay.recorded(at).tagged() {
            // Training rows for which the mask holds too would only be dropped later: the scoring rows are what is scored.
            Some(Tagged::Frame(_)) | None => Ok(replay.in_space(id, glue.scoring_space)),
            _ => return None,
        },
        _ => return None,
    })
}

/// A comparison of two constants, which an indicator column of a glued frame leads to.
pub(crate) fn constant_comparison<'b>(
    replay: &Replay<'_, 'b>,
    op: crate::ast::CompareOp,
    left: ir::Val<'b>,
    right: ir::Val<'b>,
) -> Option<ops::Typed<'b>> {
    let value = |literal: Literal| {
        Some(match literal {
            Literal::Bool(truth) => record::Value::Bool(truth),
            Literal::I64(int) => record::Value::Int(int),
            Literal::F64(float) if !float.is_nan() => record::Value::float(float),
            Literal::Str(text) => record::Value::Str(text),
            _ => return None,
        })
    };
    let (left, right) = (value(left.literal()?)?, value(right.literal()?)?);
    let held = crate::fold::compare(op, &left, &right)?;
    Some(Ok((Kind::Bool, replay.b.bool(held))))
}
