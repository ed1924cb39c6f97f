//! Grown trees, ready to predict.

use crate::matrix::Matrix;

/// A node of a tree. The children of a split lie side by side; a leaf points at itself, which lets many rows
/// walk down in step without a branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The left child; the right one follows it. A leaf's own place.
    pub left: u32,
    /// Values up to this go left. Positive infinity in a leaf.
    pub threshold: f32,
    /// What a leaf adds; zero in a split.
    pub value: f32,
    /// The feature that is asked; 0 in a leaf.
    pub feature: u16,
    /// Whether missing values go left. True in a leaf.
    pub missing_left: bool,
}

impl Node {
    /// A leaf at place `at`.
    pub fn leaf(at: u32, value: f32) -> Self {
        Self { left: at, threshold: f32::INFINITY, value, feature: 0, missing_left: true }
    }
}

/// Where a tree lies among the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree {
    /// Its root.
    pub root: u32,
    /// Steps from the root to its deepest leaf.
    pub depth: u32,
}

/// A sum of trees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ensemble {
    /// The value before the first tree.
    pub base: f64,
    /// Features that a row has.
    pub width: usize,
    /// The nodes of all trees; children come after their parents.
    pub nodes: Vec<Node>,
    /// The trees, in order of growth.
    pub trees: Vec<Tree>,
    /// Gain by feature.
    pub gain: Vec<f64>,
    /// Splits by feature.
    pub splits: Vec<u64>,
}

/// Rows that walk down a tree together: enough to hide the latency of memory.
const TOGETHER: usize = 16;
/// Rows whose values stay in the nearest cache while all trees pass over them.
const BATCH: usize = 64;

impl Ensemble {
    /// The sum of all trees for each row of `matrix`.
    pub fn predict(&self, matrix: &Matrix, out: &mut [f64]) {
        assert_eq!(matrix.width(), self.width, "rows must have the features that were learnt from");
        assert_eq!(matrix.rows(), out.len(), "one answer a row");
        out.fill(self.base);
        for (batch, answers) in out.chunks_mut(BATCH).enumerate() {
            let rows: Vec<&[f32]> = (0..answers.len()).map(|k| matrix.row(batch * BATCH + k)).collect();
            for &tree in &self.trees {
                for (rows, answers) in rows.chunks(TOGETHER).zip(answers.chunks_mut(TOGETHER)) {
                    self.walk(tree, rows, answers);
                }
            }
        }
    }

    /// Adds one tree to the answers of up to [`TOGETHER`] rows.
    fn walk(&self, tree: Tree, rows: &[&[f32]], answers: &mut [f64]) {
        let mut places = [tree.root; TOGETHER];
        let places = &mut places[..rows.len()];
        for _ in 0..tree.depth {
            let mut moved = 0;
            for (place, row) in places.iter_mut().zip(rows) {
                let node = &self.nodes[*place as usize];
                let value = row[usize::from(node.feature)];
                // Not a number is not less or equal: without a missing value one comparison decides.
                let left = value <= node.threshold || (node.missing_left && value.is_nan());
                let next = node.left + u32::from(!left);
                moved |= next ^ *place;
                *place = next;
            }
            if moved == 0 {
                break;
            }
        }
        for (answer, &place) in answers.iter_mut().zip(places.iter()) {
            *answer += f64::from(self.nodes[place as usize].value);
        }
    }

    /// Whether every pointer is inside and every walk ends: for ensembles read from outside.
    pub fn is_sound(&self) -> bool {
        let sides = self.gain.len() == self.width && self.splits.len() == self.width;
        let nodes = self.nodes.iter().enumerate().all(|(at, node)| {
            let left = node.left as usize;
            let is_leaf = left == at;
            let leaf_fits = node.threshold == f32::INFINITY && node.missing_left && node.feature == 0;
            let fits = if is_leaf { leaf_fits } else { left > at && left + 1 < self.nodes.len() };
            fits && usize::from(node.feature) < self.width
                && node.value.is_finite()
                && !node.threshold.is_nan()
        });
        let trees = self.trees.iter().all(|t| (t.root as usize) < self.nodes.len() && t.depth <= 4096);
        sides && nodes && trees && self.base.is_finite()
    }
}
