//! A table whose rows come from ports, read while the query goes on: never more than a few parts of it are held.

use crate::columns::{self, Column};
use crate::narrow::Wanted;
use crate::source::Source;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vakhta_domain::ports::StoreError;

/// Parts of a table that may wait for the engine.
const AHEAD: usize = 2;
/// Rows that the engine is given at a time.
const AT_ONCE: usize = 8192;

/// Why reading ended early.
pub(crate) enum Ended {
    /// The query wants no more rows, or was stopped.
    Unwanted,
    /// A port failed.
    Failed(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Where a reader puts rows.
pub(crate) struct Rows<R>(mpsc::Sender<Vec<R>>);

impl<R> Rows<R> {
    /// Hands rows on; waits while the engine has enough.
    pub(crate) async fn put(&self, rows: Vec<R>) -> std::result::Result<(), Ended> {
        if rows.is_empty() {
            return Ok(());
        }
        self.0.send(rows).await.map_err(|_| Ended::Unwanted)
    }
}

/// What reading a table is: it runs where the ports live.
pub(crate) type Read<R> = fn(Source, Wanted, Rows<R>) -> BoxFuture<'static, std::result::Result<(), Ended>>;

/// What a table is.
struct Table<R> {
    name: &'static str,
    columns: Vec<Column<R>>,
    read: Read<R>,
}

/// A table of one query.
pub(crate) struct Kept<R> {
    table: Arc<Table<R>>,
    schema: SchemaRef,
    source: Source,
}

impl<R: Send + Sync + 'static> Kept<R> {
    pub(crate) fn provider(
        name: &'static str,
        columns: Vec<Column<R>>,
        read: Read<R>,
        source: &Source,
    ) -> Arc<dyn TableProvider> {
        let schema = columns::schema(&columns);
        Arc::new(Self { table: Arc::new(Table { name, columns, read }), schema, source: source.clone() })
    }
}

impl<R> fmt::Debug for Kept<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "table {}", self.table.name)
    }
}

#[async_trait]
impl<R: Send + Sync + 'static> TableProvider for Kept<R> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // Every filter is shown to the reader, who asks for less where it can; the engine applies them all the same.
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (places, schema) = projected(&self.schema, projection)?;
        let part = Part {
            table: Arc::clone(&self.table),
            places: places.into(),
            schema: Arc::clone(&schema),
            wanted: Wanted::new(filters),
            source: self.source.clone(),
        };
        let plan = StreamingTableExec::try_new(schema, vec![Arc::new(part)], None, [], false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// The places of the columns that are wanted, and their schema.
pub(crate) fn projected(schema: &Schema, wanted: Option<&Vec<usize>>) -> Result<(Vec<usize>, SchemaRef)> {
    let places = wanted.cloned().unwrap_or_else(|| (0..schema.fields().len()).collect());
    let schema = Arc::new(schema.project(&places)?);
    Ok((places, schema))
}

/// The one stream of a table.
struct Part<R> {
    table: Arc<Table<R>>,
    places: Arc<[usize]>,
    schema: SchemaRef,
    wanted: Wanted,
    source: Source,
}

impl<R> fmt::Debug for Part<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "rows of {}", self.table.name)
    }
}

/// Reading that ends when nobody holds it any more.
struct Reading<R> {
    rows: mpsc::Receiver<Vec<R>>,
    /// Of the last part, what the engine was not given yet.
    rest: Vec<R>,
    task: Option<JoinHandle<std::result::Result<(), Ended>>>,
}

impl<R> Drop for Reading<R> {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl<R> Reading<R> {
    /// The next rows; none at the end.
    async fn next(&mut self, source: &Source) -> Result<Option<Vec<R>>> {
        if self.rest.is_empty() {
            if let Some(rows) = self.rows.recv().await {
                self.rest = rows;
            } else {
                let Some(task) = self.task.take() else { return Ok(None) };
                // An end that is none must not look like one.
                return match task.await {
                    Ok(Ok(()) | Err(Ended::Unwanted)) => Ok(None),
                    Ok(Err(Ended::Failed(error))) => Err(source.failed(error)),
                    Err(panic) => Err(DataFusionError::Internal(format!("reading failed: {panic}"))),
                };
            }
        }
        let later = self.rest.split_off(self.rest.len().min(AT_ONCE));
        Ok(Some(std::mem::replace(&mut self.rest, later)))
    }
}

impl<R: Send + Sync + 'static> PartitionStream for Part<R> {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (put, rows) = mpsc::channel(AHEAD);
        let read = (self.table.read)(self.source.clone(), self.wanted.clone(), Rows(put));
        let task = Some(self.source.home.spawn(read));
        let reading = Reading { rows, rest: Vec::new(), task };
        let (table, places, source) =
            (Arc::clone(&self.table), Arc::clone(&self.places), self.source.clone());
        let schema = Arc::clone(&self.schema);
        let batches = futures::stream::try_unfold(reading, move |mut reading| {
            let (table, places, schema) = (Arc::clone(&table), Arc::clone(&places), Arc::clone(&schema));
            let source = source.clone();
            async move {
                let Some(rows) = reading.next(&source).await? else { return Ok(None) };
                let batch = columns::batch(&table.columns, &places, schema, &rows)?;
                Ok::<_, DataFusionError>(Some((batch, reading)))
            }
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))
    }
}
