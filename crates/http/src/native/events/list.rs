//! `GET /events` and `GET /events/{seq}`.

use super::views::EventView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, Query, page_query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::ports::EventFilter;
use vakhta_domain::user::{Permission, Source};

/// Which events are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventParams {
    /// The kind, or its first part with a dot (`job.`).
    kind: Option<String>,
    /// The actor's name.
    actor: Option<String>,
    /// The door.
    #[param(value_type = Option<words::Source>)]
    source: Option<Source>,
    /// The address; for administrators.
    ip: Option<String>,
    /// The model concerned.
    model: Option<String>,
    /// Not before, RFC 3339.
    since: Option<Timestamp>,
    /// Before, RFC 3339.
    until: Option<Timestamp>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Events, newest first.
#[utoipa::path(get, path = "/events", tag = "events", params(EventParams),
    responses((status = 200, body = List<EventView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<EventParams>,
) -> Result<Json<List<EventView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    if wanted.ip.is_some() {
        // An address is shown to administrators only, so asking for one must tell others nothing.
        who.require(Permission::ManageMembers)?;
    }
    let EventParams { kind, actor: by, source, ip, model, since, until, limit, cursor } = wanted;
    let query = page_query(limit, cursor)?;
    let filter = EventFilter { kind, actor: by, source, ip, model, since, until };
    let page = app.ports().events.events(&actor.workspace, &filter, &query).await?;
    Ok(Json(List::of(page, |event| EventView::of(event, actor))))
}

/// One event.
#[utoipa::path(get, path = "/events/{seq}", tag = "events", params(("seq" = i64, Path)),
    responses((status = 200, body = EventView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(seq): Path<i64>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<EventView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let event = app.ports().events.event(&actor.workspace, seq).await?;
    let event = event.ok_or_else(|| Problem::missing("event_missing", "event", seq))?;
    Ok(Json(EventView::of(event, actor)))
}
