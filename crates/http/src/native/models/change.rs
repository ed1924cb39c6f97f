//! `PUT /models/{key}` and `DELETE /models/{key}`.

use super::spec_body::Specs;
use super::views::ModelChange;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::problem::Problem;
use crate::words;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::models;

/// Replaces a model's spec. Versions keep the spec that they were trained by.
#[utoipa::path(put, path = "/models/{key}", tag = "models", params(("key" = String, Path)),
    request_body(content((words::ModelSpec = "application/json"), (String = "application/yaml"))),
    responses((status = 200, body = ModelChange)))]
pub async fn change(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    request: Request,
) -> Result<Json<ModelChange>, Problem> {
    let actor = who.require(Permission::WriteModels)?;
    let Specs(mut specs) = Specs::from_request(request, &()).await?;
    let (Some(spec), true) = (specs.pop(), specs.is_empty()) else {
        return Err(Problem::invalid_field(
            "",
            "the body holds several documents, send the one of this model",
        ));
    };
    let applied = models::change(&app.lifecycle, actor, &ModelKey::new(key), spec).await?;
    Ok(Json(ModelChange::of(&app, applied).await?))
}

/// Hides a model and takes it out of service; its versions and decisions stay in the history.
#[utoipa::path(delete, path = "/models/{key}", tag = "models", params(("key" = String, Path)),
    responses((status = 204), (status = 409, description = "it is being trained")))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::Delete)?;
    models::delete(&app.lifecycle, actor, &ModelKey::new(key)).await?;
    Ok(StatusCode::NO_CONTENT)
}
