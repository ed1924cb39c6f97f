//! Rows that no tree learns from: they say which round was the best.

use super::boost::Sample;
use super::ensemble::Ensemble;
use super::objective::Objective;

/// The rows held out and what has been seen on them.
pub struct HeldOut<'a> {
    sample: &'a Sample<'a>,
    objective: Objective,
    /// Raw predictions, by place among the rows and output.
    scores: Vec<f64>,
    /// Trees in the scores.
    trees: usize,
    best: Best,
}

#[derive(Clone, Copy)]
struct Best {
    loss: f64,
    round: usize,
    trees: usize,
}

impl<'a> HeldOut<'a> {
    /// Before the first tree.
    pub fn new(sample: &'a Sample<'a>, objective: Objective, base: &[f64]) -> Self {
        let scores = base.repeat(sample.held_out.len());
        let best = Best { loss: f64::INFINITY, round: 0, trees: 0 };
        let mut fresh = Self { sample, objective, scores, trees: 0, best };
        fresh.best.loss = fresh.loss();
        fresh
    }

    /// Looks at the trees that a round has added.
    pub fn see(&mut self, ensemble: &Ensemble, round: usize) {
        let outputs = ensemble.outputs();
        let answers = self.scores.chunks_mut(outputs).zip(self.sample.held_out);
        for (answer, &row) in answers {
            let row = self.sample.matrix.row(row as usize);
            for tree in &ensemble.trees[self.trees..] {
                answer[tree.output as usize] +=
                    f64::from(ensemble.nodes[ensemble.leaf_of(tree.root, row)].value);
            }
        }
        self.trees = ensemble.trees.len();
        let loss = self.loss();
        if loss < self.best.loss {
            self.best = Best { loss, round, trees: self.trees };
        }
    }

    /// Whether too many rounds have passed since the best.
    pub fn is_tired(&self, patience: Option<usize>, round: usize) -> bool {
        let waited = round - self.best.round;
        !self.sample.held_out.is_empty() && patience.is_some_and(|patience| waited >= patience.max(1))
    }

    /// The trees of the best round; none if nothing is held out.
    pub fn best_trees(&self) -> Option<usize> {
        (!self.sample.held_out.is_empty()).then_some(self.best.trees)
    }

    /// The mean loss.
    fn loss(&self) -> f64 {
        let outputs = self.objective.outputs();
        let (mut sum, mut total) = (0.0, 0.0);
        for (raw, &row) in self.scores.chunks(outputs).zip(self.sample.held_out) {
            let weight = self.sample.weight(row);
            sum += weight * self.objective.loss(self.sample.target[row as usize], raw);
            total += weight;
        }
        if total > 0.0 { sum / total } else { f64::INFINITY }
    }
}
