//! The analysis evaluates modules by itself; it must mean what the interpreter means, on every row and in every case there is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

mod support;

use check::Checked;
use equiv::{Analyser, Arithmetic, Reference, Verdict, boundary, compare, coverage};
use interp::{Datum, Interp};

#[derive(Default)]
struct Counts {
    modules: usize,
    rows: usize,
    unstable: usize,
    exact: usize,
    bounded: usize,
    unbounded: usize,
    /// Elements of selections and so on that generated rows reach.
    reached: usize,
    total: usize,
}

fn agree(name: &str, checked: &Checked, data: &[Vec<Datum>], counts: &mut Counts) {
    let interp = Interp::new(checked);
    let analyser = Analyser::new(checked, Reference { arithmetic: Arithmetic::AsWritten });
    let made = boundary(checked, data, 600);
    counts.modules += 1;
    for row in data.iter().chain(&made.rows) {
        let (analysis, outcome) = (analyser.analyse(row), interp.run(row));
        assert_eq!(analysis.outcome, outcome, "{name}: {row:?}");
        let verdicts = compare(&analyser, row, &analysis, &outcome, None);
        assert!(verdicts.iter().all(|judged| judged.verdict == Verdict::Identical), "{name}: {row:?}");
        counts.rows += 1;
        counts.unstable += usize::from(!analysis.unstable.is_empty());
        for bound in analysis.bounds.iter().flatten() {
            assert!(*bound >= 0.0, "{name}: a bound is {bound} on {row:?}");
            *(match *bound {
                0.0 => &mut counts.exact,
                f64::INFINITY => &mut counts.unbounded,
                _ => &mut counts.bounded,
            }) += 1;
        }
    }
    let rows: Vec<Vec<Datum>> = data.iter().chain(&made.rows).cloned().collect();
    let covered = coverage(&analyser, &rows);
    for part in [covered.arms, covered.keys, covered.missing, covered.rejections] {
        counts.reached += part.reached;
        counts.total += part.total;
        if std::env::var_os("SHOW").is_some() {
            part.missed.iter().for_each(|missed| println!("{name}: {missed}"));
        }
    }
}

fn say(kind: &str, counts: &Counts) {
    let Counts { modules, rows, unstable, exact, bounded, unbounded, reached, total } = counts;
    println!("{kind}: {modules} modules, {rows} rows, {unstable} unstable; bounds: {exact} zero, {bounded} finite, {unbounded} infinite");
    println!("{kind}: {reached} of {total} arms, keys, missing values and rejections reached");
}

#[test]
fn the_analysis_gives_what_the_interpreter_gives_for_models() {
    for kind in ["onnx", "pmml"] {
        let mut counts = Counts::default();
        for (name, case) in support::cases(kind) {
            agree(&name, &case.checked, &case.rows, &mut counts);
        }
        say(kind, &counts);
    }
}

#[test]
fn the_analysis_gives_what_the_interpreter_gives_for_scripts() {
    let mut counts = Counts::default();
    for (name, checked) in support::scripts() {
        agree(&name, &checked, &[], &mut counts);
    }
    say("python", &counts);
    assert!(counts.modules > 50, "{}", counts.modules);
}
