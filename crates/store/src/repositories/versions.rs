//! Versions, and the two transactions that change which one serves.

use super::arms;
use super::deployments::{self, DEPLOYMENT, Held, deployment, hold};
use super::version_rows::{DECISION, VERSION, add_decision, add_version, decision, version};
use super::{cursor, events::tell, job_rows::write_log, json};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::deployment::{Deployment, Switch};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Champion, FinishedTraining, ImportedVersion, StoreError, SwitchAnswer, Versions};
use vakhta_domain::trial::Arm;
use vakhta_domain::version::{ModelVersion, VersionState};

/// Versions, deployments and decisions in the database.
pub(crate) struct VersionRows {
    pub(crate) db: Db,
}

impl VersionRows {
    /// A page of one model's rows, newest first by the column `order`.
    async fn newest_first<T>(
        &self,
        table: &str,
        columns: &str,
        order: &str,
        scope: (&WorkspaceId, &ModelKey),
        page: &PageQuery,
        item: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let before = cursor::after_number(table, page)?.unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT {columns}, {order} AS place FROM {table} WHERE workspace = ? AND model = ? AND {order} < ?
             ORDER BY {order} DESC LIMIT ?"
        );
        let values = args![scope.0.as_str(), scope.1.as_str(), before, cursor::limit(page) + 1];
        let rows = self.db.all(&sql, values).await?;
        cursor::page(table, page, &rows, |row| row.int("place").map(|place| place.to_string()), item)
    }
}

/// Ends the training's job as completed. False where the lease was lost.
async fn end_job(tx: &mut Tx, finished: &FinishedTraining) -> Result<bool, StoreError> {
    let ended = tx
        .run(
            "UPDATE jobs SET state = 'completed', result = ?, finished_at = ?, lease_until = NULL,
                stage = NULL, progress_ppm = 1000000
             WHERE id = ? AND attempt = ? AND state = 'running'",
            args![
                json("job result", &finished.result)?,
                finished.decision.at,
                finished.lease.job.as_str(),
                finished.lease.attempt
            ],
        )
        .await?;
    Ok(ended > 0)
}

/// The version as it will be stored: without an alias that another version of the model has. The training
/// is not lost for a name; the job's log says what happened.
async fn with_free_alias(tx: &mut Tx, finished: &FinishedTraining) -> Result<ModelVersion, StoreError> {
    let mut new = finished.version.clone();
    let Some(alias) = new.alias.take() else { return Ok(new) };
    let taken = tx
        .one(
            "SELECT id FROM versions WHERE workspace = ? AND model = ? AND (alias = ? OR id = ?)",
            args![new.workspace.as_str(), new.model.as_str(), alias.as_str(), alias.as_str()],
        )
        .await?;
    match taken {
        None => new.alias = Some(alias),
        Some(row) => {
            let line = format!("alias `{alias}` belongs to {}, this version has none", row.text("id")?);
            write_log(tx, &finished.lease, &[(finished.decision.at, line)]).await?;
        }
    }
    Ok(new)
}

/// Why a freshly trained version cannot be tried beside the champion.
async fn hinders(tx: &mut Tx, held: &Held, wanted: &Arm) -> Result<Option<String>, StoreError> {
    if held.deleted || held.champion.as_ref() != Some(&wanted.against) {
        return Ok(Some("another version came to serve meanwhile".into()));
    }
    let tried = arms::of_part(tx, &wanted.workspace, &wanted.model, wanted.part).await?;
    Ok(tried.map(|tried| format!("{} is tried already", tried.version)))
}

#[async_trait]
impl Versions for VersionRows {
    async fn finish_training(&self, finished: &FinishedTraining) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let (workspace, model) = (&finished.version.workspace, &finished.version.model);
        // The log may be written while the job runs only, so the alias is settled before the job ends. On
        // PostgreSQL both lock the job's row before the model's, as everybody does.
        let lease = tx
            .one(
                "SELECT id FROM jobs WHERE id = ? AND attempt = ? AND state = 'running' {for_update}",
                args![finished.lease.job.as_str(), finished.lease.attempt],
            )
            .await?;
        if lease.is_none() {
            return Ok(false);
        }
        let Some(held) = hold(&mut tx, workspace, model).await? else {
            let reason = format!("there is no model `{model}` to add it to");
            return Err(StoreError::Unreadable { what: "version", reason });
        };
        let mut new = with_free_alias(&mut tx, finished).await?;
        if !end_job(&mut tx, finished).await? {
            return Ok(false);
        }
        let mut decision = finished.decision.clone();
        let mut events = finished.events.clone();
        let serve = finished.serve && !held.deleted && held.champion == decision.previous;
        if finished.serve && !serve {
            new.state = VersionState::Trained;
            decision.kind = DecisionKind::Kept;
            decision.reason = match (&held.champion, held.deleted) {
                (_, true) => format!("{}; but the model was deleted meanwhile", decision.reason),
                (Some(now), _) => format!("{}; but {now} came to serve meanwhile", decision.reason),
                (None, _) => format!("{}; but the serving version was withdrawn meanwhile", decision.reason),
            };
            decision.previous.clone_from(&held.champion);
            // It did not come to serve, so nobody is told that it did.
            events.retain(|event| event.kind != "version.deployed");
        }
        add_version(&mut tx, &new).await?;
        let mut arm = finished.arm.as_ref().filter(|_| serve || !finished.serve);
        if let (Some(wanted), false) = (arm, serve)
            && let Some(why) = hinders(&mut tx, &held, wanted).await?
        {
            decision.kind = DecisionKind::Kept;
            decision.reason = format!("{}; but {why}", decision.reason);
            events.retain(|event| event.kind != "challenger.began");
            arm = None;
        }
        add_decision(&mut tx, workspace, &decision).await?;
        if serve {
            deployments::begin(&mut tx, workspace, model, &new.id, &decision.id, decision.at).await?;
        }
        if let Some(arm) = arm {
            arms::add(&mut tx, arm).await?;
        }
        tell(&mut tx, &events).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn add_imported(&self, imported: &ImportedVersion) -> Result<bool, StoreError> {
        let (version, decision) = (&imported.version, &imported.decision);
        let mut tx = self.db.begin().await?;
        match hold(&mut tx, &version.workspace, &version.model).await? {
            Some(held) if !held.deleted => {}
            _ => return Ok(false),
        }
        add_version(&mut tx, version).await?;
        add_decision(&mut tx, &version.workspace, decision).await?;
        tell(&mut tx, std::slice::from_ref(&imported.event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn versions(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        page: &PageQuery,
    ) -> Result<Page<ModelVersion>, StoreError> {
        self.newest_first("versions", VERSION, "number", (workspace, model), page, version).await
    }

    async fn version(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        id_or_alias: &str,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let sql = format!(
            "SELECT {VERSION} FROM versions WHERE workspace = ? AND model = ? AND (id = ? OR alias = ?)
             ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END LIMIT 1"
        );
        let values = args![workspace.as_str(), model.as_str(), id_or_alias, id_or_alias, id_or_alias];
        self.db.one(&sql, values).await?.as_ref().map(version).transpose()
    }

    async fn record(
        &self,
        workspace: &WorkspaceId,
        decision: &Decision,
        event: &NewEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        // The model's row is held, so that decisions are numbered without gaps.
        hold(&mut tx, workspace, &decision.model).await?;
        add_decision(&mut tx, workspace, decision).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await
    }

    async fn switch(&self, switch: &Switch) -> Result<SwitchAnswer, StoreError> {
        let (workspace, decision) = (&switch.workspace, &switch.decision);
        let mut tx = self.db.begin().await?;
        let held = match hold(&mut tx, workspace, &decision.model).await? {
            Some(held) if !held.deleted => held,
            _ => return Ok(SwitchAnswer::Missing),
        };
        let row = tx
            .one(
                "SELECT state FROM versions WHERE workspace = ? AND model = ? AND id = ?",
                args![workspace.as_str(), decision.model.as_str(), decision.version.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(SwitchAnswer::Missing) };
        let state = row.word("state", |word| VersionState::ALL.into_iter().find(|s| s.as_str() == word))?;
        if !state.is_servable() {
            return Ok(SwitchAnswer::NotServable(state));
        }
        if held.champion != decision.previous {
            return Ok(SwitchAnswer::Superseded(held.champion));
        }
        add_decision(&mut tx, workspace, decision).await?;
        let done = deployments::begin(
            &mut tx,
            workspace,
            &decision.model,
            &decision.version,
            &decision.id,
            decision.at,
        )
        .await?;
        if let Some(arm) = &switch.arm {
            arms::add(&mut tx, arm).await?;
        }
        tell(&mut tx, std::slice::from_ref(&switch.event)).await?;
        tx.save().await?;
        Ok(SwitchAnswer::Done(done))
    }

    async fn deployments(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        page: &PageQuery,
    ) -> Result<Page<Deployment>, StoreError> {
        self.newest_first("deployments", DEPLOYMENT, "generation", (workspace, model), page, deployment).await
    }

    async fn decisions(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        page: &PageQuery,
    ) -> Result<Page<Decision>, StoreError> {
        self.newest_first("decisions", DECISION, "number", (workspace, model), page, decision).await
    }

    async fn champions(&self) -> Result<Vec<Champion>, StoreError> {
        deployments::champions(&self.db).await
    }
}
