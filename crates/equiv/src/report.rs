//! All rows together: how often which verdict, how far at most, and what failed.

use std::collections::{BTreeMap, BTreeSet};

use interp::{Datum, Outcome};
use ir::{Function, Literal, Op, Value};
use rayon::prelude::*;

use crate::bound::Analyser;
use crate::bound::describe_node;
use crate::verdict::{Judged, Verdict, compare};

/// A comparison of many rows.
#[derive(Debug, Clone)]
pub struct Report {
    pub rows: usize,
    /// Rows on which a decision is within rounding of falling differently.
    pub unstable_rows: usize,
    /// One for each result of the entry.
    pub outputs: Vec<OutputReport>,
    /// The first of them, row by row.
    pub failures: Vec<Failure>,
    /// How many there are in all.
    pub failure_count: usize,
    /// The rows that fail, all of them.
    pub failing_rows: Vec<usize>,
    /// The first rows that a decision explains.
    pub explained: Vec<Explained>,
}

/// One result over all rows.
#[derive(Debug, Clone)]
pub struct OutputReport {
    pub name: String,
    pub verdicts: BTreeMap<Verdict, usize>,
    /// By distance in units in the last place; empty for what is no float.
    pub histogram: Histogram,
    /// The greatest distance where rounding is the explanation, and the row that has it.
    pub worst: Option<(u64, usize)>,
    /// Of difference to bound, where rounding is the explanation; 0 where nothing differs.
    pub greatest_ratio: f64,
    /// The ratio that 99 of 100 rows do not exceed.
    pub p99_ratio: f64,
    /// Rows that differ without a finite bound: nothing is promised for them.
    pub unbounded: usize,
    ratios: Vec<f64>,
}

/// Counts of distances: 0, 1, 2, 3 to 4, 5 to 8 and so on, doubling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<u32, usize>,
}

impl Histogram {
    fn insert(&mut self, ulps: u64) {
        let class = if ulps < 2 { ulps as u32 } else { (ulps - 1).ilog2() + 2 };
        *self.counts.entry(class).or_default() += 1;
    }

    /// `(first, last, count)` of each class that has any.
    pub fn classes(&self) -> Vec<(u64, u64, usize)> {
        let ends = |class: u32| match class {
            0 => (0, 0),
            1 => (1, 1),
            _ => ((1 << (class - 2)) + 1, 1_u64.checked_shl(class - 1).unwrap_or(u64::MAX)),
        };
        self.counts.iter().map(|(class, count)| (ends(*class).0, ends(*class).1, *count)).collect()
    }
}

/// A result of a row that fails.
#[derive(Debug, Clone)]
pub struct Failure {
    pub row: usize,
    pub output: String,
    pub judged: Judged,
    /// The first node with a user's name that feeds this result and none that agrees: `"ratio" (prepare.py:12)`.
    pub suspect: String,
    /// The named values that the result was computed from, nearest last.
    pub trace: Vec<Step>,
}

/// A named value on the way to a result.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name and place.
    pub node: String,
    pub datum: Datum,
    /// The greatest of its elements' bounds.
    pub bound: f64,
}

/// A row that a decision explains.
#[derive(Debug, Clone)]
pub struct Explained {
    pub row: usize,
    /// `(what was decided, margin, bound)`
    pub decisions: Vec<(String, f64, f64)>,
}

/// How many failures and explanations are kept.
const KEPT: usize = 20;
/// How many named values a trace holds.
const STEPS: usize = 12;

/// Compares references with the interpreter, row by row. `again`: see [`compare`].
pub fn report(analyser: &Analyser<'_>, rows: &[Vec<Datum>], references: &[Outcome], again: Option<&[Outcome]>) -> Report {
    let entry = analyser.checked().entry_function();
    let outputs = entry.results.iter().map(|output| OutputReport::new(output.field.name.clone())).collect();
    let mut report = Report {
        rows: rows.len().min(references.len()),
        unstable_rows: 0,
        outputs,
        failures: Vec::new(),
        failure_count: 0,
        failing_rows: Vec::new(),
        explained: Vec::new(),
    };
    let judge = |(number, (row, reference)): (usize, (&Vec<Datum>, &Outcome))| {
        let analysis = analyser.analyse(row);
        let judged = compare(analyser, row, &analysis, reference, again.and_then(|again| again.get(number)));
        (!analysis.unstable.is_empty(), judged)
    };
    let all: Vec<(bool, Vec<Judged>)> = rows.par_iter().zip(references).enumerate().map(judge).collect();
    for (number, ((is_unstable, judged), row)) in all.into_iter().zip(rows).enumerate() {
        report.unstable_rows += usize::from(is_unstable);
        for (output, judged) in report.outputs.iter_mut().zip(&judged) {
            output.insert(number, judged);
        }
        report.keep(analyser, number, row, &judged);
    }
    report.outputs.iter_mut().for_each(OutputReport::finish);
    report
}

impl Report {
    /// Whether nothing failed.
    pub fn passes(&self) -> bool {
        self.failure_count == 0
    }

    /// The worst verdict of all; identical if there was nothing to compare.
    pub fn worst(&self) -> Verdict {
        self.outputs.iter().filter_map(|output| output.verdicts.keys().next_back()).copied().max().unwrap_or(Verdict::Identical)
    }

    fn keep(&mut self, analyser: &Analyser<'_>, number: usize, row: &[Datum], judged: &[Judged]) {
        let module = analyser.checked().module();
        if let Some(explained) = judged.iter().find(|judged| judged.verdict == Verdict::BranchExplained)
            && self.explained.len() < KEPT
        {
            let describe = |decision: &crate::Decision| (decision.describe(module), decision.margin, decision.bound);
            self.explained.push(Explained { row: number, decisions: explained.decisions.iter().map(describe).collect() });
        }
        let failed: Vec<usize> = (0..judged.len()).filter(|at| judged[*at].verdict.fails()).collect();
        self.failure_count += failed.len();
        self.failing_rows.extend((!failed.is_empty()).then_some(number));
        if failed.is_empty() || self.failures.len() >= KEPT {
            return;
        }
        let entry = analyser.checked().entry_function();
        let handle = analyser.checked().entry();
        let worth = analyser.trace(row);
        let agreeing = (0..judged.len()).filter(|at| !judged[*at].verdict.fails()).map(|at| entry.results[at].value);
        let cleared = ancestors(entry, agreeing);
        for at in failed.into_iter().take(KEPT - self.failures.len()) {
            let output = &entry.results[at];
            let feeding = ancestors(entry, [output.value]);
            let named = |value: &Value| entry.nodes[*value].label.is_some();
            let computed = |value: &Value| !matches!(entry.nodes[*value].op, Op::Param(_));
            let suspect = feeding.iter().filter(|value| named(value) && computed(value)).find(|value| !cleared.contains(value));
            let steps: Vec<Value> = feeding.iter().copied().filter(|value| named(value) || *value == output.value).collect();
            let nearest = &steps[steps.len().saturating_sub(STEPS)..];
            let step = |value: &Value| {
                let worth = &worth[value.index()];
                let bound = worth.bounds.iter().copied().fold(0.0, f64::max);
                Step { node: describe_node(module, handle, *value), datum: worth.datum.clone(), bound }
            };
            self.failures.push(Failure {
                row: number,
                output: output.field.name.clone(),
                judged: judged[at].clone(),
                suspect: describe_node(module, handle, suspect.copied().unwrap_or(output.value)),
                trace: nearest.iter().map(step).collect(),
            });
        }
    }
}

/// The nodes that some are computed from, and they themselves.
fn ancestors(function: &Function, of: impl IntoIterator<Item = Value>) -> BTreeSet<Value> {
    let mut found = BTreeSet::new();
    let mut open: Vec<Value> = of.into_iter().collect();
    while let Some(value) = open.pop() {
        if found.insert(value) {
            open.extend(function.nodes[value].op.operands());
        }
    }
    found
}

impl OutputReport {
    fn new(name: String) -> OutputReport {
        OutputReport {
            name,
            verdicts: BTreeMap::new(),
            histogram: Histogram::default(),
            worst: None,
            greatest_ratio: 0.0,
            p99_ratio: 0.0,
            unbounded: 0,
            ratios: Vec::new(),
        }
    }

    fn insert(&mut self, row: usize, judged: &Judged) {
        *self.verdicts.entry(judged.verdict).or_default() += 1;
        if let Some(ulps) = judged.ulps {
            self.histogram.insert(ulps);
        }
        if judged.verdict != Verdict::Identical && judged.bound.is_infinite() {
            self.unbounded += 1;
        }
        if judged.verdict <= Verdict::WithinBound {
            self.ratios.push(judged.ratio);
            if let Some(ulps) = judged.ulps
                && self.worst.is_none_or(|(most, _)| ulps > most)
            {
                self.worst = Some((ulps, row));
            }
        }
    }

    fn finish(&mut self) {
        self.ratios.sort_by(f64::total_cmp);
        self.greatest_ratio = self.ratios.last().copied().unwrap_or(0.0);
        // The least that at least 99 of 100 do not exceed.
        let at = (self.ratios.len() * 99).div_ceil(100);
        self.p99_ratio = at.checked_sub(1).and_then(|at| self.ratios.get(at)).copied().unwrap_or(0.0);
    }
}

/// `row 17, output "score": ours 0.5, reference 0.25, bound 1e-16; first in doubt: "ratio" (prepare.py:12)`
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |literal: &Option<Literal>| literal.as_ref().map_or("rejected".into(), show);
        let (ours, theirs) = (shown(&self.judged.ours), shown(&self.judged.reference));
        writeln!(
            f,
            "{}: row {}, output {:?}: ours {ours}, reference {theirs}, bound {:e}; first in doubt: {}",
            self.judged.verdict.name(),
            self.row + 1,
            self.output,
            self.judged.bound,
            self.suspect
        )?;
        for step in &self.trace {
            let elements: Vec<String> = step.datum.elements().iter().take(8).map(show).collect();
            let more = if step.datum.elements().len() > 8 { ", ..." } else { "" };
            writeln!(f, "  {} = {}{more} (bound {:e})", step.node, elements.join(", "), step.bound)?;
        }
        Ok(())
    }
}

/// A literal as a reader knows it; text in quotes.
pub fn show(literal: &Literal) -> String {
    match literal {
        Literal::Null(_) => "null".into(),
        Literal::Bool(x) => x.to_string(),
        Literal::I32(x) => x.to_string(),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => x.to_string(),
        Literal::F32(x) => format!("{x:?}"),
        Literal::F64(x) => format!("{x:?}"),
        Literal::Str(x) => format!("{x:?}"),
    }
}
