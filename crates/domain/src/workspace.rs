//! Workspaces: every row belongs to one, and accounts belong to one or several, with a role in each.

use crate::ids::{BadKey, UserId, WorkspaceId, check_key};
use crate::user::{Tier, User};
use jiff::Timestamp;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its key.
    pub id: WorkspaceId,
    /// What people call it.
    pub title: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Somebody who belongs to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub user: UserId,
    /// Its name.
    pub username: String,
    /// What it may do there.
    pub role: Tier,
    /// Whether this is the workspace that the account was made in; there its role is its tier.
    pub is_home: bool,
    /// A disabled account signs in nowhere.
    pub is_active: bool,
}

/// Why a workspace is not made or a member not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWorkspace {
    /// Not a key.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// Not a title.
    #[error("a workspace's title has 1 to 100 characters")]
    Title,
    /// A role above those of a workspace.
    #[error("a member is viewer, user or admin; system_admin is a tier of the whole installation")]
    Role,
}

/// Accepts a new workspace's key and title; without a title, its key is shown.
pub fn check_workspace(key: &str, title: Option<&str>) -> Result<(WorkspaceId, String), BadWorkspace> {
    let key = check_key(key)?;
    let title = title.map_or(key, str::trim);
    if !(1..=100).contains(&title.chars().count()) || title.chars().any(char::is_control) {
        return Err(BadWorkspace::Title);
    }
    Ok((WorkspaceId::new(key), title.to_owned()))
}

/// Accepts a member's role.
pub fn check_role(role: Tier) -> Result<Tier, BadWorkspace> {
    if role == Tier::SystemAdmin { Err(BadWorkspace::Role) } else { Ok(role) }
}

/// What an account is in a workspace, where `role` is what it was made there; none where it does not belong. A
/// system administrator is one everywhere, and at home an account is what its tier says.
pub fn standing(user: &User, workspace: &WorkspaceId, role: Option<Tier>) -> Option<Tier> {
    if user.tier == Tier::SystemAdmin || user.workspace == *workspace {
        return Some(user.tier);
    }
    role
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_titles_and_roles_are_checked() {
        let made = check_workspace("shop-2", Some(" Магазин 2 ")).expect("right");
        assert_eq!(made, (WorkspaceId::new("shop-2"), "Магазин 2".to_owned()));
        assert_eq!(check_workspace("a", None).expect("right").1, "a");
        assert!(matches!(check_workspace("Shop", None), Err(BadWorkspace::Key(_))));
        for title in ["", " ", "a\nb", &"x".repeat(101)] {
            assert_eq!(check_workspace("a", Some(title)), Err(BadWorkspace::Title), "{title}");
        }
        assert_eq!(check_role(Tier::Admin), Ok(Tier::Admin));
        assert_eq!(check_role(Tier::SystemAdmin), Err(BadWorkspace::Role));
    }

    #[test]
    fn one_is_what_one_was_made_and_a_system_admin_everywhere() {
        let (home, other) = (WorkspaceId::new("home"), WorkspaceId::new("other"));
        let user = |tier| User {
            id: UserId::new("u1"),
            workspace: home.clone(),
            username: "anna".into(),
            password_hash: String::new(),
            tier,
            is_active: true,
            must_change_password: false,
            created_at: Timestamp::UNIX_EPOCH,
            last_sign_in_at: None,
            deleted_at: None,
            second_factor_at: None,
            provider: None,
        };
        let anna = user(Tier::User);
        assert_eq!(standing(&anna, &home, None), Some(Tier::User));
        assert_eq!(standing(&anna, &home, Some(Tier::Admin)), Some(Tier::User));
        assert_eq!(standing(&anna, &other, None), None);
        assert_eq!(standing(&anna, &other, Some(Tier::Viewer)), Some(Tier::Viewer));
        assert_eq!(standing(&user(Tier::SystemAdmin), &other, None), Some(Tier::SystemAdmin));
    }
}
