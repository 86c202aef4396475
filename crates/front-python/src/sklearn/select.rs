//! Feature selection: the columns that training kept.

use super::fitted::{Nan, Whole, applied, estimator, finite, not_fitted, numbers, numeric_kind};
use crate::pandas;
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Unknown, Value};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "GenericUnivariateSelect.inverse_transform", restored),
    Row::new(On::Estimator, "GenericUnivariateSelect.transform", kept),
    Row::new(On::Estimator, "RFE.inverse_transform", restored),
    Row::new(On::Estimator, "RFE.transform", kept),
    Row::new(On::Estimator, "RFECV.inverse_transform", restored),
    Row::new(On::Estimator, "RFECV.transform", kept),
    Row::new(On::Estimator, "SelectFdr.inverse_transform", restored),
    Row::new(On::Estimator, "SelectFdr.transform", kept),
    Row::new(On::Estimator, "SelectFpr.inverse_transform", restored),
    Row::new(On::Estimator, "SelectFpr.transform", kept),
    Row::new(On::Estimator, "SelectFromModel.inverse_transform", restored),
    Row::new(On::Estimator, "SelectFromModel.transform", kept),
    Row::new(On::Estimator, "SelectFwe.inverse_transform", restored),
    Row::new(On::Estimator, "SelectFwe.transform", kept),
    Row::new(On::Estimator, "SelectKBest.inverse_transform", restored),
    Row::new(On::Estimator, "SelectKBest.transform", kept),
    Row::new(On::Estimator, "SelectPercentile.inverse_transform", restored),
    Row::new(On::Estimator, "SelectPercentile.transform", kept),
    Row::new(On::Estimator, "SequentialFeatureSelector.inverse_transform", restored),
    Row::new(On::Estimator, "SequentialFeatureSelector.transform", kept),
    Row::new(On::Estimator, "VarianceThreshold.inverse_transform", restored),
    Row::new(On::Estimator, "VarianceThreshold.transform", kept),
];

/// `x[:, support]`. Unless the selector takes missing values, one in any column raises, dropped columns included.
fn kept<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let mut columns = pandas::matrix(replay, &x, call.span)?;
    let support = support(replay, &estimator, call)?;
    if support.len() != columns.len() {
        return Err(not_fitted(replay, &estimator, "get_support()", call.span));
    }
    replay.freeze(&known);
    // A frame that stays one keeps the types of its columns.
    let own = match (estimator.fitted("set_output").and_then(record::Value::as_str), &x) {
        (Some("pandas"), Value::Frame(_)) => Some(columns.clone()),
        _ => None,
    };
    let lenient = estimator.fitted("allow_nan").and_then(record::Value::as_bool).unwrap_or(false);
    if !lenient && numeric_kind(&columns).is_some() {
        let mut floats = numbers(replay, columns, call.span)?;
        finite(replay, &estimator, call, &mut floats, Nan::Refused);
        columns = floats.into_iter().map(|(column, _)| column).collect();
    }
    let columns = match own {
        Some(own) => own.into_iter().zip(columns).map(|(own, checked)| own.with(own.cell.clone().guarded(&checked.cell.guards))).collect(),
        None => super::compose::in_one_type(columns),
    };
    let kept: Vec<Column<'b>> = columns.into_iter().zip(support).filter(|(_, kept)| *kept).map(|(column, _)| column).collect();
    Ok(Value::Matrix(kept))
}

fn support<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, call: &Call<'b>) -> Result<Vec<bool>, Unknown> {
    let support = estimator.fitted("support").and_then(record::Value::items);
    match support.and_then(|items| items.iter().map(record::Value::as_bool).collect()) {
        Some(support) => Ok(support),
        None => Err(not_fitted(replay, estimator, "get_support()", call.span)),
    }
}

/// The kept columns where they were, and zeros in the others.
fn restored<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let support = support(replay, &estimator, call)?;
    if support.iter().filter(|kept| **kept).count() != columns.len() {
        return Err(not_fitted(replay, &estimator, "get_support()", call.span));
    }
    let zero = replay.b.f64(0.0);
    let mut kept = columns.iter().map(|(_, val)| *val);
    Ok(Whole::of(&columns).floats(support.iter().map(|there| if *there { kept.next().unwrap_or(zero) } else { zero })))
}
