//! Boosting: each tree learns what the sum of those before it still gets wrong.

use super::bins::{Binned, Edges, LANES};
use super::ensemble::{Ensemble, Node, Tree};
use super::grow::{Grower, Grown, Round};
use super::held_out::HeldOut;
use super::leaves::{hold_monotone, quantile, weighted_quantile};
use super::objective::Objective;
use super::slopes::{Quantised, Slopes};
use super::split::Rules;
use crate::matrix::Matrix;
use crate::random::Random;
use std::ops::ControlFlow;

/// How an ensemble is grown.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BoostParams {
    /// The loss.
    pub objective: Objective,
    /// Trees of each output.
    pub rounds: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Fewest rows in a leaf. Where rows have weights or curvatures, so many average ones of the leaf above.
    pub min_leaf_rows: usize,
    /// How much of each tree's answer is taken, 0 to 1.
    pub learning_rate: f64,
    /// Most bins of a feature, 2 to 255.
    pub max_bins: usize,
    /// Share of the features that each tree may use, 0 to 1. Of many features, lots of eight are drawn.
    pub feature_share: f64,
    /// Share of the rows that each tree sees, 0 to 1.
    pub row_share: f64,
    /// Penalty on absolute leaf values, 0 or more. Leaves of L1 and of quantiles know no penalty.
    pub lambda_l1: f64,
    /// Penalty on squared leaf values, 0 or more.
    pub lambda_l2: f64,
    /// By feature: the answer rises (1) or falls (-1) with it, or may do as it likes (0). Shorter than there are
    /// features: the rest may.
    pub monotone: Vec<i8>,
    /// Rounds without a better loss on the rows held out after which the work stops; none: never. The best
    /// round is kept in either case, if rows are held out.
    pub patience: Option<usize>,
}

impl BoostParams {
    /// What is usual for panels and records of some thousand rows.
    pub fn usual(objective: Objective) -> Self {
        Self {
            objective,
            rounds: 500,
            leaves: 63,
            min_leaf_rows: 20,
            learning_rate: 0.05,
            max_bins: 255,
            feature_share: 1.0,
            row_share: 1.0,
            lambda_l1: 0.0,
            lambda_l2: 0.0,
            monotone: Vec::new(),
            patience: None,
        }
    }
}

/// Why no ensemble was grown.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
    /// More than a node can name.
    #[error("{features} features are more than the 65535 that trees can ask for: keep fewer")]
    TooManyFeatures {
        /// Features given.
        features: usize,
    },
    /// The parameter of the objective is out of range.
    #[error("the objective's parameter {value} is out of range: it must be above {low} and below {high}")]
    Objective {
        /// The parameter.
        value: f64,
        /// The bound below.
        low: f64,
        /// The bound above.
        high: f64,
    },
    /// The loss is not defined for a target.
    #[error("the target of row {row} is {value}: this objective needs {wanted}")]
    Target {
        /// The row of the matrix.
        row: usize,
        /// Its target.
        value: f64,
        /// What would fit.
        wanted: &'static str,
    },
    /// A weight is negative, infinite or not a number.
    #[error("the weight of row {row} is {value}: it must be a number from 0 to 1e30")]
    Weight {
        /// The row of the matrix.
        row: usize,
        /// Its weight.
        value: f64,
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
    /// What each row of the matrix should come to. Only the entries of `rows` and `held_out` are read.
    pub target: &'a [f64],
    /// How much each row of the matrix counts, 0 and more; empty when all count alike.
    pub weights: &'a [f64],
    /// The rows of the matrix that are learnt from, ascending.
    pub rows: &'a [u32],
    /// The rows that decide how many rounds are kept; empty: all are. None of them should be in `rows`.
    pub held_out: &'a [u32],
}

impl Sample<'_> {
    /// The weight of a row.
    #[inline]
    pub fn weight(&self, row: u32) -> f64 {
        self.weights.get(row as usize).copied().unwrap_or(1.0)
    }
}

/// An order of features for [`Binned::new`], so that features sampled together are a random lot.
pub fn feature_order(width: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..width).collect();
    Random::new(seed).shuffle(&mut order);
    order
}

/// Rows, their targets, and which features hold numbers of categories: all that [`learn`] needs.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a> {
    /// The feature values.
    pub matrix: &'a Matrix,
    /// As in [`Sample`].
    pub target: &'a [f64],
    /// As in [`Sample`].
    pub weights: &'a [f64],
    /// As in [`Sample`].
    pub rows: &'a [u32],
    /// As in [`Sample`].
    pub held_out: &'a [u32],
    /// The features that hold numbers of categories, whole and from 0 to 65,535; others count as missing.
    pub categorical: &'a [usize],
}

/// Cuts and bins the features, then grows an ensemble as [`boost`] does.
pub fn learn(
    data: &Data<'_>,
    params: &BoostParams,
    seed: u64,
    each_round: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Ensemble, BoostError> {
    let Data { matrix, target, weights, rows, held_out, categorical } = *data;
    if rows.is_empty() {
        return Err(BoostError::NoRows);
    }
    let edges = Edges::learn(matrix, rows, params.max_bins, categorical);
    let binned = Binned::new(matrix, &edges, &feature_order(matrix.width(), seed));
    let sample = Sample { matrix, binned: &binned, edges: &edges, target, weights, rows, held_out };
    boost(&sample, params, seed, each_round)
}

/// Grows an ensemble. `each_round` hears the number of finished rounds and may stop the work. The answer depends
/// on the sample, the parameters and the seed, not on the number of threads.
pub fn boost(
    sample: &Sample<'_>,
    params: &BoostParams,
    seed: u64,
    each_round: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Ensemble, BoostError> {
    let rows = checked_rows(sample, params)?;
    let objective = params.objective;
    let (width, outputs) = (sample.matrix.width(), objective.outputs());
    let base = objective.base(&rows, sample.target, |row| sample.weight(row));
    let ensemble = Ensemble {
        base: base.clone(),
        link: objective.link(),
        width,
        gain: vec![0.0; width],
        splits: vec![0; width],
        ..Ensemble::default()
    };
    let scores = (0..sample.target.len() * outputs).map(|at| base[at % outputs]).collect();
    let mut run = Run { sample, params, scores, ensemble, learnt: Vec::new() };
    let mut slopes = Slopes::new(objective, sample.target.len());
    let mut grower = Grower::default();
    let mut random = Random::new(seed);
    let mut held_out = HeldOut::new(sample, objective, &base);
    let is_sampled = params.row_share < 1.0 || params.feature_share < 1.0;

    for round in 0..params.rounds {
        let (drawn, left_out) = random.divide(&rows, params.row_share);
        let features = Drawn::new(sample.binned, width, params.feature_share, &mut random);
        slopes.begin_round(&rows, &run.scores);
        let mut grew = false;
        for output in 0..outputs {
            let Some(quantised) = slopes.quantise(sample, &rows, &run.scores, output) else { continue };
            let rules = rules(params, &quantised, &features);
            let context = Round {
                binned: sample.binned,
                edges: sample.edges,
                summands: &slopes.summands,
                blocks: &features.blocks,
                rules,
                leaves: params.leaves,
            };
            let grown = grower.grow(&context, &drawn);
            if grown.leaves.len() > 1 {
                grew = true;
                run.add(&grower, grown, &rules, output, &left_out);
            }
        }
        if each_round(round + 1).is_break() {
            return Err(BoostError::Cancelled);
        }
        held_out.see(&run.ensemble, round + 1);
        // Without chance the next round would be the same again.
        if (!grew && !is_sampled) || held_out.is_tired(params.patience, round + 1) {
            break;
        }
    }
    Ok(run.finish(held_out.best_trees()))
}

/// The rows of some weight, if everything about them is in order.
fn checked_rows(sample: &Sample<'_>, params: &BoostParams) -> Result<Vec<u32>, BoostError> {
    params.objective.check()?;
    let features = sample.matrix.width();
    if features > usize::from(u16::MAX) {
        return Err(BoostError::TooManyFeatures { features });
    }
    for &row in sample.rows.iter().chain(sample.held_out) {
        Objective::check_weight(row as usize, sample.weight(row))?;
        params.objective.check_target(row as usize, sample.target[row as usize])?;
    }
    let rows: Vec<u32> = sample.rows.iter().copied().filter(|&row| sample.weight(row) > 0.0).collect();
    if rows.is_empty() {
        return Err(BoostError::NoRows);
    }
    let max = super::histogram::Packing::COUNTS.max_mass();
    if rows.len() as u64 > max {
        return Err(BoostError::TooManyRows { rows: rows.len(), max });
    }
    Ok(rows)
}

/// The features that a tree may use.
struct Drawn {
    blocks: Vec<usize>,
    /// By feature; empty where whole blocks were drawn.
    allowed: Vec<bool>,
}

/// Blocks from which on features are drawn by the block, which saves the time of the others.
const MANY_BLOCKS: usize = 6;

impl Drawn {
    fn new(binned: &Binned, width: usize, share: f64, random: &mut Random) -> Self {
        let all: Vec<usize> = (0..width.div_ceil(LANES)).collect();
        if share >= 1.0 || all.len() >= MANY_BLOCKS {
            return Self { blocks: random.pick(&all, share), allowed: Vec::new() };
        }
        let features: Vec<usize> = (0..width).collect();
        let mut allowed = vec![false; width];
        random.pick(&features, share).into_iter().for_each(|feature| allowed[feature] = true);
        let has_any = |block: &usize| binned.lanes[*block].iter().any(|&feature| allowed[feature]);
        Self { blocks: all.into_iter().filter(has_any).collect(), allowed }
    }
}

fn rules<'a>(params: &'a BoostParams, quantised: &Quantised, features: &'a Drawn) -> Rules<'a> {
    Rules {
        packing: quantised.packing,
        gradient_unit: quantised.gradient_unit,
        mass_unit: quantised.mass_unit,
        min_rows: params.min_leaf_rows,
        lambda_l1: params.lambda_l1,
        lambda_l2: params.lambda_l2,
        monotone: &params.monotone,
        allowed: &features.allowed,
    }
}

/// The largest leaf, so that sums of leaves stay finite.
const LARGEST: f64 = 1e30;

/// An ensemble that grows.
struct Run<'a> {
    sample: &'a Sample<'a>,
    params: &'a BoostParams,
    /// Raw predictions, by row of the matrix and output.
    scores: Vec<f64>,
    ensemble: Ensemble,
    /// The splits of each tree: feature and gain.
    learnt: Vec<Vec<(usize, f64)>>,
}

impl Run<'_> {
    /// Gives a grown tree its answers and adds it. The rows left out are those that it has not seen.
    fn add(&mut self, grower: &Grower, grown: Grown, rules: &Rules<'_>, output: usize, left_out: &[u32]) {
        let Grown { mut nodes, covers, sets, leaves, splits, depth } = grown;
        let outputs = self.params.objective.outputs();
        for leaf in &leaves {
            let rows = &grower.rows[leaf.start..leaf.end];
            let answer = match self.params.objective.renewed_by() {
                Some(level) => self.renewed(rows, level),
                None => rules.answer(leaf.sums, leaf.bounds, rules.lambda_l2),
            };
            nodes[leaf.node].value = (self.params.learning_rate * answer).clamp(-LARGEST, LARGEST) as f32;
        }
        if self.params.monotone.iter().any(|&sign| sign != 0) {
            hold_monotone(&mut nodes, &covers, &self.params.monotone);
        }
        for leaf in &leaves {
            let value = f64::from(nodes[leaf.node].value);
            for &row in &grower.rows[leaf.start..leaf.end] {
                self.scores[row as usize * outputs + output] += value;
            }
        }
        let (root, first_set) = (self.ensemble.nodes.len() as u32, self.ensemble.sets.len());
        let moved = |node: Node| {
            let left = node.left + root;
            if node.by_category {
                Node::by_set(left, node.feature, first_set + node.set(), node.missing_left)
            } else {
                Node { left, ..node }
            }
        };
        self.ensemble.nodes.extend(nodes.into_iter().map(moved));
        self.ensemble.covers.extend(covers);
        self.ensemble.sets.extend(sets);
        self.ensemble.trees.push(Tree { root, depth, output: output as u32 });
        self.learnt.push(splits);
        for &row in left_out {
            let leaf = self.ensemble.leaf_of(root, self.sample.matrix.row(row as usize));
            self.scores[row as usize * outputs + output] += f64::from(self.ensemble.nodes[leaf].value);
        }
    }

    /// The quantile of what the rows of a leaf still lack.
    fn renewed(&self, rows: &[u32], level: f64) -> f64 {
        let lack = |row: u32| self.sample.target[row as usize] - self.scores[row as usize];
        if self.sample.weights.is_empty() {
            quantile(&mut rows.iter().map(|&row| lack(row)).collect::<Vec<f64>>(), level)
        } else {
            let mut pairs: Vec<(f64, f64)> =
                rows.iter().map(|&row| (lack(row), self.sample.weight(row))).collect();
            weighted_quantile(&mut pairs, level)
        }
    }

    /// Keeps the first `trees`, or all of them.
    fn finish(mut self, trees: Option<usize>) -> Ensemble {
        let kept = trees.unwrap_or(self.ensemble.trees.len());
        if let Some(next) = self.ensemble.trees.get(kept) {
            let end = next.root as usize;
            let by_category = |node: &&Node| node.by_category;
            let sets = self.ensemble.nodes[..end].iter().filter(by_category).count();
            self.ensemble.nodes.truncate(end);
            self.ensemble.covers.truncate(end);
            self.ensemble.sets.truncate(sets);
            self.ensemble.trees.truncate(kept);
        }
        for (feature, gain) in self.learnt.into_iter().take(kept).flatten() {
            self.ensemble.gain[feature] += gain.min(f64::from(f32::MAX));
            self.ensemble.splits[feature] += 1;
        }
        self.ensemble
    }
}
