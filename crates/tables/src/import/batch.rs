//! Columns of values in memory, filled cell by cell; a row that turns out bad is taken back.

use super::raw::Raw;
use crate::limits;
use crate::value::date::{self, DateForm};
use crate::value::number::{self, NumberFault};
use crate::value::{boolean, is_missing, trim};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, TimeUnit};
use std::sync::Arc;
use vakhta_domain::dataset::ColumnKind;

/// How one column is read.
#[derive(Debug, Clone)]
pub struct ColumnPlan {
    /// Its name.
    pub name: String,
    /// The kind of its values.
    pub kind: ColumnKind,
    /// The form of its dates, where they are texts.
    pub form: Option<DateForm>,
    /// Its decimal mark.
    pub decimal: u8,
}

impl ColumnPlan {
    /// Its field in our Parquet.
    pub fn field(&self) -> Field {
        let data_type = match self.kind {
            ColumnKind::Integer => DataType::Int64,
            ColumnKind::Float => DataType::Float64,
            ColumnKind::Boolean => DataType::Boolean,
            ColumnKind::Date => DataType::Date32,
            ColumnKind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ColumnKind::Text => DataType::Utf8,
        };
        Field::new(&self.name, data_type, true)
    }
}

/// Why a cell is no value of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// As for numbers.
    Number(NumberFault),
    /// Not a date of the column's form.
    Date(Option<DateForm>),
    /// Neither true nor false.
    Boolean,
    /// A text beyond the limit.
    TooLong,
    /// A NUL inside.
    Nul,
    /// What the file says about it.
    Unfit(&'static str),
}

impl Fault {
    /// In words that do not depend on the row.
    pub fn reason(self) -> String {
        match self {
            Self::Number(NumberFault::NotANumber) => "not a number".to_owned(),
            Self::Number(NumberFault::NotWhole) => "not a whole number".to_owned(),
            Self::Number(NumberFault::NotFinite) => "number is not finite".to_owned(),
            Self::Number(NumberFault::TooLarge) => "whole number beyond 64 bits".to_owned(),
            Self::Date(Some(form)) => format!("not a date of the form {}", form.name()),
            Self::Date(None) => "not a date between the years 1 and 9999".to_owned(),
            Self::Boolean => "neither true nor false".to_owned(),
            Self::TooLong => "value is longer than 1 MiB".to_owned(),
            Self::Nul => "value has a NUL byte".to_owned(),
            Self::Unfit(reason) => reason.to_owned(),
        }
    }
}

/// The values of one column in a batch.
#[derive(Debug)]
pub enum Values {
    /// Whole numbers, and microseconds of moments.
    Whole(Vec<i64>),
    /// Numbers.
    Real(Vec<f64>),
    /// True or false.
    Flag(Vec<bool>),
    /// Days since 1970-01-01.
    Day(Vec<i32>),
    /// Texts one after another, with where each ends.
    Text {
        /// UTF-8.
        bytes: Vec<u8>,
        /// Ends of the texts.
        ends: Vec<i32>,
    },
}

/// One column of a batch.
#[derive(Debug)]
pub struct ColumnBatch {
    plan: ColumnPlan,
    /// Its values; where absent, anything.
    pub values: Values,
    /// Which are present.
    pub present: Vec<bool>,
}

/// First and last day, and microsecond, of the years 1 to 9999.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;
const DAY_MICROS: i64 = 86_400_000_000;

impl ColumnBatch {
    /// An empty batch.
    pub fn new(plan: ColumnPlan) -> Self {
        let values = match plan.kind {
            ColumnKind::Integer | ColumnKind::Timestamp => Values::Whole(Vec::new()),
            ColumnKind::Float => Values::Real(Vec::new()),
            ColumnKind::Boolean => Values::Flag(Vec::new()),
            ColumnKind::Date => Values::Day(Vec::new()),
            ColumnKind::Text => Values::Text { bytes: Vec::new(), ends: Vec::new() },
        };
        Self { plan, values, present: Vec::new() }
    }

    /// Bytes of text held.
    pub fn text_bytes(&self) -> usize {
        match &self.values {
            Values::Text { bytes, .. } => bytes.len(),
            _ => 0,
        }
    }

    /// Adds a cell, or says why it cannot.
    pub fn push(&mut self, raw: Raw<'_>) -> Result<(), Fault> {
        let raw = match raw {
            Raw::Unfit(reason) => return Err(Fault::Unfit(reason)),
            Raw::Cell { text, quoted } if self.plan.kind != ColumnKind::Text || !quoted => {
                let trimmed = trim(text);
                if is_missing(trimmed.as_bytes()) {
                    Raw::Missing
                } else {
                    Raw::Cell { text: trimmed, quoted }
                }
            }
            Raw::String(text) if self.plan.kind != ColumnKind::Text => {
                let trimmed = trim(text);
                if is_missing(trimmed.as_bytes()) { Raw::Missing } else { Raw::String(trimmed) }
            }
            Raw::String("") => Raw::Missing,
            Raw::Float(value) if value.is_nan() => Raw::Missing,
            other => other,
        };
        let present = match &mut self.values {
            Values::Whole(values) if self.plan.kind == ColumnKind::Timestamp => {
                let moment = day_and_micros(raw, &self.plan)?;
                values.push(moment.map_or(0, |(_, micros)| micros));
                moment.is_some()
            }
            Values::Whole(values) => {
                let value = whole(raw, self.plan.decimal)?;
                values.push(value.unwrap_or(0));
                value.is_some()
            }
            Values::Real(values) => {
                let value = real(raw, self.plan.decimal)?;
                values.push(value.unwrap_or(0.0));
                value.is_some()
            }
            Values::Flag(values) => {
                let value = flag(raw)?;
                values.push(value.unwrap_or(false));
                value.is_some()
            }
            Values::Day(values) => {
                let day = day_and_micros(raw, &self.plan)?;
                values.push(day.map_or(0, |(days, _)| days));
                day.is_some()
            }
            Values::Text { bytes, ends } => {
                let present = text(raw, bytes)?;
                ends.push(bytes.len() as i32);
                present
            }
        };
        self.present.push(present);
        Ok(())
    }

    /// Takes the last cell back.
    pub fn pop(&mut self) {
        self.present.pop();
        match &mut self.values {
            Values::Whole(values) => drop(values.pop()),
            Values::Real(values) => drop(values.pop()),
            Values::Flag(values) => drop(values.pop()),
            Values::Day(values) => drop(values.pop()),
            Values::Text { bytes, ends } => {
                ends.pop();
                bytes.truncate(ends.last().map_or(0, |end| *end as usize));
            }
        }
    }

    /// The batch as an Arrow array; the batch is empty afterwards.
    pub fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        let present = std::mem::take(&mut self.present);
        let nulls = present.iter().any(|p| !p).then(|| NullBuffer::from(present));
        Ok(match &mut self.values {
            Values::Whole(values) => {
                let values = ScalarBuffer::from(std::mem::take(values));
                if self.plan.kind == ColumnKind::Timestamp {
                    Arc::new(TimestampMicrosecondArray::try_new(values, nulls)?.with_timezone("UTC"))
                } else {
                    Arc::new(Int64Array::try_new(values, nulls)?)
                }
            }
            Values::Real(values) => {
                Arc::new(Float64Array::try_new(ScalarBuffer::from(std::mem::take(values)), nulls)?)
            }
            Values::Flag(values) => Arc::new(BooleanArray::new(std::mem::take(values).into(), nulls)),
            Values::Day(values) => {
                Arc::new(Date32Array::try_new(ScalarBuffer::from(std::mem::take(values)), nulls)?)
            }
            Values::Text { bytes, ends } => {
                let mut offsets = Vec::with_capacity(ends.len() + 1);
                offsets.push(0);
                offsets.append(ends);
                let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
                Arc::new(StringArray::try_new(offsets, Buffer::from_vec(std::mem::take(bytes)), nulls)?)
            }
        })
    }
}

fn whole(raw: Raw<'_>, decimal: u8) -> Result<Option<i64>, Fault> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::Cell { text, .. } => number::integer(text.as_bytes(), decimal).map(Some).map_err(Fault::Number),
        Raw::Integer(value) => Ok(Some(value)),
        Raw::Natural(_) => Err(Fault::Number(NumberFault::TooLarge)),
        Raw::Float(value) if !value.is_finite() => Err(Fault::Number(NumberFault::NotFinite)),
        Raw::Float(_) => Err(Fault::Number(NumberFault::NotWhole)),
        _ => Err(Fault::Number(NumberFault::NotANumber)),
    }
}

fn real(raw: Raw<'_>, decimal: u8) -> Result<Option<f64>, Fault> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::Cell { text, .. } => number::float(text.as_bytes(), decimal).map(Some).map_err(Fault::Number),
        Raw::Integer(value) => Ok(Some(value as f64)),
        Raw::Natural(value) => Ok(Some(value as f64)),
        Raw::Float(value) if value.is_finite() => Ok(Some(value)),
        Raw::Float(_) => Err(Fault::Number(NumberFault::NotFinite)),
        _ => Err(Fault::Number(NumberFault::NotANumber)),
    }
}

fn flag(raw: Raw<'_>) -> Result<Option<bool>, Fault> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::Cell { text, .. } => boolean(text).map(Some).ok_or(Fault::Boolean),
        Raw::Boolean(value) => Ok(Some(value)),
        _ => Err(Fault::Boolean),
    }
}

/// A cell as (day, microseconds since 1970 in UTC); 1C's empty date is absent.
fn day_and_micros(raw: Raw<'_>, plan: &ColumnPlan) -> Result<Option<(i32, i64)>, Fault> {
    let fault = Fault::Date(plan.form);
    let (days, micros) = match raw {
        Raw::Missing => return Ok(None),
        Raw::Cell { text, .. } | Raw::String(text) => {
            let form = plan.form.ok_or(fault)?;
            let moment = date::parts(text.as_bytes()).and_then(|parts| {
                let own = parts.read(form);
                // The empty date comes in the form that 1C likes, whatever the others look like.
                own.or_else(|| parts.read(DateForm::DotsTime).filter(|m| m.days == date::EMPTY_1C))
            });
            let moment = moment.ok_or(fault)?;
            if moment.days == date::EMPTY_1C {
                return Ok(None);
            }
            (moment.days, moment.utc_micros())
        }
        Raw::Day(days) if !DAYS.contains(&days) => return Err(Fault::Date(None)),
        Raw::Day(days) => (days, i64::from(days) * DAY_MICROS),
        Raw::Moment { micros, .. } => {
            (i32::try_from(micros.div_euclid(DAY_MICROS)).map_err(|_| fault)?, micros)
        }
        _ => return Err(fault),
    };
    if DAYS.contains(&days) { Ok(Some((days, micros))) } else { Err(Fault::Date(None)) }
}

/// Appends a cell's text; whether there was one.
fn text(raw: Raw<'_>, bytes: &mut Vec<u8>) -> Result<bool, Fault> {
    match raw {
        Raw::Missing => return Ok(false),
        Raw::Cell { text, .. } | Raw::String(text) => {
            if text.len() > limits::CELL {
                return Err(Fault::TooLong);
            }
            if memchr::memchr(0, text.as_bytes()).is_some() {
                return Err(Fault::Nul);
            }
            bytes.extend_from_slice(text.as_bytes());
        }
        Raw::Integer(value) => bytes.extend_from_slice(value.to_string().as_bytes()),
        Raw::Natural(value) => bytes.extend_from_slice(value.to_string().as_bytes()),
        Raw::Float(value) => bytes.extend_from_slice(value.to_string().as_bytes()),
        Raw::Boolean(value) => bytes.extend_from_slice(value.to_string().as_bytes()),
        Raw::Day(days) => bytes.extend_from_slice(super::profile::day_text(days).as_bytes()),
        Raw::Moment { micros, .. } => bytes.extend_from_slice(super::profile::moment_text(micros).as_bytes()),
        Raw::Unfit(reason) => return Err(Fault::Unfit(reason)),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(kind: ColumnKind, raw: Raw<'_>) -> Result<(), Fault> {
        ColumnBatch::new(ColumnPlan { name: "x".to_owned(), kind, form: None, decimal: b'.' }).push(raw)
    }

    #[test]
    fn days_beyond_the_calendar_are_faults_and_no_overflow() {
        for days in [i32::MIN, i32::MAX, -719_163, 2_932_897] {
            assert_eq!(push(ColumnKind::Timestamp, Raw::Day(days)), Err(Fault::Date(None)));
            assert_eq!(push(ColumnKind::Date, Raw::Day(days)), Err(Fault::Date(None)));
        }
        for micros in [i64::MIN, i64::MAX] {
            assert_eq!(
                push(ColumnKind::Timestamp, Raw::Moment { micros, zoned: true }),
                Err(Fault::Date(None))
            );
        }
    }

    #[test]
    fn texts_beyond_bounds_are_faults() {
        let long = "x".repeat(limits::CELL + 1);
        assert_eq!(push(ColumnKind::Text, Raw::String(&long)), Err(Fault::TooLong));
        assert_eq!(push(ColumnKind::Text, Raw::String("a\0b")), Err(Fault::Nul));
        assert_eq!(push(ColumnKind::Text, Raw::String(&long[1..])), Ok(()));
    }

    #[test]
    fn a_row_taken_back_leaves_no_trace() {
        let plan = ColumnPlan { name: "x".to_owned(), kind: ColumnKind::Text, form: None, decimal: b'.' };
        let mut batch = ColumnBatch::new(plan);
        for text in ["one", "two"] {
            batch.push(Raw::String(text)).expect("a text");
        }
        batch.pop();
        batch.push(Raw::Missing).expect("absent");
        let array = batch.take().expect("an array");
        let texts: Vec<Option<&str>> = arrow_array::cast::AsArray::as_string::<i32>(&array).iter().collect();
        assert_eq!(texts, [Some("one"), None]);
    }
}
