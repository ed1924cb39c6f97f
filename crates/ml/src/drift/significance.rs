//! How improbable it is that two sets of rows come from one distribution: Kolmogorov–Smirnov over a grid,
//! chi-square over bins, and Fisher's exact test of the bins too sparse for it.

use super::hypergeometric::{Draw, two_sided};
use super::measure::{held, total};
use statrs::function::gamma::checked_gamma_ur;

/// A bin stands alone in the chi-square test when both sides expect so many rows (Cochran's rule).
const EXPECTED: f64 = 5.0;

/// The largest gap between two distributions, and the probability of one as large by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The gap, a share of rows: 0 to 1.
    pub size: f64,
    /// What chance alone gives at these numbers of rows, in the mean.
    pub chance: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Two-sample Kolmogorov–Smirnov over counts in intervals of a grid; none where a side is empty.
///
/// The gap is exact at the edges of the grid and never too large, so the test never alarms for the grid's sake. The
/// p-value is Kolmogorov's with Stephens' correction for few rows (Stephens 1970); tied values make it larger than it
/// need be, never smaller.
pub fn kolmogorov_smirnov(reference: &[u64], current: &[u64]) -> Option<Gap> {
    let (m, n) = (total(reference) as f64, total(current) as f64);
    if m == 0.0 || n == 0.0 {
        return None;
    }
    let (mut below_a, mut below_b, mut size) = (0u64, 0u64, 0.0f64);
    for (a, b) in reference.iter().zip(current) {
        below_a += a;
        below_b += b;
        size = size.max((below_a as f64 / m - below_b as f64 / n).abs());
    }
    let root = (m / (m + n) * n).sqrt();
    // The mean of Kolmogorov's distribution is ln 2 · √(π/2).
    let chance = std::f64::consts::LN_2 * std::f64::consts::FRAC_PI_2.sqrt() / root;
    Some(Gap { size, chance, p: kolmogorov_tail((root + 0.12 + 0.11 / root) * size) })
}

/// The probability that Kolmogorov's variable exceeds `x`.
fn kolmogorov_tail(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0; // less than 1e-11 below it, and the series converges slowly there
    }
    let mut sum = 0.0;
    for k in 1..=100 {
        let k = f64::from(k);
        let term = (-2.0 * k * k * x * x).exp();
        sum += if k % 2.0 == 1.0 { term } else { -term };
        if term < 1e-17 {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

/// The p-value of several tests of one question, however they depend on each other: their Cauchy combination (Liu &
/// Xie 2020). Of two tests, twice the smaller where the other sees nothing, and no more than it where both see the
/// same. 1 of no test.
pub fn any_of(tests: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for p in tests {
        // A p-value near 1 would outweigh any evidence: it only says that the other tests see nothing.
        sum += 1.0 / (std::f64::consts::PI * p.clamp(1e-300, 0.9)).tan();
        count += 1.0;
    }
    let mean: f64 = sum / count;
    match mean {
        _ if count == 0.0 => 1.0,
        // The arc tangent of the inverse is precise where the difference from a half is not.
        mean if mean > 1.0 => (1.0 / mean).atan() / std::f64::consts::PI,
        mean => 0.5 - mean.atan() / std::f64::consts::PI,
    }
}

/// The probability of bins that differ as much by chance; 1 where there is nothing to compare.
///
/// Chi-square over the bins where both sides expect five rows or more. Rarer bins are joined, the rarest first (by
/// both sides together, which does not depend on how they differ), until they do; since joining may hide a new value
/// among old ones, each joined bin is also asked by Fisher's exact test (Bonferroni over them), and [`any_of`] answer
/// counts. Two bins are compared by Fisher's test alone. The order of the bins breaks ties: it must not depend on
/// which side a bin's rows are on.
pub fn bins_differ(reference: &[u64], current: &[u64]) -> f64 {
    let (m, n) = (total(reference), total(current));
    if m == 0 || n == 0 {
        return 1.0;
    }
    let enough = EXPECTED * (m + n) as f64 / m.min(n) as f64;
    let mut bins: Vec<(u64, u64)> = held(reference, current).collect();
    bins.sort_by_key(|(a, b)| a + b);
    let sparse = bins.partition_point(|(a, b)| ((a + b) as f64) < enough);
    let rare = rarest(&bins[..sparse], m, n);
    let together = chi_square(&joined(&bins, enough), m, n);
    match rare {
        Some(rare) => any_of([rare, together]),
        None => together,
    }
}

/// Fisher's exact test of each bin against all others, Bonferroni over them; none of no bin.
pub fn rarest(bins: &[(u64, u64)], m: u64, n: u64) -> Option<f64> {
    let each = bins.iter().map(|&(a, b)| two_sided(Draw { others: m, drawn: n, marked: a + b }, b));
    each.reduce(f64::min).map(|least| (least * bins.len() as f64).min(1.0))
}

/// Bins, ascending by their rows, joined from the rarest on until each holds `enough`.
fn joined(bins: &[(u64, u64)], enough: f64) -> Vec<(u64, u64)> {
    let mut out = Vec::with_capacity(bins.len());
    let mut open = (0, 0);
    for &(a, b) in bins {
        open = (open.0 + a, open.1 + b);
        if (open.0 + open.1) as f64 >= enough {
            out.push(std::mem::take(&mut open));
        }
    }
    match out.first_mut() {
        Some(first) => *first = (first.0 + open.0, first.1 + open.1),
        None => out.push(open),
    }
    out
}

fn chi_square(bins: &[(u64, u64)], m: u64, n: u64) -> f64 {
    match bins {
        [] | [_] => return 1.0,
        [(a, b), _] => return two_sided(Draw { others: m, drawn: n, marked: a + b }, *b),
        _ => {}
    }
    let (m, n) = (m as f64, n as f64);
    let mut statistic = 0.0;
    for &(a, b) in bins {
        let (a, b) = (a as f64, b as f64);
        let (wanted_a, wanted_b) = ((a + b) * m / (m + n), (a + b) * n / (m + n));
        statistic += (a - wanted_a).powi(2) / wanted_a + (b - wanted_b).powi(2) / wanted_b;
    }
    chi_square_tail(statistic, bins.len() - 1)
}

/// The probability that chi-square of `freedom` degrees exceeds `x`.
fn chi_square_tail(x: f64, freedom: usize) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    checked_gamma_ur(freedom as f64 / 2.0, x / 2.0).unwrap_or(0.0).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn tails_are_the_known_ones() {
        // scipy.stats.kstwobign.sf and chi2.sf.
        for (x, wanted) in [
            (0.5, 0.963_945_243_664_875_6),
            (1.0, 0.269_999_671_677_354_56),
            (2.0, 0.000_670_925_255_774_953_9),
        ] {
            assert!((kolmogorov_tail(x) - wanted).abs() < 1e-12, "{x}");
        }
        for (x, k, wanted) in
            [(3.84, 1, 0.050_043_521_248_705_35), (40.0, 9, 7.598_525e-6), (1000.0, 999, 0.485_131_49)]
        {
            assert!(
                (chi_square_tail(x, k) / wanted - 1.0).abs() < 1e-4,
                "{} {wanted}",
                chi_square_tail(x, k)
            );
        }
        assert_eq!(chi_square_tail(1e6, 3), 0.0);
    }

    /// Two samples of equal size have an exact p-value (Gnedenko and Korolyuk 1951): for a gap of k of n rows,
    /// 2·Σ (−1)^(j−1) C(2n, n − jk) / C(2n, n).
    #[test]
    fn the_p_value_of_a_gap_is_close_to_the_exact_one() {
        use statrs::function::gamma::ln_gamma;
        let ln_choose = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
        for (n, k) in [(100u64, 15u64), (100, 20), (100, 27), (1000, 60), (1000, 90)] {
            let mut exact = 0.0;
            for j in 1..=(n / k) {
                let term = (ln_choose(2.0 * n as f64, (n - j * k) as f64)
                    - ln_choose(2.0 * n as f64, n as f64))
                .exp();
                exact += if j % 2 == 1 { 2.0 * term } else { -2.0 * term };
            }
            let gap = kolmogorov_smirnov(&[n, 0], &[n - k, k]).expect("rows");
            assert!((0.75..1.25).contains(&(gap.p / exact)), "{n} {k}: {} exact {exact}", gap.p);
        }
    }

    #[test]
    fn two_answers_make_one() {
        for p in [1e-12, 1e-4, 0.01, 0.4] {
            assert!((any_of([p, p]) / p - 1.0).abs() < 1e-9, "{p}: {}", any_of([p, p]));
        }
        assert!((any_of([1e-6, 0.5]) / 2e-6 - 1.0).abs() < 1e-3);
        assert!((any_of([1.0, 1e-6, 1.0]) / 3e-6 - 1.0).abs() < 1e-3);
        assert!(any_of([0.0, 1.0]) < 1e-200 && any_of([1.0, 1.0]) > 0.89);
        assert_eq!(any_of([]), 1.0);
    }

    #[test]
    fn nothing_to_compare_is_no_difference() {
        assert_eq!(bins_differ(&[], &[]), 1.0);
        assert_eq!(bins_differ(&[5, 0], &[0, 0]), 1.0);
        assert_eq!(bins_differ(&[500], &[100]), 1.0);
        assert!(kolmogorov_smirnov(&[0], &[3]).is_none());
        let same = kolmogorov_smirnov(&[500], &[100]).expect("rows");
        assert_eq!((same.size, same.p), (0.0, 1.0));
    }

    #[test]
    fn a_new_value_is_not_hidden_among_rare_ones() {
        let (mut reference, mut current) = (vec![3u64; 400], vec![0u64; 400]);
        reference.push(9000);
        current.push(1000);
        for bin in current.iter_mut().take(120) {
            *bin = 1;
        }
        reference.push(0);
        current.push(12);
        assert!(bins_differ(&reference, &current) < 1e-6);
    }

    /// Under no drift the p-values fall below a level about as often as the level says, or less often.
    #[test]
    fn levels_are_held_with_many_rare_values() {
        let mut random = Random::new(5);
        let (bins, m, n, draws) = (300usize, 3000, 200, 3000);
        let mut below = [0usize; 2];
        for _ in 0..draws {
            let mut sides = [vec![0u64; bins], vec![0u64; bins]];
            for (side, rows) in [(0, m), (1, n)] {
                for _ in 0..rows {
                    let at = random
                        .below(bins)
                        .min(random.below(bins))
                        .min(random.below(bins))
                        .min(random.below(bins));
                    sides[side][at] += 1;
                }
            }
            let p = bins_differ(&sides[0], &sides[1]);
            below[0] += usize::from(p < 0.05);
            below[1] += usize::from(p < 0.01);
        }
        assert!(below[0] <= draws * 6 / 100, "{below:?}");
        assert!(below[1] <= draws * 14 / 1000, "{below:?}");
    }
}
