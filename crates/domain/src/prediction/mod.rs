//! What a model answered, kept so that the actual can be compared with it later.

mod flat;
mod output;

pub use flat::{FlatPrediction, FlatPredictions, TextId, key_of, split_key};
pub use output::{Output, Probability, Said};

use crate::ids::{ModelKey, VersionId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What one segment of the prediction log holds for a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPart {
    /// The segment; the same name before and after it is moved to the object store.
    pub segment: String,
    /// Records of the model; none where the segment is still written, or would have to be read to count them.
    pub records: Option<u64>,
    /// The first and the last moment at which anything in it was logged, of whatever model; none where `records` is.
    pub span: Option<(Timestamp, Timestamp)>,
}

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
