//! Linear models at the end of a script: scores, probabilities and classes.

use super::fitted::{Nan, Whole, class_at, complement, estimator, finite, in_single, not_fitted, numbers, param_text, products};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value, Width};
use ir::{Reduce, Val};

macro_rules! rows {
    ($($class:literal: $($method:literal $run:ident),+;)*) => {
        pub(crate) const ROWS: &[Row] = &[$($(Row::new(On::Estimator, concat!($class, ".", $method), $run)),+),*];
    };
}
rows! {
    "ARDRegression": "predict" regression;
    "BayesianRidge": "predict" regression;
    "ElasticNet": "predict" regression;
    "ElasticNetCV": "predict" regression;
    "GammaRegressor": "predict" log_regression;
    "HuberRegressor": "predict" regression;
    "Lars": "predict" regression;
    "LarsCV": "predict" regression;
    "Lasso": "predict" regression;
    "LassoCV": "predict" regression;
    "LassoLars": "predict" regression;
    "LassoLarsCV": "predict" regression;
    "LassoLarsIC": "predict" regression;
    "LinearDiscriminantAnalysis": "decision_function" decision, "predict" class, "predict_proba" probabilities;
    "LinearRegression": "predict" regression;
    "LinearSVC": "decision_function" decision, "predict" class;
    "LinearSVR": "predict" regression;
    "LogisticRegression": "decision_function" decision, "predict" class, "predict_proba" probabilities;
    "LogisticRegressionCV": "decision_function" decision, "predict" class, "predict_proba" probabilities;
    "MultiTaskElasticNet": "predict" regression;
    "MultiTaskElasticNetCV": "predict" regression;
    "MultiTaskLasso": "predict" regression;
    "MultiTaskLassoCV": "predict" regression;
    "OrthogonalMatchingPursuit": "predict" regression;
    "OrthogonalMatchingPursuitCV": "predict" regression;
    "PassiveAggressiveClassifier": "decision_function" decision, "predict" class;
    "PassiveAggressiveRegressor": "predict" regression;
    "Perceptron": "decision_function" decision, "predict" class;
    "PoissonRegressor": "predict" log_regression;
    "QuantileRegressor": "predict" regression;
    "Ridge": "predict" regression;
    "RidgeCV": "predict" regression;
    "RidgeClassifier": "decision_function" decision, "predict" class;
    "RidgeClassifierCV": "decision_function" decision, "predict" class;
    "SGDClassifier": "decision_function" decision, "predict" class, "predict_proba" probabilities;
    "SGDOneClassSVM": "decision_function" decision, "predict" inlier, "score_samples" uncut;
    "SGDRegressor": "predict" regression;
    "TheilSenRegressor": "predict" regression;
    "TweedieRegressor": "predict" power_regression;
}

/// What a linear model says of one row.
struct Scores<'b> {
    estimator: Estimator,
    /// One a row of coefficients.
    vals: Vec<Val<'b>>,
    /// Whether the coefficients are a matrix: then a regression gives one too.
    is_matrix: bool,
    whole: Whole,
}

/// `x . coefficients + intercept`, for each row of coefficients.
fn scores<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Scores<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    let mut columns = numbers(replay, columns, call.span)?;
    // Coefficients of 64 bits lift the columns to them.
    let is_single = |name: &str| matches!(estimator.fitted(name).and_then(record::Value::as_tagged), Some(Tagged::Array(array)) if array.dtype == "float32");
    if is_single("coef_") {
        in_single(&mut columns);
    }
    let coefficients = match estimator.fitted("coef_").and_then(record::Value::as_tagged) {
        Some(Tagged::Array(array)) => estimator.fitted("coef_").and_then(record::Value::floats).map(|flat| (flat, array.shape.len() == 2)),
        _ => None,
    };
    let Some((flat, is_matrix)) = coefficients else { return Err(not_fitted(replay, &estimator, "coef_", call.span)) };
    if columns.is_empty() || !flat.len().is_multiple_of(columns.len()) {
        return Err(replay.unsupported(call.span, format!("{} of another number of columns", estimator.class_name())));
    }
    let rows: Vec<Vec<f64>> = flat.chunks(columns.len()).map(<[f64]>::to_vec).collect();
    let one_class = estimator.class_name() == "SGDOneClassSVM";
    let intercepts = match estimator.fitted(if one_class { "offset_" } else { "intercept_" }) {
        Some(value) => value.as_f64().map(|one| vec![one; rows.len()]).or_else(|| value.floats()),
        None => None,
    };
    let intercepts = intercepts.map(|some| if one_class { some.iter().map(|offset| -offset).collect() } else { some });
    // One number for all, or one for each.
    let intercepts = intercepts.map(|some| if some.len() == 1 { vec![some[0]; rows.len()] } else { some });
    let Some(intercepts) = intercepts.filter(|some| some.len() == rows.len()) else {
        return Err(not_fitted(replay, &estimator, "intercept_", call.span));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let vals = products(replay, &columns, "coefficients", &rows).into_iter().zip(intercepts).map(|(sum, one)| sum + one).collect();
    Ok(Scores { estimator, vals, is_matrix, whole: Whole::of(&columns) })
}

fn decision<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    Ok(match scores.vals.as_slice() {
        [only] => Value::Column(scores.whole.float(*only)),
        all => scores.whole.floats(all.iter().copied()),
    })
}

fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    // Models that are fitted on one target only have flat predictions whatever the form of their coefficients.
    let flat = matches!(scores.estimator.class_name(), "LinearSVR" | "PassiveAggressiveRegressor" | "SGDRegressor");
    Ok(match scores.vals.as_slice() {
        [only] if !scores.is_matrix || flat => Value::Column(scores.whole.float(*only)),
        all => scores.whole.floats(all.iter().copied()),
    })
}

/// `exp(score)`, of models with a logarithmic link.
fn log_regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    match scores.vals.as_slice() {
        [only] => Ok(Value::Column(scores.whole.float(only.exp()))),
        _ => Err(replay.unsupported(call.span, "a model of several targets")),
    }
}

/// The score itself or its exponential, as `link` or, if that is left open, `power` says.
fn power_regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, estimator) = estimator(replay, call)?;
    let power = estimator.param("power").and_then(record::Value::as_f64).unwrap_or(0.0);
    match param_text(&estimator, "link") {
        "identity" => regression(replay, call),
        "auto" if power <= 0.0 => regression(replay, call),
        _ => log_regression(replay, call),
    }
}

/// 1 where the score is not negative, else -1.
fn inlier<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    match scores.vals.as_slice() {
        [only] => {
            let side = only.ge(0.0).select(replay.b.i64(1), -1_i64);
            Ok(Value::Column(scores.whole.column(Kind::Int(Width::I32), side)))
        }
        _ => Err(not_fitted(replay, &scores.estimator, "coef_", call.span)),
    }
}

/// The score with the offset added back.
fn uncut<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    let offset = scores.estimator.fitted("offset_").and_then(record::Value::floats);
    match (scores.vals.as_slice(), offset.as_deref()) {
        ([only], Some([offset])) => Ok(Value::Column(scores.whole.float(*only + *offset))),
        _ => Err(not_fitted(replay, &scores.estimator, "offset_", call.span)),
    }
}

/// `1 - p` and `p = sigmoid(score)`; of several classes the softmax, or the shares of the sigmoids where each class has a model of its own.
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    let b = replay.b;
    let name = scores.estimator.class_name();
    let of_each = name == "SGDClassifier"
        || param_text(&scores.estimator, "solver") == "liblinear"
        || param_text(&scores.estimator, "multi_class") == "ovr";
    let huber = name == "SGDClassifier" && param_text(&scores.estimator, "loss") == "modified_huber" && scores.vals.len() == 1;
    if name == "SGDClassifier" && param_text(&scores.estimator, "loss") != "log_loss" && !huber {
        return Err(super::refuse(replay, &scores.estimator, "predict_proba", call.span));
    }
    Ok(match scores.vals.as_slice() {
        // The loss `modified_huber` is flat from one on.
        [only] if huber => {
            let p = (only.max(-1.0).min(1.0) + 1.0) / 2.0;
            scores.whole.floats([complement(p), p])
        }
        [only] => {
            let p = only.sigmoid();
            scores.whole.floats([complement(p), p])
        }
        all if of_each => {
            let ps: Vec<Val<'b>> = all.iter().map(|score| score.sigmoid()).collect();
            let sum = b.pack(&ps).reduce(Reduce::Sum, [0]);
            // All of them may underflow to zero: then every class has the same share.
            let nothing = sum.eq(0.0);
            let share = 1.0 / ps.len() as f64;
            let shares: Vec<Val<'b>> = ps.iter().map(|p| (!nothing).select(*p / (!nothing).select(sum, 1.0), share)).collect();
            scores.whole.floats(shares)
        }
        all => {
            let shares = b.pack(all).softmax();
            scores.whole.floats((0..all.len()).map(|at| shares.at(at as u32)).collect::<Vec<_>>())
        }
    })
}

/// The second class where the score is positive; of several the first with the greatest score.
fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let scores = scores(replay, call)?;
    let classes = scores.estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let cell = match (scores.vals.as_slice(), classes.as_slice()) {
        ([only], [no, yes]) => of_two(replay, only.gt(0.0), no, yes, call)?,
        (all, classes) if all.len() == classes.len() && all.len() > 1 => {
            let number = replay.b.pack(all).reduce(Reduce::ArgMax, [0]);
            class_at(replay, classes, number, call.span)?
        }
        _ => return Err(replay.unsupported(call.span, "classes of this type")),
    };
    Ok(Value::Column(scores.whole.cell(cell)))
}

/// One of two classes.
pub(super) fn of_two<'b>(
    replay: &mut Replay<'_, 'b>,
    second: Val<'b>,
    no: &record::Value,
    yes: &record::Value,
    call: &Call<'b>,
) -> Result<crate::value::Cell<'b>, Unknown> {
    match (crate::ops::constant(replay, no, None), crate::ops::constant(replay, yes, None)) {
        (Some(no), Some(yes)) => crate::pandas::where_cell(replay, second, &yes, &no, call.span),
        _ => Err(replay.unsupported(call.span, "classes of this type")),
    }
}
