//! What is to be converted, and how: `scorewright.toml`, or one file and flags.
//!
//! ```toml
//! name = "credit"
//! script = "prepare.py"      # or a model alone
//! model = "model.onnx"       # takes the script's output
//! score = "score.csv"        # roles, as the script names its files; inferred if left out
//! output = "X_score"
//! data = "score.csv"         # rows to compare on
//! state = "state.json"       # the record of the script's run; made if it is not there
//! targets = ["rust", "java", "wasm"]
//! out = "scorer"
//! ```
//!
//! Paths are relative to the file's folder. Flags override the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use source::{Diagnostic, Sources, Span};

use crate::capture::PROJECT;
use crate::{Problem, read};

/// Everything that a build can be told. What is not told is inferred or has a default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Project {
    /// What the scorer is called; the name of the file if left out.
    pub name: Option<String>,
    /// A Python script or notebook whose output is the score, or the model's input.
    pub script: Option<PathBuf>,
    /// A model: `.onnx`, `.pmml`, or a file of XGBoost, LightGBM or CatBoost.
    pub model: Option<PathBuf>,
    /// Rows to compare on; the script's scoring file if left out.
    pub data: Option<PathBuf>,
    /// The training file, as the script names it.
    pub fit: Option<String>,
    /// The scoring file, as the script names it.
    pub score: Option<String>,
    /// Tables that go into the scorer, as the script names them.
    pub lookup: Vec<String>,
    /// A variable of the script, an expression over its variables, or a CSV file that it writes.
    pub output: Option<String>,
    /// Where the record of the script's run is kept. It is used if it fits the script, else made anew.
    pub state: Option<PathBuf>,
    pub batch_stats: Option<BatchStats>,
    /// Output columns that cannot be converted are left out.
    pub partial: bool,
    /// How the script's output becomes the model's input; as the model's inputs look if left out.
    pub feed: Option<FeedName>,
    /// Lengths of dimensions that an ONNX model leaves open beside the batch, by name.
    pub dim: BTreeMap<String, usize>,
    /// Names of the columns of an ONNX model's only input, in order: the record then has a field for each.
    pub features: Vec<String>,
    /// Whose meaning the operators of an ONNX model have where the standard and onnxruntime disagree.
    pub semantics: Option<Semantics>,
    /// The Python to run the script and the model in.
    pub python: Option<PathBuf>,
    pub targets: Vec<String>,
    /// The folder to write.
    pub out: Option<PathBuf>,
}

/// What is done with a statistic over the rows being scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchStats {
    Refuse,
    FreezeTrain,
    FreezeAsRun,
}

/// The standard's by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Semantics {
    Standard,
    Onnxruntime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedName {
    Matrix,
    Columns,
}

impl Project {
    /// A project of one file: a `.toml` that names all of it, a folder with one, a `.py` script, an `.ipynb` notebook, or a model.
    ///
    /// Errors: no such file; a kind of file that cannot be converted; a `.toml` with a field that is not known, with its place.
    pub fn open(path: &Path, sources: &mut Sources) -> Result<Project, Problem> {
        if path.join(PROJECT).is_file() {
            return Project::from_toml(&path.join(PROJECT), sources);
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "toml" => Project::from_toml(path, sources),
            "py" | "ipynb" => Ok(Project { script: Some(path.into()), ..Project::default() }),
            "onnx" | "pmml" | "xml" => Ok(Project { model: Some(path.into()), ..Project::default() }),
            _ if read(path).is_ok_and(|bytes| front_boost::Format::of(&bytes).is_some()) => {
                Ok(Project { model: Some(path.into()), ..Project::default() })
            }
            "joblib" | "pkl" | "pickle" => {
                let found = Diagnostic::error("input-kind", format!("`{}` is loaded by your own Python only", path.display()));
                Err(Problem::Refused(vec![found.help(format!(
                    "write the project of the model with `scorewright capture {} --data sample.csv --out captured`, and build the folder `captured`",
                    path.display()
                ))]))
            }
            _ => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let found = Diagnostic::error("input-kind", format!("`{name}` is no kind of file that can be converted"));
                Err(Problem::Refused(vec![found.help(
                    "give a script as .py or .ipynb, a model as .onnx, as .pmml or in a file of XGBoost, LightGBM or CatBoost, or a \
                     scorewright.toml that names both",
                )]))
            }
        }
    }

    fn from_toml(path: &Path, sources: &mut Sources) -> Result<Project, Problem> {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        let file = sources.add(path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), text.clone());
        let project: Project = toml::from_str(&text).map_err(|error| {
            let found = Diagnostic::error("project-file", error.message().to_string());
            Problem::Refused(vec![match error.span() {
                Some(span) => found.at(Span { file, start: span.start as u32, end: span.end as u32 }, ""),
                None => found,
            }])
        })?;
        if project.script.is_none() && project.model.is_none() {
            let found =
                Diagnostic::error("project-file", "the project names neither a script nor a model").at(source::Place::File(file), "");
            return Err(Problem::Refused(vec![found.help("say `script = \"prepare.py\"`, `model = \"model.onnx\"`, or both")]));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let within = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        // A bare word such as `python3` is looked up on the PATH.
        let program = |path: PathBuf| if path.components().count() > 1 { folder.join(path) } else { path };
        Ok(Project {
            script: within(project.script),
            model: within(project.model),
            data: within(project.data),
            state: within(project.state),
            out: within(project.out),
            python: project.python.map(program),
            ..project
        })
    }

    /// This project with the other's answers wherever that has one.
    pub fn overridden_by(self, flags: Project) -> Project {
        let list = |own: Vec<String>, other: Vec<String>| if other.is_empty() { own } else { other };
        Project {
            name: flags.name.or(self.name),
            script: flags.script.or(self.script),
            model: flags.model.or(self.model),
            data: flags.data.or(self.data),
            fit: flags.fit.or(self.fit),
            score: flags.score.or(self.score),
            lookup: list(self.lookup, flags.lookup),
            output: flags.output.or(self.output),
            state: flags.state.or(self.state),
            batch_stats: flags.batch_stats.or(self.batch_stats),
            partial: flags.partial || self.partial,
            feed: flags.feed.or(self.feed),
            dim: self.dim.into_iter().chain(flags.dim).collect(),
            features: list(self.features, flags.features),
            semantics: flags.semantics.or(self.semantics),
            python: flags.python.or(self.python),
            targets: list(self.targets, flags.targets),
            out: flags.out.or(self.out),
        }
    }
}
