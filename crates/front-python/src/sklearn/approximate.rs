//! Kernels of the row with training rows, and features whose products are near to a kernel.

use super::fitted::{Columns, Whole, applied, as_kind, matrix, needed, not_fitted, numeric_kind, refuse_rows};
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value};
use ir::{Reduce, Tensor, Val};
use std::f64::consts::PI;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "AdditiveChi2Sampler.transform", additive_chi2),
    Row::new(On::Estimator, "KernelCenterer.transform", centred_kernels),
    Row::new(On::Estimator, "PolynomialCountSketch.transform", polynomial_sketch),
    Row::new(On::Estimator, "SkewedChi2Sampler.transform", skewed_chi2),
];

fn row<'b>(replay: &Replay<'_, 'b>, columns: &Columns<'b>) -> Val<'b> {
    replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>())
}

fn tensor<'b>(replay: &Replay<'_, 'b>, name: &str, values: Vec<f64>) -> Val<'b> {
    replay.b.tensor(Tensor::f64(name, [values.len() as u32], values))
}

/// `k - means of the training kernels - mean(k) + mean of those means`
fn centred<'b>(
    replay: &mut Replay<'_, 'b>,
    centerer: &Estimator,
    kernels: Val<'b>,
    count: usize,
    call: &Call<'b>,
) -> Result<Val<'b>, Unknown> {
    let means = needed(replay, centerer, "K_fit_rows_", count, call)?;
    let Some(all) = centerer.fitted("K_fit_all_").and_then(record::Value::as_f64) else {
        return Err(not_fitted(replay, centerer, "K_fit_all_", call.span));
    };
    let own = kernels.reduce(Reduce::Sum, [0]) / count as f64;
    Ok(kernels - tensor(replay, "means of kernels", means) - own + all)
}

fn centred_kernels<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let kernels = row(replay, &columns);
    let centred = centred(replay, &estimator, kernels, columns.len(), call)?;
    Ok(Whole::of(&columns).floats((0..columns.len() as u32).map(|place| centred.at(place))))
}

/// `cos(x . weights + offset)`
fn cosines<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    columns: &Columns<'b>,
    call: &Call<'b>,
) -> Result<Vec<Val<'b>>, Unknown> {
    let offsets = estimator.fitted("random_offset_").and_then(record::Value::floats).unwrap_or_default();
    let weights = matrix(replay, estimator, "random_weights_", offsets.len(), call)?;
    if weights.len() != columns.len() {
        return Err(not_fitted(replay, estimator, "random_weights_", call.span));
    }
    let row = row(replay, columns);
    let wave = |(at, offset): (usize, &f64)| {
        let weights = tensor(replay, "weights", weights.iter().map(|weights| weights[at]).collect());
        (row.contract(weights, [(0, 0)]) + *offset).cos()
    };
    Ok(offsets.iter().enumerate().map(wave).collect())
}

/// The same of `ln(x + skewedness)`, for what is above `-skewedness`.
fn skewed_chi2<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, mut columns) = applied(replay, call)?;
    let skewedness = estimator.param("skewedness").and_then(record::Value::as_f64).unwrap_or(1.0);
    refuse_rows(replay, call.span, &mut columns, "a number that is not above -skewedness", |_, val| Some(val.le(-skewedness)));
    columns.iter_mut().for_each(|(_, val)| *val = (*val + skewedness).log());
    let cosines = cosines(replay, &estimator, &columns, call)?;
    let height = 2.0_f64.sqrt() / (cosines.len() as f64).sqrt();
    Ok(Whole::of(&columns).floats(cosines.into_iter().map(|cosine| cosine * height)))
}

/// `sqrt(x step)`, then `sqrt(2 x step / cosh(pi j step))` times the cosine and the sine of `j step ln(x)`; zero stays zero. Of whole numbers
/// scikit-learn keeps the whole part of each.
fn additive_chi2<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, mut columns) = applied(replay, call)?;
    let kind = match numeric_kind(&columns.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>()) {
        Some(kind @ (Kind::Float | Kind::Int(_))) => kind,
        _ => return Err(replay.unsupported(call.span, "AdditiveChi2Sampler of columns of this type")),
    };
    refuse_rows(replay, call.span, &mut columns, "a negative number, which AdditiveChi2Sampler refuses", |_, val| Some(val.lt(0.0)));
    if kind != Kind::Float {
        // Twice the number is a whole number first, which may overflow.
        refuse_rows(replay, call.span, &mut columns, "a number that is not looked at", |_, val| Some(val.gt(2.0_f64.powi(53))));
    }
    let steps = estimator.param("sample_steps").and_then(record::Value::as_int).unwrap_or(2);
    let step = match (estimator.param("sample_interval").and_then(record::Value::as_f64), steps) {
        (Some(step), _) => step,
        (None, 1) => 0.8,
        (None, 2) => 0.5,
        (None, _) => 0.4,
    };
    let some = |x: Val<'b>, val: Val<'b>| x.eq(0.0).select(replay.b.f64(0.0), val);
    let each = |of: &dyn Fn(Val<'b>) -> Val<'b>| columns.iter().map(|(_, x)| some(*x, of(*x))).collect::<Vec<_>>();
    let mut vals = each(&|x| (x * step).sqrt());
    for turn in 1..steps {
        let turn = turn as f64;
        let height = |x: Val<'b>| (x * 2.0 * step / (PI * turn * step).cosh()).sqrt();
        let angle = |x: Val<'b>| x.log() * step * turn;
        vals.extend(each(&|x| height(x) * angle(x).cos()));
        vals.extend(each(&|x| height(x) * angle(x).sin()));
    }
    let whole = Whole::of(&columns);
    Ok(Value::Matrix(vals.into_iter().map(|val| whole.column(kind.clone(), as_kind(val, &kind))).collect()))
}

/// A sum a wave takes so many steps.
const MOST_WAVES: usize = 256;

/// For each degree the columns are added up in places and with signs that training drew; the convolution of all those sums is what comes
/// out: the inverse Fourier transform of the product of their transforms. scikit-learn's is a fast one, with as much rounding at most.
fn polynomial_sketch<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (estimator, columns) = applied(replay, call)?;
    let number = |name: &str, usual: f64| estimator.param(name).and_then(record::Value::as_f64).unwrap_or(usual);
    let (gamma, constant) = (number("gamma", 1.0).sqrt(), number("coef0", 0.0));
    let count = estimator.param("n_components").and_then(record::Value::as_int).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let b = replay.b;
    let mut vals: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val * gamma).collect();
    if constant != 0.0 {
        vals.push(b.f64(constant.sqrt()));
    }
    let places = matrix(replay, &estimator, "indexHash_", vals.len(), call)?;
    let signs = matrix(replay, &estimator, "bitHash_", vals.len(), call)?;
    if !(1..=MOST_WAVES).contains(&count) {
        return Err(replay.unsupported(call.span, format!("PolynomialCountSketch of more than {MOST_WAVES} components")));
    }
    if places.len() != signs.len() || places.iter().flatten().any(|place| *place < 0.0 || *place >= count as f64) {
        return Err(not_fitted(replay, &estimator, "indexHash_", call.span));
    }
    let length = count as u32;
    let waves = |of: fn(f64) -> f64| {
        let turns = (0..count).flat_map(|wave| (0..count).map(move |place| wave * place % count));
        b.tensor(Tensor::f64("waves", [length, length], turns.map(|turn| of(4.0 * turn as f64 / count as f64))))
    };
    let (cosines, sines) = (waves(quarter_cosine), waves(|quarters| quarter_cosine((quarters + 3.0) % 4.0)));
    let mut product: Option<(Val<'b>, Val<'b>)> = None;
    for (places, signs) in places.iter().zip(&signs) {
        let mut sums = vec![b.f64(0.0); count];
        for ((val, place), sign) in vals.iter().zip(places).zip(signs) {
            sums[*place as usize] = sums[*place as usize] + *val * *sign;
        }
        let sums = b.pack(&sums);
        let (real, imaginary) = (cosines.contract(sums, [(1, 0)]), -sines.contract(sums, [(1, 0)]));
        product = Some(match product {
            None => (real, imaginary),
            Some((before, beside)) => (before * real - beside * imaginary, before * imaginary + beside * real),
        });
    }
    let Some((real, imaginary)) = product else { return Err(not_fitted(replay, &estimator, "indexHash_", call.span)) };
    let sketch = (cosines.contract(real, [(1, 0)]) - sines.contract(imaginary, [(1, 0)])) / count as f64;
    Ok(Whole::of(&columns).floats((0..length).map(|place| sketch.at(place))))
}

/// The cosine of so many quarters of a turn, from none to four.
fn quarter_cosine(quarters: f64) -> f64 {
    match quarters {
        0.0 => 1.0,
        1.0 | 3.0 => 0.0,
        2.0 => -1.0,
        _ => (quarters * (PI / 2.0)).cos(),
    }
}
