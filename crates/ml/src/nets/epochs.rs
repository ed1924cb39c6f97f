//! The epochs of a training, whoever does the steps: shuffled batches, schedules, and when it is enough.

use super::fit::Curve;
use super::held::Split;
use super::input::{Input, Target};
use super::kernels::{Level, Rule};
use super::net::{Head, Net, NetError};
use super::params::NetParams;
use crate::random::Random;
use vakhta_domain::progress::Progress;
use vakhta_domain::spec::{Schedule, Solver};

/// Adam's constants, as everywhere.
const FIRST: f64 = 0.9;
const SECOND: f64 = 0.999;
/// Step size below which an adaptive schedule gives up, as in scikit-learn.
const SMALLEST_RATE: f64 = 1e-6;

/// What is learnt, and how.
pub(super) struct Task<'a> {
    pub(super) level: Level,
    /// Whether the processor computes products of 16 bits where the parameters wish it.
    pub(super) half: bool,
    pub(super) params: &'a NetParams,
    pub(super) input: Input<'a>,
    /// Numbers are scaled already.
    pub(super) target: Target<'a>,
    /// How much each of all rows counts; all alike when missing.
    pub(super) weights: Option<&'a [f32]>,
    pub(super) head: Head,
    pub(super) split: &'a Split,
    pub(super) seed: u64,
}

/// Who does the steps: the processor, or a GPU.
pub(super) trait Learner {
    /// Begins an epoch over the training rows in this order.
    fn begin(&mut self, order: &[u32]) -> Result<(), NetError>;
    /// One step on `order[places]`.
    fn batch(&mut self, order: &[u32], places: std::ops::Range<usize>, rule: Rule) -> Result<(), NetError>;
    /// The sum of the rows' losses since [`Learner::begin`], weighted, each seen before its step.
    fn train_loss(&mut self) -> Result<f64, NetError>;
    /// The mean loss of the held-out rows, weighted.
    fn held_loss(&mut self) -> Result<f64, NetError>;
    /// The net as it is now.
    fn net(&mut self) -> Result<Net, NetError>;
}

impl Task<'_> {
    /// Rows of a whole batch.
    pub(super) fn batch(&self) -> usize {
        self.params.batch_rows(self.split.train.len())
    }

    /// What dropout of a step depends on, beside the row's place in the batch and the layer.
    pub(super) fn dropout_seed(&self, step: u64) -> u64 {
        self.seed ^ step << 24
    }

    /// How weights move in a step, counted from 1.
    fn rule(&self, rate: f64, step: u64) -> Rule {
        match self.params.solver {
            Solver::Adam => {
                let steps = step as f64;
                let corrected = rate * (1.0 - SECOND.powf(steps)).sqrt() / (1.0 - FIRST.powf(steps));
                let (first, second) = (FIRST as f32, SECOND as f32);
                Rule::Adam { rate: corrected as f32, first, second, epsilon: 1e-8 }
            }
            Solver::Sgd => Rule::Sgd { rate: rate as f32, momentum: self.params.momentum as f32 },
        }
    }

    /// All epochs; the best net.
    pub(super) fn run(
        &self,
        learner: &mut dyn Learner,
        progress: &dyn Progress,
    ) -> Result<(Net, Curve), NetError> {
        let (params, split, batch) = (self.params, self.split, self.batch());
        let batches = split.train.len().div_ceil(batch);
        let total = u64::from(params.max_epochs) * batches as u64;
        let mut order = split.train.clone();
        let mut random = Random::new(self.seed ^ 0x5348_5546);
        let mut curve = Curve::default();
        let mut kept: Option<(f64, Net)> = None;
        // The loss that the next must fall below by the tolerance, and for how many epochs none did.
        let (mut reached, mut idle) = (f64::INFINITY, 0);
        let mut rate = params.learning_rate;
        for epoch in 1..=params.max_epochs {
            random.shuffle(&mut order);
            learner.begin(&order)?;
            for at in 0..batches {
                let done = u64::from(epoch - 1) * batches as u64 + at as u64;
                if at % 16 == 0 && progress.at("train", done, total).is_break() {
                    return Err(NetError::Cancelled);
                }
                let rate = planned(params, rate, epoch, done as f64 / total as f64);
                let places = at * batch..((at + 1) * batch).min(order.len());
                learner.batch(&order, places, self.rule(rate, done + 1))?;
            }
            let train_loss = learner.train_loss()? / order.len() as f64;
            curve.train.push(train_loss);
            if !train_loss.is_finite() {
                // The weights are lost; those kept before are sound.
                return kept.map_or(Err(NetError::Diverged { epoch }), |(_, net)| Ok((net, curve)));
            }
            let mut watched = train_loss;
            if !split.held.is_empty() {
                watched = learner.held_loss()?;
                curve.held.push(watched);
                if watched.is_finite() && kept.as_ref().is_none_or(|(best, _)| watched < *best) {
                    kept = Some((watched, learner.net()?));
                    curve.best = epoch;
                }
            }
            idle = if watched < reached - params.tolerance { 0 } else { idle + 1 };
            reached = reached.min(watched);
            if params.schedule == Schedule::Adaptive && idle >= 2 {
                rate /= 5.0;
                idle = 0;
                if rate < SMALLEST_RATE {
                    break;
                }
            } else if idle >= params.patience {
                break;
            }
        }
        if let Some((_, net)) = kept {
            return Ok((net, curve));
        }
        let epoch = curve.train.len() as u32;
        curve.best = epoch;
        let net = learner.net()?;
        if net.is_finite() { Ok((net, curve)) } else { Err(NetError::Diverged { epoch }) }
    }
}

/// The step size of an epoch; `progress` from 0 to 1 is how much of the training is done.
fn planned(params: &NetParams, rate: f64, epoch: u32, progress: f64) -> f64 {
    match params.schedule {
        Schedule::Constant | Schedule::Adaptive => rate,
        Schedule::Cosine => rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
        Schedule::Invscaling => rate / f64::from(epoch).sqrt(),
    }
}
