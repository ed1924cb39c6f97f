//! No secret travels through a network in clear: whoever comes from another machine without TLS is told so, unless it was
//! allowed (ADR 0022).

use super::EdgeSettings;
use super::caller::is_among;
use crate::problem::Problem;
use axum::extract::{MatchedPath, Request};
use std::net::IpAddr;

const REFUSED: &str = "this server answers other machines by TLS only, so that no password travels in clear; give it a certificate \
     (tls_cert and tls_key; `vakhta tls self-signed` makes one), name the proxy in front that speaks TLS in trusted_proxies, \
     or set allow_plain_http = true where the network is yours alone";

/// Refuses what came in clear from elsewhere. Health is told to all: it says no secrets, and probes carry none.
pub(super) fn check(edge: &EdgeSettings, peer: IpAddr, request: &Request) -> Result<(), Problem> {
    let private = edge.tls
        || edge.allow_plain_http
        || peer.is_loopback()
        || is_among(&edge.trusted_proxies, peer)
        || is_health(request);
    if private { Ok(()) } else { Err(Problem::forbidden("tls_required", REFUSED)) }
}

fn is_health(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    ["/health", "/health/live", "/health/ready"].iter().any(|health| path.ends_with(health))
        && !path.contains('{')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn only_who_is_here_or_allowed_comes_in_clear() {
        let closed = EdgeSettings {
            trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
            tls: false,
            allow_plain_http: false,
            body_silence: Duration::from_secs(1),
            max_unzip_bytes: 1,
            cors_origins: Vec::new(),
            token_rate: 0,
            address_rate: 0,
        };
        let open = EdgeSettings { allow_plain_http: true, ..closed.clone() };
        let tls = EdgeSettings { tls: true, ..closed.clone() };
        for (edge, peer, passes) in [
            (&closed, "127.0.0.1", true),
            (&closed, "::1", true),
            (&closed, "10.1.2.3", true),
            (&closed, "192.0.2.1", false),
            (&open, "192.0.2.1", true),
            (&tls, "192.0.2.1", true),
        ] {
            let answer = check(edge, peer.parse().expect("an address"), &Request::default());
            assert_eq!(answer.is_ok(), passes, "{peer} {edge:?}");
        }
    }
}
