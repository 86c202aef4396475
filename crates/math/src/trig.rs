//! `sin`, `cos` and `tan`.
//!
//! Method: `|x| = (4 n + q + f) pi / 2` with a whole `n`, `q` in 0..4 and `|f| <= 1/2`. `q` and `f` come from the digits of 2/pi, in whole
//! numbers, for every double alike: `x` is a 53-bit whole number times a power of two, and only the digits count that do not make a multiple of
//! four. Source: M. Payne and R. Hanek, "Radian reduction for trigonometric functions", ACM SIGNUM 18 (1983). The remainder's sine and cosine are
//! their series, whose first terms are taken in two parts.

use ir::{Elem, Tensor, Val};

use crate::pieces::{CUBE_IS_LOST_BELOW, Pair, fast_two_sum, product, quotient, series, two_sum};
use crate::tables::*;

/// Digits of 2/pi are of so many bits: the product of two of them, and sums of a few such, are exact in an `i64`.
const DIGIT: i64 = 28;
const DIGIT_MASK: i64 = (1 << DIGIT) - 1;
/// How many digits count: 84 bits behind the last that can cancel, which is enough for the double that is nearest to a multiple of pi / 2.
const DIGITS: usize = 7;
/// Below this no reduction is needed.
const QUARTER_PI: f64 = std::f64::consts::FRAC_PI_4;

/// The sine.
///
/// Error: 0.519 ULP. `sin(±0) = ±0`, `sin(±inf)` is NaN, NaN stays NaN.
pub(crate) fn sin(x: Val<'_>) -> Val<'_> {
    let Reduced { quadrant, r } = reduce(x.abs());
    let (odd, lower_half) = ((quadrant & 1_i64).ne(0_i64), (quadrant & 2_i64).ne(0_i64));
    let size = odd.select(sum(cos_of_remainder(r)), sum(sin_of_remainder(r)));
    let negative = lower_half.ne(x.lt(0.0));
    finish(x, x.eq(0.0).select(x, negative.select(-size, size)))
}

/// The cosine.
///
/// Error: 0.519 ULP. `cos(±0) = 1`, `cos(±inf)` is NaN, NaN stays NaN.
pub(crate) fn cos(x: Val<'_>) -> Val<'_> {
    let Reduced { quadrant, r } = reduce(x.abs());
    let next = quadrant + 1_i64;
    let size = (quadrant & 1_i64).ne(0_i64).select(sum(sin_of_remainder(r)), sum(cos_of_remainder(r)));
    finish(x, (next & 2_i64).ne(0_i64).select(-size, size))
}

/// The tangent: the sine by the cosine, or the negative of the inverse of that in odd quadrants.
///
/// Error: 0.54 ULP. `tan(±0) = ±0`, `tan(±inf)` is NaN, NaN stays NaN.
pub(crate) fn tan(x: Val<'_>) -> Val<'_> {
    let Reduced { quadrant, r } = reduce(x.abs());
    let odd = (quadrant & 1_i64).ne(0_i64);
    let (sin, cos) = (sin_of_remainder(r), cos_of_remainder(r));
    let above = (odd.select(-cos.0, sin.0), odd.select(-cos.1, sin.1));
    let below = (odd.select(sin.0, cos.0), odd.select(sin.1, cos.1));
    let size = quotient(fast_two_sum(above.0, above.1), fast_two_sum(below.0, below.1));
    let tangent = x.lt(0.0).select(-size, size);
    finish(x, x.abs().lt(CUBE_IS_LOST_BELOW).select(x, tangent))
}

fn finish<'b>(x: Val<'b>, result: Val<'b>) -> Val<'b> {
    x.abs().lt(f64::INFINITY).select(result, f64::NAN)
}

struct Reduced<'b> {
    /// Its last two bits count.
    quadrant: Val<'b>,
    /// In -pi/4..=pi/4.
    r: Pair<'b>,
}

/// Takes a number that is not negative; infinities and NaN give something.
fn reduce(x: Val<'_>) -> Reduced<'_> {
    let b = x.builder();
    let bits = x.bits();
    // x = mantissa * 2^exponent
    let mantissa = (bits & 0x000f_ffff_ffff_ffff) | 0x0010_0000_0000_0000;
    let exponent = (bits >> 52_i64) - 1075_i64;
    let (high, low) = (mantissa >> DIGIT, mantissa & DIGIT_MASK);
    // The first digit whose product with the mantissa is no multiple of four. Three are added to keep the dividend positive.
    let first = (exponent + (3 * DIGIT - 2)) / DIGIT - 2_i64;
    let table = b.tensor(Tensor::i64("two over pi", [TWO_OVER_PI.len() as u32], TWO_OVER_PI.iter().copied()));
    // Two digits of zero stand before the point.
    let digits: Vec<Val<'_>> = (0..DIGITS as i64).map(|at| table.gather(first + (1 + at), 0)).collect();
    // The product in digits, the least first.
    let mut columns = vec![b.i64(0); DIGITS + 1];
    for (at, digit) in digits.iter().rev().enumerate() {
        columns[at] = columns[at] + low * *digit;
        columns[at + 1] = columns[at + 1] + high * *digit;
    }
    let mut carry = b.i64(0);
    for column in &mut columns {
        let sum = *column + carry;
        *column = sum & DIGIT_MASK;
        carry = sum >> DIGIT;
    }
    // The digit that holds the point stands at 2^shift, with shift in -26..=1.
    let shift = exponent - first * DIGIT;
    let point = columns[DIGITS - 1] & ((b.i64(1) << (b.i64(2) - shift)) - 1_i64);
    let leading = (point << DIGIT) | columns[DIGITS - 2];
    let fraction_bits = b.i64(DIGIT) - shift;
    let half = b.i64(1) << (fraction_bits - 1_i64);
    let quadrant = (leading + half) >> fraction_bits;
    let rest = leading - (quadrant << fraction_bits);
    // Exact parts of f, the greatest first.
    let unit = crate::pieces::power_of_two(shift - DIGIT);
    let parts: Vec<Val<'_>> = [rest, columns[DIGITS - 3], columns[DIGITS - 4], columns[DIGITS - 5], columns[DIGITS - 6]]
        .into_iter()
        .zip(0..)
        .map(|(digits, below)| digits.cast(Elem::F64) * unit_below(unit, below))
        .collect();
    let (mut f, mut f_low) = (parts[0], b.f64(0.0));
    for part in &parts[1..] {
        let (sum, error) = two_sum(f, *part);
        (f, f_low) = (sum, f_low + error);
    }
    let (f, f_low) = fast_two_sum(f, f_low);
    let (r, r_low) = product(f, b.f64(HALF_PI_HI));
    let (r, r_low) = fast_two_sum(r, r_low + (f * HALF_PI_LO + f_low * HALF_PI_HI));
    let small = x.le(QUARTER_PI);
    Reduced { quadrant: small.select(b.i64(0), quadrant), r: (small.select(x, r), small.select(b.f64(0.0), r_low)) }
}

/// `unit * 2^(-28 below)`
fn unit_below(unit: Val<'_>, below: i64) -> Val<'_> {
    unit * f64::from_bits(((1023 - DIGIT * below) as u64) << 52)
}

fn sum((high, low): Pair<'_>) -> Val<'_> {
    high + low
}

/// `r - r^3/6 + r^5/120 - ...`, the first two in two parts.
fn sin_of_remainder<'b>((r, r_low): Pair<'b>) -> Pair<'b> {
    let (w, w_low) = product(r, r);
    let (cube, cube_low) = product(r, w);
    let cube_low = cube_low + r * w_low;
    let (sixth, sixth_low) = product(cube, r.builder().f64(1.0 / 6.0));
    let sixth_low = sixth_low + cube * SIXTH_LO + cube_low * (1.0 / 6.0);
    let (sum, error) = fast_two_sum(r, -sixth);
    let rest = cube * w * series(w, &SIN_SERIES);
    // The derivative takes the remainder's low part along.
    (sum, error - sixth_low + rest + (r_low - r_low * w * 0.5))
}

/// `1 - r^2/2 + r^4/24 - ...`, the first two in two parts.
fn cos_of_remainder<'b>((r, r_low): Pair<'b>) -> Pair<'b> {
    let b = r.builder();
    let (w, w_low) = product(r, r);
    let (sum, error) = fast_two_sum(b.f64(1.0), -(w * 0.5));
    let rest = w * w * series(w, &COS_SERIES);
    (sum, error - w_low * 0.5 + rest - r * r_low)
}

/// `1/5!, -1/7!, 1/9!, ...`: the next term is below 2^-60 of the sine.
const SIN_SERIES: [f64; 7] = [
    1.0 / 120.0,
    -1.0 / 5_040.0,
    1.0 / 362_880.0,
    -1.0 / 39_916_800.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 1_307_674_368_000.0,
    1.0 / 355_687_428_096_000.0,
];

/// `1/4!, -1/6!, 1/8!, ...`: the next term is below 2^-58 of the cosine.
const COS_SERIES: [f64; 7] = [
    1.0 / 24.0,
    -1.0 / 720.0,
    1.0 / 40_320.0,
    -1.0 / 3_628_800.0,
    1.0 / 479_001_600.0,
    -1.0 / 87_178_291_200.0,
    1.0 / 20_922_789_888_000.0,
];
