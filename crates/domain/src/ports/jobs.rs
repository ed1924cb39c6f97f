//! The queue. Leases with heartbeats; an attempt number fences off a worker that was thought dead.

use super::StoreError;
use crate::event::NewEvent;
use crate::ids::{JobId, ModelKey, WorkerId, WorkspaceId};
use crate::job::{Job, JobKind, JobLogLine, JobState, JobTally, NewJob, Orphan, Outcome};
use crate::page::{Page, PageQuery};
use crate::user::Source;
use async_trait::async_trait;
use jiff::Timestamp;

/// How a request for a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// It waits in the queue.
    Queued(Box<Job>),
    /// One with the same single-flight key is queued or running.
    Busy(JobId),
}

/// The right to work on one attempt of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLease {
    /// The job.
    pub job: JobId,
    /// The attempt; every write is refused once the stored one differs or the job no longer runs.
    pub attempt: u32,
}

/// What a heartbeat learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// Go on.
    Continue,
    /// Somebody asked to stop.
    Cancel,
    /// The lease is another's by now: drop everything, write nothing.
    Lost,
}

/// How a request to cancel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelAnswer {
    /// No such job.
    Missing,
    /// It had ended before.
    Ended(JobState),
    /// It was queued and is cancelled now.
    Cancelled,
    /// It runs and was asked to stop.
    Requested,
}

/// Which jobs are wanted. `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// The kind.
    pub kind: Option<JobKind>,
    /// The state.
    pub state: Option<JobState>,
    /// The model.
    pub model: Option<ModelKey>,
    /// Who asked for it, by name.
    pub owner: Option<String>,
    /// The door that he came through.
    pub source: Option<Source>,
    /// Asked for then or later.
    pub since: Option<Timestamp>,
    /// Asked for before.
    pub until: Option<Timestamp>,
}

/// The queue.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Queues a job unless one with its single-flight key is active.
    async fn enqueue(&self, job: &NewJob, event: &NewEvent) -> Result<Enqueued, StoreError>;
    /// Takes the oldest queued job of one of `kinds` that does not wait for its next attempt, counts the attempt and sets the lease.
    async fn claim(
        &self,
        worker: &WorkerId,
        kinds: &[JobKind],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Job>, StoreError>;
    /// Renews the lease and stores where the work is.
    async fn beat(
        &self,
        lease: &JobLease,
        lease_until: Timestamp,
        stage: Option<&str>,
        progress_ppm: u32,
    ) -> Result<Beat, StoreError>;
    /// Adds lines to the log.
    async fn log(&self, lease: &JobLease, lines: &[(Timestamp, String)]) -> Result<(), StoreError>;
    /// Ends the job. False where the lease was lost.
    async fn finish(
        &self,
        lease: &JobLease,
        outcome: &Outcome,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Gives the job back to the queue as if this attempt had not been, for an orderly shutdown.
    async fn release(&self, lease: &JobLease) -> Result<bool, StoreError>;
    /// Asks a job to stop; a queued one is cancelled at once.
    async fn cancel(
        &self,
        workspace: &WorkspaceId,
        job: &JobId,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<CancelAnswer, StoreError>;
    /// Running jobs whose lease ran out before `now`.
    async fn orphans(&self, now: Timestamp) -> Result<Vec<Job>, StoreError>;
    /// Settles an orphan, unless somebody else did. `reason` becomes its error where it fails.
    async fn settle(
        &self,
        lease: &JobLease,
        what: Orphan,
        reason: &str,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Jobs, newest first.
    async fn jobs(
        &self,
        workspace: &WorkspaceId,
        filter: &JobFilter,
        page: &PageQuery,
    ) -> Result<Page<Job>, StoreError>;
    /// One job.
    async fn job(&self, workspace: &WorkspaceId, id: &JobId) -> Result<Option<Job>, StoreError>;
    /// The job of a single flight that waits or runs.
    async fn under_way(&self, workspace: &WorkspaceId, flight: &str) -> Result<Option<JobId>, StoreError>;
    /// How many jobs of each kind are in each state, in every workspace together: figures of the whole server.
    async fn tally(&self) -> Result<Vec<JobTally>, StoreError>;
    /// Log lines after line `after`, oldest first.
    async fn job_log(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<JobLogLine>, StoreError>;
}
