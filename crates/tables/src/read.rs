//! Our own Parquet read back: a page of rows for people, whole columns for training.

use crate::error::ReadError;
use crate::import::profile::{day_text, moment_text};
use crate::table::{Table, Texts, Values};
use crate::value::date::civil_from_days;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use serde_json::{Map, Value};

/// Whole numbers beyond this lose digits in JavaScript, so JSON gets them as texts.
const SAFE_INTEGER: u64 = 1 << 53;
/// Rows decoded at a time.
const BATCH: usize = 8192;

/// Rows `offset..offset + limit` as JSON objects, keys in the order of the columns. Dates are `YYYY-MM-DD`, moments
/// RFC 3339, absent values null, whole numbers beyond 2^53 texts.
pub fn preview<R: ChunkReader + 'static>(
    source: R,
    limit: usize,
    offset: usize,
) -> Result<Vec<Map<String, Value>>, ReadError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(source)?;
    let reader =
        builder.with_batch_size(limit.clamp(1, BATCH)).with_offset(offset).with_limit(limit).build()?;
    let mut rows = Vec::with_capacity(limit.min(BATCH));
    for batch in reader {
        let batch = batch?;
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let mut object = Map::with_capacity(batch.num_columns());
            for (field, column) in schema.fields().iter().zip(batch.columns()) {
                object.insert(field.name().clone(), json(column, row)?);
            }
            rows.push(object);
        }
    }
    Ok(rows)
}

fn json(column: &ArrayRef, row: usize) -> Result<Value, ReadError> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match column.data_type() {
        DataType::Int64 => integer_json(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::from(column.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => Value::from(column.as_boolean().value(row)),
        DataType::Date32 => Value::from(day_text(column.as_primitive::<Date32Type>().value(row))),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            Value::from(moment_text(column.as_primitive::<TimestampMicrosecondType>().value(row)))
        }
        DataType::Utf8 => Value::from(column.as_string::<i32>().value(row)),
        other => return Err(ReadError::Foreign(format!("a column of the type {other}"))),
    })
}

/// A whole number as JSON that loses no digit.
pub fn integer_json(value: i64) -> Value {
    if value.unsigned_abs() > SAFE_INTEGER { Value::from(value.to_string()) } else { Value::from(value) }
}

/// The names of all columns, in order.
pub fn column_names<R: ChunkReader + 'static>(source: R) -> Result<Vec<String>, ReadError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(source)?;
    Ok(builder.schema().fields().iter().map(|field| field.name().clone()).collect())
}

/// Whole columns by name, in the order asked for.
pub fn columns<R: ChunkReader + 'static>(source: R, names: &[&str]) -> Result<Table, ReadError> {
    first_rows(source, names, usize::MAX)
}

/// The days that rows are wanted of.
#[derive(Debug, Clone, Copy)]
pub struct Since<'n> {
    /// The column of days or moments.
    pub column: &'n str,
    /// The first day.
    pub day: Date,
}

/// Whole columns by name, in the order asked for, of rows among which are all of a day or later: row groups that hold
/// only earlier ones are not read. A dataset that grows by the day has its latest rows together.
pub fn columns_since<R: ChunkReader + 'static>(
    source: R,
    names: &[&str],
    since: Since<'_>,
) -> Result<Table, ReadError> {
    all_rows(Chosen::open(source, names)?.since(since), usize::MAX)
}

/// The first rows of some columns, in the order asked for.
pub fn first_rows<R: ChunkReader + 'static>(
    source: R,
    names: &[&str],
    limit: usize,
) -> Result<Table, ReadError> {
    all_rows(Chosen::open(source, names)?, limit)
}

fn all_rows<R: ChunkReader + 'static>(chosen: Chosen<R>, limit: usize) -> Result<Table, ReadError> {
    let mut found = chosen.empty()?;
    let (reader, order) = chosen.reader(limit)?;
    for batch in reader {
        append_all(&mut found, batch?.columns());
    }
    Ok(order.table(found))
}

/// Some columns part by part, in the order asked for: what is read is not held. `each` may end it by an error.
pub fn batches<R: ChunkReader + 'static, E: From<ReadError>>(
    source: R,
    names: &[&str],
    each: impl FnMut(Table) -> Result<(), E>,
) -> Result<(), E> {
    all_batches(Chosen::open(source, names)?, each)
}

/// The same of rows among which are all of a day or later, as in [`columns_since`].
pub fn batches_since<R: ChunkReader + 'static, E: From<ReadError>>(
    source: R,
    names: &[&str],
    since: Since<'_>,
    each: impl FnMut(Table) -> Result<(), E>,
) -> Result<(), E> {
    all_batches(Chosen::open(source, names)?.since(since), each)
}

fn all_batches<R: ChunkReader + 'static, E: From<ReadError>>(
    chosen: Chosen<R>,
    mut each: impl FnMut(Table) -> Result<(), E>,
) -> Result<(), E> {
    let empty = chosen.empty()?;
    let (reader, order) = chosen.reader(usize::MAX)?;
    for batch in reader {
        let mut found = empty.clone();
        append_all(&mut found, batch.map_err(ReadError::from)?.columns());
        each(order.table(found))?;
    }
    Ok(())
}

/// A file and the columns that are read of it.
struct Chosen<R: ChunkReader + 'static> {
    builder: ParquetRecordBatchReaderBuilder<R>,
    order: Order,
}

/// How columns that are read lie in those that were asked for.
struct Order {
    names: Vec<String>,
    /// The place of each in the file.
    places: Vec<usize>,
    /// The same, ascending and once each: what is read.
    sorted: Vec<usize>,
}

impl<R: ChunkReader + 'static> Chosen<R> {
    fn open(source: R, names: &[&str]) -> Result<Self, ReadError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(source)?;
        let all: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut places = Vec::with_capacity(names.len());
        for name in names {
            match all.iter().position(|own| own == name) {
                Some(at) => places.push(at),
                None => {
                    return Err(ReadError::NoColumn {
                        name: (*name).to_owned(),
                        nearest: nearest(name, &all).cloned(),
                        columns: all,
                    });
                }
            }
        }
        let mut sorted = places.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Ok(Self { builder, order: Order { names, places, sorted } })
    }

    /// Without the row groups that hold only earlier rows. A group whose times are not known stays.
    fn since(mut self, since: Since<'_>) -> Self {
        let Some(at) = self.builder.schema().fields().iter().position(|field| field.name() == since.column)
        else {
            return self;
        };
        let groups = self.builder.metadata().row_groups().iter().enumerate();
        let wanted = groups.filter(|(_, group)| {
            let newest = group.column(at).statistics().and_then(newest_day);
            // A moment may be of the next day in another zone.
            newest.is_none_or(|newest| newest.saturating_add(1.day()) >= since.day)
        });
        let wanted = wanted.map(|(at, _)| at).collect();
        self.builder = self.builder.with_row_groups(wanted);
        self
    }

    /// The columns that are read, without a row.
    fn empty(&self) -> Result<Vec<Values>, ReadError> {
        self.order.sorted.iter().map(|at| empty(self.builder.schema().field(*at).data_type())).collect()
    }

    fn reader(self, limit: usize) -> Result<(ParquetRecordBatchReader, Order), ReadError> {
        let mask = ProjectionMask::leaves(self.builder.parquet_schema(), self.order.places.iter().copied());
        let builder = self.builder.with_projection(mask).with_batch_size(BATCH).with_limit(limit);
        Ok((builder.build()?, self.order))
    }
}

/// The day, in UTC, of the largest value of a column of days or moments.
fn newest_day(statistics: &Statistics) -> Option<Date> {
    match statistics {
        Statistics::Int32(days) => civil_from_days(*days.max_opt()?),
        Statistics::Int64(micros) => {
            let moment = Timestamp::from_microsecond(*micros.max_opt()?).ok()?;
            Some(TimeZone::UTC.to_datetime(moment).date())
        }
        _ => None,
    }
}

impl Order {
    fn table(&self, found: Vec<Values>) -> Table {
        let mut left: Vec<Option<Values>> = found.into_iter().map(Some).collect();
        let mut columns = Vec::with_capacity(self.names.len());
        for (at, (name, place)) in self.names.iter().zip(&self.places).enumerate() {
            let slot = self.sorted.binary_search(place).unwrap_or(0);
            // A column asked for twice is cloned for all but its last place.
            let last = !self.places[at + 1..].contains(place);
            let values = if last { left[slot].take() } else { left[slot].clone() };
            columns.push((name.clone(), values.unwrap_or(Values::Floats(Vec::new()))));
        }
        Table { columns }
    }
}

fn append_all(found: &mut [Values], arrays: &[ArrayRef]) {
    for (values, array) in found.iter_mut().zip(arrays) {
        append(values, array);
    }
}

/// The most alike of some names, where one is alike at all.
pub fn nearest<'n>(name: &str, among: &'n [String]) -> Option<&'n String> {
    let lower = name.to_lowercase();
    among
        .iter()
        .map(|own| (strsim::jaro_winkler(&lower, &own.to_lowercase()), own))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, own)| own)
}

fn empty(data_type: &DataType) -> Result<Values, ReadError> {
    Ok(match data_type {
        DataType::Int64 => Values::Integers(Vec::new()),
        DataType::Float64 => Values::Floats(Vec::new()),
        DataType::Boolean => Values::Booleans(Vec::new()),
        DataType::Date32 => Values::Dates(Vec::new()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => Values::Moments(Vec::new()),
        DataType::Utf8 => Values::Texts(Texts::default()),
        other => return Err(ReadError::Foreign(format!("a column of the type {other}"))),
    })
}

fn append(values: &mut Values, array: &ArrayRef) {
    match values {
        Values::Integers(values) => values.extend(array.as_primitive::<Int64Type>().iter()),
        Values::Floats(values) => {
            values.extend(array.as_primitive::<Float64Type>().iter().map(|v| v.unwrap_or(f64::NAN)));
        }
        Values::Booleans(values) => values.extend(array.as_boolean().iter()),
        Values::Dates(values) => {
            values.extend(array.as_primitive::<Date32Type>().iter().map(|v| v.and_then(civil_from_days)));
        }
        Values::Moments(values) => values.extend(
            array
                .as_primitive::<TimestampMicrosecondType>()
                .iter()
                .map(|v| v.and_then(|micros| Timestamp::from_microsecond(micros).ok())),
        ),
        Values::Texts(texts) => {
            for text in array.as_string::<i32>() {
                texts.push(text);
            }
        }
    }
}
