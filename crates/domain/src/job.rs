//! Work that outlives a request: its states and how it moves between them.

use crate::ids::{JobId, ModelKey, WorkerId, WorkspaceId};
use crate::user::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Trains a model version.
    Train,
    /// Predicts many records.
    Predict,
    /// Asks whether a model is to be trained again, and trains it where it is.
    Retrain,
    /// Reads a source into its dataset.
    Sync,
    /// Takes in what was answered and what turned out to be true, and computes daily metrics.
    Metrics,
    /// Asks whether what a model sees still comes from what it was trained on.
    Drift,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Train, Self::Predict, Self::Retrain, Self::Sync, Self::Metrics, Self::Drift];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Predict => "predict",
            Self::Retrain => "retrain",
            Self::Sync => "sync",
            Self::Metrics => "metrics",
            Self::Drift => "drift",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Done, with a result.
    Completed,
    /// Ended with an error.
    Failed,
    /// Stopped on request.
    Cancelled,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Completed, Self::Failed, Self::Cancelled];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Whether it will change no more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// A job as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its identity.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// The model that it is about.
    pub model: Option<ModelKey>,
    /// What it was asked to do; the kind says the shape.
    pub payload: serde_json::Value,
    /// Where it stands.
    pub state: JobState,
    /// The stage that its work is in, e.g. `folds`.
    pub stage: Option<String>,
    /// Share of the work done, in millionths (0 to 1,000,000).
    pub progress_ppm: u32,
    /// How often it was started.
    pub attempt: u32,
    /// Who holds its lease.
    pub worker: Option<WorkerId>,
    /// When the lease runs out unless renewed.
    pub lease_until: Option<Timestamp>,
    /// Set when somebody asked it to stop.
    pub cancel_requested: bool,
    /// Longest time that one attempt may run.
    pub limit_seconds: u32,
    /// Who asked for it.
    pub owner: Actor,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it reached a final state.
    pub finished_at: Option<Timestamp>,
    /// What it made; the kind says the shape.
    pub result: Option<serde_json::Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// The job that it tries once more, where somebody asked for that.
    pub retry_of: Option<JobId>,
}

/// How many jobs of one kind are in one state, in every workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTally {
    /// The kind.
    pub kind: JobKind,
    /// The state.
    pub state: JobState,
    /// How many.
    pub count: u64,
    /// When the oldest of them was asked for.
    pub oldest: Timestamp,
    /// When the first of their leases runs out, where they have any.
    pub first_lease: Option<Timestamp>,
}

impl Job {
    /// The workspace it belongs to.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.owner.workspace
    }

    /// The seconds left, judged by the share done so far; none before 2% or after the end.
    pub fn eta_seconds(&self, now: Timestamp) -> Option<u64> {
        let started = self.started_at.filter(|_| self.state == JobState::Running)?;
        if self.progress_ppm < 20_000 {
            return None;
        }
        let spent = (now.as_millisecond() - started.as_millisecond()).max(0) as f64 / 1000.0;
        let done = f64::from(self.progress_ppm) / 1e6;
        Some((spent * (1.0 - done) / done).round() as u64)
    }
}

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its identity.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// The model that it is about.
    pub model: Option<ModelKey>,
    /// What is asked.
    pub payload: serde_json::Value,
    /// At most one job with this key is queued or running in a workspace.
    pub single_flight: Option<String>,
    /// Longest time that one attempt may run.
    pub limit_seconds: u32,
    /// Who asks.
    pub owner: Actor,
    /// When.
    pub at: Timestamp,
    /// The job that it tries once more.
    pub retry_of: Option<JobId>,
}

/// How a job whose process died is tried again by itself: a job that kills its process must not do so for ever.
/// A job that ended with an error is not: it would end so again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often it may be started.
    pub attempts: u32,
    /// Seconds that it waits before the second attempt and before each later one. A first death tells nothing of the
    /// job, so it goes on at once; after a second one it may be the job's doing, and others go first.
    pub pauses: [u32; 2],
}

impl JobKind {
    /// How jobs of this kind are tried again: the one table.
    pub fn retry_policy(self) -> RetryPolicy {
        match self {
            // Somebody waits for these, and they are done in seconds.
            Self::Predict => RetryPolicy { attempts: 2, pauses: [0, 0] },
            Self::Sync => RetryPolicy { attempts: 3, pauses: [5, 60] },
            Self::Train | Self::Retrain | Self::Metrics | Self::Drift => {
                RetryPolicy { attempts: 3, pauses: [0, 30] }
            }
        }
    }
}

/// What becomes of a job whose worker is gone (lease run out).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orphan {
    /// Back to the queue, not to be taken for so many seconds.
    Requeue(u32),
    /// Given up.
    Fail,
    /// Somebody had asked it to stop.
    Cancel,
}

/// Decides about an orphan.
pub fn adopt(kind: JobKind, attempt: u32, cancel_requested: bool) -> Orphan {
    let policy = kind.retry_policy();
    if cancel_requested {
        Orphan::Cancel
    } else if attempt >= policy.attempts {
        Orphan::Fail
    } else {
        Orphan::Requeue(policy.pauses[usize::from(attempt > 1)])
    }
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With a result.
    Completed(serde_json::Value),
    /// With an error.
    Failed(String),
    /// On request.
    Cancelled,
}

impl Outcome {
    /// The state that it leads to.
    pub fn state(&self) -> JobState {
        match self {
            Self::Completed(_) => JobState::Completed,
            Self::Failed(_) => JobState::Failed,
            Self::Cancelled => JobState::Cancelled,
        }
    }
}

/// A line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLogLine {
    /// 1, 2, 3 … within the job.
    pub line: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orphans_never_stay_running() {
        assert_eq!(adopt(JobKind::Train, 1, false), Orphan::Requeue(0));
        assert_eq!(adopt(JobKind::Train, 2, false), Orphan::Requeue(30));
        assert_eq!(adopt(JobKind::Sync, 1, false), Orphan::Requeue(5));
        assert_eq!(adopt(JobKind::Predict, 2, false), Orphan::Fail);
        for kind in JobKind::ALL {
            assert_eq!(adopt(kind, kind.retry_policy().attempts, false), Orphan::Fail);
            assert_eq!(adopt(kind, 1, true), Orphan::Cancel);
        }
    }

    #[test]
    fn words_and_states_agree() {
        for state in JobState::ALL {
            assert_eq!(JobState::parse(state.as_str()), Some(state));
        }
        for kind in JobKind::ALL {
            assert_eq!(JobKind::parse(kind.as_str()), Some(kind));
        }
    }
}
