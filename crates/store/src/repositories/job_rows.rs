//! How a job and its log are read from rows.

use crate::db::{Db, Row, Tx, args};
use vakhta_domain::ids::{JobId, ModelKey, WorkerId, WorkspaceId};
use vakhta_domain::job::{Job, JobKind, JobLogLine, JobState};
use vakhta_domain::ports::{JobLease, StoreError};

pub(super) const JOB: &str =
    "id, number, kind, model, payload, state, stage, progress_ppm, attempt, worker, lease_until,
    cancel_requested, limit_seconds, owner, created_at, started_at, finished_at, result, error, retry_of";

pub(super) fn job(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: JobId::new(row.text("id")?),
        kind: row.word("kind", JobKind::parse)?,
        model: row.maybe_text("model")?.map(ModelKey::new),
        payload: row.json("payload")?,
        state: row.word("state", JobState::parse)?,
        stage: row.maybe_text("stage")?,
        progress_ppm: row.u32("progress_ppm")?,
        attempt: row.u32("attempt")?,
        worker: row.maybe_text("worker")?.map(WorkerId::new),
        lease_until: row.maybe_time("lease_until")?,
        cancel_requested: row.truth("cancel_requested")?,
        limit_seconds: row.u32("limit_seconds")?,
        owner: row.json("owner")?,
        created_at: row.time("created_at")?,
        started_at: row.maybe_time("started_at")?,
        finished_at: row.maybe_time("finished_at")?,
        result: row.maybe_json("result")?,
        error: row.maybe_text("error")?,
        retry_of: row.maybe_text("retry_of")?.map(JobId::new),
    })
}

/// Adds lines to a running job's log under the lease. False where the lease was lost: nothing was written.
pub(super) async fn write_log(
    tx: &mut Tx,
    lease: &JobLease,
    lines: &[(jiff::Timestamp, String)],
) -> Result<bool, StoreError> {
    let row = tx
        .one(
            "UPDATE jobs SET log_lines = log_lines + ? WHERE id = ? AND attempt = ? AND state = 'running'
             RETURNING log_lines, workspace",
            args![lines.len() as u64, lease.job.as_str(), lease.attempt],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let (last, workspace) = (row.u64("log_lines")?, row.text("workspace")?);
    for (line, (at, text)) in (last - lines.len() as u64 + 1..).zip(lines) {
        tx.run(
            "INSERT INTO job_log (job, line, workspace, written_at, body) VALUES (?, ?, ?, ?, ?)",
            args![lease.job.as_str(), line, workspace.as_str(), *at, text.as_str()],
        )
        .await?;
    }
    Ok(true)
}

pub(super) async fn read_log(
    db: &Db,
    workspace: &WorkspaceId,
    id: &JobId,
    after: u64,
    limit: u32,
) -> Result<Vec<JobLogLine>, StoreError> {
    let rows = db
        .all(
            "SELECT line, written_at, body FROM job_log WHERE workspace = ? AND job = ? AND line > ?
             ORDER BY line LIMIT ?",
            args![workspace.as_str(), id.as_str(), after, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(JobLogLine { line: row.u64("line")?, at: row.time("written_at")?, text: row.text("body")? })
        })
        .collect()
}
