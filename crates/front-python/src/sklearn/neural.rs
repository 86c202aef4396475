//! Multi-layer perceptrons: layers of sums of products and what is made of them.

use super::fitted::{Nan, Whole, class_at, columns, estimator, finite, not_fitted, param_text};
use super::linear::of_two;
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value};
use ir::{Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "MLPClassifier.predict", class),
    Row::new(On::Estimator, "MLPClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "MLPRegressor.predict", regression),
];

/// The last layer, before its own activation.
fn layers<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Vec<Val<'b>>, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let (Some(weights), Some(intercepts)) = (lists(&estimator, "coefs_"), lists(&estimator, "intercepts_")) else {
        return Err(not_fitted(replay, &estimator, "coefs_", call.span));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let whole = Whole::of(&columns);
    let b = replay.b;
    let mut layer: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val).collect();
    let last = weights.len().saturating_sub(1);
    for (number, (weights, intercepts)) in weights.iter().zip(&intercepts).enumerate() {
        let (from, to) = (layer.len(), intercepts.len());
        if to == 0 || weights.len() != from * to {
            return Err(not_fitted(replay, &estimator, "coefs_", call.span));
        }
        let weights = b.tensor(Tensor::f64("weights", [from as u32, to as u32], weights.iter().copied()));
        let offsets = b.tensor(Tensor::f64("intercepts", [to as u32], intercepts.iter().copied()));
        let sums = weights.contract(b.pack(&layer), [(0, 0)]) + offsets;
        let out = if number == last {
            sums
        } else {
            match param_text(&estimator, "activation") {
                "identity" => sums,
                "logistic" => sums.sigmoid(),
                "tanh" => sums.tanh(),
                _ => sums.gt(0.0).select(sums, 0.0),
            }
        };
        layer = (0..to).map(|at| out.at(at as u32)).collect();
    }
    Ok((estimator, layer, whole))
}

/// Vectors or matrices, each as one list.
fn lists(estimator: &Estimator, name: &str) -> Option<Vec<Vec<f64>>> {
    estimator.fitted(name).and_then(record::Value::items)?.iter().map(record::Value::floats).collect()
}

fn classes<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, call: &Call<'b>) -> Result<Vec<record::Value>, Unknown> {
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let several = estimator.fitted("out_activation_").and_then(record::Value::as_str) == Some("logistic") && classes.len() != 2;
    if several || classes.len() < 2 {
        return Err(replay.unsupported(call.span, format!("{} of several targets", estimator.class_name())));
    }
    Ok(classes)
}

fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, layer, whole) = layers(replay, call)?;
    Ok(match layer.as_slice() {
        [only] => Value::Column(whole.column(Kind::Float, *only)),
        _ => whole.floats(layer),
    })
}

/// `1 - p` and `p = sigmoid(sum)`, or the softmax of several sums.
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, layer, whole) = layers(replay, call)?;
    classes(replay, &estimator, call)?;
    let b = replay.b;
    Ok(match layer.as_slice() {
        [only] => {
            let p = only.sigmoid();
            whole.floats([b.f64(1.0) - p, p])
        }
        all => {
            let shares = b.pack(all).softmax();
            whole.floats((0..all.len()).map(|at| shares.at(at as u32)).collect::<Vec<_>>())
        }
    })
}

/// The second class where its probability is above a half; of several the first with the greatest.
fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, layer, whole) = layers(replay, call)?;
    let classes = classes(replay, &estimator, call)?;
    let cell = match (layer.as_slice(), classes.as_slice()) {
        ([only], [no, yes]) => of_two(replay, only.sigmoid().gt(0.5), no, yes, call)?,
        (all, classes) if all.len() == classes.len() => {
            let number = replay.b.pack(all).softmax().reduce(Reduce::ArgMax, [0]);
            class_at(replay, classes, number, call.span)?
        }
        _ => return Err(replay.unsupported(call.span, "classes of this type")),
    };
    Ok(Value::Column(whole.cell(cell)))
}
