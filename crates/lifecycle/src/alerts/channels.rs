//! Channels made, changed, tried and deleted by people. Events hold no secret, only the names of those that are set.

use super::{AlertError, deliver};
use crate::Lifecycle;
use serde_json::{Value, json};
use std::sync::Arc;
use vakhta_domain::alert::channel::{self, Channel, Secrets, Target, address_of, merged};
use vakhta_domain::alert::delivery::{Delivery, DeliveryKind, DeliveryState};
use vakhta_domain::alert::{Language, Severity};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, ChannelId, DeliveryId, ModelKey};
use vakhta_domain::user::Actor;

/// A channel to be made, or what it is to be.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// What people call it.
    pub name: String,
    /// Where it leads.
    pub target: Target,
    /// Its secrets; in a change those that are left out stay, and an empty one goes.
    pub secrets: Secrets,
    /// The language of its messages.
    pub language: Language,
    /// What is less bad is not told.
    pub least: Severity,
    /// The models that it is told of; all, and sources, where empty.
    pub models: Vec<ModelKey>,
    /// Whether it is told that something is over.
    pub resolved: bool,
    /// Whether it is told at all.
    pub enabled: bool,
}

fn made(app: &Lifecycle, actor: &Actor, id: ChannelId, new: NewChannel, secrets: &Secrets) -> Channel {
    Channel {
        workspace: actor.workspace.clone(),
        id,
        name: new.name,
        address: address_of(&new.target, secrets),
        secrets: secrets.names().into_iter().map(str::to_owned).collect(),
        target: new.target,
        language: new.language,
        least: new.least,
        models: new.models,
        resolved: new.resolved,
        enabled: new.enabled,
        created_at: app.ports.clock.now(),
        created_by: actor.user.clone(),
    }
}

/// Makes a channel.
pub async fn create(app: &Arc<Lifecycle>, actor: &Actor, new: NewChannel) -> Result<Channel, AlertError> {
    let secrets = new.secrets.clone();
    channel::check(&new.name, &new.target, &secrets)?;
    let id = ChannelId::new(ids::fresh("channel", &*app.ports.chance));
    let channel = made(app, actor, id, new, &secrets);
    let event = event(app, actor, "alert_channel.created", &channel).with(told(&channel));
    if !app.ports.alerts.add_channel(&channel, &secrets, &event).await? {
        return Err(AlertError::NameTaken(channel.name));
    }
    app.signals.bump();
    Ok(channel)
}

/// Changes a channel.
pub async fn change(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    id: &ChannelId,
    new: NewChannel,
) -> Result<Channel, AlertError> {
    let (before, kept) = found(app, actor, id).await?;
    let secrets = merged((&before.target, &kept), &new.target, new.secrets.clone())?;
    channel::check(&new.name, &new.target, &secrets)?;
    let mut channel = made(app, actor, id.clone(), new, &secrets);
    (channel.created_at, channel.created_by) = (before.created_at, before.created_by.clone());
    let event = event(app, actor, "alert_channel.changed", &channel)
        .with(json!({ "before": told(&before), "after": told(&channel) }));
    match app.ports.alerts.change_channel(&channel, &secrets, &event).await? {
        None => Err(AlertError::ChannelMissing(id.clone())),
        Some(false) => Err(AlertError::NameTaken(channel.name)),
        Some(true) => {
            app.signals.bump();
            Ok(channel)
        }
    }
}

/// Deletes a channel. What is owed to it is given up.
pub async fn delete(app: &Arc<Lifecycle>, actor: &Actor, id: &ChannelId) -> Result<(), AlertError> {
    let (channel, _) = found(app, actor, id).await?;
    let event =
        event(app, actor, "alert_channel.deleted", &channel).with(json!({ "before": told(&channel) }));
    if !app.ports.alerts.delete_channel(&actor.workspace, id, event.at, &event).await? {
        return Err(AlertError::ChannelMissing(id.clone()));
    }
    app.signals.bump();
    Ok(())
}

/// Tries a channel at once, switched off or not; the record says how it went.
pub async fn test(app: &Arc<Lifecycle>, actor: &Actor, id: &ChannelId) -> Result<Delivery, AlertError> {
    let (channel, secrets) = found(app, actor, id).await?;
    let now = app.ports.clock.now();
    let mut delivery = Delivery {
        workspace: actor.workspace.clone(),
        id: DeliveryId::new(ids::fresh("delivery", &*app.ports.chance)),
        channel: id.clone(),
        group: "test".into(),
        kind: DeliveryKind::Test,
        alerts: Vec::new(),
        state: DeliveryState::Delivered,
        attempts: 1,
        created_at: now,
        next_at: now,
        ended_at: None,
        error: None,
    };
    if let Err(error) = deliver::send(app, &channel, &secrets, &delivery).await {
        delivery.state = DeliveryState::GivenUp;
        delivery.error = Some(error.to_string());
    }
    delivery.ended_at = Some(app.ports.clock.now());
    let event = event(app, actor, "alert_channel.tested", &channel)
        .with(json!({ "delivery": delivery.id, "state": delivery.state, "error": delivery.error }));
    app.ports.alerts.record_delivery(&delivery, &event).await?;
    app.signals.bump();
    Ok(delivery)
}

async fn found(app: &Lifecycle, actor: &Actor, id: &ChannelId) -> Result<(Channel, Secrets), AlertError> {
    let channel = app.ports.alerts.channel(&actor.workspace, id).await?;
    channel.ok_or_else(|| AlertError::ChannelMissing(id.clone()))
}

fn event(app: &Lifecycle, actor: &Actor, kind: &'static str, channel: &Channel) -> NewEvent {
    NewEvent::about(kind, ("alert_channel", channel.id.as_str()), actor, app.ports.clock.now())
}

fn told(channel: &Channel) -> Value {
    json!({
        "name": channel.name, "target": channel.target, "address": channel.address, "secrets": channel.secrets,
        "language": channel.language, "least_severity": channel.least, "models": channel.models,
        "send_resolved": channel.resolved, "enabled": channel.enabled,
    })
}
