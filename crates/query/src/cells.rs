//! The engine's values as JSON.

use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::Timestamp;
use serde_json::Value;
use vakhta_domain::query::ColumnType;

/// Whole numbers beyond this lose digits in JavaScript.
const SAFE_INTEGER: u64 = 1 << 53;

/// What a column holds, in our words.
pub(crate) fn kind(of: &DataType) -> ColumnType {
    use DataType as D;
    match of {
        D::Boolean => ColumnType::Boolean,
        D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 => {
            ColumnType::Integer
        }
        D::Float16 | D::Float32 | D::Float64 => ColumnType::Float,
        D::Decimal32(..) | D::Decimal64(..) | D::Decimal128(..) | D::Decimal256(..) => ColumnType::Decimal,
        D::Utf8 | D::LargeUtf8 | D::Utf8View => ColumnType::Text,
        D::Date32 | D::Date64 => ColumnType::Date,
        D::Time32(_) | D::Time64(_) => ColumnType::Time,
        D::Timestamp(..) => ColumnType::Timestamp,
        D::Interval(_) | D::Duration(_) => ColumnType::Interval,
        D::List(_) | D::LargeList(_) | D::FixedSizeList(..) | D::ListView(_) => ColumnType::List,
        D::Dictionary(_, values) => kind(values),
        _ => ColumnType::Other,
    }
}

/// A column that is written value by value.
pub(crate) struct Cells {
    array: ArrayRef,
}

impl Cells {
    /// Makes a column ready: rare types become common ones once and not value by value.
    pub(crate) fn new(array: &ArrayRef) -> Result<Self, ArrowError> {
        let to = match array.data_type() {
            DataType::Dictionary(_, values) => Some((**values).clone()),
            DataType::LargeUtf8 | DataType::Utf8View => Some(DataType::Utf8),
            DataType::Float16 => Some(DataType::Float32),
            DataType::Date64 => Some(DataType::Date32),
            DataType::Timestamp(unit, zone) if *unit != TimeUnit::Nanosecond => {
                // Nanoseconds end in 2262; what does not fit there is written from microseconds.
                Some(DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))
            }
            _ => None,
        };
        let array = match to {
            Some(to) if to != *array.data_type() => cast(array, &to)?,
            _ => array.clone(),
        };
        Ok(Self { array })
    }

    /// The value in a row.
    pub(crate) fn value(&self, row: usize) -> Result<Value, ArrowError> {
        value(&self.array, row)
    }
}

fn value(array: &ArrayRef, row: usize) -> Result<Value, ArrowError> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => Value::from(array.as_boolean().value(row)),
        DataType::Int8 => Value::from(array.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => Value::from(array.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => Value::from(array.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::from(array.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => Value::from(array.as_primitive::<UInt16Type>().value(row)),
        DataType::UInt32 => Value::from(array.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => natural(array.as_primitive::<UInt64Type>().value(row)),
        // JSON has no NaN and no infinity; `from` makes them null.
        DataType::Float32 => Value::from(array.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => Value::from(array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Value::from(array.as_string::<i32>().value(row)),
        DataType::Timestamp(unit, _) => moment(array, *unit, row),
        DataType::List(_) => list(&array.as_list::<i32>().value(row))?,
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row))?,
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row))?,
        _ => {
            let options = FormatOptions::default();
            Value::from(ArrayFormatter::try_new(array, &options)?.value(row).try_to_string()?)
        }
    })
}

fn list(array: &ArrayRef) -> Result<Value, ArrowError> {
    let cells = Cells::new(array)?;
    (0..array.len()).map(|row| cells.value(row)).collect::<Result<Vec<_>, _>>().map(Value::from)
}

fn integer(value: i64) -> Value {
    if value.unsigned_abs() > SAFE_INTEGER { Value::from(value.to_string()) } else { Value::from(value) }
}

fn natural(value: u64) -> Value {
    if value > SAFE_INTEGER { Value::from(value.to_string()) } else { Value::from(value) }
}

fn moment(array: &ArrayRef, unit: TimeUnit, row: usize) -> Value {
    use datafusion::arrow::array::types::{TimestampMicrosecondType, TimestampNanosecondType};
    let at = match unit {
        TimeUnit::Nanosecond => {
            Timestamp::from_nanosecond(i128::from(array.as_primitive::<TimestampNanosecondType>().value(row)))
        }
        _ => Timestamp::from_microsecond(array.as_primitive::<TimestampMicrosecondType>().value(row)),
    };
    // Beyond the years that have a name there is nothing to write.
    at.map_or(Value::Null, |at| Value::from(at.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{
        Date32Array, Decimal128Array, Float64Array, Int64Array, TimestampMicrosecondArray,
        TimestampSecondArray, UInt64Array,
    };
    use serde_json::json;
    use std::sync::Arc;

    fn values(array: impl Array + 'static) -> Vec<Value> {
        let array: ArrayRef = Arc::new(array);
        let cells = Cells::new(&array).expect("a known type");
        (0..array.len()).map(|row| cells.value(row).expect("a value")).collect()
    }

    #[test]
    fn values_are_written_exactly_or_as_null() {
        assert_eq!(
            values(Float64Array::from(vec![0.1, f64::NAN, f64::INFINITY])),
            [json!(0.1), json!(null), json!(null)]
        );
        let whole = vec![Some(1_i64 << 53), Some(i64::MAX), Some(i64::MIN), None];
        let expected =
            [json!(1_i64 << 53), json!("9223372036854775807"), json!("-9223372036854775808"), json!(null)];
        assert_eq!(values(Int64Array::from(whole)), expected);
        assert_eq!(values(UInt64Array::from(vec![u64::MAX])), [json!("18446744073709551615")]);
        assert_eq!(values(Date32Array::from(vec![0, -1])), [json!("1970-01-01"), json!("1969-12-31")]);
        let moments = TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("UTC");
        assert_eq!(values(moments), [json!("1970-01-01T00:00:01.5Z")]);
        assert_eq!(values(TimestampSecondArray::from(vec![60])), [json!("1970-01-01T00:01:00Z")]);
        let exact = Decimal128Array::from(vec![12345]).with_precision_and_scale(10, 2).expect("fits");
        assert_eq!(values(exact), [json!("123.45")]);
    }

    #[test]
    fn kinds_have_our_words() {
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        for (of, expected) in [
            (DataType::UInt8, "integer"),
            (DataType::Utf8View, "text"),
            (zoned, "timestamp"),
            (DataType::Decimal128(10, 2), "decimal"),
            (DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), "text"),
            (DataType::Binary, "other"),
        ] {
            assert_eq!(kind(&of).as_str(), expected, "{of}");
        }
    }
}
