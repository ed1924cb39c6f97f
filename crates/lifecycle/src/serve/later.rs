//! Predictions as a job: for many records, or for a caller that does not wait.

use super::{PredictRequest, ServeError, predict};
use crate::Lifecycle;
use crate::jobs::Ending;
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, JobId};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::ports::Enqueued;
use vakhta_domain::user::Actor;

/// A batch of at most 10,000 records is answered in seconds; longer means that something hangs.
const LIMIT_SECONDS: u32 = 600;

/// Queues a prediction; the job's result is a [`super::PredictAnswer`]. The model and the version are
/// settled now, so that a later switch does not change what was asked.
pub async fn predict_later(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    request: PredictRequest,
) -> Result<Job, ServeError> {
    super::predict::refuse_too_many(&request)?;
    let loaded = super::choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    let request = PredictRequest { version: Some(loaded.version.id.to_string()), ..request };
    let at = app.ports.clock.now();
    let id = JobId::new(ids::fresh("job", &*app.ports.chance));
    let event = NewEvent::about("job.queued", ("job", id.as_str()), actor, at)
        .of_model(request.model.as_str())
        .by_job(id.as_str())
        .with(json!({ "kind": "predict", "records": request.data.len() }));
    let job = NewJob {
        id,
        kind: JobKind::Predict,
        model: Some(request.model.clone()),
        payload: serde_json::to_value(&request).expect("a request is plain data"),
        single_flight: None,
        limit_seconds: LIMIT_SECONDS,
        owner: actor.clone(),
        at,
    };
    match app.ports.jobs.enqueue(&job, &event).await? {
        Enqueued::Queued(job) => {
            app.signals.bump();
            Ok(*job)
        }
        Enqueued::Busy(other) => unreachable!("a job without a single-flight key met {other}"),
    }
}

/// The work of a predict job.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job) -> Ending {
    let request: PredictRequest = match serde_json::from_value(job.payload.clone()) {
        Ok(request) => request,
        Err(error) => return Ending::Error(format!("the job cannot be read: {error}")),
    };
    match predict(app, &job.owner, request).await {
        Ok(answer) => Ending::Result(serde_json::to_value(answer).expect("an answer is plain data")),
        Err(ServeError::BadInput(errors)) => {
            Ending::Error(vakhta_domain::spec::SpecErrors(errors).to_string())
        }
        Err(error) => Ending::Error(error.to_string()),
    }
}
