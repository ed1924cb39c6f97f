//! Grown trees: what they are made of, and whether they hold together.

/// How a sum of leaves becomes an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The sum itself.
    #[default]
    Identity,
    /// `e^sum`: a mean that is never negative.
    Exp,
    /// `1 / (1 + e^-sum)`, each output for itself: the probability of yes.
    Logistic,
    /// The outputs are probabilities of classes and sum to 1.
    Softmax,
}

/// A node of a tree. The children of a split lie side by side; a leaf points at itself, which lets many rows
/// walk down in step without a branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The left child; the right one follows it. A leaf's own place.
    pub left: u32,
    /// Values up to this go left. In a split by category the number of its set in [`Ensemble::sets`]. Positive
    /// infinity in a leaf.
    pub threshold: f32,
    /// What a leaf adds; zero in a split.
    pub value: f32,
    /// The feature that is asked; 0 in a leaf.
    pub feature: u16,
    /// Whether missing values go left. True in a leaf.
    pub missing_left: bool,
    /// Whether the split is by category: those of the set go to one side, and all others, missing and never seen
    /// ones included, to the side that `missing_left` names.
    pub by_category: bool,
}

impl Node {
    /// A leaf at place `at`.
    pub fn leaf(at: u32, value: f32) -> Self {
        Self { left: at, threshold: f32::INFINITY, value, feature: 0, missing_left: true, by_category: false }
    }

    /// A split that sends values up to `threshold` left.
    pub fn at_threshold(left: u32, feature: u16, threshold: f32, missing_left: bool) -> Self {
        Self { left, threshold, value: 0.0, feature, missing_left, by_category: false }
    }

    /// A split that sends the categories of set number `set` away from the side of missing values.
    pub fn by_set(left: u32, feature: u16, set: usize, missing_left: bool) -> Self {
        Self { left, threshold: set as f32, value: 0.0, feature, missing_left, by_category: true }
    }

    /// The number of its set, of a split by category.
    pub fn set(&self) -> usize {
        self.threshold as usize
    }
}

/// The `f32` threshold that divides `f32` values as `threshold` does: the largest not above it. Not a number
/// stays so.
pub fn threshold_below(threshold: f64) -> f32 {
    let near = threshold as f32;
    if f64::from(near) > threshold { near.next_down() } else { near }
}

/// Where a tree lies among the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree {
    /// Its root.
    pub root: u32,
    /// Steps from the root to its deepest leaf.
    pub depth: u32,
    /// The output that it adds to.
    pub output: u32,
}

/// A sum of trees for each output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ensemble {
    /// The value of each output before its first tree.
    pub base: Vec<f64>,
    /// How sums become answers.
    pub link: Link,
    /// Features that a row has.
    pub width: usize,
    /// The nodes of all trees; children come after their parents.
    pub nodes: Vec<Node>,
    /// Rows that were learnt from, by node.
    pub covers: Vec<u32>,
    /// The trees, in order of growth.
    pub trees: Vec<Tree>,
    /// Sets of categories: category `c` is in a set if bit `c % 32` of its word `c / 32` is one.
    pub sets: Vec<Vec<u32>>,
    /// By feature, how much its splits lowered the loss.
    pub gain: Vec<f64>,
    /// By feature, its splits.
    pub splits: Vec<u64>,
}

/// The deepest tree that is believed when read from outside.
const DEEPEST: u32 = 4096;
/// The most sets, so that their numbers are exact as `f32`.
pub const MAX_SETS: usize = 1 << 24;

impl Ensemble {
    /// Numbers in an answer: the classes of softmax, else one.
    pub fn outputs(&self) -> usize {
        self.base.len()
    }

    /// Whether a row with this value goes left at a split.
    #[inline]
    pub fn goes_left(&self, node: &Node, value: f32) -> bool {
        if node.by_category {
            contains(&self.sets[node.set()], value) != node.missing_left
        } else {
            // Not a number is not less or equal: without a missing value one comparison decides.
            value <= node.threshold || (node.missing_left && value.is_nan())
        }
    }

    /// The place of the leaf that a row falls into, in the tree with this root.
    pub fn leaf_of(&self, root: u32, row: &[f32]) -> usize {
        let mut at = root as usize;
        loop {
            let node = &self.nodes[at];
            if node.left as usize == at {
                return at;
            }
            at = node.left as usize + usize::from(!self.goes_left(node, row[usize::from(node.feature)]));
        }
    }

    /// Whether every pointer is inside and every walk ends: for ensembles read from outside.
    pub fn is_sound(&self) -> bool {
        let features = self.gain.len() == self.width && self.splits.len() == self.width;
        let counts = self.covers.len() == self.nodes.len() && self.sets.len() < MAX_SETS;
        let bases = !self.base.is_empty() && self.base.iter().all(|base| base.is_finite());
        let sums = self.gain.iter().all(|gain| gain.is_finite());
        let nodes = self.nodes.iter().enumerate().all(|(at, node)| self.node_is_sound(at, node));
        features && counts && bases && sums && nodes && self.trees_are_sound()
    }

    fn node_is_sound(&self, at: usize, node: &Node) -> bool {
        let left = node.left as usize;
        let fits = if left == at {
            let asks_nothing = node.missing_left && !node.by_category && node.feature == 0;
            node.threshold == f32::INFINITY && asks_nothing
        } else {
            let number = node.threshold;
            let in_sets = number >= 0.0 && number.fract() == 0.0 && node.set() < self.sets.len();
            left > at && left + 1 < self.nodes.len() && (!node.by_category || in_sets)
        };
        let asked = usize::from(node.feature) < self.width || (left == at && self.width == 0);
        fits && asked && node.value.is_finite() && !node.threshold.is_nan()
    }

    /// Whether roots are inside and depths are those of the trees.
    fn trees_are_sound(&self) -> bool {
        // Children come after their parents, so one pass from the end knows all depths.
        let mut depths = vec![0u32; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().rev() {
            let left = node.left as usize;
            if left != at {
                depths[at] = 1 + depths[left].max(depths[left + 1]);
            }
        }
        // A node with two parents would make the ways down more than the nodes.
        let mut claimed = vec![false; self.nodes.len()];
        let mut claim = |at: usize| !std::mem::replace(&mut claimed[at], true);
        let inner = self.nodes.iter().enumerate().filter(|(at, node)| node.left as usize != *at);
        let mut inner = inner.map(|(_, node)| node.left as usize);
        if !inner.all(|left| claim(left) && claim(left + 1)) {
            return false;
        }
        self.trees.iter().all(|tree| {
            let depth = depths.get(tree.root as usize);
            depth.is_some_and(|&depth| depth <= DEEPEST && depth == tree.depth)
                && (tree.output as usize) < self.outputs()
                && claim(tree.root as usize)
        })
    }
}

/// Whether a set has the category that a value stands for: its whole part, if that is not negative.
pub fn contains(set: &[u32], value: f32) -> bool {
    if !(value >= 0.0 && value < (set.len() * 32) as f32) {
        return false;
    }
    let category = value as usize;
    set[category / 32] >> (category % 32) & 1 == 1
}

/// The set of these categories.
pub fn set_of(categories: &[u32]) -> Vec<u32> {
    let words = categories.iter().max().map_or(0, |&c| c as usize / 32 + 1);
    let mut set = vec![0u32; words];
    for &category in categories {
        set[category as usize / 32] |= 1 << (category % 32);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_their_categories_and_no_others() {
        let set = set_of(&[0, 31, 32, 70]);
        for (value, inside) in [
            (0.0, true),
            (31.0, true),
            (32.0, true),
            (70.9, true),
            (1.0, false),
            (71.0, false),
            (96.0, false),
            (1e30, false),
            (-1.0, false),
            (f32::NAN, false),
            (f32::INFINITY, false),
        ] {
            assert_eq!(contains(&set, value), inside, "{value}");
        }
        assert!(!contains(&set_of(&[]), 0.0));
    }

    #[test]
    fn narrowed_thresholds_divide_narrow_values_alike() {
        for threshold in [0.1f64, -0.1, 1.0, 1e-50, -1e-50, 16_777_217.0, 1e300, -1e300, 3.4e38] {
            let narrow = threshold_below(threshold);
            let near = threshold as f32;
            for value in [near, near.next_down(), near.next_up(), 0.0, f32::MAX, f32::MIN] {
                assert_eq!(value <= narrow, f64::from(value) <= threshold, "{value} at {threshold}");
            }
        }
    }
}
