//! Work that outlives a request: taken from the queue, watched, ended.

mod ask;
pub(crate) mod clock;
pub(crate) mod pulse;
pub(crate) mod reaper;
mod retry;
pub(crate) mod worker;

pub(crate) use ask::{about, asked, asked_about, queue, queued, training_flight};
pub use clock::fire_due;
pub use reaper::settle_orphans;
pub use retry::{RetryError, retry};

use crate::Lifecycle;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{JobId, WorkspaceId};
use vakhta_domain::job::{Job, JobKind};
use vakhta_domain::ports::{CancelAnswer, StoreError};
use vakhta_domain::user::Actor;

/// Asks a job to stop. A queued one is cancelled at once, a running one within a second.
pub async fn cancel(app: &Arc<Lifecycle>, actor: &Actor, id: &JobId) -> Result<CancelAnswer, StoreError> {
    let at = app.ports.clock.now();
    let model = app.ports.jobs.job(&actor.workspace, id).await?.and_then(|job| job.model);
    let mut event =
        NewEvent::about("job.cancel_requested", ("job", id.as_str()), actor, at).by_job(id.as_str());
    event.model = model.map(|m| m.to_string());
    let answer = app.ports.jobs.cancel(&actor.workspace, id, at, &event).await?;
    app.signals.bump();
    Ok(answer)
}

/// Waits until a job ends, or for `at_most`; answers the job as it then is.
pub async fn wait(
    app: &Arc<Lifecycle>,
    workspace: &WorkspaceId,
    id: &JobId,
    at_most: Duration,
) -> Result<Option<Job>, StoreError> {
    let deadline = tokio::time::Instant::now() + at_most;
    let mut changed = app.signals.changed();
    loop {
        let job = app.ports.jobs.job(workspace, id).await?;
        let over = job.as_ref().is_none_or(|job| job.state.is_final());
        if over || tokio::time::Instant::now() >= deadline {
            return Ok(job);
        }
        // The signal comes only from this process; the job may run in another one.
        let next_look = deadline.min(tokio::time::Instant::now() + Duration::from_millis(250));
        let _ = tokio::time::timeout_at(next_look, changed.changed()).await;
    }
}

/// The event that tells how a job's state changed.
pub(crate) fn state_event(app: &Lifecycle, kind: &'static str, job: &Job, note: Option<&str>) -> NewEvent {
    let mut event = NewEvent::about(kind, ("job", job.id.as_str()), &job.owner, app.ports.clock.now())
        .by_job(job.id.as_str())
        .with(json!({ "kind": job.kind, "attempt": job.attempt, "note": note }));
    event.model = job.model.as_ref().map(ToString::to_string);
    event
}

/// Runs the work of a job's kind. What it returns is the job's end, but for trainings, which end their job
/// in the transaction that stores the version.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job, pulse: &Arc<pulse::Pulse>) -> Ending {
    match job.kind {
        JobKind::Train => crate::train::run(app, job, pulse).await,
        JobKind::Retrain => crate::retrain::run(app, job, pulse).await,
        JobKind::Sync => crate::sync::run(app, job, pulse).await,
        JobKind::Metrics => crate::metrics::run(app, job, pulse).await,
        JobKind::Drift => crate::drift::run(app, job, pulse).await,
        JobKind::Predict => crate::serve::later::run(app, job).await,
    }
}

/// How the work of a job ended.
pub(crate) enum Ending {
    /// The job's row already says so.
    Settled,
    /// With a result that is still to be stored.
    Result(serde_json::Value),
    /// With an error.
    Error(String),
    /// It noticed that it should stop; the pulse knows why.
    Stopped,
}
