//! The command line. Parses flags, calls `driver`, prints what comes back: data on stdout, talk on stderr.
//! The program `scorewright` and the command of the Python package are both this.

pub mod inspect;
mod progress;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use driver::project::{BatchStats, FeedName, Semantics};
use driver::{Capture, Executor, OriginalUse, Problem, Project, Request, Target, Tools, certificate, data, folder, page};
use source::{Sources, render};

/// Compiles preprocessing scripts and models to standalone scorers in Rust, Java and WebAssembly, and proves that they are equal.
#[derive(Parser)]
#[command(name = "scorewright", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How diagnostics are written to stderr, and what `inspect` writes to stdout
    #[arg(long, global = true, value_enum, default_value = "human")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  scorewright inspect prepare.py --model model.onnx
  scorewright inspect notebook.ipynb --html page.html
  scorewright build   prepare.py --model model.onnx --score score.csv --output X_score --out scorer/
  scorewright build   scorewright.toml
  scorewright capture model.joblib --data sample.csv --out captured/
  scorewright build   captured/
  scorewright check   scorer/ --data fresh.csv --report report/
  scorewright run     scorer/ --on java --in rows.csv --out scores.csv
  scorewright build   model.ubj --target java --out scorer/
  scorewright run     model.pmml --on java --in rows.csv --out scores.csv

Exit codes:
  0  pass
  1  usage or environment: a file or a toolchain is not there
  2  the input cannot be converted
  3  the scorer differs from the original in kind: a type, a null, a category, an exception
  4  the scorer differs from the original by more than rounding explains
  5  the targets differ from each other
  6  rows reach too little of the scorer (--min-coverage)
  7  the original cannot be run";

#[derive(Subcommand)]
enum Command {
    /// Say what a script or model takes and gives, what is frozen, and what cannot be converted
    Inspect {
        #[command(flatten)]
        source: Source,
        /// Write a page that shows the code line by line, by what becomes of it; it stands alone
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Write a package for each target, compared with the original on data and boundary rows
    Build {
        #[command(flatten)]
        source: Source,
        /// Which packages to write [default: rust,java,wasm]
        #[arg(long, value_delimiter = ',')]
        target: Vec<TargetName>,
        /// The folder to write; it is replaced if it holds an earlier scorer [default: scorer]
        #[arg(long)]
        out: Option<PathBuf>,
        /// Do not run the original; the certificate then says that targets were compared with the interpreter only
        #[arg(long)]
        no_original: bool,
        /// Fail if rows reach less of the leaves and branches that can be reached, in percent
        #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
        min_coverage: f64,
    },
    /// Write the project of a fitted scikit-learn model: a script that uses it, a sample, and the record of its run
    ///
    /// The model is loaded in your own Python. What is written is built without any: `scorewright build captured`.
    Capture {
        /// A file that joblib.dump or pickle.dump wrote
        model: PathBuf,
        /// Rows that the model can score: .csv, .parquet, .jsonl or .npy
        #[arg(long)]
        data: PathBuf,
        /// What it is asked for [default: the class with its probabilities, the prediction, or the transformed columns]
        #[arg(long, value_enum)]
        method: Option<MethodName>,
        /// The folder to write; it is replaced if it holds an earlier capture
        #[arg(long, default_value = "captured")]
        out: PathBuf,
        /// The Python to load the model in [default: SCOREWRIGHT_PYTHON, the active environment, .venv, python3]
        #[arg(long)]
        python: Option<PathBuf>,
    },
    /// Compare an emitted scorer, as it is on disk, with its original: the gate for CI
    Check {
        /// The folder that `build` wrote
        scorer: PathBuf,
        /// Rows to compare on, in the form of the scoring file [default: the script's scoring file]
        #[arg(long)]
        data: Option<PathBuf>,
        /// Where equivalence.json, junit.xml and report.html of this check go
        #[arg(long)]
        report: Option<PathBuf>,
        /// The Python to run the original in [default: SCOREWRIGHT_PYTHON, the active environment, .venv, python3]
        #[arg(long)]
        python: Option<PathBuf>,
        /// Do not run the original; compare with the interpreter only
        #[arg(long)]
        no_original: bool,
        /// Fail if rows reach less of the leaves and branches that can be reached, in percent
        #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
        min_coverage: f64,
    },
    /// Score a file of rows on an emitted scorer, or on a script or model directly
    Run {
        #[command(flatten)]
        source: Source,
        /// What to score on
        #[arg(long, value_enum, default_value = "interp")]
        on: ExecutorName,
        /// Rows: .csv, .jsonl, .parquet or .npz, with the scorer's input names as columns
        #[arg(long = "in")]
        input: PathBuf,
        /// Where scores go: .csv, .jsonl, .parquet or .npz; stdout as CSV if left out
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// What is converted. A scorewright.toml can say all of it; flags override it.
#[derive(Args)]
struct Source {
    /// A script (.py), a model (.onnx, .pmml, a file of XGBoost, LightGBM or CatBoost), a scorewright.toml that names both, or a folder
    /// with one; to run, also a folder that `build` wrote
    #[arg(value_name = "INPUT")]
    from: PathBuf,
    /// The model that takes the script's output: .onnx, .pmml, or a file of XGBoost, LightGBM or CatBoost
    #[arg(long)]
    model: Option<PathBuf>,
    /// Rows to compare on, in the form of the scoring file [default: the script's scoring file]
    #[arg(long)]
    data: Option<PathBuf>,
    /// The training file, as the script names it [default: inferred]
    #[arg(long, help_heading = "Roles in a script")]
    fit: Option<String>,
    /// The scoring file, as the script names it [default: inferred]
    #[arg(long, help_heading = "Roles in a script")]
    score: Option<String>,
    /// A file that the scorer takes in as a table, as the script names it
    #[arg(long, help_heading = "Roles in a script")]
    lookup: Vec<String>,
    /// The output: a variable, an expression over the script's variables, or a CSV file that it writes [default: inferred]
    #[arg(long, help_heading = "Roles in a script")]
    output: Option<String>,
    /// What to do with a statistic over the rows being scored [default: refuse]
    #[arg(long, value_enum, help_heading = "Roles in a script")]
    batch_stats: Option<BatchStatsName>,
    /// How the script's output is given to the model [default: as the model's inputs look]
    #[arg(long, value_enum, help_heading = "Roles in a script")]
    feed: Option<FeedWord>,
    /// The length of a dimension that an ONNX model leaves open beside the batch
    #[arg(long, value_name = "NAME=LENGTH", value_parser = dim, help_heading = "Forms of a model")]
    dim: Vec<(String, usize)>,
    /// Names of the columns of an ONNX model's only input, in order: a field for each in the record [default: as its metadata name them]
    #[arg(long, value_delimiter = ',', value_name = "NAMES", help_heading = "Forms of a model")]
    features: Vec<String>,
    /// Whose meaning an ONNX operator has where the standard and onnxruntime disagree [default: standard]
    #[arg(long, value_enum, help_heading = "Forms of a model")]
    semantics: Option<SemanticsName>,
    /// The record of the script's run: used if it fits the script, else made; with it no Python is needed to convert
    #[arg(long)]
    state: Option<PathBuf>,
    /// Leave out the output columns that cannot be converted, with a warning for each
    #[arg(long)]
    partial: bool,
    /// The Python to run the script in [default: SCOREWRIGHT_PYTHON, the active environment, .venv, python3]
    #[arg(long)]
    python: Option<PathBuf>,
    /// What the scorer is called [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
}

fn dim(text: &str) -> Result<(String, usize), String> {
    match text.split_once('=').map(|(name, length)| (name, length.parse())) {
        Some((name, Ok(length))) if !name.is_empty() => Ok((name.to_owned(), length)),
        _ => Err("say it as `name=16`".to_owned()),
    }
}

impl Source {
    fn project(&self, sources: &mut Sources) -> Result<Project, Problem> {
        let flags = Project {
            name: self.name.clone(),
            model: self.model.clone(),
            data: self.data.clone(),
            fit: self.fit.clone(),
            score: self.score.clone(),
            lookup: self.lookup.clone(),
            output: self.output.clone(),
            state: self.state.clone(),
            batch_stats: self.batch_stats.map(|word| match word {
                BatchStatsName::Refuse => BatchStats::Refuse,
                BatchStatsName::FreezeTrain => BatchStats::FreezeTrain,
                BatchStatsName::FreezeAsRun => BatchStats::FreezeAsRun,
            }),
            feed: self.feed.map(|word| match word {
                FeedWord::Matrix => FeedName::Matrix,
                FeedWord::Columns => FeedName::Columns,
            }),
            partial: self.partial,
            dim: self.dim.iter().cloned().collect(),
            features: self.features.clone(),
            semantics: self.semantics.map(|word| match word {
                SemanticsName::Standard => Semantics::Standard,
                SemanticsName::Onnxruntime => Semantics::Onnxruntime,
            }),
            python: self.python.clone(),
            ..Project::default()
        };
        Ok(Project::open(&self.from, sources)?.overridden_by(flags))
    }
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

#[derive(Clone, Copy, ValueEnum)]
enum BatchStatsName {
    /// Name it, and convert nothing
    Refuse,
    /// The same statistic of the training frame takes its place
    FreezeTrain,
    /// Its value in the recorded run is kept
    FreezeAsRun,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum MethodName {
    /// The class or number
    Predict,
    /// A probability for each class
    PredictProba,
    /// Its logarithm
    PredictLogProba,
    /// The value that decides, before any link
    DecisionFunction,
    /// The columns that a transformer gives
    Transform,
}

#[derive(Clone, Copy, ValueEnum)]
enum SemanticsName {
    Standard,
    Onnxruntime,
}

#[derive(Clone, Copy, ValueEnum)]
enum FeedWord {
    /// All columns in order as one input
    Matrix,
    /// One input a column, by name
    Columns,
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

/// Runs one command line, the program's name first, and gives its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap's own code for a usage error is 2, which means something else here.
            let _ = error.print();
            return u8::from(error.use_stderr());
        }
    };
    let mut sources = Sources::new();
    match command(&arguments, &mut sources) {
        Ok(()) => 0,
        Err(problem) => {
            report(&problem, &sources, arguments.format);
            problem.exit_code()
        }
    }
}

fn command(arguments: &Arguments, sources: &mut Sources) -> Result<(), Problem> {
    let tools = Tools::of_environment();
    let mut progress = progress::Progress::new();
    match &arguments.command {
        Command::Inspect { source, html } => {
            let project = source.project(sources)?;
            let inspection = driver::inspect(&project, sources, &mut |stage| progress.start(stage));
            progress.end();
            let name = source.from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if let Some(html) = html {
                std::fs::write(html, page::html(&inspection, &name, sources))
                    .map_err(|error| Problem::Environment(format!("cannot write {}: {error}", html.display())))?;
            }
            let human = matches!(arguments.format, Format::Human);
            match inspection.scorer {
                Ok(scorer) => {
                    notes(&scorer, sources, arguments.format);
                    stdout(if human { inspect::text(&scorer) } else { format!("{:#}\n", inspect::json(&scorer)) })
                }
                Err(problem) => {
                    if matches!(problem, Problem::Refused(_)) && inspection.script.is_some() {
                        let part = inspection.part.as_ref();
                        stdout(if human {
                            inspect::refused_text(&name, part)
                        } else {
                            format!("{:#}\n", inspect::refused_json(&name, part))
                        })?;
                    }
                    Err(problem)
                }
            }
        }
        Command::Build { source, target, out, no_original, min_coverage } => {
            let project = source.project(sources)?;
            let named: Vec<Target> = project.targets.iter().map(|name| target_of(name)).collect::<Result<_, _>>()?;
            let targets = match (target.as_slice(), named.as_slice()) {
                ([], []) => Target::ALL.to_vec(),
                ([], named) => named.to_vec(),
                (flags, _) => flags.iter().map(|target| target.target()).collect(),
            };
            let out = out.clone().or_else(|| project.out.clone()).unwrap_or_else(|| PathBuf::from("scorer"));
            let scorer = driver::load(&project, sources, &mut |stage| progress.start(stage))?;
            notes(&scorer, sources, arguments.format);
            let original = original_use(*no_original);
            let request =
                Request { targets: &targets, data: project.data.as_deref(), out: &out, original, least_reached: min_coverage / 100.0 };
            let built = driver::build(&scorer, &request, sources, &tools, &mut |stage| progress.start(stage))?;
            let summary = certificate::summary(&scorer, &built.verification, &built.sizes);
            talk(&format!("{summary}  {}\n  written to {}", progress.end(), out.display()));
            Ok(())
        }
        Command::Capture { model, data, method, out, python } => {
            let method = method.and_then(|method| method.to_possible_value());
            let request = Capture {
                model,
                data,
                method: method.as_ref().map(|method| method.get_name()),
                python: python.as_deref(),
                paths: &[PathBuf::from(".")],
                definitions: "",
                out,
            };
            let captured = driver::capture(&request, sources, &mut |stage| progress.start(stage))?;
            let times = progress.end();
            let (class, methods, out) = (captured.class, captured.methods.join(" and "), out.display());
            talk(&format!("{methods} of a {class}  {times}\n  written to {out}; next: scorewright build {out}"));
            Ok(())
        }
        Command::Check { scorer, data, report, python, no_original, min_coverage } => {
            let emitted = folder::open(scorer, python.as_deref(), sources)?;
            for file in &emitted.changed {
                talk(&format!("note: {file} is not as it was when the scorer was made"));
            }
            let verification =
                driver::check(&emitted, data.as_deref(), original_use(*no_original), sources, &tools, &mut |stage| progress.start(stage))?;
            if let Some(report) = report {
                driver::write(report, &certificate::files(&emitted.scorer, &verification))?;
            }
            talk(&format!("{}  {}", certificate::summary(&emitted.scorer, &verification, &[]), progress.end()));
            verification.problem(min_coverage / 100.0).map_or(Ok(()), Err)
        }
        Command::Run { source, on, input, out } => {
            let form = out.as_ref().map_or(Ok(data::Form::Csv), |out| data::Form::of(out))?;
            let (scorer, packages) = if folder::is_scorer(&source.from) {
                let emitted = folder::open(&source.from, None, sources)?;
                (emitted.scorer, Some(emitted.packages))
            } else {
                (driver::load(&source.project(sources)?, sources, &mut |stage| progress.start(stage))?, None)
            };
            progress.end();
            let rows = data::load(input, &scorer.plan)?;
            let outcomes = driver::run(&scorer, packages.as_deref(), on.executor(), &rows, &tools)?;
            let bytes = data::written(&scorer.plan, &outcomes, form)?;
            match out {
                None => stdout(bytes),
                Some(out) => {
                    std::fs::write(out, bytes).map_err(|error| Problem::Environment(format!("cannot write {}: {error}", out.display())))
                }
            }
        }
    }
}

fn original_use(skipped: bool) -> OriginalUse {
    if skipped { OriginalUse::Skipped } else { OriginalUse::Required }
}

/// A target by its name. Errors: no such target.
pub fn target_of(name: &str) -> Result<Target, Problem> {
    Target::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Target::ALL.iter().map(|target| target.name()).collect();
        Problem::Environment(format!("`{name}` is no target; there are {}", known.join(", ")))
    })
}

/// What the user should know, though it converts.
fn notes(scorer: &driver::Scorer, sources: &Sources, format: Format) {
    let of_script = scorer.conversion.iter().flat_map(|conversion| &conversion.notes);
    let all: Vec<_> = of_script.chain(&scorer.notes).cloned().collect();
    if !all.is_empty() {
        say(&all, sources, format);
    }
}

fn report(problem: &Problem, sources: &Sources, format: Format) {
    say(&problem.diagnostics(), sources, format);
}

fn say(found: &[source::Diagnostic], sources: &Sources, format: Format) {
    let colour = if std::io::stderr().is_terminal() { render::Colour::Terminal } else { render::Colour::Plain };
    talk(&match format {
        Format::Human => render::human(found, sources, colour),
        Format::Json => format!("{:#}", render::json(found, sources)),
        Format::Sarif => format!("{:#}", render::sarif(found, sources)),
    });
}

/// Says something on stderr. That nobody may listen is not our concern.
fn talk(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn stdout(bytes: impl AsRef<[u8]>) -> Result<(), Problem> {
    std::io::stdout().write_all(bytes.as_ref()).map_err(|error| Problem::Environment(format!("cannot write to stdout: {error}")))
}
