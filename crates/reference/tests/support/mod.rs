//! Runs a script by pandas and by the interpreter of its conversion, and compares every cell.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by stopping"
)]

use check::check;
use front_python::modules::{self, Module};
use front_python::{Conversion, Options, convert};
use interp::{Datum, Interp, Outcome};
use ir::{Elem, Field, Literal, Reason};
use reference::{Cell, Limits, OutputRequest, OutputTable, Reference, Script};
use source::{Diagnostic, Sources, render};
use std::path::{Path, PathBuf};

pub struct Case {
    pub sources: Sources,
    pub file: source::FileId,
    pub path: PathBuf,
    pub modules: Vec<Module>,
}

impl Case {
    pub fn open(path: &Path) -> Case {
        let mut sources = Sources::new();
        let name = path.file_name().unwrap().to_string_lossy();
        let bytes = std::fs::read(path).unwrap();
        let file = match name.ends_with(".ipynb") {
            true => front_python::notebook::read(&bytes, &name, &mut sources).unwrap().file,
            false => sources.add(name, String::from_utf8(bytes).unwrap()),
        };
        let modules = modules::find(file, &mut sources, &mut |way| std::fs::read_to_string(path.parent().unwrap().join(way)).ok());
        Case { sources, file, path: path.to_path_buf(), modules }
    }

    pub fn script(&self) -> Script<'_> {
        Script { path: &self.path, file: self.file, sources: &self.sources, modules: &self.modules, files: &[] }
    }

    pub fn options(&self) -> Options {
        Options { modules: self.modules.clone(), ..Options::default() }
    }

    pub fn show(&self, diagnostics: &[Diagnostic]) -> String {
        render::human(diagnostics, &self.sources, render::Colour::Plain)
    }
}

/// The Python to test with; none where there is none, and then a test says so and passes.
pub fn python() -> Option<Reference> {
    let reference = Reference::find(Limits::default());
    let probe =
        std::process::Command::new(reference.python()).args(["-c", "import pandas, sklearn; assert pandas.__version__ >= '3'"]).output();
    if probe.is_ok_and(|output| output.status.success()) {
        return Some(reference);
    }
    println!("skipped: no Python with pandas 3 and scikit-learn (set SCOREWRIGHT_PYTHON)");
    None
}

const MISSING: &[&str] = &[
    "", "NA", "N/A", "n/a", "nan", "NaN", "None", "null", "NULL", "#N/A", "<NA>", "-nan", "-NaN", "#NA", "1.#IND", "1.#QNAN", "-1.#IND",
    "-1.#QNAN", "#N/A N/A",
];

/// A CSV cell as a parameter takes it.
pub fn literal(field: &Field, text: &str) -> Literal {
    if field.ty.nullable && MISSING.contains(&text) {
        return Literal::Null(field.ty.elem);
    }
    match field.ty.elem {
        Elem::Bool => Literal::Bool(text.eq_ignore_ascii_case("true")),
        Elem::I64 => Literal::I64(text.trim().parse().unwrap_or_else(|_| panic!("{}: {text:?} is no integer", field.name))),
        Elem::F64 => Literal::F64(text.trim().parse().unwrap_or_else(|_| panic!("{}: {text:?} is no number", field.name))),
        Elem::Str => Literal::Str(text.to_owned()),
        other => panic!("no input of type {other}"),
    }
}

/// The rows of a CSV file by the parameters of a module.
pub fn rows(conversion: &Conversion, csv: &str) -> Vec<Vec<Datum>> {
    let params = &conversion.module.entry_function().unwrap().params;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at: Vec<usize> = params.iter().map(|field| header.iter().position(|name| name == field.name).unwrap()).collect();
    reader
        .records()
        .map(|row| params.iter().zip(&at).map(|(field, at)| Datum::Scalar(literal(field, &row.as_ref().unwrap()[*at]))).collect())
        .collect()
}

/// What differs between the interpreter and pandas: one line a cell. Rejected rows must be absent from pandas' index.
pub fn differences(conversion: &Conversion, csv: &str, table: &OutputTable, ulps: u64) -> Vec<String> {
    let checked = check(conversion.module.clone()).unwrap_or_else(|errors| panic!("{errors:?}"));
    let interp = Interp::new(&checked);
    let results = &conversion.module.entry_function().unwrap().results;
    let mut out = Vec::new();
    let names: Vec<&str> = results.iter().map(|one| one.field.name.as_str()).collect();
    let expected: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    if names != expected {
        return vec![format!("columns: {names:?}, in pandas {expected:?}")];
    }
    let outcomes: Vec<Outcome> = rows(conversion, csv).iter().map(|row| interp.run(row)).collect();
    let mut next = 0;
    for (row, outcome) in outcomes.iter().enumerate() {
        let values = match outcome {
            Outcome::Scored(values) => values,
            Outcome::Rejected(number) => {
                match interp.reason(*number) {
                    Reason::Filtered(_) => {}
                    reason => out.push(format!("row {row}: {reason}")),
                }
                continue;
            }
        };
        if next >= table.rows {
            out.push(format!("row {row}: not in pandas' output"));
            continue;
        }
        for ((value, field), column) in values.iter().zip(results).zip(&table.columns) {
            let Datum::Scalar(literal) = value else { panic!("a tensor") };
            if !same(literal, &column.cells[next], ulps) {
                out.push(format!("row {row} {}: {literal:?}, in pandas {:?}", field.field.name, column.cells[next]));
            }
        }
        next += 1;
    }
    if next != table.rows {
        out.push(format!("{next} rows scored, in pandas {}", table.rows));
    }
    out
}

/// With no unit to give away, types and bits are the same; only a whole number of pandas may be a float here, because its type depends
/// on the other rows where one may be missing. Else numbers compare by value, whatever their types. Missing of any kind is missing.
fn same(ours: &Literal, theirs: &Cell, ulps: u64) -> bool {
    if ulps == 0 {
        return match (ours, theirs) {
            (Literal::Null(_), Cell::Missing(_)) => true,
            (Literal::F64(a), Cell::Missing(_)) => a.is_nan(),
            (Literal::F64(a), Cell::Float(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            (Literal::I64(a), Cell::Int(b)) | (Literal::DateTime(a), Cell::DateTime(b)) | (Literal::Duration(a), Cell::Duration(b)) => {
                a == b
            }
            (Literal::I32(a), Cell::Int(b)) => i64::from(*a) == *b,
            (Literal::F64(a), Cell::Int(b)) => a.to_bits() == (*b as f64).to_bits(),
            (Literal::Bool(a), Cell::Bool(b)) => a == b,
            (Literal::Str(a), Cell::Text(b)) => a == b,
            _ => false,
        };
    }
    let number = |literal: &Literal| match literal {
        Literal::Bool(value) => Some(f64::from(u8::from(*value))),
        Literal::I32(value) => Some(f64::from(*value)),
        Literal::I64(value) => Some(*value as f64),
        Literal::F64(value) => Some(*value),
        Literal::F32(value) => Some(f64::from(*value)),
        _ => None,
    };
    match (ours, theirs) {
        (Literal::Null(_), Cell::Missing(_)) => true,
        (Literal::F64(value), Cell::Missing(_)) => value.is_nan(),
        (Literal::Str(a), Cell::Text(b)) => a == b,
        (Literal::DateTime(a), Cell::DateTime(b)) | (Literal::Duration(a), Cell::Duration(b)) => a == b,
        (Literal::I64(a), Cell::Int(b)) => a == b,
        (ours, Cell::Float(b)) => number(ours).is_some_and(|a| a == *b || a.is_nan() && b.is_nan() || apart(a, *b) <= ulps),
        (ours, Cell::Int(b)) => number(ours) == Some(*b as f64),
        (ours, Cell::Bool(b)) => number(ours) == Some(f64::from(u8::from(*b))),
        _ => false,
    }
}

fn apart(a: f64, b: f64) -> u64 {
    if a.is_sign_negative() != b.is_sign_negative() || a.is_nan() || b.is_nan() { u64::MAX } else { a.to_bits().abs_diff(b.to_bits()) }
}

/// Records, converts, converts again from the pruned record, runs both sides on the scoring file and gives what differs.
pub fn compare(reference: &Reference, script: &Path, options: &Options, ulps: u64) -> Result<(Conversion, Vec<String>), String> {
    let case = Case::open(script);
    let options = &Options { modules: case.options().modules, ..options.clone() };
    let record = reference.record(case.script(), options.output.as_deref()).map_err(|error| case.show(&[error]))?;
    let conversion = convert(case.file, &case.sources, &record, options).map_err(|errors| case.show(&errors))?;
    let text = serde_json::to_string(&conversion.record).unwrap();
    if let Some(path) = std::env::var_os("STATE") {
        std::fs::write(path, serde_json::to_string_pretty(&conversion.record).unwrap()).unwrap();
    }
    let stored = serde_json::from_str(&text).unwrap();
    let again =
        convert(case.file, &case.sources, &stored, options).map_err(|errors| format!("from the pruned record:\n{}", case.show(&errors)))?;
    assert_eq!(conversion.module, again.module, "the pruned record gives another module");
    let (first, second) = (serde_json::to_string_pretty(&stored).unwrap(), serde_json::to_string_pretty(&again.record).unwrap());
    let differing = first.lines().zip(second.lines()).find(|(a, b)| a != b);
    assert_eq!(differing, None, "pruning twice gives another record");
    let dtypes = conversion.score.1.iter().map(|input| (input.name.clone(), input.dtype.clone())).collect();
    let request = OutputRequest {
        output: conversion.output.clone(),
        score: Some((conversion.score.0.clone(), dtypes)),
        raised: conversion.record.raised.iter().map(|raised| raised.line).collect(),
        until: Some(conversion.until),
        ..OutputRequest::default()
    };
    let outputs = reference.outputs(case.script(), &request).map_err(|error| case.show(&[error]))?;
    // Beside a file of another form its rows stand as CSV.
    let csv = std::fs::read_to_string(script.parent().unwrap().join(&conversion.score.0).with_extension("csv")).unwrap();
    let differences = differences(&conversion, &csv, &outputs.table, ulps);
    Ok((conversion, differences))
}
