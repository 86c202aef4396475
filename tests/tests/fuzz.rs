//! Random modules: everybody who handles one must agree, bit for bit, on rows full of special values.
//!
//! `SCOREWRIGHT_FUZZ_SEED` and `SCOREWRIGHT_FUZZ_COUNT` give other modules and more of them. A module that shows a difference is
//! written to the test's folder in the text form, cut down to what the result that differs needs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use check::{Checked, check};
use driver::{Target, Tools};
use execute::{Job, interpreted};
use interp::Interp;
use ir::text::{parse, print};
use ir::{Binary, Module, Op, Reduce, TextOp, Unary};
use plan::{Cell, GoldenOutcome, Plan};
use tests::exhaustive;
use tests::random::{self, Random};

const ROWS: usize = 40;
const ROWS_OF_EVERYTHING: usize = 400;

struct Case {
    checked: Checked,
    plan: Plan,
    rows: Vec<Vec<Cell>>,
    expected: Vec<GoldenOutcome>,
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Random modules, then those that hold every scalar operation, with rows.
fn modules() -> Vec<(Checked, Vec<Vec<Cell>>)> {
    let seed = setting("SCOREWRIGHT_FUZZ_SEED", 1);
    let mut modules = Vec::new();
    for number in 0..setting("SCOREWRIGHT_FUZZ_COUNT", 60) {
        let mut random = Random::new(seed << 32 | number);
        let module = random::module(&mut random, &format!("random {number}"));
        modules.push((module, random, ROWS));
    }
    modules.extend(exhaustive::modules().into_iter().map(|module| (module, Random::new(seed), ROWS_OF_EVERYTHING)));
    let with_rows = |(module, mut random, count): (Module, Random, usize)| {
        let text = print(&module);
        let checked = check(module).unwrap_or_else(|breaches| panic!("{breaches:?}\n{text}"));
        let rows = random::rows(&mut random, &checked.entry_function().params, count);
        (checked, rows)
    };
    modules.into_iter().map(with_rows).collect()
}

fn cases() -> Vec<Case> {
    let case = |(checked, rows): (Checked, Vec<Vec<Cell>>)| {
        let expected = interpreted(&Interp::new(&checked), &rows);
        Case { plan: plan::lower(&checked), checked, rows, expected }
    };
    modules().into_iter().map(case).collect()
}

/// The module with only the result in which two outcomes differ, and a file that holds it.
fn cut_down(case: &Case, got: &GoldenOutcome, wanted: &GoldenOutcome) -> PathBuf {
    let mut module: Module = case.checked.module().clone();
    if let (GoldenOutcome::Scored(got), GoldenOutcome::Scored(wanted)) = (got, wanted)
        && let Some(entry) = module.entry
        && let Some(function) = module.functions.get_mut(entry)
    {
        let differs = |index: usize| got[index] != wanted[index];
        let results = std::mem::take(&mut function.results);
        function.results = results.into_iter().enumerate().filter(|(index, _)| differs(*index)).map(|(_, result)| result).take(1).collect();
        function.rejections.clear();
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.ir", module.name));
    std::fs::write(&path, print(&passes::dead(&check(module).unwrap()))).unwrap();
    path
}

#[test]
fn a_random_module_comes_back_from_its_text() {
    for (checked, _) in modules() {
        let text = print(checked.module());
        assert!(parse(&text).as_ref() == Ok(checked.module()), "{text}");
    }
}

#[test]
fn optimising_a_random_module_changes_no_outcome() {
    for case in cases() {
        let optimised = passes::optimise(&case.checked);
        let (before, after) = (Interp::new(&case.checked), Interp::new(&optimised));
        for (row, (got, wanted)) in case.rows.iter().zip(interpreted(&after, &case.rows).iter().zip(&case.expected)) {
            let same = match (got, wanted) {
                (GoldenOutcome::Rejected(got), GoldenOutcome::Rejected(wanted)) => {
                    after.reason(*got as usize) == before.reason(*wanted as usize)
                }
                _ => got == wanted,
            };
            assert!(same, "{}: {row:?}", cut_down(&case, got, wanted).display());
        }
    }
}

/// The modules that come out otherwise on a target, each with its first row that does.
fn differences(target: Target, cases: &[Case]) -> Vec<String> {
    let jobs: Vec<Job> = cases.iter().map(|case| Job::new(&case.plan, &case.rows)).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random-{}", target.name()));
    let outcomes = execute::run(target, &jobs, &folder, &Tools::of_environment()).unwrap_or_else(|failure| panic!("{failure}"));
    let mut differences = Vec::new();
    for (case, outcomes) in cases.iter().zip(&outcomes) {
        let mut pairs = outcomes.iter().zip(&case.expected).zip(&case.rows);
        if let Some(((got, wanted), row)) = pairs.find(|((got, wanted), _)| got != wanted) {
            let path = cut_down(case, got, wanted);
            differences.push(format!("{}: {row:?}\n  {}: {got:?}\n  interpreter: {wanted:?}", path.display(), target.name()));
        }
    }
    differences
}

#[test]
fn a_random_module_gives_the_same_bits_on_every_target() {
    let cases = cases();
    // Compilers mostly use one core each.
    let differences: Vec<String> = std::thread::scope(|scope| {
        let cases = &cases;
        let runs = Target::ALL.map(|target| scope.spawn(move || differences(target, cases)));
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn random_modules_use_every_operation() {
    let mut used = BTreeSet::new();
    for (checked, _) in modules() {
        for (_, node) in checked.module().functions.iter().flat_map(|(_, function)| function.nodes.iter()) {
            used.insert(match &node.op {
                Op::Unary(op, _) => op.name(),
                Op::Binary(op, ..) => op.name(),
                Op::Text(op, _) => op.name(),
                Op::Reduce { how, .. } => how.name(),
                Op::Param(_) => "param",
                Op::Const(_) => "const",
                Op::Table(_) => "table",
                Op::Cast { .. } => "cast",
                Op::Select { .. } => "select",
                Op::IsNull(_) => "is_null",
                Op::OrElse { .. } => "or_else",
                Op::Lookup { .. } => "lookup",
                Op::Walk { .. } => "walk",
                Op::Pack(_) => "pack",
                Op::Reshape { .. } => "reshape",
                Op::Transpose { .. } => "transpose",
                Op::Slice { .. } => "slice",
                Op::Concat { .. } => "concat",
                Op::Window { .. } => "window",
                Op::Gather { .. } => "gather",
                Op::Contract { .. } => "contract",
                Op::Call { .. } => "call",
                Op::Iterate { .. } => "iterate",
            });
        }
    }
    // The arms above that are no table of their own.
    let structural = 19;
    assert_eq!(used.len(), structural + Unary::ALL.len() + Binary::ALL.len() + TextOp::ALL.len() + Reduce::ALL.len(), "{used:?}");
}
