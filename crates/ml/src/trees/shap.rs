//! Why an answer is what it is: exact path-dependent SHAP values (Lundberg, Erion, Lee 2018, algorithm 2).
//!
//! A feature that is left out of a coalition sends a row down both sides, in proportion to the rows that were
//! learnt from there. The contributions of a row and the expected value sum to its raw prediction.

use super::ensemble::Ensemble;

/// One feature on the way from the root: the share of rows that pass if it is unknown, whether this row passes
/// if it is known, and the weights of coalitions by their size.
#[derive(Clone, Copy)]
struct Step {
    feature: usize,
    zero: f64,
    one: f64,
    weight: f64,
}

impl Ensemble {
    /// What the raw prediction is on average over the rows learnt from, by output. Where an ensemble from
    /// outside does not say how many they were, both sides of a split count alike.
    pub fn expected(&self) -> Vec<f64> {
        let mut expected = self.base.clone();
        // Children come after their parents: one pass from the end.
        let mut means: Vec<f64> = self.nodes.iter().map(|node| f64::from(node.value)).collect();
        for (at, node) in self.nodes.iter().enumerate().rev() {
            let left = node.left as usize;
            if left != at {
                let (to_left, to_right) = self.shares(at);
                means[at] = to_left * means[left] + to_right * means[left + 1];
            }
        }
        for tree in &self.trees {
            expected[tree.output as usize] += means[tree.root as usize];
        }
        expected
    }

    /// How much each feature of `row` moved each output away from [`Ensemble::expected`], in raw units: outputs
    /// × features, output after output.
    pub fn shap(&self, row: &[f32]) -> Vec<f64> {
        assert_eq!(row.len(), self.width, "a row must have the features that were learnt from");
        let mut contributions = vec![0.0; self.outputs() * self.width];
        for tree in &self.trees {
            let from = tree.output as usize * self.width;
            let own = &mut contributions[from..from + self.width];
            let mut path = Vec::with_capacity(tree.depth as usize + 2);
            extend(&mut path, 1.0, 1.0, usize::MAX);
            self.descend(tree.root as usize, row, &path, own);
        }
        contributions
    }

    /// The shares of a split's rows that went left and right.
    fn shares(&self, at: usize) -> (f64, f64) {
        let left = self.nodes[at].left as usize;
        let (left, right) = (f64::from(self.covers[left]), f64::from(self.covers[left + 1]));
        if left + right > 0.0 { (left / (left + right), right / (left + right)) } else { (0.5, 0.5) }
    }

    fn descend(&self, at: usize, row: &[f32], path: &[Step], own: &mut [f64]) {
        let node = &self.nodes[at];
        let left = node.left as usize;
        if left == at {
            for step in 1..path.len() {
                let Step { feature, zero, one, .. } = path[step];
                own[feature] += unwound_sum(path, step) * (one - zero) * f64::from(node.value);
            }
            return;
        }
        let feature = usize::from(node.feature);
        let (to_left, to_right) = self.shares(at);
        let goes_left = self.goes_left(node, row[feature]);
        let mut path = path.to_vec();
        let (mut zero, mut one) = (1.0, 1.0);
        // A feature that was asked before is one player, not two.
        if let Some(earlier) = path.iter().position(|step| step.feature == feature) {
            (zero, one) = (path[earlier].zero, path[earlier].one);
            unwind(&mut path, earlier);
        }
        for (child, share, taken) in [(left, to_left, goes_left), (left + 1, to_right, !goes_left)] {
            let mut longer = path.clone();
            extend(&mut longer, zero * share, if taken { one } else { 0.0 }, feature);
            // A share of zero with a feature that does not pass: no coalition comes here.
            if zero * share > 0.0 || (taken && one > 0.0) {
                self.descend(child, row, &longer, own);
            }
        }
    }
}

/// Adds a feature to the path and lets every coalition grow by it or not.
fn extend(path: &mut Vec<Step>, zero: f64, one: f64, feature: usize) {
    let depth = path.len();
    path.push(Step { feature, zero, one, weight: if depth == 0 { 1.0 } else { 0.0 } });
    let size = (depth + 1) as f64;
    for at in (0..depth).rev() {
        let weight = path[at].weight;
        path[at + 1].weight += one * weight * (at + 1) as f64 / size;
        path[at].weight = zero * weight * (depth - at) as f64 / size;
    }
}

/// Takes a feature out of the path again.
fn unwind(path: &mut Vec<Step>, step: usize) {
    let depth = path.len() - 1;
    let Step { zero, one, .. } = path[step];
    let size = (depth + 1) as f64;
    let mut next = path[depth].weight;
    for at in (0..depth).rev() {
        if one == 0.0 {
            path[at].weight = path[at].weight * size / (zero * (depth - at) as f64);
        } else {
            let weight = path[at].weight;
            path[at].weight = next * size / ((at + 1) as f64 * one);
            next = weight - path[at].weight * zero * (depth - at) as f64 / size;
        }
    }
    for at in step..depth {
        (path[at].feature, path[at].zero, path[at].one) =
            (path[at + 1].feature, path[at + 1].zero, path[at + 1].one);
    }
    path.pop();
}

/// The sum of the weights that [`unwind`] would leave.
fn unwound_sum(path: &[Step], step: usize) -> f64 {
    let depth = path.len() - 1;
    let Step { zero, one, .. } = path[step];
    let size = (depth + 1) as f64;
    let mut next = path[depth].weight;
    let mut total = 0.0;
    for at in (0..depth).rev() {
        if one == 0.0 {
            total += path[at].weight * size / (zero * (depth - at) as f64);
        } else {
            let weight = next * size / ((at + 1) as f64 * one);
            total += weight;
            next = path[at].weight - weight * zero * (depth - at) as f64 / size;
        }
    }
    total
}
