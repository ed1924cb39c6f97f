//! A version of a dataset: its Parquet object, copied to a temporary file and decoded while the query goes on.

use crate::columns::moments;
use crate::source::Source;
use crate::table::projected;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::sync::Arc;
use tempfile::TempPath;
use vakhta_domain::dataset::{Column, ColumnKind, DatasetVersion};
use vakhta_domain::ports::StoreError;

/// Batches that may wait for the engine.
const AHEAD: usize = 2;
/// Rows that are decoded at a time.
const AT_ONCE: usize = 8192;

/// One version of a dataset.
#[derive(Debug)]
pub(crate) struct Dataset {
    version: DatasetVersion,
    schema: SchemaRef,
    source: Source,
}

impl Dataset {
    pub(crate) fn provider(version: DatasetVersion, source: &Source) -> Arc<dyn TableProvider> {
        let fields: Vec<Field> = version.table.columns.iter().map(field).collect();
        Arc::new(Self { version, schema: Arc::new(Schema::new(fields)), source: source.clone() })
    }

    /// A copy of the object that is gone when nobody reads it any more.
    async fn copy(&self) -> Result<TempPath> {
        let (source, object) = (self.source.clone(), self.version.object.clone());
        let copied = self.source.at_home(async move {
            let unavailable = |error: std::io::Error| StoreError::Unavailable {
                part: "temporary folder",
                source: error.into(),
            };
            let mut names = tempfile::Builder::new();
            let file = names.prefix("query-").tempfile_in(&source.temp_dir).map_err(unavailable)?;
            let path = file.into_temp_path();
            source.ports.objects.get_file(&object, &path).await?;
            Ok(path)
        });
        copied.await
    }
}

fn field(column: &Column) -> Field {
    let kind = match column.kind {
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Float => DataType::Float64,
        ColumnKind::Boolean => DataType::Boolean,
        ColumnKind::Date => DataType::Date32,
        ColumnKind::Timestamp => moments(),
        ColumnKind::Text => DataType::Utf8,
    };
    Field::new(&column.name, kind, true)
}

#[async_trait]
impl TableProvider for Dataset {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (places, schema) = projected(&self.schema, projection)?;
        let path = Arc::new(self.copy().await?);
        let groups = open(&path)?.metadata().num_row_groups();
        let parts = self.source.threads.min(groups).max(1);
        let part = |at: usize| -> Arc<dyn PartitionStream> {
            Arc::new(Part {
                path: Arc::clone(&path),
                // Neighbours go to different parts, so that all of them end at about the same time.
                groups: (0..groups).skip(at).step_by(parts).collect(),
                places: places.clone(),
                schema: Arc::clone(&schema),
            })
        };
        let parts = (0..parts).map(part).collect();
        Ok(Arc::new(StreamingTableExec::try_new(schema, parts, None, [], false, limit)?))
    }
}

/// Some row groups of it.
#[derive(Debug)]
struct Part {
    path: Arc<TempPath>,
    groups: Vec<usize>,
    places: Vec<usize>,
    schema: SchemaRef,
}

fn open(path: &TempPath) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    ParquetRecordBatchReaderBuilder::try_new(File::open(path)?).map_err(|error| damaged(&error))
}

fn damaged(error: &parquet::errors::ParquetError) -> DataFusionError {
    DataFusionError::Internal(format!("a dataset cannot be decoded: {error}"))
}

/// Decodes row groups until they end or `each` wants no more.
fn decode(
    path: &TempPath,
    groups: Vec<usize>,
    places: &[usize],
    schema: &SchemaRef,
    mut each: impl FnMut(RecordBatch) -> bool,
) -> Result<()> {
    let builder = open(path)?;
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let mask = ProjectionMask::roots(builder.parquet_schema(), sorted.iter().copied());
    // What is read comes in the order of the file.
    let order: Vec<usize> =
        places.iter().map(|place| sorted.binary_search(place).unwrap_or_default()).collect();
    let reader = builder
        .with_row_groups(groups)
        .with_projection(mask)
        .with_batch_size(AT_ONCE)
        .build()
        .map_err(|error| damaged(&error))?;
    for batch in reader {
        let batch = batch?.project(&order)?;
        if batch
            .schema_ref()
            .fields()
            .iter()
            .zip(schema.fields())
            .any(|(a, b)| a.data_type() != b.data_type())
        {
            let found = batch.schema();
            return Err(DataFusionError::Internal(format!(
                "a dataset holds {found} where {schema} is noted"
            )));
        }
        if !each(batch.with_schema(Arc::clone(schema))?) {
            break;
        }
    }
    Ok(())
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut stream = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), AHEAD);
        let put = stream.tx();
        let (path, groups) = (Arc::clone(&self.path), self.groups.clone());
        let (places, schema) = (self.places.clone(), Arc::clone(&self.schema));
        stream.spawn_blocking(move || {
            decode(&path, groups, &places, &schema, |batch| put.blocking_send(Ok(batch)).is_ok())
        });
        stream.build()
    }
}
