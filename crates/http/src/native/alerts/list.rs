//! `GET /alerts`, `GET /alerts/{id}`, `GET /monitoring/alerts/recent`.

use super::views::AlertView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, Query, page_query, within};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::alert::{Severity, State as AlertState};
use vakhta_domain::ids::{AlertId, ModelKey};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::AlertFilter;
use vakhta_domain::user::Permission;

/// The most days looked back.
const MAX_DAYS: u32 = 730;
/// Days looked back where the caller of `recent` names none.
const RECENT_DAYS: u32 = 7;
/// Alerts that `recent` shows at most.
const RECENT: u32 = 500;

fn since(app: &App, days: u32) -> Result<Timestamp, Problem> {
    let back = SignedDuration::from_hours(24 * i64::from(within("days", days, MAX_DAYS)?));
    Ok(app.now().checked_sub(back).unwrap_or(Timestamp::MIN))
}

/// Which alerts are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlertParams {
    /// The state.
    #[param(value_type = Option<words::AlertState>)]
    state: Option<AlertState>,
    /// The model.
    model: Option<String>,
    /// Those that are not over, or were not so many days ago; 1 to 730.
    #[param(minimum = 1, maximum = 730)]
    days: Option<u32>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Alerts, newest first.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(AlertParams),
    responses((status = 200, body = List<AlertView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<AlertParams>,
) -> Result<Json<List<AlertView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let query = page_query(wanted.limit, wanted.cursor)?;
    let since = wanted.days.map(|days| since(&app, days)).transpose()?;
    let filter = AlertFilter { state: wanted.state, model: wanted.model.map(ModelKey::new), since };
    let page = app.ports().alerts.alerts(&actor.workspace, &filter, &query).await?;
    Ok(Json(List::of(page, AlertView::from)))
}

/// One alert.
#[utoipa::path(get, path = "/alerts/{id}", tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, body = AlertView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<AlertView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let alert = app.ports().alerts.alert(&actor.workspace, &AlertId::new(id.as_str())).await?;
    Ok(Json(alert.ok_or_else(|| Problem::missing("alert_missing", "alert", id))?.into()))
}

/// Over which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecentParams {
    /// Days back, 1 to 730; default 7.
    #[param(minimum = 1, maximum = 730)]
    days: Option<u32>,
    /// The model; every model and source where it is left out.
    model_key: Option<String>,
}

/// What happened lately.
#[derive(Serialize, ToSchema)]
pub struct RecentAlerts {
    /// Days back.
    days: u32,
    /// Of the items, those that fire now, warnings.
    warning: usize,
    /// Of the items, those that fire now, critical.
    critical: usize,
    /// Alerts that are not over, or were not then; newest first, at most 500.
    items: Vec<AlertView>,
}

/// Alerts of the last days, and how many of them fire now.
#[utoipa::path(get, path = "/monitoring/alerts/recent", tag = "monitoring", params(RecentParams),
    responses((status = 200, body = RecentAlerts)))]
pub async fn recent(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<RecentParams>,
) -> Result<Json<RecentAlerts>, Problem> {
    let actor = who.require(Permission::Look)?;
    let days = wanted.days.unwrap_or(RECENT_DAYS);
    let since = Some(since(&app, days)?);
    let filter = AlertFilter { state: None, model: wanted.model_key.map(ModelKey::new), since };
    let page = app.ports().alerts.alerts(&actor.workspace, &filter, &PageQuery::first(RECENT)).await?;
    let fires = |severity: Severity| {
        let now = [AlertState::Firing, AlertState::Acknowledged];
        page.items.iter().filter(|alert| alert.severity == severity && now.contains(&alert.state)).count()
    };
    let (warning, critical) = (fires(Severity::Warning), fires(Severity::Critical));
    let items = page.items.into_iter().map(AlertView::from).collect();
    Ok(Json(RecentAlerts { days, warning, critical, items }))
}
