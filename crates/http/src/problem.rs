//! Errors as callers see them: RFC 9457 problem documents with a stable `code`.
//!
//! Causes inside the server are logged here, once, and never sent.

use crate::edge::{is_silent, is_too_large};
use crate::native::datasets::views::RefusedView;
use crate::request;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::ids::JobId;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{SpecError, SpecErrors};
use vakhta_lifecycle::backtests::BacktestError;
use vakhta_lifecycle::deploy::DeployError;
use vakhta_lifecycle::export::ExportError;
use vakhta_lifecycle::models::ModelError;
use vakhta_lifecycle::serve::ServeError;
use vakhta_lifecycle::training::TrainError;
use vakhta_lifecycle::upload::UploadError;

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// When to try again where a disk is full: space comes back by people, and nothing has to be restarted then.
const FULL_RETRY_SECONDS: u32 = 15;

/// One wrong place in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (`/data/target`), or `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A problem document, as sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `urn:vakhta:problem:` and the code.
    r#type: String,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A stable word for programs.
    code: &'static str,
    /// What happened, for people.
    detail: String,
    /// The request's id, as in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// Every wrong place in the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The job that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<String>,
    /// The rows that an upload was refused for.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedView>,
    /// Where signing in takes a second step: what to send with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<String>,
    /// When the challenge ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_expires_at: Option<Timestamp>,
}

/// A refusal or failure on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    job: Option<JobId>,
    refused: Option<Box<RefusedView>>,
    challenge: Option<Box<(String, Timestamp)>>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem with a stable code and a text for people.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            job: None,
            refused: None,
            challenge: None,
            retry_after: None,
        }
    }

    /// 400: the request cannot be read.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401 `not_signed_in`.
    pub fn not_signed_in(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail)
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404 `NOUN_missing` in the caller's words.
    pub fn missing(code: &'static str, noun: &str, name: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, format!("there is no {noun} `{name}`"))
    }

    /// 409.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 with every wrong place.
    pub fn invalid(code: &'static str, errors: impl IntoIterator<Item = FieldError>) -> Self {
        let errors: Vec<FieldError> = errors.into_iter().collect();
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", place(&one.pointer), one.message),
            many => format!("{} fields are wrong", many.len()),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
    }

    /// 422 about one place.
    pub fn invalid_field(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid("bad_input", [FieldError { pointer: pointer.into(), message: message.into() }])
    }

    /// 500: says nothing but that it is ours, and the cause goes to the log.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(request_id = request::id().as_deref(), %cause, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server failed; its log tells more under this request id",
        )
    }

    /// 503 with a time to try again.
    pub fn unavailable(code: &'static str, detail: impl Into<String>, retry_after_seconds: u64) -> Self {
        Self {
            retry_after: Some(bounded(retry_after_seconds)),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
        }
    }

    /// 429 with a time to try again.
    pub fn too_many(detail: impl Into<String>, retry_after_seconds: u64) -> Self {
        Self {
            retry_after: Some(bounded(retry_after_seconds)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    /// The same problem with its places moved below `prefix`.
    #[must_use]
    pub(crate) fn below(self, prefix: &str) -> Self {
        let moved: Vec<FieldError> = self
            .errors
            .iter()
            .map(|e| FieldError { pointer: format!("{prefix}{}", e.pointer), message: e.message.clone() })
            .collect();
        if moved.is_empty() {
            return Self::invalid_field(prefix, self.detail);
        }
        Self::invalid(self.code(), moved)
    }

    /// The same, naming the job that stands in the way.
    #[must_use]
    pub(crate) fn with_job(mut self, job: JobId) -> Self {
        self.job = Some(job);
        self
    }

    /// The same, with what to send in the second step of signing in.
    #[must_use]
    pub(crate) fn with_challenge(mut self, challenge: String, expires_at: Timestamp) -> Self {
        self.challenge = Some(Box::new((challenge, expires_at)));
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Every wrong place in the input.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// What happened, for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

/// Seconds as a problem keeps them: small, so that refusals are.
fn bounded(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "the body" } else { pointer }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (challenge, challenge_expires_at) = self.challenge.map(|given| *given).unzip();
        let body = ProblemBody {
            r#type: format!("urn:vakhta:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Problem"),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            instance: request::id(),
            errors: self.errors,
            job_id: self.job.map(|job| job.as_str().to_owned()),
            refused: self.refused.map(|refused| *refused),
            challenge,
            challenge_expires_at,
        };
        let bytes = serde_json::to_vec(&body).expect("a problem is plain data");
        let mut response = (self.status, bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<SpecError> for FieldError {
    fn from(error: SpecError) -> Self {
        Self { pointer: error.pointer, message: error.message }
    }
}

impl From<SpecErrors> for Problem {
    fn from(SpecErrors(errors): SpecErrors) -> Self {
        Self::invalid("bad_spec", errors.into_iter().map(FieldError::from))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { part, source } => {
                tracing::error!(
                    request_id = request::id().as_deref(),
                    part,
                    cause = %source,
                    "a store cannot be used"
                );
                Self::unavailable("store_unavailable", format!("the {part} cannot be used now, try again"), 2)
            }
            StoreError::Full { part } => {
                tracing::error!(request_id = request::id().as_deref(), part, "no space is left");
                let text = format!("no space is left on the {part}; nothing was changed");
                Self {
                    retry_after: Some(FULL_RETRY_SECONDS),
                    ..Self::new(StatusCode::INSUFFICIENT_STORAGE, "store_full", text)
                }
            }
            StoreError::BadCursor(cursor) => {
                Self::bad_request("bad_cursor", StoreError::BadCursor(cursor).to_string())
            }
            damaged @ StoreError::Damaged { .. } => {
                tracing::error!(request_id = request::id().as_deref(), cause = %damaged, "stored data is damaged");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store_damaged",
                    "a stored object is damaged; the server's log names it under this request id",
                )
            }
            unreadable @ StoreError::Unreadable { .. } => Self::internal(&unreadable),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return StoreError::Full { part: "temporary folder" }.into();
        }
        Self::internal(&error)
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::BadKey(bad) => Self::invalid_field("/key", bad.to_string()),
            UploadError::BadOption { field, message } => Self::invalid_field(format!("/{field}"), message),
            UploadError::BadFile(reason) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_file", reason),
            UploadError::BadRows(refused) => {
                let detail = format!(
                    "{} cannot be read and nothing was stored; mend what is wrong, or send on_error=skip to leave it out",
                    if refused.rows == 1 { "1 row".to_owned() } else { format!("{} rows", refused.rows) }
                );
                Self {
                    refused: Some(Box::new(refused.into())),
                    ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_rows", detail)
                }
            }
            UploadError::InUse { models } => {
                let names: Vec<&str> = models.iter().map(vakhta_domain::ids::ModelKey::as_str).collect();
                Self::conflict(
                    "dataset_in_use",
                    format!(
                        "models learn from this dataset: {}; delete or change them first",
                        names.join(", ")
                    ),
                )
            }
            UploadError::Store(error) => error.into(),
            UploadError::Io(error) => error.into(),
        }
    }
}

impl From<ModelError> for Problem {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Exists(key) => Self::conflict(
                "model_exists",
                format!("model `{key}` exists; change it by PUT, or send ?apply=true"),
            ),
            ModelError::Missing(key) => Self::missing("model_missing", "model", key),
            ModelError::KeyMismatch { path, body } => Self::invalid(
                "key_mismatch",
                [FieldError {
                    pointer: "/model_key".into(),
                    message: format!("`{body}` is not the model of this address, `{path}`"),
                }],
            ),
            ModelError::Training(job) => training_runs(job),
            ModelError::Store(error) => error.into(),
        }
    }
}

pub(crate) fn training_runs(job: JobId) -> Problem {
    Problem::conflict(
        "training_runs",
        format!("job {job} trains this model now; wait for its end or cancel it"),
    )
    .with_job(job)
}

impl From<TrainError> for Problem {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            TrainError::Untrainable { pointer, message } => {
                Self::invalid("untrainable", [FieldError { pointer: pointer.into(), message }])
            }
            TrainError::DatasetMissing(key) => Self::invalid(
                "dataset_missing",
                [FieldError {
                    pointer: "/dataset".into(),
                    message: format!("there is no dataset `{key}`; upload it first"),
                }],
            ),
            TrainError::Columns(errors) => {
                Self::invalid("bad_columns", errors.into_iter().map(FieldError::from))
            }
            TrainError::AliasTaken(alias) => {
                Self::conflict("alias_taken", format!("another version of this model is called `{alias}`"))
            }
            TrainError::Running(job) => training_runs(job),
            TrainError::Store(error) => error.into(),
        }
    }
}

impl From<DeployError> for Problem {
    fn from(error: DeployError) -> Self {
        match error {
            DeployError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            DeployError::VersionMissing(version) => Self::missing("version_missing", "version", version),
            DeployError::NotServable(version, state) => Self::conflict(
                "not_servable",
                format!("version {version} is {} and cannot serve", state.as_str()),
            ),
            DeployError::AlreadyServes(version) => {
                Self::conflict("already_serves", format!("version {version} serves already"))
            }
            DeployError::NothingBefore => Self::conflict(
                "nothing_before",
                "no other version served before; name the version to go back to",
            ),
            DeployError::ArtifactUnreadable(version, reason) => Self::conflict(
                "artifact_unreadable",
                format!("version {version} cannot be loaded ({reason}); nothing was changed"),
            ),
            DeployError::Superseded(now) => Self::conflict(
                "superseded",
                match now {
                    Some(version) => {
                        format!("somebody put {version} to serve at the same moment; look again")
                    }
                    None => "nothing serves any more; look again".into(),
                },
            ),
            DeployError::Store(error) => error.into(),
        }
    }
}

impl From<BacktestError> for Problem {
    fn from(error: BacktestError) -> Self {
        match error {
            BacktestError::NoBacktest(_) => Self::conflict("no_backtest", error.to_string()),
            BacktestError::Unusable { .. } => Self::conflict("version_unusable", error.to_string()),
            BacktestError::Store(error) => error.into(),
        }
    }
}

impl From<ServeError> for Problem {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            ServeError::NoVersion(key) => Self::conflict(
                "no_version",
                format!("no version of model `{key}` serves yet; train it, or name a version"),
            ),
            ServeError::VersionMissing(version) => Self::missing("version_missing", "version", version),
            ServeError::NotAForecast(_) => Self::conflict("wrong_task", error.to_string()),
            ServeError::BadInput(errors) => {
                Self::invalid("bad_input", errors.into_iter().map(FieldError::from))
            }
            ServeError::Unusable { version, reason } => {
                Self::conflict("version_unusable", format!("version {version} cannot answer: {reason}"))
            }
            ServeError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Serve(error) => error.into(),
            impossible @ ExportError::Impossible(..) => {
                Self::conflict("not_exportable", impossible.to_string())
            }
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "the address is not UTF-8 or misses a part")
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        if is_silent(&rejection) {
            let text = "the body stopped coming before it was whole";
            return Self::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", text);
        }
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE || is_too_large(&rejection) {
            return Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "the body is larger than this address takes",
            );
        }
        Self::bad_request("body_cut", "the body ended before it was whole")
    }
}
