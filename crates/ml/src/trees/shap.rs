//! Why an answer is what it is: exact path-dependent SHAP values (Lundberg, Erion, Lee 2018, algorithm 2).
//!
//! A feature that is left out of a coalition sends a row down both sides, in proportion to the rows that were
//! learnt from there. The contributions of a row and the expected value sum to its raw prediction.

use super::ensemble::Ensemble;

/// One feature on the way from the root: the share of rows that pass if it is unknown, whether this row passes
/// if it is known, and the weights of coalitions by their size.
#[derive(Debug, Clone, Copy)]
struct Step {
    feature: usize,
    zero: f64,
    one: f64,
    weight: f64,
}

/// Memory that explanations use again from row to row: the ways from the root, each behind the one it grew from.
#[derive(Debug, Default)]
pub struct Paths(Vec<Step>);

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
        let (mut paths, mut own, mut all) = (Paths::default(), Vec::new(), Vec::new());
        for output in 0..self.outputs() {
            self.shap_of(output, row, &mut paths, &mut own);
            all.extend_from_slice(&own);
        }
        all
    }

    /// The same for one output: `out`, whatever it held, becomes a number for each feature. Nothing is allocated once
    /// `paths` and `out` have been used.
    pub fn shap_of(&self, output: usize, row: &[f32], paths: &mut Paths, out: &mut Vec<f64>) {
        assert_eq!(row.len(), self.width, "a row must have the features that were learnt from");
        out.clear();
        out.resize(self.width, 0.0);
        for tree in self.trees.iter().filter(|tree| tree.output as usize == output) {
            paths.0.clear();
            extend(&mut paths.0, 0, 1.0, 1.0, usize::MAX);
            self.descend(tree.root as usize, row, &mut paths.0, 0, out);
        }
    }

    /// The shares of a split's rows that went left and right.
    fn shares(&self, at: usize) -> (f64, f64) {
        let left = self.nodes[at].left as usize;
        let (left, right) = (f64::from(self.covers[left]), f64::from(self.covers[left + 1]));
        if left + right > 0.0 { (left / (left + right), right / (left + right)) } else { (0.5, 0.5) }
    }

    /// Shares out what the leaves below `at` add. The way there is `paths[from..]`; it is left as it was.
    fn descend(&self, at: usize, row: &[f32], paths: &mut Vec<Step>, from: usize, own: &mut [f64]) {
        let node = &self.nodes[at];
        let left = node.left as usize;
        if left == at {
            let (path, value) = (&paths[from..], f64::from(node.value));
            // A feature that does not pass takes away the same whichever it is.
            let without = sum_without(path) * value;
            for step in &path[1..] {
                own[step.feature] += if step.one == 0.0 {
                    -without
                } else {
                    unwound_sum(path, step) * (step.one - step.zero) * value
                };
            }
            return;
        }
        let feature = usize::from(node.feature);
        let (to_left, to_right) = self.shares(at);
        let goes_left = self.goes_left(node, row[feature]);
        let whole = paths.len();
        let (mut from, mut zero, mut one) = (from, 1.0, 1.0);
        // A feature that was asked before is one player, not two.
        if let Some(earlier) = paths[from..].iter().position(|step| step.feature == feature) {
            (zero, one) = (paths[from + earlier].zero, paths[from + earlier].one);
            paths.extend_from_within(from..);
            from = whole;
            unwind(paths, from, earlier);
        }
        let end = paths.len();
        for (child, share, taken) in [(left, to_left, goes_left), (left + 1, to_right, !goes_left)] {
            let one = if taken { one } else { 0.0 };
            // A share of zero with a feature that does not pass: no coalition comes here.
            if zero * share > 0.0 || one > 0.0 {
                paths.extend_from_within(from..end);
                extend(paths, end, zero * share, one, feature);
                self.descend(child, row, paths, end, own);
                paths.truncate(end);
            }
        }
        paths.truncate(whole);
    }
}

/// Adds a feature to the path `paths[from..]` and lets every coalition grow by it or not.
fn extend(paths: &mut Vec<Step>, from: usize, zero: f64, one: f64, feature: usize) {
    let depth = paths.len() - from;
    paths.push(Step { feature, zero, one, weight: if depth == 0 { 1.0 } else { 0.0 } });
    let path = &mut paths[from..];
    let size = (depth + 1) as f64;
    for at in (0..depth).rev() {
        let weight = path[at].weight;
        path[at + 1].weight += one * weight * (at + 1) as f64 / size;
        path[at].weight = zero * weight * (depth - at) as f64 / size;
    }
}

/// Takes a feature out of the path `paths[from..]` again.
fn unwind(paths: &mut Vec<Step>, from: usize, step: usize) {
    let path = &mut paths[from..];
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
    paths.pop();
}

/// The sum of the weights that [`unwind`] would leave of a step that passes if it is known.
fn unwound_sum(path: &[Step], step: &Step) -> f64 {
    let depth = path.len() - 1;
    let size = (depth + 1) as f64;
    let mut next = path[depth].weight;
    let mut total = 0.0;
    for at in (0..depth).rev() {
        let weight = next / ((at + 1) as f64 * step.one);
        total += weight;
        next = path[at].weight - weight * step.zero * (depth - at) as f64;
    }
    total * size
}

/// The same of one that does not pass, times its share of rows.
fn sum_without(path: &[Step]) -> f64 {
    let depth = path.len() - 1;
    let sum: f64 = path[..depth].iter().enumerate().map(|(at, step)| step.weight / (depth - at) as f64).sum();
    sum * (depth + 1) as f64
}
