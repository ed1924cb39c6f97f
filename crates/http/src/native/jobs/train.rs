//! `POST /train`.

use super::views::{JobAccepted, JobView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::Query;
use crate::problem::{FieldError, Problem};
use crate::words;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::{DatasetKey, ModelKey};
use vakhta_domain::job::Job;
use vakhta_domain::spec::parse_one;
use vakhta_domain::user::{Actor, Permission};
use vakhta_lifecycle::training::{self, TrainRequest};

/// The longest reason, in characters.
const MAX_REASON: usize = 2000;
/// The longest time that a call waits for a job, seconds.
const MAX_WAIT: u32 = 600;

/// What is to be trained.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainRequest)]
pub struct TrainBody {
    /// The model.
    model_key: String,
    /// Another dataset than the spec's, for this training only.
    #[serde(default)]
    dataset: Option<String>,
    /// Another spec than the model's, for this training only.
    #[serde(default)]
    #[schema(value_type = Option<words::ModelSpec>)]
    spec: Option<Map<String, Value>>,
    /// Why, in words.
    #[serde(default)]
    reason: Option<String>,
    /// A name for the version, unique within the model, e.g. `1.0.0`.
    #[serde(default)]
    alias: Option<String>,
}

impl TrainBody {
    fn checked(self) -> Result<TrainRequest, Problem> {
        let spec = self.spec.map(|document| parse_one(Value::Object(document))).transpose();
        let spec = spec.map_err(|errors| Problem::from(errors).below("/spec"))?;
        Ok(TrainRequest {
            model: ModelKey::new(self.model_key),
            dataset: self.dataset.map(DatasetKey::new),
            spec,
            reason: checked_reason(self.reason)?,
            alias: self.alias,
        })
    }
}

/// A reason that may stand in the history; an empty one is none.
pub(crate) fn checked_reason(reason: Option<String>) -> Result<Option<String>, Problem> {
    let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match reason.as_ref().map(|text| text.chars().count()) {
        Some(chars) if chars > MAX_REASON => {
            let message = format!("the reason has {chars} characters, at most {MAX_REASON} are taken");
            Err(Problem::invalid_field("/reason", message))
        }
        _ => Ok(reason),
    }
}

/// Whether the caller waits.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WaitParam {
    /// Seconds to wait for the end, 0 to 600.
    #[param(minimum = 0, maximum = 600)]
    pub(in crate::native) wait: Option<u32>,
}

/// Queues a training; with `wait`, answers the job where it ended in that time.
#[utoipa::path(post, path = "/train", tag = "jobs", params(WaitParam), request_body = TrainBody,
    responses((status = 202, body = JobAccepted), (status = 200, body = JobView, description = "ended while waiting"),
        (status = 409, description = "the model is being trained; `job_id` says by which job")))]
pub async fn train(
    State(app): State<App>,
    who: SignedIn,
    Query(params): Query<WaitParam>,
    Json(body): Json<TrainBody>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Train)?;
    let wait = checked_wait(params.wait)?;
    let job = training::request(&app.lifecycle, actor, body.checked()?).await?;
    waited(&app, actor, &job, wait).await
}

/// The job where it ended in that time, else that it was accepted.
pub(in crate::native) async fn waited(
    app: &App,
    actor: &Actor,
    job: &Job,
    wait: Duration,
) -> Result<Response, Problem> {
    if !wait.is_zero() {
        let job = vakhta_lifecycle::jobs::wait(&app.lifecycle, &actor.workspace, &job.id, wait).await?;
        if let Some(job) = job.filter(|job| job.state.is_final()) {
            return Ok(Json(JobView::of(&job, app.now(), actor)).into_response());
        }
    }
    Ok(JobAccepted::response(job, "jobs"))
}

pub(in crate::native) fn checked_wait(seconds: Option<u32>) -> Result<Duration, Problem> {
    let seconds = seconds.unwrap_or(0);
    if seconds > MAX_WAIT {
        let message = format!("{seconds} is out of range, allowed are 0 to {MAX_WAIT} seconds");
        return Err(Problem::invalid("bad_query", [FieldError { pointer: "?wait".into(), message }]));
    }
    Ok(Duration::from_secs(u64::from(seconds)))
}
