//! `POST /alerts/{id}/acknowledge`, `POST /alerts/{id}/resolve`.

use super::views::AlertView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::problem::Problem;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::ids::AlertId;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::alerts::handle;

/// The longest note.
const LONGEST_NOTE: usize = 1000;

/// What somebody who takes care of an alert says.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeBody {
    /// A word to others.
    #[serde(default)]
    note: Option<String>,
}

/// Somebody takes care of it: it goes on, and nobody is told again unless it becomes worse.
#[utoipa::path(post, path = "/alerts/{id}/acknowledge", tag = "alerts", params(("id" = String, Path)),
    request_body = AcknowledgeBody,
    responses((status = 200, body = AlertView), (status = 409, description = "it is over, or has not fired")))]
pub async fn acknowledge(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<AcknowledgeBody>,
) -> Result<Json<AlertView>, Problem> {
    let actor = who.require(Permission::HandleAlerts)?;
    if body.note.as_deref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Problem::invalid_field("/note", format!("at most {LONGEST_NOTE} characters are taken")));
    }
    let note = body.note.filter(|note| !note.trim().is_empty());
    let alert = handle::acknowledge(&app.lifecycle, actor, &AlertId::new(id), note).await?;
    Ok(Json(alert.into()))
}

/// A person says that it is over. While it still is so, it stays quiet until it was better once, becomes worse, or
/// happens again.
#[utoipa::path(post, path = "/alerts/{id}/resolve", tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, body = AlertView), (status = 409, description = "it is over already")))]
pub async fn resolve(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    let actor = who.require(Permission::HandleAlerts)?;
    Ok(Json(handle::resolve(&app.lifecycle, actor, &AlertId::new(id)).await?.into()))
}
