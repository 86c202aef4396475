//! `erf`.
//!
//! Method: `|x| = c + r` with `c = k/16` and `|r| <= 1/32`. The slope of `erf` at `c + t` is that at `c` times `exp(-2 c t - t^2)`, whose series in
//! `t` has the terms `v_n = (-2 c t v_(n-1) - 2 t^2 v_(n-2)) / n`. So `erf(c + r) = erf(c) + slope(c) r (1 + v_1/2 + v_2/3 + ...)`; `erf(c)` and the
//! slope come from tables in two parts.

use ir::{Elem, Val};

use crate::pieces::{clamp, entry, fast_two_sum, product};
use crate::tables::*;

/// Intervals in 0..1.
const STEPS: f64 = 16.0;
/// From here on the result is 1: `erfc(6)` is below 2^-55.
const GREATEST: f64 = 6.0;
/// How many terms of the series count.
const TERMS: u32 = 10;
/// Products with numbers below this are taken of numbers 2^100 as great, so that their low parts are not lost. 2^-900.
const FAINT: f64 = f64::from_bits(0x07b0_0000_0000_0000);
const RAISE: f64 = f64::from_bits(0x4630_0000_0000_0000);
const LOWER: f64 = f64::from_bits(0x39b0_0000_0000_0000);
/// `2 / sqrt(pi) - 1`
const SLOPE_MINUS_ONE: f64 = std::f64::consts::FRAC_2_SQRT_PI - 1.0;

/// The error function.
///
/// Error: 0.51 ULP, subnormal results included. `erf(±0) = ±0`, `erf(±inf) = ±1`, NaN stays NaN.
pub(crate) fn erf(x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let size = clamp(x.abs(), 0.0, GREATEST);
    let step = (size * STEPS).round_even();
    let c = step * (1.0 / STEPS);
    let index = step.cast(Elem::I64);
    let r = size - c;
    let (first, second) = (c * r * -2.0, r * r * -2.0);
    let (mut before, mut term, mut growth) = (b.f64(1.0), first, first * 0.5);
    for n in 2..=TERMS {
        let next = (first * term + second * before) * (1.0 / f64::from(n));
        growth = growth + next * (1.0 / f64::from(n + 1));
        (before, term) = (term, next);
    }
    let faint = size.lt(FAINT);
    let r = r * faint.select(b.f64(RAISE), 1.0);
    let slope = entry("slope of erf, high", &ERF_SLOPE_HI, index);
    let (rise, rise_low) = product(r, slope);
    let rise_low = rise_low + (r * entry("slope of erf, low", &ERF_SLOPE_LO, index) + rise * growth);
    let (sum, error) = fast_two_sum(entry("erf k/16, high", &ERF_HI, index), rise);
    let result = (sum + (error + (entry("erf k/16, low", &ERF_LO, index) + rise_low))) * faint.select(b.f64(LOWER), 1.0);
    let signed = x.lt(0.0).select(-result, result);
    // The sum with a product that is subnormal is exact: one rounding.
    let result = x.abs().lt(f64::MIN_POSITIVE).select(x + x * SLOPE_MINUS_ONE, signed);
    x.is_nan().select(x, result)
}
