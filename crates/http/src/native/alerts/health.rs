//! `GET /health/alerts`: open to all, and nothing but numbers.

use crate::App;
use crate::body::Json;
use crate::problem::Problem;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// How many alerts fire, over everything that this server keeps.
#[derive(Serialize, ToSchema)]
pub struct AlertHealth {
    /// `ok`, `warning` or `critical`: the worst that fires.
    status: &'static str,
    /// Firing or acknowledged, warnings.
    warning: u64,
    /// Firing or acknowledged, critical.
    critical: u64,
}

/// How many alerts fire, by severity. Always 200: the body tells.
#[utoipa::path(get, path = "/health/alerts", tag = "system", security(()),
    responses((status = 200, body = AlertHealth)))]
pub async fn health(State(app): State<App>) -> Result<Json<AlertHealth>, Problem> {
    let open = app.ports().alerts.open_alerts().await?;
    let status = match (open.critical, open.warning) {
        (0, 0) => "ok",
        (0, _) => "warning",
        _ => "critical",
    };
    Ok(Json(AlertHealth { status, warning: open.warning, critical: open.critical }))
}
