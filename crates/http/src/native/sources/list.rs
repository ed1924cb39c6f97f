//! `GET /sources`, `GET /sources/{key}`, `GET /sources/{key}/runs`.

use super::views::{SourceView, SyncRunView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use vakhta_domain::ids::{SourceKey, WorkspaceId};
use vakhta_domain::source::Source;
use vakhta_domain::user::Permission;

/// Sources by key.
#[utoipa::path(get, path = "/sources", tag = "sources", params(PageParams),
    responses((status = 200, body = List<SourceView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<PageParams>,
) -> Result<Json<List<SourceView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let page = app.ports().sources.sources(&actor.workspace, &wanted.query()?).await?;
    Ok(Json(List::of(page, SourceView::from)))
}

async fn found(app: &App, workspace: &WorkspaceId, key: &str) -> Result<Source, Problem> {
    let source = app.ports().sources.source(workspace, &SourceKey::new(key)).await?;
    source.map(|(source, _)| source).ok_or_else(|| Problem::missing("source_missing", "source", key))
}

/// One source.
#[utoipa::path(get, path = "/sources/{key}", tag = "sources", params(("key" = String, Path)),
    responses((status = 200, body = SourceView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<SourceView>, Problem> {
    let actor = who.require(Permission::Look)?;
    Ok(Json(found(&app, &actor.workspace, &key).await?.into()))
}

/// A source's runs, newest first.
#[utoipa::path(get, path = "/sources/{key}/runs", tag = "sources", params(("key" = String, Path), PageParams),
    responses((status = 200, body = List<SyncRunView>)))]
pub async fn runs(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(wanted): Query<PageParams>,
) -> Result<Json<List<SyncRunView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let source = found(&app, &actor.workspace, &key).await?;
    let page = app.ports().sources.sync_runs(&actor.workspace, &source.key, &wanted.query()?).await?;
    Ok(Json(List::of(page, SyncRunView::from)))
}
