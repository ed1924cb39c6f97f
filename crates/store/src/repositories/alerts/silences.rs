//! Silences.

use super::super::{cursor, events::tell, json};
use crate::db::{Db, Row, args};
use jiff::Timestamp;
use vakhta_domain::alert::silence::Silence;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{SilenceId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::StoreError;

fn silence(row: &Row) -> Result<Silence, StoreError> {
    row.json("silence")
}

pub(super) async fn page(
    db: &Db,
    workspace: &WorkspaceId,
    page: &PageQuery,
) -> Result<Page<Silence>, StoreError> {
    // Newest first; those of one moment by identity.
    let after = cursor::after_text("silences", page)?;
    let (at, id) = match after.as_deref().and_then(|key| key.split_once(' ')) {
        Some((at, id)) => (at.parse().unwrap_or(i64::MAX), id.to_owned()),
        None => (i64::MAX, String::new()),
    };
    let sql = "SELECT id, starts_at, silence FROM alert_silences
        WHERE workspace = ? AND (starts_at < ? OR (starts_at = ? AND id > ?))
        ORDER BY starts_at DESC, id LIMIT ?";
    let rows = db.all(sql, args![workspace.as_str(), at, at, id, cursor::limit(page) + 1]).await?;
    let key = |row: &Row| Ok(format!("{} {}", row.int("starts_at")?, row.text("id")?));
    cursor::page("silences", page, &rows, key, silence)
}

pub(super) async fn holding(
    db: &Db,
    workspace: &WorkspaceId,
    at: Timestamp,
) -> Result<Vec<Silence>, StoreError> {
    let sql = "SELECT silence FROM alert_silences WHERE workspace = ? AND ends_at > ? AND starts_at <= ? ORDER BY id";
    db.all(sql, args![workspace.as_str(), at, at]).await?.iter().map(silence).collect()
}

pub(super) async fn add(db: &Db, new: &Silence, event: &NewEvent) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    tx.run(
        "INSERT INTO alert_silences (workspace, id, starts_at, ends_at, silence) VALUES (?, ?, ?, ?, ?)",
        args![new.workspace.as_str(), new.id.as_str(), new.from, new.until, json("silence", new)?],
    )
    .await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await
}

pub(super) async fn end(
    db: &Db,
    workspace: &WorkspaceId,
    id: &SilenceId,
    at: Timestamp,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let sql =
        "SELECT silence FROM alert_silences WHERE workspace = ? AND id = ? AND ends_at > ? {for_update}";
    let Some(row) = tx.one(sql, args![workspace.as_str(), id.as_str(), at]).await? else {
        return Ok(false);
    };
    let ended = Silence { ended_at: Some(at), ..silence(&row)? };
    tx.run(
        "UPDATE alert_silences SET ends_at = ?, silence = ? WHERE workspace = ? AND id = ?",
        args![at, json("silence", &ended)?, workspace.as_str(), id.as_str()],
    )
    .await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await?;
    Ok(true)
}
