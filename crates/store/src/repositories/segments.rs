//! Which parts of the prediction log lie in the object store.

use crate::db::{Db, Row, args};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::ports::StoreError;

/// Sealed segments in the database.
#[derive(Clone)]
pub(crate) struct SegmentRows {
    pub(crate) db: Db,
}

/// A segment that was stored as an object.
#[derive(Debug)]
pub(crate) struct SealedSegment {
    pub(crate) id: String,
    pub(crate) object: ObjectRef,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// Records of each workspace's models.
    pub(crate) parts: BTreeMap<(String, String), u64>,
}

/// What one sealed segment holds for one model.
#[derive(Debug)]
pub(crate) struct SealedPart {
    pub(crate) segment: String,
    pub(crate) object: ObjectRef,
    pub(crate) records: u64,
    /// The moments of the first and the last record of the whole segment.
    pub(crate) span: (Timestamp, Timestamp),
}

impl SegmentRows {
    /// Notes a sealed segment; noting it twice changes nothing.
    pub(crate) async fn add(&self, sealed: &SealedSegment, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let records: u64 = sealed.parts.values().sum();
        let added = tx
            .run(
                "INSERT INTO prediction_segments (id, sha256, bytes, records, from_at, to_at, sealed_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                args![
                    sealed.id.as_str(),
                    sealed.object.sha256.as_str(),
                    sealed.object.bytes,
                    records,
                    sealed.from,
                    sealed.to,
                    at
                ],
            )
            .await?;
        if added == 0 {
            return Ok(());
        }
        for ((workspace, model), records) in &sealed.parts {
            tx.run(
                "INSERT INTO prediction_segment_parts (workspace, model, segment, records) VALUES (?, ?, ?, ?)",
                args![workspace.as_str(), model.as_str(), sealed.id.as_str(), *records],
            )
            .await?;
        }
        tx.save().await
    }

    /// Those of `ids` that are sealed.
    pub(crate) async fn known(&self, ids: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let mut known = BTreeSet::new();
        for id in ids {
            let row =
                self.db.one("SELECT id FROM prediction_segments WHERE id = ?", args![id.as_str()]).await?;
            if row.is_some() {
                known.insert(id.clone());
            }
        }
        Ok(known)
    }

    /// The id of the newest sealed segment.
    pub(crate) async fn newest(&self) -> Result<Option<String>, StoreError> {
        let row = self.db.one("SELECT MAX(id) AS id FROM prediction_segments", args![]).await?;
        row.map_or(Ok(None), |row| row.maybe_text("id"))
    }

    /// A model's sealed segments, oldest first.
    pub(crate) async fn of_model(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<Vec<SealedPart>, StoreError> {
        let sql = format!("{PARTS} ORDER BY p.segment");
        let rows = self.db.all(&sql, args![workspace.as_str(), model.as_str()]).await?;
        rows.iter().map(part).collect()
    }

    /// What a sealed segment holds of a model; none where nothing, or where it is not sealed.
    pub(crate) async fn part_of(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<Option<SealedPart>, StoreError> {
        let sql = format!("{PARTS} AND p.segment = ?");
        let row = self.db.one(&sql, args![workspace.as_str(), model.as_str(), segment]).await?;
        row.as_ref().map(part).transpose()
    }
}

const PARTS: &str =
    "SELECT p.segment, s.sha256, s.bytes, s.from_at, s.to_at, p.records FROM prediction_segment_parts p
     JOIN prediction_segments s ON s.id = p.segment WHERE p.workspace = ? AND p.model = ?";

fn part(row: &Row) -> Result<SealedPart, StoreError> {
    Ok(SealedPart {
        segment: row.text("segment")?,
        object: ObjectRef { sha256: row.text("sha256")?, bytes: row.u64("bytes")? },
        records: row.u64("records")?,
        span: (row.time("from_at")?, row.time("to_at")?),
    })
}
