//! Imputers: a missing cell becomes what training says.

use super::fitted::{Nan, Whole, columns as float_columns, estimator, finite, not_fitted, numbers, numeric_kind, param_flag, param_text};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Kind, Unknown, Value};
use ir::{Elem, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "feature_engine.ArbitraryNumberImputer.transform", filled_by_name),
    Row::new(On::Estimator, "feature_engine.CategoricalImputer.transform", filled_by_name),
    Row::new(On::Estimator, "feature_engine.EndTailImputer.transform", filled_by_name),
    Row::new(On::Estimator, "feature_engine.MeanMedianImputer.transform", filled_by_name),
    Row::new(On::Estimator, "IterativeImputer.transform", iterate),
    Row::new(On::Estimator, "MissingIndicator.transform", indicate),
    Row::new(On::Estimator, "SimpleImputer.transform", impute),
];

/// Missing becomes the column's statistic. A column without one is dropped, as scikit-learn does by default.
fn impute<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let mut columns = pandas::matrix(replay, &x, call.span)?;
    let statistics = estimator.fitted("statistics_").and_then(record::Value::items).unwrap_or_default();
    if statistics.len() != columns.len() {
        return Err(not_fitted(replay, &estimator, "statistics_", call.span));
    }
    if estimator.param("missing_values").is_some_and(|value| !value.is_missing()) {
        return Err(replay.refuse(
            "python-argument",
            call.span,
            "SimpleImputer with a value that stands for missing cannot be converted",
            "the output needs this value",
            "replace the value by NaN first, with .replace(value, np.nan)",
        ));
    }
    let numeric = matches!(param_text(&estimator, "strategy"), "mean" | "median" | "");
    replay.freeze(&known);
    refuse_infinities(replay, &estimator, call, &mut columns)?;
    let indicator = indicators(replay, &estimator, &columns, call)?;
    let keep_empty = param_flag(&estimator, "keep_empty_features");
    let mut out = Vec::new();
    for (column, statistic) in columns.into_iter().zip(statistics) {
        if statistic.is_missing() && !keep_empty {
            continue;
        }
        let column = if numeric {
            let val = pandas::table::number(replay, &column, call.span)?;
            column.with(Cell::new(Kind::Float, val).guarded(&column.cell.guards))
        } else {
            column
        };
        let Some(by) = crate::ops::constant(replay, &statistic, None) else {
            return Err(replay.unsupported(call.span, "SimpleImputer with this statistic"));
        };
        let cell = pandas::missing::filled(replay, &column.cell, &by, call.span)?;
        out.push(Column { array: true, ..column.with(cell) });
    }
    out.extend(indicator);
    Ok(Value::Matrix(super::compose::in_one_type(out)))
}

/// An infinity in any float column is refused; the rows get a guard in every column.
fn refuse_infinities<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    call: &Call<'b>,
    columns: &mut [Column<'b>],
) -> Result<(), Unknown> {
    // In an array of objects scikit-learn does not look for them.
    if numeric_kind(columns).is_none() {
        return Ok(());
    }
    let mut floats = numbers(replay, columns.to_vec(), call.span)?;
    finite(replay, estimator, call, &mut floats, Nan::Missing);
    for (column, (guarded, _)) in columns.iter_mut().zip(floats) {
        column.cell.guards.extend(guarded.cell.guards);
    }
    Ok(())
}

/// Whether a cell is missing.
fn missing<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    match column.cell.single() {
        Some((Kind::Int(_) | Kind::Bool, _)) => Ok(replay.b.bool(false)),
        Some((kind, val)) => Ok(pandas::is_missing(kind, val)),
        None => Err(replay.unsupported(at, "missing cells of a column of several types")),
    }
}

/// The columns of `add_indicator`: 1 where a column that had holes in training is missing.
pub(super) fn indicators<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    columns: &[Column<'b>],
    call: &Call<'b>,
) -> Result<Vec<Column<'b>>, Unknown> {
    let Some(Tagged::Estimator(indicator)) = estimator.fitted("indicator_").and_then(record::Value::as_tagged) else {
        return Ok(Vec::new());
    };
    marks(replay, indicator, columns, call)?
        .into_iter()
        .map(|(column, mark)| Ok(column.with(Cell::new(Kind::Float, mark.cast(Elem::F64)).guarded(&column.cell.guards))))
        .collect()
}

fn marks<'b>(
    replay: &mut Replay<'_, 'b>,
    indicator: &Estimator,
    columns: &[Column<'b>],
    call: &Call<'b>,
) -> Result<Vec<(Column<'b>, Val<'b>)>, Unknown> {
    let Some(features) = indicator.fitted("features_").and_then(record::Value::items) else {
        return Err(not_fitted(replay, indicator, "features_", call.span));
    };
    let wanted = features.iter().filter_map(record::Value::as_int).filter_map(|at| columns.get(usize::try_from(at).ok()?));
    wanted.map(|column| Ok((column.clone(), missing(replay, column, call.span)?))).collect()
}

/// Missing becomes what a model says from the other columns, in the order and as often as training left models.
fn iterate<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = float_columns(replay, call)?;
    let at = call.span;
    let count = columns.len();
    let initial = match estimator.fitted("initial_imputer_").and_then(record::Value::as_tagged) {
        Some(Tagged::Estimator(initial)) => initial.fitted("statistics_").and_then(record::Value::floats),
        _ => None,
    };
    let bounds = |name: &str| estimator.fitted(name).and_then(record::Value::floats).filter(|bounds| bounds.len() == count);
    let rounds = estimator.fitted("imputations").and_then(record::Value::items);
    let (Some(initial), Some(least), Some(most), Some(rounds)) = (initial, bounds("_min_value"), bounds("_max_value"), rounds) else {
        return Err(not_fitted(replay, &estimator, "imputation_sequence_", at));
    };
    let by_chance = param_flag(&estimator, "sample_posterior");
    let nan = estimator.param("missing_values").is_none_or(record::Value::is_missing);
    if by_chance || !nan || initial.len() != count || initial.iter().any(|value| value.is_nan()) {
        return Err(
            replay.unsupported(at, "IterativeImputer that draws by chance, has another mark for missing, or a column without values")
        );
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    let originals: Vec<Column<'b>> = columns.iter().map(|(column, _)| column.clone()).collect();
    let indicator = indicators(replay, &estimator, &originals, call)?;
    let holes: Vec<Val<'b>> = columns.iter().map(|(_, val)| val.is_nan()).collect();
    // A table of nothing but holes is left as it was first filled, so such a row depends on the rows beside it.
    if !rounds.is_empty()
        && let Some(nothing) = holes.iter().copied().reduce(|all, hole| all & hole)
    {
        let guard = replay.guard(nothing, ir::Reason::Invalid("a row in which every value is missing".to_owned()), at);
        columns.iter_mut().for_each(|(column, _)| {
            column.cell.guards.insert(guard);
        });
    }
    let whole = Whole::of(&columns);
    let mut vals: Vec<Val<'b>> =
        columns.iter().zip(&holes).zip(&initial).map(|(((_, val), hole), by)| hole.select(replay.b.f64(*by), *val)).collect();
    for round in &rounds {
        let fields = round.items().unwrap_or_default();
        let feature = fields.first().and_then(record::Value::as_int).and_then(|feature| usize::try_from(feature).ok());
        let neighbours = fields.get(1).and_then(record::Value::floats);
        let (Some(feature), Some(neighbours), Some(model)) = (feature.filter(|feature| *feature < count), neighbours, fields.get(2)) else {
            return Err(not_fitted(replay, &estimator, "imputation_sequence_", at));
        };
        let chosen: Option<Vec<Column<'b>>> =
            neighbours.iter().map(|place| vals.get(*place as usize).map(|val| whole.column(Kind::Float, *val))).collect();
        let Some(chosen) = chosen else { return Err(not_fitted(replay, &estimator, "imputation_sequence_", at)) };
        // Only rows with this hole are given to the model.
        let outer = replay.lifted;
        replay.lifted = Some(outer.map_or(holes[feature], |outer| outer & holes[feature]));
        let said = replay.call_estimator(&known.part(model.clone()).of(None), "predict", vec![Value::Matrix(chosen)], Vec::new(), at);
        replay.lifted = outer;
        let said = pandas::matrix(replay, &said?, at)?;
        let said = numbers(replay, said, at)?;
        let Some((column, val)) = said.first() else { return Err(not_fitted(replay, &estimator, "imputation_sequence_", at)) };
        let bounded = val.max(least[feature]).min(most[feature]);
        vals[feature] = holes[feature].select(bounded, vals[feature]);
        columns[feature].0.cell.guards.extend(&column.cell.guards);
    }
    let guards: crate::value::Guards = columns.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
    let filled = columns
        .iter()
        .zip(&vals)
        .map(|((column, _), val)| Column { array: true, ..column.with(Cell::new(Kind::Float, *val).guarded(&guards)) });
    Ok(Value::Matrix(filled.chain(indicator).collect()))
}

/// Which cells are missing. A hole where training had none raises, unless `error_on_new=False`.
fn indicate<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut floats = float_columns(replay, call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut floats, Nan::Missing);
    let whole = Whole::of(&floats);
    if param_flag(&estimator, "error_on_new") && param_text(&estimator, "features") == "missing-only" {
        return Err(replay.refuse(
            "python-argument",
            call.span,
            "MissingIndicator that raises on other holes than training had cannot be converted",
            "the output needs this value",
            "make it with error_on_new=False",
        ));
    }
    let columns: Vec<Column<'b>> = floats.into_iter().map(|(column, _)| column).collect();
    let marks = marks(replay, &estimator, &columns, call)?;
    Ok(Value::Matrix(marks.into_iter().map(|(_, mark)| whole.column(Kind::Bool, mark)).collect()))
}

/// `frame[names of training].fillna(what was learnt for each name)`
fn filled_by_name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let names = estimator.fitted("feature_names_in_").and_then(record::Value::items).unwrap_or_default();
    let Some(Tagged::Dict(learnt)) = estimator.fitted("imputer_dict_").and_then(record::Value::as_tagged) else {
        return Err(not_fitted(replay, &estimator, "imputer_dict_", call.span));
    };
    replay.freeze(&known);
    let positions: Vec<usize> = (0..names.len()).collect();
    let table = super::compose::chosen(replay, &x, &positions, Some(&names), call.span)?;
    let mut out = Vec::new();
    for (name, column) in names.iter().zip(pandas::matrix(replay, &table, call.span)?) {
        let column = match learnt.iter().find(|(key, _)| key == name) {
            Some((_, by)) => {
                let by = Value::Known(known.part(by.clone()).of(None));
                let cell = pandas::missing::fill_column(replay, &column, &by, call.span)?;
                column.with(cell)
            }
            None => column,
        };
        out.push((pandas::column_name(name), column));
    }
    Ok(super::compose::framed(replay, out.into_iter()))
}
