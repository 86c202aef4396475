//! Normal distributions: mixtures of them, and the ellipse around one.

use super::bayes::log_of_sum;
use super::fitted::{Nan, Whole, arg_max, columns, estimator, finite, matrix, needed, not_fitted, products};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Unknown, Value};
use ir::{Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "BayesianGaussianMixture.predict", component),
    Row::new(On::Estimator, "BayesianGaussianMixture.predict_proba", shares),
    Row::new(On::Estimator, "BayesianGaussianMixture.score_samples", likelihood),
    Row::new(On::Estimator, "EllipticEnvelope.decision_function", margin),
    Row::new(On::Estimator, "EllipticEnvelope.predict", inlier),
    Row::new(On::Estimator, "EllipticEnvelope.score_samples", score),
    Row::new(On::Estimator, "GaussianMixture.predict", component),
    Row::new(On::Estimator, "GaussianMixture.predict_proba", shares),
    Row::new(On::Estimator, "GaussianMixture.score_samples", likelihood),
];

/// `-(n log(2 pi) + square of the distance) / 2 + constant + log(weight)`, a number a component.
fn joint<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Vec<Val<'b>>, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let width = columns.len();
    let count = matrix(replay, &estimator, "means_", width, call)?.len();
    let constants = needed(replay, &estimator, "mixture_constants", count, call)?;
    let weights = needed(replay, &estimator, "log_weights", count, call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let squares = squares(replay, &estimator, &columns, count, call)?;
    let scale = width as f64 * (2.0 * std::f64::consts::PI).ln();
    let one = |at: usize| (squares[at] + scale) * -0.5 + constants[at] + weights[at];
    Ok(((0..count).map(one).collect(), Whole::of(&columns)))
}

/// How far the row is from the mean of each component, as its covariance measures: the square of that.
fn squares<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    columns: &[(Column<'b>, Val<'b>)],
    count: usize,
    call: &Call<'b>,
) -> Result<Vec<Val<'b>>, Unknown> {
    let width = columns.len();
    let b = replay.b;
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let offsets = needed(replay, estimator, "mixture_offsets", if is_turned(estimator) { count * width } else { count }, call)?;
    if is_turned(estimator) {
        // `|x . P - mean . P|^2`
        let rotations = needed(replay, estimator, "mixture_rotations", count * width * width, call)?;
        let one = |at: usize| {
            let rotation = rotations[at * width * width..(at + 1) * width * width].iter().copied();
            let rotation = b.tensor(Tensor::f64("rotation", [width as u32, width as u32], rotation));
            let offset = b.tensor(Tensor::f64("offset", [width as u32], offsets[at * width..(at + 1) * width].iter().copied()));
            let turned = rotation.contract(row, [(0, 0)]) - offset;
            (turned * turned).reduce(Reduce::Sum, [0])
        };
        return Ok((0..count).map(one).collect());
    }
    // `sum(mean^2 p) - 2 x . (mean p) + x^2 . p`; with one precision for all columns `p (sum(mean^2) - 2 x . mean + x . x)`, added up so.
    let means = needed(replay, estimator, "mixture_means", count * width, call)?;
    let precisions = needed(replay, estimator, "mixture_precisions", count * width, call)?;
    let by_rows = |flat: &[f64]| flat.chunks(width).map(<[f64]>::to_vec).collect::<Vec<_>>();
    let own: Vec<(Column<'b>, Val<'b>)> = columns.iter().map(|(column, val)| (column.clone(), *val * *val)).collect();
    let crossed = products(replay, columns, "means by precisions", &by_rows(&means));
    let squared = products(replay, &own, "precisions", &by_rows(&precisions));
    let shared = estimator.fitted("mixture_shared").and_then(record::Value::floats);
    let shared = |sum: Val<'b>, at: usize| match shared.as_ref().and_then(|shared| shared.get(at)) {
        Some(precision) => sum * *precision,
        None => sum,
    };
    let one = |at: usize| shared(crossed[at], at) * -2.0 + offsets[at] + shared(squared[at], at);
    Ok((0..count).map(one).collect())
}

/// Whether the covariances are matrices.
fn is_turned(estimator: &Estimator) -> bool {
    estimator.fitted("mixture_rotations").is_some()
}

/// The number of the likeliest component.
fn component<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (joint, whole) = joint(replay, call)?;
    let number = arg_max(replay.b.pack(&joint));
    Ok(Value::Column(whole.column(Kind::INT, number)))
}

fn shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (joint, whole) = joint(replay, call)?;
    let total = log_of_sum(replay.b.pack(&joint));
    Ok(whole.floats(joint.into_iter().map(|one| (one - total).exp())))
}

/// The logarithm of the density of the whole mixture.
fn likelihood<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (joint, whole) = joint(replay, call)?;
    let total = log_of_sum(replay.b.pack(&joint));
    Ok(Value::Column(whole.column(Kind::Float, total)))
}

// The ellipse -------------------------------------------------------------------------------------------------------------

/// `-(x - location) . precision . (x - location)`, whose root scikit-learn squares again; and the offset of the decision.
fn ellipse<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Val<'b>, f64, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let width = columns.len();
    let location = needed(replay, &estimator, "location_", width, call)?;
    let precision = needed(replay, &estimator, "precision_", width * width, call)?;
    let Some(offset) = estimator.fitted("offset_").and_then(record::Value::as_f64) else {
        return Err(not_fitted(replay, &estimator, "offset_", call.span));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let b = replay.b;
    let away = b.pack(&columns.iter().zip(location).map(|((_, val), location)| *val - location).collect::<Vec<_>>());
    let precision = b.tensor(Tensor::f64("precision", [width as u32, width as u32], precision));
    let root = precision.contract(away, [(1, 0)]).contract(away, [(0, 0)]).sqrt();
    Ok((-(root * root), offset, Whole::of(&columns)))
}

fn score<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, _, whole) = ellipse(replay, call)?;
    Ok(Value::Column(whole.column(Kind::Float, score)))
}

fn margin<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, offset, whole) = ellipse(replay, call)?;
    Ok(Value::Column(whole.column(Kind::Float, score - offset)))
}

/// 1 where the score is not below the offset, else -1.
fn inlier<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, offset, whole) = ellipse(replay, call)?;
    let side = (score - offset).ge(0.0).select(replay.b.i64(1), -1_i64);
    Ok(Value::Column(whole.column(Kind::INT, side)))
}
