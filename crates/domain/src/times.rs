//! How long something took, counted by many threads at once without a lock: the measure behind `GET /metrics`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the counted classes, seconds; a last class has none.
pub const BOUNDS: [f64; 15] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// A histogram of times.
#[derive(Debug, Default)]
pub struct Times {
    classes: [AtomicU64; BOUNDS.len() + 1],
    nanos: AtomicU64,
}

/// What a histogram held at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timed {
    /// How many took no longer than each of [`BOUNDS`], and how many there were at all.
    pub within: [u64; BOUNDS.len() + 1],
    /// All of them together, seconds.
    pub seconds: f64,
}

impl Times {
    /// Counts one.
    pub fn note(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let class = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        self.classes[class].fetch_add(1, Ordering::Relaxed);
        self.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// What it holds now. Times that are counted meanwhile may be in one part and not yet in the other.
    pub fn read(&self) -> Timed {
        let mut within = [0; BOUNDS.len() + 1];
        let mut so_far = 0;
        for (place, class) in within.iter_mut().zip(&self.classes) {
            so_far += class.load(Ordering::Relaxed);
            *place = so_far;
        }
        Timed { within, seconds: self.nanos.load(Ordering::Relaxed) as f64 / 1e9 }
    }
}

impl Timed {
    /// How many there were.
    pub fn count(&self) -> u64 {
        self.within[BOUNDS.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_is_in_every_class_that_it_fits() {
        let times = Times::default();
        for millis in [1, 2, 40, 60_000] {
            times.note(Duration::from_millis(millis));
        }
        let read = times.read();
        assert_eq!(read.within[0], 0);
        assert_eq!(read.within[1], 1, "a bound belongs to its class");
        assert_eq!(read.within[2], 2);
        assert_eq!(read.within[6], 3);
        assert_eq!(read.within[14], 3);
        assert_eq!(read.count(), 4);
        assert!((read.seconds - 60.043).abs() < 1e-9);
    }
}
