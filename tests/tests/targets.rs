//! Every case on every target, in one compilation and one process a target: 0 ULP from the interpreter.
//!
//! That the interpreter equals the original runtimes is tested beside the front ends, on the same files.

use std::fs;
use std::path::{Path, PathBuf};

use driver::{Target, Tools, data, rows};
use execute::{Job, interpreted};
use interp::Interp;
use plan::{Cell, GoldenOutcome, Plan};
use source::Sources;

struct Case {
    name: String,
    plan: Plan,
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
            let scorer = driver::open(&folder.join(file), &mut Sources::new()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            let checked = renamed(scorer.checked.into_module(), &name);
            let rows = data::load(&folder.join("rows.csv"), &plan::lower(&checked)).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            cases.push(case(name, checked, rows));
        }
    }
    cases.extend(tests::python::files().iter().filter_map(|path| python(path)));
    cases
}

/// A Python case, unless it is one that is refused.
fn python(path: &Path) -> Option<Case> {
    let name = format!("python {}", path.file_stem().unwrap().to_string_lossy());
    let read = tests::python::read(&fs::read_to_string(path).unwrap());
    let record = serde_json::from_str(&fs::read_to_string(path.with_extension("state.json")).unwrap()).unwrap();
    let mut sources = Sources::new();
    let file = sources.add("case.py", tests::python::script(&read));
    let conversion = front_python::convert(file, &sources, &record, &front_python::Options::default()).ok()?;
    let checked = renamed(conversion.module, &name);
    let cell = |row: &Vec<String>, field: &ir::Field| {
        let at = read.inputs.iter().position(|(name, _)| *name == field.name).unwrap();
        Cell::Scalar(tests::python::input(field.ty.elem, &row[at]))
    };
    let rows = read.rows.iter().map(|row| checked.entry_function().params.iter().map(|field| cell(row, field)).collect()).collect();
    Some(case(name, checked, rows))
}

/// All cases live in one program, so each needs a name of its own.
fn renamed(mut module: ir::Module, name: &str) -> check::Checked {
    module.name = name.into();
    check::check(module).unwrap()
}

fn case(name: String, checked: check::Checked, mut rows: Vec<Vec<Cell>>) -> Case {
    let boundary = rows::boundary(&checked, &rows);
    rows.extend(boundary.into_iter().take(400));
    let expected = interpreted(&Interp::new(&checked), &rows);
    Case { name, plan: plan::lower(&checked), rows, expected }
}

#[test]
fn every_case_gives_the_same_bits_on_every_target() {
    let cases = cases();
    let rows: usize = cases.iter().map(|case| case.rows.len()).sum();
    assert!(cases.len() > 150, "the cases are there");
    for target in Target::ALL {
        let jobs: Vec<Job> = cases.iter().map(|case| Job { plan: &case.plan, rows: &case.rows }).collect();
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
