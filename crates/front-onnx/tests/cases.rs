//! Every folder under `tests/cases/onnx` through the interpreter, against onnxruntime's answers; refusals; damaged files.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

mod support;

use ir::Module;
use source::{Diagnostic, FileId, Sources};

fn read(bytes: &[u8], file: FileId, sources: &Sources) -> Result<Module, Vec<Diagnostic>> {
    front_onnx::read(bytes.to_vec(), file, sources, &front_onnx::Options::default())
}

#[test]
fn every_case_agrees_with_onnxruntime() {
    support::check_all("onnx", |_| "model.onnx".to_owned(), read);
}

/// The rendered diagnostics are the expectation; `BLESS=1` writes them.
#[test]
fn every_refusal_says_what_where_and_the_way_out() {
    support::check_refusals("onnx", "model.onnx", read);
}

/// What is said of a case that converts stands beside it in `notes.txt`; of others nothing is. `BLESS=1` writes these files.
#[test]
fn exports_that_differ_from_their_estimators_are_told() {
    let mut failures = String::new();
    for folder in support::folders("onnx") {
        let mut sources = Sources::new();
        let file = sources.add_binary("model.onnx");
        let bytes = std::fs::read(folder.join("model.onnx")).unwrap();
        let (_, notes) = front_onnx::read_with_notes(bytes, file, &sources, &front_onnx::Options::default()).unwrap();
        let said = if notes.is_empty() { String::new() } else { support::human(&notes, &sources) };
        let expected = folder.join("notes.txt");
        if std::fs::read_to_string(&expected).unwrap_or_default() == said {
            continue;
        }
        if std::env::var_os("BLESS").is_none() {
            failures += &format!("\n{}\n{said}", folder.display());
        } else if said.is_empty() {
            std::fs::remove_file(expected).unwrap();
        } else {
            std::fs::write(expected, said).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn damaged_models_are_refused_or_sound() {
    for folder in support::folders("onnx") {
        support::survive_damage(&folder, "model.onnx", 60, read);
    }
}
