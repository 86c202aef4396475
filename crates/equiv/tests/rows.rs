//! Generated rows: both sides of thresholds behind formulas, a row in every leaf, every category, and what is covered by them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

mod support;

use check::{Checked, check};
use equiv::{Analyser, Boundary, Purpose, Reference, Why, boundary, coverage};
use interp::{Datum, Interp, Outcome};
use ir::{Builder, Elem, Forest, Literal, Map, Next, Reduce, Split, Table, Tensor, Test, Type, Val};

const LIMIT: usize = 5000;

fn checked(write: impl FnOnce(&Builder)) -> Checked {
    let b = Builder::new("model");
    write(&b);
    check(b.finish().unwrap()).unwrap()
}

fn scored(checked: &Checked, rows: &[Vec<Datum>]) -> Vec<Datum> {
    let interp = Interp::new(checked);
    let first = |outcome: Outcome| match outcome {
        Outcome::Scored(data) => data[0].clone(),
        Outcome::Rejected(_) => Datum::from("rejected"),
    };
    rows.iter().map(|row| first(interp.run(row))).collect()
}

fn x_of(row: &[Datum]) -> f64 {
    row[0].elements()[0].as_f64().unwrap()
}

/// The greatest `x` of the rows with one answer, and the least of those with the other, are neighbours.
fn splits_neighbours(checked: &Checked, rows: &[Vec<Datum>]) -> bool {
    let answers = scored(checked, rows);
    let ends = |answer: bool| {
        let of = rows.iter().zip(&answers).filter(|(_, given)| **given == Datum::from(answer)).map(|(row, _)| x_of(row));
        let (least, greatest) =
            of.filter(|x| !x.is_nan()).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        (least, greatest)
    };
    let (yes, no) = (ends(true), ends(false));
    no.1.next_up() == yes.0 || yes.1.next_up() == no.0
}

#[test]
fn thresholds_behind_a_formula_are_met_from_both_sides() {
    type Formula = for<'b> fn(Val<'b>) -> Val<'b>;
    let formulas: [(&str, Formula); 8] = [
        ("scaled", |x| ((x - 3.25) / 1.7).ge(0.6)),
        ("turned", |x| (x * -2.5 + 1.0).lt(0.1)),
        ("log", |x| x.log().gt(2.2)),
        ("log1p of a clip", |x| x.max(0.0).log1p().gt(0.7)),
        ("exp", |x| (x * 0.01).exp().ge(1.3)),
        ("root", |x| x.sqrt().gt(1.1)),
        ("narrowed", |x| x.cast(Elem::F32).gt(0.1)),
        ("sigmoid", |x| x.sigmoid().gt(0.8)),
    ];
    for (name, formula) in formulas {
        let model = checked(|b| b.result("y", formula(b.param("x", Type::scalar(Elem::F64)))));
        let found = boundary(&model, &[vec![2.0.into()]], LIMIT);
        assert!(splits_neighbours(&model, &found.rows), "{name}");
    }
}

#[test]
fn a_ratio_is_a_function_of_each_of_its_inputs() {
    let model = checked(|b| {
        let (x, y) = (b.param("x", Type::scalar(Elem::F64)), b.param("y", Type::scalar(Elem::F64)));
        b.result("y", (x / y).gt(0.5));
    });
    let found = boundary(&model, &[vec![2.0.into(), 7.0.into()]], LIMIT);
    let rows: Vec<Vec<Datum>> = found.rows.into_iter().filter(|row| row[1] == Datum::from(7.0)).collect();
    assert!(splits_neighbours(&model, &rows));
}

#[test]
fn thresholds_are_followed_through_a_row_that_misses_nothing() {
    let model = checked(|b| {
        let (x, y) = (b.param("x", Type::nullable(Elem::F64)), b.param("y", Type::nullable(Elem::F64)));
        b.result("y", (x * y).gt(3.0).or_else(false));
    });
    let null = || Datum::Scalar(Literal::Null(Elem::F64));
    let found = boundary(&model, &[vec![null(), 2.0.into()], vec![1.0.into(), 2.0.into()], vec![1.0.into(), null()]], LIMIT);
    let rows: Vec<Vec<Datum>> = found.rows.into_iter().filter(|row| row[1] == Datum::from(2.0) && row[0] != null()).collect();
    assert!(splits_neighbours(&model, &rows));
}

#[test]
fn a_threshold_is_tried_in_its_own_column_only() {
    let model = checked(|b| {
        let (x, y) = (b.param("x", Type::scalar(Elem::F64)), b.param("y", Type::scalar(Elem::F64)));
        b.result("y", x.gt(123.5).select(y, 0.0));
    });
    let found = boundary(&model, &[vec![2.0.into(), 7.0.into()]], LIMIT);
    let has = |at: usize, x: f64| found.rows.iter().any(|row| row[at] == Datum::from(x));
    assert!(has(0, 123.5) && has(0, 123.5_f64.next_up()) && !has(1, 123.5));
}

/// Trees of a depth over `features` of the row; thresholds from a fixed generator.
fn forest(trees: u32, depth: u32, features: u32, elem: Elem) -> Forest {
    let mut state = 7_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let mut forest = Forest { name: "trees".into(), elem, features, roots: vec![], splits: vec![], leaves: 0 };
    for _ in 0..trees {
        let start = forest.splits.len() as u32;
        forest.roots.push(Next::Split(start));
        let inner = (1 << depth) - 1;
        for node in 0..inner {
            let threshold = f64::from(random() % 4096) / 256.0 - 8.0;
            let next = |child: u32| if child < inner { Next::Split(start + child) } else { Next::Leaf(forest.leaves + child - inner) };
            let (yes, no) = (next(2 * node + 1), next(2 * node + 2));
            let missing = if random() % 2 == 0 { yes } else { no };
            forest.splits.push(Split { feature: random() % features, test: Test::LessEq(threshold), yes, no, missing });
        }
        forest.leaves += inner + 1;
    }
    forest
}

/// A model with scaled, logarithmic, filled and one-hot features.
fn mixed(trees: u32, depth: u32) -> Checked {
    checked(|b| {
        let x = b.param("x", Type::scalar(Elem::F64));
        let y = b.param("y", Type::nullable(Elem::F64));
        let city = b.param("city", Type::nullable(Elem::Str));
        let rows = ["Rom", "Oslo", "Wien"].iter().enumerate().map(|(at, city)| (vec![Literal::from(*city)], Literal::I64(at as i64)));
        let codes = b.table(Table::Map(Map { name: "codes".into(), keys: vec![Elem::Str], value: Elem::I64, rows: rows.collect() }));
        let code = b.lookup(codes, &[city]).or_else(-1_i64).cast(Elem::F32) * 4.0;
        let features = [
            ((x - 1.5) / 2.0).cast(Elem::F32).named("scaled"),
            (x.abs() + 1.0).log().cast(Elem::F32),
            y.or_else(0.25).cast(Elem::F32),
            code.named("code"),
            (city.or_else("").eq("Rom")).cast(Elem::F32),
        ];
        let table = forest(trees, depth, 5, Elem::F32);
        let leaves = b.tensor(Tensor::f32("leaf values", [table.leaves], (0..table.leaves).map(|leaf| leaf as f32 * 0.37)));
        let reached = b.walk(b.pack(&features), b.table(Table::Forest(table)));
        b.result("score", leaves.gather(reached, 0).reduce(Reduce::SumInOrder, [0]));
    })
}

fn mixed_row() -> Vec<Datum> {
    vec![2.0.into(), 3.0.into(), "Oslo".into()]
}

fn report(model: &Checked, found: &Boundary) -> String {
    let covered = coverage(&Analyser::new(model, Reference::default()), &found.rows);
    format!("{:?}, {:?}; leaves {}/{}", found.made, found.left_out, covered.leaves.reached, covered.leaves.total)
}

#[test]
fn every_leaf_that_can_be_reached_has_a_row() {
    // Features that come of inputs one to one: nothing but contradictory paths is left out.
    let plain = checked(|b| {
        let x = b.param("x", Type::tensor(Elem::F32, [6]));
        let reached = b.walk(x, b.table(Table::Forest(forest(60, 6, 6, Elem::F32))));
        b.result("leaves", reached);
    });
    let found = boundary(&plain, &[], 4 * LIMIT);
    let covered = coverage(&Analyser::new(&plain, Reference::default()), &found.rows);
    assert_eq!(found.left_out(Why::UnsolvedLeaf), 0, "{}", report(&plain, &found));
    assert_eq!(covered.leaves.reached + found.left_out(Why::InfeasibleLeaf), covered.leaves.total, "{}", report(&plain, &found));
}

#[test]
fn leaves_behind_formulas_and_categories_are_reached() {
    let model = mixed(60, 5);
    let found = boundary(&model, &[mixed_row()], LIMIT);
    let covered = coverage(&Analyser::new(&model, Reference::default()), &found.rows);
    // What thousands of random rows reach is reached by fewer made ones.
    let mut state = 3_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut random_row = || {
        let number = |random: &mut dyn FnMut(u64) -> u64| (random(4001) as f64 - 2000.0) / [1.0, 20.0, 200.0][random(3) as usize];
        let city = ["Rom", "Oslo", "Wien", "Bonn"][random(4) as usize];
        vec![Datum::from(number(&mut random)), number(&mut random).into(), city.into()]
    };
    let both: Vec<Vec<Datum>> = found.rows.iter().cloned().chain((0..20_000).map(|_| random_row())).collect();
    let more = coverage(&Analyser::new(&model, Reference::default()), &both).leaves.reached;
    assert!(covered.leaves.reached * 100 >= more * 98, "{more} with random rows; {}", report(&model, &found));
    assert_eq!((covered.keys.reached, covered.keys.total), (4, 4));
    assert_eq!((covered.missing.reached, covered.missing.total), (6, 6));
}

#[test]
fn every_category_and_its_variants_have_a_row() {
    let model = mixed(1, 1);
    let found = boundary(&model, &[mixed_row()], LIMIT);
    let has = |city: &str| found.rows.iter().any(|row| row[2] == Datum::from(city));
    assert!(["Rom", "ROM", "rom", " Rom", "Wien", "", "an unseen category"].into_iter().all(has));
    assert!(found.rows.iter().any(|row| row[2] == Datum::Scalar(Literal::Null(Elem::Str))));
}

#[test]
fn the_limit_is_kept_and_what_it_leaves_out_is_counted() {
    let model = mixed(20, 5);
    let all = boundary(&model, &[mixed_row()], LIMIT);
    let few = boundary(&model, &[mixed_row()], 100);
    assert!(few.rows.len() <= 100 && few.rows.len() > 60, "{}", few.rows.len());
    let purposes = [Purpose::SpecialValue, Purpose::Leaf, Purpose::Category, Purpose::Threshold];
    let left = |found: &Boundary| purposes.map(|purpose| found.left_out(Why::Limit(purpose)));
    assert_eq!(left(&all), [0; 4]);
    assert!(left(&few).iter().filter(|count| **count > 0).count() >= 3, "{:?}", few.left_out);
    assert_eq!(all.rows, boundary(&model, &[mixed_row()], LIMIT).rows);
}

#[test]
fn what_is_not_covered_is_named() {
    let model = mixed(3, 2);
    let covered = coverage(&Analyser::new(&model, Reference::default()), &[mixed_row()]);
    assert_eq!((covered.leaves.reached, covered.leaves.total), (3, 12));
    assert_eq!(covered.leaves.missed.len(), 9);
    assert_eq!((covered.keys.reached, covered.keys.total), (1, 4));
    assert!(covered.keys.missed.iter().any(|name| name.contains("Wien")), "{:?}", covered.keys.missed);
    assert!(covered.missing.missed.iter().all(|name| name.starts_with("null in")), "{:?}", covered.missing.missed);
}

#[test]
fn every_leaf_of_every_case_is_reached_or_shown_to_be_out_of_reach() {
    let (mut leaves, mut reached, mut infeasible) = (0, 0, 0);
    for (name, case) in ["onnx", "pmml"].into_iter().flat_map(support::cases) {
        let made = boundary(&case.checked, &case.rows, 4 * LIMIT);
        let rows: Vec<Vec<Datum>> = case.rows.iter().chain(&made.rows).cloned().collect();
        let covered = coverage(&Analyser::new(&case.checked, Reference::default()), &rows);
        assert_eq!(made.left_out(Why::UnsolvedLeaf), 0, "{name}: {:?}", covered.leaves);
        leaves += covered.leaves.total;
        reached += covered.leaves.reached;
        infeasible += made.left_out(Why::InfeasibleLeaf);
    }
    println!("{reached} of {leaves} leaves reached, {infeasible} cannot be");
    assert_eq!(reached + infeasible, leaves);
}
