//! An emitted scorer on disk: what is in it besides the packages, and how it is read again.
//!
//! `scorer.ir` is the module in its text form; `state.json` the record of the script's run; `manifest.json` says what went in (with its way
//! from this folder), what came out, and how the original is run. With the originals there, `check` compares with them again.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use plan::File;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use source::{Diagnostic, Sources};

use front_python::Hold;

use crate::load::{Input, Original, Scorer, ScriptRun, file_name, modules_of, source_of};
use crate::project::FeedName;
use crate::{Problem, Target, read};

const MANIFEST: &str = "manifest.json";
const MODULE: &str = "scorer.ir";
const STATE: &str = "state.json";

#[derive(Serialize, Deserialize)]
struct Manifest {
    scorewright: String,
    scorer: String,
    inputs: Vec<Hashed>,
    original: OriginalPaths,
    targets: Vec<String>,
    files: Vec<Hashed>,
}

/// A file by its way from the scorer's folder, and its hash.
#[derive(Serialize, Deserialize)]
struct Hashed {
    path: String,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct OriginalPaths {
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<ScriptPaths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dims: BTreeMap<String, usize>,
}

#[derive(Serialize, Deserialize)]
struct ScriptPaths {
    path: String,
    output: String,
    score: String,
    dtypes: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedName>,
    until: Option<u32>,
    #[serde(default)]
    partial: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<Hold>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    raised: Vec<u32>,
}

/// A scorer that was emitted, and its packages as they are on disk.
pub struct Emitted {
    pub scorer: Scorer,
    pub packages: Vec<(Target, Vec<File>)>,
    /// Files that are not as they were written, or are gone.
    pub changed: Vec<String>,
}

/// Whether a folder holds a scorer.
pub fn is_scorer(path: &Path) -> bool {
    path.join(MANIFEST).is_file()
}

/// What a scorer's folder holds besides packages and certificate.
pub(crate) fn contents(scorer: &Scorer) -> Vec<File> {
    let mut files = vec![File::text(MODULE, ir::text::print(scorer.checked.module()))];
    if let Some(conversion) = &scorer.conversion
        && let Ok(state) = serde_json::to_string_pretty(&conversion.record)
    {
        files.push(File::text(STATE, state + "\n"));
    }
    files
}

pub(crate) fn manifest(scorer: &Scorer, out: &Path, targets: &[Target], files: &[File]) -> File {
    let way = |path: &Path| relative(out, path);
    let script = scorer.original.script.as_ref().map(|run| ScriptPaths {
        path: way(&run.path),
        output: run.output.clone(),
        score: run.score.clone(),
        dtypes: run.dtypes.clone(),
        feed: run.feed,
        until: run.until,
        partial: run.partial,
        hold: run.hold.clone(),
        ignored: run.ignored.clone(),
        raised: run.raised.clone(),
    });
    let manifest = Manifest {
        scorewright: env!("CARGO_PKG_VERSION").into(),
        scorer: scorer.plan.name.clone(),
        inputs: scorer.inputs.iter().map(|Input { path, bytes, .. }| Hashed { path: way(path), sha256: sha256(bytes) }).collect(),
        original: OriginalPaths { script, model: scorer.original.model.as_deref().map(way), dims: scorer.original.dims.clone() },
        targets: targets.iter().map(|target| target.name().into()).collect(),
        files: files.iter().map(|file| Hashed { path: file.path.clone(), sha256: sha256(&file.contents) }).collect(),
    };
    File::text(MANIFEST, serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n")
}

/// Reads an emitted scorer. The original is found by its way from the folder.
///
/// Errors: no manifest, one of another form, a module that is damaged, an original that is not what it was when the scorer was made.
pub fn open(path: &Path, python: Option<&Path>, sources: &mut Sources) -> Result<Emitted, Problem> {
    let wrong = |what: &str, why: String| Problem::Environment(format!("{}: {what}: {why}", path.display()));
    let manifest: Manifest = serde_json::from_slice(&read(&path.join(MANIFEST))?).map_err(|error| wrong(MANIFEST, error.to_string()))?;
    let text = String::from_utf8(read(&path.join(MODULE))?).map_err(|error| wrong(MODULE, error.to_string()))?;
    let module = ir::text::parse(&text).map_err(|error| wrong(MODULE, error.to_string()))?;
    let checked = check::check(module).map_err(Problem::Refused)?;
    let plan = plan::lower(&checked);
    let mut changed = Vec::new();
    let mut packages: Vec<(Target, Vec<File>)> =
        manifest.targets.iter().filter_map(|name| Some((Target::from_name(name)?, vec![]))).collect();
    for Hashed { path: name, sha256: hash } in &manifest.files {
        // A manifest is not trusted with ways out of its folder.
        if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(wrong(MANIFEST, format!("{name:?} is no way inside the folder")));
        }
        let Ok(contents) = read(&path.join(name)) else {
            changed.push(name.clone());
            continue;
        };
        if sha256(&contents) != *hash {
            changed.push(name.clone());
        }
        let package = packages.iter_mut().find_map(|(target, files)| Some((files, name.strip_prefix(target.name())?.strip_prefix('/')?)));
        if let Some((files, inner)) = package {
            files.push(File { path: inner.into(), contents });
        }
    }
    let mut inputs = Vec::new();
    for Hashed { path: way, sha256: hash } in &manifest.inputs {
        let file = path.join(way);
        if let Ok(bytes) = read(&file) {
            if sha256(&bytes) != *hash {
                changed.push(way.clone());
            }
            inputs.push(Input {
                name: file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                path: file,
                bytes,
            });
        }
    }
    let script = match manifest.original.script {
        Some(script) => Some(script_run(path, script, sources)?),
        None => None,
    };
    let model = manifest.original.model.map(|way| path.join(way));
    let original = Original { script, model, dims: manifest.original.dims, python: Original::python(python) };
    Ok(Emitted { scorer: Scorer { checked, plan, inputs, original, conversion: None, notes: Vec::new() }, packages, changed })
}

fn script_run(folder: &Path, script: ScriptPaths, sources: &mut Sources) -> Result<ScriptRun, Problem> {
    let path = folder.join(&script.path);
    let bytes = read(&path).unwrap_or_default();
    // An original that is not there or not what it was is named where it is needed.
    let file = match source_of(&path, &bytes, sources) {
        Ok((file, _)) => file,
        Err(_) => sources.add_binary(file_name(&path)),
    };
    let ScriptPaths { output, score, dtypes, feed, until, partial, hold, ignored, raised, .. } = script;
    let modules = modules_of(&path, file, sources);
    Ok(ScriptRun { path, file, modules, output, score, dtypes, feed, until, partial, hold, ignored, raised })
}

/// Says which of the originals are not there. Errors: one at least.
pub fn originals_are_there(original: &Original) -> Result<(), Problem> {
    let files = original.script.iter().map(|run| &run.path).chain(&original.model);
    let gone: Vec<String> = files.filter(|path| !path.is_file()).map(|path| path.display().to_string()).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let found = Diagnostic::error("reference-files", format!("the original is not where it was: {}", gone.join(", ")));
    Err(Problem::Reference(vec![found.help("put it there, or compare with the interpreter only: --no-original")]))
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The way from a folder to a file, with `/`. Both may be relative to where we are.
fn relative(folder: &Path, file: &Path) -> String {
    let plain = |path: &Path| -> Vec<String> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let mut parts: Vec<String> = Vec::new();
        for part in absolute.components() {
            match part {
                Component::ParentDir => _ = parts.pop(),
                Component::CurDir => {}
                Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                    parts.push(part.as_os_str().to_string_lossy().into_owned())
                }
            }
        }
        parts
    };
    let (from, to) = (plain(folder), plain(file));
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from[common..].iter().map(|_| "..".to_string());
    up.chain(to[common..].iter().cloned()).collect::<Vec<_>>().join("/")
}
