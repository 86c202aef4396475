//! Linear models and matrix products. Sums run in the lane order of the IR; onnxruntime leaves the order open.

use ir::{Reduce, Val};

use super::Row;
use super::scores::{Complement, PostTransform, label, label_of_two};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{PerRow, Value, constant, ir_shape};

pub(super) const OPS: &[Row] = &[
    Row::microsoft("CDist", distances),
    Row::new("Gemm", gemm),
    Row::ml("LinearClassifier", linear_classifier).by_row(),
    Row::ml("LinearRegressor", linear_regressor).by_row(),
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
    let table = constant(node.b, "coefficients", &shape, &Data::f32(coefficients.to_vec()));
    let products = table.contract(x.vector(node.b), [(1, 0)]);
    if intercepts.is_empty() {
        return Ok(products);
    }
    if intercepts.len() != targets {
        return node.malformed(format!("{} intercepts for {targets} targets", intercepts.len()));
    }
    Ok(products + constant(node.b, "intercepts", &[targets], &Data::f32(intercepts.to_vec())))
}

/// `y = coefficients * x + intercepts`
///
/// With one target onnxruntime applies no post transform but PROBIT.
fn linear_regressor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let transform = PostTransform::of(node)?;
    let Ok(targets) = usize::try_from(node.int("targets")) else { return node.malformed("`targets` is negative") };
    let scores = linear_scores(node, targets, node.floats("intercepts"))?;
    let scores = if targets == 1 && transform != PostTransform::Probit { scores } else { transform.apply(node.b, scores) };
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
        let both = transform.of_two(node)?.second_class(node.b, score, Complement::OneMinus);
        return Ok(vec![Value::PerRow(PerRow::tensor(0, label)), Value::PerRow(PerRow::tensor(0, both))]);
    }
    if labels.len() != intercepts.len() {
        return node.malformed(format!("{} labels for {} scores", labels.len(), intercepts.len()));
    }
    let label = label(node.b, &labels, scores.reduce(Reduce::ArgMax, [0]));
    Ok(vec![Value::PerRow(PerRow::tensor(0, label)), Value::PerRow(PerRow::tensor(0, transform.apply(node.b, scores)))])
}

/// `a * b` by the rules of numpy: of matrices along the last two axes, of vectors along the last, of stacks of matrices one by one.
pub(super) fn product<'b>(node: &OnnxNode<'_, 'b>, a: &PerRow<'b>, b: &PerRow<'b>) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    if a.elements != b.elements {
        return node.malformed(format!("a product of {} and {}", a.elements.name(), b.elements.name()));
    }
    let (Some(a_summed), Some(b_summed)) = (a.rank().checked_sub(1), b.rank().checked_sub(b.rank().min(2))) else {
        return node.malformed("a product with a scalar");
    };
    if a.batch == Some(a_summed) || b.batch == Some(b_summed) {
        return node.mixes_rows("it sums over the batch axis");
    }
    let (left, right) = (a.whole_shape(), b.whole_shape());
    if a.rank() == 0 || b.rank() == 0 || left.last() != right.get(b_summed) {
        return node.malformed(format!("a product of {:?} with {:?}", a.dims(), b.dims()));
    }
    let rounded = |row: PerRow<'b>| row.map(node.b, |x| x);
    if b.batch.is_none() && b.rank() <= 2 {
        let value = a.value(node.b).contract(b.value(node.b), [(a.shape.len() as u8 - 1, 0)]);
        return Ok(rounded(PerRow::of(a.elements, a.batch, value)));
    }
    // As stacks of matrices: `[..., m, 1, k]` times `[..., 1, n, k]`.
    let (x, y) = (a.whole(node.b), b.whole(node.b));
    let (a_vector, b_vector) = (a.rank() == 1, b.rank() == 1);
    let x = if a_vector { x.reshape([1, ir_shape(&left)[0]]) } else { x };
    let y = if b_vector { y.reshape([ir_shape(&right)[0], 1]) } else { y };
    let (rank_a, rank_b) = (x.ty().shape.len(), y.ty().shape.len());
    let rank = rank_a.max(rank_b);
    // The places of the batch axes from the end; each must meet an axis of length 1 or the other batch.
    let from_end = |row: &PerRow<'b>, rank: usize| row.batch.map(|batch| rank - 1 - batch);
    let (place_a, place_b) = (from_end(a, rank_a), from_end(b, rank_b));
    let batch = match (place_a, place_b) {
        (Some(p), Some(q)) if p != q => return node.mixes_rows("the batch axes of its operands do not meet"),
        (Some(p), Some(_)) if p < 2 => return node.mixes_rows("it multiplies rows with rows"),
        (p, q) => p.or(q),
    };
    let meets = |place: Option<usize>, other: &PerRow<'b>, shape: &[u32]| match place {
        Some(place) if place >= 2 && other.batch.is_none() => shape.len() <= place || shape[shape.len() - 1 - place] == 1,
        Some(_) | None => true,
    };
    if !meets(place_a, b, &y.ty().shape) || !meets(place_b, a, &x.ty().shape) {
        return node.mixes_rows("one operand has a matrix for each row of a batch");
    }
    let mut order: Vec<u8> = (0..rank_b as u8).collect();
    order.swap(rank_b - 1, rank_b - 2);
    let y = y.transpose(order);
    let mut left = x.ty().shape;
    left.insert(rank_a - 1, 1);
    let mut right = y.ty().shape;
    right.insert(rank_b - 2, 1);
    let products = x.reshape(left) * y.reshape(right);
    let sums = products.reduce(Reduce::Sum, [rank as u8]);
    let mut shape = sums.ty().shape;
    let mut place = batch.map(|place| rank - 1 - place);
    if a_vector {
        shape.remove(rank - 2);
        place = place.map(|place| if place > rank - 2 { place - 1 } else { place });
    }
    if b_vector {
        shape.pop();
    }
    Ok(rounded(PerRow::from_whole(a.elements, place, sums.reshape(shape))))
}

/// `y[i][j] = |a[i]|^2 + |b[j]|^2 - 2 a[i] b[j]`, not below 0, or its root. Shapes `a[n, k], b[m, k] -> y[n, m]`, float32 or double.
///
/// com.microsoft `CDist` 1. Vectors that lie close together lose their digits in that difference, and are at the distance 0 in onnxruntime
/// too; NaN and infinite vectors are at NaN.
fn distances<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (a, b) = (node.row(0)?, node.row(1)?);
    if a.rank() != 2 || b.rank() != 2 || b.batch.is_some() || !a.elements.is_float() {
        return node.unsupported(format!("the distances of {:?} of {} from {:?}", a.dims(), a.elements.name(), b.dims()));
    }
    let turned = PerRow::of(b.elements, None, b.value(node.b).transpose([1, 0]));
    let products = product(node, &a, &turned)?;
    let squares = |x: Val<'b>| (x * x).reduce(Reduce::Sum, [x.ty().shape.len() as u8 - 1]);
    let own = squares(a.whole(node.b));
    let others = squares(b.value(node.b));
    // `[n, 1]` beside `[m]`, where n is 1 for one row.
    let own = own.reshape([own.ty().shape, vec![1]].concat());
    let square = (own + others + products.whole(node.b) * -2.0).max(0.0);
    let distance = match node.string("metric") {
        "sqeuclidean" => square,
        "euclidean" => square.sqrt(),
        other => return node.unsupported(format!("the metric `{other}`")),
    };
    Ok(vec![Value::PerRow(PerRow::from_whole(a.elements, a.batch, distance))])
}

fn matmul<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    Ok(vec![Value::PerRow(product(node, &node.row(0)?, &node.row(1)?)?)])
}

/// `alpha * a * b + beta * c`; either matrix may be given transposed, but the axis of the batch is not summed over.
fn gemm<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let matrix = |index: usize, turned: bool| {
        let x = node.row(index)?;
        if x.rank() != 2 {
            return node.malformed(format!("its input {index} has the dims {:?}", x.dims()));
        }
        Ok(match (turned, x.batch) {
            (false, _) => x,
            (true, None) => PerRow::of(x.elements, None, x.value(node.b).transpose([1, 0])),
            (true, Some(batch)) => x.reshaped(1 - batch, x.shape.clone()),
        })
    };
    let turned = node.int("transB") != 0;
    let weights = if let (Value::Constant(weights), true) = (node.input(1), turned) {
        // Weights are turned here, once.
        let [rows, columns] = weights.dims.as_slice() else { return node.malformed("its second input is no matrix") };
        PerRow::constant(node.b, node.input_name(1), &transposed(weights, *rows, *columns))
    } else {
        matrix(1, turned)?
    };
    let result = product(node, &matrix(0, node.int("transA") != 0)?, &weights)?;
    let scaled = |value: Val<'b>, factor: f32| if factor == 1.0 { value } else { value * f64::from(factor) };
    let (alpha, beta) = (node.float("alpha"), node.float("beta"));
    let result = Value::PerRow(result.map(node.b, |value| scaled(value, alpha)));
    match node.optional(2) {
        None => Ok(vec![result]),
        Some(c) => {
            let c = super::elementwise::named(node, 2, c.clone(), &result)?;
            super::elementwise::spread(node, crate::value::broadcast(node.b, &result, &c, |product, c| product + scaled(c, beta)))
        }
    }
}

fn transposed(matrix: &Tensor, rows: usize, columns: usize) -> Tensor {
    let positions = (0..rows * columns).map(|at| at % rows * columns + at / rows);
    Tensor { dims: vec![columns, rows], elements: matrix.elements, data: matrix.data.pick(positions) }
}
