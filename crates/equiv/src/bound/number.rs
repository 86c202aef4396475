//! The rules of error analysis for numbers: what an operation makes of `(value, error)`.
//!
//! Everything here is rounded up: a sum of bounds is inflated by more than its own rounding ([`up`]). An infinite error says that nothing
//! can be said. A value that is infinite or NaN with an error of zero is so in every evaluation.

use ir::{Binary, Elem, Unary};

use crate::reference::{Arithmetic, Library, own};

/// A little more than `x`: covers the rounding of a few operations on bounds.
pub(crate) fn up(x: f64) -> f64 {
    // 2^-40: far above the 2^-53 of each operation, far below what would blur a bound.
    x * (1.0 + 9.094_947_017_729_282e-13)
}

/// A float of either width, how far another evaluation may be from it, and the sum that it is, if it is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Float {
    pub(crate) value: f64,
    pub(crate) error: f64,
    /// How many terms were added in an order that is not given; 1 for what is no such sum.
    pub(crate) terms: f64,
    /// The sum of the magnitudes of the terms.
    pub(crate) mass: f64,
}

impl Float {
    pub(crate) fn new(value: f64, error: f64) -> Float {
        Float { value, error: if error.is_nan() { f64::INFINITY } else { error }, terms: 1.0, mass: value.abs() }
    }

    pub(crate) fn is_exact(self) -> bool {
        self.error == 0.0
    }

    /// An end of the values that it may have elsewhere.
    pub(crate) fn low(self) -> f64 {
        if self.is_exact() { self.value } else { (self.value - self.error).next_down() }
    }

    pub(crate) fn high(self) -> f64 {
        if self.is_exact() { self.value } else { (self.value + self.error).next_up() }
    }

    /// Zero, and nothing else.
    fn is_zero(self) -> bool {
        self.value == 0.0 && self.is_exact()
    }

    /// Whether its sign is the same everywhere; zero has none.
    fn has_sign(self) -> bool {
        self.value.abs() > self.error
    }
}

/// How a float kind rounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    elem: Elem,
    unit: f64,
    /// Half of the least number above zero, or that number where the half is none.
    least: f64,
    greatest: f64,
}

impl Format {
    pub(crate) fn of(elem: Elem) -> Format {
        if elem == Elem::F32 {
            Format { elem, unit: f64::from(f32::EPSILON) / 2.0, least: f64::from(f32::from_bits(1)) / 2.0, greatest: f64::from(f32::MAX) }
        } else {
            Format { elem, unit: f64::EPSILON / 2.0, least: f64::from_bits(1), greatest: f64::MAX }
        }
    }

    /// The most that rounding a number of this size moves it.
    pub(crate) fn rounding(self, size: f64) -> f64 {
        if size == 0.0 { 0.0 } else { up(size * self.unit) + self.least }
    }

    /// The unit in the last place of a number of this size.
    pub(crate) fn ulp(self, size: f64) -> f64 {
        let size = size.abs().min(self.greatest);
        if self.elem == Elem::F32 {
            let size = size as f32;
            f64::from(size.next_up()) - f64::from(size)
        } else if size == f64::MAX {
            size - size.next_down()
        } else {
            size.next_up() - size
        }
    }

    /// An error behind which another evaluation overflows says nothing.
    fn checked(self, value: f64, error: f64) -> f64 {
        if value.is_finite() && value.abs() + error > self.greatest { f64::INFINITY } else { error }
    }
}

/// `+ - * /` on floats whose result is `value`.
pub(crate) fn arithmetic(op: Binary, format: Format, how: Arithmetic, a: Float, b: Float, value: f64) -> Float {
    let written = how == Arithmetic::AsWritten && a.terms == 1.0 && b.terms == 1.0;
    if a.is_exact() && b.is_exact() && written {
        let overflow = value.is_infinite() && a.value.is_finite() && b.value.is_finite() && !(op == Binary::Div && b.is_zero());
        // As written it is infinite for sure; as a term of a sum that is fused it need not be.
        return Float { terms: if overflow { f64::INFINITY } else { 1.0 }, ..Float::new(value, 0.0) };
    }
    if a.value.is_nan() && a.is_exact() || b.value.is_nan() && b.is_exact() {
        return Float::new(value, 0.0);
    }
    if a.error.is_infinite() || b.error.is_infinite() {
        return Float::new(value, f64::INFINITY);
    }
    if !value.is_finite() || !a.value.is_finite() || !b.value.is_finite() {
        return Float::new(value, if beyond(op, format, a, b) { 0.0 } else { f64::INFINITY });
    }
    if op == Binary::Mul {
        let spread = a.error * b.value.abs() + b.error * a.value.abs() + a.error * b.error;
        rounded(format, value, product_residual(a, b, value), spread)
    } else if op == Binary::Div {
        if b.value.abs() <= b.error {
            return Float::new(value, f64::INFINITY);
        }
        let spread = (a.error + up(value.abs() * b.error)) / (b.value.abs() - b.error).next_down();
        rounded(format, value, quotient_residual(a, b, value), spread)
    } else {
        sum_of_two(format, written, a, b, value)
    }
}

/// A product that goes into a sum in any order, fused or not.
pub(crate) fn fused(format: Format, a: Float, b: Float, value: f64) -> Float {
    if value.is_infinite() && a.value.is_finite() && b.value.is_finite() {
        // A fused product is never rounded, so it does not overflow by itself.
        return Float::new(value, f64::INFINITY);
    }
    arithmetic(Binary::Mul, format, Arithmetic::Free, a, b, value)
}

/// Whether one product is so great that a sum of products is infinite in any order, fused or not.
///
/// Let `m` be the least that its magnitude may be, and `r` the sum of the greatest magnitudes of all others. If `r` does not overflow, no part
/// of the sum without that product is infinite; and if `m - r` is beyond the greatest number, so is whatever it is added to.
pub(crate) fn overflows_everywhere(format: Format, factors: impl Iterator<Item = (Float, Float)>) -> bool {
    let least = |x: Float| (x.value.abs() - x.error).max(0.0).next_down();
    let most = |x: Float| x.value.abs() + x.error;
    let magnitudes: Vec<(f64, f64)> = factors.map(|(a, b)| (least(a) * least(b), most(a) * most(b))).collect();
    let Some(main) = (0..magnitudes.len()).max_by(|x, y| magnitudes[*x].0.total_cmp(&magnitudes[*y].0)) else { return false };
    let others: f64 = magnitudes.iter().enumerate().filter(|(number, _)| *number != main).map(|(_, (_, most))| *most).sum();
    // What rounding adds to the others is far less than a thousandth.
    let slack = 1.001;
    magnitudes[main].1.is_finite() && others * slack < format.greatest && magnitudes[main].0 > (format.greatest + others) * slack
}

/// Both sides round once; where the operands are exact, only a fused evaluation differs, and by what was rounded away.
fn rounded(format: Format, value: f64, residual: Option<f64>, spread: f64) -> Float {
    let spread = up(spread);
    let error = match residual {
        Some(residual) if spread == 0.0 => up(residual.abs()),
        Some(_) | None => up(spread + format.rounding(value.abs()) + format.rounding(value.abs() + spread)),
    };
    Float::new(value, format.checked(value, error))
}

/// What rounding a product of exact numbers took away.
fn product_residual(a: Float, b: Float, value: f64) -> Option<f64> {
    let residual = a.value.mul_add(b.value, -value);
    // A residual that underflows is no residual.
    (a.is_exact() && b.is_exact() && (value == 0.0 && (a.is_zero() || b.is_zero()) || value.abs() > 1e-250)).then_some(residual)
}

/// Zero, where a quotient of exact numbers is exact.
fn quotient_residual(a: Float, b: Float, value: f64) -> Option<f64> {
    let rest = value.mul_add(-b.value, a.value);
    (a.is_exact() && b.is_exact() && rest == 0.0 && (a.value == 0.0 || a.value.abs() > 1e-250)).then_some(0.0)
}

fn sum_of_two(format: Format, written: bool, a: Float, b: Float, value: f64) -> Float {
    if a.is_zero() || b.is_zero() {
        let sum = if a.is_zero() { b } else { a };
        return Float { value, ..sum };
    }
    let spread = a.error + b.error;
    // One more term in any order: every addition of either part now rounds a sum that may be as great as both.
    let size = if written { value.abs() + spread } else { b.terms * a.mass + a.terms * b.mass };
    let error = match sum_residual(a, b, value) {
        Some(0.0) => 0.0,
        Some(_) | None => up(spread + format.rounding(size) + format.rounding(value.abs())),
    };
    let (terms, mass) = if written { (1.0, value.abs()) } else { (a.terms + b.terms, up(a.mass + b.mass)) };
    Float { value, error: format.checked(value, error), terms, mass }
}

/// What rounding the sum of two exact numbers took away.
fn sum_residual(a: Float, b: Float, value: f64) -> Option<f64> {
    let wide = a.value + b.value;
    let from_b = wide - a.value;
    let rest = (a.value - (wide - from_b)) + (b.value - from_b);
    let single = a.terms == 1.0 && b.terms == 1.0;
    (single && a.is_exact() && b.is_exact()).then_some((wide - value) + rest)
}

/// Whether a result that is not finite, or comes of an infinite operand, is the same everywhere.
fn beyond(op: Binary, format: Format, a: Float, b: Float) -> bool {
    let least = |x: Float| (x.value.abs() - x.error).max(0.0).next_down();
    let infinite = a.value.is_infinite() || b.value.is_infinite();
    if op == Binary::Mul {
        a.has_sign() && b.has_sign() && (infinite || least(a) * least(b) > format.greatest * 1.001)
            || a.value.is_infinite() && b.is_zero()
            || b.value.is_infinite() && a.is_zero()
    } else if op == Binary::Div {
        if b.is_zero() {
            a.has_sign() || a.is_zero()
        } else {
            b.value.is_infinite()
                || a.value.is_infinite() && b.has_sign()
                || b.has_sign() && least(a) / (b.value.abs() + b.error) > format.greatest * 1.001
        }
    } else {
        infinite
    }
}

/// A sum of terms in any order, whose value in ours is `value`. `depth` is how many additions lie on ours above each term.
pub(crate) fn sum(format: Format, terms: &[Float], value: f64, depth: f64) -> Float {
    let counted: Vec<Float> = terms.iter().copied().filter(|term| !term.is_zero()).collect();
    match counted.as_slice() {
        [] => return Float::new(value, 0.0),
        [only] => return Float { value, ..*only },
        [_, _] | [_, _, ..] => {}
    }
    if counted.iter().any(|term| !term.value.is_finite()) {
        // A NaN, or infinities, in every evaluation; unless something finite is not sure to be so.
        let sure = counted.iter().all(|term| term.error.is_finite() && term.terms.is_finite());
        return Float::new(value, if sure && !value.is_finite() { 0.0 } else { f64::INFINITY });
    }
    let spread = up(counted.iter().map(|term| term.error).sum());
    let mass = up(counted.iter().map(|term| term.mass).sum());
    let count: f64 = counted.iter().map(|term| term.terms).sum();
    if !value.is_finite() {
        return Float::new(value, f64::INFINITY);
    }
    let error = if spread == 0.0 && (counted.len() == 2 || is_exact_in_any_order(format, &counted, mass)) {
        0.0
    } else {
        let others = (count - 1.0) * format.rounding(mass + spread);
        let ours = depth.min(count - 1.0) * format.rounding(mass);
        up(spread + others + ours)
    };
    Float { value, error: format.checked(value, error), terms: count, mass }
}

/// Whether no partial sum needs rounding: all terms are multiples of one power of two, and together not too great for it.
fn is_exact_in_any_order(format: Format, terms: &[Float], mass: f64) -> bool {
    let grain = terms.iter().map(|term| lowest_bit(term.value)).fold(f64::INFINITY, f64::min);
    mass * format.unit <= grain
}

/// The value of the last bit of a number that is set.
fn lowest_bit(x: f64) -> f64 {
    let bits = x.to_bits();
    let (exponent, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
    let (exponent, significand) = if exponent == 0 { (1, fraction) } else { (exponent, fraction | 1 << 52) };
    let last = exponent as i64 - 1075 + i64::from(significand.trailing_zeros());
    libm::scalbn(1.0, last as i32)
}

/// A product of all, in any order.
pub(crate) fn product(format: Format, factors: &[Float], value: f64) -> Float {
    let exact = factors.iter().all(|factor| factor.is_exact());
    if exact && (factors.len() <= 2 || value == 0.0 || value.is_nan()) {
        return Float::new(value, 0.0);
    }
    let greatest: f64 = factors.iter().map(|factor| factor.value.abs() + factor.error).product();
    let size: f64 = factors.iter().map(|factor| factor.value.abs()).product();
    if !greatest.is_finite() || factors.iter().any(|factor| !factor.value.is_finite()) {
        return Float::new(value, f64::INFINITY);
    }
    let rounding = 2.0 * factors.len() as f64 * format.rounding(up(greatest));
    Float::new(value, format.checked(value, up((up(greatest) - size).max(0.0) + rounding)))
}

/// A mathematical function of one argument whose result is `value`.
pub(crate) fn function(op: Unary, format: Format, x: Float, value: f64) -> Float {
    if x.value.is_nan() && x.is_exact() || x.error.is_infinite() {
        return Float::new(value, if x.error.is_infinite() { limited(op) } else { 0.0 });
    }
    let spread = if x.is_exact() { 0.0 } else { (slope(op, x.low(), x.high()) * x.error).min(limited(op)).min(steep(op, x)) };
    library(op.name(), format, value, spread)
}

/// `a` to the power `b`, whose result is `value`.
pub(crate) fn power(format: Format, a: Float, b: Float, value: f64) -> Float {
    if b.is_zero() || a.is_exact() && a.value == 1.0 {
        return Float::new(value, 0.0);
    }
    if a.error.is_infinite() || b.error.is_infinite() {
        return Float::new(value, f64::INFINITY);
    }
    library("pow", format, value, power_spread(a, b))
}

fn power_spread(a: Float, b: Float) -> f64 {
    if a.is_exact() && b.is_exact() {
        return 0.0;
    }
    let (low, high, size) = (a.low(), a.high(), a.value.abs() + a.error);
    if low > 0.0 {
        let at_corners = |less: f64| {
            let corner = |x: f64, y: f64| libm::pow(x, y - less);
            corner(low, b.low()).max(corner(low, b.high())).max(corner(high, b.low())).max(corner(high, b.high()))
        };
        let by_base = if a.is_exact() { 0.0 } else { (b.value.abs() + b.error) * at_corners(1.0) * a.error };
        let by_power = if b.is_exact() { 0.0 } else { libm::log(low).abs().max(libm::log(high).abs()) * at_corners(0.0) * b.error };
        by_base + by_power
    } else if b.is_exact() && b.value.fract() == 0.0 {
        let nearest = if b.value >= 1.0 { size } else { (a.value.abs() - a.error).max(0.0) };
        b.value.abs() * libm::pow(nearest, b.value - 1.0) * a.error
    } else {
        f64::INFINITY
    }
}

/// The angle of the point `(x, y)`, whose result is `value`.
pub(crate) fn angle(format: Format, y: Float, x: Float, value: f64) -> Float {
    if y.value.is_nan() && y.is_exact() || x.value.is_nan() && x.is_exact() {
        return Float::new(value, 0.0);
    }
    if y.error.is_infinite() || x.error.is_infinite() || value.is_nan() {
        return Float::new(value, f64::INFINITY);
    }
    library("atan2", format, value, angle_spread(y, x))
}

/// Everywhere the angle turns by less than one over the distance from the origin; between the halves of the plane on the left it jumps.
fn angle_spread(y: Float, x: Float) -> f64 {
    const WHOLE_TURN: f64 = std::f64::consts::TAU;
    if y.is_exact() && x.is_exact() {
        return 0.0;
    }
    let across = y.low() <= 0.0 && y.high() >= 0.0;
    let nearest = |side: Float| (side.value.abs() - side.error).max(0.0);
    let distance = libm::hypot(nearest(y), nearest(x)).next_down();
    if across && x.low() <= 0.0 && !y.is_zero() || distance <= 0.0 || !distance.is_finite() {
        return WHOLE_TURN;
    }
    let most = |side: Float| (side.value.abs() + side.error) / distance;
    ((y.error * most(x) + x.error * most(y)) / distance).min(WHOLE_TURN)
}

/// `sqrt(a^2 + b^2)`, whose result is `value`. It moves no more than its operands do.
pub(crate) fn distance(format: Format, a: Float, b: Float, value: f64) -> Float {
    let endless = |x: Float| x.is_exact() && x.value.is_infinite();
    if endless(a) || endless(b) {
        return Float::new(value, 0.0);
    }
    library("hypot", format, value, a.error + b.error)
}

/// What libraries add to what the operands bring.
fn library(function: &str, format: Format, value: f64, spread: f64) -> Float {
    let spread = up(spread);
    if !value.is_finite() {
        return Float::new(value, if spread == 0.0 { 0.0 } else { f64::INFINITY });
    }
    let Some(row) = Library::of(function) else { return Float::new(value, f64::INFINITY) };
    let theirs = row.accuracy(format.elem);
    let error = spread + theirs.ulps * format.ulp(value.abs() + spread) + theirs.absolute + own(format.elem) * format.ulp(value);
    Float::new(value, format.checked(value, up(error)))
}

/// The greatest distance between two values of a function.
fn limited(op: Unary) -> f64 {
    match op {
        Unary::Tanh | Unary::Sin | Unary::Cos | Unary::Erf => 2.0,
        Unary::Atan => std::f64::consts::PI,
        Unary::Sigmoid => 1.0,
        Unary::Neg
        | Unary::Abs
        | Unary::Not
        | Unary::Sqrt
        | Unary::Floor
        | Unary::Ceil
        | Unary::Trunc
        | Unary::RoundEven
        | Unary::IsNan
        | Unary::Bits
        | Unary::FromBits
        | Unary::Exp
        | Unary::Expm1
        | Unary::Log
        | Unary::Log1p
        | Unary::Log2
        | Unary::Log10
        | Unary::Tan
        | Unary::Asin
        | Unary::Acos
        | Unary::Sinh
        | Unary::Cosh
        | Unary::Asinh
        | Unary::Acosh
        | Unary::Atanh => f64::INFINITY,
    }
}

/// Whether an end of a function's domain, where its slope has no bound, lies between what its argument may be.
pub(crate) fn straddles_end(op: Unary, x: Float) -> bool {
    let (low, high) = (x.low(), x.high());
    let beside_one = if op == Unary::Acosh { low < 1.0 && high >= 1.0 } else { low <= 1.0 && high > 1.0 };
    let beside_minus_one = op != Unary::Acosh && low < -1.0 && high >= -1.0;
    x.error.is_finite() && !x.is_exact() && (beside_one || beside_minus_one)
}

/// The nearest argument in the domain of such a function.
pub(crate) fn inside(op: Unary, x: f64) -> f64 {
    if op == Unary::Acosh { x.max(1.0) } else { x.clamp(-1.0, 1.0) }
}

/// How far a function whose slope has no bound is from its value within the error of its argument.
fn steep(op: Unary, x: Float) -> f64 {
    if !matches!(op, Unary::Asin | Unary::Acos | Unary::Acosh) {
        return f64::INFINITY;
    }
    // They rise or fall all the way, the most where they end; the inverse sine as much as the inverse cosine falls.
    let inverse = if op == Unary::Acosh { libm::acosh } else { libm::acos };
    let at = |x: f64| inverse(inside(op, x));
    let here = at(x.value);
    let far = (at(x.low()) - here).abs().max((at(x.high()) - here).abs());
    // The library's own error.
    far * (1.0 + 1e-9) + 1e-15
}

/// The steepest that a function is between two arguments.
fn slope(op: Unary, low: f64, high: f64) -> f64 {
    // Where a bump's slope is greatest: at zero, or at the end that is nearer to it.
    let nearest = if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) };
    let greatest = low.abs().max(high.abs());
    let inverse = |x: f64| if x > 0.0 { 1.0 / x } else { f64::INFINITY };
    up(match op {
        Unary::Exp | Unary::Expm1 => libm::exp(high),
        Unary::Log => inverse(low),
        Unary::Log1p => inverse((1.0 + low).next_down()),
        Unary::Log2 => inverse(low) * std::f64::consts::LOG2_E,
        Unary::Log10 => inverse(low) * std::f64::consts::LOG10_E,
        Unary::Tanh => {
            let bump = libm::exp(-nearest);
            let below = (1.0 + bump * bump) / 2.0;
            (bump / below) * (bump / below)
        }
        Unary::Sigmoid => {
            let bump = libm::exp(-nearest);
            bump / ((1.0 + bump) * (1.0 + bump))
        }
        Unary::Sin | Unary::Cos => 1.0,
        Unary::Tan => {
            // Poles stand between the branches.
            let branch = |x: f64| (x / std::f64::consts::PI + 0.5).floor();
            let steepest = libm::tan(low).abs().max(libm::tan(high).abs());
            if branch(low.next_down()) == branch(high.next_up()) { 1.0 + steepest * steepest } else { f64::INFINITY }
        }
        Unary::Asin | Unary::Acos => inverse(((1.0 - greatest) * (1.0 + greatest)).sqrt().next_down()),
        Unary::Atan => inverse(1.0 + nearest * nearest),
        Unary::Sinh => libm::cosh(greatest),
        Unary::Cosh => libm::sinh(greatest),
        Unary::Asinh => inverse(libm::hypot(1.0, nearest)),
        Unary::Acosh => inverse(((low - 1.0) * (low + 1.0)).sqrt().next_down()),
        Unary::Atanh => inverse(((1.0 - greatest) * (1.0 + greatest)).next_down()),
        Unary::Erf => std::f64::consts::FRAC_2_SQRT_PI * libm::exp(-nearest * nearest),
        Unary::Neg
        | Unary::Abs
        | Unary::Not
        | Unary::Sqrt
        | Unary::Floor
        | Unary::Ceil
        | Unary::Trunc
        | Unary::RoundEven
        | Unary::IsNan
        | Unary::Bits
        | Unary::FromBits => f64::INFINITY,
    })
}

/// `sqrt(x)` of an argument that is nowhere below zero, whose result is `value`.
pub(crate) fn square_root(format: Format, x: Float, value: f64) -> Float {
    if x.is_exact() || !value.is_finite() {
        return Float::new(value, x.error);
    }
    let low = x.low().max(0.0).sqrt();
    let spread = if low > 0.0 { x.error / (low + value).next_down() } else { x.high().sqrt() };
    rounded(format, value, None, spread)
}
