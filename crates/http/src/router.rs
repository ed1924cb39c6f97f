//! All doors in one router: the resources three times, the inference protocol, the pages, and what surrounds every request.

use crate::problem::Problem;
use crate::{App, HealthCheck, HttpSettings, Measured, docs, edge, inference_v2, native, request, ui};
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::any::Any;
use std::sync::Arc;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use vakhta_lifecycle::Lifecycle;

/// The whole surface. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that the
/// other end's address is known.
pub fn router(
    lifecycle: Arc<Lifecycle>,
    settings: HttpSettings,
    health: Arc<dyn HealthCheck>,
    measured: Arc<dyn Measured>,
) -> Router {
    let cors = edge::cors(&settings.edge.cors_origins);
    let app = App::new(lifecycle, settings, health, measured);
    let (resources, _) = native::resources(&app).split_for_parts();
    let resources = resources.merge(docs::routes());
    Router::new()
        .nest(native::BASE, resources.clone())
        .nest("/api", resources.clone())
        .merge(resources)
        .merge(inference_v2::routes(&app))
        .route("/", get(home))
        .merge(ui::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), request::surround))
        .layer(option_layer(cors))
        .with_state(app)
}

/// A browser is sent to the UI; a program learns where the API is.
async fn home(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        // 302: what stands at `/` may change, so it must not be remembered.
        return (StatusCode::FOUND, [(header::LOCATION, "/ui/")]).into_response();
    }
    axum::Json(serde_json::json!({ "name": "vakhta", "api": native::BASE, "docs": "/docs", "ui": "/ui/" }))
        .into_response()
}

async fn nothing_here(uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", format!("nothing is at {}", uri.path()))
}

async fn wrong_method(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("{} does not take this method, see the Allow header", uri.path()),
    )
}

#[expect(clippy::needless_pass_by_value, reason = "tower-http hands the panic over")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> axum::http::Response<axum::body::Body> {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    Problem::internal(&text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn broken() -> &'static str {
        panic!("a mistake of ours");
    }

    #[tokio::test]
    async fn a_panic_is_one_failed_request() {
        let router = Router::new()
            .route("/broken", get(broken))
            .route("/whole", get(|| async { "whole" }))
            .layer(CatchPanicLayer::custom(panicked));
        for (path, status) in [("/broken", 500), ("/whole", 200), ("/broken", 500)] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), status, "{path}");
            if status == 500 {
                assert_eq!(answer.headers()["content-type"], crate::problem::PROBLEM_JSON);
                let body = to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
                assert!(!String::from_utf8_lossy(&body).contains("mistake"), "the cause is not told");
            }
        }
    }
}
