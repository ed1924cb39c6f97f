//! Parquet that came in: checked by [`super::guard`], read row group by row group, written again in our own form.

use super::csv::check_names;
use super::guard::{self, Refusal};
use super::keep::Keeper;
use super::pace::Pace;
use super::plan::{Given, plan};
use super::raw::Raw;
use super::survey::Survey;
use crate::error::ImportError;
use crate::limits;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use vakhta_domain::dataset::{ColumnKind, FileFormat, ReadAs, ReadOptions, TableFacts};

/// Brings a Parquet file in.
pub fn import(
    file: &File,
    options: &ReadOptions,
    sink: impl Write + Send,
    pace: &mut Pace<'_>,
) -> Result<TableFacts, ImportError> {
    let given = Given::new(options, None)?;
    let names = guard::footer(file).map_err(refused)?.columns;
    if names.len() > limits::COLUMNS {
        return Err(ImportError::TooManyColumns(names.len()));
    }
    check_names(&names, "")?;
    let source = Source::open(file)?;
    let kinds: Vec<ColumnKind> = source.kinds.clone();
    let mut surveys = vec![Survey::default(); names.len()];
    source.each_row(pace, |_, columns, row| {
        for (survey, column) in surveys.iter_mut().zip(columns) {
            survey.note(column[row]);
        }
        Ok(())
    })?;
    let plan = plan(&names, &surveys, Some(&kinds), given)?;
    let read_as = ReadAs {
        format: FileFormat::Parquet,
        encoding: None,
        delimiter: None,
        decimal: None,
        dates: plan.dates,
    };
    pace.second();
    let mut keeper = Keeper::new(sink, plan.columns, options.on_error)?;
    source.each_row(pace, |number, columns, row| keeper.row(number, |at| columns[at][row]))?;
    let facts = keeper.finish(read_as)?;
    pace.done()?;
    Ok(facts)
}

fn refused(refusal: Refusal) -> ImportError {
    match refusal {
        Refusal::Nested(column) => {
            ImportError::UnfitColumn { column, found: "a structure, a list or a map".to_owned() }
        }
        Refusal::Broken(text) => ImportError::Parquet(text),
    }
}

/// A checked file.
pub(super) struct Source<'f> {
    file: &'f File,
    metadata: ArrowReaderMetadata,
    kinds: Vec<ColumnKind>,
    /// Rows to read at a time, for each row group.
    batches: Vec<usize>,
    /// Rows before each row group.
    starts: Vec<u64>,
    rows: u64,
}

/// Uncompressed bytes that a batch should take.
const BATCH: f64 = 32_000_000.0;

impl<'f> Source<'f> {
    pub(super) fn open(file: &'f File) -> Result<Self, ImportError> {
        let options = || ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = caught(|| ArrowReaderMetadata::load(file, options()))?;
        let mut fields = Vec::new();
        let mut kinds = Vec::new();
        for field in metadata.schema().fields() {
            kinds.push(kind_of(field)?);
            // Texts stay dictionary-coded: a short run may stand for a million copies of a long text.
            let data_type = match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary => {
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
                }
                other => other.clone(),
            };
            fields.push(Field::new(field.name(), data_type, field.is_nullable()));
        }
        let schema = Arc::new(Schema::new(fields));
        let parsed = Arc::clone(metadata.metadata());
        let metadata = caught(|| ArrowReaderMetadata::try_new(parsed, options().with_schema(schema)))?;
        let (mut batches, mut starts) = (Vec::new(), Vec::new());
        let mut rows = 0_u64;
        for group in metadata.metadata().row_groups() {
            let Ok(count) = u64::try_from(group.num_rows()) else {
                return Err(ImportError::Parquet("a row group claims a negative number of rows".to_owned()));
            };
            starts.push(rows);
            rows = rows.saturating_add(count);
            let mut density = 0.0;
            let mut held = 0;
            for column in group.columns() {
                let codec = column.compression();
                // The reader unpacks other codecs without a bound on what comes out.
                if !matches!(codec, Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)) {
                    let text = format!(
                        "it is compressed with {codec}; write it with zstd, snappy or no compression"
                    );
                    return Err(ImportError::Parquet(text));
                }
                let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
                let (Ok(start), Ok(length)) = (u64::try_from(start), u64::try_from(column.compressed_size()))
                else {
                    return Err(ImportError::Parquet("a column chunk lies before the file".to_owned()));
                };
                let chunk = guard::chunk(file, start, length).map_err(refused)?;
                density += chunk.density.max(8.0);
                held += chunk.held;
            }
            if held > limits::PAGES {
                let text = format!("its columns need {held} bytes at a time; write it with smaller pages");
                return Err(ImportError::Parquet(text));
            }
            batches.push(((BATCH / density) as usize).clamp(1, 8192));
        }
        if rows > limits::PARQUET_ROWS {
            let text = format!("it claims {rows} rows; at most {} are taken", limits::PARQUET_ROWS);
            return Err(ImportError::Parquet(text));
        }
        Ok(Self { file, metadata, kinds, batches, starts, rows })
    }

    /// Its row groups.
    pub(super) fn groups(&self) -> &[RowGroupMetaData] {
        self.metadata.metadata().row_groups()
    }

    /// Calls with every row: its number from 1, the columns of its batch and its place in them.
    pub(super) fn each_row(
        &self,
        pace: &mut Pace<'_>,
        mut take: impl FnMut(u64, &[Vec<Raw<'_>>], usize) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        (0..self.batches.len()).try_for_each(|group| self.each_row_of(group, pace, &mut take))
    }

    /// Calls with every row of a row group.
    pub(super) fn each_row_of(
        &self,
        group: usize,
        pace: &mut Pace<'_>,
        mut take: impl FnMut(u64, &[Vec<Raw<'_>>], usize) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let file = self.file.try_clone()?;
        let mut reader = caught(|| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_row_groups(vec![group])
                .with_batch_size(self.batches[group])
                .build()
        })?;
        let mut number = self.starts[group];
        while let Some(batch) = caught(|| reader.next().transpose().map_err(ParquetError::from))? {
            pace.at((pace.size() as f64 * number as f64 / self.rows.max(1) as f64) as u64)?;
            let columns = cells(&batch)?;
            for row in 0..batch.num_rows() {
                number += 1;
                take(number, &columns, row)?;
            }
        }
        Ok(())
    }
}

/// Runs the reader. Its page decoders index by numbers from the file, and on a hostile one that may panic; such a
/// panic concerns this file alone: the reader is dropped with it, and nothing else shares its state.
fn caught<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ImportError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(ImportError::Parquet(error.to_string())),
        Err(_) => Err(ImportError::Parquet("its pages contradict its metadata".to_owned())),
    }
}

fn kind_of(field: &Field) -> Result<ColumnKind, ImportError> {
    Ok(match field.data_type() {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => ColumnKind::Integer,
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => ColumnKind::Float,
        DataType::Boolean => ColumnKind::Boolean,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary | DataType::Null => {
            ColumnKind::Text
        }
        DataType::Date32 => ColumnKind::Date,
        DataType::Timestamp(..) => ColumnKind::Timestamp,
        other => {
            let found = format!("of the type {other}");
            return Err(ImportError::UnfitColumn { column: field.name().clone(), found });
        }
    })
}

/// The cells of a batch, column by column.
fn cells(batch: &RecordBatch) -> Result<Vec<Vec<Raw<'_>>>, ImportError> {
    batch.columns().iter().map(column).collect()
}

fn column(array: &ArrayRef) -> Result<Vec<Raw<'_>>, ImportError> {
    let whole = Raw::Integer;
    let real = Raw::Float;
    Ok(match array.data_type() {
        DataType::Int8 => primitive::<Int8Type>(array, |v| whole(v.into())),
        DataType::Int16 => primitive::<Int16Type>(array, |v| whole(v.into())),
        DataType::Int32 => primitive::<Int32Type>(array, |v| whole(v.into())),
        DataType::Int64 => primitive::<Int64Type>(array, whole),
        DataType::UInt8 => primitive::<UInt8Type>(array, |v| whole(v.into())),
        DataType::UInt16 => primitive::<UInt16Type>(array, |v| whole(v.into())),
        DataType::UInt32 => primitive::<UInt32Type>(array, |v| whole(v.into())),
        DataType::UInt64 => {
            primitive::<UInt64Type>(array, |v| i64::try_from(v).map_or(Raw::Natural(v), whole))
        }
        DataType::Float16 => primitive::<Float16Type>(array, |v| real(v.to_f64())),
        // Through text, because people mean the decimal number that a 32-bit float was made from.
        DataType::Float32 => {
            primitive::<Float32Type>(array, |v| real(v.to_string().parse().unwrap_or(f64::from(v))))
        }
        DataType::Float64 => primitive::<Float64Type>(array, real),
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            let typed = array.as_primitive::<Decimal128Type>();
            rows(array, |row| decimal(typed.value(row), scale, || typed.value_as_string(row)))
        }
        DataType::Decimal256(..) => {
            let typed = array.as_primitive::<Decimal256Type>();
            rows(array, |row| typed.value_as_string(row).parse().map_or(NO_NUMBER, Raw::Float))
        }
        DataType::Boolean => {
            let typed = array.as_boolean();
            rows(array, |row| Raw::Boolean(typed.value(row)))
        }
        DataType::Date32 => primitive::<Date32Type>(array, Raw::Day),
        DataType::Timestamp(unit, zone) => {
            let zoned = zone.is_some();
            match unit {
                TimeUnit::Second => {
                    primitive::<TimestampSecondType>(array, |v| moment(v.checked_mul(1_000_000), zoned))
                }
                TimeUnit::Millisecond => {
                    primitive::<TimestampMillisecondType>(array, |v| moment(v.checked_mul(1000), zoned))
                }
                TimeUnit::Microsecond => {
                    primitive::<TimestampMicrosecondType>(array, |v| moment(Some(v), zoned))
                }
                TimeUnit::Nanosecond => {
                    primitive::<TimestampNanosecondType>(array, |v| moment(Some(v.div_euclid(1000)), zoned))
                }
            }
        }
        DataType::Dictionary(..) => {
            let Some(typed) = array.as_dictionary_opt::<Int32Type>() else { return unexpected(array) };
            let Some(texts) = typed.values().as_string_opt::<i32>() else { return unexpected(array) };
            let keys = typed.keys();
            rows(array, |row| match usize::try_from(keys.value(row)) {
                Ok(key) if key < texts.len() && texts.is_valid(key) => Raw::String(texts.value(key)),
                _ => Raw::Missing,
            })
        }
        DataType::Null => vec![Raw::Missing; array.len()],
        _ => return unexpected(array),
    })
}

const NO_NUMBER: Raw<'static> = Raw::Unfit("decimal number beyond a 64-bit float");

fn unexpected<T>(array: &ArrayRef) -> Result<T, ImportError> {
    Err(ImportError::Parquet(format!("a column came as {}", array.data_type())))
}

fn rows<'a>(array: &ArrayRef, cell: impl Fn(usize) -> Raw<'a>) -> Vec<Raw<'a>> {
    (0..array.len()).map(|row| if array.is_null(row) { Raw::Missing } else { cell(row) }).collect()
}

fn primitive<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    cell: impl Fn(T::Native) -> Raw<'static>,
) -> Vec<Raw<'_>> {
    let typed = array.as_primitive::<T>();
    rows(array, |row| cell(typed.value(row)))
}

fn moment(micros: Option<i64>, zoned: bool) -> Raw<'static> {
    micros.map_or(Raw::Unfit("moment beyond the year 9999"), |micros| Raw::Moment { micros, zoned })
}

/// A decimal number: whole where it has no fraction digits, else the nearest float.
fn decimal(value: i128, scale: i8, text: impl Fn() -> String) -> Raw<'static> {
    match i64::try_from(value) {
        Ok(whole) if scale == 0 => Raw::Integer(whole),
        // Both numbers are exact in a double, so one division rounds correctly.
        Ok(whole) if whole.unsigned_abs() < 1 << 53 && (0..=22).contains(&scale) => {
            Raw::Float(whole as f64 / 10_f64.powi(i32::from(scale)))
        }
        _ => text().parse().map_or(NO_NUMBER, Raw::Float),
    }
}
