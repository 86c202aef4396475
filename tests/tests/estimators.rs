//! Every class of scikit-learn that converts, fitted on real data now: what its scorer gives for held-out and boundary rows, on the interpreter
//! and on every target, against what scikit-learn gives. And for each a fault: one fitted number changed in its last bits must be told.
//!
//! `cases/estimators/generate.py` fits and answers. The results are a table in `coverage/`, which `BLESS=1` writes anew.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use check::Checked;
use driver::{Project, Scorer, Target, Tools, data};
use equiv::{Analyser, Arithmetic, Verdict};
use execute::Job;
use interp::{Datum, Interp, Outcome};
use ir::{Elem, Literal, Reason};
use plan::{Cell, GoldenOutcome};
use serde_json::{Value, json};
use source::{Sources, render};
use tests::python::can_import;

/// Rows on boundaries that are added to those of a case.
const BOUNDARY_ROWS: usize = 120;

/// Classes of which no number is learnt, and what they are then.
const WITHOUT_STATE: &[(&str, &str)] = &[];

/// A class on one kind of data.
struct Case {
    name: String,
    folder: PathBuf,
    scorer: Scorer,
    rows: Vec<Vec<Cell>>,
    /// So many rows are held out; the others stand on boundaries.
    held_out: usize,
    outcomes: Vec<GoldenOutcome>,
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

/// Does the same for each of them, on all processors. The results are in their order.
fn each<T: Sync, R: Send>(all: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(one) = all.get(at)
        {
            let result = of(one);
            done.lock().unwrap().insert(at, result);
        }
    };
    std::thread::scope(|scope| (0..std::thread::available_parallelism().map_or(2, usize::from)).for_each(|_| _ = scope.spawn(work)));
    done.into_inner().unwrap().into_values().collect()
}

// A case -----------------------------------------------------------------------------------------------------------------------

/// Converts a case and makes its rows; what stands in the way if it is refused.
fn case(folder: &PathBuf) -> Result<Case, String> {
    let name = folder.file_name().unwrap().to_string_lossy().replace('_', " ");
    let mut sources = Sources::new();
    let (script, state) = (Some(folder.join("score.py")), Some(folder.join("state.json")));
    let project = Project { name: Some(name.clone()), script, state, output: Some("scores".into()), ..Project::default() };
    let scorer = driver::load(&project, &mut sources, &mut |_| ())
        .map_err(|problem| format!("{name}\n{}", render::human(&problem.diagnostics(), &sources, render::Colour::Plain)))?;
    let mut rows = data::load(&folder.join("sample.csv"), &scorer.plan).map_err(|problem| format!("{name}: {problem:?}"))?;
    let held_out = rows.len();
    let made = equiv::boundary(&scorer.checked, &rows.iter().map(|row| data_of(row)).collect::<Vec<_>>(), BOUNDARY_ROWS);
    rows.extend(made.rows.into_iter().map(|row| row.into_iter().map(execute::cell).collect::<Vec<_>>()));
    let outcomes = execute::interpreted(&Interp::new(&scorer.checked), &rows);
    let columns = scorer.plan.inputs.iter().enumerate();
    let columns = columns.map(|(at, column)| (column.name.clone(), rows.iter().map(|row| written(&row[at])).collect::<Vec<_>>().into()));
    let table: serde_json::Map<String, Value> = columns.collect();
    std::fs::write(folder.join("rows.json"), Value::Object(table).to_string()).unwrap();
    Ok(Case { name, folder: folder.clone(), scorer, rows, held_out, outcomes })
}

fn data_of(row: &[Cell]) -> Vec<Datum> {
    row.iter().map(execute::datum).collect()
}

/// A cell as `generate.py` reads it.
fn written(cell: &Cell) -> Value {
    let Cell::Scalar(literal) = cell else { panic!("an input is a scalar") };
    match (literal.as_str(), literal.as_f64()) {
        _ if literal.is_null() => Value::Null,
        (Some(text), _) => json!(text),
        (None, Some(_)) if literal.elem().is_int() => json!(literal.as_i64()),
        (None, Some(number)) => json!({"float": if number.is_nan() { "nan".to_owned() } else { format!("{number:?}") }}),
        (None, None) => json!(*literal == Literal::Bool(true)),
    }
}

/// What scikit-learn gave for each row; none where it raised.
fn answers(case: &Case) -> Vec<Option<Vec<Datum>>> {
    let answers: Vec<Option<Vec<Value>>> = serde_json::from_str(&std::fs::read_to_string(case.folder.join("answers.json")).unwrap()).unwrap();
    assert_eq!(answers.len(), case.rows.len(), "{}", case.name);
    let row = |row: Vec<Value>| row.iter().zip(&case.scorer.plan.outputs).map(|(cell, output)| Datum::Scalar(read(cell, output.ty.elem))).collect();
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
    if tally.failures.is_empty() {
        tally.fault = fault(case, &answers);
    }
    tally
}

// A fault ----------------------------------------------------------------------------------------------------------------------

/// By how many units in the last place a number is changed, one after the other until that is told.
const UNITS: [i64; 5] = [1, 16, 1 << 8, 1 << 16, 1 << 24];
/// How many attributes are tried with each of them.
const ATTRIBUTES: usize = 4;

/// A number, truth value or text that an estimator holds: whose and under which name, and the way to it in the record.
struct Held {
    name: String,
    way: String,
    /// Fitted floats first, then what else is fitted, then parameters.
    rank: usize,
}

/// The first of what is held whose change is told from the right scorer, and the least change that is.
fn fault(case: &Case, answers: &[Option<Vec<Datum>>]) -> Option<String> {
    let record = serde_json::to_value(&case.scorer.conversion.as_ref().unwrap().record).unwrap();
    let mut all = Vec::new();
    held(&record["values"], "/values".to_owned(), None, &mut all);
    let mut of_name: BTreeMap<(usize, String), Vec<Held>> = BTreeMap::new();
    all.into_iter().for_each(|one| of_name.entry((one.rank, one.name.clone())).or_default().push(one));
    // Of each attribute one number, from its middle.
    let mut chosen: Vec<Held> = of_name.into_values().map(|mut some| some.swap_remove(some.len() / 2)).collect();
    let mut tried = 0;
    chosen.retain(|one| {
        let matters = tried < ATTRIBUTES && spoilt(case, &record, one, 1 << 24).is_some();
        tried += usize::from(matters);
        matters
    });
    let told = |one: &Held, units: i64| spoilt(case, &record, one, units).is_some_and(|checked| is_told(case, &checked, answers));
    UNITS.iter().find_map(|units| {
        let one = chosen.iter().find(|one| told(one, *units))?;
        let by = match (one.rank, units) {
            (0 | 2, 1) => " by 1 unit".to_owned(),
            (0 | 2, units) => format!(" by {units} units"),
            _ => String::new(),
        };
        Some(format!("`{}`{by}", one.name))
    })
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

/// The scorer with a change; none if it is the same, or none at all.
fn spoilt(case: &Case, record: &Value, held: &Held, units: i64) -> Option<Checked> {
    let mut record = record.clone();
    let cell = record.pointer_mut(&held.way)?;
    *cell = match &*cell {
        Value::String(text) => match text.parse::<f64>() {
            Ok(number) if held.way.contains("/float") => json!(format!("{:?}", f64::from_bits(number.to_bits().wrapping_add_signed(units)))),
            _ => json!(format!("{text}x")),
        },
        Value::Number(number) => json!(number.as_i64()? + 1),
        Value::Bool(value) => json!(!value),
        _ => return None,
    };
    let text = std::fs::read_to_string(case.folder.join("score.py")).unwrap();
    let mut sources = Sources::new();
    let file = sources.add("score.py", text);
    let conversion = front_python::convert(file, &sources, &serde_json::from_value(record).ok()?, &front_python::Options::default()).ok()?;
    let right = &case.scorer.conversion.as_ref().unwrap().module;
    if conversion.module.tables == right.tables && conversion.module.functions == right.functions {
        return None;
    }
    check::check(conversion.module).ok()
}

/// Finds what estimators hold, however deep.
fn held(value: &Value, way: String, name: Option<(usize, &str)>, out: &mut Vec<Held>) {
    match value {
        Value::Object(fields) => {
            if let Some(estimator) = fields.get("estimator").filter(|estimator| estimator["fitted"].is_array()) {
                let class = estimator["class"].as_str().unwrap().rsplit('.').next().unwrap();
                for (part, rank) in [("fitted", 0), ("params", 2)] {
                    for (at, pair) in estimator[part].as_array().into_iter().flatten().enumerate() {
                        let name = format!("{class}.{}", pair[0].as_str().unwrap());
                        held(&pair[1], format!("{way}/estimator/{part}/{at}/1"), Some((rank, &name)), out);
                    }
                }
                return;
            }
            for (key, field) in fields {
                if key != "dtype" && key != "shape" {
                    held(field, format!("{way}/{}", key.replace('~', "~0").replace('/', "~1")), name, out);
                }
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| held(item, format!("{way}/{at}"), name, out)),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => {
            let Some((rank, name)) = name else { return };
            let number = value.as_str().filter(|_| way.contains("/float")).and_then(|text| text.parse::<f64>().ok());
            // Zeros, infinities and what is missing have no last bits that matter.
            if number.is_some_and(|number| number == 0.0 || !number.is_finite()) {
                return;
            }
            out.push(Held { name: name.to_owned(), way, rank: rank + usize::from(number.is_none()) });
        }
        Value::Null => {}
    }
}

// All of them ------------------------------------------------------------------------------------------------------------------

fn table(cases: &[Case], tallies: &[Tally]) -> String {
    let classes: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.name.split(' ').next().unwrap()).collect();
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (equal, within) = (sum(|tally| tally.equal), sum(|tally| tally.within));
    let rows: usize = cases.iter().map(|case| case.rows.len()).sum();
    let mut out = format!(
        "# scikit-learn classes on real data\n\nMade by `BLESS=1 cargo test -p scorewright-tests --test estimators`. {} classes are fitted on {} kinds of \
         data by `tests/cases/estimators/generate.py`, and asked for all that they have: of {} values for {rows} held-out and boundary rows, {equal} are \
         equal to the bit, {within} are within the bound that rounding explains, and none differs; the targets give the interpreter's bits for all. \
         Beside each stands a number that was changed and told.\n\n| class | data | rows | no answer | not determined | equal | within bound | told \
         |\n|---|---|--:|--:|--:|--:|--:|---|\n",
        classes.len(),
        cases.iter().map(|case| case.name.split(' ').nth(1).unwrap()).collect::<std::collections::BTreeSet<_>>().len(),
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
    let known = |class: &str| WITHOUT_STATE.iter().any(|(known, _)| *known == class);
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
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let (cases, refused): (Vec<_>, Vec<_>) = each(&folders, case).into_iter().partition(Result::is_ok);
    let refused: Vec<String> = refused.into_iter().filter_map(Result::err).collect();
    let cases: Vec<Case> = cases.into_iter().filter_map(Result::ok).collect();
    generate(&root, "answer");
    let tallies = each(&cases, tally);
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
    for target in Target::ALL {
        let jobs: Vec<Job> = cases.iter().map(|case| Job::new(&case.scorer.plan, &case.rows)).collect();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("estimators-{}", target.name()));
        let outcomes = execute::run(target, &jobs, &folder, &Tools::of_environment()).unwrap_or_else(|failure| panic!("{failure}"));
        for (case, outcomes) in cases.iter().zip(outcomes) {
            let different = case.outcomes.iter().zip(&outcomes).position(|(wanted, got)| wanted != got);
            assert_eq!(different, None, "{} on {}", case.name, target.name());
        }
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == table, "{} is not what holds now: run this test with BLESS=1 and read the difference", path.display());
}
