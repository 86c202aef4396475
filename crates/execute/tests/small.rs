//! A module with something of everything, on every target.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test says what is wrong by stopping")]

use std::path::Path;

use check::check;
use execute::{Job, Target, Tools, interpreted};
use interp::Interp;
use ir::{Builder, Elem, Forest, Literal, Map, Module, Next, Reason, Reduce, Split, Table, Tensor, Test, Type};
use plan::Cell;

fn module() -> Module {
    let b = Builder::new("small");
    let age = b.param("age", Type::nullable(Elem::F64));
    let city = b.param("class", Type::nullable(Elem::Str));
    let count = b.param("\"; System.exit(0); //", Type::scalar(Elem::I64));
    let row = b.param("日本", Type::tensor(Elem::F32, [2]));
    let age = age.or_else(f64::NAN);
    let clean = city.or_else("").strip().lower().replace("ß", "ss").named("clean city");
    let codes = b.table(Table::Map(Map {
        name: "city codes".into(),
        keys: vec![Elem::Str],
        value: Elem::F64,
        rows: vec![(vec!["strasse".into()], Literal::F64(1.5)), (vec!["日本".into()], Literal::F64(-2.0))],
    }));
    b.reject_if(count.lt(0_i64), Reason::Invalid("negative count".into()));
    b.reject_if(clean.eq("gone"), Reason::Filtered("a.py:9".into()));
    b.result("code", b.lookup(codes, &[clean]).or_else(f64::NAN));
    b.result("found", b.lookup(codes, &[clean]));
    b.result("clean", clean);
    b.result("ratio", (age + 1.0).log1p() / count.cast(Elem::F64));
    b.result("p", (age / 10.0).sigmoid());
    b.result("mod", count.floor_mod(7_i64));
    b.result("first", clean.slice_text(0_i64, 2_i64).append("-").append(count.decimal()));
    b.result("at", clean.find("日").cast(Elem::I32) + clean.code_at(1_i64));
    let split = |feature, test, yes, no, missing| Split { feature, test, yes, no, missing };
    let forest = b.table(Table::Forest(Forest {
        name: "trees".into(),
        elem: Elem::F32,
        features: 2,
        roots: vec![Next::Split(0), Next::Leaf(3)],
        splits: vec![
            split(0, Test::LessEq(0.5), Next::Leaf(0), Next::Split(1), Next::Split(1)),
            split(1, Test::Less(2.0), Next::Leaf(1), Next::Leaf(2), Next::Leaf(1)),
        ],
        leaves: 4,
    }));
    let values = b.tensor(Tensor::f32("leaf values", [4], [1.0, 2.0, 4.0, 0.25]));
    let sum = values.gather(b.walk(row, forest), 0).reduce(Reduce::SumInOrder, [0]);
    let weights = b.tensor(Tensor::f32("weights", [3, 2], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let scores = weights.contract(row, [(1, 0)]) + sum;
    b.result("scores", scores.softmax());
    b.result("label", scores.reduce(Reduce::ArgMax, [0]));
    b.finish().unwrap()
}

fn rows() -> Vec<Vec<Cell>> {
    let row = |age: Option<f64>, city: Option<&str>, count: i64, x: f32, y: f32| {
        vec![
            Cell::Scalar(age.map_or(Literal::Null(Elem::F64), Literal::F64)),
            Cell::Scalar(city.map_or(Literal::Null(Elem::Str), Literal::from)),
            Cell::Scalar(Literal::I64(count)),
            Cell::Array(vec![x.into(), y.into()]),
        ]
    };
    vec![
        row(Some(33.0), Some("  Straße\u{a0}"), 3, 0.5, 9.0),
        row(None, None, -1, 0.0, 0.0),
        row(Some(f64::INFINITY), Some("日本"), -7, f32::NAN, 2.0),
        row(Some(-1e300), Some("日本"), i64::MAX, f32::NAN, f32::NAN),
        row(Some(0.1), Some("GONE"), 0, 1.0, 1.0),
        row(None, Some("İa日"), 0, 1e30, -1e30),
        row(Some(5e-324), Some(""), 12, 0.75, 1.0),
    ]
}

fn agrees(target: Target) {
    let checked = check(module()).unwrap();
    let plan = plan::lower(&checked);
    let rows = rows();
    let expected = interpreted(&Interp::new(&checked), &rows);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(target.name());
    let outcomes = execute::run(target, &[Job::new(&plan, &rows)], &folder, &Tools::of_environment());
    let outcomes = outcomes.unwrap_or_else(|failure| panic!("{failure}"));
    for (at, (got, wanted)) in outcomes[0].iter().zip(&expected).enumerate() {
        assert_eq!(got, wanted, "row {at}");
    }
}

#[test]
fn rust_agrees_with_the_interpreter() {
    agrees(Target::Rust);
}

#[test]
fn java_agrees_with_the_interpreter() {
    agrees(Target::Java);
}

#[test]
fn wasm_agrees_with_the_interpreter() {
    agrees(Target::Wasm);
}
