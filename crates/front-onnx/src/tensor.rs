//! Constant tensors: what initializers, tensor attributes and folded shape arithmetic hold.
//!
//! A decoded [`Tensor`] always has exactly as many elements as its dims say. Sizes in the file are checked before anything is allocated,
//! so a damaged file costs no more memory than its own length.

use std::sync::Arc;

use bytes::Bytes;
use half::{bf16, f16};
use ir::Elements;

use crate::proto::TensorProto;

/// More elements than this in one tensor are refused: no classic model comes near, and a hostile file soon would.
const ELEMENT_LIMIT: usize = 1 << 27;

#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub dims: Vec<usize>,
    /// What the graph calls its elements; `data` holds them as [`ElementType::held`] says.
    pub elements: ElementType,
    pub data: Data,
}

/// Elements in the form in which they are computed with. A clone shares them, and so does a table of the module.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Bool(Arc<Vec<bool>>),
    I32(Arc<Vec<i32>>),
    I64(Arc<Vec<i64>>),
    F32(Arc<Vec<f32>>),
    F64(Arc<Vec<f64>>),
    Str(Arc<Vec<String>>),
}

/// The element types of graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementType {
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F16,
    BF16,
    F32,
    F64,
    Str,
}

impl ElementType {
    /// From the number of `TensorProto.DataType`; the error names the type.
    pub fn from_number(number: i32) -> Result<Self, String> {
        match number {
            1 => Ok(ElementType::F32),
            2 => Ok(ElementType::U8),
            3 => Ok(ElementType::I8),
            4 => Ok(ElementType::U16),
            5 => Ok(ElementType::I16),
            6 => Ok(ElementType::I32),
            7 => Ok(ElementType::I64),
            8 => Ok(ElementType::Str),
            9 => Ok(ElementType::Bool),
            10 => Ok(ElementType::F16),
            11 => Ok(ElementType::F64),
            12 => Ok(ElementType::U32),
            13 => Ok(ElementType::U64),
            16 => Ok(ElementType::BF16),
            other => Err(number_name(other)),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            ElementType::Bool => "bool",
            ElementType::I8 => "int8",
            ElementType::U8 => "uint8",
            ElementType::I16 => "int16",
            ElementType::U16 => "uint16",
            ElementType::I32 => "int32",
            ElementType::U32 => "uint32",
            ElementType::I64 => "int64",
            ElementType::U64 => "uint64",
            ElementType::F16 => "float16",
            ElementType::BF16 => "bfloat16",
            ElementType::F32 => "float",
            ElementType::F64 => "double",
            ElementType::Str => "string",
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, ElementType::F16 | ElementType::BF16 | ElementType::F32 | ElementType::F64)
    }

    pub fn is_integer(self) -> bool {
        !self.is_float() && !matches!(self, ElementType::Bool | ElementType::Str)
    }

    pub fn is_unsigned(self) -> bool {
        matches!(self, ElementType::U8 | ElementType::U16 | ElementType::U32 | ElementType::U64)
    }

    /// The type that holds its values in computations: half floats in float, short integers in int32, uint32 in int64. A uint64 is the
    /// int64 of the same bits.
    pub fn held(self) -> ElementType {
        match self {
            ElementType::F16 | ElementType::BF16 => ElementType::F32,
            ElementType::I8 | ElementType::U8 | ElementType::I16 | ElementType::U16 => ElementType::I32,
            ElementType::U32 | ElementType::U64 => ElementType::I64,
            ElementType::Bool | ElementType::I32 | ElementType::I64 | ElementType::F32 | ElementType::F64 | ElementType::Str => self,
        }
    }

    /// The bytes of an element in raw data; text has none there.
    fn raw_bytes(self) -> usize {
        match self {
            ElementType::Bool | ElementType::I8 | ElementType::U8 => 1,
            ElementType::I16 | ElementType::U16 | ElementType::F16 | ElementType::BF16 => 2,
            ElementType::I32 | ElementType::U32 | ElementType::F32 => 4,
            ElementType::I64 | ElementType::U64 | ElementType::F64 => 8,
            ElementType::Str => 0,
        }
    }

    /// The bits of an integer; 0 for others.
    pub fn bits(self) -> u32 {
        match self {
            ElementType::I8 | ElementType::U8 => 8,
            ElementType::I16 | ElementType::U16 => 16,
            ElementType::I32 | ElementType::U32 => 32,
            ElementType::I64 | ElementType::U64 => 64,
            ElementType::Bool | ElementType::F16 | ElementType::BF16 | ElementType::F32 | ElementType::F64 | ElementType::Str => 0,
        }
    }

    /// The least and the greatest of an integer, which is held in 32 or 64 bits; those of int64 where it is no smaller one.
    pub fn range(self) -> (i64, i64) {
        match self {
            ElementType::I8 => (i8::MIN.into(), i8::MAX.into()),
            ElementType::U8 => (0, u8::MAX.into()),
            ElementType::I16 => (i16::MIN.into(), i16::MAX.into()),
            ElementType::U16 => (0, u16::MAX.into()),
            ElementType::I32 => (i32::MIN.into(), i32::MAX.into()),
            ElementType::U32 => (0, u32::MAX.into()),
            ElementType::Bool
            | ElementType::I64
            | ElementType::U64
            | ElementType::F16
            | ElementType::BF16
            | ElementType::F32
            | ElementType::F64
            | ElementType::Str => (i64::MIN, i64::MAX),
        }
    }
}

fn number_name(number: i32) -> String {
    const NAMES: [&str; 29] = [
        "undefined",
        "float",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "int32",
        "int64",
        "string",
        "bool",
        "float16",
        "double",
        "uint32",
        "uint64",
        "complex64",
        "complex128",
        "bfloat16",
        "float8e4m3fn",
        "float8e4m3fnuz",
        "float8e5m2",
        "float8e5m2fnuz",
        "uint4",
        "int4",
        "float4e2m1",
        "float8e8m0",
        "uint2",
        "int2",
        "float6e2m3",
        "float6e3m2",
    ];
    match usize::try_from(number).ok().and_then(|index| NAMES.get(index)) {
        Some(name) => (*name).to_owned(),
        None => format!("number {number}"),
    }
}

impl Data {
    pub fn bool(items: Vec<bool>) -> Self {
        Data::Bool(Arc::new(items))
    }

    pub fn i32(items: Vec<i32>) -> Self {
        Data::I32(Arc::new(items))
    }

    pub fn i64(items: Vec<i64>) -> Self {
        Data::I64(Arc::new(items))
    }

    pub fn f32(items: Vec<f32>) -> Self {
        Data::F32(Arc::new(items))
    }

    pub fn f64(items: Vec<f64>) -> Self {
        Data::F64(Arc::new(items))
    }

    pub fn text(items: Vec<String>) -> Self {
        Data::Str(Arc::new(items))
    }

    /// The same elements, for a table of the module.
    pub fn elements(&self) -> Elements {
        match self {
            Data::Bool(items) => Elements::Bool(Arc::clone(items)),
            Data::I32(items) => Elements::I32(Arc::clone(items)),
            Data::I64(items) => Elements::I64(Arc::clone(items)),
            Data::F32(items) => Elements::F32(Arc::clone(items)),
            Data::F64(items) => Elements::F64(Arc::clone(items)),
            Data::Str(items) => Elements::Str(Arc::clone(items)),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Data::Bool(items) => items.len(),
            Data::I32(items) => items.len(),
            Data::I64(items) => items.len(),
            Data::F32(items) => items.len(),
            Data::F64(items) => items.len(),
            Data::Str(items) => items.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type that is held as itself.
    pub fn element_type(&self) -> ElementType {
        match self {
            Data::Bool(_) => ElementType::Bool,
            Data::I32(_) => ElementType::I32,
            Data::I64(_) => ElementType::I64,
            Data::F32(_) => ElementType::F32,
            Data::F64(_) => ElementType::F64,
            Data::Str(_) => ElementType::Str,
        }
    }

    /// The elements at these positions, in this order. Positions past the end are left out.
    pub fn pick(&self, positions: impl IntoIterator<Item = usize>) -> Data {
        fn chosen<T: Clone>(items: &[T], positions: impl IntoIterator<Item = usize>) -> Vec<T> {
            let positions = positions.into_iter();
            let mut chosen = Vec::with_capacity(positions.size_hint().0);
            chosen.extend(positions.filter_map(|position| items.get(position).cloned()));
            chosen
        }
        match self {
            Data::Bool(items) => Data::bool(chosen(items, positions)),
            Data::I32(items) => Data::i32(chosen(items, positions)),
            Data::I64(items) => Data::i64(chosen(items, positions)),
            Data::F32(items) => Data::f32(chosen(items, positions)),
            Data::F64(items) => Data::f64(chosen(items, positions)),
            Data::Str(items) => Data::text(chosen(items, positions)),
        }
    }
}

impl Tensor {
    pub fn new(dims: Vec<usize>, data: Data) -> Self {
        Tensor { dims, elements: data.element_type(), data }
    }

    pub fn vector(data: Data) -> Self {
        Tensor::new(vec![data.len()], data)
    }

    pub fn scalar(data: Data) -> Self {
        Tensor::new(Vec::new(), data)
    }

    /// The same elements under other dims of the same count.
    pub fn reshaped(&self, dims: Vec<usize>) -> Self {
        Tensor { dims, ..self.clone() }
    }

    /// The only element of a tensor of floats, as a double.
    pub fn number(&self) -> Option<f64> {
        match self.doubles()?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The elements as integers. `None` for other element types.
    pub fn integers(&self) -> Option<Vec<i64>> {
        match &self.data {
            Data::I64(items) => Some(items.to_vec()),
            Data::I32(items) => Some(items.iter().map(|item| i64::from(*item)).collect()),
            Data::Bool(_) | Data::F32(_) | Data::F64(_) | Data::Str(_) => None,
        }
    }

    /// The elements as doubles, exactly. `None` for text and flags, and for integers that no double holds.
    pub fn doubles(&self) -> Option<Vec<f64>> {
        match &self.data {
            Data::F64(items) => Some(items.to_vec()),
            Data::F32(items) => Some(items.iter().map(|item| f64::from(*item)).collect()),
            Data::Bool(_) | Data::I32(_) | Data::I64(_) | Data::Str(_) => None,
        }
    }

    /// From a message whose data, if it lies in a file beside the model, `beside` reads: by location, offset and length.
    pub fn decode(proto: TensorProto, beside: &dyn Beside) -> Result<Tensor, String> {
        let mut dims = Vec::with_capacity(proto.dims.len());
        let mut count = 1usize;
        for dim in &proto.dims {
            let dim = usize::try_from(*dim).map_err(|_| format!("its dimension {dim} is negative"))?;
            count = count
                .checked_mul(dim)
                .filter(|count| *count <= ELEMENT_LIMIT)
                .ok_or_else(|| format!("its dims {:?} ask for more than {ELEMENT_LIMIT} elements", proto.dims))?;
            dims.push(dim);
        }
        let elements =
            ElementType::from_number(proto.data_type.unwrap_or(0)).map_err(|name| format!("its element type {name} is not supported"))?;
        let data = if proto.data_location == Some(1) || !proto.external_data.is_empty() {
            from_raw(elements, &external(&proto, count.saturating_mul(elements.raw_bytes()), beside)?)?
        } else {
            match &proto.raw_data {
                Some(raw) if !raw.is_empty() => from_raw(elements, raw)?,
                Some(_) | None => from_fields(elements, proto)?,
            }
        };
        if data.len() != count {
            return Err(format!("its dims {dims:?} ask for {count} elements, and it holds {}", data.len()));
        }
        Ok(Tensor { dims, elements, data })
    }
}

/// What lies in files beside the model.
pub trait Beside {
    /// `length` bytes from `offset` on. The error says why there are none.
    fn read(&self, location: &str, offset: u64, length: usize) -> Result<Bytes, String>;
}

/// The bytes that the dims ask for, and never more: what the file says of them is not to be believed.
fn external(proto: &TensorProto, wanted: usize, beside: &dyn Beside) -> Result<Bytes, String> {
    let entry =
        |key: &str| proto.external_data.iter().find(|entry| entry.key.as_deref() == Some(key)).and_then(|entry| entry.value.as_deref());
    let number = |key: &str| match entry(key) {
        Some(text) => text.parse::<u64>().map(Some).map_err(|_| format!("the {key} of its external data is `{text}`")),
        None => Ok(None),
    };
    let location = entry("location").ok_or("its external data has no location")?;
    match number("length")? {
        Some(length) if length != wanted as u64 => Err(format!("its external data has {length} bytes, and its dims ask for {wanted}")),
        Some(_) | None => beside.read(location, number("offset")?.unwrap_or(0), wanted),
    }
}

fn from_raw(elements: ElementType, raw: &Bytes) -> Result<Data, String> {
    fn chunks<const N: usize, T>(raw: &[u8], read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, String> {
        let (chunks, rest) = raw.as_chunks::<N>();
        if !rest.is_empty() {
            return Err(format!("its {} raw bytes are not a multiple of {N}", raw.len()));
        }
        Ok(chunks.iter().map(|chunk| read(*chunk)).collect())
    }
    Ok(match elements {
        ElementType::Bool => Data::bool(raw.iter().map(|byte| *byte != 0).collect()),
        ElementType::I8 => Data::i32(chunks(raw, |bytes| i8::from_le_bytes(bytes).into())?),
        ElementType::U8 => Data::i32(raw.iter().map(|byte| i32::from(*byte)).collect()),
        ElementType::I16 => Data::i32(chunks(raw, |bytes| i16::from_le_bytes(bytes).into())?),
        ElementType::U16 => Data::i32(chunks(raw, |bytes| u16::from_le_bytes(bytes).into())?),
        ElementType::I32 => Data::i32(chunks(raw, i32::from_le_bytes)?),
        ElementType::U32 => Data::i64(chunks(raw, |bytes| u32::from_le_bytes(bytes).into())?),
        ElementType::I64 | ElementType::U64 => Data::i64(chunks(raw, i64::from_le_bytes)?),
        ElementType::F16 => Data::f32(chunks(raw, |bytes| f16::from_le_bytes(bytes).to_f32())?),
        ElementType::BF16 => Data::f32(chunks(raw, |bytes| bf16::from_le_bytes(bytes).to_f32())?),
        ElementType::F32 => Data::f32(chunks(raw, f32::from_le_bytes)?),
        ElementType::F64 => Data::f64(chunks(raw, f64::from_le_bytes)?),
        ElementType::Str => return Err("it holds text as raw bytes, which the standard forbids".to_owned()),
    })
}

fn from_fields(elements: ElementType, proto: TensorProto) -> Result<Data, String> {
    Ok(match elements {
        ElementType::Bool => Data::bool(proto.int32_data.iter().map(|item| *item != 0).collect()),
        ElementType::I8 => Data::i32(proto.int32_data.iter().map(|item| (*item as i8).into()).collect()),
        ElementType::U8 => Data::i32(proto.int32_data.iter().map(|item| (*item as u8).into()).collect()),
        ElementType::I16 => Data::i32(proto.int32_data.iter().map(|item| (*item as i16).into()).collect()),
        ElementType::U16 => Data::i32(proto.int32_data.iter().map(|item| (*item as u16).into()).collect()),
        ElementType::I32 => Data::i32(proto.int32_data),
        ElementType::U32 => Data::i64(proto.uint64_data.iter().map(|item| (*item as u32).into()).collect()),
        ElementType::I64 => Data::i64(proto.int64_data),
        ElementType::U64 => Data::i64(proto.uint64_data.iter().map(|item| *item as i64).collect()),
        ElementType::F16 => Data::f32(proto.int32_data.iter().map(|item| f16::from_bits(*item as u16).to_f32()).collect()),
        ElementType::BF16 => Data::f32(proto.int32_data.iter().map(|item| bf16::from_bits(*item as u16).to_f32()).collect()),
        ElementType::F32 => Data::f32(proto.float_data),
        ElementType::F64 => Data::f64(proto.double_data),
        ElementType::Str => {
            let texts: Result<Vec<String>, String> = proto.string_data.iter().map(text).collect();
            Data::text(texts?)
        }
    })
}

/// Bytes of a string field as text. ONNX strings are UTF-8.
pub fn text(bytes: &Bytes) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "it holds text that is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Beside for Nothing {
        fn read(&self, _: &str, _: u64, _: usize) -> Result<Bytes, String> {
            Err("there is nothing".to_owned())
        }
    }

    fn decode(proto: TensorProto) -> Result<Tensor, String> {
        Tensor::decode(proto, &Nothing)
    }

    fn proto(dims: &[i64], data_type: i32) -> TensorProto {
        TensorProto { dims: dims.to_vec(), data_type: Some(data_type), ..TensorProto::default() }
    }

    #[test]
    fn huge_dims_are_refused_before_anything_is_allocated() {
        let error = decode(proto(&[i64::MAX, i64::MAX], 1)).unwrap_err();
        assert!(error.contains("more than"), "{error}");
        assert!(decode(proto(&[-3], 1)).unwrap_err().contains("negative"));
    }

    #[test]
    fn dims_and_data_must_agree() {
        let mut short = proto(&[3], 7);
        short.int64_data = vec![1, 2];
        assert!(decode(short).unwrap_err().contains("holds 2"));
    }

    #[test]
    fn raw_floats_are_little_endian() {
        let mut raw = proto(&[2], 1);
        raw.raw_data = Some(Bytes::from_static(&[0, 0, 128, 63, 0, 0, 0, 192]));
        assert_eq!(decode(raw).unwrap().data, Data::f32(vec![1.0, -2.0]));
    }

    #[test]
    fn an_unknown_element_type_is_named() {
        assert!(decode(proto(&[], 23)).unwrap_err().contains("float4e2m1"));
        assert!(decode(proto(&[], 99)).unwrap_err().contains("number 99"));
    }
}
