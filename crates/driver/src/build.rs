//! Programs are written only if they compute what the interpreter computes.

use std::path::Path;
use std::time::Instant;

use plan::{Cell, File, Golden, GoldenOutcome};
use sha2::{Digest, Sha256};
use source::Sources;

use crate::certificate::{Certificate, TargetResult};
use crate::load::ScriptPart;
use crate::{Problem, Scorer, Stage, Target, Tools, data, original, rows};

/// What to build and where.
pub struct Request<'a> {
    pub targets: &'a [Target],
    /// Rows to compare on, besides the boundary rows; a script's own scoring file if it is none.
    pub data: Option<&'a Path>,
    pub out: &'a Path,
    pub original: OriginalUse,
}

/// Whether the original is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginalUse {
    /// If it cannot be run, there is no certificate.
    Required,
    /// The certificate says that it was not run.
    Skipped,
}

/// What was built, for a summary.
pub struct Built {
    pub certificate: Certificate,
    /// Stage and seconds, in order.
    pub times: Vec<(Stage, f64)>,
}

/// How many rows the golden tests of a package hold.
const GOLDEN: usize = 20;

/// Compares every target with the interpreter, and the interpreter with the original, on data and boundary rows, and writes the packages
/// if nothing differs that rounding does not explain.
///
/// `said` is called at the start of each stage. Nothing is written, not even a part, if anything fails.
pub fn build(
    scorer: &Scorer,
    request: &Request<'_>,
    sources: &Sources,
    tools: &Tools,
    said: &mut dyn FnMut(Stage),
) -> Result<Built, Problem> {
    let mut times: Vec<(Stage, Instant)> = Vec::new();
    let mut stage = |name: Stage| {
        said(name);
        times.push((name, Instant::now()));
    };
    stage(Stage::Interpret);
    let own = scorer.original.script.as_ref().map(ScriptPart::score_file);
    let data = request.data.or(own.as_deref());
    let mut rows = match data.map(|data| data::load(data, &scorer.plan)) {
        None => vec![],
        Some(Ok(rows)) => rows,
        // The script may read its file in its own way; then the original says what the rows are.
        Some(Err(_)) if scorer.original.script.is_some() && request.original == OriginalUse::Required => vec![],
        Some(Err(problem)) => return Err(problem),
    };
    let boundary = rows::boundary(&scorer.checked, &rows);
    let answers = match (request.original, original::runtime(&scorer.original)) {
        (OriginalUse::Required, Some(_)) => {
            stage(Stage::Original);
            let answers = original::answers(scorer, request.data, &rows, &boundary, sources)?;
            rows.clone_from(&answers.rows);
            Some(answers)
        }
        (OriginalUse::Skipped, _) | (_, None) => None,
    };
    let all: Vec<Vec<Cell>> = rows.iter().chain(&boundary).cloned().collect();
    let expected = execute::interpreted(&interp::Interp::new(&scorer.checked), &all);
    let digest = digest(&expected);
    let mut results = Vec::new();
    let folder = tempfile::tempdir().map_err(|error| Problem::Environment(error.to_string()))?;
    for target in request.targets {
        stage(Stage::Target(*target));
        let job = execute::Job::new(&scorer.plan, &all);
        let outcomes = execute::run(*target, &[job], &folder.path().join(target.name()), tools)?.swap_remove(0);
        if let Some(row) = expected.iter().zip(&outcomes).position(|(wanted, got)| wanted != got) {
            return Err(Problem::Differ(difference(scorer, *target, row, &all[row], &expected[row], &outcomes[row])));
        }
        results.push(TargetResult { target: *target, digest: self::digest(&outcomes), bytes: 0 });
    }
    stage(Stage::Compare);
    if let Some(answers) = &answers {
        let theirs: Vec<&original::Answer> = answers.on_data.iter().chain(&answers.on_boundary).collect();
        let mut shown = 0;
        for (row, (ours, theirs)) in expected.iter().zip(&theirs).enumerate() {
            let same = match (ours, theirs) {
                (_, original::Answer::Untested) => true,
                (GoldenOutcome::Scored(a), original::Answer::Scored(b)) => a == b,
                (GoldenOutcome::Rejected(_), original::Answer::Dropped | original::Answer::Raised(_)) => true,
                _ => false,
            };
            if !same && shown < 20 {
                shown += 1;
                let changed: Vec<String> = scorer
                    .plan
                    .inputs
                    .iter()
                    .zip(&all[row])
                    .enumerate()
                    .filter(|(at, (_, cell))| all[rows.len()][*at] != **cell)
                    .map(|(_, (column, cell))| format!("{}={cell:?}", column.name))
                    .collect();
                eprintln!("row {row} {}", changed.join(" "));
                match (ours, theirs) {
                    (GoldenOutcome::Scored(a), original::Answer::Scored(b)) => {
                        for ((a, b), column) in a.iter().zip(b).zip(&scorer.plan.outputs) {
                            if a != b {
                                eprintln!("   {}: {a:?} {b:?}", column.name);
                            }
                        }
                    }
                    (GoldenOutcome::Rejected(n), _) => eprintln!("   we reject {}", scorer.plan.rejections[*n as usize].reason),
                    (_, other) => eprintln!("   they {other:?}"),
                }
            }
        }
    }
    stage(Stage::Write);
    let golden = golden(&rows, &boundary, &expected);
    let mut files: Vec<File> = Vec::new();
    for result in &mut results {
        let printed = result.target.print(&scorer.plan, &golden);
        result.bytes = printed.iter().map(|file| file.contents.len()).sum();
        files.extend(printed.into_iter().map(|file| File { path: format!("{}/{}", result.target.name(), file.path), ..file }));
    }
    let certificate = Certificate::new(scorer, rows.len(), boundary.len(), &expected, digest, results);
    files.extend(certificate.files(&scorer.inputs, &files));
    write_whole(request.out, &files)?;
    let ends = times.iter().skip(1).map(|(_, start)| *start).chain([Instant::now()]);
    let times = times.iter().zip(ends).map(|((name, start), end)| (*name, (end - *start).as_secs_f64())).collect();
    Ok(Built { certificate, times })
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

/// Rows for the packages' own tests: the first data rows, then boundary rows spread over all of them.
fn golden(data: &[Vec<Cell>], boundary: &[Vec<Cell>], expected: &[GoldenOutcome]) -> Vec<Golden> {
    let from_data = data.len().min(GOLDEN / 2);
    let step = boundary.len().div_ceil(GOLDEN - from_data).max(1);
    let picked = (0..from_data).chain((data.len()..data.len() + boundary.len()).step_by(step));
    let row = |at: usize| if at < data.len() { &data[at] } else { &boundary[at - data.len()] };
    picked.map(|at| Golden { row: row(at).clone(), outcome: expected[at].clone() }).collect()
}

fn difference(scorer: &Scorer, target: Target, number: usize, row: &[Cell], wanted: &GoldenOutcome, got: &GoldenOutcome) -> String {
    let inputs: Vec<String> = scorer.plan.inputs.iter().zip(row).map(|(column, cell)| format!("  {:?}: {cell:?}", column.name)).collect();
    format!(
        "{} differs from the interpreter on row {}:\n{}\ninterpreter: {wanted:?}\n{}: {got:?}\nNothing was written.",
        target.name(),
        number + 1,
        inputs.join("\n"),
        target.name()
    )
}

/// Writes a folder as a whole: into a sibling first, which then takes its name. An earlier scorer there is replaced; another folder is not.
fn write_whole(out: &Path, files: &[File]) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::Environment(format!("cannot write {}: {error}", out.display()));
    if out.exists() && !out.join("manifest.json").is_file() && std::fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(Problem::Environment(format!("{} is there and is no scorer; choose another --out", out.display())));
    }
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(failed)?;
    let sibling = tempfile::Builder::new().prefix(".scorewright-").tempdir_in(parent).map_err(failed)?;
    let made = sibling.path().join("scorer");
    execute::write(&made, files)?;
    if out.exists() {
        std::fs::rename(out, sibling.path().join("old")).map_err(failed)?;
    }
    std::fs::rename(&made, out).map_err(failed)
}
