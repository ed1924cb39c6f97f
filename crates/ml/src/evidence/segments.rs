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

/// Most segments that are kept: a decision is stored with them, and the ones that are left out are the last to speak
/// against it.
const MOST_KEPT: usize = 200;

/// What became of the segments.
pub(super) struct Harms {
    /// Those that were tested, the most surely harmed first, at most [`MOST_KEPT`].
    pub(super) found: Vec<SegmentHarm>,
    /// How many were tested.
    pub(super) tested: u64,
    /// How many are too small.
    pub(super) small: u64,
}

/// Tests each segment of at least `least` rows for harm. `days` holds the sums by segment and day.
pub(super) fn harms(
    days: &BTreeMap<(usize, i32), Sums>,
    names: &[String],
    loss: Loss,
    least: u64,
    lag: Lag,
) -> Harms {
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
    let doubt = |segment: &SegmentHarm| segment.adjusted.unwrap_or(2.0);
    found.sort_by(|a, b| doubt(a).total_cmp(&doubt(b)).then(b.harm().total_cmp(&a.harm())));
    let tested = found.len() as u64;
    found.truncate(MOST_KEPT);
    Harms { found, tested, small }
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
    fn the_surely_harmed_are_kept_where_there_are_very_many() {
        let mut days = BTreeMap::new();
        for segment in 0..1000 {
            for day in 0..28 {
                let mut sums = Sums::default();
                // Two segments are surely worse; the rest go up and down.
                let swing = if (segment + day as usize).is_multiple_of(2) { 3.0 } else { -2.0 };
                let worse = if segment % 500 == 499 { 1.0 + f64::from(day % 3) * 0.1 } else { swing };
                sums.add(5.0, 5.0 + worse);
                days.insert((segment, day), sums);
            }
        }
        let harms = harms(&days, &[], Loss::Absolute, 20, Lag::Auto);
        assert_eq!((harms.found.len(), harms.tested, harms.small), (MOST_KEPT, 1000, 0));
        assert!(harms.found[..2].iter().all(|s| s.adjusted.is_some_and(|p| p < 0.001)));
        assert!(harms.found[2].adjusted.is_some_and(|p| p > 0.05));
    }

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
