//! Which version serves. Everything here happens inside a caller's transaction that holds the model's row,
//! so that two switches of one model never overlap.

use super::arms;
use crate::db::{Db, Row, Tx, args};
use jiff::Timestamp;
use vakhta_domain::deployment::Deployment;
use vakhta_domain::ids::{DecisionId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::{Champion, StoreError};

pub(super) const DEPLOYMENT: &str = "model, generation, version, since_at, until_at, decision";

pub(super) fn deployment(row: &Row) -> Result<Deployment, StoreError> {
    Ok(Deployment {
        model: ModelKey::new(row.text("model")?),
        version: VersionId::new(row.text("version")?),
        since: row.time("since_at")?,
        until: row.maybe_time("until_at")?,
        decision: DecisionId::new(row.text("decision")?),
        generation: row.u64("generation")?,
    })
}

/// A model's row, locked until the transaction ends.
pub(super) struct Held {
    /// Whether it was deleted.
    pub(super) deleted: bool,
    /// The version that serves.
    pub(super) champion: Option<VersionId>,
}

/// Locks a model's row. `None` where there never was such a model.
pub(super) async fn hold(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &ModelKey,
) -> Result<Option<Held>, StoreError> {
    let row = tx
        .one(
            "SELECT deleted_at FROM models WHERE workspace = ? AND model = ? {for_update}",
            args![workspace.as_str(), model.as_str()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let open = tx
        .one(
            "SELECT version FROM deployments WHERE workspace = ? AND model = ? AND until_at IS NULL",
            args![workspace.as_str(), model.as_str()],
        )
        .await?;
    let champion = open.map(|row| row.text("version")).transpose()?.map(VersionId::new);
    Ok(Some(Held { deleted: row.maybe_int("deleted_at")?.is_some(), champion }))
}

/// Ends the open deployment, if there is one, and what answers beside it; its version is archived.
pub(super) async fn end(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &ModelKey,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE deployments SET until_at = ? WHERE workspace = ? AND model = ? AND until_at IS NULL",
        args![at, workspace.as_str(), model.as_str()],
    )
    .await?;
    arms::end_all(tx, workspace, model).await?;
    tx.run(
        "UPDATE versions SET state = 'archived' WHERE workspace = ? AND model = ? AND state = 'deployed'",
        args![workspace.as_str(), model.as_str()],
    )
    .await?;
    Ok(())
}

/// Puts a stored version to serve in place of the one that does.
pub(crate) async fn begin(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &ModelKey,
    version: &VersionId,
    decision: &DecisionId,
    at: Timestamp,
) -> Result<Deployment, StoreError> {
    end(tx, workspace, model, at).await?;
    tx.run(
        "UPDATE versions SET state = 'deployed' WHERE workspace = ? AND model = ? AND id = ?",
        args![workspace.as_str(), model.as_str(), version.as_str()],
    )
    .await?;
    let missing =
        || StoreError::Unreadable { what: "deployment", reason: format!("model `{model}` is gone") };
    let generation = tx
        .one(
            "UPDATE models SET generation = generation + 1 WHERE workspace = ? AND model = ? RETURNING generation",
            args![workspace.as_str(), model.as_str()],
        )
        .await?
        .ok_or_else(missing)?
        .u64("generation")?;
    let row = tx
        .one(
            &format!(
                "INSERT INTO deployments (workspace, model, generation, version, since_at, decision)
                 VALUES (?, ?, ?, ?, ?, ?) RETURNING {DEPLOYMENT}"
            ),
            args![workspace.as_str(), model.as_str(), generation, version.as_str(), at, decision.as_str()],
        )
        .await?
        .ok_or_else(missing)?;
    deployment(&row)
}

/// Every serving version of every workspace.
pub(super) async fn champions(db: &Db) -> Result<Vec<Champion>, StoreError> {
    let rows = db
        .all(
            "SELECT workspace, model, version, generation FROM deployments WHERE until_at IS NULL
             ORDER BY workspace, model",
            args![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Champion {
                workspace: WorkspaceId::new(row.text("workspace")?),
                model: ModelKey::new(row.text("model")?),
                version: VersionId::new(row.text("version")?),
                generation: row.u64("generation")?,
            })
        })
        .collect()
}
