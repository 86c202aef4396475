//! A checker is worth what it catches: faults that must fail, and honest differences that must not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

use check::{Checked, check};
use equiv::{Analyser, Arithmetic, Judged, Reference, Verdict, compare, minimise, report};
use interp::{Datum, Interp, Outcome};
use ir::{Builder, Elem, Forest, Literal, Map, Next, Reason, Reduce, Split, Table, Tensor, Test, Type, Val};

fn checked(write: impl FnOnce(&Builder)) -> Checked {
    let b = Builder::new("model");
    write(&b);
    check(b.finish().unwrap()).unwrap()
}

/// The verdicts on one row, where `theirs` is the reference.
fn judge(ours: &Checked, theirs: &Checked, row: &[Datum]) -> Vec<Judged> {
    judge_with(Reference::default(), ours, theirs, row)
}

fn judge_with(reference: Reference, ours: &Checked, theirs: &Checked, row: &[Datum]) -> Vec<Judged> {
    let analyser = Analyser::new(ours, reference);
    let analysis = analyser.analyse(row);
    assert_eq!(analysis.outcome, Interp::new(ours).run(row));
    compare(&analyser, row, &analysis, &Interp::new(theirs).run(row), None)
}

fn verdict(ours: &Checked, theirs: &Checked, row: &[Datum]) -> Verdict {
    judge(ours, theirs, row).iter().map(|judged| judged.verdict).max().unwrap()
}

/// Numbers between -1 and 1, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

const WIDTH: u32 = 30;

fn weights() -> Vec<f64> {
    let mut numbers = Numbers(1);
    (0..WIDTH).map(|_| numbers.next()).collect()
}

fn rows(elem: Elem, count: usize) -> Vec<Vec<Datum>> {
    let mut numbers = Numbers(2);
    let literal = |x: f64| if elem == Elem::F32 { Literal::F32(x as f32) } else { Literal::F64(x) };
    (0..count).map(|_| vec![Datum::Tensor((0..WIDTH).map(|_| literal(numbers.next() * 3.0)).collect())]).collect()
}

/// How the reference adds.
#[derive(Clone, Copy)]
enum Adds {
    Lanes,
    Backwards,
}

/// Scaling, a sum of products, the logistic function.
fn logistic(elem: Elem, weights: &[f64], adds: Adds) -> Checked {
    checked(|b| {
        let x = b.param("x", Type::tensor(elem, [WIDTH]));
        let values = if elem == Elem::F32 {
            Tensor::f32("weights", [WIDTH], weights.iter().map(|w| *w as f32))
        } else {
            Tensor::f64("weights", [WIDTH], weights.iter().copied())
        };
        let z = ((x - 0.1) / 1.7).named("z");
        let w = b.tensor(values);
        let sum = match adds {
            Adds::Lanes => z.contract(w, [(0, 0)]),
            Adds::Backwards => (z * w).slice(0, WIDTH - 1, -1, WIDTH).reduce(Reduce::SumInOrder, [0]),
        };
        b.result("score", (sum + 0.25).sigmoid().named("score"));
    })
}

#[test]
fn a_sum_in_another_order_is_within_the_bound_and_not_all_equal() {
    for elem in [Elem::F64, Elem::F32] {
        let (ours, theirs) = (logistic(elem, &weights(), Adds::Lanes), logistic(elem, &weights(), Adds::Backwards));
        let analyser = Analyser::new(&ours, Reference::default());
        let rows = rows(elem, 300);
        let interp = Interp::new(&theirs);
        let references: Vec<Outcome> = rows.iter().map(|row| interp.run(row)).collect();
        let found = report(&analyser, &rows, &references, None);
        assert!(found.passes(), "{}", found.failures[0]);
        let output = &found.outputs[0];
        assert!(output.verdicts[&Verdict::WithinBound] > 20, "{elem}: {:?}", output.verdicts);
        assert!(output.greatest_ratio > 0.01 && output.greatest_ratio < 1.0, "{elem}: {}", output.greatest_ratio);
        assert_eq!(output.histogram.classes().iter().map(|(_, _, count)| count).sum::<usize>(), 300);
    }
}

#[test]
fn one_changed_weight_is_caught() {
    for (elem, by) in [(Elem::F64, 1e-12), (Elem::F32, 1e-4)] {
        let mut changed = weights();
        let greatest = (0..changed.len()).max_by(|a, b| changed[*a].abs().total_cmp(&changed[*b].abs())).unwrap();
        changed[greatest] *= 1.0 + by;
        let (ours, theirs) = (logistic(elem, &weights(), Adds::Lanes), logistic(elem, &changed, Adds::Lanes));
        let caught = rows(elem, 100).iter().filter(|row| verdict(&ours, &theirs, row) == Verdict::Unexplained).count();
        assert!(caught > 20, "{elem}: {caught} of 100 rows");
    }
}

fn stump(test: Test) -> Checked {
    let split = Split { feature: 0, test, yes: Next::Leaf(0), no: Next::Leaf(1), missing: Next::Leaf(0) };
    checked(|b| {
        let x = b.param("x", Type::scalar(Elem::F64));
        let splits = vec![split];
        let forest = Forest { name: "trees".into(), elem: Elem::F64, features: 1, roots: vec![Next::Split(0)], splits, leaves: 2 };
        let leaf = b.walk(b.pack(&[x]), b.table(Table::Forest(forest)));
        b.result("y", b.tensor(Tensor::f64("leaves", [2], [1.0, 2.0])).gather(leaf, 0).at(0));
    })
}

#[test]
fn less_for_less_or_equal_and_a_moved_threshold_are_caught_at_the_boundary() {
    let ours = stump(Test::LessEq(0.7));
    assert_eq!(verdict(&ours, &stump(Test::Less(0.7)), &[0.7.into()]), Verdict::Unexplained);
    assert_eq!(verdict(&ours, &stump(Test::Less(0.7)), &[0.7_f64.next_up().into()]), Verdict::Identical);
    assert_eq!(verdict(&ours, &stump(Test::LessEq(0.7_f64.next_down())), &[0.7.into()]), Verdict::Unexplained);
}

#[test]
fn a_decision_on_exact_arithmetic_is_certain() {
    let compared = |strict: bool| {
        checked(|b| {
            let x = b.param("x", Type::scalar(Elem::F64));
            let scaled = x * 1.1 + 0.3;
            let holds = if strict { scaled.lt(5.8) } else { scaled.le(5.8) };
            b.result("y", holds.select(b.f64(1.0), 2.0));
        })
    };
    let row: Vec<Datum> = vec![5.0.into()];
    assert_eq!(5.0 * 1.1 + 0.3, 5.8, "the row is on the boundary");
    assert_eq!(verdict(&compared(false), &compared(true), &row), Verdict::Unexplained);
    // A reference that may fuse the product into the sum can end on either side.
    let free = Reference { arithmetic: Arithmetic::Free };
    assert_eq!(judge_with(free, &compared(false), &compared(true), &row)[0].verdict, Verdict::BranchExplained);
}

#[test]
fn a_swapped_category_is_caught() {
    let coded = |first: i64| {
        checked(|b| {
            let city = b.param("city", Type::scalar(Elem::Str));
            let rows = vec![(vec!["Rom".into()], Literal::I64(first)), (vec!["Oslo".into()], Literal::I64(1 - first))];
            let codes = b.table(Table::Map(Map { name: "codes".into(), keys: vec![Elem::Str], value: Elem::I64, rows }));
            b.result("y", b.lookup(codes, &[city]).or_else(-1_i64).cast(Elem::F64) * 0.5);
        })
    };
    assert_eq!(verdict(&coded(0), &coded(1), &["Rom".into()]), Verdict::Unexplained);
    assert_eq!(verdict(&coded(0), &coded(1), &["Bonn".into()]), Verdict::Identical);
}

/// `write` sees `exp(x)`, which the reference gives `off` units in the last place away.
fn through_exp(off: i64, write: impl Fn(&Builder, Val<'_>)) -> Checked {
    checked(|b| {
        let exp = b.param("x", Type::scalar(Elem::F64)).exp();
        let moved = if off == 0 { exp } else { (exp.bits() + off).from_bits() };
        write(b, moved.named("odds"));
    })
}

#[test]
fn a_flip_within_rounding_is_explained_with_its_margin() {
    let cut = 1.3_f64.exp();
    let write = move |b: &Builder, odds: Val<'_>| {
        b.result("class", odds.gt(cut).select(b.i64(1), 0_i64));
        b.result("odds", odds);
    };
    let ours = through_exp(0, write);
    let here = Interp::new(&ours).run(&[1.3.into()]) == Interp::new(&through_exp(2, write)).run(&[1.3.into()]);
    assert!(!here, "two units decide");
    let judged = judge(&ours, &through_exp(2, write), &[1.3.into()]);
    assert_eq!([judged[0].verdict, judged[1].verdict], [Verdict::BranchExplained, Verdict::WithinBound]);
    let decision = &judged[0].decisions[0];
    assert!(decision.margin <= decision.bound && decision.bound < 1e-14);
    assert_eq!(decision.describe(ours.module()), format!("the comparison with {cut:?} of node 3"));
    // Farther from the cut there is no excuse.
    let wrong = move |b: &Builder, odds: Val<'_>| {
        b.result("class", odds.le(cut).select(b.i64(1), 0_i64));
        b.result("odds", odds);
    };
    assert_eq!(judge(&ours, &through_exp(0, wrong), &[1.4.into()])[0].verdict, Verdict::Semantic);
}

#[test]
fn decisions_that_ask_the_same_fall_together() {
    let cut = 1.3_f64.exp();
    let write = move |b: &Builder, odds: Val<'_>| {
        let below = odds.le(cut);
        let votes: Vec<Val<'_>> = (0..12).map(|number| below.select(b.f64(f64::from(number)), -7.25)).collect();
        let again = b.f64(cut).lt(odds).select(b.f64(100.0), 0.0);
        b.result("y", b.pack(&votes).reduce(Reduce::Sum, [0]) + again);
    };
    let judged = judge(&through_exp(0, write), &through_exp(3, write), &[1.3.into()]);
    assert_eq!(judged[0].verdict, Verdict::BranchExplained);
    assert_eq!(judged[0].decisions.len(), 1);
}

#[test]
fn clipping_is_no_decision() {
    let cut = 1.3_f64.exp();
    let write = move |b: &Builder, odds: Val<'_>| b.result("y", odds.max(cut).min(cut + 1e-15));
    let ours = through_exp(0, write);
    assert!(Analyser::new(&ours, Reference::default()).analyse(&[1.3.into()]).unstable.is_empty());
    assert!(verdict(&ours, &through_exp(2, write), &[1.3.into()]) <= Verdict::WithinBound);
}

#[test]
fn rounding_near_a_half_and_the_greatest_of_near_ones_are_decisions() {
    let at = 2.5_f64.ln();
    let write = |b: &Builder, odds: Val<'_>| b.result("y", odds.round_even());
    let flips = (-3..=3).filter(|off| verdict(&through_exp(0, write), &through_exp(*off, write), &[at.into()]) == Verdict::BranchExplained);
    assert!(flips.count() > 0);
    let greatest = |b: &Builder, odds: Val<'_>| b.result("y", b.pack(&[b.f64(2.5), odds]).reduce(Reduce::ArgMax, [0]));
    let verdicts: Vec<Verdict> =
        (-4..=4).map(|off| verdict(&through_exp(0, greatest), &through_exp(off, greatest), &[at.into()])).collect();
    assert!(verdicts.contains(&Verdict::BranchExplained) && !verdicts.iter().any(|verdict| verdict.fails()), "{verdicts:?}");
}

#[test]
fn a_feature_near_a_threshold_flips_every_tree_that_asks() {
    let cut = 1.3_f64.exp();
    let write = move |b: &Builder, odds: Val<'_>| {
        let split = |leaf: u32| Split {
            feature: 0,
            test: Test::LessEq(cut),
            yes: Next::Leaf(leaf),
            no: Next::Leaf(leaf + 1),
            missing: Next::Leaf(leaf),
        };
        let trees = 20;
        let forest = Forest {
            name: "trees".into(),
            elem: Elem::F64,
            features: 1,
            roots: (0..trees).map(Next::Split).collect(),
            splits: (0..trees).map(|tree| split(2 * tree)).collect(),
            leaves: 2 * trees,
        };
        let reached = b.walk(b.pack(&[odds]), b.table(Table::Forest(forest)));
        let leaves = b.tensor(Tensor::f64("leaves", [2 * trees], (0..2 * trees).map(|leaf| f64::from(leaf).sqrt())));
        b.result("y", leaves.gather(reached, 0).reduce(Reduce::SumInOrder, [0]));
    };
    let judged = judge(&through_exp(0, write), &through_exp(3, write), &[1.3.into()]);
    assert_eq!((judged[0].verdict, judged[0].decisions.len()), (Verdict::BranchExplained, 1));
}

#[test]
fn values_of_the_wrong_kind_are_semantic() {
    let ours = checked(|b| {
        let x = b.param("x", Type::nullable(Elem::F64));
        b.reject_if(x.is_null(), Reason::Invalid("no x".into()));
        b.result("y", x.or_else(0.0) * 2.0);
    });
    let analyser = Analyser::new(&ours, Reference::default());
    let one = |row: Datum, reference: Outcome| {
        let row = [row];
        compare(&analyser, &row, &analyser.analyse(&row), &reference, None)[0].verdict
    };
    let scored = |literal: Literal| Outcome::Scored(vec![Datum::Scalar(literal)]);
    assert_eq!(one(1.0.into(), scored(Literal::F64(2.0))), Verdict::Identical);
    assert_eq!(one(f64::NAN.into(), scored(Literal::F64(f64::NAN))), Verdict::Identical);
    assert_eq!(one(0.0.into(), scored(Literal::F64(-0.0))), Verdict::WithinBound);
    assert_eq!(one(1.0.into(), scored(Literal::F64(f64::NAN))), Verdict::Semantic);
    assert_eq!(one(1.0.into(), scored(Literal::Null(Elem::F64))), Verdict::Semantic);
    assert_eq!(one(1.0.into(), scored(Literal::F32(2.0))), Verdict::Semantic);
    assert_eq!(one(1.0.into(), Outcome::Rejected(0)), Verdict::Semantic);
    assert_eq!(one(Datum::Scalar(Literal::Null(Elem::F64)), scored(Literal::F64(0.0))), Verdict::Semantic);
    assert_eq!(one(Datum::Scalar(Literal::Null(Elem::F64)), Outcome::Rejected(0)), Verdict::Identical);
    assert_eq!(one(1.0.into(), scored(Literal::F64(2.5))), Verdict::Unexplained);
}

#[test]
fn a_reference_that_differs_from_itself_is_noise() {
    let ours = checked(|b| b.result("y", b.param("x", Type::scalar(Elem::F64)) * 2.0));
    let analyser = Analyser::new(&ours, Reference::default());
    let row = [Datum::from(1.0)];
    let scored = |x: f64| Outcome::Scored(vec![x.into()]);
    let verdict =
        |first: f64, again: f64| compare(&analyser, &row, &analyser.analyse(&row), &scored(first), Some(&scored(again)))[0].verdict;
    assert_eq!(verdict(2.1, 1.95), Verdict::ReferenceNoise);
    assert_eq!(verdict(2.1, 2.1), Verdict::Unexplained);
    assert_eq!(verdict(2.1, 2.15), Verdict::Unexplained);
}

#[test]
fn a_failure_names_the_first_node_in_doubt() {
    let write = |factor: f64| {
        checked(move |b| {
            let (x, y) = (b.param("x", Type::scalar(Elem::F64)), b.param("y", Type::scalar(Elem::F64)));
            let shared = (x + y).named("shared");
            let ratio = (shared / factor).named("ratio");
            b.result("fine", shared * 2.0);
            b.result("score", (ratio * 3.0).named("scaled"));
        })
    };
    let (ours, theirs) = (write(7.0), write(8.0));
    let rows = [vec![Datum::from(1.0), Datum::from(2.5)]];
    let analyser = Analyser::new(&ours, Reference::default());
    let found = report(&analyser, &rows, &[Interp::new(&theirs).run(&rows[0])], None);
    assert_eq!((found.failure_count, found.failures[0].suspect.as_str()), (1, "\"ratio\""));
    assert_eq!(found.failures[0].trace.len(), 5);
    assert_eq!(found.worst(), Verdict::Unexplained);
    let text = found.failures[0].to_string();
    assert!(text.starts_with("UNEXPLAINED: row 1, output \"score\": ours 1.5, reference 1.3125"), "{text}");
}

#[test]
fn the_smallest_row_keeps_only_the_columns_that_matter() {
    let row: Vec<Datum> = (0..40).map(|at| Datum::from(f64::from(at))).collect();
    let base: Vec<Datum> = (0..40).map(|_| Datum::from(-1.0)).collect();
    let mut asked = 0;
    let smallest = minimise(&row, &base, |row| {
        asked += 1;
        row[7] == Datum::from(7.0) && row[31] == Datum::from(31.0)
    });
    let changed: Vec<usize> = (0..40).filter(|at| smallest[*at] != base[*at]).collect();
    assert_eq!(changed, [7, 31]);
    assert!(asked < 60, "{asked}");
}

#[test]
fn a_model_is_identical_to_itself() {
    let (ours, theirs) = (logistic(Elem::F64, &weights(), Adds::Lanes), logistic(Elem::F64, &weights(), Adds::Lanes));
    assert!(rows(Elem::F64, 20).iter().all(|row| verdict(&ours, &theirs, row) == Verdict::Identical));
}
