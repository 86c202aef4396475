//! Scalers and other changes of numbers, each column by what training left.

use super::fitted::{
    Nan, Whole, as_kind, columns, estimator, finite, needed, not_fitted, numeric_kind, param_flag, param_is, param_text, refuse_rows,
    result, vector,
};
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Value};
use ir::{Elem, Reduce, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "StandardScaler.transform", standard),
    Row::new(On::Estimator, "MinMaxScaler.transform", min_max),
    Row::new(On::Estimator, "RobustScaler.transform", robust),
    Row::new(On::Estimator, "MaxAbsScaler.transform", max_abs),
    Row::new(On::Estimator, "Normalizer.transform", normalize),
    Row::new(On::Estimator, "Binarizer.transform", binarize),
    Row::new(On::Estimator, "PolynomialFeatures.transform", polynomial),
    Row::new(On::Estimator, "KBinsDiscretizer.transform", bins),
    Row::new(On::Estimator, "PowerTransformer.transform", power),
];

/// `(x - mean) / scale`, in that order; a column that does not vary has the scale 1.
fn standard<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let use_mean = param_is(&estimator, "with_mean", &record::Value::Bool(true));
    let use_scale = param_is(&estimator, "with_std", &record::Value::Bool(true));
    let mean = if use_mean { vector(replay, &estimator, "mean_", columns.len(), call)? } else { None };
    let scale = if use_scale { vector(replay, &estimator, "scale_", columns.len(), call)? } else { None };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    move_and_scale(&mut columns, mean.as_deref(), scale.as_deref());
    Ok(result(columns))
}

fn move_and_scale<'b>(columns: &mut [(Column<'b>, Val<'b>)], center: Option<&[f64]>, scale: Option<&[f64]>) {
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        if let Some(center) = center {
            *val = *val - center[at];
        }
        if let Some(scale) = scale {
            *val = *val / scale[at];
        }
    }
}

/// `x * scale + min`, not `(x - least) / range`; with `clip` no further than the range.
fn min_max<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scale = needed(replay, &estimator, "scale_", columns.len(), call)?;
    let least = needed(replay, &estimator, "min_", columns.len(), call)?;
    let range = estimator.param("feature_range").and_then(record::Value::floats).unwrap_or_else(|| vec![0.0, 1.0]);
    let clip = if param_flag(&estimator, "clip") { range.first().copied().zip(range.get(1).copied()) } else { None };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        *val = *val * scale[at] + least[at];
        if let Some((low, high)) = clip {
            *val = val.max(low).min(high);
        }
    }
    Ok(result(columns))
}

/// `(x - center) / scale`
fn robust<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let center = vector(replay, &estimator, "center_", columns.len(), call)?;
    let scale = vector(replay, &estimator, "scale_", columns.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    move_and_scale(&mut columns, center.as_deref(), scale.as_deref());
    Ok(result(columns))
}

/// `x / scale`
fn max_abs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scale = needed(replay, &estimator, "scale_", columns.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    if param_flag(&estimator, "clip") {
        return Err(replay.unsupported(call.span, "MaxAbsScaler(clip=True)"));
    }
    move_and_scale(&mut columns, None, Some(&scale));
    Ok(result(columns))
}

/// A norm below this is taken as 1 (`_handle_zeros_in_scale`: ten units in the last place of 1).
const SMALLEST_NORM: f64 = 10.0 * f64::EPSILON;

/// `x / norm(row)`
fn normalize<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let whole = Whole::of(&columns);
    let b = replay.b;
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    let norm = match param_text(&estimator, "norm") {
        "l1" => row.abs().reduce(Reduce::Sum, [0]),
        "max" => row.abs().reduce(Reduce::Max, [0]),
        _ => row.contract(row, [(0, 0)]).sqrt(),
    };
    let norm = norm.lt(SMALLEST_NORM).select(b.f64(1.0), norm);
    Ok(whole.floats(columns.iter().map(|(_, val)| *val / norm)))
}

/// 1 where `x > threshold`, else 0, in the type of the array.
fn binarize<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let threshold = estimator.param("threshold").and_then(record::Value::as_f64).unwrap_or(0.0);
    let originals: Vec<Column<'b>> = columns.iter().map(|(column, _)| column.clone()).collect();
    let kind = numeric_kind(&originals).unwrap_or(Kind::Float);
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let whole = Whole::of(&columns);
    let ones = columns.iter().map(|(_, val)| whole.column(kind.clone(), as_kind(val.gt(threshold).cast(Elem::F64), &kind)));
    Ok(Value::Matrix(ones.collect()))
}

/// Products of columns up to a degree, each from one of lower degree: `x[i] * (the product of the others)`.
fn polynomial<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let degrees = match estimator.param("degree") {
        Some(record::Value::Int(most)) => Some((0, *most)),
        Some(range) => range.items().and_then(|range| Some((range.first()?.as_int()?, range.get(1)?.as_int()?))),
        None => None,
    };
    let Some((least, most)) = degrees else { return Err(replay.unsupported(call.span, "PolynomialFeatures of this degree")) };
    let alone = param_flag(&estimator, "interaction_only");
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let whole = Whole::of(&columns);
    let mut out = Vec::new();
    if param_flag(&estimator, "include_bias") {
        out.push(replay.b.f64(1.0));
    }
    // Terms of one degree: the first column in each, and the product.
    let mut terms: Vec<(usize, Val<'b>)> = columns.iter().enumerate().map(|(at, (_, val))| (at, *val)).collect();
    for degree in 1..=most {
        if degree > 1 {
            let lower = std::mem::take(&mut terms);
            for (at, (_, val)) in columns.iter().enumerate() {
                let others = lower.iter().filter(|(first, _)| *first > at || *first == at && !alone);
                terms.extend(others.map(|(_, product)| (at, *product * *val)));
            }
        }
        if degree >= least {
            out.extend(terms.iter().map(|(_, val)| *val));
        }
        if out.len() > MOST_PRODUCTS {
            return Err(replay.unsupported(call.span, format!("PolynomialFeatures of more than {MOST_PRODUCTS} columns")));
        }
    }
    Ok(whole.floats(out))
}

/// As many columns as a person would still want to read code for.
const MOST_PRODUCTS: usize = 5000;

/// The number of inner edges at or below `x`: bins are open on the right.
fn bins<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let edges: Option<Vec<Vec<f64>>> =
        estimator.fitted("bin_edges_").and_then(record::Value::items).and_then(|lists| lists.iter().map(record::Value::floats).collect());
    let Some(edges) = edges.filter(|edges| edges.len() == columns.len()) else {
        return Err(not_fitted(replay, &estimator, "bin_edges_", call.span));
    };
    if estimator.param("dtype").is_some_and(|dtype| *dtype != record::Value::NONE && !dtype.to_string().ends_with("float64")) {
        return Err(replay.unsupported(call.span, "KBinsDiscretizer with this `dtype`"));
    }
    let ordinal = param_text(&estimator, "encode") == "ordinal";
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let whole = Whole::of(&columns);
    let b = replay.b;
    let mut out = Vec::new();
    for ((_, val), edges) in columns.iter().zip(&edges) {
        let inner = edges.get(1..edges.len().saturating_sub(1)).unwrap_or_default();
        let bin = inner.iter().fold(b.i64(0), |bin, edge| bin + val.ge(*edge).cast(Elem::I64));
        if ordinal {
            out.push(bin.cast(Elem::F64));
        } else {
            out.extend((0..=inner.len()).map(|at| bin.eq(at as i64).cast(Elem::F64)));
        }
    }
    Ok(whole.floats(out))
}

/// Yeo-Johnson's or Box and Cox's power of each column, then to mean 0 and variance 1.
///
/// `((x + 1)^lambda - 1) / lambda` for `x >= 0` and `-((1 - x)^(2 - lambda) - 1) / (2 - lambda)` below, in scipy's stable form.
fn power<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let lambdas = needed(replay, &estimator, "lambdas_", columns.len(), call)?;
    let box_cox = param_text(&estimator, "method") == "box-cox";
    let scaler = if param_flag(&estimator, "standardize") {
        match estimator.fitted("_scaler").and_then(record::Value::as_tagged) {
            Some(Tagged::Estimator(scaler)) => Some(scaler.clone()),
            _ => return Err(not_fitted(replay, &estimator, "_scaler", call.span)),
        }
    } else {
        None
    };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    if box_cox {
        refuse_rows(replay, call.span, &mut columns, "a value that is not positive, which Box-Cox refuses", |_, val| Some(val.le(0.0)));
    }
    for ((_, val), lambda) in columns.iter_mut().zip(&lambdas) {
        *val = if box_cox { box_cox_power(*val, *lambda) } else { yeo_johnson_power(*val, *lambda) };
    }
    if let Some(scaler) = scaler {
        let mean = vector(replay, &scaler, "mean_", columns.len(), call)?;
        let scale = vector(replay, &scaler, "scale_", columns.len(), call)?;
        // The scaler looks at the powers, which may overflow.
        finite(replay, &scaler, call, &mut columns, Nan::Missing);
        move_and_scale(&mut columns, mean.as_deref(), scale.as_deref());
    }
    Ok(result(columns))
}

fn yeo_johnson_power(x: Val<'_>, lambda: f64) -> Val<'_> {
    let positive = x.ge(0.0);
    // Each side is computed on rows of its own only.
    let up = positive.select(x, 0.0).log1p();
    let down = positive.select(-x, x).abs();
    let down = positive.select(down * 0.0, down).log1p();
    let up = if lambda.abs() < f64::EPSILON { up } else { (up * lambda).expm1() / lambda };
    let rest = 2.0 - lambda;
    let down = if (lambda - 2.0).abs() > f64::EPSILON { -((down * rest).expm1()) / rest } else { -down };
    positive.select(up, down)
}

/// `(x^lambda - 1) / lambda`, as `scipy.special.boxcox` has it.
fn box_cox_power(x: Val<'_>, lambda: f64) -> Val<'_> {
    // Below this scipy takes the logarithm itself.
    const NO_POWER: f64 = 1e-19;
    let log = x.log();
    if lambda.abs() < NO_POWER { log } else { (log * lambda).expm1() / lambda }
}
