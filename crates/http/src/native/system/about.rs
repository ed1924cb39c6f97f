//! `GET /about`, `GET /schemas/model.json`, `GET /openapi.json`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vakhta_domain::spec::ModelSpec;
use vakhta_domain::user::Permission;

/// What this server is.
#[derive(Serialize, ToSchema)]
pub struct About {
    /// The release.
    version: String,
    /// The program as trained versions record it.
    code_version: String,
    /// When it started.
    started_at: Timestamp,
    /// `sqlite` or `postgresql`.
    database: &'static str,
    /// `local` or `s3`.
    objects: &'static str,
    /// The caller's workspace.
    workspace: String,
}

/// What this server is.
#[utoipa::path(get, path = "/about", tag = "system", responses((status = 200, body = About)))]
pub async fn about(State(app): State<App>, who: SignedIn) -> Result<Json<About>, Problem> {
    let actor = who.require(Permission::Look)?;
    Ok(Json(About {
        version: app.settings.version.clone(),
        code_version: app.lifecycle.settings.code_version.clone(),
        started_at: app.settings.started_at,
        database: app.settings.database_kind,
        objects: app.settings.objects_kind,
        workspace: actor.workspace.as_str().to_owned(),
    }))
}

/// The JSON Schema of a model spec, for editors.
#[utoipa::path(get, path = "/schemas/model.json", tag = "system", security(()),
    responses((status = 200, content_type = "application/schema+json", body = Object)))]
pub async fn model_schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/schema+json")], ModelSpec::json_schema().to_string())
}

/// This API, described.
#[utoipa::path(get, path = "/openapi.json", tag = "system", responses((status = 200, body = Object)))]
pub async fn openapi_json(who: SignedIn) -> Result<Json<&'static Value>, Problem> {
    who.require(Permission::Look)?;
    Ok(Json(crate::openapi::document()))
}
