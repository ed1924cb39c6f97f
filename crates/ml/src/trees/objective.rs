//! What trees minimise: the loss of a row, its slope and its curvature, as LightGBM defines them.

use super::boost::BoostError;
use super::ensemble::Link;
use super::leaves::weighted_quantile;

/// The loss that an ensemble minimises.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Squared error: the answer is a mean.
    L2,
    /// Absolute error: the answer is a median.
    L1,
    /// Pinball loss: the answer is this quantile, between 0 and 1.
    Quantile(f64),
    /// Poisson deviance: a mean of counts, never negative.
    Poisson,
    /// Tweedie deviance of this variance power, between 1 and 2: a mean of amounts of which many are zero.
    Tweedie(f64),
    /// Log-loss of targets from 0 to 1: the answer is the probability of 1.
    Logistic,
    /// Log-loss of so many classes, the target is the number of the class: the answers are their probabilities.
    Softmax(usize),
}

/// What keeps Newton steps of the Poisson loss from overshooting (`poisson_max_delta_step` of LightGBM).
const POISSON_STEP: f64 = 0.7;
/// The largest target or weight: sums of squares of so many stay finite, and so do leaves.
const LARGEST: f64 = 1e30;
/// Exponents beyond this would make slopes infinite.
const MAX_EXPONENT: f64 = 300.0;

/// The slope of a row's loss, turned round so that it points to the better answer, and its curvature.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slope {
    /// Minus the first derivative by the raw prediction.
    pub pull: f64,
    /// The second derivative, or what stands for it.
    pub curvature: f64,
}

impl Objective {
    /// Numbers in an answer.
    pub fn outputs(self) -> usize {
        if let Self::Softmax(classes) = self { classes } else { 1 }
    }

    /// How raw sums become answers.
    pub fn link(self) -> Link {
        match self {
            Self::L2 | Self::L1 | Self::Quantile(_) => Link::Identity,
            Self::Poisson | Self::Tweedie(_) => Link::Exp,
            Self::Logistic => Link::Logistic,
            Self::Softmax(_) => Link::Softmax,
        }
    }

    /// The quantile of residuals that leaves take instead of a Newton step, where the curvature says nothing.
    pub fn renewed_by(self) -> Option<f64> {
        match self {
            Self::L1 => Some(0.5),
            Self::Quantile(level) => Some(level),
            _ => None,
        }
    }

    /// Whether the curvature of a row is its weight and nothing else.
    pub fn is_flat(self) -> bool {
        matches!(self, Self::L2 | Self::L1 | Self::Quantile(_))
    }

    /// Refuses parameters out of range.
    pub fn check(self) -> Result<(), BoostError> {
        let (value, low, high) = match self {
            Self::Quantile(level) => (level, 0.0, 1.0),
            Self::Tweedie(power) => (power, 1.0, 2.0),
            Self::Softmax(classes) => (classes as f64, 0.0, f64::from(u16::MAX)),
            _ => return Ok(()),
        };
        let inside = value > low && value < high;
        if inside { Ok(()) } else { Err(BoostError::Objective { value, low, high }) }
    }

    /// Refuses a target that the loss is not defined for.
    pub fn check_target(self, row: usize, value: f64) -> Result<(), BoostError> {
        let (fits, wanted) = match self {
            Self::L2 | Self::L1 | Self::Quantile(_) => (value.abs() <= LARGEST, "a number up to 1e30"),
            Self::Poisson | Self::Tweedie(_) => {
                ((0.0..=LARGEST).contains(&value), "a number from 0 to 1e30; for negative ones use l2")
            }
            Self::Logistic => ((0.0..=1.0).contains(&value), "0, 1 or between"),
            Self::Softmax(classes) => {
                (value >= 0.0 && value < classes as f64 && value.fract() == 0.0, "the number of a class")
            }
        };
        if fits { Ok(()) } else { Err(BoostError::Target { row, value, wanted }) }
    }

    /// Refuses a weight that is no weight.
    pub fn check_weight(row: usize, value: f64) -> Result<(), BoostError> {
        if (0.0..=LARGEST).contains(&value) { Ok(()) } else { Err(BoostError::Weight { row, value }) }
    }

    /// The raw prediction of each output that is best without any tree.
    pub fn base(self, rows: &[u32], target: &[f64], weight: impl Fn(u32) -> f64) -> Vec<f64> {
        let total: f64 = rows.iter().map(|&row| weight(row)).sum();
        let mean = || rows.iter().map(|&row| target[row as usize] * weight(row)).sum::<f64>() / total;
        match self {
            Self::L2 => vec![mean()],
            Self::L1 | Self::Quantile(_) => {
                let mut pairs: Vec<(f64, f64)> =
                    rows.iter().map(|&row| (target[row as usize], weight(row))).collect();
                vec![weighted_quantile(&mut pairs, self.renewed_by().unwrap_or(0.5))]
            }
            Self::Poisson | Self::Tweedie(_) => vec![mean().max(1e-12).ln()],
            Self::Logistic => {
                let share = mean().clamp(1e-12, 1.0 - 1e-12);
                vec![(share / (1.0 - share)).ln()]
            }
            Self::Softmax(classes) => {
                let mut shares = vec![0.0; classes];
                for &row in rows {
                    shares[target[row as usize] as usize] += weight(row);
                }
                shares.iter().map(|share| (share / total).max(1e-12).ln()).collect()
            }
        }
    }

    /// The slope at a raw prediction. Softmax has its own.
    #[inline]
    pub fn slope(self, target: f64, raw: f64, weight: f64) -> Slope {
        let (pull, curvature) = match self {
            Self::L2 => (target - raw, 1.0),
            Self::L1 => ((target - raw).partial_cmp(&0.0).map_or(0.0, |o| f64::from(o as i8)), 1.0),
            Self::Quantile(level) => (if raw > target { level - 1.0 } else { level }, 1.0),
            Self::Poisson => {
                let mean = exp(raw);
                (target - mean, mean * POISSON_STEP.exp())
            }
            Self::Tweedie(power) => {
                let (a, b) = (target * exp((1.0 - power) * raw), exp((2.0 - power) * raw));
                (a - b, (2.0 - power) * b - (1.0 - power) * a)
            }
            Self::Logistic => {
                let p = 1.0 / (1.0 + (-raw).exp());
                (target - p, p * (1.0 - p))
            }
            Self::Softmax(_) => (0.0, 1.0),
        };
        Slope { pull: pull * weight, curvature: curvature * weight }
    }

    /// The slope for one class of many whose probability is `p`; `is_own` for the class of the row.
    #[inline]
    pub fn class_slope(self, is_own: bool, p: f64, weight: f64) -> Slope {
        let classes = self.outputs() as f64;
        let factor = if classes > 1.0 { classes / (classes - 1.0) } else { 1.0 };
        let own = if is_own { 1.0 } else { 0.0 };
        Slope { pull: (own - p) * weight, curvature: factor * p * (1.0 - p) * weight }
    }

    /// The loss of one row at its raw predictions, up to what does not depend on them.
    pub fn loss(self, target: f64, raw: &[f64]) -> f64 {
        let sum = raw[0];
        match self {
            Self::L2 => (target - sum).powi(2),
            Self::L1 => (target - sum).abs(),
            Self::Quantile(level) => {
                let error = target - sum;
                if error >= 0.0 { level * error } else { (level - 1.0) * error }
            }
            Self::Poisson => exp(sum) - target * sum,
            Self::Tweedie(power) => {
                exp((2.0 - power) * sum) / (2.0 - power) - target * exp((1.0 - power) * sum) / (1.0 - power)
            }
            // ln(1 + e^sum) − target·sum, without overflow.
            Self::Logistic => sum.max(0.0) + (-sum.abs()).exp().ln_1p() - target * sum,
            Self::Softmax(_) => log_sum_exp(raw) - raw[target as usize],
        }
    }
}

/// `ln Σ e^raw`.
pub fn log_sum_exp(raw: &[f64]) -> f64 {
    let largest = raw.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + raw.iter().map(|r| (r - largest).exp()).sum::<f64>().ln()
}

fn exp(exponent: f64) -> f64 {
    exponent.min(MAX_EXPONENT).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_the_derivatives_of_the_losses() {
        let step = 1e-5;
        for objective in
            [Objective::L2, Objective::Poisson, Objective::Tweedie(1.3), Objective::Logistic, Objective::L1]
        {
            for (target, raw) in [(0.0, 0.3), (1.0, -1.2), (1.0, 2.0)] {
                let loss = |raw: f64| objective.loss(target, &[raw]);
                let first = (loss(raw + step) - loss(raw - step)) / (2.0 * step);
                let second = (loss(raw + step) - 2.0 * loss(raw) + loss(raw - step)) / (step * step);
                let slope = objective.slope(target, raw, 2.0);
                // The squared error is written without its factor two.
                let (pull, curvature) = match objective {
                    Objective::L2 => (first / 2.0, second / 2.0),
                    Objective::Poisson => (first, second * POISSON_STEP.exp()),
                    Objective::L1 => (first, 1.0),
                    _ => (first, second),
                };
                assert!((slope.pull + 2.0 * pull).abs() < 1e-4, "{objective:?} at {raw}");
                assert!((slope.curvature - 2.0 * curvature).abs() < 1e-3, "{objective:?} at {raw}");
            }
        }
    }

    #[test]
    fn the_slope_of_a_class_is_the_derivative_of_the_loss() {
        let objective = Objective::Softmax(3);
        let raw = [0.2, -1.0, 0.7];
        let step = 1e-6;
        for class in 0..3 {
            let mut moved = raw;
            moved[class] += step;
            let first = (objective.loss(2.0, &moved) - objective.loss(2.0, &raw)) / step;
            let p = (raw[class] - log_sum_exp(&raw)).exp();
            let slope = objective.class_slope(class == 2, p, 1.0);
            assert!((slope.pull + first).abs() < 1e-5);
            assert!((slope.curvature - 1.5 * p * (1.0 - p)).abs() < 1e-12);
        }
    }

    #[test]
    fn bases_are_what_a_hand_computes() {
        let (rows, target) = ([0u32, 1, 2, 3], [0.0, 1.0, 1.0, 2.0]);
        let weight = |row: u32| if row == 3 { 2.0 } else { 1.0 };
        let base = |objective: Objective| objective.base(&rows, &target, weight);
        assert_eq!(base(Objective::L2), [6.0 / 5.0]);
        assert_eq!(base(Objective::Poisson), [(6.0f64 / 5.0).ln()]);
        assert_eq!(base(Objective::L1), [1.0]);
        assert_eq!(base(Objective::Softmax(3)), [0.2f64.ln(), 0.4f64.ln(), 0.4f64.ln()]);
        let even = Objective::Logistic.base(&rows[..2], &target, |_| 1.0);
        assert_eq!(even, [0.0]);
    }
}
