//! Neighbours: what the training rows that are nearest to a row say.
//!
//! Which of equally distant training rows a search takes is a matter of the machine (`argpartition`, the walk through a tree), and so is
//! their order where rounding could change it. A row for which that matters has no score; for all others the rows are certain.

use super::fitted::{Nan, Whole, arg_max, class_at, columns, estimator, finite, matrix, needed, not_fitted, param_flag, param_text};
use super::impute::indicators;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Reason, Reduce, Tensor, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "AffinityPropagation.predict", nearest_cluster),
    Row::new(On::Estimator, "Birch.predict", nearest_cluster),
    Row::new(On::Estimator, "KNNImputer.transform", impute),
    Row::new(On::Estimator, "KNeighborsClassifier.predict", class),
    Row::new(On::Estimator, "KNeighborsClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "KNeighborsRegressor.predict", regression),
    Row::new(On::Estimator, "LocalOutlierFactor.decision_function", outlier_margin),
    Row::new(On::Estimator, "LocalOutlierFactor.predict", inlier),
    Row::new(On::Estimator, "LocalOutlierFactor.score_samples", outlier_score),
    Row::new(On::Estimator, "MeanShift.predict", nearest_cluster),
    Row::new(On::Estimator, "NearestCentroid.decision_function", centroid_decision),
    Row::new(On::Estimator, "NearestCentroid.predict", nearest_class),
    Row::new(On::Estimator, "NearestCentroid.predict_log_proba", centroid_logarithms),
    Row::new(On::Estimator, "NearestCentroid.predict_proba", centroid_shares),
    Row::new(On::Estimator, "RadiusNeighborsClassifier.predict", class_around),
    Row::new(On::Estimator, "RadiusNeighborsClassifier.predict_proba", shares_around),
    Row::new(On::Estimator, "RadiusNeighborsRegressor.predict", mean_around),
];

/// Beyond this sums of squares may overflow, and then no row is nearer than another.
const LARGEST: f64 = 1e300;

/// The search takes a step for each of them.
const MOST_NEIGHBOURS: usize = 200;

/// How far training rows are from the scoring row.
struct Distances<'b> {
    /// Infinite to a row that shares no number with it. Squared, if they are Euclidean.
    away: Val<'b>,
    /// How far another way of rounding may be from that: no more than this.
    error: Val<'b>,
    squared: bool,
}

/// How a distance is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Metric {
    /// `|x|^2 + |y|^2 - 2 x.y`, as `euclidean_distances` does for whole tables.
    Products,
    /// The sum of squares of the differences, as trees do.
    Squares,
    Manhattan,
    Chebyshev,
}

/// What the search works with: the training rows, and the row that is asked about.
struct Search<'b> {
    rows: Vec<Vec<f64>>,
    /// Missing numbers are 0 here and in `row`.
    table: Val<'b>,
    row: Val<'b>,
    /// Of each column whether the row has no number there; none if it may not be so.
    holes: Option<Val<'b>>,
    /// The distances cannot be computed at all.
    beyond: Val<'b>,
}

impl<'b> Search<'b> {
    fn new(replay: &Replay<'_, 'b>, rows: Vec<Vec<f64>>, columns: &[(Column<'b>, Val<'b>)], nan: Nan) -> Search<'b> {
        let b = replay.b;
        let (count, width) = (rows.len() as u32, columns.len() as u32);
        let filled = rows.iter().flatten().map(|value| if value.is_nan() { 0.0 } else { *value });
        let table = b.tensor(Tensor::f64("training rows", [count, width], filled));
        let vals = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
        let holes = (nan == Nan::Missing).then(|| vals.is_nan());
        let row = holes.map_or(vals, |holes| holes.select(b.f64(0.0), vals));
        let beyond = !(row * row).reduce(Reduce::Sum, [0]).lt(LARGEST);
        Search { rows, table, row, holes, beyond }
    }

    fn width(&self) -> u32 {
        self.rows.first().map_or(0, Vec::len) as u32
    }

    /// 1 where a training row has a number, else 0.
    fn present(&self, replay: &Replay<'_, 'b>) -> Val<'b> {
        let present = self.rows.iter().flatten().map(|value| f64::from(u8::from(!value.is_nan())));
        replay.b.tensor(Tensor::f64("present", [self.rows.len() as u32, self.width()], present))
    }

    /// Numbers that are whole, or so many halves, quarters and so on, give distances without rounding: then a tie is a tie everywhere. Of
    /// the training rows that is known; the answer is whether the row is so too, none if they are not.
    fn is_exact(&self, replay: &Replay<'_, 'b>) -> Option<Val<'b>> {
        let values = || self.rows.iter().flatten().filter(|value| !value.is_nan());
        let limit = (2.0_f64.powi(53) / (4.0 * f64::from(self.width()))).sqrt().floor();
        let fits = |scale: &f64| values().all(|value| (value * scale).fract() == 0.0 && (value * scale).abs() <= limit);
        let scale = (0..=10).map(|bits| 2.0_f64.powi(bits)).find(fits)?;
        let scaled = self.row * scale;
        let fits = scaled.eq(scaled.trunc()) & scaled.abs().le(limit);
        let one_by_one: Vec<Val<'b>> = (0..self.width()).map(|at| fits.at(at)).collect();
        Some(one_by_one.into_iter().fold(replay.b.bool(true), |all, one| all & one))
    }

    fn distances(&self, replay: &Replay<'_, 'b>, metric: Metric) -> Distances<'b> {
        let b = replay.b;
        // A sum of n products in any order is at most n + 1 units off its magnitude (Higham, Accuracy and Stability, 3.1); three sums and what
        // joins them are at most four such, with room for the square of a unit.
        let unit = 2.0_f64.powi(-53);
        let steps = f64::from(self.width()) + 8.0;
        if metric != Metric::Products {
            let apart = self.table - self.row;
            let away = match metric {
                Metric::Manhattan => apart.abs().reduce(Reduce::Sum, [1]),
                Metric::Chebyshev => apart.abs().reduce(Reduce::Max, [1]),
                Metric::Squares | Metric::Products => (apart * apart).reduce(Reduce::Sum, [1]),
            };
            return Distances { away, error: away * (4.0 * steps * unit), squared: metric == Metric::Squares };
        }
        // No constants but sums that the row takes part in: scikit-learn adds in an order of its own, and the bound is to know of that.
        let ones = self.row * 0.0 + 1.0;
        let norms = (self.table * self.table).contract(ones, [(1, 0)]);
        let own = (self.row * self.row).reduce(Reduce::Sum, [0]);
        let away = ((self.table.contract(self.row, [(1, 0)]) * -2.0 + own) + norms).max(0.0);
        let error = (norms + own) * (4.0 * steps * unit);
        let (away, error) = self.without_holes(replay, away, error);
        let error = self.is_exact(replay).map_or(error, |exact| exact.select(b.f64(0.0), error));
        Distances { away, error, squared: true }
    }

    /// `nan_euclidean_distances`: without the columns that are missing in either row, as if the others stood for all.
    fn without_holes(&self, replay: &Replay<'_, 'b>, away: Val<'b>, error: Val<'b>) -> (Val<'b>, Val<'b>) {
        let Some(holes) = self.holes else { return (away, error) };
        let b = replay.b;
        let (present, own_present) = (self.present(replay), (!holes).cast(Elem::F64));
        let missing = b.f64(1.0) - present;
        let away = away - missing.contract(self.row * self.row, [(1, 0)]);
        let away = (away - (self.table * self.table).contract(holes.cast(Elem::F64), [(1, 0)])).max(0.0);
        let shared = present.contract(own_present, [(1, 0)]);
        let divisor = shared.max(1.0);
        let width = f64::from(self.width());
        let none = shared.eq(0.0);
        // The two roundings of the share are far below a hundredth of the error that is shared.
        (none.select(b.f64(f64::INFINITY), away / divisor * width), error / divisor * (width * 1.01))
    }
}

impl<'b> Distances<'b> {
    /// To some of the rows only.
    fn of(&self, chosen: Val<'b>) -> Distances<'b> {
        Distances { away: chosen.select(self.away, f64::INFINITY), ..*self }
    }
}

/// What the nearest rows say and weigh. Those that could be the last one taken are as one where they say the same.
struct Weights<'b> {
    /// What each training row says, and its weight.
    values: Val<'b>,
    each: Val<'b>,
    /// What is left for rows at the last place, if there are more of them than are taken, and what they say.
    rest: Val<'b>,
    said: Val<'b>,
    /// How far away the last one taken is.
    last: Val<'b>,
    /// It matters which are taken.
    undecided: Val<'b>,
}

impl<'b> Weights<'b> {
    /// The sum of what the rows say, by their weights, or of what that is made into.
    fn sum(&self, of: impl Fn(Val<'b>) -> Val<'b>) -> Val<'b> {
        self.each.contract(of(self.values), [(0, 0)]) + self.rest * of(self.said)
    }

    fn mean(&self) -> Val<'b> {
        self.sum(|said| said) / self.total()
    }

    fn total(&self) -> Val<'b> {
        self.each.reduce(Reduce::Sum, [0]) + self.rest
    }
}

/// The weights of the `taken` nearest rows: 1, or with `by_distance` one over the distance; rows at no distance then count alone.
///
/// Another way of rounding is at most `error` away and so are we. So what is nearer than the nearest that the others could be is taken for
/// certain, and what is farther than the farthest that the nearest could be is not.
fn weights<'b>(replay: &Replay<'_, 'b>, distances: &Distances<'b>, taken: usize, by_distance: bool, values: Val<'b>) -> Weights<'b> {
    let b = replay.b;
    let infinity = f64::INFINITY;
    let count = |mask: Val<'b>| mask.cast(Elem::F64).reduce(Reduce::Sum, [0]);
    let away = distances.away;
    let mut last = away.reduce(Reduce::Min, [0]);
    for _ in 1..taken {
        let next = away.gt(last).select(away, infinity).reduce(Reduce::Min, [0]);
        last = count(away.le(last)).ge(taken as f64).select(last, next);
    }
    let (least, most) = (away - distances.error * 2.0, away + distances.error * 2.0);
    let farthest = away.le(last).select(most, -infinity).reduce(Reduce::Max, [0]);
    let nearest = away.ge(last).select(least, infinity).reduce(Reduce::Min, [0]);
    let certain = most.lt(nearest);
    let possible = least.le(farthest) & away.lt(infinity);
    let open = possible & !certain;
    let settled = count(possible).le(taken as f64);
    let greatest = open.select(values, -infinity).reduce(Reduce::Max, [0]);
    let lowest = open.select(values, infinity).reduce(Reduce::Min, [0]);
    let chosen = (settled & possible) | certain;
    let left = b.f64(taken as f64) - count(certain);
    let said_by_rest = settled.select(b.f64(0.0), greatest);
    let differ = !settled & greatest.ne(lowest);
    if !by_distance {
        let rest = settled.select(b.f64(0.0), left);
        return Weights { values, each: chosen.cast(Elem::F64), rest, said: said_by_rest, last, undecided: differ };
    }
    let root = |away: Val<'b>| if distances.squared { away.sqrt() } else { away };
    let inverse = b.f64(1.0) / root(away);
    let here = inverse.eq(infinity) & chosen;
    let any_here = count(here).gt(0.0);
    // All at the last place may be at no distance.
    let last_inverse = b.f64(1.0) / root(last);
    let last_here = last_inverse.eq(infinity);
    let plain = chosen.select(inverse, 0.0);
    let each = any_here.select(here.cast(Elem::F64), plain);
    let of_rest = last_here.select(b.f64(1.0), any_here.select(b.f64(0.0), last_inverse));
    let rest = settled.select(b.f64(0.0), left * of_rest);
    // Whether a row is at no distance must not be a matter of rounding.
    let nearly_here = count(least.le(0.0) & distances.error.gt(0.0)).gt(0.0);
    Weights { values, each, rest, said: said_by_rest, last, undecided: differ | nearly_here }
}

/// Missing becomes the mean of what the nearest rows with a number there have; of a row without any, the column's mean.
fn impute<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let at = call.span;
    let rows = matrix(replay, &estimator, "_fit_X", columns.len(), call)?;
    let means = estimator.fitted("donor_means").and_then(record::Value::floats).filter(|means| means.len() == columns.len());
    let Some(means) = means else { return Err(not_fitted(replay, &estimator, "_fit_X", at)) };
    let taken = neighbour_count(replay, &estimator, at)?;
    let by_distance = weighs_by_distance(replay, &estimator, at)?;
    let nan = estimator.param("missing_values").is_none_or(record::Value::is_missing);
    if !nan || param_text(&estimator, "metric") != "nan_euclidean" || !param_flag(&estimator, "copy") {
        return Err(replay.unsupported(at, "KNNImputer with another metric, another mark for missing, or copy=False"));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    let originals: Vec<Column<'b>> = columns.iter().map(|(column, _)| column.clone()).collect();
    let indicator = indicators(replay, &estimator, &originals, call)?;
    let b = replay.b;
    let search = Search::new(replay, rows, &columns, Nan::Missing);
    let distances = search.distances(replay, Metric::Products);
    let present = search.present(replay);
    let mut out = Vec::new();
    for (place, (column, val)) in columns.into_iter().enumerate() {
        let donors = search.rows.iter().filter(|row| !row[place].is_nan()).count();
        if donors == 0 {
            if param_flag(&estimator, "keep_empty_features") {
                out.push((column, b.f64(0.0)));
            }
            continue;
        }
        let position = b.i64(place as i64);
        let near = distances.of(present.gather(position, 1).ne(0.0));
        let weights = weights(replay, &near, taken.min(donors), by_distance, search.table.gather(position, 1));
        let none = !near.away.lt(f64::INFINITY).cast(Elem::F64).reduce(Reduce::Sum, [0]).gt(0.0);
        let hole = val.is_nan();
        let when = hole & (search.beyond | (!none & weights.undecided));
        let guard = undecided(replay, when, &estimator, at);
        let mut column = column;
        column.cell.guards.insert(guard);
        out.push((column, hole.select(none.select(b.f64(means[place]), weights.mean()), val)));
    }
    // An infinity or a tie in one column leaves the whole row without a result.
    let guards: Guards = out.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
    let filled = out.iter().map(|(column, val)| Column { array: true, ..column.with(Cell::new(Kind::Float, *val).guarded(&guards)) });
    Ok(Value::Matrix(filled.chain(indicator).collect()))
}

/// A row for which the answer is a matter of the machine has none.
fn undecided<'b>(replay: &mut Replay<'_, 'b>, when: Val<'b>, estimator: &Estimator, at: Span) -> usize {
    let class = estimator.class_name();
    replay.guard(when, Reason::Undetermined(format!("training rows that are equally near and differ, of which {class} takes some")), at)
}

fn neighbour_count(replay: &mut Replay<'_, '_>, estimator: &Estimator, at: Span) -> Result<usize, Unknown> {
    let count = estimator.param("n_neighbors").and_then(record::Value::as_int).and_then(|count| usize::try_from(count).ok());
    match count.filter(|count| (1..=MOST_NEIGHBOURS).contains(count)) {
        Some(count) => Ok(count),
        None => Err(replay.unsupported(at, format!("{} of more than {MOST_NEIGHBOURS} neighbours", estimator.class_name()))),
    }
}

fn weighs_by_distance(replay: &mut Replay<'_, '_>, estimator: &Estimator, at: Span) -> Result<bool, Unknown> {
    match estimator.param("weights") {
        Some(record::Value::None(())) => Ok(false),
        Some(value) if value.as_str() == Some("uniform") => Ok(false),
        Some(value) if value.as_str() == Some("distance") => Ok(true),
        _ => Err(replay.unsupported(at, format!("{} with weights of a function", estimator.class_name()))),
    }
}

fn fitted_metric(replay: &mut Replay<'_, '_>, estimator: &Estimator, at: Span) -> Result<Metric, Unknown> {
    let fitted_text = |name: &str| estimator.fitted(name).and_then(record::Value::as_str);
    match (fitted_text("effective_metric_"), fitted_text("_fit_method")) {
        (Some("euclidean"), Some("brute")) => Ok(Metric::Products),
        (Some("euclidean"), Some("kd_tree")) => Ok(Metric::Squares),
        (Some("manhattan"), Some("brute" | "kd_tree")) => Ok(Metric::Manhattan),
        (Some("chebyshev"), Some("brute" | "kd_tree")) => Ok(Metric::Chebyshev),
        _ => Err(replay.unsupported(at, format!("{} with this metric or algorithm", estimator.class_name()))),
    }
}

/// What the training rows say, and what the nearest of them weigh.
struct Asked<'b> {
    estimator: Estimator,
    weights: Weights<'b>,
    whole: Whole,
}

/// A search among training rows with one target each.
struct Trained<'b> {
    estimator: Estimator,
    columns: Vec<(Column<'b>, Val<'b>)>,
    said: Vec<f64>,
    by_distance: bool,
    search: Search<'b>,
    distances: Distances<'b>,
}

fn trained<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Trained<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let at = call.span;
    let rows = matrix(replay, &estimator, "_fit_X", columns.len(), call)?;
    let said = estimator.fitted("_y").and_then(record::Value::floats).filter(|said| said.len() == rows.len());
    let Some(said) = said else { return Err(replay.unsupported(at, format!("{} of several targets", estimator.class_name()))) };
    let by_distance = weighs_by_distance(replay, &estimator, at)?;
    let metric = fitted_metric(replay, &estimator, at)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let search = Search::new(replay, rows, &columns, Nan::Refused);
    let distances = search.distances(replay, metric);
    Ok(Trained { estimator, columns, said, by_distance, search, distances })
}

fn asked<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Asked<'b>, Unknown> {
    let Trained { estimator, mut columns, said, by_distance, search, distances } = trained(replay, call)?;
    let at = call.span;
    let taken = neighbour_count(replay, &estimator, at)?;
    let values = replay.b.tensor(Tensor::f64("targets", [said.len() as u32], said.iter().copied()));
    let weights = weights(replay, &distances, taken.min(said.len()), by_distance, values);
    let guard = undecided(replay, search.beyond | weights.undecided, &estimator, at);
    columns.iter_mut().for_each(|(column, _)| {
        column.cell.guards.insert(guard);
    });
    Ok(Asked { estimator, weights, whole: Whole::of(&columns) })
}

/// The weighted mean of the neighbours' targets.
fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Asked { weights, whole, .. } = asked(replay, call)?;
    Ok(Value::Column(whole.column(Kind::Float, weights.mean())))
}

/// The weight of each class among the neighbours.
fn votes<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>, at: Span) -> Result<(Vec<record::Value>, Vec<Val<'b>>), Unknown> {
    let classes = asked.estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    if classes.is_empty() {
        return Err(not_fitted(replay, &asked.estimator, "classes_", at));
    }
    let vote = |class: usize| asked.weights.sum(|said| said.eq(class as f64).cast(Elem::F64));
    let votes = (0..classes.len()).map(vote).collect();
    Ok((classes, votes))
}

/// The class with the greatest weight, of several the first.
fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = asked(replay, call)?;
    let (classes, votes) = votes(replay, &asked, call.span)?;
    let number = replay.b.pack(&votes).reduce(Reduce::ArgMax, [0]);
    let cell = class_at(replay, &classes, number, call.span)?;
    Ok(Value::Column(asked.whole.cell(cell)))
}

/// The shares of the classes in the weight of all neighbours.
fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = asked(replay, call)?;
    let (_, votes) = votes(replay, &asked, call.span)?;
    let total = replay.b.pack(&votes).reduce(Reduce::Sum, [0]);
    Ok(asked.whole.floats(votes.into_iter().map(|vote| vote / total)))
}

/// The class of the nearest centroid; where the classes have priors that differ, that of the highest score.
fn nearest_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let at = call.span;
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let priors = estimator.fitted("class_prior_").and_then(record::Value::floats).unwrap_or_default();
    let even = 1.0 / classes.len() as f64;
    // `numpy.isclose`
    if priors.iter().any(|prior| (prior - even).abs() > 1e-8 + 1e-5 * even) {
        let (_, scores, whole) = centroid_scores(replay, call)?;
        let number = arg_max(replay.b.pack(&scores));
        let cell = class_at(replay, &classes, number, at)?;
        return Ok(Value::Column(whole.cell(cell)));
    }
    let mut columns = columns(replay, call)?;
    let centroids = matrix(replay, &estimator, "centroids_", columns.len(), call)?;
    let metric = match param_text(&estimator, "metric") {
        "euclidean" => Metric::Products,
        "manhattan" => Metric::Manhattan,
        other => return Err(replay.unsupported(at, format!("NearestCentroid with the metric `{other}`"))),
    };
    if classes.len() != centroids.len() {
        return Err(not_fitted(replay, &estimator, "centroids_", at));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let mut whole = Whole::of(&columns);
    let number = nearest(replay, &estimator, centroids, metric, &columns, &mut whole, at);
    let cell = class_at(replay, &classes, number, at)?;
    Ok(Value::Column(whole.cell(cell)))
}

/// `-|(x - centroid) / deviation|^2 + 2 log(prior)`, a number a class.
fn centroid_scores<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Vec<Val<'b>>, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let centroids = matrix(replay, &estimator, "centroids_", columns.len(), call)?;
    let priors = needed(replay, &estimator, "class_prior_", centroids.len(), call)?;
    let deviations = needed(replay, &estimator, "within_class_std_dev_", columns.len(), call)?;
    if param_text(&estimator, "metric") != "euclidean" {
        return Err(super::refuse(replay, &estimator, &call.name, call.span));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    // A column that does not vary stays as it is.
    let scale: Vec<f64> = deviations.iter().map(|deviation| if *deviation == 0.0 { 1.0 } else { *deviation }).collect();
    columns.iter_mut().zip(&scale).for_each(|((_, val), scale)| *val = *val / *scale);
    let scaled = centroids.iter().map(|row| row.iter().zip(&scale).map(|(cell, scale)| cell / scale).collect()).collect();
    let search = Search::new(replay, scaled, &columns, Nan::Refused);
    let root = search.distances(replay, Metric::Products).away.sqrt();
    let score = |(at, prior): (usize, f64)| -(root.at(at as u32) * root.at(at as u32)) + 2.0 * prior.ln();
    let scores = priors.into_iter().enumerate().map(score).collect();
    Ok((estimator, scores, Whole::of(&columns)))
}

/// The scores; of two classes the second's less the first's.
fn centroid_decision<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, scores, whole) = centroid_scores(replay, call)?;
    Ok(match scores.as_slice() {
        [no, yes] => Value::Column(whole.column(Kind::Float, *yes - *no)),
        _ => whole.floats(scores),
    })
}

fn centroid_logarithms<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, scores, whole) = centroid_scores(replay, call)?;
    let shares = super::bayes::shares_of_scores(replay.b.pack(&scores));
    Ok(whole.floats((0..scores.len()).map(|at| shares.at(at as u32))))
}

fn centroid_shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, scores, whole) = centroid_scores(replay, call)?;
    let shares = super::bayes::shares_of_scores(replay.b.pack(&scores)).exp();
    Ok(whole.floats((0..scores.len()).map(|at| shares.at(at as u32))))
}

/// The label of the nearest centre, or its number where centres have no labels.
fn nearest_cluster<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let at = call.span;
    let is_birch = estimator.class_name() == "Birch";
    let name = if is_birch { "subcluster_centers_" } else { "cluster_centers_" };
    let centers = matrix(replay, &estimator, name, columns.len(), call)?;
    let labels = match estimator.fitted("subcluster_labels_").and_then(record::Value::as_tagged) {
        Some(Tagged::Array(array)) if is_birch => estimator.fitted("subcluster_labels_").and_then(record::Value::floats).map(|labels| {
            let kind = Kind::of_dtype(&array.dtype).unwrap_or(Kind::INT);
            (kind, labels)
        }),
        _ if is_birch => None,
        _ => Some((Kind::INT, (0..centers.len()).map(|at| at as f64).collect())),
    };
    let Some((kind, labels)) = labels.filter(|(_, labels)| labels.len() == centers.len()) else {
        return Err(not_fitted(replay, &estimator, "subcluster_labels_", at));
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let mut whole = Whole::of(&columns);
    let number = nearest_row(replay, &estimator, centers, &columns, &mut whole, at);
    let label = replay.b.tensor(Tensor::f64("labels", [labels.len() as u32], labels)).gather(number, 0).cast(Elem::I64);
    Ok(Value::Column(whole.column(kind, label)))
}

/// The number of the row of a table that is nearest (`pairwise_distances_argmin`), of several the first.
pub(super) fn nearest_row<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    rows: Vec<Vec<f64>>,
    columns: &[(Column<'b>, Val<'b>)],
    whole: &mut Whole,
    at: Span,
) -> Val<'b> {
    nearest(replay, estimator, rows, Metric::Products, columns, whole, at)
}

/// Where rounding could make another row the nearest there is no answer.
fn nearest<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    rows: Vec<Vec<f64>>,
    metric: Metric,
    columns: &[(Column<'b>, Val<'b>)],
    whole: &mut Whole,
    at: Span,
) -> Val<'b> {
    let search = Search::new(replay, rows, columns, Nan::Refused);
    let Distances { away, error, .. } = search.distances(replay, metric);
    let last = away.reduce(Reduce::Min, [0]);
    let farthest = away.le(last).select(away + error * 2.0, f64::NEG_INFINITY).reduce(Reduce::Max, [0]);
    let possible = (away - error * 2.0).le(farthest).cast(Elem::F64).reduce(Reduce::Sum, [0]);
    let rounded = possible.gt(1.0) & error.reduce(Reduce::Max, [0]).gt(0.0);
    whole.guard(undecided(replay, search.beyond | rounded, estimator, at));
    (-away).reduce(Reduce::ArgMax, [0])
}

// Within a radius -----------------------------------------------------------------------------------------------------------

/// What the training rows within the radius weigh.
struct Around<'b> {
    estimator: Estimator,
    said: Vec<f64>,
    /// 0 outside.
    each: Val<'b>,
    none: Val<'b>,
    whole: Whole,
}

fn around<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Around<'b>, Unknown> {
    let Trained { estimator, columns, said, by_distance, search, distances } = trained(replay, call)?;
    let Distances { away, error, squared } = distances;
    let radius = estimator.param("radius").and_then(record::Value::as_f64).unwrap_or(1.0);
    let (b, at) = (replay.b, call.span);
    let limit = if squared { radius * radius } else { radius };
    let error = error * 2.0 + limit * 1e-14;
    let exact = search.is_exact(replay).unwrap_or_else(|| b.bool(false));
    let at_edge = (away - limit).abs().le(error).cast(Elem::F64).reduce(Reduce::Sum, [0]).gt(0.0) & !exact;
    let inside = away.le(limit);
    let (each, nearly_here) = if by_distance {
        let root = if squared { away.sqrt() } else { away };
        let here = inside & away.eq(0.0);
        let any_here = here.cast(Elem::F64).reduce(Reduce::Max, [0]).gt(0.0);
        let nearly = away.le(error).cast(Elem::F64).reduce(Reduce::Max, [0]).gt(0.0) & !exact;
        (any_here.select(here.cast(Elem::F64), inside.select(b.f64(1.0) / root, 0.0)), nearly)
    } else {
        (inside.cast(Elem::F64), b.bool(false))
    };
    let mut whole = Whole::of(&columns);
    let class = estimator.class_name().to_owned();
    let when = search.beyond | at_edge | nearly_here;
    whole.guard(replay.guard(when, Reason::Undetermined(format!("training rows at the very edge of the radius of {class}")), at));
    let none = !inside.cast(Elem::F64).reduce(Reduce::Max, [0]).gt(0.0);
    Ok(Around { estimator, said, each, none, whole })
}

/// The weighted mean of the targets; NaN where no training row is near.
fn mean_around<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let around = around(replay, call)?;
    let b = replay.b;
    let values = b.tensor(Tensor::f64("targets", [around.said.len() as u32], around.said.iter().copied()));
    let total = around.none.select(b.f64(1.0), around.each.reduce(Reduce::Sum, [0]));
    let mean = around.none.select(b.f64(f64::NAN), around.each.contract(values, [(0, 0)]) / total);
    Ok(Value::Column(around.whole.column(Kind::Float, mean)))
}

/// The weight of each class. Without any training row the class for outliers has all of it, and if there is none scikit-learn raises.
fn votes_around<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Around<'b>, Vec<record::Value>, Vec<Val<'b>>), Unknown> {
    let mut around = around(replay, call)?;
    let b = replay.b;
    let classes = around.estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let outlier = match around.estimator.fitted("outlier_label_") {
        None | Some(record::Value::None(())) => None,
        Some(label) => {
            let label = label.items().and_then(|labels| labels.first().cloned()).unwrap_or_else(|| label.clone());
            match classes.iter().position(|class| *class == label) {
                Some(place) => Some(place),
                None => return Err(replay.unsupported(call.span, "RadiusNeighborsClassifier with a label for outliers that is no class")),
            }
        }
    };
    if outlier.is_none() {
        let class = around.estimator.class_name();
        let reason = Reason::Invalid(format!("no training row within the radius, which {class} refuses"));
        around.whole.guard(replay.guard(around.none, reason, call.span));
    }
    let vote = |class: usize| {
        let own = around.said.iter().map(|said| f64::from(u8::from(*said == class as f64)));
        let own = b.tensor(Tensor::f64("rows of the class", [around.said.len() as u32], own));
        let alone = f64::from(u8::from(outlier == Some(class)));
        around.none.select(b.f64(alone), around.each.contract(own, [(0, 0)]))
    };
    let votes = (0..classes.len()).map(vote).collect();
    Ok((around, classes, votes))
}

fn class_around<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (around, classes, votes) = votes_around(replay, call)?;
    let number = replay.b.pack(&votes).reduce(Reduce::ArgMax, [0]);
    let cell = class_at(replay, &classes, number, call.span)?;
    Ok(Value::Column(around.whole.cell(cell)))
}

fn shares_around<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (around, _, votes) = votes_around(replay, call)?;
    let total = replay.b.pack(&votes).reduce(Reduce::Sum, [0]);
    let divisor = total.eq(0.0).select(replay.b.f64(1.0), total);
    Ok(around.whole.floats(votes.into_iter().map(|vote| vote / divisor)))
}

// Local outliers ------------------------------------------------------------------------------------------------------------

/// The mean density of the neighbours over that of the row, negative: `-mean(density of each / density)`. A density is one over the mean
/// distance to the neighbours, which is no less than each neighbour's own distance to its last one. And the offset of the decision.
fn outlier_factor<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Val<'b>, f64, Whole), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let at = call.span;
    let rows = matrix(replay, &estimator, "_fit_X", columns.len(), call)?;
    let metric = fitted_metric(replay, &estimator, at)?;
    let numbers = |name: &str| estimator.fitted(name).and_then(record::Value::floats).filter(|numbers| numbers.len() == rows.len());
    let taken = estimator.fitted("n_neighbors_").and_then(record::Value::as_int).and_then(|taken| usize::try_from(taken).ok());
    let offset = estimator.fitted("offset_").and_then(record::Value::as_f64);
    let (Some(reaches), Some(densities), Some(taken), Some(offset)) = (numbers("reaches"), numbers("_lrd"), taken, offset) else {
        return Err(not_fitted(replay, &estimator, "_lrd", at));
    };
    if !param_flag(&estimator, "novelty") {
        let help = "fit it with novelty=True to score other rows than those of training";
        let what = "`LocalOutlierFactor` without `novelty=True` has no scores of new rows";
        return Err(replay.refuse("python-estimator", at, what, "it knows only the rows that it was fitted on", help));
    }
    if !(1..=MOST_NEIGHBOURS).contains(&taken) {
        return Err(replay.unsupported(at, format!("LocalOutlierFactor of more than {MOST_NEIGHBOURS} neighbours")));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let b = replay.b;
    let search = Search::new(replay, rows, &columns, Nan::Refused);
    let distances = search.distances(replay, metric);
    // Rows with the same reach and density say the same.
    let alike = |at: usize| (0..at).find(|other| reaches[*other] == reaches[at] && densities[*other] == densities[at]).unwrap_or(at);
    let count = reaches.len() as u32;
    let groups = b.tensor(Tensor::f64("first alike", [count], (0..reaches.len()).map(|at| alike(at) as f64)));
    let reach = b.tensor(Tensor::f64("reach", [count], reaches.iter().copied()));
    let density = b.tensor(Tensor::f64("density", [count], densities.iter().copied()));
    let weights = weights(replay, &distances, taken, false, groups);
    let root = |away: Val<'b>| if distances.squared { away.sqrt() } else { away };
    let place = weights.said.cast(Elem::I64);
    let reached =
        weights.each.contract(root(distances.away).max(reach), [(0, 0)]) + weights.rest * root(weights.last).max(reach.gather(place, 0));
    // The last term is scikit-learn's, against distances of nothing.
    let own = b.f64(1.0) / (reached / taken as f64 + 1e-10);
    let others = weights.each.contract(density, [(0, 0)]) + weights.rest * density.gather(place, 0);
    let mut whole = Whole::of(&columns);
    whole.guard(undecided(replay, search.beyond | weights.undecided, &estimator, at));
    Ok((-(others / own / taken as f64), offset, whole))
}

fn outlier_score<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, _, whole) = outlier_factor(replay, call)?;
    Ok(Value::Column(whole.column(Kind::Float, score)))
}

fn outlier_margin<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, offset, whole) = outlier_factor(replay, call)?;
    Ok(Value::Column(whole.column(Kind::Float, score - offset)))
}

/// -1 where the score lies below the offset, else 1.
fn inlier<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (score, offset, whole) = outlier_factor(replay, call)?;
    let side = (score - offset).lt(0.0).select(replay.b.i64(-1), 1_i64);
    Ok(Value::Column(whole.column(Kind::INT, side)))
}
