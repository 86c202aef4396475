//! The cases of `tests/cases` with their recorded answers.

#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "what cannot be read fails the test; not every test uses all")]

use std::fs;
use std::path::{Path, PathBuf};

use check::{Checked, check};
use interp::{Datum, Interp, Outcome};
use ir::{Elem, Field, Literal};
use source::Sources;

/// Rows and the reference's answers. A row that the reference refuses has our rejection for an answer, whichever it is.
pub struct Case {
    pub checked: Checked,
    pub rows: Vec<Vec<Datum>>,
    pub answers: Vec<Outcome>,
    /// Whether its `case.toml` says that the original is not within the derived bounds.
    pub is_beyond: bool,
}

pub fn cases(kind: &str) -> Vec<(String, Case)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(kind);
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("case.toml").exists());
    folders.sort();
    folders.iter().map(|folder| (folder.file_name().unwrap().to_string_lossy().into_owned(), case(folder))).collect()
}

fn case(folder: &Path) -> Case {
    let mut sources = Sources::new();
    let module = if folder.join("model.onnx").exists() {
        let id = sources.add_binary("model.onnx");
        front_onnx::read(fs::read(folder.join("model.onnx")).unwrap(), id, &sources, &front_onnx::Options::default()).unwrap()
    } else {
        let bytes = fs::read(folder.join("model.pmml")).unwrap();
        let id = sources.add("model.pmml", String::from_utf8_lossy(&bytes));
        front_pmml::read(&bytes, id, &sources).unwrap()
    };
    let is_beyond = fs::read_to_string(folder.join("case.toml")).unwrap().contains("beyond = ");
    let checked = check(module).unwrap();
    let entry = checked.entry_function();
    let (rows, expected) = (table(&folder.join("rows.csv")), table(&folder.join("expected.csv")));
    let status = expected.0.iter().position(|name| name == "#status");
    let data = |fields: &[Field], (header, row): (&[String], &[String])| fields.iter().map(|field| datum(field, header, row)).collect();
    let rows: Vec<Vec<Datum>> = rows.1.iter().map(|row| data(&entry.params, (&rows.0, row))).collect();
    let results: Vec<Field> = entry.results.iter().map(|output| output.field.clone()).collect();
    let interp = Interp::new(&checked);
    let answer = |(row, answer): (&Vec<Datum>, &Vec<String>)| {
        if status.is_some_and(|at| answer[at] == "invalid") {
            return match interp.run(row) {
                Outcome::Rejected(number) => Outcome::Rejected(number),
                Outcome::Scored(_) => Outcome::Rejected(usize::MAX),
            };
        }
        Outcome::Scored(data(&results, (&expected.0, answer)))
    };
    let answers = rows.iter().zip(&expected.1).map(answer).collect();
    Case { rows, answers, checked, is_beyond }
}

fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect())
}

fn datum(field: &Field, header: &[String], row: &[String]) -> Datum {
    let cell = |name: &str| literal(&row[header.iter().position(|there| there == name).unwrap()], field);
    if field.ty.is_scalar() {
        return Datum::Scalar(cell(&field.name));
    }
    Datum::Tensor((0..field.ty.count()).map(|index| cell(&format!("{}[{index}]", field.name))).collect())
}

fn literal(text: &str, field: &Field) -> Literal {
    match field.ty.elem {
        elem if text.is_empty() && field.ty.nullable => Literal::Null(elem),
        Elem::Bool => Literal::Bool(text == "true"),
        Elem::I32 => Literal::I32(text.parse().unwrap()),
        Elem::I64 => Literal::I64(text.parse().unwrap()),
        Elem::F32 => Literal::F32(text.parse().unwrap()),
        Elem::F64 => Literal::F64(text.parse().unwrap()),
        Elem::Str => Literal::Str(text.to_owned()),
        Elem::Date | Elem::DateTime | Elem::Duration => panic!("no case has times"),
    }
}

/// The modules of the scripts under `tests/cases/python` and `tests/corpus`, by name. What is refused is passed over.
pub fn scripts() -> Vec<(String, Checked)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let files = |folder: &Path, ending: &str| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.to_string_lossy().ends_with(ending));
        paths.sort();
        paths
    };
    let cases = files(&root.join("cases/python"), ".md").into_iter().filter_map(|path| {
        let text = script(&fs::read_to_string(&path).unwrap())?;
        Some((path.file_stem()?.to_string_lossy().into_owned(), text, path.with_extension("state.json")))
    });
    // Notebooks and scripts with modules need more than a text; they are compared in the crate `tests`.
    let corpus = files(&root.join("corpus"), "").into_iter().filter_map(|path| {
        let text = fs::read_to_string(path.join("script.py")).ok()?;
        Some((path.file_name()?.to_string_lossy().into_owned(), text, path.join("state.json")))
    });
    let convert = |(name, text, state): (String, String, PathBuf)| {
        let mut sources = Sources::new();
        let file = sources.add("script.py", text);
        let record = serde_json::from_str(&fs::read_to_string(state).ok()?).unwrap();
        let conversion = front_python::convert(file, &sources, &record, &front_python::Options::default()).ok()?;
        Some((name, check(conversion.module).unwrap()))
    };
    cases.chain(corpus).filter_map(convert).collect()
}

/// The whole script of a case, as `expect.py` beside it writes it.
fn script(case: &str) -> Option<String> {
    let start = case.find("```python\n")? + 10;
    let snippet = &case[start..start + case[start..].find("```")?];
    let header = case.lines().find(|line| line.starts_with('|'))?;
    let cells = header.trim_matches('|').split('|').map(str::trim).filter(|cell| !cell.starts_with("->"));
    let dtype = |cell: &str| {
        let (name, kind) = cell.rsplit_once(':')?;
        let kind = match kind.trim() {
            "f64?" => "float64",
            "i64" => "int64",
            "str?" => "str",
            "bool" => "bool",
            _ => return None,
        };
        Some(format!("{:?}: {kind:?}", name.trim()))
    };
    let dtypes = cells.map(dtype).collect::<Option<Vec<_>>>()?.join(", ");
    let read = |frame: &str, file: &str| format!("{frame} = pd.read_csv(\"{file}\", dtype={{{dtypes}}})\n");
    let reads = format!("{}{}", read("train", "train.csv"), read("df", "score.csv"));
    Some(format!("import numpy as np\nimport pandas as pd\n\n{reads}{snippet}"))
}
