//! Predictions as a job: for many records, or for a caller that does not wait.

use super::{PredictRequest, ServeError, predict};
use crate::Lifecycle;
use crate::jobs::{self, Ending};
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::job::{Job, JobKind};
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
    let mut job = jobs::about(app, actor, JobKind::Predict, &request.model, &request);
    job.single_flight = None;
    job.limit_seconds = LIMIT_SECONDS;
    let event = jobs::queued(&job).with(json!({ "kind": job.kind, "records": request.data.len() }));
    jobs::queue(app, &job, &event, |other| unreachable!("a job of no flight met {other}")).await
}

/// The work of a predict job.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job) -> Ending {
    let request: PredictRequest = match jobs::asked(job) {
        Ok(request) => request,
        Err(ending) => return ending,
    };
    match predict(app, &job.owner, request).await {
        Ok(answer) => Ending::Result(serde_json::to_value(answer).expect("an answer is plain data")),
        Err(ServeError::BadInput(errors)) => {
            Ending::Error(vakhta_domain::spec::SpecErrors(errors).to_string())
        }
        Err(error) => Ending::Error(error.to_string()),
    }
}
