//! Seeded faults in every case: which share do the data and the generated rows catch?

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

mod support;

use std::collections::BTreeMap;

use check::{Checked, check};
use equiv::{Analyser, Arithmetic, Reference, boundary, report};
use interp::{Datum, Interp, Outcome};
use ir::{Binary, Elem, Handle, Literal, Module, Op, Table, Tensor, Test, Value};
use rayon::prelude::*;
use support::{Case, cases};

/// A change of a float that a reference's rounding must not hide.
fn nudged(literal: &Literal) -> Option<Literal> {
    match literal {
        Literal::F64(x) if x.is_normal() => Some(Literal::F64(x * (1.0 + 1e-9))),
        Literal::F32(x) if x.is_normal() => Some(Literal::F32(x * (1.0 + 1e-3))),
        Literal::I64(x) => Some(Literal::I64(x.wrapping_add(1))),
        Literal::I32(x) => Some(Literal::I32(x.wrapping_add(1))),
        Literal::Bool(x) => Some(Literal::Bool(!x)),
        Literal::Str(x) => Some(Literal::Str(format!("{x}x"))),
        Literal::Null(_) | Literal::F64(_) | Literal::F32(_) | Literal::Date(_) | Literal::DateTime(_) | Literal::Duration(_) => None,
    }
}

/// Every fault class in every place, a few of each.
fn mutants(module: &Module) -> Vec<(String, Module)> {
    let mut all = Vec::new();
    let mut put = |what: String, change: &dyn Fn(&mut Module)| {
        let mut mutant = module.clone();
        change(&mut mutant);
        if mutant != *module {
            all.push((what, mutant));
        }
    };
    for (handle, table) in module.tables.iter() {
        match table {
            Table::Tensor(tensor) => {
                for at in picked(tensor.values.len()) {
                    put("tensor value".into(), &|m| {
                        if let Some(Table::Tensor(tensor)) = m.tables.get_mut(handle)
                            && let Some(other) = tensor.values.get(at).as_ref().and_then(nudged)
                        {
                            let values =
                                tensor.values.iter().enumerate().map(|(place, value)| if place == at { other.clone() } else { value });
                            *tensor = Tensor::literals(tensor.name.clone(), tensor.elem(), tensor.shape.clone(), values);
                        }
                    });
                }
            }
            Table::Map(map) => {
                put("swapped category".into(), &|m| {
                    if let Some(Table::Map(map)) = m.tables.get_mut(handle)
                        && map.rows.len() > 1
                    {
                        let (first, second) = (map.rows[0].1.clone(), map.rows[1].1.clone());
                        (map.rows[0].1, map.rows[1].1) = (second, first);
                    }
                });
                for at in picked(map.rows.len()) {
                    put("dropped category".into(), &|m| {
                        if let Some(Table::Map(map)) = m.tables.get_mut(handle) {
                            map.rows.remove(at);
                        }
                    });
                }
            }
            Table::Forest(forest) => {
                for at in picked(forest.splits.len()) {
                    let split = |m: &mut Module, change: &dyn Fn(&mut ir::Split)| {
                        if let Some(Table::Forest(forest)) = m.tables.get_mut(handle) {
                            change(&mut forest.splits[at]);
                        }
                    };
                    let elem = forest.elem;
                    put("split: threshold".into(), &|m| split(m, &|s| s.test = moved(s.test, elem)));
                    put("split: < for <=".into(), &|m| split(m, &|s| s.test = other_test(s.test)));
                    put("split: missing".into(), &|m| split(m, &|s| s.missing = if s.missing == s.yes { s.no } else { s.yes }));
                }
            }
        }
    }
    let entry = module.entry.unwrap();
    for (value, node) in module.functions[entry].nodes.iter() {
        if let Op::Binary(op, a, b) = node.op
            && let Some(other) = other_binary(op)
        {
            put(format!("{} for {}", other.name(), op.name()), &|m| set(m, entry, value, Op::Binary(other, a, b)));
        } else if let Op::Const(literal) = &node.op
            && let Some(other) = nudged(literal)
        {
            put("constant".into(), &|m| set(m, entry, value, Op::Const(other.clone())));
        } else if let Op::OrElse { default, .. } = node.op {
            put("default for everything".into(), &|m| set(m, entry, value, m_op(m, entry, default)));
        }
    }
    let step = all.len().div_ceil(24).max(1);
    all.into_iter().step_by(step).collect()
}

fn m_op(module: &Module, entry: Handle<ir::Function>, value: Value) -> Op {
    module.functions[entry].nodes[value].op.clone()
}

fn set(module: &mut Module, entry: Handle<ir::Function>, value: Value, op: Op) {
    module.functions.get_mut(entry).unwrap().nodes.get_mut(value).unwrap().op = op;
}

/// The first, the last and some between.
fn picked(count: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..4).map(|part| part * count.saturating_sub(1) / 3).filter(|at| *at < count).collect();
    places.dedup();
    places
}

fn moved(test: Test, elem: Elem) -> Test {
    let up = |t: f64| if elem == Elem::F32 { f64::from((t as f32).next_up()) } else { t.next_up() };
    match test {
        Test::Less(t) => Test::Less(up(t)),
        Test::LessEq(t) => Test::LessEq(up(t)),
        Test::Equal(t) => Test::Equal(up(t)),
    }
}

fn other_test(test: Test) -> Test {
    match test {
        Test::Less(t) => Test::LessEq(t),
        Test::LessEq(t) => Test::Less(t),
        Test::Equal(t) => Test::LessEq(t),
    }
}

fn other_binary(op: Binary) -> Option<Binary> {
    let pairs = [
        (Binary::Lt, Binary::Le),
        (Binary::Le, Binary::Lt),
        (Binary::Gt, Binary::Ge),
        (Binary::Ge, Binary::Gt),
        (Binary::Add, Binary::Sub),
        (Binary::Sub, Binary::Add),
        (Binary::Mul, Binary::Div),
        (Binary::And, Binary::Or),
        (Binary::Or, Binary::And),
        (Binary::Eq, Binary::Ne),
    ];
    pairs.into_iter().find(|(from, _)| *from == op).map(|(_, to)| to)
}

/// Of 100 faults that have an effect, how many must be caught.
const FLOOR: usize = 97;

/// What became of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Caught,
    /// No row shows a difference, and no mixture of rows either: most of these faults change nothing.
    Silent,
    /// No row shows a difference, but a mixture of rows does: the rows are not good enough.
    Missed,
    /// A difference that passes as rounding.
    Excused,
}

#[test]
fn seeded_faults_with_an_effect_are_caught() {
    let kinds = [("onnx", Arithmetic::AsWritten), ("pmml", Arithmetic::Free)];
    let all = kinds.into_iter().flat_map(|(kind, arithmetic)| cases(kind).into_iter().map(move |(name, case)| (name, case, arithmetic)));
    let all: Vec<(String, Case, Arithmetic)> = all.collect();
    let fates: Vec<(String, Fate)> = all.par_iter().flat_map(|(name, case, arithmetic)| fates(name, case, *arithmetic)).collect();
    let mut counts: BTreeMap<&str, BTreeMap<Fate, usize>> = BTreeMap::new();
    for (what, fate) in &fates {
        *counts.entry(what).or_default().entry(*fate).or_default() += 1;
    }
    let sum = |fate: Fate| fates.iter().filter(|(_, of)| *of == fate).count();
    let (caught, excused, missed) = (sum(Fate::Caught), sum(Fate::Excused), sum(Fate::Missed));
    println!("{caught} caught, {missed} missed, {excused} excused as rounding, {} without any effect that was found", sum(Fate::Silent));
    for (what, counts) in &counts {
        println!("{what}: {counts:?}");
    }
    // Floors a little below what was measured, so that generated rows do not get worse unnoticed.
    assert!(caught * 100 >= (caught + missed + excused) * FLOOR, "{caught} caught, {missed} missed, {excused} excused");
}

/// The faults of a case, and what becomes of them.
fn fates(name: &str, case: &Case, arithmetic: Arithmetic) -> Vec<(String, Fate)> {
    let analyser = Analyser::new(&case.checked, Reference { arithmetic });
    let made = boundary(&case.checked, &case.rows, 1000);
    let rows: Vec<Vec<Datum>> = case.rows.iter().chain(&made.rows).cloned().collect();
    let ours = outcomes(&case.checked, &rows);
    let mixed = mixtures(&rows);
    let ours_mixed = outcomes(&case.checked, &mixed);
    let fate = |(what, mutant): (String, Module)| {
        let mutant = check(mutant).ok()?;
        let theirs = outcomes(&mutant, &rows);
        let fate = if ours == theirs {
            if ours_mixed == outcomes(&mutant, &mixed) { Fate::Silent } else { Fate::Missed }
        } else {
            // The rows that differ are enough.
            let differ: Vec<usize> = (0..rows.len()).filter(|at| ours[*at] != theirs[*at]).take(40).collect();
            let theirs: Vec<Outcome> = differ.iter().map(|at| theirs[*at].clone()).collect();
            let rows: Vec<Vec<Datum>> = differ.iter().map(|at| rows[*at].clone()).collect();
            if report(&analyser, &rows, &theirs, None).passes() { Fate::Excused } else { Fate::Caught }
        };
        if std::env::var_os("SHOW").is_some() && fate != Fate::Caught {
            println!("{fate:?}: {name}: {what}");
        }
        Some((what, fate))
    };
    mutants(case.checked.module()).into_par_iter().filter_map(fate).collect()
}

/// Rows whose columns come from different rows, the same in every run.
fn mixtures(rows: &[Vec<Datum>]) -> Vec<Vec<Datum>> {
    let mut state = 11_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let width = rows.first().map_or(0, Vec::len);
    (0..200).map(|_| (0..width).map(|at| rows[random() % rows.len()][at].clone()).collect()).collect()
}

fn outcomes(checked: &Checked, rows: &[Vec<Datum>]) -> Vec<Outcome> {
    let interp = Interp::new(checked);
    rows.iter().map(|row| interp.run(row)).collect()
}
