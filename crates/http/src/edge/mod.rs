//! What is asked of every request before anybody looks at what it is about: where it came from, whether by a way that
//! secrets may travel, and whether there were too many.

mod caller;
mod cors;
mod plain;
mod rates;
mod silence;
mod unzip;

pub(crate) use caller::Caller;
pub(crate) use cors::layer as cors;
pub(crate) use rates::Rates;
pub(crate) use silence::{Attentive, is_silent};
pub(crate) use unzip::{is_too_large, unzipped};

use crate::App;
use crate::problem::Problem;
use axum::extract::{ConnectInfo, Request};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How the edge behaves. No defaults: the binary decides.
#[derive(Debug, Clone)]
pub struct EdgeSettings {
    /// The proxies whose word about the caller is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether this process speaks TLS itself.
    pub tls: bool,
    /// Whether callers from elsewhere may come without TLS.
    pub allow_plain_http: bool,
    /// A body that stops coming for so long is given up.
    pub body_silence: Duration,
    /// The most that a compressed body may become, bytes.
    pub max_unzip_bytes: u64,
    /// The pages of other servers whose scripts may read answers, as `https://host[:port]`.
    pub cors_origins: Vec<String>,
    /// Requests a second of one token or session; 0 for any number.
    pub token_rate: u32,
    /// Requests a second from one address; 0 for any number.
    pub address_rate: u32,
}

/// Finds out who calls and whether he may, before anything else is done for him.
pub(crate) fn admit(app: &App, request: &mut Request) -> Result<(), Problem> {
    let edge = &app.settings.edge;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical());
    let caller = caller::find(peer, request.headers(), &edge.trusted_proxies);
    request.extensions_mut().insert(Caller { address: caller, body_silence: edge.body_silence });
    plain::check(edge, peer, request)?;
    if has_nul(request.uri().path()) || request.uri().query().is_some_and(has_nul) {
        return Err(Problem::bad_request("bad_address", "the address holds a NUL, which no name here has"));
    }
    app.rates.take(caller, request.headers(), app.settings.secure_cookies)
}

/// Whether it holds an escaped NUL: PostgreSQL stores none, and nothing here is named so.
fn has_nul(text: &str) -> bool {
    text.contains("%00")
}
