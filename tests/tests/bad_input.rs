//! Bad input: one clear message, the right exit code, nothing written.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test says what is wrong by stopping")]

use std::fs;
use std::path::Path;

use driver::verify::OriginalUse;
use driver::{Problem, Request, Target, Tools, data};
use source::{Sources, render};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/german-credit/model.onnx");

/// What is said about a file with these bytes, and the exit code.
fn said(name: &str, bytes: &[u8]) -> (String, u8) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let mut sources = Sources::new();
    match driver::open(&path, &mut sources) {
        Ok(_) => panic!("{name} was taken"),
        Err(problem) => {
            let text = match &problem {
                Problem::Refused(found) => render::human(found, &sources, render::Colour::Plain),
                other => format!("{other:?}"),
            };
            (text, problem.exit_code())
        }
    }
}

#[test]
fn a_missing_file_is_named() {
    let Err(problem) = driver::open(Path::new("no/such/model.onnx"), &mut Sources::new()) else { panic!("it was read") };
    assert_eq!(problem.exit_code(), 1);
    assert!(format!("{problem:?}").contains("no/such/model.onnx"));
}

#[test]
fn an_onnx_file_cut_anywhere_is_refused() {
    let whole = fs::read(MODEL).unwrap();
    for parts in 1..16 {
        let (text, code) = said("model.onnx", &whole[..whole.len() * parts / 16]);
        assert_eq!(code, 2, "{text}");
        assert!(text.starts_with("error[onnx-"), "{text}");
    }
}

#[test]
fn an_entity_bomb_is_refused_unexpanded() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE p [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><PMML>&b;</PMML>";
    let (text, code) = said("model.pmml", bomb.as_bytes());
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("error[pmml-"), "{text}");
}

#[test]
fn a_hostile_notebook_is_refused_with_one_error() {
    let deep = format!("{{\"nbformat\": 4, \"cells\": {}", "[".repeat(1 << 20));
    for bytes in [&b"\x89PNG"[..], b"{\"nbformat\": 4}", b"{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\"}]}", deep.as_bytes()] {
        let (text, code) = said("notebook.ipynb", bytes);
        assert_eq!((code, text.matches("error[").count()), (2, 1), "{text}");
        assert!(text.starts_with("error[notebook-file]: `notebook.ipynb` cannot be read as a notebook"), "{text}");
    }
}

#[test]
fn another_kind_of_file_is_refused() {
    let (text, code) = said("model.pkl", b"\x80\x04");
    assert_eq!(code, 2);
    assert!(text.contains("input-kind"), "{text}");
}

#[test]
fn a_boosting_model_is_told_by_its_content_and_refused_when_cut() {
    let folder = tempfile::tempdir().unwrap();
    for case in
        ["xgboost_logistic", "xgboost_squared_error", "lightgbm_binary", "lightgbm_regression_dump", "catboost_rmse", "catboost_rmse_cbm"]
    {
        let whole = fs::read(tests::scorers::model(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/boost").join(case))).unwrap();
        let path = folder.path().join("model.bin");
        fs::write(&path, &whole).unwrap();
        assert!(driver::open(&path, &mut Sources::new()).is_ok(), "{case}");
        // What is cut early may not say yet what it is.
        for parts in 12..16 {
            let (text, code) = said("model.bin", &whole[..whole.len() * parts / 16]);
            assert_eq!(code, 2, "{text}");
            assert!(text.starts_with("error[boost-malformed]"), "{case}: {text}");
        }
    }
}

#[test]
fn a_wrong_column_and_a_wrong_value_are_named() {
    // The record of the script's run is there, so no Python is needed.
    let scorer = driver::open(&Path::new(MODEL).with_file_name("scorewright.toml"), &mut Sources::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.csv");
    fs::write(&rows, "amont\n1\n").unwrap();
    let Err(problem) = data::load(&rows, &scorer.plan) else { panic!("they were read") };
    assert!(format!("{problem:?}").contains("there is no column"), "{problem:?}");
    let good = fs::read_to_string(Path::new(MODEL).with_file_name("score.csv")).unwrap();
    let spoiled: Vec<String> = good.lines().take(2).map(String::from).collect();
    fs::write(&rows, format!("{}\n{}\n", spoiled[0], spoiled[1].replacen(",", ",twelve", 1))).unwrap();
    let Err(problem) = data::load(&rows, &scorer.plan) else { panic!("they were read") };
    assert!(format!("{problem:?}").contains("line 2"), "{problem:?}");
}

#[test]
fn without_a_jdk_nothing_is_written_and_the_way_out_is_said() {
    let scorer = driver::open(Path::new(MODEL), &mut Sources::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("scorer");
    let request = Request { targets: &[Target::Java], data: None, out: &out, original: OriginalUse::Skipped, least_reached: 0.0 };
    let Err(problem) = driver::build(&scorer, &request, &Sources::new(), &Tools::of_folders(vec![]), &mut |_| ()) else {
        panic!("it was built")
    };
    assert_eq!(problem.exit_code(), 1);
    assert!(format!("{problem:?}").contains("install a JDK"), "{problem:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_is_no_scorer_is_not_replaced() {
    let scorer = driver::open(Path::new(MODEL), &mut Sources::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let request = Request { targets: &[], data: None, out: folder.path(), original: OriginalUse::Skipped, least_reached: 0.0 };
    let Err(problem) = driver::build(&scorer, &request, &Sources::new(), &Tools::default(), &mut |_| ()) else { panic!("it was built") };
    assert_eq!(problem.exit_code(), 1);
    assert_eq!(fs::read_to_string(folder.path().join("thesis.txt")).unwrap(), "mine");
}
