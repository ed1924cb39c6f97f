//! Accuracy over rows of actual and forecast. Formulas: Hyndman & Athanasopoulos, Forecasting, section 5.8.

use super::sums::Sums;
use std::collections::BTreeMap;
use vakhta_domain::report::Metrics;
use vakhta_domain::spec::Metric;

/// Running sums over scored rows, whose MASE is the mean over series.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    sums: Sums,
    scaled: BTreeMap<usize, (f64, u64)>,
}

impl Tally {
    /// Adds a row. `scale` is the in-sample mean absolute error of the seasonal naive on that series; none
    /// where it is undefined or zero.
    pub fn add(&mut self, series: usize, actual: f64, forecast: f64, scale: Option<f64>) {
        self.sums.add(actual, forecast, None, &[]);
        if let Some(scale) = scale.filter(|s| *s > 0.0) {
            let (sum, n) = self.scaled.entry(series).or_default();
            *sum += (forecast - actual).abs() / scale;
            *n += 1;
        }
    }

    /// The metrics of the rows added; those that are undefined on them are none, and all are where a row was not
    /// finite: a model that fails on one row has no accuracy.
    pub fn metrics(&self) -> Metrics {
        let left_out = self.sums.broken + self.sums.missing;
        if left_out > 0 {
            let (n, zero_actuals) = (self.sums.n + left_out, self.sums.zero_actuals);
            return Metrics { n, zero_actuals, ..Metrics::default() };
        }
        let means = self.scaled.values().map(|(sum, n)| sum / *n as f64);
        let mase = means.sum::<f64>() / self.scaled.len() as f64;
        Metrics { mase: Some(mase).filter(|v| v.is_finite()), ..self.sums.metrics() }
    }
}

/// The number that a metric names; none where it is undefined.
pub fn value(metrics: &Metrics, metric: Metric) -> Option<f64> {
    match metric {
        Metric::Wape => metrics.wape,
        Metric::Mape => metrics.mape,
        Metric::Smape => metrics.smape,
        Metric::Mae => metrics.mae,
        Metric::Rmse => metrics.rmse,
        Metric::Mase => metrics.mase,
    }
}

/// The mean absolute error of the seasonal naive inside a history: the scale of MASE. None when the history is
/// no longer than a season or repeats itself exactly.
pub fn naive_scale(history: &[f64], season: usize) -> Option<f64> {
    let pairs = history.len().checked_sub(season).filter(|&n| n > 0)?;
    let sum: f64 = history[season..].iter().zip(history).map(|(now, ago)| (now - ago).abs()).sum();
    Some(sum / pairs as f64).filter(|scale| *scale > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, wanted: f64) {
        let found = found.expect("a defined metric");
        assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
    }

    #[test]
    fn known_rows_give_known_numbers() {
        let mut tally = Tally::default();
        // Errors: +10, -10, +5 on a zero, 0.
        for (series, actual, forecast) in [(0, 100.0, 110.0), (0, 50.0, 40.0), (1, 0.0, 5.0), (1, 50.0, 50.0)]
        {
            tally.add(series, actual, forecast, Some(if series == 0 { 5.0 } else { 10.0 }));
        }
        let m = tally.metrics();
        assert_eq!((m.n, m.zero_actuals), (4, 1));
        close(m.mape, 100.0 * (0.1 + 0.2 + 0.0) / 3.0);
        close(m.wape, 100.0 * 25.0 / 200.0);
        close(m.smape, 100.0 * (20.0 / 210.0 + 20.0 / 90.0 + 2.0) / 4.0);
        close(m.mae, 6.25);
        close(m.rmse, (225.0f64 / 4.0).sqrt());
        close(m.bias, 1.25);
        close(m.bias_percent, 2.5);
        // Series 0: mean(10,10)/5 = 2; series 1: mean(5,0)/10 = 0.25.
        close(m.mase, 1.125);
        // Actuals have mean 50 and a sum of squares of 5000.
        close(m.r2, 1.0 - 225.0 / 5000.0);
    }

    #[test]
    fn undefined_numbers_are_none() {
        assert_eq!(Tally::default().metrics(), Metrics::default());
        let mut tally = Tally::default();
        tally.add(0, 0.0, 0.0, None);
        let m = tally.metrics();
        assert_eq!((m.mape, m.wape, m.r2, m.mase), (None, None, None, None));
        assert_eq!((m.smape, m.mae), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn a_forecast_that_is_not_finite_leaves_no_accuracy() {
        let mut tally = Tally::default();
        tally.add(0, 10.0, 9.0, Some(1.0));
        tally.add(0, 10.0, f64::NAN, Some(1.0));
        assert_eq!(tally.metrics(), Metrics { n: 2, ..Metrics::default() });
    }

    #[test]
    fn scale_of_the_seasonal_naive() {
        assert_eq!(naive_scale(&[1.0, 2.0, 4.0, 7.0], 2), Some(4.0));
        assert_eq!(naive_scale(&[1.0, 2.0], 2), None);
        assert_eq!(naive_scale(&[3.0; 9], 2), None);
    }
}
