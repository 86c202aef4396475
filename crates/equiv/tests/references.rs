//! The recorded answers of real references, by the cases of `tests/cases`: every difference must be within the derived bounds.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

mod support;

use equiv::{Analyser, Arithmetic, Reference, Report, Verdict, report};
use interp::Interp;
use support::cases;

/// Every case that fails, as text; and the whole of the reports.
fn run(kind: &str, arithmetic: Arithmetic) -> (String, Vec<(String, Report)>) {
    let mut failures = String::new();
    let mut reports = Vec::new();
    for (name, case) in cases(kind) {
        let analyser = Analyser::new(&case.checked, Reference { arithmetic });
        let interp = Interp::new(&case.checked);
        for row in &case.rows {
            assert_eq!(analyser.analyse(row).outcome, interp.run(row), "{name}: {row:?}");
        }
        let found = report(&analyser, &case.rows, &case.answers, None);
        for failure in found.failures.iter().take(if case.is_beyond { 0 } else { 2 }) {
            failures += &format!("{name}: {failure}\n");
        }
        reports.push((name, found));
    }
    (failures, reports)
}

fn summary(reports: &[(String, Report)]) -> String {
    let count = |verdict: Verdict| -> usize {
        let outputs = reports.iter().flat_map(|(_, report)| &report.outputs);
        outputs.map(|output| output.verdicts.get(&verdict).copied().unwrap_or(0)).sum()
    };
    let mut text = String::new();
    for verdict in Verdict::ALL {
        text += &format!("{} {}\n", verdict.name(), count(verdict));
    }
    for (name, report) in reports {
        for output in report.outputs.iter().filter(|output| output.greatest_ratio > 0.0) {
            text += &format!("{name} {}: ratio {:.3}, worst {:?}\n", output.name, output.greatest_ratio, output.worst);
        }
    }
    text
}

#[test]
fn onnxruntime_is_within_the_bounds_on_every_case() {
    let (failures, reports) = run("onnx", Arithmetic::AsWritten);
    println!("{}", summary(&reports));
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_pmml_engine_is_within_the_bounds_on_every_case() {
    let (failures, reports) = run("pmml", Arithmetic::Free);
    println!("{}", summary(&reports));
    assert!(failures.is_empty(), "{failures}");
}
