//! The watch over models.

pub mod actuals;
pub mod errors;
pub mod performance;
mod performance_views;
pub mod retrain;
pub mod views;

use crate::App;
use crate::problem::{FieldError, Problem};
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_lifecycle::actuals::ActualsError;
use vakhta_lifecycle::metrics::MetricsError;

/// The model that is meant: the one named, or the only one.
pub(in crate::native) async fn meant(
    app: &App,
    workspace: &WorkspaceId,
    named: Option<String>,
) -> Result<ModelKey, Problem> {
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

impl From<ActualsError> for Problem {
    fn from(error: ActualsError) -> Self {
        match error {
            ActualsError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            ActualsError::BadItems(errors) => {
                Self::invalid("bad_input", errors.into_iter().map(FieldError::from))
            }
            ActualsError::Store(error) => error.into(),
        }
    }
}

impl From<MetricsError> for Problem {
    fn from(error: MetricsError) -> Self {
        match error {
            MetricsError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            MetricsError::Running(job) => {
                let words = format!("job {job} computes the metrics of this model now; wait for its end");
                Self::conflict("metrics_run", words).with_job(job)
            }
            MetricsError::Store(error) => error.into(),
        }
    }
}
