//! Sources and their runs. The end of a run is one transaction: version, what was seen, run, job, history.

use super::{cursor, datasets, events::tell, jobs, json, schedules};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{DatasetKey, SourceKey, UserId, WorkspaceId};
use vakhta_domain::job::Outcome;
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{FinishedSync, Sources, StoreError, SyncStored};
use vakhta_domain::schedule::{Schedule, Times};
use vakhta_domain::source::{RunOutcome, Seen, Source, SyncRun};

/// Sources in the database.
pub(crate) struct SourceRows {
    pub(crate) db: Db,
}

const SOURCE: &str =
    "SELECT s.workspace, s.source, s.dataset, s.definition, s.cron, s.timezone, s.revision, s.seen,
        s.created_at, s.created_by, r.run
    FROM sources s
    LEFT JOIN source_runs r ON r.workspace = s.workspace AND r.source = s.source AND r.number = s.last_run
    WHERE s.workspace = ?";

fn source(row: &Row) -> Result<Source, StoreError> {
    Ok(Source {
        workspace: WorkspaceId::new(row.text("workspace")?),
        key: SourceKey::new(row.text("source")?),
        dataset: DatasetKey::new(row.text("dataset")?),
        definition: row.json("definition")?,
        times: Times { cron: row.text("cron")?, timezone: row.text("timezone")? },
        created_at: row.time("created_at")?,
        created_by: row.maybe_text("created_by")?.map(UserId::new),
        revision: row.u32("revision")?,
        last_run: row.maybe_json("run")?,
    })
}

/// What ends a run: the locked row of its source.
struct Held {
    revision: u32,
    last_run: u32,
}

async fn hold(tx: &mut Tx, workspace: &WorkspaceId, key: &SourceKey) -> Result<Option<Held>, StoreError> {
    let sql = "SELECT revision, last_run FROM sources WHERE workspace = ? AND source = ? {for_update}";
    let row = tx.one(sql, args![workspace.as_str(), key.as_str()]).await?;
    row.map(|row| Ok(Held { revision: row.u32("revision")?, last_run: row.u32("last_run")? })).transpose()
}

#[async_trait]
impl Sources for SourceRows {
    async fn add_source(
        &self,
        new: &Source,
        schedule: &Schedule,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let added = tx
            .run(
                "INSERT INTO sources (workspace, source, dataset, definition, cron, timezone, revision, seen, last_run,
                    created_at, created_by)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (workspace, source) DO NOTHING",
                args![
                    new.workspace.as_str(),
                    new.key.as_str(),
                    new.dataset.as_str(),
                    json("source", &new.definition)?,
                    new.times.cron.as_str(),
                    new.times.timezone.as_str(),
                    new.revision,
                    json("state of a source", &Seen::default())?,
                    new.created_at,
                    new.created_by.as_ref().map(UserId::as_str),
                ],
            )
            .await?;
        if added == 0 {
            return Ok(false);
        }
        schedules::follow_source(&mut tx, schedule).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn change_source(
        &self,
        new: &Source,
        schedule: &Schedule,
        anew: bool,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let changed = tx
            .run(
                "UPDATE sources SET dataset = ?, definition = ?, cron = ?, timezone = ?, revision = revision + 1,
                    seen = CASE WHEN ? = 1 THEN ? ELSE seen END
                 WHERE workspace = ? AND source = ?",
                args![
                    new.dataset.as_str(),
                    json("source", &new.definition)?,
                    new.times.cron.as_str(),
                    new.times.timezone.as_str(),
                    anew,
                    json("state of a source", &Seen::default())?,
                    new.workspace.as_str(),
                    new.key.as_str(),
                ],
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        schedules::follow_source(&mut tx, schedule).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn delete_source(
        &self,
        workspace: &WorkspaceId,
        key: &SourceKey,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if hold(&mut tx, workspace, key).await?.is_none() {
            return Ok(false);
        }
        for table in ["schedules", "source_runs", "sources"] {
            let sql = format!("DELETE FROM {table} WHERE workspace = ? AND source = ?");
            tx.run(&sql, args![workspace.as_str(), key.as_str()]).await?;
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn sources(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Source>, StoreError> {
        let after = cursor::after_text("sources", page)?.unwrap_or_default();
        let sql = format!("{SOURCE} AND s.source > ? ORDER BY s.source LIMIT ?");
        let rows = self.db.all(&sql, args![workspace.as_str(), after, cursor::limit(page) + 1]).await?;
        cursor::page("sources", page, &rows, |row| row.text("source"), source)
    }

    async fn source(
        &self,
        workspace: &WorkspaceId,
        key: &SourceKey,
    ) -> Result<Option<(Source, Seen)>, StoreError> {
        let row = self
            .db
            .one(&format!("{SOURCE} AND s.source = ?"), args![workspace.as_str(), key.as_str()])
            .await?;
        row.map(|row| Ok((source(&row)?, row.json("seen")?))).transpose()
    }

    async fn sync_runs(
        &self,
        workspace: &WorkspaceId,
        key: &SourceKey,
        page: &PageQuery,
    ) -> Result<Page<SyncRun>, StoreError> {
        let before = cursor::after_number("sync_runs", page)?.unwrap_or(i64::MAX);
        let sql = "SELECT number, run FROM source_runs WHERE workspace = ? AND source = ? AND number < ?
            ORDER BY number DESC LIMIT ?";
        let values = args![workspace.as_str(), key.as_str(), before, cursor::limit(page) + 1];
        let rows = self.db.all(sql, values).await?;
        let number = |row: &Row| row.int("number").map(|number| number.to_string());
        cursor::page("sync_runs", page, &rows, number, |row| row.json("run"))
    }

    async fn finish_sync(&self, finished: &FinishedSync) -> Result<SyncStored, StoreError> {
        let (workspace, key) = (&finished.workspace, &finished.run.source);
        let mut tx = self.db.begin().await?;
        if !jobs::holds(&mut tx, &finished.lease).await? {
            return Ok(SyncStored::Lost);
        }
        let held = match hold(&mut tx, workspace, key).await? {
            Some(held) if held.revision == finished.revision => held,
            _ => return Ok(SyncStored::Changed),
        };
        let mut run = finished.run.clone();
        run.number = held.last_run + 1;
        if let Some((version, made_from)) = &finished.version {
            if datasets::newest(&mut tx, workspace, &version.dataset).await? != *made_from {
                return Ok(SyncStored::Moved);
            }
            run.version = Some(datasets::insert_version(&mut tx, workspace, version).await?.number);
        }
        let values = args![workspace.as_str(), key.as_str(), run.number, json("run", &run)?];
        tx.run("INSERT INTO source_runs (workspace, source, number, run) VALUES (?, ?, ?, ?)", values)
            .await?;
        let seen = finished.seen.as_ref().map(|seen| json("state of a source", seen)).transpose()?;
        tx.run(
            "UPDATE sources SET last_run = ?, seen = COALESCE(?, seen) WHERE workspace = ? AND source = ?",
            args![run.number, seen, workspace.as_str(), key.as_str()],
        )
        .await?;
        let outcome = match run.outcome {
            RunOutcome::Failed => Outcome::Failed(run.error.clone().unwrap_or_default()),
            _ => Outcome::Completed(serde_json::json!({
                "source": run.source, "run": run.number, "outcome": run.outcome, "version": run.version,
                "rows_in": run.told.rows_in, "added": run.told.added, "changed": run.told.changed,
                "unchanged": run.told.unchanged, "refused": run.told.refused.rows,
            })),
        };
        if !jobs::end(&mut tx, &finished.lease, &outcome, run.finished_at).await? {
            return Ok(SyncStored::Lost);
        }
        tell(&mut tx, &finished.events).await?;
        tx.save().await?;
        Ok(SyncStored::Stored(Box::new(run)))
    }
}
