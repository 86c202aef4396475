//! `atan`, `atan2`, `asin` and `acos`: the angle of a point.
//!
//! Method: the point is mirrored into the first octant, where its angle is `atan(c) + atan(r)` with `c = k/64` near its slope `y/x` and
//! `r = (y - c x) / (x + c y)`, `|r| <= 1/127`. The first comes from a table in two parts, the second from its series. The sine's and the cosine's
//! inverses are angles of points of the unit circle.

use ir::{Elem, Val};

use crate::pieces::{CUBE_IS_LOST_BELOW, Pair, entry, fast_two_sum, product, quotient_parts, series, sign_bit, square_root, two_sum};
use crate::tables::*;

/// Intervals of a slope in 0..=1.
const STEPS: f64 = (ATAN_HI.len() - 1) as f64;
/// 2^500 and 2^600, and what is below and above.
const GREAT: f64 = f64::from_bits(0x5f30_0000_0000_0000);
const SMALL: f64 = f64::from_bits(0x20b0_0000_0000_0000);
const RAISE: f64 = f64::from_bits(0x6570_0000_0000_0000);
const LOWER: f64 = f64::from_bits(0x1a70_0000_0000_0000);

/// The inverse tangent.
///
/// Error: 0.51 ULP. `atan(±0) = ±0`, `atan(±inf) = ±pi/2`, NaN stays NaN.
pub(crate) fn atan(x: Val<'_>) -> Val<'_> {
    /// 2^60: from here on the result is pi/2.
    const ENOUGH: f64 = 1_152_921_504_606_846_976.0;
    let b = x.builder();
    let (zero, one) = (b.f64(0.0), b.f64(1.0));
    let size = x.abs();
    let clamped = size.lt(ENOUGH).select(size, ENOUGH);
    let angle = angle((clamped, zero), (one, zero), b.bool(false));
    let signed = x.lt(0.0).select(-angle, angle);
    (size.lt(CUBE_IS_LOST_BELOW) | x.is_nan()).select(x, signed)
}

/// The angle of the point `(x, y)`.
///
/// Error: 0.51 ULP, subnormal results included. Special values as C99 F.9.1.4: `atan2(±0, x)` is `±0` where `x` is not negative, +0
/// included, and `±pi` else; `atan2(±inf, inf) = ±pi/4`, `atan2(±inf, -inf) = ±3 pi/4`.
pub(crate) fn atan2<'b>(y: Val<'b>, x: Val<'b>) -> Val<'b> {
    let b = x.builder();
    let (zero, one) = (b.f64(0.0), b.f64(1.0));
    let left = sign_bit(x);
    let (y_size, x_size) = (y.abs(), x.abs());
    let greater = x_size.lt(y_size).select(y_size, x_size);
    // The same angle by finite numbers of which one is not zero.
    let endless = greater.eq(f64::INFINITY);
    let finite = |size: Val<'b>| endless.select(size.eq(f64::INFINITY).select(one, zero), size);
    let (y_size, x_size) = (finite(y_size), greater.eq(0.0).select(one, finite(x_size)));
    // Nothing that counts over- or underflows.
    let scale = greater.gt(GREAT).select(b.f64(LOWER), greater.lt(SMALL).select(b.f64(RAISE), one));
    let scale = (endless | greater.eq(0.0)).select(one, scale);
    let angle = angle((y_size * scale, zero), (x_size * scale, zero), left);
    // A slope that is its own angle, and may be subnormal, is rounded once.
    let flat = !left & y_size.lt(x_size * CUBE_IS_LOST_BELOW);
    let size = flat.select(y_size / x_size, angle);
    let signed = sign_bit(y).select(-size, size);
    (x.is_nan() | y.is_nan()).select(b.f64(f64::NAN), signed)
}

/// The inverse sine: the angle of `(sqrt(1 - x^2), x)`.
///
/// Error: 0.51 ULP. `asin(±0) = ±0`, `asin(|x| > 1)` is NaN, NaN stays NaN.
pub(crate) fn asin(x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let size = within_one(x);
    let angle = angle((size, b.f64(0.0)), other_side(size), b.bool(false));
    let signed = x.lt(0.0).select(-angle, angle);
    let inside = x.abs().le(1.0).select(signed, f64::NAN);
    x.abs().lt(CUBE_IS_LOST_BELOW).select(x, inside)
}

/// The inverse cosine: the angle of `(x, sqrt(1 - x^2))`.
///
/// Error: 0.51 ULP. `acos(1) = 0`, `acos(|x| > 1)` is NaN, NaN stays NaN.
pub(crate) fn acos(x: Val<'_>) -> Val<'_> {
    let size = within_one(x);
    let angle = angle(other_side(size), (size, x.builder().f64(0.0)), x.lt(0.0));
    x.abs().le(1.0).select(angle, f64::NAN)
}

/// The magnitude, at most 1, and 0 where it is so small that only its distance from 1 counts.
fn within_one(x: Val<'_>) -> Val<'_> {
    /// 2^-200
    const NOTHING: f64 = f64::from_bits(0x3370_0000_0000_0000);
    let size = x.abs();
    let kept = size.gt(NOTHING).select(size, 0.0);
    kept.lt(1.0).select(kept, 1.0)
}

/// `sqrt(1 - x^2)` for `x` in 0..=1.
fn other_side(x: Val<'_>) -> Pair<'_> {
    let (square, square_low) = product(x, x);
    let (rest, error) = two_sum(x.builder().f64(1.0), -square);
    square_root(fast_two_sum(rest, error - square_low))
}

/// The angle in 0..=pi of the point `(x, y)`, mirrored if it is to lie on the left. Neither is negative, one of them is above 2^-501, and
/// both are below 2^501.
fn angle<'b>(y: Pair<'b>, x: Pair<'b>, left: Val<'b>) -> Val<'b> {
    let b = x.0.builder();
    let steep = y.0.gt(x.0);
    let greater = (steep.select(y.0, x.0), steep.select(y.1, x.1));
    let lesser = (steep.select(x.0, y.0), steep.select(x.1, y.1));
    // The slope is in 0..=1, and its step a whole number.
    let step = ((lesser.0 / greater.0) * STEPS).round_even();
    let c = step * (1.0 / STEPS);
    // c has seven bits.
    let (part, part_low) = product(greater.0, c);
    let (above, above_low) = two_sum(lesser.0, -part);
    let above = fast_two_sum(above, above_low + (lesser.1 - part_low - greater.1 * c));
    let (part, part_low) = product(lesser.0, c);
    let (below, below_low) = fast_two_sum(greater.0, part);
    let below = fast_two_sum(below, below_low + (greater.1 + part_low + lesser.1 * c));
    let (r, r_low) = quotient_parts(above, below);
    let square = r * r;
    let tail = r * square * series(square, &ATAN_SERIES);
    let index = step.cast(Elem::I64);
    let (high, error) = fast_two_sum(entry("atan k/64, high", &ATAN_HI, index), r);
    let low = error + (entry("atan k/64, low", &ATAN_LO, index) + r_low + tail);
    let falling = steep.ne(left);
    let base = steep.select(b.f64(HALF_PI_HI), left.select(b.f64(2.0 * HALF_PI_HI), 0.0));
    let base_low = steep.select(b.f64(HALF_PI_LO), left.select(b.f64(2.0 * HALF_PI_LO), 0.0));
    let (sum, error) = fast_two_sum(base, falling.select(-high, high));
    sum + (error + base_low + falling.select(-low, low))
}

/// `-1/3, 1/5, -1/7, 1/9`: the next term is below 2^-72 of the angle.
const ATAN_SERIES: [f64; 4] = [-1.0 / 3.0, 1.0 / 5.0, -1.0 / 7.0, 1.0 / 9.0];
