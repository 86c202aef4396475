//! Naive Bayes: the joint log likelihood of each class, its greatest, and its share.

use super::fitted::{Nan, Whole, class_at, columns, estimator, finite, matrix, needed, products};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Unknown, Value};
use ir::{Elem, Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "BernoulliNB.predict", class),
    Row::new(On::Estimator, "BernoulliNB.predict_proba", probabilities),
    Row::new(On::Estimator, "GaussianNB.predict", class),
    Row::new(On::Estimator, "GaussianNB.predict_proba", probabilities),
    Row::new(On::Estimator, "MultinomialNB.predict", class),
    Row::new(On::Estimator, "MultinomialNB.predict_proba", probabilities),
];

/// `log P(class) + log P(x | class)`, a number a class.
fn joint<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Val<'b>, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let count = columns.len();
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let whole = Whole::of(&columns);
    let b = replay.b;
    let likelihoods: Vec<Val<'b>> = match estimator.class_name() {
        "GaussianNB" => {
            let means = matrix(replay, &estimator, "theta_", count, call)?;
            let variances = matrix(replay, &estimator, "var_", count, call)?;
            let prior = needed(replay, &estimator, "log_prior", means.len(), call)?;
            let constant = needed(replay, &estimator, "offset", means.len(), call)?;
            let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
            let tensor = |name: &str, values: &[f64]| b.tensor(Tensor::f64(name, [count as u32], values.iter().copied()));
            let one = |at: usize| {
                let away = row - tensor("means", &means[at]);
                let sum = (away * away / tensor("variances", &variances[at])).reduce(Reduce::Sum, [0]);
                b.f64(constant[at]) - sum * 0.5 + prior[at]
            };
            (0..means.len()).map(one).collect()
        }
        "BernoulliNB" => {
            let weights = matrix(replay, &estimator, "weights", count, call)?;
            let offset = needed(replay, &estimator, "offset", weights.len(), call)?;
            // `binarize=None` takes the columns as they are.
            if let Some(threshold) = estimator.param("binarize").and_then(record::Value::as_f64) {
                columns.iter_mut().for_each(|(_, val)| *val = val.gt(threshold).cast(Elem::F64));
            }
            products(replay, &columns, "weights", &weights).into_iter().zip(offset).map(|(sum, offset)| sum + offset).collect()
        }
        _ => {
            let weights = matrix(replay, &estimator, "feature_log_prob_", count, call)?;
            let prior = needed(replay, &estimator, "class_log_prior_", weights.len(), call)?;
            products(replay, &columns, "weights", &weights).into_iter().zip(prior).map(|(sum, prior)| sum + prior).collect()
        }
    };
    Ok((estimator, b.pack(&likelihoods), whole))
}

fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, joint, whole) = joint(replay, call)?;
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let cell = class_at(replay, &classes, joint.reduce(Reduce::ArgMax, [0]), call.span)?;
    Ok(Value::Column(whole.cell(cell)))
}

/// `exp(joint - log(sum(exp(joint))))`
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, joint, whole) = joint(replay, call)?;
    let count = estimator.fitted("classes_").and_then(record::Value::items).map_or(0, |classes| classes.len() as u32);
    let most = joint.reduce(Reduce::Max, [0]);
    let total = (joint - most).exp().reduce(Reduce::Sum, [0]).log() + most;
    Ok(whole.floats((0..count).map(|at| (joint.at(at) - total).exp())))
}
