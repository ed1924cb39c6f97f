//! Asking for work: a job made, put into the queue and told; and read again by who does it.

use super::Ending;
use crate::Lifecycle;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, JobId, ModelKey};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::ports::{Enqueued, StoreError};
use vakhta_domain::user::Actor;

/// What keeps a model from being trained twice at once, by whatever kind of job.
pub(crate) fn training_flight(model: &ModelKey) -> String {
    format!("train:{model}")
}

/// A job about a model. One of a kind is under way at a time; a training and a retraining are of one flight.
pub(crate) fn about(
    app: &Lifecycle,
    actor: &Actor,
    kind: JobKind,
    model: &ModelKey,
    asked: &impl Serialize,
) -> NewJob {
    let flight = match kind {
        JobKind::Train | JobKind::Retrain => training_flight(model),
        _ => format!("{}:{model}", kind.as_str()),
    };
    NewJob {
        id: JobId::new(ids::fresh("job", &*app.ports.chance)),
        kind,
        model: Some(model.clone()),
        payload: serde_json::to_value(asked).expect("what is asked is plain data"),
        single_flight: Some(flight),
        limit_seconds: app.settings.train_limit_seconds,
        owner: actor.clone(),
        at: app.ports.clock.now(),
        retry_of: None,
    }
}

/// The event of a job that was asked for.
pub(crate) fn queued(job: &NewJob) -> NewEvent {
    let mut event = NewEvent::about("job.queued", ("job", job.id.as_str()), &job.owner, job.at)
        .by_job(job.id.as_str())
        .with(json!({ "kind": job.kind, "asked": job.payload }));
    event.model = job.model.as_ref().map(ToString::to_string);
    event
}

/// Puts a job into the queue. `running` says what it means that another one is in its way.
pub(crate) async fn queue<E: From<StoreError>>(
    app: &Lifecycle,
    job: &NewJob,
    event: &NewEvent,
    running: impl FnOnce(JobId) -> E,
) -> Result<Job, E> {
    match app.ports.jobs.enqueue(job, event).await? {
        Enqueued::Busy(other) => Err(running(other)),
        Enqueued::Queued(job) => {
            app.signals.bump();
            Ok(*job)
        }
    }
}

/// What a job is asked.
pub(crate) fn asked<T: DeserializeOwned>(job: &Job) -> Result<T, Ending> {
    serde_json::from_value(job.payload.clone())
        .map_err(|error| Ending::Error(format!("the job cannot be read: {error}")))
}

/// What a job about a model is asked, and the model.
pub(crate) fn asked_about<T: DeserializeOwned>(job: &Job) -> Result<(T, &ModelKey), Ending> {
    let model = job.model.as_ref().ok_or_else(|| Ending::Error("the job names no model".into()))?;
    Ok((asked(job)?, model))
}
