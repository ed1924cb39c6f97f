//! `GET, POST /workspaces` and `GET /workspaces/{key}`.

use super::place;
use super::views::WorkspaceView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::BASE;
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::user::{Permission, Tier};
use vakhta_lifecycle::workspaces::create_workspace;

/// The workspaces that one belongs to, by key; all of them for a system administrator.
#[utoipa::path(get, path = "/workspaces", tag = "workspaces", params(PageParams),
    responses((status = 200, body = List<WorkspaceView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(page): Query<PageParams>,
) -> Result<Json<List<WorkspaceView>>, Problem> {
    who.require(Permission::Look)?;
    let of = (who.user.tier != Tier::SystemAdmin).then_some(&who.user.id);
    let page = app.ports().workspaces.workspaces(of, &page.query()?).await?;
    Ok(Json(List::of(page, WorkspaceView::from)))
}

/// One workspace that one belongs to.
#[utoipa::path(get, path = "/workspaces/{key}", tag = "workspaces", params(("key" = String, Path)),
    responses((status = 200, body = WorkspaceView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<WorkspaceView>, Problem> {
    who.require(Permission::Look)?;
    let (workspace, _) = place(&app, &who, &key).await?;
    Ok(Json(workspace.into()))
}

/// A workspace to be made.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// Its key, `[a-z0-9_-]{1,64}`.
    pub key: String,
    /// What people call it, 1 to 100 characters; default: its key.
    #[serde(default)]
    pub title: Option<String>,
}

/// Makes a workspace, empty. Nothing of one is seen in another.
#[utoipa::path(post, path = "/workspaces", tag = "workspaces", request_body = NewWorkspace,
    responses((status = 201, body = WorkspaceView), (status = 409, description = "the key is taken")))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(new): Json<NewWorkspace>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::ManageWorkspaces)?;
    let made = create_workspace(&app.lifecycle, actor, &new.key, new.title.as_deref()).await?;
    let location = format!("{BASE}/workspaces/{}", made.id);
    let made = Json(WorkspaceView::from(made));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], made).into_response())
}
