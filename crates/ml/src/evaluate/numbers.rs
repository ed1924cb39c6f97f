//! How right predicted numbers are, and how wide an interval must be to hold the truth.

use vakhta_domain::report::{Interval, LevelValue, NumberMetrics};

/// Scored rows, added one by one.
#[derive(Debug, Clone, Default)]
pub struct NumberTally {
    errors: Vec<f64>,
    absolute: f64,
    squared: f64,
    signed: f64,
    percentage: f64,
    non_zero: u64,
    absolute_actual: f64,
    mean_actual: f64,
    spread_actual: f64,
    inside: Vec<(u8, u64)>,
}

impl NumberTally {
    /// Adds a row with its intervals, which are of the same levels for every row.
    pub fn add(&mut self, actual: f64, predicted: f64, intervals: &[Interval]) {
        let error = predicted - actual;
        self.errors.push(error.abs());
        self.absolute += error.abs();
        self.squared += error * error;
        self.signed += error;
        if actual != 0.0 {
            self.percentage += (error / actual).abs();
            self.non_zero += 1;
        }
        self.absolute_actual += actual.abs();
        let before = actual - self.mean_actual;
        self.mean_actual += before / self.errors.len() as f64;
        self.spread_actual += before * (actual - self.mean_actual);
        for interval in intervals {
            let held = u64::from((interval.lo..=interval.hi).contains(&actual));
            match self.inside.iter_mut().find(|(level, _)| *level == interval.level) {
                Some((_, count)) => *count += held,
                None => self.inside.push((interval.level, held)),
            }
        }
    }

    /// The metrics of the rows added; what is undefined on them, or too large to say, is none.
    pub fn metrics(&self) -> NumberMetrics {
        let n = self.errors.len() as f64;
        let over = |value: f64, by: f64| (by > 0.0).then(|| value / by).filter(|v| v.is_finite());
        NumberMetrics {
            n: self.errors.len() as u64,
            mae: over(self.absolute, n),
            rmse: over(self.squared, n).map(f64::sqrt),
            median_error: median(&self.errors).filter(|v| v.is_finite()),
            mape: over(100.0 * self.percentage, self.non_zero as f64),
            wape: over(100.0 * self.absolute, self.absolute_actual),
            r2: over(self.squared, self.spread_actual).map(|ratio| 1.0 - ratio),
            bias: over(self.signed, n),
            coverage: self
                .inside
                .iter()
                .map(|&(level, held)| LevelValue { level, value: 100.0 * held as f64 / n })
                .collect(),
        }
    }
}

/// The middle of `values`, the mean of the two middle ones where they are even; none of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(lower + (upper - lower) / 2.0)
}

/// Half the width that holds `level` percent of new errors (split conformal, Lei 2018): the ⌈(n+1)·level⌉-th
/// smallest of the absolute errors, ascending. The largest where there are too few, zero where there is none.
pub fn conformal_half_width(sorted_errors: &[f64], level: u8) -> f64 {
    let rank = ((sorted_errors.len() + 1) * usize::from(level)).div_ceil(100);
    let last = sorted_errors.len().saturating_sub(1);
    sorted_errors.get(rank.saturating_sub(1).min(last)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_rows_give_known_numbers() {
        let mut tally = NumberTally::default();
        let around = |value: f64| [Interval { level: 80, lo: value - 5.0, hi: value + 5.0 }];
        for (actual, predicted) in [(10.0, 12.0), (20.0, 10.0), (0.0, 1.0), (30.0, 30.0)] {
            tally.add(actual, predicted, &around(predicted));
        }
        let m = tally.metrics();
        assert_eq!(m.n, 4);
        assert_eq!(m.mae, Some(13.0 / 4.0));
        assert_eq!(m.rmse, Some((105.0f64 / 4.0).sqrt()));
        assert_eq!(m.median_error, Some(1.5));
        assert!((m.mape.expect("defined") - 100.0 * (0.2 + 0.5) / 3.0).abs() < 1e-9);
        assert!((m.wape.expect("defined") - 100.0 * 13.0 / 60.0).abs() < 1e-9);
        assert!((m.r2.expect("defined") - (1.0 - 105.0 / 500.0)).abs() < 1e-9);
        assert_eq!(m.bias, Some(-7.0 / 4.0));
        assert_eq!(m.coverage, [LevelValue { level: 80, value: 75.0 }]);
    }

    #[test]
    fn nothing_and_too_much_are_none() {
        assert_eq!(NumberTally::default().metrics(), NumberMetrics::default());
        let mut tally = NumberTally::default();
        tally.add(1e300, -1e300, &[]);
        let m = tally.metrics();
        assert_eq!((m.rmse, m.r2), (None, None));
        assert_eq!(m.mae, Some(2e300));
    }

    #[test]
    fn half_widths_follow_the_finite_sample_rule() {
        let errors: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(conformal_half_width(&errors, 80), 8.0);
        assert_eq!(conformal_half_width(&errors, 99), 9.0);
        assert_eq!(conformal_half_width(&[], 80), 0.0);
    }
}
