//! Support vector machines, ridge regressions and projections with a kernel: sums of kernels of the row with each support vector or
//! training row.

use super::fitted::{
    Nan, Whole, arg_max, class_at, columns, columns_of, estimator, finite, matrix, needed, not_fitted, param_text, refuse_rows,
};
use super::linear::of_two;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Unknown, Value};
use ir::{Elem, Reason, Reduce, Tensor, Val};

/// Beyond this a sum of squares may overflow.
const LARGEST: f64 = 1e300;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "KernelPCA.transform", principal),
    Row::new(On::Estimator, "KernelRidge.predict", ridge),
    Row::new(On::Estimator, "NuSVC.decision_function", decision),
    Row::new(On::Estimator, "NuSVC.predict", class),
    Row::new(On::Estimator, "NuSVR.predict", regression),
    Row::new(On::Estimator, "LabelPropagation.predict", propagated_class),
    Row::new(On::Estimator, "LabelPropagation.predict_proba", propagated_shares),
    Row::new(On::Estimator, "LabelSpreading.predict", propagated_class),
    Row::new(On::Estimator, "LabelSpreading.predict_proba", propagated_shares),
    Row::new(On::Estimator, "Nystroem.transform", approximated),
    Row::new(On::Estimator, "OneClassSVM.decision_function", regression),
    Row::new(On::Estimator, "OneClassSVM.predict", inlier),
    Row::new(On::Estimator, "OneClassSVM.score_samples", uncut),
    Row::new(On::Estimator, "NuSVC.predict_proba", probabilities),
    Row::new(On::Estimator, "SVC.decision_function", decision),
    Row::new(On::Estimator, "SVC.predict", class),
    Row::new(On::Estimator, "SVC.predict_proba", probabilities),
    Row::new(On::Estimator, "SVR.predict", regression),
];

/// The kernel of the row with each support vector, and what is known of the sums over it.
struct Machine<'b> {
    estimator: Estimator,
    kernels: Val<'b>,
    /// A row for each class but the last, as libsvm keeps it.
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
    whole: Whole,
}

impl<'b> Machine<'b> {
    fn sum(&self, replay: &Replay<'_, 'b>, weights: &[f64], intercept: f64) -> Val<'b> {
        let weights = replay.b.tensor(Tensor::f64("coefficients", [weights.len() as u32], weights.iter().copied()));
        self.kernels.contract(weights, [(0, 0)]) + intercept
    }
}

/// `exp(-gamma |x - s|^2)`, `x . s`, `(gamma x . s + coef0)^degree` or `tanh(gamma x . s + coef0)`.
fn machine<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Machine<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let vectors = matrix(replay, &estimator, "support_vectors_", columns.len(), call)?;
    let coefficients = matrix(replay, &estimator, "dual_coef_", vectors.len(), call)?;
    let Some(intercepts) = estimator.fitted("intercept_").and_then(record::Value::floats) else {
        return Err(not_fitted(replay, &estimator, "intercept_", call.span));
    };
    let Some(gamma) = estimator.fitted("_gamma").and_then(record::Value::as_f64) else {
        return Err(not_fitted(replay, &estimator, "gamma", call.span));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let b = replay.b;
    let (count, width) = (vectors.len() as u32, columns.len() as u32);
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let vectors = b.tensor(Tensor::f64("support vectors", [count, width], vectors.into_iter().flatten()));
    let constant = estimator.param("coef0").and_then(record::Value::as_f64).unwrap_or(0.0);
    let product = || vectors.contract(row, [(1, 0)]);
    let kernels = match param_text(&estimator, "kernel") {
        "linear" => product(),
        "rbf" => {
            let away = vectors - row;
            ((away * away).reduce(Reduce::Sum, [1]) * -gamma).exp()
        }
        "poly" => match estimator.param("degree").and_then(record::Value::as_int).filter(|degree| (1..=64).contains(degree)) {
            Some(degree) => whole_power(product() * gamma + constant, degree),
            None => return Err(replay.unsupported(call.span, "a polynomial kernel of this degree")),
        },
        "sigmoid" => (product() * gamma + constant).tanh(),
        other => return Err(replay.unsupported(call.span, format!("the kernel `{other}`"))),
    };
    Ok(Machine { estimator, kernels, coefficients, intercepts, whole: Whole::of(&columns) })
}

/// By squaring, as libsvm's `powi`.
fn whole_power(base: Val<'_>, mut times: i64) -> Val<'_> {
    let (mut square, mut out) = (base, None);
    while times > 0 {
        if times % 2 == 1 {
            out = Some(out.map_or(square, |out: Val<'_>| out * square));
        }
        times /= 2;
        if times > 0 {
            square = square * square;
        }
    }
    out.unwrap_or(base)
}

fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let machine = machine(replay, call)?;
    let sum = single(replay, &machine, call)?;
    Ok(Value::Column(machine.whole.column(Kind::Float, sum)))
}

fn single<'b>(replay: &mut Replay<'_, 'b>, machine: &Machine<'b>, call: &Call<'b>) -> Result<Val<'b>, Unknown> {
    match (machine.coefficients.as_slice(), machine.intercepts.as_slice()) {
        ([weights], [intercept]) => Ok(machine.sum(replay, weights, *intercept)),
        _ => Err(not_fitted(replay, &machine.estimator, "dual_coef_", call.span)),
    }
}

/// The sum with the offset added back.
fn uncut<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let machine = machine(replay, call)?;
    let sum = single(replay, &machine, call)?;
    let offset = machine.estimator.fitted("offset_").and_then(|offset| offset.as_f64().or_else(|| offset.floats()?.first().copied()));
    match offset {
        Some(offset) => Ok(Value::Column(machine.whole.column(Kind::Float, sum + offset))),
        None => Err(not_fitted(replay, &machine.estimator, "offset_", call.span)),
    }
}

/// `pairwise_kernels` of the row with each row of a table.
///
/// They are `exp(-gamma |x - t|^2)` of a square that is made of products, `x . t`, `(gamma x . t + coef0)^degree`,
/// `tanh(gamma x . t + coef0)`, `exp(-gamma sum |x - t|)` and `x . t / |x| |t|`.
fn pairwise<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    rows: &[Vec<f64>],
    columns: &mut [(Column<'b>, Val<'b>)],
    call: &Call<'b>,
) -> Result<Val<'b>, Unknown> {
    let b = replay.b;
    let number = |name: &str, usual: f64| estimator.param(name).and_then(record::Value::as_f64).unwrap_or(usual);
    let fitted = estimator.fitted("gamma_").and_then(record::Value::as_f64);
    let gamma = fitted.unwrap_or_else(|| number("gamma", 1.0 / columns.len() as f64));
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let table = b.tensor(Tensor::f64("training rows", [rows.len() as u32, columns.len() as u32], rows.iter().flatten().copied()));
    let product = || table.contract(row, [(1, 0)]);
    // No constants but sums that the row takes part in: scikit-learn adds in an order of its own, and the bound is to know of that.
    let squares = || (table * table).contract(row * 0.0 + 1.0, [(1, 0)]);
    let length = |square: Val<'b>| square.eq(0.0).select(b.f64(1.0), square.sqrt());
    Ok(match param_text(estimator, "kernel") {
        "linear" => product(),
        "rbf" => {
            let away = (product() * -2.0 + row.contract(row, [(0, 0)]) + squares()).max(0.0);
            (away * -gamma).exp()
        }
        "poly" | "polynomial" => (product() * gamma + number("coef0", 1.0)).pow(number("degree", 3.0)),
        "sigmoid" => (product() * gamma + number("coef0", 1.0)).tanh(),
        "cosine" => {
            // Whether a square that is so large overflows may depend on the order of the sum.
            let beyond = !row.contract(row, [(0, 0)]).lt(LARGEST);
            refuse_rows(replay, call.span, columns, "numbers whose squares are too large to be added", |_, _| Some(beyond));
            let unit = table / length(squares()).reshape([rows.len() as u32, 1]);
            unit.contract(row / length(row.contract(row, [(0, 0)])), [(1, 0)])
        }
        "laplacian" => ((table - row).abs().reduce(Reduce::Sum, [1]) * -gamma).exp(),
        other => return Err(replay.unsupported(call.span, format!("the kernel `{other}`"))),
    })
}

/// The kernels with the training rows, by the dual coefficients of each target.
fn ridge<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let rows = matrix(replay, &estimator, "X_fit_", columns.len(), call)?;
    let weights = columns_of(replay, &estimator, "dual_coef_", rows.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let kernels = pairwise(replay, &estimator, &rows, &mut columns, call)?;
    let sums = sums(replay, kernels, &weights);
    let whole = Whole::of(&columns);
    let dual = estimator.fitted("dual_coef_").and_then(record::Value::as_tagged);
    let is_matrix = matches!(dual, Some(Tagged::Array(array)) if array.shape.len() == 2);
    Ok(match sums.as_slice() {
        [only] if !is_matrix => Value::Column(whole.column(Kind::Float, *only)),
        _ => whole.floats(sums),
    })
}

/// The sums of the kernels by several lists of weights.
fn sums<'b>(replay: &Replay<'_, 'b>, kernels: Val<'b>, weights: &[Vec<f64>]) -> Vec<Val<'b>> {
    let tensor = |weights: &Vec<f64>| replay.b.tensor(Tensor::f64("coefficients", [weights.len() as u32], weights.iter().copied()));
    weights.iter().map(|weights| kernels.contract(tensor(weights), [(0, 0)])).collect()
}

/// The kernels less their mean and that of the training rows, by `eigenvectors / sqrt(eigenvalues)`.
fn principal<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let rows = matrix(replay, &estimator, "X_fit_", columns.len(), call)?;
    let weights = columns_of(replay, &estimator, "scaled_alphas", rows.len(), call)?;
    let means = needed(replay, &estimator, "kernel_means", rows.len(), call)?;
    let Some(mean) = estimator.fitted("kernel_mean").and_then(record::Value::as_f64) else {
        return Err(not_fitted(replay, &estimator, "_centerer", call.span));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let kernels = pairwise(replay, &estimator, &rows, &mut columns, call)?;
    // The squares of large numbers overflow, and the differences of what they give are NaN.
    let beyond = kernels.abs().lt(f64::INFINITY).cast(Elem::F64).reduce(Reduce::Min, [0]).lt(1.0);
    let mut whole = Whole::of(&columns);
    whole.guard(replay.guard(beyond, Reason::Invalid("kernels that are not finite, which KernelPCA refuses".to_owned()), call.span));
    let own = kernels.reduce(Reduce::Sum, [0]) / rows.len() as f64;
    let centered = kernels - replay.b.tensor(Tensor::f64("kernel means", [rows.len() as u32], means)) - own + mean;
    Ok(whole.floats(sums(replay, centered, &weights)))
}

/// The kernels with the training rows, by the shares that each of those has of each class, over their sum.
fn propagated<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Vec<Val<'b>>, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let rows = matrix(replay, &estimator, "X_", columns.len(), call)?;
    let weights = columns_of(replay, &estimator, "label_distributions_", rows.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let kernels = pairwise(replay, &estimator, &rows, &mut columns, call)?;
    let shares = sums(replay, kernels, &weights);
    let total = replay.b.pack(&shares).reduce(Reduce::Sum, [0]);
    Ok((estimator, shares.into_iter().map(|share| share / total).collect(), Whole::of(&columns)))
}

fn propagated_shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, shares, whole) = propagated(replay, call)?;
    Ok(whole.floats(shares))
}

fn propagated_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, shares, whole) = propagated(replay, call)?;
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let cell = class_at(replay, &classes, arg_max(replay.b.pack(&shares)), call.span)?;
    Ok(Value::Column(whole.cell(cell)))
}

/// The kernels with some of the training rows, by the matrix that makes their own products those of the kernels.
fn approximated<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let rows = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let weights = matrix(replay, &estimator, "normalization_", rows.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let kernels = pairwise(replay, &estimator, &rows, &mut columns, call)?;
    Ok(Whole::of(&columns).floats(sums(replay, kernels, &weights)))
}

/// 1 where the sum is positive, else -1.
fn inlier<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let machine = machine(replay, call)?;
    let sum = single(replay, &machine, call)?;
    Ok(Value::Column(machine.whole.column(Kind::INT, sum.gt(0.0).select(replay.b.i64(1), -1_i64))))
}

/// The sum for each pair of classes, the first with the second, the first with the third and so on: positive is for the first of both.
fn duels<'b>(replay: &mut Replay<'_, 'b>, machine: &Machine<'b>, classes: usize, call: &Call<'b>) -> Result<Vec<Val<'b>>, Unknown> {
    let counts = machine.estimator.fitted("_n_support").and_then(record::Value::floats).unwrap_or_default();
    let pairs = classes * (classes - 1) / 2;
    let vectors = machine.coefficients.first().map_or(0, Vec::len);
    let held: usize = counts.iter().map(|count| *count as usize).sum();
    if counts.len() != classes || held != vectors || machine.coefficients.len() + 1 != classes || machine.intercepts.len() != pairs {
        return Err(not_fitted(replay, &machine.estimator, "n_support_", call.span));
    }
    let owner: Vec<usize> = counts.iter().enumerate().flat_map(|(class, count)| std::iter::repeat_n(class, *count as usize)).collect();
    let mut out = Vec::new();
    for first in 0..classes {
        for second in first + 1..classes {
            let weight = |(at, owner): (usize, &usize)| match *owner {
                class if class == first => machine.coefficients[second - 1][at],
                class if class == second => machine.coefficients[first][at],
                _ => 0.0,
            };
            let weights: Vec<f64> = owner.iter().enumerate().map(weight).collect();
            out.push(machine.sum(replay, &weights, machine.intercepts[out.len()]));
        }
    }
    Ok(out)
}

fn classes<'b>(replay: &mut Replay<'_, 'b>, machine: &Machine<'b>, call: &Call<'b>) -> Result<Vec<record::Value>, Unknown> {
    match machine.estimator.fitted("classes_").and_then(record::Value::items) {
        Some(classes) if classes.len() > 1 => Ok(classes),
        _ => Err(not_fitted(replay, &machine.estimator, "classes_", call.span)),
    }
}

/// How many duels each class wins.
fn votes<'b>(replay: &Replay<'_, 'b>, duels: &[Val<'b>], classes: usize) -> Vec<Val<'b>> {
    let b = replay.b;
    let mut votes = vec![b.f64(0.0); classes];
    let mut duels = duels.iter();
    for first in 0..classes {
        for second in first + 1..classes {
            let Some(duel) = duels.next() else { return votes };
            let won = duel.gt(0.0);
            votes[first] = votes[first] + won.select(b.f64(1.0), 0.0);
            votes[second] = votes[second] + won.select(b.f64(0.0), 1.0);
        }
    }
    votes
}

/// Of two classes positive is for the second. Of several each class has its votes and, within a third of one, its sum of duels.
fn decision<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let machine = machine(replay, call)?;
    let count = classes(replay, &machine, call)?.len();
    if count == 2 {
        let sum = single(replay, &machine, call)?;
        return Ok(Value::Column(machine.whole.column(Kind::Float, sum)));
    }
    let duels = duels(replay, &machine, count, call)?;
    if param_text(&machine.estimator, "decision_function_shape") == "ovo" {
        return Ok(machine.whole.floats(duels));
    }
    Ok(machine.whole.floats(one_against_rest(replay, &duels, count)))
}

/// `votes + sum / (3 (|sum| + 1))`; a duel of zero is the first's here.
fn one_against_rest<'b>(replay: &Replay<'_, 'b>, duels: &[Val<'b>], classes: usize) -> Vec<Val<'b>> {
    let b = replay.b;
    let (mut votes, mut sums) = (vec![b.f64(0.0); classes], vec![b.f64(0.0); classes]);
    let mut next = duels.iter();
    for first in 0..classes {
        for second in first + 1..classes {
            let Some(duel) = next.next() else { return votes };
            let lost = duel.lt(0.0);
            sums[first] = sums[first] + *duel;
            sums[second] = sums[second] - *duel;
            votes[first] = votes[first] + lost.select(b.f64(0.0), 1.0);
            votes[second] = votes[second] + lost.select(b.f64(1.0), 0.0);
        }
    }
    votes.into_iter().zip(sums).map(|(votes, sum)| votes + sum / ((sum.abs() + 1.0) * 3.0)).collect()
}

/// The class with the most duels won, of several the first.
fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let machine = machine(replay, call)?;
    let classes = classes(replay, &machine, call)?;
    let cell = match classes.as_slice() {
        [no, yes] => {
            let sum = single(replay, &machine, call)?;
            of_two(replay, !sum.lt(0.0), no, yes, call)?
        }
        _ => {
            let duels = duels(replay, &machine, classes.len(), call)?;
            let breaks = super::fitted::param_flag(&machine.estimator, "break_ties");
            let scores = if breaks { one_against_rest(replay, &duels, classes.len()) } else { votes(replay, &duels, classes.len()) };
            let number = replay.b.pack(&scores).reduce(Reduce::ArgMax, [0]);
            class_at(replay, &classes, number, call.span)?
        }
    };
    Ok(Value::Column(machine.whole.cell(cell)))
}

/// Steps that are emitted of libsvm's way from the probabilities of pairs to those of classes; it takes at most 4 of them where it was
/// tried. A row that needs more has no score.
const STEPS: usize = 8;

/// More classes than this would make the scorer long.
const MOST_CLASSES: usize = 8;

/// Platt's `1 / (1 + exp(a sum + b))` for the first class of each pair, brought to one probability a class.
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let machine = machine(replay, call)?;
    let at = call.span;
    let count = classes(replay, &machine, call)?.len();
    // libsvm's own sum is for the first class of a pair.
    let sums = if count == 2 { vec![-single(replay, &machine, call)?] } else { duels(replay, &machine, count, call)? };
    let numbers = |name: &str| machine.estimator.fitted(name).and_then(record::Value::floats).filter(|numbers| numbers.len() == sums.len());
    let (Some(slopes), Some(offsets)) = (numbers("_probA"), numbers("_probB")) else {
        return Err(not_fitted(replay, &machine.estimator, "probA_", at));
    };
    if count > MOST_CLASSES {
        return Err(replay.unsupported(at, format!("probabilities of more than {MOST_CLASSES} classes by pairs")));
    }
    let (shares, open) = ir::build::platt(&sums, &slopes, &offsets, count, STEPS);
    let mut whole = machine.whole;
    whole.guard(replay.guard(open, Reason::Invalid("probabilities of classes that take libsvm many steps".to_owned()), at));
    Ok(whole.floats(shares))
}
