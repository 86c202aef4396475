//! The recorded answers of real references, by the cases of `tests/cases`: every difference must be within the derived bounds.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use check::{Checked, check};
use equiv::{Analyser, Arithmetic, Reference, Report, Verdict, report};
use interp::{Datum, Interp, Outcome};
use ir::{Elem, Field, Literal};
use source::Sources;

/// Rows and the reference's answers. A row that the reference refuses has our rejection for an answer, whichever it is.
struct Case {
    checked: Checked,
    rows: Vec<Vec<Datum>>,
    answers: Vec<Outcome>,
}

fn cases(kind: &str) -> Vec<(String, Case)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(kind);
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("case.toml").exists());
    folders.sort();
    folders.iter().map(|folder| (folder.file_name().unwrap().to_string_lossy().into_owned(), case(folder))).collect()
}

fn case(folder: &Path) -> Case {
    let mut sources = Sources::new();
    let module = if folder.join("model.onnx").exists() {
        let id = sources.add_binary("model.onnx");
        front_onnx::read(&fs::read(folder.join("model.onnx")).unwrap(), id, &sources).unwrap()
    } else {
        let bytes = fs::read(folder.join("model.pmml")).unwrap();
        let id = sources.add("model.pmml", String::from_utf8_lossy(&bytes));
        front_pmml::read(&bytes, id, &sources).unwrap()
    };
    let checked = check(module).unwrap();
    let entry = checked.entry_function();
    let (rows, expected) = (table(&folder.join("rows.csv")), table(&folder.join("expected.csv")));
    let status = expected.0.iter().position(|name| name == "#status");
    let data = |fields: &[Field], (header, row): (&[String], &[String])| fields.iter().map(|field| datum(field, header, row)).collect();
    let rows: Vec<Vec<Datum>> = rows.1.iter().map(|row| data(&entry.params, (&rows.0, row))).collect();
    let results: Vec<Field> = entry.results.iter().map(|output| output.field.clone()).collect();
    let interp = Interp::new(&checked);
    let answer = |(row, answer): (&Vec<Datum>, &Vec<String>)| {
        if status.is_some_and(|at| answer[at] == "invalid") {
            return match interp.run(row) {
                Outcome::Rejected(number) => Outcome::Rejected(number),
                Outcome::Scored(_) => Outcome::Rejected(usize::MAX),
            };
        }
        Outcome::Scored(data(&results, (&expected.0, answer)))
    };
    let answers = rows.iter().zip(&expected.1).map(answer).collect();
    Case { rows, answers, checked }
}

fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect())
}

fn datum(field: &Field, header: &[String], row: &[String]) -> Datum {
    let cell = |name: &str| literal(&row[header.iter().position(|there| there == name).unwrap()], field);
    if field.ty.is_scalar() {
        return Datum::Scalar(cell(&field.name));
    }
    Datum::Tensor((0..field.ty.count()).map(|index| cell(&format!("{}[{index}]", field.name))).collect())
}

fn literal(text: &str, field: &Field) -> Literal {
    match field.ty.elem {
        elem if text.is_empty() && field.ty.nullable => Literal::Null(elem),
        Elem::Bool => Literal::Bool(text == "true"),
        Elem::I32 => Literal::I32(text.parse().unwrap()),
        Elem::I64 => Literal::I64(text.parse().unwrap()),
        Elem::F32 => Literal::F32(text.parse().unwrap()),
        Elem::F64 => Literal::F64(text.parse().unwrap()),
        Elem::Str => Literal::Str(text.to_owned()),
        Elem::Date | Elem::DateTime | Elem::Duration => panic!("no case has times"),
    }
}

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
        for failure in found.failures.iter().take(2) {
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
