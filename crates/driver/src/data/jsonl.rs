//! Rows as JSON lines: one object a row, its keys the columns, a vector a list.
//!
//! JSON has no NaN, so it is the text `"NaN"`, as are `"Infinity"` and `"-Infinity"`. A key that is not there is null.

use plan::{Cell, Column, Elem, GoldenOutcome, Literal, Plan};
use serde_json::{Map, Value, json};

use super::csv::parsed;
use super::{STATUS, status, time};

/// Rows of a file. Empty lines are none.
pub(super) fn read(bytes: &[u8], plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |why: String| format!("line {}: {why}", number + 1);
        let row: Map<String, Value> = serde_json::from_str(line).map_err(|error| at(error.to_string()))?;
        let cell = |column: &Column| {
            let value = row.get(&column.name).unwrap_or(&Value::Null);
            let wrong = |why: String| at(format!("column {:?}: {why}", column.name));
            if column.ty.is_scalar() {
                return element(value, column).map(Cell::Scalar).map_err(wrong);
            }
            let list = value.as_array().filter(|list| list.len() == column.ty.count());
            let list = list.ok_or_else(|| wrong(format!("{value} is not {}", column.ty)))?;
            list.iter().map(|value| element(value, column)).collect::<Result<_, _>>().map(Cell::Array).map_err(wrong)
        };
        rows.push(plan.inputs.iter().map(cell).collect::<Result<Vec<_>, String>>()?);
    }
    Ok(rows)
}

fn element(value: &Value, column: &Column) -> Result<Literal, String> {
    let elem = column.ty.elem;
    match value {
        Value::Null if column.ty.nullable => Ok(Literal::Null(elem)),
        Value::Bool(x) if elem == Elem::Bool => Ok(Literal::Bool(*x)),
        Value::String(text) if elem == Elem::Str => Ok(Literal::from(text.as_str())),
        Value::String(text) if elem.is_float() || elem.is_time() => parsed(text, column),
        Value::Number(number) => parsed(&number.to_string(), column).map_err(|_| format!("{value} is not {}", column.ty)),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("{value} is not {}", column.ty))
        }
    }
}

/// Outcomes, one line each.
pub(super) fn written(plan: &Plan, outcomes: &[GoldenOutcome]) -> Vec<u8> {
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
        Literal::I64(x) | Literal::Duration(x) => json!(x),
        Literal::Date(x) => json!(time::date_text(*x)),
        Literal::DateTime(x) => json!(time::datetime_text(*x)),
        Literal::F32(x) => float(f64::from(*x), format!("{x:?}")),
        Literal::F64(x) => float(*x, format!("{x:?}")),
        Literal::Str(x) => json!(x),
    }
}
