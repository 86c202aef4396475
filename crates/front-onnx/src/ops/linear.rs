//! Linear models and matrix products. Sums run in the lane order of the IR; onnxruntime leaves the order open.

use ir::{Reduce, Val};

use super::Row;
use super::scores::{Complement, PostTransform, label, label_of_two};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{PerRow, Value, constant};

pub(super) const OPS: &[Row] = &[
    Row::new("Gemm", gemm),
    Row::ml("LinearClassifier", linear_classifier),
    Row::ml("LinearRegressor", linear_regressor),
    Row::new("MatMul", matmul),
];

/// `scores[t] = sum over f of coefficients[t][f] * x[f], + intercepts[t]`, in float32. Without intercepts, nothing is added.
fn linear_scores<'b>(node: &OnnxNode<'_, 'b>, targets: usize, intercepts: &[f32]) -> Result<Val<'b>, Box<source::Diagnostic>> {
    let x = node.features(0)?.cast(node.b, ElementType::F32);
    if x.elements != ElementType::F32 {
        return node.malformed("its input is not numeric");
    }
    let coefficients = node.floats("coefficients");
    if targets == 0 || coefficients.len() != targets * x.count() {
        return node.malformed(format!("{} coefficients for {targets} targets and {} features", coefficients.len(), x.count()));
    }
    let shape = [targets, x.count()];
    let table = constant(node.b, "coefficients", &shape, &Data::F32(coefficients.to_vec()));
    let products = table.contract(x.vector(node.b), [(1, 0)]);
    if intercepts.is_empty() {
        return Ok(products);
    }
    if intercepts.len() != targets {
        return node.malformed(format!("{} intercepts for {targets} targets", intercepts.len()));
    }
    Ok(products + constant(node.b, "intercepts", &[targets], &Data::F32(intercepts.to_vec())))
}

/// `y = coefficients * x + intercepts`
///
/// With one target onnxruntime applies no post transform.
fn linear_regressor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let transform = PostTransform::of(node)?;
    let Ok(targets) = usize::try_from(node.int("targets")) else { return node.malformed("`targets` is negative") };
    let scores = linear_scores(node, targets, node.floats("intercepts"))?;
    let scores = if targets == 1 { scores } else { transform.apply(node.b, scores) };
    Ok(vec![Value::PerRow(PerRow::tensor(0, scores))])
}

/// The label is that of the first greatest score, or with one score the second where the score is above zero.
fn linear_classifier<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let transform = PostTransform::of(node)?;
    let intercepts = node.floats("intercepts");
    let labels = node.labels("classlabels_strings", "classlabels_ints");
    let scores = linear_scores(node, intercepts.len(), intercepts)?;
    if intercepts.len() == 1 {
        let score = scores.at(0);
        let Some(label) = label_of_two(node.b, &labels, score.gt(0.0)) else {
            return node.unsupported(format!("one score and {} labels", labels.len()));
        };
        let both = transform.second_class(node.b, score, Complement::OneMinus);
        return Ok(vec![Value::PerRow(PerRow::tensor(0, label)), Value::PerRow(PerRow::tensor(0, both))]);
    }
    if labels.len() != intercepts.len() {
        return node.malformed(format!("{} labels for {} scores", labels.len(), intercepts.len()));
    }
    let label = label(node.b, &labels, scores.reduce(Reduce::ArgMax, [0]));
    Ok(vec![Value::PerRow(PerRow::tensor(0, label)), Value::PerRow(PerRow::tensor(0, transform.apply(node.b, scores)))])
}

/// `x * W` for a constant matrix or vector `W`; the batch is not the last axis of `x`.
fn product<'b>(node: &OnnxNode<'_, 'b>, x: &PerRow<'b>, weights: &Tensor) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    let Some(width) = x.shape.last().filter(|_| x.batch < x.shape.len()) else {
        return node.mixes_rows("it sums over the batch axis");
    };
    if !matches!(weights.dims.len(), 1 | 2) || weights.dims.first() != Some(width) {
        return node.unsupported(format!("a product of {:?} with weights {:?}", x.dims(), weights.dims));
    }
    if weights.data.element_type() != x.elements {
        return node.malformed(format!("a product of {} and {}", x.elements.name(), weights.data.element_type().name()));
    }
    let weights = constant(node.b, "weights", &weights.dims, &weights.data);
    Ok(PerRow::tensor(x.batch, x.value(node.b).contract(weights, [(x.shape.len() as u8 - 1, 0)])))
}

/// `x * W`
fn matmul<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::PerRow(product(node, node.row(0)?, node.constant(1)?)?)])
}

/// `alpha * x * W + beta * c`; either matrix may be given transposed, `x` may not (its first axis is the batch).
fn gemm<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.features(0)?;
    if node.int("transA") != 0 {
        return node.mixes_rows("`transA` turns the batch axis into the axis that is summed");
    }
    let weights = node.constant(1)?;
    let [rows, columns] = weights.dims.as_slice() else { return node.malformed("its second input is no matrix") };
    let weights = if node.int("transB") != 0 { transposed(weights, *rows, *columns) } else { weights.clone() };
    let result = product(node, x, &weights)?;
    let scaled = |value: Val<'b>, factor: f32| if factor == 1.0 { value } else { value * f64::from(factor) };
    let (alpha, beta) = (node.float("alpha"), node.float("beta"));
    let result = Value::PerRow(result.map(node.b, |value| scaled(value, alpha)));
    let sum = match node.optional(2) {
        None => Ok(result),
        Some(c) => crate::value::broadcast(node.b, &result, c, |product, c| product + scaled(c, beta)),
    };
    match sum {
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

fn transposed(matrix: &Tensor, rows: usize, columns: usize) -> Tensor {
    let positions: Vec<usize> = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column)).collect();
    Tensor { dims: vec![columns, rows], data: matrix.data.pick(&positions) }
}
