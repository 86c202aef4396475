//! Rows as CSV.
//!
//! A vector `x` of length 3 is the columns `x[0]`, `x[1]`, `x[2]`. An empty cell or one of pandas' words for a missing value is null where
//! the column may be null; NaN is written `NaN`, a null as an empty cell.

use plan::{Cell, Column, Elem, GoldenOutcome, Literal, Plan};

use super::{STATUS, elements, names, no_such, status, time};
use crate::Problem;

/// The words that pandas reads as missing (`pandas.read_csv`, `na_values`).
const MISSING: &[&str] = &[
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None",
    "n/a", "nan", "null",
];

/// Rows of a file with a header.
pub(super) fn read(bytes: &[u8], plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| {
        header.iter().position(|there| there == name).ok_or_else(|| no_such("column", name, header.iter().map(str::to_string)))
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
                parsed(text, column).map_err(|why| format!("line {line}, column {:?}: {why}", column.name))
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

/// The element that a text is. Times are ISO text or the bare number of their unit. Errors: the text is not of the column's kind.
pub(super) fn parsed(text: &str, column: &Column) -> Result<Literal, String> {
    let elem = column.ty.elem;
    if column.ty.nullable && MISSING.contains(&text) {
        return Ok(Literal::Null(elem));
    }
    let number = text.trim();
    let literal = match elem {
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
        Elem::Date => return moment(number, elem, time::date).map(Literal::Date),
        Elem::DateTime => return moment(number, elem, time::datetime).map(Literal::DateTime),
        Elem::Duration => number.parse().ok().map(Literal::Duration),
    };
    literal.ok_or_else(|| format!("{text:?} is not {elem}"))
}

fn moment(text: &str, elem: Elem, iso: fn(&str) -> Result<i64, &'static str>) -> Result<i64, String> {
    text.parse().or_else(|_| iso(text)).map_err(|why| format!("{text:?} is not {elem}: {why}"))
}

/// Outcomes with a header.
pub(super) fn written(plan: &Plan, outcomes: &[GoldenOutcome]) -> Result<Vec<u8>, Problem> {
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

/// Floats as the shortest decimal that reads back to the same bits, truth values as Python writes them.
fn csv_text(literal: &Literal) -> String {
    match literal {
        Literal::Null(_) => String::new(),
        Literal::Bool(true) => "True".into(),
        Literal::Bool(false) => "False".into(),
        Literal::F64(x) => format!("{x:?}"),
        Literal::F32(x) => format!("{x:?}"),
        Literal::I32(x) => x.to_string(),
        Literal::I64(x) | Literal::Duration(x) => x.to_string(),
        Literal::Date(x) => time::date_text(*x),
        Literal::DateTime(x) => time::datetime_text(*x),
        Literal::Str(x) => x.clone(),
    }
}
