//! Sources, and what is read from outside by them.

use super::{JobLease, NewDatasetVersion, StoreError};
use crate::dataset::FileFormat;
use crate::event::NewEvent;
use crate::ids::{SourceKey, WorkspaceId};
use crate::page::{Page, PageQuery};
use crate::progress::Progress;
use crate::schedule::Schedule;
use crate::source::{Place, Seen, Source, SyncRun};
use async_trait::async_trait;
use std::path::{Path, PathBuf};

/// The end of a run, to be stored in one transaction: the dataset's new version, what was seen, the run, the job's end.
#[derive(Debug, Clone)]
pub struct FinishedSync {
    /// The lease of the job.
    pub lease: JobLease,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The definition that the run began under.
    pub revision: u32,
    /// The run; its number and its version are given by the store.
    pub run: SyncRun,
    /// What was seen; as it was where the run failed.
    pub seen: Option<Seen>,
    /// The new version, and the number of the one that it was made from (none where there was no dataset).
    pub version: Option<(NewDatasetVersion, Option<u32>)>,
    /// What is told.
    pub events: Vec<NewEvent>,
}

/// How the end of a run was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStored {
    /// Stored.
    Stored(Box<SyncRun>),
    /// The lease was lost: nothing was written.
    Lost,
    /// The dataset has another newest version by now: nothing was written.
    Moved,
    /// The source was changed or deleted meanwhile: nothing was written.
    Changed,
}

/// Sources and their runs.
#[async_trait]
pub trait Sources: Send + Sync {
    /// Adds a source with its schedule. False where its key is taken.
    async fn add_source(
        &self,
        source: &Source,
        schedule: &Schedule,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Writes another definition, and forgets what was seen where `anew`. False where there is none.
    async fn change_source(
        &self,
        source: &Source,
        schedule: &Schedule,
        anew: bool,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Removes a source, its schedule and its runs. The dataset stays.
    async fn delete_source(
        &self,
        workspace: &WorkspaceId,
        key: &SourceKey,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Sources by key.
    async fn sources(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Source>, StoreError>;
    /// One source, and what it showed the last time.
    async fn source(
        &self,
        workspace: &WorkspaceId,
        key: &SourceKey,
    ) -> Result<Option<(Source, Seen)>, StoreError>;
    /// A source's runs, newest first.
    async fn sync_runs(
        &self,
        workspace: &WorkspaceId,
        key: &SourceKey,
        page: &PageQuery,
    ) -> Result<Page<SyncRun>, StoreError>;
    /// Stores the end of a run.
    async fn finish_sync(&self, finished: &FinishedSync) -> Result<SyncStored, StoreError>;
}

/// Why nothing could be read. The text holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It may go better in a moment.
    #[error("{0}")]
    Passing(String),
    /// It will not go better by itself.
    #[error("{0}")]
    Lasting(String),
    /// Somebody asked to stop.
    #[error("it was stopped")]
    Stopped,
}

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its name at the source, for people.
    pub name: String,
    /// Where it lies now.
    pub path: PathBuf,
    /// Its format, where the place knows it.
    pub format: Option<FileFormat>,
}

/// What a look at a source brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// What is new, oldest first: of the same row the last one counts.
    pub files: Vec<Fetched>,
    /// What is to be remembered once these were stored.
    pub seen: Seen,
    /// Files, answers or queries that were there.
    pub files_seen: u64,
    /// Bytes fetched.
    pub bytes: u64,
}

/// Reads from outside.
#[async_trait]
pub trait Feeds: Send + Sync {
    /// Whether the server may read such a place at all; sends nothing.
    fn check(&self, place: &Place) -> Result<(), FeedError>;
    /// Fetches into `folder` what is new since `seen`. The files there are the caller's.
    async fn fetch(
        &self,
        place: &Place,
        seen: &Seen,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Feed, FeedError>;
}
