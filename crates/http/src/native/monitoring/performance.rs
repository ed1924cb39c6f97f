//! `/monitoring/performance/*` and `/monitoring/health`: how right live answers are.

use super::meant;
use super::performance_views::{HealthView, SegmentsView, SummaryView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::jobs::views::JobAccepted;
use crate::page::{NoQuery, Query, within};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::model::Model;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::metrics::health::health as health_of;
use vakhta_lifecycle::metrics::summary::{self, MAX_DAYS};
use vakhta_lifecycle::metrics::{self, Asked};

/// Days looked at where the caller names none.
const DEFAULT_DAYS: u32 = 30;

/// Over which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WindowParams {
    /// Days up to today, 1 to 730; default 30.
    #[param(minimum = 1, maximum = 730)]
    days: Option<u32>,
    /// The model; the only one where it is left out.
    model_key: Option<String>,
}

impl WindowParams {
    async fn checked(self, app: &App, workspace: &WorkspaceId) -> Result<(Model, u32), Problem> {
        let days = within("days", self.days.unwrap_or(DEFAULT_DAYS), MAX_DAYS)?;
        let key = meant(app, workspace, self.model_key).await?;
        let model = app.ports().models.model(workspace, &key).await?;
        Ok((model.ok_or_else(|| Problem::missing("model_missing", "model", &key))?, days))
    }
}

/// How a model does on live answers: mean, best and worst day, trend, bias, coverage, age and freshness.
#[utoipa::path(get, path = "/monitoring/performance/summary", tag = "monitoring", params(WindowParams),
    responses((status = 200, body = SummaryView)))]
pub async fn summary(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<WindowParams>,
) -> Result<Json<SummaryView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let (model, days) = wanted.checked(&app, &actor.workspace).await?;
    let found = summary::summary(&app.lifecycle, &actor.workspace, &model, days).await?;
    Ok(Json(SummaryView::of(&model, found)))
}

/// How a model does by series, the worst first. The classes of a classification stand in the quality of its summary.
#[utoipa::path(get, path = "/monitoring/performance/segments", tag = "monitoring", params(WindowParams),
    responses((status = 200, body = SegmentsView)))]
pub async fn segments(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<WindowParams>,
) -> Result<Json<SegmentsView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let (model, days) = wanted.checked(&app, &actor.workspace).await?;
    let found = summary::segments(&app.lifecycle, &actor.workspace, &model, days).await?;
    Ok(Json(SegmentsView::of(&model, found)))
}

/// What is to be computed.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalculateDaily {
    /// The model; the only one where it is left out.
    #[serde(default)]
    model_key: Option<String>,
    /// Whether every day is computed again, not only those of which something new is known; the numbers stay the same.
    /// Default false.
    #[serde(default)]
    recalculate: bool,
}

/// Computes daily metrics now.
#[utoipa::path(post, path = "/monitoring/performance/calculate-daily", tag = "monitoring",
    request_body = CalculateDaily,
    responses((status = 202, body = JobAccepted),
        (status = 409, description = "they are being computed; `job_id` says by which job")))]
pub async fn calculate(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<CalculateDaily>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Train)?;
    let model = meant(&app, &actor.workspace, body.model_key).await?;
    let asked = Asked { recalculate: body.recalculate };
    let job = metrics::request(&app.lifecycle, actor, &model, asked).await?;
    Ok(JobAccepted::response(&job, "jobs"))
}

/// Whether the watch over each model sees what it should.
#[utoipa::path(get, path = "/monitoring/health", tag = "monitoring",
    responses((status = 200, body = HealthView)))]
pub async fn health(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<HealthView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let found = health_of(&app.lifecycle, &actor.workspace).await?;
    Ok(Json(HealthView::of(found)))
}
