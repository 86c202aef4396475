//! `hypot`.

use ir::Val;

use crate::pieces::{fast_two_sum, product, square_root};

/// 2^500 and 2^-500: outside of them squares are taken of numbers that are moved by 2^600.
const GREAT: f64 = f64::from_bits(0x5f30_0000_0000_0000);
const SMALL: f64 = f64::from_bits(0x20b0_0000_0000_0000);
const RAISE: f64 = f64::from_bits(0x6570_0000_0000_0000);
const LOWER: f64 = f64::from_bits(0x1a70_0000_0000_0000);
/// 2^-422: the least normal number times 2^600.
const ANCHOR: f64 = f64::from_bits(0x2590_0000_0000_0000);

/// `sqrt(x^2 + y^2)`, the sum in two parts.
///
/// Error: 0.51 ULP, subnormal results included. Infinite if either is infinite, even beside NaN; `hypot(x, ±0) = |x|`.
pub(crate) fn hypot<'b>(x: Val<'b>, y: Val<'b>) -> Val<'b> {
    let b = x.builder();
    let (x, y) = (x.abs(), y.abs());
    let steep = x.lt(y);
    let (greater, lesser) = (steep.select(y, x), steep.select(x, y));
    let (great, small) = (greater.gt(GREAT), greater.lt(SMALL));
    let scale = great.select(b.f64(LOWER), small.select(b.f64(RAISE), 1.0));
    let (first, first_low) = product(greater * scale, greater * scale);
    let (second, second_low) = product(lesser * scale, lesser * scale);
    let (sum, error) = fast_two_sum(first, second);
    let (root, root_low) = square_root(fast_two_sum(sum, error + (first_low + second_low)));
    // Beside the anchor the last place of a subnormal result is that of the sum: it rounds as the result has to.
    let anchor = (small & root.lt(ANCHOR)).select(b.f64(ANCHOR), 0.0);
    let sum = anchor + root;
    let rest = ((anchor - sum) + root) + root_low;
    let finite = ((sum + rest) - anchor) * great.select(b.f64(RAISE), small.select(b.f64(LOWER), 1.0));
    let endless = x.eq(f64::INFINITY) | y.eq(f64::INFINITY);
    let number = (x.is_nan() | y.is_nan()).select(b.f64(f64::NAN), finite);
    endless.select(b.f64(f64::INFINITY), number)
}
