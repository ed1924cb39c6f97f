//! `GET /events/suspicious` and `GET /events/by-ip/{ip}`.

use super::views::EventView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, PageParams, Query, within};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::alert::Language;
use vakhta_domain::ports::EventFilter;
use vakhta_domain::suspicion::{Suspicion, SuspicionRule, reason};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::audit;

/// How far is looked back, days.
const DEFAULT_DAYS: u32 = 7;
/// The same at the most.
const MAX_DAYS: u32 = 90;

/// How far is looked back, and how the reasons are told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuspiciousParams {
    /// Days, 1 to 90; default 7.
    #[param(minimum = 1, maximum = 90)]
    days: Option<u32>,
    /// The language of the reasons; default as `Accept-Language` says, else English.
    #[param(value_type = Option<words::Language>)]
    language: Option<Language>,
}

/// Something that should be looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suspicion)]
pub struct SuspicionView {
    /// By which rule.
    #[schema(value_type = words::SuspicionRule)]
    pub rule: SuspicionRule,
    /// Whom or what it is about: an account's name, an address, a token.
    pub about: String,
    /// Why, in words.
    pub reason: String,
    /// How much of it there was.
    pub count: u64,
    /// What the count is held against: the rule's limit, or the busiest day before.
    pub usual: u64,
    /// The first of it.
    pub from: Timestamp,
    /// The last of it.
    pub to: Timestamp,
    /// The events that show it, by `seq`, oldest first; of many the last ones, of a day the first and the last.
    pub events: Vec<i64>,
    /// Of a new network: which.
    pub network: Option<String>,
}

impl SuspicionView {
    fn of(found: Suspicion, language: Language) -> Self {
        let reason = reason(&found, language);
        let Suspicion { rule, about, count, usual, from, to, events, detail } = found;
        Self { rule, about, reason, count, usual, from, to, events, network: detail }
    }
}

/// What in the history should be looked at, by explicit rules, newest first.
#[utoipa::path(get, path = "/events/suspicious", tag = "events", params(SuspiciousParams),
    responses((status = 200, body = List<SuspicionView>)))]
pub async fn suspicious(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<SuspiciousParams>,
    headers: HeaderMap,
) -> Result<Json<List<SuspicionView>>, Problem> {
    let actor = who.require(Permission::ManageMembers)?;
    let days = within("days", wanted.days.unwrap_or(DEFAULT_DAYS), MAX_DAYS)?;
    let language = wanted.language.unwrap_or_else(|| spoken(&headers));
    let since = app.now() - SignedDuration::from_hours(24 * i64::from(days));
    let found = audit::suspicions(app.ports(), &actor.workspace, since).await?;
    Ok(Json(List::whole(found.into_iter().map(|one| SuspicionView::of(one, language)).collect())))
}

/// The first of our languages that `Accept-Language` names.
fn spoken(headers: &HeaderMap) -> Language {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = text.split(',').find_map(|part| match part.trim().get(..2)?.to_ascii_lowercase().as_str() {
        "ru" => Some(Language::Ru),
        "en" => Some(Language::En),
        _ => None,
    });
    named.unwrap_or(Language::En)
}

/// What was done from an address, newest first.
#[utoipa::path(get, path = "/events/by-ip/{ip}", tag = "events", params(("ip" = String, Path), PageParams),
    responses((status = 200, body = List<EventView>)))]
pub async fn by_ip(
    State(app): State<App>,
    who: SignedIn,
    Path(ip): Path<String>,
    Query(page): Query<PageParams>,
) -> Result<Json<List<EventView>>, Problem> {
    let actor = who.require(Permission::ManageMembers)?;
    let wrong = |_| Problem::invalid_field("/ip", format!("`{}` is not an address", shortened(&ip)));
    let address: IpAddr = ip.parse().map_err(wrong)?;
    let filter = EventFilter { ip: Some(address.to_canonical().to_string()), ..EventFilter::default() };
    let page = app.ports().events.events(&actor.workspace, &filter, &page.query()?).await?;
    Ok(Json(List::of(page, |event| EventView::of(event, actor))))
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_first_known_language_is_spoken() {
        for (line, expected) in [
            ("ru-RU,ru;q=0.9,en;q=0.8", Language::Ru),
            ("de, en-GB;q=0.7, ru;q=0.3", Language::En),
            ("de", Language::En),
            ("я", Language::En),
            ("", Language::En),
        ] {
            let value = HeaderValue::from_bytes(line.as_bytes()).expect("a header");
            assert_eq!(spoken(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value)])), expected, "{line}");
        }
    }
}
