//! Changes of the element type.

use ir::{Elem, Val};
use source::bug;

use super::elementwise::elements;
use super::{Row, number_text};
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

/// Float to integer cuts toward zero; see [`whole_numbers`]. Numbers as text and back are those of onnxruntime, see [`number_text`], for the
/// standard leaves the digits open. Integers wrap into narrower ones. A double becomes a half by way of a float,
/// as in onnxruntime.
fn as_type<'b>(node: &OnnxNode<'_, 'b>, to: ElementType) -> Translated<'b> {
    if let (Value::Dims(dims), ElementType::I64) = (node.input(0), to) {
        return Ok(vec![Value::Dims(dims.clone())]);
    }
    let row = node.row(0)?;
    let casted = match (row.elements, to) {
        (from, to) if from == to => row.clone(),
        (from, ElementType::Str) if from.is_integer() && from != ElementType::U64 => row.map_cells(|x| x.cast(Elem::I64).decimal()),
        (ElementType::Str, ElementType::I64 | ElementType::I32) => {
            by_function(node, &row, number_text::whole_number(), "is no whole number").cast(node.b, to)
        }
        (ElementType::Str, ElementType::F32 | ElementType::F64) => {
            by_function(node, &row, number_text::float(), "is no number that is read exactly").cast(node.b, to)
        }
        (ElementType::Bool, ElementType::Str) => row.map_cells(|x| x.select(node.b.str("1"), node.b.str("0"))),
        (ElementType::F32 | ElementType::F64, ElementType::Str) => {
            let wide = row.cast(node.b, ElementType::F64);
            by_function(node, &wide, number_text::written(), "has no text that is known exactly")
        }
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
                .help("declare the input as text, as int64 or as a float when exporting"),
            ));
        }
        (from, to) if from.is_float() && to.is_integer() => whole_numbers(node, &row, to),
        (_, to) => row.cast(node.b, to),
    };
    Ok(vec![Value::PerRow(casted)])
}

/// What a function of an element gives for each; where it does not know one, the row is not scored.
fn by_function<'b>(node: &OnnxNode<'_, 'b>, row: &PerRow<'b>, function: Option<ir::Module>, why: &str) -> PerRow<'b> {
    let Some(function) = function.and_then(|module| node.b.import(&module)) else { bug!("a function of one element is sound") };
    if let Some(known) = row.cells().into_iter().map(|cell| node.b.call(function, &[cell], 1)).reduce(|all, one| all & one) {
        node.leave_open(!known, format!("{} {why}", node.input_name(0)));
    }
    row.map_cells(|cell| node.b.call(function, &[cell], 0))
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
