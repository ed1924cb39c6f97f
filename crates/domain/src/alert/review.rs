//! All alerts of one group by all its readings: what changes, and what is news to people.

use super::facts::{Reading, Seen};
use super::rule::Rules;
use super::silence::{Silence, silencing};
use super::step::{over, step};
use super::{Acknowledged, Alert, State};
use crate::ids::{AlertId, WorkspaceId};
use jiff::Timestamp;

/// How an alert moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// It was seen for the first time, and waits.
    Seen,
    /// It fired.
    Fired,
    /// It became worse.
    Escalated,
    /// It became less bad, and goes on.
    Eased,
    /// It is over.
    Resolved,
    /// Its number or its detail changed, or who was told of it.
    Refreshed,
    /// It was over before it fired: it is forgotten.
    Dropped,
    /// What a person resolved was better once: it may fire again.
    Released,
    /// Somebody takes care of it.
    Acknowledged,
}

/// A changed alert, to be written unless somebody else changed it first.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Its revision before; none where it is new.
    pub revision: Option<u32>,
    /// The alert as it is to be, its revision counted on.
    pub alert: Alert,
    /// How it moved.
    pub moved: Move,
}

impl Changed {
    fn of(before: Option<&Alert>, mut alert: Alert, moved: Move) -> Self {
        let revision = before.map(|before| before.revision);
        alert.revision = revision.unwrap_or(0) + 1;
        Self { revision, alert, moved }
    }
}

/// What became of a group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Review {
    /// What is to be written.
    pub changed: Vec<Changed>,
    /// What people are told: alerts that fired or became worse, and such that are over.
    pub news: Vec<Alert>,
}

/// What is known of a group's alerts from elsewhere than its readings.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The tenant.
    pub workspace: &'a WorkspaceId,
    /// The rules that hold for this group.
    pub rules: &'a Rules,
    /// The workspace's silences.
    pub silences: &'a [Silence],
    /// The time.
    pub now: Timestamp,
}

/// Moves the alerts of a group that are open or held. `readings` is none where what they are about is gone.
pub fn review(
    setting: Setting<'_>,
    alerts: &[Alert],
    readings: Option<&[Reading]>,
    id: &mut dyn FnMut() -> AlertId,
) -> Review {
    let Setting { workspace, rules, silences, now } = setting;
    let mut review = Review::default();
    let mut touched: Vec<&AlertId> = Vec::new();
    let known = readings.unwrap_or_default().iter().filter(|reading| match reading.seen {
        Seen::Number(value) => value.is_finite(),
        Seen::So(_) => true,
    });
    for reading in known {
        let rule = rules.of(reading.rule);
        if !rule.enabled {
            continue;
        }
        let before =
            alerts.iter().find(|alert| alert.rule == reading.rule && alert.subject == reading.subject);
        for (alert, moved) in step(workspace, before, reading, &rule, now, id) {
            let before = before.filter(|before| before.id == alert.id);
            touched.extend(before.map(|before| &before.id));
            review.changed.push(Changed::of(before, alert, moved));
        }
    }
    for alert in alerts {
        let gone = readings.is_none();
        if gone || !rules.of(alert.rule).enabled {
            let why = if gone { "what it was about is gone" } else { "its rule was switched off" };
            review.changed.push(retired(alert, now, why));
        } else if !touched.contains(&&alert.id) {
            // Who is told may change though nothing else does: a silence begins or ends.
            review.changed.push(Changed::of(Some(alert), alert.clone(), Move::Refreshed));
        }
    }
    for changed in &mut review.changed {
        review.news.extend(tell(&mut changed.alert, silences, now));
    }
    review.changed.retain(|changed| {
        let before = alerts.iter().find(|alert| alert.id == changed.alert.id);
        let same = before
            .is_some_and(|before| Alert { revision: before.revision, ..changed.alert.clone() } == *before);
        !same || changed.moved == Move::Dropped
    });
    review
}

fn retired(alert: &Alert, now: Timestamp, why: &str) -> Changed {
    match alert.state {
        State::Pending => Changed::of(Some(alert), alert.clone(), Move::Dropped),
        State::Resolved => Changed::of(Some(alert), Alert { held: false, ..alert.clone() }, Move::Released),
        State::Firing | State::Acknowledged => {
            // Nobody is told: it did not become better.
            let quiet = Alert { told: None, better_since: None, ..over(alert, now, Some(why)) };
            Changed::of(Some(alert), quiet, Move::Resolved)
        }
    }
}

/// What is news about an alert; it remembers what was told. A silenced one is told once its silence ends, if it still
/// is so then.
fn tell(alert: &mut Alert, silences: &[Silence], now: Timestamp) -> Option<Alert> {
    let silence = silencing(silences, alert, now).map(|silence| silence.id.clone());
    let silent = silence.is_some();
    match alert.state {
        State::Firing => {
            alert.silenced_by = silence;
            if silent || alert.told >= Some(alert.severity) {
                return None;
            }
            alert.told = Some(alert.severity);
            Some(alert.clone())
        }
        State::Resolved => {
            alert.silenced_by = None;
            let was_told = alert.told.take().is_some();
            (was_told && !silent).then(|| alert.clone())
        }
        State::Pending | State::Acknowledged => {
            alert.silenced_by = silence;
            None
        }
    }
}

/// Why a person's word about an alert was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It is over.
    #[error("the alert is resolved already")]
    Resolved,
    /// It has not fired.
    #[error("the alert waits to fire, and nobody was told of it yet")]
    Pending,
}

/// Somebody takes care of it. Said twice, the last word counts.
pub fn acknowledge(alert: &Alert, by: &str, note: Option<String>, now: Timestamp) -> Result<Changed, NotNow> {
    match alert.state {
        State::Resolved => Err(NotNow::Resolved),
        State::Pending => Err(NotNow::Pending),
        State::Firing | State::Acknowledged => {
            let acknowledged = Some(Acknowledged { at: now, by: by.to_owned(), note });
            let next = Alert { state: State::Acknowledged, acknowledged, ..alert.clone() };
            Ok(Changed::of(Some(alert), next, Move::Acknowledged))
        }
    }
}

/// A person says that it is over. While it still is so it stays quiet, until it was better once, becomes worse, or
/// happens again. Those who were told that it fires are told.
pub fn resolve(
    alert: &Alert,
    by: &str,
    silences: &[Silence],
    now: Timestamp,
) -> Result<(Changed, Option<Alert>), NotNow> {
    if alert.state == State::Resolved {
        return Err(NotNow::Resolved);
    }
    let next = Alert { held: true, ..over(alert, now, Some(by)) };
    let mut changed = Changed::of(Some(alert), next, Move::Resolved);
    let news = tell(&mut changed.alert, silences, now);
    Ok((changed, news))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
