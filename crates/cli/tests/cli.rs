//! The program as a user or a CI job meets it: what it says, what it writes, its exit code.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The credit example; its script's record is stored, so no Python is needed to convert it.
fn credit() -> PathBuf {
    root().join("examples/german-credit")
}

fn scorewright(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scorewright")).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs and demands an exit code.
fn expect(wanted: i32, arguments: &[&str]) -> Output {
    let output = scorewright(arguments);
    assert_eq!(code(&output), wanted, "{arguments:?}\n{}", said(&output));
    output
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Whether there is a Python with pandas 3.
fn has_python() -> bool {
    tests::python::can_import("pandas, sklearn; assert pandas.__version__ >= '3'")
}

#[test]
fn help_is_there_for_every_command_and_teaches_exit_codes() {
    assert!(String::from_utf8_lossy(&expect(0, &["--help"]).stdout).contains("Exit codes"));
    for command in ["inspect", "build", "capture", "check", "run"] {
        let help = expect(0, &[command, "--help"]);
        assert!(String::from_utf8_lossy(&help.stdout).contains("Usage"), "{command}");
    }
    expect(1, &["bulid"]);
    expect(1, &["run", "model.onnx"]);
}

#[test]
fn inspect_says_what_goes_in_and_what_is_frozen() {
    let project = credit().join("scorewright.toml");
    let told = String::from_utf8(expect(0, &["inspect", text(&project)]).stdout).unwrap();
    for wanted in ["months_loan_duration", "output_probability_defaulted", "median_age", "StandardScaler"] {
        assert!(told.contains(wanted), "{told}");
    }
    let json = expect(0, &["--format", "json", "inspect", text(&project)]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["inputs"].as_array().unwrap().len(), 18);
    assert_eq!(json["script"]["output"], "X_score");
}

#[test]
fn a_notebook_is_converted_and_its_cells_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (notebook, out) = (root().join("tests/corpus/club_members/notebook.ipynb"), folder.path().join("scorer"));
    let (state, rows) = (notebook.with_file_name("state.json"), notebook.with_file_name("score.csv"));
    let json = expect(0, &["--format", "json", "inspect", text(&notebook), "--state", text(&state)]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((json["script"]["frozen"][0]["cell"].as_u64(), json["script"]["frozen"][0]["line"].as_u64()), (Some(7), Some(3)));
    let data = ["--data", text(&rows), "--no-original", "--target", "rust", "--out", text(&out)];
    let made = expect(0, &[&["build", text(&notebook), "--state", text(&state)][..], &data].concat());
    assert!(said(&made).contains("--> notebook.ipynb cell 5 line 2\n"), "{}", said(&made));
    let code = fs::read_to_string(out.join("rust/src/lib.rs")).unwrap();
    assert!(code.contains("// notebook.ipynb cell 7 line 3: df['fee'] = df['fee'].fillna(fee)"), "{code}");
    if has_python() {
        expect(0, &["check", text(&out)]);
    }
}

/// Its output has a column of a file and two of a pipeline that is not converted.
#[test]
fn a_part_of_the_output_is_converted_if_asked() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (page, out) = (folder.path().join("page.html"), folder.path().join("scorer"));
    fs::write(folder.path().join("train.csv"), "a,b,y\n1.0,2.0,0\n3.0,4.0,1\n").unwrap();
    fs::write(folder.path().join("score.csv"), "a,b\n1.0,2.0\n5.0,\n").unwrap();
    let script = folder.path().join("prepare.py");
    let read = "import pandas as pd\ntrain = pd.read_csv('train.csv')\ntest = pd.read_csv('score.csv')\n";
    fs::write(&script, format!("{read}test['c'] = test['b'].rolling(2).mean()\ntest['d'] = test['a'] * 2\n")).unwrap();
    let refused = expect(2, &["--format", "json", "inspect", text(&script), "--html", text(&page)]);
    let json: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(json["script"]["columns"]["share"], 0.75);
    assert_eq!(json["script"]["columns"]["blocked"][0]["name"], "c");
    assert!(fs::read_to_string(&page).unwrap().contains("3 of 4 output columns convert"));
    expect(2, &["build", text(&script), "--target", "rust", "--out", text(&out)]);
    let built = expect(0, &["build", text(&script), "--partial", "--target", "rust", "--out", text(&out)]);
    assert!(said(&built).contains("the output column `c` is left out: `rolling` looks at several rows at once"), "{}", said(&built));
    expect(0, &["check", text(&out)]);
}

#[test]
fn run_writes_the_same_file_on_every_executor() {
    let folder = tempfile::tempdir().unwrap();
    let (project, rows) = (credit().join("scorewright.toml"), credit().join("score.csv"));
    let mut files = Vec::new();
    for on in ["interp", "rust", "java", "wasm"] {
        let out = folder.path().join(format!("{on}.csv"));
        expect(0, &["run", text(&project), "--on", on, "--in", text(&rows), "--out", text(&out)]);
        files.push(fs::read(&out).unwrap());
    }
    assert_eq!(files[0].iter().filter(|byte| **byte == b'\n').count(), 301);
    assert!(files.windows(2).all(|pair| pair[0] == pair[1]));
}

/// The credit scorer without the original, in a folder of its own.
fn built(folder: &Path) -> PathBuf {
    let (project, out) = (credit().join("scorewright.toml"), folder.join("scorer"));
    expect(0, &["build", text(&project), "--no-original", "--target", "rust", "--out", text(&out)]);
    out
}

#[test]
fn check_passes_what_build_wrote_and_fails_what_somebody_changed() {
    let folder = tempfile::tempdir().unwrap();
    let scorer = built(folder.path());
    let report = folder.path().join("report");
    let rows = credit().join("score.csv");
    let output = expect(0, &["check", text(&scorer), "--no-original", "--data", text(&rows), "--report", text(&report)]);
    assert!(!said(&output).contains("is not as it was"), "{}", said(&output));
    assert!(fs::read_to_string(report.join("junit.xml")).unwrap().contains("failures=\"0\""));

    let output = expect(6, &["check", text(&scorer), "--no-original", "--min-coverage", "100.0"]);
    assert!(said(&output).contains("not reached: "), "{}", said(&output));
    expect(0, &["check", text(&scorer), "--no-original", "--min-coverage", "90"]);

    let code = scorer.join("rust/src/lib.rs");
    let spoiled = fs::read_to_string(&code).unwrap().replacen("{ 34.0 }", "{ 60.0 }", 1);
    fs::write(&code, spoiled).unwrap();
    let output = expect(5, &["check", text(&scorer), "--no-original", "--report", text(&report)]);
    assert!(said(&output).contains("rust/src/lib.rs is not as it was"), "{}", said(&output));
    assert!(said(&output).contains("rust differs from the interpreter"), "{}", said(&output));
    assert!(fs::read_to_string(report.join("junit.xml")).unwrap().contains("<failure"));
}

#[test]
fn a_scorer_without_its_original_cannot_be_checked_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let scorer = built(folder.path());
    let moved = tempfile::tempdir().unwrap();
    let elsewhere = moved.path().join("deep/er/scorer");
    fs::create_dir_all(elsewhere.parent().unwrap()).unwrap();
    fs::rename(&scorer, &elsewhere).unwrap();
    let output = expect(7, &["check", text(&elsewhere)]);
    assert!(said(&output).contains("--no-original"), "{}", said(&output));
}

#[test]
fn a_damaged_scorer_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let scorer = built(folder.path());
    fs::write(scorer.join("scorer.ir"), "scorewright-ir 1\nmodule \"x\"\nfn").unwrap();
    assert!(said(&expect(1, &["check", text(&scorer), "--no-original"])).contains("scorer.ir"));
    fs::write(scorer.join("manifest.json"), "{").unwrap();
    assert!(said(&expect(1, &["check", text(&scorer), "--no-original"])).contains("manifest.json"));
}

#[test]
fn a_project_file_with_a_wrong_field_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("scorewright.toml");
    fs::write(&project, "script = \"prepare.py\"\nmodle = \"model.onnx\"\n").unwrap();
    let output = expect(2, &["inspect", text(&project)]);
    assert!(said(&output).contains("modle") && said(&output).contains("scorewright.toml:2"), "{}", said(&output));
    fs::write(&project, "name = \"x\"\n").unwrap();
    assert!(said(&expect(2, &["inspect", text(&project)])).contains("neither a script nor a model"));
}

const SCRIPT: &str = "import pandas as pd\ntrain = pd.read_csv('train.csv')\nscore = pd.read_csv('score.csv')\nscore['b'] = score['a'].fillna(train['a'].mean()) * 2\nout = score[['b']]\n";

fn project(folder: &Path, script: &str) -> PathBuf {
    fs::write(folder.join("train.csv"), "id,a,y\n1,1,0\n2,2,1\n3,4.5,1\n").unwrap();
    fs::write(folder.join("score.csv"), "id,a\n4,3\n5,\n6,0.1\n").unwrap();
    let path = folder.join("prepare.py");
    fs::write(&path, script).unwrap();
    path
}

#[test]
fn a_script_is_built_and_a_changed_original_is_noticed() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = project(folder.path(), SCRIPT);
    let (out, state) = (folder.path().join("scorer"), folder.path().join("state.json"));
    let arguments = ["build", text(&script), "--output", "out", "--target", "rust,wasm", "--out", text(&out), "--state", text(&state)];
    let output = expect(0, &arguments);
    assert!(said(&output).contains("IDENTICAL"), "{}", said(&output));
    let certificate: serde_json::Value = serde_json::from_slice(&fs::read(out.join("equivalence.json")).unwrap()).unwrap();
    assert_eq!(certificate["predicate"]["result"], "PASSED");
    assert_eq!(certificate["predicate"]["original"]["onData"]["rows"], 3);
    // The stored record converts to the same bytes.
    let first = fs::read(out.join("scorer.ir")).unwrap();
    expect(0, &arguments);
    assert_eq!(fs::read(out.join("scorer.ir")).unwrap(), first);
    assert!(!said(&scorewright(&arguments)).contains("record the script"));

    expect(0, &["check", text(&out)]);
    fs::write(&script, SCRIPT.replace("* 2", "* 2.0000000000000004")).unwrap();
    let output = expect(4, &["check", text(&out)]);
    assert!(said(&output).contains("UNEXPLAINED") && said(&output).contains("prepare.py is not as it was"), "{}", said(&output));
    fs::write(&script, SCRIPT.replace("* 2", "> 2")).unwrap();
    assert!(said(&expect(3, &["check", text(&out)])).contains("SEMANTIC"));
}

#[test]
fn a_script_that_raises_and_a_python_without_pandas_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let script = project(folder.path(), &SCRIPT.replace("score['a'].fillna", "score['z'].fillna"));
    let nowhere = folder.path().join("no-python");
    let output = expect(7, &["inspect", text(&script), "--python", text(&nowhere)]);
    assert!(said(&output).contains("--python"), "{}", said(&output));
    if has_python() {
        let output = expect(2, &["inspect", text(&script)]);
        assert!(said(&output).contains("KeyError") && said(&output).contains("prepare.py:4"), "{}", said(&output));
        let out = folder.path().join("scorer");
        expect(2, &["build", text(&script), "--out", text(&out)]);
        assert!(!out.exists());
    }
}

/// `mvn verify` needs a repository to download from, so it is not run here; `execute` compiles and runs the same Java.
#[test]
fn what_is_emitted_passes_its_own_tests_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let (project, out) = (credit().join("scorewright.toml"), folder.path().join("scorer"));
    expect(0, &["build", text(&project), "--no-original", "--target", "rust,wasm", "--out", text(&out)]);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut rust = Command::new(cargo);
    rust.args(["test", "--offline", "--target-dir"]).arg(folder.path().join("target")).current_dir(out.join("rust"));
    let mut node = Command::new("node");
    node.arg("--test").current_dir(out.join("wasm"));
    for (name, command, wanted) in
        [("cargo test", rust.env("RUSTFLAGS", "-D warnings"), "20 passed"), ("node --test", &mut node, "# fail 0")]
    {
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success() && told.contains(wanted), "{name}\n{told}");
    }
}

const GLUED: &str = "import pandas as pd\ntrain = pd.read_csv('train.csv')\nscore = pd.read_csv('score.csv')\nn = len(train)\nboth = pd.concat([train, score]).reset_index(drop=True)\nboth['b'] = both['a'].fillna(both['a'].mean())\nout = both[n:][['b']]\n";

/// The original computes such a statistic anew for other rows, so it is held when it is run on those, and the certificate says so.
#[test]
fn statistics_over_the_scoring_rows_are_held_as_in_the_recorded_run() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = project(folder.path(), GLUED);
    let out = folder.path().join("scorer");
    expect(0, &["build", text(&script), "--output", "out", "--target", "wasm", "--out", text(&out)]);
    for data in [None, Some(folder.path().join("fresh.csv"))] {
        std::fs::write(folder.path().join("fresh.csv"), "a\n\n7\n").unwrap();
        let data: Vec<&str> = data.iter().flat_map(|data| ["--data", text(data)]).collect();
        let output = expect(0, &[["check", text(&out)].as_slice(), &data].concat());
        assert!(said(&output).contains("was held"), "{}", said(&output));
        assert!(said(&output).contains("its own output stays as it was"), "{}", said(&output));
    }
}

const KEYED: &str = "import pandas as pd\nclaims = pd.read_csv('claims.csv')\npaid = claims[claims['paid'].notna()]\nopened = claims[claims['paid'].isna()]\nout = opened['a'].fillna(paid['a'].mean()) * 2\nout.name = 'twice'\nout.index = opened['claim'].values\n";

/// What the scorer scores is compared with the rows that the script's output names by their keys.
#[test]
fn rows_of_an_output_are_told_by_their_keys() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = project(folder.path(), KEYED);
    fs::write(folder.path().join("claims.csv"), "claim,a,paid\nC7,1,10\nC3,,\nC9,3,30\nC1,0.5,\nC4,6,\n").unwrap();
    let out = folder.path().join("scorer");
    let output = expect(0, &["build", text(&script), "--output", "out", "--target", "wasm", "--out", text(&out)]);
    assert!(said(&output).contains("5 data rows"), "{}", said(&output));
}

/// Saves fitted models of several kinds, and samples for them, into the folder that it is run in.
const FITTED: &str = r#"
import joblib, pickle, cloudpickle
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from ages import in_decades

random = np.random.default_rng(7)
table = pd.DataFrame({"age": random.normal(40, 9, 120).round(), "pay": random.gamma(2, 900, 120).round(1), "city": random.choice(["Oslo", "Bergen"], 120)})
risk = np.where(table.pay + random.normal(0, 300, 120) > 1500, "very low", "high")
ages = pd.DataFrame({"age": table.age, "pay": table.pay})
table.loc[3:20, "age"] = np.nan
table.loc[15:30, "city"] = None
table.head(40).assign(other=1).to_csv("table.csv", index=False)
ages.head(40).to_parquet("ages.parquet")
np.save("array.npy", ages.to_numpy()[:40])
ages[["pay"]].to_csv("pay.csv", index=False)

numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
columns = ColumnTransformer([("numbers", numbers, ["age", "pay"]), ("texts", texts, ["city"])])
joblib.dump(make_pipeline(columns, LogisticRegression()).fit(table, risk), "pipeline.joblib")
joblib.dump(RandomForestRegressor(4, max_depth=3, random_state=0).fit(ages.to_numpy(), ages.pay), "forest.joblib")
with open("searched.pkl", "wb") as file:
    pickle.dump(GridSearchCV(RandomForestClassifier(4, random_state=0), {"max_depth": [2, 3]}, cv=2).fit(ages, risk), file)
joblib.dump(make_pipeline(FunctionTransformer(in_decades), Ridge()).fit(ages, ages.pay), "function.joblib")
joblib.dump(StandardScaler().fit(ages), "scaler.joblib")

with open("lambda.pkl", "wb") as file:
    cloudpickle.dump(make_pipeline(FunctionTransformer(lambda rows: rows * 2), Ridge()).fit(ages, ages.pay), file)
def doubled(rows):
    return rows * 2
joblib.dump(make_pipeline(FunctionTransformer(doubled), Ridge()).fit(ages, ages.pay), "main.joblib")
joblib.dump({"model": Ridge()}, "dict.joblib")
joblib.dump(Ridge(), "unfitted.joblib")
"#;

const AGES: &str = "def in_decades(rows):\n    rows = rows.copy()\n    rows[\"age\"] = rows[\"age\"] // 10\n    return rows\n";

fn fitted() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("fit.py", FITTED), ("ages.py", AGES)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let python = std::env::var_os("SCOREWRIGHT_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python).arg("fit.py").current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    folder
}

#[test]
fn a_fitted_model_becomes_a_project_that_is_built_without_python() {
    if !has_python() {
        return;
    }
    let folder = fitted();
    let at = |name: &str| folder.path().join(name);
    for (model, data, method, script) in [
        ("pipeline.joblib", "table.csv", None, "scores[[\"probability_high\", \"probability_very low\"]] = model.predict_proba(rows)\n"),
        (
            "forest.joblib",
            "array.npy",
            None,
            "rows = sample[[\"x0\", \"x1\"]].to_numpy()\nscores = pd.DataFrame({\"prediction\": model.predict(rows)})\n",
        ),
        ("searched.pkl", "ages.parquet", Some("predict"), "    model = pickle.load(file)\n\nrows = sample[[\"age\", \"pay\"]]\n"),
        ("function.joblib", "ages.parquet", None, "import ages  # the model's own\n"),
        ("scaler.joblib", "ages.parquet", None, "scores = pd.DataFrame(model.transform(rows), columns=[\"age\", \"pay\"])\n"),
    ] {
        let (model, data, captured, out) = (at(model), at(data), at("captured"), at("scorer"));
        let asked: Vec<&str> = method.iter().flat_map(|method| ["--method", method]).collect();
        expect(0, &[&["capture", text(&model), "--data", text(&data), "--out", text(&captured)], asked.as_slice()].concat());
        let written = fs::read_to_string(captured.join("score.py")).unwrap();
        assert!(written.contains(script), "{written}");
        // The record is enough to convert; the original is then run as that of any script.
        let nowhere = at("no-python");
        expect(0, &["inspect", text(&captured), "--python", text(&nowhere)]);
        let built = expect(0, &["build", text(&captured), "--target", "wasm", "--out", text(&out)]);
        assert!(said(&built).contains("wasm  identical to the interpreter") && said(&built).contains("pandas on"), "{}", said(&built));
    }
}

#[test]
fn a_model_that_cannot_be_captured_is_refused_by_name() {
    if !has_python() {
        return;
    }
    let folder = fitted();
    let at = |name: &str| folder.path().join(name);
    let captured = at("captured");
    for (model, data, wanted) in [
        ("lambda.pkl", "ages.parquet", "`lambda.pkl` holds a lambda (in Pipeline.FunctionTransformer)"),
        ("main.joblib", "ages.parquet", "needs `doubled`, which the script or notebook that saved it defines"),
        ("dict.joblib", "ages.parquet", "holds no estimator of scikit-learn but a dict with 'model'"),
        ("unfitted.joblib", "ages.parquet", "the Ridge in `unfitted.joblib` is not fitted"),
        ("scaler.joblib", "pay.csv", "the sample has no column `age`"),
        ("forest.joblib", "pay.csv", "was fitted with 2 columns without names, and the sample has 1"),
        ("table.csv", "table.csv", "`table.csv` cannot be loaded"),
    ] {
        let output = expect(2, &["capture", text(&at(model)), "--data", text(&at(data)), "--out", text(&captured)]);
        assert!(said(&output).contains(wanted), "{}", said(&output));
        assert!(!captured.exists());
    }
    assert!(said(&expect(2, &["build", text(&at("scaler.joblib"))])).contains("scorewright capture"));
    expect(1, &["capture", text(&at("nothing.joblib")), "--data", text(&at("pay.csv"))]);
    expect(1, &["capture", text(&at("scaler.joblib")), "--data", text(&at("ages.parquet")), "--out", text(folder.path())]);
}
