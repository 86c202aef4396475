//! A fitted model in a file of joblib's or pickle's becomes a project: the script that uses it, a sample of rows, and the record of its run.
//!
//! The model is loaded by the user's own Python only (`scorewright_capture.py`); from then on it is what a script loads.

use std::path::{Path, PathBuf};

use reference::{Captured, ModelFile};
use serde::Serialize;
use source::Sources;

use crate::build::{is_ours_to_write, write_whole};
use crate::load::{Original, load};
use crate::{Problem, Project, Stage};

/// What to capture and where.
pub struct Capture<'a> {
    pub model: &'a Path,
    /// Rows that the model can score.
    pub data: &'a Path,
    /// `predict` and its kin; the class and its probabilities, the prediction or the transformed columns if it is none.
    pub method: Option<&'a str>,
    pub python: Option<&'a Path>,
    /// Where the model's own modules are looked for, besides its folder.
    pub paths: &'a [PathBuf],
    /// The text of functions and classes of a script or notebook that the model has by name only.
    pub definitions: &'a str,
    pub out: &'a Path,
}

/// The project's file in a folder.
pub(crate) const PROJECT: &str = "scorewright.toml";
const HEADER: &str = "# Written by `scorewright capture`; `scorewright build` on this folder makes the scorer.";
/// What the script calls what it gives.
const OUTPUT: &str = "scores";

#[derive(Serialize)]
struct ProjectFile {
    name: String,
    script: &'static str,
    output: &'static str,
    state: &'static str,
    out: &'static str,
}

/// Whether a folder holds a captured model.
fn is_capture(path: &Path) -> bool {
    std::fs::read_to_string(path.join(PROJECT)).is_ok_and(|text| text.starts_with(HEADER))
}

/// Writes the project of a fitted model, with the record of its run. Nothing is written, not even a part, if the model does not convert.
///
/// Errors: a Python that cannot load the model; a file that holds no fitted estimator; a sample without its columns; what of the model
/// cannot be converted.
pub fn capture(request: &Capture<'_>, sources: &mut Sources, said: &mut dyn FnMut(Stage)) -> Result<Captured, Problem> {
    is_ours_to_write(request.out, is_capture, "captured model")?;
    for file in [request.model, request.data] {
        if !file.is_file() {
            return Err(Problem::Environment(format!("{} is not there", file.display())));
        }
    }
    let failed = |error: std::io::Error| Problem::Environment(format!("cannot write {}: {error}", request.out.display()));
    let python = Original::python(request.python);
    let mut captured = None;
    write_whole(request.out, |made| {
        std::fs::create_dir(made).map_err(failed)?;
        said(Stage::Capture);
        let file = ModelFile {
            model: request.model,
            data: request.data,
            method: request.method,
            paths: request.paths,
            definitions: request.definitions,
        };
        captured = Some(python.capture(&file, made).map_err(|found| match found.name {
            "model-capture" => Problem::Refused(vec![found]),
            _ => Problem::Reference(vec![found]),
        })?);
        let stem = request.model.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let project = ProjectFile { name: stem, script: "score.py", output: OUTPUT, state: "state.json", out: "scorer" };
        let text = toml::to_string(&project).map_err(|error| Problem::Environment(error.to_string()))?;
        std::fs::write(made.join(PROJECT), format!("{HEADER}\n{text}")).map_err(failed)?;
        let project = Project::open(&made.join(PROJECT), sources)?
            .overridden_by(Project { python: request.python.map(Path::to_path_buf), ..Project::default() });
        load(&project, sources, said).map(|_| ())
    })?;
    captured.ok_or_else(|| Problem::Environment("nothing was captured".into()))
}
