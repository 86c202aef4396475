//! The rows that targets are compared on besides the data: each special value in each column, and both sides of every threshold.

use check::Checked;
use ir::{Elem, Field, Literal, Table};
use plan::Cell;

/// The most rows that are made; beyond, every so many-th is taken.
const LIMIT: usize = 5000;

/// Rows made from one base row (the first data row, or zeros) by changing one element at a time. The order is always the same.
pub fn boundary(checked: &Checked, data: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let inputs = &checked.entry_function().params;
    let base: Vec<Cell> = data.first().cloned().unwrap_or_else(|| inputs.iter().map(zero).collect());
    let thresholds = thresholds(checked);
    let words = words(checked);
    let mut rows = vec![base.clone()];
    for (at, column) in inputs.iter().enumerate() {
        let mut put = |cell: Cell| {
            let mut row = base.clone();
            row[at] = cell;
            rows.push(row);
        };
        let values = values(column.ty.elem, &thresholds, &words);
        if !column.ty.is_scalar() {
            let Cell::Array(elements) = &base[at] else { continue };
            for index in 0..elements.len() {
                for value in &values {
                    let mut changed = elements.clone();
                    changed[index] = value.clone();
                    put(Cell::Array(changed));
                }
            }
        } else {
            if column.ty.nullable {
                put(Cell::Scalar(Literal::Null(column.ty.elem)));
            }
            values.into_iter().for_each(|value| put(Cell::Scalar(value)));
        }
    }
    let step = rows.len().div_ceil(LIMIT).max(1);
    rows.into_iter().step_by(step).collect()
}

fn zero(column: &Field) -> Cell {
    let zero = Literal::zero(column.ty.elem);
    if column.ty.is_scalar() { Cell::Scalar(zero) } else { Cell::Array(vec![zero; column.ty.count()]) }
}

/// Every threshold of a forest and every float constant of the entry, without repetition.
fn thresholds(checked: &Checked) -> Vec<f64> {
    let module = checked.module();
    let mut found: Vec<f64> = Vec::new();
    for (_, table) in module.tables.iter() {
        if let Table::Forest(forest) = table {
            found.extend(forest.splits.iter().map(|split| split.test.threshold()));
        }
    }
    for (_, node) in checked.entry_function().nodes.iter() {
        if let ir::Op::Const(literal) = &node.op {
            found.extend(literal.as_f64());
        }
    }
    found.retain(|x| !x.is_nan());
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

/// Every text that the scorer knows.
fn words(checked: &Checked) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, table) in checked.module().tables.iter() {
        if let Table::Map(map) = table {
            found.extend(map.rows.iter().flat_map(|(keys, _)| keys).filter_map(|key| key.as_str().map(String::from)));
        }
    }
    for (_, node) in checked.entry_function().nodes.iter() {
        if let ir::Op::Const(literal) = &node.op {
            found.extend(literal.as_str().map(String::from));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn values(elem: Elem, thresholds: &[f64], words: &[String]) -> Vec<Literal> {
    const INTEGERS: [i64; 8] = [0, 1, -1, 2, 7, i64::MAX, i64::MIN, (1 << 53) + 1];
    match elem {
        Elem::Bool => vec![Literal::Bool(false), Literal::Bool(true)],
        Elem::I32 => INTEGERS.iter().map(|x| Literal::I32(*x as i32)).collect(),
        Elem::I64 => INTEGERS.iter().map(|x| Literal::I64(*x)).collect(),
        Elem::Date => INTEGERS.iter().map(|x| Literal::Date(*x)).collect(),
        Elem::DateTime => INTEGERS.iter().map(|x| Literal::DateTime(*x)).collect(),
        Elem::Duration => INTEGERS.iter().map(|x| Literal::Duration(*x)).collect(),
        Elem::F64 => {
            let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 5e-324, f64::MAX, f64::MIN, 9007199254740993.0];
            let near = thresholds.iter().flat_map(|t| [*t, t.next_up(), t.next_down()]);
            special.into_iter().chain(near).map(Literal::F64).collect()
        }
        Elem::F32 => {
            let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-45, f32::MAX, f32::MIN];
            let near = thresholds.iter().map(|t| *t as f32).flat_map(|t| [t, t.next_up(), t.next_down()]);
            special.into_iter().chain(near).map(Literal::F32).collect()
        }
        Elem::Str => {
            let special = ["", " ", "an unseen category", "ÄÖ日本 \u{1F600}", "İß"].map(String::from);
            let near = words.iter().flat_map(|word| [word.clone(), word.to_uppercase(), format!(" {word}")]);
            special.into_iter().chain(near).map(Literal::Str).collect()
        }
    }
}
