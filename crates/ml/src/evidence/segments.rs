//! Harm by segment: where the candidate is worse, beyond chance, with all segments taken into account.

use super::paired::{Lag, diebold_mariano};
use std::collections::BTreeMap;
use vakhta_domain::evidence::{Loss, PairedLoss, SegmentHarm};

/// Running sums of losses of both versions; they stop at the largest number instead of becoming infinite.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) rows: u64,
    champion: f64,
    candidate: f64,
}

impl Sums {
    pub(super) fn add(&mut self, champion: f64, candidate: f64) {
        let bounded = |sum: f64| sum.clamp(-f64::MAX, f64::MAX);
        self.rows += 1;
        self.champion = bounded(self.champion + champion);
        self.candidate = bounded(self.candidate + candidate);
    }

    /// How much less the candidate loses, a row.
    pub(super) fn difference(&self) -> f64 {
        let rows = self.rows as f64;
        self.champion / rows - self.candidate / rows
    }

    pub(super) fn paired(&self, loss: Loss, days: usize) -> PairedLoss {
        let rows = (self.rows as f64).max(1.0);
        PairedLoss {
            loss,
            rows: self.rows,
            days: days as u64,
            champion: self.champion / rows,
            candidate: self.candidate / rows,
        }
    }
}

/// Tests each segment of at least `least` rows for harm, the most harmed first. `days` holds the sums by segment and
/// day. The second value counts segments that are too small.
pub(super) fn harms(
    days: &BTreeMap<(usize, i32), Sums>,
    names: &[String],
    loss: Loss,
    least: u64,
    lag: Lag,
) -> (Vec<SegmentHarm>, u64) {
    let mut segments: BTreeMap<usize, (Sums, Vec<f64>)> = BTreeMap::new();
    for (&(segment, _), sums) in days {
        let (all, worse) = segments.entry(segment).or_default();
        all.rows += sums.rows;
        all.champion = (all.champion + sums.champion).min(f64::MAX);
        all.candidate = (all.candidate + sums.candidate).min(f64::MAX);
        worse.push(-sums.difference());
    }
    let small = segments.values().filter(|(all, _)| all.rows < least).count() as u64;
    segments.retain(|_, (all, _)| all.rows >= least);
    let ps: Vec<Option<f64>> = segments.values().map(|(_, worse)| diebold_mariano(worse, lag).p).collect();
    let tested = ps.iter().zip(holm(&ps)).zip(&segments);
    let mut found: Vec<SegmentHarm> = tested
        .map(|((&p, adjusted), (&at, (all, worse)))| SegmentHarm {
            segment: names.get(at).cloned().unwrap_or_default(),
            paired: all.paired(loss, worse.len()),
            p,
            adjusted,
        })
        .collect();
    // Equals stay in the order of their segments.
    found.sort_by(|a, b| b.harm().total_cmp(&a.harm()));
    (found, small)
}

/// Adjusts p values so that the chance of any false finding stays below the level (Holm 1979). Where there is no p,
/// no test was made, and none is counted.
pub fn holm(ps: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..ps.len()).filter(|&at| ps[at].is_some()).collect();
    order.sort_by(|&a, &b| ps[a].unwrap_or(1.0).total_cmp(&ps[b].unwrap_or(1.0)));
    let mut adjusted = vec![None; ps.len()];
    let mut least: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        least = least.max(ps[at].unwrap_or(1.0) * (order.len() - rank) as f64).min(1.0);
        adjusted[at] = Some(least);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_by_hand() {
        let adjusted = holm(&[Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)]);
        let wanted = [Some(0.03), None, Some(0.06), Some(0.06), Some(0.02)];
        for (found, wanted) in adjusted.iter().zip(wanted) {
            match (found, wanted) {
                (Some(found), Some(wanted)) => assert!((found - wanted).abs() < 1e-12, "{adjusted:?}"),
                (found, wanted) => assert_eq!(*found, wanted),
            }
        }
        assert!(holm(&[]).is_empty());
        assert_eq!(holm(&[Some(0.9), Some(0.9)]), [Some(1.0), Some(1.0)]);
    }
}
