//! Nodes that make constants, and nodes that pass their input on.

use super::Row;
use crate::model::Attribute;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, Tensor};
use crate::value::{Dim, PerRow, Value, constant, element_count};

pub(super) const OPS: &[Row] = &[
    Row::new("Constant", constant_node),
    Row::new("ConstantOfShape", constant_of_shape),
    Row::new("Dropout", identity),
    Row::new("Identity", identity),
];

/// Its input. `Dropout` does nothing when scoring; its mask output cannot be asked for.
fn identity<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.node.operator == "Dropout" && node.node.outputs.get(1).is_some_and(|mask| !mask.is_empty()) {
        return node.unsupported("its mask is used");
    }
    if let Value::Constant(tensor) = node.input(2)
        && tensor.data == Data::Bool(vec![true])
    {
        return node.unsupported("it runs in training mode");
    }
    Ok(vec![node.input(0).clone()])
}

fn constant_node<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let Some((_, attribute)) = node.node.attributes.iter().next() else { return node.malformed("it has no value") };
    let tensor = match attribute {
        Attribute::Tensor(tensor) => tensor.clone(),
        Attribute::Float(value) => Tensor::scalar(Data::F32(vec![*value])),
        Attribute::Int(value) => Tensor::scalar(Data::I64(vec![*value])),
        Attribute::String(value) => Tensor::scalar(Data::Str(vec![value.clone()])),
        Attribute::Floats(values) => Tensor::vector(Data::F32(values.clone())),
        Attribute::Ints(values) => Tensor::vector(Data::I64(values.clone())),
        Attribute::Strings(values) => Tensor::vector(Data::Str(values.clone())),
    };
    Ok(vec![Value::known(tensor)])
}

/// One value everywhere; float32 zero where none is given. The shape may hold the batch size.
fn constant_of_shape<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let dims = match node.input(0) {
        Value::Dims(dims) => dims.clone(),
        Value::Constant(_) | Value::PerRow(_) | Value::Absent | Value::Map(_) | Value::Refused(_) => {
            let sizes = node.integers_input(0)?.unwrap_or_default();
            let sizes: Option<Vec<usize>> = sizes.iter().map(|size| usize::try_from(*size).ok()).collect();
            match sizes {
                Some(sizes) => sizes.into_iter().map(Dim::Known).collect(),
                None => return node.malformed("its shape is negative"),
            }
        }
    };
    let shape: Vec<usize> = dims.iter().filter_map(|dim| if let Dim::Known(size) = dim { Some(*size) } else { None }).collect();
    let Some(count) = element_count(&shape) else { return node.unsupported(format!("a tensor of shape {shape:?}")) };
    let value = node.tensor("value").map_or(Data::F32(vec![0.0]), |tensor| tensor.data.clone());
    let data = value.pick(&vec![0; count]);
    match dims.iter().position(|dim| *dim == Dim::Batch) {
        None => Ok(vec![Value::known(Tensor { dims: shape, data })]),
        Some(batch) => Ok(vec![Value::PerRow(PerRow::tensor(batch, constant(node.b, node.output_name(0), &shape, &data)))]),
    }
}
