//! Second factors, and the server's own keys.

use super::StoreError;
use crate::event::NewEvent;
use crate::ids::UserId;
use crate::user::{ConfirmedFactor, Proof, SecondFactor};
use async_trait::async_trait;
use jiff::Timestamp;

/// Second factors of accounts. What a [`Proof`] shows is taken in the same transaction as what it is shown for, so
/// that a code which two give at once serves one of them.
#[async_trait]
pub trait SecondFactors: Send + Sync {
    /// An account's factor; one that is not confirmed yet, too.
    async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError>;
    /// Begins an enrolment, or begins it anew. False where a confirmed factor is there, where a provider signs the
    /// account in, or where there is no such account.
    async fn begin_factor(&self, user: &UserId, secret: &str, at: Timestamp) -> Result<bool, StoreError>;
    /// Confirms an enrolment and ends the account's other sessions. False where it is not the one that was begun last,
    /// or was confirmed before.
    async fn confirm_factor(&self, factor: &ConfirmedFactor, event: &NewEvent) -> Result<bool, StoreError>;
    /// Puts new recovery codes in the place of all old ones. False where the proof was used before.
    async fn replace_recovery_codes(
        &self,
        user: &UserId,
        proof: &Proof,
        codes: &[String],
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Removes a factor and its recovery codes; `proof` is none where somebody else does it. False where there is
    /// none, or the proof was used before.
    async fn remove_factor(
        &self,
        user: &UserId,
        proof: Option<&Proof>,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;

    /// The server's own key of that name: `fresh` where there was none. Every process gets the same.
    async fn server_key(&self, name: &str, fresh: &str, at: Timestamp) -> Result<String, StoreError>;
}
