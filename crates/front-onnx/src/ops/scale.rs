//! Feature preparation by columns: Scaler, Imputer, Normalizer, Binarizer, FeatureVectorizer.

use ir::{Elem, Reduce, Val};

use super::Row;
use crate::Semantics;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{PerRow, Value, broadcast, elem};

pub(super) const OPS: &[Row] = &[
    Row::ml("Binarizer", binarizer),
    Row::ml("FeatureVectorizer", feature_vectorizer),
    Row::ml("Imputer", imputer),
    Row::ml("Normalizer", normalizer).by_row(),
    Row::ml("Scaler", scaler),
];

/// One constant for all columns or one a column, in the type of the input.
fn columns(node: &OnnxNode<'_, '_>, name: &str, values: &[f32], row: &PerRow<'_>) -> Result<Value<'static>, Box<source::Diagnostic>> {
    if values.len() != 1 && Some(&values.len()) != row.shape.last() {
        return node.malformed(format!("`{name}` has {} values for {:?} columns", values.len(), row.shape));
    }
    let data = match row.elements == ElementType::F64 {
        true => Data::f64(values.iter().map(|value| f64::from(*value)).collect()),
        false => Data::f32(values.to_vec()),
    };
    Ok(Value::known(Tensor::vector(data)))
}

/// `(x - offset) * scale`; float32 out. A double input is computed in double first.
fn scaler<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let x = if x.elements == ElementType::F64 { x.clone() } else { x.cast(node.b, ElementType::F32) };
    let offset = columns(node, "offset", node.floats("offset"), &x)?;
    let scale = columns(node, "scale", node.floats("scale"), &x)?;
    let scaled = broadcast(node.b, &Value::PerRow(x), &offset, |x, offset| x - offset)
        .and_then(|centred| broadcast(node.b, &centred, &scale, |x, scale| x * scale));
    match scaled {
        Ok(Value::PerRow(row)) => Ok(vec![Value::PerRow(row.cast(node.b, ElementType::F32))]),
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

/// `x` where it is not the replaced value, else the imputed one. A replaced NaN stands for every NaN.
fn imputer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let imputed = match elem(x.elements) {
        Elem::F32 => Tensor::vector(Data::f32(node.floats("imputed_value_floats").to_vec())),
        Elem::F64 => Tensor::vector(Data::f64(node.floats("imputed_value_floats").iter().map(|value| f64::from(*value)).collect())),
        Elem::I64 => Tensor::vector(Data::i64(node.ints("imputed_value_int64s").to_vec())),
        Elem::I32 | Elem::Bool | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => {
            return node.unsupported(format!("an input of {}", x.elements.name()));
        }
    };
    let count = imputed.data.len();
    if count == 0 || count != 1 && Some(&count) != x.shape.last() {
        return node.malformed(format!("{count} imputed values for {:?} columns", x.shape));
    }
    let whole = x.elements == ElementType::I64;
    let (replaced, replaced_integer) = (node.float("replaced_value_float"), node.int("replaced_value_int64"));
    let is_missing = move |x: Val<'b>| {
        if whole {
            x.eq(replaced_integer)
        } else if replaced.is_nan() {
            x.is_nan()
        } else {
            x.eq(f64::from(replaced))
        }
    };
    match broadcast(node.b, &Value::PerRow(x.clone()), &Value::known(imputed), |x, imputed| is_missing(x).select(imputed, x)) {
        Ok(value) => Ok(vec![value]),
        Err(why) => node.unsupported(why),
    }
}

/// A row divided by its norm; a norm of zero divides by nothing. Float32 out.
///
/// MAX divides by the greatest magnitude, or as [`Semantics::Onnxruntime`] has it by the greatest element with its sign.
fn normalizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.features(0)?.cast(node.b, ElementType::F32);
    let value = x.vector(node.b);
    let by = |norm: Val<'b>, scaled: Val<'b>| norm.eq(0.0).select(value, scaled);
    let normal = match node.string("norm") {
        "L1" => {
            let norm = value.abs().reduce(Reduce::SumInOrder, [0]);
            by(norm, value / norm)
        }
        "L2" => {
            // onnxruntime takes the root of the share of each square and then restores the sign.
            let squares = value * value;
            let norm = squares.reduce(Reduce::SumInOrder, [0]);
            let root = (squares / norm).sqrt();
            by(norm, value.lt(0.0).select(-root, root))
        }
        "MAX" => {
            let size = if node.semantics == Semantics::Onnxruntime { value } else { value.abs() };
            let norm = size.reduce(Reduce::Max, [0]);
            by(norm, value / norm)
        }
        other => return node.refuse("onnx-unsupported-attribute", format!("the norm `{other}` of `Normalizer` is not supported")),
    };
    Ok(vec![Value::PerRow(PerRow::tensor(0, normal).reshaped(0, x.shape.clone()))])
}

/// `x > threshold ? 1 : 0`. A row with NaN is not scored: onnxruntime fails on it.
fn binarizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    if x.elements != ElementType::F32 {
        return node.unsupported(format!("an input of {}", x.elements.name()));
    }
    for cell in x.cells() {
        node.reject(cell.is_nan(), format!("NaN in {}", node.input_name(0)));
    }
    let threshold = f64::from(node.float("threshold"));
    Ok(vec![Value::PerRow(x.map(node.b, |x| x.gt(threshold).select(node.b.f32(1.0), 0.0)))])
}

/// Columns side by side as float32.
fn feature_vectorizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let parts = (0..node.inputs.len())
        .map(|index| Ok(node.features(index)?.cast(node.b, ElementType::F32)))
        .collect::<Result<Vec<_>, Box<source::Diagnostic>>>()?;
    Ok(vec![Value::PerRow(super::shape::joined(node.b, &parts, 0))])
}
