//! Runs the originals: the user's script in the user's own Python, an ONNX model by onnxruntime, a boosting model by its library.
//!
//! A run is a subprocess in a temporary copy of the script's folder, so nothing of the user's is written; it has limits on time, memory
//! and output, and its answer comes back in a file, because a script prints. The Python side is `python/runner.py` and
//! the files beside it, shipped inside this crate.
//! Uses `front-python` for the form of a [`Record`]. Start reading at [`Reference::record`].

mod process;
mod table;

pub use process::Limits;
pub use table::{Cell, Column, OutputTable, Tensor, TensorData};

pub use front_python::record::Versions;

use front_python::Hold;
use front_python::modules::Module;
use front_python::record::{FORMAT, Record};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use source::{Diagnostic, FileId, Sources, Span};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A Python that can run the user's script.
#[derive(Debug, Clone)]
pub struct Reference {
    python: PathBuf,
    limits: Limits,
}

/// A script on disk, and the text that diagnostics point into.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    pub path: &'a Path,
    pub file: FileId,
    pub sources: &'a Sources,
    /// The modules of the user's project that it may import.
    pub modules: &'a [Module],
    /// Files laid over the copy of the script's folder: the path as the script says it, and the file to put there.
    pub files: &'a [(String, PathBuf)],
}

impl Script<'_> {
    fn text(&self) -> &str {
        self.sources.get(self.file).map_or("", |file| &file.text)
    }

    /// The lines at which the cells of a notebook start; none for a script.
    fn cell_lines(&self) -> Vec<u32> {
        let file = self.sources.get(self.file);
        file.map_or(vec![], |file| file.cell_starts().iter().map(|start| file.line_column(*start).line).collect())
    }

    /// The files of the modules by their names.
    fn module_files(&self) -> BTreeMap<&str, &str> {
        self.modules.iter().map(|module| (module.name.as_str(), self.sources.name(module.file))).collect()
    }

    /// A line, without its indentation, of the script or of the module that is called `name`.
    fn line_span(&self, name: &str, line: u32) -> Span {
        let module = self.modules.iter().map(|module| module.file).find(|file| self.sources.name(*file) == name);
        let file = module.unwrap_or(self.file);
        let Some(source) = self.sources.get(file) else { return Span { file, start: 0, end: 0 } };
        let (start, text) = (source.line_start(line), source.line_text(line));
        let indent = text.len() - text.trim_start().len();
        Span { file, start: start + indent as u32, end: start + text.trim_end().len().max(indent) as u32 }
    }
}

/// What [`Reference::outputs`] is to compute.
#[derive(Debug, Clone, Default)]
pub struct OutputRequest {
    /// An expression over the script's variables, or the name of a CSV file that it writes.
    pub output: String,
    /// The scoring file as the script names it, and the dtypes that the recorded run gave its columns. A run on other rows uses these
    /// instead of inferring anew, as a scorer does.
    pub score: Option<(String, Vec<(String, String)>)>,
    /// An ONNX model to run on the output frame.
    pub model: Option<PathBuf>,
    pub feed: Feed,
    /// Other rows in the place of the scoring file.
    pub frames: Vec<Frame>,
    /// The scoring file's own rows too, the last one first: the last of the frames.
    pub reversed: bool,
    /// The own rows that the scorer says are dropped, where it knows them. Of an output without an index that says which rows it holds, the
    /// rows are the others, if they are as many.
    pub dropped: Option<Vec<usize>>,
    /// The last line that the output needs. What the script raises behind it does not matter.
    pub until: Option<u32>,
    /// Lines of a notebook that raised in the recorded run, and may here.
    pub raised: Vec<u32>,
    /// What the script learns from its own rows and keeps when it is run on the others.
    pub hold: Option<Hold>,
    /// Statements that may raise when the script is run on other rows, by their places: its output does not need them.
    pub ignored: Vec<String>,
}

/// Rows that take the place of the scoring file's.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Some of its columns; the others have the cells of its first row.
    pub table: OutputTable,
    /// Each row is run alone: right for rows on which the script is expected to raise.
    pub apart: bool,
    /// The rows that the scorer says are dropped.
    pub dropped: Vec<usize>,
    /// So many of the first rows are there in each of the runs that it takes: a column of ordinary cells has its ordinary dtype.
    pub beside: usize,
}

/// How a frame becomes the inputs of a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Feed {
    /// A matrix if the model has one input that is not a column; else one input a column.
    #[default]
    Infer,
    Matrix,
    Columns,
}

/// What the script gave for the rows it was run on.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    pub versions: Versions,
    /// The scoring file as the script read it.
    pub input: Option<OutputTable>,
    pub table: OutputTable,
    /// The model's outputs, empty without a model.
    pub model: Vec<Tensor>,
    /// The output and the model's outputs on the script's own rows with what it learns held, if it was to be.
    pub held: Option<(OutputTable, Vec<Tensor>)>,
    /// What became of the rows of each of the request's frames.
    pub frames: Vec<Vec<Piece>>,
}

impl Frame {
    fn to_json(&self) -> Json {
        let mut frame = self.table.to_json();
        frame["apart"] = json!(self.apart);
        frame["dropped"] = json!(self.dropped);
        frame["beside"] = json!(self.beside);
        frame
    }
}

/// Rows that were run together. Rows are numbers in the table that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Ran {
        rows: Vec<usize>,
        /// The rows that came out, in the order of the table; the script dropped the others.
        kept: Vec<usize>,
        /// None where a model was run alone.
        table: Option<OutputTable>,
        model: Vec<Tensor>,
    },
    /// The original raises on this row.
    Raised { row: usize, message: String },
    /// It raises on some of them, and there was no time to find out on which.
    Untested { rows: Vec<usize> },
}

/// A fitted model in a file of joblib's or pickle's, and what is to be known of it.
#[derive(Debug, Clone)]
pub struct ModelFile<'a> {
    pub model: &'a Path,
    /// Rows that it can score: CSV, Parquet, JSON lines, or an array of numpy's.
    pub data: &'a Path,
    /// `predict` and its kin; as the model is if it is none.
    pub method: Option<&'a str>,
    /// Where modules that it needs are looked for, besides its own folder.
    pub paths: &'a [PathBuf],
    /// What the script that saved it defines and it has by name only; goes into the script.
    pub definitions: &'a str,
}

/// How a captured model is used.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Captured {
    /// Its class, without the module.
    pub class: String,
    pub methods: Vec<String>,
}

macro_rules! program {
    ($name:literal) => {
        (concat!($name, ".py"), include_str!(concat!("../python/", $name, ".py")))
    };
}

/// The programs, by names that no module of a user's has.
const PROGRAMS: &[(&str, &str)] = &[
    program!("runner"),
    program!("scorewright_boosting"),
    program!("scorewright_capture"),
    program!("scorewright_drawing"),
    program!("scorewright_estimators"),
    program!("scorewright_hold"),
    program!("scorewright_instrument"),
    program!("scorewright_models"),
    program!("scorewright_outputs"),
    program!("scorewright_record"),
    program!("scorewright_recorder"),
    program!("scorewright_rows"),
    program!("scorewright_script"),
    program!("scorewright_values"),
];

impl Reference {
    pub fn new(python: impl Into<PathBuf>, limits: Limits) -> Self {
        Reference { python: python.into(), limits }
    }

    /// The Python that a user most likely means: `SCOREWRIGHT_PYTHON`, the active virtual environment, a `.venv` here, then `python3`.
    pub fn find(limits: Limits) -> Self {
        let environment = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let venv = |folder: PathBuf| {
            let python = if cfg!(windows) { folder.join("Scripts").join("python.exe") } else { folder.join("bin").join("python") };
            python.is_file().then_some(python)
        };
        let python = environment("SCOREWRIGHT_PYTHON")
            .or_else(|| environment("VIRTUAL_ENV").and_then(venv))
            .or_else(|| venv(PathBuf::from(".venv")))
            .unwrap_or_else(|| PathBuf::from("python3"));
        Reference::new(python, limits)
    }

    pub fn python(&self) -> &Path {
        &self.python
    }

    /// Runs the script once and tells what only a run can know.
    ///
    /// `output`, if given, is evaluated after the script and recorded as its last expression.
    /// Errors: no Python, no pandas, a script that raises (with its own line and Python's message), a limit that was passed.
    pub fn record(&self, script: Script<'_>, output: Option<&str>) -> Result<Record, Diagnostic> {
        let folder = self.lay_out(script)?;
        let job = json!({
            "job": "record",
            "script": folder.path().join(&folder.name),
            "name": folder.name,
            "output": output,
            "cells": script.cell_lines(),
            "modules": script.module_files(),
            "protect": folder.original,
            "memory": self.limits.memory_bytes,
        });
        let answer = self.run(&job, Some(&folder), Some(script))?;
        let record: Record = serde_json::from_value(answer).map_err(|error| broken_answer(&error))?;
        debug_assert_eq!(record.format, FORMAT);
        Ok(record)
    }

    /// Runs the script and gives its output frame exactly, and the outputs of a model on that frame.
    ///
    /// Errors: as [`Reference::record`]; an output that the script does not have; a model that onnxruntime refuses.
    pub fn outputs(&self, script: Script<'_>, request: &OutputRequest) -> Result<Outputs, Diagnostic> {
        let folder = self.lay_out(script)?;
        let job = json!({
            "job": "outputs",
            "script": folder.path().join(&folder.name),
            "name": folder.name,
            "output": request.output,
            "score": request.score.as_ref().map(|(path, _)| path),
            "dtypes": request.score.as_ref().map(|(_, dtypes)| dtypes),
            "model": request.model.as_ref().map(|path| absolute(path)),
            "feed": match request.feed {
                Feed::Infer => Json::Null,
                Feed::Matrix => json!("matrix"),
                Feed::Columns => json!("columns"),
            },
            "until": request.until,
            "cells": script.cell_lines(),
            "modules": script.module_files(),
            "raised": request.raised,
            "hold": request.hold,
            "ignored": request.ignored,
            "reversed": request.reversed,
            "dropped": request.dropped,
            "frames": request.frames.iter().map(Frame::to_json).collect::<Vec<_>>(),
            "protect": folder.original,
            "memory": self.limits.memory_bytes,
        });
        let answer = self.run(&job, Some(&folder), Some(script))?;
        #[derive(Deserialize)]
        struct Answer {
            versions: Versions,
            input: Option<table::RawTable>,
            table: table::RawTable,
            #[serde(default)]
            model: Vec<table::RawTensor>,
            held: Option<Held>,
            frames: Vec<Vec<RawPiece>>,
        }
        #[derive(Deserialize)]
        struct Held {
            table: table::RawTable,
            #[serde(default)]
            model: Vec<table::RawTensor>,
        }
        let tensors = |raw: Vec<table::RawTensor>| raw.into_iter().map(table::RawTensor::read).collect::<Option<Vec<Tensor>>>();
        let answer: Answer = serde_json::from_value(answer).map_err(|error| broken_answer(&error))?;
        let read = || {
            Some(Outputs {
                versions: answer.versions,
                input: answer.input.and_then(table::RawTable::read),
                table: answer.table.read()?,
                model: tensors(answer.model)?,
                held: match answer.held {
                    Some(held) => Some((held.table.read()?, tensors(held.model)?)),
                    None => None,
                },
                frames: answer.frames.into_iter().map(pieces).collect::<Option<_>>()?,
            })
        };
        read().ok_or_else(no_comparable)
    }

    /// Runs an ONNX model on tensors by onnxruntime.
    ///
    /// Each tensor has a row of elements for each row; `dims` are lengths of dimensions that the model leaves open. Errors: no Python, no
    /// onnxruntime, a model that onnxruntime refuses. Rows that it refuses are [`Piece::Raised`].
    pub fn model(&self, model: &Path, inputs: &[Tensor], dims: &BTreeMap<String, usize>) -> Result<(Versions, Vec<Piece>), Diagnostic> {
        let inputs: serde_json::Map<String, Json> = inputs.iter().map(|tensor| (tensor.name.clone(), tensor.to_json())).collect();
        let job = json!({ "job": "onnx", "model": absolute(model), "inputs": inputs, "dims": dims, "memory": self.limits.memory_bytes });
        self.model_job(&job)
    }

    /// Runs the model of a boosting library (`xgboost`, `lightgbm`, `catboost`) by that library, for these of its results.
    ///
    /// Errors: no Python, no such library in it, a file that the library refuses. Rows that it refuses are [`Piece::Raised`].
    pub fn boost(&self, library: &str, model: &Path, rows: &OutputTable, outputs: &[&str]) -> Result<(Versions, Vec<Piece>), Diagnostic> {
        let (model, memory) = (absolute(model), self.limits.memory_bytes);
        let job =
            json!({ "job": "boost", "library": library, "model": model, "table": rows.to_json(), "outputs": outputs, "memory": memory });
        self.model_job(&job)
    }

    /// Loads a fitted model and writes into the folder `out` what a script that uses it needs: `score.py`, the sample as `sample.csv`, and
    /// copies of the model and of its own modules. Pickles are loaded there, in the user's own Python, and nowhere else.
    ///
    /// Errors: no Python, no scikit-learn in it; a file that holds no fitted estimator; a sample that it cannot score.
    pub fn capture(&self, file: &ModelFile<'_>, out: &Path) -> Result<Captured, Diagnostic> {
        let model = absolute(file.model);
        let own = model.parent().map(Path::to_path_buf);
        let paths: Vec<PathBuf> = own.into_iter().chain(file.paths.iter().map(|path| absolute(path))).collect();
        let job = json!({
            "job": "capture",
            "model": model,
            "data": absolute(file.data),
            "method": file.method,
            "paths": paths,
            "definitions": file.definitions,
            "out": absolute(out),
            "memory": self.limits.memory_bytes,
        });
        serde_json::from_value(self.run(&job, None, None)?).map_err(|error| broken_answer(&error))
    }

    fn model_job(&self, job: &Json) -> Result<(Versions, Vec<Piece>), Diagnostic> {
        #[derive(Deserialize)]
        struct Answer {
            versions: Versions,
            pieces: Vec<RawPiece>,
        }
        let answer: Answer = serde_json::from_value(self.run(job, None, None)?).map_err(|error| broken_answer(&error))?;
        pieces(answer.pieces).map(|pieces| (answer.versions, pieces)).ok_or_else(no_comparable)
    }

    fn lay_out(&self, script: Script<'_>) -> Result<Folder, Diagnostic> {
        let failed = |what: &str, error: &std::io::Error| {
            Diagnostic::error(
                "reference-folder",
                format!("the folder of `{}` cannot be copied for the recorded run", script.path.display()),
            )
            .help(format!("{what}: {error}"))
        };
        let path = absolute(script.path);
        let original = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = tempfile::Builder::new().prefix("scorewright-").tempdir().map_err(|error| failed("a temporary folder", &error))?;
        copy_folder(&original, folder.path(), 0).map_err(|error| failed("copying", &error))?;
        fs::write(folder.path().join(&name), script.text()).map_err(|error| failed("writing the script", &error))?;
        for (to, from) in script.files {
            let to = folder.path().join(to);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(|error| failed("laying out data", &error))?;
            }
            fs::copy(from, &to).map_err(|error| failed(&from.display().to_string(), &error))?;
        }
        Ok(Folder { folder, original, name })
    }

    fn run(&self, job: &Json, folder: Option<&Folder>, script: Option<Script<'_>>) -> Result<Json, Diagnostic> {
        let answer = process::run(&self.python, PROGRAMS, job, folder.map(|folder| folder.path()), self.limits)?;
        match answer.get("error") {
            None => Ok(answer),
            Some(error) => Err(self.failure(error, script)),
        }
    }

    /// What the runner could not do, in the words of Python, at the script's own line.
    fn failure(&self, error: &Json, script: Option<Script<'_>>) -> Diagnostic {
        let text = |name: &str| error.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let message = text("message");
        let line = error.get("line").and_then(Json::as_u64);
        let at = |diagnostic: Diagnostic, label: &str| match (script, line) {
            (Some(script), Some(line)) => diagnostic.at(script.line_span(&text("file"), line as u32), label),
            (Some(script), None) => diagnostic.at(source::Place::File(script.file), label),
            (None, _) => diagnostic,
        };
        match text("kind").as_str() {
            "environment" => Diagnostic::error("reference-environment", message).help(format!(
                "install it there (`{} -m pip install pandas scikit-learn`), or choose another Python with --python",
                self.python.display()
            )),
            "syntax" => at(Diagnostic::error("python-syntax", "this Python cannot read the script"), &message),
            "output" => at(Diagnostic::error("python-output", message), "")
                .help("name the output with --output: a variable, an expression over the script's variables, or a CSV file that it writes"),
            "model" => Diagnostic::error("reference-model", "the model's own runtime cannot run it").help(message),
            "capture" => match text("help") {
                help if help.is_empty() => Diagnostic::error("model-capture", message),
                help => Diagnostic::error("model-capture", message).help(help),
            },
            "memory" => Diagnostic::error("reference-memory", message),
            _ => at(Diagnostic::error("python-raises", "the script raises an exception in the recorded run"), &message)
                .help("a script is converted by running it once; run it yourself in its folder first"),
        }
    }
}

#[derive(Deserialize)]
struct RawPiece {
    rows: Vec<usize>,
    kept: Option<Vec<usize>>,
    table: Option<table::RawTable>,
    #[serde(default)]
    model: Vec<table::RawTensor>,
    raised: Option<String>,
}

/// None if a cell is of a kind that has no exact form.
fn pieces(raw: Vec<RawPiece>) -> Option<Vec<Piece>> {
    let piece = |raw: RawPiece| match (raw.raised, raw.kept, raw.rows.as_slice()) {
        (Some(message), _, [row]) => Some(Piece::Raised { row: *row, message }),
        (None, Some(kept), _) => Some(Piece::Ran {
            kept,
            table: raw.table.map(|table| table.read().ok_or(())).transpose().ok()?,
            model: raw.model.into_iter().map(table::RawTensor::read).collect::<Option<_>>()?,
            rows: raw.rows,
        }),
        _ => Some(Piece::Untested { rows: raw.rows }),
    };
    raw.into_iter().map(piece).collect()
}

fn no_comparable() -> Diagnostic {
    Diagnostic::error("reference-answer", "the reference run gave a value of a kind that cannot be compared")
}

/// A copy of the script's folder.
struct Folder {
    folder: tempfile::TempDir,
    original: PathBuf,
    name: String,
}

impl Folder {
    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn broken_answer(error: &serde_json::Error) -> Diagnostic {
    Diagnostic::error("reference-answer", "the answer of the reference run cannot be read").help(error.to_string())
}

/// Larger files are linked, not copied: a script reads them, and the runner forbids writes into the original folder.
const LARGEST_COPY: u64 = 64 << 20;
const DEEPEST: usize = 6;
/// Folders that hold no input of a script.
const SKIPPED: &[&str] = &["__pycache__", "node_modules", "target", "venv", "env"];

fn copy_folder(from: &Path, to: &Path, depth: usize) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let (source, target) = (entry.path(), to.join(&name));
        let text = name.to_string_lossy();
        if text.starts_with('.') || SKIPPED.contains(&text.as_ref()) {
            continue;
        }
        let Ok(metadata) = fs::metadata(&source) else { continue };
        if metadata.is_dir() {
            if depth < DEEPEST && !source.join("pyvenv.cfg").is_file() {
                fs::create_dir(&target)?;
                copy_folder(&source, &target, depth + 1)?;
            }
        } else if metadata.len() > LARGEST_COPY && link(&source, &target).is_ok() {
        } else if metadata.is_file() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(source: &Path, target: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(source, target)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
