//! Rows on their way into our Parquet: batches, row groups, profiles and the report of bad rows.

use super::batch::{ColumnBatch, ColumnPlan, Fault};
use super::groups::Groups;
use super::profile::Profile;
use super::raw::Raw;
use crate::error::ImportError;
use crate::limits;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use vakhta_domain::dataset::{BadRow, Column, OnError, ReadAs, Refused, TableFacts};

/// The writer of one table.
pub struct Keeper<W: Write + Send> {
    groups: Groups<W>,
    schema: SchemaRef,
    plans: Vec<ColumnPlan>,
    batch: Vec<ColumnBatch>,
    profiles: Vec<Profile>,
    rows: u64,
    in_batch: usize,
    /// Whether rows are of a group that is copied: they only count for the profiles.
    copying: bool,
    batch_rows: usize,
    refused: Refused,
    on_error: OnError,
}

/// How our Parquet is written: one form for all tables, so that all that reads them knows what comes.
pub fn properties(columns: usize) -> WriterProperties {
    // A column's page and dictionary are held in memory; with many columns each gets less.
    let page = ((64 << 20) / columns.max(1)).clamp(32 << 10, 1 << 20);
    // So is a compressor, and one of zstd takes some 200 KiB.
    let codec = if columns > limits::MANY_COLUMNS {
        Compression::SNAPPY
    } else {
        Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default())
    };
    WriterProperties::builder()
        .set_compression(codec)
        .set_max_row_group_row_count(Some(limits::LARGE_GROUP_ROWS))
        .set_data_page_size_limit(page)
        .set_dictionary_page_size_limit(page)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by("vakhta".to_owned())
        .build()
}

impl<W: Write + Send> Keeper<W> {
    /// Opens a table of these columns.
    pub fn new(sink: W, plans: Vec<ColumnPlan>, on_error: OnError) -> Result<Self, ImportError> {
        let schema: SchemaRef =
            Arc::new(Schema::new(plans.iter().map(ColumnPlan::field).collect::<Vec<_>>()));
        let groups = Groups::new(sink, Arc::clone(&schema), properties(plans.len())).map_err(written)?;
        Ok(Self {
            groups,
            schema,
            batch: plans.iter().cloned().map(ColumnBatch::new).collect(),
            profiles: plans.iter().map(|plan| Profile::new(plan.kind, plans.len())).collect(),
            batch_rows: (limits::BATCH_CELLS / plans.len().max(1)).clamp(64, 8192),
            plans,
            rows: 0,
            in_batch: 0,
            copying: false,
            refused: Refused::default(),
            on_error,
        })
    }

    /// Takes one row, cell by cell; a row that does not parse goes to the report.
    pub fn row<'a>(&mut self, line: u64, cell: impl Fn(usize) -> Raw<'a>) -> Result<(), ImportError> {
        for at in 0..self.batch.len() {
            let raw = cell(at);
            if let Err(fault) = self.batch[at].push(raw) {
                for column in &mut self.batch[..at] {
                    column.pop();
                }
                self.bad_cell(line, at, raw, fault);
                return Ok(());
            }
        }
        self.in_batch += 1;
        self.rows += 1;
        if self.in_batch >= self.batch_rows
            || self.in_batch.is_multiple_of(16)
                && self.batch.iter().map(ColumnBatch::text_bytes).sum::<usize>() > limits::BATCH_BYTES
        {
            self.flush()?;
        }
        Ok(())
    }

    fn bad_cell(&mut self, line: u64, at: usize, raw: Raw<'_>, fault: Fault) {
        let text = match raw {
            Raw::Cell { text, .. } | Raw::String(text) => limits::cut(text),
            Raw::Integer(value) => value.to_string(),
            Raw::Natural(value) => value.to_string(),
            Raw::Float(value) => value.to_string(),
            Raw::Boolean(value) => value.to_string(),
            Raw::Day(days) => super::profile::day_text(days),
            Raw::Moment { micros, .. } => super::profile::moment_text(micros),
            Raw::Missing | Raw::Unfit(_) => String::new(),
        };
        let column = self.plans.get(at).map(|plan| plan.name.clone());
        self.bad(BadRow { line, column, text, reason: fault.reason() });
    }

    /// Reports a row that could not even be taken apart.
    pub fn bad(&mut self, row: BadRow) {
        self.refused.add(row);
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let rows = std::mem::take(&mut self.in_batch);
        if rows == 0 {
            return Ok(());
        }
        for (profile, column) in self.profiles.iter_mut().zip(&self.batch) {
            profile.add(column);
        }
        let arrays: Vec<ArrayRef> = self
            .batch
            .iter_mut()
            .map(ColumnBatch::take)
            .collect::<Result<_, _>>()
            .map_err(|e| written(e.into()))?;
        // Nothing of a refused file is kept; reading goes on only to count what is wrong with it.
        if self.on_error == OnError::Refuse && self.refused.rows > 0 {
            return Ok(());
        }
        if self.copying {
            return Ok(());
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|e| written(e.into()))?;
        self.groups.write(&batch).map_err(written)
    }

    /// Whether a row group of another table of ours may be copied into this one.
    pub fn fits(&self, group: &RowGroupMetaData) -> bool {
        self.groups.fits(group)
    }

    /// Copies a row group, whose rows `tell` gives for the profiles.
    pub fn copy(
        &mut self,
        file: &File,
        group: &RowGroupMetaData,
        tell: impl FnOnce(&mut Self) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        self.flush()?;
        self.copying = true;
        tell(self)?;
        self.flush()?;
        self.copying = false;
        self.groups.copy(file, group).map_err(written)
    }

    /// Ends the table.
    pub fn finish(mut self, read_as: ReadAs) -> Result<TableFacts, ImportError> {
        self.flush()?;
        if self.refused.rows > 0 && self.on_error == OnError::Refuse {
            return Err(ImportError::BadRows(Box::new(self.refused)));
        }
        if self.rows == 0 {
            return Err(if self.refused.rows > 0 {
                ImportError::NothingLeft(Box::new(self.refused))
            } else {
                ImportError::HeaderOnly
            });
        }
        let mut sink = self.groups.finish().map_err(written)?;
        sink.flush()?;
        let columns = self
            .plans
            .into_iter()
            .zip(self.profiles)
            .map(|(plan, profile)| Column { name: plan.name, kind: plan.kind, profile: profile.finish() })
            .collect();
        Ok(TableFacts { columns, read_as, refused: self.refused })
    }
}

/// Our own Parquet could not be written: the place for it failed.
fn written(error: parquet::errors::ParquetError) -> ImportError {
    ImportError::Io(std::io::Error::other(error))
}
