//! B-splines of each column, by de Boor's recursion as scipy computes it.

use super::fitted::{Nan, Whole, columns, estimator, finite, not_fitted, param_flag, param_text};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::Eval;
use ir::{Elem, Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[Row::new(On::Estimator, "SplineTransformer.transform", splines)];

/// What the splines are outside of the outer knots.
#[derive(Clone, Copy, PartialEq)]
enum Beyond {
    /// What they are there.
    Constant,
    /// As steep as there.
    Linear,
    /// The polynomials of the outer intervals.
    Continued,
    /// What they are a whole number of periods away.
    Periodic,
}

/// A column for each spline, as `extrapolation` says outside of the outer knots.
fn splines<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let degree = estimator.param("degree").and_then(record::Value::as_int).and_then(|degree| usize::try_from(degree).ok());
    let beyond = match param_text(&estimator, "extrapolation") {
        "constant" => Some(Beyond::Constant),
        "linear" => Some(Beyond::Linear),
        "continue" => Some(Beyond::Continued),
        "periodic" => Some(Beyond::Periodic),
        _ => None,
    };
    let (Some(degree), Some(beyond)) = (degree.filter(|degree| (1..=9).contains(degree)), beyond) else {
        return Err(replay.unsupported(call.span, "SplineTransformer of this degree or extrapolation"));
    };
    let lists = |value: &record::Value| value.items()?.iter().map(record::Value::floats).collect::<Option<Vec<Vec<f64>>>>();
    let knots = estimator.fitted("spline_knots").and_then(lists);
    let at_ends = |name: &str| -> Option<Vec<Vec<Vec<f64>>>> {
        estimator.fitted(name).and_then(record::Value::items).and_then(|ends| ends.iter().map(lists).collect())
    };
    let ends = at_ends("spline_ends");
    let slopes = if beyond == Beyond::Linear { at_ends("spline_slopes") } else { ends.clone() };
    let (Some(knots), Some(ends), Some(slopes)) = (knots, ends, slopes) else {
        return Err(not_fitted(replay, &estimator, "bsplines_", call.span));
    };
    // Those of a period meet at its end.
    let met = if beyond == Beyond::Periodic { degree } else { 0 };
    let has_ends =
        |ends: &Vec<Vec<f64>>, knots: &Vec<f64>| ends.len() == 2 && ends.iter().all(|end| end.len() + met + degree + 1 == knots.len());
    let fits = |(at, knots): (usize, &Vec<f64>)| knots.len() > 2 * degree + 1 && has_ends(&ends[at], knots) && has_ends(&slopes[at], knots);
    if [knots.len(), ends.len(), slopes.len()] != [columns.len(); 3] || !knots.iter().enumerate().all(fits) {
        return Err(not_fitted(replay, &estimator, "bsplines_", call.span));
    }
    let bias = param_flag(&estimator, "include_bias");
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let mut out = Vec::new();
    for ((((_, val), knots), ends), slopes) in columns.iter().zip(&knots).zip(&ends).zip(&slopes) {
        let (least, most) = (knots[degree], knots[knots.len() - degree - 1]);
        let b = replay.b;
        let x = if beyond == Beyond::Periodic { (*val - least).floor_mod(most - least) + least } else { *val };
        let mut splines = basis(replay, x, (knots, degree), beyond != Beyond::Continued);
        let met = splines.split_off(splines.len() - met);
        for (at, other) in met.into_iter().enumerate() {
            splines[at] = splines[at] + other;
        }
        let count = splines.len();
        // Those that are not zero at an end, or not flat there.
        let reach = if beyond == Beyond::Linear { degree.max(2) } else { degree };
        let outer = |end: usize, from: f64, at: usize| {
            let value = b.f64(ends[end][at]);
            if beyond == Beyond::Linear { value + (*val - from) * slopes[end][at] } else { value }
        };
        let placed = splines.into_iter().enumerate().map(|(at, inside)| {
            if matches!(beyond, Beyond::Continued | Beyond::Periodic) {
                return inside;
            }
            let below = if at < reach { outer(0, least, at) } else { b.f64(0.0) };
            let above = if at + reach >= count { outer(1, most, at) } else { b.f64(0.0) };
            val.lt(least).select(below, val.gt(most).select(above, inside))
        });
        // Without a bias the last one is left out, for all of them sum to one.
        out.extend(placed.take(if bias { count } else { count - 1 }));
    }
    Ok(Whole::of(&columns).floats(out))
}

/// Every spline at `x`, of which those of the interval of `x` are not zero; `x` may be far outside of the knots if it is not bounded.
fn basis<'b>(replay: &Replay<'_, 'b>, x: Val<'b>, (knots, degree): (&[f64], usize), is_bounded: bool) -> Vec<Val<'b>> {
    let b = replay.b;
    let count = knots.len() - degree - 1;
    let inner = b.tensor(Tensor::f64("inner knots", [(count - degree - 1) as u32], knots[degree + 1..count].iter().copied()));
    // How many inner knots are not above `x`; the last knot belongs to the last interval.
    let interval = if count > degree + 1 { x.ge(inner).cast(Elem::I64).reduce(Reduce::Sum, [0]) } else { b.i64(0) };
    let table = b.tensor(Tensor::f64("knots", [knots.len() as u32], knots.iter().copied()));
    let knot = |offset: usize| table.gather(interval + b.i64(offset as i64), 0);
    let mut held = vec![b.f64(1.0)];
    for order in 1..=degree {
        let lower = std::mem::replace(&mut held, vec![b.f64(0.0); order + 1]);
        for (at, lower) in lower.iter().enumerate() {
            let (right, left) = (knot(degree + at + 1), knot(degree + at + 1 - order));
            // Knots may fall together.
            let apart = right - left;
            let share = apart.eq(0.0).select(b.f64(0.0), *lower / apart);
            held[at] = held[at] + share * (right - x);
            held[at + 1] = share * (x - left);
        }
    }
    // scipy adds each of them up with the others times zero, which is NaN where one of those is not finite.
    let others = |at: Option<usize>| {
        let others = held.iter().enumerate().filter(|(other, _)| Some(*other) != at).map(|(_, held)| *held * 0.0);
        others.reduce(|sum, one| sum + one).unwrap_or_else(|| b.f64(0.0))
    };
    let with_others = |at: usize| if is_bounded { held[at] } else { held[at] + others(Some(at)) };
    let nothing = if is_bounded { b.f64(0.0) } else { others(None) };
    let at_place = |spline: usize| {
        let of = held.iter().enumerate().filter(|(at, _)| *at <= spline && spline - at + degree < knots.len());
        of.fold(nothing, |value, (at, _)| interval.eq(spline as i64 - at as i64).select(with_others(at), value))
    };
    (0..count).map(at_place).collect()
}
