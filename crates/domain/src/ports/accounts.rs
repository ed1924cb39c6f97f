//! Accounts, sessions and tokens.

use super::StoreError;
use crate::event::NewEvent;
use crate::ids::{TokenId, UserId};
use crate::page::{Page, PageQuery};
use crate::user::{ApiToken, Proof, Session, Tier, User, UserChange};
use async_trait::async_trait;
use jiff::Timestamp;

/// How an insertion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is there.
    Done,
    /// The name was taken.
    Taken,
}

/// How a change of an account ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserChanged {
    /// It is so.
    Done,
    /// There is no such account, or it was deleted.
    Missing,
    /// Somebody else changed it since it was read; nothing was changed.
    Stale,
    /// The new name was taken.
    Taken,
    /// No active system administrator would be left.
    LastSystemAdmin,
}

/// What is known of a network that a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkSeen {
    /// The token came from there before.
    Known,
    /// It is the first one that the token comes from.
    First,
    /// The token came from others before.
    New,
}

/// Which accounts are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Of this tier.
    pub tier: Option<Tier>,
    /// Enabled, or disabled.
    pub is_active: Option<bool>,
    /// With this in their name, in any case.
    pub name: Option<String>,
}

/// Accounts, sessions and tokens. A deleted account is found by none of these.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an account; names are compared without case over the whole installation.
    async fn add_user(&self, user: &User, event: &NewEvent) -> Result<Inserted, StoreError>;
    /// The account of that name, compared without case.
    async fn user_named(&self, username: &str) -> Result<Option<User>, StoreError>;
    /// The account of that id.
    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// Accounts by name.
    async fn users(&self, filter: &UserFilter, page: &PageQuery) -> Result<Page<User>, StoreError>;
    /// How many accounts there are, deleted ones too.
    async fn count_users(&self) -> Result<u64, StoreError>;
    /// Changes an account, with what [`UserChange`] says of its sessions and tokens. Of several that would take
    /// the last system administrators away at once, one is refused.
    async fn change_user(&self, change: &UserChange) -> Result<UserChanged, StoreError>;
    /// Replaces the hash of a password by another hash of the same password. False where it was changed meanwhile.
    async fn rehash_password(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError>;

    /// Starts a session and notes the sign-in on the account. False where the account is no longer what `of`
    /// says (its password was changed, or it was disabled or deleted meanwhile), where the proof was used before, and
    /// where none is given though the account has a second factor.
    async fn add_session(
        &self,
        session: &Session,
        of: &User,
        proof: &Proof,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// The session of that secret with its account; an expired one, too: the caller compares times.
    async fn session(&self, secret_hash: &str) -> Result<Option<(Session, User)>, StoreError>;
    /// Notes that a session was used.
    async fn touch_session(&self, secret_hash: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Ends a session.
    async fn end_session(&self, secret_hash: &str, event: &NewEvent) -> Result<bool, StoreError>;
    /// Removes sessions that ended before `before`.
    async fn forget_sessions(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Adds a token. False where its owner is not `of` any more: another tier, disabled or deleted.
    async fn add_token(&self, token: &ApiToken, of: &User, event: &NewEvent) -> Result<bool, StoreError>;
    /// An account's tokens, newest first.
    async fn tokens(&self, user: &UserId) -> Result<Vec<ApiToken>, StoreError>;
    /// The token of that secret with its account; an expired or revoked one, too.
    async fn token(&self, secret_hash: &str) -> Result<Option<(ApiToken, User)>, StoreError>;
    /// Notes that a token was used.
    async fn touch_token(&self, id: &TokenId, at: Timestamp) -> Result<(), StoreError>;
    /// Notes that a token comes from a network; where it is a new one, `event` is told with the number of networks that
    /// were `known`.
    async fn note_network(
        &self,
        id: &TokenId,
        network: &str,
        event: &NewEvent,
    ) -> Result<NetworkSeen, StoreError>;
    /// Revokes an account's token. False where there is none, or it was revoked before.
    async fn revoke_token(&self, user: &UserId, id: &TokenId, event: &NewEvent) -> Result<bool, StoreError>;
    /// Deletes an account's token.
    async fn delete_token(&self, user: &UserId, id: &TokenId, event: &NewEvent) -> Result<bool, StoreError>;
}
