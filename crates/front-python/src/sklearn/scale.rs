//! Scalers and other changes of numbers, each column by what training left.

use super::fitted::{
    Nan, Whole, applied, as_kind, columns, estimator, finite, interpolated, needed, not_fitted, numeric_kind, param_flag, param_is,
    param_text, refuse_rows, result, vector,
};
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Unknown, Value};
use ir::{Elem, Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "StandardScaler.transform", standard),
    Row::new(On::Estimator, "StandardScaler.inverse_transform", standard_back),
    Row::new(On::Estimator, "MinMaxScaler.inverse_transform", min_max_back),
    Row::new(On::Estimator, "RobustScaler.inverse_transform", robust_back),
    Row::new(On::Estimator, "MinMaxScaler.transform", min_max),
    Row::new(On::Estimator, "RobustScaler.transform", robust),
    Row::new(On::Estimator, "MaxAbsScaler.inverse_transform", max_abs_back),
    Row::new(On::Estimator, "MaxAbsScaler.transform", max_abs),
    Row::new(On::Estimator, "Normalizer.transform", normalize),
    Row::new(On::Estimator, "Binarizer.transform", binarize),
    Row::new(On::Estimator, "PolynomialFeatures.transform", polynomial),
    Row::new(On::Estimator, "KBinsDiscretizer.inverse_transform", bins_back),
    Row::new(On::Estimator, "KBinsDiscretizer.transform", bins),
    Row::new(On::Estimator, "PowerTransformer.inverse_transform", power_back),
    Row::new(On::Estimator, "PowerTransformer.transform", power),
    Row::new(On::Estimator, "QuantileTransformer.inverse_transform", quantile_back),
    Row::new(On::Estimator, "QuantileTransformer.transform", quantile),
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

/// `x * scale + mean`
fn standard_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    scaled_back(replay, call, "with_mean", "mean_", "with_std")
}

/// `x * scale + center`
fn robust_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    scaled_back(replay, call, "with_centering", "center_", "with_scaling")
}

fn scaled_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, centers: &str, center: &str, scales: &str) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let used = |name: &str| param_is(&estimator, name, &record::Value::Bool(true));
    let center = if used(centers) { vector(replay, &estimator, center, columns.len(), call)? } else { None };
    let scale = if used(scales) { vector(replay, &estimator, "scale_", columns.len(), call)? } else { None };
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for (at, (_, val)) in columns.iter_mut().enumerate() {
        *val = scale.as_ref().map_or(*val, |scale| *val * scale[at]);
        *val = center.as_ref().map_or(*val, |center| *val + center[at]);
    }
    Ok(result(columns))
}

/// `x * scale`
fn max_abs_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scale = needed(replay, &estimator, "scale_", columns.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    columns.iter_mut().zip(scale).for_each(|((_, val), scale)| *val = *val * scale);
    Ok(result(columns))
}

/// `(x - min) / scale`
fn min_max_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let scale = needed(replay, &estimator, "scale_", columns.len(), call)?;
    let least = needed(replay, &estimator, "min_", columns.len(), call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    move_and_scale(&mut columns, Some(&least), Some(&scale));
    Ok(result(columns))
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

/// The middle of each bin, whose number is given or the place of the first greatest of its columns.
fn bins_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, mut columns) = applied(replay, call)?;
    let edges: Option<Vec<Vec<f64>>> =
        estimator.fitted("bin_edges_").and_then(record::Value::items).and_then(|lists| lists.iter().map(record::Value::floats).collect());
    let Some(edges) = edges.filter(|edges| edges.iter().all(|edges| edges.len() > 1)) else {
        return Err(not_fitted(replay, &estimator, "bin_edges_", call.span));
    };
    let ordinal = param_text(&estimator, "encode") == "ordinal";
    let width = |edges: &Vec<f64>| if ordinal { 1 } else { edges.len() - 1 };
    if edges.iter().map(width).sum::<usize>() != columns.len() {
        return Err(replay.unsupported(call.span, "KBinsDiscretizer of another number of columns"));
    }
    if ordinal {
        // A number below 0 counts from the end.
        let outside =
            |((_, val), edges): (&(Column<'b>, Val<'b>), &Vec<f64>)| val.ge(edges.len() as f64 - 1.0) | val.le(-(edges.len() as f64));
        let outside = columns.iter().zip(&edges).map(outside).reduce(|any, one| any | one);
        refuse_rows(replay, call.span, &mut columns, "the number of a bin that is not there", |_, _| outside);
    }
    let (b, whole) = (replay.b, Whole::of(&columns));
    let mut rest = columns.iter().map(|(_, val)| *val);
    let middle = |edges: &Vec<f64>| {
        let own: Vec<Val<'b>> = rest.by_ref().take(width(edges)).collect();
        let count = edges.len() - 1;
        let bin = if ordinal { own[0].cast(Elem::I64) } else { b.pack(&own).reduce(Reduce::ArgMax, [0]) };
        let place = bin.lt(0_i64).select(bin + count as i64, bin);
        let middles = edges.windows(2).map(|pair| (pair[1] + pair[0]) * 0.5);
        b.tensor(Tensor::f64("middles", [count as u32], middles)).gather(place, 0)
    };
    let middles: Vec<Val<'b>> = edges.iter().map(middle).collect();
    Ok(whole.floats(middles))
}

/// Yeo-Johnson's or Box and Cox's power of each column, then to mean 0 and variance 1.
///
/// `((x + 1)^lambda - 1) / lambda` for `x >= 0` and `-((1 - x)^(2 - lambda) - 1) / (2 - lambda)` below, in scipy's stable form.
fn power<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let lambdas = needed(replay, &estimator, "lambdas_", columns.len(), call)?;
    let box_cox = param_text(&estimator, "method") == "box-cox";
    let scaler = scaler(replay, &estimator, call)?;
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

/// The scaler of the powers, if they are standardized.
fn scaler<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, call: &Call<'b>) -> Result<Option<Estimator>, Unknown> {
    if !param_flag(estimator, "standardize") {
        return Ok(None);
    }
    match estimator.fitted("_scaler").and_then(record::Value::as_tagged) {
        Some(Tagged::Estimator(scaler)) => Ok(Some(scaler.clone())),
        _ => Err(not_fitted(replay, estimator, "_scaler", call.span)),
    }
}

/// The number whose power it is; NaN where there is none.
fn power_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let lambdas = needed(replay, &estimator, "lambdas_", columns.len(), call)?;
    if param_text(&estimator, "method") == "box-cox" {
        return Err(replay.unsupported(call.span, "the inverse of Box-Cox powers"));
    }
    let scaler = scaler(replay, &estimator, call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    if let Some(scaler) = scaler {
        let mean = needed(replay, &scaler, "mean_", columns.len(), call)?;
        let scale = needed(replay, &scaler, "scale_", columns.len(), call)?;
        for ((_, val), (mean, scale)) in columns.iter_mut().zip(mean.iter().zip(&scale)) {
            *val = *val * *scale + *mean;
        }
    }
    for ((_, val), lambda) in columns.iter_mut().zip(&lambdas) {
        *val = yeo_johnson_root(*val, *lambda);
    }
    Ok(result(columns))
}

/// `(x lambda + 1)^(1 / lambda) - 1` for `x >= 0` and `1 - (1 - (2 - lambda) x)^(1 / (2 - lambda))` below, with the exponential where a
/// divisor is zero.
fn yeo_johnson_root(x: Val<'_>, lambda: f64) -> Val<'_> {
    let up = if lambda.abs() < f64::EPSILON { x.exp() - 1.0 } else { (x * lambda + 1.0).pow(1.0 / lambda) - 1.0 };
    let rest = 2.0 - lambda;
    let down = if rest.abs() > f64::EPSILON { (x * -rest + 1.0).pow(1.0 / rest) } else { (-x).exp() };
    x.ge(0.0).select(up, -down + 1.0)
}

/// The share of training values below `x`, between their quantiles; from it the normal quantile, if that is asked for.
///
/// The mean of both directions stands for a value that several quantiles share.
fn quantile<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let (quantiles, references) = quantiles(replay, &estimator, columns.len(), call)?;
    let normal = param_text(&estimator, "output_distribution") == "normal";
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    let turned = |values: &[f64]| values.iter().rev().map(|value| -value).collect::<Vec<f64>>();
    for ((_, val), quantiles) in columns.iter_mut().zip(&quantiles) {
        let (least, most) = (quantiles[0], quantiles[quantiles.len() - 1]);
        let up = interpolated(replay, *val, quantiles, &references);
        let down = interpolated(replay, -*val, &turned(quantiles), &turned(&references));
        let (below, above) = match normal {
            true => ((*val - NEAR_BOUND).lt(least), (*val + NEAR_BOUND).gt(most)),
            false => (val.eq(least), val.eq(most)),
        };
        let share = below.select(replay.b.f64(0.0), above.select(replay.b.f64(1.0), (up - down) * 0.5));
        *val = if normal { normal_quantile(replay, share) } else { share };
    }
    Ok(result(columns))
}

/// The number that has so many training values below it, between the quantiles.
fn quantile_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let (quantiles, references) = quantiles(replay, &estimator, columns.len(), call)?;
    if param_text(&estimator, "output_distribution") == "normal" {
        return Err(replay.unsupported(call.span, "the inverse of a QuantileTransformer with normal quantiles"));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    for ((_, val), quantiles) in columns.iter_mut().zip(&quantiles) {
        *val = interpolated(replay, *val, &references, quantiles);
    }
    Ok(result(columns))
}

/// The quantiles of each column, and the shares that they stand for.
fn quantiles<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    width: usize,
    call: &Call<'b>,
) -> Result<(Vec<Vec<f64>>, Vec<f64>), Unknown> {
    let flat = estimator.fitted("quantiles_").and_then(record::Value::floats).unwrap_or_default();
    let references = estimator.fitted("references_").and_then(record::Value::floats).unwrap_or_default();
    if width == 0 || references.is_empty() || flat.len() != references.len() * width {
        return Err(not_fitted(replay, estimator, "quantiles_", call.span));
    }
    Ok(((0..width).map(|at| flat.iter().skip(at).step_by(width).copied().collect()).collect(), references))
}

/// `BOUNDS_THRESHOLD` of scikit-learn: what is as near to an outer quantile is outside of it.
const NEAR_BOUND: f64 = 1e-7;
/// The normal quantiles of `1e-7` and `1 - 1e-7`, less one unit in the last place of 1: no result is further out.
const LEAST_NORMAL: f64 = -5.199337582605575;
const MOST_NORMAL: f64 = 5.19933758270342;

/// `ndtri` of the Cephes library, which scipy computes, within the bounds above. Its branch for `sqrt(-2 log(p)) >= 8` lies outside of them.
fn normal_quantile<'b>(replay: &Replay<'_, 'b>, p: Val<'b>) -> Val<'b> {
    const TAIL: f64 = 0.135_335_283_236_612_7; // exp(-2)
    const ROOT_OF_TWO_PI: f64 = 2.506_628_274_631_000_7;
    const MIDDLE: &[f64] =
        &[-59.963_350_101_410_79, 98.001_075_418_599_97, -56.676_285_746_907_03, 13.931_260_938_727_968, -1.239_165_838_673_812_5];
    const UNDER_MIDDLE: &[f64] = &[
        1.0,
        1.954_488_583_381_417_6,
        4.676_279_128_988_815,
        86.360_242_139_089_05,
        -225.462_687_854_119_37,
        200.260_212_380_060_66,
        -82.037_225_616_833_34,
        15.905_622_512_621_17,
        -1.183_316_211_213_3,
    ];
    const OUTER: &[f64] = &[
        4.055_448_923_059_624_5,
        31.525_109_459_989_388,
        57.162_819_224_642_13,
        44.080_507_389_320_08,
        14.684_956_192_885_803,
        2.186_633_068_507_902_5,
        -0.140_256_079_171_354_5,
        -0.035_042_462_682_784_82,
        -0.000_857_456_785_154_685_4,
    ];
    const UNDER_OUTER: &[f64] = &[
        1.0,
        15.779_988_325_646_675,
        45.390_763_512_887_92,
        41.317_203_825_467_2,
        15.042_538_569_290_75,
        2.504_649_462_083_094,
        -0.142_182_922_854_787_79,
        -0.038_080_640_769_157_83,
        -0.000_933_259_480_895_457_4,
    ];
    let b = replay.b;
    let polynomial = |x: Val<'b>, terms: &[f64]| match terms {
        [first, second, rest @ ..] => {
            // A leading 1 is not multiplied.
            let start = if *first == 1.0 { x + *second } else { x * *first + *second };
            rest.iter().fold(start, |sum, term| sum * x + *term)
        }
        _ => x,
    };
    let upper = p.gt(1.0 - TAIL);
    let near = upper.select(b.f64(1.0) - p, p);
    let off = near - 0.5;
    let square = off * off;
    let middle = (off + off * (square * polynomial(square, MIDDLE) / polynomial(square, UNDER_MIDDLE))) * ROOT_OF_TWO_PI;
    let far = (near.log() * -2.0).sqrt();
    let inverse = b.f64(1.0) / far;
    let outer = far - far.log() / far - inverse * polynomial(inverse, OUTER) / polynomial(inverse, UNDER_OUTER);
    let outer = upper.select(outer, -outer);
    let x = near.gt(TAIL).select(middle, outer).max(LEAST_NORMAL).min(MOST_NORMAL);
    p.le(0.0).select(b.f64(LEAST_NORMAL), p.ge(1.0).select(b.f64(MOST_NORMAL), x))
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
    box_cox_of_log(x.log(), lambda)
}

/// `(exp(log * lambda) - 1) / lambda`, as `scipy.special` has it for the logarithm of `x` and of `1 + x`.
pub(crate) fn box_cox_of_log(log: Val<'_>, lambda: f64) -> Val<'_> {
    // Below this scipy takes the logarithm itself.
    const NO_POWER: f64 = 1e-19;
    // From here on it divides before it takes the exponential, which would pass the largest float.
    const LARGE: f64 = 709.78;
    if lambda.abs() < NO_POWER {
        return log;
    }
    let power = log * lambda;
    let divided = (power - lambda.abs().ln()).exp() * lambda.signum() - 1.0 / lambda;
    power.lt(LARGE).select(power.expm1() / lambda, divided)
}
