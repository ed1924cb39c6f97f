//! `GET /drift/daily-reports`, `GET /drift/reports/{id}`.

use super::views::{DriftReportFull, DriftReportView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, Query, page_query, within};
use crate::problem::Problem;
use axum::extract::State;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::ids::{DriftReportId, ModelKey};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::drift::report::{compare, report};

/// Days looked at where the caller names none, and the most.
const DAYS: (u32, u32) = (30, 730);

/// Which reports are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportsParams {
    /// Reports whose last day is so many days back at most, 1 to 730; default 30.
    #[param(minimum = 1, maximum = 730)]
    days: Option<u32>,
    /// The model; all of them where it is left out.
    model_key: Option<String>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Reports without their columns, the newest first.
#[utoipa::path(get, path = "/drift/daily-reports", tag = "drift", params(ReportsParams),
    responses((status = 200, body = List<DriftReportView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<ReportsParams>,
) -> Result<Json<List<DriftReportView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let days = within("days", wanted.days.unwrap_or(DAYS.0), DAYS.1)?;
    let query = page_query(wanted.limit, wanted.cursor)?;
    let from = app.now().to_zoned(TimeZone::UTC).date().saturating_sub(i64::from(days).days());
    let model = wanted.model_key.map(ModelKey::new);
    let page = app.ports().drift.drift_reports(&actor.workspace, model.as_ref(), from, &query).await?;
    Ok(Json(List::of(page, DriftReportView::from)))
}

/// With what a report is to be compared.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgainstParam {
    /// Another report; `compared` then holds both, column by column.
    against: Option<String>,
}

/// A report with its columns: numbers, verdict and both histograms of each.
#[utoipa::path(get, path = "/drift/reports/{id}", tag = "drift", params(("id" = String, Path), AgainstParam),
    responses((status = 200, body = DriftReportFull)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(wanted): Query<AgainstParam>,
) -> Result<Json<DriftReportFull>, Problem> {
    let actor = who.require(Permission::Look)?;
    let first = report(&app.lifecycle, &actor.workspace, &DriftReportId::new(id)).await?;
    let mut view = DriftReportFull::from(&first);
    if let Some(other) = wanted.against {
        let second = report(&app.lifecycle, &actor.workspace, &DriftReportId::new(other)).await?;
        let columns = compare(&first, &second);
        view = view.beside(second.report, columns);
    }
    Ok(Json(view))
}
