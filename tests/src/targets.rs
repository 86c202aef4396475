//! What the targets give, for many scorers at once.

use std::path::Path;

use execute::{Job, Target, Tools};
use plan::GoldenOutcome;
use rayon::prelude::*;

/// Scorers in one program. A compiler works on one core, so several programs are made at the same time.
const IN_ONE: usize = 250;

/// The outcomes of every job, on each target. The programs are written below `folder`.
pub fn outcomes(folder: &Path, jobs: &[Job<'_>]) -> Vec<(Target, Vec<Vec<GoldenOutcome>>)> {
    let parts = |target: Target| jobs.chunks(IN_ONE).enumerate().map(move |(number, part)| (target, number, part));
    let parts: Vec<(Target, usize, &[Job<'_>])> = Target::ALL.into_iter().flat_map(parts).collect();
    let run = |(target, number, part): (Target, usize, &[Job<'_>])| {
        let place = folder.join(format!("{}-{number}", target.name()));
        execute::run(target, part, &place, &Tools::of_environment()).unwrap_or_else(|failure| panic!("{failure}"))
    };
    let done: Vec<Vec<Vec<GoldenOutcome>>> = parts.into_par_iter().with_max_len(1).map(run).collect();
    let mut done = done.into_iter();
    Target::ALL.into_iter().map(|target| (target, done.by_ref().take(jobs.len().div_ceil(IN_ONE)).flatten().collect())).collect()
}
