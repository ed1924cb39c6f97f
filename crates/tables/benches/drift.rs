//! PSI and Jensen–Shannon of every column of two Parquet files: `cargo bench -p vakhta-tables --bench drift -- REF CUR OUT`.
//!
//! The way the product goes: a profile of each reference column, the current rows counted against it, one comparison.
//! Writes OUT as JSON, for `bench/drift/peer.py --check`, and prints CPU seconds and peak memory.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use vakhta_ml::drift::{Counts, Profile};

/// Rows decoded at a time.
const BATCH: usize = 65_536;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [reference, current, out] = given.as_slice() else {
        writeln!(std::io::stderr(), "name two Parquet files and one to write: REF CUR OUT")?;
        return Ok(());
    };
    let (reference, current) = (Table::open(reference)?, Table::open(current)?);
    let mut found: BTreeMap<&str, BTreeMap<String, f64>> = BTreeMap::new();
    let mut largest = 0;
    for (place, field) in reference.schema.fields().iter().enumerate() {
        let Some((profile, counts)) = compared(&reference, &current, place, field.data_type())? else {
            continue;
        };
        let distance = profile.compare(&counts)?.stated.ok_or("no rows")?;
        largest = largest.max(vakhta_ml::drift::profiles_to_bytes([(field.name().as_str(), &profile)]).len());
        found.entry("psi_q10").or_default().insert(field.name().clone(), distance.psi);
        found.entry("js_q10").or_default().insert(field.name().clone(), distance.js);
    }
    let columns = found.get("psi_q10").map_or(0, BTreeMap::len);
    serde_json::to_writer(File::create(out)?, &found)?;
    let (cpu, peak) = (cpu_seconds()?, peak_mib()?);
    writeln!(
        std::io::stdout(),
        "ours: {columns} columns, {cpu:.2} CPU s, peak {peak:.0} MiB; the largest profile has {largest} bytes"
    )?;
    Ok(())
}

/// The profile of a column and the current rows counted against it; none of kinds that are not compared here.
fn compared(
    reference: &Table,
    current: &Table,
    place: usize,
    kind: &DataType,
) -> Result<Option<(Profile, Counts)>, Box<dyn Error>> {
    Ok(match kind {
        DataType::Float64 => {
            let profile = Profile::numbers(&reference.numbers(place)?);
            let mut counts = profile.count_missing(0);
            for column in current.column(place)? {
                counts.merge(&profile.count_numbers(&plain(&column?))?)?;
            }
            Some((profile, counts))
        }
        DataType::Dictionary(_, _) => {
            let counted = reference.words(place)?;
            let profile = Profile::categories(pairs(&counted));
            let counts = profile.count_categories(pairs(&current.words(place)?))?;
            Some((profile, counts))
        }
        _ => None,
    })
}

/// A Parquet file, its texts read as dictionaries.
struct Table {
    file: File,
    metadata: ArrowReaderMetadata,
    schema: SchemaRef,
}

impl Table {
    fn open(path: &str) -> Result<Self, Box<dyn Error>> {
        let file = File::open(path)?;
        let plain =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_skip_arrow_metadata(true))?;
        let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let fields: Vec<Field> = plain
            .schema()
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::Utf8 => Field::new(field.name(), words.clone(), field.is_nullable()),
                other => Field::new(field.name(), other.clone(), field.is_nullable()),
            })
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true).with_schema(schema.clone());
        let metadata = ArrowReaderMetadata::load(&file, options)?;
        Ok(Self { file, metadata, schema })
    }

    /// A column, batch by batch.
    fn column(
        &self,
        place: usize,
    ) -> Result<impl Iterator<Item = Result<ArrayRef, Box<dyn Error>>>, Box<dyn Error>> {
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.try_clone()?, self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), [place]);
        let reader: ParquetRecordBatchReader =
            builder.with_projection(mask).with_batch_size(BATCH).build()?;
        Ok(reader.map(|batch| Ok(batch?.column(0).clone())))
    }

    fn numbers(&self, place: usize) -> Result<Vec<f64>, Box<dyn Error>> {
        let rows = usize::try_from(self.metadata.metadata().file_metadata().num_rows())?;
        let mut values = Vec::with_capacity(rows);
        for column in self.column(place)? {
            values.extend(plain(&column?));
        }
        Ok(values)
    }

    /// Rows by value; those without one under none.
    fn words(&self, place: usize) -> Result<HashMap<Option<String>, u64>, Box<dyn Error>> {
        let mut counts: HashMap<Option<String>, u64> = HashMap::new();
        for column in self.column(place)? {
            let column = column?;
            let column = column.as_dictionary::<Int32Type>();
            let words = column.values().as_string::<i32>();
            let mut by_key = vec![0u64; words.len()];
            column.keys().iter().flatten().for_each(|key| by_key[key as usize] += 1);
            *counts.entry(None).or_default() += column.null_count() as u64;
            for (word, rows) in words.iter().zip(by_key) {
                *counts.entry(word.map(str::to_owned)).or_default() += rows;
            }
        }
        Ok(counts)
    }
}

fn pairs(counts: &HashMap<Option<String>, u64>) -> impl Iterator<Item = (Option<&str>, u64)> {
    counts.iter().map(|(word, rows)| (word.as_deref(), *rows))
}

/// Numbers, those absent as NaN.
fn plain(column: &ArrayRef) -> Vec<f64> {
    let column = column.as_primitive::<Float64Type>();
    if column.null_count() == 0 {
        return column.values().to_vec();
    }
    column.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

/// CPU seconds of this process, user and system.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let after = text.rsplit(')').next().ok_or("no numbers")?;
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / 100.0)
}

fn peak_mib() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with("VmHWM")).ok_or("no such line")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<f64>()? / 1024.0)
}
