//! One alert, one reading: pending, firing, acknowledged, resolved, with hysteresis.

use super::facts::{Reading, Seen};
use super::review::Move;
use super::rule::RuleSettings;
use super::{Alert, Severity, State};
use crate::ids::{AlertId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

/// How bad what was seen is, where it was `before` until now.
fn severity_of(reading: &Reading, rule: &RuleSettings, before: Option<Severity>) -> Option<Severity> {
    match reading.seen {
        // What is not finite is not known; it is left out before.
        Seen::Number(value) => rule.level(value, before),
        Seen::So(so) => so.then(|| rule.severity.unwrap_or(Severity::Warning)),
    }
}

/// What a reading is put into.
fn take(alert: &mut Alert, reading: &Reading, rule: &RuleSettings, severity: Severity) {
    alert.severity = severity;
    alert.worst = alert.worst.max(severity);
    alert.value = match reading.seen {
        Seen::Number(value) => Some(value),
        Seen::So(_) => None,
    };
    alert.limit = rule.limit(severity);
    alert.detail.clone_from(&reading.detail);
    alert.occurrence.clone_from(&reading.occurrence);
}

fn open(
    workspace: &WorkspaceId,
    id: AlertId,
    reading: &Reading,
    rule: &RuleSettings,
    severity: Severity,
    now: Timestamp,
) -> (Alert, Move) {
    let mut alert = Alert {
        workspace: workspace.clone(),
        id,
        rule: reading.rule,
        subject: reading.subject.clone(),
        model: reading.model.clone(),
        severity,
        worst: severity,
        state: State::Pending,
        value: None,
        limit: None,
        detail: reading.detail.clone(),
        occurrence: String::new(),
        since: now,
        fired_at: None,
        acknowledged: None,
        better_since: None,
        resolved_at: None,
        resolved_by: None,
        held: false,
        told: None,
        silenced_by: None,
        revision: 0,
    };
    take(&mut alert, reading, rule, severity);
    if rule.for_minutes == 0 {
        fire(&mut alert, now);
        return (alert, Move::Fired);
    }
    (alert, Move::Seen)
}

fn fire(alert: &mut Alert, now: Timestamp) {
    alert.state = State::Firing;
    alert.fired_at = Some(now);
}

/// What becomes of an alert that is open or held, or of none, by a reading; at most two moves: a held one is let go
/// before another opens.
pub(super) fn step(
    workspace: &WorkspaceId,
    before: Option<&Alert>,
    reading: &Reading,
    rule: &RuleSettings,
    now: Timestamp,
    id: &mut dyn FnMut() -> AlertId,
) -> Vec<(Alert, Move)> {
    let Some(before) = before else {
        let severity = severity_of(reading, rule, None);
        return severity.map(|bad| open(workspace, id(), reading, rule, bad, now)).into_iter().collect();
    };
    let severity = severity_of(reading, rule, Some(before.severity));
    match before.state {
        State::Resolved => after_held(workspace, before, reading, rule, severity, now, id),
        State::Pending => pending(before, reading, rule, severity, now).into_iter().collect(),
        State::Firing | State::Acknowledged => {
            going_on(before, reading, rule, severity, now).into_iter().collect()
        }
    }
}

fn after_held(
    workspace: &WorkspaceId,
    before: &Alert,
    reading: &Reading,
    rule: &RuleSettings,
    severity: Option<Severity>,
    now: Timestamp,
    id: &mut dyn FnMut() -> AlertId,
) -> Vec<(Alert, Move)> {
    let let_go = || (Alert { held: false, ..before.clone() }, Move::Released);
    match severity {
        None => vec![let_go()],
        Some(bad) if bad > before.severity || before.occurrence != reading.occurrence => {
            vec![let_go(), open(workspace, id(), reading, rule, bad, now)]
        }
        Some(_) => Vec::new(),
    }
}

fn pending(
    before: &Alert,
    reading: &Reading,
    rule: &RuleSettings,
    severity: Option<Severity>,
    now: Timestamp,
) -> Option<(Alert, Move)> {
    let mut alert = before.clone();
    let Some(severity) = severity else { return Some((alert, Move::Dropped)) };
    take(&mut alert, reading, rule, severity);
    if now.duration_since(alert.since) >= minutes(rule.for_minutes) {
        fire(&mut alert, now);
        return Some((alert, Move::Fired));
    }
    (alert != *before).then_some((alert, Move::Refreshed))
}

fn going_on(
    before: &Alert,
    reading: &Reading,
    rule: &RuleSettings,
    severity: Option<Severity>,
    now: Timestamp,
) -> Option<(Alert, Move)> {
    let mut alert = before.clone();
    let Some(severity) = severity else {
        let better_since = *alert.better_since.get_or_insert(now);
        if now.duration_since(better_since) >= minutes(rule.clear_minutes) {
            if let Seen::Number(value) = reading.seen {
                alert.value = Some(value);
            }
            return Some((over(&alert, now, None), Move::Resolved));
        }
        return (alert != *before).then_some((alert, Move::Refreshed));
    };
    alert.better_since = None;
    take(&mut alert, reading, rule, severity);
    if severity > before.severity {
        // What somebody takes care of was not as bad as this.
        alert.state = State::Firing;
        alert.acknowledged = None;
        return Some((alert, Move::Escalated));
    }
    if severity < before.severity {
        return Some((alert, Move::Eased));
    }
    (alert != *before).then_some((alert, Move::Refreshed))
}

/// The same alert, over.
pub(super) fn over(alert: &Alert, now: Timestamp, by: Option<&str>) -> Alert {
    Alert {
        state: State::Resolved,
        resolved_at: Some(now),
        resolved_by: by.map(str::to_owned),
        ..alert.clone()
    }
}
