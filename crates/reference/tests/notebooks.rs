//! Notebooks as they are run: cells that raise, and what is said about them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

mod support;

use front_python::Options;
use serde_json::json;
use std::path::Path;

const READ: &str = "import pandas as pd\ntrain = pd.read_csv('train.csv')\ntest = pd.read_csv('score.csv')";

/// What is said of a notebook without an output that was asked for.
fn said(cells: &[&str]) -> Option<String> {
    said_of(cells, None)
}

/// What is said of a notebook with these code cells, and the names of the outputs if it converts and equals pandas.
fn said_of(cells: &[&str], output: Option<&str>) -> Option<String> {
    let reference = support::python()?;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("train.csv", "a,b,y\n1.0,2.0,0\n3.0,4.0,1\n");
    write("score.csv", "a,b\n1.0,2.0\n5.0,\n");
    let cells: Vec<_> = cells.iter().map(|code| json!({"cell_type": "code", "source": code})).collect();
    write("notebook.ipynb", &json!({"nbformat": 4, "cells": cells}).to_string());
    let options = Options { output: output.map(str::to_owned), ..Options::default() };
    Some(match support::compare(&reference, &folder.path().join("notebook.ipynb"), &options, 0) {
        Ok((conversion, differences)) => {
            assert!(differences.is_empty(), "{differences:?}");
            let names = conversion.module.entry_function().unwrap().results.iter().map(|one| one.field.name.clone());
            let notes = conversion.notes.iter().map(|note| format!("{}: {}", note.name, note.label));
            notes.chain(names).collect::<Vec<_>>().join("\n")
        }
        Err(text) => text,
    })
}

fn assert_said(cells: &[&str], expected: &str) {
    if let Some(text) = said(cells) {
        assert_eq!(text.trim(), expected.trim(), "\n{text}");
    }
}

#[test]
fn a_cell_that_raises_and_is_not_needed_is_skipped_with_a_note() {
    assert_said(
        &[READ, "%matplotlib inline\nprint(chart)\ntest.plot()", "test['c'] = test['a'] * 2"],
        "notebook-cell-raises: NameError: name 'chart' is not defined\na\nb\nc",
    );
}

#[test]
fn a_cell_that_could_not_write_leaves_the_frame_as_it_was() {
    assert_said(
        &[READ, "test['c'] = test['a'] * 2", "test.to_csv('nowhere/to/be/found.csv')"],
        "notebook-cell-raises: OSError: Cannot save file into a non-existent directory: 'nowhere/to/be'\na\nb\nc",
    );
}

#[test]
fn a_cell_that_raises_in_a_change_in_place_is_needed() {
    let text = said(&[READ, "test.drop(columns='nothing', inplace=True)"]);
    if let Some(text) = text {
        assert!(text.starts_with("error[notebook-cell-raises]: the output needs this cell"), "{text}");
    }
}

#[test]
fn a_cell_that_raises_and_is_needed_is_pointed_to() {
    assert_said(
        &[READ, "", "x = 1\ntest['c'] = test['nothing'] * 2", "test['d'] = test['c'] + 1"],
        "
error[notebook-cell-raises]: the output needs this cell, which raises an exception in the recorded run
 --> notebook.ipynb cell 3 line 2
  |
2 | test['c'] = test['nothing'] * 2
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KeyError: 'nothing'
  |
  = help: a notebook is converted by running its cells once from top to bottom; correct the cell, or remove it

error[notebook-cell-raises]: the output needs this cell, which raises an exception in the recorded run
 --> notebook.ipynb cell 4 line 1
  |
1 | test['d'] = test['c'] + 1
  | ^^^^^^^^^^^^^^^^^^^^^^^^^ KeyError: 'c'
  |
  = help: a notebook is converted by running its cells once from top to bottom; correct the cell, or remove it",
    );
}

#[test]
fn the_result_of_a_command_is_refused_where_it_is_needed() {
    assert_said(
        &[READ, "files = !ls", "test['c'] = test['a'] * 2", "test['d'] = files"],
        "
error[python-unsupported]: what a notebook's magic or command gives cannot be converted
 --> notebook.ipynb cell 2 line 1
  |
1 | files = get_ipython()  # !ls
  |         ^^^^^^^^^^^^^ the output needs this value
  |
  = help: compute it before scoring and pass it in as an input column, or write it with calls that convert
  = help: it is needed for `d`; 3 of 4 output columns convert: --partial",
    );
}

#[test]
fn a_notebook_that_reads_nothing_says_which_cell_raised() {
    assert_said(
        &["import no_such_library\nimport pandas as pd", "test = pd.read_csv('score.csv')"],
        "
error[python-roles]: which file is training data and which is scored is not clear
 |
 = note: in notebook.ipynb: the script read no table in the recorded run
 = help: the script reads nothing; name them with --fit and --score

warning[notebook-cell-raises]: this cell raises an exception in the recorded run
 --> notebook.ipynb cell 1 line 1
  |
1 | import no_such_library
  | ^^^^^^^^^^^^^^^^^^^^^^ ModuleNotFoundError: No module named 'no_such_library'

warning[notebook-cell-raises]: this cell raises an exception in the recorded run
 --> notebook.ipynb cell 2 line 1
  |
1 | test = pd.read_csv('score.csv')
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ NameError: name 'pd' is not defined",
    );
}

#[test]
fn an_output_is_computed_behind_a_last_cell_that_raises() {
    let text = said_of(&[READ, "test['c'] = test['a'] * 2", "chart", "", ""], Some("test[['c']]"));
    if let Some(text) = text {
        assert_eq!(text, "notebook-cell-raises: NameError: name 'chart' is not defined\nc");
    }
}

#[test]
fn a_notebook_on_disk_is_left_as_it_was() {
    let Some(reference) = support::python() else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/club_members/notebook.ipynb");
    let before = std::fs::read(&path).unwrap();
    reference.record(support::Case::open(&path).script(), None).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
