//! Grows one tree: always splits the leaf that gains most, until there are enough leaves.

use super::bins::{Binned, Edges};
use super::ensemble::{Node, set_of};
use super::histogram::{BlockHistogram, accumulate};
use super::leaves::sign;
use super::split::{Left, Rules, Split, Splittable, Sums, best_of_block, better};
use rayon::prelude::*;

/// Cells to be added from which the blocks of a leaf are worth sharing out between threads.
const WORTH_SHARING: usize = 60_000;

/// What one round gives to a tree.
pub struct Round<'a> {
    /// The matrix.
    pub binned: &'a Binned,
    /// Where it was cut.
    pub edges: &'a Edges,
    /// Packed gradients and masses, by row of the matrix.
    pub summands: &'a [u64],
    /// Blocks of features that this tree may use.
    pub blocks: &'a [usize],
    /// What its splits keep to.
    pub rules: Rules<'a>,
    /// Most leaves.
    pub leaves: usize,
}

/// A leaf that rows lie in.
struct Leaf {
    start: usize,
    end: usize,
    splittable: Splittable,
    histogram: Vec<BlockHistogram>,
    best: Option<Split>,
    node: usize,
    depth: u32,
}

/// A finished leaf: its node, its rows and their sums.
pub struct Filled {
    /// The place of its node in the tree.
    pub node: usize,
    /// Where its rows lie in [`Grower::rows`].
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// Their sums.
    pub sums: Sums,
    /// The least and the largest answer that constraints leave them.
    pub bounds: (f64, f64),
}

/// A grown tree; leaf values are still zero.
pub struct Grown {
    /// Its nodes, root first; children and sets are counted from its own first.
    pub nodes: Vec<Node>,
    /// The rows of each node.
    pub covers: Vec<u32>,
    /// The sets of its splits by category.
    pub sets: Vec<Vec<u32>>,
    /// Its leaves.
    pub leaves: Vec<Filled>,
    /// Its splits: feature and gain.
    pub splits: Vec<(usize, f64)>,
    /// Steps to the deepest leaf.
    pub depth: u32,
}

/// Memory that is used again from tree to tree.
#[derive(Default)]
pub struct Grower {
    /// Rows in the order of leaves.
    pub rows: Vec<u32>,
    aside: Vec<u32>,
    gathered: Vec<u64>,
    spare: Vec<Vec<BlockHistogram>>,
}

impl Grower {
    /// Grows a tree over `rows`.
    pub fn grow(&mut self, round: &Round<'_>, rows: &[u32]) -> Grown {
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        self.aside.resize(rows.len(), 0);
        let mut histogram = self.histogram(round.blocks.len());
        let sums = self.gather(round, 0, rows.len());
        let splittable = Splittable { sums, rows: rows.len(), bounds: (f64::NEG_INFINITY, f64::INFINITY) };
        let best = self.fill(round, &mut histogram, &splittable);
        let mut grown = Grown {
            nodes: vec![Node::leaf(0, 0.0)],
            covers: vec![rows.len() as u32],
            sets: vec![],
            leaves: vec![],
            splits: vec![],
            depth: 0,
        };
        let mut leaves =
            vec![Leaf { start: 0, end: rows.len(), splittable, histogram, best, node: 0, depth: 0 }];
        while leaves.len() < round.leaves {
            let Some((at, split)) = most_gaining(&leaves) else { break };
            let leaf = leaves.swap_remove(at);
            let is_last = leaves.len() + 2 >= round.leaves;
            let (left, right) = self.split(round, leaf, split, &mut grown, is_last);
            leaves.push(left);
            leaves.push(right);
        }
        for leaf in leaves {
            let Leaf { start, end, splittable, node, histogram, .. } = leaf;
            let Splittable { sums, bounds, .. } = splittable;
            grown.leaves.push(Filled { node, start, end, sums, bounds });
            if !histogram.is_empty() {
                self.spare.push(histogram);
            }
        }
        grown
    }

    fn histogram(&mut self, blocks: usize) -> Vec<BlockHistogram> {
        let mut histogram = self.spare.pop().unwrap_or_default();
        histogram.resize(blocks, [[0; 256]; super::bins::LANES]);
        histogram
    }

    /// Copies the summands of a range of rows into their order, and sums them.
    fn gather(&mut self, round: &Round<'_>, start: usize, end: usize) -> Sums {
        self.gathered.clear();
        self.gathered.extend(self.rows[start..end].iter().map(|&row| round.summands[row as usize]));
        let total = self.gathered.iter().fold(0u64, |sum, &cell| sum.wrapping_add(cell));
        let (gradient, mass) = round.rules.packing.unpack(total);
        Sums { gradient, mass }
    }

    /// The root's histogram and best split. The summands must have been gathered.
    fn fill(&self, round: &Round<'_>, histogram: &mut [BlockHistogram], root: &Splittable) -> Option<Split> {
        let one = |(cells, &block): (&mut BlockHistogram, &usize)| {
            count(cells, round.binned, block, &self.rows, &self.gathered);
            best_of_block(cells, round.binned, block, root, &round.rules)
        };
        histogram.par_iter_mut().zip(round.blocks).map(one).reduce(|| None, better)
    }

    /// Splits a leaf: moves its rows, adds its children to the tree and finds their best splits.
    fn split(
        &mut self,
        round: &Round<'_>,
        leaf: Leaf,
        split: Split,
        grown: &mut Grown,
        is_last: bool,
    ) -> (Leaf, Leaf) {
        let Leaf { start, end, splittable: parent, mut histogram, node, depth, .. } = leaf;
        let middle = self.partition(round.binned, start, end, split);
        let left_is_small = middle - start <= end - middle;
        let (small_start, small_end) = if left_is_small { (start, middle) } else { (middle, end) };
        let small = self.gather(round, small_start, small_end);
        let sums = parent.sums;
        let large = Sums { gradient: sums.gradient - small.gradient, mass: sums.mass - small.mass };
        let (left_sums, right_sums) = if left_is_small { (small, large) } else { (large, small) };
        let (left, right) = bounded(&round.rules, &parent, split, left_sums, right_sums, middle - start);
        let (small, large) = if left_is_small { (left, right) } else { (right, left) };

        let can_split = |leaf: &Splittable| leaf.rows >= 2 * round.rules.min_rows.max(1);
        let mut small_histogram = Vec::new();
        let mut best = (None, None);
        if !is_last && (can_split(&small) || can_split(&large)) {
            small_histogram = self.histogram(round.blocks.len());
            let rows = &self.rows[small_start..small_end];
            let gathered = &self.gathered;
            let one = |(small_cells, large_cells, &block): (&mut _, &mut _, &usize)| {
                count(small_cells, round.binned, block, rows, gathered);
                subtract(large_cells, small_cells, round.binned, block);
                (
                    best_of_block(small_cells, round.binned, block, &small, &round.rules),
                    best_of_block(large_cells, round.binned, block, &large, &round.rules),
                )
            };
            let both = |a: (Option<Split>, Option<Split>), b: (Option<Split>, Option<Split>)| {
                (better(a.0, b.0), better(a.1, b.1))
            };
            let cells = rows.len() * round.blocks.len() * super::bins::LANES;
            best = if cells >= WORTH_SHARING {
                (&mut small_histogram, &mut histogram, round.blocks)
                    .into_par_iter()
                    .map(one)
                    .reduce(|| (None, None), both)
            } else {
                let triples = small_histogram.iter_mut().zip(&mut histogram).zip(round.blocks);
                triples.map(|((s, l), block)| one((s, l, block))).fold((None, None), both)
            };
        }
        let (left_best, right_best) = if left_is_small { best } else { (best.1, best.0) };
        let (left_histogram, right_histogram) =
            if left_is_small { (small_histogram, histogram) } else { (histogram, small_histogram) };

        let first = grown.nodes.len();
        grown.nodes[node] = asked(round, grown, split, left_sums.mass >= right_sums.mass);
        grown.splits.push((split.feature, split.gain));
        let depth = depth + 1;
        grown.depth = grown.depth.max(depth);
        let mut child = |node: usize, splittable: Splittable| {
            grown.nodes.push(Node::leaf(node as u32, 0.0));
            grown.covers.push(splittable.rows as u32);
        };
        child(first, left);
        child(first + 1, right);
        let (left_leaf, right_leaf) = (
            Leaf {
                start,
                end: middle,
                splittable: left,
                histogram: left_histogram,
                best: left_best,
                node: first,
                depth,
            },
            Leaf {
                start: middle,
                end,
                splittable: right,
                histogram: right_histogram,
                best: right_best,
                node: first + 1,
                depth,
            },
        );
        (left_leaf, right_leaf)
    }

    /// Moves the rows that go left before those that go right, keeping the order within each side.
    fn partition(&mut self, binned: &Binned, start: usize, end: usize, split: Split) -> usize {
        let missing_left = split.missing_left.unwrap_or(true);
        let kept = match split.left {
            Left::UpTo(last) => self.divide(binned, start, end, split.feature, |bin| {
                if bin == 0 { missing_left } else { bin <= last }
            }),
            Left::These(_) => self.divide(binned, start, end, split.feature, |bin| {
                if bin == 0 { missing_left } else { split.left.has(bin) }
            }),
        };
        start + kept
    }

    #[inline]
    fn divide(
        &mut self,
        binned: &Binned,
        start: usize,
        end: usize,
        feature: usize,
        goes_left: impl Fn(u8) -> bool,
    ) -> usize {
        let (block, lane) = binned.place[feature];
        let block = &binned.blocks[block];
        let rows = &mut self.rows[start..end];
        let (mut kept, mut moved) = (0, 0);
        for k in 0..rows.len() {
            let row = rows[k];
            let left = goes_left(block[row as usize][lane]);
            // Both are written and one counter moves: no branch that the processor could guess wrong.
            rows[kept] = row;
            self.aside[moved] = row;
            kept += usize::from(left);
            moved += usize::from(!left);
        }
        rows[kept..].copy_from_slice(&self.aside[..moved]);
        kept
    }
}

/// Both sides of a split; by a constrained feature they meet in the middle of their answers.
fn bounded(
    rules: &Rules<'_>,
    parent: &Splittable,
    split: Split,
    left: Sums,
    right: Sums,
    left_rows: usize,
) -> (Splittable, Splittable) {
    let bounds = parent.bounds;
    let (mut of_left, mut of_right) = (bounds, bounds);
    let direction = if matches!(split.left, Left::UpTo(_)) { sign(rules.monotone, split.feature) } else { 0 };
    if direction != 0 {
        let answer = |sums| rules.answer(sums, bounds, rules.lambda_l2);
        let middle = f64::midpoint(answer(left), answer(right));
        let (low, high) = ((bounds.0, middle), (middle, bounds.1));
        (of_left, of_right) = if direction > 0 { (low, high) } else { (high, low) };
    }
    (
        Splittable { sums: left, rows: left_rows, bounds: of_left },
        Splittable { sums: right, rows: parent.rows - left_rows, bounds: of_right },
    )
}

/// The node of a split whose children come next.
fn asked(round: &Round<'_>, grown: &mut Grown, split: Split, left_is_heavier: bool) -> Node {
    let (first, feature) = (grown.nodes.len() as u32, split.feature as u16);
    match split.left {
        Left::UpTo(bin) => {
            let missing_left = split.missing_left.unwrap_or(left_is_heavier);
            Node::at_threshold(first, feature, round.edges.threshold(split.feature, bin), missing_left)
        }
        Left::These(_) => {
            let known = round.edges.categories(split.feature).unwrap_or_default();
            let named: Vec<u32> = known
                .iter()
                .enumerate()
                .filter(|(place, _)| split.left.has((1 + place) as u8))
                .map(|(_, &category)| category)
                .collect();
            grown.sets.push(set_of(&named));
            Node::by_set(first, feature, grown.sets.len() - 1, split.missing_left.unwrap_or(false))
        }
    }
}

fn most_gaining(leaves: &[Leaf]) -> Option<(usize, Split)> {
    let mut found: Option<(usize, Split)> = None;
    for (at, leaf) in leaves.iter().enumerate() {
        if let Some(split) = leaf.best
            && split.gain > found.map_or(0.0, |(_, best)| best.gain)
        {
            found = Some((at, split));
        }
    }
    found
}

/// Clears a block's histogram and adds the rows of a leaf.
fn count(cells: &mut BlockHistogram, binned: &Binned, block: usize, rows: &[u32], summands: &[u64]) {
    let features = &binned.lanes[block];
    for (lane, &feature) in features.iter().enumerate() {
        cells[lane][..binned.used[feature].min(256)].fill(0);
    }
    accumulate(cells, &binned.blocks[block], rows, summands);
}

/// Turns the parent's histogram into that of the larger child.
fn subtract(parent: &mut BlockHistogram, child: &BlockHistogram, binned: &Binned, block: usize) {
    for (lane, &feature) in binned.lanes[block].iter().enumerate() {
        let used = binned.used[feature].min(256);
        for (a, b) in parent[lane][..used].iter_mut().zip(&child[lane][..used]) {
            *a = a.wrapping_sub(*b);
        }
    }
}
