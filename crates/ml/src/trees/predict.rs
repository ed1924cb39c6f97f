//! Answers for many rows at once, and for one.
//!
//! Very many rows are answered by [`Ranked`] where it can. Many rows go down a tree together, node by node: a node divides the rows that reach it, so that its feature is
//! one column in the nearest cache, its threshold stays in a register and no row waits for a deeper one. Few rows
//! walk down one by one. Both add up the same leaves in the same order.

use super::ensemble::{Ensemble, Link, Node, Tree};
use super::ranked::{self, Ranked};
use crate::matrix::Matrix;

/// Rows from which making an ensemble ready pays.
const VERY_MANY: usize = 4096;
/// Fewest rows that go together.
const TOGETHER: usize = 64;
/// Most rows that go together.
const BATCH: usize = 1024;
/// Values of a batch that stay in the second cache: 256 KiB.
const VALUES: usize = 65_536;

impl Ensemble {
    /// The sums of trees for each row of `matrix`, [`Ensemble::outputs`] of them a row, row after row.
    pub fn predict_raw(&self, matrix: &Matrix, out: &mut [f64]) {
        assert_eq!(matrix.width(), self.width, "rows must have the features that were learnt from");
        let outputs = self.outputs();
        assert_eq!(matrix.rows() * outputs, out.len(), "one answer a row and output");
        if matrix.rows() >= VERY_MANY
            && let Some(ranked) = Ranked::new(self)
        {
            let mut ranks = Vec::new();
            for (at, answers) in out.chunks_mut(ranked::TOGETHER * outputs).enumerate() {
                ranked.predict(matrix, at * ranked::TOGETHER, &mut ranks, answers);
            }
            return;
        }
        let size = (VALUES / self.width).clamp(TOGETHER, BATCH);
        let mut batch = Batch::default();
        for (at, answers) in out.chunks_mut(size * outputs).enumerate() {
            let first = at * size;
            if answers.len() >= TOGETHER * outputs {
                batch.load(matrix, first, answers.len() / outputs);
                batch.predict(self, answers);
            } else {
                for (row, answer) in answers.chunks_mut(outputs).enumerate() {
                    self.predict_row(matrix.row(first + row), answer);
                }
            }
        }
    }

    /// The answers for each row of `matrix`: the sums through the inverse of the link.
    pub fn predict(&self, matrix: &Matrix, out: &mut [f64]) {
        self.predict_raw(matrix, out);
        for answer in out.chunks_mut(self.outputs()) {
            self.link.apply(answer);
        }
    }

    /// The sums of trees for one row.
    pub fn predict_row(&self, row: &[f32], out: &mut [f64]) {
        out.copy_from_slice(&self.base);
        for tree in &self.trees {
            let leaf = self.leaf_of(tree.root, row);
            out[tree.output as usize] += f64::from(self.nodes[leaf].value);
        }
    }
}

/// Rows that go down trees together.
#[derive(Default)]
struct Batch {
    rows: usize,
    /// Feature after feature, the value of each row.
    columns: Vec<f32>,
    /// 0, 1, 2 and so on: all rows reach the root.
    all: Vec<u16>,
    /// Rows by the node that they have reached; each level of a tree is read from one and written to the other.
    reached: [Vec<u16>; 2],
    /// Sums of each output, row after row.
    sums: Vec<f64>,
    /// Nodes to be divided: place, first and last row among the reached, and in which of the two they are.
    open: Vec<(u32, u32, u32, bool)>,
}

impl Batch {
    /// Takes rows of a matrix, turned so that a feature is contiguous.
    fn load(&mut self, matrix: &Matrix, first: usize, rows: usize) {
        let width = matrix.width();
        self.rows = rows;
        self.columns.resize(rows * width, 0.0);
        for row in 0..rows {
            for (feature, &value) in matrix.row(first + row).iter().enumerate() {
                self.columns[feature * rows + row] = value;
            }
        }
        self.all = (0..rows as u16).collect();
        for reached in &mut self.reached {
            reached.resize(rows, 0);
        }
    }

    fn predict(&mut self, ensemble: &Ensemble, answers: &mut [f64]) {
        let outputs = ensemble.outputs();
        self.sums.clear();
        for &base in &ensemble.base {
            self.sums.extend(std::iter::repeat_n(base, self.rows));
        }
        for tree in &ensemble.trees {
            self.descend(ensemble, *tree);
        }
        for (row, answer) in answers.chunks_mut(outputs).enumerate() {
            for (output, value) in answer.iter_mut().enumerate() {
                *value = self.sums[output * self.rows + row];
            }
        }
    }

    /// Adds one tree to the sums.
    fn descend(&mut self, ensemble: &Ensemble, tree: Tree) {
        let output = tree.output as usize;
        let sums = &mut self.sums[output * self.rows..(output + 1) * self.rows];
        let [even, odd] = &mut self.reached;
        even.copy_from_slice(&self.all);
        self.open.clear();
        self.open.push((tree.root, 0, self.rows as u32, true));
        while let Some((place, start, end, in_even)) = self.open.pop() {
            let node = &ensemble.nodes[place as usize];
            let (from, to) = if in_even { (&mut *even, &mut *odd) } else { (&mut *odd, &mut *even) };
            let (from, to) = (&from[start as usize..end as usize], &mut to[start as usize..end as usize]);
            if node.left == place {
                let value = f64::from(node.value);
                for &row in from {
                    sums[usize::from(row)] += value;
                }
                continue;
            }
            let column = usize::from(node.feature) * self.rows;
            let column = &self.columns[column..column + self.rows];
            let middle = start + divide(ensemble, node, column, from, to) as u32;
            if middle < end {
                self.open.push((node.left + 1, middle, end, !in_even));
            }
            if middle > start {
                self.open.push((node.left, start, middle, !in_even));
            }
        }
    }
}

/// Writes those of the rows `from` that go left to the front of `to` and the others to its end; how many go left.
fn divide(ensemble: &Ensemble, node: &Node, column: &[f32], from: &[u16], to: &mut [u16]) -> usize {
    let threshold = node.threshold;
    if node.by_category {
        divide_by(column, from, to, |value| ensemble.goes_left(node, value))
    } else if node.missing_left {
        divide_by(column, from, to, |value| value <= threshold || value.is_nan())
    } else {
        divide_by(column, from, to, |value| value <= threshold)
    }
}

#[inline]
fn divide_by(column: &[f32], from: &[u16], to: &mut [u16], goes_left: impl Fn(f32) -> bool) -> usize {
    let mut left = 0;
    let last = from.len() - 1;
    for (k, &row) in from.iter().enumerate() {
        // Both ends are written and one of them moves: no branch that the processor could guess wrong.
        to[left] = row;
        to[last + left - k] = row;
        left += usize::from(goes_left(column[usize::from(row)]));
    }
    left
}

impl Link {
    /// Turns the sums of one row into its answer.
    pub fn apply(self, sums: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::Exp => sums.iter_mut().for_each(|sum| *sum = sum.min(700.0).exp()),
            Self::Logistic => sums.iter_mut().for_each(|sum| *sum = 1.0 / (1.0 + (-*sum).exp())),
            Self::Softmax => {
                let largest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mut total = 0.0;
                for sum in sums.iter_mut() {
                    *sum = (*sum - largest).exp();
                    total += *sum;
                }
                for sum in sums {
                    *sum /= total;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_finite() {
        let mut sums = [1000.0, -1000.0, 0.0];
        Link::Softmax.apply(&mut sums);
        assert_eq!(sums, [1.0, 0.0, 0.0]);
        let mut sums = [1e6, -1e6];
        Link::Logistic.apply(&mut sums);
        assert_eq!(sums, [1.0, 0.0]);
        let mut sums = [1e6, -1e6];
        Link::Exp.apply(&mut sums);
        assert!(sums[0].is_finite() && sums[1] == 0.0);
    }

    #[test]
    fn dividing_keeps_every_row_once() {
        let column = [3.0f32, 1.0, f32::NAN, 2.0, 5.0, 1.5];
        let from = [0u16, 1, 2, 3, 4, 5];
        let mut to = [9u16; 6];
        let left = divide_by(&column, &from, &mut to, |value| value <= 2.0);
        assert_eq!(left, 3);
        let (front, back) = to.split_at_mut(left);
        front.sort_unstable();
        back.sort_unstable();
        assert_eq!((&*front, &*back), (&[1u16, 3, 5][..], &[0u16, 2, 4][..]));
    }
}
