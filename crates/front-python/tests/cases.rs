//! The cases of `tests/cases/python`: a snippet on `df`, rows, and what real pandas gives for them; or the diagnostic that refuses it.
//!
//! Needs no Python: the record of each case's run lies beside it, and `expect.py` there makes both. `BLESS=1` writes diagnostics.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a case that cannot be read fails the test"
)]

use check::check;
use front_python::record::{Record, Tagged};
use front_python::{Options, convert};
use interp::{Datum, Interp, Outcome};
use ir::{Literal, Reason};
use source::{Sources, render};
use std::path::{Path, PathBuf};
use tests::python::{input, read, script, unquoted};

/// Numbers compare by value whatever their types; `null` is also a float column's NaN.
fn same(ours: &Literal, cell: &str, ulps: u64) -> bool {
    let number = match ours {
        Literal::Bool(value) => Some(f64::from(u8::from(*value))),
        Literal::I32(value) => Some(f64::from(*value)),
        Literal::I64(value) => return cell == value.to_string() || cell.parse() == Ok(*value as f64),
        Literal::F64(value) => Some(*value),
        Literal::F32(value) => Some(f64::from(*value)),
        _ => None,
    };
    match (ours, number) {
        (Literal::Null(_), _) => cell == "null" || cell == "nan",
        (Literal::Str(text), _) => cell != "null" && *text == unquoted(cell),
        (Literal::DateTime(value) | Literal::Duration(value), _) => cell == value.to_string(),
        (_, Some(ours)) if ours.is_nan() => cell == "nan" || cell == "null",
        (_, Some(ours)) => {
            let theirs = match cell {
                "true" => 1.0,
                "false" => 0.0,
                cell => match cell.parse::<f64>() {
                    Ok(value) => value,
                    Err(_) => return false,
                },
            };
            ours == theirs
                || ours.is_sign_negative() == theirs.is_sign_negative()
                    && !theirs.is_nan()
                    && ours.to_bits().abs_diff(theirs.to_bits()) <= ulps
        }
        (_, None) => false,
    }
}

/// What is wrong with a case; nothing if it holds.
fn problems(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let case = read(&text);
    let mut sources = Sources::new();
    let file = sources.add("case.py", script(&case));
    let record = serde_json::from_str(&std::fs::read_to_string(path.with_extension("state.json")).unwrap()).unwrap();
    let conversion = match convert(file, &sources, &record, &Options::default()) {
        Ok(conversion) => conversion,
        Err(errors) => {
            let shown = render::human(&errors, &sources, render::Colour::Plain);
            if case.results.is_empty() && std::env::var_os("BLESS").is_some() {
                let body = text.split("\n```diagnostic\n").next().unwrap().trim_end();
                std::fs::write(path, format!("{body}\n\n```diagnostic\n{shown}```\n")).unwrap();
                return vec![];
            }
            return if case.refusal.as_deref() == Some(&shown) { vec![] } else { vec![format!("refused:\n{shown}")] };
        }
    };
    if case.results.is_empty() {
        return vec!["converted, and a refusal was expected".to_owned()];
    }
    let pruned = convert(file, &sources, &conversion.record, &Options::default());
    if pruned.map(|again| again.module).ok().as_ref() != Some(&conversion.module) {
        return vec!["the pruned record gives another module".to_owned()];
    }
    let checked = match check(conversion.module) {
        Ok(checked) => checked,
        Err(errors) => return vec![format!("unsound: {errors:?}")],
    };
    let function = checked.entry_function();
    let interp = Interp::new(&checked);
    let wanted: Vec<&str> = case.results.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "#status").collect();
    let names: Vec<&str> = function.results.iter().map(|result| result.field.name.as_str()).collect();
    if names != wanted {
        return vec![format!("results {names:?} instead of {wanted:?}")];
    }
    let mut out = Vec::new();
    for (number, row) in case.rows.iter().enumerate() {
        let arguments: Vec<Datum> = function
            .params
            .iter()
            .map(|field| {
                let at = case.inputs.iter().position(|(name, _)| *name == field.name).unwrap();
                Datum::Scalar(input(field.ty.elem, &row[at]))
            })
            .collect();
        let has_status = case.results.iter().any(|(name, _)| name == "#status");
        let cells = &row[case.inputs.len()..];
        let (status, cells) = if has_status { (cells[0].as_str(), &cells[1..]) } else { ("scored", cells) };
        match interp.run(&arguments) {
            Outcome::Rejected(which) => {
                let ours = match interp.reason(which) {
                    Reason::Invalid(_) => "invalid",
                    Reason::Filtered(_) => "filtered",
                    Reason::Undetermined(_) => "undetermined",
                };
                if ours != status {
                    out.push(format!("row {}: {}, in pandas {status}", number + 1, interp.reason(which)));
                }
            }
            Outcome::Scored(_) if status != "scored" => out.push(format!("row {}: scored, in pandas {status}", number + 1)),
            Outcome::Scored(values) => {
                for ((value, name), cell) in values.iter().zip(&names).zip(cells) {
                    let Datum::Scalar(literal) = value else { panic!("a tensor") };
                    if !same(literal, cell, case.ulps) {
                        out.push(format!("row {} {name}: {literal:?}, in pandas {cell}", number + 1));
                    }
                }
            }
        }
    }
    out
}

#[test]
fn cases_give_what_pandas_gives() {
    let only = std::env::var("CASE").unwrap_or_default();
    let paths: Vec<PathBuf> = tests::python::files();
    let mut failed = 0;
    for path in paths.iter().filter(|path| path.to_string_lossy().contains(&only)) {
        let problems = problems(path);
        if !problems.is_empty() {
            failed += 1;
            println!("{}", path.file_stem().unwrap().to_string_lossy());
            problems.iter().take(12).for_each(|problem| println!("  {problem}"));
        }
    }
    assert_eq!(failed, 0, "cases that do not hold, of {}", paths.len());
}

/// One case with one text input, after something was done to its record.
fn outcome(name: &str, change: impl Fn(&mut Record), text: &str) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/python");
    let case = read(&std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap());
    let mut record = serde_json::from_str(&std::fs::read_to_string(folder.join(format!("{name}.state.json"))).unwrap()).unwrap();
    change(&mut record);
    let mut sources = Sources::new();
    let file = sources.add("case.py", script(&case));
    let conversion = convert(file, &sources, &record, &Options::default()).unwrap();
    Interp::new(&check(conversion.module).unwrap()).run(&[Datum::from(text)])
}

/// pandas scores such a row, so no case can hold it.
#[test]
fn a_capital_sigma_in_texts_of_python_is_refused() {
    let outcome = |text: &str| outcome("text-case-of-objects", |_| (), text);
    assert!(matches!(outcome("ΟΔΟΣ"), Outcome::Rejected(_)));
    assert!(matches!(outcome("Οδός"), Outcome::Scored(_)));
}

/// pandas keeps such a text among the numbers, so no case can hold it.
#[test]
fn a_text_left_among_numbers_is_refused() {
    let outcome = |text: &str| outcome("replace-by-numbers", |_| (), text);
    assert!(matches!(outcome("maybe"), Outcome::Rejected(_)));
    assert!(matches!(outcome("yes"), Outcome::Scored(_)));
}

/// pandas scores these rows, one way in pyarrow and another in Python.
#[test]
fn a_record_without_the_place_of_texts_refuses_letters_whose_case_depends_on_it() {
    let forget = |record: &mut Record| {
        record.versions.pyarrow = None;
        record.values.retain(|one| !matches!(one.value.as_tagged(), Some(Tagged::Texts(_))));
    };
    for (name, refused, scored) in [("text-lower", "İ", "ÄÖÜ"), ("text-upper", "Straße", "Käse")] {
        assert!(matches!(outcome(name, forget, refused), Outcome::Rejected(_)), "{name}: {refused}");
        assert!(matches!(outcome(name, forget, scored), Outcome::Scored(_)), "{name}: {scored}");
        assert!(matches!(outcome(name, |_| (), refused), Outcome::Scored(_)), "{name}: {refused}, in pyarrow");
    }
}

/// A way out that is advised is a case that converts. What can only be computed elsewhere, or left out, has none.
#[test]
fn what_a_refusal_advises_converts() {
    let elsewhere = ["compute this column before scoring", "use another model", "output columns convert: --partial"];
    let mut without = Vec::new();
    for path in tests::python::files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let Some(refusal) = read(&text).refusal else { continue };
        let advised = refusal.lines().filter_map(|line| line.split_once("= help: ")).map(|(_, help)| help);
        let linked = text.split_once("](rewrite-").and_then(|(_, rest)| rest.split_once(')')).map(|(name, _)| format!("rewrite-{name}"));
        let converts = linked.is_some_and(|name| {
            let text = std::fs::read_to_string(path.with_file_name(name)).unwrap();
            !read(&text).results.is_empty()
        });
        if !converts && !advised.into_iter().all(|help| elsewhere.iter().any(|way| help.contains(way))) {
            without.push(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(without.is_empty(), "refusals whose advice no case proves: {without:?}");
}
