//! Scalers and imputers: each column by numbers that training left.

use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Kind, Known, Unknown, Value};
use ir::{Elem, Reason, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "StandardScaler.transform", standard),
    Row::new(On::Estimator, "StandardScaler.fit_transform", standard),
    Row::new(On::Estimator, "MinMaxScaler.transform", min_max),
    Row::new(On::Estimator, "MinMaxScaler.fit_transform", min_max),
    Row::new(On::Estimator, "RobustScaler.transform", robust),
    Row::new(On::Estimator, "RobustScaler.fit_transform", robust),
    Row::new(On::Estimator, "MaxAbsScaler.transform", max_abs),
    Row::new(On::Estimator, "MaxAbsScaler.fit_transform", max_abs),
    Row::new(On::Estimator, "SimpleImputer.transform", impute),
    Row::new(On::Estimator, "SimpleImputer.fit_transform", impute),
];

/// The recorded object. After a `fit` the record has its fitted form.
pub(super) fn estimator<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<(Known, Estimator), Unknown> {
    if let Value::Known(known) = &call.receiver
        && let Some(Tagged::Estimator(estimator)) = known.tagged()
    {
        return Ok((known.clone().with(true, false), estimator.clone()));
    }
    Err(replay.not_recorded(call.span))
}

/// The columns of the argument, as floats.
pub(super) fn columns<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Vec<(Column<'b>, Val<'b>)>, Unknown> {
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    columns.into_iter().map(|column| pandas::table::number(replay, &column, call.span).map(|val| (column, val))).collect()
}

/// A fitted vector with a number for each column; `None` in Python stands for "not used".
pub(super) fn fitted<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    name: &str,
    count: usize,
    call: &Call<'b>,
) -> Result<Option<Vec<f64>>, Unknown> {
    match estimator.fitted(name) {
        Some(record::Value::None(())) => Ok(None),
        Some(value) => match value.floats().filter(|floats| floats.len() == count) {
            Some(floats) => Ok(Some(floats)),
            None => Err(replay.unsupported(call.span, format!("`{name}` of {} with another number of columns", estimator.class_name()))),
        },
        None => Err(replay.refuse(
            "python-not-fitted",
            call.span,
            format!("{} has no `{name}` in the recorded run", estimator.class_name()),
            "it is not fitted here, or by another version of scikit-learn",
            "",
        )),
    }
}

pub(super) fn param_is(estimator: &Estimator, name: &str, wanted: &record::Value) -> bool {
    estimator.param(name).is_none_or(|value| value == wanted)
}

fn result<'b>(columns: Vec<(Column<'b>, Val<'b>)>) -> Value<'b> {
    Value::Matrix(
        columns
            .into_iter()
            .map(|(column, val)| {
                let guards = column.cell.guards.clone();
                Column { array: true, ..column.with(Cell::new(Kind::Float, val).guarded(&guards)) }
            })
            .collect(),
    )
}

/// What an estimator makes of NaN (`check_array` with `ensure_all_finite`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nan {
    /// It is a missing value.
    Missing,
    Refused,
}

/// scikit-learn raises on an infinity, in whichever column, and most models on a NaN too.
pub(super) fn finite<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    call: &Call<'b>,
    columns: &mut [(Column<'b>, Val<'b>)],
    nan: Nan,
) {
    let class = estimator.class_name().to_owned();
    let mut refuse = |what: &str, test: &dyn Fn(Val<'b>) -> Val<'b>| {
        let Some(when) = columns.iter().map(|(_, val)| test(*val)).reduce(|any, one| any | one) else { return };
        let guard = replay.guard(when, Reason::Invalid(format!("{what}, which {class} refuses")), call.span);
        for (column, _) in columns.iter_mut() {
            column.cell.guards.insert(guard);
        }
    };
    refuse("an infinity", &|val| val.abs().eq(f64::INFINITY));
    if nan == Nan::Refused {
        refuse("a missing value", &|val| val.is_nan());
    }
}

/// `(x - mean) / scale`, in that order; a column that does not vary has the scale 1.
fn standard<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let use_mean = param_is(&estimator, "with_mean", &record::Value::Bool(true));
    let use_scale = param_is(&estimator, "with_std", &record::Value::Bool(true));
    let mean = if use_mean { fitted(replay, &estimator, "mean_", columns.len(), call)? } else { None };
    let scale = if use_scale { fitted(replay, &estimator, "scale_", columns.len(), call)? } else { None };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        if let Some(mean) = &mean {
            *val = *val - mean[at];
        }
        if let Some(scale) = &scale {
            *val = *val / scale[at];
        }
    }
    Ok(result(columns))
}

/// `x * scale + min`, not `(x - least) / range`.
fn min_max<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scale = fitted(replay, &estimator, "scale_", columns.len(), call)?.unwrap_or_default();
    let least = fitted(replay, &estimator, "min_", columns.len(), call)?.unwrap_or_default();
    if estimator.param("clip").and_then(record::Value::as_bool) == Some(true) {
        return Err(replay.unsupported(call.span, "MinMaxScaler(clip=True)"));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        *val = *val * scale[at] + least[at];
    }
    Ok(result(columns))
}

/// `(x - center) / scale`
fn robust<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let center = fitted(replay, &estimator, "center_", columns.len(), call)?;
    let scale = fitted(replay, &estimator, "scale_", columns.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        if let Some(center) = &center {
            *val = *val - center[at];
        }
        if let Some(scale) = &scale {
            *val = *val / scale[at];
        }
    }
    Ok(result(columns))
}

fn max_abs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scale = fitted(replay, &estimator, "scale_", columns.len(), call)?.unwrap_or_default();
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        *val = *val / scale[at];
    }
    Ok(result(columns))
}

/// Missing becomes the column's statistic. Text columns keep their kind.
fn impute<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    if estimator.param("add_indicator").and_then(record::Value::as_bool) == Some(true) {
        return Err(replay.unsupported(call.span, "SimpleImputer(add_indicator=True)"));
    }
    let statistics = estimator.fitted("statistics_").and_then(record::Value::items).unwrap_or_default();
    if statistics.len() != columns.len() || statistics.iter().any(record::Value::is_missing) {
        return Err(replay.unsupported(call.span, "SimpleImputer without a statistic for each column"));
    }
    replay.freeze(&known);
    let mut numbers: Vec<(Column<'b>, Val<'b>)> = Vec::new();
    for column in &columns {
        if column.cell.single().is_some_and(|(kind, _)| *kind == Kind::Float) {
            numbers.push((column.clone(), pandas::table::number(replay, column, call.span)?));
        }
    }
    finite(replay, &estimator, call, &mut numbers, Nan::Missing);
    let raises = numbers.first().map(|(column, _)| column.cell.guards.clone()).unwrap_or_default();
    let mut out = Vec::new();
    for (column, statistic) in columns.into_iter().zip(statistics) {
        let Some(by) = crate::ops::constant(replay, &statistic, None) else {
            return Err(replay.unsupported(call.span, "SimpleImputer with this statistic"));
        };
        let mut cell = pandas::missing::filled(replay, &column.cell, &by, call.span)?;
        // Numbers come out as floats.
        if let Some((kind, val)) = cell.single()
            && kind.is_number()
        {
            cell = Cell::new(Kind::Float, val.cast(Elem::F64)).guarded(&cell.guards);
        }
        out.push(Column { array: true, ..column.with(cell.guarded(&raises)) });
    }
    Ok(Value::Matrix(out))
}
