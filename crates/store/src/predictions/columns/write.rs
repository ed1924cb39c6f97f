//! A segment's predictions into Parquet.

use super::{INTERVAL, PARTS, SCHEMA, interval, unreadable};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, ListArray, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray, UInt8Array, UInt32Array,
};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use jiff::civil::Date;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::collections::BTreeMap;
use std::sync::Arc;
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::{LoggedPrediction, Output, Said, split_key};

/// A prediction as columns hold it.
struct Laid<'a> {
    logged: &'a LoggedPrediction,
    place: &'a str,
    day: Option<Date>,
    /// None where its text has to be kept.
    output: Option<Output>,
}

impl<'a> Laid<'a> {
    fn of(logged: &'a LoggedPrediction) -> Self {
        let (place, day) = split_key(&logged.key);
        let output = Output::parse(&logged.output).filter(|read| read.text() == logged.output);
        Self { logged, place, day, output }
    }

    fn said(&self) -> Option<&Said> {
        self.output.as_ref().map(|output| &output.said)
    }

    fn step(&self) -> Option<u32> {
        if let Some(Said::Number { step, .. }) = self.said() { *step } else { None }
    }

    fn label(&self) -> Option<&str> {
        if let Some(Said::Class { label, .. }) = self.said() { Some(label) } else { None }
    }

    fn probabilities(&self) -> Option<String> {
        let Some(Said::Class { probabilities, .. }) = self.said() else { return None };
        Some(serde_json::to_string(probabilities).expect("plain data"))
    }

    fn arm(&self) -> Option<&str> {
        self.output.as_ref().and_then(|output| output.arm.as_deref())
    }
}

/// The file of these predictions, which are in the order in which they were logged.
pub(crate) fn pack(predictions: &[LoggedPrediction]) -> Result<Vec<u8>, StoreError> {
    let mut parts: BTreeMap<(&str, &str), Vec<Laid<'_>>> = BTreeMap::new();
    for logged in predictions {
        let whose = (logged.workspace.as_str(), logged.model.as_str());
        parts.entry(whose).or_default().push(Laid::of(logged));
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by("vakhta".to_owned())
        .build();
    let write = || -> Result<Vec<u8>, ParquetError> {
        let mut writer = ArrowWriter::try_new(Vec::new(), SCHEMA.clone(), Some(properties))?;
        for rows in parts.values() {
            writer.write(&batch(rows)?)?;
            // Its row group ends here: the next model has one of its own.
            writer.flush()?;
        }
        let counts: Vec<_> = parts.iter().map(|((w, m), rows)| (w, m, rows.len())).collect();
        let counts = serde_json::to_string(&counts).expect("plain data");
        writer.append_key_value_metadata(KeyValue::new(PARTS.to_owned(), counts));
        writer.into_inner()
    };
    write().map_err(unreadable)
}

fn batch(rows: &[Laid<'_>]) -> Result<RecordBatch, ParquetError> {
    let moments = rows.iter().map(|row| row.logged.at.as_microsecond());
    let columns: Vec<ArrayRef> = vec![
        words(rows, |row| Some(row.logged.workspace.as_str())),
        words(rows, |row| Some(row.logged.model.as_str())),
        words(rows, |row| Some(row.logged.version.as_str())),
        words(rows, |row| Some(row.logged.request.as_str())),
        Arc::new(TimestampMicrosecondArray::from_iter_values(moments).with_timezone("UTC")),
        words(rows, |row| Some(row.place)),
        Arc::new(rows.iter().map(|row| row.day.map(days_of)).collect::<Date32Array>()),
        Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.logged.value))),
        Arc::new(rows.iter().map(Laid::step).collect::<UInt32Array>()),
        Arc::new(intervals(rows)),
        words(rows, Laid::label),
        Arc::new(rows.iter().map(Laid::probabilities).collect::<StringArray>()),
        words(rows, Laid::arm),
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.logged.latency_us))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.logged.input.as_str()))),
        Arc::new(rows.iter().map(kept_text).collect::<StringArray>()),
    ];
    Ok(RecordBatch::try_new(SCHEMA.clone(), columns)?)
}

fn words<'a>(rows: &'a [Laid<'a>], of: fn(&'a Laid<'a>) -> Option<&'a str>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<DictionaryArray<Int32Type>>())
}

fn kept_text<'a>(row: &Laid<'a>) -> Option<&'a str> {
    row.output.is_none().then_some(row.logged.output.as_str())
}

/// Days since 1970-01-01, as Parquet keeps them.
fn days_of(day: Date) -> i32 {
    let since = day.since((jiff::Unit::Day, Date::constant(1970, 1, 1)));
    since.map_or(0, |span| span.get_days())
}

fn intervals(rows: &[Laid<'_>]) -> ListArray {
    let (mut ends, mut levels, mut los, mut his) = (vec![0], Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        if let Some(Said::Number { intervals, .. }) = row.said() {
            for interval in intervals {
                levels.push(interval.level);
                los.push(interval.lo);
                his.push(interval.hi);
            }
        }
        ends.push(levels.len() as i32);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt8Array::from(levels)),
        Arc::new(Float64Array::from(los)),
        Arc::new(Float64Array::from(his)),
    ];
    let items = StructArray::new(INTERVAL.clone(), columns, None);
    ListArray::new(interval(), OffsetBuffer::new(ScalarBuffer::from(ends)), Arc::new(items), None)
}
