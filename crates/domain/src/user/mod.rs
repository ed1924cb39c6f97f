//! Accounts, what they may do, and who is acting.

mod change;
mod password;
mod permission;
mod provider;
mod second_factor;

pub use change::{AccountRefusal, UserChange, UserEdit, edited, may_delete, may_edit};
pub use password::{BadCredential, MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, check_password, check_username};
pub use permission::{Permission, Tier, held};
pub use provider::{ClaimRefusal, Expected, IdClaims, TierRule, check_claims, proposed_username};
pub use second_factor::{
    ConfirmedFactor, Proof, RECOVERY_CODES, STEP_SECONDS, SecondFactor, must_enrol, step_at, steps_taken,
    typed_code, typed_recovery_code,
};

use crate::ids::{TokenId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its identity; the name may change, this does not.
    pub id: UserId,
    /// Its home: the workspace it was made in, where its tier is its role.
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
    /// When it was deleted. Its id stays, so that the history goes on naming it; its name may be taken again.
    pub deleted_at: Option<Timestamp>,
    /// Since when it has a second factor.
    pub second_factor_at: Option<Timestamp>,
    /// The provider that signs it in, by its issuer's address; such an account has no password.
    pub provider: Option<String>,
}

impl User {
    /// Whether it manages the installation now.
    pub fn rules(&self) -> bool {
        self.tier == Tier::SystemAdmin && self.is_active && self.deleted_at.is_none()
    }
}

/// A signed-in browser or program. Only the hash of its secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the secret, hex.
    pub secret_hash: String,
    /// Whose it is.
    pub user: UserId,
    /// The workspace that its requests are about.
    pub workspace: WorkspaceId,
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
    /// The workspace that it works in.
    pub workspace: WorkspaceId,
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
    /// What it is held to; none for all that its owner may do at the time.
    pub scopes: Option<Vec<Permission>>,
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
