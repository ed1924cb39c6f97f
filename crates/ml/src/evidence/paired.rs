//! Diebold–Mariano: whether one of two forecasts errs less, by daily mean loss differences.
//!
//! Diebold & Mariano 1995; the long-run variance by Bartlett's kernel (Newey & West 1987) with the lag that Andrews
//! (1991) derives for a first-order autoregression; Student's t and the factor of Harvey, Leybourne & Newbold 1997.

use super::distributions::t_above;
use vakhta_domain::evidence::{PairedTest, TestName};

/// Fewest days from which a test speaks.
pub const FEWEST_DAYS: usize = 7;

/// How far apart days may depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// Told by the differences themselves.
    Auto,
    /// One less than the periods that a forecast looks ahead.
    Horizon(usize),
}

/// Tests "the mean of `differences` is not above zero". A difference is the champion's mean loss of a day less the
/// candidate's, days in order. Values that are not finite are left out; fewer than [`FEWEST_DAYS`] have no p. Equal
/// losses give p = 1; differences that never vary are judged by their number alone, as by a sign test.
pub fn diebold_mariano(differences: &[f64], lag: Lag) -> PairedTest {
    let scaled = scaled(differences);
    let n = scaled.len();
    let test = |test, statistic, p, lag: Option<usize>| PairedTest {
        test,
        n: n as u64,
        statistic,
        p,
        lag: lag.map(|l| l as u32),
        seed: None,
    };
    if n < FEWEST_DAYS {
        return test(TestName::DieboldMariano, None, None, None);
    }
    let center = mean(&scaled);
    let plain = covariance(&scaled, center, 0);
    if plain.sqrt() <= 1e-12 * center.abs() || plain == 0.0 {
        let p = if center > 0.0 { 0.5f64.powi(n as i32) } else { 1.0 };
        return test(TestName::Sign, None, Some(p), None);
    }
    let (lags, ahead) = match lag {
        Lag::Auto => (andrews_lag(&scaled, center), 1),
        Lag::Horizon(h) => (h.saturating_sub(1).min(n / 4), h.clamp(1, n / 4 + 1)),
    };
    // Chance makes a short row look as if its days took turns: that must not make the mean look surer.
    let variance = bartlett(&scaled, center, lags).max(plain);
    let (days, ahead) = (n as f64, ahead as f64);
    let small_sample = ((days + 1.0 - 2.0 * ahead + ahead * (ahead - 1.0) / days) / days).max(0.0).sqrt();
    let statistic = center / (variance / days).sqrt() * small_sample;
    let p = t_above(statistic, days - 1.0);
    test(TestName::DieboldMariano, Some(statistic), p, Some(lags))
}

/// The finite ones of `values` over the largest of them, so that no square of them overflows.
pub(super) fn scaled(values: &[f64]) -> Vec<f64> {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let largest = finite().fold(0.0, |most: f64, v| most.max(v.abs()));
    if largest == 0.0 { finite().collect() } else { finite().map(|v| v / largest).collect() }
}

/// The mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

/// The covariance of values `lag` apart, over n.
pub(super) fn covariance(values: &[f64], center: f64, lag: usize) -> f64 {
    let pairs = values.iter().zip(values.iter().skip(lag));
    pairs.map(|(a, b)| (a - center) * (b - center)).sum::<f64>() / (values.len() as f64).max(1.0)
}

/// The first autocorrelation; 0 where nothing varies.
pub(super) fn autocorrelation(values: &[f64], center: f64) -> f64 {
    let plain = covariance(values, center, 0);
    if plain > 0.0 { (covariance(values, center, 1) / plain).clamp(-0.97, 0.97) } else { 0.0 }
}

/// The long-run variance by Bartlett's kernel; never negative.
fn bartlett(values: &[f64], center: f64, lags: usize) -> f64 {
    let weight = |k: usize| 1.0 - k as f64 / (lags + 1) as f64;
    let beyond: f64 = (1..=lags).map(|k| weight(k) * covariance(values, center, k)).sum();
    (covariance(values, center, 0) + 2.0 * beyond).max(0.0)
}

/// Andrews 1991, equations 5.3 and 6.4, for Bartlett's kernel; at most a quarter of the days.
fn andrews_lag(values: &[f64], center: f64) -> usize {
    let rho = autocorrelation(values, center);
    let alpha = 4.0 * rho * rho / ((1.0 - rho) * (1.0 + rho)).powi(2);
    let bandwidth = 1.1447 * (alpha * values.len() as f64).cbrt();
    (bandwidth as usize).min(values.len() / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_row_gives_known_numbers() {
        // Computed with numpy and scipy from the formulas above.
        let x = [0.3, -0.1, 0.5, 0.2, 0.4, -0.2, 0.1, 0.6, 0.3, 0.2];
        for (lag, statistic, p, lags) in KNOWN {
            let test = diebold_mariano(&x, lag);
            assert!((test.statistic.expect("defined") - statistic).abs() < 1e-12, "{test:?}");
            assert!((test.p.expect("defined") - p).abs() < 1e-12, "{test:?}");
            assert_eq!(test.lag, Some(lags));
        }
    }

    const KNOWN: [(Lag, f64, f64, u32); 3] = [
        (Lag::Auto, 2.913_182_283_353_168, 0.008_610_910_984_738_963, 1),
        (Lag::Horizon(1), 2.913_182_283_353_168, 0.008_610_910_984_738_963, 0),
        (Lag::Horizon(3), 2.297_949_174_803_954, 0.023_578_683_668_196_383, 2),
    ];

    #[test]
    fn few_equal_and_constant_days_are_defined() {
        assert_eq!(diebold_mariano(&[], Lag::Auto).p, None);
        assert_eq!(diebold_mariano(&[1.0], Lag::Auto).p, None);
        assert_eq!(diebold_mariano(&[1.0; 6], Lag::Auto).p, None);
        assert_eq!(diebold_mariano(&[0.0; 30], Lag::Auto).p, Some(1.0));
        assert_eq!(diebold_mariano(&[2.0; 10], Lag::Auto).p, Some(0.5f64.powi(10)));
        assert_eq!(diebold_mariano(&[-2.0; 10], Lag::Auto).p, Some(1.0));
        let with_holes = [f64::NAN, 0.1, 0.2, f64::INFINITY, 0.3, 0.1];
        assert_eq!(diebold_mariano(&with_holes, Lag::Auto).n, 4);
    }

    #[test]
    fn a_long_horizon_on_few_days_is_cut() {
        let x: Vec<f64> = (0..8).map(|i| 1.0 + f64::from(i % 3)).collect();
        let test = diebold_mariano(&x, Lag::Horizon(28));
        assert_eq!(test.lag, Some(2));
        assert!(test.p.is_some_and(|p| (0.0..=1.0).contains(&p)));
    }

    proptest! {
        #[test]
        fn p_is_a_probability_and_the_scale_does_not_matter(
            values in prop::collection::vec(-1e3..1e3f64, 0..60),
            scale in prop::sample::select(vec![1e-300, 1e-9, 1.0, 1e9, 1e300]),
        ) {
            let one = diebold_mariano(&values, Lag::Auto);
            let other = diebold_mariano(&values.iter().map(|v| v * scale).collect::<Vec<_>>(), Lag::Auto);
            if let (Some(a), Some(b)) = (one.p, other.p) {
                prop_assert!((0.0..=1.0).contains(&a));
                prop_assert!((a - b).abs() < 1e-6, "{a} {b}");
            }
            prop_assert_eq!(one.p.is_some(), values.len() >= FEWEST_DAYS);
        }
    }
}
