//! The queue. Every write by a worker names its attempt, so that one that was thought dead changes nothing.

use super::events::{reserve, tell};
use super::job_rows::{JOB, job, read_log, write_log};
use super::{cursor, json};
use crate::db::{Db, Tx, Value, args};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{JobId, ModelKey, UserId, WorkerId, WorkspaceId};
use vakhta_domain::job::{Job, JobKind, JobLogLine, JobState, JobTally, NewJob, Orphan, Outcome};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Beat, CancelAnswer, Enqueued, JobFilter, JobLease, Jobs, StoreError};
use vakhta_domain::user::Source;

/// Jobs in the database.
pub(crate) struct JobRows {
    pub(crate) db: Db,
}

/// `column IN (?, ?)` for the kinds, and the values.
fn of_kinds(kinds: &[JobKind]) -> (String, Vec<Value>) {
    let marks = vec!["?"; kinds.len()].join(", ");
    (format!("kind IN ({marks})"), kinds.iter().map(|kind| Value::from(kind.as_str())).collect())
}

const UNDER_WAY: &str =
    "SELECT id FROM jobs WHERE workspace = ? AND single_flight = ? AND state IN ('queued', 'running')";

/// Queues a job unless one with its single-flight key is active.
pub(super) async fn enqueue(tx: &mut Tx, new: &NewJob) -> Result<Enqueued, StoreError> {
    let number = reserve(tx, "job", 1).await?;
    let workspace = new.owner.workspace.as_str();
    let insert = format!(
        "INSERT INTO jobs (id, workspace, number, kind, model, payload, single_flight, state, progress_ppm,
            attempt, cancel_requested, limit_seconds, owner, owner_user, owner_name, source, retry_of, log_lines,
            created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, 0, ?, ?, ?, ?, ?, ?, 0, ?)
         ON CONFLICT (workspace, single_flight) WHERE state IN ('queued', 'running') DO NOTHING
         RETURNING {JOB}"
    );
    loop {
        let values = args![
            new.id.as_str(),
            workspace,
            number,
            new.kind.as_str(),
            new.model.as_ref().map(ModelKey::as_str),
            json("job payload", &new.payload)?,
            new.single_flight.as_deref(),
            new.limit_seconds,
            json("job owner", &new.owner)?,
            new.owner.user.as_ref().map(UserId::as_str),
            new.owner.name.as_str(),
            new.owner.source.as_str(),
            new.retry_of.as_ref().map(JobId::as_str),
            new.at,
        ];
        if let Some(row) = tx.one(&insert, values).await? {
            return Ok(Enqueued::Queued(Box::new(job(&row)?)));
        }
        let active = tx.one(UNDER_WAY, args![workspace, new.single_flight.as_deref()]).await?;
        // None: the other one ended between the two statements, so there is room now.
        if let Some(row) = active {
            return Ok(Enqueued::Busy(JobId::new(row.text("id")?)));
        }
    }
}

/// Whether a worker still holds a job; its row stays locked until the transaction ends.
pub(super) async fn holds(tx: &mut Tx, lease: &JobLease) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM jobs WHERE id = ? AND attempt = ? AND state = 'running' {for_update}";
    Ok(tx.one(sql, args![lease.job.as_str(), lease.attempt]).await?.is_some())
}

/// Ends a job. False where the lease was lost.
pub(super) async fn end(
    tx: &mut Tx,
    lease: &JobLease,
    outcome: &Outcome,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let (result, error) = match outcome {
        Outcome::Completed(result) => (Some(json("job result", result)?), None),
        Outcome::Failed(error) => (None, Some(error.as_str())),
        Outcome::Cancelled => (None, None),
    };
    let ended = tx
        .run(
            "UPDATE jobs SET state = ?, result = ?, error = ?, finished_at = ?, lease_until = NULL,
                progress_ppm = CASE WHEN ? = 1 THEN 1000000 ELSE progress_ppm END
             WHERE id = ? AND attempt = ? AND state = 'running'",
            args![
                outcome.state().as_str(),
                result,
                error,
                at,
                outcome.state() == JobState::Completed,
                lease.job.as_str(),
                lease.attempt,
            ],
        )
        .await?;
    Ok(ended > 0)
}

#[async_trait]
impl Jobs for JobRows {
    async fn enqueue(&self, new: &NewJob, event: &NewEvent) -> Result<Enqueued, StoreError> {
        let mut tx = self.db.begin().await?;
        let enqueued = enqueue(&mut tx, new).await?;
        if let Enqueued::Queued(_) = &enqueued {
            tell(&mut tx, std::slice::from_ref(event)).await?;
            tx.save().await?;
        }
        Ok(enqueued)
    }

    async fn claim(
        &self,
        worker: &WorkerId,
        kinds: &[JobKind],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Job>, StoreError> {
        if kinds.is_empty() {
            return Ok(None);
        }
        let (of_kinds, kind_values) = of_kinds(kinds);
        // Workers ask again and again; an empty queue must not cost a write lock each time.
        let ready = "state = 'queued' AND (not_before IS NULL OR not_before <= ?)";
        let look = format!("SELECT id FROM jobs WHERE {ready} AND {of_kinds} LIMIT 1");
        let mut wanted = args![now];
        wanted.extend(kind_values);
        if self.db.one(&look, wanted.clone()).await?.is_none() {
            return Ok(None);
        }
        let take = format!(
            "UPDATE jobs SET state = 'running', attempt = attempt + 1, worker = ?, lease_until = ?, started_at = ?,
                stage = NULL, progress_ppm = 0
             WHERE state = 'queued' AND id = (
                SELECT id FROM jobs WHERE {ready} AND {of_kinds} ORDER BY number LIMIT 1 {{skip_locked}})
             RETURNING {JOB}"
        );
        let mut values = args![worker.as_str(), lease_until, now];
        values.extend(wanted);
        let mut tx = self.db.begin().await?;
        let taken = tx.one(&take, values).await?.as_ref().map(job).transpose()?;
        tx.save().await?;
        Ok(taken)
    }

    async fn beat(
        &self,
        lease: &JobLease,
        lease_until: Timestamp,
        stage: Option<&str>,
        progress_ppm: u32,
    ) -> Result<Beat, StoreError> {
        let mut tx = self.db.begin().await?;
        let row = tx
            .one(
                "UPDATE jobs SET lease_until = ?, stage = COALESCE(?, stage), progress_ppm = ?
                 WHERE id = ? AND attempt = ? AND state = 'running' RETURNING cancel_requested",
                args![lease_until, stage, progress_ppm.min(1_000_000), lease.job.as_str(), lease.attempt],
            )
            .await?;
        tx.save().await?;
        Ok(match row {
            None => Beat::Lost,
            Some(row) if row.truth("cancel_requested")? => Beat::Cancel,
            Some(_) => Beat::Continue,
        })
    }

    async fn log(&self, lease: &JobLease, lines: &[(Timestamp, String)]) -> Result<(), StoreError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        write_log(&mut tx, lease, lines).await?;
        tx.save().await
    }

    async fn finish(
        &self,
        lease: &JobLease,
        outcome: &Outcome,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !end(&mut tx, lease, outcome, at).await? {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn release(&self, lease: &JobLease) -> Result<bool, StoreError> {
        let released = self
            .db
            .run(
                "UPDATE jobs SET state = 'queued', attempt = attempt - 1, worker = NULL, lease_until = NULL,
                    started_at = NULL, stage = NULL, progress_ppm = 0
                 WHERE id = ? AND attempt = ? AND state = 'running'",
                args![lease.job.as_str(), lease.attempt],
            )
            .await?;
        Ok(released > 0)
    }

    async fn cancel(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<CancelAnswer, StoreError> {
        let mut tx = self.db.begin().await?;
        let row = tx
            .one(
                "SELECT state, cancel_requested FROM jobs WHERE workspace = ? AND id = ? {for_update}",
                args![workspace.as_str(), id.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(CancelAnswer::Missing) };
        let answer = match row.word("state", JobState::parse)? {
            JobState::Queued => {
                tx.run(
                    "UPDATE jobs SET state = 'cancelled', cancel_requested = 1, finished_at = ? WHERE id = ?",
                    args![at, id.as_str()],
                )
                .await?;
                CancelAnswer::Cancelled
            }
            // Asked before: nothing changes, and the history is not told twice.
            JobState::Running if row.truth("cancel_requested")? => return Ok(CancelAnswer::Requested),
            JobState::Running => {
                tx.run("UPDATE jobs SET cancel_requested = 1 WHERE id = ?", args![id.as_str()]).await?;
                CancelAnswer::Requested
            }
            ended => return Ok(CancelAnswer::Ended(ended)),
        };
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(answer)
    }

    async fn orphans(&self, now: Timestamp) -> Result<Vec<Job>, StoreError> {
        let sql =
            format!("SELECT {JOB} FROM jobs WHERE state = 'running' AND lease_until < ? ORDER BY number");
        self.db.all(&sql, args![now]).await?.iter().map(job).collect()
    }

    async fn settle(
        &self,
        lease: &JobLease,
        what: Orphan,
        reason: &str,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        // The lease is looked at again: its worker may have been slow and not dead.
        let orphaned = "id = ? AND attempt = ? AND state = 'running' AND lease_until < ?";
        let whose = args![lease.job.as_str(), lease.attempt, at];
        let (change, mut values) = match what {
            Orphan::Requeue(seconds) => (
                "state = 'queued', worker = NULL, lease_until = NULL, started_at = NULL, stage = NULL, progress_ppm = 0,
                    not_before = ?",
                args![at + SignedDuration::from_secs(i64::from(seconds))],
            ),
            Orphan::Fail => {
                ("state = 'failed', lease_until = NULL, finished_at = ?, error = ?", args![at, reason])
            }
            Orphan::Cancel => ("state = 'cancelled', lease_until = NULL, finished_at = ?", args![at]),
        };
        values.extend(whose);
        let mut tx = self.db.begin().await?;
        if tx.run(&format!("UPDATE jobs SET {change} WHERE {orphaned}"), values).await? == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn jobs(
        &self,
        workspace: &WorkspaceId,
        filter: &JobFilter,
        page: &PageQuery,
    ) -> Result<Page<Job>, StoreError> {
        let before = cursor::after_number("jobs", page)?.unwrap_or(i64::MAX);
        let mut sql = format!("SELECT {JOB} FROM jobs WHERE workspace = ? AND number < ?");
        let mut values = args![workspace.as_str(), before];
        let wanted = [
            (" AND kind = ?", filter.kind.map(JobKind::as_str)),
            (" AND state = ?", filter.state.map(JobState::as_str)),
            (" AND model = ?", filter.model.as_ref().map(ModelKey::as_str)),
            (" AND owner_name = ?", filter.owner.as_deref()),
            (" AND source = ?", filter.source.map(Source::as_str)),
        ];
        for (condition, value) in wanted {
            if let Some(value) = value {
                sql.push_str(condition);
                values.push(Value::from(value));
            }
        }
        for (condition, at) in [(" AND created_at >= ?", filter.since), (" AND created_at < ?", filter.until)]
        {
            if let Some(at) = at {
                sql.push_str(condition);
                values.push(Value::from(at));
            }
        }
        sql.push_str(" ORDER BY number DESC LIMIT ?");
        values.push(Value::from(cursor::limit(page) + 1));
        let rows = self.db.all(&sql, values).await?;
        cursor::page("jobs", page, &rows, |row| row.int("number").map(|number| number.to_string()), job)
    }

    async fn job(&self, workspace: &WorkspaceId, id: &JobId) -> Result<Option<Job>, StoreError> {
        let sql = format!("SELECT {JOB} FROM jobs WHERE workspace = ? AND id = ?");
        self.db.one(&sql, args![workspace.as_str(), id.as_str()]).await?.as_ref().map(job).transpose()
    }

    async fn under_way(&self, workspace: &WorkspaceId, flight: &str) -> Result<Option<JobId>, StoreError> {
        let row = self.db.one(UNDER_WAY, args![workspace.as_str(), flight]).await?;
        row.map(|row| Ok(JobId::new(row.text("id")?))).transpose()
    }

    async fn tally(&self) -> Result<Vec<JobTally>, StoreError> {
        let sql =
            "SELECT kind, state, COUNT(*) AS jobs, MIN(created_at) AS oldest, MIN(lease_until) AS first_lease
             FROM jobs GROUP BY kind, state ORDER BY kind, state";
        let tally = |row: &crate::db::Row| {
            Ok(JobTally {
                kind: row.word("kind", JobKind::parse)?,
                state: row.word("state", JobState::parse)?,
                count: row.u64("jobs")?,
                oldest: row.time("oldest")?,
                first_lease: row.maybe_time("first_lease")?,
            })
        };
        self.db.all(sql, args![]).await?.iter().map(tally).collect()
    }

    async fn job_log(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<JobLogLine>, StoreError> {
        read_log(&self.db, workspace, id, after, limit).await
    }
}
