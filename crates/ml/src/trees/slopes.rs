//! The slopes of a round as whole numbers, which can be added in any order.

use super::boost::Sample;
use super::histogram::Packing;
use super::objective::{Objective, Slope, log_sum_exp};
use rayon::prelude::*;

/// Rows whose sums are added up together: a fixed number, so that the sum of sums does not depend on threads.
const SHARD: usize = 16_384;

/// What the summands of one tree are measured in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantised {
    /// How they are packed.
    pub packing: Packing,
    /// A unit of gradients.
    pub gradient_unit: f64,
    /// A unit of masses.
    pub mass_unit: f64,
}

/// The slopes of all rows.
pub struct Slopes {
    objective: Objective,
    /// Packed gradients and masses, by row of the matrix.
    pub summands: Vec<u64>,
    /// By place among the rows.
    values: Vec<Slope>,
    /// What the classes of a row share, by place among the rows: `ln Σ e^raw` at the begin of the round.
    norms: Vec<f64>,
}

impl Slopes {
    /// For a matrix of so many rows.
    pub fn new(objective: Objective, rows: usize) -> Self {
        Self { objective, summands: vec![0; rows], values: Vec::new(), norms: Vec::new() }
    }

    /// Notes what all trees of a round share.
    pub fn begin_round(&mut self, rows: &[u32], scores: &[f64]) {
        if let Objective::Softmax(classes) = self.objective {
            self.norms.resize(rows.len(), 0.0);
            self.norms.par_iter_mut().zip(rows).with_min_len(SHARD).for_each(|(norm, &row)| {
                let from = row as usize * classes;
                *norm = log_sum_exp(&scores[from..from + classes]);
            });
        }
    }

    /// Makes the summands of one output's tree; none where nothing is left to learn.
    pub fn quantise(
        &mut self,
        sample: &Sample<'_>,
        rows: &[u32],
        scores: &[f64],
        output: usize,
    ) -> Option<Quantised> {
        self.values.resize(rows.len(), Slope::default());
        let objective = self.objective;
        let outputs = objective.outputs();
        let norms = &self.norms;
        let slope_of = |at: usize, row: u32| {
            let (target, weight) = (sample.target[row as usize], sample.weight(row));
            let score = scores[row as usize * outputs + output];
            if outputs > 1 {
                objective.class_slope(target == output as f64, (score - norms[at]).exp(), weight)
            } else {
                objective.slope(target, score, weight)
            }
        };
        let shards = self.values.par_chunks_mut(SHARD).zip(rows.par_chunks(SHARD)).enumerate();
        let sums: Vec<Slope> = shards
            .map(|(shard, (slopes, rows))| {
                let mut sum = Slope::default();
                for (at, (slope, &row)) in slopes.iter_mut().zip(rows).enumerate() {
                    *slope = slope_of(shard * SHARD + at, row);
                    sum.pull += slope.pull.abs();
                    sum.curvature += slope.curvature;
                }
                sum
            })
            .collect();
        let pull: f64 = sums.iter().map(|sum| sum.pull).sum();
        let curvature: f64 = sums.iter().map(|sum| sum.curvature).sum();
        let is_usable = |sum: f64| sum > f64::MIN_POSITIVE * 1e20 && sum.is_finite();
        if !is_usable(pull) || !is_usable(curvature) {
            return None;
        }
        let is_counted = objective.is_flat() && sample.weights.is_empty();
        let packing = if is_counted { Packing::COUNTS } else { Packing::CURVATURES };
        // Rounding adds up to half a unit a row.
        let spare = rows.len() as f64;
        let by_gradient = (packing.max_gradient() as f64 - spare) / pull;
        let by_mass = if is_counted { 1.0 } else { (packing.max_mass() as f64 - spare) / curvature };
        for (slope, &row) in self.values.iter().zip(rows) {
            let gradient = (slope.pull * by_gradient).round() as i64;
            let mass = if is_counted { 1 } else { (slope.curvature * by_mass).round() as u64 };
            self.summands[row as usize] = packing.pack(gradient, mass);
        }
        Some(Quantised { packing, gradient_unit: 1.0 / by_gradient, mass_unit: 1.0 / by_mass })
    }
}
