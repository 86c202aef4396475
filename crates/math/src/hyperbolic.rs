//! `sinh`, `cosh` and the inverses of `sinh`, `cosh` and `tanh`; `tanh` itself stands beside `sigmoid`.
//!
//! The first two are sums of an exponential and its inverse, the others logarithms of `1 + u` where `u` is a sum of two doubles.

use ir::Val;

use crate::exp::{exp_parts, half_expm1, scale};
use crate::log::{log_of_one_and, log_of_twice};
use crate::pieces::{CUBE_IS_LOST_BELOW, clamp, fast_two_sum, power_of_two, product, quotient_parts, square_root, two_sum};

/// From here on `sinh(x)` and `cosh(x)` are `exp(x) / 2`: the other half is below 2^-115 of it.
const ONE_SIDED: f64 = 40.0;
/// Above this both are infinite.
const GREATEST: f64 = 711.0;
/// From here on `x^2 ± 1` is `x^2`. 2^30.
const SQUARE_IS_ALL: f64 = 1_073_741_824.0;

/// The hyperbolic sine: with `h = (exp(|x|) - 1) / 2`, it is `h + h / (2 h + 1)`, and odd.
///
/// Error: 0.51 ULP. `sinh(±0) = ±0`, `sinh(±inf) = ±inf`, NaN stays NaN.
pub(crate) fn sinh(x: Val<'_>) -> Val<'_> {
    let (half, half_rest) = half_expm1(clamp(x.abs(), 0.0, ONE_SIDED));
    let (below, below_rest) = two_sum(half * 2.0, x.builder().f64(1.0));
    let (second, second_rest) = quotient_parts((half, half_rest), (below, below_rest + half_rest * 2.0));
    let (sum, error) = fast_two_sum(half, second);
    let near = sum + (error + (half_rest + second_rest));
    let size = x.abs().lt(ONE_SIDED).select(near, half_exp(x));
    let signed = x.lt(0.0).select(-size, size);
    (x.abs().lt(CUBE_IS_LOST_BELOW) | x.is_nan()).select(x, signed)
}

/// The hyperbolic cosine: with `e = exp(|x|)`, it is `(e + 1 / e) / 2`.
///
/// Error: 0.51 ULP. `cosh(±0) = 1`, `cosh(±inf) = inf`, NaN stays NaN.
pub(crate) fn cosh(x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let ((power, power_rest), k) = exp_parts(clamp(x.abs(), 0.0, ONE_SIDED), None);
    let factor = power_of_two(k);
    let e = fast_two_sum(power * factor, power_rest * factor);
    let (inverse, inverse_rest) = quotient_parts((b.f64(1.0), b.f64(0.0)), e);
    let (sum, error) = fast_two_sum(e.0, inverse);
    let near = (sum + (error + (e.1 + inverse_rest))) * 0.5;
    let size = x.abs().lt(ONE_SIDED).select(near, half_exp(x));
    x.is_nan().select(x, size)
}

/// `exp(|x|) / 2`, which may be finite where `exp(|x|)` is not.
fn half_exp(x: Val<'_>) -> Val<'_> {
    let (parts, k) = exp_parts(clamp(x.abs(), 0.0, GREATEST), None);
    scale(parts, k - 1_i64)
}

/// The inverse of `sinh`: `log(1 + u)` with `u = |x| + x^2 / (1 + sqrt(x^2 + 1))`, and odd.
///
/// Error: 0.51 ULP. `asinh(±0) = ±0`, `asinh(±inf) = ±inf`, NaN stays NaN.
pub(crate) fn asinh(x: Val<'_>) -> Val<'_> {
    let one = x.builder().f64(1.0);
    let size = clamp(x.abs(), CUBE_IS_LOST_BELOW, SQUARE_IS_ALL);
    let square = product(size, size);
    let (sum, error) = two_sum(square.0, one);
    let (root, root_rest) = square_root(fast_two_sum(sum, error + square.1));
    let (below, error) = fast_two_sum(root, one);
    let (second, second_rest) = quotient_parts(square, (below, error + root_rest));
    let (sum, error) = two_sum(size, second);
    let near = log_of_one_and((sum, error + second_rest));
    let size = x.abs().lt(SQUARE_IS_ALL).select(near, log_of_twice(x.abs()));
    let signed = x.lt(0.0).select(-size, size);
    let finite = x.abs().lt(f64::INFINITY).select(signed, x);
    x.abs().lt(CUBE_IS_LOST_BELOW).select(x, finite)
}

/// The inverse of `cosh`: `log(1 + u)` with `u = (x - 1) + sqrt(x^2 - 1)`.
///
/// Error: 0.51 ULP. `acosh(1) = 0`, `acosh(x < 1)` is NaN, `acosh(inf) = inf`, NaN stays NaN.
pub(crate) fn acosh(x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let minus_one = b.f64(-1.0);
    let clamped = clamp(x, 1.0, SQUARE_IS_ALL);
    let square = product(clamped, clamped);
    let (rest, error) = fast_two_sum(square.0, minus_one);
    let root = square_root(fast_two_sum(rest, error + square.1));
    let above_one = fast_two_sum(clamped, minus_one);
    let (sum, error) = two_sum(above_one.0, root.0);
    let near = log_of_one_and((sum, error + (above_one.1 + root.1)));
    let finite = x.lt(SQUARE_IS_ALL).select(near, log_of_twice(x));
    let result = x.lt(f64::INFINITY).select(finite, x);
    x.lt(1.0).select(b.f64(f64::NAN), result)
}

/// The inverse of `tanh`: half of `log(1 + u)` with `u = 2 |x| / (1 - |x|)`, and odd.
///
/// Error: 0.51 ULP. `atanh(±0) = ±0`, `atanh(±1) = ±inf`, `atanh(|x| > 1)` is NaN, NaN stays NaN.
pub(crate) fn atanh(x: Val<'_>) -> Val<'_> {
    /// The greatest double below 1.
    const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
    let b = x.builder();
    let size = clamp(x.abs(), CUBE_IS_LOST_BELOW, BELOW_ONE);
    let (q, q_rest) = quotient_parts((size * 2.0, b.f64(0.0)), fast_two_sum(b.f64(1.0), -size));
    let half = log_of_one_and(fast_two_sum(q, q_rest)) * 0.5;
    let size = x.abs().lt(1.0).select(half, x.abs().eq(1.0).select(b.f64(f64::INFINITY), f64::NAN));
    let signed = x.lt(0.0).select(-size, size);
    x.abs().lt(CUBE_IS_LOST_BELOW).select(x, signed)
}
