//! A few modules whose results follow from the documentation of the operations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test says what is wrong by stopping")]

use check::check;
use interp::{Datum, Interp, Outcome};
use ir::{Builder, Elem, Forest, Literal, Map, Module, Next, Reason, Reduce, Split, Table, Tensor, Test, Type};

fn scored(module: Module, row: &[Datum]) -> Vec<Datum> {
    match Interp::new(&check(module).unwrap()).run(row) {
        Outcome::Scored(data) => data,
        Outcome::Rejected(index) => panic!("rejected by {index}"),
    }
}

#[test]
fn null_runs_through_arithmetic_until_it_gets_a_default() {
    let b = Builder::new("m");
    let x = b.param("x", Type::nullable(Elem::F64));
    b.result("twice", x * 2.0);
    b.result("or_seven", (x * 2.0).or_else(7.0));
    b.result("missing", x.is_null());
    let data = scored(b.finish().unwrap(), &[Datum::Scalar(Literal::Null(Elem::F64))]);
    assert_eq!(data, [Datum::Scalar(Literal::Null(Elem::F64)), 7.0.into(), true.into()]);
}

#[test]
fn floored_division_follows_python() {
    let b = Builder::new("m");
    let (x, y) = (b.param("x", Type::scalar(Elem::I64)), b.param("y", Type::scalar(Elem::I64)));
    b.result("div", x.floor_div(y));
    b.result("mod", x.floor_mod(y));
    let module = b.finish().unwrap();
    // Python: (-7 // 2, -7 % 2), (7 // -2, 7 % -2), (6 // -2, 6 % -2)
    for (x, y, div, rem) in [(-7_i64, 2_i64, -4_i64, 1_i64), (7, -2, -4, -1), (6, -2, -3, 0)] {
        assert_eq!(scored(module.clone(), &[x.into(), y.into()]), [Datum::from(div), Datum::from(rem)]);
    }
}

#[test]
fn an_iteration_replaces_its_first_argument_in_each_turn() {
    let step = Builder::new("step");
    let [known, more, turn] = ["known", "more", "turn"].map(|name| step.param(name, Type::scalar(Elem::I64)));
    step.result("next", known * 10_i64 + more + turn);
    let b = Builder::new("m");
    let [known, times] = ["known", "times"].map(|name| b.param(name, Type::nullable(Elem::I64)));
    b.result("last", b.iterate(b.import(&step.finish().unwrap()).unwrap(), &[known, b.i64(5)], times));
    let module = b.finish().unwrap();
    let null = Datum::Scalar(Literal::Null(Elem::I64));
    let last = |known: Datum, times: Datum| scored(module.clone(), &[known, times]).swap_remove(0);
    // Turns count from 0; with none, and with fewer than none, it is what it was.
    assert_eq!(last(1_i64.into(), 3_i64.into()), Datum::from(1_567_i64));
    assert_eq!([0, -1].map(|times: i64| last(1_i64.into(), times.into())), [1_i64; 2].map(Datum::from));
    assert_eq!(last(null.clone(), 3_i64.into()), null);
    assert_eq!(last(1_i64.into(), null.clone()), null);
    // Wrapping in each, it stops after a million turns or so.
    assert_eq!(last(1_i64.into(), i64::MAX.into()), last(1_i64.into(), ir::MOST_TURNS.into()));
}

#[test]
fn the_first_rejection_that_holds_decides() {
    let b = Builder::new("m");
    let city = b.param("city", Type::nullable(Elem::Str));
    let codes = b.table(Table::Map(Map {
        name: "city codes".into(),
        keys: vec![Elem::Str],
        value: Elem::I64,
        rows: vec![(vec!["Rom".into()], Literal::I64(1)), (vec!["日本".into()], Literal::I64(2))],
    }));
    let code = b.lookup(codes, &[city]);
    b.reject_if(city.eq(""), Reason::Filtered("a.py:1".into()));
    b.reject_if(code.is_null(), Reason::Invalid("unseen category in city".into()));
    b.result("code", code.or_else(0_i64));
    let interp = Interp::new(&check(b.finish().unwrap()).unwrap());
    assert_eq!(interp.run(&["日本".into()]), Outcome::Scored(vec![2_i64.into()]));
    assert_eq!(interp.run(&["".into()]), Outcome::Rejected(0));
    assert_eq!(interp.run(&["Oslo".into()]), Outcome::Rejected(1));
    assert_eq!(interp.run(&[Datum::Scalar(Literal::Null(Elem::Str))]), Outcome::Rejected(1));
}

#[test]
fn a_forest_sends_nan_its_own_way_and_adds_in_tree_order() {
    let split = |feature, test, yes, no, missing| Split { feature, test, yes, no, missing };
    let b = Builder::new("m");
    let row = b.param("x", Type::tensor(Elem::F32, [2]));
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
    b.result("sum", values.gather(b.walk(row, forest), 0).reduce(Reduce::SumInOrder, [0]));
    let module = b.finish().unwrap();
    let row = |x: f32, y: f32| Datum::Tensor(vec![x.into(), y.into()]);
    for (x, y, sum) in [(0.5, 9.0, 1.25_f32), (0.75, 1.0, 2.25), (f32::NAN, 2.0, 4.25), (f32::NAN, f32::NAN, 2.25)] {
        assert_eq!(scored(module.clone(), &[row(x, y)]), [Datum::from(sum)], "{x} {y}");
    }
}

#[test]
fn a_sum_has_eight_lanes() {
    let b = Builder::new("m");
    let x = b.param("x", Type::tensor(Elem::F64, [10]));
    b.result("sum", x.reduce(Reduce::Sum, [0]));
    // The ninth and tenth element join lanes 0 and 1; the order of the additions decides which small terms survive the large ones.
    let terms = [1e100, 1.0, -1e100, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0];
    let expected: f64 = ((1e100 + 1.0) + (1.0 + 2.0)) + (-1e100 + 0.0);
    let datum = Datum::Tensor(terms.iter().map(|x| Literal::F64(*x)).collect());
    assert_eq!(scored(b.finish().unwrap(), &[datum]), [Datum::from(expected)]);
}

#[test]
fn a_matrix_times_a_vector() {
    let b = Builder::new("m");
    let x = b.param("x", Type::tensor(Elem::F64, [2]));
    let w = b.tensor(Tensor::f64("w", [3, 2], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    b.result("y", w.contract(x, [(1, 0)]) + b.f64(0.5));
    let datum = Datum::Tensor(vec![10.0.into(), 1.0.into()]);
    let expected = Datum::Tensor(vec![12.5.into(), 34.5.into(), 56.5.into()]);
    assert_eq!(scored(b.finish().unwrap(), &[datum]), [expected]);
}
