//! Python scripts to IR: a partial evaluator directed by a recorded run.
//!
//! [`parse`] makes our own tree, [`record`] is what a run in the user's Python told, `replay` walks the one with the other. Every value
//! is constant, frozen from the training data, computed from one scoring row (and then emitted as IR), or dependent on other scoring
//! rows. What is not understood is an unknown with a reason and a place, and matters only if an output needs it.
//! Touches no disk and starts nothing: the crate `reference` makes the records. Start reading at [`convert`].

mod addresses;
mod appends;
mod array_cells;
mod arrays;
mod ast;
mod bisect;
mod builtins;
mod calendar;
mod cases;
mod filled_arrays;
mod fold;
mod generators;
mod index_loops;
mod known_arrays;
mod letter_loops;
mod list_compare;
mod literals;
mod log;
mod magnitude;
mod math;
mod matrices;
pub mod modules;
mod names;
mod narrow;
pub mod notebook;
mod numbers;
mod numpy;
mod ops;
mod output;
mod pandas;
pub mod parse;
mod products;
mod prune;
pub mod record;
mod replay;
mod row_dicts;
mod row_order;
mod row_turns;
mod row_writes;
mod sequence;
mod sklearn;
mod training;
mod udf;
mod value;
mod while_loops;

pub use replay::Role;

use std::collections::BTreeSet;

use record::Record;
use replay::{Replay, Roles, Row};
use source::{Diagnostic, FileId, Line, Place, SourceFile, Sources, Span};
use texts::{automata, hash, regex, scan};

/// The families of calls. Adding a call is a row and a function in one of these files.
pub(crate) const FAMILIES: &[&[Row]] = &[
    addresses::ROWS,
    row_turns::ROWS,
    filled_arrays::ROWS,
    arrays::ROWS,
    bisect::ROWS,
    matrices::ROWS,
    builtins::ROWS,
    generators::ROWS,
    row_order::ROWS,
    literals::ROWS,
    math::ROWS,
    numpy::ROWS,
    products::ROWS,
    pandas::asof::ROWS,
    pandas::categories::ROWS,
    pandas::encode::ROWS,
    pandas::formula::ROWS,
    pandas::frame::ROWS,
    pandas::group::ROWS,
    pandas::missing::ROWS,
    pandas::number::ROWS,
    pandas::offsets::ROWS,
    pandas::letters::ROWS,
    pandas::pattern::ROWS,
    pandas::pieces::ROWS,
    pandas::rewrite::ROWS,
    pandas::table::ROWS,
    pandas::text::ROWS,
    pandas::time::ROWS,
    pandas::moments::ROWS,
    pandas::zones::ROWS,
    sklearn::approximate::ROWS,
    sklearn::back::ROWS,
    sklearn::bayes::ROWS,
    sklearn::boost::ROWS,
    sklearn::compose::PASSED_ON,
    sklearn::compose::ROWS,
    sklearn::dummy::ROWS,
    sklearn::encode::LOOKED_UP,
    sklearn::encode::ROWS,
    sklearn::ensemble::ROWS,
    sklearn::forest::ROWS,
    sklearn::impute::ROWS,
    sklearn::kernel::ROWS,
    sklearn::linear::ROWS,
    sklearn::logs::ROWS,
    sklearn::mixture::ROWS,
    sklearn::neighbours::ROWS,
    sklearn::neural::ROWS,
    sklearn::process::ROWS,
    sklearn::project::ROWS,
    sklearn::scale::ROWS,
    sklearn::select::ROWS,
    sklearn::split::ROWS,
    sklearn::spline::ROWS,
    sklearn::words::ROWS,
];

/// Ways to tell training rows from the rows that are scored, in a script of one frame that filters it, of which so many are tried.
const MOST_ATTEMPTS: usize = 16;

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
    /// Output columns that cannot be converted are left out, if there are others.
    pub partial: bool,
    /// The modules of the user's project, from [`modules::find`].
    pub modules: Vec<modules::Module>,
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
    /// The file, if it is not the script itself but a module of its project.
    pub module: Option<String>,
    pub line: Line,
    pub span: Span,
}

impl Frozen {
    /// `line 12`, `cell 3 line 2`, or `features.py:12`.
    pub fn place(&self) -> String {
        self.module.as_ref().map_or_else(|| self.line.to_string(), |module| self.line.of(module))
    }
}

/// What must be held as it was in the recorded run for the script to say something of other rows.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Hold {
    /// Where the script learns from scoring rows.
    pub held: Vec<Held>,
    /// Where rows are taken by their places for a test: all rows are the test part, as for a split.
    #[serde(default)]
    pub tests: Vec<String>,
    /// Where a filter takes training rows: they stay as they were.
    #[serde(default)]
    pub trainings: Vec<String>,
    /// The script drops rows for columns that the scorer does not take: it has a score for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drops: bool,
}

/// A value that is held.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Held {
    pub site: record::Site,
    /// Where the value is from, if another expression takes this one's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<record::Site>,
}

/// A column of the scoring file that the outputs need.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub name: String,
    /// The dtype that the recorded run gave it.
    pub dtype: String,
}

/// The columns of the output as the script gives them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    pub converted: Vec<String>,
    pub blocked: Vec<Blocked>,
}

/// A column that cannot be converted, and all that stands in its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocked {
    pub name: String,
    pub why: Vec<Diagnostic>,
}

/// What becomes of the script's statements, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fates {
    /// The scorer does their work.
    pub emitted: Vec<Span>,
    /// They computed what is frozen in the scorer.
    pub fitted: Vec<Span>,
    /// The scorer does not need them.
    pub ignored: Vec<Span>,
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
    pub columns: Columns,
    pub fates: Fates,
    /// None if the scorer knows nothing of the rows that the recorded run scored.
    pub hold: Option<Hold>,
    /// Statements that the output does not need, by their places: what they raise on other rows does not matter.
    pub ignored: Vec<String>,
    /// The last line of the script's own text that the output needs, in the script or by a call from there.
    pub until: u32,
    /// What the user should know, though it converts.
    pub notes: Vec<Diagnostic>,
    /// What the conversion stands on: with the script it converts again to the same module.
    pub record: Record,
    /// The calls that were met.
    pub calls: Calls,
}

/// Calls by heading (`Series.str`, `scikit-learn`) and name.
pub type Calls = BTreeSet<(&'static str, &'static str)>;

/// All calls that can convert.
pub fn calls() -> Calls {
    FAMILIES.iter().flat_map(|family| family.iter()).map(|row| (row.on.heading(), row.name)).collect()
}

/// Whether a record is of a script, its modules and a form that is understood.
pub fn fits(file: FileId, sources: &Sources, record: &Record, options: &Options) -> bool {
    sources.get(file).is_some_and(|script| log::fits(record, &script.text, &options.modules, sources).is_ok())
}

/// Converts a script with the record of its run.
///
/// Errors: a stale record, files whose roles are not clear, an output that is not found, and everything that stands between the inputs
/// and the outputs, all at once.
pub fn convert(file: FileId, sources: &Sources, record: &Record, options: &Options) -> Result<Conversion, Vec<Diagnostic>> {
    let mut made = converted(file, sources, record, options)?;
    // What nobody looked at is left out of the record, which must still say the same.
    let again = converted(file, sources, &made.record, options);
    if !again.is_ok_and(|again| again.module == made.module && again.frozen == made.frozen) {
        made.record = record.clone();
    }
    Ok(made)
}

fn converted(file: FileId, sources: &Sources, record: &Record, options: &Options) -> Result<Conversion, Vec<Diagnostic>> {
    let Some(script) = sources.get(file) else { return Err(vec![Diagnostic::error("python-no-script", "there is no script")]) };
    log::fits(record, &script.text, &options.modules, sources).map_err(|error| vec![(*error).at(Place::File(file), "")])?;
    // The output expression was run after the script; it is the last statement here too.
    let expression = record.script.output.as_deref().filter(|output| !output.is_empty() && !output.ends_with(".csv"));
    let text = match expression {
        Some(expression) => format!("{}\n{expression}\n", script.text.trim_end_matches('\n')),
        None => script.text.clone(),
    };
    let mut statements = parse::parse(file, &text)?;
    let roles = Roles::infer(record, options, file).map_err(|error| with_raised(vec![*error], record, file, script))?;
    let name = script.name.rsplit(['/', '\\']).next().unwrap_or(&script.name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let last = if expression.is_some() { statements.pop() } else { None };
    // Which filter takes the rows that are scored is known behind the last statement; the others beside it take training rows. Where the
    // output is not known yet, each may be the one, the last of them first.
    let mut attempts = vec![replay::Places::default()];
    let mut tried: Vec<replay::Places> = Vec::new();
    let mut failed: Option<Vec<Diagnostic>> = None;
    let (made, walked, held, tests, trainings, one_frame, calls, module) = loop {
        let Some(training) = attempts.pop() else {
            return Err(with_raised(failed.unwrap_or_default(), record, file, script));
        };
        let builder = ir::Builder::new(stem);
        let mut replay = Replay::new(&builder, sources, file, &text, record, options, roles.clone());
        replay.training_filters.clone_from(&training);
        replay.script(&statements);
        let made = output::make(&mut replay, expression.zip(last.as_ref()));
        if training.is_empty() {
            let beside = replay.filters_beside_the_output();
            if !beside.is_empty() {
                attempts = vec![beside];
                continue;
            }
        }
        if made.is_err() {
            // Filters behind the ones that were not followed before are seen now.
            let untried: Vec<_> = replay.filters_that_may_train().into_iter().filter(|more| !tried.contains(more)).collect();
            let room = MOST_ATTEMPTS.saturating_sub(tried.len());
            tried.extend(untried.iter().take(room).cloned());
            attempts.extend(untried.into_iter().take(room));
        }
        match made {
            Ok(made) => {
                let (tests, trainings) = (replay.tests, replay.trainings);
                let (walked, held, one_frame, calls) = (replay.walked, replay.held, replay.roles.one_frame, replay.calls);
                break (made, walked, held, tests, trainings, one_frame, calls, builder.finish()?);
            }
            Err(errors) => {
                // That nothing is of the scoring rows says that the other part was the one.
                let is_other_part = errors.iter().any(|error| error.name == "python-output");
                if failed.as_ref().is_none_or(|fewest| errors.len() < fewest.len() && !is_other_part) {
                    failed = Some(errors);
                }
            }
        }
    };
    let (module, filters, columns) =
        if one_frame { training::without_filters(module) } else { (module, BTreeSet::default(), BTreeSet::default()) };
    let module = prune::prune(module);
    let mut notes = made.notes;
    notes.retain(|note| !filters.iter().any(|place| note.name == "python-row-filter" && note.message.contains(&format!("at {place};"))));
    let drops = !filters.is_empty();
    if drops {
        let columns: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
        let places: Vec<&str> = filters.iter().map(String::as_str).collect();
        let (places, columns) = (places.join(", "), columns.join(", "));
        let message = format!(
            "rows are dropped at {places} for {columns}, which the output does not need: a scorer does not ask for it and scores them"
        );
        notes.push(Diagnostic::warning("python-training-filter", message));
    }
    let emitted = output::emitted(&module, &walked);
    let needed = |statement: &&ast::Stmt| {
        let mut bound = BTreeSet::new();
        names::bound(statement, &mut bound);
        let start = (file, statement.span.start);
        emitted.contains(&start) && made.taken_by != Some(start) || names::words(&made.expression).any(|word| bound.contains(word))
    };
    let last = statements.iter().filter(needed).map(|statement| statement.span.end).max();
    let until = last.map_or(0, |end| script.line_column(end).line);
    statements.extend(walked.modules);
    let fates = output::fates(&statements, &emitted, &made.frozen, &text);
    let log = log::Log::new(record, file, &text, &options.modules, sources);
    let hold = (one_frame || !held.is_empty()).then(|| {
        let places = |spans: &[Span]| spans.iter().map(|place| log.place(*place)).collect();
        Hold { drops, held, tests: places(&tests), trainings: places(&trainings) }
    });
    let ignored = fates.ignored.iter().map(|statement| log.place(*statement)).collect();
    let read = &record.reads[made.score];
    let params = module.entry_function().map_or(&[][..], |entry| &entry.params);
    let input = |column: &record::TableColumn| {
        let name = pandas::column_name(&column.name);
        // A column of texts in training may have held numbers only when it was scored; a row has a text.
        let is_text = params.iter().any(|param| param.name == name && param.ty.elem == ir::Elem::Str);
        let dtype = if is_text && ["float64", "int64", "bool", "category"].contains(&column.dtype.name.as_str()) {
            "str"
        } else {
            &column.dtype.name
        };
        Input { name, dtype: dtype.to_owned() }
    };
    let inputs = read.columns.iter().map(input).collect();
    Ok(Conversion {
        module,
        output: made.expression,
        score: (read.path.clone().unwrap_or_default(), inputs),
        frozen: made.frozen,
        until,
        columns: made.columns,
        fates,
        hold,
        ignored,
        notes,
        record: made.record,
        calls,
    })
}

/// A notebook whose files or output are not found may be without them because a cell raised: that is said too.
fn with_raised(mut errors: Vec<Diagnostic>, record: &Record, file: FileId, script: &SourceFile) -> Vec<Diagnostic> {
    if !errors.iter().any(|error| matches!(error.name, "python-roles" | "python-output")) {
        return errors;
    }
    errors.extend(record.raised.iter().map(|raised| {
        let start = script.line_start(raised.line);
        let end = start + script.line_text(raised.line).len() as u32;
        Diagnostic::warning(replay::CELL_RAISES, "this cell raises an exception in the recorded run")
            .at(Span { file, start, end }, &raised.message)
    }));
    errors
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_call_has_one_row() {
        let mut seen = std::collections::BTreeSet::new();
        let twice: Vec<_> = super::FAMILIES
            .iter()
            .flat_map(|family| family.iter())
            .filter(|row| !seen.insert((format!("{:?}", row.on), row.name)))
            .collect();
        assert!(twice.is_empty(), "{:?}", twice.iter().map(|row| row.name).collect::<Vec<_>>());
    }
}
