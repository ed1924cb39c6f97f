//! The real clock and the real randomness. Nothing else in the product asks the system for either.

use jiff::SignedDuration;
use vakhta_domain::ports::{Chance, Clock};

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all others are handed")]
    fn now(&self) -> jiff::Timestamp {
        let now = jiff::Timestamp::now();
        // What is answered now must equal what is read back later, and databases keep microseconds.
        jiff::Timestamp::from_microsecond(now.as_microsecond()).expect("less digits of a moment are one too")
    }
}

/// The system's clock, moved: the demo lives at the time of its data.
#[derive(Debug, Clone, Copy)]
pub struct MovedClock {
    /// How far from the system's time, back where negative.
    pub by: SignedDuration,
}

impl Clock for MovedClock {
    fn now(&self) -> jiff::Timestamp {
        let now = SystemClock.now();
        now.checked_add(self.by).unwrap_or(now)
    }
}

/// The system's source of secrets.
#[derive(Debug, Clone, Copy)]
pub struct OsChance;

impl Chance for OsChance {
    #[expect(clippy::disallowed_methods, reason = "this is the chance that all others are handed")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without it no secret can be made; going on with a weaker one would be worse than stopping.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
