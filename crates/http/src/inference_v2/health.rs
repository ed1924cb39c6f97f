//! Whether the server and its models answer.

use super::Place;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve;

/// That the process answers.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceLive)]
pub struct Live {
    /// True.
    live: bool,
}

/// Always 200 while the process answers.
#[utoipa::path(get, path = "/health/live", tag = "inference", security(()), responses((status = 200, body = Live)))]
pub async fn live() -> Json<Live> {
    Json(Live { live: true })
}

/// Whether requests can be served.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceReady)]
pub struct Ready {
    /// Whether they can.
    ready: bool,
}

/// 200 while requests can be served, 503 while a store cannot be reached or the disk is full.
#[utoipa::path(get, path = "/health/ready", tag = "inference", security(()),
    responses((status = 200, body = Ready), (status = 503, body = Ready)))]
pub async fn ready(State(app): State<App>) -> (StatusCode, Json<Ready>) {
    let report = app.recent_health().await;
    let ready = report.is_well();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Ready { ready }))
}

/// Whether a model answers.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceModelReady)]
pub struct ModelReady {
    /// The model.
    name: String,
    /// True: a model that does not answer is refused.
    ready: bool,
}

/// 200 while the model has a version that serves and can be loaded.
#[utoipa::path(get, path = "/models/{name}/ready", tag = "inference", params(("name" = String, Path)),
    responses((status = 200, body = ModelReady)))]
pub async fn model_ready(
    State(app): State<App>,
    who: SignedIn,
    Path(place): Path<Place>,
) -> Result<Json<ModelReady>, Problem> {
    of(&app, &who, place).await
}

/// 200 while this version can be loaded.
#[utoipa::path(get, path = "/models/{name}/versions/{version}/ready", tag = "inference",
    params(("name" = String, Path), ("version" = String, Path)), responses((status = 200, body = ModelReady)))]
pub async fn version_ready(
    State(app): State<App>,
    who: SignedIn,
    Path(place): Path<Place>,
) -> Result<Json<ModelReady>, Problem> {
    of(&app, &who, place).await
}

async fn of(app: &App, who: &SignedIn, place: Place) -> Result<Json<ModelReady>, Problem> {
    let actor = who.require(Permission::Look)?;
    serve::describe(&app.lifecycle, &actor.workspace, &place.model(), place.version.as_deref()).await?;
    Ok(Json(ModelReady { name: place.name, ready: true }))
}
