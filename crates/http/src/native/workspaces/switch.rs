//! `POST /workspaces/{key}/switch`.

use super::place;
use crate::App;
use crate::auth::{Credential, SignedIn};
use crate::body::Path;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::workspaces::switch_session;

/// Moves one's session to another workspace: its later requests see that one. A single request goes elsewhere by
/// the header `X-Vakhta-Workspace`; a token stays in the workspace that it was made in.
#[utoipa::path(post, path = "/workspaces/{key}/switch", tag = "workspaces", params(("key" = String, Path)),
    responses((status = 204), (status = 409, description = "the request came with a token")))]
pub async fn switch(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::Look)?;
    let (workspace, _) = place(&app, &who, &key).await?;
    let Credential::Session { secret_hash } = &who.credential else {
        let text = "a token stays in the workspace that it was made in; sign in, or make one there";
        return Err(Problem::conflict("no_session", text));
    };
    switch_session(&app.lifecycle, actor, secret_hash, &workspace.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
