//! Constant tensors: what initializers, tensor attributes and folded shape arithmetic hold.
//!
//! A decoded [`Tensor`] always has exactly as many elements as its dims say. Sizes in the file are checked before anything is allocated,
//! so a damaged file costs no more memory than its own length.

use bytes::Bytes;

use crate::proto::TensorProto;

/// More elements than this in one tensor are refused: no classic model comes near, and a hostile file soon would.
const ELEMENT_LIMIT: usize = 1 << 27;

#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub dims: Vec<usize>,
    pub data: Data,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Bool(Vec<bool>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Str(Vec<String>),
}

/// The element types that reach the IR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementType {
    Bool,
    I32,
    I64,
    F32,
    F64,
    Str,
}

impl ElementType {
    /// From the number of `TensorProto.DataType`; the error names the type.
    pub fn from_number(number: i32) -> Result<Self, String> {
        match number {
            1 => Ok(ElementType::F32),
            6 => Ok(ElementType::I32),
            7 => Ok(ElementType::I64),
            8 => Ok(ElementType::Str),
            9 => Ok(ElementType::Bool),
            11 => Ok(ElementType::F64),
            other => Err(number_name(other)),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            ElementType::Bool => "bool",
            ElementType::I32 => "int32",
            ElementType::I64 => "int64",
            ElementType::F32 => "float",
            ElementType::F64 => "double",
            ElementType::Str => "string",
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
    pub fn pick(&self, positions: &[usize]) -> Data {
        fn chosen<T: Clone>(items: &[T], positions: &[usize]) -> Vec<T> {
            positions.iter().filter_map(|position| items.get(*position).cloned()).collect()
        }
        match self {
            Data::Bool(items) => Data::Bool(chosen(items, positions)),
            Data::I32(items) => Data::I32(chosen(items, positions)),
            Data::I64(items) => Data::I64(chosen(items, positions)),
            Data::F32(items) => Data::F32(chosen(items, positions)),
            Data::F64(items) => Data::F64(chosen(items, positions)),
            Data::Str(items) => Data::Str(chosen(items, positions)),
        }
    }
}

impl Tensor {
    pub fn vector(data: Data) -> Self {
        Tensor { dims: vec![data.len()], data }
    }

    pub fn scalar(data: Data) -> Self {
        Tensor { dims: Vec::new(), data }
    }

    /// The elements as integers. `None` for other element types.
    pub fn integers(&self) -> Option<Vec<i64>> {
        match &self.data {
            Data::I64(items) => Some(items.clone()),
            Data::I32(items) => Some(items.iter().map(|item| i64::from(*item)).collect()),
            Data::Bool(_) | Data::F32(_) | Data::F64(_) | Data::Str(_) => None,
        }
    }

    /// The elements as doubles, exactly. `None` for text and flags, and for integers that no double holds.
    pub fn doubles(&self) -> Option<Vec<f64>> {
        match &self.data {
            Data::F64(items) => Some(items.clone()),
            Data::F32(items) => Some(items.iter().map(|item| f64::from(*item)).collect()),
            Data::Bool(_) | Data::I32(_) | Data::I64(_) | Data::Str(_) => None,
        }
    }

    /// A tensor attribute. `TreeEnsemble` keeps its node modes as uint8, which come out as int32.
    pub fn decode_attribute(proto: &TensorProto) -> Result<Tensor, String> {
        /// The number of uint8 in `TensorProto.DataType`.
        const UINT8: i32 = 2;
        if proto.data_type != Some(UINT8) {
            return Tensor::decode(proto);
        }
        let widened = match &proto.raw_data {
            Some(raw) if !raw.is_empty() => raw.iter().map(|byte| i32::from(*byte)).collect(),
            Some(_) | None => proto.int32_data.clone(),
        };
        Tensor::decode(&TensorProto { data_type: Some(6), int32_data: widened, raw_data: None, ..proto.clone() })
    }

    pub fn decode(proto: &TensorProto) -> Result<Tensor, String> {
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
        if proto.data_location == Some(1) || !proto.external_data.is_empty() {
            return Err("its data lies in another file (external data)".to_owned());
        }
        let elements =
            ElementType::from_number(proto.data_type.unwrap_or(0)).map_err(|name| format!("its element type {name} is not supported"))?;
        let data = match &proto.raw_data {
            Some(raw) if !raw.is_empty() => from_raw(elements, raw)?,
            Some(_) | None => from_fields(elements, proto)?,
        };
        if data.len() != count {
            return Err(format!("its dims {dims:?} ask for {count} elements, and it holds {}", data.len()));
        }
        Ok(Tensor { dims, data })
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
        ElementType::Bool => Data::Bool(raw.iter().map(|byte| *byte != 0).collect()),
        ElementType::I32 => Data::I32(chunks(raw, i32::from_le_bytes)?),
        ElementType::I64 => Data::I64(chunks(raw, i64::from_le_bytes)?),
        ElementType::F32 => Data::F32(chunks(raw, f32::from_le_bytes)?),
        ElementType::F64 => Data::F64(chunks(raw, f64::from_le_bytes)?),
        ElementType::Str => return Err("it holds text as raw bytes, which the standard forbids".to_owned()),
    })
}

fn from_fields(elements: ElementType, proto: &TensorProto) -> Result<Data, String> {
    Ok(match elements {
        ElementType::Bool => Data::Bool(proto.int32_data.iter().map(|item| *item != 0).collect()),
        ElementType::I32 => Data::I32(proto.int32_data.clone()),
        ElementType::I64 => Data::I64(proto.int64_data.clone()),
        ElementType::F32 => Data::F32(proto.float_data.clone()),
        ElementType::F64 => Data::F64(proto.double_data.clone()),
        ElementType::Str => {
            let texts: Result<Vec<String>, String> = proto.string_data.iter().map(text).collect();
            Data::Str(texts?)
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

    fn proto(dims: &[i64], data_type: i32) -> TensorProto {
        TensorProto { dims: dims.to_vec(), data_type: Some(data_type), ..TensorProto::default() }
    }

    #[test]
    fn huge_dims_are_refused_before_anything_is_allocated() {
        let error = Tensor::decode(&proto(&[i64::MAX, i64::MAX], 1)).unwrap_err();
        assert!(error.contains("more than"), "{error}");
        assert!(Tensor::decode(&proto(&[-3], 1)).unwrap_err().contains("negative"));
    }

    #[test]
    fn dims_and_data_must_agree() {
        let mut short = proto(&[3], 7);
        short.int64_data = vec![1, 2];
        assert!(Tensor::decode(&short).unwrap_err().contains("holds 2"));
    }

    #[test]
    fn raw_floats_are_little_endian() {
        let mut raw = proto(&[2], 1);
        raw.raw_data = Some(Bytes::from_static(&[0, 0, 128, 63, 0, 0, 0, 192]));
        assert_eq!(Tensor::decode(&raw).unwrap().data, Data::F32(vec![1.0, -2.0]));
    }

    #[test]
    fn an_unknown_element_type_is_named() {
        assert!(Tensor::decode(&proto(&[], 23)).unwrap_err().contains("float4e2m1"));
        assert!(Tensor::decode(&proto(&[], 99)).unwrap_err().contains("number 99"));
    }
}
