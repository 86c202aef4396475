//! One array of numpy: the `.npy` format, versions 1 to 3.
//!
//! Both byte orders and both memory orders are read; what is written is little-endian and row-major. Arrays of Python objects are pickles:
//! programs that rebuild the objects. They are refused by their type, and nothing of a file is ever run.
//! Source: numpy `numpy.lib.format`, NEP 1.

use std::io::Read;

use super::Allowance;
use super::found::{Found, Unit};

const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read, in bytes. numpy's are below 200 for plain types.
const LONGEST_HEADER: usize = 1 << 16;

/// An array, still as bytes.
#[derive(Debug)]
pub(super) struct Array {
    kind: Kind,
    /// Bytes of an element.
    size: usize,
    big_endian: bool,
    column_major: bool,
    pub shape: Vec<usize>,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Signed,
    Unsigned,
    Float,
    Text,
    Instant(Unit),
    Span(Unit),
}

impl Array {
    /// Reads an array: its header, then as many bytes as the header's type and shape need. Errors: another form or type, too few bytes or
    /// too many, more than is allowed.
    pub(super) fn read(mut file: impl Read, allowance: &mut Allowance) -> Result<Array, String> {
        let early = |_| "it ends within its header".to_string();
        let mut start = [0; 8];
        file.read_exact(&mut start).map_err(early)?;
        if !start.starts_with(MAGIC) {
            return Err("it is not an array of numpy".into());
        }
        let length = if start[6] == 1 {
            let mut length = [0; 2];
            file.read_exact(&mut length).map_err(early)?;
            usize::from(u16::from_le_bytes(length))
        } else if start[6] == 2 || start[6] == 3 {
            let mut length = [0; 4];
            file.read_exact(&mut length).map_err(early)?;
            u32::from_le_bytes(length) as usize
        } else {
            return Err(format!("it is of version {} of the format; versions 1 to 3 are read", start[6]));
        };
        if length > LONGEST_HEADER {
            return Err(format!("its header claims {length} bytes; a plain array's are fewer than {LONGEST_HEADER}"));
        }
        let mut header = vec![0; length];
        file.read_exact(&mut header).map_err(early)?;
        let header = String::from_utf8(header).map_err(|_| "its header is not text")?;
        let mut array = described(&header)?;
        let count = array.shape.iter().try_fold(1_usize, |count, dim| count.checked_mul(*dim)).ok_or("its shape is too large")?;
        let need = count.checked_mul(array.size).ok_or("its shape is too large")?;
        // Rows of nothing are rows too.
        let rows = array.shape.first().copied().unwrap_or(0);
        allowance.take(count.max(rows) as u64, array.size as u64)?;
        // The one byte more tells an array that is too long. Nothing is reserved before it is read.
        file.take(need as u64 + 1).read_to_end(&mut array.bytes).map_err(|error| format!("it is damaged: {error}"))?;
        match array.bytes.len() {
            length if length < need => Err(format!("its shape needs {need} bytes, and it has {length}")),
            length if length > need => Err(format!("its shape needs {need} bytes, and it has more")),
            _ => Ok(array),
        }
    }

    /// The element at a place in row-major order. Errors: a text that is none.
    pub(super) fn element(&self, at: usize) -> Result<Found, String> {
        let start = self.place(at) * self.size;
        let bytes = self.bytes.get(start..start + self.size).unwrap_or_default();
        if self.kind == Kind::Text {
            return self.text(bytes).map(Found::Text);
        }
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        if self.big_endian {
            wide[..bytes.len()].reverse();
        }
        let unsigned = u64::from_le_bytes(wide);
        let unused = 64 - 8 * bytes.len();
        let signed = (unsigned << unused) as i64 >> unused;
        Ok(match self.kind {
            Kind::Bool => Found::Bool(unsigned != 0),
            Kind::Signed => Found::Int(signed.into()),
            Kind::Unsigned => Found::Int(unsigned.into()),
            Kind::Float if self.size == 4 => Found::F32(f32::from_bits(unsigned as u32)),
            Kind::Float | Kind::Text => Found::F64(f64::from_bits(unsigned)),
            // numpy's "not a time" is the smallest number.
            Kind::Instant(_) | Kind::Span(_) if signed == i64::MIN => Found::Missing,
            Kind::Instant(unit) => Found::Instant(signed, unit),
            Kind::Span(unit) => Found::Span(signed, unit),
        })
    }

    /// Where an element lies.
    fn place(&self, at: usize) -> usize {
        if !self.column_major {
            return at;
        }
        let (mut rest, mut place, mut stride) = (at, 0, self.shape.iter().product::<usize>());
        for dim in self.shape.iter().rev() {
            stride /= dim;
            place += rest % dim * stride;
            rest /= dim;
        }
        place
    }

    /// Code points of four bytes, filled up with zeros.
    fn text(&self, bytes: &[u8]) -> Result<String, String> {
        let code = |bytes: &[u8; 4]| if self.big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) };
        let mut codes: Vec<u32> = bytes.as_chunks().0.iter().map(code).collect();
        codes.truncate(codes.iter().rposition(|code| *code != 0).map_or(0, |last| last + 1));
        codes.into_iter().map(|code| char::from_u32(code).ok_or_else(|| format!("{code:#x} is not a character"))).collect()
    }
}

/// An array without its bytes, from `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
fn described(header: &str) -> Result<Array, String> {
    let malformed = || format!("its header is malformed: {:?}", header.trim_end());
    let value = |key: &str| {
        let (_, rest) = header.split_once(&format!("'{key}'")).ok_or_else(malformed)?;
        rest.trim_start().strip_prefix(':').map(str::trim_start).ok_or_else(malformed)
    };
    let descr = value("descr")?;
    if descr.starts_with('[') {
        return Err("it is an array of records; each input needs an array of its own".into());
    }
    let descr = descr.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).ok_or_else(malformed)?.0;
    let order = value("fortran_order")?;
    let column_major = order.starts_with("True");
    if !column_major && !order.starts_with("False") {
        return Err(malformed());
    }
    let shape = value("shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or_else(malformed)?.0;
    let dims = shape.split(',').map(str::trim).filter(|dim| !dim.is_empty());
    let shape = dims.map(|dim| dim.trim_end_matches('L').parse().map_err(|_| malformed())).collect::<Result<Vec<usize>, _>>()?;
    let (kind, size, big_endian) = dtype(descr)?;
    Ok(Array { kind, size, big_endian, column_major, shape, bytes: Vec::new() })
}

/// The type that a `descr` names, the bytes of an element, and whether the highest comes first.
fn dtype(descr: &str) -> Result<(Kind, usize, bool), String> {
    let unknown = || format!("its type {descr:?} is not read; bool, integers, f4, f8, datetime64, timedelta64 and texts (`<U`) are");
    let (order, rest) = descr.split_at_checked(1).ok_or_else(unknown)?;
    let mut letters = rest.chars();
    let letter = letters.next().ok_or_else(unknown)?;
    let rest = letters.as_str();
    if letter == 'O' {
        return Err(
            "it is an array of Python objects, a pickle, which is a program and is never run; save it with a type such as float64 or str"
                .into(),
        );
    }
    let (digits, unit) = rest.split_once('[').map_or((rest, None), |(digits, unit)| (digits, unit.strip_suffix(']')));
    let size: usize = digits.parse().map_err(|_| unknown())?;
    let unit = || unit.and_then(Unit::of).ok_or_else(unknown);
    let (kind, size) = match (letter, size) {
        ('b', 1) => (Kind::Bool, 1),
        ('i', 1 | 2 | 4 | 8) => (Kind::Signed, size),
        ('u', 1 | 2 | 4 | 8) => (Kind::Unsigned, size),
        ('f', 4 | 8) => (Kind::Float, size),
        ('M', 8) => (Kind::Instant(unit()?), 8),
        ('m', 8) => (Kind::Span(unit()?), 8),
        ('U', _) => (Kind::Text, size.checked_mul(4).ok_or_else(unknown)?),
        _ => return Err(unknown()),
    };
    match order {
        "<" | "|" => Ok((kind, size, false)),
        ">" => Ok((kind, size, true)),
        _ => Err(unknown()),
    }
}

/// The header of a written array: version 1, filled up so that the values begin at a multiple of 64.
pub(super) fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    // A tuple of one needs its comma.
    let dims: String = shape.iter().map(|dim| format!("{dim}, ")).collect();
    let dims = if shape.len() == 1 { dims.trim_end() } else { dims.trim_end_matches(", ") };
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({dims}), }}");
    let before = MAGIC.len() + 4;
    let length = (before + text.len() + 1).next_multiple_of(64) - before;
    let mut header = [MAGIC, &[1, 0], &(length as u16).to_le_bytes()].concat();
    header.extend(format!("{text:<width$}\n", width = length - 1).into_bytes());
    header
}
