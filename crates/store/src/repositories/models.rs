//! Models: a key and a spec.

use super::{cursor, deployments, events::tell, json, schedules};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::model::Model;
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Models, StoreError};
use vakhta_domain::schedule::Schedule;
use vakhta_domain::spec::ModelSpec;

/// Models in the database.
pub(crate) struct ModelRows {
    pub(crate) db: Db,
}

/// A visible model with the version that serves; a condition and the order follow.
const VISIBLE: &str = "SELECT m.workspace, m.model, m.spec, m.revision, m.created_at, m.updated_at,
        d.version AS champion
    FROM models m
    LEFT JOIN deployments d ON d.workspace = m.workspace AND d.model = m.model AND d.until_at IS NULL
    WHERE m.workspace = ? AND m.deleted_at IS NULL";

fn model(row: &Row) -> Result<Model, StoreError> {
    Ok(Model {
        workspace: WorkspaceId::new(row.text("workspace")?),
        key: ModelKey::new(row.text("model")?),
        spec: row.json("spec")?,
        revision: row.u32("revision")?,
        champion: row.maybe_text("champion")?.map(VersionId::new),
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

async fn read(tx: &mut Tx, workspace: &WorkspaceId, key: &str) -> Result<Option<Model>, StoreError> {
    let row = tx.one(&format!("{VISIBLE} AND m.model = ?"), args![workspace.as_str(), key]).await?;
    row.as_ref().map(model).transpose()
}

#[async_trait]
impl Models for ModelRows {
    async fn add_model(
        &self,
        workspace: &WorkspaceId,
        spec: &ModelSpec,
        schedules: &[Schedule],
        event: &NewEvent,
    ) -> Result<Option<Model>, StoreError> {
        let mut tx = self.db.begin().await?;
        // A deleted model's row is revived: its revision and generation go on, so neither comes twice.
        let added = tx
            .run(
                "INSERT INTO models (workspace, model, spec, revision, generation, created_at, updated_at)
                 VALUES (?, ?, ?, 1, 0, ?, ?)
                 ON CONFLICT (workspace, model) DO UPDATE SET
                    spec = excluded.spec, revision = models.revision + 1, created_at = excluded.created_at,
                    updated_at = excluded.updated_at, deleted_at = NULL
                 WHERE models.deleted_at IS NOT NULL",
                args![
                    workspace.as_str(),
                    spec.model_key.as_str(),
                    json("model spec", spec)?,
                    event.at,
                    event.at
                ],
            )
            .await?;
        if added == 0 {
            return Ok(None);
        }
        schedules::follow_spec(&mut tx, workspace, &spec.model_key, schedules).await?;
        let stored = read(&mut tx, workspace, &spec.model_key).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(stored)
    }

    async fn change_model(
        &self,
        workspace: &WorkspaceId,
        spec: &ModelSpec,
        schedules: &[Schedule],
        event: &NewEvent,
    ) -> Result<Option<Model>, StoreError> {
        let mut tx = self.db.begin().await?;
        let changed = tx
            .run(
                "UPDATE models SET spec = ?, revision = revision + 1, updated_at = ?
                 WHERE workspace = ? AND model = ? AND deleted_at IS NULL",
                args![json("model spec", spec)?, event.at, workspace.as_str(), spec.model_key.as_str()],
            )
            .await?;
        if changed == 0 {
            return Ok(None);
        }
        schedules::follow_spec(&mut tx, workspace, &spec.model_key, schedules).await?;
        let stored = read(&mut tx, workspace, &spec.model_key).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(stored)
    }

    async fn models(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Model>, StoreError> {
        let after = cursor::after_text("models", page)?.unwrap_or_default();
        let sql = format!("{VISIBLE} AND m.model > ? ORDER BY m.model LIMIT ?");
        let rows = self.db.all(&sql, args![workspace.as_str(), after, cursor::limit(page) + 1]).await?;
        cursor::page("models", page, &rows, |row| row.text("model"), model)
    }

    async fn model(&self, workspace: &WorkspaceId, key: &ModelKey) -> Result<Option<Model>, StoreError> {
        let sql = format!("{VISIBLE} AND m.model = ?");
        self.db.one(&sql, args![workspace.as_str(), key.as_str()]).await?.as_ref().map(model).transpose()
    }

    async fn delete_model(
        &self,
        workspace: &WorkspaceId,
        key: &ModelKey,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let hidden = tx
            .run(
                "UPDATE models SET deleted_at = ? WHERE workspace = ? AND model = ? AND deleted_at IS NULL",
                args![event.at, workspace.as_str(), key.as_str()],
            )
            .await?;
        if hidden == 0 {
            return Ok(false);
        }
        deployments::end(&mut tx, workspace, key, event.at).await?;
        schedules::drop_of(&mut tx, workspace, key).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }
}
