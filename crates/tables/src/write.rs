//! Small tables out: CSV that no spreadsheet runs, JSON, JSON Lines, Parquet in our own form.

use crate::error::WriteError;
use crate::import::keep::properties;
use crate::read::integer_json;
use crate::table::{Table, Values};
use crate::value::date::days_from_civil;
use crate::value::is_missing;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{Field, Schema};
use jiff::Timestamp;
use parquet::arrow::ArrowWriter;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

/// A form to write a table in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180, comma, UTF-8, with a header.
    Csv,
    /// One array of objects.
    Json,
    /// One object a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

impl ExportFormat {
    /// Of a file name's ending or a format's name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Jsonl => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Writes a table.
///
/// In CSV a text that a spreadsheet would run as a formula (it begins with `=` `+` `-` `@`, a tab or a carriage
/// return) gets a `'` in front; numbers are never changed. An absent value is an empty cell or null, and so is a
/// number that is not finite.
pub fn write(table: &Table, format: ExportFormat, mut sink: impl Write + Send) -> Result<(), WriteError> {
    let rows = table.rows();
    for (name, values) in &table.columns {
        if values.len() != rows {
            return Err(WriteError::Ragged { name: name.clone(), found: values.len(), expected: rows });
        }
    }
    match format {
        ExportFormat::Csv => csv(table, &mut sink)?,
        ExportFormat::Json => {
            sink.write_all(b"[")?;
            for row in 0..rows {
                sink.write_all(if row == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut sink, &object(table, row))?;
            }
            sink.write_all(b"\n]\n")?;
        }
        ExportFormat::Jsonl => {
            for row in 0..rows {
                serde_json::to_writer(&mut sink, &object(table, row))?;
                sink.write_all(b"\n")?;
            }
        }
        ExportFormat::Parquet => parquet(table, &mut sink)?,
    }
    sink.flush()?;
    Ok(())
}

fn csv(table: &Table, sink: &mut impl Write) -> Result<(), WriteError> {
    let mut line = String::new();
    for (at, (name, _)) in table.columns.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        push_text(&mut line, name);
    }
    line.push_str("\r\n");
    for row in 0..table.rows() {
        for (at, (_, values)) in table.columns.iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            push_cell(&mut line, values, row);
        }
        // A line with nothing on it would be read as no row at all.
        if table.columns.len() == 1 && line.is_empty() {
            line.push_str("\"\"");
        }
        line.push_str("\r\n");
        sink.write_all(line.as_bytes())?;
        line.clear();
    }
    sink.write_all(line.as_bytes())?;
    Ok(())
}

fn push_cell(line: &mut String, values: &Values, row: usize) {
    match values {
        Values::Texts(texts) => {
            if let Some(text) = texts.get(row) {
                push_text(line, text);
            }
        }
        Values::Floats(values) if values[row].is_finite() => push_shown(line, Some(Exact(values[row]))),
        Values::Floats(_) => {}
        Values::Integers(values) => push_shown(line, values[row]),
        Values::Booleans(values) => push_shown(line, values[row]),
        Values::Dates(values) => push_shown(line, values[row]),
        Values::Moments(values) => push_shown(line, values[row]),
    }
}

/// A float in its shortest form that reads back as itself and as a float.
struct Exact(f64);

impl std::fmt::Display for Exact {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.0)
    }
}

fn push_shown(line: &mut String, value: Option<impl ToString>) {
    if let Some(value) = value {
        line.push_str(&value.to_string());
    }
}

fn push_text(line: &mut String, text: &str) {
    let text = neutral(text);
    let plain = |c: char| !matches!(c, ',' | '"' | '\n' | '\r' | ';' | '\t' | '|');
    let edge = text.trim().len() != text.len();
    if text.chars().all(plain) && !edge && !is_missing(text.as_bytes()) {
        line.push_str(&text);
    } else {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    }
}

/// A text that no spreadsheet takes for a formula.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn object(table: &Table, row: usize) -> Map<String, Value> {
    let mut object = Map::with_capacity(table.columns.len());
    for (name, values) in &table.columns {
        let value = match values {
            Values::Texts(texts) => texts.get(row).map_or(Value::Null, |text| Value::from(&**text)),
            // Not finite becomes null.
            Values::Floats(values) => Value::from(values[row]),
            Values::Integers(values) => values[row].map_or(Value::Null, integer_json),
            Values::Booleans(values) => values[row].map_or(Value::Null, Value::from),
            Values::Dates(values) => values[row].map_or(Value::Null, |v| Value::from(v.to_string())),
            Values::Moments(values) => values[row].map_or(Value::Null, |v| Value::from(v.to_string())),
        };
        object.insert(name.clone(), value);
    }
    object
}

fn parquet(table: &Table, sink: &mut (impl Write + Send)) -> Result<(), WriteError> {
    let mut fields = Vec::with_capacity(table.columns.len());
    let mut arrays = Vec::with_capacity(table.columns.len());
    for (name, values) in &table.columns {
        let array = array(values);
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let mut writer = ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties(arrays.len())))?;
    writer.write(&RecordBatch::try_new(schema, arrays)?)?;
    writer.close()?;
    Ok(())
}

fn array(values: &Values) -> ArrayRef {
    match values {
        Values::Texts(texts) => {
            Arc::new((0..texts.codes.len()).map(|row| texts.get(row)).collect::<StringArray>())
        }
        Values::Floats(values) => {
            Arc::new(values.iter().map(|v| v.is_finite().then_some(*v)).collect::<Float64Array>())
        }
        Values::Integers(values) => Arc::new(values.iter().copied().collect::<Int64Array>()),
        Values::Booleans(values) => Arc::new(values.iter().copied().collect::<BooleanArray>()),
        Values::Dates(values) => Arc::new(
            values
                .iter()
                .map(|v| {
                    v.and_then(|d| {
                        days_from_civil(u32::try_from(d.year()).ok()?, d.month() as u32, d.day() as u32)
                    })
                })
                .collect::<Date32Array>(),
        ),
        Values::Moments(values) => Arc::new(
            values
                .iter()
                .map(|v| v.map(Timestamp::as_microsecond))
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ),
    }
}
