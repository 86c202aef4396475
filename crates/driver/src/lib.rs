//! The pipeline: a script or a model goes in, checked programs and a certificate come out. The one crate that knows all the others.
//!
//! A [`Project`] says what is to be converted; [`capture()`] makes one of a fitted model. [`load()`] converts it, [`build()`] compares the
//! programs with the original and writes them, [`check`] does so again with an emitted scorer, [`run`] scores a file of rows on the
//! interpreter or a target. [`data`] is how rows get in and out of files, [`original`] what the user's own runtime says of them,
//! [`certificate`] what is said about it all, [`page`] what can be told of a project before it is built. Nothing is printed here; what is
//! to be said comes back as data.

pub mod build;
pub mod capture;
pub mod certificate;
mod compose;
pub mod data;
pub mod folder;
pub mod load;
pub mod original;
pub mod page;
pub mod project;
pub mod verify;

use std::path::Path;

use plan::{File, GoldenOutcome};
use source::{Diagnostic, Sources};

pub use build::{Built, Request, build};
pub use capture::{Capture, capture};
pub use execute::{Failure, Target, Tools, write};
pub use folder::Emitted;
pub use front_python::{Blocked, Columns, Conversion};
pub use load::{Inspection, Scorer, inspect, load, open};
pub use project::Project;
pub use verify::{OriginalUse, Verification, Verify, verify};

/// What is being done, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A fitted model is loaded and asked what it takes and gives.
    Capture,
    /// The script is run once, to learn what only a run can know.
    Record,
    Convert,
    Interpret,
    /// The original is run on all rows.
    Original,
    Target(Target),
    Compare,
    Write,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Stage::Capture => "load the model",
            Stage::Record => "record the script",
            Stage::Convert => "convert",
            Stage::Interpret => "interpret",
            Stage::Original => "run the original",
            Stage::Target(target) => target.name(),
            Stage::Compare => "compare",
            Stage::Write => "write",
        })
    }
}

/// Why nothing came out.
#[derive(Debug)]
pub enum Problem {
    /// A file or a toolchain that is not there (1).
    Environment(String),
    /// An input that cannot be converted (2).
    Refused(Vec<Diagnostic>),
    /// Rows that do not fit the scorer's columns (1).
    Rows(String),
    /// The scorer differs from the original in kind: a type, a null, a category, an exception (3).
    Semantic(String),
    /// The scorer differs from the original by more than rounding explains (4).
    Unexplained(String),
    /// Targets that differ from the interpreter (5).
    Differ(String),
    /// Too much of the scorer was not reached by any row (6).
    Uncovered(String),
    /// The original cannot be run (7).
    Reference(Vec<Diagnostic>),
}

impl Problem {
    /// The exit code of the command line.
    pub fn exit_code(&self) -> u8 {
        match self {
            Problem::Environment(_) | Problem::Rows(_) => 1,
            Problem::Refused(_) => 2,
            Problem::Semantic(_) => 3,
            Problem::Unexplained(_) => 4,
            Problem::Differ(_) => 5,
            Problem::Uncovered(_) => 6,
            Problem::Reference(_) => 7,
        }
    }

    /// The problem as diagnostics, all of it.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let one = |name: &'static str, text: &String| vec![Diagnostic::error(name, text.clone())];
        match self {
            Problem::Refused(found) | Problem::Reference(found) => found.clone(),
            Problem::Environment(text) => one("environment", text),
            Problem::Rows(text) => one("rows", text),
            Problem::Semantic(text) => one("original-differs-in-kind", text),
            Problem::Unexplained(text) => one("original-differs", text),
            Problem::Differ(text) => one("targets-differ", text),
            Problem::Uncovered(text) => one("coverage", text),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Problem::Environment(failure.to_string())
    }
}

/// The largest model that is read into memory.
const LARGEST: u64 = 2 << 30;

/// Reads a file. Errors: it is not there, is a folder, or is larger than 2 GiB.
pub fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let failed = |error: std::io::Error| Problem::Environment(format!("cannot read {}: {error}", path.display()));
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if length > LARGEST {
        return Err(Problem::Environment(format!("{} has {length} bytes; the limit is {LARGEST}", path.display())));
    }
    std::fs::read(path).map_err(failed)
}

/// What rows are scored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Executor {
    Interpreter,
    Target(Target),
}

/// Scores rows, on the packages of an emitted scorer if they are given.
///
/// Errors: a target that is not among the packages, a toolchain that is not there.
pub fn run(
    scorer: &Scorer,
    packages: Option<&[(Target, Vec<File>)]>,
    executor: Executor,
    rows: &[Vec<plan::Cell>],
    tools: &Tools,
) -> Result<Vec<GoldenOutcome>, Problem> {
    let target = match executor {
        Executor::Interpreter => return Ok(execute::interpreted(&interp::Interp::new(&scorer.checked), rows)),
        Executor::Target(target) => target,
    };
    let files = match packages {
        None => None,
        Some(packages) => match packages.iter().find(|(there, _)| *there == target) {
            Some((_, files)) => Some(files.as_slice()),
            None => return Err(Problem::Environment(format!("the scorer has no package for {}", target.name()))),
        },
    };
    let folder = tempfile::tempdir().map_err(|error| Problem::Environment(error.to_string()))?;
    let job = execute::Job { plan: &scorer.plan, rows, files };
    Ok(execute::run(target, &[job], folder.path(), tools)?.into_iter().next().unwrap_or_default())
}

/// Verifies an emitted scorer as it is on disk, again or on other rows.
///
/// Errors: as [`verify()`]; an original that is not where it was.
pub fn check(
    emitted: &Emitted,
    data: Option<&Path>,
    original: OriginalUse,
    sources: &Sources,
    tools: &Tools,
    said: &mut dyn FnMut(Stage),
) -> Result<Verification, Problem> {
    if original == OriginalUse::Required {
        folder::originals_are_there(&emitted.scorer.original)?;
    }
    let targets: Vec<(Target, Option<Vec<File>>)> = emitted.packages.iter().map(|(target, files)| (*target, Some(files.clone()))).collect();
    verify(&emitted.scorer, &Verify { targets: &targets, data, original }, sources, tools, said)
}
