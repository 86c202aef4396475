//! Python's module `math` on cells: always doubles, and an exception where numpy gives NaN or infinity.

use crate::ops::{self, Trouble};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Guards, Kind, Value};
use ir::{Elem, Unary, Val};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "math.log", log),
    Row::new(On::Function, "math.log1p", log1p),
    Row::new(On::Function, "math.log2", log2),
    Row::new(On::Function, "math.log10", log10),
    Row::new(On::Function, "math.exp", exp),
    Row::new(On::Function, "math.expm1", expm1),
    Row::new(On::Function, "math.pow", pow),
    Row::new(On::Function, "math.sqrt", sqrt),
    Row::new(On::Function, "math.floor", floor),
    Row::new(On::Function, "math.ceil", ceil),
    Row::new(On::Function, "math.fabs", fabs),
    Row::new(On::Function, "math.sin", sin),
    Row::new(On::Function, "math.cos", cos),
    Row::new(On::Function, "math.tan", tan),
    Row::new(On::Function, "math.asin", asin),
    Row::new(On::Function, "math.acos", acos),
    Row::new(On::Function, "math.atan", atan),
    Row::new(On::Function, "math.atan2", atan2),
    Row::new(On::Function, "math.sinh", sinh),
    Row::new(On::Function, "math.cosh", cosh),
    Row::new(On::Function, "math.tanh", tanh),
    Row::new(On::Function, "math.asinh", asinh),
    Row::new(On::Function, "math.acosh", acosh),
    Row::new(On::Function, "math.atanh", atanh),
    Row::new(On::Function, "math.erf", erf),
    Row::new(On::Function, "math.radians", radians),
    Row::new(On::Function, "math.degrees", degrees),
    Row::new(On::Function, "math.hypot", hypot),
];

/// A result, and the exceptions that there are instead of it.
struct Outcome<'b> {
    kind: Kind,
    val: Val<'b>,
    raised: Vec<(Val<'b>, &'static str)>,
}

impl<'b> Outcome<'b> {
    fn of(val: Val<'b>) -> Self {
        Outcome { kind: Kind::Float, val, raised: Vec::new() }
    }

    fn whole(val: Val<'b>) -> Self {
        Outcome { kind: Kind::INT, val: val.cast(Elem::I64), raised: Vec::new() }
    }

    fn raises(mut self, condition: Val<'b>, exception: &'static str) -> Self {
        self.raised.push((condition, exception));
        self
    }

    /// `math` takes an infinite result of a finite argument for an overflow.
    fn may_overflow(self, x: Val<'b>) -> Self {
        let overflow = self.val.abs().eq(f64::INFINITY) & x.abs().lt(f64::INFINITY);
        self.raises(overflow, "OverflowError")
    }
}

/// A function of numbers as floats.
fn of<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, values: &[Value<'b>], apply: impl Fn(&[Val<'b>]) -> Outcome<'b>) -> Eval<'b> {
    let at = call.span;
    let cells = values.iter().map(|value| ops::to_cell(replay, value, None, at)).collect::<Result<Vec<_>, _>>()?;
    let mut guards = Guards::new();
    let cell = ops::lift(replay, &cells.iter().collect::<Vec<_>>(), at, |replay, operands| {
        let floats: Option<Vec<Val<'b>>> = operands.iter().map(|(kind, val)| ops::float(kind, *val)).collect();
        let Some(floats) = floats else { return Err(Trouble::Raises("TypeError")) };
        let outcome = apply(&floats);
        for (condition, exception) in outcome.raised {
            guards.extend(replay.raise_if(condition, exception, at));
        }
        Ok((outcome.kind, outcome.val))
    })?;
    Ok(Value::Cell(cell.guarded(&guards)))
}

fn one<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, apply: impl Fn(Val<'b>) -> Outcome<'b>) -> Eval<'b> {
    let x = call.need(replay, "0")?;
    of(replay, call, &[x], |operands| apply(operands[0]))
}

fn two<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, apply: impl Fn(Val<'b>, Val<'b>) -> Outcome<'b>) -> Eval<'b> {
    let (x, y) = (call.need(replay, "0")?, call.need(replay, "1")?);
    of(replay, call, &[x, y], |operands| apply(operands[0], operands[1]))
}

/// Functions whose domain is bounded: what is outside, and the operation inside.
macro_rules! functions {
    ($($name:ident $op:ident outside |$x:ident| $outside:expr;)*) => {$(
        fn $name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
            one(replay, call, |$x| Outcome::of($x.unary(Unary::$op)).raises($outside, "ValueError"))
        }
    )*};
    ($($name:ident $op:ident;)*) => {$(
        fn $name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
            one(replay, call, |x| Outcome::of(x.unary(Unary::$op)).may_overflow(x))
        }
    )*};
}
functions! {
    log1p Log1p outside |x| x.le(-1.0);
    log2 Log2 outside |x| x.le(0.0);
    log10 Log10 outside |x| x.le(0.0);
    sqrt Sqrt outside |x| x.lt(0.0);
    sin Sin outside |x| x.abs().eq(f64::INFINITY);
    cos Cos outside |x| x.abs().eq(f64::INFINITY);
    tan Tan outside |x| x.abs().eq(f64::INFINITY);
    asin Asin outside |x| x.abs().gt(1.0);
    acos Acos outside |x| x.abs().gt(1.0);
    acosh Acosh outside |x| x.lt(1.0);
    atanh Atanh outside |x| x.abs().ge(1.0);
}
functions! {
    exp Exp;
    expm1 Expm1;
    sinh Sinh;
    cosh Cosh;
}

macro_rules! total {
    ($($name:ident |$x:ident| $value:expr;)*) => {$(
        fn $name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
            one(replay, call, |$x| Outcome::of($value))
        }
    )*};
}
total! {
    fabs |x| x.abs();
    atan |x| x.atan();
    tanh |x| x.tanh();
    asinh |x| x.asinh();
    erf |x| x.erf();
    radians |x| x * (std::f64::consts::PI / 180.0);
    degrees |x| x * (180.0 / std::f64::consts::PI);
}

/// The natural logarithm; with a base, the quotient of two.
fn log<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Some(base) = call.take("1") else {
        return one(replay, call, |x| Outcome::of(x.log()).raises(x.le(0.0), "ValueError"));
    };
    let x = call.need(replay, "0")?;
    of(replay, call, &[x, base], |operands| {
        let (x, base) = (operands[0], operands[1]);
        let below = base.log();
        let quotient = Outcome::of(x.log() / below).raises(x.le(0.0) | base.le(0.0), "ValueError");
        quotient.raises(below.eq(0.0), "ZeroDivisionError")
    })
}

/// Special values as C; what has no real value, or overflows, raises.
fn pow<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    two(replay, call, |x, y| {
        let power = x.pow(y);
        let finite = x.abs().lt(f64::INFINITY) & y.abs().lt(f64::INFINITY);
        let endless = power.abs().eq(f64::INFINITY);
        let undefined = power.is_nan() | (endless & x.eq(0.0));
        Outcome::of(power).raises(finite & undefined, "ValueError").raises(finite & endless & x.ne(0.0), "OverflowError")
    })
}

fn atan2<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    two(replay, call, |y, x| Outcome::of(y.atan2(x)))
}

fn hypot<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    two(replay, call, |x, y| Outcome::of(x.hypot(y)))
}

fn floor<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    one(replay, call, |x| Outcome::whole(x.floor()).raises(no_integer(x), "ValueError"))
}

fn ceil<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    one(replay, call, |x| Outcome::whole(x.ceil()).raises(no_integer(x), "ValueError"))
}

/// NaN, and what an `i64` does not hold.
fn no_integer(x: Val<'_>) -> Val<'_> {
    x.is_nan() | x.abs().ge(9.2e18)
}
