//! Runs case folders through the interpreter: `rows.csv` in, `expected.csv` out, tolerance from `case.toml`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a case that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use interp::{Datum, Interp, Outcome};
use ir::{Elem, Field, Literal, Module};
use source::{Diagnostic, FileId, Sources};

/// How near a float must be: units in the last place of the greater of the expected magnitude and `scale`.
#[derive(serde::Deserialize)]
struct Case {
    #[expect(dead_code, reason = "for readers")]
    description: String,
    #[expect(dead_code, reason = "for readers")]
    reference: String,
    ulps: f64,
    #[serde(default)]
    scale: f64,
    /// Why a build with this model is refused for its differences all the same.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers, and for tests of derived bounds")]
    beyond: Option<String>,
    /// Results that must be equal to the bit all the same.
    #[serde(default)]
    exact: Vec<String>,
}

/// The column of `expected.csv` that says `scored` or `invalid`; without it every row is scored.
const STATUS: &str = "#status";

pub fn folders(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(kind);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("case.toml").exists()).collect();
    folders.sort();
    folders
}

/// Runs all cases of a kind; `model` names the file of each.
pub fn check_all(
    kind: &str,
    model: impl Fn(&Path) -> String,
    read: impl Copy + Fn(&[u8], FileId, &Sources) -> Result<Module, Vec<Diagnostic>>,
) {
    let folders = folders(kind);
    assert!(!folders.is_empty());
    let mut failures = String::new();
    for folder in &folders {
        let differences = run(folder, &model(folder), read);
        if !differences.is_empty() {
            let shown: Vec<&str> = differences.iter().take(6).map(String::as_str).collect();
            let name = folder.file_name().unwrap().to_string_lossy();
            failures += &format!("\n{name} ({} differences)\n  {}", differences.len(), shown.join("\n  "));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

pub fn human(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    source::render::human(diagnostics, sources, source::render::Colour::Plain)
}

/// Every difference of a case, as text.
pub fn run(folder: &Path, file: &str, read: impl Fn(&[u8], FileId, &Sources) -> Result<Module, Vec<Diagnostic>>) -> Vec<String> {
    let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
    let bytes = fs::read(folder.join(file)).unwrap();
    let mut sources = Sources::new();
    let id = match std::str::from_utf8(&bytes) {
        Ok(text) if !file.ends_with("onnx") => sources.add(file, text),
        _ => sources.add_binary(file),
    };
    let module = match read(&bytes, id, &sources) {
        Ok(module) => module,
        Err(found) => return vec![format!("refused:\n{}", human(&found, &sources))],
    };
    let checked = match check::check(module) {
        Ok(checked) => checked,
        Err(found) => return vec![format!("unsound:\n{}", human(&found, &sources))],
    };
    let entry = checked.entry_function();
    let (params, results): (Vec<Field>, Vec<Field>) =
        (entry.params.clone(), entry.results.iter().map(|output| output.field.clone()).collect());
    let interp = Interp::new(&checked);
    let mut differences = Vec::new();
    let rows = table(&folder.join("rows.csv"));
    let expected = table(&folder.join("expected.csv"));
    assert_eq!(rows.1.len(), expected.1.len(), "rows and answers differ in number");
    for (number, (row, answer)) in std::iter::zip(&rows.1, &expected.1).enumerate() {
        let data: Vec<Datum> = params.iter().map(|field| datum(field, &rows.0, row)).collect();
        let invalid = expected.0.iter().position(|name| name == STATUS).is_some_and(|at| answer[at] == "invalid");
        match interp.run(&data) {
            Outcome::Rejected(_) if invalid => {}
            Outcome::Rejected(index) => differences.push(format!("row {number}: {}", interp.reason(index))),
            Outcome::Scored(_) if invalid => differences.push(format!("row {number}: scored, and must be invalid")),
            Outcome::Scored(values) => {
                for (field, value) in std::iter::zip(&results, &values) {
                    let wanted = datum(field, &expected.0, answer);
                    for (index, (got, wanted)) in std::iter::zip(value.elements(), wanted.elements()).enumerate() {
                        let is_exact = case.exact.contains(&field.name);
                        if if is_exact { got != wanted } else { !near(got, wanted, &case) } {
                            differences.push(format!("row {number}, {}[{index}]: {got:?}, and {wanted:?} is expected", field.name));
                        }
                    }
                }
            }
        }
    }
    differences
}

fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (headers, reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect())
}

/// A field's value from its column, or from the columns `name[i]` of a vector.
fn datum(field: &Field, headers: &[String], row: &[String]) -> Datum {
    let cell = |name: &str| {
        let at = headers.iter().position(|header| header == name).unwrap_or_else(|| panic!("no column {name} in {headers:?}"));
        literal(&row[at], field.ty.elem, field.ty.nullable)
    };
    if field.ty.shape.is_empty() {
        return Datum::Scalar(cell(&field.name));
    }
    Datum::Tensor((0..field.ty.count()).map(|index| cell(&format!("{}[{index}]", field.name))).collect())
}

fn literal(text: &str, elem: Elem, nullable: bool) -> Literal {
    if text.is_empty() && nullable {
        return Literal::Null(elem);
    }
    match elem {
        Elem::Bool => Literal::Bool(text == "true"),
        Elem::I32 => Literal::I32(text.parse().unwrap()),
        Elem::I64 => Literal::I64(text.parse().unwrap()),
        Elem::F32 => Literal::F32(text.parse().unwrap()),
        Elem::F64 => Literal::F64(text.parse().unwrap()),
        Elem::Str => Literal::Str(text.to_owned()),
        Elem::Date | Elem::DateTime | Elem::Duration => panic!("no case has times"),
    }
}

fn near(got: &Literal, wanted: &Literal, case: &Case) -> bool {
    let (a, b, epsilon) = match (got, wanted) {
        (Literal::F32(a), Literal::F32(b)) => (f64::from(*a), f64::from(*b), f64::from(f32::EPSILON)),
        (Literal::F64(a), Literal::F64(b)) => (*a, *b, f64::EPSILON),
        (got, wanted) => return got == wanted,
    };
    if a.is_nan() || b.is_nan() || a.is_infinite() || b.is_infinite() {
        return a.is_nan() && b.is_nan() || a == b;
    }
    (a - b).abs() <= case.ulps * epsilon * b.abs().max(case.scale)
}

fn sources(file: &str, bytes: &[u8]) -> (Sources, FileId) {
    let mut sources = Sources::new();
    let id = match std::str::from_utf8(bytes) {
        Ok(text) if !file.ends_with("onnx") => sources.add(file, text),
        _ => sources.add_binary(file),
    };
    (sources, id)
}

/// Each folder under `refused` does not convert, and says so as `expected.txt` has it. `BLESS=1` writes that file.
pub fn check_refusals(kind: &str, file: &str, read: impl Fn(&[u8], FileId, &Sources) -> Result<Module, Vec<Diagnostic>>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(kind).join("refused");
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    let mut failures = String::new();
    for folder in folders {
        let bytes = fs::read(folder.join(file)).unwrap();
        let (sources, id) = sources(file, &bytes);
        let said = match read(&bytes, id, &sources) {
            Ok(_) => "It converts.\n".to_owned(),
            Err(found) => human(&found, &sources),
        };
        let expected = folder.join("expected.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &said).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            failures += &format!("\n{}\n{said}", folder.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Reads damaged copies of a file: every short prefix, then bytes changed at random. What still converts must be sound.
pub fn survive_damage(folder: &Path, file: &str, rounds: u64, read: impl Fn(&[u8], FileId, &Sources) -> Result<Module, Vec<Diagnostic>>) {
    let whole = fs::read(folder.join(file)).unwrap();
    let attempt = |bytes: &[u8], what: &dyn Fn() -> String| {
        let (sources, id) = sources(file, bytes);
        match read(bytes, id, &sources) {
            Ok(module) => {
                if let Err(found) = check::check(module) {
                    panic!("{}, {}: unsound\n{}", folder.display(), what(), human(&found, &sources));
                }
            }
            Err(found) => {
                assert!(!found.is_empty(), "{}, {}: refused without a word", folder.display(), what());
                let breach = found.iter().find(|diagnostic| diagnostic.name.starts_with("ir-"));
                assert!(breach.is_none(), "{}, {}: {breach:?}", folder.display(), what());
            }
        }
    };
    let step = (whole.len() / 200).max(1);
    for length in (0..whole.len()).step_by(step) {
        attempt(&whole[..length], &|| format!("cut at {length}"));
    }
    // A generator of Knuth's; the same damage in every run.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ whole.len() as u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for round in 0..rounds {
        let mut bytes = whole.clone();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => bytes[at] ^= 1 << random(8),
                2 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, random(256) as u8),
            }
        }
        attempt(&bytes, &|| format!("damage {round}"));
    }
}
