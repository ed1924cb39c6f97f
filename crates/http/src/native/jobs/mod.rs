//! Jobs: durable work with states, stages and progress.

pub mod cancel;
pub mod list;
pub mod retry;
pub mod train;
pub mod views;

use crate::App;
use crate::problem::Problem;
use vakhta_domain::ids::{JobId, WorkspaceId};
use vakhta_domain::job::Job;

/// The job, or 404.
async fn found(app: &App, workspace: &WorkspaceId, id: &str) -> Result<Job, Problem> {
    let job = app.ports().jobs.job(workspace, &JobId::new(id)).await?;
    job.ok_or_else(|| Problem::missing("job_missing", "job", id))
}
