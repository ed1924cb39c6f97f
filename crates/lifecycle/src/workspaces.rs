//! Workspaces: making them, letting accounts in and sending them away, and moving a session.

use crate::Lifecycle;
use serde_json::json;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::ports::{MemberSet, StoreError};
use vakhta_domain::user::{Actor, Tier};
use vakhta_domain::workspace::{BadWorkspace, Workspace, check_role, check_workspace};

/// Why a workspace was not made or its members not changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The key, title or role is not fit.
    #[error(transparent)]
    Bad(#[from] BadWorkspace),
    /// The key is taken.
    #[error("a workspace `{0}` exists already, choose another key")]
    Taken(String),
    /// An account's role at home is its tier.
    #[error(
        "this is the workspace that the account was made in; there its role is its tier, see /auth/users"
    )]
    Home,
    /// There is no such account, or it was not let in.
    #[error("there is no account `{0}` to be let in or sent away")]
    NoMember(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes an empty workspace.
pub async fn create_workspace(
    app: &Lifecycle,
    actor: &Actor,
    key: &str,
    title: Option<&str>,
) -> Result<Workspace, WorkspaceError> {
    let (id, title) = check_workspace(key, title)?;
    let workspace = Workspace { id, title, created_at: app.ports.clock.now() };
    let event = about("workspace.created", &workspace.id, actor, workspace.created_at)
        .with(json!({ "title": workspace.title }));
    if !app.ports.workspaces.add_workspace(&workspace, &event).await? {
        return Err(WorkspaceError::Taken(key.to_owned()));
    }
    app.signals.bump();
    Ok(workspace)
}

/// Lets an account in, or gives it another role.
pub async fn set_member(
    app: &Lifecycle,
    actor: &Actor,
    workspace: &WorkspaceId,
    user: &UserId,
    role: Tier,
) -> Result<(), WorkspaceError> {
    let role = check_role(role)?;
    let before = app.ports.workspaces.role(workspace, user).await?;
    let event = within("member.set", workspace, user, actor, app.ports.clock.now())
        .with(json!({ "workspace": workspace, "before": before, "after": role }));
    let set = app.ports.workspaces.set_member(workspace, user, role, &event).await?;
    app.signals.bump();
    match set {
        MemberSet::Done => Ok(()),
        MemberSet::Missing => Err(WorkspaceError::NoMember(user.to_string())),
        MemberSet::Home => Err(WorkspaceError::Home),
    }
}

/// Sends an account away.
pub async fn remove_member(
    app: &Lifecycle,
    actor: &Actor,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<(), WorkspaceError> {
    let before = app.ports.workspaces.role(workspace, user).await?;
    let event = within("member.removed", workspace, user, actor, app.ports.clock.now())
        .with(json!({ "workspace": workspace, "before": before }));
    if !app.ports.workspaces.remove_member(workspace, user, &event).await? {
        return Err(WorkspaceError::NoMember(user.to_string()));
    }
    app.signals.bump();
    Ok(())
}

/// Moves a session to a workspace that its owner belongs to.
pub async fn switch_session(
    app: &Lifecycle,
    actor: &Actor,
    secret_hash: &str,
    workspace: &WorkspaceId,
) -> Result<(), StoreError> {
    let there = Actor { workspace: workspace.clone(), ..actor.clone() };
    let event = about("workspace.entered", workspace, &there, app.ports.clock.now());
    app.ports.workspaces.switch_session(secret_hash, workspace, &event).await?;
    app.signals.bump();
    Ok(())
}

fn about(kind: &'static str, workspace: &WorkspaceId, actor: &Actor, at: jiff::Timestamp) -> NewEvent {
    NewEvent::about(kind, ("workspace", workspace.as_str()), actor, at)
}

/// What happens to a member belongs to the history of that workspace.
fn within(
    kind: &'static str,
    workspace: &WorkspaceId,
    user: &UserId,
    actor: &Actor,
    at: jiff::Timestamp,
) -> NewEvent {
    let there = Actor { workspace: workspace.clone(), ..actor.clone() };
    NewEvent::about(kind, ("user", user.as_str()), &there, at)
}
