//! Row groups on their way into a file of ours: made of batches, or copied from another one as they are.

use crate::limits;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves,
};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::ChunkReader;
use parquet::file::writer::SerializedFileWriter;
use std::io::Write;

/// The writer of one file.
pub struct Groups<W: Write + Send> {
    file: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    open: Vec<ArrowColumnWriter>,
    rows: usize,
}

impl<W: Write + Send> Groups<W> {
    /// Opens a file.
    pub fn new(sink: W, schema: SchemaRef, properties: WriterProperties) -> Result<Self> {
        let options = ArrowWriterOptions::new().with_properties(properties);
        let writer = ArrowWriter::try_new_with_options(sink, SchemaRef::clone(&schema), options)?;
        let (file, factory) = writer.into_serialized_writer()?;
        Ok(Self { file, factory, schema, open: Vec::new(), rows: 0 })
    }

    /// Adds rows; a group that is full is written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut from = 0;
        while from < batch.num_rows() {
            if self.open.is_empty() {
                self.open = self.factory.create_column_writers(self.file.flushed_row_groups().len())?;
            }
            let rows = (self.most() - self.rows).min(batch.num_rows() - from);
            let part = batch.slice(from, rows);
            for ((field, array), writer) in
                self.schema.fields().iter().zip(part.columns()).zip(&mut self.open)
            {
                // A flat column is one leaf.
                for leaf in compute_leaves(field, array)? {
                    writer.write(&leaf)?;
                }
            }
            (self.rows, from) = (self.rows + rows, from + rows);
            let held: usize = self.open.iter().map(ArrowColumnWriter::memory_size).sum();
            if self.rows >= self.most() || held > limits::GROUP_BYTES {
                self.end_group()?;
            }
        }
        Ok(())
    }

    /// Rows of a full group. A file holds at most 32,767 groups, so that the later ones of a long table are larger.
    fn most(&self) -> usize {
        let columns = self.schema.fields().len();
        let early = self.file.flushed_row_groups().len() < limits::SMALL_GROUPS;
        if early && columns <= limits::MANY_COLUMNS { limits::GROUP_ROWS } else { limits::LARGE_GROUP_ROWS }
    }

    /// Whether a group of another file of ours may be copied: its columns are the same, and it is not so small that a
    /// table that grows by a few rows a day would end in pieces.
    pub fn fits(&self, group: &RowGroupMetaData) -> bool {
        let own = self.file.schema_descr().columns();
        let same =
            group.columns().iter().map(ColumnChunkMetaData::column_descr).eq(own.iter().map(AsRef::as_ref));
        same && usize::try_from(group.num_rows()).is_ok_and(|rows| rows >= limits::GROUP_ROWS / 2)
    }

    /// Copies a group as it is.
    pub fn copy(&mut self, from: &impl ChunkReader, group: &RowGroupMetaData) -> Result<()> {
        self.end_group()?;
        let rows_written = u64::try_from(group.num_rows()).unwrap_or_default();
        let mut copy = self.file.next_row_group()?;
        for column in group.columns() {
            let close = ColumnCloseResult {
                bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                rows_written,
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            copy.append_column(from, close)?;
        }
        copy.close()?;
        Ok(())
    }

    fn end_group(&mut self) -> Result<()> {
        self.rows = 0;
        if self.open.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for column in self.open.drain(..) {
            column.close()?.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<W> {
        self.end_group()?;
        self.file.into_inner()
    }
}
