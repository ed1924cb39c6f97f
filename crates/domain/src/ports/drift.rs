//! Reports on drift.

use super::{Enqueued, JobLease, StoreError};
use crate::drift::DriftReport;
use crate::event::NewEvent;
use crate::ids::{DriftReportId, ModelKey, VersionId, WorkspaceId};
use crate::job::NewJob;
use crate::page::{Page, PageQuery};
use async_trait::async_trait;
use jiff::civil::Date;

/// A report to be stored, with what it asks for: all of it or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDriftReport {
    /// The lease of the job that made it; nothing is written where it was lost.
    pub lease: JobLease,
    /// The report.
    pub report: DriftReport,
    /// Its columns with all their numbers, as JSON.
    pub detail: String,
    /// The training that it asks for. One that is under way already is none: it may have begun without this report, so
    /// that the next one is to ask again.
    pub retrain: Option<NewJob>,
    /// What is told.
    pub events: Vec<NewEvent>,
}

/// Reports on drift.
#[async_trait]
pub trait Drift: Send + Sync {
    /// Stores a report in its place: one that was there is replaced, its identity and the training that it asked for
    /// stay. The report as stored, and what became of the training; none where the lease was lost.
    async fn put_drift_report(
        &self,
        new: &NewDriftReport,
    ) -> Result<Option<(DriftReport, Option<Enqueued>)>, StoreError>;
    /// Reports whose last day is `from` or later, the newest first; of one model or of all.
    async fn drift_reports(
        &self,
        workspace: &WorkspaceId,
        model: Option<&ModelKey>,
        from: Date,
        page: &PageQuery,
    ) -> Result<Page<DriftReport>, StoreError>;
    /// One report with its columns.
    async fn drift_report(
        &self,
        workspace: &WorkspaceId,
        id: &DriftReportId,
    ) -> Result<Option<(DriftReport, String)>, StoreError>;
    /// The newest complete daily report on a version, with its columns: where the next one goes on.
    async fn last_complete_drift(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &VersionId,
    ) -> Result<Option<(DriftReport, String)>, StoreError>;
    /// The newest daily report on a version that says anything.
    async fn latest_drift(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &VersionId,
    ) -> Result<Option<DriftReport>, StoreError>;
    /// The newest daily report on a version that asked for a training.
    async fn last_asking_drift(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &VersionId,
    ) -> Result<Option<DriftReport>, StoreError>;
}
