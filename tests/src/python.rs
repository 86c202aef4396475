//! The cases of `cases/python`: a snippet on `df`, rows, and what real pandas gives for them; or the diagnostic that refuses it.

use std::path::{Path, PathBuf};

use ir::{Elem, Literal};

/// A case as it is written.
pub struct Case {
    pub snippet: String,
    /// Names and types of the columns of `df`.
    pub inputs: Vec<(String, String)>,
    /// Names and pandas' types of the results; `#status` is one.
    pub results: Vec<(String, String)>,
    /// Inputs, then results.
    pub rows: Vec<Vec<String>>,
    /// The table under `## Training`, with its header; the rows themselves where there is none.
    pub training: Option<Vec<Vec<String>>>,
    /// The diagnostic that the case expects.
    pub refusal: Option<String>,
    pub ulps: u64,
    /// A library that the snippet imports besides the usual ones.
    pub needs: Option<String>,
}

fn split(line: &str) -> Vec<String> {
    line.trim().trim_start_matches('|').trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn fenced<'a>(text: &'a str, fence: &str) -> Option<&'a str> {
    let start = text.find(&format!("```{fence}\n"))? + fence.len() + 4;
    let end = text[start..].find("```\n").or_else(|| text[start..].find("```"))?;
    Some(&text[start..start + end])
}

pub fn read(text: &str) -> Case {
    let mut lines = text.lines().skip_while(|line| !line.starts_with('|'));
    let header = split(lines.next().unwrap());
    let typed = |cell: &str| {
        cell.rsplit_once(':').map_or((cell.to_owned(), String::new()), |(name, kind)| (name.trim().to_owned(), kind.trim().to_owned()))
    };
    let rows = lines.skip(1).take_while(|line| line.starts_with('|')).map(split).collect();
    let ulps = text.find("Within ").and_then(|at| text[at + 7..].split(' ').next()?.parse().ok()).unwrap_or(0);
    let needs =
        text.split_once("Needs ").and_then(|(_, rest)| rest.split_once(['.', ' '])).map(|(needs, _)| needs.trim_matches('`').to_owned());
    Case {
        needs,
        snippet: fenced(text, "python").unwrap().to_owned(),
        inputs: header.iter().filter(|cell| !cell.starts_with("->")).map(|cell| typed(cell)).collect(),
        results: header.iter().filter_map(|cell| cell.strip_prefix("->")).map(|cell| typed(cell.trim())).collect(),
        rows,
        training: text.split_once("\n## Training\n").map(|(_, rest)| table(rest)),
        refusal: fenced(text, "diagnostic").map(str::to_owned),
        ulps,
    }
}

/// The cells of the first table of a text, header first, without types.
fn table(text: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> =
        text.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|')).map(split).collect();
    rows.remove(1);
    rows[0].iter_mut().for_each(|cell| *cell = cell.rsplit_once(':').map_or(cell.clone(), |(name, _)| name.trim().to_owned()));
    rows
}

impl Case {
    /// Writes the case as a project: `case.py`, `train.csv` and `score.csv`. Rows on which pandas raises are left out, since a script that
    /// raises has no record.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let names: Vec<String> = self.inputs.iter().map(|(name, _)| name.clone()).collect();
        let good = |row: &&Vec<String>| row.get(names.len()).is_none_or(|status| status != "invalid");
        let rows: Vec<Vec<String>> = self.rows.iter().filter(good).map(|row| row[..names.len()].to_vec()).collect();
        let with_target = |row: &Vec<String>| [row.as_slice(), &["1".to_owned()]].concat();
        let training = self.training.clone().unwrap_or_else(|| {
            let header = [names.as_slice(), &["target".to_owned()]].concat();
            std::iter::once(header).chain(rows.iter().map(with_target)).collect()
        });
        write_csv(&folder.join("train.csv"), training.iter());
        write_csv(&folder.join("score.csv"), std::iter::once(&names).chain(&rows));
        let path = folder.join("case.py");
        std::fs::write(&path, script(self)).unwrap();
        path
    }
}

fn write_csv<'r>(path: &Path, rows: impl Iterator<Item = &'r Vec<String>>) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    for row in rows {
        writer.write_record(row.iter().map(|cell| if cell == "null" { String::new() } else { unquoted(cell) })).unwrap();
    }
    writer.flush().unwrap();
}

/// The whole script of a case, as `expect.py` writes it.
pub fn script(case: &Case) -> String {
    let dtype = |kind: &str| match kind {
        "f64?" => "float64",
        "i64" => "int64",
        "str?" => "str",
        "bool" => "bool",
        other => panic!("no input of type {other}"),
    };
    let dtypes: Vec<String> = case.inputs.iter().map(|(name, kind)| format!("{name:?}: {:?}", dtype(kind))).collect();
    let dtypes = dtypes.join(", ");
    format!(
        "import numpy as np\nimport pandas as pd\n\ntrain = pd.read_csv(\"train.csv\", dtype={{{dtypes}}})\ndf = pd.read_csv(\"score.csv\", dtype={{{dtypes}}})\n{}",
        case.snippet
    )
}

/// A text cell: quoted as in JSON where that is needed.
pub fn unquoted(cell: &str) -> String {
    if cell.starts_with('"') { serde_json::from_str(cell).unwrap() } else { cell.to_owned() }
}

/// A cell of an input column.
pub fn input(elem: Elem, cell: &str) -> Literal {
    if cell == "null" {
        return Literal::Null(elem);
    }
    match elem {
        Elem::F64 => Literal::F64(cell.parse().unwrap()),
        Elem::I64 => Literal::I64(cell.parse().unwrap()),
        Elem::Bool => Literal::Bool(cell.eq_ignore_ascii_case("true")),
        Elem::Str => Literal::Str(unquoted(cell)),
        other => panic!("no input of type {other}"),
    }
}

/// Whether the Python to compare with can do these imports; without one a test says so and passes.
pub fn can_import(what: &str) -> bool {
    with(what).is_some()
}

/// The Python to compare with, if it can do these imports; without one a test says so and passes.
pub fn with(what: &str) -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("SCOREWRIGHT_PYTHON").unwrap_or_else(|| "python3".into()));
    let there =
        std::process::Command::new(&python).args(["-c", &format!("import {what}")]).output().is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: no Python with {what} (set SCOREWRIGHT_PYTHON)");
    }
    there.then_some(python)
}

/// The folder that a script beside these tests fills, which needs these imports: made once, and anew when the script or what is pinned
/// changes. `None` without such a Python.
pub fn made_by(script: &str, folder: &str, needs: &str) -> Option<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/made").join(folder);
    let pins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/requirements.txt");
    let (text, stamp) = ([&script, &pins].map(|file| std::fs::read_to_string(file).unwrap()).concat(), folder.join("made-by.txt"));
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == text) {
        return Some(folder);
    }
    let python = with(needs)?;
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let output = std::process::Command::new(python).arg(&script).arg(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(stamp, text).unwrap();
    Some(folder)
}

/// The files of all cases, by name; with `CASE` set, of those that have it in their name.
pub fn files() -> Vec<PathBuf> {
    let only = std::env::var("CASE").unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/python");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    paths.retain(|path| path.to_string_lossy().contains(&only));
    paths.sort();
    paths
}
