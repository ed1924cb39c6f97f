//! Split-conformal intervals (Vovk 2005; Papadopoulos 2002) from the errors of the validation folds.
//!
//! An error is divided by what its series usually errs by, so that all series are calibrated together; the
//! quantile of these scores is taken by block of the horizon, because errors grow with distance.

/// An error of a validation fold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// The place of the series.
    pub series: usize,
    /// The fold.
    pub fold: usize,
    /// Periods ahead, from 1.
    pub step: usize,
    /// Forecast minus actual, absolute.
    pub error: f64,
    /// How large errors are expected to be relative to each other, e.g. the level of the series.
    pub unit: f64,
}

/// Levels that quantiles are kept for: 1 to 99 percent.
pub const LEVELS: usize = 99;
/// Fewest scores from which a block of the horizon gets quantiles of its own.
const FEWEST: usize = 60;
/// Most blocks of a horizon.
const BLOCKS: usize = 4;
/// Scores' worth of trust in the mean of all series when the spread of one is estimated.
const SHRINK: f64 = 5.0;

/// Calibrated widths.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conformal {
    /// The last step of each block, ascending.
    pub ends: Vec<u32>,
    /// By block: the half-width at levels 1 to 99, in spreads.
    pub quantiles: Vec<Vec<f64>>,
    /// By series: its usual error, in units.
    pub spread: Vec<f64>,
}

impl Conformal {
    /// Calibrates on `residuals` of `series` series over steps 1 to `horizon`. Without residuals all widths are
    /// zero and [`Conformal::is_empty`].
    pub fn calibrate(residuals: &[Residual], series: usize, horizon: usize) -> Self {
        if residuals.is_empty() {
            return Self { spread: vec![0.0; series], ..Self::default() };
        }
        let scaled = |r: &Residual| r.error / r.unit.max(f64::MIN_POSITIVE);
        let pooled = residuals.iter().map(scaled).sum::<f64>() / residuals.len() as f64;
        let mut sums = vec![(0.0, 0.0); series];
        for residual in residuals {
            let (sum, n) = &mut sums[residual.series];
            *sum += scaled(residual);
            *n += 1.0;
        }
        // Means are averaged as logarithms: spreads differ by factors. The floor keeps a series that never erred
        // from having scores without meaning.
        let floor = (pooled * 1e-3).max(f64::MIN_POSITIVE);
        let shrunk = |&(sum, n): &(f64, f64)| {
            let own = if n > 0.0 { (sum / n).max(floor) } else { pooled.max(floor) };
            ((n * own.ln() + SHRINK * pooled.max(floor).ln()) / (n + SHRINK)).exp()
        };
        let spread: Vec<f64> = sums.iter().map(shrunk).collect();
        let blocks = BLOCKS.min(residuals.len() / FEWEST).clamp(1, horizon.max(1));
        let ends: Vec<u32> = (1..=blocks).map(|k| (horizon * k).div_ceil(blocks) as u32).collect();
        let mut scores = vec![Vec::new(); blocks];
        for residual in residuals {
            let block = block_of(&ends, residual.step);
            scores[block].push(scaled(residual) / spread[residual.series]);
        }
        let all = scores.concat();
        let quantiles = scores
            .into_iter()
            .map(|own| {
                let mut own = if own.is_empty() { all.clone() } else { own };
                own.sort_by(f64::total_cmp);
                (1..=LEVELS).map(|level| quantile(&own, level)).collect()
            })
            .collect();
        Self { ends, quantiles, spread }
    }

    /// Whether nothing was calibrated.
    pub fn is_empty(&self) -> bool {
        self.quantiles.is_empty()
    }

    /// Half the width of an interval. Beyond the calibrated horizon it grows with the root of the distance.
    pub fn half_width(&self, series: usize, step: usize, unit: f64, level: u8) -> f64 {
        let (Some(&last), Some(spread)) = (self.ends.last(), self.spread.get(series)) else { return 0.0 };
        let block = block_of(&self.ends, step);
        let level = usize::from(level).clamp(1, LEVELS);
        let beyond = (step as f64 / f64::from(last).max(1.0)).max(1.0).sqrt();
        self.quantiles[block][level - 1] * spread * unit * beyond
    }

    /// The share of `residuals` inside the interval of a level, percent.
    pub fn coverage(&self, residuals: &[Residual], level: u8) -> Option<f64> {
        if residuals.is_empty() || self.is_empty() {
            return None;
        }
        let inside = residuals.iter().filter(|r| r.error <= self.half_width(r.series, r.step, r.unit, level));
        Some(100.0 * inside.count() as f64 / residuals.len() as f64)
    }
}

fn block_of(ends: &[u32], step: usize) -> usize {
    ends.partition_point(|&end| (end as usize) < step).min(ends.len().saturating_sub(1))
}

/// The ⌈(n+1)·level⌉-th smallest score; the largest where there are too few for the level.
fn quantile(sorted: &[f64], level: usize) -> f64 {
    let rank = ((sorted.len() + 1) * level).div_ceil(100).clamp(1, sorted.len());
    sorted[rank - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn residuals(seed: u64, folds: usize) -> Vec<Residual> {
        let mut random = Random::new(seed);
        let mut all = vec![];
        for fold in 0..folds {
            for series in 0..20 {
                for step in 1..=28 {
                    // Exponential errors; series differ by up to 20 times, later steps err twice as much.
                    let draw = -((random.below(1_000_000) as f64 + 1.0) / 1_000_001.0).ln();
                    let growth = if step > 14 { 2.0 } else { 1.0 };
                    let unit = 100.0;
                    all.push(Residual {
                        series,
                        fold,
                        step,
                        error: draw * (series + 1) as f64 * growth,
                        unit,
                    });
                }
            }
        }
        all
    }

    #[test]
    fn covers_what_it_says_on_fresh_errors() {
        let conformal = Conformal::calibrate(&residuals(1, 3), 20, 28);
        let fresh = residuals(2, 20);
        for level in [50u8, 80, 95] {
            let coverage = conformal.coverage(&fresh, level).expect("a share");
            assert!((coverage - f64::from(level)).abs() < 2.5, "{level}: {coverage}");
            for half in [1..=14, 15..=28] {
                let part: Vec<Residual> = fresh.iter().filter(|r| half.contains(&r.step)).copied().collect();
                let coverage = conformal.coverage(&part, level).expect("a share");
                assert!((coverage - f64::from(level)).abs() < 3.5, "{level} at {half:?}: {coverage}");
            }
        }
        let series_coverage = |series| {
            let part: Vec<Residual> = fresh.iter().filter(|r| r.series == series).copied().collect();
            conformal.coverage(&part, 80).expect("a share")
        };
        assert!((70.0..90.0).contains(&series_coverage(0)) && (70.0..90.0).contains(&series_coverage(19)));
    }

    #[test]
    fn few_or_no_errors_are_no_panic() {
        let none = Conformal::calibrate(&[], 3, 28);
        assert!(none.is_empty());
        assert_eq!(none.half_width(0, 5, 10.0, 80), 0.0);
        assert_eq!(none.coverage(&[], 80), None);
        let one = Residual { series: 0, fold: 0, step: 1, error: 2.0, unit: 1.0 };
        let few = Conformal::calibrate(&[one], 2, 28);
        assert!((few.half_width(0, 1, 1.0, 95) - 2.0).abs() < 1e-9);
        assert!(few.half_width(1, 112, 1.0, 95) > few.half_width(1, 28, 1.0, 95));
        let exact = Residual { error: 0.0, ..one };
        assert_eq!(Conformal::calibrate(&[exact], 1, 1).half_width(0, 1, 1.0, 80), 0.0);
    }

    #[test]
    fn ranks_follow_the_finite_sample_rule() {
        let sorted: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(quantile(&sorted, 80), 8.0);
        assert_eq!(quantile(&sorted, 95), 9.0);
        assert_eq!(quantile(&sorted, 50), 5.0);
    }
}
