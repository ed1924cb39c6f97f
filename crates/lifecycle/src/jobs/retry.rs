//! Trying a job once more: the same input, by whoever asks now.

use super::queued;
use crate::Lifecycle;
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::ids::{self, JobId};
use vakhta_domain::job::{Job, JobKind, JobState, NewJob};
use vakhta_domain::ports::{Enqueued, StoreError};
use vakhta_domain::user::Actor;

/// Why a job is not tried again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// It did not fail.
    #[error("the job is {}, only one that failed or was cancelled is tried again", .0.as_str())]
    NotOver(JobState),
    /// One of its kind is under way.
    #[error("job {0} does the same already")]
    Running(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What keeps two jobs of one input apart; the same as when each kind is asked for.
fn flight(job: &Job) -> Option<String> {
    match (job.kind, &job.model) {
        (JobKind::Predict, _) => None,
        (JobKind::Sync, _) => job.payload["source"].as_str().map(|source| format!("sync:{source}")),
        (JobKind::Train | JobKind::Retrain, Some(model)) => Some(super::training_flight(model)),
        (kind, Some(model)) => Some(format!("{}:{model}", kind.as_str())),
        (_, None) => None,
    }
}

/// Queues a job with another one's input.
pub async fn retry(app: &Arc<Lifecycle>, actor: &Actor, old: &Job) -> Result<Job, RetryError> {
    if !matches!(old.state, JobState::Failed | JobState::Cancelled) {
        return Err(RetryError::NotOver(old.state));
    }
    let new = NewJob {
        id: JobId::new(ids::fresh("job", &*app.ports.chance)),
        kind: old.kind,
        model: old.model.clone(),
        payload: old.payload.clone(),
        single_flight: flight(old),
        limit_seconds: old.limit_seconds,
        owner: actor.clone(),
        at: app.ports.clock.now(),
        retry_of: Some(old.id.clone()),
    };
    // What was asked stands in the first job's event.
    let event = queued(&new).with(json!({ "kind": new.kind, "retry_of": old.id }));
    match app.ports.jobs.enqueue(&new, &event).await? {
        Enqueued::Busy(other) => Err(RetryError::Running(other)),
        Enqueued::Queued(job) => {
            app.signals.bump();
            Ok(*job)
        }
    }
}
