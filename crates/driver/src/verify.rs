//! Runs a scorer's programs and its original on data and boundary rows, and judges what differs.
//!
//! Two legs with two standards. Targets against the interpreter: every bit, every row. The original against the interpreter: what rounding
//! explains, by the bounds of the crate `equiv`, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use check::Checked;
use equiv::{Analyser, Arithmetic, Covered, Failure, LeftOut, Report, Verdict, Why};
use interp::{Datum, Interp, Outcome};
use plan::{Cell, File, GoldenOutcome, Reason};
use sha2::{Digest, Sha256};
use source::Sources;

use crate::load::Scorer;
use crate::original::{self, Answer, Answers, Changes, Company};
use crate::{Problem, Stage, Target, Tools, data};

/// What to verify.
pub struct Verify<'a> {
    /// The packages; what the back end prints if it is none.
    pub targets: &'a [(Target, Option<Vec<File>>)],
    /// Rows to compare on, besides the boundary rows; a script's own scoring file if it is none.
    pub data: Option<&'a Path>,
    pub original: OriginalUse,
}

/// Whether the original is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginalUse {
    /// If it cannot be run, nothing is verified.
    Required,
    /// The certificate says that it was not run.
    Skipped,
}

/// What was compared, and how it came out.
pub struct Verification {
    pub name: String,
    /// Data rows first, then boundary rows.
    pub rows: Vec<Vec<Cell>>,
    pub data_rows: usize,
    /// The interpreter's outcomes.
    pub expected: Vec<GoldenOutcome>,
    pub digest: String,
    pub targets: Vec<TargetResult>,
    pub original: OriginalResult,
    /// What of the scorer the rows reach.
    pub covered: Covered,
    /// What no boundary row was made for.
    pub left_out: Vec<LeftOut>,
}

/// One target's part.
pub struct TargetResult {
    pub target: Target,
    /// Of its outcomes on all rows; the interpreter's if no bit differs.
    pub digest: String,
    /// The first row that differs, in words.
    pub difference: Option<String>,
}

/// The original's part.
pub enum OriginalResult {
    NotRun(String),
    Ran(Box<Comparison>),
}

/// The comparison of the interpreter with the original.
pub struct Comparison {
    pub runtime: &'static str,
    pub versions: Vec<(String, String)>,
    pub on_data: Report,
    pub on_boundary: Report,
    /// The data again with its rows in reverse order: what holds for `on_data` alone depends on other rows.
    pub on_reversed: Report,
    /// The boundary rows that fail, by their numbers in [`Verification::rows`].
    pub failing_boundary: Vec<usize>,
    /// Boundary rows that the original scores as we do only apart from the odd ones among them: in pandas, what a row gives may depend
    /// on the rows beside it.
    pub beside_others: usize,
    /// Boundary rows that the original scores and the scorer refuses, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Rows whose answer is a matter of the machine, by reason: data rows and boundary rows. They are not compared.
    pub undetermined: BTreeMap<String, [usize; 2]>,
    /// Boundary rows with a score that the original was not run on.
    pub untested: usize,
    /// Rows that the original drops for columns that the scorer does not take.
    pub dropped: usize,
    /// The original was run with what it learns from the recorded rows held, because that is part of the scorer: at how many places, and
    /// how much of its own output that changes.
    pub held: Option<(usize, Option<Changes>)>,
    /// Where the script reads its scoring file in another way than a scorer does.
    pub read_otherwise: Option<String>,
    /// The first results that failed, leg by leg.
    pub failures: Vec<Failed>,
}

/// The rows that the original is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    Data,
    Boundary,
    /// The data again, last row first.
    Reversed,
}

impl Leg {
    /// `data rows in reverse order`
    pub fn rows(self) -> &'static str {
        match self {
            Leg::Data => "data rows",
            Leg::Boundary => "boundary rows",
            Leg::Reversed => "data rows in reverse order",
        }
    }
}

/// A result of a row that fails.
pub struct Failed {
    pub leg: Leg,
    pub output: String,
    /// What was found, the values on the way, and the row.
    pub text: String,
    /// The original scores the row, and we do so on purpose not.
    pub refused: bool,
}

impl Verification {
    pub fn boundary_rows(&self) -> usize {
        self.rows.len() - self.data_rows
    }

    pub fn rejected_rows(&self) -> usize {
        self.expected.iter().filter(|outcome| matches!(outcome, GoldenOutcome::Rejected(_))).count()
    }

    /// The share of leaves and arms that rows reach, of those that any row can reach; from 0 to 1.
    pub fn reached(&self) -> f64 {
        let infeasible: usize = self.left_out.iter().filter(|left| left.why == Why::InfeasibleLeaf).map(|left| left.count).sum();
        let Covered { leaves, arms, .. } = &self.covered;
        let total = leaves.total.saturating_sub(infeasible).max(leaves.reached) + arms.total;
        if total == 0 { 1.0 } else { (leaves.reached + arms.reached) as f64 / total as f64 }
    }

    /// Why there is no certificate, if there is none. `least` is the share that must be reached ([`Verification::reached`]).
    pub fn problem(&self, least: f64) -> Option<Problem> {
        self.difference().or_else(|| {
            let text = || {
                let missed = self.covered.leaves.missed.iter().chain(&self.covered.arms.missed).take(5);
                let missed: Vec<&str> = missed.map(String::as_str).collect();
                let (reached, least) = (self.reached() * 100.0, least * 100.0);
                format!("rows reach {reached:.1} % of leaves and arms, and {least:.1} % are wanted\nnot reached: {}", missed.join("; "))
            };
            (self.reached() < least).then(|| Problem::Uncovered(text()))
        })
    }

    fn difference(&self) -> Option<Problem> {
        if let Some(difference) = self.targets.iter().find_map(|result| result.difference.clone()) {
            return Some(Problem::Differ(difference));
        }
        let OriginalResult::Ran(comparison) = &self.original else { return None };
        let text =
            || comparison.failures.iter().map(|failed| failed.text.as_str()).chain([comparison.blame()]).collect::<Vec<_>>().join("\n");
        match comparison.worst() {
            Verdict::Semantic => Some(Problem::Semantic(text())),
            Verdict::Unexplained => Some(Problem::Unexplained(text())),
            Verdict::Identical | Verdict::WithinBound | Verdict::BranchExplained | Verdict::ReferenceNoise => None,
        }
    }
}

impl Comparison {
    pub fn legs(&self) -> [(Leg, &Report); 3] {
        [(Leg::Data, &self.on_data), (Leg::Boundary, &self.on_boundary), (Leg::Reversed, &self.on_reversed)]
    }

    pub fn worst(&self) -> Verdict {
        self.legs().iter().map(|(_, report)| report.worst()).max().unwrap_or(Verdict::Identical)
    }

    /// There are data rows, and none of them could be compared.
    pub fn nothing_determined(&self, data_rows: usize) -> bool {
        data_rows > 0 && self.undetermined.values().map(|[data, _]| data).sum::<usize>() == data_rows
    }

    /// Whose fault a difference is: what was converted was said to be equal, but for rows that have a reason to have no score.
    fn blame(&self) -> &'static str {
        if self.failures.iter().all(|failed| failed.refused) {
            return "the original's answer for such a row is not certain here, so the scorer gives none; change the step that the reason names, or compare \
                    on rows without them (--data)";
        }
        let holds = |report: &Report| report.worst() < Verdict::Semantic;
        if holds(&self.on_data) && holds(&self.on_boundary) {
            "in the order of the file the same rows agree: the conversion took the script for one that looks at each row alone, and its run says \
             otherwise; this is a defect of scorewright, please report it with the script"
        } else {
            "what was converted was to be equal, so this is a defect of scorewright: please report it with the script and this text"
        }
    }

    /// The greatest distance of any output on data rows that rounding explains, in units in the last place.
    pub fn worst_ulps(&self) -> u64 {
        self.on_data.outputs.iter().filter_map(|output| output.worst.map(|(ulps, _)| ulps)).max().unwrap_or(0)
    }

    /// The greatest share of its derived bound that any difference takes, on all rows.
    pub fn greatest_ratio(&self) -> f64 {
        self.legs().iter().flat_map(|(_, report)| &report.outputs).map(|output| output.greatest_ratio).fold(0.0, f64::max)
    }
}

/// Compares. Errors: rows that cannot be read, a toolchain that is not there, an original that cannot be run. What differs is no error
/// here: [`Verification::problem`] says it.
pub fn verify(
    scorer: &Scorer,
    request: &Verify<'_>,
    sources: &Sources,
    tools: &Tools,
    said: &mut dyn FnMut(Stage),
) -> Result<Verification, Problem> {
    said(Stage::Interpret);
    let own = scorer.original.script.as_ref().map(|run| run.score_file());
    let data = request.data.or(own.as_deref());
    let runs = request.original == OriginalUse::Required;
    let mut unread = None;
    let mut rows = match data.map(|data| data::load(data, &scorer.plan)) {
        None => vec![],
        Some(Ok(rows)) => rows,
        // The script may read its file in its own way; then the original says what the rows are.
        Some(Err(Problem::Rows(why)))
            if runs && scorer.original.script.as_ref().is_some_and(|run| request.data.is_none_or(|data| run.reads(data))) =>
        {
            unread = Some(why);
            vec![]
        }
        Some(Err(problem)) => return Err(problem),
    };
    let interp = Interp::new(&scorer.checked);
    let (boundary, left_out) = made(&scorer.checked, &rows);
    let of_boundary = execute::interpreted(&interp, &boundary);
    let boundary: Vec<(Vec<Cell>, GoldenOutcome)> = boundary.into_iter().zip(of_boundary).collect();
    let mut left_out_for = "it was left out".to_owned();
    let answers = match original::runtime(&scorer.original) {
        Some(_) if runs => {
            said(Stage::Original);
            match original::answers(scorer, request.data, &rows, &boundary, sources) {
                Ok(answers) => {
                    rows.clone_from(&answers.rows);
                    Some(answers)
                }
                Err(problem) => match original::lacks_library(&scorer.original, &problem) {
                    Some(why) => {
                        left_out_for = why;
                        None
                    }
                    None => return Err(told(problem, unread)),
                },
            }
        }
        _ => None,
    };
    let data_rows = rows.len();
    let mut expected = execute::interpreted(&interp, &rows);
    for (row, outcome) in boundary {
        rows.push(row);
        expected.push(outcome);
    }
    let folder = tempfile::tempdir().map_err(|error| Problem::Environment(error.to_string()))?;
    let mut targets = Vec::new();
    for (target, files) in request.targets {
        said(Stage::Target(*target));
        let job = execute::Job { plan: &scorer.plan, rows: &rows, files: files.as_deref() };
        let outcomes = execute::run(*target, &[job], &folder.path().join(target.name()), tools)?.swap_remove(0);
        let row = expected.iter().zip(&outcomes).position(|(wanted, got)| wanted != got);
        let difference = row.map(|row| difference(scorer, *target, row, &rows[row], &expected[row], &outcomes[row]));
        targets.push(TargetResult { target: *target, digest: digest(&outcomes), difference });
    }
    let original = match (answers, original::runtime(&scorer.original)) {
        (Some(answers), Some(runtime)) => {
            said(Stage::Compare);
            let mut comparison = compared(scorer, runtime, &answers, &rows, &expected);
            if let Some(run) = &scorer.original.script {
                // Boundary rows stand beside the strangest rows there are. What counts is the row: first without the others, then beside
                // ordinary ones, then alone.
                let before = comparison.failing_boundary.len();
                let mut answers = answers;
                let ordinary: Vec<Vec<Cell>> = (0..data_rows)
                    .filter(|row| matches!(expected[*row], GoldenOutcome::Scored(_)) && matches!(answers.on_data[*row], Answer::Scored(_)))
                    .take(BESIDE)
                    .map(|row| rows[row].clone())
                    .collect();
                let company = [
                    (Company::Together, usize::MAX),
                    (Company::Ordinary(&ordinary), if ordinary.is_empty() { 0 } else { usize::MAX }),
                    (Company::Apart, ALONE),
                ];
                for (company, most) in company {
                    let again: Vec<usize> = comparison.failing_boundary.iter().take(most).copied().collect();
                    if again.is_empty() {
                        continue;
                    }
                    let their: Vec<&Vec<Cell>> = again.iter().map(|row| &rows[*row]).collect();
                    for (row, answer) in again.iter().zip(original::again(scorer, run, &their, company, sources)?) {
                        answers.on_boundary[row - data_rows] = answer;
                    }
                    comparison = compared(scorer, runtime, &answers, &rows, &expected);
                }
                comparison.beside_others = before - comparison.failing_boundary.len();
            }
            OriginalResult::Ran(Box::new(comparison))
        }
        (_, None) => OriginalResult::NotRun("there is no runtime for it here".into()),
        (None, Some(_)) => OriginalResult::NotRun(left_out_for),
    };
    let all: Vec<Vec<Datum>> = rows.iter().map(|row| data_of(row)).collect();
    let covered = equiv::coverage(&Analyser::new(&scorer.checked, equiv::Reference::default()), &all);
    let (name, digest) = (scorer.plan.name.clone(), digest(&expected));
    Ok(Verification { name, data_rows, digest, rows, expected, targets, original, covered, left_out })
}

/// The original cannot be run, and we could not read its rows either: that may be the reason.
fn told(problem: Problem, unread: Option<String>) -> Problem {
    match (problem, unread) {
        (Problem::Reference(found), Some(why)) => Problem::Reference(found.into_iter().map(|one| one.help(why.clone())).collect()),
        (problem, _) => problem,
    }
}

/// The rows to compare a module on besides the data.
pub fn boundary(checked: &Checked, data: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    made(checked, data).0
}

fn made(checked: &Checked, data: &[Vec<Cell>]) -> (Vec<Vec<Cell>>, Vec<LeftOut>) {
    let made = equiv::boundary(checked, &data.iter().map(|row| data_of(row)).collect::<Vec<_>>(), LIMIT);
    let rows = made.rows.into_iter().map(|row| row.into_iter().map(execute::cell).collect());
    (rows.collect(), made.left_out)
}

/// The most boundary rows.
const LIMIT: usize = 5000;

fn data_of(row: &[Cell]) -> Vec<Datum> {
    row.iter().map(execute::datum).collect()
}

fn compared(scorer: &Scorer, runtime: &'static str, answers: &Answers, rows: &[Vec<Cell>], expected: &[GoldenOutcome]) -> Comparison {
    // pandas and onnxruntime do one operation after the other, as they are written; sums are free all the same.
    let analyser = Analyser::new(&scorer.checked, equiv::Reference { arithmetic: Arithmetic::AsWritten });
    let data_rows = answers.on_data.len();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut undetermined: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let (mut untested, mut dropped) = (0, 0);
    let drops = scorer.original.script.as_ref().and_then(|run| run.hold.as_ref()).is_some_and(|hold| hold.drops);
    let mut failures = Vec::new();
    let reason = |number: u32| &scorer.plan.rejections[number as usize].reason;
    let mut compare = |leg: Leg, offset: usize, all: &[Answer]| {
        let mut taken = Vec::new();
        for (row, answer) in (offset..).zip(all) {
            match (&expected[row], answer) {
                (GoldenOutcome::Rejected(number), _) if is_undetermined(reason(*number)) => {
                    if leg != Leg::Reversed {
                        undetermined.entry(reason(*number).to_string()).or_default()[usize::from(leg == Leg::Boundary)] += 1;
                    }
                }
                // Of rows without a score, some for each reason are run.
                (GoldenOutcome::Rejected(_), Answer::Untested) => {}
                (GoldenOutcome::Scored(_), Answer::Untested) => untested += 1,
                (GoldenOutcome::Scored(_), Answer::Dropped) if drops => dropped += 1,
                // On rows of our own making, refusing more than the original is safe; the certificate says so.
                (GoldenOutcome::Rejected(number), Answer::Scored(_)) if offset > 0 => {
                    *refused.entry(reason(*number).to_string()).or_default() += 1;
                }
                (ours, answer) => taken.push((row, outcome(answer, ours, reason))),
            }
        }
        let data: Vec<Vec<Datum>> = taken.iter().map(|(row, _)| data_of(&rows[*row])).collect();
        let references: Vec<Outcome> = taken.iter().map(|(_, outcome)| outcome.clone()).collect();
        let report = equiv::report(&analyser, &data, &references, None);
        for failure in report.failures.iter().take(SHOWN) {
            let (row, _) = taken[failure.row];
            let failure = Failure { row: row - offset, ..failure.clone() };
            let said = said_of(&all[row - offset], &expected[row], reason);
            let input = input(scorer, rows, row, offset);
            let invalid = |outcome: &GoldenOutcome| matches!(outcome, GoldenOutcome::Rejected(number) if matches!(reason(*number), Reason::Invalid(_)));
            let refused = invalid(&expected[row]) && matches!(all[row - offset], Answer::Scored(_));
            let text = format!("on {}{said}\n{failure}{input}", leg.rows());
            failures.push(Failed { leg, output: failure.output.clone(), text, refused });
        }
        (report.failing_rows.iter().map(|row| taken[*row].0).collect::<Vec<usize>>(), report)
    };
    let (_, on_data) = compare(Leg::Data, 0, &answers.on_data);
    let (failing_boundary, on_boundary) = compare(Leg::Boundary, data_rows, &answers.on_boundary);
    let (_, on_reversed) = compare(Leg::Reversed, 0, &answers.on_reversed);
    let versions = answers.versions.clone();
    let hold = scorer.original.script.as_ref().and_then(|run| run.hold.as_ref()).filter(|hold| !hold.held.is_empty());
    Comparison {
        runtime,
        versions,
        on_data,
        on_boundary,
        on_reversed,
        failing_boundary,
        beside_others: 0,
        refused,
        undetermined,
        untested,
        dropped,
        held: hold.map(|hold| (hold.held.len(), answers.held_changes)),
        read_otherwise: answers.read_otherwise.clone(),
        failures,
    }
}

/// How many ordinary rows stand beside boundary rows that differ among others.
const BESIDE: usize = 3;

/// How many boundary rows that differ among others are run alone.
const ALONE: usize = 60;

/// How many failures are put in words.
const SHOWN: usize = 3;

/// No answer of the original says anything about ours.
fn is_undetermined(reason: &Reason) -> bool {
    match reason {
        Reason::Undetermined(_) => true,
        Reason::Invalid(_) | Reason::Filtered(_) => false,
    }
}

/// The original's answer as an outcome. A rejection agrees with ours if it is one for a reason of that sort.
fn outcome<'r>(answer: &Answer, ours: &GoldenOutcome, reason: impl Fn(u32) -> &'r Reason) -> Outcome {
    let number = match ours {
        GoldenOutcome::Rejected(number) => Some((*number as usize, reason(*number))),
        GoldenOutcome::Scored(_) => None,
    };
    match (answer, number) {
        (Answer::Scored(cells), _) => Outcome::Scored(cells.iter().map(execute::datum).collect()),
        (Answer::Dropped, Some((number, Reason::Filtered(_)))) | (Answer::Raised(_), Some((number, Reason::Invalid(_)))) => {
            Outcome::Rejected(number)
        }
        (Answer::Dropped | Answer::Raised(_) | Answer::Untested, _) => Outcome::Rejected(usize::MAX),
    }
}

/// What became of a row there and here, where one of them has no score.
fn said_of<'r>(answer: &Answer, ours: &GoldenOutcome, reason: impl Fn(u32) -> &'r Reason) -> String {
    match (answer, ours) {
        (Answer::Raised(message), _) => format!(" (the original raises: {message})"),
        (Answer::Dropped, _) => " (the original drops it)".into(),
        (Answer::Scored(_) | Answer::Untested, GoldenOutcome::Rejected(number)) => format!(" (no score here: {})", reason(*number)),
        (Answer::Scored(_) | Answer::Untested, GoldenOutcome::Scored(_)) => String::new(),
    }
}

/// A row in words. Of a boundary row only what tells it from the data row that is most like it.
fn input(scorer: &Scorer, rows: &[Vec<Cell>], row: usize, boundary: usize) -> String {
    let different = |other: &Vec<Cell>| rows[row].iter().zip(other).filter(|(one, other)| one != other).count();
    let nearest = if row >= boundary { (0..boundary.min(NEAREST)).min_by_key(|at| different(&rows[*at])) } else { None };
    let columns = scorer.plan.inputs.iter().zip(&rows[row]).enumerate();
    let told = columns.filter(|(at, (_, cell))| nearest.is_none_or(|nearest| rows[nearest][*at] != **cell));
    let told: Vec<String> = told.map(|(_, (column, cell))| format!("{} = {}", column.name, shown(cell))).collect();
    let rest = nearest.map_or(String::new(), |nearest| format!("; the rest as in data row {}", nearest + 1));
    format!("  input: {}{rest}", told.join(", "))
}

/// Among how many data rows the one that is most like a boundary row is looked for.
const NEAREST: usize = 100;

pub(crate) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Scalar(literal) => equiv::show(literal),
        Cell::Array(literals) => format!("[{}]", literals.iter().map(equiv::show).collect::<Vec<_>>().join(", ")),
    }
}

fn difference(scorer: &Scorer, target: Target, number: usize, row: &[Cell], wanted: &GoldenOutcome, got: &GoldenOutcome) -> String {
    let told = |outcome: &GoldenOutcome| match outcome {
        GoldenOutcome::Rejected(number) => match scorer.plan.rejections.get(*number as usize) {
            Some(rejection) => rejection.reason.to_string(),
            None => format!("rejected for reason {number}"),
        },
        GoldenOutcome::Scored(cells) => {
            let columns = scorer.plan.outputs.iter().zip(cells).map(|(column, cell)| format!("{} = {}", column.name, shown(cell)));
            columns.collect::<Vec<_>>().join(", ")
        }
    };
    let inputs: Vec<String> =
        scorer.plan.inputs.iter().zip(row).map(|(column, cell)| format!("{} = {}", column.name, shown(cell))).collect();
    format!(
        "{} differs from the interpreter on row {}\n  input: {}\n  interpreter: {}\n  {}: {}",
        target.name(),
        number + 1,
        inputs.join(", "),
        told(wanted),
        target.name(),
        told(got)
    )
}

/// SHA-256 over all outcomes in their bytes; equal for two executors exactly if they computed the same bits. Every NaN counts as one.
pub fn digest(outcomes: &[GoldenOutcome]) -> String {
    let mut hash = Sha256::new();
    for outcome in outcomes {
        match outcome {
            GoldenOutcome::Rejected(number) => hash.update([&[1], number.to_le_bytes().as_slice()].concat()),
            GoldenOutcome::Scored(cells) => {
                hash.update([0]);
                for cell in cells {
                    let elements = match cell {
                        Cell::Scalar(literal) => std::slice::from_ref(literal),
                        Cell::Array(literals) => literals,
                    };
                    for literal in elements {
                        hash.update([u8::from(literal.is_null())]);
                        hash.update(canonical(literal));
                    }
                }
            }
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn canonical(literal: &ir::Literal) -> Vec<u8> {
    match literal.as_str() {
        Some(text) => [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes()].concat(),
        None if literal.as_f64().is_some_and(f64::is_nan) => vec![0x7f, 0xf8],
        None => plan::bytes(std::slice::from_ref(literal)),
    }
}
