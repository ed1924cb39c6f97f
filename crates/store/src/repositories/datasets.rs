//! Datasets and their versions.

use super::{cursor, events::tell, json};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use vakhta_domain::dataset::{Dataset, DatasetVersion, ObjectRef};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{DatasetKey, DatasetVersionId, UserId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Datasets, NewDatasetVersion, StoreError};

/// Datasets in the database.
pub(crate) struct DatasetRows {
    pub(crate) db: Db,
}

const VERSION: &str =
    "v.id, v.dataset, v.number, v.row_count, v.sha256, v.bytes, v.facts, v.created_at, v.created_by";

fn version(row: &Row) -> Result<DatasetVersion, StoreError> {
    Ok(DatasetVersion {
        id: DatasetVersionId::new(row.text("id")?),
        dataset: DatasetKey::new(row.text("dataset")?),
        number: row.u32("number")?,
        rows: row.u64("row_count")?,
        object: ObjectRef { sha256: row.text("sha256")?, bytes: row.u64("bytes")? },
        table: row.json("facts")?,
        created_at: row.time("created_at")?,
        created_by: row.maybe_text("created_by")?.map(UserId::new),
    })
}

/// A visible dataset with its newest version; a condition on `d` and the order follow.
const DATASET: &str = "d.workspace AS d_workspace, d.title AS d_title, d.created_at AS d_created_at";
const FROM_VISIBLE: &str = "FROM datasets d
    JOIN dataset_versions v ON v.workspace = d.workspace AND v.dataset = d.dataset AND v.number = d.last_number
    WHERE d.workspace = ? AND d.deleted_at IS NULL";

fn dataset(row: &Row) -> Result<Dataset, StoreError> {
    let latest = version(row)?;
    Ok(Dataset {
        workspace: WorkspaceId::new(row.text("d_workspace")?),
        key: latest.dataset.clone(),
        title: row.text("d_title")?,
        created_at: row.time("d_created_at")?,
        latest,
    })
}

/// The number of a visible dataset's newest version; its row stays locked until the transaction ends.
pub(super) async fn newest(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    key: &DatasetKey,
) -> Result<Option<u32>, StoreError> {
    let sql = "SELECT last_number FROM datasets WHERE workspace = ? AND dataset = ? AND deleted_at IS NULL {for_update}";
    let row = tx.one(sql, args![workspace.as_str(), key.as_str()]).await?;
    row.map(|row| row.u32("last_number")).transpose()
}

/// Adds a version under the next number of its dataset.
pub(super) async fn insert_version(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    new: &NewDatasetVersion,
) -> Result<DatasetVersion, StoreError> {
    // The dataset's row is locked from here on, so numbers follow each other without gaps.
    let title = new.title.as_deref();
    let counted = tx
        .one(
            "INSERT INTO datasets (workspace, dataset, title, last_number, created_at) VALUES (?, ?, ?, 1, ?)
             ON CONFLICT (workspace, dataset) DO UPDATE SET
                title = CASE WHEN ? = 1 THEN excluded.title ELSE datasets.title END,
                last_number = datasets.last_number + 1,
                deleted_at = NULL
             RETURNING last_number",
            args![
                workspace.as_str(),
                new.dataset.as_str(),
                title.unwrap_or(new.dataset.as_str()),
                new.at,
                title.is_some(),
            ],
        )
        .await?
        .ok_or_else(|| StoreError::Unreadable { what: "dataset", reason: "it was not returned".into() })?;
    let number = counted.u32("last_number")?;
    let sql = format!(
        "INSERT INTO dataset_versions (id, workspace, dataset, number, row_count, sha256, bytes, facts,
            created_at, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING {}",
        VERSION.replace("v.", "")
    );
    let row = tx
        .one(
            &sql,
            args![
                new.id.as_str(),
                workspace.as_str(),
                new.dataset.as_str(),
                number,
                new.rows,
                new.object.sha256.as_str(),
                new.object.bytes,
                json("table description", &new.table)?,
                new.at,
                new.by.as_ref().map(UserId::as_str),
            ],
        )
        .await?
        .ok_or_else(|| StoreError::Unreadable { what: "dataset", reason: "it was not returned".into() })?;
    version(&row)
}

#[async_trait]
impl Datasets for DatasetRows {
    async fn add_version(
        &self,
        workspace: &WorkspaceId,
        new: NewDatasetVersion,
        event: &NewEvent,
    ) -> Result<DatasetVersion, StoreError> {
        let mut tx = self.db.begin().await?;
        let stored = insert_version(&mut tx, workspace, &new).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(stored)
    }

    async fn datasets(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Dataset>, StoreError> {
        let after = cursor::after_text("datasets", page)?.unwrap_or_default();
        let sql = format!(
            "SELECT {DATASET}, {VERSION} {FROM_VISIBLE} AND d.dataset > ? ORDER BY d.dataset LIMIT ?"
        );
        let rows = self.db.all(&sql, args![workspace.as_str(), after, cursor::limit(page) + 1]).await?;
        cursor::page("datasets", page, &rows, |row| row.text("dataset"), dataset)
    }

    async fn dataset(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
    ) -> Result<Option<Dataset>, StoreError> {
        let sql = format!("SELECT {DATASET}, {VERSION} {FROM_VISIBLE} AND d.dataset = ?");
        self.db.one(&sql, args![workspace.as_str(), key.as_str()]).await?.as_ref().map(dataset).transpose()
    }

    async fn dataset_versions(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
        page: &PageQuery,
    ) -> Result<Page<DatasetVersion>, StoreError> {
        let before = cursor::after_number("dataset_versions", page)?.unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT {VERSION} FROM dataset_versions v WHERE v.workspace = ? AND v.dataset = ? AND v.number < ?
             ORDER BY v.number DESC LIMIT ?"
        );
        let rows = self
            .db
            .all(&sql, args![workspace.as_str(), key.as_str(), before, cursor::limit(page) + 1])
            .await?;
        let number = |row: &Row| row.int("number").map(|number| number.to_string());
        cursor::page("dataset_versions", page, &rows, number, version)
    }

    async fn dataset_version(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
        number: Option<u32>,
    ) -> Result<Option<DatasetVersion>, StoreError> {
        // A hidden dataset has no newest version; its numbered ones stay readable.
        let Some(number) = number else {
            return Ok(self.dataset(workspace, key).await?.map(|dataset| dataset.latest));
        };
        let sql = format!(
            "SELECT {VERSION} FROM dataset_versions v WHERE v.workspace = ? AND v.dataset = ? AND v.number = ?"
        );
        let row = self.db.one(&sql, args![workspace.as_str(), key.as_str(), number]).await?;
        row.as_ref().map(version).transpose()
    }

    async fn newest_numbers(&self) -> Result<Vec<(WorkspaceId, DatasetKey, u32)>, StoreError> {
        let sql = "SELECT workspace, dataset, last_number FROM datasets WHERE deleted_at IS NULL";
        let rows = self.db.all(sql, args![]).await?;
        let newest = |row: &Row| {
            let dataset = DatasetKey::new(row.text("dataset")?);
            Ok((WorkspaceId::new(row.text("workspace")?), dataset, row.u32("last_number")?))
        };
        rows.iter().map(newest).collect()
    }

    async fn delete_dataset(
        &self,
        workspace: &WorkspaceId,
        key: &DatasetKey,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let hidden = tx
            .run(
                "UPDATE datasets SET deleted_at = ? WHERE workspace = ? AND dataset = ? AND deleted_at IS NULL",
                args![event.at, workspace.as_str(), key.as_str()],
            )
            .await?;
        if hidden == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }
}
