//! Tables and tensors as they come back from Python: exact, with the missing kind of each cell.

use std::ops::Range;

use front_python::record::{Cells, Tagged, Value};
use ir::Literal;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The output frame of a script.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputTable {
    pub rows: usize,
    /// The frame's index where it is whole numbers. A script that drops rows keeps the labels of the others.
    pub index: Option<Vec<i64>>,
    pub columns: Vec<Column>,
}

/// A column: its name as text, pandas' dtype, and its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub dtype: String,
    pub cells: Vec<Cell>,
}

/// One cell, exactly. Floats compare by bits only through `to_bits`; `Float(NaN)` is pandas' NaN in a float column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Float(f64),
    Int(i64),
    Bool(bool),
    Text(String),
    /// Microseconds since 1970.
    DateTime(i64),
    /// Microseconds.
    Duration(i64),
    /// None, NaN in a column that is not float, NaT, NA: by name.
    Missing(&'static str),
}

/// A model's input or output: row-major, with its numpy dtype in `data`.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub data: TensorData,
    /// The keys of a ZipMap output, which becomes a matrix with a column for each key.
    pub keys: Option<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TensorData {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    Bool(Vec<bool>),
    Str(Vec<String>),
}

impl TensorData {
    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            TensorData::F32(values) => values.len(),
            TensorData::F64(values) => values.len(),
            TensorData::I64(values) => values.len(),
            TensorData::I32(values) => values.len(),
            TensorData::Bool(values) => values.len(),
            TensorData::Str(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the elements; nothing if they are not all there.
    pub fn literals(&self, range: Range<usize>) -> Vec<Literal> {
        fn all<T: Clone + Into<Literal>>(values: Option<&[T]>) -> Vec<Literal> {
            values.unwrap_or_default().iter().cloned().map(Into::into).collect()
        }
        match self {
            TensorData::F32(values) => all(values.get(range)),
            TensorData::F64(values) => all(values.get(range)),
            TensorData::I64(values) => all(values.get(range)),
            TensorData::I32(values) => all(values.get(range)),
            TensorData::Bool(values) => all(values.get(range)),
            TensorData::Str(values) => all(values.get(range)),
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct RawTable {
    rows: usize,
    index: Option<Vec<i64>>,
    columns: Vec<RawColumn>,
}

#[derive(Deserialize)]
struct RawColumn {
    name: String,
    dtype: String,
    values: Cells,
}

#[derive(Deserialize)]
pub(crate) struct RawTensor {
    name: String,
    dtype: String,
    shape: Vec<usize>,
    values: Cells,
    #[serde(default)]
    keys: Option<Cells>,
}

impl RawTable {
    /// None if a cell is of a kind that has no exact form.
    pub(crate) fn read(self) -> Option<OutputTable> {
        let columns = self.columns.into_iter().map(|column| {
            let float = column.dtype.starts_with("float");
            Some(Column {
                name: column.name,
                dtype: column.dtype,
                cells: column.values.values().iter().map(|value| cell(value, float)).collect::<Option<_>>()?,
            })
        });
        Some(OutputTable { rows: self.rows, index: self.index, columns: columns.collect::<Option<_>>()? })
    }
}

impl OutputTable {
    pub(crate) fn to_json(&self) -> Json {
        let columns: Vec<Json> = self
            .columns
            .iter()
            .map(|column| json!({"name": column.name, "dtype": column.dtype, "values": column.cells.iter().map(Cell::to_json).collect::<Vec<_>>()}))
            .collect();
        json!({ "rows": self.rows, "columns": columns })
    }
}

impl Cell {
    /// Floats travel as text, because JSON has no NaN.
    fn to_json(&self) -> Json {
        match self {
            Cell::Float(value) => json!(front_python::record::float_text(*value)),
            Cell::Int(value) | Cell::DateTime(value) | Cell::Duration(value) => json!(value),
            Cell::Bool(value) => json!(value),
            Cell::Text(value) => json!(value),
            Cell::Missing(_) => Json::Null,
        }
    }
}

impl RawTensor {
    pub(crate) fn read(self) -> Option<Tensor> {
        let values = self.values.values();
        let floats = || values.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>();
        let ints = || values.iter().map(Value::as_int).collect::<Option<Vec<i64>>>();
        let data = match self.dtype.as_str() {
            "float32" => TensorData::F32(floats()?.into_iter().map(|value| value as f32).collect()),
            "float64" => TensorData::F64(floats()?),
            "int64" => TensorData::I64(ints()?),
            "int32" => TensorData::I32(ints()?.into_iter().map(i32::try_from).collect::<Result<_, _>>().ok()?),
            "bool" => TensorData::Bool(values.iter().map(Value::as_bool).collect::<Option<_>>()?),
            "object" | "str" => TensorData::Str(values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<_>>()?),
            _ => return None,
        };
        let keys = match self.keys {
            None => None,
            Some(keys) => Some(keys.values().iter().map(|key| cell(key, false)).collect::<Option<_>>()?),
        };
        Some(Tensor { name: self.name, shape: self.shape, data, keys })
    }
}

impl Tensor {
    pub(crate) fn to_json(&self) -> Json {
        let texts = |values: &mut dyn Iterator<Item = f64>| values.map(front_python::record::float_text).collect::<Vec<_>>();
        let (dtype, values) = match &self.data {
            TensorData::F32(values) => ("float32", json!(texts(&mut values.iter().map(|value| f64::from(*value))))),
            TensorData::F64(values) => ("float64", json!(texts(&mut values.iter().copied()))),
            TensorData::I64(values) => ("int64", json!(values)),
            TensorData::I32(values) => ("int32", json!(values)),
            TensorData::Bool(values) => ("bool", json!(values)),
            TensorData::Str(values) => ("str", json!(values)),
        };
        json!({ "dtype": dtype, "shape": self.shape, "values": values })
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "cells are the few scalar kinds of the many values a record can hold")]
fn cell(value: &Value, float: bool) -> Option<Cell> {
    Some(match value {
        Value::Bool(value) => Cell::Bool(*value),
        Value::Int(value) => Cell::Int(*value),
        Value::Str(text) => Cell::Text(text.clone()),
        Value::None(()) => Cell::Missing("None"),
        Value::Tagged(tagged) => match &**tagged {
            Tagged::Float(value) | Tagged::Float32(value) if value.0.is_nan() && !float => Cell::Missing("NaN"),
            Tagged::Float(value) | Tagged::Float32(value) => Cell::Float(value.0),
            // An integer of more than 64 bits, which no scorer gives.
            Tagged::Big(text) => Cell::Float(text.parse().ok()?),
            Tagged::Missing(name) if name == "NaT" => Cell::Missing("NaT"),
            Tagged::Missing(_) => Cell::Missing("NA"),
            Tagged::Timestamp(value) => Cell::DateTime(*value),
            Tagged::Timedelta(value) => Cell::Duration(*value),
            _ => return None,
        },
    })
}
