//! What the pages of a Parquet file claim, checked before the file is decoded.
//!
//! The `parquet` crate believes a page's header: it reserves the claimed size of the page, of its dictionary and of any text in the
//! header. A reservation that the machine cannot give ends the process and is no error that could be caught. So each header is read
//! here first, bounded by the bytes that are there, and no page gets to the crate that claims more than its bytes could hold.
//! Source: parquet-format `parquet.thrift` (`PageHeader`), Thrift's compact protocol.

use parquet::basic::Compression;
use parquet::file::metadata::ColumnChunkMetaData;

use super::Allowance;

/// How deep structures lie in each other in a page's header; statistics in a page in the header are the deepest.
const DEPTH: usize = 8;

/// Checks all pages of a column chunk. Errors: a size that cannot be, a page outside the file, an encoding that is not read.
pub(super) fn check(file: &[u8], chunk: &ColumnChunkMetaData, allowance: &mut Allowance) -> Result<(), String> {
    let outside = || "its pages lie outside the file".to_string();
    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
    let start = usize::try_from(start).map_err(|_| outside())?;
    let length = usize::try_from(chunk.compressed_size()).map_err(|_| outside())?;
    let mut rest = start.checked_add(length).and_then(|end| file.get(start..end)).ok_or_else(outside)?;
    let refused = |codec: &str| Err(format!("it is compressed with {codec}; snappy, gzip and no compression are read"));
    let largest_ratio = match chunk.compression() {
        Compression::UNCOMPRESSED => 1,
        // A copy of 64 bytes takes 3 (Snappy format description, 2.2.2).
        Compression::SNAPPY => 22,
        // A match of 258 bytes takes at least two bits (RFC 1951).
        Compression::GZIP(_) => 1032,
        Compression::LZO => return refused("lzo"),
        Compression::BROTLI(_) => return refused("brotli"),
        Compression::LZ4 | Compression::LZ4_RAW => return refused("lz4"),
        Compression::ZSTD(_) => return refused("zstd"),
    };
    let (mut values, mut has_dictionary) = (0_i64, false);
    while !rest.is_empty() {
        let mut bytes = Bytes(rest);
        let page = page(&mut bytes)?;
        let size = |size: Option<i64>| size.and_then(|size| usize::try_from(size).ok()).ok_or("a page has no sound size");
        let (compressed, uncompressed) = (size(page.compressed)?, size(page.uncompressed)?);
        rest = bytes.0.get(compressed..).ok_or_else(outside)?;
        if uncompressed > compressed.saturating_mul(largest_ratio).saturating_add(64) {
            return Err(format!("a page of {compressed} bytes claims to hold {uncompressed}"));
        }
        allowance.take(1, uncompressed as u64)?;
        if page.kind == Some(DICTIONARY) {
            // What has a dictionary has values of at least four bytes.
            if page.values.is_none_or(|values| values < 0 || values as u64 > uncompressed as u64 / 4) {
                return Err("a dictionary claims more values than it holds".into());
            }
        } else if page.kind == Some(DATA) || page.kind == Some(DATA_V2) {
            let more = page.values.filter(|values| *values >= 0).and_then(|more| values.checked_add(more));
            values = more.ok_or("a page has no sound number of values")?;
        }
        match page.encoding {
            None | Some(PLAIN | RLE | DELTA_BINARY_PACKED) => {}
            Some(PLAIN_DICTIONARY | RLE_DICTIONARY) if has_dictionary || page.kind == Some(DICTIONARY) => {}
            Some(PLAIN_DICTIONARY | RLE_DICTIONARY) => return Err("a page refers to a dictionary that is not there".into()),
            // The crate reserves as many texts as a delta encoding claims, and reads past the end of split streams.
            Some(_) => return Err("it is encoded in a way that is not read; plain, dictionary and run-length encoding are".into()),
        }
        has_dictionary |= page.kind == Some(DICTIONARY);
    }
    if values == chunk.num_values() { Ok(()) } else { Err(format!("it claims {} values, and its pages {values}", chunk.num_values())) }
}

// `PageType`
const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const DATA_V2: i64 = 3;

// `Encoding`
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const DELTA_BINARY_PACKED: i64 = 5;
const RLE_DICTIONARY: i64 = 8;

/// What counts of a page's header.
#[derive(Default)]
struct Page {
    kind: Option<i64>,
    uncompressed: Option<i64>,
    compressed: Option<i64>,
    values: Option<i64>,
    encoding: Option<i64>,
}

fn page(bytes: &mut Bytes<'_>) -> Result<Page, String> {
    let mut page = Page::default();
    bytes.structure(0, &mut |path, value| match path {
        [1] => page.kind = Some(value),
        [2] => page.uncompressed = Some(value),
        [3] => page.compressed = Some(value),
        // The headers of data pages, dictionary pages and data pages of version 2.
        [5 | 7 | 8, 1] => page.values = Some(value),
        [5, 2] | [8, 4] => page.encoding = Some(value),
        _ => {}
    })?;
    Ok(page)
}

/// Bytes in Thrift's compact protocol.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.0.split_first().ok_or("a page header ends early")?;
        self.0 = rest;
        Ok(*first)
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for at in 0..10 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a page header has a number without an end".into())
    }

    fn zigzag(&mut self) -> Result<i64, String> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn skip(&mut self, count: u64) -> Result<(), String> {
        let rest = usize::try_from(count).ok().and_then(|count| self.0.get(count..));
        self.0 = rest.ok_or("a page header claims a text that is longer than the file")?;
        Ok(())
    }

    /// A structure, to its end. Whole numbers in it are told with the numbers of their fields, from the outermost.
    fn structure(&mut self, depth: usize, tell: &mut dyn FnMut(&[i64], i64)) -> Result<(), String> {
        if depth > DEPTH {
            return Err("a page header is nested too deeply".into());
        }
        let mut field = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            field = if head >> 4 == 0 { self.zigzag()? } else { field + i64::from(head >> 4) };
            self.value(head & 0x0f, depth, &mut |path: &[i64], value| {
                let path: Vec<i64> = std::iter::once(field).chain(path.iter().copied()).collect();
                tell(&path, value);
            })?;
        }
    }

    /// A value of a field.
    fn value(&mut self, kind: u8, depth: usize, tell: &mut dyn FnMut(&[i64], i64)) -> Result<(), String> {
        match kind {
            1 | 2 => Ok(()),
            3 => self.skip(1),
            4..=6 => self.zigzag().map(|value| tell(&[], value)),
            7 => self.skip(8),
            8 => self.varint().and_then(|length| self.skip(length)),
            12 => self.structure(depth + 1, tell),
            _ => Err("a page header holds what page headers do not".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::basic::Type as Physical;
    use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type};

    use super::*;

    /// What is wrong with a Snappy chunk of these bytes that claims so many values.
    fn wrong(bytes: &[u8], values: i64) -> String {
        let leaf = Type::primitive_type_builder("x", Physical::DOUBLE).build().unwrap();
        let descriptor = ColumnDescriptor::new(Arc::new(leaf), 0, 0, ColumnPath::from("x"));
        let chunk = ColumnChunkMetaData::builder(Arc::new(descriptor)).set_compression(Compression::SNAPPY).set_num_values(values);
        let chunk = chunk.set_total_compressed_size(bytes.len() as i64).build().unwrap();
        check(bytes, &chunk, &mut Allowance::new()).err().unwrap_or_default()
    }

    /// A page header: kind, sizes and, in the field of its kind, the number of values and the encoding.
    fn header(kind: u8, uncompressed: u32, compressed: u32, values: u32, encoding: u8) -> Vec<u8> {
        let zigzag = |number: u32| {
            let mut rest = u64::from(number) << 1;
            let mut bytes = Vec::new();
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            [bytes, vec![rest as u8]].concat()
        };
        let field = if kind == DICTIONARY as u8 { 7 } else { 5 };
        let sizes = [vec![0x15, kind * 2, 0x15], zigzag(uncompressed), vec![0x15], zigzag(compressed), vec![((field - 3) << 4) | 12, 0x15]];
        [sizes.concat(), zigzag(values), vec![0x15, encoding * 2, 0, 0]].concat()
    }

    #[test]
    fn what_a_page_cannot_hold_is_not_believed() {
        let with = |header: Vec<u8>, body: usize| [header, vec![0; body]].concat();
        assert_eq!(wrong(&with(header(0, 16, 16, 2, 0), 16), 2), "");
        assert_eq!(wrong(&with(header(0, 2_000_000_000, 16, 2, 0), 16), 2), "a page of 16 bytes claims to hold 2000000000");
        assert_eq!(wrong(&with(header(2, 16, 16, 2_000_000_000, 0), 16), 0), "a dictionary claims more values than it holds");
        assert_eq!(wrong(&with(header(0, 16, 16, 2_000_000_000, 0), 16), 2), "it claims 2 values, and its pages 2000000000");
        assert_eq!(wrong(&with(header(0, 16, 17, 2, 0), 16), 2), "its pages lie outside the file");
        assert_eq!(wrong(&with(header(0, 16, 16, 2, 8), 16), 2), "a page refers to a dictionary that is not there");
        assert!(wrong(&with(header(0, 16, 16, 2, 7), 16), 2).starts_with("it is encoded in a way that is not read"));
        // A text of 2^60 bytes in the header, and a structure in a structure in ….
        let text = [vec![0x18], vec![0x80; 8], vec![0x10]].concat();
        assert_eq!(wrong(&text, 0), "a page header claims a text that is longer than the file");
        assert_eq!(wrong(&[0x1c; 100], 0), "a page header is nested too deeply");
        assert_eq!(wrong(&[0x15; 1], 0), "a page header ends early");
    }
}
