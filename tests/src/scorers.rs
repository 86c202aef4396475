//! Every case as a checked module with rows: the folders of ONNX, PMML and boosting models, the Python cases that are not refused, and the
//! modules in the text form of the IR, which are what random modules found.

use std::fs;
use std::path::{Path, PathBuf};

use check::Checked;
use driver::data;
use ir::{Builder, Elem, Module, Type, Val};
use plan::Cell;
use source::Sources;

use crate::python;
use crate::random::{self, Random};

/// Rows on the boundaries of a case's decisions that are added to its own.
const BOUNDARY_ROWS: usize = 400;

/// Rows of a case that brings none.
const RANDOM_ROWS: usize = 40;

/// A case to run.
pub struct Case {
    /// `onnx glue`; the module is called so too, since all cases may live in one program.
    pub name: String,
    pub checked: Checked,
    /// Those of the case, then those on boundaries.
    pub rows: Vec<Vec<Cell>>,
}

/// All of them, in a fixed order.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in ["onnx", "pmml", "boost"] {
        for folder in folders(kind) {
            let name = format!("{kind} {}", folder.file_name().unwrap().to_string_lossy());
            let scorer = driver::open(&model(&folder), &mut Sources::new()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            let checked = renamed(scorer.checked.into_module(), &name);
            let rows = data::load(&folder.join("rows.csv"), &plan::lower(&checked)).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            cases.push(case(name, checked, rows));
        }
    }
    cases.extend(python::files().iter().filter_map(|path| of_python(path)));
    cases.extend(ir_files().iter().map(|path| of_ir(path)));
    cases.push(wide());
    cases
}

/// The model of a case, whose ending says its form.
pub fn model(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.file_stem().is_some_and(|stem| stem == "model")).unwrap()
}

fn folders(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(kind);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("case.toml").exists()).collect();
    folders.sort();
    folders
}

fn ir_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/ir");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A module with random rows, the same every time.
fn of_ir(path: &Path) -> Case {
    let name = format!("ir {}", path.file_stem().unwrap().to_string_lossy());
    let module = ir::text::parse(&fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let checked = renamed(module, &name);
    let rows = random::rows(&mut Random::new(0), &checked.entry_function().params, RANDOM_ROWS);
    case(name, checked, rows)
}

/// More columns on each side than a record of Java may have components: doubles, one text, and in every seventh column what may be missing.
fn wide() -> Case {
    const WIDTH: usize = 400;
    let b = Builder::new("wide rows");
    let nullable = |at: usize| at.is_multiple_of(7);
    let elem = |at: usize| if at == 1 { Elem::Str } else { Elem::F64 };
    let field = |at: usize| b.param(format!("value {at}"), Type { nullable: nullable(at), ..Type::scalar(elem(at)) });
    let fields: Vec<Val<'_>> = (0..WIDTH).map(field).collect();
    for (at, value) in fields.iter().enumerate() {
        let next = fields[if at == 0 { 2 } else { (at + 1) % WIDTH }];
        b.result(format!("result {at}"), if at == 1 { *value } else { *value * 2.0 + next });
    }
    let checked = check::check(b.finish().unwrap()).unwrap();
    let rows = random::rows(&mut Random::new(0), &checked.entry_function().params, RANDOM_ROWS);
    Case { name: "wide rows".into(), checked, rows }
}

/// A Python case, unless it is one that is refused.
fn of_python(path: &Path) -> Option<Case> {
    let name = format!("python {}", path.file_stem().unwrap().to_string_lossy());
    let read = python::read(&fs::read_to_string(path).unwrap());
    let record = serde_json::from_str(&fs::read_to_string(path.with_extension("state.json")).unwrap()).unwrap();
    let mut sources = Sources::new();
    let file = sources.add("case.py", python::script(&read));
    let conversion = front_python::convert(file, &sources, &record, &front_python::Options::default()).ok()?;
    let checked = renamed(conversion.module, &name);
    let cell = |row: &Vec<String>, field: &ir::Field| {
        let at = read.inputs.iter().position(|(name, _)| *name == field.name).unwrap();
        Cell::Scalar(python::input(field.ty.elem, &row[at]))
    };
    let rows = read.rows.iter().map(|row| checked.entry_function().params.iter().map(|field| cell(row, field)).collect()).collect();
    Some(case(name, checked, rows))
}

fn renamed(mut module: Module, name: &str) -> Checked {
    module.name = name.into();
    check::check(module).unwrap()
}

fn case(name: String, checked: Checked, mut rows: Vec<Vec<Cell>>) -> Case {
    let boundary = driver::verify::boundary(&checked, &rows);
    rows.extend(boundary.into_iter().take(BOUNDARY_ROWS));
    Case { name, checked, rows }
}
