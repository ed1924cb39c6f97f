//! A model: a key and a spec. What was trained for it lives in versions.

use crate::ids::{ModelKey, VersionId, WorkspaceId};
use crate::spec::ModelSpec;
use jiff::Timestamp;

/// A model as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its key.
    pub key: ModelKey,
    /// What it is to do, checked.
    pub spec: ModelSpec,
    /// Grows by one with each change of the spec.
    pub revision: u32,
    /// The version that serves, if any.
    pub champion: Option<VersionId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its spec last changed.
    pub updated_at: Timestamp,
}
