//! Support vector machines, as onnxruntime computes them: float32, one-against-one votes, Platt's probabilities by pairs.

use ir::{Reduce, Val};

use super::Row;
use super::scores::{Complement, PostTransform, label, label_of_two};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType};
use crate::value::{PerRow, Value, constant};

pub(super) const OPS: &[Row] = &[Row::ml("SVMClassifier", svm_classifier).by_row(), Row::ml("SVMRegressor", svm_regressor).by_row()];

type Refusal = Box<source::Diagnostic>;

/// `exp(-x)` is zero in float32 from here on.
const LEAST_EXPONENT: f64 = 110.0;
/// Steps of the coupling of probabilities that are written out; a row that needs more is not scored.
const STEPS: usize = 20;
/// Classes of which probabilities by pairs are coupled.
const MOST_CLASSES: usize = 12;

fn number<'b>(value: f64, beside: Val<'b>) -> Val<'b> {
    ir::build::IntoVal::into_val(value, beside)
}

/// The row as float32, and the products of it with each of some vectors under the kernel of the node: `K(x, v)`.
struct Machine<'b> {
    row: Val<'b>,
    features: usize,
}

impl<'b> Machine<'b> {
    fn of(node: &OnnxNode<'_, 'b>) -> Result<Machine<'b>, Refusal> {
        let x = node.features(0)?;
        if x.elements == ElementType::Str || x.elements == ElementType::Bool {
            return node.malformed(format!("its input is {}", x.elements.name()));
        }
        Ok(Machine { row: x.cast(node.b, ElementType::F32).vector(node.b), features: x.count() })
    }

    /// Linear: `x v`; polynomial: `(gamma x v + coef0)^degree`; radial: `exp(-gamma |x - v|^2)`; sigmoid: `tanh(gamma x v + coef0)`.
    fn kernel(&self, node: &OnnxNode<'_, 'b>, name: &str, vectors: &[f32]) -> Result<Val<'b>, Refusal> {
        if self.features == 0 || vectors.is_empty() || !vectors.len().is_multiple_of(self.features) {
            return node.malformed(format!("{} numbers make no vectors of {} features", vectors.len(), self.features));
        }
        let count = vectors.len() / self.features;
        let table = constant(node.b, name, &[count, self.features], &Data::f32(vectors.to_vec()));
        let kernel = node.string("kernel_type");
        let dot = || table.contract(self.row, [(1, 0)]);
        if kernel == "LINEAR" {
            return Ok(dot());
        }
        let [gamma, coef0, degree] = node.floats("kernel_params") else { return node.malformed("it has no three kernel parameters") };
        let (gamma, coef0, degree) = (f64::from(*gamma), f64::from(*coef0), f64::from(*degree));
        match kernel {
            "POLY" => {
                let base = dot() * gamma + coef0;
                Ok(base.pow(number(degree, base)))
            }
            "SIGMOID" => Ok((dot() * gamma + coef0).tanh()),
            "RBF" => {
                let apart = table - self.row;
                let kernels = ((apart * apart).reduce(Reduce::Sum, [1]) * -gamma).exp();
                if gamma <= 0.0 {
                    return Ok(kernels);
                }
                // Where one feature alone makes it zero, squares need not be looked at: they may overflow.
                let far = apart.abs().reduce(Reduce::Max, [1]).ge((LEAST_EXPONENT / gamma).sqrt());
                Ok(far.select(number(0.0, kernels), kernels))
            }
            other => node.malformed(format!("its kernel is {other}")),
        }
    }
}

/// `sum of coefficients times kernels, + rho`; with `one_class` 1 where that is above zero, else -1. Post transforms are not applied.
fn svm_regressor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let machine = Machine::of(node)?;
    let coefficients = node.floats("coefficients");
    let Some(rho) = node.floats("rho").first().map(|rho| f64::from(*rho)) else { return node.malformed("it has no rho") };
    let sum = if node.int("n_supports") > 0 {
        let kernels = machine.kernel(node, "support vectors", node.floats("support_vectors"))?;
        if kernels.ty().count() != coefficients.len() {
            return node.malformed(format!("{} coefficients for {} support vectors", coefficients.len(), kernels.ty().count()));
        }
        constant(node.b, "coefficients", &[coefficients.len()], &Data::f32(coefficients.to_vec())).contract(kernels, [(0, 0)])
    } else {
        let kernels = machine.kernel(node, "coefficients", coefficients)?;
        if kernels.ty().count() != 1 {
            return node.malformed(format!("{} coefficients for {} features", coefficients.len(), machine.features));
        }
        kernels.at(0)
    };
    let score = sum + rho;
    let result = if node.int("one_class") != 0 { score.gt(0.0).select(node.b.f32(1.0), -1.0) } else { score };
    Ok(vec![Value::PerRow(PerRow::tensor(0, result.reshape([1])))])
}

/// The label by votes of pairs, whatever the probabilities say; scores are those of pairs, or probabilities.
fn svm_classifier<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let machine = Machine::of(node)?;
    let transform = PostTransform::of(node)?;
    let labels = node.labels("classlabels_strings", "classlabels_ints");
    let rho = node.floats("rho");
    if rho.is_empty() || labels.is_empty() {
        return node.malformed("it has no rho or no labels");
    }
    if node.ints("vectors_per_class").is_empty() {
        return linear(node, &machine, transform, &labels);
    }
    let sums = duels(node, &machine)?;
    let count = node.ints("vectors_per_class").len();
    if labels.len() != count {
        return node.malformed(format!("{} labels for {count} classes", labels.len()));
    }
    // Of equal votes the first class wins.
    let winner = node.b.pack(&votes(node, &sums, count)).reduce(Reduce::ArgMax, [0]);
    let (slopes, offsets) = (node.floats("prob_a"), node.floats("prob_b"));
    if !slopes.is_empty() {
        if slopes.len() != sums.len() || offsets.len() != sums.len() || count > MOST_CLASSES {
            return node.unsupported(format!("{} probabilities of pairs for {count} classes", slopes.len()));
        }
        let doubles = |numbers: &[f32]| numbers.iter().map(|number| f64::from(*number)).collect::<Vec<_>>();
        let (shares, open) = ir::build::platt(&sums, &doubles(slopes), &doubles(offsets), count, STEPS);
        node.leave_open(open, "probabilities of classes that take many steps");
        let scores = node.b.pack(&shares);
        let best = label(node.b, &labels, winner);
        return Ok(vec![Value::PerRow(PerRow::tensor(0, best)), Value::PerRow(PerRow::tensor(0, transform.apply(node.b, scores)))]);
    }
    if let [score] = sums.as_slice() {
        // The one score speaks for the first class, and stands in the second column all the same: so onnxruntime writes it.
        let complement = if transform == PostTransform::None { Complement::Negative } else { Complement::OneMinus };
        let scores = transform.of_two(node)?.second_class(node.b, *score, complement);
        let Some(label) = label_of_two(node.b, &labels, winner.eq(1_i64)) else { return node.malformed("two classes have other labels") };
        return Ok(vec![Value::PerRow(PerRow::tensor(0, label)), Value::PerRow(PerRow::tensor(0, scores))]);
    }
    let scores = node.b.pack(&sums);
    let best = label(node.b, &labels, winner);
    Ok(vec![Value::PerRow(PerRow::tensor(0, best)), Value::PerRow(PerRow::tensor(0, transform.apply(node.b, scores)))])
}

/// The scores of a linear machine without support vectors: one a class, the greatest wins. Of two classes the second wins wherever the
/// greatest is above zero (from 0.5 on, where no coefficient is negative), as in onnxruntime.
fn linear<'b>(node: &OnnxNode<'_, 'b>, machine: &Machine<'b>, transform: PostTransform, labels: &Data) -> Translated<'b> {
    let rho = node.floats("rho").first().map_or(0.0, |rho| f64::from(*rho));
    let scores = machine.kernel(node, "coefficients", node.floats("coefficients"))? + rho;
    if scores.ty().count() != labels.len() {
        return node.unsupported(format!("{} scores for {} labels", scores.ty().count(), labels.len()));
    }
    let mut winner = scores.reduce(Reduce::ArgMax, [0]);
    if labels.len() == 2 {
        let greatest = scores.reduce(Reduce::Max, [0]);
        let is_positive = node.floats("coefficients").iter().all(|coefficient| *coefficient >= 0.0);
        let is_second = if is_positive { greatest.ge(0.5) } else { greatest.gt(0.0) };
        winner = is_second.select(node.b.i64(1), winner);
    }
    let best = label(node.b, labels, winner);
    Ok(vec![Value::PerRow(PerRow::tensor(0, best)), Value::PerRow(PerRow::tensor(0, transform.apply(node.b, scores)))])
}

/// For each pair of classes, the sum that speaks for the first: over the support vectors of both.
fn duels<'b>(node: &OnnxNode<'_, 'b>, machine: &Machine<'b>) -> Result<Vec<Val<'b>>, Refusal> {
    let per_class: Option<Vec<usize>> = node.ints("vectors_per_class").iter().map(|count| usize::try_from(*count).ok()).collect();
    let Some(per_class) = per_class else { return node.malformed("a class has a negative number of vectors") };
    let (count, vectors): (usize, usize) = (per_class.len(), crate::value::total(&per_class));
    let kernels = machine.kernel(node, "support vectors", node.floats("support_vectors"))?;
    let (coefficients, rho) = (node.floats("coefficients"), node.floats("rho"));
    let pairs = count * count.saturating_sub(1) / 2;
    if kernels.ty().count() != vectors || coefficients.len() != vectors * count.saturating_sub(1) || rho.len() < pairs || count < 2 {
        return node.malformed(format!(
            "{} coefficients and {} rho for {vectors} vectors of {count} classes",
            coefficients.len(),
            rho.len()
        ));
    }
    let starts: Vec<usize> = per_class.iter().scan(0, |start, count| Some(std::mem::replace(start, *start + count))).collect();
    let table = constant(node.b, "coefficients", &[count - 1, vectors], &Data::f32(coefficients.to_vec()));
    let part = |line: usize, class: usize| {
        let (start, length) = (starts[class] as u32, per_class[class] as u32);
        let weights = table.slice(0, line as u32, 1, 1).slice(1, start, 1, length).reshape([length]);
        weights.contract(kernels.slice(0, start, 1, length), [(0, 0)])
    };
    let mut sums = Vec::new();
    for first in 0..count {
        for second in first + 1..count {
            let sum = part(second - 1, first) + part(first, second);
            sums.push(sum + f64::from(rho[sums.len()]));
        }
    }
    Ok(sums)
}

/// How many pairs each class wins; a sum above zero is a vote for the first.
fn votes<'b>(node: &OnnxNode<'_, 'b>, sums: &[Val<'b>], count: usize) -> Vec<Val<'b>> {
    let mut votes = vec![node.b.i64(0); count];
    let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
    for ((first, second), sum) in pairs.zip(sums) {
        let wins = sum.gt(0.0);
        votes[first] = votes[first] + wins.select(node.b.i64(1), 0_i64);
        votes[second] = votes[second] + wins.select(node.b.i64(0), 1_i64);
    }
    votes
}
