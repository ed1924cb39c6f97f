//! `Idempotency-Key`: the same key and request give the same answer, another request with that key 422, and
//! one that is still being answered 409.

use crate::App;
use crate::auth::SignedIn;
use crate::body::whole_body;
use crate::problem::Problem;
use crate::request;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::Replay;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// A request that was taken this long ago and never answered died with its server.
const STALE: SignedDuration = SignedDuration::from_mins(15);
/// The longest answer that is kept; longer ones are given and not kept.
const MAX_KEPT: usize = 1 << 20;

/// What to keep for a repeated request instead of the answer's body, e.g. without a secret. Put among the
/// answer's extensions by its handler.
#[derive(Debug, Clone)]
pub(crate) struct KeepInstead(pub Vec<u8>);

/// The caller's key, if there is one.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(text) if (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(text.to_owned()))
        }
        _ => Err(Problem::bad_request(
            "bad_idempotency_key",
            "Idempotency-Key is not 1 to 200 visible ASCII characters without spaces",
        )),
    }
}

/// What a key is compared by: the operation and all of its input.
pub(crate) fn fingerprint(method: &Method, path: &str, query: Option<&str>, body_sha256: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for part in [method.as_str(), path, query.unwrap_or_default()] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(body_sha256);
    hex::encode(hasher.finalize())
}

/// A key that is ours until its answer is kept or given up.
pub(crate) struct Held {
    app: App,
    workspace: WorkspaceId,
    key: String,
}

/// Takes a key: ours from now on, or the answer that was given before.
pub(crate) async fn take(
    app: &App,
    who: &SignedIn,
    key: &str,
    fingerprint: &str,
) -> Result<Result<Held, Response>, Problem> {
    let workspace = who.actor.workspace.clone();
    // Two people may choose the same key.
    let key = format!("{}:{key}", who.user.id);
    let now = app.now();
    let replay = app.ports().idempotency.take(&workspace, &key, fingerprint, now, now - STALE).await?;
    match replay {
        Replay::Fresh => Ok(Ok(Held { app: app.clone(), workspace, key })),
        Replay::Answered(status, kept) => Ok(Err(again(status, &kept))),
        Replay::Different => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "this Idempotency-Key came with another request before; use a fresh one",
        )),
        Replay::InProgress => Err(Problem::conflict(
            "request_in_progress",
            "the first request with this Idempotency-Key is still being answered; wait and repeat it",
        )),
    }
}

impl Held {
    /// Keeps a good answer; gives the key up after a refusal or failure, so that it may be tried again.
    pub(crate) async fn settle(self, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, usize::MAX).await else {
            self.give_up().await;
            return Problem::internal(&"an answer broke off").into_response();
        };
        let kept = parts.extensions.get::<KeepInstead>().map_or(bytes.as_ref(), |keep| keep.0.as_slice());
        if parts.status.is_success() && kept.len() <= MAX_KEPT {
            let envelope = envelope(&parts.headers, kept);
            let idempotency = &self.app.ports().idempotency;
            if let Err(error) =
                idempotency.remember(&self.workspace, &self.key, parts.status.as_u16(), &envelope).await
            {
                tracing::warn!(%error, "an answer could not be kept for repeated requests");
            }
        } else {
            self.give_up().await;
        }
        Response::from_parts(parts, Body::from(bytes))
    }

    async fn give_up(&self) {
        if let Err(error) = self.app.ports().idempotency.forget(&self.workspace, &self.key).await {
            tracing::warn!(%error, "an idempotency key could not be freed");
        }
    }
}

/// A kept answer: its `Location` on the first line, then its body.
fn envelope(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let location = headers.get(header::LOCATION).map(HeaderValue::as_bytes).unwrap_or_default();
    [location, b"\n", body].concat()
}

fn again(status: u16, kept: &[u8]) -> Response {
    let (location, body) = match kept.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&kept[..end], &kept[end + 1..]),
        None => (&[][..], kept),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, body.to_vec()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(location) = HeaderValue::from_bytes(location).ok().filter(|_| !location.is_empty()) {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// Around operations that create something from a small body. Their work runs to its end even if the caller
/// hangs up, so that a key is never left half-used.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    match handle(app, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn handle(app: App, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(request.headers())?.filter(|_| request.method() == Method::POST);
    let Some(key) = key else { return Ok(next.run(request).await) };
    let (mut parts, body) = request.into_parts();
    let who = SignedIn::from_request_parts(&mut parts, &app).await?;
    let bytes = whole_body(Request::from_parts(parts.clone(), body)).await?;
    let print = fingerprint(&parts.method, parts.uri.path(), parts.uri.query(), &Sha256::digest(&bytes));
    let held = match take(&app, &who, &key, &print).await? {
        Ok(held) => held,
        Err(answered) => return Ok(answered),
    };
    let request = Request::from_parts(parts, Body::from(bytes));
    let work = async move { held.settle(next.run(request).await).await };
    to_the_end(work).await
}

/// Runs work in a task of its own, as a part of the same request.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Problem> {
    let id = request::id().unwrap_or_default();
    tokio::spawn(request::within(id, work)).await.map_err(|panic| Problem::internal(&panic))
}
