//! `pow`.

use ir::Val;

use crate::exp::{GREATEST, LEAST, exp_parts, scale};
use crate::log::exact_log;
use crate::pieces::{clamp, head, sign_bit};

/// `x` to the power `y`: `exp(y log |x|)` with the logarithm and the product in two parts, and the sign of an odd power.
///
/// Error: 0.507 ULP, subnormal results included.
/// Special values as C99 F.9.4.4: `pow(x, 0) = pow(1, y) = 1` even for NaN, `pow(-1, ±inf) = 1`, a negative finite number to a finite
/// power that is no integer is NaN, `pow(±0, y < 0) = ±inf` with the sign of an odd power.
pub(crate) fn pow<'b>(x: Val<'b>, y: Val<'b>) -> Val<'b> {
    let b = x.builder();
    let size = x.abs();
    let power = power_of_size(size, y);
    let (zero, infinity) = (b.f64(0.0), b.f64(f64::INFINITY));
    let falling = y.lt(0.0);
    let power = size.eq(0.0).select(falling.select(infinity, zero), power);
    let power = size.eq(infinity).select(falling.select(zero, infinity), power);
    let y_size = y.abs();
    let whole = is_whole(y_size);
    let odd = whole & !is_whole(y_size * 0.5);
    let power = (sign_bit(x) & odd).select(-power, power);
    let undefined = (x.lt(0.0) & !whole & size.ne(infinity)) | x.is_nan() | y.is_nan();
    let power = undefined.select(b.f64(f64::NAN), power);
    (x.eq(1.0) | y.eq(0.0)).select(b.f64(1.0), power)
}

/// `size^y` for a finite positive `size`, and any `y` but NaN.
fn power_of_size<'b>(size: Val<'b>, y: Val<'b>) -> Val<'b> {
    /// 2^80: a greater exponent changes no result, since `log` is 0 or at least 2^-53.
    const GREATEST_Y: f64 = 1_208_925_819_614_629_174_706_176.0;
    let (log, log_rest) = exact_log(size);
    let y = clamp(y, -GREATEST_Y, GREATEST_Y);
    let (log_head, y_head) = (head(log), head(y));
    let product = y_head * log_head;
    let product_rest = y_head * (log - log_head) + (y - y_head) * log + y * log_rest;
    let beyond = product.gt(GREATEST) | product.lt(LEAST);
    let rest = beyond.select(size.builder().f64(0.0), product_rest);
    let (parts, k) = exp_parts(clamp(product, LEAST, GREATEST), Some(rest));
    scale(parts, k)
}

/// Whether a number that is not negative is an integer. From 2^52 on all are; below, adding 2^52 rounds to one.
fn is_whole(size: Val<'_>) -> Val<'_> {
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    size.ge(TWO_52) | (size + TWO_52 - TWO_52).eq(size)
}
