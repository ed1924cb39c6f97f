//! What in a workspace's history should be looked at by somebody, by rules that can be told: each finding says why
//! and by which events. Nothing is judged by a model.

mod network;
mod words;

pub use network::network_of;
pub use words::reason;

use crate::event::Event;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Told where somebody signs in with a wrong name or password.
pub const SIGN_IN_FAILED: &str = "user.sign_in_failed";
/// Told where somebody asks for what he may not do; `count` says how often since it was told last.
pub const ACCESS_DENIED: &str = "access.denied";
/// Told where a token comes from a network that it never came from.
pub const NEW_NETWORK: &str = "token.new_network";

/// Things of a series are no further apart, and a series needs its number within this time.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Failed sign-ins that make a series.
pub const FAILED_SERIES: u64 = 5;
/// Refusals that make a series.
pub const DENIED_SERIES: u64 = 8;
/// A day with fewer events is never odd.
pub const ODD_LEAST: u64 = 200;
/// A day is odd from so many times the busiest day before it.
pub const ODD_FACTOR: u64 = 5;
/// Days before it that it is held against.
pub const HISTORY_DAYS: i64 = 14;
/// Of which the account was active on so many, at the least.
pub const HISTORY_LEAST: usize = 3;
/// Events that a finding names.
const MOST_EVIDENCE: usize = 20;

/// By which rule something is suspicious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuspicionRule {
    /// Many failed sign-ins from one address.
    FailedSignInsFromAddress,
    /// Many failed sign-ins under one name.
    FailedSignInsOfName,
    /// A token used from a network that it was never used from.
    NewNetwork,
    /// Many refusals of one account or address.
    DeniedAccess,
    /// Far more done on a day than on any before.
    OddVolume,
}

/// Something that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// By which rule.
    pub rule: SuspicionRule,
    /// Whom or what it is about: a name, an address, a token.
    pub about: String,
    /// How much of it there was.
    pub count: u64,
    /// What the count is held against: the rule's limit, or the busiest day before.
    pub usual: u64,
    /// The first of it.
    pub from: Timestamp,
    /// The last of it.
    pub to: Timestamp,
    /// The events that show it, oldest first; of many the last ones.
    pub events: Vec<i64>,
    /// What else is known: of a new network, which.
    pub detail: Option<String>,
}

/// How many events an account had on a day (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The account, by id.
    pub user: String,
    /// Its name in one of the events.
    pub actor: String,
    /// Days since 1970.
    pub day: i64,
    /// Events.
    pub count: u64,
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
}

/// The day of a moment, since 1970.
pub fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// What is suspicious in events of the three kinds above, in any order, and in the counts of days since `from_day`;
/// the newest comes first.
pub fn find(events: &[Event], days: &[DayCount], from_day: i64) -> Vec<Suspicion> {
    let mut events: Vec<&Event> = events.iter().collect();
    events.sort_by_key(|event| event.seq);
    let of = |kind: &str| events.iter().copied().filter(|event| event.kind == kind).collect::<Vec<_>>();
    let (failed, denied) = (of(SIGN_IN_FAILED), of(ACCESS_DENIED));
    let mut found =
        series(SuspicionRule::FailedSignInsFromAddress, FAILED_SERIES, by(&failed, |event| event.ip.clone()));
    let named = by(&failed, |event| Some(event.actor.to_lowercase()));
    found.extend(series(SuspicionRule::FailedSignInsOfName, FAILED_SERIES, named));
    let refused = by(&denied, |event| Some(event.actor.clone()));
    found.extend(series(SuspicionRule::DeniedAccess, DENIED_SERIES, refused));
    found.extend(of(NEW_NETWORK).into_iter().map(new_network));
    found.extend(odd_days(days, from_day));
    found.sort_by_key(|suspicion| (std::cmp::Reverse(suspicion.to), suspicion.rule));
    found
}

type Groups<'a> = BTreeMap<String, Vec<&'a Event>>;

fn by<'a>(events: &[&'a Event], key: impl Fn(&Event) -> Option<String>) -> Groups<'a> {
    let mut groups = Groups::new();
    for event in events {
        if let Some(key) = key(event) {
            groups.entry(key).or_default().push(event);
        }
    }
    groups
}

/// How much an event stands for.
fn weight(event: &Event) -> u64 {
    event.data["count"].as_u64().unwrap_or(1)
}

/// The series in each group: events no further apart than the window, `least` of them within one window.
fn series(rule: SuspicionRule, least: u64, groups: Groups<'_>) -> Vec<Suspicion> {
    let mut found = Vec::new();
    for (about, events) in groups {
        for run in events.chunk_by(|a, b| b.at.duration_since(a.at) <= WINDOW) {
            if !is_dense(run, least) {
                continue;
            }
            found.push(Suspicion {
                rule,
                about: about.clone(),
                count: run.iter().map(|event| weight(event)).sum(),
                usual: least,
                from: run[0].at,
                to: run[run.len() - 1].at,
                events: run[run.len().saturating_sub(MOST_EVIDENCE)..].iter().map(|e| e.seq).collect(),
                detail: None,
            });
        }
    }
    found
}

/// Whether some window holds `least`.
fn is_dense(run: &[&Event], least: u64) -> bool {
    let (mut first, mut sum) = (0, 0);
    for event in run {
        sum += weight(event);
        while event.at.duration_since(run[first].at) > WINDOW {
            sum -= weight(run[first]);
            first += 1;
        }
        if sum >= least {
            return true;
        }
    }
    false
}

fn new_network(event: &Event) -> Suspicion {
    let text = |field: &str| event.data[field].as_str().map(str::to_owned);
    Suspicion {
        rule: SuspicionRule::NewNetwork,
        about: text("name").unwrap_or_else(|| event.subject_id.clone()),
        count: 1,
        usual: event.data["known"].as_u64().unwrap_or(0),
        from: event.at,
        to: event.at,
        events: vec![event.seq],
        detail: text("network"),
    }
}

fn odd_days(days: &[DayCount], from_day: i64) -> Vec<Suspicion> {
    let mut found = Vec::new();
    for odd in days.iter().filter(|day| day.day >= from_day && day.count >= ODD_LEAST) {
        let before = days
            .iter()
            .filter(|other| other.user == odd.user && (odd.day - HISTORY_DAYS..odd.day).contains(&other.day));
        let counts: Vec<u64> = before.map(|day| day.count).collect();
        let busiest = counts.iter().copied().max().unwrap_or(0);
        if counts.len() < HISTORY_LEAST || odd.count < ODD_FACTOR * busiest {
            continue;
        }
        let at = |day: i64| Timestamp::from_second(day * 86_400).unwrap_or(Timestamp::MAX);
        found.push(Suspicion {
            rule: SuspicionRule::OddVolume,
            about: odd.actor.clone(),
            count: odd.count,
            usual: busiest,
            from: at(odd.day),
            to: at(odd.day + 1) - SignedDuration::from_micros(1),
            events: vec![odd.first, odd.last],
            detail: None,
        });
    }
    found
}

#[cfg(test)]
mod tests;
