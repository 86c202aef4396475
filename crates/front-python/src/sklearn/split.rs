//! A script of one frame that splits it for a test: the training part is training data, the test part is what is scored.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is not a table has no rows to split")]

use crate::record::Tagged;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Value};
use source::Span;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Function, "sklearn.model_selection.train_test_split", train_test_split)];

/// `a_train, a_test, b_train, b_test = train_test_split(a, b)`
///
/// Which rows a split takes says nothing of a single row: every scoring row is in the test part. The training part is what the recorded
/// run saw. What is computed over the test part is a statistic of scoring rows like any other.
fn train_test_split<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let arrays = call.take_all("*arrays");
    call.rest();
    replay.hold(call.span, None);
    note_test_part(replay, call.span);
    let recorded = replay.recorded(call.span).with(true, false);
    let mut parts = Vec::new();
    for array in arrays {
        parts.push(Value::Known(recorded.clone()));
        parts.push(test_part(replay, array));
    }
    Ok(Value::Tuple(parts))
}

/// `frame[:n]` and `frame[n:]` of a script's only frame: the training part, and the test part. None for anything else.
pub(crate) fn by_position<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, rows: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    if !matches!(of, Value::Frame(_) | Value::Column(_) | Value::Matrix(_)) {
        return None;
    }
    let space = replay.space_of(of).filter(|space| replay.is_only_frame(*space))?;
    let Value::Slice(lower, upper, None) = rows else { return None };
    let bound = |part: &Option<Box<Value<'b>>>| part.as_ref().map(|part| replay.concrete(part).and_then(|part| part.as_int()));
    let is_test = match (bound(lower), bound(upper)) {
        (None | Some(Some(0)), Some(Some(_))) => false,
        (Some(Some(_)), None) => true,
        _ => return None,
    };
    replay.freezes(space, at);
    if !is_test {
        return Some(Ok(Value::Known(replay.recorded(at).with(true, false))));
    }
    note_test_part(replay, at);
    Some(Ok(test_part(replay, of.clone())))
}

/// What is asked of the places of rows, and of no cell of them: `frame.index % 5 == 0`.
pub(crate) const PLACES: &str = "places of rows";

/// An operator or a call on the index of a frame asks for places. None where it is of something else.
pub(crate) fn of_places<'b>(values: &[&Value<'b>]) -> Option<Value<'b>> {
    values.iter().find_map(|value| match value {
        Value::Part(of, part) if matches!(**of, Value::Frame(_) | Value::Column(_)) && (part == "index" || part == PLACES) => {
            Some(Value::Part(of.clone(), PLACES.to_owned()))
        }
        _ => None,
    })
}

/// Rows of a script's only frame that are taken by a mask or by numbers which know their places only, as `np.random.rand(len(df)) < 0.8`: the
/// test part, or the training part where the output is of another one. None for anything else.
pub(crate) fn by_places<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, rows: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    if !matches!(of, Value::Frame(_) | Value::Column(_) | Value::Matrix(_)) {
        return None;
    }
    let space = replay.space_of(of).filter(|space| replay.is_only_frame(*space))?;
    let are_places = match rows {
        Value::Part(_, part) => part == PLACES,
        Value::Known(known) => match known.clone_unused()?.as_tagged()? {
            Tagged::Array(array) => array.shape.len() == 1 && matches!(array.dtype.as_str(), "bool" | "int64"),
            Tagged::Series(series) => series.dtype.name == "bool",
            _ => false,
        },
        _ => false,
    };
    if !are_places {
        return None;
    }
    if let Some(part) = replay.training_part(at) {
        return Some(Ok(part));
    }
    replay.freezes(space, at);
    note_test_part(replay, at);
    let part = replay.part_by_places(space, at);
    Some(Ok(match of {
        Value::Frame(id) => replay.in_space(*id, part),
        Value::Matrix(columns) => {
            Value::Matrix(columns.iter().map(|column| crate::value::Column { space: part, ..column.clone() }).collect())
        }
        Value::Column(column) => Value::Column(crate::value::Column { space: part, ..column.clone() }),
        other => other.clone(),
    }))
}

/// `frame.loc[train.index, columns]` of a script's only frame, by the labels of training rows: what the recorded run saw. None for anything
/// else.
pub(crate) fn by_labels<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, rows: &Value<'b>, at: Span) -> Option<Value<'b>> {
    let space = replay.space_of(of).filter(|space| replay.is_only_frame(*space))?;
    let Value::Known(known) = rows else { return None };
    let are_labels = matches!(known.clone_unused()?.as_tagged()?, Tagged::Index(_));
    if !are_labels || !known.fit {
        return None;
    }
    known.look();
    replay.freezes(space, at);
    replay.trainings.push(at);
    Some(Value::Known(replay.recorded(at).with(true, false)))
}

fn note_test_part(replay: &mut Replay<'_, '_>, at: Span) {
    replay.note(
        "python-test-rows",
        at,
        "every row is scored as one of the test part; the training part stays as it was in the recorded run",
        "",
    );
}

fn test_part<'b>(replay: &mut Replay<'_, 'b>, array: Value<'b>) -> Value<'b> {
    match array {
        Value::Frame(id) => {
            let space = replay.test_part(replay.frames[id.0].space);
            replay.in_space(id, space)
        }
        Value::Column(mut column) => {
            column.space = replay.test_part(column.space);
            Value::Column(column)
        }
        Value::Matrix(mut columns) => {
            columns.iter_mut().for_each(|column| column.space = replay.test_part(column.space));
            Value::Matrix(columns)
        }
        other => other,
    }
}
