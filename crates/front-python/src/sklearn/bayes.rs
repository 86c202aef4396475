//! Naive Bayes and quadratic discriminants: the joint log likelihood of each class, its greatest, and its share.

use super::fitted::{Nan, Whole, arg_max, class_at, columns, estimator, finite, matrix, needed, not_fitted, products};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Unknown, Value};
use ir::{Elem, Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "BernoulliNB.predict", class),
    Row::new(On::Estimator, "BernoulliNB.predict_log_proba", logarithms),
    Row::new(On::Estimator, "BernoulliNB.predict_proba", probabilities),
    Row::new(On::Estimator, "CategoricalNB.predict", class),
    Row::new(On::Estimator, "CategoricalNB.predict_log_proba", logarithms),
    Row::new(On::Estimator, "CategoricalNB.predict_proba", probabilities),
    Row::new(On::Estimator, "ComplementNB.predict", class),
    Row::new(On::Estimator, "ComplementNB.predict_log_proba", logarithms),
    Row::new(On::Estimator, "ComplementNB.predict_proba", probabilities),
    Row::new(On::Estimator, "GaussianNB.predict", class),
    Row::new(On::Estimator, "GaussianNB.predict_log_proba", logarithms),
    Row::new(On::Estimator, "GaussianNB.predict_proba", probabilities),
    Row::new(On::Estimator, "MultinomialNB.predict", class),
    Row::new(On::Estimator, "MultinomialNB.predict_log_proba", logarithms),
    Row::new(On::Estimator, "MultinomialNB.predict_proba", probabilities),
    Row::new(On::Estimator, "QuadraticDiscriminantAnalysis.decision_function", decision),
    Row::new(On::Estimator, "QuadraticDiscriminantAnalysis.predict", class),
    Row::new(On::Estimator, "QuadraticDiscriminantAnalysis.predict_log_proba", logarithms),
    Row::new(On::Estimator, "QuadraticDiscriminantAnalysis.predict_proba", probabilities),
];

/// `log P(class) + log P(x | class)`, a number a class.
fn joint<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Val<'b>, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let count = columns.len();
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let b = replay.b;
    let likelihoods: Vec<Val<'b>> = match estimator.class_name() {
        "CategoricalNB" => categorical(replay, &estimator, &mut columns, call)?,
        "QuadraticDiscriminantAnalysis" => quadratic(replay, &estimator, &columns, call)?,
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
        "ComplementNB" => {
            let weights = matrix(replay, &estimator, "feature_log_prob_", count, call)?;
            let prior = needed(replay, &estimator, "class_log_prior_", weights.len(), call)?;
            // The prior counts only where it is all there is.
            let only = weights.len() == 1;
            let sums = products(replay, &columns, "weights", &weights).into_iter().zip(prior);
            sums.map(|(sum, prior)| if only { sum + prior } else { sum }).collect()
        }
        _ => {
            let weights = matrix(replay, &estimator, "feature_log_prob_", count, call)?;
            let prior = needed(replay, &estimator, "class_log_prior_", weights.len(), call)?;
            products(replay, &columns, "weights", &weights).into_iter().zip(prior).map(|(sum, prior)| sum + prior).collect()
        }
    };
    Ok((estimator, b.pack(&likelihoods), Whole::of(&columns)))
}

/// The log probability of each column's number, column by column; a number that training did not see raises.
fn categorical<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    columns: &mut [(Column<'b>, Val<'b>)],
    call: &Call<'b>,
) -> Result<Vec<Val<'b>>, Unknown> {
    let tables = estimator.fitted("feature_log_prob_").and_then(record::Value::items).unwrap_or_default();
    let counts = estimator.fitted("n_categories_").and_then(record::Value::floats).unwrap_or_default();
    let tables: Option<Vec<Vec<f64>>> = tables.iter().map(record::Value::floats).collect();
    let Some(tables) = tables.filter(|tables| tables.len() == columns.len() && counts.len() == columns.len()) else {
        return Err(not_fitted(replay, estimator, "feature_log_prob_", call.span));
    };
    let classes = tables[0].len() / counts[0].max(1.0) as usize;
    let prior = needed(replay, estimator, "class_log_prior_", classes, call)?;
    let whole_number = |val: Val<'b>| val.trunc();
    let beyond = columns.iter().zip(&counts).map(|((_, val), count)| whole_number(*val).lt(0.0) | whole_number(*val).ge(*count));
    if let Some(beyond) = beyond.reduce(|any, one| any | one) {
        let reason = ir::Reason::Invalid("a category that CategoricalNB did not see".to_owned());
        let guard = replay.guard(beyond, reason, call.span);
        columns.iter_mut().for_each(|(column, _)| {
            column.cell.guards.insert(guard);
        });
    }
    let b = replay.b;
    let mut sums = vec![b.f64(0.0); classes];
    for (((_, val), table), count) in columns.iter().zip(&tables).zip(&counts) {
        let category = whole_number(*val).cast(Elem::I64);
        for (class, sum) in sums.iter_mut().enumerate() {
            let row = &table[class * *count as usize..(class + 1) * *count as usize];
            *sum = *sum + b.tensor(Tensor::f64("log probabilities", [row.len() as u32], row.iter().copied())).gather(category, 0);
        }
    }
    Ok(sums.into_iter().zip(prior).map(|(sum, prior)| sum + prior).collect())
}

/// `-0.5 (|(x - mean) . rotation|^2 + log of the volume) + log prior`, a number a class.
fn quadratic<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    columns: &[(Column<'b>, Val<'b>)],
    call: &Call<'b>,
) -> Result<Vec<Val<'b>>, Unknown> {
    let count = columns.len();
    let means = matrix(replay, estimator, "means_", count, call)?;
    let rotations = estimator.fitted("scaled_rotations").and_then(record::Value::items).unwrap_or_default();
    let rotations: Option<Vec<Vec<f64>>> = rotations.iter().map(record::Value::floats).collect();
    let volumes = needed(replay, estimator, "log_volumes", means.len(), call)?;
    let prior = needed(replay, estimator, "log_prior", means.len(), call)?;
    let Some(rotations) = rotations.filter(|all| all.len() == means.len() && all.iter().all(|one| one.len() % count == 0)) else {
        return Err(not_fitted(replay, estimator, "rotations_", call.span));
    };
    let b = replay.b;
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let one = |class: usize| {
        let away = row - b.tensor(Tensor::f64("means", [count as u32], means[class].iter().copied()));
        let width = rotations[class].len() / count;
        let rotation = b.tensor(Tensor::f64("rotation", [count as u32, width as u32], rotations[class].iter().copied()));
        let turned = rotation.contract(away, [(0, 0)]);
        ((turned * turned).reduce(Reduce::Sum, [0]) + volumes[class]) * -0.5 + prior[class]
    };
    Ok((0..means.len()).map(one).collect())
}

fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, joint, whole) = joint(replay, call)?;
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let cell = class_at(replay, &classes, arg_max(joint), call.span)?;
    Ok(Value::Column(whole.cell(cell)))
}

/// The joint likelihoods; of two classes the second's less the first's.
fn decision<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, joint, whole) = joint(replay, call)?;
    Ok(match class_count(&estimator) {
        2 => Value::Column(whole.column(Kind::Float, joint.at(1) - joint.at(0))),
        count => whole.floats((0..count).map(|at| joint.at(at))),
    })
}

fn class_count(estimator: &Estimator) -> u32 {
    estimator.fitted("classes_").and_then(record::Value::items).map_or(0, |classes| classes.len() as u32)
}

/// `joint - log(sum(exp(joint)))`, a number a class.
fn log_shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Vec<Val<'b>>, Whole), Unknown> {
    let (estimator, joint, whole) = joint(replay, call)?;
    let shares = match estimator.class_name() {
        "QuadraticDiscriminantAnalysis" => shares_of_scores(joint),
        _ => joint - log_of_sum(joint),
    };
    Ok(((0..class_count(&estimator)).map(|at| shares.at(at)).collect(), whole))
}

/// `moved - log(sum(exp(moved)))` of the scores less the greatest of them. An infinite one gives NaN.
pub(super) fn shares_of_scores(scores: Val<'_>) -> Val<'_> {
    let moved = scores - scores.reduce(Reduce::Max, [0]);
    let (count, others) = exponentials(moved, moved.builder().f64(0.0));
    moved - (others + count).log()
}

/// `log(sum(exp(x)))` as `_logsumexp` has it: the greatest numbers apart, the others as their exponentials less that.
pub(super) fn log_of_sum(logarithms: Val<'_>) -> Val<'_> {
    let most = logarithms.reduce(Reduce::Max, [0]);
    let (count, others) = exponentials(logarithms, most);
    let others = others.eq(0.0).select(others, others / count);
    others.log1p() + count.log() + most
}

/// How many numbers are the greatest, and the sum of the exponentials of the others less the greatest.
fn exponentials<'b>(logarithms: Val<'b>, most: Val<'b>) -> (Val<'b>, Val<'b>) {
    let is_most = logarithms.eq(most);
    let less = logarithms - most.abs().lt(f64::INFINITY).select(most, 0.0);
    // The exponential of less than this is nothing, however far a large number may be off.
    let nothing = is_most | less.lt(-746.0);
    let others = nothing.select(most.builder().f64(f64::NEG_INFINITY), less).exp().reduce(Reduce::Sum, [0]);
    (is_most.cast(Elem::F64).reduce(Reduce::Sum, [0]), others)
}

fn logarithms<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (shares, whole) = log_shares(replay, call)?;
    Ok(whole.floats(shares))
}

/// `exp(joint - log(sum(exp(joint))))`
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (shares, whole) = log_shares(replay, call)?;
    Ok(whole.floats(shares.into_iter().map(Val::exp)))
}
