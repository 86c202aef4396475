//! Projections and clusters: sums of products of the row with rows of a fitted matrix.

use super::fitted::{
    Columns, Nan, Whole, applied, columns, estimator, finite, matrix, needed, not_fitted, param_flag, param_text, products, vector,
};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value, Width};
use ir::{Reason, Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "AffinityPropagation.predict", least_distant),
    Row::new(On::Estimator, "BernoulliRBM.transform", hidden),
    Row::new(On::Estimator, "Birch.predict", least_distant),
    Row::new(On::Estimator, "Birch.transform", distances),
    Row::new(On::Estimator, "BisectingKMeans.transform", distances),
    Row::new(On::Estimator, "CCA.inverse_transform", partial_back),
    Row::new(On::Estimator, "CCA.transform", partial),
    Row::new(On::Estimator, "FactorAnalysis.transform", factors),
    Row::new(On::Estimator, "FastICA.inverse_transform", mixed),
    Row::new(On::Estimator, "FastICA.transform", independent),
    Row::new(On::Estimator, "FeatureAgglomeration.inverse_transform", spread),
    Row::new(On::Estimator, "FeatureAgglomeration.transform", pooled),
    Row::new(On::Estimator, "GaussianRandomProjection.transform", plain),
    Row::new(On::Estimator, "IncrementalPCA.inverse_transform", principal_back),
    Row::new(On::Estimator, "IncrementalPCA.transform", principal),
    Row::new(On::Estimator, "KMeans.predict", nearest),
    Row::new(On::Estimator, "KMeans.transform", distances),
    Row::new(On::Estimator, "LinearDiscriminantAnalysis.transform", discriminant),
    Row::new(On::Estimator, "MeanShift.predict", least_distant),
    Row::new(On::Estimator, "MiniBatchKMeans.predict", nearest),
    Row::new(On::Estimator, "MiniBatchKMeans.transform", distances),
    Row::new(On::Estimator, "NeighborhoodComponentsAnalysis.transform", plain),
    Row::new(On::Estimator, "PCA.inverse_transform", principal_back),
    Row::new(On::Estimator, "PCA.transform", principal),
    Row::new(On::Estimator, "PLSCanonical.inverse_transform", partial_back),
    Row::new(On::Estimator, "PLSCanonical.transform", partial),
    Row::new(On::Estimator, "PLSRegression.inverse_transform", partial_back),
    Row::new(On::Estimator, "PLSRegression.transform", partial),
    Row::new(On::Estimator, "SparseRandomProjection.transform", plain),
    Row::new(On::Estimator, "TruncatedSVD.inverse_transform", truncated_back),
    Row::new(On::Estimator, "TruncatedSVD.transform", plain),
];

/// A fitted matrix by its columns, of which each has a number for each column of the row.
fn by_columns<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    name: &str,
    count: usize,
    call: &Call<'b>,
) -> Result<Vec<Vec<f64>>, Unknown> {
    let flat = estimator.fitted(name).and_then(record::Value::floats).filter(|flat| count > 0 && flat.len().is_multiple_of(count));
    let Some(flat) = flat else { return Err(not_fitted(replay, estimator, name, call.span)) };
    let width = flat.len() / count;
    Ok((0..width).map(|column| flat.iter().skip(column).step_by(width).copied().collect()).collect())
}

/// `x . components' - mean . components'`, and with `whiten` divided by the deviations.
fn principal<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let offset = needed(replay, &estimator, "offset", components.len(), call)?;
    let variances = needed(replay, &estimator, "explained_variance_", components.len(), call)?;
    let whiten = param_flag(&estimator, "whiten");
    let projected = products(replay, &columns, "components", &components);
    let whole = Whole::of(&columns);
    Ok(whole.floats(projected.into_iter().enumerate().map(|(at, sum)| {
        let centered = sum - offset[at];
        // A variance of nothing is not divided by (`_transform` of `_BasePCA`).
        if whiten { centered / variances[at].sqrt().max(f64::EPSILON) } else { centered }
    })))
}

/// `x . components + mean`, the components times the deviations with `whiten`.
fn principal_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let mut components = by_columns(replay, &estimator, "components_", columns.len(), call)?;
    let variances = needed(replay, &estimator, "explained_variance_", columns.len(), call)?;
    let mean = needed(replay, &estimator, "mean_", components.len(), call)?;
    if param_flag(&estimator, "whiten") {
        components.iter_mut().flat_map(|one| one.iter_mut().zip(&variances)).for_each(|(weight, variance)| *weight *= variance.sqrt());
    }
    let restored = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(restored.into_iter().zip(mean).map(|(sum, mean)| sum + mean)))
}

/// `x . components'`
fn plain<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let name = if estimator.fitted("dense_components").is_some() { "dense_components" } else { "components_" };
    let components = matrix(replay, &estimator, name, columns.len(), call)?;
    let projected = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(projected))
}

/// `x . components`
fn truncated_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let components = by_columns(replay, &estimator, "components_", columns.len(), call)?;
    let restored = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(restored))
}

/// `(x - mean) . components'`; without `whiten` nothing is taken away.
fn independent<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, mut columns) = applied(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    if whitens(&estimator) {
        let mean = needed(replay, &estimator, "mean_", columns.len(), call)?;
        columns.iter_mut().zip(mean).for_each(|((_, val), mean)| *val = *val - mean);
    }
    let projected = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(projected))
}

/// `x . mixing' + mean`
fn mixed<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let mixing = matrix(replay, &estimator, "mixing_", columns.len(), call)?;
    let mut restored = products(replay, &columns, "mixing", &mixing);
    if whitens(&estimator) {
        let mean = needed(replay, &estimator, "mean_", restored.len(), call)?;
        restored.iter_mut().zip(mean).for_each(|(val, mean)| *val = *val + mean);
    }
    Ok(Whole::of(&columns).floats(restored))
}

/// `whiten` of FastICA is a word or False.
fn whitens(estimator: &Estimator) -> bool {
    estimator.param("whiten").is_none_or(|whiten| *whiten != record::Value::Bool(false))
}

/// `((x - mean) . weights') . covariance`: the mean of the factors, given the row.
fn factors<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, mut columns) = applied(replay, call)?;
    let weights = matrix(replay, &estimator, "factor_weights", columns.len(), call)?;
    let covariance = by_columns(replay, &estimator, "factor_covariance", weights.len(), call)?;
    let mean = needed(replay, &estimator, "mean_", columns.len(), call)?;
    columns.iter_mut().zip(mean).for_each(|((_, val), mean)| *val = *val - mean);
    let whole = Whole::of(&columns);
    let row = replay.b.pack(&products(replay, &columns, "weights", &weights));
    let mean = |column: Vec<f64>| row.contract(replay.b.tensor(Tensor::f64("covariance", [column.len() as u32], column)), [(0, 0)]);
    Ok(whole.floats(covariance.into_iter().map(mean)))
}

/// `((x - mean) / deviation) . rotations`
fn partial<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, mut columns) = applied(replay, call)?;
    let mean = needed(replay, &estimator, "_x_mean", columns.len(), call)?;
    let deviation = needed(replay, &estimator, "_x_std", columns.len(), call)?;
    let rotations = by_columns(replay, &estimator, "x_rotations_", columns.len(), call)?;
    for ((_, val), (mean, deviation)) in columns.iter_mut().zip(mean.iter().zip(&deviation)) {
        *val = (*val - *mean) / *deviation;
    }
    let projected = products(replay, &columns, "rotations", &rotations);
    Ok(Whole::of(&columns).floats(projected))
}

/// `(x . loadings') * deviation + mean`
fn partial_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let loadings = matrix(replay, &estimator, "x_loadings_", columns.len(), call)?;
    let mean = needed(replay, &estimator, "_x_mean", loadings.len(), call)?;
    let deviation = needed(replay, &estimator, "_x_std", loadings.len(), call)?;
    let restored = products(replay, &columns, "loadings", &loadings);
    let restored = restored.into_iter().zip(mean.iter().zip(&deviation)).map(|(sum, (mean, deviation))| sum * *deviation + *mean);
    Ok(Whole::of(&columns).floats(restored))
}

/// `1 / (1 + exp(-(x . components' + intercept)))`
fn hidden<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let components = matrix(replay, &estimator, "components_", columns.len(), call)?;
    let intercept = needed(replay, &estimator, "intercept_hidden_", components.len(), call)?;
    let sums = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(sums.into_iter().zip(intercept).map(|(sum, intercept)| (sum + intercept).sigmoid())))
}

/// The number of the cluster of each column that training saw.
fn labels<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, call: &Call<'b>) -> Result<Vec<usize>, Unknown> {
    let labels = estimator.fitted("labels_").and_then(record::Value::floats);
    match labels {
        Some(labels) if !labels.is_empty() => Ok(labels.into_iter().map(|label| label as usize).collect()),
        _ => Err(not_fitted(replay, estimator, "labels_", call.span)),
    }
}

/// The mean, the greatest or the least of the columns of each cluster.
fn pooled<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let labels = labels(replay, &estimator, call)?;
    let pooling = estimator.fitted("pooling").and_then(record::Value::as_str).unwrap_or_default();
    let how = match pooling {
        "mean" => Reduce::SumInOrder,
        "max" | "amax" => Reduce::Max,
        "min" | "amin" => Reduce::Min,
        _ => return Err(replay.unsupported(call.span, "a FeatureAgglomeration with this `pooling_func`")),
    };
    if labels.len() != columns.len() {
        return Err(not_fitted(replay, &estimator, "labels_", call.span));
    }
    let pool = |cluster: usize| {
        let members: Vec<Val<'b>> = columns.iter().zip(&labels).filter(|(_, label)| **label == cluster).map(|((_, val), _)| *val).collect();
        let pooled = replay.b.pack(&members).reduce(how, [0]);
        if how == Reduce::SumInOrder { pooled / members.len() as f64 } else { pooled }
    };
    let clusters = labels.iter().max().copied().unwrap_or(0) + 1;
    Ok(Whole::of(&columns).floats((0..clusters).map(pool)))
}

/// Each column has the number of its cluster.
fn spread<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let labels = labels(replay, &estimator, call)?;
    let vals: Option<Vec<Val<'b>>> = labels.iter().map(|label| columns.get(*label).map(|(_, val)| *val)).collect();
    match vals {
        Some(vals) => Ok(Whole::of(&columns).floats(vals)),
        None => Err(not_fitted(replay, &estimator, "labels_", call.span)),
    }
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
    estimator: Estimator,
    columns: Columns<'b>,
    sums: Vec<Val<'b>>,
    squares: Vec<f64>,
}

fn centers<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Centers<'b>, Unknown> {
    let (estimator, columns) = applied(replay, call)?;
    let name = if estimator.fitted("subcluster_centers_").is_some() { "subcluster_centers_" } else { "cluster_centers_" };
    let centers = matrix(replay, &estimator, name, columns.len(), call)?;
    let squares = needed(replay, &estimator, "center_squares", centers.len(), call)?;
    let sums = products(replay, &columns, "center", &centers);
    Ok(Centers { estimator, columns, sums, squares })
}

/// The nearest centre, of several the first: the row's own square is the same for all.
fn nearest<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Centers { columns, sums, squares, .. } = centers(replay, call)?;
    let closeness: Vec<Val<'b>> = sums.into_iter().zip(squares).map(|(sum, square)| sum * 2.0 - square).collect();
    let number = replay.b.pack(&closeness).reduce(Reduce::ArgMax, [0]);
    Ok(Value::Column(Whole::of(&columns).column(Kind::Int(Width::I32), number)))
}

/// The centre of the least `x . x - 2 x . center + center . center`, as `pairwise_distances_argmin` takes it: with the row's own square, in
/// which small differences drown. A part of a cluster has the cluster's number.
fn least_distant<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Centers { estimator, columns, sums, squares } = centers(replay, call)?;
    let count = squares.len();
    let row = replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let own = row.contract(row, [(0, 0)]);
    let mut whole = Whole::of(&columns);
    let reason = format!("a row beyond all numbers, for {}", estimator.class_name());
    whole.guard(replay.guard(!own.lt(f64::INFINITY), Reason::Invalid(reason), call.span));
    let closeness: Vec<Val<'b>> = sums.into_iter().zip(squares).map(|(sum, square)| -(own + sum * -2.0 + square).max(0.0)).collect();
    let number = replay.b.pack(&closeness).reduce(Reduce::ArgMax, [0]);
    if estimator.fitted("subcluster_centers_").is_none() {
        return Ok(Value::Column(whole.column(Kind::INT, number)));
    }
    let labels = needed(replay, &estimator, "subcluster_labels_", count, call)?;
    let labels = replay.b.tensor(Tensor::i64("labels", [count as u32], labels.into_iter().map(|label| label as i64)));
    Ok(Value::Column(whole.column(Kind::INT, labels.gather(number, 0))))
}

/// `sqrt(x . x - 2 x . center + center . center)`, as `euclidean_distances` has it.
fn distances<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Centers { columns, sums, squares, .. } = centers(replay, call)?;
    let row = replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let own = row.contract(row, [(0, 0)]);
    let distance = |(sum, square): (Val<'b>, f64)| (sum * -2.0 + own + square).max(0.0).sqrt();
    Ok(Whole::of(&columns).floats(sums.into_iter().zip(squares).map(distance)))
}
