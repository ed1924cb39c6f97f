//! Resampling, as a second opinion that leans on no distribution.

use super::paired::{FEWEST_DAYS, mean, scaled};
use crate::random::Random;
use vakhta_domain::evidence::{PairedTest, TestName};

/// Tests "the mean of `differences` is not above zero" by the stationary bootstrap (Politis & Romano 1994): blocks of
/// random length, `block` on average and at least the cube root of the days, so that days that depend on each other
/// stay together. The same seed gives the same p. Fewer than [`FEWEST_DAYS`] days have none.
pub fn stationary_bootstrap(differences: &[f64], block: usize, resamples: u32, seed: u64) -> PairedTest {
    let values = scaled(differences);
    let n = values.len();
    let block = block.max((n as f64).cbrt().ceil() as usize);
    let told = PairedTest {
        test: TestName::StationaryBootstrap,
        n: n as u64,
        statistic: None,
        p: None,
        lag: Some(block as u32),
        seed: Some(seed),
    };
    if n < FEWEST_DAYS {
        return told;
    }
    let center = mean(&values);
    let mut random = Random::new(seed);
    let mut as_large = 0;
    for _ in 0..resamples {
        let (mut sum, mut at) = (0.0, 0);
        for drawn in 0..n {
            at = if drawn == 0 || random.below(block) == 0 { random.below(n) } else { (at + 1) % n };
            sum += values[at] - center;
        }
        as_large += u32::from(sum / n as f64 >= center);
    }
    PairedTest { statistic: Some(center), p: Some(share(as_large, resamples)), ..told }
}

/// Tests "the mean loss is not lower" by drawing groups of rows (Efron & Tibshirani 1993): `groups` are sums of
/// loss differences, champion less candidate, and the rows that they are of. Fewer than [`FEWEST_DAYS`] groups have
/// no p.
pub fn paired_bootstrap(groups: &[(f64, u64)], resamples: u32, seed: u64) -> PairedTest {
    let groups: Vec<(f64, f64)> =
        groups.iter().filter(|(sum, n)| sum.is_finite() && *n > 0).map(|&(sum, n)| (sum, n as f64)).collect();
    let told = PairedTest {
        test: TestName::PairedBootstrap,
        n: groups.len() as u64,
        statistic: None,
        p: None,
        lag: None,
        seed: Some(seed),
    };
    if groups.len() < FEWEST_DAYS {
        return told;
    }
    let all = groups.iter().fold((0.0, 0.0), |all, group| (all.0 + group.0, all.1 + group.1));
    let center = all.0 / all.1;
    let mut random = Random::new(seed);
    let mut as_large = 0;
    for _ in 0..resamples {
        let (mut sum, mut rows) = (0.0, 0.0);
        for _ in 0..groups.len() {
            let group = groups[random.below(groups.len())];
            sum += group.0 - center * group.1;
            rows += group.1;
        }
        as_large += u32::from(sum / rows >= center);
    }
    PairedTest { statistic: Some(center), p: Some(share(as_large, resamples)), ..told }
}

/// The p of `as_large` of `resamples` (Davison & Hinkley 1997): the row as it is counts as one of them, so none is 0.
fn share(as_large: u32, resamples: u32) -> f64 {
    (f64::from(as_large) + 1.0) / (f64::from(resamples) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_what_is_plain() {
        let better: Vec<f64> = (0..28).map(|i| 1.0 + f64::from(i % 5) * 0.1).collect();
        assert_eq!(stationary_bootstrap(&better, 1, 999, 1).p, Some(0.001));
        let worse: Vec<f64> = better.iter().map(|v| -v).collect();
        assert_eq!(stationary_bootstrap(&worse, 1, 999, 1).p, Some(1.0));
        let turns: Vec<f64> = (0..28).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let p = stationary_bootstrap(&turns, 1, 999, 1).p.expect("enough days");
        assert!(p > 0.3, "{p}");
    }

    #[test]
    fn equal_losses_and_few_days_are_no_evidence() {
        assert_eq!(stationary_bootstrap(&[0.0; 28], 3, 99, 1).p, Some(1.0));
        assert_eq!(stationary_bootstrap(&[1.0; 3], 3, 99, 1).p, None);
        assert_eq!(stationary_bootstrap(&[], 3, 99, 1).p, None);
        assert_eq!(paired_bootstrap(&[(1.0, 0); 50], 99, 1).p, None);
        assert_eq!(paired_bootstrap(&[(0.0, 2); 50], 99, 1).p, Some(1.0));
    }

    #[test]
    fn a_seed_gives_one_answer() {
        let x: Vec<f64> = (0..40).map(|i| f64::from((i * 7) % 11) - 4.5).collect();
        let groups: Vec<(f64, u64)> = x.iter().map(|&v| (v, 3)).collect();
        assert_eq!(stationary_bootstrap(&x, 3, 499, 5), stationary_bootstrap(&x, 3, 499, 5));
        assert_eq!(paired_bootstrap(&groups, 499, 5), paired_bootstrap(&groups, 499, 5));
        assert_ne!(paired_bootstrap(&groups, 499, 5).p, paired_bootstrap(&groups, 499, 6).p);
    }

    #[test]
    fn huge_losses_do_not_overflow() {
        let huge: Vec<f64> = (0..28).map(|i| 1e307 * (1.0 + f64::from(i))).collect();
        assert_eq!(stationary_bootstrap(&huge, 3, 999, 1).p, Some(0.001));
    }
}
