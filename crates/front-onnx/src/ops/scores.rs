//! What linear and tree models share: post transforms and the second class of a binary model, as onnxruntime computes them.

use ir::{Builder, Elem, Map, Table, Val};

use crate::node::OnnxNode;
use crate::tensor::Data;
use crate::value::literals;

/// Scores nearer to zero than this are zero to SOFTMAX_ZERO; the number is onnxruntime's.
const SOFTMAX_ZERO_LIMIT: f64 = 0.0000001;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PostTransform {
    None,
    Logistic,
    Softmax,
    SoftmaxZero,
    Probit,
}

impl PostTransform {
    pub(super) fn of(node: &OnnxNode<'_, '_>) -> Result<Self, Box<source::Diagnostic>> {
        match node.string("post_transform") {
            "NONE" => Ok(PostTransform::None),
            "LOGISTIC" => Ok(PostTransform::Logistic),
            "SOFTMAX" => Ok(PostTransform::Softmax),
            "SOFTMAX_ZERO" => Ok(PostTransform::SoftmaxZero),
            "PROBIT" => Ok(PostTransform::Probit),
            other => {
                let message = format!("the post_transform `{other}` of `{}` is not supported", node.node.operator);
                Err(Box::new(
                    node.error("onnx-unsupported-attribute", message).help("export with NONE, LOGISTIC, SOFTMAX, SOFTMAX_ZERO or PROBIT"),
                ))
            }
        }
    }

    /// Over a vector of two or more scores.
    pub(super) fn apply<'b>(self, b: &'b Builder, scores: Val<'b>) -> Val<'b> {
        match self {
            PostTransform::None => scores,
            PostTransform::Logistic => logistic(b, scores),
            PostTransform::Softmax => scores.softmax(),
            PostTransform::SoftmaxZero => softmax_zero(b, scores),
            PostTransform::Probit => probit(scores),
        }
    }

    /// A transform of the one score of a binary model, from which the second class is to follow. That of `PROBIT` does not.
    pub(super) fn of_two(self, node: &OnnxNode<'_, '_>) -> Result<Self, Box<source::Diagnostic>> {
        if self == PostTransform::Probit {
            return node.unsupported("PROBIT of one score leaves the other class without any");
        }
        Ok(self)
    }

    /// Two scores from the one of a binary model: logistic of `-s` and `s`, else `1 - s` or `-s` and `s`.
    pub(super) fn second_class<'b>(self, b: &'b Builder, score: Val<'b>, complement: Complement) -> Val<'b> {
        let other = match (self, complement) {
            (PostTransform::Logistic, _) => return b.pack(&[logistic(b, -score), logistic(b, score)]),
            (_, Complement::OneMinus) => number(1.0, score) - score,
            (_, Complement::Negative) => -score,
        };
        b.pack(&[other, score])
    }
}

/// How the score of the first class follows from that of the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complement {
    OneMinus,
    Negative,
}

fn number<'b>(value: f64, beside: Val<'b>) -> Val<'b> {
    ir::build::IntoVal::into_val(value, beside)
}

/// `v = 1 / (1 + exp(-|x|))`, then `1 - v` below zero.
///
/// This is onnxruntime's form; below about -17 in float32 it gives 0, where the textbook form still has a value.
fn logistic<'b>(_: &'b Builder, x: Val<'b>) -> Val<'b> {
    let v = number(1.0, x) / ((-x.abs()).exp() + 1.0);
    x.lt(0.0).select(number(1.0, x) - v, v)
}

/// The quantile of the normal distribution, by onnxruntime's approximation: `sqrt(2) erfinv(2 x - 1)` with Winitzki's inverse of the error
/// function, which has two to three digits.
fn probit(x: Val<'_>) -> Val<'_> {
    const A: f32 = 0.147;
    // Cut off after five digits there.
    const PI: f64 = 314_159.0 / 100_000.0;
    let y = x * 2.0 - 1.0;
    let log = ((number(1.0, y) - y) * (y + 1.0)).log();
    let v = log * 0.5 + f64::from(2.0 / (PI as f32 * A));
    let root = (-v + (v * v - log * f64::from(1.0 / A)).sqrt()).sqrt();
    y.lt(0.0).select(-root, root) * f64::from(std::f32::consts::SQRT_2)
}

/// Softmax over the scores that are not zero; a zero is multiplied by `exp(-max)` and so stays zero. All zeros give NaN (0 / 0).
fn softmax_zero<'b>(b: &'b Builder, scores: Val<'b>) -> Val<'b> {
    let greatest = scores.reduce(ir::Reduce::Max, [0]);
    let counts = scores.gt(SOFTMAX_ZERO_LIMIT) | scores.lt(-SOFTMAX_ZERO_LIMIT) | scores.is_nan();
    let weight = (scores - greatest).exp();
    let total = counts.select(weight, number(0.0, scores)).reduce(ir::Reduce::Sum, [0]);
    let _ = b;
    counts.select(weight, scores * (-greatest).exp()) / total
}

/// The class label at an index that is known to lie inside.
pub(super) fn label<'b>(b: &'b Builder, labels: &Data, index: Val<'b>) -> Val<'b> {
    b.tensor(ir::Tensor::new("class labels", [labels.len() as u32], labels.elements())).gather(index, 0)
}

/// One of two labels.
pub(super) fn label_of_two<'b>(b: &'b Builder, labels: &Data, is_second: Val<'b>) -> Option<Val<'b>> {
    let literals = literals(labels);
    let [first, second] = literals.as_slice() else { return None };
    Some(is_second.select(b.constant(second.clone()), b.constant(first.clone())))
}

/// A look-up table from one key; of equal keys the first counts.
pub(super) fn map(b: &Builder, name: &str, key: Elem, rows: Vec<(ir::Literal, ir::Literal)>, value: Elem) -> ir::Handle<Table> {
    let mut kept: Vec<(Vec<ir::Literal>, ir::Literal)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (from, to) in rows {
        if seen.insert(from.clone()) {
            kept.push((vec![from], to));
        }
    }
    b.table(Table::Map(Map { name: name.to_owned(), keys: vec![key], value, rows: kept }))
}
