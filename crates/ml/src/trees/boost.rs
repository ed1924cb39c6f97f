//! Boosting: each tree learns what the sum of those before it still gets wrong.

use super::bins::{Binned, Edges, LANES};
use super::ensemble::{Ensemble, Tree};
use super::grow::{Grower, Round, Shape};
use super::histogram::{MAX_GRADIENT, MAX_MASS, pack};
use crate::matrix::Matrix;
use crate::random::Random;
use std::ops::ControlFlow;

/// How an ensemble is grown.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BoostParams {
    /// Trees.
    pub rounds: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Fewest rows in a leaf.
    pub min_leaf_rows: usize,
    /// How much of each tree's answer is taken, 0 to 1.
    pub learning_rate: f64,
    /// Most bins of a feature, 2 to 255.
    pub max_bins: usize,
    /// Share of the blocks of features that each tree may use, 0 to 1.
    pub feature_share: f64,
    /// Share of the rows that each tree sees, 0 to 1.
    pub row_share: f64,
}

/// Why no ensemble was grown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoostError {
    /// Told to stop.
    #[error("cancelled")]
    Cancelled,
    /// Nothing to learn from.
    #[error("no rows to learn from")]
    NoRows,
    /// More than the histogram's cells can count.
    #[error("{rows} rows are more than the {max} that trees can learn from: shorten the history")]
    TooManyRows {
        /// Rows given.
        rows: usize,
        /// Rows possible.
        max: u64,
    },
}

/// The rows to learn from.
pub struct Sample<'a> {
    /// The feature values.
    pub matrix: &'a Matrix,
    /// The same, as bins.
    pub binned: &'a Binned,
    /// Where they were cut.
    pub edges: &'a Edges,
    /// What each row of the matrix should come to. Only the entries of `rows` are read.
    pub target: &'a [f64],
    /// How much each row of the matrix counts, 1 and more; empty when all count alike.
    pub masses: &'a [u32],
    /// The rows of the matrix that are learnt from, ascending.
    pub rows: &'a [u32],
}

/// An order of features for [`Binned::new`], so that features sampled together are a random lot.
pub fn feature_order(width: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..width).collect();
    Random::new(seed).shuffle(&mut order);
    order
}

/// Grows an ensemble for squared error. `each_round` hears the number of finished trees and may stop the work.
/// The answer depends on the sample, the parameters and the seed, not on the number of threads.
pub fn boost(
    sample: &Sample<'_>,
    params: &BoostParams,
    seed: u64,
    each_round: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Ensemble, BoostError> {
    let rows = sample.rows;
    if rows.is_empty() {
        return Err(BoostError::NoRows);
    }
    let mass_of = |row: u32| sample.masses.get(row as usize).copied().unwrap_or(1);
    let total_mass: u64 = rows.iter().map(|&row| u64::from(mass_of(row))).sum();
    if total_mass > MAX_MASS {
        return Err(BoostError::TooManyRows { rows: rows.len(), max: MAX_MASS });
    }
    let width = sample.matrix.width();
    let base = rows.iter().map(|&r| sample.target[r as usize] * f64::from(mass_of(r))).sum::<f64>()
        / total_mass as f64;
    let mut ensemble =
        Ensemble { base, width, gain: vec![0.0; width], splits: vec![0; width], ..Ensemble::default() };
    let mut scores = vec![base; sample.target.len()];
    let mut summands = vec![0u64; sample.target.len()];
    let min_mass = (params.min_leaf_rows as u64 * total_mass / rows.len() as u64).max(1);
    let shape = Shape { leaves: params.leaves, min_mass };
    let mut grower = Grower::default();
    let mut random = Random::new(seed);
    let all_blocks: Vec<usize> = (0..width.div_ceil(LANES)).collect();

    for round in 0..params.rounds {
        let largest = rows
            .iter()
            .map(|&r| ((sample.target[r as usize] - scores[r as usize]) * f64::from(mass_of(r))).abs())
            .fold(0.0, f64::max);
        if largest < f64::MIN_POSITIVE {
            break; // nothing is left to learn, e.g. a constant target
        }
        let scale = (MAX_GRADIENT / rows.len() as i64) as f64 / largest;
        for &r in rows {
            let mass = mass_of(r);
            let gradient = (sample.target[r as usize] - scores[r as usize]) * f64::from(mass) * scale;
            summands[r as usize] = pack(gradient.round() as i64, u64::from(mass));
        }
        let blocks = random.pick(&all_blocks, params.feature_share);
        let drawn = if params.row_share < 1.0 { Some(random.rows(rows, params.row_share)) } else { None };
        let context =
            Round { binned: sample.binned, edges: sample.edges, summands: &summands, blocks: &blocks };
        let grown = grower.grow(&context, shape, drawn.as_deref().unwrap_or(rows));

        let root = ensemble.nodes.len() as u32;
        let mut nodes = grown.nodes;
        for leaf in &grown.leaves {
            let mean = leaf.sums.gradient as f64 / scale / leaf.sums.mass.max(1) as f64;
            nodes[leaf.node].value = (params.learning_rate * mean) as f32;
        }
        if drawn.is_some() {
            for &r in rows {
                scores[r as usize] += f64::from(walk(&nodes, sample.matrix.row(r as usize)));
            }
        } else {
            for leaf in &grown.leaves {
                let value = f64::from(nodes[leaf.node].value);
                for &r in &grower.rows[leaf.start..leaf.end] {
                    scores[r as usize] += value;
                }
            }
        }
        for node in &mut nodes {
            node.left += root;
        }
        ensemble.nodes.extend(nodes);
        ensemble.trees.push(Tree { root, depth: grown.depth });
        for (feature, gain) in grown.splits {
            // Back from quantised units, so that rounds can be added up.
            ensemble.gain[feature] += gain / scale / scale;
            ensemble.splits[feature] += 1;
        }
        if each_round(round + 1).is_break() {
            return Err(BoostError::Cancelled);
        }
    }
    Ok(ensemble)
}

/// The value of one tree whose children are counted from its own root.
fn walk(nodes: &[super::ensemble::Node], row: &[f32]) -> f32 {
    let mut at = 0;
    loop {
        let node = &nodes[at];
        if node.left as usize == at {
            return node.value;
        }
        let value = row[usize::from(node.feature)];
        let left = value <= node.threshold || (node.missing_left && value.is_nan());
        at = node.left as usize + usize::from(!left);
    }
}
