//! What a run of a source did, in numbers.

use crate::dataset::Refused;
use crate::ids::{JobId, SourceKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// A new version of the dataset.
    Loaded,
    /// Nothing was new: no new version.
    Unchanged,
    /// It failed: the dataset is as it was.
    Failed,
}

/// Rows and files of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Files, answers or queries that were there.
    pub files_seen: u64,
    /// Those that were new or changed, and read.
    pub files_read: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Rows in them that parse.
    pub rows_in: u64,
    /// Rows that the dataset did not have.
    pub added: u64,
    /// Rows that it had with other values: corrected.
    pub changed: u64,
    /// Rows that it had as they are, or that came again in the same run.
    pub unchanged: u64,
    /// Rows left out, and why.
    pub refused: Refused,
    /// How often the source had to be asked; 1 where it answered at once.
    pub tries: u32,
    /// The newest value of the time column in the dataset afterwards.
    pub newest: Option<String>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRun {
    /// 1, 2, 3 … within the source; given by the store.
    pub number: u32,
    /// The source.
    pub source: SourceKey,
    /// The job that ran it.
    pub job: JobId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How.
    pub outcome: RunOutcome,
    /// The number of the dataset's new version.
    pub version: Option<u32>,
    /// Rows and files.
    pub told: Told,
    /// Why it failed.
    pub error: Option<String>,
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFile {
    /// Bytes.
    pub size: u64,
    /// When it was changed, or its `ETag`; whatever the place says changes with its content.
    pub mark: String,
    /// SHA-256 of its content, hex.
    pub sha256: String,
}

/// Waits between tries, seconds.
const WAITS: [u64; 3] = [1, 5, 20];

/// Seconds to wait after the try of that number (from 1) before the next one; none where it was the last.
pub fn passing_wait(tries: u32) -> Option<u64> {
    WAITS.get(tries.checked_sub(1)? as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_end() {
        let waits: Vec<_> = (0..6).map(passing_wait).collect();
        assert_eq!(waits, [None, Some(1), Some(5), Some(20), None, None]);
    }
}
