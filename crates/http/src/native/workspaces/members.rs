//! `/workspaces/{key}/members`: who belongs to a workspace, and with which role.

use super::views::MemberView;
use super::{place, place_with};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::ids::UserId;
use vakhta_domain::user::{Permission, Tier};
use vakhta_lifecycle::workspaces::{remove_member, set_member};

/// Who belongs to a workspace, by name.
#[utoipa::path(get, path = "/workspaces/{key}/members", tag = "workspaces",
    params(("key" = String, Path), PageParams), responses((status = 200, body = List<MemberView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(page): Query<PageParams>,
) -> Result<Json<List<MemberView>>, Problem> {
    who.require(Permission::Look)?;
    let (workspace, _) = place(&app, &who, &key).await?;
    let page = app.ports().workspaces.members(&workspace.id, &page.query()?).await?;
    Ok(Json(List::of(page, MemberView::from)))
}

/// What a member may do.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// `viewer`, `user` or `admin`.
    #[schema(value_type = words::Tier)]
    pub role: Tier,
}

/// Lets an account into a workspace, or gives it another role there. For administrators of that workspace.
#[utoipa::path(put, path = "/workspaces/{key}/members/{user_id}", tag = "workspaces",
    params(("key" = String, Path), ("user_id" = String, Path)), request_body = Role,
    responses((status = 204), (status = 409, description = "it is the account's home")))]
pub async fn set(
    State(app): State<App>,
    who: SignedIn,
    Path((key, user)): Path<(String, String)>,
    Json(Role { role }): Json<Role>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::ManageMembers)?;
    let workspace = place_with(&app, &who, &key, Permission::ManageMembers).await?;
    set_member(&app.lifecycle, actor, &workspace, &UserId::new(user), role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends an account away from a workspace: its tokens of this workspace end, its sessions go on at home.
#[utoipa::path(delete, path = "/workspaces/{key}/members/{user_id}", tag = "workspaces",
    params(("key" = String, Path), ("user_id" = String, Path)), responses((status = 204)))]
pub async fn remove(
    State(app): State<App>,
    who: SignedIn,
    Path((key, user)): Path<(String, String)>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::ManageMembers)?;
    let workspace = place_with(&app, &who, &key, Permission::ManageMembers).await?;
    remove_member(&app.lifecycle, actor, &workspace, &UserId::new(user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
