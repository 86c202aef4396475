//! Nearest neighbours: the row's distances to all training rows, and what the nearest of them say.
//!
//! Of training rows that are equally near the first is taken here. scikit-learn's order of those depends on how it searches; only a row that
//! ties at the last of its neighbours can tell.

use super::fitted::{Nan, Whole, class_at, columns, estimator, finite, matrix, not_fitted, param_text};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value};
use ir::{Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "KNeighborsClassifier.predict", class),
    Row::new(On::Estimator, "KNeighborsClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "KNeighborsRegressor.predict", regression),
];

/// The nearest training rows.
struct Near<'b> {
    estimator: Estimator,
    /// Their numbers, the nearest first.
    positions: Vec<Val<'b>>,
    weights: Vec<Val<'b>>,
    count: usize,
    whole: Whole,
}

/// As many rounds as a person would still want to wait for.
const MOST_NEIGHBOURS: i64 = 64;

fn near<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Near<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let rows = matrix(replay, &estimator, "_fit_X", columns.len(), call)?;
    let count = rows.len();
    let wanted = estimator.param("n_neighbors").and_then(record::Value::as_int).unwrap_or(5);
    let metric = estimator.fitted("effective_metric_").and_then(record::Value::as_str).unwrap_or_default().to_owned();
    let by_distance = match param_text(&estimator, "weights") {
        "distance" => true,
        "uniform" => false,
        _ => return Err(replay.unsupported(call.span, "neighbours with weights of their own")),
    };
    if !matches!(metric.as_str(), "euclidean" | "manhattan") || !(1..=MOST_NEIGHBOURS.min(count as i64)).contains(&wanted) {
        return Err(replay.unsupported(call.span, format!("{wanted} neighbours by the metric `{metric}`")));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let b = replay.b;
    let width = columns.len() as u32;
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let tensor = b.tensor(Tensor::f64("training rows", [count as u32, width], rows.iter().flatten().copied()));
    let searched = estimator.fitted("_fit_method").and_then(record::Value::as_str).unwrap_or_default();
    // By brute force squares are `x . x - 2 x . y + y . y`; a tree sums the squares of differences.
    let lengths = match (metric.as_str(), searched) {
        ("manhattan", _) => (tensor - row).abs().reduce(Reduce::Sum, [1]),
        (_, "brute") => {
            let own: Vec<f64> = rows.iter().map(|row| row.iter().map(|x| x * x).sum()).collect();
            let own = b.tensor(Tensor::f64("squares", [count as u32], own));
            (tensor.contract(row, [(1, 0)]) * -2.0 + row.contract(row, [(0, 0)]) + own).max(0.0)
        }
        _ => {
            let away = tensor - row;
            (away * away).reduce(Reduce::Sum, [1])
        }
    };
    let numbers = b.tensor(Tensor::f64("numbers", [count as u32], (0..count).map(|number| number as f64)));
    let (mut left, mut positions, mut distances) = (-lengths, Vec::new(), Vec::new());
    for _ in 0..wanted {
        let position = left.reduce(Reduce::ArgMax, [0]);
        let length = lengths.gather(position, 0);
        distances.push(if metric == "euclidean" { length.sqrt() } else { length });
        left = numbers.eq(position.cast(ir::Elem::F64)).select(b.f64(f64::NEG_INFINITY), left);
        positions.push(position);
    }
    let weights = if by_distance {
        // Training rows at the same place count alone.
        let same: Vec<Val<'b>> = distances.iter().map(|distance| (b.f64(1.0) / *distance).eq(f64::INFINITY)).collect();
        let any = same.iter().copied().reduce(|any, one| any | one).unwrap_or_else(|| b.bool(false));
        let alone = |same: &Val<'b>| same.select(b.f64(1.0), 0.0);
        distances.iter().zip(&same).map(|(distance, same)| any.select(alone(same), b.f64(1.0) / *distance)).collect()
    } else {
        vec![b.f64(1.0); positions.len()]
    };
    Ok(Near { estimator, positions, weights, count, whole: Whole::of(&columns) })
}

/// What is known of each training row.
fn targets<'b>(replay: &mut Replay<'_, 'b>, near: &Near<'b>, call: &Call<'b>) -> Result<Vec<Val<'b>>, Unknown> {
    let targets = near.estimator.fitted("_y").and_then(record::Value::floats).unwrap_or_default();
    if targets.len() != near.count {
        return Err(not_fitted(replay, &near.estimator, "_y", call.span));
    }
    let targets = replay.b.tensor(Tensor::f64("targets", [near.count as u32], targets));
    Ok(near.positions.iter().map(|position| targets.gather(*position, 0)).collect())
}

/// `sum(target * weight) / sum(weight)`
fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let near = near(replay, call)?;
    let targets = targets(replay, &near, call)?;
    let b = replay.b;
    let weighted: Vec<Val<'b>> = targets.iter().zip(&near.weights).map(|(target, weight)| *target * *weight).collect();
    let total = b.pack(&near.weights).reduce(Reduce::SumInOrder, [0]);
    let mean = b.pack(&weighted).reduce(Reduce::SumInOrder, [0]) / total;
    Ok(Value::Column(near.whole.column(Kind::Float, mean)))
}

/// The weights of the neighbours of each class.
fn votes<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Near<'b>, Vec<record::Value>, Vec<Val<'b>>), Unknown> {
    let near = near(replay, call)?;
    let classes = near.estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let targets = targets(replay, &near, call)?;
    let b = replay.b;
    let vote = |class: usize| {
        let terms: Vec<Val<'b>> =
            targets.iter().zip(&near.weights).map(|(target, weight)| target.eq(class as f64).select(*weight, 0.0)).collect();
        b.pack(&terms).reduce(Reduce::SumInOrder, [0])
    };
    let votes: Vec<Val<'b>> = (0..classes.len()).map(vote).collect();
    Ok((near, classes, votes))
}

fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (near, _, votes) = votes(replay, call)?;
    let total = replay.b.pack(&votes).reduce(Reduce::SumInOrder, [0]);
    Ok(near.whole.floats(votes.into_iter().map(|votes| votes / total)))
}

/// The first class with the most.
fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (near, classes, votes) = votes(replay, call)?;
    let number = replay.b.pack(&votes).reduce(Reduce::ArgMax, [0]);
    let cell = class_at(replay, &classes, number, call.span)?;
    Ok(Value::Column(near.whole.cell(cell)))
}
