//! What surrounds every request: its id, one line in the log, and headers that protect the browser.

use crate::App;
use crate::edge::{self, Caller};
use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use vakhta_domain::ids::random_hex;

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The server's clock, so that a page tells ages right beside a clock that is wrong, or that is set on purpose.
pub const SERVER_TIME: HeaderName = HeaderName::from_static("x-vakhta-time");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub fn id() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Runs `work` as a part of the request `id`; for work that goes on in a task of its own.
pub async fn within<T>(id: String, work: impl Future<Output = T>) -> T {
    CURRENT.scope(id, work).await
}

/// Learns who is asking, for the log.
#[derive(Debug, Clone, Default)]
pub struct WhoAsks(pub Arc<OnceLock<String>>);

/// Gives the request its id, logs one line, adds the protecting headers.
pub async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = accepted_id(request.headers())
        .unwrap_or_else(|| format!("req_{}", random_hex(app.ports().chance.as_ref(), 8)));
    let who = WhoAsks::default();
    request.extensions_mut().insert(who.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    // HTTP/2 ends one stream, not the connection.
    let alone = request.version() <= Version::HTTP_11;
    let large = has_large_body(&request);
    let began = Instant::now();
    let answering = app.requests.begin();
    let answer = async {
        match edge::admit(&app, &mut request) {
            Ok(()) => {}
            Err(problem) => return (request.extensions().get::<Caller>().copied(), problem.into_response()),
        }
        let caller = request.extensions().get::<Caller>().copied();
        (caller, edge::unzipped(request, next, app.settings.edge.max_unzip_bytes).await)
    };
    let (caller, mut response) = CURRENT.scope(id.clone(), answer).await;
    drop(answering);
    let route = route.as_ref().map(MatchedPath::as_str);
    app.requests.note(method.as_str(), route, response.status().as_u16(), began.elapsed());
    protect(response.headers_mut(), app.settings.secure_cookies);
    let unread = large && response.status().is_client_error();
    if alone && (unread || response.status() == StatusCode::REQUEST_TIMEOUT) {
        // The rest of the body may not have been read, and then the connection is closed: the client must not
        // send its next request into it.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::try_from(app.now().to_string()) {
        response.headers_mut().insert(SERVER_TIME, value);
    }
    tracing::info!(
        method = %method,
        route = route.unwrap_or("-"),
        status = response.status().as_u16(),
        ms = began.elapsed().as_secs_f64() * 1000.0,
        request_id = %id,
        user = who.0.get().map_or("-", String::as_str),
        ip = caller.map(|caller| tracing::field::display(caller.address)),
        "request"
    );
    response
}

/// Whether a body is more than what is read along with the head.
fn has_large_body(request: &Request) -> bool {
    const WITH_THE_HEAD: u64 = 8 << 10;
    let size = request.body().size_hint().upper();
    size.is_none_or(|bytes| bytes > WITH_THE_HEAD)
}

/// The caller's own id, where it is one that may stand in logs and headers.
fn accepted_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    fits.then(|| text.to_owned())
}

/// What a page of ours may load and do. Handlers whose page needs more set their own.
const CONTENT_SECURITY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Browsers come back by TLS only, for a year.
const ONLY_TLS: &str = "max-age=31536000";
/// What no page of ours asks of a browser.
const NOT_ASKED: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
     microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()";

fn protect(headers: &mut HeaderMap, secure: bool) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    default(header::REFERRER_POLICY, "same-origin");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), NOT_ASKED);
    if secure {
        default(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    // Answers hold a company's numbers; what may be cached says so itself.
    default(header::CACHE_CONTROL, "no-store");
}

/// The address of who calls: the other end of the connection, or what trusted proxies say.
pub fn caller(extensions: &axum::http::Extensions) -> Option<String> {
    extensions.get::<Caller>().map(|caller| caller.address.to_string())
}

/// The caller's program as it names itself, cut to a length that may be stored.
pub fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().filter(|c| !c.is_control()).take(256).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        let accepted = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(text).expect("a header"));
            accepted_id(&headers)
        };
        assert_eq!(accepted("Order-7.a_b"), Some("Order-7.a_b".into()));
        for bad in ["", "a b", "a\tb", "x;y", &"a".repeat(65)] {
            assert_eq!(accepted(bad), None, "{bad}");
        }
    }
}
