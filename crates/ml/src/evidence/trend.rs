//! Where a daily number is going: a slope that single wild days cannot move, with its interval.

use super::distributions::normal_quantile;
use serde::{Deserialize, Serialize};

/// Most points that are looked at, the latest of them: slopes of all pairs are compared.
const MOST_POINTS: usize = 1000;
/// Fewest points that have an interval.
const FEWEST_POINTS: usize = 4;

/// A robust trend.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// Points looked at.
    pub n: u64,
    /// Change a unit of time: the median of the slopes of all pairs (Theil 1950, Sen 1968).
    pub slope: f64,
    /// The value where time is zero: the median of what the slope leaves over.
    pub intercept: f64,
    /// The lower end of the slope's interval; none of fewer than four points.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// The level of the interval, 0 to 1.
    pub level: f64,
}

impl Trend {
    /// Whether the slope is not zero, beyond chance: 1 rising, -1 falling, 0 neither.
    pub fn direction(&self) -> i8 {
        match (self.low, self.high) {
            (Some(low), _) if low > 0.0 => 1,
            (_, Some(high)) if high < 0.0 => -1,
            _ => 0,
        }
    }
}

/// The trend of `points`, pairs of time and value, at a `level` within (0, 1) of its interval; Sen's 1968, with ties.
/// Points that are not finite are left out; of more than a thousand the latest are taken. None of fewer than two
/// moments, and where a slope is too large to say.
pub fn trend(points: &[(f64, f64)], level: f64) -> Option<Trend> {
    let mut points: Vec<(f64, f64)> =
        points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let points = &points[points.len().saturating_sub(MOST_POINTS)..];
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (at, later) in points.iter().enumerate() {
        let before = points[..at].iter().filter(|earlier| later.0 > earlier.0);
        slopes.extend(before.map(|earlier| (later.1 - earlier.1) / (later.0 - earlier.0)));
    }
    slopes.sort_by(f64::total_cmp);
    let slope = middle(&slopes)?;
    let mut rests: Vec<f64> = points.iter().map(|(x, y)| y - slope * x).collect();
    rests.sort_by(f64::total_cmp);
    let (low, high) = interval(points, &slopes, level).unzip();
    let intercept = middle(&rests)?;
    let all = [Some(slope), Some(intercept), low, high];
    let said = all.into_iter().flatten().all(f64::is_finite);
    said.then_some(Trend { n: points.len() as u64, slope, intercept, low, high, level })
}

/// The ends of the interval, by the variance of Kendall's S with ties.
fn interval(points: &[(f64, f64)], slopes: &[f64], level: f64) -> Option<(f64, f64)> {
    if points.len() < FEWEST_POINTS {
        return None;
    }
    let z = normal_quantile(0.5 + level / 2.0)?;
    let weight = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let tied = |values: Vec<f64>| runs(values).map(weight).sum::<f64>();
    let times = tied(points.iter().map(|p| p.0).collect());
    let values = tied(points.iter().map(|p| p.1).collect());
    let deviation = ((weight(points.len() as f64) - times - values).max(0.0) / 18.0).sqrt();
    let all = slopes.len() as f64;
    let last = slopes.len() as i64 - 1;
    let half = z * deviation / 2.0;
    let low = (all / 2.0 - half).round_ties_even() as i64 - 1;
    let high = (all / 2.0 + half).round_ties_even() as i64;
    Some((slopes[low.clamp(0, last) as usize], slopes[high.clamp(0, last) as usize]))
}

/// How often each value that occurs more than once does.
fn runs(mut values: Vec<f64>) -> impl Iterator<Item = f64> {
    values.sort_by(f64::total_cmp);
    let counts: Vec<f64> = values.chunk_by(|a, b| a == b).map(|run| run.len() as f64).collect();
    counts.into_iter().filter(|n| *n > 1.0)
}

/// The middle of sorted values.
fn middle(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_agrees_with_scipy() {
        let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0];
        let y = [1.0, 2.5, 2.0, 4.0, 3.5, 50.0, 6.0, 9.0];
        let points: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
        let found = trend(&points, 0.95).expect("defined");
        let wanted = [0.822_916_666_666_666_7, 0.5, 2.0];
        for (found, wanted) in
            [found.slope, found.low.expect("given"), found.high.expect("given")].iter().zip(wanted)
        {
            assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
        }
        assert_eq!(found.direction(), 1);
    }

    #[test]
    fn one_wild_day_does_not_move_it() {
        let mut points: Vec<(f64, f64)> = (0..30).map(|i| (f64::from(i), 7.0 + 0.1 * f64::from(i))).collect();
        points[29].1 = 1e6;
        let found = trend(&points, 0.95).expect("defined");
        assert!((found.slope - 0.1).abs() < 1e-9 && (found.intercept - 7.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn little_and_flat_are_defined() {
        assert_eq!(trend(&[], 0.95), None);
        assert_eq!(trend(&[(1.0, 2.0)], 0.95), None);
        assert_eq!(trend(&[(1.0, 2.0), (1.0, 3.0)], 0.95), None);
        assert_eq!(trend(&[(0.0, f64::NAN), (1.0, 2.0), (f64::INFINITY, 3.0)], 0.95), None);
        let two = trend(&[(0.0, 1.0), (2.0, 5.0)], 0.95).expect("defined");
        assert_eq!((two.slope, two.low, two.direction()), (2.0, None, 0));
        let flat: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(i), 5.0)).collect();
        let flat = trend(&flat, 0.95).expect("defined");
        assert_eq!((flat.slope, flat.low, flat.high, flat.direction()), (0.0, Some(0.0), Some(0.0), 0));
    }

    proptest! {
        #[test]
        fn the_slope_lies_in_its_interval(values in prop::collection::vec(-1e6..1e6f64, 4..60)) {
            let points: Vec<(f64, f64)> =
                values.iter().enumerate().map(|(at, &v)| (at as f64, v)).collect();
            let found = trend(&points, 0.9).expect("defined");
            prop_assert!(found.low.expect("given") <= found.slope);
            prop_assert!(found.high.expect("given") >= found.slope);
        }

        #[test]
        fn nothing_makes_it_panic(points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..20)) {
            if let Some(found) = trend(&points, 0.95) {
                prop_assert!(found.slope.is_finite());
            }
        }
    }
}
