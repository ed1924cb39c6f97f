//! Schedules. A firing compares the moment that it was decided for with the stored one, so that of many processes one
//! fires.

use super::{cursor, events::tell, jobs::enqueue};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use jiff::Timestamp;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{JobId, ModelKey, ScheduleId, SourceKey, UserId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Enqueued, Schedules, StoreError};
use vakhta_domain::schedule::{Fired, Firing, Origin, Schedule, ScheduledTask, Subject, Times};

/// Schedules in the database.
pub(crate) struct ScheduleRows {
    pub(crate) db: Db,
}

/// Schedules that one look finds due; the next look finds the others.
const DUE_AT_ONCE: u32 = 100;

const SCHEDULE: &str =
    "workspace, id, task, model, source, cron, timezone, origin, paused, next_at, last_due_at, last_at, last_job,
    last_joined, created_at, created_by";

fn schedule(row: &Row) -> Result<Schedule, StoreError> {
    let last = match row.maybe_time("last_at")? {
        None => None,
        Some(at) => Some(Fired {
            due_at: row.time("last_due_at")?,
            at,
            job: JobId::new(row.text("last_job")?),
            joined: row.truth("last_joined")?,
        }),
    };
    Ok(Schedule {
        workspace: WorkspaceId::new(row.text("workspace")?),
        id: ScheduleId::new(row.text("id")?),
        task: row.word("task", ScheduledTask::parse)?,
        subject: subject(row)?,
        times: Times { cron: row.text("cron")?, timezone: row.text("timezone")? },
        origin: row.word("origin", Origin::parse)?,
        paused: row.truth("paused")?,
        next_at: row.time("next_at")?,
        last,
        created_at: row.time("created_at")?,
        created_by: row.maybe_text("created_by")?.map(UserId::new),
    })
}

fn subject(row: &Row) -> Result<Subject, StoreError> {
    Ok(match row.maybe_text("model")? {
        Some(model) => Subject::Model(ModelKey::new(model)),
        None => Subject::Source(SourceKey::new(row.text("source")?)),
    })
}

/// Adds a schedule unless its id is taken or what it is about is not there.
async fn insert(tx: &mut Tx, new: &Schedule) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO schedules (workspace, id, task, model, source, cron, timezone, origin, paused, next_at,
            created_at, created_by)
         SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
         WHERE EXISTS (SELECT 1 FROM models WHERE workspace = ? AND model = ? AND deleted_at IS NULL)
            OR EXISTS (SELECT 1 FROM sources WHERE workspace = ? AND source = ?)
         ON CONFLICT (workspace, id) DO NOTHING";
    let model = new.subject.model().map(ModelKey::as_str);
    let source = new.subject.source().map(SourceKey::as_str);
    let values = args![
        new.workspace.as_str(),
        new.id.as_str(),
        new.task.as_str(),
        model,
        source,
        new.times.cron.as_str(),
        new.times.timezone.as_str(),
        new.origin.as_str(),
        new.paused,
        new.next_at,
        new.created_at,
        new.created_by.as_ref().map(UserId::as_str),
        new.workspace.as_str(),
        model,
        new.workspace.as_str(),
        source,
    ];
    Ok(tx.run(sql, values).await? > 0)
}

/// Makes a model's schedules those that its spec asks for now. Those of people stay.
pub(super) async fn follow_spec(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &str,
    wanted: &[Schedule],
) -> Result<(), StoreError> {
    let sql = "SELECT id FROM schedules WHERE workspace = ? AND model = ? AND origin = 'spec' ORDER BY id {for_update}";
    for row in tx.all(sql, args![workspace.as_str(), model]).await? {
        let id = row.text("id")?;
        if !wanted.iter().any(|new| new.id.as_str() == id) {
            let gone = "DELETE FROM schedules WHERE workspace = ? AND id = ?";
            tx.run(gone, args![workspace.as_str(), id]).await?;
        }
    }
    for new in wanted {
        write(tx, new).await?;
    }
    Ok(())
}

/// Adds a schedule that follows what it is about, or gives it other times: a pause stays.
async fn write(tx: &mut Tx, new: &Schedule) -> Result<(), StoreError> {
    if insert(tx, new).await? {
        return Ok(());
    }
    let (cron, timezone) = (new.times.cron.as_str(), new.times.timezone.as_str());
    tx.run(
        "UPDATE schedules SET cron = ?, timezone = ?, next_at = ?
         WHERE workspace = ? AND id = ? AND (cron <> ? OR timezone <> ?)",
        args![cron, timezone, new.next_at, new.workspace.as_str(), new.id.as_str(), cron, timezone],
    )
    .await?;
    Ok(())
}

/// Makes a source's schedule the one that its definition asks for now.
pub(super) async fn follow_source(tx: &mut Tx, wanted: &Schedule) -> Result<(), StoreError> {
    write(tx, wanted).await
}

/// Drops every schedule of a model.
pub(super) async fn drop_of(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &ModelKey,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM schedules WHERE workspace = ? AND model = ?";
    tx.run(sql, args![workspace.as_str(), model.as_str()]).await?;
    Ok(())
}

#[async_trait]
impl Schedules for ScheduleRows {
    async fn add_schedule(&self, new: &Schedule, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !insert(&mut tx, new).await? {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn change_schedule(&self, new: &Schedule, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let changed = tx
            .run(
                "UPDATE schedules SET cron = ?, timezone = ?, paused = ?, next_at = ? WHERE workspace = ? AND id = ?",
                args![
                    new.times.cron.as_str(),
                    new.times.timezone.as_str(),
                    new.paused,
                    new.next_at,
                    new.workspace.as_str(),
                    new.id.as_str(),
                ],
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn delete_schedule(
        &self,
        workspace: &WorkspaceId,
        id: &ScheduleId,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "DELETE FROM schedules WHERE workspace = ? AND id = ?";
        if tx.run(sql, args![workspace.as_str(), id.as_str()]).await? == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn schedules(
        &self,
        workspace: &WorkspaceId,
        page: &PageQuery,
    ) -> Result<Page<Schedule>, StoreError> {
        let after = cursor::after_text("schedules", page)?.unwrap_or_default();
        let sql =
            format!("SELECT {SCHEDULE} FROM schedules WHERE workspace = ? AND id > ? ORDER BY id LIMIT ?");
        let rows = self.db.all(&sql, args![workspace.as_str(), after, cursor::limit(page) + 1]).await?;
        cursor::page("schedules", page, &rows, |row| row.text("id"), schedule)
    }

    async fn schedule(
        &self,
        workspace: &WorkspaceId,
        id: &ScheduleId,
    ) -> Result<Option<Schedule>, StoreError> {
        let sql = format!("SELECT {SCHEDULE} FROM schedules WHERE workspace = ? AND id = ?");
        self.db.one(&sql, args![workspace.as_str(), id.as_str()]).await?.as_ref().map(schedule).transpose()
    }

    async fn due_schedules(&self, now: Timestamp) -> Result<Vec<Schedule>, StoreError> {
        let sql = format!(
            "SELECT {SCHEDULE} FROM schedules WHERE paused = 0 AND next_at <= ? ORDER BY next_at, workspace, id LIMIT ?"
        );
        self.db.all(&sql, args![now, DUE_AT_ONCE]).await?.iter().map(schedule).collect()
    }

    async fn fire(&self, firing: &Firing) -> Result<Option<Enqueued>, StoreError> {
        let seen = &firing.schedule;
        let whose = (seen.workspace.as_str(), seen.id.as_str());
        let mut tx = self.db.begin().await?;
        let ours = tx
            .run(
                "UPDATE schedules SET next_at = ?, last_due_at = ?, last_at = ?, last_job = ?, last_joined = 0
                 WHERE workspace = ? AND id = ? AND paused = 0 AND next_at = ?",
                args![
                    firing.next_at,
                    seen.next_at,
                    firing.at,
                    firing.job.id.as_str(),
                    whose.0,
                    whose.1,
                    seen.next_at
                ],
            )
            .await?;
        if ours == 0 {
            return Ok(None);
        }
        let enqueued = enqueue(&mut tx, &firing.job).await?;
        if let Enqueued::Busy(active) = &enqueued {
            let sql = "UPDATE schedules SET last_job = ?, last_joined = 1 WHERE workspace = ? AND id = ?";
            tx.run(sql, args![active.as_str(), whose.0, whose.1]).await?;
        }
        tell(&mut tx, std::slice::from_ref(&firing.event)).await?;
        tx.save().await?;
        Ok(Some(enqueued))
    }
}
