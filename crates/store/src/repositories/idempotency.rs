//! Answers kept for repeated requests.

use crate::db::{Db, Row, args};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::{Idempotency, Replay, StoreError};

/// How long an answer is kept. Nobody repeats a request after a week.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Answers in the database.
pub(crate) struct AnswerRows {
    pub(crate) db: Db,
}

/// What a key that is there means to a request with this fingerprint.
fn replay(row: &Row, fingerprint: &str, stale_before: Timestamp) -> Result<Replay, StoreError> {
    let same = row.text("fingerprint")? == fingerprint;
    Ok(match row.maybe_int("status")? {
        None if row.time("taken_at")? < stale_before => Replay::Fresh,
        _ if !same => Replay::Different,
        None => Replay::InProgress,
        Some(status) => Replay::Answered(
            u16::try_from(status)
                .map_err(|error| StoreError::Unreadable { what: "answer", reason: error.to_string() })?,
            row.maybe_bytes("body")?.unwrap_or_default(),
        ),
    })
}

#[async_trait]
impl Idempotency for AnswerRows {
    async fn take(
        &self,
        workspace: &WorkspaceId,
        key: &str,
        fingerprint: &str,
        at: Timestamp,
        stale_before: Timestamp,
    ) -> Result<Replay, StoreError> {
        let mut tx = self.db.begin().await?;
        let forgotten = at.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        tx.run("DELETE FROM answers WHERE taken_at < ?", args![forgotten]).await?;
        let replay = loop {
            let fresh = tx
                .run(
                    "INSERT INTO answers (workspace, request_key, fingerprint, taken_at) VALUES (?, ?, ?, ?)
                     ON CONFLICT (workspace, request_key) DO NOTHING",
                    args![workspace.as_str(), key, fingerprint, at],
                )
                .await?;
            if fresh > 0 {
                break Replay::Fresh;
            }
            let row = tx
                .one(
                    "SELECT fingerprint, taken_at, status, body FROM answers
                     WHERE workspace = ? AND request_key = ? {for_update}",
                    args![workspace.as_str(), key],
                )
                .await?;
            // None: the key was freed between the two statements.
            if let Some(row) = row {
                break replay(&row, fingerprint, stale_before)?;
            }
        };
        if replay == Replay::Fresh {
            tx.run(
                "UPDATE answers SET fingerprint = ?, taken_at = ? WHERE workspace = ? AND request_key = ?",
                args![fingerprint, at, workspace.as_str(), key],
            )
            .await?;
        }
        tx.save().await?;
        Ok(replay)
    }

    async fn remember(
        &self,
        workspace: &WorkspaceId,
        key: &str,
        status: u16,
        body: &[u8],
    ) -> Result<(), StoreError> {
        self.db
            .run(
                "UPDATE answers SET status = ?, body = ? WHERE workspace = ? AND request_key = ?",
                args![u32::from(status), body, workspace.as_str(), key],
            )
            .await?;
        Ok(())
    }

    async fn forget(&self, workspace: &WorkspaceId, key: &str) -> Result<(), StoreError> {
        self.db
            .run(
                "DELETE FROM answers WHERE workspace = ? AND request_key = ? AND status IS NULL",
                args![workspace.as_str(), key],
            )
            .await?;
        Ok(())
    }
}
