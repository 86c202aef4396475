//! `log`, `log1p`, `log2` and `log10`, and the more exact logarithm that `pow` stands on.
//!
//! Method: `x = 2^k z` with `z` in 0.709..1.419, and `z = c (1 + r)` where `c` is near the middle of one of 128 intervals, so that
//! `|r| <= 2^-8` and `log x = k ln 2 + log c + log1p(r)`. Intervals are cut by bit pattern with 1 well inside the one where `c = 1`;
//! there the first two terms vanish and the result is exact to the last place near its zero. `1/c` has 13 bits, so that `r` is exact without a
//! fused multiply-add. Source: P. T. P. Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic",
//! ACM TOMS 16 (1990).

use ir::{Elem, Val};

use crate::exp::IDENTITY_BELOW;
use crate::pieces::{Pair, entry, fast_two_sum, head, two_sum};
use crate::tables::*;

/// Natural logarithm.
///
/// Error: 0.502 ULP. `log(±0) = -inf`, `log(x < 0) = NaN`, `log(1) = 0`, `log(inf) = inf`, NaN stays NaN.
pub(crate) fn log(x: Val<'_>) -> Val<'_> {
    let (high, low) = parts(reduce(x, None));
    with_special_values(x, high + low)
}

/// `log(1 + x)`.
///
/// Error: 0.502 ULP. `log1p(±0) = ±0`, `log1p(-1) = -inf`, `log1p(x < -1) = NaN`, `log1p(inf) = inf`, NaN stays NaN.
pub(crate) fn log1p(x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let (sum, rest) = two_sum(b.f64(1.0), x);
    let (high, low) = parts(reduce(sum, Some(rest)));
    let finite = x.lt(f64::INFINITY).select(high + low, x);
    let at_pole = x.eq(-1.0).select(b.f64(f64::NEG_INFINITY), finite);
    let outside = x.lt(-1.0).select(b.f64(f64::NAN), at_pole);
    x.abs().lt(IDENTITY_BELOW).select(x, outside)
}

/// Logarithm to base 2, exact for powers of two.
///
/// Error: 0.501 ULP. Special values as [`log`].
pub(crate) fn log2(x: Val<'_>) -> Val<'_> {
    with_special_values(x, times(parts(reduce(x, None)), (LOG2_E_HI, LOG2_E_LO)))
}

/// Logarithm to base 10, exact for powers of ten.
///
/// Error: 0.501 ULP. Special values as [`log`].
pub(crate) fn log10(x: Val<'_>) -> Val<'_> {
    with_special_values(x, times(parts(reduce(x, None)), (LOG10_E_HI, LOG10_E_LO)))
}

/// `log(1 + u)` for a positive finite `u` above 2^-100.
///
/// Error: 0.51 ULP, of `u` as it is given.
pub(crate) fn log_of_one_and((u, u_rest): Pair<'_>) -> Val<'_> {
    let (sum, rest) = two_sum(u.builder().f64(1.0), u);
    let (sum, rest) = fast_two_sum(sum, rest + u_rest);
    let (high, low) = parts(reduce(sum, Some(rest)));
    high + low
}

/// `log(2 x)` for a positive finite `x`, where `2 x` may be infinite.
pub(crate) fn log_of_twice(x: Val<'_>) -> Val<'_> {
    let Reduced { base: (base, base_rest), r } = reduce(x, None);
    // Still exact: a multiple of 2^-42.
    let (high, low) = parts(Reduced { base: (base + LN2_HI, base_rest + LN2_LO), r });
    high + low
}

/// The product with a constant whose high part has 26 bits, rounded nearly once.
fn times<'b>((high, low): Pair<'b>, (by, by_rest): (f64, f64)) -> Val<'b> {
    let high_head = head(high);
    high_head * by + ((high - high_head) * by + (high * by_rest + low * (by + by_rest)))
}

fn with_special_values<'b>(x: Val<'b>, y: Val<'b>) -> Val<'b> {
    let b = x.builder();
    // Infinity and NaN are their own logarithms.
    let finite = x.lt(f64::INFINITY).select(y, x);
    let at_pole = x.eq(0.0).select(b.f64(f64::NEG_INFINITY), finite);
    x.lt(0.0).select(b.f64(f64::NAN), at_pole)
}

/// `log x = base + log1p(r)`.
struct Reduced<'b> {
    /// `k ln 2 + log c`; the high part is a multiple of 2^-42.
    base: Pair<'b>,
    r: Pair<'b>,
}

/// Takes a finite positive `x`, perhaps with a low part of at most half its last place. Other `x` give some numbers, without meaning.
fn reduce<'b>(x: Val<'b>, low: Option<Val<'b>>) -> Reduced<'b> {
    /// The pattern where the first interval begins: 74 and a half intervals below 1, each 2^45 patterns long.
    const FIRST: i64 = 0x3ff0_0000_0000_0000 - (74 << 45) - (1 << 44);
    let subnormal = x.lt(f64::MIN_POSITIVE);
    // 2^52 makes a subnormal number normal.
    let pattern = subnormal.select(x * 4_503_599_627_370_496.0, x).bits();
    let above_first = pattern - FIRST;
    let interval = (above_first >> 45_i64) & 127_i64;
    let shift = above_first >> 52_i64;
    let z = (pattern - (shift << 52_i64)).from_bits();
    let inverse = entry("one over c", &LOG_INVERSE, interval);
    // Both products and the difference are exact: 26 or 27 bits times 13.
    let z_head = head(z);
    let (mut r, mut r_rest) = fast_two_sum(z_head * inverse - 1.0, (z - z_head) * inverse);
    if let Some(low) = low {
        // 2^-shift; from 2^1023 on the low part is far below what counts, and 2^-1023 may be 0.
        let down = (shift.lt(1023_i64).select(-shift + 1023_i64, 0_i64) << 52_i64).from_bits();
        let (sum, rest) = fast_two_sum(r, low * down * inverse);
        (r, r_rest) = (sum, rest + r_rest);
    }
    let k = (shift - subnormal.select(x.builder().i64(52), 0_i64)).cast(Elem::F64).named("exponent");
    // Both terms of the high part are multiples of 2^-42 below 2^10, so it is exact.
    let base = k * LN2_HI + entry("log c, high", &LOG_HI, interval);
    let base_rest = k * LN2_LO + entry("log c, low", &LOG_LO, interval);
    Reduced { base: (base, base_rest), r: (r, r_rest) }
}

/// The logarithm with an error of 2^-61 of it.
fn parts(reduced: Reduced<'_>) -> Pair<'_> {
    let Reduced { base: (base, base_rest), r: (r, r_rest) } = reduced;
    let square = r * r;
    // -r^2/2 + r^3/3 - ... - r^8/8
    let high_terms = (r * LOG_C7 + LOG_C6) + square * LOG_C8;
    let series = square * (r * LOG_C3 - 0.5 + square * ((r * LOG_C5 + LOG_C4) + square * high_terms));
    let (high, error) = fast_two_sum(base, r);
    (high, (base_rest + (r_rest + error)) + series)
}

/// The logarithm of a finite positive number with an error of 2^-68 of it.
pub(crate) fn exact_log(x: Val<'_>) -> Pair<'_> {
    let Reduced { base: (base, base_rest), r: (r, r_rest) } = reduce(x, None);
    // r^2/2 in two parts: the head of r squares exactly.
    let r_head = head(r);
    let half_square = r_head * r_head * 0.5;
    let half_square_rest = (r - r_head) * 0.5 * (r_head + r) + r * r_rest;
    let square = r * r;
    // r^3/3 - r^4/4 + ... + r^9/9
    let high_terms = (r * LOG_C8 + LOG_C7) + square * LOG_C9;
    let series = r * square * ((r * LOG_C4 + LOG_C3) + square * ((r * LOG_C6 + LOG_C5) + square * high_terms));
    let (first, error_1) = fast_two_sum(base, r);
    let (high, error_2) = fast_two_sum(first, -half_square);
    fast_two_sum(high, ((error_1 + error_2) + (base_rest + r_rest)) + (series - half_square_rest))
}
