//! Every folder under `tests/cases/pmml` through the interpreter, against a PMML engine's answers.

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
            failures += &format!("\n{} ({} differences)\n  {}", folder.file_name().unwrap().to_string_lossy(), differences.len(), shown.join("\n  "));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
