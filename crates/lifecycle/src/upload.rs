//! Tables in: checked, profiled, stored as immutable Parquet, then shown.

use crate::Lifecycle;
use crate::models;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use vakhta_domain::dataset::{ColumnKind, DatasetVersion, ReadOptions, Refused, TableFacts};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, BadKey, DatasetKey, DatasetVersionId, ModelKey, check_key};
use vakhta_domain::ports::{NewDatasetVersion, StoreError};
use vakhta_domain::user::Actor;
use vakhta_tables::{ImportError, ReadError};

pub use vakhta_tables::RoleGuess;

/// A file that came in.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The dataset's key.
    pub key: String,
    /// A title, where one is given.
    pub title: Option<String>,
    /// The file's name, which helps to tell its format.
    pub file_name: String,
    /// A closed file in the temporary folder; the caller deletes it.
    pub spooled: PathBuf,
    /// What the caller says about it.
    pub options: ReadOptions,
}

/// Rows shown of a file that is only inspected.
const INSPECTED: usize = 50;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The dataset's key is none.
    #[error(transparent)]
    BadKey(#[from] BadKey),
    /// An option does not fit.
    #[error("`{field}`: {message}")]
    BadOption {
        /// The option.
        field: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
    /// The file cannot be read as a table.
    #[error("{0}")]
    BadFile(String),
    /// Rows do not parse.
    #[error("{} rows do not parse; correct them, or leave them out with on_error=skip", .0.rows)]
    BadRows(Refused),
    /// Models learn from the dataset.
    #[error("models learn from the dataset: {}; delete or change them first", listed(models))]
    InUse {
        /// Which.
        models: Vec<ModelKey>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The temporary file failed.
    #[error("the temporary file failed: {0}")]
    Io(#[from] std::io::Error),
}

/// What a file would become.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Columns, profile, how it was read, bad rows.
    pub table: TableFacts,
    /// Rows that parse.
    pub rows: u64,
    /// The first rows.
    pub preview: Preview,
    /// What its columns may mean for a forecast.
    pub guess: Option<RoleGuess>,
}

/// Some rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The columns, in order.
    pub columns: Vec<(String, ColumnKind)>,
    /// The rows, values in the order of the columns.
    pub rows: Vec<Vec<Value>>,
    /// Rows in the whole table.
    pub total: u64,
}

/// Stores a file as a new version of a dataset. Durable when it returns.
pub async fn upload(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    upload: Upload,
) -> Result<DatasetVersion, UploadError> {
    let key = DatasetKey::new(check_key(&upload.key)?);
    let imported = import(app, &upload).await?;
    let object = app.ports.objects.put_file(&imported.parquet).await?;
    let at = app.ports.clock.now();
    let id = DatasetVersionId::new(ids::fresh("data", &*app.ports.chance));
    let event = NewEvent::about("dataset.uploaded", ("dataset", key.as_str()), actor, at).with(json!({
        "version": id,
        "file": upload.file_name,
        "rows": imported.rows,
        "refused_rows": imported.table.refused.rows,
        "sha256": object.sha256,
    }));
    let version = NewDatasetVersion {
        id,
        dataset: key,
        title: upload.title.clone(),
        rows: imported.rows,
        object,
        table: imported.table.clone(),
        at,
        by: actor.user.clone(),
    };
    let stored = app.ports.datasets.add_version(&actor.workspace, version, &event).await?;
    app.signals.bump();
    crate::actuals::dataset_changed(app, actor, &stored.dataset).await;
    Ok(stored)
}

/// Says what a file would become, and stores nothing. Bad rows are reported, not refused.
pub async fn inspect(app: &Arc<Lifecycle>, mut upload: Upload) -> Result<Inspection, UploadError> {
    upload.options.on_error = vakhta_domain::dataset::OnError::Skip;
    let imported = import(app, &upload).await?;
    let (rows, path, table) = (imported.rows, imported.parquet.clone(), imported.table.clone());
    let (preview, guess) = blocking(move || {
        let preview = shaped(vakhta_tables::preview(File::open(&path)?, INSPECTED, 0)?, &table, rows);
        Ok((preview, useful(vakhta_tables::guess_roles(&table, File::open(&path)?)?)))
    })
    .await?;
    Ok(Inspection { table: imported.table.clone(), rows, preview, guess })
}

/// Some rows of a stored version.
pub async fn preview(
    app: &Arc<Lifecycle>,
    version: &DatasetVersion,
    limit: u32,
    offset: u64,
) -> Result<Preview, UploadError> {
    let parquet = app.ports.objects.get(&version.object).await?;
    let (table, rows) = (version.table.clone(), version.rows);
    blocking(move || {
        Ok(shaped(vakhta_tables::preview(parquet, limit as usize, offset as usize)?, &table, rows))
    })
    .await
}

/// What the columns of a stored version may mean for a forecast.
pub async fn guess(app: &Arc<Lifecycle>, version: &DatasetVersion) -> Result<Option<RoleGuess>, UploadError> {
    let parquet = app.ports.objects.get(&version.object).await?;
    let table = version.table.clone();
    blocking(move || Ok(useful(vakhta_tables::guess_roles(&table, parquet)?))).await
}

/// Hides a dataset that no model learns from. False where there is none.
pub async fn delete(app: &Arc<Lifecycle>, actor: &Actor, key: &DatasetKey) -> Result<bool, UploadError> {
    let models = learners(app, actor, key).await?;
    if !models.is_empty() {
        return Err(UploadError::InUse { models });
    }
    let event = NewEvent::about("dataset.deleted", ("dataset", key.as_str()), actor, app.ports.clock.now());
    let deleted = app.ports.datasets.delete_dataset(&actor.workspace, key, &event).await?;
    app.signals.bump();
    Ok(deleted)
}

async fn learners(app: &Lifecycle, actor: &Actor, key: &DatasetKey) -> Result<Vec<ModelKey>, StoreError> {
    let models = models::all(app, &actor.workspace).await?;
    Ok(models.into_iter().filter(|m| m.spec.data.dataset == key.as_str()).map(|m| m.key).collect())
}

/// A file turned into Parquet in the temporary folder; gone when dropped.
struct Imported {
    table: TableFacts,
    rows: u64,
    parquet: PathBuf,
}

impl Drop for Imported {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.parquet);
    }
}

async fn import(app: &Arc<Lifecycle>, upload: &Upload) -> Result<Imported, UploadError> {
    let name = format!("{}.parquet", ids::fresh("import", &*app.ports.chance));
    let parquet = app.settings.temp_dir.join(name);
    let (spooled, file_name, options) =
        (upload.spooled.clone(), upload.file_name.clone(), upload.options.clone());
    blocking(move || {
        let sink = File::create(&parquet)?;
        let mut imported = Imported { table: empty_table(), rows: 0, parquet };
        let source = File::open(&spooled)?;
        let never_stop = &mut |_, _| std::ops::ControlFlow::Continue(());
        imported.table = vakhta_tables::import(&source, &file_name, &options, sink, never_stop)?;
        imported.rows = imported.table.columns.first().map_or(0, |c| c.profile.count + c.profile.missing);
        Ok(imported)
    })
    .await
}

fn empty_table() -> TableFacts {
    use vakhta_domain::dataset::{FileFormat, ReadAs};
    let read_as =
        ReadAs { format: FileFormat::Parquet, encoding: None, delimiter: None, decimal: None, dates: None };
    TableFacts { columns: Vec::new(), read_as, refused: Refused::default() }
}

fn shaped(rows: Vec<Map<String, Value>>, table: &TableFacts, total: u64) -> Preview {
    let columns: Vec<(String, ColumnKind)> = table.columns.iter().map(|c| (c.name.clone(), c.kind)).collect();
    let rows = rows
        .into_iter()
        .map(|mut row| columns.iter().map(|(name, _)| row.remove(name).unwrap_or(Value::Null)).collect())
        .collect();
    Preview { columns, rows, total }
}

/// A guess that found a column of dates; without one there is nothing to forecast.
fn useful(guess: RoleGuess) -> Option<RoleGuess> {
    guess.time.is_some().then_some(guess)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UploadError> + Send + 'static,
) -> Result<T, UploadError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(UploadError::BadFile(format!("the file broke the reader: {panic}"))))
}

impl From<ImportError> for UploadError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Io(error) => Self::Io(error),
            ImportError::Options { field, message } => Self::BadOption { field, message },
            ImportError::BadRows(refused) | ImportError::NothingLeft(refused) => Self::BadRows(*refused),
            other => Self::BadFile(other.to_string()),
        }
    }
}

impl From<ReadError> for UploadError {
    fn from(error: ReadError) -> Self {
        Self::BadFile(error.to_string())
    }
}

fn listed(models: &[ModelKey]) -> String {
    models.iter().map(ModelKey::as_str).collect::<Vec<_>>().join(", ")
}
