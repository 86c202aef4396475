//! What a difference between a reference and the interpreter means. Start at [`compare`].

use std::collections::{BTreeSet, HashSet};

use interp::{Datum, Outcome};
use ir::{Elem, Literal};

use crate::bound::{Analyser, Analysis, Choice, Decision, Site};

/// The classes of differences, from none to the worst. The last two fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// The same bits; any NaN equals any other.
    Identical,
    /// Rounding explains the difference. So it does where ours overflows and another order of operations need not; the bound is infinite then.
    /// Any other difference without a finite bound is unexplained.
    WithinBound,
    /// The reference took a decision the other way whose margin is within rounding, and agrees with what follows from that.
    BranchExplained,
    /// The reference differs from itself by as much.
    ReferenceNoise,
    /// A value of the wrong kind: type, null, NaN, text, integer or truth value, scored or rejected.
    Semantic,
    /// A difference that nothing explains.
    Unexplained,
}

impl Verdict {
    pub const ALL: [Verdict; 6] = [
        Verdict::Identical,
        Verdict::WithinBound,
        Verdict::BranchExplained,
        Verdict::ReferenceNoise,
        Verdict::Semantic,
        Verdict::Unexplained,
    ];

    /// The word of certificates.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Identical => "IDENTICAL",
            Verdict::WithinBound => "WITHIN_BOUND",
            Verdict::BranchExplained => "BRANCH_EXPLAINED",
            Verdict::ReferenceNoise => "REFERENCE_NOISE",
            Verdict::Semantic => "SEMANTIC",
            Verdict::Unexplained => "UNEXPLAINED",
        }
    }

    pub fn fails(self) -> bool {
        self >= Verdict::Semantic
    }
}

/// The verdict on one result of one row, by its worst element.
#[derive(Debug, Clone)]
pub struct Judged {
    pub verdict: Verdict,
    /// The element that the verdict is about.
    pub element: usize,
    /// None where the row was rejected.
    pub ours: Option<Literal>,
    pub reference: Option<Literal>,
    /// Of numbers of one float kind; NaN of anything else.
    pub difference: f64,
    pub bound: f64,
    /// `difference / bound`: at most 1 if rounding explains it. 0 where nothing differs; infinite where the bound is zero.
    pub ratio: f64,
    /// How many numbers of the kind lie between; of floats.
    pub ulps: Option<u64>,
    /// The decisions that the reference took the other way, for [`Verdict::BranchExplained`].
    pub decisions: Vec<Decision>,
}

/// One verdict for each result of the entry.
///
/// `analysis` is the analyser's of `row`; `again` is the reference measured differently, such as with rows permuted or one by one. Two
/// rejections are the same if their numbers are.
pub fn compare(analyser: &Analyser<'_>, row: &[Datum], analysis: &Analysis, reference: &Outcome, again: Option<&Outcome>) -> Vec<Judged> {
    let results = analyser.checked().entry_function().results.len();
    let mut judged = judge(results, analysis, reference);
    if judged.iter().all(|judged| !judged.verdict.fails()) {
        return judged;
    }
    if let Some((decisions, flipped)) = explain(analyser, row, analysis, reference) {
        for (judged, other) in judged.iter_mut().zip(judge(results, &flipped, reference)).filter(|(judged, _)| judged.verdict.fails()) {
            judged.verdict = Verdict::BranchExplained;
            judged.bound = other.bound;
            judged.decisions.clone_from(&decisions);
        }
    } else if let Some(again) = again {
        for (number, judged) in judged.iter_mut().enumerate().filter(|(_, judged)| judged.verdict.fails()) {
            if is_noise(number, analysis, reference, again) {
                judged.verdict = Verdict::ReferenceNoise;
            }
        }
    }
    judged
}

/// Verdicts by value and bound alone.
fn judge(results: usize, analysis: &Analysis, reference: &Outcome) -> Vec<Judged> {
    match (&analysis.outcome, reference) {
        (Outcome::Scored(ours), Outcome::Scored(theirs)) if theirs.len() == ours.len() => {
            let pairs = ours.iter().zip(theirs).zip(&analysis.bounds);
            pairs.map(|((ours, theirs), bounds)| datum(ours.elements(), theirs.elements(), bounds)).collect()
        }
        (Outcome::Rejected(ours), Outcome::Rejected(theirs)) if ours == theirs => vec![Judged::of(Verdict::Identical); results],
        (Outcome::Scored(ours), Outcome::Scored(_) | Outcome::Rejected(_)) => {
            let first = |datum: &Datum| Judged { ours: datum.elements().first().cloned(), ..Judged::of(Verdict::Semantic) };
            ours.iter().map(first).collect()
        }
        (Outcome::Rejected(_), Outcome::Scored(theirs)) => {
            let first = |at: usize| theirs.get(at).and_then(|datum| datum.elements().first()).cloned();
            (0..results).map(|at| Judged { reference: first(at), ..Judged::of(Verdict::Semantic) }).collect()
        }
        (Outcome::Rejected(_), Outcome::Rejected(_)) => vec![Judged::of(Verdict::Semantic); results],
    }
}

impl Judged {
    fn of(verdict: Verdict) -> Judged {
        Judged {
            verdict,
            element: 0,
            ours: None,
            reference: None,
            difference: 0.0,
            bound: 0.0,
            ratio: 0.0,
            ulps: None,
            decisions: Vec::new(),
        }
    }
}

/// The verdict on the worst element: by class, then by ratio.
fn datum(ours: &[Literal], theirs: &[Literal], bounds: &[f64]) -> Judged {
    if ours.len() != theirs.len() {
        return Judged { ours: ours.first().cloned(), reference: theirs.first().cloned(), ..Judged::of(Verdict::Semantic) };
    }
    let all = ours.iter().zip(theirs).zip(bounds).enumerate();
    let judged = all.map(|(number, ((ours, theirs), bound))| Judged { element: number, ..element(ours, theirs, *bound) });
    let rank = |judged: &Judged| (judged.verdict, judged.ratio);
    let worst = judged.reduce(|worst, next| if rank(&next) > rank(&worst) { next } else { worst });
    worst.unwrap_or(Judged::of(Verdict::Identical))
}

fn element(ours: &Literal, theirs: &Literal, bound: f64) -> Judged {
    let both = Judged { ours: Some(ours.clone()), reference: Some(theirs.clone()), bound, ..Judged::of(Verdict::Identical) };
    if ours == theirs {
        return Judged { ulps: ours.as_f64().map(|_| 0), ..both };
    }
    let (Some(x), Some(y)) = (ours.as_f64(), theirs.as_f64()) else {
        return Judged { verdict: Verdict::Semantic, difference: f64::NAN, ..both };
    };
    if ours.elem() == theirs.elem() && bound.is_infinite() && overflows(ours) {
        // Beyond the greatest number the order of operations decides between a number, an infinity and NaN.
        return Judged { verdict: Verdict::WithinBound, difference: f64::NAN, ..both };
    }
    if ours.elem() != theirs.elem() || x.is_nan() != y.is_nan() {
        return Judged { verdict: Verdict::Semantic, difference: f64::NAN, ..both };
    }
    let difference = (x - y).abs();
    let within = bound.is_finite() && difference <= bound;
    Judged {
        verdict: if within { Verdict::WithinBound } else { Verdict::Unexplained },
        difference,
        // Both zeros: no difference, whatever the bound.
        ratio: if difference == 0.0 { 0.0 } else { difference / bound },
        ulps: Some(ulps(ours, theirs)),
        ..both
    }
}

/// Whether a float is no number any more, or within a thousandth of the greatest.
fn overflows(x: &Literal) -> bool {
    let greatest = if x.elem() == Elem::F32 { f64::from(f32::MAX) } else { f64::MAX };
    x.as_f64().is_some_and(|x| !x.is_finite() || x.abs() > greatest / 1000.0)
}

/// How many steps from number to number lead from one float to another of its kind.
pub fn ulps(a: &Literal, b: &Literal) -> u64 {
    let place = |literal: &Literal| {
        let (bits, sign) = if let Literal::F32(x) = literal {
            (i64::from(x.abs().to_bits()), x.is_sign_negative())
        } else {
            let x = literal.as_f64().unwrap_or(f64::NAN);
            (x.abs().to_bits() as i64, x.is_sign_negative())
        };
        if sign { -bits } else { bits }
    };
    place(a).abs_diff(place(b))
}

/// The most evaluations, and the most decisions at once, that are tried to explain one row.
const TRIES: usize = 256;
const AT_ONCE: usize = 4;

/// Decisions taken otherwise, and what follows.
struct Branch {
    decisions: Vec<Decision>,
    forced: Vec<(Site, Choice)>,
    analysis: Analysis,
}

/// The fewest unstable decisions that, taken otherwise, make the whole row agree; and what follows from them.
fn explain(analyser: &Analyser<'_>, row: &[Datum], analysis: &Analysis, reference: &Outcome) -> Option<(Vec<Decision>, Analysis)> {
    let results = analyser.checked().entry_function().results.len();
    let mut tries = 0;
    let mut seen: HashSet<BTreeSet<String>> = HashSet::new();
    let mut level = vec![Branch { decisions: Vec::new(), forced: Vec::new(), analysis: analysis.clone() }];
    for _ in 0..AT_ONCE {
        let mut next = Vec::new();
        for branch in &level {
            let unstable = branch.analysis.unstable.iter();
            for (decision, alternative) in unstable.flat_map(|decision| decision.alternatives.iter().map(move |other| (decision, other))) {
                let forced = [branch.forced.as_slice(), &[(decision.site.clone(), alternative.clone())]].concat();
                // The same decisions in another order are the same.
                if !seen.insert(forced.iter().map(|choice| format!("{choice:?}")).collect()) {
                    continue;
                }
                if tries == TRIES {
                    return None;
                }
                tries += 1;
                let analysis = analyser.analyse_with(row, &forced);
                let decisions = [branch.decisions.as_slice(), std::slice::from_ref(decision)].concat();
                if judge(results, &analysis, reference).iter().all(|judged| !judged.verdict.fails()) {
                    return Some((decisions, analysis));
                }
                next.push(Branch { decisions, forced, analysis });
            }
        }
        level = next;
    }
    None
}

/// Whether the reference is, in one result, as far from itself as from us, in every element that differs.
fn is_noise(result: usize, analysis: &Analysis, reference: &Outcome, again: &Outcome) -> bool {
    let (Outcome::Scored(ours), Outcome::Scored(theirs), Outcome::Scored(again)) = (&analysis.outcome, reference, again) else {
        // Once rejected and once not: what we did is one of the two.
        return reference != again && analysis.outcome == *again;
    };
    let (Some(ours), Some(theirs), Some(again)) = (ours.get(result), theirs.get(result), again.get(result)) else { return false };
    let (ours, theirs, again) = (ours.elements(), theirs.elements(), again.elements());
    let elements = ours.iter().zip(theirs).zip(again).zip(&analysis.bounds[result]);
    let small = |(((ours, theirs), again), bound): (((&Literal, &Literal), &Literal), &f64)| {
        if !element(ours, theirs, *bound).verdict.fails() {
            return true;
        }
        match (ours.as_f64(), theirs.as_f64(), again.as_f64()) {
            (Some(x), Some(y), Some(z)) if ours.elem() == theirs.elem() => (x - y).abs() <= (y - z).abs() || ours == again,
            (_, _, _) => theirs != again && ours == again,
        }
    };
    ours.len() == theirs.len() && ours.len() == again.len() && elements.into_iter().all(small)
}
