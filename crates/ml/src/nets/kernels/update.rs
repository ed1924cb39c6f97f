//! A step of the optimiser over a stretch of weights.

use super::Kernel;
use crate::nets::panels::{LANES, Line};

/// Largest gradient that is believed, so that its square is a number.
const STEEPEST: f32 = 1e15;
/// Smallest running mean that is kept: below it processors slow down, and no weight would move.
const FAINTEST: f32 = 1e-30;

/// How weights move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Adam (Kingma, Ba 2014), with the correction of its start already in `rate`.
    Adam {
        /// Step size.
        rate: f32,
        /// How much of the running mean stays.
        first: f32,
        /// How much of the running mean of squares stays.
        second: f32,
        /// Keeps the quotient finite.
        epsilon: f32,
    },
    /// Momentum as Nesterov has it.
    Sgd {
        /// Step size.
        rate: f32,
        /// How much of the last step stays.
        momentum: f32,
    },
}

/// Moves weights against their gradient.
pub struct Update<'a> {
    /// How.
    pub rule: Rule,
    /// The part of each weight that is added to its gradient.
    pub decay: f32,
    /// The gradient.
    pub gradient: &'a [Line],
    /// The weights.
    pub weights: &'a mut [Line],
    /// Running means, or the last steps.
    pub means: &'a mut [Line],
    /// Running means of squares; SGD leaves them alone.
    pub squares: &'a mut [Line],
}

impl Kernel for Update<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        let rule = self.rule;
        for (((weights, means), squares), gradient) in
            self.weights.iter_mut().zip(self.means).zip(self.squares).zip(self.gradient)
        {
            step(rule, self.decay, &gradient.0, weights, means, squares);
        }
    }
}

/// Moves sixteen weights.
#[inline(always)]
pub(super) fn step(
    rule: Rule,
    decay: f32,
    gradient: &[f32; LANES],
    weights: &mut Line,
    means: &mut Line,
    squares: &mut Line,
) {
    match rule {
        Rule::Adam { rate, first, second, epsilon } => {
            for lane in 0..LANES {
                let slope = (gradient[lane] + decay * weights.0[lane]).clamp(-STEEPEST, STEEPEST);
                let mean = first * means.0[lane] + (1.0 - first) * slope;
                let mean = if mean.abs() < FAINTEST { 0.0 } else { mean };
                let square = second * squares.0[lane] + (1.0 - second) * slope * slope;
                let square = if square < FAINTEST { 0.0 } else { square };
                means.0[lane] = mean;
                squares.0[lane] = square;
                weights.0[lane] -= rate * mean / (square.sqrt() + epsilon);
            }
        }
        Rule::Sgd { rate, momentum } => {
            for lane in 0..LANES {
                let slope = (gradient[lane] + decay * weights.0[lane]).clamp(-STEEPEST, STEEPEST);
                let step = momentum * means.0[lane] - rate * slope;
                let step = if step.abs() < FAINTEST { 0.0 } else { step };
                means.0[lane] = step;
                weights.0[lane] += momentum * step - rate * slope;
            }
        }
    }
}
