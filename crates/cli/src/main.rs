//! The command line. Parses flags, calls `driver`, prints what comes back: data on stdout, talk on stderr.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use driver::{Executor, Problem, Request, Target, Tools, data};
use source::{Diagnostic, Sources, render};

/// Compiles a model to standalone scorers in Rust, Java and WebAssembly, and proves that they compute the same bits.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How diagnostics are written to stderr
    #[arg(long, global = true, value_enum, default_value = "human")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  scorewright inspect model.onnx
  scorewright build model.onnx --data rows.csv --target rust,java,wasm --out scorer/
  scorewright run model.pmml --on java --in rows.csv --out scores.csv

Exit codes: 0 pass, 1 usage or environment, 2 the input cannot be converted, 5 targets differ from each other";

#[derive(Subcommand)]
enum Command {
    /// Say what a model takes and gives, or what cannot be converted
    Inspect {
        /// A model: .onnx or .pmml
        model: PathBuf,
    },
    /// Write a package for each target, compared with the interpreter on data and boundary rows
    Build {
        /// A model: .onnx or .pmml
        model: PathBuf,
        /// Rows to compare on: .csv or .jsonl
        #[arg(long)]
        data: Option<PathBuf>,
        /// Which packages to write
        #[arg(long, value_delimiter = ',', default_value = "rust,java,wasm")]
        target: Vec<TargetName>,
        /// The folder to write; it is replaced if it holds an earlier scorer
        #[arg(long, default_value = "scorer")]
        out: PathBuf,
    },
    /// Score a file of rows
    Run {
        /// A model: .onnx or .pmml
        model: PathBuf,
        /// What to score on
        #[arg(long, value_enum, default_value = "interp")]
        on: ExecutorName,
        /// Rows: .csv or .jsonl, with the model's input names as columns
        #[arg(long = "in")]
        input: PathBuf,
        /// Where scores go: .csv or .jsonl; stdout as CSV if left out
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Sentences with source excerpts
    Human,
    /// An array of objects
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Clone, Copy, ValueEnum)]
enum TargetName {
    Rust,
    Java,
    Wasm,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExecutorName {
    Interp,
    Rust,
    Java,
    Wasm,
}

impl TargetName {
    fn target(self) -> Target {
        match self {
            TargetName::Rust => Target::Rust,
            TargetName::Java => Target::Java,
            TargetName::Wasm => Target::Wasm,
        }
    }
}

impl ExecutorName {
    fn executor(self) -> Executor {
        match self {
            ExecutorName::Interp => Executor::Interpreter,
            ExecutorName::Rust => Executor::Target(Target::Rust),
            ExecutorName::Java => Executor::Target(Target::Java),
            ExecutorName::Wasm => Executor::Target(Target::Wasm),
        }
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap's own code for a usage error is 2, which means something else here.
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let mut sources = Sources::new();
    match command(&arguments.command, &mut sources) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            report(&problem, &sources, arguments.format);
            ExitCode::from(problem.exit_code())
        }
    }
}

fn command(command: &Command, sources: &mut Sources) -> Result<(), Problem> {
    let tools = Tools::of_environment();
    match command {
        Command::Inspect { model } => {
            let scorer = driver::load(model, sources)?;
            let mut text = String::new();
            for (what, columns) in [("takes", &scorer.plan.inputs), ("gives", &scorer.plan.outputs)] {
                text.push_str(&format!("{what}\n"));
                for column in columns {
                    text.push_str(&format!("  {:?}: {}\n", column.name, column.ty));
                }
            }
            for rejection in &scorer.plan.rejections {
                text.push_str(&format!("may refuse a row\n  {}\n", rejection.reason));
            }
            stdout(text.as_bytes())
        }
        Command::Build { model, data: file, target, out } => {
            let scorer = driver::load(model, sources)?;
            let rows = file.as_ref().map_or(Ok(vec![]), |file| data::load(file, &scorer.plan))?;
            let targets: Vec<Target> = target.iter().map(|target| target.target()).collect();
            let request = Request { targets: &targets, data: &rows, out };
            let built = driver::build(&scorer, &request, &tools, |stage| talk(&format!("{stage} ...")))?;
            let times: Vec<String> = built.times.iter().map(|(stage, seconds)| format!("{stage} {seconds:.1} s")).collect();
            talk(&format!("{}  {}\n  written to {}", built.certificate.summary(), times.join(", "), out.display()));
            Ok(())
        }
        Command::Run { model, on, input, out } => {
            let form = out.as_ref().map_or(Ok(data::Form::Csv), |out| data::Form::of(out))?;
            let scorer = driver::load(model, sources)?;
            let rows = data::load(input, &scorer.plan)?;
            let outcomes = driver::run(&scorer, on.executor(), &rows, &tools)?;
            let bytes = data::written(&scorer.plan, &outcomes, form)?;
            match out {
                None => stdout(&bytes),
                Some(out) => {
                    std::fs::write(out, bytes).map_err(|error| Problem::Environment(format!("cannot write {}: {error}", out.display())))
                }
            }
        }
    }
}

fn report(problem: &Problem, sources: &Sources, format: Format) {
    let found = match problem {
        Problem::Refused(found) => found.clone(),
        Problem::Environment(text) => vec![Diagnostic::error("environment", text.clone())],
        Problem::Rows(text) => vec![Diagnostic::error("rows", text.clone())],
        Problem::Differ(text) => vec![Diagnostic::error("targets-differ", text.clone())],
    };
    let colour = if std::io::stderr().is_terminal() { render::Colour::Terminal } else { render::Colour::Plain };
    talk(&match format {
        Format::Human => render::human(&found, sources, colour),
        Format::Json => format!("{:#}", render::json(&found, sources)),
        Format::Sarif => format!("{:#}", render::sarif(&found, sources)),
    });
}

/// Says something on stderr. That nobody may listen is not our concern.
fn talk(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn stdout(bytes: &[u8]) -> Result<(), Problem> {
    std::io::stdout().write_all(bytes).map_err(|error| Problem::Environment(format!("cannot write to stdout: {error}")))
}
