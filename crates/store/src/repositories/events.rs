//! The history. Events get their numbers in the order in which their transactions commit.

use super::chain::{self, Chains};
use super::{cursor, json};
use crate::db::{Db, Row, Tx, Value, args};
use async_trait::async_trait;
use vakhta_domain::chain::{Entry, Head, Link};
use vakhta_domain::event::{Event, NewEvent};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{EventFilter, Events, StoreError};
use vakhta_domain::suspicion::DayCount;
use vakhta_domain::user::Source;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The history in the database.
pub(crate) struct EventRows {
    pub(crate) db: Db,
}

/// Adds events to a transaction; always its last step.
///
/// The counter's row stays locked until the transaction ends. So numbers are visible in the order in which
/// they were given, and a listener that has read up to `n` never misses an event that commits later with a
/// smaller number, as it would with a sequence. It is last so that the lock is held as briefly as can be,
/// and so that nobody who holds it waits for another row.
pub(super) async fn tell(tx: &mut Tx, events: &[NewEvent]) -> Result<(), StoreError> {
    let mut seq = reserve(tx, "event", events.len() as u64).await?;
    let mut chains = Chains::default();
    for event in events {
        let entry = Entry::of(event, seq, &json("event", &event.data)?);
        chains.add(tx, &event.actor.workspace, &entry).await?;
        seq += 1;
    }
    chains.save(tx).await
}

/// Takes `n` numbers of a counter; the first of them.
pub(super) async fn reserve(tx: &mut Tx, counter: &str, n: u64) -> Result<i64, StoreError> {
    let row = tx
        .one("UPDATE counters SET value = value + ? WHERE name = ? RETURNING value", args![n, counter])
        .await?
        .ok_or_else(|| StoreError::Unreadable {
            what: "counter",
            reason: format!("`{counter}` is missing"),
        })?;
    Ok(row.int("value")? - n as i64 + 1)
}

pub(super) const COLUMNS: &str =
    "seq, workspace, happened_at, kind, subject_type, subject_id, model, job, user_id, actor,
    source, ip, user_agent, request_id, data";

pub(super) fn event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.int("seq")?,
        at: row.time("happened_at")?,
        kind: row.text("kind")?,
        subject_type: row.text("subject_type")?,
        subject_id: row.text("subject_id")?,
        model: row.maybe_text("model")?,
        job: row.maybe_text("job")?,
        user: row.maybe_text("user_id")?,
        actor: row.text("actor")?,
        source: row.word("source", Source::parse)?,
        ip: row.maybe_text("ip")?,
        user_agent: row.maybe_text("user_agent")?,
        request_id: row.maybe_text("request_id")?,
        data: row.json("data")?,
    })
}

/// The conditions of a filter, each with its value.
fn conditions(filter: &EventFilter) -> Vec<(&'static str, Value)> {
    let mut wanted = Vec::new();
    if let Some(kind) = &filter.kind {
        if let Some(stem) = kind.strip_suffix('.') {
            // `/` is the character after `.`, so these two bounds hold exactly the kinds with that first part.
            wanted.push(("kind > ?", Value::from(kind.as_str())));
            wanted.push(("kind < ?", Value::from(format!("{stem}/"))));
        } else {
            wanted.push(("kind = ?", Value::from(kind.as_str())));
        }
    }
    let equal = [
        ("actor = ?", filter.actor.as_deref()),
        ("source = ?", filter.source.map(Source::as_str)),
        ("ip = ?", filter.ip.as_deref()),
        ("model = ?", filter.model.as_deref()),
    ];
    wanted.extend(equal.into_iter().filter_map(|(sql, value)| value.map(|value| (sql, Value::from(value)))));
    wanted.extend(filter.since.map(|at| ("happened_at >= ?", Value::from(at))));
    wanted.extend(filter.until.map(|at| ("happened_at < ?", Value::from(at))));
    wanted
}

#[async_trait]
impl Events for EventRows {
    async fn append(&self, event: &NewEvent) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await
    }

    async fn events(
        &self,
        workspace: &WorkspaceId,
        filter: &EventFilter,
        page: &PageQuery,
    ) -> Result<Page<Event>, StoreError> {
        let before = cursor::after_number("events", page)?.unwrap_or(i64::MAX);
        let mut sql = format!("SELECT {COLUMNS} FROM events WHERE workspace = ? AND seq < ?");
        let mut values = args![workspace.as_str(), before];
        for (condition, value) in conditions(filter) {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
        sql.push_str(" ORDER BY seq DESC LIMIT ?");
        values.push(Value::from(cursor::limit(page) + 1));
        let rows = self.db.all(&sql, values).await?;
        cursor::page("events", page, &rows, |row| row.int("seq").map(|seq| seq.to_string()), event)
    }

    async fn event(&self, workspace: &WorkspaceId, seq: i64) -> Result<Option<Event>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM events WHERE workspace = ? AND seq = ?");
        self.db.one(&sql, args![workspace.as_str(), seq]).await?.as_ref().map(event).transpose()
    }

    async fn events_after(&self, seq: i64, limit: u32) -> Result<Vec<(WorkspaceId, Event)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?");
        let rows = self.db.all(&sql, args![seq, limit]).await?;
        rows.iter().map(|row| Ok((WorkspaceId::new(row.text("workspace")?), event(row)?))).collect()
    }

    async fn last_seq(&self) -> Result<i64, StoreError> {
        let row = self.db.one("SELECT COALESCE(MAX(seq), 0) AS seq FROM events", args![]).await?;
        row.map_or(Ok(0), |row| row.int("seq"))
    }
    async fn day_counts(&self, workspace: &WorkspaceId, from_day: i64) -> Result<Vec<DayCount>, StoreError> {
        let from = from_day.saturating_mul(DAY);
        let rows = self
            .db
            .all(
                "SELECT user_id, MAX(actor) AS actor, happened_at / ? AS day, COUNT(*) AS n, MIN(seq) AS low,
                    MAX(seq) AS high
                 FROM events WHERE workspace = ? AND happened_at >= ? AND user_id IS NOT NULL
                 GROUP BY 1, 3 ORDER BY 3, 1",
                args![DAY, workspace.as_str(), from],
            )
            .await?;
        let count = |row: &Row| {
            Ok(DayCount {
                user: row.text("user_id")?,
                actor: row.text("actor")?,
                day: row.int("day")?,
                count: row.u64("n")?,
                first: row.int("low")?,
                last: row.int("high")?,
            })
        };
        rows.iter().map(count).collect()
    }

    async fn chain_head(&self, workspace: &WorkspaceId) -> Result<Head, StoreError> {
        chain::read_head(&self.db, workspace).await
    }

    async fn chain(
        &self,
        workspace: &WorkspaceId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<(Entry, Option<Link>)>, StoreError> {
        chain::read(&self.db, workspace, seq, limit).await
    }
}
