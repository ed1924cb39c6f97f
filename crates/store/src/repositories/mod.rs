//! One file a noun; one set of queries for both databases.
//!
//! In a transaction, locks are taken in one order everywhere, so that no two wait for each other: the job,
//! the model or account, and at the very end the event counter.

pub(crate) mod accounts;
pub(crate) mod actuals;
pub(crate) mod alerts;
pub(crate) mod arms;
pub(crate) mod calendars;
pub(crate) mod chain;
pub(crate) mod credentials;
pub(crate) mod cursor;
pub(crate) mod datasets;
pub(crate) mod deployments;
pub(crate) mod drift;
pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod identities;
pub(crate) mod job_rows;
pub(crate) mod jobs;
pub(crate) mod models;
pub(crate) mod personal;
pub(crate) mod schedules;
pub(crate) mod second_factors;
pub(crate) mod segments;
pub(crate) mod sources;
pub(crate) mod version_rows;
pub(crate) mod versions;
pub(crate) mod workspaces;

use vakhta_domain::ports::StoreError;

/// A value as JSON text, for a text column.
pub(crate) fn json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable {
        what,
        reason: format!("it cannot be written as JSON: {error}"),
    })
}
