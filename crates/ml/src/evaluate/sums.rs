//! Sums over scored rows that add up: a month is its days, a country its branches. Formulas: Hyndman & Athanasopoulos,
//! Forecasting, section 5.8.

use serde::{Deserialize, Serialize};
use vakhta_domain::report::{Interval, LevelValue, Metrics};

/// What accuracy over any rows is made from. No sum becomes infinite: it stops at the largest number, and what is made
/// from it is then not told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Rows scored.
    pub n: u64,
    /// Rows left out because their actual is not a finite number.
    pub missing: u64,
    /// Rows left out because their forecast is not a finite number.
    pub broken: u64,
    /// Scored rows whose actual is zero; they have no percentage.
    pub zero_actuals: u64,
    /// Σ |error / actual| over the others.
    pub percentage: f64,
    /// Σ 2·|error| / (|actual| + |forecast|).
    pub symmetric: f64,
    /// Σ |error|.
    pub absolute: f64,
    /// Σ error².
    pub squared: f64,
    /// Σ (forecast − actual).
    pub signed: f64,
    /// Σ |actual|.
    pub absolute_actual: f64,
    /// The mean actual.
    pub mean_actual: f64,
    /// Σ (actual − their mean)².
    pub spread_actual: f64,
    /// Σ |error| / scale over rows whose series has a scale.
    pub scaled: f64,
    /// Those rows.
    pub scaled_rows: u64,
    /// Interval by interval, levels ascending.
    pub covered: Vec<Covered>,
}

/// Rows with an interval of a level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Covered {
    /// The level, percent.
    pub level: u8,
    /// Rows that have one.
    pub n: u64,
    /// Those whose actual is inside.
    pub inside: u64,
    /// Σ (hi − lo).
    pub width: f64,
    /// Σ |actual| of those rows.
    pub absolute_actual: f64,
}

/// Adds without becoming infinite.
fn add(sum: &mut f64, value: f64) {
    *sum = (*sum + value).clamp(-f64::MAX, f64::MAX);
}

impl Sums {
    /// Adds a row. `scale` is the in-sample mean absolute error of the seasonal naive on its series; none where it is
    /// undefined or zero.
    pub fn add(&mut self, actual: f64, forecast: f64, scale: Option<f64>, intervals: &[Interval]) {
        if !actual.is_finite() {
            self.missing += 1;
            return;
        }
        if !forecast.is_finite() {
            self.broken += 1;
            return;
        }
        let error = forecast - actual;
        self.n += 1;
        if actual == 0.0 {
            self.zero_actuals += 1;
        } else {
            add(&mut self.percentage, (error / actual).abs());
        }
        let both = actual.abs() + forecast.abs();
        if both > 0.0 {
            add(&mut self.symmetric, if both.is_finite() { 2.0 * error.abs() / both } else { 2.0 });
        }
        add(&mut self.absolute, error.abs());
        add(&mut self.squared, error * error);
        add(&mut self.signed, error);
        add(&mut self.absolute_actual, actual.abs());
        let before = (actual - self.mean_actual).clamp(-f64::MAX, f64::MAX);
        add(&mut self.mean_actual, before / self.n as f64);
        add(&mut self.spread_actual, before * (actual - self.mean_actual));
        if let Some(scale) = scale.filter(|s| *s > 0.0) {
            add(&mut self.scaled, error.abs() / scale);
            self.scaled_rows += 1;
        }
        for interval in intervals {
            let covered = self.covered(interval.level);
            covered.n += 1;
            covered.inside += u64::from((interval.lo..=interval.hi).contains(&actual));
            add(&mut covered.width, (interval.hi - interval.lo).max(0.0));
            add(&mut covered.absolute_actual, actual.abs());
        }
    }

    /// Adds the rows of another. Actuals' spread by Chan, Golub & `LeVeque` 1979.
    pub fn merge(&mut self, other: &Self) {
        let (n, more) = (self.n as f64, other.n as f64);
        if self.n == 0 {
            (self.mean_actual, self.spread_actual) = (other.mean_actual, other.spread_actual);
        } else if other.n > 0 {
            let apart = (other.mean_actual - self.mean_actual).clamp(-f64::MAX, f64::MAX);
            add(&mut self.spread_actual, other.spread_actual);
            add(&mut self.spread_actual, apart * apart * (n * more / (n + more)));
            add(&mut self.mean_actual, apart * (more / (n + more)));
        }
        self.n += other.n;
        self.missing += other.missing;
        self.broken += other.broken;
        self.zero_actuals += other.zero_actuals;
        self.scaled_rows += other.scaled_rows;
        for (sum, value) in [
            (&mut self.percentage, other.percentage),
            (&mut self.symmetric, other.symmetric),
            (&mut self.absolute, other.absolute),
            (&mut self.squared, other.squared),
            (&mut self.signed, other.signed),
            (&mut self.absolute_actual, other.absolute_actual),
            (&mut self.scaled, other.scaled),
        ] {
            add(sum, value);
        }
        for theirs in &other.covered {
            let covered = self.covered(theirs.level);
            covered.n += theirs.n;
            covered.inside += theirs.inside;
            add(&mut covered.width, theirs.width);
            add(&mut covered.absolute_actual, theirs.absolute_actual);
        }
    }

    fn covered(&mut self, level: u8) -> &mut Covered {
        let at = self.covered.binary_search_by_key(&level, |c| c.level).unwrap_or_else(|at| {
            self.covered.insert(at, Covered { level, n: 0, inside: 0, width: 0.0, absolute_actual: 0.0 });
            at
        });
        &mut self.covered[at]
    }

    /// The metrics of the rows added; those that are undefined on them, or too large to say, are none. MASE is the mean
    /// over rows.
    pub fn metrics(&self) -> Metrics {
        let n = self.n as f64;
        let levels = |of: &dyn Fn(&Covered) -> Option<f64>| -> Vec<LevelValue> {
            let value = |c: &Covered| of(c).map(|value| LevelValue { level: c.level, value });
            self.covered.iter().filter_map(value).collect()
        };
        Metrics {
            n: self.n,
            zero_actuals: self.zero_actuals,
            mape: over(100.0, self.percentage, (self.n - self.zero_actuals) as f64),
            wape: over(100.0, self.absolute, self.absolute_actual),
            smape: over(100.0, self.symmetric, n),
            mae: over(1.0, self.absolute, n),
            rmse: over(1.0, self.squared, n).map(f64::sqrt),
            mase: over(1.0, self.scaled, self.scaled_rows as f64),
            bias: over(1.0, self.signed, n),
            bias_percent: over(100.0, self.signed, self.absolute_actual),
            r2: over(1.0, self.squared, self.spread_actual).map(|ratio| 1.0 - ratio),
            coverage: levels(&|c| over(100.0, c.inside as f64, c.n as f64)),
            width: levels(&|c| over(100.0, c.width, c.absolute_actual)),
        }
    }
}

/// `factor · sum / by`; none where that is undefined or a sum has reached the largest number.
fn over(factor: f64, sum: f64, by: f64) -> Option<f64> {
    let told = by > 0.0 && sum.abs() < f64::MAX && by < f64::MAX;
    told.then(|| factor * sum / by).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn intervals_and_zeros_are_counted() {
        let mut sums = Sums::default();
        let around = |value: f64| [Interval { level: 80, lo: value - 5.0, hi: value + 5.0 }];
        sums.add(100.0, 110.0, Some(5.0), &around(110.0));
        sums.add(0.0, 3.0, None, &around(3.0));
        sums.add(f64::NAN, 3.0, None, &around(3.0));
        let m = sums.metrics();
        assert_eq!((m.n, m.zero_actuals, sums.missing), (2, 1, 1));
        assert_eq!((m.mape, m.wape, m.mase), (Some(10.0), Some(13.0), Some(2.0)));
        assert_eq!(m.coverage, [LevelValue { level: 80, value: 50.0 }]);
        assert_eq!(m.width, [LevelValue { level: 80, value: 20.0 }]);
    }

    #[test]
    fn huge_rows_are_not_told_and_do_not_hide_the_rest() {
        let mut sums = Sums::default();
        sums.add(1e300, -1e300, None, &[]);
        sums.add(f64::MAX, -f64::MAX, None, &[]);
        let m = sums.metrics();
        assert_eq!((m.n, m.rmse, m.r2, m.wape, m.mape), (2, None, None, None, None));
        assert!(m.smape.is_some_and(|v| (v - 200.0).abs() < 1e-9));
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            rows in prop::collection::vec((-1e4..1e4f64, -1e4..1e4f64, 0u8..3), 0..60),
            cut in 0usize..60,
        ) {
            let (mut whole, mut first, mut second) = (Sums::default(), Sums::default(), Sums::default());
            for (at, &(actual, forecast, kind)) in rows.iter().enumerate() {
                let actual = if kind == 0 { 0.0 } else { actual };
                let scale = (kind == 1).then_some(7.0);
                let level = if kind == 2 { 95 } else { 80 };
                let interval = [Interval { level, lo: forecast - 100.0, hi: forecast + 100.0 }];
                whole.add(actual, forecast, scale, &interval);
                (if at < cut { &mut first } else { &mut second }).add(actual, forecast, scale, &interval);
            }
            first.merge(&second);
            let (a, b) = (first.metrics(), whole.metrics());
            prop_assert_eq!((a.n, a.zero_actuals, a.coverage), (b.n, b.zero_actuals, b.coverage));
            for (a, b) in [(a.mape, b.mape), (a.wape, b.wape), (a.smape, b.smape), (a.mae, b.mae), (a.rmse, b.rmse),
                (a.mase, b.mase), (a.bias, b.bias), (a.r2, b.r2)] {
                prop_assert_eq!(a.is_some(), b.is_some());
                if let (Some(a), Some(b)) = (a, b) {
                    prop_assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{} {}", a, b);
                }
            }
        }

        #[test]
        fn sums_can_always_be_stored(rows in prop::collection::vec((any::<f64>(), any::<f64>()), 0..20)) {
            let mut sums = Sums::default();
            for (actual, forecast) in rows {
                sums.add(actual, forecast, Some(1e-300), &[Interval { level: 80, lo: -1e308, hi: 1e308 }]);
            }
            let mut twice = sums.clone();
            twice.merge(&sums);
            for sums in [sums, twice] {
                let stored = serde_json::to_string(&sums).expect("plain data");
                prop_assert_eq!(serde_json::from_str::<Sums>(&stored).expect("sums"), sums);
            }
        }
    }
}
