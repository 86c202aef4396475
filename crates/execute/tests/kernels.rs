//! The mathematical functions give the same bits on every target, at every point whose true value `crates/math` holds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use check::{Checked, check};
use execute::{Job, Target, Tools, interpreted};
use interp::Interp;
use ir::{Binary, Builder, Elem, Literal, Type, Unary};
use plan::{Cell, Plan};

const FUNCTIONS: [&str; 23] = [
    "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
    "atanh", "erf", "sigmoid", "pow", "atan2", "hypot",
];

/// The function of doubles and, from the same points, of singles.
fn module(function: &str) -> Checked {
    let b = Builder::new(function);
    let apply = |x: ir::Val<'_>, y: &dyn Fn() -> ir::Value| match (Unary::from_name(function), Binary::from_name(function)) {
        (Some(unary), _) => x.unary(unary).value(),
        (None, Some(binary)) => x.binary(binary, x.builder().value(y())).value(),
        (None, None) => panic!("there is no function {function}"),
    };
    let x = b.param("x", Type::scalar(Elem::F64));
    let y = b.param("y", Type::scalar(Elem::F64));
    let wide = apply(x, &|| y.value());
    let narrow = apply(x.cast(Elem::F32), &|| y.cast(Elem::F32).value());
    b.result("wide", b.value(wide));
    b.result("narrow", b.value(narrow));
    check(b.finish().unwrap()).unwrap()
}

fn points(function: &str) -> Vec<Vec<Cell>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../math/tests/fixtures/{function}.txt"));
    let text = std::fs::read_to_string(path).unwrap();
    let number = |word: &str| Cell::Scalar(Literal::F64(f64::from_bits(u64::from_str_radix(word, 16).unwrap())));
    // The last two words of a line are the true value; with one argument, the value serves as the second.
    text.lines().map(|line| line.split(' ').take(2).map(number).collect()).collect()
}

fn same_bits(target: Target) {
    let modules: Vec<Checked> = FUNCTIONS.iter().map(|function| module(function)).collect();
    let plans: Vec<Plan> = modules.iter().map(plan::lower).collect();
    let rows: Vec<Vec<Vec<Cell>>> = FUNCTIONS.iter().map(|function| points(function)).collect();
    let jobs: Vec<Job<'_>> = plans.iter().zip(&rows).map(|(plan, rows)| Job::new(plan, rows)).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kernels-{}", target.name()));
    let outcomes = execute::run(target, &jobs, &folder, &Tools::of_environment()).unwrap_or_else(|failure| panic!("{failure}"));
    for ((function, checked), (rows, got)) in FUNCTIONS.iter().zip(&modules).zip(rows.iter().zip(&outcomes)) {
        let wanted = interpreted(&Interp::new(checked), rows);
        for (row, (got, wanted)) in rows.iter().zip(got.iter().zip(&wanted)) {
            assert_eq!(got, wanted, "{function} at {row:?}");
        }
    }
}

#[test]
fn kernels_in_rust() {
    same_bits(Target::Rust);
}

#[test]
fn kernels_in_java() {
    same_bits(Target::Java);
}

#[test]
fn kernels_in_wasm() {
    same_bits(Target::Wasm);
}
