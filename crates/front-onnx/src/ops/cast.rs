//! Changes of the element type.

use ir::{Elem, Val};

use super::Row;
use super::elementwise::elements;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{PerRow, Value};

pub(super) const OPS: &[Row] = &[Row::each("Cast", cast), Row::each("CastLike", cast_like)];

/// To the type that `to` names.
fn cast<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    match ElementType::from_number(i32::try_from(node.int("to")).unwrap_or(0)) {
        Ok(to) => as_type(node, to),
        Err(name) => node.refuse("onnx-unsupported-type", format!("`Cast` to {name} is not supported")),
    }
}

/// To the type of the second input.
fn cast_like<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    match elements(node.input(1)) {
        Some(to) => as_type(node, to),
        None => node.unsupported("its second input is no tensor"),
    }
}

/// Float to integer cuts toward zero; see [`whole_numbers`]. Integers wrap into narrower ones. A double becomes a half by way of a float,
/// as in onnxruntime.
fn as_type<'b>(node: &OnnxNode<'_, 'b>, to: ElementType) -> Translated<'b> {
    if let (Value::Dims(dims), ElementType::I64) = (node.input(0), to) {
        return Ok(vec![Value::Dims(dims.clone())]);
    }
    let row = node.row(0)?;
    let casted = match (row.elements, to) {
        (from, to) if from == to => row.clone(),
        (from, ElementType::Str) if from.is_integer() && from != ElementType::U64 => row.map_cells(|x| x.cast(Elem::I64).decimal()),
        (ElementType::Str, _) => {
            return Err(Box::new(
                node.error("onnx-text-to-number", format!("`{}` from string to {} is not supported", node.node.operator, to.name()))
                    .help("declare the input as a number when exporting, for example with `FloatTensorType`"),
            ));
        }
        (_, ElementType::Str) => {
            return Err(Box::new(
                node.error(
                    "onnx-number-to-text",
                    format!("`{}` from {} to string is not supported", node.node.operator, row.elements.name()),
                )
                .help("the text of a float is not fixed by the standard; declare the input as text or as int64 when exporting"),
            ));
        }
        (from, to) if from.is_float() && to.is_integer() => whole_numbers(node, &row, to),
        (_, to) => row.cast(node.b, to),
    };
    Ok(vec![Value::PerRow(casted)])
}

/// Floats cut to whole numbers. ONNX leaves undefined what NaN and numbers outside of the integer type become, and processors differ:
/// such a row is not scored.
pub(super) fn whole_numbers<'b>(node: &OnnxNode<'_, 'b>, row: &PerRow<'b>, to: ElementType) -> PerRow<'b> {
    let (least, greatest) = if to == ElementType::U64 {
        (0.0, 18_446_744_073_709_551_616.0)
    } else if to == ElementType::I64 {
        (-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808.0)
    } else {
        (to.range().0 as f64, to.range().1 as f64 + 1.0)
    };
    let outside = row.map(node.b, |x| {
        let whole: Val<'b> = x.trunc();
        !(whole.ge(least) & whole.lt(greatest))
    });
    let why = || format!("{} is not a number of {}, and ONNX leaves its cast undefined", node.input_name(0), to.name());
    match outside.count() {
        0 => {}
        _ if outside.are_scalars() => {
            if let Some(any) = outside.cells().into_iter().reduce(|any, one| any | one) {
                node.leave_open(any, why());
            }
        }
        _ => node.leave_open(outside.vector(node.b).cast(Elem::I32).reduce(ir::Reduce::Max, [0]).ne(0_i64), why()),
    }
    row.cast(node.b, to)
}
