//! Every folder under `tests/cases/onnx` through the interpreter, against onnxruntime's answers; refusals; damaged files.

mod support;

#[test]
fn every_case_agrees_with_onnxruntime() {
    let mut failures = String::new();
    let folders = support::folders("onnx");
    assert!(!folders.is_empty());
    for folder in &folders {
        let differences = support::run(folder, "model.onnx", front_onnx::read);
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
    support::check_refusals("onnx", "model.onnx", front_onnx::read);
}

#[test]
fn damaged_models_are_refused_or_sound() {
    for folder in support::folders("onnx") {
        support::survive_damage(&folder, "model.onnx", 60, front_onnx::read);
    }
}
