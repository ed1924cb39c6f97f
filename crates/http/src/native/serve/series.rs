//! `GET /models/{key}/series`.

use super::views::SeriesKeysView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::Query;
use crate::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve;

/// Which version is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesParams {
    /// A version by id or by the name given at training; default the serving one.
    version: Option<String>,
}

/// The series that a model knows.
#[utoipa::path(get, path = "/models/{key}/series", tag = "serve", params(("key" = String, Path), SeriesParams),
    responses((status = 200, body = SeriesKeysView)))]
pub async fn series(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(of): Query<SeriesParams>,
) -> Result<Json<SeriesKeysView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let (key, version) = (ModelKey::new(key), of.version.as_deref());
    Ok(Json(serve::series(&app.lifecycle, &actor.workspace, &key, version).await?.into()))
}
