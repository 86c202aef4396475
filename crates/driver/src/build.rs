//! Programs are written only if they compute what the original computes.

use std::path::Path;

use plan::{File, Golden};
use source::Sources;

use crate::certificate;
use crate::{OriginalUse, Problem, Scorer, Stage, Target, Tools, Verification, Verify, folder, verify};

/// What to build and where.
pub struct Request<'a> {
    pub targets: &'a [Target],
    /// Rows to compare on, besides the boundary rows; a script's own scoring file if it is none.
    pub data: Option<&'a Path>,
    pub out: &'a Path,
    pub original: OriginalUse,
    /// The share of leaves and arms that rows must reach, from 0 to 1.
    pub least_reached: f64,
}

/// What was built, for a summary.
pub struct Built {
    pub verification: Verification,
    /// What each package weighs, in bytes.
    pub sizes: Vec<(Target, usize)>,
}

/// How many rows the golden tests of a package hold.
const GOLDEN: usize = 20;

/// Verifies a scorer and writes its packages and certificate if nothing differs that rounding does not explain.
///
/// `said` is called at the start of each stage. Nothing is written, not even a part, if anything fails.
pub fn build(
    scorer: &Scorer,
    request: &Request<'_>,
    sources: &Sources,
    tools: &Tools,
    said: &mut dyn FnMut(Stage),
) -> Result<Built, Problem> {
    is_ours_to_write(request.out, folder::is_scorer, "scorer")?;
    let targets: Vec<(Target, Option<Vec<File>>)> = request.targets.iter().map(|target| (*target, None)).collect();
    let verify_what = Verify { targets: &targets, data: request.data, original: request.original };
    let verification = verify(scorer, &verify_what, sources, tools, said)?;
    if let Some(problem) = verification.problem(request.least_reached) {
        return Err(problem);
    }
    said(Stage::Write);
    let golden = golden(&verification);
    let mut files: Vec<File> = Vec::new();
    let mut sizes = Vec::new();
    for target in request.targets {
        let printed = target.print(&scorer.plan, &golden);
        sizes.push((*target, printed.iter().map(|file| file.contents.len()).sum()));
        files.extend(printed.into_iter().map(|file| File { path: format!("{}/{}", target.name(), file.path), ..file }));
    }
    files.extend(folder::contents(scorer));
    files.extend(certificate::files(scorer, &verification));
    files.push(folder::manifest(scorer, request.out, request.targets, &files));
    write_whole(request.out, |made| Ok(execute::write(made, &files)?))?;
    Ok(Built { verification, sizes })
}

/// Rows for the packages' own tests: the first data rows, then boundary rows spread over all of them.
fn golden(verification: &Verification) -> Vec<Golden> {
    let from_data = verification.data_rows.min(GOLDEN / 2);
    let step = verification.boundary_rows().div_ceil(GOLDEN - from_data).max(1);
    let picked = (0..from_data).chain((verification.data_rows..verification.rows.len()).step_by(step));
    picked.map(|at| Golden { row: verification.rows[at].clone(), outcome: verification.expected[at].clone() }).collect()
}

/// Writes a folder as a whole: into a sibling first, which then takes its name. What is there is replaced.
pub(crate) fn write_whole(out: &Path, fill: impl FnOnce(&Path) -> Result<(), Problem>) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::Environment(format!("cannot write {}: {error}", out.display()));
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(failed)?;
    let sibling = tempfile::Builder::new().prefix(".scorewright-").tempdir_in(parent).map_err(failed)?;
    let made = sibling.path().join("made");
    fill(&made)?;
    if out.exists() {
        std::fs::rename(out, sibling.path().join("old")).map_err(failed)?;
    }
    std::fs::rename(&made, out).map_err(failed)
}

/// Errors: a folder that holds something else than what would be written there again.
pub(crate) fn is_ours_to_write(out: &Path, is_ours: fn(&Path) -> bool, what: &str) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::Environment(format!("cannot write {}: {error}", out.display()));
    if out.exists() && !is_ours(out) && std::fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(Problem::Environment(format!("{} is there and is no {what}; choose another --out", out.display())));
    }
    Ok(())
}
