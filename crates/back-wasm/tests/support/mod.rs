//! Prints packages, validates their modules and runs their golden tests with the outcomes of the interpreter.

use std::process::Command;

use interp::{Datum, Interp, Outcome};
use ir::{Builder, Literal};
use plan::{Cell, File, Golden, GoldenOutcome};
use wasmparser::{Validator, WasmFeatures};

/// A package and the rows that its test holds.
pub fn package(b: Builder, rows: &[Vec<Datum>]) -> Vec<File> {
    let checked = check::check(b.finish().expect("every operation fits")).expect("the module is sound");
    let interp = Interp::new(&checked);
    let golden: Vec<Golden> = rows.iter().map(|row| golden(&interp, row)).collect();
    let files = back_wasm::print(&plan::lower(&checked), &golden);
    let module = files.iter().find(|file| file.path == "scorer.wasm").expect("there is a module");
    let features = WasmFeatures::WASM1
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE;
    Validator::new_with_features(features).validate_all(&module.contents).expect("the module is valid");
    files
}

/// Runs `node --test` on the package of a module; every row must come out as the interpreter says.
pub fn agrees(b: Builder, rows: &[Vec<Datum>]) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for file in package(b, rows) {
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be made");
        std::fs::write(path, file.contents).expect("files can be written");
    }
    let run = Command::new("node").arg("--test").current_dir(folder.path()).output().expect("node is installed");
    assert!(run.status.success(), "{}\n{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
}

fn golden(interp: &Interp, row: &[Datum]) -> Golden {
    let outcome = match interp.run(row) {
        Outcome::Scored(results) => GoldenOutcome::Scored(results.iter().map(cell).collect()),
        Outcome::Rejected(number) => GoldenOutcome::Rejected(number as u32),
    };
    Golden { row: row.iter().map(cell).collect(), outcome }
}

fn cell(datum: &Datum) -> Cell {
    match datum {
        Datum::Scalar(literal) => Cell::Scalar(literal.clone()),
        Datum::Tensor(literals) => Cell::Array(literals.clone()),
    }
}

pub fn null(elem: ir::Elem) -> Datum {
    Datum::Scalar(Literal::Null(elem))
}
