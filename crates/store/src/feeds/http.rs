//! A file at an address. A name is resolved once, its addresses are checked, and the connection goes to those very
//! addresses: what the name means a moment later changes nothing. Every redirect is checked in the same way.

use super::addresses::is_public;
use super::files::{Spool, at, within};
use super::secrets::{Secrets, in_address};
use crate::tls::one_cryptography;
use futures::StreamExt as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use vakhta_domain::ports::{Feed, FeedError, Fetched};
use vakhta_domain::progress::Progress;
use vakhta_domain::source::{HttpPlace, Seen, SeenFile};

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// One answer may take so long as a whole.
const WHOLE: Duration = Duration::from_mins(15);

pub(super) async fn fetch(
    place: &HttpPlace,
    secrets: &mut Secrets,
    private: bool,
    seen: &Seen,
    into: &Path,
    most: u64,
    progress: &dyn Progress,
) -> Result<Feed, FeedError> {
    let url = secrets.fill(&place.url, in_address)?;
    let url =
        Url::parse(&url).map_err(|error| FeedError::Lasting(format!("the address is none: {error}")))?;
    // Secrets in the query are no part of the name under which the file is remembered.
    let name = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    let name = if name.is_empty() { "answer".to_owned() } else { name };
    let mut headers = HeaderMap::new();
    for (header, value) in &place.headers {
        let value = secrets.fill(value, str::to_owned)?;
        let unfit = || FeedError::Lasting(format!("header `{header}` cannot be sent"));
        let header: HeaderName = header.parse().map_err(|_| unfit())?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| unfit())?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    let old = seen.files.get(&name);
    at(progress, 0, 1)?;
    let answer = ask(url, headers, private, old).await?;
    let mut feed = Feed { seen: seen.clone(), files_seen: 1, ..Feed::default() };
    if answer.status() == StatusCode::NOT_MODIFIED && old.is_some() {
        return Ok(feed);
    }
    within(answer.content_length().unwrap_or(0), most)?;
    let mark = mark(&answer);
    let mut body = answer.bytes_stream();
    let mut spool = Spool::new(into, 0).await?;
    while let Some(bytes) = body.next().await {
        let bytes =
            bytes.map_err(|error| FeedError::Passing(format!("the answer broke off: {}", told(error))))?;
        spool.write(&bytes).await?;
        within(spool.bytes, most)?;
        at(progress, 0, 1)?;
    }
    feed.bytes = spool.bytes;
    let path = spool.path.clone();
    let sha256 = spool.end().await?;
    if old.is_none_or(|old| old.sha256 != sha256) && feed.bytes > 0 {
        feed.files.push(Fetched { name: name.clone(), path, format: None });
    }
    feed.seen.files.insert(name, SeenFile { size: feed.bytes, mark, sha256 });
    Ok(feed)
}

/// What is sent back to ask whether a file is another by now.
fn mark(answer: &Response) -> String {
    let of = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    match (of("etag"), of("last-modified")) {
        (Some(etag), _) => format!("etag {etag}"),
        (None, Some(modified)) => format!("modified {modified}"),
        (None, None) => String::new(),
    }
}

async fn ask(
    mut url: Url,
    mut headers: HeaderMap,
    private: bool,
    old: Option<&SeenFile>,
) -> Result<Response, FeedError> {
    let first = url.clone();
    for _ in 0..=REDIRECTS {
        let client = client_to(&url, private).await?;
        let mut request = client.get(url.clone()).headers(headers.clone());
        match old.map(|old| old.mark.split_once(' ')) {
            Some(Some(("etag", etag))) => request = request.header("if-none-match", etag),
            Some(Some(("modified", at))) => request = request.header("if-modified-since", at),
            _ => {}
        }
        let answer = request.send().await.map_err(|error| {
            FeedError::Passing(format!("{} cannot be reached: {}", host(&url), told(error)))
        })?;
        let status = answer.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(answer);
        }
        if !status.is_redirection() {
            let text = format!("{} answered {status}", host(&url));
            let passing = status.is_server_error()
                || matches!(
                    status,
                    StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
                );
            return Err(if passing { FeedError::Passing(text) } else { FeedError::Lasting(text) });
        }
        let next = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let next = next.and_then(|next| url.join(next).ok());
        let next = next.ok_or_else(|| FeedError::Lasting(format!("{} redirects to nowhere", host(&url))))?;
        if url.scheme() == "https" && next.scheme() != "https" {
            return Err(FeedError::Lasting(format!("{} redirects to an address without TLS", host(&url))));
        }
        if (next.host_str(), next.port_or_known_default())
            != (first.host_str(), first.port_or_known_default())
        {
            // They were meant for the first server.
            headers.clear();
        }
        url = next;
    }
    Err(FeedError::Lasting(format!("over {REDIRECTS} redirects")))
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}

/// The cause at the bottom, without the address, which may hold a secret.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// A client that can reach the checked addresses of one host only.
async fn client_to(url: &Url, private: bool) -> Result<Client, FeedError> {
    if !["http", "https"].contains(&url.scheme()) || !url.username().is_empty() || url.password().is_some() {
        return Err(FeedError::Lasting("only plain http and https addresses are read".into()));
    }
    let name = url.host_str().ok_or_else(|| FeedError::Lasting("the address has no host".into()))?;
    let port = url.port_or_known_default().unwrap_or(443);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => tokio::net::lookup_host((bare, port))
            .await
            .map_err(|error| FeedError::Passing(format!("{bare} cannot be resolved: {error}")))?
            .collect(),
    };
    if addresses.is_empty() {
        return Err(FeedError::Passing(format!("{bare} has no address")));
    }
    // One inside is enough to refuse: which of them is taken is left to chance.
    if let (false, Some(inside)) = (private, addresses.iter().find(|address| !is_public(address.ip()))) {
        return Err(FeedError::Lasting(format!(
            "{bare} is {}, an address of the inner network; the setting `source_private` allows such",
            inside.ip()
        )));
    }
    one_cryptography();
    Client::builder()
        .user_agent(concat!("vakhta/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // A proxy would resolve the name again.
        .no_proxy()
        .resolve_to_addrs(bare, &addresses)
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_mins(1))
        .timeout(WHOLE)
        .build()
        .map_err(|error| FeedError::Lasting(format!("no client: {}", told(error))))
}
