//! What the kernels share: exact sums and splits, powers of two, quotients of unevaluated sums.
//!
//! A number `(high, low)` is the unevaluated sum of two doubles of which the second is about 2^-53 of the first, or less.

use ir::{Tensor, Val};

/// A high and a low part.
pub(crate) type Pair<'b> = (Val<'b>, Val<'b>);

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

/// `n / d`, rounded nearly once: the first quotient is corrected by its exact remainder.
///
/// `d` is at least 1 and its high part no more than 2^500.
pub(crate) fn quotient<'b>(n: Pair<'b>, d: Pair<'b>) -> Val<'b> {
    let inverse = d.0.builder().f64(1.0) / d.0;
    let q = n.0 * inverse;
    let (q_head, d_head) = (head(q), head(d.0));
    let (q_rest, d_rest) = (q - q_head, d.0 - d_head);
    let remainder = ((n.0 - q_head * d_head) - q_head * d_rest) - q_rest * d.0;
    q + (remainder + (n.1 - q * d.1)) * inverse
}

/// The double of a table at an index that is inside.
pub(crate) fn entry<'b>(name: &str, patterns: &[u64], index: Val<'b>) -> Val<'b> {
    let values = patterns.iter().map(|pattern| f64::from_bits(*pattern));
    index.builder().tensor(Tensor::f64(name, [patterns.len() as u32], values)).gather(index, 0)
}
