//! From a [`Project`] to a [`Scorer`]: the script by the record of its run, the model by its bytes, and the two made one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use check::Checked;
use front_python::modules;
use front_python::record::Record;
use front_python::{BatchStatistics, Conversion, Hold, Options};
use ir::Module;
use plan::Plan;
use reference::{Limits, Reference, Script};
use source::{Diagnostic, FileId, Place, Sources};

use crate::compose::compose;
use crate::project::{BatchStats, FeedName, Project, Semantics};
use crate::{Problem, Stage, read};

/// What was read and checked, with the plan that all targets spell.
pub struct Scorer {
    pub checked: Checked,
    pub plan: Plan,
    /// The files it was made from.
    pub inputs: Vec<Input>,
    pub original: Original,
    /// What the conversion of a script tells; none for a model alone and for a scorer that was emitted.
    pub conversion: Option<Conversion>,
    /// What the user should know of the model, though it converts.
    pub notes: Vec<Diagnostic>,
}

/// A file that a scorer was made from.
pub struct Input {
    pub name: String,
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// What a scorer must be equal to.
pub struct Original {
    pub script: Option<ScriptRun>,
    pub model: Option<PathBuf>,
    /// Lengths of the model's open dimensions.
    pub dims: BTreeMap<String, usize>,
    /// The Python to run it in.
    pub python: Reference,
}

/// How a script is run for its output.
pub struct ScriptRun {
    pub path: PathBuf,
    pub file: FileId,
    /// An expression over the script's variables, or a file that it writes.
    pub output: String,
    /// The scoring file, as the script names it, and the dtypes of its columns in the recorded run.
    pub score: String,
    pub dtypes: Vec<(String, String)>,
    /// How the output is given to the model.
    pub feed: Option<FeedName>,
    /// The last line that the output needs.
    pub until: Option<u32>,
    /// What the script learns from its own scoring rows, which is part of the scorer: it is held when the script is run on other rows.
    pub hold: Option<Hold>,
    /// Statements that the output does not need: what they raise on other rows does not matter.
    pub ignored: Vec<String>,
    /// Output columns that could not be converted were left out.
    pub partial: bool,
    /// Lines of a notebook that raised in the recorded run.
    pub raised: Vec<u32>,
    pub modules: Vec<modules::Module>,
}

impl ScriptRun {
    /// The file that is scored, on disk.
    pub fn score_file(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(&self.score)
    }

    /// Whether a file can stand where the script reads its scoring file: it has the same form.
    pub fn reads(&self, data: &Path) -> bool {
        let form = |path: &Path| path.extension().map(|ending| ending.to_ascii_lowercase());
        let own = form(Path::new(&self.score));
        // A script's `.txt` or `.tsv` is read in its own way; only what we know to be of another form is not given to it.
        form(data) == own || !matches!(form(data).as_ref().and_then(|ending| ending.to_str()), Some("jsonl" | "ndjson" | "parquet" | "npz"))
    }

    pub fn feed(&self) -> reference::Feed {
        match self.feed {
            Some(FeedName::Matrix) => reference::Feed::Matrix,
            Some(FeedName::Columns) => reference::Feed::Columns,
            None => reference::Feed::Infer,
        }
    }
}

impl Original {
    /// The Python that a user named, or the one that is most likely meant.
    pub(crate) fn python(named: Option<&Path>) -> Reference {
        named.map_or_else(|| Reference::find(Limits::default()), |path| Reference::new(path, Limits::default()))
    }
}

/// Reads and converts what a project names.
///
/// A script is run once in the user's own Python, unless a record of its run is there that fits it. Errors: everything that cannot be
/// converted, at once; a script that raises.
pub fn load(project: &Project, sources: &mut Sources, said: &mut dyn FnMut(Stage)) -> Result<Scorer, Problem> {
    inspect(project, sources, said).scorer
}

/// What can be told of a project, whether or not it converts.
pub struct Inspection {
    pub scorer: Result<Scorer, Problem>,
    /// The script or notebook, once it is read.
    pub script: Option<FileId>,
    /// Of a script that is refused, what would convert without the columns that stand in the way.
    pub part: Option<Conversion>,
}

/// As [`load`], and of a script that cannot be converted the part that can.
pub fn inspect(project: &Project, sources: &mut Sources, said: &mut dyn FnMut(Stage)) -> Inspection {
    let python = Original::python(project.python.as_deref());
    let Some(path) = &project.script else {
        said(Stage::Convert);
        return Inspection { scorer: compiled(project, None, vec![], python, sources), script: None, part: None };
    };
    let prepared = match prepare(project, path, &python, sources, said) {
        Ok(prepared) => prepared,
        Err(problem) => {
            let script = sources.iter().find(|(_, source)| source.name == file_name(path)).map(|(file, _)| file);
            return Inspection { scorer: Err(problem), script, part: None };
        }
    };
    said(Stage::Convert);
    let script = Some(prepared.file);
    match prepared.convert(sources) {
        Ok(conversion) => {
            let mut inputs = Vec::new();
            let finished = prepared.finish(project, &conversion, &mut inputs);
            let scorer = finished.and_then(|run| compiled(project, Some((run, conversion)), inputs, python, sources));
            Inspection { scorer, script, part: None }
        }
        Err(found) => Inspection { part: prepared.part(sources), scorer: Err(Problem::Refused(found)), script },
    }
}

/// A scorer of a script that is converted, of a model, or of both as one.
fn compiled(
    project: &Project,
    script: Option<(ScriptRun, Conversion)>,
    mut inputs: Vec<Input>,
    python: Reference,
    sources: &mut Sources,
) -> Result<Scorer, Problem> {
    let mut notes = Vec::new();
    let model = match &project.model {
        Some(path) => Some(model(path, project, sources, &mut inputs, &mut notes)?),
        None => None,
    };
    let stem = |path: &Option<PathBuf>| path.as_ref().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let name = project.name.clone().or_else(|| stem(&project.script)).or_else(|| stem(&project.model)).unwrap_or_default();
    let mut module = match (&script, model) {
        (Some((run, conversion)), Some(model)) => compose(&conversion.module, &model, run.feed()).map_err(Problem::Refused)?,
        (Some((_, conversion)), None) => conversion.module.clone(),
        (None, Some(model)) => model,
        (None, None) => return Err(Problem::Environment("there is neither a script nor a model".into())),
    };
    module.name = name;
    let checked = passes::optimise(&check::check(module).map_err(Problem::Refused)?);
    let plan = plan::lower(&checked);
    let (script, conversion) = script.unzip();
    Ok(Scorer {
        checked,
        plan,
        inputs,
        original: Original { script, model: project.model.clone(), dims: project.dim.clone(), python },
        conversion,
        notes,
    })
}

/// The scorer of one file, with everything left to inference.
pub fn open(path: &Path, sources: &mut Sources) -> Result<Scorer, Problem> {
    load(&Project::open(path, sources)?, sources, &mut |_| ())
}

fn model(
    path: &Path,
    project: &Project,
    sources: &mut Sources,
    inputs: &mut Vec<Input>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Module, Problem> {
    let bytes = read(path)?;
    let name = file_name(path);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let module = match ending.as_str() {
        "onnx" => {
            let file = sources.add_binary(name.clone());
            let options = front_onnx::Options {
                dims: project.dim.clone(),
                features: project.features.clone(),
                semantics: match project.semantics {
                    Some(Semantics::Onnxruntime) => front_onnx::Semantics::Onnxruntime,
                    Some(Semantics::Standard) | None => front_onnx::Semantics::Standard,
                },
                folder: path.parent().map(Path::to_path_buf),
                ..front_onnx::Options::default()
            };
            front_onnx::read_with_notes(&bytes, file, sources, &options).map(|(module, found)| {
                notes.extend(found);
                module
            })
        }
        "pmml" | "xml" => {
            let file = sources.add(name.clone(), String::from_utf8_lossy(&bytes).into_owned());
            front_pmml::read(&bytes, file, sources)
        }
        // Files of boosting libraries are told by what is in them: they have many endings, and some have none.
        _ if front_boost::Format::of(&bytes).is_some() => {
            let file = sources.add_binary(name.clone());
            front_boost::read(&bytes, file, sources)
        }
        _ => {
            let found = Diagnostic::error("input-kind", format!("`{name}` is no kind of model that can be converted"));
            Err(vec![found.help(
                "give a model as .onnx, as .pmml or in a file of XGBoost, LightGBM or CatBoost; fitted scikit-learn models are taken in by \
                 `scorewright capture`",
            )])
        }
    };
    inputs.push(Input { name, path: path.into(), bytes });
    module.map_err(Problem::Refused)
}

/// A script, its modules and the record of its run, ready to be converted.
struct Prepared<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    file: FileId,
    options: Options,
    /// What is to be said of a notebook itself.
    notes: Vec<Diagnostic>,
    record: Record,
    /// Whether it was run just now.
    fresh: bool,
}

fn prepare<'a>(
    project: &Project,
    path: &'a Path,
    python: &Reference,
    sources: &mut Sources,
    said: &mut dyn FnMut(Stage),
) -> Result<Prepared<'a>, Problem> {
    let bytes = read(path)?;
    let (file, notes) = source_of(path, &bytes, sources).map_err(Problem::Refused)?;
    let modules = modules_of(path, file, sources);
    let options = Options {
        modules: modules.clone(),
        fit: project.fit.clone(),
        score: project.score.clone(),
        lookups: project.lookup.clone(),
        output: project.output.clone(),
        partial: project.partial,
        batch_statistics: match project.batch_stats {
            None | Some(BatchStats::Refuse) => BatchStatistics::Refuse,
            Some(BatchStats::FreezeTrain) => BatchStatistics::FreezeTrain,
            Some(BatchStats::FreezeAsRun) => BatchStatistics::FreezeAsRun,
        },
    };
    let stored = project.state.as_deref().map(|state| stored(state, file, sources, &options)).transpose()?.flatten();
    let fresh = stored.is_none();
    let record = match stored {
        Some(record) => record,
        None => {
            said(Stage::Record);
            let script = Script { path, file, sources, modules: &modules, files: &[] };
            record(script, python, &options)?
        }
    };
    Ok(Prepared { path, bytes, file, options, notes, record, fresh })
}

impl Prepared<'_> {
    fn convert(&self, sources: &Sources) -> Result<Conversion, Vec<Diagnostic>> {
        let mut conversion = front_python::convert(self.file, sources, &self.record, &self.options)?;
        conversion.notes.splice(..0, self.notes.iter().cloned());
        Ok(conversion)
    }

    /// The columns that convert, whether or not the others may be left out.
    fn part(&self, sources: &Sources) -> Option<Conversion> {
        let options = Options { partial: true, ..self.options.clone() };
        front_python::convert(self.file, sources, &self.record, &options).ok()
    }

    /// How the script is run again, with its state written and its files among the inputs.
    fn finish(self, project: &Project, conversion: &Conversion, inputs: &mut Vec<Input>) -> Result<ScriptRun, Problem> {
        let Prepared { path, bytes, file, options, fresh, .. } = self;
        let state = serde_json::to_string_pretty(&conversion.record).map_err(|error| Problem::Environment(error.to_string()))? + "\n";
        if let Some(to) = project.state.as_deref().filter(|_| fresh) {
            std::fs::write(to, &state).map_err(|error| Problem::Environment(format!("cannot write {}: {error}", to.display())))?;
        }
        inputs.push(Input { name: file_name(path), path: path.into(), bytes });
        let folder = path.parent().unwrap_or(Path::new(""));
        for module in &conversion.record.modules {
            inputs.push(Input { name: module.name.clone(), path: folder.join(&module.name), bytes: read(&folder.join(&module.name))? });
        }
        let mut seen = std::collections::BTreeSet::new();
        for name in conversion.record.reads.iter().filter_map(|read| read.path.as_ref()).filter(|name| seen.insert(name.as_str())) {
            // What cannot be read again, such as an address on the network, is known by the record alone.
            if let Ok(bytes) = read(&folder.join(name)) {
                inputs.push(Input { name: name.clone(), path: folder.join(name), bytes });
            }
        }
        Ok(ScriptRun {
            path: path.into(),
            file,
            output: conversion.output.clone(),
            score: conversion.score.0.clone(),
            dtypes: conversion.score.1.iter().map(|input| (input.name.clone(), input.dtype.clone())).collect(),
            feed: project.feed,
            until: Some(conversion.until),
            hold: conversion.hold.clone(),
            ignored: conversion.ignored.clone(),
            partial: options.partial,
            modules: options.modules,
            raised: conversion.record.raised.iter().map(|raised| raised.line).collect(),
        })
    }
}

/// Takes a script or notebook in as a text to convert, with what is to be said of the notebook itself.
pub(crate) fn source_of(path: &Path, bytes: &[u8], sources: &mut Sources) -> Result<(FileId, Vec<Diagnostic>), Vec<Diagnostic>> {
    let name = file_name(path);
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ipynb")) {
        return front_python::notebook::read(bytes, &name, sources).map(|notebook| (notebook.file, notebook.notes));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((sources.add(name, text), Vec::new())),
        Err(_) => Err(vec![Diagnostic::error("python-syntax", format!("`{}` is not UTF-8", path.display()))]),
    }
}

/// The modules of the user's project that a script imports. What cannot be read is left to Python to complain of.
pub(crate) fn modules_of(path: &Path, file: FileId, sources: &mut Sources) -> Vec<modules::Module> {
    let folder = path.parent().unwrap_or(Path::new(""));
    modules::find(file, sources, &mut |way| String::from_utf8(read(&folder.join(way)).ok()?).ok())
}

/// The record of an earlier run, if it is of this script, these modules and this output. Errors: a file that is no record.
fn stored(path: &Path, file: FileId, sources: &Sources, options: &Options) -> Result<Option<Record>, Problem> {
    if !path.exists() {
        return Ok(None);
    }
    let record: Record = serde_json::from_slice(&read(path)?)
        .map_err(|error| Problem::Environment(format!("{} is no record of a script's run: {error}", path.display())))?;
    let fits = front_python::fits(file, sources, &record, options) && record.script.output == options.output;
    Ok(fits.then_some(record))
}

fn record(script: Script<'_>, python: &Reference, options: &Options) -> Result<Record, Problem> {
    python.record(script, options.output.as_deref()).map_err(|found| match found.name {
        "python-raises" | "python-syntax" | "python-output" => Problem::Refused(vec![found]),
        _ => Problem::Reference(vec![match found.place {
            Some(_) => found,
            None => found.at(Place::File(script.file), ""),
        }]),
    })
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
