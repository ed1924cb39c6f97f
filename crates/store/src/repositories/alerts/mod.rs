//! Alerts, rules, silences, channels and what is owed to them. A change of alerts, the messages that it makes and its
//! events are one transaction.

mod channels;
mod deliveries;
mod silences;

use super::events::{reserve, tell};
use super::{cursor, json};
use crate::db::{Db, Row, Tx, Value, args};
use async_trait::async_trait;
use jiff::Timestamp;
use vakhta_domain::alert::channel::{Channel, Secrets};
use vakhta_domain::alert::delivery::{Attempt, Delivery};
use vakhta_domain::alert::review::{Changed, Move};
use vakhta_domain::alert::rule::Rules;
use vakhta_domain::alert::silence::Silence;
use vakhta_domain::alert::{Alert, Severity};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{AlertId, ChannelId, ModelKey, SilenceId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{AlertChanges, AlertFilter, Alerts, DeliveryFilter, OpenAlerts, StoreError};

/// Alerts in the database.
pub(crate) struct AlertRows {
    pub(crate) db: Db,
}

/// Writes one alert; false where somebody else was first.
async fn write(tx: &mut Tx, changed: &Changed) -> Result<bool, StoreError> {
    let alert = &changed.alert;
    let key = args![alert.workspace.as_str(), alert.id.as_str(), changed.revision.unwrap_or(0)];
    if changed.moved == Move::Dropped {
        let sql = "DELETE FROM alerts WHERE workspace = ? AND id = ? AND revision = ?";
        return Ok(tx.run(sql, key).await? > 0);
    }
    let mut values = args![
        alert.state.as_str(),
        alert.severity.as_str(),
        alert.is_open() || alert.held,
        alert.resolved_at,
        alert.revision,
        json("alert", alert)?,
    ];
    if changed.revision.is_some() {
        values.extend(key);
        let sql =
            "UPDATE alerts SET state = ?, severity = ?, live = ?, resolved_at = ?, revision = ?, alert = ?
            WHERE workspace = ? AND id = ? AND revision = ?";
        return Ok(tx.run(sql, values).await? > 0);
    }
    let number = reserve(tx, "alert", 1).await?;
    values.extend(args![
        alert.workspace.as_str(),
        alert.id.as_str(),
        number,
        alert.rule.as_str(),
        alert.subject.as_str(),
        alert.model.as_ref().map(ModelKey::as_str),
    ]);
    let sql = "INSERT INTO alerts (state, severity, live, resolved_at, revision, alert, workspace, id, number, rule,
            subject, model)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, values).await? > 0)
}

fn alert(row: &Row) -> Result<Alert, StoreError> {
    row.json("alert")
}

#[async_trait]
impl Alerts for AlertRows {
    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let rows = self.db.all("SELECT id FROM workspaces ORDER BY id", args![]).await?;
        rows.iter().map(|row| Ok(WorkspaceId::new(row.text("id")?))).collect()
    }

    async fn live_alerts(&self, workspace: &WorkspaceId) -> Result<Vec<Alert>, StoreError> {
        let sql = "SELECT alert FROM alerts WHERE workspace = ? AND live = 1 ORDER BY number";
        self.db.all(sql, args![workspace.as_str()]).await?.iter().map(alert).collect()
    }

    async fn change_alerts(
        &self,
        workspace: &WorkspaceId,
        changes: &AlertChanges,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        // Rows before counters, as everywhere, so that two processes never wait for each other.
        let (known, new): (Vec<_>, Vec<_>) = changes.changed.iter().partition(|c| c.revision.is_some());
        for changed in known.into_iter().chain(new) {
            if changed.alert.workspace != *workspace || !write(&mut tx, changed).await? {
                return Ok(false);
            }
        }
        for delivery in &changes.deliveries {
            deliveries::insert(&mut tx, delivery).await?;
        }
        tell(&mut tx, &changes.events).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn alerts(
        &self,
        workspace: &WorkspaceId,
        filter: &AlertFilter,
        page: &PageQuery,
    ) -> Result<Page<Alert>, StoreError> {
        let before = cursor::after_number("alerts", page)?.unwrap_or(i64::MAX);
        let mut sql = "SELECT number, alert FROM alerts WHERE workspace = ? AND number < ?".to_owned();
        let mut values = args![workspace.as_str(), before];
        if let Some(state) = filter.state {
            sql.push_str(" AND state = ?");
            values.push(Value::from(state.as_str()));
        }
        if let Some(model) = &filter.model {
            sql.push_str(" AND model = ?");
            values.push(Value::from(model.as_str()));
        }
        if let Some(since) = filter.since {
            sql.push_str(" AND (resolved_at IS NULL OR resolved_at >= ?)");
            values.push(Value::from(since));
        }
        sql.push_str(" ORDER BY number DESC LIMIT ?");
        values.push(Value::from(cursor::limit(page) + 1));
        let rows = self.db.all(&sql, values).await?;
        cursor::page("alerts", page, &rows, |row| row.int("number").map(|n| n.to_string()), alert)
    }

    async fn alert(&self, workspace: &WorkspaceId, id: &AlertId) -> Result<Option<Alert>, StoreError> {
        let sql = "SELECT alert FROM alerts WHERE workspace = ? AND id = ?";
        self.db.one(sql, args![workspace.as_str(), id.as_str()]).await?.as_ref().map(alert).transpose()
    }

    async fn open_alerts(&self) -> Result<OpenAlerts, StoreError> {
        let sql = "SELECT severity, COUNT(*) AS counted FROM alerts
            WHERE live = 1 AND state IN ('firing', 'acknowledged') GROUP BY severity";
        let mut open = OpenAlerts::default();
        for row in self.db.all(sql, args![]).await? {
            open.add(row.word("severity", Severity::parse)?, row.u64("counted")?);
        }
        Ok(open)
    }

    async fn rules(&self, workspace: &WorkspaceId) -> Result<Rules, StoreError> {
        let sql = "SELECT rules FROM alert_rules WHERE workspace = ?";
        let row = self.db.one(sql, args![workspace.as_str()]).await?;
        row.map_or_else(|| Ok(Rules::default()), |row| row.json("rules"))
    }

    async fn set_rules(
        &self,
        workspace: &WorkspaceId,
        rules: &Rules,
        event: &NewEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO alert_rules (workspace, rules) VALUES (?, ?)
            ON CONFLICT (workspace) DO UPDATE SET rules = excluded.rules";
        tx.run(sql, args![workspace.as_str(), json("rules of alerts", rules)?]).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await
    }

    async fn silences(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Silence>, StoreError> {
        silences::page(&self.db, workspace, page).await
    }

    async fn silences_at(&self, workspace: &WorkspaceId, at: Timestamp) -> Result<Vec<Silence>, StoreError> {
        silences::holding(&self.db, workspace, at).await
    }

    async fn add_silence(&self, silence: &Silence, event: &NewEvent) -> Result<(), StoreError> {
        silences::add(&self.db, silence, event).await
    }

    async fn end_silence(
        &self,
        workspace: &WorkspaceId,
        id: &SilenceId,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        silences::end(&self.db, workspace, id, at, event).await
    }

    async fn channels(&self, workspace: &WorkspaceId) -> Result<Vec<Channel>, StoreError> {
        channels::all(&self.db, workspace).await
    }

    async fn channel(
        &self,
        workspace: &WorkspaceId,
        id: &ChannelId,
    ) -> Result<Option<(Channel, Secrets)>, StoreError> {
        channels::one(&self.db, workspace, id).await
    }

    async fn add_channel(
        &self,
        channel: &Channel,
        secrets: &Secrets,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        channels::add(&self.db, channel, secrets, event).await
    }

    async fn change_channel(
        &self,
        channel: &Channel,
        secrets: &Secrets,
        event: &NewEvent,
    ) -> Result<Option<bool>, StoreError> {
        channels::change(&self.db, channel, secrets, event).await
    }

    async fn delete_channel(
        &self,
        workspace: &WorkspaceId,
        id: &ChannelId,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        channels::delete(&self.db, workspace, id, at, event).await
    }

    async fn claim_delivery(&self, now: Timestamp, until: Timestamp) -> Result<Option<Delivery>, StoreError> {
        deliveries::claim(&self.db, now, until).await
    }

    async fn end_attempt(
        &self,
        delivery: &Delivery,
        attempt: &Attempt,
        at: Timestamp,
        events: &[NewEvent],
    ) -> Result<bool, StoreError> {
        deliveries::end(&self.db, delivery, attempt, at, events).await
    }

    async fn record_delivery(&self, delivery: &Delivery, event: &NewEvent) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        deliveries::insert(&mut tx, delivery).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await
    }

    async fn deliveries(
        &self,
        workspace: &WorkspaceId,
        filter: &DeliveryFilter,
        page: &PageQuery,
    ) -> Result<Page<Delivery>, StoreError> {
        deliveries::page(&self.db, workspace, filter, page).await
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let sql = "DELETE FROM alert_deliveries WHERE ended_at < ? AND state <> 'waiting'";
        self.db.run(sql, args![before]).await
    }
}
