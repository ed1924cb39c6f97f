//! Actuals, the logged answers that wait for them, and the daily rows made of both.

use super::StoreError;
use crate::actual::{ActualVersion, NewActuals, TakenActuals};
use crate::daily::{DailyRow, DueDay, LoggedAnswer, Paired, Scope};
use crate::event::NewEvent;
use crate::ids::{DatasetVersionId, ModelKey, WorkspaceId};
use async_trait::async_trait;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How far a segment of the prediction log is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMark {
    /// The segment.
    pub segment: String,
    /// Records of the model in it that were taken in before.
    pub from: u64,
    /// Records taken in afterwards.
    pub to: u64,
}

/// A part of the prediction log, to be taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPiece {
    /// Which part; each segment once. None where answers are given of which the marks will come with a later piece.
    pub marks: Vec<LogMark>,
    /// What counts in it: of answers of one key and version the one that outranks the others is enough.
    pub answers: Vec<LoggedAnswer>,
}

/// Where reading the answers of a day goes on: after this key and version.
pub type AfterAnswer = (String, String);

/// Actuals and what is measured with them. All that concerns one model is written one after the other.
#[async_trait]
pub trait Actuals: Send + Sync {
    /// Takes actuals in: what is new is added, what says something else replaces the earlier word, which is kept; what
    /// says the same changes nothing. The days of logged answers that it concerns become due. `event` is told, with
    /// the counts, where anything changed. None where the model is not there.
    async fn take_actuals(
        &self,
        new: &NewActuals,
        event: &NewEvent,
    ) -> Result<Option<TakenActuals>, StoreError>;
    /// Every word about a key, the newest first.
    async fn actual_versions(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        key: &str,
    ) -> Result<Vec<ActualVersion>, StoreError>;
    /// What is held to be true of a model's keys, the last word each, by key from after `after` on, at most `limit`.
    async fn known_actuals(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, ActualVersion)>, StoreError>;
    /// The version of the model's dataset whose rows were taken as actuals last.
    async fn dataset_taken(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<Option<DatasetVersionId>, StoreError>;
    /// How many records of each segment of the prediction log were taken in.
    async fn log_taken(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<BTreeMap<String, u64>, StoreError>;
    /// Takes a piece of the log in; its days become due. False where another process has taken a part of it, or the
    /// model is not there: nothing was written.
    async fn take_log(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        piece: &LogPiece,
    ) -> Result<bool, StoreError>;
    /// Days whose rows are to be computed, earliest first.
    async fn due_days(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<DueDay>, StoreError>;
    /// Makes every day that has answers due; how many there are.
    async fn all_due(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<u64, StoreError>;
    /// Answers of a day by key and version, with their actuals, at most `limit`.
    async fn paired(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        day: Date,
        after: Option<&AfterAnswer>,
        limit: u32,
    ) -> Result<Vec<Paired>, StoreError>;
    /// Replaces the rows of a day. False where it became due again since, or another process was first: nothing was
    /// written.
    async fn put_day(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        due: DueDay,
        rows: &[DailyRow],
    ) -> Result<bool, StoreError>;
    /// Daily rows from a day on, by day, version, role, segment and bucket.
    async fn daily_rows(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        scope: Scope,
        from: Date,
    ) -> Result<Vec<DailyRow>, StoreError>;
}
