//! Every estimator that skl2onnx converts: the exported graph on the interpreter against onnxruntime, and on every target.
//! `BLESS=1` writes the table anew; `CASE=part_of_a_name` runs those cases on the interpreter and shows what is wrong.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use check::Checked;
use driver::data;
use execute::Job;
use front_onnx::Options;
use interp::Interp;
use ir::{Elem, Field, Literal};
use plan::{Cell, GoldenOutcome, Plan};
use source::Sources;
use tests::targets::outcomes;

/// How far a float may be from onnxruntime's, which sums in another order: relative, and near zero.
const RELATIVE: f64 = 1e-4;
const ABSOLUTE: f64 = 1e-4;

struct Scorer {
    name: String,
    checked: Box<Checked>,
    rows: Vec<Vec<Cell>>,
    outcomes: Vec<GoldenOutcome>,
}

fn read(folder: &Path, name: &str) -> Result<Checked, String> {
    let mut sources = Sources::new();
    let file = sources.add_binary(format!("estimator {name}.onnx"));
    let found =
        |found: Vec<source::Diagnostic>| found.first().map_or_else(String::new, |first| format!("{}: {}", first.name, first.message));
    front_onnx::read(fs::read(folder.join("model.onnx")).unwrap(), file, &sources, &Options::default())
        .and_then(check::check)
        .map_err(found)
}

/// The cells of a field in each row of a table: its column, or the columns `name[i]`.
fn column(field: &Field, headers: &[String], rows: &[Vec<String>]) -> Option<Vec<Vec<String>>> {
    let places: Option<Vec<usize>> = match field.ty.shape.is_empty() {
        true => headers.iter().position(|header| *header == field.name).map(|at| vec![at]),
        false => {
            (0..field.ty.count()).map(|index| headers.iter().position(|header| *header == format!("{}[{index}]", field.name))).collect()
        }
    };
    let places = places?;
    Some(rows.iter().map(|row| places.iter().map(|at| row[*at].clone()).collect()).collect())
}

fn near(got: &Literal, wanted: &str) -> bool {
    if let (Elem::F32 | Elem::F64, Some(got)) = (got.elem(), got.as_f64()) {
        let wanted: f64 = wanted.parse().unwrap();
        return got == wanted || got.is_nan() && wanted.is_nan() || (got - wanted).abs() <= ABSOLUTE + RELATIVE * wanted.abs();
    }
    let text = got.as_str().map(str::to_owned).or_else(|| got.as_bool().map(|truth| truth.to_string()));
    text.or_else(|| got.as_i64().map(|number| number.to_string())).as_deref() == Some(wanted)
}

/// Rows that differ from onnxruntime's answer, with the first of them; or why nothing can be compared.
fn compared(folder: &Path, scorer: &Scorer) -> Result<(), String> {
    let mut reader = csv::Reader::from_path(folder.join("expected.csv")).unwrap();
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut wrong = BTreeMap::new();
    for (number, field) in scorer.checked.entry_function().results.iter().enumerate() {
        let Some(wanted) = column(&field.field, &headers, &rows) else {
            return Err(format!("no column {} in {headers:?}", field.field.name));
        };
        for (at, (outcome, wanted)) in scorer.outcomes.iter().zip(&wanted).enumerate() {
            let got = match outcome {
                GoldenOutcome::Scored(cells) => match &cells[number] {
                    Cell::Scalar(literal) => vec![literal.clone()],
                    Cell::Array(literals) => literals.clone(),
                },
                GoldenOutcome::Rejected(rejection) => {
                    let reason = &scorer.checked.entry_function().rejections[*rejection as usize].reason;
                    wrong.entry(at).or_insert_with(|| format!("row {at} is rejected: {reason}"));
                    continue;
                }
            };
            if let Some((got, wanted)) = got.iter().zip(wanted).find(|(got, wanted)| !near(got, wanted)) {
                wrong.entry(at).or_insert_with(|| format!("row {at}, {}: {got:?}, and onnxruntime says {wanted}", field.field.name));
            }
        }
    }
    match wrong.first_key_value() {
        None => Ok(()),
        Some((_, first)) => Err(format!("{} of {} rows differ; {first}", wrong.len(), scorer.rows.len())),
    }
}

#[test]
fn exported_estimators_equal_onnxruntime() {
    let Some(folder): Option<PathBuf> =
        tests::python::made_by("onnx_suite/estimators.py", "onnx-estimators", "skl2onnx, onnxruntime, sklearn")
    else {
        return;
    };
    let index: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let asked = std::env::var("CASE").ok();
    let (mut verdicts, mut scorers) = (Vec::new(), Vec::new());
    for entry in index["cases"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap().to_owned();
        if asked.as_ref().is_some_and(|part| !name.contains(part.as_str())) {
            continue;
        }
        if let Some(why) = entry["refused"].as_str() {
            verdicts.push((name, Err(format!("not exported: {why}"))));
            continue;
        }
        let place = folder.join(&name);
        match read(&place, &name) {
            Err(why) => verdicts.push((name, Err(format!("refused: {why}")))),
            Ok(checked) => {
                let rows =
                    data::load(&place.join("rows.csv"), &plan::lower(&checked)).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
                let outcomes = execute::interpreted(&Interp::new(&checked), &rows);
                let scorer = Scorer { name: name.clone(), checked: Box::new(checked), rows, outcomes };
                let verdict = compared(&place, &scorer);
                if asked.is_some() {
                    println!("{name}: {verdict:?}");
                }
                verdicts.push((name, verdict));
                scorers.push(scorer);
            }
        }
    }
    if asked.is_some() {
        verdicts.iter().filter(|(_, verdict)| verdict.is_err()).for_each(|(name, verdict)| println!("{name}: {verdict:?}"));
        return;
    }
    let plans: Vec<Plan> = scorers.iter().map(|scorer| plan::lower(&scorer.checked)).collect();
    let jobs: Vec<Job<'_>> = scorers.iter().zip(&plans).map(|(scorer, plan)| Job::new(plan, &scorer.rows)).collect();
    for (target, outcomes) in outcomes(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("onnx-estimators-run"), &jobs) {
        for (scorer, got) in scorers.iter().zip(&outcomes) {
            assert!(*got == scorer.outcomes, "{}: {} differs from the interpreter", scorer.name, target.name());
        }
    }
    let equal = verdicts.iter().filter(|(_, verdict)| verdict.is_ok()).count();
    let exported = verdicts.iter().filter(|(_, verdict)| !verdict.as_ref().is_err_and(|why| why.starts_with("not exported"))).count();
    let mut table = format!(
        "# Estimators exported by skl2onnx\n\nMade by `BLESS=1 cargo test -p scorewright-tests --test onnx_estimators`. {equal} of the {exported} graphs that skl2onnx exports and onnxruntime runs \
         give onnxruntime's answers on held-out rows (labels equal, floats within {RELATIVE:e} or {ABSOLUTE:e}), and all targets the same bits.\n\n| estimator | |\n|---|---|\n"
    );
    for (name, verdict) in &verdicts {
        writeln!(table, "| {name} | {} |", verdict.as_ref().err().map_or("equal", String::as_str)).unwrap();
    }
    println!("{equal} of {exported} exported estimators equal onnxruntime");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage/onnx-estimators.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, table).unwrap();
    } else {
        assert!(fs::read_to_string(path).unwrap() == table, "the table has changed: BLESS=1 writes it anew");
    }
}
