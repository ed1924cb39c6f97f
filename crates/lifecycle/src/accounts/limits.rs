//! How often somebody may try to sign in: per address and name, and per address.

use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use vakhta_domain::ids::UserId;

/// The stretch of time that attempts are counted in.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// An address alone may try this many times as often as one name from it: offices share an address.
const NAMES_PER_ADDRESS: usize = 5;
/// Places remembered at once; beyond, those without a recent attempt are forgotten first.
const MAX_PLACES: usize = 20_000;
/// The longest wait after a wrong password.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// Wrong codes of a second factor in a row that cost no wait.
const FREE_CODES: u32 = 5;
/// Wrong passwords are forgotten after this time without another one.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(15);

/// Counts attempts over the last minute, and wrong passwords in a row. Nobody is locked out: who types wrongly
/// again and again waits longer and longer, at his address alone. Kept in memory: a restart forgives, which is
/// harmless at one a second.
pub struct SignInLimits {
    per_minute: usize,
    places: Mutex<HashMap<String, Place>>,
}

/// What is remembered of an address, or of a name at an address.
#[derive(Default)]
struct Place {
    attempts: VecDeque<Timestamp>,
    /// Wrong passwords in a row.
    wrong: u32,
    last_wrong: Option<Timestamp>,
}

impl Place {
    fn is_recent(&self, now: Timestamp) -> bool {
        let within = |at: Option<&Timestamp>, time| at.is_some_and(|at| now.duration_since(*at) < time);
        within(self.attempts.back(), WINDOW) || within(self.last_wrong.as_ref(), FORGOTTEN)
    }

    /// Seconds to wait, where `limit` attempts were made within the minute.
    fn full(&mut self, limit: usize, now: Timestamp) -> Option<u64> {
        while self.attempts.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            self.attempts.pop_front();
        }
        let oldest = self.attempts.len().checked_sub(limit).map(|at| self.attempts[at])?;
        Some(whole_seconds(WINDOW - now.duration_since(oldest)))
    }

    fn note_wrong(&mut self, now: Timestamp) {
        if self.last_wrong.is_some_and(|last| now.duration_since(last) >= FORGOTTEN) {
            self.wrong = 0;
        }
        self.wrong = self.wrong.saturating_add(1);
        self.last_wrong = Some(now);
    }

    /// Seconds to wait after `free` wrong passwords: one, two, four and so on.
    fn delayed(&self, free: u32, now: Timestamp) -> Option<u64> {
        let beyond = self.wrong.checked_sub(free + 1)?;
        let wait = SignedDuration::from_secs(1 << beyond.min(20)).min(LONGEST_WAIT);
        let left = wait - now.duration_since(self.last_wrong?);
        (left > SignedDuration::ZERO).then(|| whole_seconds(left))
    }
}

fn whole_seconds(time: SignedDuration) -> u64 {
    time.as_secs().max(0) as u64 + 1
}

/// Names are compared without case, as accounts are; long ones are cut so that memory stays bounded.
fn place_of(address: Option<&str>, name: &str) -> String {
    let name: String = name.to_lowercase().chars().take(64).collect();
    format!("{} {name}", address.unwrap_or("-"))
}

/// No address contains a `#`.
fn place_of_codes(user: &UserId) -> String {
    format!("#code {user}")
}

impl SignInLimits {
    /// `per_minute` attempts for one address and name; half as many wrong ones in a row cost no wait.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute: per_minute.max(1) as usize, places: Mutex::default() }
    }

    fn places(&self) -> std::sync::MutexGuard<'_, HashMap<String, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn free(&self) -> u32 {
        (self.per_minute / 2).max(3) as u32
    }

    /// Counts an attempt, or says after how many seconds the next one may be made.
    pub fn attempt(&self, address: Option<&str>, name: &str, now: Timestamp) -> Result<(), u64> {
        let mut places = self.places();
        if places.len() > MAX_PLACES {
            places.retain(|_, place| place.is_recent(now));
        }
        if places.len() > 2 * MAX_PLACES {
            return Err(60);
        }
        let limits = [
            (place_of(address, name), self.per_minute),
            (address.unwrap_or("-").to_owned(), self.per_minute * NAMES_PER_ADDRESS),
        ];
        for (key, limit) in &limits {
            let place = places.entry(key.clone()).or_default();
            if let Some(seconds) = place.full(*limit, now).max(place.delayed(self.free(), now)) {
                return Err(seconds);
            }
        }
        for (key, _) in limits {
            places.entry(key).or_default().attempts.push_back(now);
        }
        Ok(())
    }

    /// Notes that an attempt's password was wrong.
    pub fn failed(&self, address: Option<&str>, name: &str, now: Timestamp) {
        let mut places = self.places();
        places.entry(place_of(address, name)).or_default().note_wrong(now);
    }

    /// Counts an attempt at an account's second factor, or says after how many seconds the next one may be made. Where
    /// it comes from does not matter: who gets here knows the password, and a million codes are few.
    pub fn attempt_code(&self, user: &UserId, now: Timestamp) -> Result<(), u64> {
        let mut places = self.places();
        let place = places.entry(place_of_codes(user)).or_default();
        if let Some(seconds) = place.full(self.per_minute, now).max(place.delayed(FREE_CODES, now)) {
            return Err(seconds);
        }
        place.attempts.push_back(now);
        Ok(())
    }

    /// Notes that a code was wrong, or was used before.
    pub fn code_failed(&self, user: &UserId, now: Timestamp) {
        self.places().entry(place_of_codes(user)).or_default().note_wrong(now);
    }

    /// Forgets the wrong codes of an account whose owner showed a right one.
    pub fn code_succeeded(&self, user: &UserId) {
        self.places().remove(&place_of_codes(user));
    }

    /// Forgets the attempts of a name that signed in.
    pub fn succeeded(&self, address: Option<&str>, name: &str) {
        self.places().remove(&place_of(address, name));
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

    #[test]
    fn waits_grow_with_wrong_passwords_and_lock_nobody_out() {
        let limits = SignInLimits::new(20);
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..22 {
            if let Err(seconds) = limits.attempt(Some("a"), "ann", at(now)) {
                waits.push(seconds);
                now += seconds as i64;
                assert_eq!(limits.attempt(Some("a"), "Ann", at(now)), Ok(()), "after the wait it is taken");
            }
            limits.failed(Some("a"), "ann", at(now));
            assert_eq!(limits.attempt(Some("b"), "ann", at(now)), Ok(()), "another address does not wait");
            limits.succeeded(Some("b"), "ann");
        }
        assert_eq!(waits, [2, 3, 5, 9, 17, 33, 65, 129, 257, 301, 301]);
        assert_eq!(limits.attempt(Some("a"), "ann", at(now + 15 * 60)), Ok(()));
        limits.failed(Some("a"), "ann", at(now + 15 * 60));
        assert_eq!(limits.attempt(Some("a"), "ann", at(now + 15 * 60 + 1)), Ok(()), "it was long ago");
    }

    #[test]
    fn wrong_codes_wait_wherever_they_come_from() {
        let limits = SignInLimits::new(100);
        let (anna, boris) = (UserId::new("u1"), UserId::new("u2"));
        for _ in 0..6 {
            assert_eq!(limits.attempt_code(&anna, at(0)), Ok(()));
            limits.code_failed(&anna, at(0));
        }
        assert_eq!(limits.attempt_code(&anna, at(0)), Err(2));
        limits.succeeded(Some("a"), "u1");
        assert_eq!(limits.attempt_code(&anna, at(0)), Err(2), "a right password forgives no code");
        assert_eq!(limits.attempt_code(&boris, at(0)), Ok(()));
        assert_eq!(limits.attempt_code(&anna, at(2)), Ok(()));
        limits.code_failed(&anna, at(2));
        assert_eq!(limits.attempt_code(&anna, at(2)), Err(3));
        limits.code_succeeded(&anna);
        assert_eq!(limits.attempt_code(&anna, at(2)), Ok(()));
    }

    #[test]
    fn who_is_right_at_last_has_no_wait() {
        let limits = SignInLimits::new(6);
        for _ in 0..5 {
            limits.failed(None, "ann", at(0));
        }
        assert_eq!(limits.attempt(None, "ann", at(0)), Err(3));
        limits.succeeded(None, "ann");
        assert_eq!(limits.attempt(None, "ann", at(0)), Ok(()));
    }
}
