//! Conformal intervals (Vovk 2005; Papadopoulos 2002) from the errors of past forecasts, kept right as time goes
//! on.
//!
//! An error is divided by what its series usually errs by, so that all series are calibrated together; the
//! quantile of these scores is taken by block of the horizon, because errors grow with distance. Recent errors
//! count more (Barber et al. 2023, beyond exchangeability). What coverage turns out to be moves the level at which
//! quantiles are read (adaptive conformal inference, Gibbs & Candès 2021).

/// An error of a past forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// The place of the series.
    pub series: usize,
    /// The first period that the forecast did not know.
    pub cutoff: usize,
    /// Periods ahead, from 1.
    pub step: usize,
    /// Forecast minus actual, absolute.
    pub error: f64,
    /// How large errors are expected to be relative to each other, e.g. the level of the series.
    pub unit: f64,
}

impl Residual {
    /// The period that was forecast.
    pub fn period(&self) -> usize {
        self.cutoff + self.step - 1
    }

    fn scaled(&self) -> f64 {
        self.error / self.unit.max(f64::MIN_POSITIVE)
    }
}

/// Quantiles that are kept: 0.5, 1, 1.5, … 99.5 percent.
pub const QUANTILES: usize = 199;
/// The nominal levels whose adaptation is kept, percent; those between are interpolated.
pub const ANCHORS: [f64; 7] = [25.0, 50.0, 65.0, 80.0, 90.0, 95.0, 99.0];
/// Fewest scores from which a block of the horizon gets quantiles of its own.
const FEWEST: usize = 60;
/// Most blocks of a horizon.
const BLOCKS: usize = 4;
/// Scores' worth of trust in the mean of all series when the spread of one is estimated.
const SHRINK: f64 = 5.0;
/// Horizons after which an error counts half.
const HALF_LIFE: f64 = 4.0;
/// Horizons that are told apart when spreads are estimated without the scores that they scale.
const MOST_AGES: usize = 64;
/// How far a horizon's missed coverage moves the level.
const RATE: f64 = 0.5;
/// Errors' worth of trust in the level as it is when new coverage comes in.
const INERTIA: f64 = 50.0;

/// Calibrated widths.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conformal {
    /// The last step of each block, ascending.
    pub ends: Vec<u32>,
    /// By block: the half-width at [`QUANTILES`] levels, in spreads.
    pub quantiles: Vec<Vec<f64>>,
    /// By series: its usual error, in units.
    pub spread: Vec<f64>,
    /// By [`ANCHORS`]: the level at which quantiles are read less the nominal one, percentage points.
    pub drift: [f64; ANCHORS.len()],
}

/// Sums of scaled errors, each counted by its weight.
#[derive(Clone, Copy, Default)]
struct Sums {
    error: f64,
    weight: f64,
}

impl Sums {
    fn add(&mut self, error: f64, weight: f64) {
        self.error += error * weight;
        self.weight += weight;
    }

    fn without(self, other: Self) -> Self {
        // Rounding must not leave a trace of a weight that is all gone.
        let weight = self.weight - other.weight;
        if weight <= self.weight * 1e-9 {
            Self::default()
        } else {
            Self { error: self.error - other.error, weight }
        }
    }

    fn mean(self) -> Option<f64> {
        (self.weight > 0.0).then(|| (self.error / self.weight).max(0.0))
    }
}

/// The usual error of a series, drawn to that of all. Means are averaged as logarithms: spreads differ by factors.
/// The floor keeps a series that never erred from having scores without meaning.
fn shrunk(own: Sums, all: Sums) -> f64 {
    let all = all.mean().unwrap_or(0.0).max(f64::MIN_POSITIVE);
    let floor = (all * 1e-3).max(f64::MIN_POSITIVE);
    let mean = own.mean().unwrap_or(all).max(floor);
    ((own.weight * mean.ln() + SHRINK * all.ln()) / (own.weight + SHRINK)).exp()
}

impl Conformal {
    /// Calibrates on `residuals` of `series` series over steps 1 to `horizon`, all of periods before `now`. Without
    /// residuals all widths are zero and [`Conformal::is_empty`].
    pub fn calibrate(residuals: &[Residual], series: usize, horizon: usize, now: usize) -> Self {
        if residuals.is_empty() {
            return Self { spread: vec![0.0; series], ..Self::default() };
        }
        let horizon = horizon.max(1);
        let age = |r: &Residual| now.saturating_sub(r.period() + 1);
        let weight = |r: &Residual| 0.5f64.powf(age(r) as f64 / (HALF_LIFE * horizon as f64));
        let ages = residuals.iter().map(age).max().unwrap_or(0) / horizon + 1;
        let ages = ages.min(MOST_AGES);
        let age_of = |r: &Residual| (age(r) / horizon).min(ages - 1);
        let mut own = vec![Sums::default(); series * ages];
        let mut own_all = vec![Sums::default(); series];
        let mut pooled = vec![Sums::default(); ages];
        let mut all = Sums::default();
        for residual in residuals {
            let (scaled, weight) = (residual.scaled(), weight(residual));
            own[residual.series * ages + age_of(residual)].add(scaled, weight);
            own_all[residual.series].add(scaled, weight);
            pooled[age_of(residual)].add(scaled, weight);
            all.add(scaled, weight);
        }
        let spread: Vec<f64> = own_all.iter().map(|&sums| shrunk(sums, all)).collect();
        // A score is scaled by what other horizons say of its series: a spread that knew the score itself would
        // make it look smaller than fresh ones will be.
        let by_others: Vec<f64> = (0..series * ages)
            .map(|at| {
                let others = all.without(pooled[at % ages]);
                if others.weight > 0.0 {
                    shrunk(own_all[at / ages].without(own[at]), others)
                } else {
                    spread[at / ages]
                }
            })
            .collect();
        let blocks = BLOCKS.min(residuals.len() / FEWEST).clamp(1, horizon);
        let ends: Vec<u32> = (1..=blocks).map(|k| (horizon * k).div_ceil(blocks) as u32).collect();
        let mut scores = vec![Vec::new(); blocks];
        for residual in residuals {
            let spread = by_others[residual.series * ages + age_of(residual)];
            scores[block_of(&ends, residual.step)].push((residual.scaled() / spread, weight(residual)));
        }
        let everything = scores.concat();
        let quantiles = scores
            .into_iter()
            .map(|own| quantiles(if own.is_empty() { everything.clone() } else { own }))
            .collect();
        Self { ends, quantiles, spread, drift: [0.0; ANCHORS.len()] }
    }

    /// Whether nothing was calibrated.
    pub fn is_empty(&self) -> bool {
        self.quantiles.is_empty()
    }

    /// Half the width of an interval. Beyond the calibrated horizon it grows with the root of the distance.
    pub fn half_width(&self, series: usize, step: usize, unit: f64, level: u8) -> f64 {
        self.width_at(series, step, unit, self.working_level(f64::from(level)))
    }

    fn width_at(&self, series: usize, step: usize, unit: f64, percent: f64) -> f64 {
        let (Some(&last), Some(spread)) = (self.ends.last(), self.spread.get(series)) else { return 0.0 };
        let quantiles = &self.quantiles[block_of(&self.ends, step)];
        let place = (percent * 2.0 - 1.0).clamp(0.0, (QUANTILES - 1) as f64);
        let (low, high) = (quantiles[place.floor() as usize], quantiles[place.ceil() as usize]);
        let beyond = (step as f64 / f64::from(last).max(1.0)).max(1.0).sqrt();
        (low + (high - low) * place.fract()) * spread * unit * beyond
    }

    /// The level at which quantiles are read so that a nominal level is covered, percent.
    fn working_level(&self, nominal: f64) -> f64 {
        // Nothing to adapt at 0 and 100 percent; between anchors on the line.
        let points =
            || std::iter::once((0.0, 0.0)).chain(ANCHORS.into_iter().zip(self.drift)).chain([(100.0, 0.0)]);
        let (low, high) =
            points().zip(points().skip(1)).find(|(_, high)| nominal <= high.0).unwrap_or_default();
        let share = if high.0 > low.0 { (nominal - low.0) / (high.0 - low.0) } else { 0.0 };
        nominal + low.1 + (high.1 - low.1) * share
    }

    /// Learns from how forecasts turned out whose intervals were these: where too few actuals lay inside, intervals
    /// become wider, and narrower where too many did. `horizons` is how much of a horizon the errors span.
    pub fn observe(&mut self, residuals: &[Residual], horizons: f64) {
        if residuals.is_empty() || self.is_empty() {
            return;
        }
        let n = residuals.len() as f64;
        let rate = RATE * horizons.clamp(0.0, 1.0) * n / (n + INERTIA);
        let mut least: f64 = 0.5;
        let before = self.clone();
        for (drift, nominal) in self.drift.iter_mut().zip(ANCHORS) {
            let working = nominal + *drift;
            let is_inside = |r: &&Residual| r.error <= before.width_at(r.series, r.step, r.unit, working);
            let coverage = 100.0 * residuals.iter().filter(is_inside).count() as f64 / n;
            // A higher level never reads a lower quantile than the one before it.
            let moved = (working + rate * (nominal - coverage)).clamp(least, 99.5);
            least = moved;
            *drift = moved - nominal;
        }
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

/// The [`QUANTILES`] of weighted scores: with equal weights the ⌈(n+1)·level⌉-th smallest, the largest where there
/// are too few for the level.
fn quantiles(mut scores: Vec<(f64, f64)>) -> Vec<f64> {
    scores.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)));
    let total: f64 = scores.iter().map(|s| s.1).sum();
    let heaviest = scores.iter().map(|s| s.1).fold(0.0, f64::max);
    let mut found = Vec::with_capacity(QUANTILES);
    let (mut at, mut below) = (0, 0.0);
    for half_percent in 1..=QUANTILES {
        let wanted = (total + heaviest) * half_percent as f64 / 200.0 * (1.0 - 1e-12);
        while at + 1 < scores.len() && below + scores[at].1 < wanted {
            below += scores[at].1;
            at += 1;
        }
        found.push(scores[at].0);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Exponential errors; series differ by up to 20 times, later steps err twice as much; all times `size`.
    fn residuals(seed: u64, folds: std::ops::Range<usize>, size: f64) -> Vec<Residual> {
        let mut random = Random::new(seed);
        let mut all = vec![];
        for fold in folds {
            for series in 0..20 {
                for step in 1..=28 {
                    let draw = -((random.below(1_000_000) as f64 + 1.0) / 1_000_001.0).ln();
                    let growth = if step > 14 { 2.0 } else { 1.0 };
                    let error = draw * (series + 1) as f64 * growth * size;
                    all.push(Residual { series, cutoff: 28 * fold, step, error, unit: 100.0 });
                }
            }
        }
        all
    }

    #[test]
    fn covers_what_it_says_on_fresh_errors() {
        let conformal = Conformal::calibrate(&residuals(1, 0..4, 1.0), 20, 28, 112);
        let fresh = residuals(2, 4..24, 1.0);
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
    fn recent_errors_count_more() {
        let mut mixed = residuals(1, 0..8, 1.0);
        mixed.extend(residuals(3, 8..12, 3.0));
        let recent = Conformal::calibrate(&mixed, 20, 28, 336);
        let calm = Conformal::calibrate(&residuals(1, 0..12, 1.0), 20, 28, 336);
        let ratio = recent.half_width(5, 7, 100.0, 80) / calm.half_width(5, 7, 100.0, 80);
        // Two thirds of the errors are small and weigh less than half.
        assert!((1.8..3.0).contains(&ratio), "{ratio}");
    }

    /// When the world doubles its noise, the levels follow until coverage is what was promised, and come back.
    #[test]
    fn adapts_to_a_change_and_back() {
        let mut conformal = Conformal::calibrate(&residuals(1, 0..4, 1.0), 20, 28, 112);
        let first = conformal.coverage(&residuals(5, 4..8, 1.6), 80).expect("a share");
        assert!(first < 70.0, "{first}");
        for fold in 0..12 {
            conformal.observe(&residuals(10 + fold, 4..5, 1.6), 1.0);
        }
        let later = conformal.coverage(&residuals(6, 4..24, 1.6), 80).expect("a share");
        assert!((later - 80.0).abs() < 3.0, "{later}");
        let levels: Vec<f64> = (1..=99).map(|level| conformal.half_width(3, 5, 100.0, level)).collect();
        assert!(levels.windows(2).all(|w| w[0] <= w[1]), "a higher level is never narrower");
        for fold in 0..20 {
            conformal.observe(&residuals(40 + fold, 4..5, 1.0), 1.0);
        }
        let back = conformal.coverage(&residuals(7, 4..24, 1.0), 80).expect("a share");
        assert!((back - 80.0).abs() < 3.0, "{back}");
    }

    #[test]
    fn a_day_moves_levels_less_than_a_horizon() {
        let calm = Conformal::calibrate(&residuals(1, 0..4, 1.0), 20, 28, 112);
        let wild = residuals(5, 4..5, 5.0);
        let (mut day, mut horizon) = (calm.clone(), calm.clone());
        day.observe(&wild, 1.0 / 28.0);
        horizon.observe(&wild, 1.0);
        let at = |c: &Conformal| c.half_width(0, 1, 100.0, 80);
        assert!(at(&calm) < at(&day) && at(&day) < at(&horizon));
        let mut nothing = calm.clone();
        nothing.observe(&[], 1.0);
        assert_eq!(nothing, calm);
    }

    #[test]
    fn few_or_no_errors_are_no_panic() {
        let none = Conformal::calibrate(&[], 3, 28, 0);
        assert!(none.is_empty());
        assert_eq!(none.half_width(0, 5, 10.0, 80), 0.0);
        assert_eq!(none.coverage(&[], 80), None);
        let one = Residual { series: 0, cutoff: 9, step: 1, error: 2.0, unit: 1.0 };
        let few = Conformal::calibrate(&[one], 2, 28, 10);
        assert!((few.half_width(0, 1, 1.0, 95) - 2.0).abs() < 1e-9);
        assert!(few.half_width(1, 112, 1.0, 95) > few.half_width(1, 28, 1.0, 95));
        let exact = Residual { error: 0.0, ..one };
        assert_eq!(Conformal::calibrate(&[exact], 1, 1, 10).half_width(0, 1, 1.0, 80), 0.0);
        let huge = Residual { error: 1e300, unit: 1e-6, ..one };
        let mut odd = Conformal::calibrate(&[huge, exact], 1, 28, 10);
        odd.observe(&[huge, exact], 1.0);
        assert!(!odd.half_width(0, 1, 1.0, 80).is_nan());
    }

    #[test]
    fn ranks_follow_the_finite_sample_rule() {
        let table = quantiles((1..=9).map(|n| (f64::from(n), 1.0)).collect());
        let at = |percent: usize| table[percent * 2 - 1];
        assert_eq!((at(80), at(95), at(50)), (8.0, 9.0, 5.0));
        // A score of weight 2 counts as two of weight 1, but for the one that is still to come.
        let doubled = quantiles(vec![(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (4.0, 2.0)]);
        assert_eq!((doubled[39], doubled[99], doubled[198]), (1.0, 3.0, 4.0));
    }
}
