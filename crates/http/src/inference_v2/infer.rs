//! `POST /v2/models/{name}/infer`: tensors in, tensors out.

use super::Place;
use super::request::{self, InferenceRequest, Read};
use super::response::{self, InferenceResponse};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Path, whole_body};
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::response::Response;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve::{self, InferRequest};

/// Bodies up to this many bytes are read where they arrive; longer ones would hold up other requests.
const READ_AT_ONCE: usize = 64 << 10;

/// Answers tensors by the serving version. Bodies may be compressed by gzip or deflate; tensors may travel in
/// binary, with the length of the JSON in `Inference-Header-Content-Length`.
#[utoipa::path(post, path = "/models/{name}/infer", tag = "inference", params(("name" = String, Path)),
    request_body(content((InferenceRequest = "application/json"), (crate::words::RawFile = "application/octet-stream"))),
    responses((status = 200, content((InferenceResponse = "application/json"),
        (crate::words::RawFile = "application/octet-stream")))))]
pub async fn model(
    State(app): State<App>,
    who: SignedIn,
    Path(place): Path<Place>,
    request: Request,
) -> Result<Response, Problem> {
    answer(&app, &who, place, request).await
}

/// Answers tensors by one version.
#[utoipa::path(post, path = "/models/{name}/versions/{version}/infer", tag = "inference",
    params(("name" = String, Path), ("version" = String, Path)),
    request_body(content((InferenceRequest = "application/json"), (crate::words::RawFile = "application/octet-stream"))),
    responses((status = 200, content((InferenceResponse = "application/json"),
        (crate::words::RawFile = "application/octet-stream")))))]
pub async fn version(
    State(app): State<App>,
    who: SignedIn,
    Path(place): Path<Place>,
    request: Request,
) -> Result<Response, Problem> {
    answer(&app, &who, place, request).await
}

async fn answer(app: &App, who: &SignedIn, place: Place, request: Request) -> Result<Response, Problem> {
    let actor = who.require(Permission::Predict)?;
    let headers = request.headers().clone();
    let body = whole_body(request).await?;
    let Read { inputs, form } = if body.len() <= READ_AT_ONCE {
        request::read(&headers, &body)?
    } else {
        let reading = tokio::task::spawn_blocking(move || request::read(&headers, &body));
        reading.await.map_err(|panic| Problem::internal(&panic))??
    };
    let order = InferRequest {
        model: place.model(),
        version: place.version,
        inputs,
        outputs: form.outputs.as_ref().map(|wanted| wanted.iter().map(|w| w.name.clone()).collect()),
    };
    let answer = serve::infer(&app.lifecycle, actor, order).await?;
    Ok(response::write(&form, &answer))
}
