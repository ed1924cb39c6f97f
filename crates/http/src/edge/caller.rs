//! The address of who calls. A proxy's word about it is taken where the proxy is trusted, and nobody else's.

use axum::http::{HeaderMap, header};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// The most hops that are read; the last ones are those that count.
const MOST_HOPS: usize = 32;
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// Who calls, and how long his body may be silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) address: IpAddr,
    pub(crate) body_silence: Duration,
}

/// Whether an address is one of these networks'.
pub(super) fn is_among(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// The right-most address that no trusted proxy has, going from the other end of the connection to the left. Where
/// `X-Forwarded-For` and `Forwarded` both come and disagree, one of them was not written by the proxy, and neither is
/// believed.
pub(super) fn find(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    if !is_among(trusted, peer) {
        return peer;
    }
    let one = hops(headers, X_FORWARDED_FOR, listed).map(|hops| walk(peer, &hops, trusted));
    let other = hops(headers, header::FORWARDED.as_str(), forwarded).map(|hops| walk(peer, &hops, trusted));
    match (one, other) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => peer,
    }
}

/// Goes from hop to hop while a trusted proxy tells of the next one; what cannot be read ends the way.
fn walk(peer: IpAddr, hops: &[Option<IpAddr>], trusted: &[IpNet]) -> IpAddr {
    let mut at = peer;
    for hop in hops {
        match hop {
            Some(hop) if is_among(trusted, at) => at = *hop,
            _ => break,
        }
    }
    at
}

/// The hops of a header, the nearest first; none where the header is absent.
fn hops(
    headers: &HeaderMap,
    name: &str,
    read: impl Fn(&str) -> Option<IpAddr>,
) -> Option<Vec<Option<IpAddr>>> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect();
    if lines.is_empty() {
        return None;
    }
    let nearest_first = lines.iter().rev().flat_map(|line| line.rsplit(','));
    Some(nearest_first.take(MOST_HOPS).map(read).collect())
}

/// An element of `X-Forwarded-For`.
fn listed(element: &str) -> Option<IpAddr> {
    address(element.trim())
}

/// The `for` of an element of `Forwarded` (RFC 7239).
fn forwarded(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))?;
        address(value)
    })
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip())).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    /// Fields of a head.
    type Given = &'static [(&'static str, &'static str)];

    fn found(peer: &str, given: Given, trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        let trusted: Vec<IpNet> = trusted.split_whitespace().map(|n| n.parse().expect("a network")).collect();
        find(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn the_right_most_address_that_no_proxy_has_is_the_caller() {
        const XFF: &str = X_FORWARDED_FOR;
        let cases: &[(&str, Given, &str, &str)] = &[
            // Nobody is trusted: whatever is said, the other end is the caller.
            ("10.0.0.1", &[(XFF, "1.2.3.4")], "", "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "1.2.3.4")], "10.9.0.0/16", "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "1.2.3.4")], "10.0.0.0/8", "1.2.3.4"),
            ("10.0.0.1", &[], "10.0.0.0/8", "10.0.0.1"),
            // What the caller himself wrote stands further to the left.
            ("10.0.0.1", &[(XFF, "6.6.6.6, 1.2.3.4")], "10.0.0.0/8", "1.2.3.4"),
            ("10.0.0.1", &[(XFF, "6.6.6.6"), (XFF, "1.2.3.4, 10.0.0.2")], "10.0.0.0/8", "1.2.3.4"),
            ("10.0.0.1", &[(XFF, "10.0.0.3, 10.0.0.2")], "10.0.0.0/8", "10.0.0.3"),
            // What cannot be read ends the way at who wrote it.
            ("10.0.0.1", &[(XFF, "1.2.3.4, unknown")], "10.0.0.0/8", "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "1.2.3.4, , 10.0.0.2")], "10.0.0.0/8", "10.0.0.2"),
            ("10.0.0.1", &[(XFF, "")], "10.0.0.0/8", "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "1.2.3.4:99")], "10.0.0.1/32", "1.2.3.4"),
            ("::1", &[(XFF, "[2001:db8::7]:99")], "::1/128", "2001:db8::7"),
            ("fd00::1", &[(XFF, "2001:db8::7")], "fd00::/8", "2001:db8::7"),
            ("10.0.0.1", &[(XFF, "::ffff:1.2.3.4")], "10.0.0.0/8", "1.2.3.4"),
            ("10.0.0.1", &[("forwarded", "for=1.2.3.4;proto=https")], "10.0.0.0/8", "1.2.3.4"),
            (
                "10.0.0.1",
                &[("forwarded", "for=6.6.6.6, For=\"[2001:db8::7]:99\";by=x")],
                "10.0.0.0/8",
                "2001:db8::7",
            ),
            ("10.0.0.1", &[("forwarded", "by=10.0.0.9")], "10.0.0.0/8", "10.0.0.1"),
            // One of the two is not the proxy's.
            ("10.0.0.1", &[(XFF, "1.2.3.4"), ("forwarded", "for=6.6.6.6")], "10.0.0.0/8", "10.0.0.1"),
            ("10.0.0.1", &[(XFF, "1.2.3.4"), ("forwarded", "for=1.2.3.4")], "10.0.0.0/8", "1.2.3.4"),
        ];
        for (peer, headers, trusted, caller) in cases {
            assert_eq!(found(peer, headers, trusted), *caller, "{peer} {headers:?} {trusted}");
        }
    }
}
