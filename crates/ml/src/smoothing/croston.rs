//! Croston's method for series that are mostly zero: sizes and intervals are smoothed apart.

use super::recent;

/// The smoothing weight of sizes and intervals, as Croston (1972) and its successors use it.
const WEIGHT: f64 = 0.1;
/// The mean interval between demands from which a series counts as intermittent
/// (Syntetos, Boylan & Croston 2005).
const INTERMITTENT: f64 = 1.32;

/// A learnt demand rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Croston {
    /// The smoothed size of a demand; 0 before the first one.
    pub size: f64,
    /// The smoothed number of periods from one demand to the next.
    pub interval: f64,
    /// Periods since the last demand.
    pub waited: f64,
    /// What the ratio of the two is multiplied with.
    pub correction: f64,
}

impl Croston {
    /// The forecast of every period to come.
    pub fn rate(&self) -> f64 {
        if self.interval > 0.0 { self.size / self.interval * self.correction } else { 0.0 }
    }

    /// The same model some periods later. NaN periods are not counted at all.
    #[must_use]
    pub fn after(&self, values: &[f64]) -> Self {
        let mut next = *self;
        for &value in values.iter().filter(|v| !v.is_nan()) {
            next.push(value);
        }
        next
    }

    fn push(&mut self, value: f64) {
        self.waited += 1.0;
        if value != 0.0 {
            if self.interval > 0.0 {
                self.size += WEIGHT * (value - self.size);
                self.interval += WEIGHT * (self.waited - self.interval);
            } else {
                (self.size, self.interval) = (value, self.waited);
            }
            self.waited = 0.0;
        }
    }
}

/// Croston's method: smoothed size over smoothed interval. NaN periods are not counted at all. With it the one-step
/// errors, NaN where there is none.
pub fn croston(values: &[f64]) -> (Croston, Vec<f64>) {
    walked(values, 1.0)
}

/// Croston's method with the correction of Syntetos and Boylan (2005): times 1 − α/2, because the mean of a ratio
/// exceeds the ratio of means. A series without zeros has no such bias and is not corrected.
pub fn sba(values: &[f64], season: usize) -> (Croston, Vec<f64>) {
    let values = recent(values, season);
    walked(values, if values.contains(&0.0) { 1.0 - WEIGHT / 2.0 } else { 1.0 })
}

fn walked(values: &[f64], correction: f64) -> (Croston, Vec<f64>) {
    let mut learnt = Croston { size: 0.0, interval: 0.0, waited: 0.0, correction };
    let mut errors = Vec::with_capacity(values.len());
    for &value in values {
        errors.push(if learnt.interval > 0.0 { value - learnt.rate() } else { f64::NAN });
        if !value.is_nan() {
            learnt.push(value);
        }
    }
    (learnt, errors)
}

/// Whether a series is intermittent: on average more than 1.32 periods from one demand to the next.
pub fn is_intermittent(values: &[f64]) -> bool {
    let seen = values.iter().filter(|v| !v.is_nan()).count();
    let demands = values.iter().filter(|v| !v.is_nan() && **v != 0.0).count();
    demands > 0 && seen as f64 > INTERMITTENT * demands as f64
}
