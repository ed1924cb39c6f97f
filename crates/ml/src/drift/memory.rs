//! What is kept of a column from one check to the next: how long it has lasted, and a cumulative sum that finds what
//! is too small for one day.
//!
//! The sum is Page's one-sided CUSUM (Page 1954) of normal scores: how unusual each day is among the reference days.

use super::days::Improbable;
use super::significance::any_of;
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc_inv;

/// Half of the lasting rise, in standard deviations of a usual day, that the sum is quickest to find.
const ALLOWANCE: f64 = 1.0;
/// The share of checks in which any column's sum may pass its limit though nothing drifts.
const FALSE_CHECKS: f64 = 0.005;
/// Siegmund's correction for a sum that is looked at once a day (Siegmund 1985).
const OVERSHOOT: f64 = 1.166;

/// What is kept of a column between checks. It begins empty with each new profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// Checks in a row that found a change.
    pub streak: u32,
    /// Of days that lie too far up; of columns of numbers.
    pub up: Sum,
    /// Of days that lie too far down; of columns of numbers.
    pub down: Sum,
    /// Of days that differ too much, in any way.
    pub size: Sum,
}

/// A cumulative sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sum {
    /// The sum, zero or more.
    pub value: f64,
    /// Checks since it left zero.
    pub days: u32,
    /// The sum of the bias-corrected PSI over these checks.
    pub psi: f64,
    /// The sum of the bias-corrected Jensen–Shannon divergence over these checks.
    pub js: f64,
}

/// What a check found of a column, as far as it is remembered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Today {
    /// Whether a change was found.
    pub changed: bool,
    /// How improbable the day is among the reference days; none where they are too few.
    pub day: Option<Improbable>,
    /// Bias-corrected PSI.
    pub psi: f64,
    /// Bias-corrected Jensen–Shannon divergence.
    pub js: f64,
}

/// The limit that the three sums of each of so many columns are held against.
///
/// A sum of standard normal scores passes it once in 3·columns / [`FALSE_CHECKS`] checks, by Siegmund's approximation:
/// (exp(2kb) − 2kb − 1) / 2k² checks with b = limit + 1.166.
pub(super) fn limit(columns: usize) -> f64 {
    let checks = 3.0 * columns.max(1) as f64 / FALSE_CHECKS;
    let wanted = 2.0 * ALLOWANCE * ALLOWANCE * checks;
    let mut twice = wanted.ln_1p();
    for _ in 0..20 {
        twice = (wanted + twice + 1.0).ln();
    }
    twice / (2.0 * ALLOWANCE) - OVERSHOOT
}

impl Memory {
    /// The memory after a check. One day adds at most the limit over `confirm_days`, so no day passes it alone.
    pub(super) fn after(self, today: Today, limit: f64, confirm_days: u32) -> Self {
        let streak = if today.changed { self.streak.saturating_add(1) } else { 0 };
        let Some(day) = today.day else { return Self { streak, ..Self::default() } };
        let most = limit / f64::from(confirm_days.max(2));
        // What is usual is known from so many days only, and its error, of 1/√days, stays from check to check.
        let allowance = ALLOWANCE + 1.0 / (day.days.max(1) as f64).sqrt();
        let after = |sum: Sum, p: f64| sum.after((normal_score(p) - allowance).min(most), today, limit);
        // Without a place there is nothing up or down: as a usual day.
        let up = day.up.unwrap_or(0.5);
        let size = any_of([Some(day.size), day.gap].into_iter().flatten());
        Self {
            streak,
            up: after(self.up, up),
            down: after(self.down, 1.0 - up),
            size: after(self.size, size),
        }
    }

    /// The largest of the sums.
    pub(super) fn largest(&self) -> Sum {
        [self.up, self.down, self.size]
            .into_iter()
            .fold(Sum::default(), |a, b| if b.value > a.value { b } else { a })
    }
}

impl Sum {
    fn after(self, step: f64, today: Today, limit: f64) -> Self {
        // A little above the limit is enough: what is over is to be forgotten soon.
        let value = (self.value.max(0.0) + step).clamp(0.0, 1.5 * limit);
        if value > 0.0 {
            Self {
                value,
                days: self.days.saturating_add(1),
                psi: self.psi + today.psi,
                js: self.js + today.js,
            }
        } else {
            Self::default()
        }
    }

    /// The mean corrected PSI and divergence since the sum left zero.
    pub(super) fn mean_effect(self) -> (f64, f64) {
        let days = f64::from(self.days.max(1));
        (self.psi / days, self.js / days)
    }
}

/// The standard normal value that is exceeded with probability `p`.
pub(super) fn normal_score(p: f64) -> f64 {
    std::f64::consts::SQRT_2 * erfc_inv(2.0 * p.clamp(1e-15, 1.0 - 1e-15))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn scores_are_normal() {
        for (p, wanted) in [(0.5, 0.0), (0.025, 1.959_963_985), (0.999, -3.090_232_306)] {
            assert!((normal_score(p) - wanted).abs() < 1e-6, "{p}");
        }
        assert!(normal_score(0.0).is_finite() && normal_score(1.0).is_finite());
    }

    fn today(p: f64, up: Option<f64>) -> Today {
        Today {
            changed: true,
            day: Some(Improbable { days: 10_000, size: p, gap: None, up }),
            psi: 0.3,
            js: 0.05,
        }
    }

    #[test]
    fn sums_pass_their_limit_as_seldom_as_they_should() {
        let (limit, mut random, mut passed) = (limit(1), Random::new(4), 0);
        let mut chance = || (random.bits() >> 11) as f64 / (1u64 << 53) as f64;
        let (mut memory, checks) = (Memory::default(), 300_000);
        for _ in 0..checks {
            memory = memory.after(today(chance(), Some(chance())), limit, 1);
            if memory.largest().value >= limit {
                passed += 1;
                memory = Memory::default();
            }
        }
        let share = f64::from(passed) / f64::from(checks);
        assert!((FALSE_CHECKS * 0.3..FALSE_CHECKS * 1.2).contains(&share), "{share}");
    }

    #[test]
    fn one_day_never_passes_the_limit_and_a_lasting_rise_does() {
        let limit = limit(30);
        let once = Memory::default().after(today(1e-300, None), limit, 2);
        assert!(once.size.value < limit && once.size.days == 1 && once.up == Sum::default());
        let mut memory = Memory::default();
        for _ in 0..6 {
            memory = memory.after(today(0.5, Some(0.02)), limit, 2);
        }
        assert!(memory.up.value >= limit && memory.down.value == 0.0, "{memory:?}");
        assert!((memory.largest().mean_effect().0 - 0.3).abs() < 1e-9);
        for _ in 0..8 {
            memory = memory.after(today(0.5, Some(0.5)), limit, 2);
        }
        assert_eq!(memory.largest(), Sum::default());
    }
}
