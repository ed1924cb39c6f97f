//! Silences made and ended by people.

use super::AlertError;
use crate::Lifecycle;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use vakhta_domain::alert::rule::RuleKind;
use vakhta_domain::alert::silence::Silence;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, ModelKey, SilenceId};
use vakhta_domain::user::Actor;

/// The longest silence: what is not wanted for longer is switched off by its rule.
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A silence to be made.
#[derive(Debug, Clone)]
pub struct NewSilence {
    /// The rule; every rule where left out.
    pub rule: Option<RuleKind>,
    /// The model; every model and source where left out.
    pub model: Option<ModelKey>,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// Makes a silence.
pub async fn create(app: &Arc<Lifecycle>, actor: &Actor, new: NewSilence) -> Result<Silence, AlertError> {
    let now = app.ports.clock.now();
    let bad = |pointer, message: &str| Err(AlertError::BadSilence { pointer, message: message.to_owned() });
    if new.until <= now || new.until.duration_since(now) > LONGEST {
        return bad("/until", "give a moment within the next 90 days");
    }
    if !(1..=500).contains(&new.reason.trim().chars().count()) {
        return bad("/reason", "say why, in 1 to 500 characters");
    }
    if let Some(model) = &new.model
        && app.ports.models.model(&actor.workspace, model).await?.is_none()
    {
        return Err(AlertError::ModelMissing(model.clone()));
    }
    let silence = Silence {
        workspace: actor.workspace.clone(),
        id: SilenceId::new(ids::fresh("silence", &*app.ports.chance)),
        rule: new.rule,
        model: new.model,
        from: now,
        until: new.until,
        reason: new.reason,
        by: actor.name.clone(),
        ended_at: None,
    };
    let mut event =
        NewEvent::about("alert_silence.created", ("alert_silence", silence.id.as_str()), actor, now)
            .with(told(&silence));
    event.model = silence.model.as_ref().map(ToString::to_string);
    app.ports.alerts.add_silence(&silence, &event).await?;
    app.signals.bump();
    Ok(silence)
}

/// Ends a silence now.
pub async fn end(app: &Arc<Lifecycle>, actor: &Actor, id: &SilenceId) -> Result<(), AlertError> {
    let now = app.ports.clock.now();
    let event = NewEvent::about("alert_silence.ended", ("alert_silence", id.as_str()), actor, now);
    if !app.ports.alerts.end_silence(&actor.workspace, id, now, &event).await? {
        return Err(AlertError::SilenceMissing(id.clone()));
    }
    app.signals.bump();
    Ok(())
}

fn told(silence: &Silence) -> Value {
    json!({
        "rule": silence.rule, "model": silence.model, "until": silence.until, "reason": silence.reason,
    })
}
