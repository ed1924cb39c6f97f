//! One POST to one checked address: no redirects, no proxy, bounded times and answers.

use crate::addresses;
use futures::StreamExt as _;
use jiff::SignedDuration;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde_json::Value;
use std::time::Duration;
use vakhta_domain::ids::DeliveryId;
use vakhta_domain::ports::NotifyError;

/// The whole exchange.
const WHOLE: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const MOST_BYTES: usize = 16 << 10;

/// What came back.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
    pub retry_after: Option<SignedDuration>,
}

fn lasting(text: impl Into<String>) -> NotifyError {
    NotifyError::Lasting(text.into())
}

/// Sends a JSON body. The texts of errors name the host and nothing else of the address, which may hold a secret.
pub(crate) async fn post(
    url: &str,
    bearer: Option<&str>,
    id: &DeliveryId,
    body: &Value,
) -> Result<Answer, NotifyError> {
    let url = Url::parse(url).map_err(|error| lasting(format!("the address is none: {error}")))?;
    if !["http", "https"].contains(&url.scheme()) || !url.username().is_empty() || url.password().is_some() {
        return Err(lasting("only plain http and https addresses are written to"));
    }
    let host = url.host_str().ok_or_else(|| lasting("the address names no server"))?.to_owned();
    let client = client_to(&url, &host).await?;
    let mut headers = HeaderMap::new();
    let of = |text: &str| HeaderValue::from_str(text).map_err(|_| lasting("the token cannot be sent"));
    // A receiver that sees the same twice knows by it that it is the same.
    headers.insert("idempotency-key", of(id.as_str())?);
    if let Some(bearer) = bearer {
        let mut value = of(&format!("Bearer {bearer}"))?;
        value.set_sensitive(true);
        headers.insert("authorization", value);
    }
    let sent = client.post(url).headers(headers).json(body).send().await;
    let answer = sent.map_err(|error| NotifyError::Passing {
        text: format!("{host} cannot be reached: {}", cause(error)),
        retry_after: None,
    })?;
    let (status, retry_after) = (answer.status(), retry_after(answer.headers()));
    Ok(Answer { status, retry_after, body: bounded(answer).await })
}

async fn client_to(url: &Url, host: &str) -> Result<Client, NotifyError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses = addresses::of(bare, port).await?;
    // One cryptography for the whole process; whoever came first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("vakhta/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // A proxy would resolve the name again.
        .no_proxy()
        .resolve_to_addrs(bare, &addresses)
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .build()
        .map_err(|error| lasting(format!("no client: {}", cause(error))))
}

/// The cause at the bottom, without the address.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

async fn bounded(answer: Response) -> Vec<u8> {
    let mut body = Vec::new();
    let mut stream = answer.bytes_stream();
    while let Some(Ok(bytes)) = stream.next().await {
        let room = MOST_BYTES - body.len();
        body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if body.len() >= MOST_BYTES {
            break;
        }
    }
    body
}

/// Seconds, or a moment compared with the one that the server says it is.
fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let wanted = text(RETRY_AFTER)?.trim();
    if let Ok(seconds) = wanted.parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let moment = |text: &str| rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    Some(moment(wanted)?.duration_since(moment(text(DATE)?)?).max(SignedDuration::ZERO))
}

/// What a status means to whoever sent something.
pub(crate) fn taken(answer: &Answer, who: &str, why: Option<String>) -> Result<(), NotifyError> {
    let status = answer.status;
    if status.is_success() {
        return Ok(());
    }
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    let text = format!("{who} answered {status}{why}");
    let passing = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        );
    if passing {
        return Err(NotifyError::Passing { text, retry_after: answer.retry_after });
    }
    if status.is_redirection() {
        return Err(lasting(format!("{text}; give the address that it leads to")));
    }
    Err(lasting(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Answer {
        Answer { status: StatusCode::from_u16(status).expect("one"), body: Vec::new(), retry_after: None }
    }

    #[test]
    fn what_may_go_better_is_told_from_what_will_not() {
        for status in [200, 201, 204] {
            assert_eq!(taken(&answer(status), "x", None), Ok(()));
        }
        for status in [408, 425, 429, 500, 503] {
            assert!(
                matches!(taken(&answer(status), "x", None), Err(NotifyError::Passing { .. })),
                "{status}"
            );
        }
        for status in [301, 400, 401, 404] {
            assert!(matches!(taken(&answer(status), "x", None), Err(NotifyError::Lasting(_))), "{status}");
        }
    }

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_moment() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        assert_eq!(of(&[("retry-after", "7")]), Some(7));
        let now = ("date", "Tue, 10 Mar 2026 00:00:00 GMT");
        assert_eq!(of(&[("retry-after", "Tue, 10 Mar 2026 00:01:30 GMT"), now]), Some(90));
        assert_eq!(of(&[("retry-after", "Tue, 10 Mar 2026 00:01:30 GMT")]), None);
        assert_eq!(of(&[("retry-after", "soon")]), None);
        assert_eq!(of(&[]), None);
    }
}
