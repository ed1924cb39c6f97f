//! Which other servers' pages may read answers: those on the list, and by a token only. Cookies are not for them.

use axum::http::{HeaderName, HeaderValue, Method, header};
use std::time::Duration;
use tower_http::cors::CorsLayer;

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The layer; none where the list is empty, and then browsers let no other page read anything.
pub(crate) fn layer(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let name = HeaderName::from_static;
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                name("idempotency-key"),
                name("prefer"),
                name("x-request-id"),
                name("x-vakhta-workspace"),
            ])
            .expose_headers([
                header::LOCATION,
                header::RETRY_AFTER,
                name("x-request-id"),
                name("x-vakhta-time"),
            ])
            .max_age(REMEMBERED),
    )
}
