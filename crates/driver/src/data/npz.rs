//! Rows as numpy's `.npz`: a zip of one `.npy` array an input or output, named like it.
//!
//! A scalar of N rows has the shape `(N,)` or `(N, 1)`, a tensor `(N, …its shape)`. Rows are counted from 1.
//!
//! numpy has no missing values. NaN stands for one among floats, `NaT` among times. For any kind the truth values of an array
//! `<name>.missing` of shape `(N,)` tell where the value beside them does not count. It is read, if it is there, for every column that may
//! be null. It is written beside every output that is not a float, if the output may be null or rows can be rejected; `status` then has
//! the reasons. A text loses characters of code 0 at its end, as every text of numpy does.

use std::io::{Cursor, Write};

use plan::{Cell, Column, Elem, GoldenOutcome, Literal, Plan};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::found::{Found, literal};
use super::npy::{self, Array};
use super::{Allowance, STATUS, Source, element, no_such, rows, status};
use crate::LARGEST;

/// Rows of a file.
pub(super) fn read(bytes: &[u8], plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("it is not a sound zip of arrays: {error}"))?;
    let mut file = File { archive, allowance: Allowance::new(), count: None };
    let sources = plan.inputs.iter().map(|column| file.source(column)).collect::<Result<Vec<_>, _>>()?;
    Ok(rows(plan, sources, file.count.map_or(0, |(count, _)| count)))
}

struct File<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    allowance: Allowance,
    /// The number of rows, and the array that said so.
    count: Option<(usize, String)>,
}

impl File<'_> {
    /// What an input takes from the file.
    fn source(&mut self, column: &Column) -> Result<Source, String> {
        let name = &column.name;
        let array = self.array(name, column)?.ok_or_else(|| {
            let there = self.archive.file_names().filter_map(Result::ok).map(|name| name.trim_end_matches(".npy").to_string());
            no_such("array", name, there)
        })?;
        let missing = if column.ty.nullable { self.mask(name)? } else { None };
        let width = column.ty.count();
        let count = array.shape[0];
        let mut literals = Vec::new();
        for row in 0..count {
            let wrong = |why: String| format!("row {}, column {name:?}: {why}", row + 1);
            for at in row * width..(row + 1) * width {
                let is_missing = missing.as_ref().is_some_and(|mask| mask[row]);
                let found = if is_missing { Found::Missing } else { array.element(at).map_err(wrong)? };
                literals.push(literal(&found, column).map_err(wrong)?);
            }
        }
        Ok(Source::new(width, vec![literals]))
    }

    /// The array of a column, of a fitting shape; nothing if it is not there.
    fn array(&mut self, name: &str, column: &Column) -> Result<Option<Array>, String> {
        let wrong = |why: String| format!("array {name:?}: {why}");
        let Some(at) = self.archive.index_for_name(&format!("{name}.npy")) else { return Ok(None) };
        let entry = self.archive.by_index(at).map_err(|error| wrong(error.to_string()))?;
        let array = Array::read(entry, &mut self.allowance).map_err(wrong)?;
        let shape: Vec<usize> = column.ty.shape.iter().map(|dim| *dim as usize).collect();
        let Some((count, _)) = array.shape.split_first().filter(|(_, rest)| *rest == shape || (shape.is_empty() && *rest == [1])) else {
            let needed = if shape.is_empty() { "[rows] or [rows, 1]".into() } else { format!("[rows] and {shape:?}") };
            return Err(wrong(format!("its shape is {:?}, and {} needs {needed}", array.shape, column.ty)));
        };
        match &self.count {
            Some((others, other)) if others != count => {
                return Err(wrong(format!("it has {count} rows, and the array {other:?} {others}")));
            }
            Some(_) => {}
            None => self.count = Some((*count, name.to_string())),
        }
        Ok(Some(array))
    }

    /// Where the values of an array do not count.
    fn mask(&mut self, name: &str) -> Result<Option<Vec<bool>>, String> {
        let name = mask_name(name);
        let column = Column { ident: plan::Ident::new(&name, "missing"), name, ty: plan::Type::scalar(Elem::Bool), doc: String::new() };
        let Some(array) = self.array(&column.name, &column)? else { return Ok(None) };
        let truth = |row| {
            let found = array.element(row).and_then(|found| literal(&found, &column));
            found.map(|literal| literal.as_bool() == Some(true)).map_err(|why| format!("row {}, column {:?}: {why}", row + 1, column.name))
        };
        (0..array.shape[0]).map(truth).collect::<Result<_, _>>().map(Some)
    }
}

fn mask_name(name: &str) -> String {
    format!("{name}.missing")
}

/// Outcomes as a file. Errors: two arrays of one name, texts that are too long to lie in an array.
pub(super) fn written(plan: &Plan, outcomes: &[GoldenOutcome]) -> Result<Vec<u8>, String> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, bytes: Vec<u8>| {
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(u32::try_from(bytes.len()).is_err());
        zip.start_file(format!("{name}.npy"), options).map_err(|error| error.to_string())?;
        zip.write_all(&bytes).map_err(|error| error.to_string())
    };
    let rejects = !plan.rejections.is_empty();
    for (output, column) in plan.outputs.iter().enumerate() {
        let width = column.ty.count();
        let cells =
            outcomes.iter().flat_map(|outcome| (0..width).map(move |at| element(outcome, output, at).filter(|literal| !literal.is_null())));
        let mut shape = vec![outcomes.len()];
        shape.extend(column.ty.shape.iter().map(|dim| *dim as usize));
        put(&column.name, array(column.ty.elem, &shape, cells)?)?;
        if !column.ty.elem.is_float() && (column.ty.nullable || rejects) {
            let missing = outcomes.iter().map(|outcome| match outcome {
                GoldenOutcome::Scored(cells) => matches!(&cells[output], Cell::Scalar(literal) if literal.is_null()),
                GoldenOutcome::Rejected(_) => true,
            });
            let missing: Vec<Literal> = missing.map(Literal::Bool).collect();
            put(&mask_name(&column.name), array(Elem::Bool, &[outcomes.len()], missing.iter().map(Some))?)?;
        }
    }
    if rejects {
        let statuses: Vec<Literal> = outcomes.iter().map(|outcome| Literal::Str(status(plan, outcome))).collect();
        put(STATUS, array(Elem::Str, &[outcomes.len()], statuses.iter().map(Some))?)?;
    }
    Ok(zip.finish().map_err(|error| error.to_string())?.into_inner())
}

/// An array as numpy saves it. What is missing is NaN, `NaT`, or the zero of its kind.
fn array<'a>(elem: Elem, shape: &[usize], cells: impl Iterator<Item = Option<&'a Literal>> + Clone) -> Result<Vec<u8>, String> {
    let float = |cell: Option<&Literal>| cell.and_then(Literal::as_f64).unwrap_or(f64::NAN);
    let whole = |cell: Option<&Literal>, missing: i64| cell.and_then(Literal::as_i64).unwrap_or(missing).to_le_bytes();
    let bytes = |descr: &str, values: Vec<u8>| [npy::header(descr, shape), values].concat();
    Ok(match elem {
        Elem::Bool => bytes("|b1", cells.map(|cell| u8::from(cell.and_then(Literal::as_bool) == Some(true))).collect()),
        Elem::I32 => bytes("<i4", cells.flat_map(|cell| whole(cell, 0).into_iter().take(4)).collect()),
        Elem::I64 => bytes("<i8", cells.flat_map(|cell| whole(cell, 0)).collect()),
        Elem::F32 => bytes("<f4", cells.flat_map(|cell| (float(cell) as f32).to_le_bytes()).collect()),
        Elem::F64 => bytes("<f8", cells.flat_map(|cell| float(cell).to_le_bytes()).collect()),
        Elem::Date => bytes("<M8[D]", cells.flat_map(|cell| whole(cell, i64::MIN)).collect()),
        Elem::DateTime => bytes("<M8[us]", cells.flat_map(|cell| whole(cell, i64::MIN)).collect()),
        Elem::Duration => bytes("<m8[us]", cells.flat_map(|cell| whole(cell, i64::MIN)).collect()),
        Elem::Str => {
            let texts = cells.map(|cell| cell.and_then(Literal::as_str).unwrap_or_default());
            let longest = texts.clone().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
            let size = shape.iter().fold(4 * longest as u64, |size, dim| size.saturating_mul(*dim as u64));
            if size > LARGEST {
                return Err(format!("an array gives every text the room of the longest, here {size} bytes; the limit is {LARGEST}"));
            }
            let padded =
                texts.flat_map(|text| text.chars().map(u32::from).chain(std::iter::repeat(0)).take(longest).flat_map(u32::to_le_bytes));
            bytes(&format!("<U{longest}"), padded.collect())
        }
    })
}
