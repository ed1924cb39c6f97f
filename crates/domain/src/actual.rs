//! What turned out to be true: actuals, found by the key of the answer that they belong to.

use crate::ids::{DatasetVersionId, ModelKey, WorkspaceId};
use jiff::Timestamp;

/// What turned out to be true.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// A number; always finite.
    Number(f64),
    /// A class.
    Label(String),
}

/// One actual.
#[derive(Debug, Clone, PartialEq)]
pub struct Actual {
    /// As [`crate::daily::forecast_key`] and [`crate::daily::record_key`] write it.
    pub key: String,
    /// What turned out to be true.
    pub truth: Truth,
}

/// Where actuals come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActualSource {
    /// A caller brought them.
    Api,
    /// They are rows of a version of the model's dataset.
    Dataset(DatasetVersionId),
}

impl ActualSource {
    /// As stored: `api`, or the version of the dataset.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Api => "api",
            Self::Dataset(version) => version.as_str(),
        }
    }
}

/// Actuals to be taken in, in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct NewActuals {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The model.
    pub model: ModelKey,
    /// Where they come from.
    pub source: ActualSource,
    /// When they came.
    pub at: Timestamp,
    /// The actuals; of several with one key the last counts.
    pub items: Vec<Actual>,
}

/// What became of actuals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenActuals {
    /// Different keys that came.
    pub received: u64,
    /// Those that were not known before.
    pub added: u64,
    /// Those that say something else than before.
    pub corrected: u64,
    /// Those that say the same.
    pub unchanged: u64,
}

/// One word about a key; a corrected actual has several.
#[derive(Debug, Clone, PartialEq)]
pub struct ActualVersion {
    /// 1, 2, 3 …
    pub revision: u32,
    /// What was said to be true.
    pub truth: Truth,
    /// `api`, or the version of the dataset.
    pub source: String,
    /// When it came.
    pub at: Timestamp,
}
