//! Every case on every target, in one compilation and one process a target: 0 ULP from the interpreter.
//!
//! That the interpreter equals the original runtimes is tested beside the front ends, on the same files.

use std::path::Path;

use execute::{Job, interpreted};
use interp::Interp;
use plan::{GoldenOutcome, Plan};
use rayon::prelude::*;
use tests::scorers::cases;
use tests::targets::outcomes;

#[test]
fn every_case_gives_the_same_bits_on_every_target() {
    let cases = cases();
    let plans: Vec<Plan> = cases.iter().map(|case| plan::lower(&case.checked)).collect();
    let expected: Vec<Vec<GoldenOutcome>> = cases.par_iter().map(|case| interpreted(&Interp::new(&case.checked), &case.rows)).collect();
    let rows: usize = cases.iter().map(|case| case.rows.len()).sum();
    assert!(cases.len() > 150, "the cases are there");
    let jobs: Vec<Job> = cases.iter().zip(&plans).map(|(case, plan)| Job::new(plan, &case.rows)).collect();
    for (target, outcomes) in outcomes(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases"), &jobs) {
        let mut differences = Vec::new();
        for ((case, got), expected) in cases.iter().zip(&outcomes).zip(&expected) {
            for (number, (got, wanted)) in got.iter().zip(expected).enumerate() {
                if got != wanted {
                    differences.push(format!(
                        "{}, row {number}: {:?}\n  {}: {got:?}\n  interpreter: {wanted:?}",
                        case.name,
                        case.rows[number],
                        target.name()
                    ));
                }
            }
        }
        assert!(
            differences.is_empty(),
            "{} differences on {}:\n{}",
            differences.len(),
            target.name(),
            differences[..differences.len().min(10)].join("\n")
        );
        println!("{}: {} cases, {rows} rows, 0 differences", target.name(), cases.len());
    }
}
