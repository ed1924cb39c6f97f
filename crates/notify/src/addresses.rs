//! Which addresses may be written to. Unlike a source, a channel may lie in the company's own network: its Mattermost
//! and its mail server do. What no receiver of messages lives at is refused: link-local addresses (where clouds keep the
//! credentials of machines), multicast, and those that stand for nobody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use vakhta_domain::ports::NotifyError;

fn allowed(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => allowed_v4(v4),
        IpAddr::V6(v6) => allowed_v6(v6),
    }
}

fn allowed_v4(address: Ipv4Addr) -> bool {
    let special = address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.octets()[0] == 0
        // What Alibaba's cloud keeps its credentials at.
        || address == Ipv4Addr::new(100, 100, 100, 200);
    !special
}

fn allowed_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        allowed_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0, 0, 0, 0, 0, 0, 0, low] => low == 1,
        // Addresses that stand for IPv4 ones: the old form, the translators' and 6to4's.
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            embedded(high, low)
        }
        // What Amazon's cloud keeps its credentials at.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => false,
        [first, ..] => first & 0xffc0 != 0xfe80 && first & 0xff00 != 0xff00,
    }
}

/// The checked addresses of a host. Whoever connects must take one of these and not resolve again.
pub(crate) async fn of(host: &str, port: u16) -> Result<Vec<SocketAddr>, NotifyError> {
    let passing = |text| NotifyError::Passing { text, retry_after: None };
    let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => tokio::net::lookup_host((host, port))
            .await
            .map_err(|error| passing(format!("{host} cannot be resolved: {error}")))?
            .collect(),
    };
    if found.is_empty() {
        return Err(passing(format!("{host} has no address")));
    }
    if let Some(refused) = found.iter().find(|address| !allowed(address.ip())) {
        return Err(NotifyError::Lasting(format!(
            "{host} is {}, an address that no message is sent to",
            refused.ip()
        )));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_be_near_but_not_a_clouds_keeper_of_credentials() {
        let fits = |text: &str| allowed(text.parse().expect("an address"));
        for good in ["127.0.0.1", "10.1.2.3", "192.168.0.5", "1.1.1.1", "::1", "fd12::1", "2a00:1450::1"] {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "2002:a9fe:a9fe::",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "ff02::1",
            "255.255.255.255",
        ] {
            assert!(!fits(bad), "{bad}");
        }
    }
}
