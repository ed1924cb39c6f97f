//! Workspaces and who belongs to them.

use super::StoreError;
use crate::event::NewEvent;
use crate::ids::{UserId, WorkspaceId};
use crate::page::{Page, PageQuery};
use crate::user::Tier;
use crate::workspace::{Member, Workspace};
use async_trait::async_trait;

/// How setting a member ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberSet {
    /// It is so.
    Done,
    /// There is no such account, or no such workspace.
    Missing,
    /// It is the account's home, where its role is its tier.
    Home,
}

/// Workspaces and who belongs to them.
#[async_trait]
pub trait Workspaces: Send + Sync {
    /// Workspaces by key: those that an account belongs to, or all.
    async fn workspaces(&self, of: Option<&UserId>, page: &PageQuery) -> Result<Page<Workspace>, StoreError>;
    /// The workspace of that key.
    async fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, StoreError>;
    /// Adds a workspace. False where the key is taken.
    async fn add_workspace(&self, workspace: &Workspace, event: &NewEvent) -> Result<bool, StoreError>;
    /// Who belongs to a workspace, by name: accounts made in it, and those that were let in.
    async fn members(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Member>, StoreError>;
    /// The role that an account was let in with; none where it was not.
    async fn role(&self, workspace: &WorkspaceId, user: &UserId) -> Result<Option<Tier>, StoreError>;
    /// Lets an account in, or gives it another role.
    async fn set_member(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        role: Tier,
        event: &NewEvent,
    ) -> Result<MemberSet, StoreError>;
    /// Sends an account away: its tokens of this workspace end, its sessions in it go on at home. False where it was
    /// not let in.
    async fn remove_member(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Moves a session to another workspace. False where it ended.
    async fn switch_session(
        &self,
        secret_hash: &str,
        workspace: &WorkspaceId,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
}
