//! The optimum of a small problem: limited-memory BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.4).
//!
//! Rows are summed in a fixed number of shards, added in order: the threads do not change the answer.

use super::{Cancelled, Each, Goal, Linear, LinearParams};
use crate::matrix::Sparse;
use rayon::prelude::*;
use std::collections::VecDeque;
use std::ops::Range;

/// Parts that rows are summed in.
const SHARDS: usize = 16;
/// Steps remembered.
const MEMORY: usize = 10;
/// Most steps.
const STEPS: u64 = 200;
/// The share of the first gradient below which the optimum is reached.
const TOLERANCE: f64 = 1e-5;

/// Learns; see [`super::fit`].
pub fn fit(
    rows: &Sparse,
    goal: Goal<'_>,
    weights: &[f32],
    params: &LinearParams,
    each: Each<'_>,
) -> Result<Linear, Cancelled> {
    let total: f64 = (0..rows.rows()).map(|row| weight_of(weights, row)).sum();
    let alpha = params.alpha.unwrap_or(1.0 / rows.rows().max(1) as f64);
    let problem = Problem { rows, goal, weights, total: total.max(f64::MIN_POSITIVE), alpha };
    let mut at = vec![0.0; (rows.width() + 1) * goal.outputs()];
    let (mut value, mut slope) = problem.at(&at);
    let goal_slope = norm(&slope) * TOLERANCE;
    let mut past: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for done in 0..STEPS {
        if each(done, STEPS).is_break() {
            return Err(Cancelled);
        }
        if norm(&slope) <= goal_slope {
            break;
        }
        let mut direction = towards(&slope, &past);
        let mut descent = dot(&direction, &slope);
        if descent >= 0.0 {
            past.clear();
            direction = slope.iter().map(|g| -g).collect();
            descent = -dot(&slope, &slope);
        }
        let first = if past.is_empty() { 1.0 / norm(&slope).max(1.0) } else { 1.0 };
        let Some((next, next_value, next_slope)) =
            line_search(&problem, &at, value, &direction, descent, first)
        else {
            break; // no step helps any more: the numbers' precision is reached
        };
        let moved: Vec<f64> = next.iter().zip(&at).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        let curve = dot(&moved, &turned);
        if curve > 1e-12 * dot(&turned, &turned) {
            past.push_back((moved, turned, 1.0 / curve));
            if past.len() > MEMORY {
                past.pop_front();
            }
        }
        (at, value, slope) = (next, next_value, next_slope);
    }
    if each(1, 1).is_break() {
        return Err(Cancelled);
    }
    let outputs = goal.outputs();
    let mut model = Linear::zero(rows.width(), outputs);
    let lanes = model.lanes();
    for (feature, own) in at.chunks(outputs).enumerate() {
        let place =
            if feature < rows.width() { &mut model.weights[feature * lanes..] } else { &mut model.bias };
        place.iter_mut().zip(own).for_each(|(to, from)| *to = *from as f32);
    }
    Ok(model)
}

fn weight_of(weights: &[f32], row: usize) -> f64 {
    f64::from(weights.get(row).copied().unwrap_or(1.0))
}

/// A step along `direction` that lowers the value enough (Armijo), found by halving.
fn line_search(
    problem: &Problem<'_>,
    at: &[f64],
    value: f64,
    direction: &[f64],
    descent: f64,
    first: f64,
) -> Option<(Vec<f64>, f64, Vec<f64>)> {
    let mut step = first;
    for _ in 0..30 {
        let next: Vec<f64> = at.iter().zip(direction).map(|(a, d)| a + step * d).collect();
        let (next_value, next_slope) = problem.at(&next);
        if next_value <= value + 1e-4 * step * descent {
            return Some((next, next_value, next_slope));
        }
        step /= 2.0;
    }
    None
}

/// The two-loop recursion: minus the slope, bent by what past steps taught.
fn towards(slope: &[f64], past: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut q: Vec<f64> = slope.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(past.len());
    for (moved, turned, by) in past.iter().rev() {
        let share = by * dot(moved, &q);
        add_scaled(&mut q, -share, turned);
        shares.push(share);
    }
    if let Some((_, turned, by)) = past.back() {
        let scale = 1.0 / (by * dot(turned, turned));
        for v in &mut q {
            *v *= scale;
        }
    }
    for ((moved, turned, by), share) in past.iter().zip(shares.into_iter().rev()) {
        let back = share - by * dot(turned, &q);
        add_scaled(&mut q, back, moved);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add_scaled(to: &mut [f64], by: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += by * from);
}

/// What is minimised: the weighted mean of losses plus alpha/2 · Σ w², biases left free.
struct Problem<'a> {
    rows: &'a Sparse,
    goal: Goal<'a>,
    weights: &'a [f32],
    total: f64,
    alpha: f64,
}

impl Problem<'_> {
    /// The value and the slope at a point: weights feature by feature, then biases.
    fn at(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let n = self.rows.rows();
        let shards: Vec<(f64, Vec<f64>)> = (0..SHARDS)
            .into_par_iter()
            .map(|shard| self.shard(point, n * shard / SHARDS..n * (shard + 1) / SHARDS))
            .collect();
        let mut slope = vec![0.0; point.len()];
        let mut value = 0.0;
        for (own_value, own_slope) in shards {
            value += own_value / self.total;
            add_scaled(&mut slope, 1.0 / self.total, &own_slope);
        }
        let free = point.len() - self.goal.outputs();
        value += self.alpha / 2.0 * dot(&point[..free], &point[..free]);
        add_scaled(&mut slope[..free], self.alpha, &point[..free]);
        (value, slope)
    }

    fn shard(&self, point: &[f64], rows: Range<usize>) -> (f64, Vec<f64>) {
        let outputs = self.goal.outputs();
        let bias = point.len() - outputs;
        let mut slope = vec![0.0; point.len()];
        let mut value = 0.0;
        let mut scores = vec![0.0; outputs];
        for row in rows {
            let (columns, values) = self.rows.row(row);
            scores.copy_from_slice(&point[bias..]);
            for (&column, &cell) in columns.iter().zip(values) {
                add_scaled(&mut scores, f64::from(cell), &point[column as usize * outputs..][..outputs]);
            }
            let weight = weight_of(self.weights, row);
            value += weight * self.residual(&mut scores, row);
            for (&column, &cell) in columns.iter().zip(values) {
                let own = &mut slope[column as usize * outputs..][..outputs];
                add_scaled(own, weight * f64::from(cell), &scores);
            }
            add_scaled(&mut slope[bias..], weight, &scores);
        }
        (value, slope)
    }

    /// The loss of a row; its scores become the loss's slope.
    fn residual(&self, scores: &mut [f64], row: usize) -> f64 {
        match self.goal {
            Goal::Classes { codes, .. } => {
                let truth = codes[row] as usize;
                let largest = scores.iter().copied().fold(f64::MIN, f64::max);
                let logit = scores[truth] - largest;
                let mut sum = 0.0;
                for score in scores.iter_mut() {
                    *score = (*score - largest).exp();
                    sum += *score;
                }
                for score in scores.iter_mut() {
                    *score /= sum;
                }
                scores[truth] -= 1.0;
                sum.ln() - logit
            }
            Goal::Numbers(numbers) => {
                let error = scores[0] - f64::from(numbers[row]);
                scores[0] = error;
                error * error / 2.0
            }
        }
    }
}
