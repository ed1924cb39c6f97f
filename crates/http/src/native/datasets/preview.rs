//! `GET /datasets/{key}/preview`.

use super::found_version;
use super::views::PreviewView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{Query, page_query};
use crate::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::upload;

/// Which rows are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewParams {
    /// The version's number; default the newest.
    version: Option<u32>,
    /// Rows, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// Rows to skip.
    offset: Option<u64>,
}

/// Some rows of a version.
#[utoipa::path(get, path = "/datasets/{key}/preview", tag = "datasets",
    params(("key" = String, Path), PreviewParams), responses((status = 200, body = PreviewView)))]
pub async fn preview(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(rows): Query<PreviewParams>,
) -> Result<Json<PreviewView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let limit = page_query(rows.limit, None)?.limit;
    let version = found_version(&app, &actor.workspace, &key, rows.version).await?;
    let preview = upload::preview(&app.lifecycle, &version, limit, rows.offset.unwrap_or(0)).await?;
    Ok(Json(preview.into()))
}
