//! The scripts of `tests/corpus`: every cell of the conversion is the one that pandas gives, bit for bit.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

mod support;

use front_python::{Options, convert};
use ir::Elem;
use reference::{Cell, Column, OutputTable};
use std::path::{Path, PathBuf};

/// No unit in the last place is given away.
const EXACT: u64 = 0;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(name)
}

/// The script of a case, or its notebook.
fn script(name: &str) -> PathBuf {
    let notebook = folder(name).join("notebook.ipynb");
    if notebook.is_file() { notebook } else { folder(name).join("script.py") }
}

fn read(path: PathBuf) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `expected.csv`: whole numbers are integers, others floats, as pandas writes them.
fn expected(text: &str) -> OutputTable {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut columns: Vec<Column> =
        reader.headers().unwrap().iter().map(|name| Column { name: name.to_owned(), dtype: String::new(), cells: Vec::new() }).collect();
    let mut rows = 0;
    for row in reader.records() {
        for (column, text) in columns.iter_mut().zip(&row.unwrap()) {
            column.cells.push(cell(text));
        }
        rows += 1;
    }
    OutputTable { rows, index: None, columns }
}

fn cell(text: &str) -> Cell {
    match text {
        "NaN" => Cell::Missing("NaN"),
        "True" => Cell::Bool(true),
        "False" => Cell::Bool(false),
        _ => match (text.parse(), text.parse()) {
            (Ok(whole), _) => Cell::Int(whole),
            (_, Ok(number)) => Cell::Float(number),
            _ => Cell::Text(text.to_owned()),
        },
    }
}

fn assert_none(differences: &[String]) {
    let shown: Vec<&str> = differences.iter().take(20).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} cells differ:\n{}", differences.len(), shown.join("\n"));
}

/// The stored record, with no Python, against the stored results. `widened` are the columns of whole numbers in pandas that are floats here.
fn stored(name: &str, rows: usize, columns: usize, widened: &[&str]) {
    let folder = folder(name);
    let case = support::Case::open(&script(name));
    let record = serde_json::from_str(&read(folder.join("state.json"))).unwrap();
    let conversion = convert(case.file, &case.sources, &record, &case.options()).unwrap_or_else(|e| panic!("\n{}", case.show(&e)));
    let table = expected(&read(folder.join("expected.csv")));
    assert_eq!((conversion.output.as_str(), table.rows, table.columns.len()), ("X_test", rows, columns));
    assert_none(&support::differences(&conversion, &read(folder.join(&conversion.score.0)), &table, EXACT));
    let results = &conversion.module.entry_function().unwrap().results;
    let floats: Vec<&str> = results
        .iter()
        .zip(&table.columns)
        .filter(|(result, column)| result.field.ty.elem == Elem::F64 && column.cells.iter().all(|cell| matches!(cell, Cell::Int(_))))
        .map(|(_, column)| column.name.as_str())
        .collect();
    assert_eq!(floats, widened);
}

/// A new record, against what this Python gives.
fn recorded(name: &str) {
    let Some(reference) = support::python() else { return };
    let (_, differences) =
        support::compare(&reference, &script(name), &Options::default(), EXACT).unwrap_or_else(|text| panic!("\n{text}"));
    assert_none(&differences);
}

#[test]
fn student_scores_stored() {
    stored("student_scores", 60, 6, &[]);
}

#[test]
fn student_scores_recorded() {
    recorded("student_scores");
}

/// A date may be missing in a row, so its fields are floats, as in pandas once one is.
#[test]
fn bike_rentals_stored() {
    stored("bike_rentals", 80, 20, &["year", "month", "day", "hour", "weekday"]);
}

#[test]
fn bike_rentals_recorded() {
    recorded("bike_rentals");
}

#[test]
fn missing_bands_stored() {
    stored("missing_bands", 8, 3, &[]);
}

#[test]
fn missing_bands_recorded() {
    recorded("missing_bands");
}

#[test]
fn club_members_stored() {
    stored("club_members", 40, 8, &[]);
}

/// A project: modules of its own, a package, arguments, and paths that are computed.
#[test]
fn parcel_delays_stored() {
    stored("parcel_delays", 30, 7, &[]);
}

#[test]
fn parcel_delays_recorded() {
    recorded("parcel_delays");
}

/// Another text of a module makes the record stale, as another text of the script does.
#[test]
fn a_changed_module_makes_the_record_stale() {
    let mut case = support::Case::open(&script("parcel_delays"));
    let record = serde_json::from_str(&read(folder("parcel_delays").join("state.json"))).unwrap();
    let module = case.modules.iter_mut().find(|module| module.name == "cleaning.text").unwrap();
    module.file = case.sources.add("cleaning/text.py", "def tidy(name):\n    return name\n");
    let errors = convert(case.file, &case.sources, &record, &case.options()).unwrap_err();
    assert_eq!(errors[0].message, "the record is of another text of `cleaning/text.py`");
}

#[test]
fn club_members_recorded() {
    recorded("club_members");
}

/// A title that is not in the dict is missing before it is filled, so its column is of floats.
#[test]
fn passengers_loop_stored() {
    stored("passengers_loop", 60, 11, &["Title"]);
}

#[test]
fn passengers_loop_recorded() {
    recorded("passengers_loop");
}

/// A fare outside all bins is missing, so bins are floats.
#[test]
fn passengers_tables_stored() {
    stored("passengers_tables", 60, 21, &["FareBin"]);
}

#[test]
fn passengers_tables_recorded() {
    recorded("passengers_tables");
}

/// A ticket may be missing, and has no length then.
#[test]
fn passengers_prepare_stored() {
    stored("passengers_prepare", 60, 20, &["TicketLen"]);
}

#[test]
fn passengers_prepare_recorded() {
    recorded("passengers_prepare");
}

/// Two look-up tables, one read and one computed. What may be missing in a row is a float.
#[test]
fn store_sales_stored() {
    stored("store_sales", 60, 16, &["StoreType", "Assortment", "StateHoliday", "Year", "Month"]);
}

#[test]
fn store_sales_recorded() {
    recorded("store_sales");
}

/// A text that is not in a dict is missing, so its column is of floats.
#[test]
fn customer_churn_stored() {
    stored("customer_churn", 60, 20, &["gender", "multiplelines", "contract_len"]);
}

#[test]
fn customer_churn_recorded() {
    recorded("customer_churn");
}

/// Rates of categories by a function that takes both frames.
#[test]
fn loan_default_stored() {
    stored("loan_default", 60, 16, &["loan_amnt_max"]);
}

#[test]
fn loan_default_recorded() {
    recorded("loan_default");
}

/// The comparison itself notices a last bit, the sign of a zero, a type and a lost row.
#[test]
fn a_difference_is_seen() {
    let folder = folder("student_scores");
    let case = support::Case::open(&folder.join("script.py"));
    let record = serde_json::from_str(&read(folder.join("state.json"))).unwrap();
    let conversion = convert(case.file, &case.sources, &record, &Options::default()).unwrap_or_else(|e| panic!("\n{}", case.show(&e)));
    let score = read(folder.join("score.csv"));
    let right = expected(&read(folder.join("expected.csv")));
    let count = |change: &dyn Fn(&mut OutputTable)| {
        let mut table = right.clone();
        change(&mut table);
        support::differences(&conversion, &score, &table, EXACT).len()
    };
    let column = |name: &str| right.columns.iter().position(|column| column.name == name).unwrap();
    let (gender, prep, avg) = (column("gender"), column("prep"), column("avg"));
    let zero = right.columns[prep].cells.iter().position(|cell| *cell == Cell::Float(0.0)).unwrap();
    assert_eq!(count(&|_| {}), 0);
    assert_eq!(
        count(&|table| {
            let Cell::Float(value) = table.columns[avg].cells[7] else { panic!("no float") };
            table.columns[avg].cells[7] = Cell::Float(value.next_up());
        }),
        1
    );
    assert_eq!(count(&|table| table.columns[prep].cells[zero] = Cell::Float(-0.0)), 1);
    assert_eq!(count(&|table| table.columns[gender].cells[0] = Cell::Float(0.0)), 1);
    assert!(count(&|table| table.rows -= 1) > 0);
}
