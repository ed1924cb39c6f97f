//! The order of the work of a training on a GPU, whatever machine does it.

use super::Machine;
use super::plan::{Plan, Silence, flat};
use crate::nets::cpu::untaught;
use crate::nets::epochs::{Learner, Task};
use crate::nets::input::Target;
use crate::nets::kernels::Rule;
use crate::nets::net::{Net, NetError, Stage};
use std::borrow::Cow;
use std::ops::Range;

/// The rows of a task as a machine takes them.
pub struct Rows<'a> {
    /// All dense rows, row after row.
    pub inputs: &'a [f32],
    /// What they should come to.
    pub target: Target<'a>,
    /// How much each counts.
    pub weights: Cow<'a, [f32]>,
    /// Most places of an order: the training rows, then those held out.
    pub places: usize,
}

impl<'a> Rows<'a> {
    /// The rows of a task with dense columns.
    pub(super) fn new(task: &Task<'a>) -> Self {
        let rows = task.input.rows();
        Self {
            inputs: task.input.dense.map_or(&[], |dense| dense.values()),
            target: task.target,
            weights: task.weights.map_or_else(|| Cow::Owned(vec![1.0; rows]), Cow::Borrowed),
            places: task.split.train.len() + task.split.held.len(),
        }
    }
}

/// The plan of a task, and its weights and biases before the first step: those that the CPU begins with.
pub(super) fn planned(task: &Task<'_>) -> (Plan, Vec<f32>) {
    let stages = untaught(task).0.iter().map(crate::nets::step::Trained::stage).collect();
    let net = Net { embedding: None, stages, activation: task.params.activation, head: task.head };
    let layers = net.layers();
    let plan = Plan::new(task, &layers);
    let start = flat(&layers);
    (plan, start)
}

/// A net that a machine teaches.
pub struct Steps<'a, M> {
    task: &'a Task<'a>,
    plan: Plan,
    machine: M,
    /// Steps done.
    done: u64,
}

impl<'a, M: Machine> Steps<'a, M> {
    pub(super) fn new(task: &'a Task<'a>, plan: Plan, machine: M) -> Self {
        Self { task, plan, machine, done: 0 }
    }

    fn forward(&mut self, places: &Range<usize>, silence: Silence) -> Result<(), NetError> {
        let rows = places.len();
        self.machine.gather(places.start, rows)?;
        let last = self.plan.layers() - 1;
        for layer in 0..=last {
            self.machine.multiply(layer, rows)?;
            self.machine.activate(layer, rows, if layer < last { silence } else { Silence::NONE })?;
        }
        self.machine.compare(places.start, rows, 1.0 / rows as f32)?;
        Ok(())
    }
}

impl<M: Machine> Learner for Steps<'_, M> {
    fn begin(&mut self, order: &[u32]) -> Result<(), NetError> {
        Ok(self.machine.order(&[order, &self.task.split.held].concat())?)
    }

    fn batch(&mut self, _: &[u32], places: Range<usize>, rule: Rule) -> Result<(), NetError> {
        self.done += 1;
        let silence = Silence::new(self.plan.dropout, self.task.dropout_seed(self.done));
        self.forward(&places, silence)?;
        let rows = places.len();
        for layer in (0..self.plan.layers()).rev() {
            self.machine.gradients(layer, rows)?;
            if layer > 0 {
                self.machine.back(layer, rows)?;
                self.machine.slope(layer - 1, rows, silence)?;
            }
        }
        self.machine.update(rule, (self.task.params.alpha / rows as f64) as f32)?;
        Ok(())
    }

    fn train_loss(&mut self) -> Result<f64, NetError> {
        let losses = self.machine.losses(0..self.task.split.train.len())?;
        Ok(losses.iter().copied().map(f64::from).sum())
    }

    fn held_loss(&mut self) -> Result<f64, NetError> {
        let (train, held) = (self.task.split.train.len(), &self.task.split.held);
        let end = train + held.len();
        for start in (train..end).step_by(self.plan.batch) {
            self.forward(&(start..(start + self.plan.batch).min(end)), Silence::NONE)?;
        }
        let loss: f64 = self.machine.losses(train..end)?.iter().copied().map(f64::from).sum();
        let weight = |row: u32| self.task.weights.map_or(1.0, |weights| f64::from(weights[row as usize]));
        let weight: f64 = held.iter().map(|&row| weight(row)).sum();
        Ok(if weight > 0.0 { loss / weight } else { 0.0 })
    }

    fn net(&mut self) -> Result<Net, NetError> {
        let flat = self.machine.weights()?;
        let stages = self.plan.unflat(&flat).iter().map(Stage::from).collect();
        Ok(Net { embedding: None, stages, activation: self.plan.activation, head: self.plan.head })
    }
}
