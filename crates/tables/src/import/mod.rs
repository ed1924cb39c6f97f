//! Files in: CSV, JSON Lines and Parquet to one Parquet form, in two passes over a file that lies on disk.
//!
//! The first pass decides each column's kind from all rows, the second writes them. Neither holds more than a batch.

mod batch;
mod csv;
mod groups;
mod guard;
mod json_object;
mod jsonl;
pub(crate) mod keep;
mod pace;
mod parquet;
mod plan;
pub(crate) mod profile;
pub(crate) mod raw;
mod survey;
#[cfg(test)]
mod tests;
pub(crate) mod upsert;

use crate::detect;
use crate::error::ImportError;
use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use vakhta_domain::dataset::{FileFormat, ReadOptions, TableFacts};

/// Brings a file in as Parquet and says what it holds.
///
/// `file_name` only helps to tell the format. `progress` gets (bytes read, bytes to read); both passes count. It is
/// asked every few thousand rows, so that a stop takes effect within milliseconds. On an error what was written to
/// `sink` is worthless. Well under 300 MiB are held, however large the
/// file; only Parquet with pages of an odd size may take more, to a limit.
pub fn import(
    file: &File,
    file_name: &str,
    options: &ReadOptions,
    sink: impl Write + Send,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<TableFacts, ImportError> {
    let mut pace = pace::Pace::new(file.metadata()?.len(), progress);
    match detect::format(file, file_name, options)? {
        FileFormat::Csv => csv::import(file, options, sink, &mut pace),
        FileFormat::Jsonl => jsonl::import(file, options, sink, &mut pace),
        FileFormat::Parquet => parquet::import(file, options, sink, &mut pace),
    }
}
