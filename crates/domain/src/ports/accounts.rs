//! Accounts, sessions and tokens.

use super::StoreError;
use crate::event::NewEvent;
use crate::ids::{TokenId, UserId};
use crate::page::{Page, PageQuery};
use crate::user::{ApiToken, Session, User};
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

/// Accounts, sessions and tokens.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an account; names are compared without case over the whole installation.
    async fn add_user(&self, user: &User, event: &NewEvent) -> Result<Inserted, StoreError>;
    /// The account of that name, compared without case.
    async fn user_named(&self, username: &str) -> Result<Option<User>, StoreError>;
    /// The account of that id.
    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// Accounts by name.
    async fn users(&self, page: &PageQuery) -> Result<Page<User>, StoreError>;
    /// How many accounts there are.
    async fn count_users(&self) -> Result<u64, StoreError>;
    /// Sets a password hash and ends every session of the account but `keep` (a session's secret hash).
    /// False where there is no such account.
    async fn set_password(
        &self,
        id: &UserId,
        password_hash: &str,
        must_change: bool,
        keep: Option<&str>,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;

    /// Starts a session and notes the sign-in on the account.
    async fn add_session(&self, session: &Session, event: &NewEvent) -> Result<(), StoreError>;
    /// The session of that secret with its account; an expired one, too: the caller compares times.
    async fn session(&self, secret_hash: &str) -> Result<Option<(Session, User)>, StoreError>;
    /// Notes that a session was used.
    async fn touch_session(&self, secret_hash: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Ends a session.
    async fn end_session(&self, secret_hash: &str, event: &NewEvent) -> Result<bool, StoreError>;
    /// Removes sessions that ended before `before`.
    async fn forget_sessions(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Adds a token.
    async fn add_token(&self, token: &ApiToken, event: &NewEvent) -> Result<(), StoreError>;
    /// An account's tokens, newest first.
    async fn tokens(&self, user: &UserId) -> Result<Vec<ApiToken>, StoreError>;
    /// The token of that secret with its account; an expired or revoked one, too.
    async fn token(&self, secret_hash: &str) -> Result<Option<(ApiToken, User)>, StoreError>;
    /// Notes that a token was used.
    async fn touch_token(&self, id: &TokenId, at: Timestamp) -> Result<(), StoreError>;
    /// Revokes an account's token. False where there is none, or it was revoked before.
    async fn revoke_token(&self, user: &UserId, id: &TokenId, event: &NewEvent) -> Result<bool, StoreError>;
    /// Deletes an account's token.
    async fn delete_token(&self, user: &UserId, id: &TokenId, event: &NewEvent) -> Result<bool, StoreError>;
}
