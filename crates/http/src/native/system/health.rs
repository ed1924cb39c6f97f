//! `/health`, `/health/live`, `/health/ready`: open to all, and no secrets.

use crate::body::Json;
use crate::{App, HealthReport};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the server can do its work.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `degraded`.
    status: &'static str,
    /// The release.
    version: String,
    /// Part by part.
    checks: Checks,
}

/// Part by part: `ok` or `failed`.
#[derive(Serialize, ToSchema)]
pub struct Checks {
    /// The database.
    database: &'static str,
    /// The object store.
    objects: &'static str,
    /// The queue of jobs.
    queue: &'static str,
    /// The disk: that it has room.
    disk: &'static str,
}

impl Health {
    fn new(report: HealthReport, version: &str) -> Self {
        let word = |well| if well { "ok" } else { "failed" };
        Self {
            status: if report.is_well() { "ok" } else { "degraded" },
            version: version.to_owned(),
            checks: Checks {
                database: word(report.database),
                objects: word(report.objects),
                queue: word(report.queue),
                disk: word(report.disk),
            },
        }
    }
}

/// Whether the server can do its work. Always 200: the body tells.
#[utoipa::path(get, path = "/health", tag = "system", security(()), responses((status = 200, body = Health)))]
pub async fn health(State(app): State<App>) -> Json<Health> {
    Json(Health::new(app.recent_health().await, &app.settings.version))
}

/// That the process answers.
#[derive(Serialize, ToSchema)]
pub struct Alive {
    /// `ok`.
    status: &'static str,
}

/// Always 200 while the process answers.
#[utoipa::path(get, path = "/health/live", tag = "system", security(()), responses((status = 200, body = Alive)))]
pub async fn live() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// 200 while requests can be served, 503 while a store cannot be reached or the disk is full.
#[utoipa::path(get, path = "/health/ready", tag = "system", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn ready(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let report = app.recent_health().await;
    let status = if report.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Health::new(report, &app.settings.version)))
}
