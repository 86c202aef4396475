//! Models that look at no column: one class, one number or the same shares for every row.

use super::fitted::{Whole, class_at, estimator, not_fitted, param_text};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value};
use ir::Val;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "DummyClassifier.predict", class),
    Row::new(On::Estimator, "DummyClassifier.predict_proba", shares),
    Row::new(On::Estimator, "DummyRegressor.predict", number),
    Row::new(On::Estimator, "_ConstantPredictor.decision_function", constant_target),
    Row::new(On::Estimator, "_ConstantPredictor.predict", constant_target),
    Row::new(On::Estimator, "_ConstantPredictor.predict_proba", constant_shares),
];

/// The model, and the rows that it answers for.
fn asked<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    replay.freeze(&known);
    let nothing = replay.b.f64(0.0);
    let rows: Vec<_> = columns.into_iter().map(|column| (column, nothing)).collect();
    Ok((estimator, Whole::of(&rows)))
}

/// The classes, the number of the one that is always said, and the share of each.
fn prior<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    call: &Call<'b>,
) -> Result<(Vec<record::Value>, usize, Vec<f64>), Unknown> {
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let shares = estimator.fitted("class_prior_").and_then(record::Value::floats).unwrap_or_default();
    if classes.is_empty() || shares.len() != classes.len() {
        return Err(replay.unsupported(call.span, "DummyClassifier of several targets"));
    }
    let strategy = param_text(estimator, "strategy");
    let said = match strategy {
        "prior" | "most_frequent" => (1..shares.len()).fold(0, |most, at| if shares[at] > shares[most] { at } else { most }),
        "constant" => {
            let constant = estimator.param("constant");
            let constant = constant.and_then(record::Value::items).and_then(|one| one.first().cloned()).or_else(|| constant.cloned());
            let equal = |class: &record::Value| match (class.as_f64(), constant.as_ref().and_then(record::Value::as_f64)) {
                (Some(class), Some(constant)) => class == constant,
                _ => Some(class) == constant.as_ref(),
            };
            match classes.iter().position(equal) {
                Some(said) => said,
                None => return Err(not_fitted(replay, estimator, "classes_", call.span)),
            }
        }
        drawn => {
            let what = format!("`DummyClassifier(strategy=\"{drawn}\")` draws its answers");
            let why = "which row gets which class is a matter of the random state and of the number of rows";
            let help = "use strategy=\"prior\" or strategy=\"most_frequent\"";
            return Err(replay.refuse("python-random", call.span, what, why, help));
        }
    };
    let all_for_one = strategy != "prior";
    let shares = if all_for_one { (0..classes.len()).map(|at| f64::from(u8::from(at == said))).collect() } else { shares };
    Ok((classes, said, shares))
}

fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, whole) = asked(replay, call)?;
    let (classes, said, _) = prior(replay, &estimator, call)?;
    let said = replay.b.i64(said as i64);
    let cell = class_at(replay, &classes, said, call.span)?;
    Ok(Value::Column(whole.cell(cell)))
}

fn shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, whole) = asked(replay, call)?;
    let (_, _, shares) = prior(replay, &estimator, call)?;
    Ok(whole.floats(shares.into_iter().map(|share| replay.b.f64(share)).collect::<Vec<Val<'b>>>()))
}

/// The mean, median, quantile or constant, one for each target. A constant may be a whole number.
fn number<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, whole) = asked(replay, call)?;
    let recorded = estimator.fitted("constant_");
    let constants = recorded.and_then(record::Value::floats).unwrap_or_default();
    let is_float = matches!(recorded.and_then(record::Value::as_tagged), Some(Tagged::Array(array)) if array.dtype == "float64");
    let b = replay.b;
    let column = |one: &f64| {
        if is_float { whole.column(Kind::Float, b.f64(*one)) } else { whole.column(Kind::INT, b.i64(*one as i64)) }
    };
    let columns: Vec<_> = constants.iter().map(column).collect();
    match columns.as_slice() {
        [] => Err(not_fitted(replay, &estimator, "constant_", call.span)),
        [only] => Ok(Value::Column(only.clone())),
        _ => Ok(Value::Matrix(columns)),
    }
}

/// The one target that a model of one class against others saw.
fn only_target<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Whole, f64), Unknown> {
    let (estimator, whole) = asked(replay, call)?;
    match estimator.fitted("y_").and_then(record::Value::floats).as_deref() {
        Some([only]) => Ok((whole, *only)),
        _ => Err(not_fitted(replay, &estimator, "y_", call.span)),
    }
}

fn constant_target<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (whole, target) = only_target(replay, call)?;
    Ok(Value::Column(whole.column(Kind::INT, replay.b.i64(target as i64))))
}

fn constant_shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (whole, target) = only_target(replay, call)?;
    Ok(whole.floats([replay.b.f64(1.0 - target), replay.b.f64(target)]))
}
