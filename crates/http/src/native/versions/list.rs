//! `GET /models/{key}/versions` and `GET /models/{key}/versions/{version}`.

use super::views::{VersionDetail, VersionView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::models::found;
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use vakhta_domain::user::Permission;

/// A model's versions, newest first.
#[utoipa::path(get, path = "/models/{key}/versions", tag = "versions",
    params(("key" = String, Path), PageParams), responses((status = 200, body = List<VersionView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(page): Query<PageParams>,
) -> Result<Json<List<VersionView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let model = found(&app, &actor.workspace, &key).await?;
    let page = app.ports().versions.versions(&actor.workspace, &model.key, &page.query()?).await?;
    let items = VersionView::of(&app, &actor.workspace, &page.items).await?;
    Ok(Json(List { items, next_cursor: page.next_cursor }))
}

/// One version: by id, by the name given at training, or `champion`.
#[utoipa::path(get, path = "/models/{key}/versions/{version}", tag = "versions",
    params(("key" = String, Path), ("version" = String, Path)), responses((status = 200, body = VersionDetail)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path((key, name)): Path<(String, String)>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<VersionDetail>, Problem> {
    let actor = who.require(Permission::Look)?;
    let version = super::found(&app, &actor.workspace, &key, &name).await?;
    Ok(Json(VersionDetail::of(&app, version).await?))
}
