//! The built-in functions of `Apply`, by name. Missing arguments make a missing result, unless a function says otherwise.

use ir::{Builder, Elem, Val};

use crate::expression::Wanted;
use crate::scope::Refusal;
use crate::xml::Element;

struct Row {
    name: &'static str,
    /// The least and the greatest number of arguments.
    arity: (usize, usize),
    translate: for<'b> fn(&'b Builder, &[Val<'b>]) -> Result<Val<'b>, String>,
}

const ANY: usize = usize::MAX;

const fn row(name: &'static str, arity: (usize, usize), translate: for<'b> fn(&'b Builder, &[Val<'b>]) -> Result<Val<'b>, String>) -> Row {
    Row { name, arity, translate }
}

const FUNCTIONS: &[Row] = &[
    row("+", (2, 2), |_, args| arithmetic(args, |a, b| a + b)),
    row("-", (2, 2), |_, args| arithmetic(args, |a, b| a - b)),
    row("*", (2, 2), |_, args| arithmetic(args, |a, b| a * b)),
    row("/", (2, 2), |_, args| quotient(args)),
    row("abs", (1, 1), |_, args| number(args, Val::abs)),
    row("and", (2, ANY), |_, args| logic(args, |a, b| a & b)),
    row("avg", (1, ANY), average),
    row("ceil", (1, 1), |_, args| number(args, |x| whole(x, Val::ceil))),
    row("concat", (1, ANY), concat),
    row("equal", (2, 2), |_, args| compare(args, |a, b| a.eq(b))),
    row("exp", (1, 1), |_, args| float(args, Val::exp)),
    row("floor", (1, 1), |_, args| number(args, |x| whole(x, Val::floor))),
    row("greaterOrEqual", (2, 2), |_, args| compare(args, |a, b| a.ge(b))),
    row("greaterThan", (2, 2), |_, args| compare(args, |a, b| a.gt(b))),
    row("if", (2, 3), condition),
    row("isIn", (2, ANY), |_, args| is_in(args)),
    row("isMissing", (1, 1), |_, args| first(args).map(|x| x.is_null())),
    row("isNotIn", (2, ANY), |_, args| is_in(args).map(|x| !x)),
    row("isNotMissing", (1, 1), |_, args| first(args).map(|x| !x.is_null())),
    row("lessOrEqual", (2, 2), |_, args| compare(args, |a, b| a.le(b))),
    row("lessThan", (2, 2), |_, args| compare(args, |a, b| a.lt(b))),
    row("ln", (1, 1), |_, args| float(args, Val::log)),
    row("log10", (1, 1), |_, args| float(args, Val::log10)),
    row("lowercase", (1, 1), |_, args| text(args, Val::lower)),
    row("max", (1, ANY), |_, args| present(args, |a, b| a.ge(b).select(a, b))),
    row("min", (1, ANY), |_, args| present(args, |a, b| a.le(b).select(a, b))),
    row("not", (1, 1), |_, args| logic(args, |a, _| a).map(|x| !x)),
    row("notEqual", (2, 2), |_, args| compare(args, |a, b| a.ne(b))),
    row("or", (2, ANY), |_, args| logic(args, |a, b| a | b)),
    row("pow", (2, 2), |_, args| arithmetic(args, |a, b| a.cast(Elem::F64).pow(b.cast(Elem::F64)))),
    row("product", (1, ANY), |_, args| present(args, |a, b| a * b)),
    row("round", (1, 1), |_, args| number(args, |x| whole(x, half_up))),
    row("sqrt", (1, 1), |_, args| float(args, Val::sqrt)),
    row("stringLength", (1, 1), |_, args| text(args, Val::len)),
    row("substring", (3, 3), substring),
    row("sum", (1, ANY), |_, args| present(args, |a, b| a + b)),
    row("threshold", (2, 2), |b, args| Ok(compare(args, |x, y| x.gt(y))?.select(b.i64(1), 0_i64))),
    row("trimBlanks", (1, 1), |_, args| text(args, Val::strip)),
    row("uppercase", (1, 1), |_, args| text(args, Val::upper)),
];

/// The names of the functions that convert, for support tables.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|row| row.name)
}

/// A function of arguments.
pub fn apply<'b>(b: &'b Builder, element: &Element, name: &str, arguments: &[Val<'b>], _: Wanted) -> Result<Val<'b>, Refusal> {
    let Some(row) = FUNCTIONS.iter().find(|row| row.name == name) else {
        let mut refusal = element.error("pmml-unsupported-function", format!("the function `{name}` is not supported"));
        let known: Vec<&str> = names().collect();
        *refusal = refusal.help(format!("these are: {}", known.join(", ")));
        return Err(refusal);
    };
    if arguments.len() < row.arity.0 || arguments.len() > row.arity.1 {
        return Err(element.error("pmml-malformed-value", format!("`{name}` has {} arguments", arguments.len())));
    }
    (row.translate)(b, arguments).map_err(|why| element.error("pmml-unsupported-type", format!("`{name}`: {why}")))
}

fn first<'b>(args: &[Val<'b>]) -> Result<Val<'b>, String> {
    args.first().copied().ok_or_else(|| "it has no argument".to_owned())
}

/// The wider of two numbers' kinds; anything else must be the same kind.
fn common(a: Elem, b: Elem) -> Result<Elem, String> {
    match (a, b) {
        (a, b) if a == b => Ok(a),
        (Elem::F64, Elem::F32 | Elem::I64) | (Elem::F32 | Elem::I64, Elem::F64) => Ok(Elem::F64),
        (Elem::F32, Elem::I64) | (Elem::I64, Elem::F32) => Ok(Elem::F32),
        (a, b) => Err(format!("{a} beside {b}")),
    }
}

fn alike<'b>(args: &[Val<'b>]) -> Result<Vec<Val<'b>>, String> {
    let mut kind = first(args)?.elem();
    for arg in args {
        kind = common(kind, arg.elem())?;
    }
    Ok(args.iter().map(|arg| arg.cast(kind)).collect())
}

fn pair<'b>(args: &[Val<'b>]) -> Result<(Val<'b>, Val<'b>), String> {
    match alike(args)?.as_slice() {
        [a, b] => Ok((*a, *b)),
        _ => Err("it takes two arguments".to_owned()),
    }
}

fn arithmetic<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    let (a, b) = pair(args)?;
    if a.elem().is_number() { Ok(operation(a, b)) } else { Err(format!("{} is no number", a.elem())) }
}

/// Division of two integers is not the same in all engines.
fn quotient<'b>(args: &[Val<'b>]) -> Result<Val<'b>, String> {
    match pair(args)? {
        (a, _) if a.elem() == Elem::I64 => Err("both operands are integers; make one a double".to_owned()),
        (a, b) if a.elem().is_float() => Ok(a / b),
        (a, _) => Err(format!("{} is no number", a.elem())),
    }
}

fn number<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    let x = first(args)?;
    if x.elem().is_number() { Ok(operation(x)) } else { Err(format!("{} is no number", x.elem())) }
}

/// In double, whatever number it is.
fn float<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    number(args, |x| operation(x.cast(Elem::F64)))
}

/// A rounded number as an integer.
fn whole<'b>(x: Val<'b>, rounding: impl Fn(Val<'b>) -> Val<'b>) -> Val<'b> {
    if x.elem() == Elem::I64 { x } else { rounding(x.cast(Elem::F64)).cast(Elem::I64) }
}

/// To the nearest whole number, a half upwards: -2.5 gives -2, as the standard's example has it.
pub fn half_up(x: Val<'_>) -> Val<'_> {
    let floor = x.floor();
    (x - floor).ge(0.5).select(floor + 1.0, floor)
}

fn compare<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    let (a, b) = pair(args)?;
    Ok(operation(a, b))
}

/// Three-valued: a missing operand is unknown.
fn logic<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    if let Some(other) = args.iter().find(|arg| arg.elem() != Elem::Bool) {
        return Err(format!("{} is no truth value", other.elem()));
    }
    args.iter().copied().reduce(operation).ok_or_else(|| "it has no argument".to_owned())
}

/// Over the arguments that are not missing; missing where all are.
fn present<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    let args = alike(args)?;
    if !first(&args)?.elem().is_number() {
        return Err("it takes numbers".to_owned());
    }
    let over = |so_far: Val<'b>, x: Val<'b>| {
        if !so_far.is_nullable() && !x.is_nullable() { operation(so_far, x) } else { operation(so_far, x).or_else(so_far.or_else(x)) }
    };
    args.iter().copied().reduce(over).ok_or_else(|| "it has no argument".to_owned())
}

fn average<'b>(b: &'b Builder, args: &[Val<'b>]) -> Result<Val<'b>, String> {
    let doubles: Vec<Val<'b>> = args.iter().map(|arg| if arg.elem().is_number() { arg.cast(Elem::F64) } else { *arg }).collect();
    let sum = present(&doubles, |a, b| a + b)?;
    let count = doubles.iter().map(|arg| arg.is_null().select(b.f64(0.0), 1.0)).reduce(|a, b| a + b);
    count.map(|count| sum / count).ok_or_else(|| "it has no argument".to_owned())
}

/// Missing where the condition is, or where it fails and there is no third argument.
fn condition<'b>(b: &'b Builder, args: &[Val<'b>]) -> Result<Val<'b>, String> {
    let Some((test, arms)) = args.split_first() else { return Err("it has no condition".to_owned()) };
    if test.elem() != Elem::Bool {
        return Err(format!("its condition is {}", test.elem()));
    }
    match alike(arms)?.as_slice() {
        [yes] => Ok(test.select(*yes, b.null(yes.elem()))),
        [yes, no] => Ok(test.select(*yes, *no)),
        _ => Err("it takes one or two arms".to_owned()),
    }
}

fn is_in<'b>(args: &[Val<'b>]) -> Result<Val<'b>, String> {
    let args = alike(args)?;
    let Some((x, rest)) = args.split_first() else { return Err("it has no argument".to_owned()) };
    rest.iter().map(|member| x.eq(*member)).reduce(|a, b| a | b).ok_or_else(|| "the set is empty".to_owned())
}

fn text<'b>(args: &[Val<'b>], operation: impl Fn(Val<'b>) -> Val<'b>) -> Result<Val<'b>, String> {
    let x = first(args)?;
    if x.elem() == Elem::Str { Ok(operation(x)) } else { Err(format!("{} is no text", x.elem())) }
}

/// `substring(text, first position counted from 1, length)`
fn substring<'b>(_: &'b Builder, args: &[Val<'b>]) -> Result<Val<'b>, String> {
    match args {
        [x, start, length] if x.elem() == Elem::Str && start.elem() == Elem::I64 && length.elem() == Elem::I64 => {
            let from = *start - 1_i64;
            Ok(x.slice_text(from, from + *length))
        }
        _ => Err("it takes a text and two integers".to_owned()),
    }
}

fn concat<'b>(_: &'b Builder, args: &[Val<'b>]) -> Result<Val<'b>, String> {
    let texts: Result<Vec<Val<'b>>, String> = args
        .iter()
        .map(|arg| match arg.elem() {
            Elem::Str => Ok(*arg),
            Elem::I64 => Ok(arg.decimal()),
            other @ (Elem::Bool | Elem::I32 | Elem::F32 | Elem::F64 | Elem::Date | Elem::DateTime | Elem::Duration) => {
                Err(format!("{other} has no fixed text"))
            }
        })
        .collect();
    texts?.into_iter().reduce(|a, b| a.append(b)).ok_or_else(|| "it has no argument".to_owned())
}
