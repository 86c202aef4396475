//! Every case against its original, run now: pandas, onnxruntime or a boosting library, on the case's rows and on boundary rows.
//!
//! The stored results of a case are its rows'. Here the rows are made by the machine, so what nobody thought of is compared too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::path::{Path, PathBuf};

use driver::{OriginalUse, Project, Tools, Verify, verify};
use rayon::prelude::*;
use source::{Sources, render};
use tests::python::can_import;

/// What is wrong with a project, and how many rows were compared.
fn problem(project: &Project) -> (Option<String>, usize) {
    let mut sources = Sources::new();
    let verified = driver::load(project, &mut sources, &mut |_| ()).and_then(|scorer| {
        let what = Verify { targets: &[], data: project.data.as_deref(), original: OriginalUse::Required };
        verify(&scorer, &what, &sources, &Tools::default(), &mut |_| ())
    });
    let rows = verified.as_ref().map_or(0, |verification| verification.rows.len());
    let problem = match verified {
        Ok(verification) => verification.problem(0.0),
        Err(problem) => Some(problem),
    };
    (problem.map(|problem| render::human(&problem.diagnostics(), &sources, render::Colour::Plain)), rows)
}

fn compare(cases: Vec<(String, Project)>) {
    let compared: Vec<(Option<String>, usize)> = cases.par_iter().map(|(_, project)| problem(project)).collect();
    let problems = cases.iter().zip(&compared).filter_map(|((name, _), (problem, _))| Some(format!("{name}\n{}", problem.as_ref()?)));
    let failed: Vec<String> = problems.collect();
    assert!(failed.is_empty(), "{} of {} cases differ from their original:\n{}", failed.len(), cases.len(), failed.join("\n"));
    println!("{} cases, {} rows, 0 differences", cases.len(), compared.iter().map(|(_, rows)| rows).sum::<usize>());
}

#[test]
fn onnx_cases_equal_onnxruntime() {
    if !can_import("onnxruntime") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/onnx");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| std::fs::read_to_string(folder.join("case.toml")).is_ok_and(|case| !case.contains("beyond = ")));
    folders.sort();
    let project = |folder: PathBuf| {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let project = Project { model: Some(folder.join("model.onnx")), data: Some(folder.join("rows.csv")), ..Project::default() };
        (name, project)
    };
    compare(folders.into_iter().map(project).collect());
}

#[test]
fn boosting_cases_equal_their_libraries() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/boost");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("case.toml").is_file());
    folders.sort();
    let project = |folder: &PathBuf| {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let model = Some(tests::scorers::model(folder));
        (name, Project { model, data: Some(folder.join("rows.csv")), ..Project::default() })
    };
    for library in ["xgboost", "lightgbm", "catboost"] {
        // A dump of LightGBM cannot be loaded again.
        let own = |(name, project): &(String, Project)| {
            let is_dump = library == "lightgbm" && project.model.as_ref().is_some_and(|model| model.ends_with("model.json"));
            name.starts_with(library) && !is_dump
        };
        if can_import(library) {
            compare(folders.iter().map(project).filter(own).collect());
        }
    }
}

#[test]
fn python_cases_equal_pandas() {
    if !can_import("pandas, sklearn") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let project = |path: PathBuf| {
        let case = tests::python::read(&std::fs::read_to_string(&path).unwrap());
        if case.refusal.is_some() || case.needs.as_ref().is_some_and(|library| !can_import(library)) {
            return None;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let own = folder.path().join(&name);
        std::fs::create_dir(&own).unwrap();
        let script = Some(case.write(&own));
        let (fit, score) = (Some("train.csv".into()), Some("score.csv".into()));
        // What a case is about is `df`, whatever it is given to before.
        let output = Some("df".into());
        Some((name, Project { script, fit, score, output, ..Project::default() }))
    };
    compare(tests::python::files().into_iter().filter_map(project).collect());
}

/// scikit-learn scores these rows, whichever way; the scorer does not, and the certificate says how many they are.
#[test]
fn rows_whose_answer_hangs_on_a_tie_are_counted_and_named() {
    if !can_import("pandas, sklearn") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/python/neighbours-tied.md");
    let script = Some(tests::python::read(&std::fs::read_to_string(path).unwrap()).write(folder.path()));
    let project =
        Project { script, fit: Some("train.csv".into()), score: Some("score.csv".into()), output: Some("df".into()), ..Project::default() };
    let mut sources = Sources::new();
    let scorer = driver::load(&project, &mut sources, &mut |_| ()).unwrap();
    let what = Verify { targets: &[], data: None, original: OriginalUse::Required };
    let verification = verify(&scorer, &what, &sources, &Tools::default(), &mut |_| ()).unwrap();
    assert!(verification.problem(0.0).is_none());
    let certificate = driver::certificate::files(&scorer, &verification).swap_remove(0);
    let certificate: serde_json::Value = serde_json::from_slice(&certificate.contents).unwrap();
    let predicate = &certificate["predicate"];
    assert_eq!(predicate["result"], "PASSED");
    let counts: Vec<&serde_json::Value> = predicate["original"]["undetermined"].as_object().unwrap().values().collect();
    assert_eq!(counts.iter().map(|count| count["data"].as_u64().unwrap()).sum::<u64>(), 2);
    let warned = predicate["warnedTests"].as_array().unwrap();
    let told =
        |text: &serde_json::Value| text.as_str().unwrap().contains("were not compared") && text.as_str().unwrap().contains("equally near");
    assert!(warned.iter().any(told), "{warned:?}");
}

#[test]
fn corpus_scripts_equal_pandas() {
    if !can_import("pandas, sklearn") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path().join("scorewright.toml")).collect();
    let missing: Vec<&str> = ["xgboost", "lightgbm", "catboost"].into_iter().filter(|library| !can_import(library)).collect();
    // A script that is not there is a notebook, and those need none of them.
    let script = |file: &Path| std::fs::read_to_string(file.with_file_name("script.py")).unwrap_or_default();
    files.retain(|file| {
        file.is_file()
            && !missing
                .iter()
                .any(|library| script(file).contains(&format!("import {library}")) || script(file).contains(&format!("from {library}")))
    });
    files.sort();
    let project = |file: PathBuf| {
        let project = Project::open(&file, &mut Sources::new()).unwrap_or_else(|problem| panic!("{}: {problem:?}", file.display()));
        // The run is recorded anew.
        (file.display().to_string(), Project { state: None, ..project })
    };
    compare(files.into_iter().map(project).collect());
}
