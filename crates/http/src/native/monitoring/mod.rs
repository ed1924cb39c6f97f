//! The watch over models.

pub mod retrain;
pub mod views;

use crate::App;
use crate::problem::{FieldError, Problem};
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::page::PageQuery;

/// The model that is meant: the one named, or the only one.
async fn meant(app: &App, workspace: &WorkspaceId, named: Option<String>) -> Result<ModelKey, Problem> {
    if let Some(key) = named {
        return Ok(ModelKey::new(key));
    }
    let all = app.ports().models.models(workspace, &PageQuery::first(2)).await?.items;
    let message = match &all[..] {
        [only] => return Ok(only.key.clone()),
        [] => "there is no model yet",
        _ => "name the model: there are several",
    };
    Err(Problem::invalid("bad_query", [FieldError { pointer: "?model_key".into(), message: message.into() }]))
}
