//! How far two sets of counts over the same bins lie apart, and how far they would by chance alone.
//!
//! PSI and Jensen–Shannon are those of counts in bins; which bins they are is the business of the profiles.

use super::hypergeometric::{Draw, outward};
use serde::{Deserialize, Serialize};

/// A bin whose expected counts are both above this is asked for its chance by the formula of large counts.
const MANY: f64 = 50.0;

/// How far two distributions lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Distance {
    /// Population stability index: the sum of (p − q)·ln(p/q) over the bins that hold rows on either side, with
    /// p = (count + ½) / (rows + ½·bins). Zero or more.
    pub psi: f64,
    /// Jensen–Shannon divergence of the plain shares, in bits: 0 to 1.
    pub js: f64,
}

impl Distance {
    /// Jensen–Shannon distance, the square root of the divergence: 0 to 1.
    pub fn js_distance(&self) -> f64 {
        self.js.max(0.0).sqrt()
    }
}

/// The distance of two sets of counts over the same bins; none where a side is empty.
pub fn distance(reference: &[u64], current: &[u64]) -> Option<Distance> {
    let (m, n) = (total(reference), total(current));
    if m == 0 || n == 0 {
        return None;
    }
    let (m, n) = (m as f64, n as f64);
    let held: Vec<(f64, f64)> = held(reference, current).map(|(a, b)| (a as f64, b as f64)).collect();
    let bins = held.len() as f64;
    let (mut psi, mut js) = (0.0, 0.0);
    for (a, b) in held {
        psi += psi_term((a + 0.5) / (m + 0.5 * bins), (b + 0.5) / (n + 0.5 * bins));
        js += js_term(a / m, b / n);
    }
    // Rounding may leave a hair below nothing or above one bit.
    Some(Distance { psi: psi.max(0.0), js: js.clamp(0.0, 1.0) })
}

/// The mean distance of two draws of these sizes from what both sides hold together: what chance alone gives.
///
/// The mean over all ways to deal the pooled rows to the two sides, bin by bin (hypergeometric). For large counts
/// it is (bins − 1)·(1/m + 1/n) for PSI, and that over 8·ln 2 for Jensen–Shannon. None where a side is empty.
pub fn chance(reference: &[u64], current: &[u64]) -> Option<Distance> {
    let (rows_m, rows_n) = (total(reference), total(current));
    if rows_m == 0 || rows_n == 0 {
        return None;
    }
    let (m, n) = (rows_m as f64, rows_n as f64);
    let mut totals: Vec<u64> = held(reference, current).map(|(a, b)| a + b).collect();
    let bins = totals.len() as f64;
    totals.sort_unstable();
    let (mut psi, mut js) = (0.0, 0.0);
    for same in totals.chunk_by(|a, b| a == b) {
        let (pooled, times) = (same[0], same.len() as f64);
        let share = pooled as f64 / (m + n);
        if share * m.min(n) > MANY {
            let spread = (1.0 - share) * (1.0 / m + 1.0 / n);
            psi += times * spread;
            js += times * spread / (8.0 * std::f64::consts::LN_2);
            continue;
        }
        outward(Draw { others: rows_m, drawn: rows_n, marked: pooled }, &mut |x, probability| {
            let (a, b) = ((pooled - x) as f64, x as f64);
            let of_psi = psi_term((a + 0.5) / (m + 0.5 * bins), (b + 0.5) / (n + 0.5 * bins));
            psi += times * probability * of_psi;
            js += times * probability * js_term(a / m, b / n);
        });
    }
    Some(Distance { psi, js })
}

/// Rows in all bins.
pub fn total(counts: &[u64]) -> u64 {
    counts.iter().sum()
}

/// The bins that hold rows on either side.
pub fn held(reference: &[u64], current: &[u64]) -> impl Iterator<Item = (u64, u64)> {
    reference.iter().copied().zip(current.iter().copied()).filter(|(a, b)| a + b > 0)
}

fn psi_term(p: f64, q: f64) -> f64 {
    (p - q) * (p / q).ln()
}

fn js_term(p: f64, q: f64) -> f64 {
    let middle = f64::midpoint(p, q);
    let half = |share: f64| if share > 0.0 { share * (share / middle).log2() } else { 0.0 };
    f64::midpoint(half(p), half(q))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    #[test]
    fn known_counts_give_known_distances() {
        // numpy: p = [3.5, 7.5]/11, q = [1.5, 9.5]/11 ... of counts [3, 7] and [1, 9].
        let found = distance(&[3, 7, 0], &[1, 9, 0]).expect("both hold rows");
        let wanted = (2.0 / 11.0) * (3.5f64 / 1.5).ln() - (2.0 / 11.0) * (7.5f64 / 9.5).ln();
        assert!((found.psi - wanted).abs() < 1e-12, "{found:?}");
        assert_eq!(distance(&[4, 0], &[0, 9]).map(|d| d.js), Some(1.0));
        assert_eq!(distance(&[4, 0], &[9, 0]).map(|d| (d.psi, d.js)), Some((0.0, 0.0)));
        assert_eq!(distance(&[], &[]), None);
        assert_eq!(distance(&[1, 2], &[0, 0]), None);
        assert_eq!(chance(&[0, 0], &[3, 2]), None);
    }

    /// The mean distance of many draws is what `chance` says, with few rows a bin and with many.
    #[test]
    fn chance_is_the_mean_of_draws() {
        let mut random = Random::new(3);
        for (bins, m, n) in [(10, 2000, 100), (40, 300, 60), (5, 4000, 4000), (300, 1000, 50)] {
            let draw = |rows: usize, random: &mut Random| {
                let mut counts = vec![0u64; bins];
                for _ in 0..rows {
                    // Zipf-like: the smaller of two.
                    counts[random.below(bins).min(random.below(bins))] += 1;
                }
                counts
            };
            let (mut psi, mut js, mut psi_said, mut js_said) = (0.0, 0.0, 0.0, 0.0);
            for _ in 0..300 {
                let (a, b) = (draw(m, &mut random), draw(n, &mut random));
                let (found, said) = (distance(&a, &b).expect("rows"), chance(&a, &b).expect("rows"));
                psi += found.psi;
                js += found.js;
                psi_said += said.psi;
                js_said += said.js;
            }
            assert!((psi / psi_said - 1.0).abs() < 0.08, "PSI {psi} said {psi_said} of {bins} bins");
            assert!((js / js_said - 1.0).abs() < 0.08, "JS {js} said {js_said} of {bins} bins");
        }
    }

    #[test]
    fn chance_of_large_counts_is_the_known_formula() {
        let said = chance(&[5000; 10], &[500; 10]).expect("rows");
        let formula = 9.0 * (1.0 / 50_000.0 + 1.0 / 5000.0);
        assert!((said.psi / formula - 1.0).abs() < 1e-9, "{said:?} {formula}");
    }

    proptest! {
        #[test]
        fn distances_have_their_bounds_and_symmetry(
            counts in prop::collection::vec((0u64..2000, 0u64..2000), 1..40)
        ) {
            let (a, b): (Vec<u64>, Vec<u64>) = counts.into_iter().unzip();
            if let (Some(there), Some(back)) = (distance(&a, &b), distance(&b, &a)) {
                prop_assert!(there.psi >= 0.0 && there.psi.is_finite());
                prop_assert!((0.0..=1.0).contains(&there.js));
                prop_assert!((there.psi - back.psi).abs() <= 1e-9 * there.psi.max(1e-6));
                prop_assert!((there.js - back.js).abs() <= 1e-9);
                let chance = chance(&a, &b).expect("both hold rows");
                prop_assert!(chance.psi.is_finite() && chance.psi >= -1e-12);
                prop_assert!((-1e-12..=1.0).contains(&chance.js));
            }
        }
    }
}
