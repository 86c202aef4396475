//! Rows as Parquet.
//!
//! A column is found by name. A vector `x` of length 3 is the columns `x[0]`, `x[1]`, `x[2]`, or one column of lists of three. An absent
//! value and a NaN are both missing where the column may be null, for pandas writes either. A `timedelta` of pandas is an integer in
//! Parquet whose unit only pandas' own note in the file tells. Rows are counted from 1.
//!
//! Written are dates, timestamps of microseconds without a zone, and durations as integers of microseconds.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::FileMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescriptor, Type};
use plan::{Column, Elem, GoldenOutcome, Literal, Plan};

use super::found::{Found, Unit, literal};
use super::{Allowance, STATUS, Source, element, names, no_such, pages, rows, status};

/// Rows that are decoded at a time.
const BATCH: usize = 1024;

/// Rows of a group of a written file, as pyarrow's.
const GROUP: usize = 1 << 20;

/// Rows of a file.
pub(super) fn read(bytes: Vec<u8>, plan: &Plan) -> Result<Vec<Vec<plan::Cell>>, String> {
    // The crate has asserts for what is wrong inside of a page, which [`pages`] does not see.
    std::panic::catch_unwind(|| decoded(bytes, plan)).unwrap_or_else(|_| Err("the file is damaged".into()))
}

fn decoded(bytes: Vec<u8>, plan: &Plan) -> Result<Vec<Vec<plan::Cell>>, String> {
    let bytes = Bytes::from(bytes);
    let reader = SerializedFileReader::new(bytes.clone()).map_err(|error| format!("it is not a sound Parquet file: {error}"))?;
    let metadata = reader.metadata().file_metadata();
    let mut count = 0_usize;
    for group in reader.metadata().row_groups() {
        count =
            usize::try_from(group.num_rows()).ok().and_then(|rows| count.checked_add(rows)).ok_or("it claims no sound number of rows")?;
    }
    Allowance::new().take(count as u64, 8)?;
    let mut file = File { bytes, units: units(metadata), reader, pages: Allowance::new(), values: Allowance::new() };
    let sources = plan.inputs.iter().map(|column| file.source(column, count)).collect::<Result<Vec<_>, _>>()?;
    Ok(rows(plan, sources, count))
}

struct File {
    bytes: Bytes,
    reader: SerializedFileReader<Bytes>,
    units: Units,
    /// For the bytes of pages.
    pages: Allowance,
    /// For what they stand for: a dictionary makes much of little.
    values: Allowance,
}

impl File {
    /// What an input takes from the file.
    fn source(&mut self, column: &Column, count: usize) -> Result<Source, String> {
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let leaf = |name: &str| schema.columns().iter().position(|leaf| leaf.path().parts() == [name]);
        let roots = || schema.root_schema().get_fields().iter().map(|field| field.name().to_string());
        // The leaves of a list or a structure of the column's name.
        let inside = |at: &usize| matches!(schema.column(*at).path().parts(), [root, _, ..] if *root == column.name);
        let lists: Vec<usize> = (0..schema.num_columns()).filter(inside).collect();
        match lists[..] {
            [] => {}
            [list] if !column.ty.is_scalar() => {
                let width = column.ty.count();
                return Ok(Source::new(width, vec![self.part(list, column, &column.name, width, count)?]));
            }
            _ => return Err(format!("column {:?} holds lists or structures, which are not {}", column.name, column.ty)),
        }
        let part = |name: &String| {
            let leaf = leaf(name).ok_or_else(|| no_such("column", name, roots()))?;
            self.part(leaf, column, name, 1, count)
        };
        Ok(Source::new(1, names(column).iter().map(part).collect::<Result<_, _>>()?))
    }

    /// The elements of one column of the file, `width` a row. `named` is what errors call it.
    fn part(&mut self, leaf: usize, column: &Column, named: &str, width: usize, count: usize) -> Result<Vec<Literal>, String> {
        let wrong = |why: String| format!("column {named:?}: {why}");
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let descriptor = schema.column(leaf);
        let kind = Kind::of(&descriptor, self.units.of(named, column)).map_err(wrong)?;
        let is_list = schema.root_schema().get_fields().iter().any(|field| field.name() == named && !field.is_primitive());
        if descriptor.max_rep_level() > 1 || (descriptor.max_rep_level() == 0 && is_list) {
            return Err(wrong("it is neither a value nor a list of values".into()));
        }
        let mut found = Elements { column, named, width, of_row: width, row: 0, literals: Vec::new() };
        for number in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(number).map_err(|error| wrong(error.to_string()))?;
            let chunk = group.metadata().column(leaf);
            pages::check(&self.bytes, chunk, &mut self.pages).map_err(wrong)?;
            // A row has `width` values, or one place that says that it has none; more are not worth reading.
            let rows = group.metadata().num_rows();
            if i128::from(chunk.num_values()) > i128::from(rows) * width.max(1) as i128 {
                return Err(wrong(format!("{} values are not {width} in each of {rows} rows", chunk.num_values())));
            }
            self.values.take(chunk.num_values() as u64, 8).map_err(wrong)?;
            let reader = group.get_column_reader(leaf).map_err(|error| wrong(error.to_string()))?;
            let levels = Levels { descriptor: &descriptor, allowance: &mut self.values };
            match reader {
                ColumnReader::BoolColumnReader(reader) => levels.drain(reader, &mut found, |x| Ok(Found::Bool(*x))),
                ColumnReader::Int32ColumnReader(reader) => {
                    levels.drain(reader, &mut found, |x| Ok(kind.whole(i64::from(*x), u64::from(*x as u32))))
                }
                ColumnReader::Int64ColumnReader(reader) => levels.drain(reader, &mut found, |x| Ok(kind.whole(*x, *x as u64))),
                ColumnReader::FloatColumnReader(reader) => levels.drain(reader, &mut found, |x| Ok(Found::F32(*x))),
                ColumnReader::DoubleColumnReader(reader) => levels.drain(reader, &mut found, |x| Ok(Found::F64(*x))),
                ColumnReader::ByteArrayColumnReader(reader) => levels.drain(reader, &mut found, |x: &ByteArray| {
                    std::str::from_utf8(x.data()).map(|text| Found::Text(text.into())).map_err(|_| "the text is not UTF-8".into())
                }),
                ColumnReader::Int96ColumnReader(_) | ColumnReader::FixedLenByteArrayColumnReader(_) => {
                    Err(wrong("it is of a kind that is not read".into()))
                }
            }?;
        }
        found.end_of_row()?;
        if found.row == count { Ok(found.literals) } else { Err(wrong(format!("it has {} rows of {count}", found.row))) }
    }
}

/// What the integers of a column mean.
#[derive(Clone, Copy)]
enum Kind {
    Signed,
    Unsigned,
    Instant(Unit),
    Span(Unit),
}

impl Kind {
    /// `span` is what pandas says of a column of durations. Errors: a kind that no column of a scorer has.
    fn of(descriptor: &ColumnDescriptor, span: Result<Option<Unit>, String>) -> Result<Kind, String> {
        let refused = |what: &str| Err(format!("it is of {what}, which no column of a scorer is"));
        let instant = |unit: &TimeUnit| {
            Kind::Instant(match unit {
                TimeUnit::MILLIS => Unit::Milli,
                TimeUnit::MICROS => Unit::Micro,
                TimeUnit::NANOS => Unit::Nano,
            })
        };
        match descriptor.logical_type_ref() {
            Some(LogicalType::Timestamp(time)) if time.is_adjusted_to_u_t_c => {
                return Err("its times have a time zone, which the scorer's have not; take it away first (`dt.tz_localize(None)`)".into());
            }
            Some(LogicalType::Timestamp(time)) => return Ok(instant(&time.unit)),
            Some(LogicalType::Date) => return Ok(Kind::Instant(Unit::Day)),
            Some(LogicalType::Integer(int)) => return Ok(if int.is_signed { Kind::Signed } else { Kind::Unsigned }),
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json | LogicalType::Unknown) => return Ok(Kind::Signed),
            Some(LogicalType::Decimal(_)) => return refused("decimals"),
            Some(other) => return refused(&format!("{other:?}")),
            None => {}
        }
        // The older way to say the same. It knows no times without a zone, so that its times are taken as they stand.
        match descriptor.converted_type() {
            ConvertedType::DATE => Ok(Kind::Instant(Unit::Day)),
            ConvertedType::TIMESTAMP_MILLIS => Ok(Kind::Instant(Unit::Milli)),
            ConvertedType::TIMESTAMP_MICROS => Ok(Kind::Instant(Unit::Micro)),
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => Ok(Kind::Unsigned),
            ConvertedType::DECIMAL => refused("decimals"),
            ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => refused("times of day"),
            ConvertedType::BSON | ConvertedType::INTERVAL => refused("binary values"),
            ConvertedType::NONE
            | ConvertedType::UTF8
            | ConvertedType::ENUM
            | ConvertedType::JSON
            | ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64
            | ConvertedType::MAP
            | ConvertedType::MAP_KEY_VALUE
            | ConvertedType::LIST => match (descriptor.physical_type(), span) {
                (Physical::INT64, span) => Ok(span?.map_or(Kind::Signed, Kind::Span)),
                (Physical::INT96, _) => refused("times in the form of old Spark (INT96)"),
                (Physical::FIXED_LEN_BYTE_ARRAY, _) => refused("bytes of fixed length"),
                _ => Ok(Kind::Signed),
            },
        }
    }

    fn whole(self, signed: i64, unsigned: u64) -> Found {
        match self {
            Kind::Signed => Found::Int(signed.into()),
            Kind::Unsigned => Found::Int(unsigned.into()),
            Kind::Instant(unit) => Found::Instant(signed, unit),
            Kind::Span(unit) => Found::Span(signed, unit),
        }
    }
}

/// The units of `timedelta` columns. Parquet has no durations: they are bare integers there, and arrow and pandas keep notes.
enum Units {
    /// A note of pandas: numpy's types of columns.
    Pandas(HashMap<String, String>),
    /// Only arrow's note, which is not read: an integer may be a duration of any unit.
    Unknown,
    /// No note, so integers are integers.
    Plain,
}

fn units(metadata: &FileMetaData) -> Units {
    let note = |key: &str| metadata.key_value_metadata()?.iter().find(|entry| entry.key == key)?.value.clone();
    let pandas = note("pandas").and_then(|note| serde_json::from_str::<serde_json::Value>(&note).ok());
    let columns = pandas.as_ref().and_then(|note| note["columns"].as_array());
    match columns {
        Some(columns) => {
            let text = |value: &serde_json::Value| value.as_str().map(str::to_string);
            Units::Pandas(columns.iter().filter_map(|column| Some((text(&column["field_name"])?, text(&column["numpy_type"])?))).collect())
        }
        None if note("ARROW:schema").is_some() => Units::Unknown,
        None => Units::Plain,
    }
}

impl Units {
    fn of(&self, named: &str, column: &Column) -> Result<Option<Unit>, String> {
        match self {
            Units::Pandas(types) => {
                let code = types.get(named).and_then(|numpy| numpy.strip_prefix("timedelta64[")?.strip_suffix(']'));
                code.map(|code| Unit::of(code).ok_or_else(|| format!("its unit {code:?} is not known"))).transpose()
            }
            Units::Unknown if column.ty.elem == Elem::Duration => {
                Err("the file does not say in what unit its durations are; write it with pandas, or as plain integers of microseconds"
                    .into())
            }
            Units::Unknown | Units::Plain => Ok(None),
        }
    }
}

/// The elements of a column as they come in.
struct Elements<'a> {
    column: &'a Column,
    named: &'a str,
    width: usize,
    /// How many elements the row that is being read has.
    of_row: usize,
    /// Which row that is, from 1.
    row: usize,
    literals: Vec<Literal>,
}

impl Elements<'_> {
    fn begin_row(&mut self) -> Result<(), String> {
        self.end_of_row()?;
        (self.row, self.of_row) = (self.row + 1, 0);
        Ok(())
    }

    fn end_of_row(&self) -> Result<(), String> {
        if self.of_row == self.width { Ok(()) } else { Err(self.wrong(&format!("{} elements are not {}", self.of_row, self.column.ty))) }
    }

    fn push(&mut self, found: &Found) -> Result<(), String> {
        let element = literal(found, self.column).map_err(|why| self.wrong(&why))?;
        self.of_row += 1;
        self.literals.push(element);
        Ok(())
    }

    fn wrong(&self, why: &str) -> String {
        format!("row {}, column {:?}: {why}", self.row, self.named)
    }
}

struct Levels<'a> {
    descriptor: &'a ColumnDescriptor,
    allowance: &'a mut Allowance,
}

impl Levels<'_> {
    /// Reads a chunk to its end.
    ///
    /// A repetition level of 0 begins a row. A definition level says how far down there is something: to the value if it is the highest,
    /// to a place without a value if it reaches the list, else there is no list.
    fn drain<T: DataType>(
        self,
        mut reader: ColumnReaderImpl<T>,
        elements: &mut Elements<'_>,
        found: impl Fn(&T::T) -> Result<Found, String>,
    ) -> Result<(), String> {
        let is_list = self.descriptor.max_rep_level() > 0;
        let there = self.descriptor.max_def_level();
        let place = if is_list { self.descriptor.repeated_ancestor_def_level() } else { 0 };
        let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            definitions.clear();
            repetitions.clear();
            values.clear();
            let (_, _, levels) = reader
                .read_records(BATCH, (there > 0).then_some(&mut definitions), is_list.then_some(&mut repetitions), &mut values)
                .map_err(|error| elements.wrong(&format!("the file is damaged after this row: {error}")))?;
            if levels == 0 {
                return Ok(());
            }
            let mut values = values.iter();
            for level in 0..levels {
                if repetitions.get(level).is_none_or(|repetition| *repetition == 0) {
                    elements.begin_row()?;
                }
                let definition = definitions.get(level).copied().unwrap_or(there);
                if definition == there {
                    let value = values.next().ok_or_else(|| elements.wrong("the file is damaged: a value is not there"))?;
                    let value = found(value).map_err(|why| elements.wrong(&why))?;
                    if let Found::Text(text) = &value {
                        self.allowance.take(1, text.len() as u64).map_err(|why| elements.wrong(&why))?;
                    }
                    elements.push(&value)?;
                } else if definition >= place {
                    elements.push(&Found::Missing)?;
                }
            }
        }
    }
}

/// Outcomes as a file. Errors: a date that is further away than Parquet can say.
pub(super) fn written(plan: &Plan, outcomes: &[GoldenOutcome]) -> Result<Vec<u8>, String> {
    file(plan, outcomes).map_err(|error| if let ParquetError::General(why) = error { why } else { error.to_string() })
}

fn file(plan: &Plan, outcomes: &[GoldenOutcome]) -> Result<Vec<u8>, ParquetError> {
    let rejects = !plan.rejections.is_empty();
    let mut fields = Vec::new();
    for column in &plan.outputs {
        let repetition = if column.ty.nullable || rejects { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        for name in names(column) {
            fields.push(Arc::new(field(&name, column.ty.elem, repetition)?));
        }
    }
    if rejects {
        fields.push(Arc::new(field(STATUS, Elem::Str, Repetition::REQUIRED)?));
    }
    let schema = Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for outcomes in outcomes.chunks(GROUP) {
        let mut group = writer.next_row_group()?;
        for (output, column) in plan.outputs.iter().enumerate() {
            for at in 0..column.ty.count() {
                let cells = outcomes.iter().map(|outcome| element(outcome, output, at).filter(|literal| !literal.is_null()));
                write(&mut group, column.ty.elem, column.ty.nullable || rejects, cells)?;
            }
        }
        if rejects {
            let statuses: Vec<Literal> = outcomes.iter().map(|outcome| Literal::Str(status(plan, outcome))).collect();
            write(&mut group, Elem::Str, false, statuses.iter().map(Some))?;
        }
        group.close()?;
    }
    writer.into_inner()
}

fn field(name: &str, elem: Elem, repetition: Repetition) -> Result<Type, ParquetError> {
    let (physical, logical) = match elem {
        Elem::Bool => (Physical::BOOLEAN, None),
        Elem::I32 => (Physical::INT32, None),
        Elem::I64 | Elem::Duration => (Physical::INT64, None),
        Elem::F32 => (Physical::FLOAT, None),
        Elem::F64 => (Physical::DOUBLE, None),
        Elem::Str => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Elem::Date => (Physical::INT32, Some(LogicalType::Date)),
        Elem::DateTime => (Physical::INT64, Some(LogicalType::timestamp(false, TimeUnit::MICROS))),
    };
    Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical).build()
}

/// Writes one column of a group. Errors: a date that is further away than Parquet can say.
fn write<'a>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    elem: Elem,
    optional: bool,
    cells: impl Iterator<Item = Option<&'a Literal>> + Clone,
) -> Result<(), ParquetError> {
    let levels: Option<Vec<i16>> = optional.then(|| cells.clone().map(|cell| i16::from(cell.is_some())).collect());
    let levels = levels.as_deref();
    let there = cells.flatten();
    let Some(mut column) = group.next_column()? else { return Err(ParquetError::General("a column too many".into())) };
    match elem {
        Elem::Bool => batch::<BoolType>(column.typed(), &there.filter_map(Literal::as_bool).collect::<Vec<_>>(), levels),
        Elem::F32 => batch::<FloatType>(column.typed(), &there.filter_map(Literal::as_f64).map(|x| x as f32).collect::<Vec<_>>(), levels),
        Elem::F64 => batch::<DoubleType>(column.typed(), &there.filter_map(Literal::as_f64).collect::<Vec<_>>(), levels),
        Elem::Str => {
            let texts: Vec<ByteArray> = there.filter_map(Literal::as_str).map(ByteArray::from).collect();
            batch::<ByteArrayType>(column.typed(), &texts, levels)
        }
        Elem::I32 | Elem::Date => {
            let narrow = |x: i64| {
                i32::try_from(x).map_err(|_| ParquetError::General(format!("day {x} since 1970 is further away than Parquet's dates go")))
            };
            let numbers = there.filter_map(Literal::as_i64).map(narrow).collect::<Result<Vec<_>, _>>()?;
            batch::<Int32Type>(column.typed(), &numbers, levels)
        }
        Elem::I64 | Elem::DateTime | Elem::Duration => {
            batch::<Int64Type>(column.typed(), &there.filter_map(Literal::as_i64).collect::<Vec<_>>(), levels)
        }
    }?;
    column.close()
}

fn batch<T: DataType>(writer: &mut ColumnWriterImpl<'_, T>, values: &[T::T], levels: Option<&[i16]>) -> Result<(), ParquetError> {
    writer.write_batch(values, levels, None).map(|_| ())
}
