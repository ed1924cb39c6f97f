//! Uploaded tables: versioned and immutable.

pub mod delete;
pub mod list;
pub mod preview;
pub mod show;
mod spool;
pub mod upload;
pub mod views;

use crate::App;
use crate::problem::Problem;
use vakhta_domain::dataset::{Dataset, DatasetVersion};
use vakhta_domain::ids::{DatasetKey, WorkspaceId};

/// The dataset, or 404.
async fn found(app: &App, workspace: &WorkspaceId, key: &str) -> Result<Dataset, Problem> {
    let dataset = app.ports().datasets.dataset(workspace, &DatasetKey::new(key)).await?;
    dataset.ok_or_else(|| Problem::missing("dataset_missing", "dataset", key))
}

/// The version of that number, the newest without one, or 404.
async fn found_version(
    app: &App,
    workspace: &WorkspaceId,
    key: &str,
    number: Option<u32>,
) -> Result<DatasetVersion, Problem> {
    let dataset = found(app, workspace, key).await?;
    let Some(number) = number else { return Ok(dataset.latest) };
    let version = app.ports().datasets.dataset_version(workspace, &dataset.key, Some(number)).await?;
    version.ok_or_else(|| Problem::missing("version_missing", "version", format!("{number} of {key}")))
}
