//! `POST /predict` and `GET /predict/{job_id}`.

use super::forecast::{FormatParam, file_of};
use super::views::PredictionsView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::format::Format;
use crate::native::jobs::views::JobAccepted;
use crate::page::Query;
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::{JobId, ModelKey};
use vakhta_domain::job::{JobKind, JobState};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve::{self, PredictAnswer, PredictRequest};

/// Records to predict.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PredictRequest)]
pub struct PredictBody {
    /// The model.
    model_key: String,
    /// A version by id, by the name given at training, or `champion`; default the serving one.
    #[serde(default)]
    version: Option<String>,
    /// At most 10,000 records. Of a forecast: the series columns, the date column, known-future columns. Else the
    /// columns that the model learnt from; one that is left out is missing.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Map<String, Value>>,
    /// Whose answers these are, e.g. a customer: where a challenger is given a share of the answers, one key is always
    /// answered by the same version. Default the request's id.
    #[serde(default)]
    key: Option<String>,
    /// How many classes are told with their probabilities, most probable first; default 5.
    #[serde(default)]
    top: Option<usize>,
    /// Whether each answer is explained; at most 100 records then.
    #[serde(default)]
    explain: bool,
}

impl From<PredictBody> for PredictRequest {
    fn from(body: PredictBody) -> Self {
        let PredictBody { model_key, version, data, key, top, explain } = body;
        Self { model: ModelKey::new(model_key), version, data, key, top, explain }
    }
}

/// Whether the caller waits.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PredictParams {
    /// Over 0: answer in this call instead of by a job. `Prefer: wait=SECONDS` says the same.
    wait: Option<u32>,
}

/// Predicts records: by a job, or in the same call for a caller that waits.
#[utoipa::path(post, path = "/predict", tag = "serve", params(PredictParams), request_body = PredictBody,
    responses((status = 202, body = JobAccepted), (status = 200, body = PredictionsView, description = "waited for"),
        (status = 409, description = "nothing serves yet")))]
pub async fn predict(
    State(app): State<App>,
    who: SignedIn,
    Query(params): Query<PredictParams>,
    headers: HeaderMap,
    Json(body): Json<PredictBody>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Predict)?;
    if body.data.is_empty() {
        return Err(Problem::invalid_field("/data", "empty: send at least one record"));
    }
    if let Some(wait) = params.wait.or_else(|| preferred_wait(&headers)).filter(|seconds| *seconds > 0) {
        let answer = serve::predict(&app.lifecycle, actor, body.into()).await?;
        let applied = HeaderValue::from_str(&format!("wait={wait}")).expect("digits");
        let name = HeaderName::from_static("preference-applied");
        return Ok(([(name, applied)], Json(PredictionsView::from(answer))).into_response());
    }
    let job = serve::predict_later(&app.lifecycle, actor, body.into()).await?;
    Ok(JobAccepted::response(&job, "predict"))
}

/// Seconds out of `Prefer: wait=10` (RFC 7240).
fn preferred_wait(headers: &HeaderMap) -> Option<u32> {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences
        .flat_map(|line| line.split([',', ';']))
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
}

/// A prediction that was asked for earlier.
#[derive(Serialize, ToSchema)]
pub struct PredictResult {
    /// The job.
    job_id: String,
    /// Where it stands.
    #[schema(value_type = words::JobState)]
    state: JobState,
    /// Why it failed.
    error: Option<String>,
    /// The predictions; absent until it is completed.
    #[serde(flatten)]
    answer: Option<PredictionsView>,
}

/// A prediction that was asked for earlier: where it stands, and its result once completed, if wanted as a file.
#[utoipa::path(get, path = "/predict/{job_id}", tag = "serve", params(("job_id" = String, Path), FormatParam),
    responses((status = 200, content((PredictResult = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (words::RawFile = "application/vnd.apache.parquet"))),
        (status = 409, description = "as a file: it is not completed")))]
pub async fn result(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(form): Query<FormatParam>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Predict)?;
    let format = Format::asked(form.format.as_deref(), &headers)?;
    let job = app.ports().jobs.job(&actor.workspace, &JobId::new(id.as_str())).await?;
    let job = job.filter(|job| job.kind == JobKind::Predict);
    let job = job.ok_or_else(|| Problem::missing("job_missing", "predict job", &id))?;
    let answer: Option<PredictAnswer> = match job.result {
        Some(result) if job.state == JobState::Completed => {
            Some(serde_json::from_value(result).map_err(|e| Problem::internal(&e))?)
        }
        _ => None,
    };
    let Some(file) = file_of(format) else {
        let answer = answer.map(PredictionsView::from);
        return Ok(
            Json(PredictResult { job_id: id, state: job.state, error: job.error, answer }).into_response()
        );
    };
    let answer = answer.ok_or_else(|| {
        let text = format!("the job is {}, it has no predictions to write", job.state.as_str());
        Problem::conflict("job_not_completed", text)
    })?;
    let bytes = serve::export_predictions(&answer, file).await?;
    Ok(format.file(&format!("{}_predictions", answer.model_key), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_to_wait_is_understood() {
        for (line, expected) in [
            ("wait=10", Some(10)),
            ("respond-async, wait=5", Some(5)),
            ("return=minimal; Wait = 7", Some(7)),
            ("respond-async", None),
            ("wait=soon", None),
        ] {
            let headers =
                HeaderMap::from_iter([(HeaderName::from_static("prefer"), HeaderValue::from_static(line))]);
            assert_eq!(preferred_wait(&headers), expected, "{line}");
        }
    }
}
