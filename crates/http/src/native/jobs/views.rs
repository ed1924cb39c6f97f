//! Jobs as callers see them.

use crate::body::Json;
use crate::native::BASE;
use crate::words;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vakhta_domain::job::{Job, JobKind, JobLogLine, JobState};
use vakhta_domain::user::{Actor, Source, Tier};

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    /// Its identity.
    pub id: String,
    /// What it does.
    #[schema(value_type = words::JobKind)]
    pub kind: JobKind,
    /// The model that it is about.
    pub model: Option<String>,
    /// Where it stands.
    #[schema(value_type = words::JobState)]
    pub state: JobState,
    /// The stage that its work is in, e.g. `folds`.
    pub stage: Option<String>,
    /// Share of the work done, 0 to 1.
    pub progress: f64,
    /// Seconds left, judged by the share done so far.
    pub eta_seconds: Option<u64>,
    /// How often it was started.
    pub attempt: u32,
    /// Set when somebody asked it to stop.
    pub cancel_requested: bool,
    /// Longest time that one attempt may run.
    pub limit_seconds: u32,
    /// Who asked for it, by name.
    pub owner: String,
    /// The door that he came through.
    #[schema(value_type = words::Source)]
    pub source: Source,
    /// His address; for himself and for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// His program; for himself and for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The job that it tries once more.
    pub retry_of: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What a training made. Predictions are read at `/predict/{job_id}`.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why it failed.
    pub error: Option<String>,
}

impl JobView {
    /// A job as `viewer` may see it.
    pub(crate) fn of(job: &Job, now: Timestamp, viewer: &Actor) -> Self {
        let owns = viewer.user.is_some() && viewer.user == job.owner.user;
        let full = owns || viewer.tier >= Tier::Admin;
        let eta_seconds = job.eta_seconds(now);
        Self {
            id: job.id.as_str().to_owned(),
            kind: job.kind,
            model: job.model.as_ref().map(|m| m.as_str().to_owned()),
            state: job.state,
            stage: job.stage.clone(),
            progress: f64::from(job.progress_ppm) / 1e6,
            eta_seconds,
            attempt: job.attempt,
            cancel_requested: job.cancel_requested,
            limit_seconds: job.limit_seconds,
            owner: job.owner.name.clone(),
            source: job.owner.source,
            ip: job.owner.ip.clone().filter(|_| full),
            user_agent: job.owner.user_agent.clone().filter(|_| full),
            retry_of: job.retry_of.as_ref().map(|id| id.as_str().to_owned()),
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            // Ten thousand predictions do not belong in a list of jobs.
            result: job.result.clone().filter(|_| job.kind != JobKind::Predict),
            error: job.error.clone(),
        }
    }
}

/// A job that was queued.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobAccepted {
    /// Its identity.
    pub job_id: String,
}

impl JobAccepted {
    /// 202: the job's id, and where to ask for it, below the API's base.
    pub fn response(job: &Job, place: &str) -> Response {
        let location = format!("{BASE}/{place}/{}", job.id);
        let accepted = Json(Self { job_id: job.id.as_str().to_owned() });
        (StatusCode::ACCEPTED, [(header::LOCATION, location)], accepted).into_response()
    }
}

/// A line of a job's log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = JobLogLine)]
pub struct JobLogLineView {
    /// 1, 2, 3 … within the job.
    pub line: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

impl From<JobLogLine> for JobLogLineView {
    fn from(JobLogLine { line, at, text }: JobLogLine) -> Self {
        Self { line, at, text }
    }
}
