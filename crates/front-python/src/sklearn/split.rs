//! A script of one frame that splits it for a test: the training part is training data, the test part is what is scored.

use crate::replay::{Call, On, Replay, Row, Space};
use crate::value::{Eval, Value};

pub(crate) const ROWS: &[Row] = &[Row::new(On::Function, "sklearn.model_selection.train_test_split", train_test_split)];

/// `a_train, a_test, b_train, b_test = train_test_split(a, b)`
///
/// Which rows a split takes says nothing of a single row: every scoring row is in the test part. The training part is what the recorded
/// run saw. What is computed over the test part is a statistic of scoring rows like any other.
fn train_test_split<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let arrays = call.take_all("*arrays");
    call.rest();
    replay.hold(call.span, None);
    replay.note(
        "python-test-rows",
        call.span,
        "every row is scored as one of the test part; the training part stays as it was in the recorded run",
        "",
    );
    let recorded = replay.recorded(call.span).with(true, false);
    let mut parts = Vec::new();
    for array in arrays {
        parts.push(Value::Known(recorded.clone()));
        parts.push(test_part(replay, array));
    }
    Ok(Value::Tuple(parts))
}

fn test_part<'b>(replay: &mut Replay<'_, 'b>, array: Value<'b>) -> Value<'b> {
    let space_of = |space: usize, replay: &mut Replay<'_, 'b>| {
        let known = replay.spaces.iter().position(|other| other.is_test_part && other.parent == Some(space));
        known.unwrap_or_else(|| {
            replay.spaces.push(Space { parent: Some(space), is_test_part: true, ..Space::default() });
            replay.spaces.len() - 1
        })
    };
    match array {
        Value::Frame(id) => {
            let space = space_of(replay.frames[id.0].space, replay);
            replay.in_space(id, space)
        }
        Value::Column(mut column) => {
            column.space = space_of(column.space, replay);
            Value::Column(column)
        }
        Value::Matrix(mut columns) => {
            columns.iter_mut().for_each(|column| column.space = space_of(column.space, replay));
            Value::Matrix(columns)
        }
        other => other,
    }
}
