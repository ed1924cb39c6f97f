//! Accounts, what they may do, and who is acting.

use crate::ids::{TokenId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How much an account may do; later tiers may do all that earlier ones may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Looks.
    Viewer,
    /// Also loads data, trains and predicts.
    User,
    /// Also deploys, deletes and sees everybody's jobs.
    Admin,
    /// Also manages accounts and the system.
    SystemAdmin,
}

/// One thing that an operation may require.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Read datasets, models, versions, jobs, events.
    Look,
    /// Ask a model for predictions and forecasts.
    Predict,
    /// Ask in SQL about everything that the workspace keeps.
    Query,
    /// Upload datasets.
    WriteData,
    /// Create and change models.
    WriteModels,
    /// Start and cancel training.
    Train,
    /// Change which version serves.
    Deploy,
    /// Delete datasets and models.
    Delete,
    /// Say what single days are, for every model.
    WriteCalendars,
    /// Say where the server reads rows from by itself.
    WriteSources,
    /// Acknowledge, resolve and silence alerts.
    HandleAlerts,
    /// Set the rules of alerts, and where people are told.
    WriteAlerts,
    /// Manage own API tokens.
    OwnTokens,
    /// Manage accounts.
    ManageUsers,
}

impl Permission {
    /// The lowest tier that holds this permission: the one table of rights.
    pub fn lowest_tier(self) -> Tier {
        match self {
            Self::Look => Tier::Viewer,
            Self::Predict
            | Self::Query
            | Self::WriteData
            | Self::WriteModels
            | Self::Train
            | Self::HandleAlerts
            | Self::OwnTokens => Tier::User,
            Self::Deploy | Self::Delete | Self::WriteCalendars | Self::WriteSources | Self::WriteAlerts => {
                Tier::Admin
            }
            Self::ManageUsers => Tier::SystemAdmin,
        }
    }
}

impl Tier {
    /// Whether this tier holds `permission`.
    pub fn allows(self, permission: Permission) -> bool {
        self >= permission.lowest_tier()
    }

    /// The word used in JSON, SQL and the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::User => "user",
            Self::Admin => "admin",
            Self::SystemAdmin => "system_admin",
        }
    }

    /// The tier of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Viewer, Self::User, Self::Admin, Self::SystemAdmin].into_iter().find(|t| t.as_str() == word)
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its identity; the name may change, this does not.
    pub id: UserId,
    /// The workspace it works in.
    pub workspace: WorkspaceId,
    /// Unique, compared without case.
    pub username: String,
    /// Argon2id in PHC form. Never leaves the server.
    pub password_hash: String,
    /// What it may do.
    pub tier: Tier,
    /// A disabled account signs in nowhere.
    pub is_active: bool,
    /// True while the password is the one-time one that the first start printed.
    pub must_change_password: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last successful sign-in.
    pub last_sign_in_at: Option<Timestamp>,
}

/// A signed-in browser or program. Only the hash of its secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the secret, hex.
    pub secret_hash: String,
    /// Whose it is.
    pub user: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// The last request, to the minute.
    pub last_seen_at: Timestamp,
    /// The latest moment at which it may still be used.
    pub expires_at: Timestamp,
    /// Where it signed in from.
    pub ip: Option<String>,
    /// What it signed in with.
    pub user_agent: Option<String>,
}

/// A named token for programs. Only the hash of its secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its identity.
    pub id: TokenId,
    /// Whose rights it carries.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub prefix: String,
    /// SHA-256 of the secret, hex.
    pub secret_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The moment at which it stops working.
    pub expires_at: Timestamp,
    /// The last request, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Set when its owner revoked it.
    pub revoked_at: Option<Timestamp>,
}

/// The door that a request came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A program with a token.
    Api,
    /// The web UI.
    Gui,
    /// The command line.
    Cli,
    /// The server itself.
    System,
}

impl Source {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Gui => "gui",
            Self::Cli => "cli",
            Self::System => "system",
        }
    }

    /// The source of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Api, Self::Gui, Self::Cli, Self::System].into_iter().find(|s| s.as_str() == word)
    }
}

/// Who does something, in which workspace, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The workspace that everything he touches belongs to.
    pub workspace: WorkspaceId,
    /// The account; none for the system itself.
    pub user: Option<UserId>,
    /// The name to show.
    pub name: String,
    /// What he may do.
    pub tier: Tier,
    /// The door he came through.
    pub source: Source,
    /// His address, where there is one.
    pub ip: Option<String>,
    /// His program, where it says so.
    pub user_agent: Option<String>,
    /// The request that this belongs to.
    pub request_id: Option<String>,
}

impl Actor {
    /// The server acting by itself.
    pub fn system(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            user: None,
            name: "system".into(),
            tier: Tier::SystemAdmin,
            source: Source::System,
            ip: None,
            user_agent: None,
            request_id: None,
        }
    }
}

/// Why a new password or name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCredential {
    /// Fewer than [`MIN_PASSWORD_CHARS`] characters.
    #[error("the password has {0} characters, at least {MIN_PASSWORD_CHARS} are needed")]
    TooShort(usize),
    /// More than [`MAX_PASSWORD_BYTES`] bytes.
    #[error("the password has {0} bytes, at most {MAX_PASSWORD_BYTES} are taken")]
    TooLong(usize),
    /// One character over and over, or the user's own name.
    #[error("the password is too easy to guess, use several words or a password manager")]
    TooEasy,
    /// Not a name.
    #[error("the username `{0}` is not 1 to 64 letters, digits, `.`, `_`, `@` or `-`")]
    Username(String),
}

/// The shortest password taken for an account.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The longest, so that hashing cannot be made to work for nothing.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// Accepts a new password for `username`.
pub fn check_password(username: &str, password: &str) -> Result<(), BadCredential> {
    let chars = password.chars().count();
    if chars < MIN_PASSWORD_CHARS {
        return Err(BadCredential::TooShort(chars));
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(BadCredential::TooLong(password.len()));
    }
    let distinct = password.chars().collect::<std::collections::BTreeSet<_>>().len();
    let own_name = password.to_lowercase().replace(&username.to_lowercase(), "").chars().count() < 4;
    if distinct < 5 || (!username.is_empty() && own_name) {
        return Err(BadCredential::TooEasy);
    }
    Ok(())
}

/// Accepts a new account name.
pub fn check_username(name: &str) -> Result<(), BadCredential> {
    let fits = (1..=64).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '@' | '-'));
    if fits { Ok(()) } else { Err(BadCredential::Username(name.chars().take(80).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_grow_with_the_tier() {
        assert!(Tier::Viewer.allows(Permission::Look));
        assert!(!Tier::Viewer.allows(Permission::Predict));
        assert!(Tier::User.allows(Permission::Query) && !Tier::Viewer.allows(Permission::Query));
        assert!(!Tier::User.allows(Permission::Deploy));
        assert!(Tier::Admin.allows(Permission::Deploy));
        assert!(!Tier::Admin.allows(Permission::ManageUsers));
        assert!(Tier::SystemAdmin.allows(Permission::ManageUsers));
    }

    #[test]
    fn passwords_are_checked() {
        assert_eq!(check_password("admin", "short"), Err(BadCredential::TooShort(5)));
        assert_eq!(check_password("admin", "aaaaaaaaaaaaaaa"), Err(BadCredential::TooEasy));
        assert_eq!(check_password("administrator", "Administrator12"), Err(BadCredential::TooEasy));
        assert_eq!(check_password("admin", "корова на крыше"), Ok(()));
    }
}
