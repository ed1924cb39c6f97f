//! Channels. Their secrets lie in a table of their own, which only the one who sends reads.

use super::super::{events::tell, json};
use crate::db::{Db, Tx, args};
use jiff::Timestamp;
use vakhta_domain::alert::channel::{Channel, Secret, Secrets};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{ChannelId, WorkspaceId};
use vakhta_domain::ports::StoreError;

pub(super) async fn all(db: &Db, workspace: &WorkspaceId) -> Result<Vec<Channel>, StoreError> {
    let sql = "SELECT channel FROM alert_channels WHERE workspace = ? ORDER BY name";
    db.all(sql, args![workspace.as_str()]).await?.iter().map(|row| row.json("channel")).collect()
}

pub(super) async fn one(
    db: &Db,
    workspace: &WorkspaceId,
    id: &ChannelId,
) -> Result<Option<(Channel, Secrets)>, StoreError> {
    let key = || args![workspace.as_str(), id.as_str()];
    // One statement, so that a channel is never seen with the secrets of another moment.
    let sql = "SELECT c.channel, s.name, s.secret FROM alert_channels c
        LEFT JOIN alert_channel_secrets s ON s.workspace = c.workspace AND s.channel = c.id
        WHERE c.workspace = ? AND c.id = ?";
    let rows = db.all(sql, key()).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let channel = first.json("channel")?;
    let mut secrets = Secrets::default();
    for row in &rows {
        let Some(name) = row.maybe_text("name")? else { continue };
        let secret = Some(Secret::new(row.text("secret")?));
        match name.as_str() {
            "url" => secrets.url = secret,
            "token" => secrets.token = secret,
            "password" => secrets.password = secret,
            _ => return Err(StoreError::Unreadable { what: "secret of a channel", reason: name }),
        }
    }
    Ok(Some((channel, secrets)))
}

async fn put_secrets(tx: &mut Tx, channel: &Channel, secrets: &Secrets) -> Result<(), StoreError> {
    let key = args![channel.workspace.as_str(), channel.id.as_str()];
    tx.run("DELETE FROM alert_channel_secrets WHERE workspace = ? AND channel = ?", key).await?;
    for (name, secret) in [("url", &secrets.url), ("token", &secrets.token), ("password", &secrets.password)]
    {
        let Some(secret) = secret else { continue };
        tx.run(
            "INSERT INTO alert_channel_secrets (workspace, channel, name, secret) VALUES (?, ?, ?, ?)",
            args![channel.workspace.as_str(), channel.id.as_str(), name, secret.expose()],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn add(
    db: &Db,
    channel: &Channel,
    secrets: &Secrets,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let added = tx
        .run(
            "INSERT INTO alert_channels (workspace, id, name, channel) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            args![
                channel.workspace.as_str(),
                channel.id.as_str(),
                channel.name.as_str(),
                json("channel", channel)?,
            ],
        )
        .await?;
    if added == 0 {
        return Ok(false);
    }
    put_secrets(&mut tx, channel, secrets).await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await?;
    Ok(true)
}

pub(super) async fn change(
    db: &Db,
    channel: &Channel,
    secrets: &Secrets,
    event: &NewEvent,
) -> Result<Option<bool>, StoreError> {
    let (workspace, id) = (channel.workspace.as_str(), channel.id.as_str());
    let mut tx = db.begin().await?;
    let own = tx
        .one(
            "SELECT id FROM alert_channels WHERE workspace = ? AND id = ? {for_update}",
            args![workspace, id],
        )
        .await?;
    if own.is_none() {
        return Ok(None);
    }
    let changed = tx
        .run(
            "UPDATE alert_channels SET name = ?, channel = ? WHERE workspace = ? AND id = ?
                AND NOT EXISTS (SELECT 1 FROM alert_channels o WHERE o.workspace = ? AND o.name = ? AND o.id <> ?)",
            args![
                channel.name.as_str(),
                json("channel", channel)?,
                workspace,
                id,
                workspace,
                channel.name.as_str(),
                id,
            ],
        )
        .await?;
    if changed == 0 {
        return Ok(Some(false));
    }
    put_secrets(&mut tx, channel, secrets).await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await?;
    Ok(Some(true))
}

pub(super) async fn delete(
    db: &Db,
    workspace: &WorkspaceId,
    id: &ChannelId,
    at: Timestamp,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let key = || args![workspace.as_str(), id.as_str()];
    let mut tx = db.begin().await?;
    tx.run("DELETE FROM alert_channel_secrets WHERE workspace = ? AND channel = ?", key()).await?;
    if tx.run("DELETE FROM alert_channels WHERE workspace = ? AND id = ?", key()).await? == 0 {
        return Ok(false);
    }
    tx.run(
        "UPDATE alert_deliveries SET state = 'given_up', ended_at = ?, error = 'the channel was deleted'
         WHERE workspace = ? AND channel = ? AND state = 'waiting'",
        args![at, workspace.as_str(), id.as_str()],
    )
    .await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await?;
    Ok(true)
}
