//! What answers beside champions, and what both said.

use super::StoreError;
use crate::ids::{ModelKey, VersionId, WorkspaceId};
use crate::trial::{Arm, BeginArm, ChangeArm, PairedAnswers, TrialAnswer};
use crate::version::VersionState;
use async_trait::async_trait;
use jiff::civil::Date;

/// How the beginning of an arm ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ArmAnswer {
    /// Done.
    Done,
    /// No such model or version.
    Missing,
    /// The version's state forbids it.
    NotServable(VersionState),
    /// Another champion serves than the arm is held against.
    Superseded(Option<VersionId>),
    /// The model has one of that part.
    Busy(Box<Arm>),
}

/// Versions that answer beside champions. A switch ([`super::Versions`]) ends them in its own transaction.
#[async_trait]
pub trait Arms: Send + Sync {
    /// What answers beside a model's champion, by part.
    async fn arms(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<Arm>, StoreError>;
    /// Every arm of every workspace: what a server keeps in memory.
    async fn all_arms(&self) -> Result<Vec<Arm>, StoreError>;
    /// Begins an arm, with its decision.
    async fn begin_arm(&self, begin: &BeginArm) -> Result<ArmAnswer, StoreError>;
    /// Ends an arm or gives it another share, with the decision. False where it is not there any more as the decision
    /// knew it: nothing was written.
    async fn change_arm(&self, change: &ChangeArm) -> Result<bool, StoreError>;
    /// Keeps what versions forecast for their comparison, all of one making; earlier words of the same version, key
    /// and distance are replaced. What was forecast for days before `keep_from` is let go.
    async fn put_trial_answers(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        answers: &[TrialAnswer],
        keep_from: Date,
    ) -> Result<(), StoreError>;
    /// What two versions forecast of a day in the same makings, where its truth is known; by key and distance.
    async fn trial_pairs(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        versions: (&VersionId, &VersionId),
        day: Date,
    ) -> Result<Vec<PairedAnswers>, StoreError>;
    /// What two versions said in the same requests of a day, where its truth is known; by key, the first `limit`.
    async fn answer_pairs(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        versions: (&VersionId, &VersionId),
        day: Date,
        limit: u32,
    ) -> Result<Vec<PairedAnswers>, StoreError>;
}
