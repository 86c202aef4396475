//! Python scripts to IR: a partial evaluator directed by a recorded run.
//!
//! [`parse`] makes our own tree, [`record`] is what a run in the user's Python told, `replay` walks the one with the other. Every value
//! is constant, frozen from the training data, computed from one scoring row (and then emitted as IR), or dependent on other scoring
//! rows. What is not understood is an unknown with a reason and a place, and matters only if an output needs it.
//! Touches no disk and starts nothing: the crate `reference` makes the records. Start reading at [`convert`].

pub mod ast;
mod automata;
mod builtins;
mod calendar;
mod fold;
mod log;
mod names;
mod numbers;
mod numpy;
mod ops;
mod output;
mod pandas;
pub mod parse;
mod prune;
pub mod record;
mod regex;
mod replay;
mod scan;
mod sklearn;
mod udf;
mod value;

pub use replay::Role;

use record::Record;
use replay::{Replay, Roles, Row};
use source::{Diagnostic, FileId, Place, Sources, Span};

/// The families of calls. Adding a call is a row and a function in one of these files.
pub(crate) const FAMILIES: &[&[Row]] = &[
    builtins::ROWS,
    numpy::ROWS,
    pandas::encode::ROWS,
    pandas::frame::ROWS,
    pandas::missing::ROWS,
    pandas::number::ROWS,
    pandas::pattern::ROWS,
    pandas::pieces::ROWS,
    pandas::table::ROWS,
    pandas::text::ROWS,
    pandas::time::ROWS,
    sklearn::encode::ROWS,
    sklearn::linear::ROWS,
    sklearn::scale::ROWS,
];

/// How a script is to be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The training file, as the script names it.
    pub fit: Option<String>,
    /// The scoring file.
    pub score: Option<String>,
    /// Tables that go into the scorer.
    pub lookups: Vec<String>,
    /// A variable, an expression over the script's variables (which must be in the record), or a CSV file that the script writes.
    pub output: Option<String>,
    pub batch_statistics: BatchStatistics,
}

/// What is done with a statistic over the rows being scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchStatistics {
    #[default]
    Refuse,
    /// The same expression on the training frame takes its place.
    FreezeTrain,
    /// The value of the recorded run is kept.
    FreezeAsRun,
}

/// A value that was learnt in training and is now part of the scorer.
#[derive(Clone, Debug, PartialEq)]
pub struct Frozen {
    pub expression: String,
    /// As a person reads it; long ones are cut.
    pub value: String,
    pub line: u32,
    pub span: Span,
}

/// A column of the scoring file that the outputs need.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub name: String,
    /// The dtype that the recorded run gave it.
    pub dtype: String,
}

/// A converted script.
#[derive(Clone, Debug)]
pub struct Conversion {
    pub module: ir::Module,
    /// The output as the script says it: give it to the reference for the same columns.
    pub output: String,
    /// The scoring file as the script says it, and the dtypes of all its columns in the recorded run.
    pub score: (String, Vec<Input>),
    pub frozen: Vec<Frozen>,
    /// Statements whose work the scorer does, and those that it does not need.
    pub emitted: Vec<Span>,
    pub ignored: Vec<Span>,
    /// What the user should know, though it converts.
    pub notes: Vec<Diagnostic>,
    /// What the conversion stands on: with the script it converts again to the same module.
    pub record: Record,
}

/// Converts a script with the record of its run.
///
/// Errors: a stale record, files whose roles are not clear, an output that is not found, and everything that stands between the inputs
/// and the outputs, all at once.
pub fn convert(file: FileId, sources: &Sources, record: &Record, options: &Options) -> Result<Conversion, Vec<Diagnostic>> {
    let Some(script) = sources.get(file) else { return Err(vec![Diagnostic::error("python-no-script", "there is no script")]) };
    log::fits(record, &script.text).map_err(|error| vec![(*error).at(Place::File(file), "")])?;
    // The output expression was run after the script; it is the last statement here too.
    let expression = record.script.output.as_deref().filter(|output| !output.is_empty() && !output.ends_with(".csv"));
    let text = match expression {
        Some(expression) => format!("{}\n{expression}\n", script.text.trim_end_matches('\n')),
        None => script.text.clone(),
    };
    let mut statements = parse::parse(file, &text)?;
    let roles = Roles::infer(record, options, file).map_err(|error| vec![*error])?;
    let name = script.name.rsplit(['/', '\\']).next().unwrap_or(&script.name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let builder = ir::Builder::new(stem);
    let last = if expression.is_some() { statements.pop() } else { None };
    let made = {
        let mut replay = Replay::new(&builder, sources, file, &text, record, options, roles);
        let _ = replay.block_of(&statements);
        output::make(&mut replay, expression.zip(last.as_ref()))?
    };
    let module = prune::prune(builder.finish()?);
    let (emitted, ignored) = output::split_statements(&statements, &module);
    let read = &record.reads[made.score];
    let inputs =
        read.columns.iter().map(|column| Input { name: pandas::column_name(&column.name), dtype: column.dtype.name.clone() }).collect();
    Ok(Conversion {
        module,
        output: made.expression,
        score: (read.path.clone().unwrap_or_default(), inputs),
        frozen: made.frozen,
        emitted,
        ignored,
        notes: made.notes,
        record: made.record,
    })
}
