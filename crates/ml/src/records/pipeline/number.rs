//! Numbers for engines that multiply: centred and scaled by what outliers cannot move.

use serde::{Deserialize, Serialize};

/// Scaled values beyond this grow by their logarithm only.
const STRAIGHT: f64 = 3.0;
/// The largest scaled value.
const LARGEST: f64 = 10.0;
/// The interquartile range of the standard normal distribution.
const NORMAL_RANGE: f64 = 1.349;

/// The learnt scale of a column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The median.
    pub center: f64,
    /// The interquartile range of a normal distribution's unit; where that is zero, the mean distance from the
    /// median; zero for a constant.
    pub spread: f64,
    /// The least finite value.
    pub low: f64,
    /// The largest finite value.
    pub high: f64,
    /// Whether training had missing values.
    pub missing: bool,
}

impl Scale {
    /// Learns from values, of which NaN are missing and infinite ones are beyond every bound. Nothing finite gives
    /// a scale that answers zero.
    pub fn learn(values: impl Iterator<Item = f64>) -> Self {
        let mut missing = false;
        let mut finite: Vec<f64> =
            values.inspect(|v| missing |= v.is_nan()).filter(|v| v.is_finite()).collect();
        finite.sort_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (finite.first(), finite.last()) else {
            return Self { missing, ..Self::default() };
        };
        let at = |share: f64| finite[((finite.len() - 1) as f64 * share).round() as usize];
        let center = at(0.5);
        let mut spread = at(0.75) / NORMAL_RANGE - at(0.25) / NORMAL_RANGE;
        if spread == 0.0 {
            let n = finite.len() as f64;
            spread = finite.iter().map(|v| (v / n - center / n).abs()).sum();
        }
        let spread = spread.min(f64::MAX);
        Self { center, spread, low, high, missing }
    }

    /// The scaled value: about -1 to 1 for the middle half, at most 10 for anything; zero for missing and where
    /// training saw one value only.
    pub fn scaled(&self, value: f64) -> f32 {
        if value.is_nan() || self.spread == 0.0 {
            return 0.0;
        }
        let straight = (value / 2.0 - self.center / 2.0) / self.spread * 2.0;
        let size = straight.abs();
        let bent = if size <= STRAIGHT { size } else { STRAIGHT + (1.0 + size - STRAIGHT).ln() };
        bent.min(LARGEST).copysign(straight) as f32
    }

    /// Whether it gives finite answers: for scales read from outside.
    pub fn is_sound(&self) -> bool {
        let finite = [self.center, self.spread, self.low, self.high].iter().all(|v| v.is_finite());
        finite && self.spread >= 0.0 && self.low <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn outliers_move_nothing() {
        let mut values: Vec<f64> = (0..=100).map(f64::from).collect();
        let plain = Scale::learn(values.iter().copied());
        values[100] = 1e300;
        let wild = Scale::learn(values.iter().copied());
        assert_eq!((plain.center, plain.spread), (wild.center, wild.spread));
        assert!((plain.scaled(75.0) - 50.0f32 * 1.349 / 100.0).abs() < 0.02);
        assert_eq!(wild.scaled(1e300), 10.0);
        assert!(plain.scaled(1000.0) > plain.scaled(500.0));
    }

    #[test]
    fn odd_columns_are_defined() {
        assert_eq!(Scale::learn([].into_iter()).scaled(5.0), 0.0);
        assert!(Scale::learn([f64::NAN].into_iter()).missing);
        assert_eq!(Scale::learn([7.0; 9].into_iter()).scaled(8.0), 0.0);
        // Mostly zero: the quartiles say nothing, the mean distance does.
        let rare = Scale::learn([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0].into_iter());
        assert!(rare.scaled(5.0) > 1.0);
    }

    proptest! {
        #[test]
        fn answers_are_finite_and_never_fall(
            values in prop::collection::vec(prop::num::f64::ANY, 0..20),
            a in prop::num::f64::ANY,
            b in prop::num::f64::ANY,
        ) {
            let scale = Scale::learn(values.into_iter());
            prop_assert!(scale.is_sound(), "{scale:?}");
            let (x, y) = (scale.scaled(a), scale.scaled(b));
            prop_assert!(x.is_finite() && x.abs() <= 10.0);
            if a <= b {
                prop_assert!(x <= y, "{x} {y}");
            }
        }
    }
}
