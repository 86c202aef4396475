//! Gaussian processes: sums of kernels of the row with each training row.
//!
//! The record has a kernel as steps on a stack: leaves push their numbers for all training rows, `sum` and `product` join the last two.

use super::fitted::{Nan, Whole, columns, estimator, finite, matrix, not_fitted};
use super::linear::of_two;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value};
use ir::{Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "GaussianProcessClassifier.predict", of_base),
    Row::new(On::Estimator, "GaussianProcessClassifier.predict_proba", of_base),
    Row::new(On::Estimator, "GaussianProcessRegressor.predict", regression),
    Row::new(On::Estimator, "_BinaryGaussianProcessClassifierLaplace.predict", class),
    Row::new(On::Estimator, "_BinaryGaussianProcessClassifierLaplace.predict_proba", probabilities),
];

/// The kernel of the row with each training row.
struct Process<'b> {
    estimator: Estimator,
    kernels: Val<'b>,
    count: usize,
    whole: Whole,
}

impl<'b> Process<'b> {
    /// The sum of the kernels by weights.
    fn sum(&self, replay: &Replay<'_, 'b>, weights: &[f64]) -> Val<'b> {
        let weights = replay.b.tensor(Tensor::f64("weights", [weights.len() as u32], weights.iter().copied()));
        self.kernels.contract(weights, [(0, 0)])
    }

    /// A fitted number for each training row.
    fn numbers(&self, replay: &mut Replay<'_, 'b>, name: &str, call: &Call<'b>) -> Result<Vec<f64>, Unknown> {
        match self.estimator.fitted(name).and_then(record::Value::floats).filter(|numbers| numbers.len() == self.count) {
            Some(numbers) => Ok(numbers),
            None => Err(not_fitted(replay, &self.estimator, name, call.span)),
        }
    }
}

fn process<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Process<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let rows = matrix(replay, &estimator, "X_train_", columns.len(), call)?;
    let steps = estimator.fitted("kernel_steps").and_then(record::Value::items).unwrap_or_default();
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let row = replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let mut stack: Vec<Val<'b>> = Vec::new();
    for step in &steps {
        let fields = step.items().unwrap_or_default();
        let name = fields.first().and_then(record::Value::as_str).unwrap_or_default();
        let number = |at: usize| fields.get(at).and_then(record::Value::as_f64).unwrap_or(f64::NAN);
        let value = match name {
            "sum" | "product" => match (stack.pop(), stack.pop()) {
                (Some(right), Some(left)) if name == "sum" => left + right,
                (Some(right), Some(left)) => left * right,
                _ => return Err(not_fitted(replay, &estimator, "kernel_", call.span)),
            },
            "power" => match stack.pop() {
                Some(base) => base.pow(number(1)),
                None => return Err(not_fitted(replay, &estimator, "kernel_", call.span)),
            },
            _ => {
                let numbers: Vec<f64> = fields.get(1).and_then(record::Value::floats).unwrap_or_default();
                match leaf(replay, name, &numbers, &rows, row) {
                    Some(leaf) => leaf,
                    None => return Err(replay.unsupported(call.span, format!("a Gaussian process with the kernel `{name}`"))),
                }
            }
        };
        stack.push(value);
    }
    match stack.as_slice() {
        [kernels] => Ok(Process { kernels: *kernels, count: rows.len(), estimator, whole: Whole::of(&columns) }),
        _ => Err(not_fitted(replay, &estimator, "kernel_", call.span)),
    }
}

/// One kernel of the row `x` with each training row `t`; `d` is the distance of both, each column over its length scale.
fn leaf<'b>(replay: &Replay<'_, 'b>, name: &str, numbers: &[f64], rows: &[Vec<f64>], x: Val<'b>) -> Option<Val<'b>> {
    let b = replay.b;
    let (count, width) = (rows.len() as u32, rows.first()?.len());
    let table = |of: &dyn Fn(f64, usize) -> f64| {
        let cells = rows.iter().flat_map(|row| row.iter().enumerate().map(|(at, cell)| of(*cell, at)).collect::<Vec<_>>());
        b.tensor(Tensor::f64("training rows", [count, width as u32], cells))
    };
    let square = |scales: &[f64]| {
        let scales: Vec<f64> = (0..width).map(|at| scales[at % scales.len()]).collect();
        let scaled = x / b.tensor(Tensor::f64("length scales", [width as u32], scales.iter().copied()));
        let apart = table(&|cell, at| cell / scales[at]) - scaled;
        (apart * apart).reduce(Reduce::Sum, [1])
    };
    let of_all = |number: f64| b.tensor(Tensor::f64("constant", [count], std::iter::repeat_n(number, count as usize)));
    Some(match (name, numbers) {
        ("constant", [value]) => of_all(*value),
        // Noise is each training row's own.
        ("white", _) => of_all(0.0),
        // `exp(-d^2 / 2)`
        ("rbf", scales) if !scales.is_empty() => (square(scales) * -0.5).exp(),
        // `exp(-d)`, `(1 + k) exp(-k)` and `(1 + k + k^2 / 3) exp(-k)`, where `k` is `d` times the root of 3 or 5
        ("matern 0.5", scales) if !scales.is_empty() => (-square(scales).sqrt()).exp(),
        ("matern 1.5", scales) if !scales.is_empty() => {
            let k = square(scales).sqrt() * 3.0_f64.sqrt();
            (k + 1.0) * (-k).exp()
        }
        ("matern 2.5", scales) if !scales.is_empty() => {
            let k = square(scales).sqrt() * 5.0_f64.sqrt();
            (k + 1.0 + k * k / 3.0) * (-k).exp()
        }
        // `(1 + d^2 / 2 alpha)^-alpha`, of a distance that is not scaled
        ("rational quadratic", [scale, alpha]) => (square(&[1.0]) / (2.0 * alpha * (scale * scale)) + 1.0).pow(-alpha),
        // `x . t + sigma^2`
        ("dot product", [sigma]) => table(&|cell, _| cell).contract(x, [(1, 0)]) + sigma * sigma,
        _ => return None,
    })
}

/// `deviation (kernels . alpha) + mean` for each target.
fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let process = process(replay, call)?;
    let numbers = |name: &str| {
        let value = process.estimator.fitted(name)?;
        value.as_f64().map(|one| vec![one]).or_else(|| value.floats())
    };
    let (Some(alpha), Some(means), Some(deviations)) = (numbers("alpha_"), numbers("_y_train_mean"), numbers("_y_train_std")) else {
        return Err(not_fitted(replay, &process.estimator, "alpha_", call.span));
    };
    let targets = means.len();
    if targets == 0 || deviations.len() != targets || alpha.len() != process.count * targets {
        return Err(not_fitted(replay, &process.estimator, "alpha_", call.span));
    }
    let target = |at: usize| {
        let weights: Vec<f64> = alpha.iter().skip(at).step_by(targets).copied().collect();
        process.sum(replay, &weights) * deviations[at] + means[at]
    };
    let vals: Vec<Val<'b>> = (0..targets).map(target).collect();
    Ok(match vals.as_slice() {
        [only] => Value::Column(process.whole.column(Kind::Float, *only)),
        _ => process.whole.floats(vals),
    })
}

/// The same method of the model of two classes, or of those of several.
fn of_base<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let base = match estimator.fitted("base_estimator_") {
        Some(base) if matches!(base.as_tagged(), Some(Tagged::Estimator(_))) => known.part(base.clone()).of(None),
        _ => return Err(not_fitted(replay, &estimator, "base_estimator_", call.span)),
    };
    replay.freeze(&known);
    let method = call.name.clone();
    replay.call_estimator(&base, &method, vec![super::fitted::result(columns)], Vec::new(), call.span)
}

/// `kernels . (y - pi)`, the mean of the latent function.
fn latent_mean<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Process<'b>, Val<'b>), Unknown> {
    let process = process(replay, call)?;
    let (targets, shares) = (process.numbers(replay, "y_train_", call)?, process.numbers(replay, "pi_", call)?);
    let weights: Vec<f64> = targets.iter().zip(shares).map(|(target, share)| target - share).collect();
    let mean = process.sum(replay, &weights);
    Ok((process, mean))
}

fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (process, mean) = latent_mean(replay, call)?;
    let classes = process.estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let [no, yes] = classes.as_slice() else { return Err(not_fitted(replay, &process.estimator, "classes_", call.span)) };
    let cell = of_two(replay, mean.gt(0.0), no, yes, call)?;
    Ok(Value::Column(process.whole.cell(cell)))
}

/// The sigmoid as a sum of error functions: Williams and Barber 1998, appendix A, with scikit-learn's numbers.
const LAMBDAS: [f64; 5] = [0.41, 0.4, 0.37, 0.44, 0.39];
const COEFFICIENTS: [f64; 5] = [-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654];

/// The mean of the sigmoid over the latent function, whose variance is `k(x, x) - |L^-1 W kernels|^2`.
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (process, mean) = latent_mean(replay, call)?;
    let solver = process.estimator.fitted("latent_solver").and_then(record::Value::floats);
    let own = process.estimator.fitted("kernel_own").and_then(record::Value::as_f64);
    let (Some(solver), Some(own)) = (solver.filter(|solver| solver.len() == process.count * process.count), own) else {
        return Err(replay.unsupported(call.span, "a Gaussian process of many training rows, or of a kernel that is not stationary"));
    };
    let b = replay.b;
    let count = process.count as u32;
    let solved = b.tensor(Tensor::f64("solver", [count, count], solver)).contract(process.kernels, [(1, 0)]);
    let variance = b.f64(own) - (solved * solved).reduce(Reduce::Sum, [0]);
    let alpha = b.f64(1.0) / (variance * 2.0);
    let root = (b.f64(std::f64::consts::PI) / alpha).sqrt();
    let norm = (variance * 2.0 * std::f64::consts::PI).sqrt() * 2.0;
    let term = |(lambda, coefficient): (&f64, &f64)| {
        let reached = mean * *lambda * (alpha / (alpha + lambda * lambda)).sqrt();
        root * reached.erf() / norm * *coefficient
    };
    let terms: Vec<Val<'b>> = LAMBDAS.iter().zip(&COEFFICIENTS).map(term).collect();
    let share = b.pack(&terms).reduce(Reduce::SumInOrder, [0]) + 0.5 * COEFFICIENTS.iter().sum::<f64>();
    Ok(process.whole.floats([b.f64(1.0) - share, share]))
}
