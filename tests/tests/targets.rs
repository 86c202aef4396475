//! Every case folder on every target, in one compilation and one process a target: 0 ULP from the interpreter.
//!
//! That the interpreter equals the original runtimes is tested beside the front ends, on the same folders.

use std::fs;
use std::path::{Path, PathBuf};

use driver::{Scorer, Target, Tools, data, rows};
use execute::{Job, interpreted};
use interp::Interp;
use plan::{Cell, GoldenOutcome};
use source::Sources;

struct Case {
    name: String,
    scorer: Scorer,
    rows: Vec<Vec<Cell>>,
    expected: Vec<GoldenOutcome>,
}

fn folders(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(kind);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("case.toml").exists()).collect();
    folders.sort();
    folders
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, file) in [("onnx", "model.onnx"), ("pmml", "model.pmml")] {
        for folder in folders(kind) {
            let name = format!("{kind} {}", folder.file_name().unwrap().to_string_lossy());
            let mut sources = Sources::new();
            let mut scorer = driver::load(&folder.join(file), &mut sources).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            // All cases live in one program, so each needs a name of its own.
            let mut module = scorer.checked.into_module();
            module.name.clone_from(&name);
            scorer.checked = check::check(module).unwrap();
            scorer.plan = plan::lower(&scorer.checked);
            let mut all = data::load(&folder.join("rows.csv"), &scorer.plan).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            let boundary = rows::boundary(&scorer, &all);
            all.extend(boundary.into_iter().take(400));
            let expected = interpreted(&Interp::new(&scorer.checked), &all);
            cases.push(Case { name, scorer, rows: all, expected });
        }
    }
    cases
}

#[test]
fn every_case_gives_the_same_bits_on_every_target() {
    let cases = cases();
    let rows: usize = cases.iter().map(|case| case.rows.len()).sum();
    assert!(cases.len() > 90, "the cases are there");
    for target in Target::ALL {
        let jobs: Vec<Job> = cases.iter().map(|case| Job { plan: &case.scorer.plan, rows: &case.rows }).collect();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cases-{}", target.name()));
        let outcomes = execute::run(target, &jobs, &folder, &Tools::of_environment()).unwrap_or_else(|failure| panic!("{failure}"));
        let mut differences = Vec::new();
        for (case, got) in cases.iter().zip(&outcomes) {
            for (number, (got, wanted)) in got.iter().zip(&case.expected).enumerate() {
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
