//! Models: a key and a spec each.

pub mod change;
pub mod create;
pub mod list;
mod spec_body;
pub mod views;

use crate::App;
use crate::problem::Problem;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::model::Model;

/// The model, or 404.
pub(super) async fn found(app: &App, workspace: &WorkspaceId, key: &str) -> Result<Model, Problem> {
    let model = app.ports().models.model(workspace, &ModelKey::new(key)).await?;
    model.ok_or_else(|| Problem::missing("model_missing", "model", key))
}
