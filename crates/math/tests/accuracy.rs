//! Every kernel, run by the interpreter, against true values in `fixtures/` (made by `fixtures/make.py`, which says what a line is).
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::path::Path;

use interp::{Datum, Interp, Outcome};
use ir::{Binary, Builder, Elem, Literal, Type, Unary};

/// The greatest error that a kernel may have, in units of the last place of the correctly rounded result.
const ALLOWED: f64 = 0.6;

struct Point {
    args: Vec<f64>,
    /// The correctly rounded result.
    value: f64,
    /// The true result minus that, in units of its last place.
    offset: f64,
}

fn points(function: &str) -> Vec<Point> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{function}.txt"));
    let text = std::fs::read_to_string(&path).unwrap();
    text.lines()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let (offset, patterns) = words.split_last().unwrap();
            let mut args: Vec<f64> = patterns.iter().map(|word| f64::from_bits(u64::from_str_radix(word, 16).unwrap())).collect();
            let value = args.pop().unwrap();
            Point { args, value, offset: offset.parse::<f64>().unwrap() / 1000.0 }
        })
        .collect()
}

/// An interpreter of `op` on parameters of one kind.
fn interp_of(op: &str, elem: Elem) -> Interp {
    let b = Builder::new("tested");
    let x = b.param("x", Type::scalar(elem));
    let result = match (Unary::from_name(op), Binary::from_name(op)) {
        (Some(unary), _) => x.unary(unary),
        (None, Some(binary)) => x.binary(binary, b.param("y", Type::scalar(elem))),
        (None, None) => panic!("there is no operation {op}"),
    };
    b.result("result", result);
    Interp::new(&check::check(b.finish().unwrap()).unwrap())
}

fn run(interp: &Interp, row: &[Datum]) -> Literal {
    match interp.run(row) {
        Outcome::Scored(results) => results[0].elements()[0].clone(),
        Outcome::Rejected(_) => panic!("nothing is rejected here"),
    }
}

/// The distance of a double to the next one away from zero.
fn last_place(x: f64) -> f64 {
    let x = x.abs();
    if x == f64::MAX { x - x.next_down() } else { x.next_up() - x }
}

/// Asserts the bound at every point; gives the greatest error.
fn greatest_error(function: &str) -> f64 {
    let interp = interp_of(function, Elem::F64);
    let mut greatest = 0.0_f64;
    for Point { args, value, offset } in points(function) {
        let row: Vec<Datum> = args.iter().map(|arg| Datum::from(*arg)).collect();
        let Literal::F64(got) = run(&interp, &row) else { panic!("{function} gives doubles") };
        if value.is_nan() || value.is_infinite() || got.is_nan() || got.is_infinite() {
            assert_eq!(Literal::F64(got), Literal::F64(value), "{function}{args:?}");
            continue;
        }
        assert_eq!(got.is_sign_negative(), value.is_sign_negative(), "{function}{args:?} = {got:e}, not {value:e}");
        let error = ((got - value) / last_place(value) - offset).abs();
        assert!(error <= ALLOWED, "{function}{args:?} = {got:e} is {error} units from {value:e}");
        greatest = greatest.max(error);
    }
    println!("{function}: at most {greatest:.3} units in the last place");
    greatest
}

macro_rules! accurate {
    ($($function:ident)*) => {$(
        #[test]
        fn $function() {
            greatest_error(stringify!($function));
        }
    )*};
}
accurate!(exp expm1 log log1p log2 log10 sin cos tan asin acos atan atan2 hypot sinh cosh tanh asinh acosh atanh erf sigmoid pow);

#[test]
fn powers_of_the_base_have_exact_logarithms() {
    let (log2, log10) = (interp_of("log2", Elem::F64), interp_of("log10", Elem::F64));
    for k in -1074..1024 {
        let power = if k < -1022 { f64::from_bits(1 << (k + 1074)) } else { f64::from_bits(((k + 1023) as u64) << 52) };
        assert_eq!(run(&log2, &[power.into()]), Literal::F64(f64::from(k)));
    }
    for k in 0..=22 {
        assert_eq!(run(&log10, &[format!("1e{k}").parse::<f64>().unwrap().into()]), Literal::F64(f64::from(k)));
    }
}

/// From a double to the next, a rising function does not fall: across the seams of intervals and ranges above all.
#[test]
fn rising_functions_rise_across_seams() {
    let step = std::f64::consts::LN_2 / 128.0;
    let seams: Vec<f64> = (-40..40).map(|n| (f64::from(n) + 0.5) * step).chain([0.0, 1e-16, 22.0, -45.0, 1.0, -708.4, 709.0]).collect();
    for function in ["exp", "expm1", "tanh", "sigmoid"] {
        rises(function, &seams);
    }
    let seams: Vec<f64> = (0..128).map(|n| 1.0 - 74.5 / 256.0 + f64::from(n) / 256.0).chain([1.0, f64::MIN_POSITIVE, 2.0, 1e300]).collect();
    for function in ["log", "log2", "log10", "log1p"] {
        rises(function, &seams);
    }
    let seams: Vec<f64> = (-64..64).map(|n| (f64::from(n) + 0.5) / 64.0).chain([0.0, 1.0, 3e7, 1e18]).collect();
    rises("atan", &seams);
    let seams: Vec<f64> = (-96..96).map(|n| (f64::from(n) + 0.5) / 16.0).chain([0.0, 1e-271, f64::MIN_POSITIVE]).collect();
    rises("erf", &seams);
    rises("sinh", &[0.0, 9.4e-10, 40.0, -40.0, 0.4, 710.0]);
    rises("asinh", &[0.0, 9.4e-10, 1.0, 1_073_741_824.0, -1_073_741_824.0, 1e300]);
}

fn rises(function: &str, seams: &[f64]) {
    let interp = interp_of(function, Elem::F64);
    for seam in seams {
        let mut x = (0..20).fold(*seam, |x, _| x.next_down());
        let mut before = f64::NEG_INFINITY;
        for _ in 0..40 {
            let Literal::F64(y) = run(&interp, &[x.into()]) else { panic!("{function} gives doubles") };
            assert!(y >= before, "{function}({x:e}) = {y:e} is below {before:e}");
            (before, x) = (y, x.next_up());
        }
    }
}

#[test]
fn singles_are_computed_in_doubles_and_narrowed() {
    for function in ["exp", "log1p", "tanh", "sigmoid", "atan", "asinh", "erf"] {
        let (single, double) = (interp_of(function, Elem::F32), interp_of(function, Elem::F64));
        for x in [0.0_f32, -0.5, 1e-30, 87.3, -103.0, f32::INFINITY, f32::NAN] {
            let Literal::F64(wide) = run(&double, &[f64::from(x).into()]) else { panic!("{function} gives doubles") };
            assert_eq!(run(&single, &[x.into()]), Literal::F32(wide as f32), "{function}({x})");
        }
    }
}
