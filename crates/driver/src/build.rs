//! Programs are written only if they compute what the interpreter computes.

use std::path::Path;
use std::time::Instant;

use plan::{Cell, File, Golden, GoldenOutcome};
use sha2::{Digest, Sha256};

use crate::certificate::{Certificate, TargetResult};
use crate::{Problem, Scorer, Target, Tools, rows};

/// What to build and where.
pub struct Request<'a> {
    pub targets: &'a [Target],
    /// Rows to compare on, besides the boundary rows.
    pub data: &'a [Vec<Cell>],
    pub out: &'a Path,
}

/// What was built, for a summary.
pub struct Built {
    pub certificate: Certificate,
    /// Stage and seconds, in order.
    pub times: Vec<(String, f64)>,
}

/// How many rows the golden tests of a package hold.
const GOLDEN: usize = 20;

/// Compares every target with the interpreter on data and boundary rows, and writes the packages if no bit differs.
///
/// `said` is called at the start of each stage. Nothing is written, not even a part, if anything fails.
pub fn build(scorer: &Scorer, request: &Request<'_>, tools: &Tools, mut said: impl FnMut(&str)) -> Result<Built, Problem> {
    let mut times = Vec::new();
    let mut stage = |name: &str| {
        said(name);
        times.push((name.to_string(), Instant::now()));
    };
    stage("interpret");
    let boundary = rows::boundary(scorer, request.data);
    let all: Vec<Vec<Cell>> = request.data.iter().chain(&boundary).cloned().collect();
    let expected = execute::interpreted(&interp::Interp::new(&scorer.checked), &all);
    let digest = digest(&expected);
    let mut results = Vec::new();
    let folder = tempfile::tempdir().map_err(|error| Problem::Environment(error.to_string()))?;
    for target in request.targets {
        stage(target.name());
        let job = execute::Job { plan: &scorer.plan, rows: &all };
        let outcomes = execute::run(*target, &[job], &folder.path().join(target.name()), tools)?.swap_remove(0);
        if let Some(row) = expected.iter().zip(&outcomes).position(|(wanted, got)| wanted != got) {
            return Err(Problem::Differ(difference(scorer, *target, row, &all[row], &expected[row], &outcomes[row])));
        }
        results.push(TargetResult { target: *target, digest: self::digest(&outcomes), bytes: 0 });
    }
    stage("write");
    let golden = golden(request.data, &boundary, &expected);
    let mut files: Vec<File> = Vec::new();
    for result in &mut results {
        let printed = result.target.print(&scorer.plan, &golden);
        result.bytes = printed.iter().map(|file| file.contents.len()).sum();
        files.extend(printed.into_iter().map(|file| File { path: format!("{}/{}", result.target.name(), file.path), ..file }));
    }
    let certificate = Certificate::new(scorer, request.data.len(), boundary.len(), &expected, digest, results);
    files.extend(certificate.files(&scorer.inputs, &files));
    write_whole(request.out, &files)?;
    let ends = times.iter().skip(1).map(|(_, start)| *start).chain([Instant::now()]);
    let times = times.iter().zip(ends).map(|((name, start), end)| (name.clone(), (end - *start).as_secs_f64())).collect();
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
