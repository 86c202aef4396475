//! `exp` and `expm1`, and the parts of them that other kernels stand on.
//!
//! Method: `x = (128 k + j) ln 2 / 128 + r` with `|r| <= ln 2 / 256`, so that `exp(x) = 2^k 2^(j/128) exp(r)`. The second factor comes
//! from a table in two parts of which the first has 26 bits, the third from its series. Source: P. T. P. Tang, "Table-driven
//! implementation of the exponential function in IEEE floating-point arithmetic", ACM TOMS 15 (1989).

use ir::Val;

use crate::pieces::{Pair, clamp, entry, fast_two_sum, head, power_of_two, two_sum};
use crate::tables::*;

/// Adding this rounds a number below 2^51 to an integer, which then stands in the low bits of the pattern. 1.5 * 2^52.
const TO_INTEGER: f64 = 6_755_399_441_055_744.0;

/// Below this `exp` is 0, above [`GREATEST`] infinite.
pub(crate) const LEAST: f64 = -746.0;
pub(crate) const GREATEST: f64 = 710.0;

/// At and below this magnitude `expm1(x)` and `log1p(x)` are `x`. 2^-54.
pub(crate) const IDENTITY_BELOW: f64 = 5.551_115_123_125_783e-17;

/// `e^x`.
///
/// Error: 0.506 ULP, subnormal results included. `exp(±0) = 1`, `exp(-inf) = 0`, `exp(inf) = inf`, NaN stays NaN.
pub(crate) fn exp(x: Val<'_>) -> Val<'_> {
    let (parts, k) = exp_parts(clamp(x, LEAST, GREATEST), None);
    x.is_nan().select(x, scale(parts, k))
}

/// `e^x - 1`.
///
/// Error: 0.502 ULP. `expm1(±0) = ±0`, `expm1(-inf) = -1`, `expm1(inf) = inf`, NaN stays NaN.
pub(crate) fn expm1(x: Val<'_>) -> Val<'_> {
    let (high, low) = half_expm1(clamp(x, -50.0, GREATEST));
    let identity = x.abs().lt(IDENTITY_BELOW) | x.is_nan();
    identity.select(x, (high + low) * 2.0)
}

/// `x = (128 k + j) ln 2 / 128 + r`.
struct Reduced<'b> {
    k: Val<'b>,
    /// `2^(j/128)`: 26 bits and the rest.
    power: Pair<'b>,
    r: Pair<'b>,
}

/// Takes `x` in [`LEAST`]`..=`[`GREATEST`], perhaps with a low part below 2^-16.
fn reduce<'b>(x: Val<'b>, low: Option<Val<'b>>) -> Reduced<'b> {
    let whole = low.map_or(x, |low| x + low);
    let shifted = whole * EXP_STEPS_PER_ONE + TO_INTEGER;
    let steps = shifted - TO_INTEGER;
    let step_count = shifted.bits() - TO_INTEGER.to_bits() as i64;
    let j = step_count & 127_i64;
    // The first product is exact, and so is the difference: its operands are within a factor of two.
    let r_high = x - steps * EXP_STEP_HI;
    let r_low = match low {
        Some(low) => low - steps * EXP_STEP_LO,
        None => -(steps * EXP_STEP_LO),
    };
    Reduced {
        k: (step_count >> 7_i64).named("exponent"),
        power: (entry("two to the j/128, head", &EXP_HEAD, j), entry("two to the j/128, tail", &EXP_TAIL, j)),
        r: fast_two_sum(r_high, r_low),
    }
}

/// `exp(r) - 1 - r` by its series up to `r^6 / 720`; what is left out is below 2^-63 of `r`.
fn series_after_r(r: Val<'_>) -> Val<'_> {
    let square = r * r;
    let high = (r * EXP_C5 + EXP_C4) + square * EXP_C6;
    square * ((r * EXP_C3 + EXP_C2) + square * high)
}

/// `exp(x)` as `((high, low), k)`: `(high + low) 2^k`, where `high` is in 1..2 and has 26 bits, and `low` is below 2^-7.
///
/// `x` is in [`LEAST`]`..=`[`GREATEST`], perhaps with a low part below 2^-16. Error: 2^-61 of the result.
pub(crate) fn exp_parts<'b>(x: Val<'b>, low: Option<Val<'b>>) -> (Pair<'b>, Val<'b>) {
    let Reduced { k, power: (power, power_rest), r: (r, r_rest) } = reduce(x, low);
    let growth = (r + (r_rest + series_after_r(r))).named("growth");
    ((power, power_rest + (power + power_rest) * growth), k)
}

/// `(high + low) 2^k` with one rounding, even where the result is subnormal. `high + low` is in 0.99..2 and `k` in -1080..=1025.
pub(crate) fn scale<'b>((high, low): Pair<'b>, k: Val<'b>) -> Val<'b> {
    let b = k.builder();
    let tiny = k.lt(-1000_i64);
    // Tiny results are first made 2^1022 times too great, all others half as great, so that 2^k is always a normal number.
    let first = power_of_two(k + tiny.select(b.i64(1022), -1_i64));
    let (high, low) = (high * first, low * first);
    // A subnormal result times 2^1022 is below 1, and beside 1 its last place is that of the sum: the sum rounds as the result has to.
    let anchor = (tiny & (high + low).lt(1.0)).select(b.f64(1.0), 0.0);
    let sum = anchor + high;
    let rest = ((anchor - sum) + high) + low;
    ((sum + rest) - anchor) * tiny.select(b.f64(f64::MIN_POSITIVE), 2.0)
}

/// `(exp(x) - 1) / 2` with an error of 2^-61 of it; half, so that nothing overflows. `x` is in -700..=[`GREATEST`].
pub(crate) fn half_expm1(x: Val<'_>) -> Pair<'_> {
    let Reduced { k, power: (power, power_rest), r: (r, r_rest) } = reduce(x, None);
    let half = power_of_two(k - 1_i64);
    let (power, power_rest) = (power * half, power_rest * half);
    // (power + power_rest) (1 + r + r_rest + series) - 1/2, with everything exact that is not far below the result.
    let r_head = head(r);
    let (without_half, error_1) = two_sum(power, x.builder().f64(-0.5));
    let (high, error_2) = two_sum(without_half, power * r_head);
    let growth_rest = (r - r_head) + (r_rest + series_after_r(r));
    let low = (power + power_rest) * growth_rest + power_rest * r_head + power_rest;
    fast_two_sum(high, low + (error_1 + error_2))
}
