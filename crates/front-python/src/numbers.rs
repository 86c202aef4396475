//! Numbers in texts, as arithmetic on code points: reading integers and floats, writing floats.
//!
//! Only what is certain to be exact is read: up to 18 digits for integers; for floats up to 15 significant digits and a power of ten
//! within 10^22, where one multiplication or division rounds correctly. Anything longer is not a valid text here, so its row is `Invalid`
//! and never nearly right.

use ir::{Builder, Elem, Function, Handle, Literal, Map, Module, Table, Type, Val};
use source::Diagnostic;

/// The longest text that is read as a number; a longer one is not valid.
const LONGEST: i64 = 26;
/// Digits of an integer that surely fits.
const INTEGER_DIGITS: i64 = 18;
/// Significant digits that a float holds exactly.
const FLOAT_DIGITS: i64 = 15;
/// Powers of ten that a float holds exactly.
const EXACT_POWER: i64 = 22;

/// Whose spelling of numbers holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `float(text)`: white space around is fine, and so are `nan` and `inf`.
    Python,
    /// `pd.to_numeric(text)`: white space before is fine, the words for missing are NaN.
    Pandas,
}

fn is_digit<'b>(code: Val<'b>) -> Val<'b> {
    code.ge(48_i64) & code.le(57_i64)
}

/// An underscore, or a code point in the blocks where digits of other scripts are.
fn is_odd<'b>(code: Val<'b>) -> Val<'b> {
    code.eq(95_i64) | (code.ge(0x660_i64) & code.lt(0x2000_i64)) | code.ge(0xa620_i64)
}

/// Python's `round(x, digits)`, and whether the number is too large for it to be exact here.
///
/// The product with the power of ten is exact as a sum of two floats (Dekker), so it is known on which side of a half it is; the quotient of
/// the whole number below or above is then rounded once, as the decimal text is that Python reads back.
pub(crate) fn rounded(x: Val<'_>, digits: i32) -> (Val<'_>, Val<'_>) {
    let scale = 10_f64.powi(digits);
    // Veltkamp's constant: it splits 53 bits in two halves.
    const SPLITTER: f64 = 134_217_729.0;
    let magnitude = x.abs();
    let product = magnitude * scale;
    let far = magnitude * SPLITTER;
    let high = far - (far - magnitude);
    let low = magnitude - high;
    let split = scale * SPLITTER;
    let scale_high = split - (split - scale);
    let scale_low = scale - scale_high;
    let error = ((high * scale_high - product) + high * scale_low + low * scale_high) + low * scale_low;
    let down = product.floor();
    let above = (product - down) - 0.5;
    let odd = (down * 0.5).floor().ne(down * 0.5);
    let up = above.gt(0.0) | (above.eq(0.0) & (error.gt(0.0) | (error.eq(0.0) & odd)));
    // The floor of the product may be one too high where the exact product lies just below a whole number.
    let below = product.eq(down) & error.lt(0.0);
    let whole = below.select(down, up.select(down + 1.0, down));
    let value = whole / scale;
    let value = x.lt(0.0).select(-value, value);
    let itself = x.is_nan() | magnitude.eq(f64::INFINITY) | x.eq(0.0) | magnitude.floor().eq(magnitude);
    let large = product.ge(4_503_599_627_370_496.0) & !itself;
    (itself.select(x, value), large)
}

/// `int(text, base)`: white space around, a sign, a prefix of the base, digits. What else Python might take (underscores, digits of other
/// scripts) and what has too many digits is `overlong`.
pub(crate) fn parse_int<'b>(b: &'b Builder, text: Val<'b>, base: i64) -> Parsed<'b> {
    let text = text.strip();
    let digit_count = if base == 10 { INTEGER_DIGITS } else { 12 };
    let first = text.code_at(0_i64);
    let negative = first.eq(45_i64);
    let start = (negative | first.eq(43_i64)).select(b.i64(1), 0_i64);
    // `0x1f` with base 16, and so on.
    let prefix = text.slice_text(start, start + 2_i64).lower_each();
    let prefixed = match base {
        16 => prefix.eq("0x"),
        8 => prefix.eq("0o"),
        2 => prefix.eq("0b"),
        _ => b.bool(false),
    };
    let start = start + prefixed.select(b.i64(2), 0_i64);
    let length = text.len() - start;
    let mut valid = length.ge(1_i64) & length.le(digit_count);
    let (mut loose, mut odd) = (b.bool(true), b.bool(false));
    let mut value = b.i64(0);
    for at in 0..digit_count {
        let code = text.code_at(start + at).cast(Elem::I64);
        let there = length.gt(at);
        let mut is_digit = code.ge(48_i64) & code.lt(48 + base.min(10));
        let mut digit = code - 48_i64;
        for first in [65_i64, 97] {
            if base > 10 {
                let letter = code.ge(first) & code.lt(first + base - 10);
                digit = letter.select(code - (first - 10), digit);
                is_digit = is_digit | letter;
            }
        }
        valid = valid & (!there | is_digit);
        odd = odd | (there & is_odd(code));
        loose = loose & (!there | is_digit | is_odd(code));
        value = there.select(value * base + digit, value);
    }
    let overlong = loose & (length.gt(digit_count) | odd);
    Parsed { value: valid.select(negative.select(-value, value), 0_i64), valid, overlong: overlong & !valid }
}

/// A text read as a number.
#[derive(Clone, Copy)]
pub(crate) struct Parsed<'b> {
    pub value: Val<'b>,
    /// Whether the text is a number that is read exactly.
    pub valid: Val<'b>,
    /// Whether it might be a number that is not.
    pub overlong: Val<'b>,
}

/// The function that reads a float: `(text) -> (value, valid, overlong)`. One of a module is enough, however many texts it reads.
pub(crate) fn reader() -> Result<Module, Vec<Diagnostic>> {
    let b = Builder::new("read_float");
    b.doc("Reads a text as a float: its value, whether it is a number that is read exactly, whether it might be one that is not.");
    let text = b.param("text", Type::scalar(Elem::Str));
    let (value, valid, overlong) = scan(&b, text);
    b.result("value", value);
    b.result("valid", valid);
    b.result("overlong", overlong);
    b.finish()
}

/// A text as a float, and whether it is one that is read exactly. `reader` is the function of [`reader`], taken into the module.
pub(crate) fn parse_float<'b>(b: &'b Builder, reader: Handle<Function>, text: Val<'b>, spelling: Spelling) -> Parsed<'b> {
    let stripped = text.strip();
    let results = |at: u32| b.call(reader, &[stripped], at);
    let (value, valid, overlong) = (results(0), results(1), results(2));
    // pandas takes white space around digits, but not around a word.
    let lower = match spelling {
        Spelling::Python => stripped.lower(),
        Spelling::Pandas => text.lower(),
    };
    let word = |words: &[&str]| words.iter().fold(b.bool(false), |held, word| held | lower.eq(*word));
    let (not_a_number, infinite, minus) = match spelling {
        Spelling::Python => (word(&["nan", "+nan", "-nan"]), word(&["inf", "infinity", "+inf", "+infinity"]), word(&["-inf", "-infinity"])),
        Spelling::Pandas => (b.bool(false), word(&["inf", "infinity", "+inf", "+infinity"]), word(&["-inf", "-infinity"])),
    };
    // Underscores between digits and digits of other scripts are Python's own.
    let overlong = match spelling {
        Spelling::Python => {
            let number =
                |code: Val<'b>| is_digit(code) | [43_i64, 45, 46, 69, 101].iter().fold(b.bool(false), |held, one| held | code.eq(*one));
            let (mut loose, mut odd) = (b.bool(true), b.bool(false));
            for at in 0..LONGEST {
                let code = stripped.code_at(at).cast(Elem::I64);
                odd = odd | is_odd(code);
                loose = loose & (code.lt(0_i64) | number(code) | is_odd(code));
            }
            overlong | (loose & odd)
        }
        Spelling::Pandas => overlong,
    };
    let value = not_a_number.select(b.f64(f64::NAN), infinite.select(b.f64(f64::INFINITY), minus.select(b.f64(f64::NEG_INFINITY), value)));
    Parsed { value, valid: valid | not_a_number | infinite | minus, overlong }
}

/// Sign, digits, point, digits, exponent. Gives the value, whether the text is a number that is read exactly, and whether it might be a
/// number that is not.
fn scan<'b>(b: &'b Builder, text: Val<'b>) -> (Val<'b>, Val<'b>, Val<'b>) {
    let length = text.len();
    let mut well_formed = length.ge(1_i64) & length.le(LONGEST);
    let (mut mantissa, mut significant, mut scale) = (b.i64(0), b.i64(0), b.i64(0));
    let (mut digits, mut exponent, mut exponent_digits) = (b.i64(0), b.i64(0), b.i64(0));
    let (mut negative, mut negative_exponent) = (b.bool(false), b.bool(false));
    let (mut after_point, mut in_exponent) = (b.bool(false), b.bool(false));
    // The place just behind the `e`, where a sign may stand.
    let mut exponent_start = b.bool(false);
    for at in 0..LONGEST {
        let code = text.code_at(at).cast(Elem::I64);
        let there = length.gt(at);
        let digit = is_digit(code);
        let sign = code.eq(45_i64) | code.eq(43_i64);
        let leading = if at == 0 { b.bool(true) } else { b.bool(false) };
        let sign_fits = leading | exponent_start;
        let point = code.eq(46_i64);
        let point_fits = !after_point & !in_exponent;
        let letter = code.eq(101_i64) | code.eq(69_i64);
        let letter_fits = !in_exponent & digits.gt(0_i64);
        well_formed = well_formed & (!there | digit | (sign & sign_fits) | (point & point_fits) | (letter & letter_fits));
        if at == 0 {
            negative = code.eq(45_i64);
        }
        negative_exponent = negative_exponent | (exponent_start & code.eq(45_i64));
        let number = there & digit & !in_exponent;
        let counts = number & (significant.gt(0_i64) | code.ne(48_i64));
        mantissa = (number & significant.lt(FLOAT_DIGITS)).select(mantissa * 10_i64 + (code - 48_i64), mantissa);
        significant = counts.select(significant + 1_i64, significant);
        digits = number.select(digits + 1_i64, digits);
        scale = (number & after_point).select(scale + 1_i64, scale);
        let power = there & digit & in_exponent;
        exponent = power.select(exponent * 10_i64 + (code - 48_i64), exponent);
        exponent_digits = power.select(exponent_digits + 1_i64, exponent_digits);
        exponent_start = there & letter & letter_fits;
        in_exponent = in_exponent | exponent_start;
        after_point = after_point | (there & point);
    }
    well_formed = well_formed & digits.gt(0_i64) & (!in_exponent | exponent_digits.gt(0_i64));
    let power = negative_exponent.select(-exponent, exponent) - scale;
    let exact =
        exponent_digits.le(3_i64) & significant.le(FLOAT_DIGITS) & (mantissa.eq(0_i64) | (power.ge(-EXACT_POWER) & power.le(EXACT_POWER)));
    let rows = (0..=EXACT_POWER).map(|at| (vec![Literal::I64(at)], Literal::F64(10_f64.powi(at as i32)))).collect();
    let powers = b.table(Table::Map(Map { name: "powers of ten".to_owned(), keys: vec![Elem::I64], value: Elem::F64, rows }));
    let scale = b.lookup(powers, &[power.lt(0_i64).select(-power, power)]).or_else(1.0_f64);
    let whole = mantissa.cast(Elem::F64);
    let value = power.lt(0_i64).select(whole / scale, whole * scale);
    let value = negative.select(-value, value);
    let valid = well_formed & exact;
    let overlong = (well_formed & !exact) | length.gt(LONGEST);
    (valid.select(value, 0.0), valid, overlong)
}

/// `f"{x:.2f}"`, and `f"{x:,.2f}"` where `grouped`: the decimal nearest to the float, of two the one that ends even. Numbers of more than 15
/// digits are refused by `refuse`.
pub(crate) fn fixed_text<'b>(b: &'b Builder, val: Val<'b>, decimals: u32, grouped: bool, refuse: &mut dyn FnMut(Val<'b>)) -> Val<'b> {
    let scale = 10_f64.powi(decimals as i32);
    let magnitude = val.abs();
    let (product, residual) = exact_product(magnitude, scale);
    let special = val.is_nan() | magnitude.eq(f64::INFINITY);
    let whole = special.select(b.f64(0.0), product.floor());
    let rest = product - whole;
    // What the product was rounded by decides between two decimals that are equally near to it.
    let half = rest.eq(0.5);
    let up = rest.gt(0.5) | half & (residual.gt(0.0) | residual.eq(0.0) & whole.cast(Elem::I64).floor_mod(2_i64).eq(1_i64));
    refuse(!special & product.ge(1e15));
    let units = whole.cast(Elem::I64) + up.select(b.i64(1), 0_i64);
    let (whole, rest) = (units / (scale as i64), units % (scale as i64));
    let mut text = if grouped { in_thousands(b, whole) } else { whole.decimal() };
    if decimals > 0 {
        text = text.append(".").append(padded(b, rest, decimals));
    }
    let negative = val.lt(0.0) | (val.eq(0.0) & (b.f64(1.0) / val).lt(0.0));
    let sign = negative.select(b.str("-"), "");
    val.is_nan().select(b.str("nan"), sign.append(magnitude.eq(f64::INFINITY).select(b.str("inf"), text)))
}

/// A product and what it was rounded by, where nothing overflows: both factors are split in halves, whose products are exact (Dekker 1971).
fn exact_product<'b>(x: Val<'b>, y: f64) -> (Val<'b>, Val<'b>) {
    const SPLIT: f64 = 134_217_729.0; // 2^27 + 1
    let (y_high, y_low) = {
        let high = SPLIT * y - (SPLIT * y - y);
        (high, y - high)
    };
    let high = x * SPLIT - (x * SPLIT - x);
    let low = x - high;
    let product = x * y;
    (product, high * y_high - product + high * y_low + low * y_high + low * y_low)
}

/// A whole number that is not negative, with a comma before each three digits.
fn in_thousands<'b>(b: &'b Builder, number: Val<'b>) -> Val<'b> {
    const GROUPS: u32 = 5;
    let mut text = number.decimal();
    for groups in 1..GROUPS {
        let parts = (0..groups).rev().map(|group| padded(b, number / 1000_i64.pow(group) % 1000_i64, 3));
        let grouped = parts.fold((number / 1000_i64.pow(groups)).decimal(), |text, part| text.append(",").append(part));
        text = number.ge(1000_i64.pow(groups)).select(grouped, text);
    }
    text
}

/// A whole number that is not negative, with zeros before it up to a width.
fn padded<'b>(b: &'b Builder, number: Val<'b>, width: u32) -> Val<'b> {
    let digits = number.decimal();
    b.str(&"0".repeat(width as usize)).slice_text(0_i64, b.i64(i64::from(width)) - digits.len()).append(digits)
}

/// `repr` of a float: exact for whole numbers below 1e15 and for numbers that at most six decimals write; others are refused by `refuse`.
///
/// A number with `k` decimals is the quotient of two exact integers, so it is found by trying `k` from 0 on and comparing.
pub(crate) fn float_text<'b>(b: &'b Builder, val: Val<'b>, refuse: &mut dyn FnMut(Val<'b>)) -> Val<'b> {
    const MOST_DECIMALS: u32 = 6;
    let magnitude = val.abs();
    // A negative zero has its sign.
    let negative = val.lt(0.0) | (val.eq(0.0) & (b.f64(1.0) / val).lt(0.0));
    let sign = negative.select(b.str("-"), "");
    let mut out = b.str("");
    let mut found = b.bool(false);
    for decimals in (1..=MOST_DECIMALS).rev() {
        let scale = 10_f64.powi(decimals as i32);
        let scaled = (magnitude * scale).round_even();
        let exact = (scaled / scale).eq(magnitude) & scaled.lt(1e15);
        let units = scaled.cast(Elem::I64);
        let whole = units / (scale as i64);
        out = exact.select(whole.decimal().append(".").append(padded(b, units % (scale as i64), decimals)), out);
        found = found | exact;
    }
    // Below 1e-4 and from 1e16 on an exponent is written.
    let small = magnitude.lt(1e-4) & magnitude.ne(0.0);
    let special = val.is_nan() | magnitude.eq(f64::INFINITY);
    refuse(!special & (!found | small));
    let text = sign.append(out);
    val.is_nan().select(b.str("nan"), magnitude.eq(f64::INFINITY).select(sign.append("inf"), text))
}
