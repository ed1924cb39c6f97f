//! All doors in one router: the resources three times, the inference protocol, the pages, and what surrounds every request.

use crate::problem::Problem;
use crate::{App, HealthCheck, HttpSettings, docs, inference_v2, native, request, ui};
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use vakhta_lifecycle::Lifecycle;

/// The whole surface. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that the
/// other end's address is known.
pub fn router(lifecycle: Arc<Lifecycle>, settings: HttpSettings, health: Arc<dyn HealthCheck>) -> Router {
    let app = App::new(lifecycle, settings, health);
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
