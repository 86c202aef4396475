//! `tanh` and `sigmoid`: quotients of parts of `exp`.

use ir::Val;

use crate::exp::{LEAST, exp_parts, half_expm1, scale};
use crate::pieces::{clamp, fast_two_sum, power_of_two, quotient, two_sum};

/// The hyperbolic tangent: with `h = (exp(2|x|) - 1) / 2`, it is `h / (h + 1)`, and odd.
///
/// Error: 0.502 ULP. `tanh(±0) = ±0`, `tanh(±inf) = ±1`, NaN stays NaN.
pub(crate) fn tanh(x: Val<'_>) -> Val<'_> {
    // From 22 on the result is 1: 2 exp(-44) is below 2^-62.
    let (half, half_rest) = half_expm1(clamp(x.abs(), 0.0, 22.0) * 2.0);
    let (below, below_rest) = two_sum(half, x.builder().f64(1.0));
    let size = quotient((half, half_rest), (below, below_rest + half_rest));
    let signed = x.lt(0.0).select(-size, size);
    (x.eq(0.0) | x.is_nan()).select(x, signed)
}

/// The logistic function `1 / (1 + exp(-x))`: with `e = exp(-|x|)`, it is `1 / (1 + e)`, or `e / (1 + e)` where `x` is not positive.
///
/// Error: 0.506 ULP, subnormal results included. `sigmoid(-inf) = 0`, `sigmoid(inf) = 1`, NaN stays NaN.
pub(crate) fn sigmoid(x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let (parts, k) = exp_parts(clamp(-x.abs(), LEAST, 0.0), None);
    // Far below zero 1 + e is 1 to 65 bits, and e may be subnormal.
    let far = scale(parts, k);
    let factor = power_of_two(k.gt(-100_i64).select(k, -100_i64));
    let e = fast_two_sum(parts.0 * factor, parts.1 * factor);
    let (below, below_rest) = fast_two_sum(b.f64(1.0), e.0);
    let positive = x.gt(0.0);
    let above = (positive.select(b.f64(1.0), e.0), positive.select(b.f64(0.0), e.1));
    let near = quotient(above, (below, below_rest + e.1));
    x.is_nan().select(x, x.lt(-45.0).select(far, near))
}
