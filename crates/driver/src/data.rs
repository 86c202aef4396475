//! Rows in and out of files: CSV and JSON lines.
//!
//! A vector column `x` of length 3 is the CSV columns `x[0]`, `x[1]`, `x[2]`, and a list in JSON. In CSV an empty cell or one of pandas'
//! words for a missing value is null where the column may be null; NaN is written `NaN`, a null as an empty cell. JSON has no NaN, so it
//! is the text `"NaN"` there, as are `"Infinity"` and `"-Infinity"`.

use std::path::Path;

use plan::{Cell, Column, Elem, GoldenOutcome, Literal, Plan};
use serde_json::{Map, Value, json};

use crate::{Problem, read};

/// The words that pandas reads as missing (`pandas.read_csv`, `na_values`).
const MISSING: &[&str] = &[
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None",
    "n/a", "nan", "null",
];

/// The forms of files of rows, by the ending of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    JsonLines,
}

impl Form {
    pub fn of(path: &Path) -> Result<Form, Problem> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Form::Csv),
            Some("jsonl" | "ndjson") => Ok(Form::JsonLines),
            _ => Err(Problem::Environment(format!("{} is neither .csv nor .jsonl", path.display()))),
        }
    }
}

/// Reads rows for a scorer. Errors: a missing column, a value of the wrong kind, with its line and column.
pub fn load(path: &Path, plan: &Plan) -> Result<Vec<Vec<Cell>>, Problem> {
    let bytes = read(path)?;
    match Form::of(path)? {
        Form::Csv => from_csv(&bytes, plan),
        Form::JsonLines => from_json_lines(&bytes, plan),
    }
    .map_err(|why| Problem::Rows(format!("{}: {why}", path.display())))
}

fn from_csv(bytes: &[u8], plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| {
        header.iter().position(|there| there == name).ok_or_else(|| {
            format!(
                "there is no column {name:?}; the file has {}",
                header.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
            )
        })
    };
    let places =
        plan.inputs.iter().map(|column| names(column).iter().map(|name| place(name)).collect()).collect::<Result<Vec<Vec<usize>>, _>>()?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, |position| position.line());
        let cell = |(column, places): (&Column, &Vec<usize>)| {
            let element = |place: &usize| {
                let text = record.get(*place).unwrap_or("");
                parsed(text, column).ok_or_else(|| format!("line {line}, column {:?}: {text:?} is not {}", column.name, column.ty.elem))
            };
            let mut elements = places.iter().map(element).collect::<Result<Vec<_>, _>>()?;
            match elements.pop() {
                Some(only) if column.ty.is_scalar() => Ok(Cell::Scalar(only)),
                last => Ok(Cell::Array(elements.into_iter().chain(last).collect())),
            }
        };
        rows.push(plan.inputs.iter().zip(&places).map(cell).collect::<Result<Vec<_>, String>>()?);
    }
    Ok(rows)
}

/// The CSV columns of a column.
fn names(column: &Column) -> Vec<String> {
    if column.ty.is_scalar() {
        vec![column.name.clone()]
    } else {
        (0..column.ty.count()).map(|at| format!("{}[{at}]", column.name)).collect()
    }
}

fn parsed(text: &str, column: &Column) -> Option<Literal> {
    if column.ty.nullable && MISSING.contains(&text) {
        return Some(Literal::Null(column.ty.elem));
    }
    let number = text.trim();
    match column.ty.elem {
        Elem::Str => Some(Literal::from(text)),
        Elem::Bool => match number {
            "true" | "True" | "TRUE" | "1" => Some(Literal::Bool(true)),
            "false" | "False" | "FALSE" | "0" => Some(Literal::Bool(false)),
            _ => None,
        },
        Elem::F64 if number.is_empty() => Some(Literal::F64(f64::NAN)),
        Elem::F32 if number.is_empty() => Some(Literal::F32(f32::NAN)),
        Elem::F64 => number.parse().ok().map(Literal::F64),
        Elem::F32 => number.parse().ok().map(Literal::F32),
        Elem::I32 => number.parse().ok().map(Literal::I32),
        Elem::I64 => number.parse().ok().map(Literal::I64),
        Elem::Date => number.parse().ok().map(Literal::Date),
        Elem::DateTime => number.parse().ok().map(Literal::DateTime),
        Elem::Duration => number.parse().ok().map(Literal::Duration),
    }
}

fn from_json_lines(bytes: &[u8], plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |why: String| format!("line {}: {why}", number + 1);
        let row: Map<String, Value> = serde_json::from_str(line).map_err(|error| at(error.to_string()))?;
        let cell = |column: &Column| {
            let value = row.get(&column.name).unwrap_or(&Value::Null);
            let wrong = || at(format!("column {:?}: {value} is not {}", column.name, column.ty));
            if column.ty.is_scalar() {
                return element(value, column).map(Cell::Scalar).ok_or_else(wrong);
            }
            let list = value.as_array().filter(|list| list.len() == column.ty.count()).ok_or_else(wrong)?;
            list.iter().map(|value| element(value, column)).collect::<Option<_>>().map(Cell::Array).ok_or_else(wrong)
        };
        rows.push(plan.inputs.iter().map(cell).collect::<Result<Vec<_>, String>>()?);
    }
    Ok(rows)
}

fn element(value: &Value, column: &Column) -> Option<Literal> {
    match value {
        Value::Null => column.ty.nullable.then_some(Literal::Null(column.ty.elem)),
        Value::Bool(x) => (column.ty.elem == Elem::Bool).then_some(Literal::Bool(*x)),
        Value::String(text) if column.ty.elem == Elem::Str => Some(Literal::from(text.as_str())),
        Value::String(text) if column.ty.elem.is_float() => parsed(text, column),
        Value::Number(number) => parsed(&number.to_string(), column),
        Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The column that says what became of a row, if rows can be rejected at all.
pub const STATUS: &str = "status";

/// Outcomes as a file of the form. A row without a score has nulls, and its reason in the column `status`.
pub fn written(plan: &Plan, outcomes: &[GoldenOutcome], form: Form) -> Result<Vec<u8>, Problem> {
    match form {
        Form::Csv => to_csv(plan, outcomes),
        Form::JsonLines => Ok(to_json_lines(plan, outcomes)),
    }
}

fn status(plan: &Plan, outcome: &GoldenOutcome) -> String {
    match outcome {
        GoldenOutcome::Scored(_) => "scored".into(),
        GoldenOutcome::Rejected(number) => plan.rejections[*number as usize].reason.to_string(),
    }
}

fn to_csv(plan: &Plan, outcomes: &[GoldenOutcome]) -> Result<Vec<u8>, Problem> {
    let failed = |error: String| Problem::Environment(error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header: Vec<String> = plan.outputs.iter().flat_map(names).collect();
    let width = header.len();
    header.extend((!plan.rejections.is_empty()).then(|| STATUS.to_string()));
    writer.write_record(&header).map_err(|error| failed(error.to_string()))?;
    for outcome in outcomes {
        let mut record: Vec<String> = match outcome {
            GoldenOutcome::Scored(cells) => cells.iter().flat_map(elements).map(csv_text).collect(),
            GoldenOutcome::Rejected(_) => vec![String::new(); width],
        };
        record.extend((!plan.rejections.is_empty()).then(|| status(plan, outcome)));
        writer.write_record(&record).map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

fn elements(cell: &Cell) -> &[Literal] {
    match cell {
        Cell::Scalar(literal) => std::slice::from_ref(literal),
        Cell::Array(literals) => literals,
    }
}

/// Floats as the shortest decimal that reads back to the same bits, truth values as Python writes them.
fn csv_text(literal: &Literal) -> String {
    match literal {
        Literal::Null(_) => String::new(),
        Literal::Bool(true) => "True".into(),
        Literal::Bool(false) => "False".into(),
        Literal::F64(x) => format!("{x:?}"),
        Literal::F32(x) => format!("{x:?}"),
        Literal::I32(x) => x.to_string(),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => x.to_string(),
        Literal::Str(x) => x.clone(),
    }
}

fn to_json_lines(plan: &Plan, outcomes: &[GoldenOutcome]) -> Vec<u8> {
    let mut out = Vec::new();
    for outcome in outcomes {
        let mut row = Map::new();
        if let GoldenOutcome::Scored(cells) = outcome {
            for (column, cell) in plan.outputs.iter().zip(cells) {
                let value = match cell {
                    Cell::Scalar(literal) => json_value(literal),
                    Cell::Array(literals) => literals.iter().map(json_value).collect(),
                };
                row.insert(column.name.clone(), value);
            }
        }
        if !plan.rejections.is_empty() {
            row.insert(STATUS.into(), status(plan, outcome).into());
        }
        out.extend(Value::Object(row).to_string().into_bytes());
        out.push(b'\n');
    }
    out
}

fn json_value(literal: &Literal) -> Value {
    let float = |x: f64, text: String| match x {
        x if x.is_nan() => json!("NaN"),
        f64::INFINITY => json!("Infinity"),
        f64::NEG_INFINITY => json!("-Infinity"),
        _ => text.parse().map_or(Value::Null, Value::Number),
    };
    match literal {
        Literal::Null(_) => Value::Null,
        Literal::Bool(x) => json!(x),
        Literal::I32(x) => json!(x),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => json!(x),
        Literal::F32(x) => float(f64::from(*x), format!("{x:?}")),
        Literal::F64(x) => float(*x, format!("{x:?}")),
        Literal::Str(x) => json!(x),
    }
}
