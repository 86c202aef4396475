//! Linear models at the end of a script: scores, probabilities and classes.

use super::scale::{Nan, columns, estimator, finite};
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::{Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "LogisticRegression.predict_proba", probabilities),
    Row::new(On::Estimator, "LogisticRegression.decision_function", decision),
    Row::new(On::Estimator, "LogisticRegression.predict", class),
    Row::new(On::Estimator, "LinearRegression.predict", regression),
    Row::new(On::Estimator, "Ridge.predict", regression),
    Row::new(On::Estimator, "Lasso.predict", regression),
    Row::new(On::Estimator, "ElasticNet.predict", regression),
];

/// `x . coefficients + intercept` of a model with one row of coefficients; the columns of the argument tell guards and rows.
fn score<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Val<'b>, Column<'b>, Guards), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let coefficients = match estimator.fitted("coef_") {
        Some(value) => match value.as_tagged() {
            Some(Tagged::Array(array)) if array.shape.len() == 1 || array.shape.first() == Some(&1) => value.floats(),
            _ => None,
        },
        None => None,
    };
    let intercept = estimator
        .fitted("intercept_")
        .and_then(|value| value.as_f64().or_else(|| value.floats().and_then(|floats| floats.first().copied())));
    let (Some(coefficients), Some(intercept)) = (coefficients, intercept) else {
        return Err(replay.unsupported(call.span, format!("{} with several rows of coefficients", estimator.class_name())));
    };
    let Some((like, _)) = columns.first().cloned() else { return Err(replay.unsupported(call.span, "a model of no columns")) };
    if coefficients.len() != columns.len() {
        return Err(replay.unsupported(call.span, "a model of another number of columns"));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let guards = columns.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
    let row = replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let weights = replay.b.tensor(Tensor::f64("coefficients", [coefficients.len() as u32], coefficients));
    let score = (row * weights).reduce(Reduce::Sum, [0]) + intercept;
    Ok((score, like, guards))
}

fn column<'b>(like: &Column<'b>, kind: Kind, val: Val<'b>, guards: &Guards) -> Column<'b> {
    Column { cell: Cell::new(kind, val).guarded(guards), name: None, space: like.space, array: true }
}

fn decision<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, like, guards) = score(replay, call)?;
    Ok(Value::Column(column(&like, Kind::Float, score, &guards)))
}

fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    decision(replay, call)
}

/// Two columns: `1 - p` and `p = sigmoid(score)`.
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, like, guards) = score(replay, call)?;
    let p = score.sigmoid();
    let rest = replay.b.f64(1.0) - p;
    Ok(Value::Matrix(vec![column(&like, Kind::Float, rest, &guards), column(&like, Kind::Float, p, &guards)]))
}

fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, estimator) = estimator(replay, call)?;
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let (score, like, guards) = score(replay, call)?;
    let [no, yes] = classes.as_slice() else { return Err(replay.unsupported(call.span, "more than two classes")) };
    let (Some(no), Some(yes)) = (crate::ops::constant(replay, no, None), crate::ops::constant(replay, yes, None)) else {
        return Err(replay.unsupported(call.span, "classes of this type"));
    };
    let cell = crate::pandas::where_cell(replay, score.gt(0.0), &yes, &no, call.span)?.guarded(&guards);
    Ok(Value::Column(Column { cell, name: None, space: like.space, array: true }))
}
