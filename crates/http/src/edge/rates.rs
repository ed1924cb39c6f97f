//! How many requests one token and one address may make. Counted in this process's memory: several processes count
//! apart.

use super::EdgeSettings;
use crate::auth::presented;
use crate::problem::Problem;
use axum::http::HeaderMap;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A pause lets through so many seconds' worth of requests at once.
const BURST_SECONDS: u64 = 10;
/// So many keys are remembered before those that owe nothing are forgotten.
const SWEEP_AT: usize = 16_384;
const NANOS: u64 = 1_000_000_000;

/// Counts requests by who makes them.
pub(crate) struct Rates {
    tokens: Option<Rate>,
    addresses: Option<Rate>,
    began: Instant,
    hasher: RandomState,
}

/// One rate, by the generic cell rate algorithm: of each key, the moment at which it will owe nothing.
struct Rate {
    /// What one request costs, nanoseconds.
    cost: u64,
    /// How far into the future a key may owe.
    most: u64,
    owing: Mutex<Owing>,
}

struct Owing {
    until: HashMap<u64, u64>,
    sweep_at: usize,
}

impl Rate {
    fn new(a_second: u32) -> Option<Self> {
        let a_second = u64::from(a_second);
        let owing = Owing { until: HashMap::new(), sweep_at: SWEEP_AT };
        (a_second > 0).then(|| Self {
            cost: NANOS / a_second,
            most: BURST_SECONDS * NANOS,
            owing: Mutex::new(owing),
        })
    }

    /// Takes one request; else the nanoseconds until there is room for it.
    fn take(&self, key: u64, now: u64) -> Result<(), u64> {
        let mut owing = self.owing.lock().unwrap_or_else(PoisonError::into_inner);
        if owing.until.len() >= owing.sweep_at {
            owing.until.retain(|_, until| *until > now);
            owing.sweep_at = SWEEP_AT.max(owing.until.len() * 2);
        }
        let until = owing.until.entry(key).or_insert(0);
        let owes = (*until).max(now) + self.cost;
        if owes - now > self.most {
            return Err(owes - now - self.most);
        }
        *until = owes;
        Ok(())
    }
}

impl Rates {
    pub(crate) fn new(edge: &EdgeSettings) -> Self {
        Self {
            tokens: Rate::new(edge.token_rate),
            addresses: Rate::new(edge.address_rate),
            began: Instant::now(),
            hasher: RandomState::new(),
        }
    }

    /// Counts a request; 429 where there were too many. Programs of this machine are not held back: they share its
    /// processors anyway.
    pub(crate) fn take(&self, caller: IpAddr, headers: &HeaderMap, secure: bool) -> Result<(), Problem> {
        if caller.is_loopback() {
            return Ok(());
        }
        let now = self.began.elapsed().as_nanos() as u64;
        if let Some(addresses) = &self.addresses {
            let key = self.hasher.hash_one(network(caller));
            addresses.take(key, now).map_err(|wait| too_many("this address", wait))?;
        }
        if let Some(tokens) = &self.tokens
            && let Some((secret, _)) = presented(headers, secure)
        {
            // The keys are hashed with a secret seed: nobody can choose one that another's requests count for.
            tokens.take(self.hasher.hash_one(secret), now).map_err(|wait| too_many("this token", wait))?;
        }
        Ok(())
    }
}

/// What an address is counted by: whoever has one of IPv6 has a network of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

fn too_many(whose: &str, wait: u64) -> Problem {
    Problem::too_many(format!("there are too many requests by {whose}"), wait.div_ceil(NANOS).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_a_steady_stream() {
        let rate = Rate::new(2).expect("a rate");
        let burst = (0..100).take_while(|_| rate.take(1, 0).is_ok()).count();
        assert_eq!(burst as u64, 2 * BURST_SECONDS);
        assert_eq!(rate.take(1, 0), Err(NANOS / 2), "there is room in half a second");
        assert_eq!(rate.take(2, 0), Ok(()), "another one is not held back");
        assert_eq!(rate.take(1, NANOS / 2), Ok(()));
        assert!(rate.take(1, NANOS / 2).is_err());
        assert!(Rate::new(0).is_none());
    }

    #[test]
    fn who_owes_nothing_is_forgotten() {
        let rate = Rate::new(1000).expect("a rate");
        for key in 0..SWEEP_AT as u64 {
            rate.take(key, 0).expect("the first");
        }
        rate.take(u64::MAX, NANOS).expect("another");
        assert_eq!(rate.owing.lock().expect("free").until.len(), 1);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
