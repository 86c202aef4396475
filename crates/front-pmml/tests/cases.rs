//! Every folder under `tests/cases/pmml` through the interpreter, against a PMML engine's answers; refusals; damaged files.

#[path = "../../front-onnx/tests/support/mod.rs"]
mod support;

#[test]
fn every_case_agrees_with_the_engine() {
    support::check_all("pmml", |_| "model.pmml".to_owned(), front_pmml::read);
}

/// The rendered diagnostics are the expectation; `BLESS=1` writes them.
#[test]
fn every_refusal_says_what_where_and_the_way_out() {
    support::check_refusals("pmml", "model.pmml", front_pmml::read);
}

#[test]
fn damaged_documents_are_refused_or_sound() {
    for folder in support::folders("pmml") {
        support::survive_damage(&folder, "model.pmml", 60, front_pmml::read);
    }
}
