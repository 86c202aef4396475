//! Rows in and out of files: CSV, JSON lines, Parquet and numpy's `.npz`.
//!
//! Every form names columns as the scorer does and says where a value does not fit. A form with types of its own (Parquet, numpy) gives a
//! `found::Found`, which becomes an element of the column in one place; a form of text is read by what the column is. Dates and
//! datetimes are ISO text in CSV and JSON, durations whole microseconds. Start at [`load`] and [`written`], then read one form.
//!
//! A file is somebody else's: sizes that it claims are checked against what it has before anything is reserved for them.

mod csv;
mod found;
mod jsonl;
mod npy;
mod npz;
mod pages;
mod parquet;
mod time;

use std::path::Path;
use std::vec::IntoIter;

use plan::{Cell, Column, GoldenOutcome, Literal, Plan};

use crate::{LARGEST, Problem, read};

/// The forms of files of rows, by the ending of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    JsonLines,
    Parquet,
    Npz,
}

impl Form {
    pub fn of(path: &Path) -> Result<Form, Problem> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Form::Csv),
            Some("jsonl" | "ndjson") => Ok(Form::JsonLines),
            Some("parquet") => Ok(Form::Parquet),
            Some("npz") => Ok(Form::Npz),
            _ => Err(Problem::Environment(format!("{} is none of .csv, .jsonl, .parquet and .npz", path.display()))),
        }
    }
}

/// Reads rows for a scorer. Errors: a missing column, a value of the wrong kind, with its line or row and its column.
pub fn load(path: &Path, plan: &Plan) -> Result<Vec<Vec<Cell>>, Problem> {
    let form = Form::of(path)?;
    let bytes = read(path)?;
    match form {
        Form::Csv => csv::read(&bytes, plan),
        Form::JsonLines => jsonl::read(&bytes, plan),
        Form::Parquet => parquet::read(bytes, plan),
        Form::Npz => npz::read(&bytes, plan),
    }
    .map_err(|why| Problem::Rows(format!("{}: {why}", path.display())))
}

/// The column that says what became of a row, if rows can be rejected at all.
pub const STATUS: &str = "status";

/// Outcomes as a file of the form. A row without a score has nulls, and its reason in the column `status`.
pub fn written(plan: &Plan, outcomes: &[GoldenOutcome], form: Form) -> Result<Vec<u8>, Problem> {
    match form {
        Form::Csv => csv::written(plan, outcomes),
        Form::JsonLines => Ok(jsonl::written(plan, outcomes)),
        Form::Parquet => parquet::written(plan, outcomes).map_err(Problem::Rows),
        Form::Npz => npz::written(plan, outcomes).map_err(Problem::Rows),
    }
}

fn status(plan: &Plan, outcome: &GoldenOutcome) -> String {
    match outcome {
        GoldenOutcome::Scored(_) => "scored".into(),
        GoldenOutcome::Rejected(number) => plan.rejections[*number as usize].reason.to_string(),
    }
}

/// The columns of a file that a column is: itself, or `x[0]`, `x[1]`, … for a vector, row-major for more axes.
fn names(column: &Column) -> Vec<String> {
    if column.ty.is_scalar() {
        vec![column.name.clone()]
    } else {
        (0..column.ty.count()).map(|at| format!("{}[{at}]", column.name)).collect()
    }
}

fn elements(cell: &Cell) -> &[Literal] {
    match cell {
        Cell::Scalar(literal) => std::slice::from_ref(literal),
        Cell::Array(literals) => literals,
    }
}

/// The element of an output in a row; nothing in a row without a score.
fn element(outcome: &GoldenOutcome, output: usize, at: usize) -> Option<&Literal> {
    match outcome {
        GoldenOutcome::Scored(cells) => elements(&cells[output]).get(at),
        GoldenOutcome::Rejected(_) => None,
    }
}

/// What is left of the bytes that one file may unpack to, so that no small file becomes a large one: as many as the largest file has.
/// A value counts for eight at least.
struct Allowance(u64);

impl Allowance {
    fn new() -> Allowance {
        Allowance(LARGEST)
    }

    /// Takes room for values of so many bytes each. Errors: there is none left.
    fn take(&mut self, count: u64, each: u64) -> Result<(), String> {
        let wanted = count.saturating_mul(each.max(8));
        self.0 = self.0.checked_sub(wanted).ok_or_else(|| format!("its values take more than {LARGEST} bytes"))?;
        Ok(())
    }
}

/// What one input takes from a file: columns that together make it, each with the same number of elements a row.
struct Source {
    width: usize,
    parts: Vec<IntoIter<Literal>>,
}

impl Source {
    fn new(width: usize, parts: Vec<Vec<Literal>>) -> Source {
        Source { width, parts: parts.into_iter().map(Vec::into_iter).collect() }
    }

    /// The input in the next row.
    fn next(&mut self, column: &Column) -> Cell {
        let mut elements: Vec<Literal> = self.parts.iter_mut().flat_map(|part| part.by_ref().take(self.width)).collect();
        match elements.pop() {
            Some(only) if column.ty.is_scalar() => Cell::Scalar(only),
            last => {
                elements.extend(last);
                Cell::Array(elements)
            }
        }
    }
}

/// Rows from one source an input.
fn rows(plan: &Plan, mut sources: Vec<Source>, count: usize) -> Vec<Vec<Cell>> {
    (0..count).map(|_| plan.inputs.iter().zip(&mut sources).map(|(column, source)| source.next(column)).collect()).collect()
}

/// What is said of a column or an array that is not there.
fn no_such(kind: &str, name: &str, there: impl Iterator<Item = String>) -> String {
    let there: Vec<String> = there.map(|name| format!("{name:?}")).collect();
    format!("there is no {kind} {name:?}; the file has {}", if there.is_empty() { "none".into() } else { there.join(", ") })
}
