//! The ways back: from components, clusters and loadings to columns, as `inverse_transform` has them.

use super::fitted::{Whole, applied, columns_of, matrix, needed, not_fitted, param_flag, products};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Unknown};
use ir::Val;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "CCA.inverse_transform", partial_back),
    Row::new(On::Estimator, "FastICA.inverse_transform", mixed),
    Row::new(On::Estimator, "FeatureAgglomeration.inverse_transform", spread),
    Row::new(On::Estimator, "IncrementalPCA.inverse_transform", principal_back),
    Row::new(On::Estimator, "MiniBatchSparsePCA.inverse_transform", sparse_back),
    Row::new(On::Estimator, "PCA.inverse_transform", principal_back),
    Row::new(On::Estimator, "PLSCanonical.inverse_transform", partial_back),
    Row::new(On::Estimator, "PLSRegression.inverse_transform", partial_back),
    Row::new(On::Estimator, "SparsePCA.inverse_transform", sparse_back),
    Row::new(On::Estimator, "TruncatedSVD.inverse_transform", truncated_back),
];

/// `x . components + mean`, the components times the deviations with `whiten`.
fn principal_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let mut components = columns_of(replay, &estimator, "components_", columns.len(), call)?;
    let variances = needed(replay, &estimator, "explained_variance_", columns.len(), call)?;
    let mean = needed(replay, &estimator, "mean_", components.len(), call)?;
    if param_flag(&estimator, "whiten") {
        components.iter_mut().flat_map(|one| one.iter_mut().zip(&variances)).for_each(|(weight, variance)| *weight *= variance.sqrt());
    }
    let restored = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(restored.into_iter().zip(mean).map(|(sum, mean)| sum + mean)))
}

/// `x . components + mean`
fn sparse_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let components = columns_of(replay, &estimator, "components_", columns.len(), call)?;
    let mean = needed(replay, &estimator, "mean_", components.len(), call)?;
    let restored = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(restored.into_iter().zip(mean).map(|(sum, mean)| sum + mean)))
}

/// `x . components`
fn truncated_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let components = columns_of(replay, &estimator, "components_", columns.len(), call)?;
    let restored = products(replay, &columns, "components", &components);
    Ok(Whole::of(&columns).floats(restored))
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

/// The number of the cluster of each column that training saw.
fn labels<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, call: &Call<'b>) -> Result<Vec<usize>, Unknown> {
    let labels = estimator.fitted("labels_").and_then(record::Value::floats);
    match labels {
        Some(labels) if !labels.is_empty() => Ok(labels.into_iter().map(|label| label as usize).collect()),
        _ => Err(not_fitted(replay, estimator, "labels_", call.span)),
    }
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
