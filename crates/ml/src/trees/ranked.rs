//! Predicts many rows with trees of up to 64 leaves: every split is asked of 64 rows at once, whether they come
//! there or not (`QuickScorer`, Lucchese and others 2015; `RapidScorer`, Ye and others 2018).
//!
//! A row keeps one bit a leaf. A split that it fails takes away the leaves below its left side; the first one
//! left over is the leaf that the row falls into. Values are ranks among the thresholds, so that a byte says
//! enough, all that is needed stays in the nearest cache and the compiler compares many rows by one instruction.

use super::ensemble::Ensemble;
use crate::matrix::Matrix;

/// Rows that are asked at once.
pub const TOGETHER: usize = 64;
/// Bytes of leaves.
const BYTES: usize = 8;
/// The rank of a missing value that goes right: above all.
const ABOVE: u8 = 255;

/// What failing one split does to one byte of leaves.
struct Ask {
    /// The feature's ranks, twice its number; one more for those whose missing values are above all.
    column: u32,
    /// Ranks above this fail.
    rank: u8,
    byte: u8,
    /// The leaves that stay.
    keep: u8,
}

/// Where a tree ends among asks and where its leaves begin.
struct Span {
    asks: usize,
    first_leaf: usize,
    bytes: usize,
    output: usize,
}

/// An ensemble made ready for many rows.
pub struct Ranked<'a> {
    ensemble: &'a Ensemble,
    /// The thresholds of each feature, ascending.
    edges: Vec<Vec<f32>>,
    asks: Vec<Ask>,
    /// Leaf values, tree after tree, from left to right.
    values: Vec<f32>,
    spans: Vec<Span>,
}

impl<'a> Ranked<'a> {
    /// Prepares an ensemble; none if it has a larger tree, a split by category or a feature with more than 254
    /// thresholds.
    pub fn new(ensemble: &'a Ensemble) -> Option<Self> {
        let too_deep = ensemble.trees.iter().any(|tree| tree.depth as usize >= BYTES * 8);
        if too_deep || ensemble.nodes.iter().any(|node| node.by_category) {
            return None;
        }
        let mut edges = vec![Vec::new(); ensemble.width];
        for (at, node) in ensemble.nodes.iter().enumerate() {
            if node.left as usize != at {
                edges[usize::from(node.feature)].push(node.threshold);
            }
        }
        for edges in &mut edges {
            edges.sort_unstable_by(f32::total_cmp);
            edges.dedup();
            if edges.len() >= usize::from(ABOVE) {
                return None;
            }
        }
        let mut ranked = Self { ensemble, edges, asks: Vec::new(), values: Vec::new(), spans: Vec::new() };
        for tree in &ensemble.trees {
            let first_leaf = ranked.values.len();
            ranked.add(tree.root as usize, first_leaf);
            let leaves = ranked.values.len() - first_leaf;
            if leaves > BYTES * 8 {
                return None;
            }
            let (asks, bytes) = (ranked.asks.len(), leaves.div_ceil(8));
            ranked.spans.push(Span { asks, first_leaf, bytes, output: tree.output as usize });
        }
        Some(ranked)
    }

    /// Adds what lies below a node, from left to right. No deeper than [`Ranked::new`] allows.
    fn add(&mut self, at: usize, first_leaf: usize) {
        let node = self.ensemble.nodes[at];
        let left = node.left as usize;
        if left == at {
            self.values.push(node.value);
            return;
        }
        let begin = self.values.len() - first_leaf;
        self.add(left, first_leaf);
        let end = (self.values.len() - first_leaf).min(BYTES * 8);
        let feature = usize::from(node.feature);
        let rank = 1 + self.edges[feature].partition_point(|&edge| edge < node.threshold);
        let column = 2 * u32::from(node.feature) + u32::from(!node.missing_left);
        for byte in begin / 8..end.div_ceil(8) {
            let lost = (begin.max(byte * 8)..end.min(byte * 8 + 8)).map(|leaf| 1u8 << (leaf % 8));
            let keep = !lost.fold(0, |bits, bit| bits | bit);
            self.asks.push(Ask { column, rank: rank as u8, byte: byte as u8, keep });
        }
        self.add(left + 1, first_leaf);
    }

    /// The sums of trees for so many rows of `matrix` from `first`, at most [`TOGETHER`]; `out` as in
    /// [`Ensemble::predict_raw`].
    pub fn predict(&self, matrix: &Matrix, first: usize, ranks: &mut Vec<[u8; TOGETHER]>, out: &mut [f64]) {
        let outputs = self.ensemble.outputs();
        let rows = (out.len() / outputs).min(TOGETHER);
        self.rank(matrix, first, rows, ranks);
        let mut sums = vec![[0.0f64; TOGETHER]; outputs];
        for (sums, &base) in sums.iter_mut().zip(&self.ensemble.base) {
            sums.fill(base);
        }
        let mut start = 0;
        for span in &self.spans {
            let mut leaves = [[0xFFu8; TOGETHER]; BYTES];
            for ask in &self.asks[start..span.asks] {
                let leaves = &mut leaves[usize::from(ask.byte) % BYTES];
                take_away(leaves, &ranks[ask.column as usize], ask.rank, ask.keep);
            }
            start = span.asks;
            let mut words = [0u64; TOGETHER];
            for (byte, leaves) in leaves.iter().enumerate().take(span.bytes) {
                for (word, &leaves) in words.iter_mut().zip(leaves) {
                    *word |= u64::from(leaves) << (8 * byte);
                }
            }
            let values = &self.values[span.first_leaf..];
            for (sum, word) in sums[span.output].iter_mut().zip(words) {
                *sum += f64::from(values[word.trailing_zeros() as usize]);
            }
        }
        for (row, answer) in out.chunks_mut(outputs).enumerate() {
            for (value, sums) in answer.iter_mut().zip(&sums) {
                *value = sums[row];
            }
        }
    }

    /// The rank of each value: 1 and the thresholds below it.
    fn rank(&self, matrix: &Matrix, first: usize, rows: usize, ranks: &mut Vec<[u8; TOGETHER]>) {
        ranks.resize(2 * self.edges.len(), [0; TOGETHER]);
        for (feature, edges) in self.edges.iter().enumerate().filter(|(_, edges)| !edges.is_empty()) {
            let [below, above] = &mut ranks.as_chunks_mut::<2>().0[feature];
            for (row, (below, above)) in below.iter_mut().zip(above).enumerate().take(rows) {
                let value = matrix.row(first + row)[feature];
                let rank = (1 + edges.partition_point(|&edge| edge < value)) as u8;
                let is_missing = value.is_nan();
                *below = if is_missing { 0 } else { rank };
                *above = if is_missing { ABOVE } else { rank };
            }
        }
    }
}

/// Keeps of the leaves of each row whose rank is above `limit` those in `keep`.
#[inline]
fn take_away(leaves: &mut [u8; TOGETHER], ranks: &[u8; TOGETHER], limit: u8, keep: u8) {
    for (leaves, &rank) in leaves.iter_mut().zip(ranks) {
        // All ones where the row passes: arithmetic, so that it can be done for many rows by one instruction.
        let passes = u8::from(rank > limit).wrapping_sub(1);
        *leaves &= keep | passes;
    }
}
