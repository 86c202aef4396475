//! A program that runs scorers on rows in bytes: the way in which emitted WebAssembly is compared and `run --on wasm` works.
//!
//! The wire is the one that `back_rust::harness` documents. One Node process runs all scorers.

use plan::{File, Plan};

/// The program for scorers whose packages lie in folders beside it: `(folder, plan)`.
///
/// It runs the column form and the single-row form and fails if they differ. It needs no plan: a package describes its own columns.
pub fn harness(cases: &[(String, &Plan)]) -> File {
    let imports: Vec<String> = cases.iter().map(|(folder, _)| format!("  await import(\"./{folder}/index.js\"),\n")).collect();
    File::text("harness.mjs", format!("const cases = [\n{}];\n{}", imports.concat(), include_str!("package_files/harness.mjs")))
}
