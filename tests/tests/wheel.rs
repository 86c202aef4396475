//! The Python package, built and used as a user does. Where maturin is not at hand (`cargo xtask wheel` gets it), nothing is built.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::path::{Path, PathBuf};
use std::process::Command;

const USE: &str = r#"
import pandas as pd
import scorewright
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

rows = pd.DataFrame({"age": [21.0, 35.5, 48.0, 60.0, 33.0], "pay": [1000, 2500, 1800, 4000, 900]})
pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, rows.pay > 1500)

certificate = scorewright.compile(pipeline, rows, target="wasm", out="scorer", project="project")
assert certificate.passed and certificate.verdict == "PASSED", certificate
assert certificate.to_dict()["predicate"]["rows"]["data"] == 5
assert certificate._repr_html_().startswith("<iframe srcdoc=\"&lt;!doctype html&gt;")
assert "5 data rows" in repr(certificate)
outputs = scorewright.inspect(pipeline, rows.to_numpy(), method="predict_proba").to_dict()["outputs"]
assert [output["name"] for output in outputs] == ["probability_False", "probability_True"], outputs

SCALE = 1000

def in_thousands(rows):
    return rows / SCALE

ratio = make_pipeline(FunctionTransformer(in_thousands), LogisticRegression()).fit(rows, rows.pay > 1500)
certificate = scorewright.compile(ratio, rows, target="wasm", out="ratio", method="predict", project="ratio-project")
assert certificate.passed and "SCALE = 1000" in open("ratio-project/score.py").read()

for refused, why in [
    (make_pipeline(FunctionTransformer(lambda rows: rows * 2)), "a lambda"),
    (StandardScaler(), "is not fitted"),
    ("a text", "holds no estimator"),
]:
    try:
        scorewright.compile(refused, rows, out="refused")
    except scorewright.ConversionError as error:
        assert why in str(error), error
    else:
        raise AssertionError(why)
"#;

fn maturin() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/maturin-venv/bin/maturin");
    let runs = |program: &PathBuf| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    [PathBuf::from("maturin"), own].into_iter().find(runs)
}

#[test]
fn the_package_compiles_a_pipeline_and_has_the_command() {
    let Some(maturin) = maturin() else {
        println!("skipped: no maturin (`cargo xtask wheel` installs it)");
        return;
    };
    if !tests::python::can_import("pandas, sklearn; assert pandas.__version__ >= '3'") {
        return;
    }
    let python = std::env::var_os("SCOREWRIGHT_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/python");
    run(Command::new(maturin).args(["build", "--profile", "dev", "--offline", "--out"]).arg(folder.path()).current_dir(package));
    let wheel = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).next().unwrap();
    // A wheel is a ZIP file of what goes on the path.
    let site = folder.path().join("site");
    run(Command::new(&python).args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&site));
    let in_python = |arguments: &[&str]| run(Command::new(&python).args(arguments).current_dir(folder.path()).env("PYTHONPATH", &site));
    std::fs::write(folder.path().join("use.py"), USE).unwrap();
    in_python(&["use.py"]);
    assert!(in_python(&["-m", "scorewright", "--version"]).starts_with("scorewright "));
    in_python(&["-m", "scorewright", "check", "scorer"]);
}
