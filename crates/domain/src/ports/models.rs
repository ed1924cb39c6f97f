//! Models, versions, deployments and decisions.

use super::{JobLease, StoreError};
use crate::decision::Decision;
use crate::deployment::{Deployment, Switch};
use crate::event::NewEvent;
use crate::ids::{ModelKey, VersionId, WorkspaceId};
use crate::model::Model;
use crate::page::{Page, PageQuery};
use crate::schedule::Schedule;
use crate::spec::ModelSpec;
use crate::trial::Arm;
use crate::version::{ModelVersion, VersionState};
use async_trait::async_trait;

/// Models.
#[async_trait]
pub trait Models: Send + Sync {
    /// Adds a model with the schedules that its spec asks for. `None` where the key is taken. A deleted key may be
    /// used again; its old versions stay and belong to it.
    async fn add_model(
        &self,
        workspace: &WorkspaceId,
        spec: &ModelSpec,
        schedules: &[Schedule],
        event: &NewEvent,
    ) -> Result<Option<Model>, StoreError>;
    /// Replaces a model's spec and the schedules that it asks for, and counts its revision. A schedule stays paused,
    /// and keeps its next moment where its times stay. `None` where there is no such model.
    async fn change_model(
        &self,
        workspace: &WorkspaceId,
        spec: &ModelSpec,
        schedules: &[Schedule],
        event: &NewEvent,
    ) -> Result<Option<Model>, StoreError>;
    /// Models by key.
    async fn models(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Model>, StoreError>;
    /// One model.
    async fn model(&self, workspace: &WorkspaceId, key: &ModelKey) -> Result<Option<Model>, StoreError>;
    /// Hides a model, ends its deployment and drops its schedules; versions and decisions stay.
    async fn delete_model(
        &self,
        workspace: &WorkspaceId,
        key: &ModelKey,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
}

/// All that the end of a training writes, in one transaction: the version, the decision about it, the
/// deployment where it is to serve, the job's end, and the events.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedTraining {
    /// The job's lease; nothing is written where it was lost.
    pub lease: JobLease,
    /// The version, its state already set (`Deployed` where `serve`).
    pub version: ModelVersion,
    /// The decision about it.
    pub decision: Decision,
    /// Whether it serves from now on. Where another version came to serve since the decision was taken, it
    /// is stored as `Trained` instead and the decision as `Kept`.
    pub serve: bool,
    /// What answers beside the champion from now on: where the version serves the former champion, else the version
    /// itself as a challenger. Where another one is tried already it is not, and the decision becomes `Kept`.
    pub arm: Option<Arm>,
    /// The job's result.
    pub result: serde_json::Value,
    /// What is told.
    pub events: Vec<NewEvent>,
}

/// All that an import writes, in one transaction: the version, the decision that it waits for a person, the event.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedVersion {
    /// The version, `Trained` and of no job.
    pub version: ModelVersion,
    /// The decision about it.
    pub decision: Decision,
    /// What is told.
    pub event: NewEvent,
}

/// How a switch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchAnswer {
    /// Done.
    Done(Deployment),
    /// No such model or version.
    Missing,
    /// The version's state forbids it.
    NotServable(VersionState),
    /// Another version serves than the decision was taken against.
    Superseded(Option<VersionId>),
}

/// A serving version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Champion {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The model.
    pub model: ModelKey,
    /// The version.
    pub version: VersionId,
    /// The deployment's generation.
    pub generation: u64,
}

/// Versions, deployments and decisions.
#[async_trait]
pub trait Versions: Send + Sync {
    /// Ends a training. False where the job's lease was lost: nothing was written.
    async fn finish_training(&self, finished: &FinishedTraining) -> Result<bool, StoreError>;
    /// Adds an imported version. False where the model was deleted: nothing was written.
    async fn add_imported(&self, imported: &ImportedVersion) -> Result<bool, StoreError>;
    /// A model's versions, newest first.
    async fn versions(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        page: &PageQuery,
    ) -> Result<Page<ModelVersion>, StoreError>;
    /// One version, by id or alias.
    async fn version(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        id_or_alias: &str,
    ) -> Result<Option<ModelVersion>, StoreError>;
    /// Keeps a decision that changes nothing.
    async fn record(
        &self,
        workspace: &WorkspaceId,
        decision: &Decision,
        event: &NewEvent,
    ) -> Result<(), StoreError>;
    /// Puts a version to serve.
    async fn switch(&self, switch: &Switch) -> Result<SwitchAnswer, StoreError>;
    /// A model's deployments, newest first.
    async fn deployments(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        page: &PageQuery,
    ) -> Result<Page<Deployment>, StoreError>;
    /// A model's decisions, newest first.
    async fn decisions(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        page: &PageQuery,
    ) -> Result<Page<Decision>, StoreError>;
    /// Every serving version of every workspace: what a server keeps in memory.
    async fn champions(&self) -> Result<Vec<Champion>, StoreError>;
}
