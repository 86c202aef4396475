//! Projections and clusters: sums of products of the row with rows of a fitted matrix.

use super::fitted::{Nan, Whole, columns, estimator, finite, matrix, needed, not_fitted, param_flag, param_text, products, vector};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Unknown, Value, Width};
use ir::{Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "BernoulliRBM.transform", hidden),
    Row::new(On::Estimator, "Birch.transform", distances),
    Row::new(On::Estimator, "BisectingKMeans.predict", bisected),
    Row::new(On::Estimator, "BisectingKMeans.transform", distances),
    Row::new(On::Estimator, "CCA.predict", latent_regression),
    Row::new(On::Estimator, "CCA.transform", latent),
    Row::new(On::Estimator, "FactorAnalysis.score_samples", likelihood),
    Row::new(On::Estimator, "FactorAnalysis.transform", factors),
    Row::new(On::Estimator, "FastICA.transform", sources),
    Row::new(On::Estimator, "FeatureAgglomeration.transform", pooled),
    Row::new(On::Estimator, "GaussianRandomProjection.transform", truncated),
    Row::new(On::Estimator, "IncrementalPCA.transform", principal),
    Row::new(On::Estimator, "KMeans.predict", nearest),
    Row::new(On::Estimator, "KMeans.transform", distances),
    Row::new(On::Estimator, "LinearDiscriminantAnalysis.transform", discriminant),
    Row::new(On::Estimator, "MiniBatchKMeans.predict", nearest),
    Row::new(On::Estimator, "MiniBatchKMeans.transform", distances),
    Row::new(On::Estimator, "MiniBatchSparsePCA.transform", ridge),
    Row::new(On::Estimator, "NeighborhoodComponentsAnalysis.transform", truncated),
    Row::new(On::Estimator, "PCA.score_samples", likelihood),
    Row::new(On::Estimator, "PCA.transform", principal),
    Row::new(On::Estimator, "PLSCanonical.predict", latent_regression),
    Row::new(On::Estimator, "PLSCanonical.transform", latent),
    Row::new(On::Estimator, "PLSRegression.predict", latent_regression),
    Row::new(On::Estimator, "PLSRegression.transform", latent),
    Row::new(On::Estimator, "PLSSVD.transform", latent),
    Row::new(On::Estimator, "RBFSampler.transform", waves),
    Row::new(On::Estimator, "SparseRandomProjection.transform", truncated),
    Row::new(On::Estimator, "SparsePCA.transform", ridge),
    Row::new(On::Estimator, "TruncatedSVD.transform", truncated),
];

/// `x . components' - mean . components'`, and with `whiten` divided by the deviations.
fn principal<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let offset = needed(replay, &estimator, "offset", components.len(), call)?;
    let variances = needed(replay, &estimator, "explained_variance_", components.len(), call)?;
    let whiten = param_flag(&estimator, "whiten");
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let projected = products(replay, &columns, "components", &components);
    let whole = Whole::of(&columns);
    Ok(whole.floats(projected.into_iter().enumerate().map(|(at, sum)| {
        let centered = sum - offset[at];
        // A variance of nothing is not divided by (`_transform` of `_BasePCA`).
        if whiten { centered / variances[at].sqrt().max(f64::EPSILON) } else { centered }
    })))
}

/// What solves `(components . components' + alpha) w = components . (x - mean)`: forward and back through the Cholesky factor.
fn ridge<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let mean = needed(replay, &estimator, "mean_", columns.len(), call)?;
    let factor = matrix(replay, &estimator, "ridge_factor", components.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    columns.iter_mut().zip(mean).for_each(|((_, val), mean)| *val = *val - mean);
    let projected = products(replay, &columns, "components", &components);
    let count = projected.len();
    let forward = solved(replay, &projected, &|row, column| factor[row][column], &(0..count).collect::<Vec<_>>());
    let back = solved(replay, &forward, &|row, column| factor[column][row], &(0..count).rev().collect::<Vec<_>>());
    Ok(Whole::of(&columns).floats(back))
}

/// What solves a triangular system, row by row in that order. Each row is one operation, because a LAPACK may add it up in any order and
/// multiply with the inverse of the diagonal.
fn solved<'b>(replay: &Replay<'_, 'b>, right: &[Val<'b>], factor: &dyn Fn(usize, usize) -> f64, order: &[usize]) -> Vec<Val<'b>> {
    let b = replay.b;
    let mut vals = right.to_vec();
    for (known, row) in order.iter().enumerate() {
        let diagonal = factor(*row, *row);
        let terms = order[..known].iter().map(|column| (vals[*column], -factor(*row, *column) / diagonal));
        // Two halves, so that there always is a sum, which may be rounded otherwise.
        let halves = [(right[*row], 0.5 / diagonal); 2];
        let (terms, weights): (Vec<Val<'b>>, Vec<f64>) = halves.into_iter().chain(terms).unzip();
        let weights = b.tensor(Tensor::f64("factor", [weights.len() as u32], weights));
        vals[*row] = b.pack(&terms).contract(weights, [(0, 0)]);
    }
    vals
}

/// `x . components'`
fn truncated<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let name = if estimator.class_name() == "SparseRandomProjection" { "dense_components" } else { "components_" };
    let components = matrix(replay, &estimator, name, columns.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let projected = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(projected))
}

/// `(x - mean) . components'`; without `whiten` nothing is subtracted.
fn sources<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let whitened = estimator.param("whiten").and_then(record::Value::as_bool).unwrap_or(true);
    let mean = if whitened { Some(needed(replay, &estimator, "mean_", columns.len(), call)?) } else { None };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    if let Some(mean) = mean {
        columns.iter_mut().zip(mean).for_each(|((_, val), mean)| *val = *val - mean);
    }
    let projected = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(projected))
}

/// `((x - mean) . (components / noise)') . covariance of the factors`
fn factors<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let mean = needed(replay, &estimator, "mean_", columns.len(), call)?;
    let weights = matrix(replay, &estimator, "factor_weights", columns.len(), call)?;
    let covariance = matrix(replay, &estimator, "factor_covariance", weights.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    columns.iter_mut().zip(mean).for_each(|((_, val), mean)| *val = *val - mean);
    let b = replay.b;
    let sums = b.pack(&products(replay, &columns, "weights", &weights));
    let turned = (0..weights.len()).map(|at| {
        let column = covariance.iter().map(|row| row[at]);
        sums.contract(b.tensor(Tensor::f64("covariance", [weights.len() as u32], column)), [(0, 0)])
    });
    Ok(Whole::of(&columns).floats(turned))
}

/// `-(x - mean) . precision . (x - mean) / 2 - (n log(2 pi) - log |precision|) / 2`
fn likelihood<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let width = columns.len() as u32;
    let mean = needed(replay, &estimator, "mean_", columns.len(), call)?;
    let precision = matrix(replay, &estimator, "factor_precision", columns.len(), call)?;
    let Some(constant) = estimator.fitted("factor_constant").and_then(record::Value::as_f64) else {
        return Err(not_fitted(replay, &estimator, "get_precision()", call.span));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let b = replay.b;
    let away = b.pack(&columns.iter().zip(mean).map(|((_, val), mean)| *val - mean).collect::<Vec<_>>());
    let precision = b.tensor(Tensor::f64("precision", [width, width], precision.into_iter().flatten()));
    let square = away.contract(precision.contract(away, [(0, 0)]), [(0, 0)]);
    Ok(Value::Column(Whole::of(&columns).column(Kind::Float, square * -0.5 - constant)))
}

/// `cos(x . weights + offset) sqrt(2 / n)`
fn waves<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let offsets = estimator.fitted("random_offset_").and_then(record::Value::floats).unwrap_or_default();
    let weights = needed(replay, &estimator, "random_weights_", columns.len() * offsets.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let count = offsets.len();
    let rows: Vec<Vec<f64>> = (0..count).map(|at| weights.iter().skip(at).step_by(count).copied().collect()).collect();
    let scale = (2.0 / count as f64).sqrt();
    let sums = products(replay, &columns, "random weights", &rows);
    let waves: Vec<Val<'b>> = sums.into_iter().zip(offsets).map(|(sum, offset)| (sum + offset).cos() * scale).collect();
    Ok(Whole::of(&columns).floats(waves))
}

/// `sigmoid(x . components' + intercept)`
fn hidden<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let intercepts = needed(replay, &estimator, "intercept_hidden_", components.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let sums = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(sums.into_iter().zip(intercepts).map(|(sum, intercept)| (sum + intercept).sigmoid())))
}

/// The mean of the columns of each cluster of columns.
fn pooled<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let labels = needed(replay, &estimator, "labels_", columns.len(), call)?;
    if estimator.fitted("pools_by_mean").and_then(record::Value::as_bool) != Some(true) {
        return Err(replay.unsupported(call.span, "FeatureAgglomeration with another `pooling_func` than numpy.mean"));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let clusters = labels.iter().copied().fold(0.0, f64::max) as usize + 1;
    let mean = |cluster: usize| {
        let own = columns.iter().zip(&labels).filter(|(_, label)| **label == cluster as f64);
        let own: Vec<Val<'b>> = own.map(|((_, val), _)| *val).collect();
        replay.b.pack(&own).reduce(Reduce::SumInOrder, [0]) / own.len() as f64
    };
    let means: Vec<Val<'b>> = (0..clusters).map(mean).collect();
    Ok(Whole::of(&columns).floats(means))
}

/// `(x - mean) . scalings`, as many as there are components.
fn discriminant<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scalings = estimator.fitted("scalings_").and_then(record::Value::floats).unwrap_or_default();
    let kept = estimator.fitted("_max_components").and_then(record::Value::as_int).and_then(|kept| usize::try_from(kept).ok());
    let (Some(kept), true) = (kept, !scalings.is_empty() && scalings.len().is_multiple_of(columns.len().max(1))) else {
        return Err(not_fitted(replay, &estimator, "scalings_", call.span));
    };
    let moved = param_text(&estimator, "solver") != "eigen";
    let mean = if moved { vector(replay, &estimator, "xbar_", columns.len(), call)? } else { None };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    if let Some(mean) = mean {
        columns.iter_mut().zip(mean).for_each(|((_, val), mean)| *val = *val - mean);
    }
    let width = scalings.len() / columns.len();
    let rows: Vec<Vec<f64>> =
        (0..kept.min(width)).map(|component| scalings.iter().skip(component).step_by(width).copied().collect()).collect();
    let projected = products(replay, &columns, "scalings", &rows);
    Ok(Whole::of(&columns).floats(projected))
}

/// The row, its products with each centre, and the squares of the centres.
struct Centers<'b> {
    columns: Vec<(Column<'b>, Val<'b>)>,
    sums: Vec<Val<'b>>,
    squares: Vec<f64>,
}

fn centers<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Centers<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let name = if estimator.class_name() == "Birch" { "subcluster_centers_" } else { "cluster_centers_" };
    let centers = matrix(replay, &estimator, name, columns.len(), call)?;
    let squares = needed(replay, &estimator, "center_squares", centers.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let sums = products(replay, &columns, "center", &centers);
    Ok(Centers { columns, sums, squares })
}

/// The nearest centre, of several the first: the row's own square is the same for all.
fn nearest<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Centers { columns, sums, squares } = centers(replay, call)?;
    let closeness: Vec<Val<'b>> = sums.into_iter().zip(squares).map(|(sum, square)| sum * 2.0 - square).collect();
    let number = replay.b.pack(&closeness).reduce(Reduce::ArgMax, [0]);
    Ok(Value::Column(Whole::of(&columns).column(Kind::Int(Width::I32), number)))
}

/// `sqrt(x . x - 2 x . center + center . center)`, as `euclidean_distances` has it.
fn distances<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Centers { columns, sums, squares } = centers(replay, call)?;
    let row = replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let own = row.contract(row, [(0, 0)]);
    let distance = |(sum, square): (Val<'b>, f64)| (sum * -2.0 + own + square).max(0.0).sqrt();
    Ok(Whole::of(&columns).floats(sums.into_iter().zip(squares).map(distance)))
}

/// From the root the nearer of two centres, of equal ones the left, until there are no more: its label.
fn bisected<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let lists = estimator.fitted("bisections").and_then(record::Value::items).unwrap_or_default();
    let lists: Option<Vec<Vec<f64>>> = lists.iter().map(record::Value::floats).collect();
    let lists = lists.filter(|lists| lists.len() == 5 && lists[3].len() == lists[2].len() * columns.len());
    let Some([left, right, labels, centers, squares]) = lists.as_deref() else {
        return Err(not_fitted(replay, &estimator, "_bisecting_tree", call.span));
    };
    let count = labels.len();
    // Children stand behind their parents.
    let behind = |node: usize, child: f64| child.fract() == 0.0 && child > node as f64 && child < count as f64;
    let sound = |node: usize| left[node] < 0.0 || behind(node, left[node]) && behind(node, right[node]);
    if count == 0 || [left, right, squares].iter().any(|list| list.len() != count) || !(0..count).all(sound) {
        return Err(not_fitted(replay, &estimator, "_bisecting_tree", call.span));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let centers: Vec<Vec<f64>> = centers.chunks(columns.len()).map(<[f64]>::to_vec).collect();
    let sums = products(replay, &columns, "center", &centers);
    let away: Vec<Val<'b>> = sums.into_iter().zip(squares).map(|(sum, square)| sum * -2.0 + *square).collect();
    let mut reached: Vec<Val<'b>> = labels.iter().map(|label| replay.b.i64(*label as i64)).collect();
    for node in (0..reached.len()).rev().filter(|node| left[*node] >= 0.0) {
        let (left, right) = (left[node] as usize, right[node] as usize);
        reached[node] = away[right].lt(away[left]).select(reached[right], reached[left]);
    }
    Ok(Value::Column(Whole::of(&columns).column(Kind::Int(Width::I32), reached[0])))
}

/// `(x - mean) / deviation . rotations`
fn latent<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let count = columns.len();
    let means = needed(replay, &estimator, "_x_mean", count, call)?;
    let deviations = needed(replay, &estimator, "_x_std", count, call)?;
    let name = if estimator.class_name() == "PLSSVD" { "x_weights_" } else { "x_rotations_" };
    let rotations = estimator.fitted(name).and_then(record::Value::floats).unwrap_or_default();
    if rotations.is_empty() || !rotations.len().is_multiple_of(count) {
        return Err(not_fitted(replay, &estimator, name, call.span));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    columns.iter_mut().enumerate().for_each(|(at, (_, val))| *val = (*val - means[at]) / deviations[at]);
    let width = rotations.len() / count;
    let rows: Vec<Vec<f64>> = (0..width).map(|component| rotations.iter().skip(component).step_by(width).copied().collect()).collect();
    let projected = products(replay, &columns, "rotations", &rows);
    Ok(Whole::of(&columns).floats(projected))
}

/// `(x - mean) . coefficients' + intercept`, a number a target.
fn latent_regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let means = needed(replay, &estimator, "_x_mean", columns.len(), call)?;
    let coefficients = matrix(replay, &estimator, "coef_", columns.len(), call)?;
    let intercepts = needed(replay, &estimator, "intercept_", coefficients.len(), call)?;
    let flat = estimator.fitted("_predict_1d").and_then(record::Value::as_bool).unwrap_or(false);
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    columns.iter_mut().zip(means).for_each(|((_, val), mean)| *val = *val - mean);
    let whole = Whole::of(&columns);
    let sums = products(replay, &columns, "coefficients", &coefficients);
    let vals: Vec<Val<'b>> = sums.into_iter().zip(intercepts).map(|(sum, intercept)| sum + intercept).collect();
    Ok(match vals.as_slice() {
        [only] if flat => Value::Column(whole.column(Kind::Float, *only)),
        _ => whole.floats(vals),
    })
}
