//! The pipeline: a model file goes in, checked programs and a certificate come out. The one crate that knows all the others.
//!
//! [`load`] reads a model, [`build`] writes and compares the programs, [`run`] scores a file of rows on the interpreter or a target.
//! [`data`] is how rows get in and out of files, [`rows`] which rows a build is compared on, [`certificate`] what is said about it.
//! Nothing is printed here; what is to be said comes back as data.

pub mod build;
pub mod certificate;
pub mod data;
pub mod rows;

use std::path::Path;

use check::Checked;
use plan::{GoldenOutcome, Plan};
use source::{Diagnostic, Sources};

pub use build::{Built, Request, build};
pub use execute::{Failure, Target, Tools};

/// A model that was read and checked, with the plan that all targets spell.
pub struct Scorer {
    pub checked: Checked,
    pub plan: Plan,
    /// The bytes it was made from, by name.
    pub inputs: Vec<(String, Vec<u8>)>,
}

/// Why nothing came out. The exit code of each is that of DESIGN's command line.
#[derive(Debug)]
pub enum Problem {
    /// A file or a toolchain that is not there (1).
    Environment(String),
    /// An input that cannot be converted (2).
    Refused(Vec<Diagnostic>),
    /// Rows that do not fit the scorer's columns (1).
    Rows(String),
    /// Targets that differ from the interpreter (5).
    Differ(String),
}

impl Problem {
    pub fn exit_code(&self) -> u8 {
        match self {
            Problem::Environment(_) | Problem::Rows(_) => 1,
            Problem::Refused(_) => 2,
            Problem::Differ(_) => 5,
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

/// Reads a model by the ending of its name: `.onnx` or `.pmml`.
///
/// Errors: everything in the model that cannot be converted, at once.
pub fn load(path: &Path, sources: &mut Sources) -> Result<Scorer, Problem> {
    let bytes = read(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let module = match ending.as_str() {
        "onnx" => {
            let file = sources.add_binary(name.clone());
            front_onnx::read(&bytes, file, sources)
        }
        "pmml" | "xml" => {
            let file = sources.add(name.clone(), String::from_utf8_lossy(&bytes).into_owned());
            front_pmml::read(&bytes, file, sources)
        }
        _ => {
            let found = Diagnostic::error("input-kind", format!("`{name}` is no kind of file that can be converted"));
            return Err(Problem::Refused(vec![found.help("give a model as .onnx or .pmml")]));
        }
    };
    let mut module = module.map_err(Problem::Refused)?;
    module.name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or(module.name);
    let checked = check::check(module).map_err(Problem::Refused)?;
    let plan = plan::lower(&checked);
    Ok(Scorer { checked, plan, inputs: vec![(name, bytes)] })
}

/// What rows are scored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Executor {
    Interpreter,
    Target(Target),
}

/// Scores rows.
pub fn run(scorer: &Scorer, executor: Executor, rows: &[Vec<plan::Cell>], tools: &Tools) -> Result<Vec<GoldenOutcome>, Problem> {
    match executor {
        Executor::Interpreter => Ok(execute::interpreted(&interp::Interp::new(&scorer.checked), rows)),
        Executor::Target(target) => {
            let folder = tempfile::tempdir().map_err(|error| Problem::Environment(error.to_string()))?;
            let outcomes = execute::run(target, &[execute::Job { plan: &scorer.plan, rows }], folder.path(), tools)?;
            Ok(outcomes.into_iter().next().unwrap_or_default())
        }
    }
}
