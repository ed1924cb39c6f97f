//! Time and chance of a simulation: time stands still until it is set, chance comes again with its seed.

use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use vakhta_domain::ports::{Chance, Clock};

/// A clock that is set, and only goes forward.
#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl SetClock {
    /// A clock that stands at a moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(AtomicI64::new(moment.as_microsecond()))
    }

    /// Sets it; a moment that has passed changes nothing.
    pub fn set(&self, moment: Timestamp) {
        self.0.fetch_max(moment.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Bytes that look random and come again with the same seed (`SplitMix64`, Steele, Lea and Flood 2014). Not for secrets.
#[derive(Debug)]
pub struct SeededChance(AtomicU64);

impl SeededChance {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_forward_and_chance_comes_again() {
        let moment = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let clock = SetClock::at(moment("2026-01-01T00:00:00Z"));
        clock.set(moment("2026-01-02T00:00:00Z"));
        clock.set(moment("2025-01-01T00:00:00Z"));
        assert_eq!(clock.now(), moment("2026-01-02T00:00:00Z"));
        let drawn = |seed| {
            let mut bytes = [0; 20];
            SeededChance::new(seed).fill(&mut bytes);
            bytes
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }
}
