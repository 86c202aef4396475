//! Nodes that make constants, and nodes that pass their input on.

use super::Row;
use crate::model::Attribute;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, Tensor};
use crate::value::{Dim, PerRow, Value, constant, element_count};

pub(super) const OPS: &[Row] = &[
    Row::new("Constant", constant_node),
    Row::new("ConstantOfShape", constant_of_shape).with_constants(),
    Row::new("Dropout", identity).with_constants(),
    Row::new("Identity", identity).with_constants(),
];

/// Its input. `Dropout` does nothing when scoring, and its mask holds everywhere. Before opset 7 it dropped at random unless `is_test` was set.
fn identity<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.node.operator == "Dropout" && node.node.opset < 7 && node.int("is_test") == 0 {
        return node.unsupported("it runs in training mode");
    }
    if let Value::Constant(tensor) = node.input(2)
        && tensor.data == Data::bool(vec![true])
    {
        return node.unsupported("it runs in training mode");
    }
    if !node.output_name(1).is_empty() {
        let mask = node.row(0)?.map(node.b, |x| x.eq(x) | x.ne(x));
        return Ok(vec![node.input(0).clone(), Value::PerRow(mask)]);
    }
    Ok(vec![node.input(0).clone()])
}

fn constant_node<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some((_, attribute)) = node.node.attributes.iter().next() else { return node.malformed("it has no value") };
    let tensor = match attribute {
        Attribute::Tensor(tensor) => tensor.clone(),
        Attribute::Float(value) => Tensor::scalar(Data::f32(vec![*value])),
        Attribute::Int(value) => Tensor::scalar(Data::i64(vec![*value])),
        Attribute::String(value) => Tensor::scalar(Data::text(vec![value.clone()])),
        Attribute::Floats(values) => Tensor::vector(Data::f32(values.clone())),
        Attribute::Ints(values) => Tensor::vector(Data::i64(values.clone())),
        Attribute::Strings(values) => Tensor::vector(Data::text(values.clone())),
        Attribute::Graph(_) => return node.malformed("its value is a graph"),
    };
    Ok(vec![Value::known(tensor)])
}

/// One value everywhere; float32 zero where none is given. The shape may hold the batch size.
fn constant_of_shape<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let dims = match node.input(0) {
        Value::Dims(dims) => dims.clone(),
        Value::Constant(_)
        | Value::PerRow(_)
        | Value::Absent
        | Value::Map(_)
        | Value::Sequence(_)
        | Value::Flat(..)
        | Value::Tokens(_)
        | Value::Refused(_) => {
            let sizes = node.integers_input(0)?.unwrap_or_default();
            let sizes: Option<Vec<usize>> = sizes.iter().map(|size| usize::try_from(*size).ok()).collect();
            match sizes {
                Some(sizes) => sizes.into_iter().map(Dim::Known).collect(),
                None => return node.malformed("its shape is negative"),
            }
        }
    };
    if dims.iter().any(|dim| matches!(dim, Dim::Rows(_))) {
        return node.mixes_rows(format!("its shape {dims:?} has the batch in one axis with others"));
    }
    let shape: Vec<usize> = dims.iter().filter_map(|dim| if let Dim::Known(size) = dim { Some(*size) } else { None }).collect();
    let Some(count) = element_count(&shape) else { return node.unsupported(format!("a tensor of shape {shape:?}")) };
    let zero = Tensor::scalar(Data::f32(vec![0.0]));
    let value = node.tensor("value").unwrap_or(&zero);
    let data = value.data.pick(std::iter::repeat_n(0, count));
    match dims.iter().position(|dim| *dim == Dim::Batch) {
        None => Ok(vec![Value::known(Tensor { dims: shape, elements: value.elements, data })]),
        Some(batch) => Ok(vec![Value::PerRow(PerRow::of(value.elements, batch, constant(node.b, node.output_name(0), &shape, &data)))]),
    }
}
