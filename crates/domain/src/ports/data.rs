//! Datasets, events and remembered answers.

use super::StoreError;
use crate::chain::{Entry, Head, Link};
use crate::dataset::{Dataset, DatasetVersion, ObjectRef, TableFacts};
use crate::event::{Event, NewEvent};
use crate::ids::{DatasetKey, DatasetVersionId, UserId, WorkspaceId};
use crate::page::{Page, PageQuery};
use crate::suspicion::DayCount;
use crate::user::Source;
use async_trait::async_trait;
use jiff::Timestamp;

/// A dataset version to be added; the store gives it its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDatasetVersion {
    /// Its identity.
    pub id: DatasetVersionId,
    /// The dataset; made if it is not there, revived if it was deleted.
    pub dataset: DatasetKey,
    /// A new title, where one is given.
    pub title: Option<String>,
    /// Rows kept.
    pub rows: u64,
    /// The Parquet object.
    pub object: ObjectRef,
    /// Columns, profile, how it was read.
    pub table: TableFacts,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Option<UserId>,
}

/// Datasets and their versions.
#[async_trait]
pub trait Datasets: Send + Sync {
    /// Adds a version under the next number of its dataset.
    async fn add_version(
        &self,
        workspace: &WorkspaceId,
        version: NewDatasetVersion,
        event: &NewEvent,
    ) -> Result<DatasetVersion, StoreError>;
    /// Datasets by key.
    async fn datasets(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Dataset>, StoreError>;
    /// One dataset with its newest version.
    async fn dataset(&self, workspace: &WorkspaceId, key: &DatasetKey)
    -> Result<Option<Dataset>, StoreError>;
    /// A dataset's versions, newest first.
    async fn dataset_versions(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
        page: &PageQuery,
    ) -> Result<Page<DatasetVersion>, StoreError>;
    /// One version by number; the newest where none is given.
    async fn dataset_version(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
        number: Option<u32>,
    ) -> Result<Option<DatasetVersion>, StoreError>;
    /// The number of the newest version of every dataset of every workspace: what serving models follow.
    async fn newest_numbers(&self) -> Result<Vec<(WorkspaceId, DatasetKey, u32)>, StoreError>;
    /// Hides a dataset; its versions stay readable for the models that learnt from them.
    async fn delete_dataset(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
}

/// Which events are wanted. `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// The kind, or its first part followed by a dot (`job.`).
    pub kind: Option<String>,
    /// The actor's name.
    pub actor: Option<String>,
    /// The door.
    pub source: Option<Source>,
    /// The address.
    pub ip: Option<String>,
    /// The model concerned.
    pub model: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// The history: append-only.
#[async_trait]
pub trait Events: Send + Sync {
    /// Adds an event that belongs to no other change.
    async fn append(&self, event: &NewEvent) -> Result<(), StoreError>;
    /// Events, newest first.
    async fn events(
        &self,
        workspace: &WorkspaceId,
        filter: &EventFilter,
        page: &PageQuery,
    ) -> Result<Page<Event>, StoreError>;
    /// One event.
    async fn event(&self, workspace: &WorkspaceId, seq: i64) -> Result<Option<Event>, StoreError>;
    /// Events of every workspace after `seq`, with their workspace, oldest first; feeds the live listeners.
    async fn events_after(&self, seq: i64, limit: u32) -> Result<Vec<(WorkspaceId, Event)>, StoreError>;
    /// The newest event's `seq`; 0 where there is none.
    async fn last_seq(&self) -> Result<i64, StoreError>;
    /// How many events each account had on each day (UTC) from a day on, given in days since 1970.
    async fn day_counts(&self, workspace: &WorkspaceId, from_day: i64) -> Result<Vec<DayCount>, StoreError>;
    /// The end of a workspace's chain; the start of one where it has no event yet.
    async fn chain_head(&self, workspace: &WorkspaceId) -> Result<Head, StoreError>;
    /// Events after `seq` as they entered the chain, oldest first, with their places in it; those that are older than
    /// the chain have none.
    async fn chain(
        &self,
        workspace: &WorkspaceId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<(Entry, Option<Link>)>, StoreError>;
}

/// What is known of a request that carries an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Never seen: the caller now owns it and must call `remember` or `forget`.
    Fresh,
    /// Answered before: status and body.
    Answered(u16, Vec<u8>),
    /// The same key came with another request.
    Different,
    /// The first request with it is still being answered.
    InProgress,
}

/// Answers kept for repeated requests.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Looks a key up and takes it if it is free. A key taken more than `stale_before` ago and never
    /// answered is free again.
    async fn take(
        &self,
        workspace: &WorkspaceId,
        key: &str,
        fingerprint: &str,
        at: Timestamp,
        stale_before: Timestamp,
    ) -> Result<Replay, StoreError>;
    /// Keeps the answer.
    async fn remember(
        &self,
        workspace: &WorkspaceId,
        key: &str,
        status: u16,
        body: &[u8],
    ) -> Result<(), StoreError>;
    /// Frees a key whose request failed.
    async fn forget(&self, workspace: &WorkspaceId, key: &str) -> Result<(), StoreError>;
}
