//! Numbers as text and text as numbers, as `Cast` of onnxruntime has them: `%.8g` of C, and `strtod` and `strtoll`.
//!
//! All steps are exact. What would not be, and text that only begins with a number, is a row without a score.

use ir::{Binary, Builder, Elem, Handle, Module, Tensor, Type, Unary, Val};

/// Digits that are written.
const DIGITS: i64 = 8;
/// Every power of ten up to this one is a double.
const POWERS: i32 = 22;
/// Numbers from `10^MOST` on are beyond `i64`.
const MOST: i32 = 18;
/// Numbers below `10^-LEAST` would need greater powers of ten.
const LEAST: i32 = POWERS - DIGITS as i32 + 1;
/// `2^53`: whole numbers up to it are doubles.
const WHOLE: i64 = 1 << 53;

/// Exact up to [`POWERS`].
fn power_of_ten(power: i32) -> f64 {
    (0..power).fold(1.0, |so_far, _| so_far * 10.0)
}

fn powers(b: &Builder) -> Val<'_> {
    b.tensor(Tensor::f64("powers of ten", [POWERS as u32 + 1], (0..=POWERS).map(power_of_ten)))
}

/// The least double that is no less than `10^-places`. The difference of the nearest one is exact.
fn at_least(places: i32) -> f64 {
    let near = power_of_ten(places).recip();
    if near.mul_add(power_of_ten(places), -1.0) < 0.0 { near.next_up() } else { near }
}

/// `a * b` as the nearest double and what it lacks (Dekker), for factors that are far from the ends of the range.
fn product<'b>(a: Val<'b>, b: Val<'b>) -> (Val<'b>, Val<'b>) {
    let halves = |x: Val<'b>| {
        // 2^27 + 1.
        let spread = x * 134_217_729.0;
        let high = spread - (spread - x);
        (high, x - high)
    };
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let near = a * b;
    (near, ((a_high * b_high - near) + a_high * b_low + a_low * b_high) + a_low * b_low)
}

/// `(x: f64) -> (text, whether it is known)`: the eight first digits of the decimal value, rounded as the decimal value is, ties to even.
pub(super) fn written() -> Option<Module> {
    let b = Builder::new("number_text");
    b.doc("A number with at most eight digits, as `%.8g` writes it.");
    let x = b.param("x", Type::scalar(Elem::F64));
    let size = x.abs();
    let above = count(&b, (1..=MOST).map(|power| size.ge(power_of_ten(power))));
    let below = count(&b, (0..LEAST).map(|places| size.lt(at_least(places))));
    let exponent = above - below;
    // Scaled so that eight digits stand before the point: a product up to eight digits, a whole number and what is left above.
    let scale = powers(&b).gather(clipped(-exponent + (DIGITS - 1)), 0);
    let (near, lacks) = product(size, scale);
    let floor = near.floor();
    let part = near - floor;
    let odd = floor.cast(Elem::I64).binary(Binary::BitAnd, 1_i64).ne(0_i64);
    let up = part.gt(0.5) | (part.eq(0.5) & (lacks.gt(0.0) | (lacks.eq(0.0) & odd)));
    let of_small = floor.cast(Elem::I64) + up.cast(Elem::I64);
    let whole = size.trunc();
    let unit = powers(&b).gather(clipped(exponent - (DIGITS - 1)), 0).cast(Elem::I64);
    let number = whole.cast(Elem::I64);
    let quotient = number / unit;
    let rest = number - quotient * unit;
    let (twice, fraction) = (rest * 2_i64, size - whole);
    let odd = quotient.binary(Binary::BitAnd, 1_i64).ne(0_i64);
    let up = twice.gt(unit) | (twice.eq(unit) & (fraction.gt(0.0) | odd));
    let digits = exponent.ge(DIGITS).select(quotient + up.cast(Elem::I64), of_small);
    let is_next = digits.ge(100_000_000_i64);
    let exponent = exponent + is_next.cast(Elem::I64);
    let digits = is_next.select(b.i64(10_000_000), digits);
    let zeros = count(&b, (1..DIGITS as u32).map(|power| digits.floor_mod(10_i64.pow(power)).eq(0_i64)));
    let (text, length) = (digits.decimal(), b.i64(DIGITS) - zeros);
    let far = exponent.lt(0_i64).select(-exponent, exponent);
    let sign = exponent.lt(0_i64).select(b.str("-"), b.str("+"));
    let scientific =
        pointed(text, length, b.i64(1)).append("e").append(sign).append(far.lt(10_i64).select(b.str("0"), b.str(""))).append(far.decimal());
    let small = b.str("0.").append(b.str("000").slice_text(0_i64, far - 1_i64)).append(text.slice_text(0_i64, length));
    let plain = exponent.lt(0_i64).select(small, pointed(text, length, exponent + 1_i64));
    let positive = (exponent.lt(-4_i64) | exponent.ge(DIGITS)).select(scientific, plain);
    let infinite = size.eq(f64::INFINITY);
    let positive = size.eq(0.0).select(b.str("0"), infinite.select(b.str("INF"), positive));
    let is_negative = x.unary(Unary::Bits).lt(0_i64);
    let signed = is_negative.select(b.str("-"), b.str("")).append(positive);
    b.result("text", x.is_nan().select(b.str("NaN"), signed));
    let within = size.ge(at_least(LEAST)) & size.lt(power_of_ten(MOST));
    b.result("known", within | size.eq(0.0) | infinite | x.is_nan());
    b.finish().ok()
}

/// A whole number, or zero if it is negative.
fn clipped(x: Val<'_>) -> Val<'_> {
    x.lt(0_i64).select(x.builder().i64(0), x)
}

fn count<'b>(b: &'b Builder, truths: impl Iterator<Item = Val<'b>>) -> Val<'b> {
    truths.fold(b.i64(0), |sum, truth| sum + truth.cast(Elem::I64))
}

/// The first `length` digits with a point behind those `before` it, if more of them are left.
fn pointed<'b>(digits: Val<'b>, length: Val<'b>, before: Val<'b>) -> Val<'b> {
    let b = digits.builder();
    let rest = length.gt(before).select(b.str(".").append(digits.slice_text(before, length)), b.str(""));
    digits.slice_text(0_i64, before).append(rest)
}

/// `(text) -> i64`: the number that its digits are, -1 if they are no digits or too many.
fn digits() -> Option<Module> {
    let step = Builder::new("digits_step");
    step.doc("A number with one digit more, -1 if it is no digit or the number is too great.");
    let known = step.param("known", Type::scalar(Elem::I64));
    let code = step.param("text", Type::scalar(Elem::Str)).code_at(step.param("at", Type::scalar(Elem::I64))).cast(Elem::I64);
    // 48 is `0`.
    let is_fine = known.ge(0_i64) & known.lt(i64::MAX / 10) & code.ge(48_i64) & code.le(57_i64);
    step.result("known", is_fine.select(known * 10_i64 + (code - 48_i64), step.i64(-1)));
    let b = Builder::new("digits");
    let text = b.param("text", Type::scalar(Elem::Str));
    let number = b.iterate(b.import(&step.finish().ok()?)?, &[b.i64(0), text], text.len());
    b.result("number", text.len().gt(0_i64).select(number, b.i64(-1)));
    b.finish().ok()
}

/// A text without its sign, and whether that is `-`.
fn unsigned(text: Val<'_>) -> (Val<'_>, Val<'_>) {
    let first = text.code_at(0_i64).cast(Elem::I64);
    // 43 is `+`, 45 is `-`.
    let is_negative = first.eq(45_i64);
    ((first.eq(43_i64) | is_negative).select(text.slice_text(1_i64, text.len()), text), is_negative)
}

fn number_of<'b>(b: &'b Builder, digits: Handle<ir::Function>, text: Val<'b>) -> Val<'b> {
    b.call(digits, &[text], 0)
}

/// `(text) -> (i64, whether it is one)`: a sign and digits.
pub(super) fn whole_number() -> Option<Module> {
    let b = Builder::new("whole_number");
    b.doc("The whole number that a text is, and whether it is one.");
    let digits = b.import(&digits()?)?;
    let (text, is_negative) = unsigned(b.param("text", Type::scalar(Elem::Str)));
    let number = number_of(&b, digits, text);
    b.result("number", is_negative.select(-number, number));
    b.result("known", number.ge(0_i64));
    b.finish().ok()
}

/// `(text) -> (f64, whether it is one)`: a sign, digits with a point among them, an exponent; `inf`, `infinity` or `nan`.
///
/// Known are those whose digits are a whole number of at most `2^53`, with a power of ten that is a double: one operation rounds them.
pub(super) fn float() -> Option<Module> {
    let b = Builder::new("number");
    b.doc("The number that a text is, and whether it is one.");
    let digits = b.import(&digits()?)?;
    let (text, is_negative) = unsigned(b.param("text", Type::scalar(Elem::Str)).lower_each());
    let at = text.find("e");
    let has_exponent = at.ge(0_i64);
    let mantissa = has_exponent.select(text.slice_text(0_i64, at), text);
    let (power, is_down) = unsigned(text.slice_text(at + 1_i64, text.len()));
    let power = has_exponent.select(number_of(&b, digits, power), b.i64(0));
    let is_power = power.ge(0_i64);
    let point = mantissa.find(".");
    let has_point = point.ge(0_i64);
    let after = has_point.select(mantissa.slice_text(point + 1_i64, mantissa.len()), b.str(""));
    let before = has_point.select(mantissa.slice_text(0_i64, point), mantissa);
    let number = number_of(&b, digits, before.append(after));
    let power = is_down.select(-power, power) - after.len();
    let (size, scale) = (number.cast(Elem::F64), powers(&b).gather(power.lt(0_i64).select(-power, power), 0));
    let value = power.lt(0_i64).select(size / scale, size * scale);
    let is_known = number.ge(0_i64) & number.le(WHOLE) & power.ge(i64::from(-POWERS)) & power.le(i64::from(POWERS));
    let infinite = text.eq("inf") | text.eq("infinity");
    let value = infinite.select(b.f64(f64::INFINITY), text.eq("nan").select(b.f64(f64::NAN), value));
    b.result("number", is_negative.select(-value, value));
    b.result("known", infinite | text.eq("nan") | (is_known & is_power));
    b.finish().ok()
}
