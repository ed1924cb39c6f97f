//! One model's predictions out of a segment's Parquet.

use super::{PARTS, unreadable};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type,
};
use arrow_array::{Array as _, ListArray, PrimitiveArray, RecordBatch, StringArray};
use bytes::Bytes;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::collections::HashMap;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::{
    FlatPrediction, FlatPredictions, LoggedPrediction, Output, Said, TextId, key_of,
};
use vakhta_domain::report::Interval;

/// Rows decoded at a time.
const BATCH: usize = 32_768;

/// What is read of a prediction laid flat.
const FLAT: [&str; 12] = [
    "version",
    "request",
    "at",
    "place",
    "day",
    "value",
    "step",
    "intervals",
    "label",
    "probabilities",
    "arm",
    "output",
];

/// The rows of a model, or of these columns alone; none where the file has none.
fn rows(
    file: &Bytes,
    (workspace, model): (&WorkspaceId, &ModelKey),
    columns: Option<&[&str]>,
) -> Result<Option<ParquetRecordBatchReader>, StoreError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.clone()).map_err(unreadable)?;
    let metadata = builder.metadata();
    let parts = metadata.file_metadata().key_value_metadata();
    let parts = parts.and_then(|all| all.iter().find(|entry| entry.key == PARTS)?.value.as_deref());
    let parts = parts.ok_or_else(|| unreadable(format!("it has no `{PARTS}`")))?;
    let parts: Vec<(String, String, i64)> = serde_json::from_str(parts).map_err(unreadable)?;
    let (mut groups, mut before) = (Vec::new(), 0);
    for (group, rows) in metadata.row_groups().iter().enumerate() {
        // Whose rows these are: parts and row groups come in one order, and no row group has rows of two.
        let mut end = 0;
        let part = parts.iter().find(|part| {
            end += part.2;
            before < end
        });
        before += rows.num_rows();
        if part.is_some_and(|part| part.0 == workspace.as_str() && part.1 == model.as_str()) {
            groups.push(group);
        }
    }
    if groups.is_empty() {
        return Ok(None);
    }
    let mask = columns.map_or_else(ProjectionMask::all, |columns| {
        ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied())
    });
    let reader = builder.with_row_groups(groups).with_projection(mask).with_batch_size(BATCH);
    reader.build().map(Some).map_err(unreadable)
}

/// Days since 1970-01-01 as days of the calendar, each computed once.
#[derive(Default)]
struct Days(HashMap<i32, Date>);

impl Days {
    fn day(&mut self, days: i32) -> Result<Date, StoreError> {
        if let Some(day) = self.0.get(&days) {
            return Ok(*day);
        }
        let day = Date::constant(1970, 1, 1).checked_add(days.days()).map_err(unreadable)?;
        self.0.insert(days, day);
        Ok(day)
    }
}

/// The columns of a batch that both ways of reading want.
struct Batch<'a> {
    version: Words<'a>,
    request: Words<'a>,
    place: Words<'a>,
    label: Words<'a>,
    arm: Words<'a>,
    at: &'a PrimitiveArray<TimestampMicrosecondType>,
    day: &'a PrimitiveArray<Date32Type>,
    value: &'a PrimitiveArray<Float64Type>,
    step: &'a PrimitiveArray<UInt32Type>,
    probabilities: &'a StringArray,
    output: &'a StringArray,
    intervals: Intervals<'a>,
}

impl<'a> Batch<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, StoreError> {
        Ok(Self {
            version: Words::of(batch, "version")?,
            request: Words::of(batch, "request")?,
            place: Words::of(batch, "place")?,
            label: Words::of(batch, "label")?,
            arm: Words::of(batch, "arm")?,
            at: column(batch, "at", |c| c.as_primitive_opt())?,
            day: column(batch, "day", |c| c.as_primitive_opt())?,
            value: column(batch, "value", |c| c.as_primitive_opt())?,
            step: column(batch, "step", |c| c.as_primitive_opt())?,
            probabilities: column(batch, "probabilities", |c| c.as_string_opt())?,
            output: column(batch, "output", |c| c.as_string_opt())?,
            intervals: Intervals::of(batch)?,
        })
    }
}

fn column<'a, T>(
    batch: &'a RecordBatch,
    name: &str,
    of: impl FnOnce(&'a dyn arrow_array::Array) -> Option<&'a T>,
) -> Result<&'a T, StoreError> {
    let found = batch.column_by_name(name).and_then(|column| of(column.as_ref()));
    found.ok_or_else(|| unreadable(format!("column `{name}` is missing or of another type")))
}

fn moment(at: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(at).map_err(unreadable)
}

/// A value, where there is one.
fn there<T: arrow_array::ArrowPrimitiveType>(of: &PrimitiveArray<T>, row: usize) -> Option<T::Native> {
    (!of.is_null(row)).then(|| of.value(row))
}

/// A column of texts, each distinct one held once.
struct Words<'a> {
    keys: &'a PrimitiveArray<Int32Type>,
    values: &'a StringArray,
}

impl<'a> Words<'a> {
    fn of(batch: &'a RecordBatch, name: &str) -> Result<Self, StoreError> {
        let words = column(batch, name, |c| c.as_dictionary_opt::<Int32Type>())?;
        let values = words.values().as_string_opt();
        let values = values.ok_or_else(|| unreadable(format!("column `{name}` holds no texts")))?;
        Ok(Self { keys: words.keys(), values })
    }

    fn get(&self, row: usize) -> Option<&'a str> {
        there(self.keys, row).map(|key| self.values.value(key as usize))
    }

    fn text(&self, row: usize) -> &'a str {
        self.get(row).unwrap_or_default()
    }

    /// The places of its texts among those of all, by key.
    fn known(&self, flat: &mut FlatPredictions) -> Vec<TextId> {
        self.values.iter().map(|text| flat.id_of(text.unwrap_or_default())).collect()
    }

    fn id(&self, known: &[TextId], row: usize) -> Option<TextId> {
        there(self.keys, row).map(|key| known[key as usize])
    }
}

struct Intervals<'a> {
    list: &'a ListArray,
    level: &'a PrimitiveArray<UInt8Type>,
    lo: &'a PrimitiveArray<Float64Type>,
    hi: &'a PrimitiveArray<Float64Type>,
}

impl<'a> Intervals<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, StoreError> {
        let list: &ListArray = column(batch, "intervals", |c| c.as_list_opt())?;
        let wrong = || unreadable("column `intervals` is of another type");
        let items = list.values().as_struct_opt().filter(|items| items.num_columns() == 3);
        let items = items.ok_or_else(wrong)?;
        Ok(Self {
            list,
            level: items.column(0).as_primitive_opt().ok_or_else(wrong)?,
            lo: items.column(1).as_primitive_opt().ok_or_else(wrong)?,
            hi: items.column(2).as_primitive_opt().ok_or_else(wrong)?,
        })
    }

    fn of_row(&self, row: usize) -> impl Iterator<Item = Interval> {
        let ends = self.list.value_offsets();
        (ends[row] as usize..ends[row + 1] as usize).map(|at| Interval {
            level: self.level.value(at),
            lo: self.lo.value(at),
            hi: self.hi.value(at),
        })
    }
}

/// A model's predictions laid flat.
pub(crate) fn flat(
    file: &Bytes,
    workspace: &WorkspaceId,
    model: &ModelKey,
) -> Result<FlatPredictions, StoreError> {
    let mut flat = FlatPredictions::default();
    let mut days = Days::default();
    let Some(reader) = rows(file, (workspace, model), Some(&FLAT))? else { return Ok(flat) };
    for batch in reader {
        let batch = batch.map_err(unreadable)?;
        let own = Batch::of(&batch)?;
        let version = own.version.known(&mut flat);
        let request = own.request.known(&mut flat);
        let place = own.place.known(&mut flat);
        let label = own.label.known(&mut flat);
        let arm = own.arm.known(&mut flat);
        flat.rows.reserve(batch.num_rows());
        for row in 0..batch.num_rows() {
            let from = flat.intervals.len() as u32;
            let none = || unreadable("a text is missing");
            let mut laid = FlatPrediction {
                version: own.version.id(&version, row).ok_or_else(none)?,
                request: own.request.id(&request, row).ok_or_else(none)?,
                at: moment(own.at.value(row))?,
                place: own.place.id(&place, row).ok_or_else(none)?,
                day: there(own.day, row).map(|day| days.day(day)).transpose()?,
                value: own.value.value(row),
                readable: false,
                step: None,
                label: None,
                arm: None,
                intervals: from..from,
                probabilities: None,
            };
            if !own.output.is_null(row) {
                flat.push_row(laid, own.output.value(row));
                continue;
            }
            laid.readable = true;
            laid.step = there(own.step, row);
            laid.label = own.label.id(&label, row);
            laid.arm = own.arm.id(&arm, row);
            flat.intervals.extend(own.intervals.of_row(row));
            laid.intervals = from..flat.intervals.len() as u32;
            if !own.probabilities.is_null(row) {
                laid.probabilities = Some(flat.id_of(own.probabilities.value(row)));
            }
            flat.rows.push(laid);
        }
    }
    Ok(flat)
}

/// A model's predictions whole.
pub(crate) fn predictions(
    file: &Bytes,
    workspace: &WorkspaceId,
    model: &ModelKey,
) -> Result<Vec<LoggedPrediction>, StoreError> {
    let mut found = Vec::new();
    let mut days = Days::default();
    let Some(reader) = rows(file, (workspace, model), None)? else { return Ok(found) };
    for batch in reader {
        let batch = batch.map_err(unreadable)?;
        let own = Batch::of(&batch)?;
        let input: &StringArray = column(&batch, "input", |c| c.as_string_opt())?;
        let latency: &PrimitiveArray<UInt32Type> = column(&batch, "latency_us", |c| c.as_primitive_opt())?;
        for row in 0..batch.num_rows() {
            let day = there(own.day, row).map(|day| days.day(day)).transpose()?;
            found.push(LoggedPrediction {
                workspace: workspace.clone(),
                request: own.request.text(row).to_owned(),
                model: model.clone(),
                version: VersionId::new(own.version.text(row)),
                at: moment(own.at.value(row))?,
                key: key_of(own.place.text(row), day),
                input: input.value(row).to_owned(),
                value: own.value.value(row),
                output: if own.output.is_null(row) {
                    output(&own, row)?
                } else {
                    own.output.value(row).to_owned()
                },
                latency_us: latency.value(row),
            });
        }
    }
    Ok(found)
}

/// The JSON that was logged, made again from its columns.
fn output(own: &Batch<'_>, row: usize) -> Result<String, StoreError> {
    let said = match own.label.get(row) {
        Some(label) => {
            let told = own.probabilities.value(row);
            let probabilities = serde_json::from_str(told).map_err(unreadable)?;
            Said::Class { label: label.to_owned(), probabilities }
        }
        None => Said::Number { step: there(own.step, row), intervals: own.intervals.of_row(row).collect() },
    };
    Ok(Output { said, arm: own.arm.get(row).map(str::to_owned) }.text())
}
