//! The scripts of `corpus`, from the stored record of their run: every target gives the interpreter's bits, and each gives the same file.
//!
//! That the interpreter equals pandas' `expected.csv` cell by cell is tested in the crate `reference`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by stopping")]

use std::path::{Path, PathBuf};

use driver::{Executor, Project, Target, Tools, data, run};
use source::Sources;

fn scripts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("state.json").is_file());
    folders.sort();
    folders
}

#[test]
fn all_executors_write_the_same_file() {
    let tools = Tools::of_environment();
    assert!(scripts().len() >= 5);
    for folder in scripts() {
        let notebook = folder.join("notebook.ipynb");
        let script = if notebook.is_file() { notebook } else { folder.join("script.py") };
        let project = Project { script: Some(script), state: Some(folder.join("state.json")), ..Project::default() };
        let scorer = driver::load(&project, &mut Sources::new(), &mut |_| ()).unwrap_or_else(|problem| panic!("{problem:?}"));
        let rows = data::load(&scorer.original.script.as_ref().unwrap().score_file(), &scorer.plan).unwrap();
        let file = |executor: Executor| {
            let outcomes = run(&scorer, None, executor, &rows, &tools).unwrap();
            String::from_utf8(data::written(&scorer.plan, &outcomes, data::Form::Csv).unwrap()).unwrap()
        };
        let expected = file(Executor::Interpreter);
        assert!(expected.lines().count() > 5, "{}", folder.display());
        for target in Target::ALL {
            assert_eq!(file(Executor::Target(target)), expected, "{} on {}", folder.display(), target.name());
        }
    }
}
