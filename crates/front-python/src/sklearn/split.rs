//! A script of one frame that splits it for a test: the training part is training data, the test part is what is scored.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is not a table has no rows to split")]

use crate::replay::{Call, On, Replay, Row};
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
