//! A test that may be looked at every day: whether a version on trial is worse than the one before it.
//!
//! The lower end of a one-sided asymptotic confidence sequence with a normal mixture (Waudby-Smith, Arbour, Sinha,
//! Kennedy & Ramdas 2024, "Time-uniform central limit theory and asymptotic confidence sequences"): the chance that
//! it is ever above a mean that is not, over all looks together, is at most the level. Days depend on each other, so
//! the variance is the long-run one of a first-order autoregression; its small-sample bias is taken off (Marriott &
//! Pope 1954), and while days are few it is widened as the variance of Student's t is.

use super::paired::{FEWEST_DAYS, autocorrelation, covariance, mean};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vakhta_domain::evidence::{DailyLoss, Look};

/// The day on which the bound is as tight as it can be made.
const TUNED_TO: f64 = 10.0;

/// The test's state between days: what it was shown, and when it became clear. Stored as evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sequential {
    level: f64,
    days: Vec<DailyLoss>,
    worse_since: Option<Date>,
}

impl Sequential {
    /// Nothing seen yet; `level`, within (0, 1), is the chance of ever being wrong.
    pub fn new(level: f64) -> Self {
        Self {
            level: if level > 0.0 && level < 1.0 { level } else { 0.05 },
            days: Vec::new(),
            worse_since: None,
        }
    }

    /// Takes in a day and looks. A day that is known already is replaced (its actuals came late or were corrected)
    /// and the test looks again; what was clear once stays so. False where the day tells nothing: it has no rows, or
    /// a loss that is not finite.
    pub fn observe(&mut self, day: DailyLoss) -> bool {
        if day.rows == 0 || !day.former.is_finite() || !day.trial.is_finite() {
            return false;
        }
        match self.days.binary_search_by(|known| known.day.cmp(&day.day)) {
            Ok(at) => self.days[at] = day,
            Err(at) => self.days.insert(at, day),
        }
        if self.worse_since.is_none() && self.look().lower.is_some_and(|lower| lower > 0.0) {
            self.worse_since = self.days.last().map(|last| last.day);
        }
        true
    }

    /// The days that were taken in, in order.
    pub fn days(&self) -> &[DailyLoss] {
        &self.days
    }

    /// What the days say together.
    pub fn look(&self) -> Look {
        let losses = |of: fn(&DailyLoss) -> f64| {
            let n = self.days.len().max(1) as f64;
            // Each is divided first: a sum of huge losses would be infinite.
            self.days.iter().map(|day| of(day) / n).sum::<f64>().clamp(-f64::MAX, f64::MAX)
        };
        let (former, trial) = (losses(|d| d.former), losses(|d| d.trial));
        let bound = self.bound();
        Look {
            days: self.days.len() as u64,
            former,
            trial,
            lower: bound.map(|(lower, _)| lower),
            deviation: bound.map(|(_, deviation)| deviation),
            level: self.level,
            worse_since: self.worse_since,
        }
    }

    /// The lower end of the mean difference, and the deviation of a day's.
    fn bound(&self) -> Option<(f64, f64)> {
        if self.days.len() < FEWEST_DAYS {
            return None;
        }
        let largest = self.days.iter().fold(0.0, |most: f64, d| most.max(d.former.abs()).max(d.trial.abs()));
        if largest == 0.0 {
            return Some((0.0, 0.0));
        }
        let differences: Vec<f64> =
            self.days.iter().map(|d| d.trial / largest - d.former / largest).collect();
        let days = differences.len() as f64;
        let center = mean(&differences);
        let rho = autocorrelation(&differences, center);
        let rho = (rho + (1.0 + 3.0 * rho.max(0.0)) / days).clamp(0.0, 0.9);
        // Over n - 1, and Student's variance with n - 1 degrees of freedom.
        let small_sample = days / (days - 1.0) * (days - 1.0) / (days - 3.0);
        let variance = covariance(&differences, center, 0) * (1.0 + rho) / (1.0 - rho) * small_sample;
        let radius = variance.sqrt() * self.radius(days);
        let back = |value: f64| (value * largest).clamp(-f64::MAX, f64::MAX);
        Some((back(center - radius), back(variance.sqrt())))
    }

    /// The distance of the bound from the mean, in deviations of a day.
    fn radius(&self, days: f64) -> f64 {
        let doubled = -2.0 * self.level.ln();
        let mixed = (doubled + doubled.ln_1p()) / TUNED_TO;
        let grown = days * mixed + 1.0;
        (2.0 * grown / (days * days * mixed) * (grown.sqrt() / (2.0 * self.level)).ln_1p()).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn day(at: i64, former: f64, trial: f64) -> DailyLoss {
        let day = date(2026, 1, 1).saturating_add(jiff::Span::new().days(at));
        DailyLoss { day, rows: 50, former, trial }
    }

    #[test]
    fn a_worse_version_is_seen_and_an_equal_one_is_not() {
        let (mut worse, mut equal, mut better) =
            (Sequential::new(0.05), Sequential::new(0.05), Sequential::new(0.05));
        for at in 0..28 {
            let noise = f64::from((at as i32 * 7) % 5 - 2) * 0.4;
            assert!(worse.observe(day(at, 10.0, 12.0 + noise)));
            assert!(equal.observe(day(at, 10.0, 10.0 + noise)));
            assert!(better.observe(day(at, 10.0, 8.0 + noise)));
        }
        let look = worse.look();
        assert_eq!(look.worse_since, Some(date(2026, 1, 7)));
        assert!(look.lower.is_some_and(|l| l > 1.0 && l < 2.0), "{look:?}");
        assert_eq!((equal.look().worse_since, better.look().worse_since), (None, None));
    }

    #[test]
    fn the_radius_is_the_formula() {
        // numpy: r2 = (2 ln 20 + ln(2 ln 20 + 1)) / 10, t = 14, alpha = 0.05.
        assert!((Sequential::new(0.05).radius(14.0) - RADIUS).abs() < 1e-12);
    }

    const RADIUS: f64 = 0.746_418_784_117_462_1;

    #[test]
    fn days_without_rows_and_single_days_say_nothing() {
        let mut test = Sequential::new(0.05);
        assert_eq!((test.look().days, test.look().lower), (0, None));
        assert!(!test.observe(DailyLoss { rows: 0, ..day(0, 1.0, 2.0) }));
        assert!(!test.observe(day(0, f64::NAN, 2.0)));
        assert!(!test.observe(day(0, 1.0, f64::INFINITY)));
        assert!(test.observe(day(0, 1.0, 1e300)));
        assert_eq!((test.look().days, test.look().lower), (1, None));
    }

    #[test]
    fn equal_losses_are_never_worse_and_steady_harm_is() {
        let (mut equal, mut steady) = (Sequential::new(0.05), Sequential::new(0.05));
        for at in 0..10 {
            equal.observe(day(at, 3.0, 3.0));
            steady.observe(day(at, 3.0, 4.0));
        }
        assert_eq!(equal.look().worse_since, None);
        assert_eq!(steady.look().worse_since, Some(date(2026, 1, 7)));
        let mut nothing = Sequential::new(0.05);
        (0..10).for_each(|at| {
            nothing.observe(day(at, 0.0, 0.0));
        });
        assert_eq!((nothing.look().lower, nothing.look().worse_since), (Some(0.0), None));
    }

    #[test]
    fn a_corrected_day_replaces_the_old_one() {
        let mut test = Sequential::new(0.05);
        for at in [2, 0, 1] {
            test.observe(day(at, 1.0, 2.0));
        }
        test.observe(day(1, 1.0, 5.0));
        let trials: Vec<f64> = test.days().iter().map(|d| d.trial).collect();
        assert_eq!(trials, [2.0, 5.0, 2.0]);
    }

    proptest! {
        #[test]
        fn the_state_is_stored_and_read_back(
            losses in prop::collection::vec((any::<f64>(), any::<f64>()), 0..40),
        ) {
            let mut test = Sequential::new(0.05);
            for (at, (former, trial)) in losses.iter().enumerate() {
                test.observe(day(at as i64, former.abs(), trial.abs()));
            }
            let stored = serde_json::to_string(&test).expect("plain data");
            let read: Sequential = serde_json::from_str(&stored).expect("a state");
            prop_assert_eq!(&read, &test);
            let look = serde_json::to_string(&read.look()).expect("plain data");
            prop_assert_eq!(serde_json::from_str::<Look>(&look).expect("a look"), test.look());
        }
    }
}
