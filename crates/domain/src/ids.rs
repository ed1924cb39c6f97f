//! Identities as types, so that a version is never passed where a job is wanted.

use crate::ports::Chance;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that the store or a caller holds as this identity.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// The text as stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

id_types! {
    /// A tenant. Every stored row belongs to one.
    WorkspaceId,
    /// An account.
    UserId,
    /// An API token (its name in the store, not its secret).
    TokenId,
    /// A dataset's key, `[a-z0-9_-]{1,64}`.
    DatasetKey,
    /// One immutable set of rows of a dataset.
    DatasetVersionId,
    /// A model's key, `[a-z0-9_-]{1,64}`.
    ModelKey,
    /// A model version, `v_YYYYMMDD_HHMMSS_xxxxxxxx`.
    VersionId,
    /// A job.
    JobId,
    /// A schedule.
    ScheduleId,
    /// A source's key, `[a-z0-9_-]{1,64}`.
    SourceKey,
    /// A report on drift.
    DriftReportId,
    /// A recorded decision.
    DecisionId,
    /// An alert.
    AlertId,
    /// A silence.
    SilenceId,
    /// A channel that people are told by.
    ChannelId,
    /// A message to a channel.
    DeliveryId,
    /// One process that works on the queue.
    WorkerId,
}

impl WorkspaceId {
    /// The one workspace of a fresh installation.
    pub fn default_workspace() -> Self {
        Self::new("default")
    }
}

/// `n` random bytes.
pub fn random_bytes(chance: &dyn Chance, n: usize) -> Vec<u8> {
    let mut bytes = vec![0u8; n];
    chance.fill(&mut bytes);
    bytes
}

/// `n` random bytes as lower-case hex.
pub fn random_hex(chance: &dyn Chance, n: usize) -> String {
    use fmt::Write as _;
    random_bytes(chance, n).iter().fold(String::with_capacity(2 * n), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A fresh identity of the form `prefix_` + 20 hex digits (80 random bits).
pub fn fresh(prefix: &str, chance: &dyn Chance) -> String {
    format!("{prefix}_{}", random_hex(chance, 10))
}

impl VersionId {
    /// `v_YYYYMMDD_HHMMSS_xxxxxxxx` of the moment that training began, in UTC.
    pub fn fresh(at: Timestamp, chance: &dyn Chance) -> Self {
        Self(format!("v_{}_{}", at.strftime("%Y%m%d_%H%M%S"), random_hex(chance, 4)))
    }
}

/// Why a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key: use 1 to 64 of a-z, 0-9, `_` and `-`")]
pub struct BadKey(pub String);

/// Accepts `[a-z0-9_-]{1,64}`, the form of model and dataset keys.
pub fn check_key(text: &str) -> Result<&str, BadKey> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    if fits { Ok(text) } else { Err(BadKey(text.chars().take(80).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Chance for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xab);
        }
    }

    #[test]
    fn version_ids_tell_their_moment() {
        let at: Timestamp = "2026-09-05T03:04:05Z".parse().expect("a timestamp");
        assert_eq!(VersionId::fresh(at, &Fixed).as_str(), "v_20260905_030405_abababab");
    }

    #[test]
    fn keys_are_checked() {
        for good in ["a", "sales_by-branch", "0"] {
            assert_eq!(check_key(good), Ok(good));
        }
        for bad in ["", "A", "продажи", "a b", "../x", &"a".repeat(65)] {
            assert!(check_key(bad).is_err(), "{bad}");
        }
    }
}
