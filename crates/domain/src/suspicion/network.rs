//! The network that an address belongs to: close enough to be the same office or provider, coarse enough to say
//! little of a person.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The /24 of an IPv4 address, the /48 of an IPv6 address; none of what is no address.
pub fn network_of(address: &str) -> Option<String> {
    match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            Some(format!("{}/24", Ipv4Addr::new(a, b, c, 0)))
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            Some(format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one() {
        for (address, network) in [
            ("10.1.2.3", Some("10.1.2.0/24")),
            ("::ffff:10.1.2.255", Some("10.1.2.0/24")),
            ("2001:db8:1:2::5", Some("2001:db8:1::/48")),
            ("::1", Some("::/48")),
            ("somewhere", None),
        ] {
            assert_eq!(network_of(address).as_deref(), network, "{address}");
        }
    }
}
