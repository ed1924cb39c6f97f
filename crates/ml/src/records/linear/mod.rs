//! A linear model: one weight a feature and class (multinomial logistic), or a feature (least squares).
//!
//! Wide sparse rows are learnt by stochastic steps, small dense problems to the optimum.

mod lbfgs;
mod saved;
mod sgd;
#[cfg(test)]
mod tests;

use crate::matrix::Sparse;
use std::ops::ControlFlow;

/// Weights of a feature are padded to whole vectors of this many.
const LANES: usize = 8;
/// Most numbers that the exact solver is asked for.
const EXACT_WEIGHTS: usize = 100_000;
/// Most products of a pass of the exact solver.
const EXACT_PRODUCTS: usize = 200_000_000;

/// A fitted linear model. Scores are logits of classes before the softmax, or numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    features: usize,
    outputs: usize,
    /// Feature by feature, one an output, padded with zeros to whole vectors.
    weights: Vec<f32>,
    /// One an output, padded alike.
    bias: Vec<f32>,
}

/// What rows should come to.
#[derive(Debug, Clone, Copy)]
pub enum Goal<'a> {
    /// The code of a class, below `count`.
    Classes {
        /// One a row.
        codes: &'a [u32],
        /// How many classes there are.
        count: usize,
    },
    /// A number, best of about unit size.
    Numbers(&'a [f32]),
}

/// What a fit may be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearParams {
    /// L2 penalty: alpha/2 · Σ w² is added to the mean loss. None: 1/rows where the solver is exact, nothing where
    /// it is stochastic, since few passes over rows of length one hold weights back already.
    pub alpha: Option<f64>,
    /// Whether the rows are wide, as hashed text is: then the solver is stochastic however few rows there are.
    pub wide: bool,
    /// The order of rows comes from it.
    pub seed: u64,
}

/// Told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

/// Hears of finished parts of the whole, and may stop the work.
pub type Each<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// Learns from rows, each counting as `weights` says (empty: all alike). The same rows, parameters and seed give the
/// same model on any number of threads.
pub fn fit(
    rows: &Sparse,
    goal: Goal<'_>,
    weights: &[f32],
    params: &LinearParams,
    each: Each<'_>,
) -> Result<Linear, Cancelled> {
    let outputs = goal.outputs();
    let numbers = (rows.width() + 1) * outputs;
    let products = rows.cells() * outputs;
    if !params.wide && numbers <= EXACT_WEIGHTS && products <= EXACT_PRODUCTS {
        lbfgs::fit(rows, goal, weights, params, each)
    } else {
        sgd::fit(rows, goal, weights, params, each)
    }
}

impl Goal<'_> {
    fn outputs(&self) -> usize {
        match self {
            Self::Classes { count, .. } => *count,
            Self::Numbers(_) => 1,
        }
    }
}

impl Linear {
    /// No weights yet.
    fn zero(features: usize, outputs: usize) -> Self {
        let lanes = outputs.next_multiple_of(LANES);
        Self { features, outputs, weights: vec![0.0; features * lanes], bias: vec![0.0; lanes] }
    }

    /// Weights a feature, padding included.
    fn lanes(&self) -> usize {
        self.bias.len()
    }

    /// Features a row.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Scores a row.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The weights of a feature, one an output.
    pub fn weights_of(&self, feature: usize) -> &[f32] {
        &self.weights[feature * self.lanes()..][..self.outputs]
    }

    /// The score of a row whose features are all zero, one an output.
    pub fn bias(&self) -> &[f32] {
        &self.bias[..self.outputs]
    }

    /// The scores of a row: `out` becomes one an output. Features are named by `cells` and must exist.
    pub fn scores(&self, cells: impl Iterator<Item = (u32, f32)>, out: &mut Vec<f32>) {
        out.clear();
        out.extend_from_slice(&self.bias);
        for (feature, value) in cells {
            add(out, value, &self.weights[feature as usize * self.lanes()..][..self.lanes()]);
        }
        out.truncate(self.outputs);
    }
}

/// `sums += value · row`, in whole vectors.
fn add(sums: &mut [f32], value: f32, row: &[f32]) {
    for (sums, row) in sums.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES)) {
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += value * weight;
        }
    }
}

/// Logits to probabilities, in place.
pub fn softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}
