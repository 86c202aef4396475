//! Every class of scikit-learn that converts, fitted on real data now: what its scorer gives for held-out and boundary rows, on the interpreter
//! and on every target, against what scikit-learn gives. And for each a fault: one fitted number changed in its last bits must be told.
//!
//! `cases/estimators/generate.py` fits and answers. The results are a table in `coverage/`, which `BLESS=1` writes anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by stopping"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use check::Checked;
use driver::{Project, Scorer, data};
use equiv::{Analyser, Arithmetic, Verdict};
use execute::Job;
use interp::{Datum, Interp, Outcome};
use ir::{Elem, Literal, Reason};
use plan::{Cell, GoldenOutcome};
use rayon::prelude::*;
use serde_json::{Value, json};
use source::{Sources, render};
use tests::python::can_import;
use tests::targets::outcomes;

/// Rows on boundaries that are added to those of a case: of those that are made the first, which have special values, and some of the others.
const SPECIAL_ROWS: usize = 70;
const OTHER_ROWS: usize = 70;

/// Classes that learn nothing, or nothing but names and the number of columns.
const WITHOUT_STATE: &[&str] = &["FunctionTransformer", "HashingVectorizer", "Normalizer", "PolynomialFeatures"];

/// A class on one kind of data.
struct Case {
    name: String,
    folder: PathBuf,
    scorer: Scorer,
    rows: Vec<Vec<Cell>>,
    /// So many rows are held out; the others stand on boundaries.
    held_out: usize,
    outcomes: Vec<GoldenOutcome>,
    /// The first of its class, in which something is changed.
    is_first: bool,
}

/// What a case came to.
#[derive(Default)]
struct Tally {
    equal: usize,
    within: usize,
    /// Rows for which both have no answer, and for which it is a matter of the machine.
    rejected: usize,
    undetermined: usize,
    failures: Vec<String>,
    /// What was changed, by how much, once that was told.
    fault: Option<String>,
}

fn generate(folder: &Path, what: &str) {
    let python = std::env::var_os("SCOREWRIGHT_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/estimators/generate.py");
    let output = std::process::Command::new(python).arg(script).arg(folder).arg(what).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

// A case -----------------------------------------------------------------------------------------------------------------------

/// Converts a case and makes its rows; what stands in the way if it is refused.
fn case(folder: &Path) -> Result<Case, String> {
    let name = folder.file_name().unwrap().to_string_lossy().replace('_', " ");
    let mut sources = Sources::new();
    let (script, state) = (Some(folder.join("score.py")), Some(folder.join("state.json")));
    let project = Project { name: Some(name.clone()), script, state, output: Some("scores".into()), ..Project::default() };
    let scorer = driver::load(&project, &mut sources, &mut |_| ())
        .map_err(|problem| format!("{name}\n{}", render::human(&problem.diagnostics(), &sources, render::Colour::Plain)))?;
    let mut rows = data::load(&folder.join("sample.csv"), &scorer.plan).map_err(|problem| format!("{name}: {problem:?}"))?;
    let held_out = rows.len();
    let mut made = equiv::boundary(&scorer.checked, &rows.iter().map(|row| data_of(row)).collect::<Vec<_>>(), 4 * SPECIAL_ROWS).rows;
    let others = made.split_off(made.len().min(SPECIAL_ROWS));
    let step = others.len().div_ceil(OTHER_ROWS).max(1);
    rows.extend(made.into_iter().chain(others.into_iter().step_by(step)).map(|row| row.into_iter().map(execute::cell).collect::<Vec<_>>()));
    let outcomes = execute::interpreted(&Interp::new(&scorer.checked), &rows);
    let columns = scorer.plan.inputs.iter().enumerate();
    let columns = columns.map(|(at, column)| (column.name.clone(), rows.iter().map(|row| written(&row[at])).collect::<Vec<_>>().into()));
    let table: serde_json::Map<String, Value> = columns.collect();
    let (together, alone) = asked(&scorer, &outcomes);
    let asked = json!({"count": rows.len(), "columns": table, "together": together, "alone": alone});
    std::fs::write(folder.join("rows.json"), asked.to_string()).unwrap();
    Ok(Case { name, folder: folder.to_owned(), scorer, rows, held_out, outcomes, is_first: false })
}

/// The rows that have a score, and of those that have none some for each reason: these scikit-learn is asked for each by itself, for it raises.
fn asked(scorer: &Scorer, outcomes: &[GoldenOutcome]) -> (Vec<usize>, Vec<usize>) {
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    let mut seen = vec![0; scorer.plan.rejections.len()];
    for (row, outcome) in outcomes.iter().enumerate() {
        match outcome {
            GoldenOutcome::Scored(_) => together.push(row),
            GoldenOutcome::Rejected(reason) => {
                seen[*reason as usize] += 1;
                if seen[*reason as usize] <= 2 {
                    alone.push(row);
                }
            }
        }
    }
    (together, alone)
}

fn data_of(row: &[Cell]) -> Vec<Datum> {
    row.iter().map(execute::datum).collect()
}

/// A cell as `generate.py` reads it.
fn written(cell: &Cell) -> Value {
    let Cell::Scalar(literal) = cell else { panic!("an input is a scalar") };
    match literal {
        _ if literal.is_null() => Value::Null,
        Literal::Bool(value) => json!(value),
        Literal::I64(value) => json!(value),
        Literal::F64(value) if value.is_nan() => json!({"float": "nan"}),
        Literal::F64(value) => json!({"float": format!("{value:?}")}),
        Literal::Str(text) => json!(text),
        other => panic!("no input of type {}", other.elem()),
    }
}

/// What scikit-learn gave for each row; none where it raised or was not asked.
fn answers(case: &Case) -> Vec<Option<Vec<Datum>>> {
    let answers: Vec<Option<Vec<Value>>> =
        serde_json::from_str(&std::fs::read_to_string(case.folder.join("answers.json")).unwrap()).unwrap();
    assert_eq!(answers.len(), case.rows.len(), "{}", case.name);
    let row = |row: Vec<Value>| {
        row.iter().zip(&case.scorer.plan.outputs).map(|(cell, output)| Datum::Scalar(read(cell, output.ty.elem))).collect()
    };
    answers.into_iter().map(|answer| answer.map(row)).collect()
}

/// A cell of `answers.json`. What does not fit the type stays what it is, and differs.
fn read(cell: &Value, elem: Elem) -> Literal {
    let number = || cell["float"].as_str().map(|text| text.parse::<f64>().unwrap());
    match (cell, elem) {
        (Value::Null, _) => Literal::Null(elem),
        (Value::Bool(value), Elem::F64) => Literal::F64(f64::from(u8::from(*value))),
        (Value::Bool(value), _) => Literal::Bool(*value),
        (Value::String(text), _) => Literal::from(text.as_str()),
        (Value::Number(value), Elem::I32) => Literal::I32(value.as_i64().unwrap() as i32),
        (Value::Number(value), Elem::F64) => Literal::F64(value.as_f64().unwrap()),
        (Value::Number(value), _) => Literal::I64(value.as_i64().unwrap()),
        (_, Elem::F32) => Literal::F32(number().unwrap() as f32),
        (_, _) => Literal::F64(number().unwrap()),
    }
}

/// Compares a scorer with scikit-learn, on these rows.
fn compared(checked: &Checked, rows: &[Vec<Datum>], references: &[Outcome]) -> equiv::Report {
    equiv::report(&Analyser::new(checked, equiv::Reference { arithmetic: Arithmetic::AsWritten }), rows, references, None)
}

fn tally(case: &Case) -> Tally {
    let answers = answers(case);
    let mut tally = Tally::default();
    let (mut rows, mut references) = (Vec::new(), Vec::new());
    for (number, (outcome, answer)) in case.outcomes.iter().zip(&answers).enumerate() {
        let reason = match outcome {
            GoldenOutcome::Rejected(reason) => Some(*reason),
            GoldenOutcome::Scored(_) => None,
        };
        match (reason.map(|reason| &case.scorer.plan.rejections[reason as usize].reason), answer) {
            (Some(Reason::Undetermined(_)), _) => tally.undetermined += 1,
            (Some(_), None) => tally.rejected += 1,
            // To refuse a row of our own making is safe.
            (Some(Reason::Invalid(_)), Some(_)) if number >= case.held_out => tally.rejected += 1,
            (_, None) => tally.failures.push(format!("row {number}: scikit-learn raises")),
            (_, Some(answer)) => {
                rows.push(data_of(&case.rows[number]));
                references.push(Outcome::Scored(answer.clone()));
            }
        }
    }
    let report = compared(&case.scorer.checked, &rows, &references);
    for (verdict, count) in report.outputs.iter().flat_map(|output| &output.verdicts) {
        match verdict {
            Verdict::Identical => tally.equal += count,
            Verdict::WithinBound | Verdict::BranchExplained | Verdict::ReferenceNoise => tally.within += count,
            Verdict::Semantic | Verdict::Unexplained => {}
        }
    }
    tally.failures.extend(report.failures.iter().take(2).map(|failure| format!("{failure}\n  {:?}", rows[failure.row])));
    if tally.failures.is_empty() && case.is_first {
        tally.fault = fault(case, &answers);
    }
    tally
}

// A fault ----------------------------------------------------------------------------------------------------------------------

/// The bits by whose unit a number is changed, one after the other until that is told.
const BITS: [u32; 6] = [0, 4, 8, 24, 40, 51];
/// How many numbers of an attribute are changed.
const CHANGED: usize = 8;

/// A number, truth value or text that an estimator holds: whose and under which name, and the way to it in what the record has of a value.
struct Held {
    name: String,
    way: String,
    sort: Sort,
}

/// What is tried first stands first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    FittedNumber,
    NumberGiven,
    /// A whole number, truth value or text.
    Fitted,
}

/// A scorer with a change.
enum Spoilt {
    Same,
    Refused,
    Other(Box<Checked>),
}

/// What was changed and told from the right scorer, with the least change that is.
fn fault(case: &Case, answers: &[Option<Vec<Datum>>]) -> Option<String> {
    let record = serde_json::to_value(&case.scorer.conversion.as_ref().unwrap().record).unwrap();
    let mut all = Vec::new();
    record["values"].as_array().unwrap().iter().for_each(|value| held(value, String::new(), None, &mut all));
    let mut attributes: BTreeMap<(Sort, String), Vec<Held>> = BTreeMap::new();
    for one in all {
        let some = attributes.entry((one.sort, one.name.clone())).or_default();
        // Each call of a method has the estimator again.
        if some.iter().all(|other| other.way != one.way) {
            some.push(one);
        }
    }
    for sort in [Sort::FittedNumber, Sort::NumberGiven, Sort::Fitted] {
        let own = attributes.iter().filter(|((of, _), _)| *of == sort).flat_map(|(_, some)| {
            // From the middle on, for what is learnt last is often looked at by few rows.
            let step = some.len().div_ceil(CHANGED);
            some.iter().cycle().skip(some.len() / 2).step_by(step).take(some.len().div_ceil(step))
        });
        let mut left: Vec<&Held> = own.collect();
        for bit in if sort == Sort::Fitted { &BITS[..1] } else { &BITS[..] } {
            let mut told = None;
            left.retain(|one| {
                told.is_some() || {
                    let spoilt = spoilt(case, &record, one, *bit);
                    told = told_by(case, &spoilt, one, *bit, answers);
                    !matches!(spoilt, Spoilt::Same)
                }
            });
            if told.is_some() {
                return told;
            }
        }
    }
    None
}

/// How a change is put in words, if it is told.
fn told_by(case: &Case, spoilt: &Spoilt, held: &Held, bit: u32, answers: &[Option<Vec<Datum>>]) -> Option<String> {
    let name = &held.name;
    match spoilt {
        Spoilt::Refused if held.sort == Sort::Fitted => Some(format!("`{name}`, which is refused")),
        Spoilt::Same | Spoilt::Refused => None,
        Spoilt::Other(checked) if !is_told(case, checked, answers) => None,
        Spoilt::Other(_) if held.sort == Sort::Fitted => Some(format!("`{name}`")),
        Spoilt::Other(_) if bit == 0 => Some(format!("`{name}` by 1 unit")),
        Spoilt::Other(_) => Some(format!("`{name}` by 2^{bit} units")),
    }
}

/// Whether a scorer is told from scikit-learn.
fn is_told(case: &Case, checked: &Checked, answers: &[Option<Vec<Datum>>]) -> bool {
    let outcomes = execute::interpreted(&Interp::new(checked), &case.rows);
    let differ = case.outcomes.iter().zip(&outcomes).enumerate().filter(|(_, (right, wrong))| right != wrong).map(|(row, _)| row);
    let (mut rows, mut references) = (Vec::new(), Vec::new());
    for row in differ {
        if let (GoldenOutcome::Scored(_), Some(answer)) = (&outcomes[row], &answers[row]) {
            rows.push(data_of(&case.rows[row]));
            references.push(Outcome::Scored(answer.clone()));
        }
    }
    compared(checked, &rows, &references).failure_count > 0
}

/// The scorer with a change of one number by a unit of that bit, or of what else is held.
fn spoilt(case: &Case, record: &Value, held: &Held, bit: u32) -> Spoilt {
    let mut record = record.clone();
    for cell in record["values"].as_array_mut().unwrap().iter_mut().filter_map(|value| value.pointer_mut(&held.way)) {
        *cell = match &*cell {
            Value::String(text) if held.sort == Sort::Fitted => json!(format!("{text}x")),
            Value::String(text) => json!(format!("{:?}", f64::from_bits(text.parse::<f64>().unwrap().to_bits().wrapping_add(1 << bit)))),
            Value::Number(number) => json!(number.as_i64().unwrap_or(0) + 1),
            Value::Bool(value) => json!(!value),
            other => panic!("nothing is held here: {other}"),
        };
    }
    let mut sources = Sources::new();
    let file = sources.add("score.py", std::fs::read_to_string(case.folder.join("score.py")).unwrap());
    let Ok(record) = serde_json::from_value(record) else { return Spoilt::Refused };
    let Ok(conversion) = front_python::convert(file, &sources, &record, &front_python::Options::default()) else { return Spoilt::Refused };
    let right = &case.scorer.conversion.as_ref().unwrap().module;
    if conversion.module.tables == right.tables && conversion.module.functions == right.functions {
        return Spoilt::Same;
    }
    let results = |module: &ir::Module| module.entry_function().map_or(0, |entry| entry.results.len());
    match check::check(conversion.module) {
        Ok(checked) if results(checked.module()) == results(right) => Spoilt::Other(Box::new(checked)),
        _ => Spoilt::Refused,
    }
}

/// Finds what estimators hold, however deep. `name` is whose it is, under which name, and whether it was given.
fn held(value: &Value, way: String, name: Option<(&str, bool)>, out: &mut Vec<Held>) {
    match value {
        Value::Object(fields) => {
            if let Some(estimator) = fields.get("estimator").filter(|estimator| estimator["fitted"].is_array()) {
                let class = estimator["class"].as_str().unwrap().rsplit('.').next().unwrap();
                for (part, given) in [("fitted", false), ("params", true)] {
                    for (at, pair) in estimator[part].as_array().into_iter().flatten().enumerate() {
                        let name = format!("{class}.{}", pair[0].as_str().unwrap());
                        held(&pair[1], format!("{way}/estimator/{part}/{at}/1"), Some((&name, given)), out);
                    }
                }
                return;
            }
            for (key, field) in fields {
                match (key.as_str(), name, field.as_array()) {
                    ("dtype" | "shape", _, _) => {}
                    // The lists of a tree.
                    ("dict", Some((name, given)), Some(pairs)) => {
                        for (at, pair) in pairs.iter().enumerate() {
                            let name = pair[0].as_str().map_or(name.to_owned(), |key| format!("{name}.{key}"));
                            held(&pair[1], format!("{way}/dict/{at}/1"), Some((&name, given)), out);
                        }
                    }
                    _ => held(field, format!("{way}/{}", key.replace('~', "~0").replace('/', "~1")), name, out),
                }
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| held(item, format!("{way}/{at}"), name, out)),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => {
            let Some((name, given)) = name else { return };
            let number = value.as_str().filter(|_| way.contains("/float")).and_then(|text| text.parse::<f64>().ok());
            // Zeros, infinities and what is missing have no last bits.
            let sort = match number {
                Some(number) if number == 0.0 || !number.is_finite() => return,
                Some(_) if given => Sort::NumberGiven,
                Some(_) => Sort::FittedNumber,
                None if given => return,
                None => Sort::Fitted,
            };
            out.push(Held { name: name.to_owned(), way, sort });
        }
        Value::Null => {}
    }
}

// All of them ------------------------------------------------------------------------------------------------------------------

fn table(cases: &[Case], tallies: &[Tally]) -> String {
    let classes: BTreeSet<&str> = cases.iter().map(|case| case.name.split(' ').next().unwrap()).collect();
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (equal, within) = (sum(|tally| tally.equal), sum(|tally| tally.within));
    let rows: usize = cases.iter().map(|case| case.rows.len()).sum();
    let mut out = format!(
        "# scikit-learn classes on real data\n\nMade by `BLESS=1 cargo test -p scorewright-tests --test estimators`. {} classes are fitted on {} kinds of \
         data by `tests/cases/estimators/generate.py`, and asked for all that they have: of {} values for {rows} held-out and boundary rows, {equal} are \
         equal to the bit, {within} are within the bound that rounding explains, and none differs; the targets give the interpreter's bits for all. \
         Beside each class stands a number that was changed and told.\n\n| class | data | rows | no answer | not determined | equal | within bound | told \
         |\n|---|---|--:|--:|--:|--:|--:|---|\n",
        classes.len(),
        cases.iter().map(|case| case.name.split(' ').nth(1).unwrap()).collect::<BTreeSet<_>>().len(),
        equal + within,
    );
    for (case, tally) in cases.iter().zip(tallies) {
        let (class, kind) = case.name.split_once(' ').unwrap();
        let Tally { equal, within, rejected, undetermined, fault, .. } = tally;
        let fault = fault.as_deref().unwrap_or("");
        writeln!(out, "| {class} | {kind} | {} | {rejected} | {undetermined} | {equal} | {within} | {fault} |", case.rows.len()).unwrap();
    }
    out
}

/// Every class has a number that was changed and told, in one of its cases.
fn classes_without_fault<'c>(cases: &'c [Case], tallies: &[Tally]) -> Vec<&'c str> {
    let mut told: BTreeMap<&str, bool> = BTreeMap::new();
    for (case, tally) in cases.iter().zip(tallies) {
        *told.entry(case.name.split(' ').next().unwrap()).or_default() |= tally.fault.is_some();
    }
    let known = |class: &str| WITHOUT_STATE.contains(&class);
    told.into_iter().filter(|(class, told)| *told == known(class)).map(|(class, _)| class).collect()
}

#[test]
fn every_class_gives_what_scikit_learn_gives_on_real_data() {
    if !can_import("sklearn, pandas") {
        return;
    }
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("estimators");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).unwrap();
    generate(&root, "fit");
    // By the class; what stands first in the table of `generate.py` stays first.
    let mut names: Vec<String> = std::fs::read_to_string(root.join("cases.txt")).unwrap().lines().map(str::to_owned).collect();
    names.sort_by_key(|name| name.split(' ').next().unwrap().to_owned());
    let folders: Vec<PathBuf> = names.iter().map(|name| root.join(name.replace(' ', "_"))).collect();
    let (cases, refused): (Vec<_>, Vec<_>) = folders.par_iter().map(|folder| case(folder)).partition(Result::is_ok);
    let refused: Vec<String> = refused.into_iter().filter_map(Result::err).collect();
    let mut cases: Vec<Case> = cases.into_iter().filter_map(Result::ok).collect();
    let mut classes = BTreeSet::new();
    for case in &mut cases {
        case.is_first = classes.insert(case.name.split(' ').next().unwrap().to_owned());
    }
    generate(&root, "answer");
    let tallies = cases.par_iter().map(tally).collect::<Vec<Tally>>();
    let table = table(&cases, &tallies);
    let failed = cases.iter().zip(&tallies).filter(|(_, tally)| !tally.failures.is_empty());
    let failed: Vec<String> = failed.map(|(case, tally)| format!("{}: {}", case.name, tally.failures.join("\n"))).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage/estimators.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert!(refused.is_empty(), "{} cases are refused:\n{}", refused.len(), refused.join("\n"));
    assert!(failed.is_empty(), "{} of {} cases differ:\n{}", failed.len(), cases.len(), failed.join("\n"));
    let without = classes_without_fault(&cases, &tallies);
    assert!(without.is_empty(), "a change goes unseen, or is seen though it should not be: {without:?}");
    let jobs: Vec<Job> = cases.iter().map(|case| Job::new(&case.scorer.plan, &case.rows)).collect();
    for (target, outcomes) in outcomes(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("estimators-run"), &jobs) {
        for (case, outcomes) in cases.iter().zip(outcomes) {
            let different = case.outcomes.iter().zip(&outcomes).position(|(wanted, got)| wanted != got);
            assert_eq!(different, None, "{} on {}", case.name, target.name());
        }
    }
    // On other processors the libraries have other kernels, and what is fitted differs in its last bits.
    let known = if cfg!(target_arch = "x86_64") { std::fs::read_to_string(&path).unwrap_or_default() } else { table.clone() };
    assert!(known == table, "{} is not what holds now: run this test with BLESS=1 and read the difference", path.display());
}
