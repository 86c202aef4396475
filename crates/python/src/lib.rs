//! What the Python package `scorewright` has of this workspace: [`compile`], [`inspect`] and the command line.
//!
//! The package's own face is `python/scorewright/__init__.py`: it saves what it is given to files, and shows what comes back.

use std::ffi::OsString;
use std::path::PathBuf;

use driver::{Capture, OriginalUse, Problem, Project, Request, Scorer, Target, Tools, certificate};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use source::{Sources, render};

pyo3::create_exception!(scorewright, ConversionError, PyException, "Why nothing was written: the diagnostics, all of them.");

/// A fitted model and a sample in files, and how they become a project.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Fitted {
    model: PathBuf,
    data: PathBuf,
    method: Option<String>,
    /// The Python that they are of.
    python: PathBuf,
    /// Where the model's own modules are.
    paths: Vec<PathBuf>,
    /// What the script or notebook that fitted the model defines for it.
    definitions: String,
    /// The folder that the project is written to.
    project: PathBuf,
}

impl Fitted {
    fn load(&self, sources: &mut Sources) -> Result<Scorer, Problem> {
        let capture = Capture {
            model: &self.model,
            data: &self.data,
            method: self.method.as_deref(),
            python: Some(&self.python),
            paths: &self.paths,
            definitions: &self.definitions,
            out: &self.project,
        };
        driver::capture(&capture, sources, &mut |_| ())?;
        let project = Project { python: Some(self.python.clone()), ..Project::open(&self.project, sources)? };
        driver::load(&project, sources, &mut |_| ())
    }
}

/// Builds a scorer of a fitted model. Gives the certificate as JSON and as a page.
#[pyfunction]
fn compile(py: Python<'_>, fitted: Fitted, targets: Vec<String>, out: PathBuf) -> PyResult<(String, String)> {
    answered(py, move |sources| {
        let targets: Vec<Target> = targets.iter().map(|name| cli::target_of(name)).collect::<Result<_, _>>()?;
        let scorer = fitted.load(sources)?;
        let request = Request { targets: &targets, data: None, out: &out, original: OriginalUse::Required, least_reached: 0.0 };
        let built = driver::build(&scorer, &request, sources, &Tools::of_environment(), &mut |_| ())?;
        let files = certificate::files(&scorer, &built.verification);
        let text = |name: &str| {
            files.iter().find(|file| file.path == name).map(|file| String::from_utf8_lossy(&file.contents).into_owned()).unwrap_or_default()
        };
        Ok((text("equivalence.json"), text("report.html")))
    })
}

/// What a scorer of a fitted model would take and give, as JSON and for people.
#[pyfunction]
fn inspect(py: Python<'_>, fitted: Fitted) -> PyResult<(String, String)> {
    answered(py, move |sources| {
        let scorer = fitted.load(sources)?;
        Ok((cli::inspect::json(&scorer).to_string(), cli::inspect::text(&scorer)))
    })
}

/// Runs a command line, the program's name first, and gives its exit code.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| cli::run(arguments))
}

/// Does something without holding Python up. Errors: the diagnostics as text.
fn answered<T: Send>(py: Python<'_>, work: impl FnOnce(&mut Sources) -> Result<T, Problem> + Send) -> PyResult<T> {
    py.detach(|| {
        let mut sources = Sources::new();
        work(&mut sources).map_err(|problem| render::human(&problem.diagnostics(), &sources, render::Colour::Plain))
    })
    .map_err(ConversionError::new_err)
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ConversionError", module.py().get_type::<ConversionError>())?;
    module.add_function(wrap_pyfunction!(compile, module)?)?;
    module.add_function(wrap_pyfunction!(inspect, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)
}
