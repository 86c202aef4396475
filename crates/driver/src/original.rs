//! What the original gives: the script in the user's Python, the model by onnxruntime or its own library, on the data and on other rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ir::{Elem, Literal};
use plan::{Cell, Column, GoldenOutcome, Reason};
use reference::{Frame, OutputRequest, OutputTable, Outputs, Piece, Script, Tensor, TensorData, Versions};
use source::{Diagnostic, Sources};

use crate::Problem;
use crate::load::{Original, Scorer, ScriptRun};

/// What became of a row in the original.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Scored(Vec<Cell>),
    /// The script drops the row.
    Dropped,
    /// It raises, with that message.
    Raised(String),
    /// The original gave up on rows together with this one, and there was no time to find out on which.
    Untested,
}

/// The original's answers, row by row.
pub struct Answers {
    /// The data as the original read it.
    pub rows: Vec<Vec<Cell>>,
    pub on_data: Vec<Answer>,
    /// The data again, last row first: what differs from `on_data` depends on other rows.
    pub on_reversed: Vec<Answer>,
    pub on_boundary: Vec<Answer>,
    /// How much of the original's own output changes when what it learns from its rows is held. None where it learns nothing, and where
    /// holding gives other rows, as all of them for those of a test split.
    pub held_changes: Option<Changes>,
    /// Where the script reads its scoring file in another way than a scorer does.
    pub read_otherwise: Option<String>,
    /// `python 3.11.2, pandas 3.1.1, ...`
    pub versions: Vec<(String, String)>,
}

/// A number of cells, of all there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    pub cells: usize,
    pub of: usize,
}

/// Whether there is a runtime for the original at all, and its name.
pub fn runtime(original: &Original) -> Option<&'static str> {
    let onnx = original.model.as_deref().map(|model| model.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx")));
    match (&original.script, onnx) {
        (Some(_), Some(true)) => Some("pandas and onnxruntime"),
        (Some(_), None) => Some("pandas"),
        (None, Some(true)) => Some("onnxruntime"),
        (None, Some(false)) => original.model.as_deref().and_then(package),
        (Some(_), Some(false)) | (None, None) => None,
    }
}

/// The package of a boosting library that scores the file of a model.
fn package(model: &Path) -> Option<&'static str> {
    front_boost::Format::of(&crate::read(model).ok()?)?.package()
}

/// Why the original of a boosting model is not run, where the user's Python has no such library: the model converts without it.
pub fn lacks_library(original: &Original, problem: &Problem) -> Option<String> {
    let package = original.model.as_deref().filter(|_| original.script.is_none()).and_then(package)?;
    match problem {
        Problem::Reference(found) if found.iter().any(|one| one.name == "reference-environment") => {
            Some(format!("there is no Python with {package} here"))
        }
        Problem::Reference(_)
        | Problem::Environment(_)
        | Problem::Refused(_)
        | Problem::Rows(_)
        | Problem::Semantic(_)
        | Problem::Unexplained(_)
        | Problem::Differ(_)
        | Problem::Uncovered(_) => None,
    }
}

/// Runs the original on `data` (the script's own scoring file if it is none) and on `boundary`, with what the interpreter makes of it.
///
/// A script runs on all boundary rows at once that have a score. Of those without one, some of each reason are run, each alone.
/// Errors: the original cannot be run.
pub fn answers(
    scorer: &Scorer,
    data: Option<&Path>,
    rows: &[Vec<Cell>],
    boundary: &[(Vec<Cell>, GoldenOutcome)],
    sources: &Sources,
) -> Result<Answers, Problem> {
    let unable = |found: Diagnostic| match found.name {
        OTHER_COLUMNS => Problem::Semantic(found.message),
        _ => Problem::Reference(vec![found]),
    };
    match (&scorer.original.script, &scorer.original.model) {
        (Some(run), _) => of_script(scorer, run, data, rows, boundary, sources).map_err(unable),
        (None, Some(model)) => of_model(scorer, model, rows, boundary).map_err(unable),
        (None, None) => Err(Problem::Environment("there is neither a script nor a model".into())),
    }
}

const OTHER_COLUMNS: &str = "original-columns";

/// The scorer gives the columns of the script's output, all of them and in their order, unless some were left out on purpose.
fn same_columns(scorer: &Scorer, run: &ScriptRun, table: &OutputTable) -> Result<(), Diagnostic> {
    let ours: Vec<&str> = scorer.plan.outputs.iter().map(|column| column.name.as_str()).collect();
    let theirs: Vec<&str> =
        table.columns.iter().map(|column| column.name.as_str()).filter(|name| !run.partial || ours.contains(name)).collect();
    if scorer.original.model.is_some() || ours == theirs {
        return Ok(());
    }
    let apart = |some: &[&str], from: &[&str]| {
        let some: Vec<&str> = some.iter().copied().filter(|name| !from.contains(name)).collect();
        if some.is_empty() { "none".to_owned() } else { some.join(", ") }
    };
    let message = format!(
        "the original's output has {} columns and the scorer's {}, in this order or another; only there: {}; only here: {}",
        theirs.len(),
        ours.len(),
        apart(&theirs, &ours),
        apart(&ours, &theirs)
    );
    Err(Diagnostic::error(OTHER_COLUMNS, message))
}

/// A script that is ready to be run.
struct Ready<'a> {
    scorer: &'a Scorer,
    run: &'a ScriptRun,
    model: Option<&'a Path>,
    overlay: Vec<(String, PathBuf)>,
    sources: &'a Sources,
}

impl<'a> Ready<'a> {
    /// `data` stands where the script's scoring file does, if it is of the same form, and if the script learns nothing from that file.
    fn new(scorer: &'a Scorer, run: &'a ScriptRun, data: Option<&Path>, sources: &'a Sources) -> Ready<'a> {
        let overlay = data
            .filter(|data| run.reads(data) && run.hold.is_none())
            .map(|data| (run.score.clone(), data.to_path_buf()))
            .into_iter()
            .collect();
        Ready { scorer, run, model: scorer.original.model.as_deref(), overlay, sources }
    }

    fn outputs(&self, frames: Vec<Frame>, reversed: bool, dropped: Option<Vec<usize>>) -> Result<Outputs, Diagnostic> {
        let Ready { run, sources, .. } = self;
        let script = Script { path: &run.path, file: run.file, sources, modules: &run.modules, files: &self.overlay };
        let request = OutputRequest {
            output: run.output.clone(),
            score: Some((run.score.clone(), run.dtypes.clone())),
            model: self.model.map(Path::to_path_buf),
            feed: run.feed(),
            frames,
            reversed,
            dropped,
            until: run.until,
            raised: run.raised.clone(),
            hold: run.hold.clone(),
            ignored: run.ignored.clone(),
        };
        self.scorer.original.python.outputs(script, &request)
    }

    fn frame(&self, rows: &[&Vec<Cell>], apart: bool) -> Frame {
        Frame { table: table(&self.scorer.plan.inputs, rows), apart, dropped: self.dropped(rows), beside: 0 }
    }

    /// The rows of which the interpreter says that the script drops them.
    fn dropped(&self, rows: &[&Vec<Cell>]) -> Vec<usize> {
        let rejections = &self.scorer.plan.rejections;
        let is_filter = |number: u32| matches!(rejections[number as usize].reason, Reason::Filtered(_));
        if !(0..rejections.len() as u32).any(is_filter) {
            return vec![];
        }
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| (*row).clone()).collect();
        let outcomes = execute::interpreted(&interp::Interp::new(&self.scorer.checked), &rows);
        let is_dropped = |outcome: &GoldenOutcome| matches!(outcome, GoldenOutcome::Rejected(number) if is_filter(*number));
        outcomes.iter().enumerate().filter(|(_, outcome)| is_dropped(outcome)).map(|(row, _)| row).collect()
    }
}

fn of_script(
    scorer: &Scorer,
    run: &ScriptRun,
    data: Option<&Path>,
    rows: &[Vec<Cell>],
    boundary: &[(Vec<Cell>, GoldenOutcome)],
    sources: &Sources,
) -> Result<Answers, Diagnostic> {
    let ready = Ready::new(scorer, run, data, sources);
    // Rows of another form than the script reads take its file's place as a table.
    let given = data.filter(|_| ready.overlay.is_empty());
    let mut reversed = given.map_or(vec![], |_| rows.to_vec());
    reversed.reverse();
    let (scored, refused) = apart(scorer, boundary);
    let of = |numbers: &[usize]| numbers.iter().map(|number| &boundary[*number].0).collect::<Vec<_>>();
    let mut frames = vec![ready.frame(&of(&scored), false), ready.frame(&of(&refused), true)];
    if given.is_some() {
        frames.push(ready.frame(&reversed.iter().collect::<Vec<_>>(), false));
        frames.push(ready.frame(&rows.iter().collect::<Vec<_>>(), false));
    }
    let own = given.is_none() && !rows.is_empty();
    let dropped = own.then(|| ready.dropped(&rows.iter().collect::<Vec<_>>()));
    let outputs = ready.outputs(frames, given.is_none(), dropped)?;
    let Some(input) = &outputs.input else {
        return Err(Diagnostic::error("reference-answer", format!("the script did not read `{}` in this run", run.score)));
    };
    same_columns(scorer, run, &outputs.table)?;
    let read = rows_of(&scorer.plan.inputs, input)?;
    let (table, model) = outputs.held.clone().unwrap_or_else(|| (outputs.table.clone(), outputs.model.clone()));
    let held_changes = outputs.held.as_ref().and_then(|(held, _)| changes(&outputs.table, held));
    let whole = Piece::Ran { rows: (0..read.len()).collect(), kept: kept(&table, read.len())?, table: Some(table), model };
    let columns = &scorer.plan.outputs;
    let mut frames = outputs.frames.iter();
    let mut next = |count: usize| frames.next().map_or(vec![], |pieces| merged(columns, pieces, count));
    let mut on_boundary = vec![Answer::Untested; boundary.len()];
    for numbers in [&scored, &refused] {
        numbers.iter().zip(next(numbers.len())).for_each(|(number, answer)| on_boundary[*number] = answer);
    }
    let mut on_reversed = next(if given.is_some() { reversed.len() } else { read.len() });
    on_reversed.reverse();
    let read_otherwise = given.is_none().then(|| read_otherwise(scorer, rows, &read)).flatten();
    let (rows, on_data) = match given {
        Some(_) => (rows.to_vec(), next(rows.len())),
        None => (read.clone(), merged(columns, &[whole], read.len())),
    };
    Ok(Answers { on_data, on_reversed, on_boundary, rows, held_changes, read_otherwise, versions: named(&outputs.versions, ready.model) })
}

/// A cell of the script's scoring file that is another for the script, which may read its file with options of its own.
fn read_otherwise(scorer: &Scorer, loaded: &[Vec<Cell>], read: &[Vec<Cell>]) -> Option<String> {
    let (row, (loaded, read)) = loaded.iter().zip(read).enumerate().find(|(_, (loaded, read))| loaded != read)?;
    let (column, (ours, theirs)) = scorer.plan.inputs.iter().zip(loaded.iter().zip(read)).find(|(_, (ours, theirs))| ours != theirs)?;
    let (ours, theirs) = (crate::verify::shown(ours), crate::verify::shown(theirs));
    Some(format!("in row {} the column {} is {theirs} to the script and {ours} in the file", row + 1, column.name))
}

/// How many cells differ between two tables of the same form.
fn changes(one: &OutputTable, other: &OutputTable) -> Option<Changes> {
    let pairs = || one.columns.iter().zip(&other.columns);
    let same_form = one.columns.len() == other.columns.len() && pairs().all(|(one, other)| one.cells.len() == other.cells.len());
    let same = |pair: (&reference::Cell, &reference::Cell)| match pair {
        (reference::Cell::Float(one), reference::Cell::Float(other)) => one == other || one.is_nan() && other.is_nan(),
        (one, other) => one == other,
    };
    let differ =
        |(one, other): (&reference::Column, &reference::Column)| one.cells.iter().zip(&other.cells).filter(|pair| !same(*pair)).count();
    same_form.then(|| Changes { cells: pairs().map(differ).sum(), of: pairs().map(|(one, _)| one.cells.len()).sum() })
}

/// What stands beside rows in a run of the script.
#[derive(Debug, Clone, Copy)]
pub enum Company<'a> {
    /// Each other.
    Together,
    /// Each other, and rows that are ordinary.
    Ordinary(&'a [Vec<Cell>]),
    /// Nothing: each is alone.
    Apart,
}

/// The answers of a script on some rows in other company.
///
/// What pandas makes of a row may depend on the rows beside it: one missing cell makes a column of whole numbers a column of floats, and a
/// column of nothing but missing texts is none of texts.
pub fn again(
    scorer: &Scorer,
    run: &ScriptRun,
    rows: &[&Vec<Cell>],
    company: Company<'_>,
    sources: &Sources,
) -> Result<Vec<Answer>, Problem> {
    let beside = if let Company::Ordinary(beside) = company { beside } else { &[] };
    let all: Vec<&Vec<Cell>> = beside.iter().chain(rows.iter().copied()).collect();
    let answers = || {
        let ready = Ready::new(scorer, run, None, sources);
        let frame = Frame { beside: beside.len(), ..ready.frame(&all, matches!(company, Company::Apart)) };
        let outputs = ready.outputs(vec![frame], false, None)?;
        let mut answers = outputs.frames.first().map_or(vec![], |pieces| merged(&scorer.plan.outputs, pieces, all.len()));
        Ok(answers.split_off(beside.len().min(answers.len())))
    };
    answers().map_err(|found: Diagnostic| Problem::Reference(vec![found]))
}

fn named(versions: &Versions, model: Option<&Path>) -> Vec<(String, String)> {
    let named = [
        ("python", Some(&versions.python)),
        ("pandas", versions.pandas.as_ref()),
        ("numpy", versions.numpy.as_ref()),
        ("scikit-learn", versions.sklearn.as_ref()),
        ("scipy", versions.scipy.as_ref()),
        ("onnxruntime", versions.onnxruntime.as_ref().filter(|_| model.is_some())),
        ("xgboost", versions.xgboost.as_ref()),
        ("lightgbm", versions.lightgbm.as_ref()),
        ("catboost", versions.catboost.as_ref()),
    ];
    named.into_iter().filter_map(|(name, version)| Some((name.to_string(), version?.clone()))).collect()
}

/// How many rows without a score are run for each reason.
const OF_A_REASON: usize = 2;

/// The numbers of the rows that are run together, and of those that are expected to raise; of rows without a score some.
fn apart(scorer: &Scorer, boundary: &[(Vec<Cell>, GoldenOutcome)]) -> (Vec<usize>, Vec<usize>) {
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    let (mut scored, mut refused) = (Vec::new(), Vec::new());
    for (number, (_, outcome)) in boundary.iter().enumerate() {
        match outcome {
            GoldenOutcome::Scored(_) => scored.push(number),
            GoldenOutcome::Rejected(reason) => {
                let seen = seen.entry(*reason).or_default();
                *seen += 1;
                if *seen <= OF_A_REASON {
                    // A row that is dropped leaves nothing behind if it is alone, and what follows may raise on nothing.
                    let filtered = matches!(scorer.plan.rejections[*reason as usize].reason, Reason::Filtered(_));
                    if filtered { scored.push(number) } else { refused.push(number) }
                }
            }
        }
    }
    (scored, refused)
}

/// Which rows a script's output holds. A frame that lost rows says by its index which are left.
fn kept(table: &OutputTable, count: usize) -> Result<Vec<usize>, Diagnostic> {
    if table.rows == count {
        return Ok((0..count).collect());
    }
    let labels = table.index.iter().flatten().map(|label| usize::try_from(*label).ok().filter(|label| *label < count));
    let labels: Option<Vec<usize>> = labels.collect();
    match labels {
        Some(labels) if labels.len() == table.rows => Ok(labels),
        _ => Err(Diagnostic::error(
            "reference-answer",
            format!("{count} rows go into the script and {} come out, and its index does not say which", table.rows),
        )
        .help("leave out `reset_index` on the output, or keep all rows")),
    }
}

fn of_model(scorer: &Scorer, model: &Path, rows: &[Vec<Cell>], boundary: &[(Vec<Cell>, GoldenOutcome)]) -> Result<Answers, Diagnostic> {
    let all: Vec<&Vec<Cell>> = rows.iter().chain(boundary.iter().map(|(row, _)| row)).collect();
    let python = &scorer.original.python;
    let package = package(model);
    let (versions, pieces) = match package {
        Some(package) => {
            let outputs: Vec<&str> = scorer.plan.outputs.iter().map(|column| column.name.as_str()).collect();
            python.boost(package, model, &table(&scorer.plan.inputs, &all), &outputs)?
        }
        None => {
            let tensors: Vec<Tensor> = scorer.plan.inputs.iter().enumerate().map(|(at, column)| tensor(column, at, &all)).collect();
            python.model(model, &tensors, &scorer.original.dims)?
        }
    };
    let mut on_data = merged(&scorer.plan.outputs, &pieces, all.len());
    let on_boundary = on_data.split_off(rows.len());
    let versions = Versions { pandas: versions.pandas.filter(|_| package.is_some()), sklearn: None, scipy: None, ..versions };
    Ok(Answers {
        rows: rows.to_vec(),
        on_data,
        on_reversed: vec![],
        on_boundary,
        held_changes: None,
        read_otherwise: None,
        versions: named(&versions, Some(model)),
    })
}

/// The pieces' answers by the number of the row.
fn merged(columns: &[Column], pieces: &[Piece], count: usize) -> Vec<Answer> {
    let mut answers = vec![Answer::Untested; count];
    for piece in pieces {
        match piece {
            Piece::Raised { row, message } => answers[*row] = Answer::Raised(message.clone()),
            Piece::Untested { .. } => {}
            Piece::Ran { rows, kept, table, model } => {
                rows.iter().for_each(|row| answers[*row] = Answer::Dropped);
                for (at, row) in kept.iter().enumerate() {
                    let cells = columns.iter().enumerate().map(|(number, column)| match table {
                        Some(table) if model.is_empty() => {
                            // By place, for names may repeat; by name where columns were left out.
                            let there = if table.columns.len() == columns.len() {
                                table.columns.get(number)
                            } else {
                                table.columns.iter().find(|there| there.name == column.name)
                            };
                            scalar(there.and_then(|there| there.cells.get(at)), column)
                        }
                        _ => element(column, model, at, kept.len()),
                    });
                    answers[*row] = Answer::Scored(cells.collect());
                }
            }
        }
    }
    answers
}

/// A cell of a script's output as a value of the scorer's column. What type a column has in pandas depends on the other rows: whole
/// numbers are floats where one is missing, and the dummy of a category that no row has is filled up with the integer 0. So a number
/// that the scorer's column can hold is that number, whatever its type. Anything else keeps its kind, and is then seen to differ.
fn scalar(cell: Option<&reference::Cell>, column: &Column) -> Cell {
    let elem = column.ty.elem;
    let null = || match (elem, column.ty.nullable) {
        (Elem::F64, false) => Literal::F64(f64::NAN),
        (Elem::F32, false) => Literal::F32(f32::NAN),
        (_, _) => Literal::Null(elem),
    };
    Cell::Scalar(match cell {
        None | Some(reference::Cell::Missing(_)) => null(),
        Some(reference::Cell::Float(x)) if x.is_nan() && column.ty.nullable => Literal::Null(elem),
        Some(reference::Cell::Float(x)) if elem == Elem::F32 && f64::from(*x as f32) == *x => Literal::F32(*x as f32),
        Some(reference::Cell::Float(x)) => whole(*x).and_then(|x| integer(x, elem)).unwrap_or(Literal::F64(*x)),
        Some(reference::Cell::Int(x)) if elem == Elem::F64 => Literal::F64(*x as f64),
        Some(reference::Cell::Int(x)) => integer(*x, elem).unwrap_or(Literal::I64(*x)),
        Some(reference::Cell::Bool(x)) => Literal::Bool(*x),
        Some(reference::Cell::Text(x)) => Literal::Str(x.clone()),
        Some(reference::Cell::DateTime(x)) => Literal::DateTime(*x),
        Some(reference::Cell::Duration(x)) => Literal::Duration(*x),
    })
}

/// A float that is a whole number of at most 53 bits.
fn whole(x: f64) -> Option<i64> {
    const EXACT: f64 = 9007199254740992.0;
    (x.trunc() == x && x.abs() <= EXACT && !(x == 0.0 && x.is_sign_negative())).then_some(x as i64)
}

/// A whole number as a value of another kind that holds it.
fn integer(x: i64, elem: Elem) -> Option<Literal> {
    match elem {
        Elem::Bool if x == 0 || x == 1 => Some(Literal::Bool(x == 1)),
        Elem::I32 => i32::try_from(x).ok().map(Literal::I32),
        Elem::I64 => Some(Literal::I64(x)),
        Elem::Bool | Elem::F32 | Elem::F64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => None,
    }
}

/// A row of a model's output: by name, or by name and class where onnxruntime gives a map a row.
fn element(column: &Column, model: &[Tensor], row: usize, rows: usize) -> Cell {
    let of_class = |tensor: &Tensor| {
        let keys = tensor.keys.as_ref()?;
        keys.iter().position(|key| column.name == format!("{}_{}", tensor.name, word(key)))
    };
    let found = model.iter().find_map(|tensor| match of_class(tensor) {
        Some(class) => Some((tensor, Some(class))),
        None => (tensor.name == column.name).then_some((tensor, None)),
    });
    let Some((tensor, class)) = found else { return Cell::Array(vec![]) };
    let width = tensor.data.len() / rows.max(1);
    let literals = tensor.data.literals(row * width..(row + 1) * width);
    match (class, literals.as_slice()) {
        (Some(class), _) => literals.get(class).cloned().map_or(Cell::Array(vec![]), Cell::Scalar),
        (None, [only]) if column.ty.is_scalar() => Cell::Scalar(only.clone()),
        (None, _) => Cell::Array(literals),
    }
}

fn word(key: &reference::Cell) -> String {
    match key {
        reference::Cell::Text(text) => text.clone(),
        reference::Cell::Int(number) => number.to_string(),
        reference::Cell::Bool(truth) => truth.to_string(),
        reference::Cell::Float(_) | reference::Cell::DateTime(_) | reference::Cell::Duration(_) | reference::Cell::Missing(_) => {
            String::new()
        }
    }
}

/// The scorer's input rows of a table as the script read it. Errors: a column that is not there, a cell that no row can hold.
fn rows_of(inputs: &[Column], table: &OutputTable) -> Result<Vec<Vec<Cell>>, Diagnostic> {
    let wrong = |text: String| Diagnostic::error("reference-answer", text);
    let columns = inputs
        .iter()
        .map(|column| {
            let there = table.columns.iter().find(|there| there.name == column.name);
            there.ok_or_else(|| wrong(format!("the scoring file has no column `{}`", column.name)))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let cell = |row: usize, (column, there): (&Column, &&reference::Column)| {
        let cell = scalar(there.cells.get(row), column);
        match &cell {
            Cell::Scalar(literal) if literal.elem() == column.ty.elem && (column.ty.nullable || !literal.is_null()) => Ok(cell),
            Cell::Scalar(_) | Cell::Array(_) => {
                Err(wrong(format!("row {}, column `{}`: {:?} is not {}", row + 1, column.name, there.cells.get(row), column.ty)))
            }
        }
    };
    (0..table.rows).map(|row| inputs.iter().zip(&columns).map(|pair| cell(row, pair)).collect()).collect()
}

/// Rows as a table that takes the place of the scoring file.
fn table(inputs: &[Column], rows: &[&Vec<Cell>]) -> OutputTable {
    let cell = |row: &[Cell], at: usize| match &row[at] {
        Cell::Scalar(literal) => cell_of(literal),
        Cell::Array(_) => reference::Cell::Missing("NaN"),
    };
    let columns = inputs.iter().enumerate().map(|(at, column)| reference::Column {
        name: column.name.clone(),
        // Texts of a scorer whose file happened to hold numbers only are texts all the same.
        dtype: match column.ty.elem {
            Elem::Str => "str".into(),
            Elem::F64 => if column.ty.nullable { "float" } else { "float64" }.into(),
            Elem::Bool | Elem::I32 | Elem::I64 | Elem::F32 | Elem::Date | Elem::DateTime | Elem::Duration => String::new(),
        },
        cells: rows.iter().map(|row| cell(row, at)).collect(),
    });
    OutputTable { rows: rows.len(), index: None, columns: columns.collect() }
}

fn cell_of(literal: &Literal) -> reference::Cell {
    match literal {
        Literal::Null(_) => reference::Cell::Missing("NaN"),
        Literal::Bool(x) => reference::Cell::Bool(*x),
        Literal::I32(x) => reference::Cell::Int(i64::from(*x)),
        Literal::I64(x) => reference::Cell::Int(*x),
        Literal::F32(x) => reference::Cell::Float(f64::from(*x)),
        Literal::F64(x) => reference::Cell::Float(*x),
        Literal::Str(x) => reference::Cell::Text(x.clone()),
        Literal::Date(x) => reference::Cell::DateTime(x.saturating_mul(86_400_000_000)),
        Literal::DateTime(x) => reference::Cell::DateTime(*x),
        Literal::Duration(x) => reference::Cell::Duration(*x),
    }
}

/// A column of the scorer's input as a tensor with a row for each row.
fn tensor(column: &Column, at: usize, rows: &[&Vec<Cell>]) -> Tensor {
    let literals: Vec<&Literal> = rows
        .iter()
        .flat_map(|row| match &row[at] {
            Cell::Scalar(literal) => std::slice::from_ref(literal),
            Cell::Array(literals) => literals,
        })
        .collect();
    let float = |literal: &&Literal| literal.as_f64().unwrap_or(f64::NAN);
    let data = match column.ty.elem {
        Elem::F32 => TensorData::F32(literals.iter().map(|literal| float(literal) as f32).collect()),
        Elem::F64 => TensorData::F64(literals.iter().map(float).collect()),
        Elem::I32 => TensorData::I32(literals.iter().map(|literal| literal.as_i64().unwrap_or(0) as i32).collect()),
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => {
            TensorData::I64(literals.iter().map(|literal| literal.as_i64().unwrap_or(0)).collect())
        }
        Elem::Bool => TensorData::Bool(literals.iter().map(|literal| literal.as_bool() == Some(true)).collect()),
        Elem::Str => TensorData::Str(literals.iter().map(|literal| literal.as_str().unwrap_or_default().to_owned()).collect()),
    };
    let shape = std::iter::once(rows.len()).chain(column.ty.shape.iter().map(|dim| *dim as usize)).collect();
    Tensor { name: column.name.clone(), shape, data, keys: None }
}
