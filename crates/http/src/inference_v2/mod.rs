//! The Open Inference Protocol, version 2, under `/v2`: what `KServe`, Triton and `MLServer` speak.
//!
//! A translation with no rules of its own: a request becomes typed tensors, one call of `lifecycle` answers
//! them with tensors, and those become the response. Refusals are `{"error": "…"}`, as the protocol has them.

mod datatype;
mod flat;
mod health;
mod infer;
mod metadata;
mod refusal;
mod request;
mod response;

use crate::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vakhta_domain::ids::ModelKey;

pub(crate) use refusal::describe;

/// Where clients find the protocol.
pub(crate) const BASE: &str = "/v2";

/// The protocol's addresses.
pub(crate) fn routes(app: &App) -> Router<App> {
    let limit = DefaultBodyLimit::max(app.settings.records_limit());
    let (router, _) = operations().split_for_parts();
    let router = router
        .method_not_allowed_fallback(wrong_method)
        .layer(limit)
        .fallback(nothing_here)
        .layer(from_fn(refusal::translate));
    Router::new().nest(BASE, router)
}

/// The same without what surrounds it, at its full addresses: for the API's description.
pub(crate) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new().nest(BASE, operations())
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(metadata::server))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metadata::model))
        .routes(routes!(metadata::version))
        .routes(routes!(health::model_ready))
        .routes(routes!(health::version_ready))
        .routes(routes!(infer::model))
        .routes(routes!(infer::version))
}

async fn nothing_here() -> Problem {
    let text = "nothing is at this address; the protocol's are /v2, /v2/health/live, /v2/health/ready and \
                /v2/models/NAME with /ready, /infer and /versions/VERSION";
    Problem::new(StatusCode::NOT_FOUND, "not_found", text)
}

async fn wrong_method() -> Problem {
    let text = "the address does not take this method, see the Allow header";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text)
}

/// The model and the version that an address names.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    name: String,
    version: Option<String>,
}

impl Place {
    fn model(&self) -> ModelKey {
        ModelKey::new(self.name.as_str())
    }
}
