//! `predict_log_proba` of the classifiers for which it is the logarithm of `predict_proba`. Naive Bayes and discriminants have formulas of their own.

use super::fitted::{Whole, estimator};
use crate::pandas;
use crate::replay::{Call, On, Replay, Row};
use crate::value::Eval;
use ir::Val;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "AdaBoostClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "DecisionTreeClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "ExtraTreeClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "ExtraTreesClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "GradientBoostingClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "LogisticRegression.predict_log_proba", logarithms),
    Row::new(On::Estimator, "LogisticRegressionCV.predict_log_proba", logarithms),
    Row::new(On::Estimator, "MLPClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "RandomForestClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "SGDClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "SVC.predict_log_proba", logarithms),
];

/// `ln(p)` for each class; `-inf` where it has no chance.
fn logarithms<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let shares = replay.call_estimator(&known, "predict_proba", vec![x], Vec::new(), call.span)?;
    let mut guarded = Vec::new();
    for column in pandas::matrix(replay, &shares, call.span)? {
        let Some((_, share)) = column.cell.single() else {
            return Err(super::refuse(replay, &estimator, "predict_log_proba", call.span));
        };
        guarded.push((column, share));
    }
    let logs: Vec<Val<'b>> = guarded.iter().map(|(_, share)| share.log()).collect();
    Ok(Whole::of(&guarded).floats(logs))
}
