//! Every folder under `tests/cases/onnx` through the interpreter, against onnxruntime's answers; refusals; damaged files.

mod support;

use ir::Module;
use source::{Diagnostic, FileId, Sources};

fn read(bytes: &[u8], file: FileId, sources: &Sources) -> Result<Module, Vec<Diagnostic>> {
    front_onnx::read(bytes, file, sources, &front_onnx::Options::default())
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

#[test]
fn damaged_models_are_refused_or_sound() {
    for folder in support::folders("onnx") {
        support::survive_damage(&folder, "model.onnx", 60, read);
    }
}
