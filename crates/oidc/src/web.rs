//! Requests to the provider: no redirects, bounded times and answers, TLS but on the machine itself.

use super::unavailable;
use futures::StreamExt as _;
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect};
use serde_json::Value;
use std::time::Duration;
use vakhta_domain::ports::ProviderError;

const WHOLE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const MOST_BYTES: usize = 1 << 20;

/// An address that may be asked: https, or http on this machine.
pub(crate) fn checked(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is no address: {error}"))?;
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && local) {
        return Ok(url);
    }
    Err(format!("`{text}` is not https, so that others could read along"))
}

pub(crate) fn client() -> Result<Client, String> {
    // One cryptography for the whole process; whoever came first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("vakhta/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .build()
        .map_err(|error| error.to_string())
}

/// The status and the JSON of an answer; null where it is no JSON. The texts of errors name `what` and no secret.
pub(crate) async fn ask(request: RequestBuilder, what: &str) -> Result<(StatusCode, Value), ProviderError> {
    let answer = request.header("accept", "application/json").send().await;
    let answer =
        answer.map_err(|error| unavailable(format!("{what} cannot be reached: {}", error.without_url())))?;
    let status = answer.status();
    let mut body = Vec::new();
    let mut stream = answer.bytes_stream();
    while let Some(bytes) = stream.next().await {
        let bytes =
            bytes.map_err(|error| unavailable(format!("{what} broke off: {}", error.without_url())))?;
        if body.len() + bytes.len() > MOST_BYTES {
            return Err(unavailable(format!("{what} is longer than {MOST_BYTES} bytes")));
        }
        body.extend_from_slice(&bytes);
    }
    Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_reads_along_are_asked() {
        for good in
            ["https://id.example/realms/x", "http://127.0.0.1:8080", "http://localhost/", "http://[::1]:1/"]
        {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in ["http://id.example", "ftp://id.example", "id.example", "", "http://127.0.0.1.id.example"]
        {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
