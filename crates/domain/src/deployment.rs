//! Which version serves, since when, put there by which decision.

use crate::decision::Decision;
use crate::event::NewEvent;
use crate::ids::{DecisionId, ModelKey, VersionId, WorkspaceId};
use crate::trial::Arm;
use jiff::Timestamp;

/// One stretch of time in which a version served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The model.
    pub model: ModelKey,
    /// The version.
    pub version: VersionId,
    /// Since when.
    pub since: Timestamp,
    /// Until when; none while it serves.
    pub until: Option<Timestamp>,
    /// The decision that put it there.
    pub decision: DecisionId,
    /// Grows by one with each switch of the model; lets a server see that it serves an old one.
    pub generation: u64,
}

/// All that one switch writes, in one transaction: the deployment, the states of both versions, what
/// answers beside it, the decision and the event.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Why and by whom; `decision.version` is the version that will serve and `decision.previous` the one
    /// that the decision was taken against: the switch fails if another one serves by now.
    pub decision: Decision,
    /// The version that goes on answering in shadow from now on: the former champion, in the new one's probation. All
    /// others that answered beside the former champion end.
    pub arm: Option<Arm>,
    /// What is told.
    pub event: NewEvent,
}
