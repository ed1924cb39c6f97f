//! What is owed to channels. A delivery is taken for one attempt at a time; who took it and died loses it again when
//! its time is over.

use super::super::events::{reserve, tell};
use super::super::{cursor, json};
use crate::db::{Db, Row, Tx, Value, args};
use jiff::Timestamp;
use vakhta_domain::alert::delivery::{Attempt, Delivery, DeliveryKind, DeliveryState};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{ChannelId, DeliveryId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{DeliveryFilter, StoreError};

const DELIVERY: &str = "workspace, id, number, channel, grouped, kind, state, attempts, alerts, created_at, next_at, ended_at, error";

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        workspace: WorkspaceId::new(row.text("workspace")?),
        id: DeliveryId::new(row.text("id")?),
        channel: ChannelId::new(row.text("channel")?),
        group: row.text("grouped")?,
        kind: row.word("kind", DeliveryKind::parse)?,
        alerts: row.json("alerts")?,
        state: row.word("state", DeliveryState::parse)?,
        attempts: row.u32("attempts")?,
        created_at: row.time("created_at")?,
        next_at: row.time("next_at")?,
        ended_at: row.maybe_time("ended_at")?,
        error: row.maybe_text("error")?,
    })
}

pub(super) async fn insert(tx: &mut Tx, new: &Delivery) -> Result<(), StoreError> {
    let number = reserve(tx, "delivery", 1).await?;
    tx.run(
        "INSERT INTO alert_deliveries (workspace, id, number, channel, grouped, kind, state, attempts, alerts,
            created_at, next_at, ended_at, error)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        args![
            new.workspace.as_str(),
            new.id.as_str(),
            number,
            new.channel.as_str(),
            new.group.as_str(),
            new.kind.as_str(),
            new.state.as_str(),
            new.attempts,
            json("alerts", &new.alerts)?,
            new.created_at,
            new.next_at,
            new.ended_at,
            new.error.as_deref(),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn claim(db: &Db, now: Timestamp, until: Timestamp) -> Result<Option<Delivery>, StoreError> {
    // Most looks find nothing: they write nothing.
    let due = "FROM alert_deliveries d WHERE d.state = 'waiting' AND d.next_at <= ?
        AND NOT EXISTS (SELECT 1 FROM alert_deliveries e WHERE e.workspace = d.workspace AND e.channel = d.channel
            AND e.grouped = d.grouped AND e.state = 'waiting' AND e.number < d.number)";
    if db.one(&format!("SELECT d.id {due} LIMIT 1"), args![now]).await?.is_none() {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let sql = format!("SELECT d.workspace, d.id {due} ORDER BY d.next_at, d.number LIMIT 1 {{skip_locked}}");
    let Some(row) = tx.one(&sql, args![now]).await? else { return Ok(None) };
    let sql = format!(
        "UPDATE alert_deliveries SET attempts = attempts + 1, next_at = ?
         WHERE workspace = ? AND id = ? AND state = 'waiting' AND next_at <= ? RETURNING {DELIVERY}"
    );
    let taken = tx.one(&sql, args![until, row.text("workspace")?, row.text("id")?, now]).await?;
    let taken = taken.as_ref().map(delivery).transpose()?;
    tx.save().await?;
    Ok(taken)
}

pub(super) async fn end(
    db: &Db,
    taken: &Delivery,
    attempt: &Attempt,
    at: Timestamp,
    events: &[NewEvent],
) -> Result<bool, StoreError> {
    let (state, next_at, ended_at, error) = match attempt {
        Attempt::Taken => (DeliveryState::Delivered, taken.next_at, Some(at), None),
        Attempt::Again { at, error } => (DeliveryState::Waiting, *at, None, Some(error.as_str())),
        Attempt::GivenUp { error } => (DeliveryState::GivenUp, taken.next_at, Some(at), Some(error.as_str())),
    };
    let mut tx = db.begin().await?;
    // What went wrong before it was taken is worth knowing afterwards, too.
    let sql = "UPDATE alert_deliveries SET state = ?, next_at = ?, ended_at = ?, error = COALESCE(?, error)
        WHERE workspace = ? AND id = ? AND state = 'waiting' AND attempts = ?";
    let values = args![
        state.as_str(),
        next_at,
        ended_at,
        error,
        taken.workspace.as_str(),
        taken.id.as_str(),
        taken.attempts,
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    tell(&mut tx, events).await?;
    tx.save().await?;
    Ok(true)
}

pub(super) async fn page(
    db: &Db,
    workspace: &WorkspaceId,
    filter: &DeliveryFilter,
    page: &PageQuery,
) -> Result<Page<Delivery>, StoreError> {
    let before = cursor::after_number("alert_deliveries", page)?.unwrap_or(i64::MAX);
    let mut sql = format!("SELECT {DELIVERY} FROM alert_deliveries WHERE workspace = ? AND number < ?");
    let mut values = args![workspace.as_str(), before];
    if let Some(channel) = &filter.channel {
        sql.push_str(" AND channel = ?");
        values.push(Value::from(channel.as_str()));
    }
    if let Some(state) = filter.state {
        sql.push_str(" AND state = ?");
        values.push(Value::from(state.as_str()));
    }
    sql.push_str(" ORDER BY number DESC LIMIT ?");
    values.push(Value::from(cursor::limit(page) + 1));
    let rows = db.all(&sql, values).await?;
    let number = |row: &Row| row.int("number").map(|number| number.to_string());
    cursor::page("alert_deliveries", page, &rows, number, delivery)
}
