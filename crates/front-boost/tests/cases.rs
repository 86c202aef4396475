//! Every folder under `tests/cases/boost` through the interpreter, against the answers of the model's own library; refusals; damaged files.
#![allow(clippy::unwrap_used, reason = "a case that cannot be read fails the test")]

#[path = "../../front-onnx/tests/support/mod.rs"]
mod support;

/// The model of a case, whose ending says its form.
fn model(folder: &std::path::Path) -> String {
    let mut names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.find(|name| name.starts_with("model.")).unwrap()
}

#[test]
fn every_case_agrees_with_its_library() {
    support::check_all("boost", model, front_boost::read);
}

/// The rendered diagnostics are the expectation; `BLESS=1` writes them.
#[test]
fn every_refusal_says_what_where_and_the_way_out() {
    support::check_refusals("boost", "model.file", front_boost::read);
}

#[test]
fn damaged_models_are_refused_or_sound() {
    for folder in support::folders("boost") {
        support::survive_damage(&folder, &model(&folder), 60, front_boost::read);
    }
}
