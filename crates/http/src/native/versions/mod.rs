//! Trained versions, which of them serves, and every decision about them.

pub mod backtest;
pub mod challenger;
pub mod deploy;
pub mod export;
pub mod import;
pub mod list;
pub mod metrics;
pub mod report;
pub mod views;

use crate::App;
use crate::native::models;
use crate::problem::Problem;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::version::ModelVersion;

/// A model's version by id, by the name given at training, or `champion`; else 404.
async fn found(app: &App, workspace: &WorkspaceId, key: &str, name: &str) -> Result<ModelVersion, Problem> {
    let model = models::found(app, workspace, key).await?;
    let wanted = match (name, &model.champion) {
        ("champion", Some(champion)) => champion.as_str(),
        (name, _) => name,
    };
    let version = app.ports().versions.version(workspace, &model.key, wanted).await?;
    version.ok_or_else(|| Problem::missing("version_missing", "version", name))
}
