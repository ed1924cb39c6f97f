//! Reports on drift.

use super::{cursor, events::tell, jobs, json};
use crate::db::{Db, Row, Value, args};
use async_trait::async_trait;
use jiff::civil::Date;
use vakhta_domain::drift::{DriftReport, Series, Standing};
use vakhta_domain::ids::{DriftReportId, JobId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Drift, Enqueued, NewDriftReport, StoreError};

/// Reports on drift in the database.
pub(crate) struct DriftRows {
    pub(crate) db: Db,
}

const REPORT: &str =
    "workspace, model, version, id, series, from_day, to_day, complete, standing, reason, row_count,
    drifted, confirmed, broken, job, retrain, made_at";

fn report(row: &Row) -> Result<DriftReport, StoreError> {
    let day = |column: &str| row.word(column, |day| day.parse().ok());
    Ok(DriftReport {
        id: DriftReportId::new(row.text("id")?),
        workspace: WorkspaceId::new(row.text("workspace")?),
        model: ModelKey::new(row.text("model")?),
        version: VersionId::new(row.text("version")?),
        series: row.word("series", Series::parse)?,
        from: day("from_day")?,
        to: day("to_day")?,
        complete: row.truth("complete")?,
        standing: row.word("standing", Standing::parse)?,
        reason: row.maybe_text("reason")?,
        rows: row.u64("row_count")?,
        drifted: row.json("drifted")?,
        confirmed: row.json("confirmed")?,
        broken: row.json("broken")?,
        job: JobId::new(row.text("job")?),
        retrain: row.maybe_text("retrain")?.map(JobId::new),
        at: row.time("made_at")?,
    })
}

fn with_detail(row: &Row) -> Result<(DriftReport, String), StoreError> {
    Ok((report(row)?, row.text("detail")?))
}

impl DriftRows {
    /// The newest daily report on a version of which `test` holds.
    async fn newest<T>(
        &self,
        columns: &str,
        test: &str,
        of: (&WorkspaceId, &ModelKey, &VersionId),
        item: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let sql = format!(
            "SELECT {columns} FROM drift_reports
             WHERE workspace = ? AND model = ? AND version = ? AND series = 'daily' AND {test}
             ORDER BY from_day DESC LIMIT 1"
        );
        let values = args![of.0.as_str(), of.1.as_str(), of.2.as_str()];
        self.db.one(&sql, values).await?.as_ref().map(item).transpose()
    }
}

/// The values of a report as it is stored, its training aside.
fn values(new: &NewDriftReport, retrain: Option<&JobId>) -> Result<Vec<Value>, StoreError> {
    let made = &new.report;
    Ok(args![
        made.workspace.as_str(),
        made.model.as_str(),
        made.version.as_str(),
        made.slot(),
        made.id.as_str(),
        made.series.as_str(),
        made.from.to_string(),
        made.to.to_string(),
        made.complete,
        made.standing.as_str(),
        made.reason.as_deref(),
        made.rows,
        json("drift report", &made.drifted)?,
        json("drift report", &made.confirmed)?,
        json("drift report", &made.broken)?,
        made.job.as_str(),
        retrain.map(JobId::as_str),
        made.at,
        new.detail.as_str(),
    ])
}

#[async_trait]
impl Drift for DriftRows {
    async fn put_drift_report(
        &self,
        new: &NewDriftReport,
    ) -> Result<Option<(DriftReport, Option<Enqueued>)>, StoreError> {
        let mut tx = self.db.begin().await?;
        if !jobs::holds(&mut tx, &new.lease).await? {
            return Ok(None);
        }
        let asked = match &new.retrain {
            Some(job) => Some(jobs::enqueue(&mut tx, job).await?),
            None => None,
        };
        // One that is under way may have looked at the reports before this one was there.
        let job = match &asked {
            Some(Enqueued::Queued(job)) => Some(&job.id),
            _ => None,
        };
        let sql = format!(
            "INSERT INTO drift_reports (workspace, model, version, slot, id, series, from_day, to_day, complete, standing,
                reason, row_count, drifted, confirmed, broken, job, retrain, made_at, detail)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (workspace, model, version, slot) DO UPDATE SET to_day = excluded.to_day,
                complete = excluded.complete, standing = excluded.standing, reason = excluded.reason,
                row_count = excluded.row_count, drifted = excluded.drifted, confirmed = excluded.confirmed,
                broken = excluded.broken, job = excluded.job, made_at = excluded.made_at, detail = excluded.detail,
                retrain = COALESCE(excluded.retrain, drift_reports.retrain)
             RETURNING {REPORT}"
        );
        let row = tx.one(&sql, values(new, job)?).await?;
        let stored = row.as_ref().map(report).transpose()?.ok_or_else(|| StoreError::Unreadable {
            what: "drift report",
            reason: "it was not there after it was written".into(),
        })?;
        tell(&mut tx, &new.events).await?;
        tx.save().await?;
        Ok(Some((stored, asked)))
    }

    async fn drift_reports(
        &self,
        workspace: &WorkspaceId,
        model: Option<&ModelKey>,
        from: Date,
        page: &PageQuery,
    ) -> Result<Page<DriftReport>, StoreError> {
        // A place is the last day and the id: digits and dashes, then the rest.
        let after = cursor::after_text("drift_reports", page)?;
        let (day, id) =
            after.as_deref().and_then(|place| place.split_once(' ')).unwrap_or(("9999-99-99", ""));
        let of_model = if model.is_some() { "AND model = ?" } else { "" };
        let sql = format!(
            "SELECT {REPORT} FROM drift_reports
             WHERE workspace = ? AND to_day >= ? AND (to_day < ? OR (to_day = ? AND id > ?)) {of_model}
             ORDER BY to_day DESC, id LIMIT ?"
        );
        let mut values = args![workspace.as_str(), from.to_string(), day, day, id];
        values.extend(model.map(|model| Value::from(model.as_str())));
        values.extend(args![cursor::limit(page) + 1]);
        let rows = self.db.all(&sql, values).await?;
        let place = |row: &Row| Ok(format!("{} {}", row.text("to_day")?, row.text("id")?));
        cursor::page("drift_reports", page, &rows, place, report)
    }

    async fn drift_report(
        &self,
        workspace: &WorkspaceId,
        id: &DriftReportId,
    ) -> Result<Option<(DriftReport, String)>, StoreError> {
        let sql = format!("SELECT {REPORT}, detail FROM drift_reports WHERE workspace = ? AND id = ?");
        let row = self.db.one(&sql, args![workspace.as_str(), id.as_str()]).await?;
        row.as_ref().map(with_detail).transpose()
    }

    async fn last_complete_drift(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &VersionId,
    ) -> Result<Option<(DriftReport, String)>, StoreError> {
        let columns = format!("{REPORT}, detail");
        // A report that found no profile is no place to go on from.
        let test = "complete = 1 AND standing <> 'no_profile'";
        self.newest(&columns, test, (workspace, model, version), with_detail).await
    }

    async fn latest_drift(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &VersionId,
    ) -> Result<Option<DriftReport>, StoreError> {
        let test = "standing NOT IN ('no_profile', 'too_few_rows')";
        self.newest(REPORT, test, (workspace, model, version), report).await
    }

    async fn last_asking_drift(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &VersionId,
    ) -> Result<Option<DriftReport>, StoreError> {
        self.newest(REPORT, "retrain IS NOT NULL", (workspace, model, version), report).await
    }
}
