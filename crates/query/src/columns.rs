//! From rows of a port to columns of the engine: each column says how its value is found in a row.

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringBuilder, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::error::Result;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::borrow::Cow;
use std::sync::Arc;

/// How a value is found in a row, and what it is.
pub(crate) enum Of<R> {
    Text(for<'r> fn(&'r R) -> Option<Cow<'r, str>>),
    Integer(fn(&R) -> Option<i64>),
    Float(fn(&R) -> Option<f64>),
    Boolean(fn(&R) -> Option<bool>),
    Date(fn(&R) -> Option<Date>),
    Moment(fn(&R) -> Option<Timestamp>),
}

/// A column.
pub(crate) struct Column<R> {
    pub name: &'static str,
    pub of: Of<R>,
}

pub(crate) fn text<R>(name: &'static str, of: for<'r> fn(&'r R) -> Option<Cow<'r, str>>) -> Column<R> {
    Column { name, of: Of::Text(of) }
}

pub(crate) fn integer<R>(name: &'static str, of: fn(&R) -> Option<i64>) -> Column<R> {
    Column { name, of: Of::Integer(of) }
}

pub(crate) fn float<R>(name: &'static str, of: fn(&R) -> Option<f64>) -> Column<R> {
    Column { name, of: Of::Float(of) }
}

pub(crate) fn boolean<R>(name: &'static str, of: fn(&R) -> Option<bool>) -> Column<R> {
    Column { name, of: Of::Boolean(of) }
}

pub(crate) fn day<R>(name: &'static str, of: fn(&R) -> Option<Date>) -> Column<R> {
    Column { name, of: Of::Date(of) }
}

pub(crate) fn moment<R>(name: &'static str, of: fn(&R) -> Option<Timestamp>) -> Column<R> {
    Column { name, of: Of::Moment(of) }
}

/// The type of moments, as datasets have it too.
pub(crate) fn moments() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl<R> Column<R> {
    fn field(&self) -> Field {
        let kind = match self.of {
            Of::Text(_) => DataType::Utf8,
            Of::Integer(_) => DataType::Int64,
            Of::Float(_) => DataType::Float64,
            Of::Boolean(_) => DataType::Boolean,
            Of::Date(_) => DataType::Date32,
            Of::Moment(_) => moments(),
        };
        Field::new(self.name, kind, true)
    }

    fn array(&self, rows: &[R]) -> ArrayRef {
        match self.of {
            Of::Text(of) => {
                let mut texts = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
                for row in rows {
                    texts.append_option(of(row));
                }
                Arc::new(texts.finish())
            }
            Of::Integer(of) => Arc::new(rows.iter().map(of).collect::<Int64Array>()),
            Of::Float(of) => Arc::new(rows.iter().map(of).collect::<Float64Array>()),
            Of::Boolean(of) => Arc::new(rows.iter().map(of).collect::<BooleanArray>()),
            Of::Date(of) => {
                let days = rows.iter().map(|row| of(row).map(days_since_1970));
                Arc::new(days.collect::<Date32Array>())
            }
            Of::Moment(of) => {
                let micros = rows.iter().map(|row| of(row).map(Timestamp::as_microsecond));
                Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            }
        }
    }
}

/// Days since 1970-01-01, as Arrow counts them.
fn days_since_1970(day: Date) -> i32 {
    (day.duration_since(date(1970, 1, 1)).as_hours() / 24) as i32
}

/// The schema of all columns.
pub(crate) fn schema<R>(columns: &[Column<R>]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(Column::field).collect::<Vec<_>>()))
}

/// Rows as the columns at `places`, whose schema is `schema`.
pub(crate) fn batch<R>(
    columns: &[Column<R>],
    places: &[usize],
    schema: SchemaRef,
    rows: &[R],
) -> Result<RecordBatch> {
    let arrays = places.iter().map(|&at| columns[at].array(rows)).collect();
    // Of no column at all, the number of rows is still what was asked.
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &options)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_the_wanted_columns() {
        let columns: Vec<Column<(String, f64)>> = vec![
            text("name", |row| Some(row.0.as_str().into())),
            float("value", |row| Some(row.1)),
            day("day", |_| Some(date(1969, 12, 30))),
            boolean("whole", |row| Some(row.1.fract() == 0.0)),
            moment("at", |_| None),
        ];
        let all = schema(&columns);
        let rows = [("чай".to_owned(), 2.5), ("кофе".to_owned(), 1.0)];
        let wanted = Arc::new(all.project(&[2, 0]).expect("they are there"));
        let found = batch(&columns, &[2, 0], wanted, &rows).expect("a batch");
        assert_eq!((found.num_rows(), found.num_columns()), (2, 2));
        let days = found.column(0).as_any().downcast_ref::<Date32Array>().expect("days");
        assert_eq!(days.value(0), -2);
        let none = Arc::new(all.project(&[]).expect("nothing"));
        assert_eq!(batch(&columns, &[], none, &rows).expect("rows without columns").num_rows(), 2);
    }
}
