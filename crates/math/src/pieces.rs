//! What the kernels share: exact sums and splits, powers of two, quotients of unevaluated sums.
//!
//! A number `(high, low)` is the unevaluated sum of two doubles of which the second is about 2^-53 of the first, or less.

use ir::{Tensor, Val};

/// A high and a low part.
pub(crate) type Pair<'b> = (Val<'b>, Val<'b>);

/// Below this magnitude an odd function of slope 1 is its argument: the cube is below 2^-60 of it.
pub(crate) const CUBE_IS_LOST_BELOW: f64 = 9.313_225_746_154_785e-10;

/// The 26 leading bits of a finite number, so that the product of two of them is exact, and so is that of one with the rest of another.
pub(crate) fn head(x: Val<'_>) -> Val<'_> {
    const LOW_27_BITS: i64 = 0x7ff_ffff;
    (x.bits() & !LOW_27_BITS).from_bits()
}

/// `a + b` and its rounding error, exactly. Source: Knuth, TAOCP 2, 4.2.2, theorem B.
pub(crate) fn two_sum<'b>(a: Val<'b>, b: Val<'b>) -> Pair<'b> {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// `a + b` and its rounding error, exactly if `|a| >= |b|`, if `a` is 0, or if the sum is exact. Source: Dekker 1971.
pub(crate) fn fast_two_sum<'b>(a: Val<'b>, b: Val<'b>) -> Pair<'b> {
    let sum = a + b;
    (sum, (a - sum) + b)
}

/// `a * b` and its rounding error, exactly unless it underflows. Source: Dekker 1971.
pub(crate) fn product<'b>(a: Val<'b>, b: Val<'b>) -> Pair<'b> {
    let whole = a * b;
    let (a_head, b_head) = (head(a), head(b));
    let (a_rest, b_rest) = (a - a_head, b - b_head);
    (whole, ((a_head * b_head - whole) + a_head * b_rest + a_rest * b_head) + a_rest * b_rest)
}

/// `c0 + w (c1 + w (c2 + ...))`
pub(crate) fn series<'b>(w: Val<'b>, coefficients: &[f64]) -> Val<'b> {
    let start = w.builder().f64(coefficients.last().copied().unwrap_or(0.0));
    coefficients.iter().rev().skip(1).fold(start, |sum, coefficient| sum * w + *coefficient)
}

/// `x` moved into `low..=high`; NaN becomes `low`.
pub(crate) fn clamp(x: Val<'_>, low: f64, high: f64) -> Val<'_> {
    let raised = x.gt(low).select(x, low);
    raised.lt(high).select(raised, high)
}

/// True for negative numbers and -0.
pub(crate) fn sign_bit(x: Val<'_>) -> Val<'_> {
    x.bits().lt(0_i64)
}

/// `2^k` for an `i64` in -1022..=1023.
pub(crate) fn power_of_two(k: Val<'_>) -> Val<'_> {
    ((k + 1023_i64) << 52_i64).from_bits()
}

/// `n / d`, rounded nearly once.
///
/// High parts are 0 or in 2^-500..=2^500 in size.
pub(crate) fn quotient<'b>(n: Pair<'b>, d: Pair<'b>) -> Val<'b> {
    let (q, rest) = quotient_parts(n, d);
    q + rest
}

/// `n / d` with an error of 2^-100 of it: the first quotient, and its correction by its exact remainder. Bounds as [`quotient`].
pub(crate) fn quotient_parts<'b>(n: Pair<'b>, d: Pair<'b>) -> Pair<'b> {
    let inverse = d.0.builder().f64(1.0) / d.0;
    let q = n.0 * inverse;
    let (q_head, d_head) = (head(q), head(d.0));
    let (q_rest, d_rest) = (q - q_head, d.0 - d_head);
    let remainder = ((n.0 - q_head * d_head) - q_head * d_rest) - q_rest * d.0;
    (q, (remainder + (n.1 - q * d.1)) * inverse)
}

/// The square root of a sum that is not negative, with an error of 2^-100 of it. The high part is 0 or in 2^-500..=2^500.
pub(crate) fn square_root<'b>((high, low): Pair<'b>) -> Pair<'b> {
    let root = high.sqrt();
    let (square, square_low) = product(root, root);
    let rest = ((high - square) - square_low + low) / (root * 2.0);
    (root, root.eq(0.0).select(root, rest))
}

/// The double of a table at an index that is inside.
pub(crate) fn entry<'b>(name: &str, patterns: &[u64], index: Val<'b>) -> Val<'b> {
    let values = patterns.iter().map(|pattern| f64::from_bits(*pattern));
    index.builder().tensor(Tensor::f64(name, [patterns.len() as u32], values)).gather(index, 0)
}
