//! A trained version: never overwritten, never silently deleted.

use crate::dataset::ObjectRef;
use crate::ids::{DatasetVersionId, JobId, ModelKey, VersionId, WorkspaceId};
use crate::report::Report;
use crate::spec::ModelSpec;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Ready to serve.
    Trained,
    /// Serves now.
    Deployed,
    /// Served once.
    Archived,
    /// Training ended in an error.
    Failed,
    /// A guard refused it.
    Rejected,
}

impl VersionState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Trained, Self::Deployed, Self::Archived, Self::Failed, Self::Rejected];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trained => "trained",
            Self::Deployed => "deployed",
            Self::Archived => "archived",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Whether a version in this state may be put to serve.
    pub fn is_servable(self) -> bool {
        matches!(self, Self::Trained | Self::Deployed | Self::Archived)
    }
}

/// Where a version came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A training made it.
    Trained,
    /// Another program learnt it; a person brought its file.
    Imported,
}

impl Origin {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trained => "trained",
            Self::Imported => "imported",
        }
    }
}

/// A version as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelVersion {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its identity.
    pub id: VersionId,
    /// The model it is a version of.
    pub model: ModelKey,
    /// A name given at training, unique within the model, e.g. `1.0.0`.
    pub alias: Option<String>,
    /// Where it stands.
    pub state: VersionState,
    /// The job that trained it; none where it was imported.
    pub job: Option<JobId>,
    /// The rows it learnt from; none where it was imported: another program knows.
    pub dataset_version: Option<DatasetVersionId>,
    /// The spec it was trained by, or imported into.
    pub spec: ModelSpec,
    /// The seed that it can be made again from.
    pub seed: u64,
    /// Accuracy, parameters, importance; none when training failed.
    pub report: Option<Report>,
    /// The saved model; none when training failed.
    pub artifact: Option<ObjectRef>,
    /// The scored rows of its validation folds, of a model of records what was said of held-out rows; none where
    /// training failed.
    pub backtest: Option<ObjectRef>,
    /// What its training rows were like, to tell later rows from them; none where it was imported, or an earlier program
    /// made it.
    pub profile: Option<ObjectRef>,
    /// Why training failed.
    pub error: Option<String>,
    /// Why it was trained or imported, in the asker's words.
    pub reason: Option<String>,
    /// The program that trained or imported it.
    pub code_version: String,
    /// When its training ended, or when it was imported.
    pub created_at: Timestamp,
}

impl ModelVersion {
    /// Where it came from.
    pub fn origin(&self) -> Origin {
        if self.job.is_some() { Origin::Trained } else { Origin::Imported }
    }
}
