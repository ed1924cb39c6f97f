//! Workspaces and members as callers see them.

use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::user::Tier;
use vakhta_domain::workspace::{Member, Workspace};

/// A tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    /// Its key.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Workspace> for WorkspaceView {
    fn from(workspace: Workspace) -> Self {
        Self {
            key: workspace.id.as_str().to_owned(),
            title: workspace.title,
            created_at: workspace.created_at,
        }
    }
}

/// Somebody who belongs to a workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    /// The account.
    pub user_id: String,
    /// Its name.
    pub username: String,
    /// What it may do there.
    #[schema(value_type = words::Tier)]
    pub role: Tier,
    /// Whether the account was made there; then its role is its tier.
    pub is_home: bool,
    /// A disabled account signs in nowhere.
    pub is_active: bool,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user.as_str().to_owned(),
            username: member.username,
            role: member.role,
            is_home: member.is_home,
            is_active: member.is_active,
        }
    }
}
