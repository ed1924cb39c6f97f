//! What is noted of requests so that somebody can see what is odd: refusals, and the networks that tokens come from.
//! Both are bounded, and neither fails a request.

use crate::App;
use jiff::Timestamp;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::UserId;
use vakhta_domain::suspicion::{ACCESS_DENIED, NEW_NETWORK, WINDOW, network_of};
use vakhta_domain::user::{Actor, ApiToken, Permission};

/// Accounts and addresses remembered at once.
const MAX_REFUSED: usize = 1_000;
/// Tokens' networks remembered at once; those beyond are looked up again.
const MAX_NETWORKS: usize = 20_000;

/// Refusals, counted by account and address. Of a series the 1st, 2nd, 4th, 8th … is told with how many there were
/// since: a program that is refused all day makes a handful of events.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<String, Series>>);

struct Series {
    total: u64,
    told: u64,
    last: Timestamp,
}

impl Refusals {
    /// Counts one; how many are to be told now.
    fn counted(&self, who: String, now: Timestamp) -> Option<u64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_REFUSED {
            all.retain(|_, series| now.duration_since(series.last) <= WINDOW);
        }
        if all.len() >= MAX_REFUSED && !all.contains_key(&who) {
            return None;
        }
        let series = all.entry(who).or_insert(Series { total: 0, told: 0, last: now });
        if now.duration_since(series.last) > WINDOW {
            (series.total, series.told) = (0, 0);
        }
        series.last = now;
        series.total += 1;
        if !series.total.is_power_of_two() {
            return None;
        }
        let count = series.total - series.told;
        series.told = series.total;
        Some(count)
    }
}

/// Notes that somebody may not do what he asked for.
pub(super) async fn refused(app: &App, actor: &Actor, operation: &str, needed: Permission) {
    let now = app.now();
    let id = actor.user.as_ref().map_or(actor.name.as_str(), UserId::as_str);
    let who = format!("{} {id} {}", actor.workspace, actor.ip.as_deref().unwrap_or("-"));
    let Some(count) = app.refusals.counted(who, now) else { return };
    let event = NewEvent::about(ACCESS_DENIED, ("operation", operation), actor, now)
        .with(json!({ "permission": needed, "count": count }));
    match app.ports().events.append(&event).await {
        Ok(()) => app.lifecycle.signals.bump(),
        Err(error) => tracing::warn!(%error, "a refusal cannot be noted"),
    }
}

/// The networks that tokens came from, as far as this process saw them.
#[derive(Default)]
pub(crate) struct KnownNetworks(Mutex<HashSet<(String, String)>>);

impl KnownNetworks {
    fn seen(&self) -> std::sync::MutexGuard<'_, HashSet<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes where a token came from.
pub(super) async fn came_from(app: &App, token: &ApiToken, actor: &Actor) {
    let Some(network) = actor.ip.as_deref().and_then(network_of) else { return };
    let place = (token.id.as_str().to_owned(), network);
    if app.token_networks.seen().contains(&place) {
        return;
    }
    let event = NewEvent::about(NEW_NETWORK, ("token", token.id.as_str()), actor, app.now())
        .with(json!({ "name": token.name, "prefix": token.prefix, "network": place.1 }));
    match app.ports().accounts.note_network(&token.id, &place.1, &event).await {
        Ok(_) => {
            let mut seen = app.token_networks.seen();
            if seen.len() >= MAX_NETWORKS {
                seen.clear();
            }
            seen.insert(place);
        }
        Err(error) => tracing::warn!(%error, "the network of a token cannot be noted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_series_is_told_ever_less_often_and_nothing_is_lost() {
        let refusals = Refusals::default();
        let at = |second: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let told: Vec<u64> = (0..1_000).filter_map(|n| refusals.counted("anna".into(), at(n))).collect();
        assert_eq!(told, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256]);
        assert_eq!(refusals.counted("boris".into(), at(1_000)), Some(1));
        assert_eq!(refusals.counted("anna".into(), at(1_601)), Some(1), "a new series");
    }

    #[test]
    fn memory_is_bounded() {
        let refusals = Refusals::default();
        let now = Timestamp::UNIX_EPOCH;
        let told = (0..5_000).filter(|n| refusals.counted(format!("{n}"), now).is_some()).count();
        assert_eq!(told, MAX_REFUSED);
        assert_eq!(refusals.counted("later".into(), now + WINDOW + SignedDuration::from_secs(1)), Some(1));
    }
}
