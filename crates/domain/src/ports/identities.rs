//! Accounts that another provider signs in, and the provider itself.

use super::StoreError;
use crate::event::NewEvent;
use crate::user::{IdClaims, User};
use async_trait::async_trait;
use jiff::Timestamp;

/// How an account for somebody of a provider was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It is there.
    Done,
    /// The name was taken.
    NameTaken,
    /// He has an account already.
    Known,
}

/// Accounts by what a provider calls their owners. A deleted account is found by none of these.
#[async_trait]
pub trait Identities: Send + Sync {
    /// The account of somebody of a provider.
    async fn account_of(&self, issuer: &str, subject: &str) -> Result<Option<User>, StoreError>;
    /// Makes the account of somebody of a provider. Of several at once, one makes it.
    async fn add_account(
        &self,
        user: &User,
        issuer: &str,
        subject: &str,
        event: &NewEvent,
    ) -> Result<Linked, StoreError>;
}

/// What a browser is sent to the provider with.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Where the provider sends the browser back to.
    pub back: &'a str,
    /// What it sends back with the code.
    pub state: &'a str,
    /// What it writes into the ID token.
    pub nonce: &'a str,
    /// The SHA-256 of the verifier, base64url (RFC 7636, S256).
    pub challenge: &'a str,
}

/// Why a provider's word is not there.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached or answers in a way that no provider does.
    #[error("the provider cannot be used: {0}")]
    Unavailable(String),
    /// It refuses the code: it ended, was used before, or was meant for somebody else.
    #[error("the provider refuses the code: {0}")]
    Refused(String),
    /// What it gave is not signed by it.
    #[error("the provider's ID token is not taken: {0}")]
    Unproven(String),
}

/// A provider of sign-ins (OpenID Connect, authorization code with PKCE).
#[async_trait]
pub trait Provider: Send + Sync {
    /// Who it says that it is.
    fn issuer(&self) -> &str;
    /// What we are called there.
    fn client(&self) -> &str;
    /// Where to send a browser.
    async fn door(&self, question: &Question<'_>, now: Timestamp) -> Result<String, ProviderError>;
    /// What it says about who came back with this code. The signature is right; what is said is not looked at.
    async fn redeem(
        &self,
        code: &str,
        verifier: &str,
        back: &str,
        now: Timestamp,
    ) -> Result<IdClaims, ProviderError>;
}
