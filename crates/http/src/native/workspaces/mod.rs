//! Workspaces, who belongs to them, and moving from one to another.

pub mod list;
pub mod members;
pub mod switch;
pub mod views;

use crate::App;
use crate::auth::SignedIn;
use crate::problem::Problem;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::{Permission, Tier};
use vakhta_domain::workspace::{BadWorkspace, Workspace, standing};
use vakhta_lifecycle::workspaces::WorkspaceError;

/// The workspace of that key and what the caller is in it: 404 where he does not belong, as where there is none.
async fn place(app: &App, who: &SignedIn, key: &str) -> Result<(Workspace, Tier), Problem> {
    let missing = || Problem::missing("workspace_missing", "workspace", key);
    let id = WorkspaceId::new(key);
    let workspace = app.ports().workspaces.workspace(&id).await?.ok_or_else(missing)?;
    let role = app.ports().workspaces.role(&id, &who.user.id).await?;
    let tier = standing(&who.user, &id, role).ok_or_else(missing)?;
    Ok((workspace, tier))
}

/// Demands a permission in that workspace, too: what somebody is here says nothing of there.
async fn place_with(
    app: &App,
    who: &SignedIn,
    key: &str,
    permission: Permission,
) -> Result<WorkspaceId, Problem> {
    let (workspace, tier) = place(app, who, key).await?;
    if tier.allows(permission) {
        return Ok(workspace.id);
    }
    let text = format!(
        "this needs the tier {} in `{key}`, `{}` is {} there",
        permission.lowest_tier().as_str(),
        who.actor.name,
        tier.as_str()
    );
    Err(Problem::forbidden("forbidden", text))
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        let text = error.to_string();
        match error {
            WorkspaceError::Bad(BadWorkspace::Key(_)) => Self::invalid_field("/key", text),
            WorkspaceError::Bad(BadWorkspace::Title) => Self::invalid_field("/title", text),
            WorkspaceError::Bad(BadWorkspace::Role) => Self::invalid_field("/role", text),
            WorkspaceError::Taken(_) => Self::conflict("workspace_taken", text),
            WorkspaceError::Home => Self::conflict("home_workspace", text),
            WorkspaceError::NoMember(_) => {
                Self::new(axum::http::StatusCode::NOT_FOUND, "member_missing", text)
            }
            WorkspaceError::Store(error) => error.into(),
        }
    }
}
