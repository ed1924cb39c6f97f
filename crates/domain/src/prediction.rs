//! What a model answered, kept so that the actual can be compared with it later.

use crate::ids::{ModelKey, VersionId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One answer as logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggedPrediction {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The request that it belongs to.
    pub request: String,
    /// The model.
    pub model: ModelKey,
    /// The version that answered.
    pub version: VersionId,
    /// When.
    pub at: Timestamp,
    /// What the actual will be found by: series values and time, joined by `|`.
    pub key: String,
    /// What was asked, as JSON.
    pub input: String,
    /// The point answer.
    pub value: f64,
    /// The whole answer, as JSON.
    pub output: String,
    /// Time taken by the whole request, microseconds.
    pub latency_us: u32,
}
