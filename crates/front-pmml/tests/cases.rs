//! Every folder under `tests/cases/pmml` through the interpreter, against a PMML engine's answers; refusals; damaged files.

#[path = "../../front-onnx/tests/support/mod.rs"]
mod support;

#[test]
fn every_case_agrees_with_the_engine() {
    let mut failures = String::new();
    let folders = support::folders("pmml");
    assert!(!folders.is_empty());
    for folder in &folders {
        let differences = support::run(folder, "model.pmml", front_pmml::read);
        if !differences.is_empty() {
            let shown: Vec<&str> = differences.iter().take(6).map(String::as_str).collect();
            failures += &format!(
                "\n{} ({} differences)\n  {}",
                folder.file_name().unwrap().to_string_lossy(),
                differences.len(),
                shown.join("\n  ")
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
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
