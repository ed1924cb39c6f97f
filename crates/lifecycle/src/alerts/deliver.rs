//! What is owed to channels is carried there: again and again, until it is taken or given up.

use crate::Lifecycle;
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use vakhta_domain::alert::channel::{Channel, Secrets};
use vakhta_domain::alert::delivery::{Attempt, Delivery, DeliveryKind, wait_after};
use vakhta_domain::alert::words;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ports::{Chance, Dispatch, NotifyError, StoreError};
use vakhta_domain::user::Actor;

/// One attempt takes so long at most.
const PATIENCE: Duration = Duration::from_secs(20);
/// Who took a delivery for an attempt and was not heard of for so long is dead; longer than an attempt takes.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Carries everything that is due; how many attempts there were.
pub async fn deliver_due(app: &Arc<Lifecycle>) -> Result<u32, StoreError> {
    let mut attempts = 0;
    while carry_next(app).await? {
        attempts += 1;
    }
    Ok(attempts)
}

/// One attempt at what is due the longest. False where nothing is.
pub(super) async fn carry_next(app: &Arc<Lifecycle>) -> Result<bool, StoreError> {
    let now = app.ports.clock.now();
    let Some(delivery) = app.ports.alerts.claim_delivery(now, now + LEASE).await? else { return Ok(false) };
    let channel = app.ports.alerts.channel(&delivery.workspace, &delivery.channel).await?;
    let sent = match &channel {
        None => Err(NotifyError::Lasting("the channel was deleted".into())),
        Some((channel, _)) if !channel.enabled => {
            Err(NotifyError::Lasting("the channel was switched off".into()))
        }
        Some((channel, secrets)) => send(app, channel, secrets, &delivery).await,
    };
    let at = app.ports.clock.now();
    let attempt = match sent {
        Ok(()) => Attempt::Taken,
        Err(NotifyError::Lasting(error)) => Attempt::GivenUp { error },
        Err(NotifyError::Passing { text, retry_after }) => {
            match wait_after(delivery.attempts, share(&*app.ports.chance), retry_after) {
                Some(wait) => Attempt::Again { at: at + wait, error: text },
                None => Attempt::GivenUp { error: text },
            }
        }
    };
    let mut events = Vec::new();
    if let Attempt::GivenUp { error } = &attempt {
        let actor = Actor::system(delivery.workspace.clone());
        events.push(
            NewEvent::about("alert_delivery.given_up", ("alert_delivery", delivery.id.as_str()), &actor, at)
                .with(json!({ "channel": delivery.channel, "attempts": delivery.attempts, "error": error })),
        );
    }
    if let Attempt::Again { error, .. } | Attempt::GivenUp { error } = &attempt {
        tracing::warn!(delivery = %delivery.id, channel = %delivery.channel, attempt = delivery.attempts, %error,
            "a message was not taken");
    }
    if !app.ports.alerts.end_attempt(&delivery, &attempt, at, &events).await? {
        tracing::warn!(delivery = %delivery.id, "an attempt took so long that another has begun");
    }
    app.signals.bump();
    Ok(true)
}

/// Sends one message to its channel.
pub(super) async fn send(
    app: &Lifecycle,
    channel: &Channel,
    secrets: &Secrets,
    delivery: &Delivery,
) -> Result<(), NotifyError> {
    let public_url = app.settings.public_url.as_deref();
    let message = words::message(delivery, channel.language, public_url);
    let alerts = if delivery.kind == DeliveryKind::Test { &[][..] } else { &delivery.alerts[..] };
    let dispatch = Dispatch {
        target: &channel.target,
        secrets,
        channel: &channel.name,
        id: &delivery.id,
        at: delivery.created_at,
        group: &delivery.group,
        alerts,
        message: &message,
        public_url,
    };
    match tokio::time::timeout(PATIENCE, app.desk.notifier.send(dispatch)).await {
        Ok(sent) => sent,
        Err(_) => Err(NotifyError::Passing {
            text: format!("no answer within {} seconds", PATIENCE.as_secs()),
            retry_after: None,
        }),
    }
}

/// A random number from 0 to 1.
fn share(chance: &dyn Chance) -> f64 {
    let mut bytes = [0; 2];
    chance.fill(&mut bytes);
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}
