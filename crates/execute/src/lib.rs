//! Runs emitted programs with the toolchains of this machine: many scorers in one compilation and one process.
//!
//! A [`Job`] is a scorer's plan and rows. [`run`] writes the target's files and its harness (which belongs to the back end, because it knows
//! how its records are spelled) into a folder, compiles once, and reads the outcomes back. Outcomes are [`GoldenOutcome`]s, so the
//! interpreter's ([`interpreted`]) can be compared with them bit for bit.

mod tools;
mod wire;

use std::borrow::Cow;
use std::path::Path;
use std::process::{Command, Stdio};

use interp::{Datum, Interp, Outcome};
use plan::{Cell, File, GoldenOutcome, Plan};
use rayon::prelude::*;

pub use tools::{Missing, Tool, Tools};

/// What a scorer can be run on, apart from the interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    Rust,
    Java,
    Wasm,
}

impl Target {
    pub const ALL: [Target; 3] = [Target::Rust, Target::Java, Target::Wasm];

    /// The word of the command line, and the name of the folder.
    pub fn name(self) -> &'static str {
        match self {
            Target::Rust => "rust",
            Target::Java => "java",
            Target::Wasm => "wasm",
        }
    }

    pub fn from_name(name: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The package of a scorer; paths are relative to its folder.
    pub fn print(self, plan: &Plan, golden: &[plan::Golden]) -> Vec<File> {
        match self {
            Target::Rust => back_rust::print(plan, golden),
            Target::Java => back_java::print(plan, golden),
            Target::Wasm => back_wasm::print(plan, golden),
        }
    }
}

/// A scorer and the rows to run it on.
pub struct Job<'a> {
    pub plan: &'a Plan,
    pub rows: &'a [Vec<Cell>],
    /// The package to run; what the back end prints of the plan if it is none.
    pub files: Option<&'a [File]>,
}

impl<'a> Job<'a> {
    pub fn new(plan: &'a Plan, rows: &'a [Vec<Cell>]) -> Job<'a> {
        Job { plan, rows, files: None }
    }
}

/// Why emitted programs could not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A toolchain is not on this machine.
    Missing(Missing),
    /// The target's compiler refused what we wrote, or the program failed: a defect of ours. The text is what was said.
    Broken { what: String, said: String },
    /// A file could not be written or read.
    Files(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Missing(missing) => write!(f, "{missing}"),
            Failure::Broken { what, said } => write!(f, "{what} failed:\n{said}"),
            Failure::Files(why) => f.write_str(why),
        }
    }
}

/// Runs scorers on one target in `folder`, which is made if it is not there and may hold what an earlier run left.
///
/// Gives one list of outcomes a job, one outcome a row.
pub fn run(target: Target, jobs: &[Job<'_>], folder: &Path, tools: &Tools) -> Result<Vec<Vec<GoldenOutcome>>, Failure> {
    let cases: Vec<(String, &Plan)> = jobs.iter().enumerate().map(|(number, job)| (format!("case_{number}"), job.plan)).collect();
    let mut packages: Vec<Cow<'_, [File]>> = Vec::new();
    for (job, (name, plan)) in jobs.iter().zip(&cases) {
        let files = job.files.map_or_else(|| Cow::Owned(target.print(plan, &[])), Cow::Borrowed);
        write(&folder.join(name), &files)?;
        packages.push(files);
    }
    let mut command = match target {
        Target::Rust => {
            write(folder, &[back_rust::harness(&cases)])?;
            let rustc = tools.path(Tool::Rustc).map_err(Failure::Missing)?;
            let mut compile = Command::new(rustc);
            compile.args([
                "--edition",
                "2021",
                "-C",
                if is_brief(jobs) { "opt-level=0" } else { "opt-level=1" },
                "-C",
                "debuginfo=0",
                "--crate-name",
                "harness",
                "-o",
                "harness",
                "main.rs",
            ]);
            finished("rustc", compile.current_dir(folder), &[])?;
            Command::new(folder.join("harness"))
        }
        Target::Java => {
            write(folder, &[back_java::harness(&cases)])?;
            let javac = tools.path(Tool::Javac).map_err(Failure::Missing)?;
            let java = tools.path(Tool::Java).map_err(Failure::Missing)?;
            let mut arguments: Vec<String> = ["-nowarn", "-encoding", "UTF-8", "-d", "classes"].map(String::from).to_vec();
            arguments.push("Harness.java".into());
            for ((name, _), package) in cases.iter().zip(&packages) {
                for file in package.iter() {
                    if file.path.ends_with(".java") && file.path.starts_with("src/main/") {
                        arguments.push(format!("{name}/{}", file.path));
                    } else if let Some(resource) = file.path.strip_prefix("src/main/resources/") {
                        write(&folder.join("classes"), &[File::binary(resource, file.contents.clone())])?;
                    }
                }
            }
            write(folder, &[File::text("javac-arguments", arguments.join("\n"))])?;
            finished("javac", Command::new(javac).arg("@javac-arguments").current_dir(folder), &[])?;
            let mut run = Command::new(java);
            run.args(["-Xss4m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "classes", "Harness"]);
            run
        }
        Target::Wasm => {
            write(folder, &[back_wasm::harness(&cases)])?;
            let mut run = Command::new(tools.path(Tool::Node).map_err(Failure::Missing)?);
            run.arg("harness.mjs");
            run
        }
    };
    let input = wire::encode(jobs);
    let output = finished(target.name(), command.current_dir(folder), &input)?;
    wire::decode(jobs, &output).ok_or_else(|| Failure::Broken { what: target.name().into(), said: "its output is cut short".into() })
}

/// What the interpreter makes of rows, on all processors.
pub fn interpreted(interp: &Interp, rows: &[Vec<Cell>]) -> Vec<GoldenOutcome> {
    rows.par_iter().map(|row| outcome(interp.run(&row.iter().map(datum).collect::<Vec<_>>()))).collect()
}

/// An interpreter's outcome as cells.
pub fn outcome(outcome: Outcome) -> GoldenOutcome {
    match outcome {
        Outcome::Rejected(number) => GoldenOutcome::Rejected(number as u32),
        Outcome::Scored(data) => GoldenOutcome::Scored(data.into_iter().map(cell).collect()),
    }
}

pub fn datum(cell: &Cell) -> Datum {
    match cell {
        Cell::Scalar(literal) => Datum::Scalar(literal.clone()),
        Cell::Array(literals) => Datum::Tensor(literals.clone()),
    }
}

pub fn cell(datum: Datum) -> Cell {
    match datum {
        Datum::Scalar(literal) => Cell::Scalar(literal),
        Datum::Tensor(literals) => Cell::Array(literals),
    }
}

/// Whether there is so little to run that optimising would take longer.
fn is_brief(jobs: &[Job<'_>]) -> bool {
    jobs.len() > 100 && jobs.iter().map(|job| job.rows.len()).sum::<usize>() <= 2 * jobs.len()
}

/// Writes files below a folder.
pub fn write(folder: &Path, files: &[File]) -> Result<(), Failure> {
    for file in files {
        let path = folder.join(&file.path);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, &file.contents));
        made.map_err(|error| Failure::Files(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(())
}

/// Runs a command to its end with `input` on its standard input, and gives its standard output.
fn finished(what: &str, command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Failure> {
    let broken = |said: String| Failure::Broken { what: what.into(), said };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| broken(error.to_string()))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // A program that ends early closes its input; that it failed is seen below.
        scope.spawn(move || stdin.map(|mut stdin| std::io::Write::write_all(&mut stdin, input)));
        child.wait_with_output()
    });
    let output = output.map_err(|error| broken(error.to_string()))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(broken(String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned()))
    }
}
