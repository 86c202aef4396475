//! B-splines of each column, by de Boor's recursion as scipy computes it.

use super::fitted::{Nan, Whole, columns, estimator, finite, not_fitted, param_flag, param_text};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::Eval;
use ir::{Elem, Reduce, Tensor, Val};

pub(crate) const ROWS: &[Row] = &[Row::new(On::Estimator, "SplineTransformer.transform", splines)];

/// A column for each spline; outside of the outer knots what they are there (`extrapolation="constant"`).
fn splines<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    let degree = estimator.param("degree").and_then(record::Value::as_int).and_then(|degree| usize::try_from(degree).ok());
    let Some(degree) = degree.filter(|degree| (1..=9).contains(degree) && param_text(&estimator, "extrapolation") == "constant") else {
        return Err(replay.unsupported(call.span, "SplineTransformer of this degree or extrapolation"));
    };
    let lists = |value: &record::Value| value.items()?.iter().map(record::Value::floats).collect::<Option<Vec<Vec<f64>>>>();
    let knots = estimator.fitted("spline_knots").and_then(lists);
    let ends: Option<Vec<Vec<Vec<f64>>>> =
        estimator.fitted("spline_ends").and_then(record::Value::items).and_then(|ends| ends.iter().map(lists).collect());
    let (Some(knots), Some(ends)) = (knots, ends) else { return Err(not_fitted(replay, &estimator, "bsplines_", call.span)) };
    let sound = |((knots, ends), _): ((&Vec<f64>, &Vec<Vec<f64>>), &_)| {
        knots.len() > 2 * degree + 1 && ends.len() == 2 && ends.iter().all(|end| end.len() + degree + 1 == knots.len())
    };
    if knots.len() != columns.len() || ends.len() != columns.len() || !knots.iter().zip(&ends).zip(&columns).all(sound) {
        return Err(not_fitted(replay, &estimator, "bsplines_", call.span));
    }
    let bias = param_flag(&estimator, "include_bias");
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let mut out = Vec::new();
    for (((_, val), knots), ends) in columns.iter().zip(&knots).zip(&ends) {
        let one = basis(replay, *val, knots, degree);
        let count = one.len();
        let (least, most) = (knots[degree], knots[knots.len() - degree - 1]);
        let b = replay.b;
        let placed = one.into_iter().enumerate().map(|(at, inside)| {
            let below = if at < degree { ends[0][at] } else { 0.0 };
            let above = if at + degree >= count { ends[1][at] } else { 0.0 };
            val.lt(least).select(b.f64(below), val.gt(most).select(b.f64(above), inside))
        });
        // Without a bias the last one is left out, for all of them sum to one.
        out.extend(placed.take(if bias { count } else { count - 1 }));
    }
    Ok(Whole::of(&columns).floats(out))
}

/// Every spline at `x`, of which those of the interval of `x` are not zero.
fn basis<'b>(replay: &Replay<'_, 'b>, x: Val<'b>, knots: &[f64], degree: usize) -> Vec<Val<'b>> {
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
    let at_place = |spline: usize| {
        let of = held.iter().enumerate().filter(|(at, _)| *at <= spline && spline - at + degree < knots.len());
        of.fold(b.f64(0.0), |value, (at, held)| interval.eq(spline as i64 - at as i64).select(*held, value))
    };
    (0..count).map(at_place).collect()
}
