//! How often somebody may try to sign in: per address and name, and per address.

use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The stretch of time that attempts are counted in.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// An address alone may try this many times as often as one name from it: offices share an address.
const NAMES_PER_ADDRESS: usize = 5;
/// Places remembered at once; beyond, those without a recent attempt are forgotten first.
const MAX_PLACES: usize = 20_000;

/// Counts attempts over the last minute. Kept in memory: a restart forgives, which is harmless at one a
/// second.
pub struct SignInLimits {
    per_minute: usize,
    attempts: Mutex<HashMap<String, VecDeque<Timestamp>>>,
}

impl SignInLimits {
    /// `per_minute` attempts for one address and name.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute: per_minute.max(1) as usize, attempts: Mutex::default() }
    }

    /// Counts an attempt, or says after how many seconds the next one may be made.
    pub fn attempt(&self, address: Option<&str>, name: &str, now: Timestamp) -> Result<(), u64> {
        let address = address.unwrap_or("-");
        // Names are compared without case, as accounts are; long ones are cut so that memory stays bounded.
        let name: String = name.to_lowercase().chars().take(64).collect();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() > MAX_PLACES {
            attempts.retain(|_, times| times.back().is_some_and(|last| now.duration_since(*last) < WINDOW));
        }
        if attempts.len() > 2 * MAX_PLACES {
            return Err(60);
        }
        let places = [
            (format!("{address} {name}"), self.per_minute),
            (address.to_owned(), self.per_minute * NAMES_PER_ADDRESS),
        ];
        for (place, limit) in &places {
            let times = attempts.entry(place.clone()).or_default();
            while times.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
                times.pop_front();
            }
            if times.len() >= *limit {
                let oldest = times[times.len() - limit];
                return Err((WINDOW - now.duration_since(oldest)).as_secs().max(0) as u64 + 1);
            }
        }
        for (place, _) in places {
            attempts.entry(place).or_default().push_back(now);
        }
        Ok(())
    }

    /// Forgets the attempts of a name that signed in.
    pub fn succeeded(&self, address: Option<&str>, name: &str) {
        let name: String = name.to_lowercase().chars().take(64).collect();
        let place = format!("{} {name}", address.unwrap_or("-"));
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    #[test]
    fn the_eleventh_attempt_in_a_minute_waits() {
        let limits = SignInLimits::new(10);
        for i in 0..10 {
            assert_eq!(limits.attempt(Some("10.0.0.1"), "Ann", at(i)), Ok(()));
        }
        assert_eq!(limits.attempt(Some("10.0.0.1"), "ann", at(10)), Err(51));
        assert_eq!(limits.attempt(Some("10.0.0.2"), "ann", at(10)), Ok(()), "another address");
        assert_eq!(limits.attempt(Some("10.0.0.1"), "bob", at(10)), Ok(()), "another name");
        assert_eq!(limits.attempt(Some("10.0.0.1"), "ann", at(61)), Ok(()), "a minute later");
    }

    #[test]
    fn one_address_cannot_try_every_name() {
        let limits = SignInLimits::new(2);
        let passed =
            (0..50).filter(|i| limits.attempt(Some("a"), &format!("user{i}"), at(0)).is_ok()).count();
        assert_eq!(passed, 10);
    }

    #[test]
    fn success_forgives() {
        let limits = SignInLimits::new(1);
        assert!(limits.attempt(None, "ann", at(0)).is_ok());
        limits.succeeded(None, "Ann");
        assert!(limits.attempt(None, "ann", at(1)).is_ok());
    }
}
