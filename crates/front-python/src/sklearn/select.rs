//! Feature selection: the columns that training kept.

use super::fitted::{Nan, estimator, finite, not_fitted, numbers, numeric_kind};
use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Value};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "GenericUnivariateSelect.transform", kept),
    Row::new(On::Estimator, "RFE.transform", kept),
    Row::new(On::Estimator, "RFECV.transform", kept),
    Row::new(On::Estimator, "SelectFdr.transform", kept),
    Row::new(On::Estimator, "SelectFpr.transform", kept),
    Row::new(On::Estimator, "SelectFromModel.transform", kept),
    Row::new(On::Estimator, "SelectFwe.transform", kept),
    Row::new(On::Estimator, "SelectKBest.transform", kept),
    Row::new(On::Estimator, "SelectPercentile.transform", kept),
    Row::new(On::Estimator, "SequentialFeatureSelector.transform", kept),
    Row::new(On::Estimator, "VarianceThreshold.transform", kept),
];

/// `x[:, support]`. Unless the selector takes missing values, one in any column raises, dropped columns included.
fn kept<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let mut columns = pandas::matrix(replay, &x, call.span)?;
    let support: Option<Vec<bool>> =
        estimator.fitted("support").and_then(record::Value::items).and_then(|items| items.iter().map(record::Value::as_bool).collect());
    let Some(support) = support.filter(|support| support.len() == columns.len()) else {
        return Err(not_fitted(replay, &estimator, "get_support()", call.span));
    };
    replay.freeze(&known);
    let lenient = estimator.fitted("allow_nan").and_then(record::Value::as_bool).unwrap_or(false);
    if !lenient && numeric_kind(&columns).is_some() {
        let mut floats = numbers(replay, columns, call.span)?;
        finite(replay, &estimator, call, &mut floats, Nan::Refused);
        columns = floats.into_iter().map(|(column, _)| column).collect();
    }
    let columns = super::compose::in_one_type(columns);
    let kept: Vec<Column<'b>> = columns.into_iter().zip(support).filter(|(_, kept)| *kept).map(|(column, _)| column).collect();
    Ok(Value::Matrix(kept))
}
