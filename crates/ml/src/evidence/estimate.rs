//! How right answers are before their truth is known. Always an estimate, and said to be one.
//!
//! Of classes: a calibrated probability is the chance of being right, so probabilities add up to an expected accuracy
//! and log-loss (CBPE). Of forecasts: intervals are as wide as errors usually are, so widths add up to an expected
//! error. What past days with labels showed of either is taken off, and gives the interval. None of it sees that a
//! class or a level has changed its meaning; [`backtest`] says how far it could be trusted so far.

use super::distributions::t_quantile;
use super::paired::mean;
use serde::{Deserialize, Serialize};

/// Fewest labelled days from which an estimate has an interval.
pub const FEWEST_REFERENCE_DAYS: usize = 5;
/// The level of the intervals.
const LEVEL: f64 = 0.95;

/// An estimate of a day's metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Answers it is made from.
    pub n: u64,
    /// The metric.
    pub value: f64,
    /// The lower end of its 95% interval; none where there are too few labelled days to know.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Always true: a number that is shown beside measured ones must say what it is.
    pub estimated: bool,
}

/// What a day's calibrated probabilities promise. Days add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// Answers.
    pub n: u64,
    /// Σ p of the most probable class.
    pub right: f64,
    /// Σ p·(1 − p): the variance of how many are right.
    pub variance: f64,
    /// Σ entropy: what log-loss adds up to where probabilities are right.
    pub entropy: f64,
}

impl Promise {
    /// Takes in an answer. Probabilities that are not finite or all zero promise nothing; others are made to sum to 1.
    pub fn add(&mut self, probabilities: &[f64]) {
        let total: f64 = probabilities.iter().map(|p| p.max(0.0)).sum();
        if !total.is_finite() || total <= 0.0 || probabilities.iter().any(|p| p.is_nan()) {
            return;
        }
        let shares = || probabilities.iter().map(|p| p.max(0.0) / total);
        let sure = shares().fold(0.0, f64::max);
        self.n += 1;
        self.right += sure;
        self.variance += sure * (1.0 - sure);
        self.entropy -= shares().filter(|p| *p > 0.0).map(|p| p * p.ln()).sum::<f64>();
    }

    /// Adds another day's.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.right += other.right;
        self.variance += other.variance;
        self.entropy += other.entropy;
    }
}

/// A day whose labels came: what was promised and what was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelledDay {
    /// What was promised of the labelled answers.
    pub promise: Promise,
    /// How many of them are right.
    pub right: u64,
    /// Σ −ln p(true class).
    pub log_loss: f64,
}

/// How far a classifier's promises are kept, from labelled days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassEstimator {
    accuracy: Kept,
    log_loss: Kept,
}

/// Mean of what was kept less what was promised, and how it varies from day to day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    days: usize,
    gap: f64,
    /// The variance between days, beyond what the number of answers explains.
    between: f64,
}

impl Kept {
    /// Learns from days' gaps, each with the variance that chance alone gives it.
    fn learn(gaps: &[(f64, f64)]) -> Self {
        let gaps: Vec<(f64, f64)> =
            gaps.iter().copied().filter(|(gap, chance)| gap.is_finite() && chance.is_finite()).collect();
        let days = gaps.len();
        let values: Vec<f64> = gaps.iter().map(|g| g.0).collect();
        let gap = mean(&values);
        let spread = values.iter().map(|v| (v - gap).powi(2)).sum::<f64>() / (days as f64 - 1.0).max(1.0);
        let chance = mean(&gaps.iter().map(|g| g.1).collect::<Vec<_>>());
        Self { days, gap, between: (spread - chance).max(0.0) }
    }

    /// Half the width of the interval of a new day whose own chance has this variance.
    fn half_width(&self, chance: f64) -> Option<f64> {
        if self.days < FEWEST_REFERENCE_DAYS {
            return None;
        }
        let days = self.days as f64;
        let t = t_quantile(0.5 + LEVEL / 2.0, days - 1.0)?;
        Some(t * ((self.between + chance) * (1.0 + 1.0 / days)).sqrt()).filter(|w| w.is_finite())
    }
}

impl ClassEstimator {
    /// Learns from labelled days. Without any, promises are taken at their word and have no interval.
    pub fn learn(days: &[LabelledDay]) -> Self {
        let days: Vec<&LabelledDay> = days.iter().filter(|day| day.promise.n > 0).collect();
        let of = |gap: &dyn Fn(&LabelledDay) -> (f64, f64)| -> Vec<(f64, f64)> {
            days.iter().map(|day| gap(day)).collect()
        };
        let n = |day: &LabelledDay| day.promise.n as f64;
        Self {
            accuracy: Kept::learn(&of(&|day| {
                ((day.right as f64 - day.promise.right) / n(day), day.promise.variance / n(day).powi(2))
            })),
            // Chance within a day is part of what varies between days of about the same size.
            log_loss: Kept::learn(&of(&|day| ((day.log_loss - day.promise.entropy) / n(day), 0.0))),
        }
    }

    /// The accuracy of a day's answers, 0 to 1; none of no answers.
    pub fn accuracy(&self, promise: &Promise) -> Option<Estimate> {
        let n = (promise.n > 0).then_some(promise.n as f64)?;
        let half = self.accuracy.half_width(promise.variance / (n * n));
        estimate(promise.n, promise.right / n + self.accuracy.gap, half, 1.0)
    }

    /// The mean log-loss of a day's answers; none of no answers.
    pub fn log_loss(&self, promise: &Promise) -> Option<Estimate> {
        let n = (promise.n > 0).then_some(promise.n as f64)?;
        let half = self.log_loss.half_width(0.0);
        estimate(promise.n, promise.entropy / n + self.log_loss.gap, half, f64::INFINITY)
    }
}

fn estimate(n: u64, value: f64, half: Option<f64>, most: f64) -> Option<Estimate> {
    let within = |v: f64| v.clamp(0.0, most);
    let (low, high) = half.map(|half| (within(value - half), within(value + half))).unzip();
    value.is_finite().then(|| Estimate { n, value: within(value), low, high, estimated: true })
}

/// What a day's forecasts promise, and where actuals came, how far off they were. Days add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ForecastDay {
    /// Forecasts.
    pub n: u64,
    /// Σ half-widths of their intervals, always of the same level.
    pub width: f64,
    /// Σ |forecast|.
    pub forecast: f64,
    /// Σ |error|, where actuals came.
    pub error: f64,
    /// Σ |actual|, where actuals came.
    pub actual: f64,
}

impl ForecastDay {
    /// Takes in a forecast with the half-width of its interval, and its actual where that came. What is not finite
    /// is left out.
    pub fn add(&mut self, forecast: f64, half_width: f64, actual: Option<f64>) {
        let all = [forecast, half_width, actual.unwrap_or(0.0)];
        if !all.into_iter().all(f64::is_finite) {
            return;
        }
        let bounded = |sum: &mut f64, value: f64| *sum = (*sum + value).min(f64::MAX);
        self.n += 1;
        bounded(&mut self.width, half_width.abs());
        bounded(&mut self.forecast, forecast.abs());
        if let Some(actual) = actual {
            bounded(&mut self.error, (forecast - actual).abs());
            bounded(&mut self.actual, actual.abs());
        }
    }

    /// WAPE, percent, of a day whose actuals came; none where they are all zero.
    pub fn wape(&self) -> Option<f64> {
        (self.actual > 0.0).then(|| 100.0 * (self.error / self.actual)).filter(|v| v.is_finite())
    }

    /// 100 · Σ half-width / Σ |forecast|.
    fn promised(&self) -> Option<f64> {
        let promised = 100.0 * (self.width / self.forecast);
        (self.n > 0 && promised > 0.0 && promised.is_finite()).then_some(promised)
    }
}

/// How far a forecast's widths are its errors, from days with actuals. Ratios vary by factors, so they are learnt as
/// logarithms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ForecastEstimator(Kept);

impl ForecastEstimator {
    /// Learns from days with actuals.
    pub fn learn(days: &[ForecastDay]) -> Self {
        let ratio = |day: &ForecastDay| day.wape().zip(day.promised()).map(|(wape, told)| (wape / told).ln());
        let ratios: Vec<(f64, f64)> = days.iter().filter_map(ratio).map(|ratio| (ratio, 0.0)).collect();
        Self(Kept::learn(&ratios))
    }

    /// The WAPE of a day's forecasts, percent, in the middle of what is likely; none where no day taught anything, or
    /// forecasts or widths are all zero.
    pub fn wape(&self, day: &ForecastDay) -> Option<Estimate> {
        let value = (self.0.days > 0).then_some(day.promised()? * self.0.gap.exp())?;
        let half = self.0.half_width(0.0);
        let (low, high) = half.map(|half| (value * (-half).exp(), value * half.exp())).unzip();
        let said = [Some(value), low, high].into_iter().flatten().all(f64::is_finite);
        said.then_some(Estimate { n: day.n, value, low, high, estimated: true })
    }
}

/// How estimates agreed with what was measured later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Days that have both.
    pub days: u64,
    /// Mean of estimate less truth.
    pub bias: Option<f64>,
    /// Mean of |estimate − truth|.
    pub error: Option<f64>,
    /// The same of saying `usual` every day.
    pub usual_error: Option<f64>,
    /// The share of days whose truth is in the interval, among those that have one.
    pub inside: Option<f64>,
}

/// Holds estimates against the truth, and against saying `usual` every day (e.g. the metric at training): an estimate
/// is worth showing where its error is the smaller one.
pub fn backtest(days: &[(Estimate, f64)], usual: f64) -> Agreement {
    let days: Vec<&(Estimate, f64)> =
        days.iter().filter(|(told, truth)| told.value.is_finite() && truth.is_finite()).collect();
    let over_days = |of: &dyn Fn(&Estimate, f64) -> f64| {
        let all: Vec<f64> = days.iter().map(|(told, truth)| of(told, *truth)).collect();
        (!all.is_empty()).then(|| mean(&all)).filter(|v| v.is_finite())
    };
    let ends = days.iter().filter_map(|(told, truth)| Some((told.low?, told.high?, *truth)));
    let held: Vec<f64> =
        ends.map(|(low, high, truth)| f64::from(u8::from((low..=high).contains(&truth)))).collect();
    Agreement {
        days: days.len() as u64,
        bias: over_days(&|told, truth| told.value - truth),
        error: over_days(&|told, truth| (told.value - truth).abs()),
        usual_error: over_days(&|_, truth| (usual - truth).abs()),
        inside: (!held.is_empty()).then(|| mean(&held)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn unit(random: &mut Random) -> f64 {
        (random.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A day of `n` answers of two classes whose confidence is around `sure`; truth follows it, less `over`.
    fn class_day(random: &mut Random, n: usize, sure: f64, over: f64) -> LabelledDay {
        let mut day = LabelledDay { promise: Promise::default(), right: 0, log_loss: 0.0 };
        for _ in 0..n {
            let p = (sure + 0.2 * (unit(random) - 0.5)).clamp(0.5, 0.99);
            let right = unit(random) < p - over;
            day.promise.add(&[p, 1.0 - p]);
            day.right += u64::from(right);
            day.log_loss -= if right { p.ln() } else { (1.0 - p).ln() };
        }
        day
    }

    #[test]
    fn estimates_of_classes_follow_the_truth() {
        let mut random = Random::new(11);
        // Promises are too bold by four points: labelled days show it.
        let past: Vec<LabelledDay> = (0..30).map(|_| class_day(&mut random, 400, 0.85, 0.04)).collect();
        let estimator = ClassEstimator::learn(&past);
        let later: Vec<LabelledDay> =
            (0..200).map(|i| class_day(&mut random, 400, 0.85 - 0.001 * f64::from(i), 0.04)).collect();
        let told: Vec<(Estimate, f64)> = later
            .iter()
            .map(|d| (estimator.accuracy(&d.promise).expect("answers"), d.right as f64 / 400.0))
            .collect();
        let found = backtest(&told, 0.81);
        assert!(found.bias.is_some_and(|b| b.abs() < 0.01), "{found:?}");
        assert!(found.inside.is_some_and(|i| (0.88..=1.0).contains(&i)), "{found:?}");
        assert!(found.error < found.usual_error, "{found:?}");
        let told: Vec<(Estimate, f64)> = later
            .iter()
            .map(|d| (estimator.log_loss(&d.promise).expect("answers"), d.log_loss / 400.0))
            .collect();
        let found = backtest(&told, 0.45);
        assert!(found.inside.is_some_and(|i| i > 0.85) && found.error < found.usual_error, "{found:?}");
    }

    #[test]
    fn without_labels_promises_are_taken_at_their_word() {
        let mut promise = Promise::default();
        promise.add(&[0.8, 0.2]);
        promise.add(&[0.6, 0.4]);
        let told = ClassEstimator::learn(&[]).accuracy(&promise).expect("answers");
        assert!((told.value - 0.7).abs() < 1e-12 && told.low.is_none() && told.estimated);
        let entropy = ClassEstimator::learn(&[]).log_loss(&promise).expect("answers");
        assert!((entropy.value - f64::midpoint(0.500_402_423_538_188, 0.673_011_667_009_256)).abs() < 1e-9);
        assert_eq!(ClassEstimator::default().accuracy(&Promise::default()), None);
    }

    #[test]
    fn odd_probabilities_promise_nothing() {
        let mut promise = Promise::default();
        for odd in [&[][..], &[0.0, 0.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0]] {
            promise.add(odd);
        }
        assert_eq!(promise, Promise::default());
        promise.add(&[2.0, 2.0]);
        assert_eq!((promise.n, promise.right), (1, 0.5));
        let mut twice = promise;
        twice.merge(&promise);
        assert_eq!((twice.n, twice.right), (2, 1.0));
    }

    fn forecast_day(random: &mut Random, size: f64) -> ForecastDay {
        let mut day = ForecastDay::default();
        // Common to all branches of a day.
        let common = size * 60.0 * (unit(random) - 0.5);
        for _ in 0..50 {
            let error = size * 300.0 * (unit(random) - 0.5) + common;
            day.add(1000.0, 130.0 * size, Some(1000.0 + error));
        }
        day
    }

    #[test]
    fn estimates_of_forecasts_follow_the_truth() {
        let mut random = Random::new(12);
        let past: Vec<ForecastDay> = (0..40).map(|_| forecast_day(&mut random, 1.0)).collect();
        let estimator = ForecastEstimator::learn(&past);
        let told: Vec<(Estimate, f64)> = (0..200)
            .map(|i| {
                let day = forecast_day(&mut random, 0.5 + f64::from(i) / 100.0);
                (estimator.wape(&day).expect("taught"), day.wape().expect("actuals"))
            })
            .collect();
        let usual = past[0].wape().expect("actuals");
        let found = backtest(&told, usual);
        assert!(found.inside.is_some_and(|i| (0.88..=1.0).contains(&i)), "{found:?}");
        assert!(found.error.zip(found.usual_error).is_some_and(|(e, u)| e < 0.5 * u), "{found:?}");
    }

    #[test]
    fn nothing_zero_and_huge_are_defined() {
        let none = ForecastDay::default();
        assert_eq!((none.wape(), ForecastEstimator::learn(&[none]).wape(&none)), (None, None));
        let mut zero = ForecastDay::default();
        zero.add(0.0, 0.0, Some(0.0));
        zero.add(f64::NAN, 1.0, Some(1.0));
        assert_eq!((zero.n, zero.wape()), (1, None));
        let mut huge = ForecastDay::default();
        (0..3).for_each(|_| huge.add(1e308, 1e308, Some(-1e308)));
        let told = ForecastEstimator::learn(&[huge]).wape(&huge);
        assert!(told.is_some_and(|t| t.value.is_finite() && t.low.is_none()), "{told:?}");
        assert_eq!(backtest(&[], 1.0), Agreement::default());
    }
}
