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

/// `int(text)`, and whether the text is one: white space around, a sign, digits.
pub(crate) fn parse_int<'b>(b: &'b Builder, text: Val<'b>) -> (Val<'b>, Val<'b>) {
    let text = text.strip();
    let first = text.code_at(0_i64);
    let negative = first.eq(45_i64);
    let start = (negative | first.eq(43_i64)).select(b.i64(1), 0_i64);
    let length = text.len() - start;
    let mut valid = length.ge(1_i64) & length.le(INTEGER_DIGITS);
    let mut value = b.i64(0);
    for at in 0..INTEGER_DIGITS {
        let code = text.code_at(start + at).cast(Elem::I64);
        let there = length.gt(at);
        valid = valid & (!there | is_digit(code));
        value = there.select(value * 10_i64 + (code - 48_i64), value);
    }
    (valid.select(negative.select(-value, value), 0_i64), valid)
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

/// `repr` of a float: exact for whole numbers below 1e15 and for numbers that at most four decimals write; others are refused by `refuse`.
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
        let rest = (units % (scale as i64)).decimal();
        let zeros = b.str(&"0".repeat(decimals as usize));
        let padded = zeros.slice_text(0_i64, b.i64(i64::from(decimals)) - rest.len()).append(rest);
        out = exact.select(whole.decimal().append(".").append(padded), out);
        found = found | exact;
    }
    // Below 1e-4 and from 1e16 on an exponent is written.
    let small = magnitude.lt(1e-4) & magnitude.ne(0.0);
    let special = val.is_nan() | magnitude.eq(f64::INFINITY);
    refuse(!special & (!found | small));
    let text = sign.append(out);
    val.is_nan().select(b.str("nan"), magnitude.eq(f64::INFINITY).select(sign.append("inf"), text))
}
