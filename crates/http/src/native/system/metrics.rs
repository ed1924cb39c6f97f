//! `GET /metrics`.

use crate::App;
use crate::auth::SignedIn;
use crate::metrics;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use vakhta_domain::user::Permission;

/// The figures of the whole server in the text format of Prometheus. For `metrics_token`, and for a system
/// administrator's token.
#[utoipa::path(get, path = "/metrics", tag = "system",
    responses((status = 200, content_type = "text/plain; version=0.0.4", body = String)))]
pub async fn metrics(State(app): State<App>, who: SignedIn) -> Result<Response, Problem> {
    who.require(Permission::Metrics)?;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], metrics::whole(&app).await).into_response())
}
