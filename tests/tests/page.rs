//! What is told of a script before it is built: the share that converts, and the page with its code.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::path::{Path, PathBuf};

use driver::{Inspection, Project, page};
use source::Sources;
use tests::python;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

/// The fates of the lines of a page: its class and its text, without lines that have none.
fn fates(page: &str) -> Vec<(&str, &str)> {
    let line = |item: &'static str| move |line: &str| line.starts_with(item);
    page.lines()
        .filter(|text| line("<li class=\"")(text))
        .map(|text| {
            let (fate, rest) = text["<li class=\"".len()..].split_once('"').unwrap();
            (fate, rest.split_once("</span>").unwrap().1.split("</code>").next().unwrap())
        })
        .filter(|(fate, _)| !fate.is_empty())
        .collect()
}

fn of_notebook() -> (Inspection, Sources) {
    let folder = root().join("corpus/club_members");
    let project = Project { script: Some(folder.join("notebook.ipynb")), state: Some(folder.join("state.json")), ..Project::default() };
    let mut sources = Sources::new();
    (driver::inspect(&project, &mut sources, &mut |_| ()), sources)
}

/// A Python case as a project of its own, from the record that lies beside it.
fn of_case(name: &str, partial: bool) -> (Inspection, Sources) {
    let path = root().join("cases/python").join(name);
    let folder = tempfile::tempdir().unwrap();
    let script = python::read(&std::fs::read_to_string(path.with_extension("md")).unwrap()).write(folder.path());
    let state = Some(path.with_extension("state.json"));
    // The record is of this output.
    let record: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(state.as_ref().unwrap()).unwrap()).unwrap();
    let output = record["script"]["output"].as_str().map(str::to_owned);
    let project = Project { script: Some(script), state, output, partial, ..Project::default() };
    let mut sources = Sources::new();
    (driver::inspect(&project, &mut sources, &mut |_| ()), sources)
}

#[test]
fn a_page_shows_the_cells_of_a_notebook_by_what_becomes_of_them() {
    let (inspection, sources) = of_notebook();
    let page = page::html(&inspection, "notebook.ipynb", &sources);
    let fates = fates(&page);
    for wanted in [
        ("emitted", "    df[&#x27;fee&#x27;] = df[&#x27;fee&#x27;].fillna(fee)"),
        ("frozen", "fee = train[&#x27;fee&#x27;].median()"),
        ("frozen", "X_train[numbers] = scaler.fit_transform(X_train[numbers])"),
        ("ignored", "train.head()"),
    ] {
        assert!(fates.contains(&wanted), "{wanted:?} in {fates:#?}");
    }
    assert!(page.contains("8 of 8 output columns convert"));
    assert!(page.contains("<h3>notebook.ipynb cell 10</h3>"));
    assert!(page.contains("frozen from training: <code>fee = 47.92</code>"));
}

#[test]
fn a_page_stands_alone() {
    let (inspection, sources) = of_notebook();
    let page = page::html(&inspection, "notebook.ipynb", &sources);
    for outside in ["http:", "https:", "<script", "<link", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_page_of_a_refused_script_has_what_stands_in_the_way_beside_its_line() {
    let (inspection, sources) = of_case("refuse-rolling", false);
    assert_eq!(inspection.scorer.as_ref().err().map(|problem| problem.exit_code()), Some(2));
    let page = page::html(&inspection, "case.py", &sources);
    let blocked: Vec<&str> = fates(&page).into_iter().filter(|(fate, _)| *fate == "blocked").map(|(_, text)| text).collect();
    assert_eq!(blocked.len(), 1, "{blocked:?}");
    assert!(blocked[0].contains("rolling"), "{blocked:?}");
    assert!(page.contains("<b>error</b> `rolling` looks at several rows at once"), "{page}");
    let columns = &inspection.part.as_ref().unwrap().columns;
    assert_eq!(page::share(columns), "1 of 2 output columns convert");
}

#[test]
fn a_partial_scorer_leaves_out_what_is_in_the_way_and_says_so() {
    let (inspection, _) = of_case("refuse-rolling", true);
    let scorer = inspection.scorer.unwrap_or_else(|problem| panic!("{problem:?}"));
    let conversion = scorer.conversion.as_ref().unwrap();
    let names: Vec<&str> = scorer.plan.outputs.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, conversion.columns.converted);
    assert_eq!(conversion.columns.blocked.len(), 1);
    let left_out = format!("the output column `{}` is left out: ", conversion.columns.blocked[0].name);
    assert!(conversion.notes.iter().any(|note| note.message.starts_with(&left_out) && !note.is_error()), "{:?}", conversion.notes);
}
