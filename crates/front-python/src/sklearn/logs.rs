//! Logarithms of probabilities, of models that have no other way to them: `numpy.log(predict_proba(X))`.

use super::fitted::{Whole, estimator, numbers};
use crate::pandas;
use crate::replay::{Call, On, Replay, Row};
use crate::value::Eval;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "AdaBoostClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "ClassifierChain.predict_log_proba", logarithms),
    Row::new(On::Estimator, "DecisionTreeClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "DummyClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "ExtraTreeClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "ExtraTreesClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "GradientBoostingClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "LinearDiscriminantAnalysis.predict_log_proba", logarithms),
    Row::new(On::Estimator, "LogisticRegression.predict_log_proba", logarithms),
    Row::new(On::Estimator, "LogisticRegressionCV.predict_log_proba", logarithms),
    Row::new(On::Estimator, "MLPClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "NuSVC.predict_log_proba", logarithms),
    Row::new(On::Estimator, "RandomForestClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "SGDClassifier.predict_log_proba", logarithms),
    Row::new(On::Estimator, "SVC.predict_log_proba", logarithms),
];

/// The logarithm of each probability. That of nothing is minus infinity, and in a linear discriminant that of the smallest normal number.
fn logarithms<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let shares = replay.call_estimator(&known, "predict_proba", vec![x], Vec::new(), call.span)?;
    let columns = pandas::matrix(replay, &shares, call.span)?;
    let columns = numbers(replay, columns, call.span)?;
    let b = replay.b;
    let lifted = estimator.class_name() == "LinearDiscriminantAnalysis";
    let logarithm = |share: ir::Val<'b>| if lifted { share.eq(0.0).select(b.f64(f64::MIN_POSITIVE), share).log() } else { share.log() };
    Ok(Whole::of(&columns).floats(columns.iter().map(|(_, share)| logarithm(*share))))
}
