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
    let largest_ratio = match chunk.compression() {
        Compression::UNCOMPRESSED => 1,
        // A copy of 64 bytes takes 3 (Snappy format description, 2.2.2).
        Compression::SNAPPY => 22,
        // A match of 258 bytes takes at least two bits (RFC 1951).
        Compression::GZIP(_) => 1032,
        other @ (Compression::LZO | Compression::BROTLI(_) | Compression::LZ4 | Compression::ZSTD(_) | Compression::LZ4_RAW) => {
            return Err(format!("it is compressed with {other}; what is read is snappy, gzip and no compression"));
        }
    };
    let mut values = 0;
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
            values += page.values.filter(|values| *values >= 0).ok_or("a page has no sound number of values")?;
        }
        match page.encoding {
            Some(DELTA_LENGTH_BYTE_ARRAY | DELTA_BYTE_ARRAY) => {
                return Err("it is written with a delta encoding of texts, which is not read; write it with the default encoding".into());
            }
            Some(_) | None => {}
        }
    }
    if values == chunk.num_values() { Ok(()) } else { Err(format!("it claims {} values, and its pages {values}", chunk.num_values())) }
}

// `PageType`
const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const DATA_V2: i64 = 3;

// `Encoding`
const DELTA_LENGTH_BYTE_ARRAY: i64 = 6;
const DELTA_BYTE_ARRAY: i64 = 7;

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
