//! `POST /jobs/{id}/retry`.

use super::found;
use super::views::JobAccepted;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use vakhta_domain::job::JobKind;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::jobs::{self, RetryError};

/// Tries a job that failed or was cancelled once more: a new job with the same input, which names the first one as
/// `retry_of`. Whoever may ask for such a job may.
#[utoipa::path(post, path = "/jobs/{id}/retry", tag = "jobs", params(("id" = String, Path)),
    responses((status = 202, body = JobAccepted),
        (status = 409, description = "it did not fail, or one does the same already; `job_id` says which")))]
pub async fn retry(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Response, Problem> {
    who.settled()?;
    let job = found(&app, &who.actor.workspace, &id).await?;
    let actor = match job.kind {
        JobKind::Predict => who.require(Permission::Predict)?,
        JobKind::Sync => who.require(Permission::WriteData)?,
        JobKind::Train | JobKind::Retrain | JobKind::Metrics | JobKind::Drift => {
            who.require(Permission::Train)?
        }
    };
    let new = jobs::retry(&app.lifecycle, actor, &job).await?;
    Ok(JobAccepted::response(&new, if new.kind == JobKind::Predict { "predict" } else { "jobs" }))
}

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        let text = error.to_string();
        match error {
            RetryError::NotOver(_) => Self::conflict("job_did_not_fail", text),
            RetryError::Running(job) => Self::conflict("job_runs", text).with_job(job),
            RetryError::Store(error) => error.into(),
        }
    }
}
