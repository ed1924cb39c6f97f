//! Alerts: facts are gathered, rules judge them, people are told. What is decided lies in `domain/alert`.

pub mod channels;
mod deliver;
mod evaluate;
mod facts;
pub(crate) mod follow;
pub mod handle;
pub mod rules;
pub mod silences;

pub use deliver::deliver_due;
pub use evaluate::evaluate;

use crate::metrics::Recent;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use vakhta_domain::alert::Alert;
use vakhta_domain::alert::channel::BadChannel;
use vakhta_domain::alert::review::{Changed, Move, NotNow};
use vakhta_domain::alert::rule::{BadRule, RuleKind};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{AlertId, ChannelId, ModelKey, SilenceId, VersionId, WorkspaceId};
use vakhta_domain::ports::{Notifier, StoreError};
use vakhta_domain::user::Actor;

/// Why something about alerts was not done.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// No such alert.
    #[error("there is no alert `{0}`")]
    Missing(AlertId),
    /// No such channel.
    #[error("there is no channel `{0}`")]
    ChannelMissing(ChannelId),
    /// No silence of that name holds.
    #[error("there is no silence `{0}` that still holds")]
    SilenceMissing(SilenceId),
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// The alert's state forbids it.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// It changes just now.
    #[error("alert `{0}` changes just now; ask again")]
    Changing(AlertId),
    /// A channel.
    #[error(transparent)]
    BadChannel(#[from] BadChannel),
    /// A channel's name is taken.
    #[error("a channel `{0}` exists; choose another name")]
    NameTaken(String),
    /// A rule.
    #[error("rule `{}`: {bad}", rule.as_str())]
    BadRule {
        /// Which.
        rule: RuleKind,
        /// What is wrong.
        bad: BadRule,
    },
    /// A silence.
    #[error("{message}")]
    BadSilence {
        /// The field, a JSON pointer.
        pointer: &'static str,
        /// What is wrong, and the way out.
        message: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is known of a model's live answers changes when one of these does: the day, the version, the last computation.
type Moment = (jiff::civil::Date, VersionId, Option<String>);

/// What alerts need beside the store: the way out, and what was computed lately.
pub(crate) struct Desk {
    pub notifier: Arc<dyn Notifier>,
    recent: Mutex<HashMap<(WorkspaceId, ModelKey), (Moment, Recent)>>,
}

impl Desk {
    pub fn new(notifier: Arc<dyn Notifier>) -> Self {
        Self { notifier, recent: Mutex::default() }
    }

    fn recall(&self, workspace: &WorkspaceId, model: &ModelKey, moment: &Moment) -> Option<Recent> {
        let known = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, recent) = known.get(&(workspace.clone(), model.clone()))?;
        (of == moment).then(|| recent.clone())
    }

    fn keep(&self, workspace: &WorkspaceId, model: &ModelKey, moment: Moment, recent: Recent) {
        let mut known = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((workspace.clone(), model.clone()), (moment, recent));
    }
}

/// The event that tells of a move; none where it is no news to anybody.
fn event_of(changed: &Changed, actor: &Actor, at: jiff::Timestamp) -> Option<NewEvent> {
    let kind = match changed.moved {
        Move::Fired => "alert.fired",
        Move::Escalated => "alert.escalated",
        Move::Acknowledged => "alert.acknowledged",
        Move::Resolved => "alert.resolved",
        Move::Seen | Move::Eased | Move::Refreshed | Move::Dropped | Move::Released => return None,
    };
    let alert = &changed.alert;
    let mut event = NewEvent::about(kind, ("alert", alert.id.as_str()), actor, at).with(told(alert));
    event.model = alert.model.as_ref().map(ToString::to_string);
    Some(event)
}

fn told(alert: &Alert) -> Value {
    json!({
        "rule": alert.rule, "subject": alert.subject, "severity": alert.severity, "state": alert.state,
        "value": alert.value.filter(|value| value.is_finite()), "limit": alert.limit, "detail": alert.detail,
        "silenced": alert.silenced_by.is_some(), "resolved_by": alert.resolved_by,
        "note": alert.acknowledged.as_ref().and_then(|said| said.note.as_deref()),
    })
}
