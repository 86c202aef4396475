//! The scripts and notebooks of `corpus`, from the stored record of their run: what pandas gave for every row, on the interpreter and on
//! every target. Needs no Python.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::path::{Path, PathBuf};

use driver::{Scorer, data};
use equiv::{Analyser, Arithmetic};
use execute::{Job, interpreted};
use interp::{Datum, Interp, Outcome};
use ir::{Elem, Literal};
use plan::{Cell, Column, GoldenOutcome};
use rayon::prelude::*;
use source::{Sources, render};
use tests::targets::outcomes;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("scorewright.toml").is_file());
    folders.sort();
    folders
}

struct Case {
    name: String,
    scorer: Scorer,
    rows: Vec<Vec<Cell>>,
    outcomes: Vec<GoldenOutcome>,
}

fn case(folder: &Path) -> Case {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let mut sources = Sources::new();
    let mut scorer = driver::open(&folder.join("scorewright.toml"), &mut sources)
        .unwrap_or_else(|problem| panic!("{name}\n{}", render::human(&problem.diagnostics(), &sources, render::Colour::Plain)));
    // All cases live in one program, so each needs a name of its own.
    let mut module = scorer.checked.into_module();
    module.name.clone_from(&name);
    scorer.checked = check::check(module).unwrap();
    scorer.plan = plan::lower(&scorer.checked);
    let rows = data::load(&scorer.original.script.as_ref().unwrap().score_file(), &scorer.plan)
        .unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    let outcomes = interpreted(&Interp::new(&scorer.checked), &rows);
    Case { name, scorer, rows, outcomes }
}

/// A cell of `expected.csv` as the result's type has it; of another type if it does not fit, which is then seen.
fn literal(text: &str, column: &Column) -> Literal {
    let truth = match text {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    };
    if text == "NaN" {
        return if column.ty.nullable { Literal::Null(column.ty.elem) } else { Literal::F64(f64::NAN) };
    }
    // What type a column of numbers has in pandas depends on its other rows.
    let number = truth.map_or_else(|| text.parse::<f64>().ok(), |truth| Some(f64::from(u8::from(truth))));
    match (column.ty.elem, number) {
        (Elem::F64, Some(number)) => Literal::F64(number),
        (Elem::F32, Some(number)) => Literal::F32(number as f32),
        (Elem::Bool, Some(number)) if number == 0.0 || number == 1.0 => Literal::Bool(number == 1.0),
        (Elem::I32, Some(number)) if number.fract() == 0.0 => Literal::I32(number as i32),
        (Elem::I64, Some(number)) if number.fract() == 0.0 => text.parse().map_or(Literal::I64(number as i64), Literal::I64),
        (Elem::DateTime, Some(_)) => text.parse().map_or(Literal::from(text), Literal::DateTime),
        (Elem::Duration, Some(_)) => text.parse().map_or(Literal::from(text), Literal::Duration),
        (_, _) => Literal::from(text),
    }
}

/// What pandas gave for the rows that have a score, in order; and of a script that drops some of them, the numbers of those that it kept.
fn expected(folder: &Path, case: &Case) -> (Vec<Outcome>, Option<Vec<usize>>) {
    let mut reader = csv::Reader::from_path(folder.join("expected.csv")).unwrap();
    let columns = &case.scorer.plan.outputs;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let headers = reader.headers().unwrap().clone();
    let first = usize::from(headers.get(0) == Some("#row"));
    assert_eq!(headers.iter().skip(first).collect::<Vec<_>>(), names, "{}", case.name);
    let record = |record: &csv::StringRecord| {
        Outcome::Scored(record.iter().skip(first).zip(columns).map(|(text, column)| Datum::Scalar(literal(text, column))).collect())
    };
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    (rows.iter().map(record).collect(), (first == 1).then(|| rows.iter().map(|row| row[0].parse().unwrap()).collect()))
}

#[test]
fn every_script_gives_what_pandas_gave() {
    let compared: Vec<(usize, Vec<String>)> = folders().par_iter().map(|folder| compared(folder)).collect();
    let failed: Vec<&str> = compared.iter().flat_map(|(_, failed)| failed).map(String::as_str).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    println!("{} scripts, {} cells", compared.len(), compared.iter().map(|(cells, _)| cells).sum::<usize>());
}

/// How many cells of a case were compared with those of pandas, and which differ.
fn compared(folder: &Path) -> (usize, Vec<String>) {
    let case = case(folder);
    let (expected, kept) = expected(folder, &case);
    let there = |number: &usize| kept.as_ref().is_none_or(|kept| kept.contains(number));
    let scored = (0..).zip(case.rows.iter().zip(&case.outcomes));
    let scored = scored.filter(|(number, (_, outcome))| matches!(outcome, GoldenOutcome::Scored(_)) && there(number));
    let rows: Vec<Vec<Datum>> = scored.map(|(_, (row, _))| row.iter().map(execute::datum).collect()).collect();
    if rows.len() != expected.len() {
        return (0, vec![format!("{}: {} rows have a score, in pandas {}", case.name, rows.len(), expected.len())]);
    }
    let analyser = Analyser::new(&case.scorer.checked, equiv::Reference { arithmetic: Arithmetic::AsWritten });
    let report = equiv::report(&analyser, &rows, &expected, None);
    let failed = report.failures.iter().take(3).map(|failure| format!("{}: {failure}", case.name));
    (rows.len() * case.scorer.plan.outputs.len(), failed.collect())
}

#[test]
fn every_script_gives_the_same_bits_on_every_target() {
    let cases: Vec<Case> = folders().par_iter().map(|folder| case(folder)).collect();
    assert!(cases.len() >= 12);
    let jobs: Vec<Job> = cases.iter().map(|case| Job::new(&case.scorer.plan, &case.rows)).collect();
    for (target, outcomes) in outcomes(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus"), &jobs) {
        for (case, outcomes) in cases.iter().zip(outcomes) {
            let different = case.outcomes.iter().zip(&outcomes).position(|(wanted, got)| wanted != got);
            assert_eq!(different, None, "{} on {}", case.name, target.name());
        }
    }
}
