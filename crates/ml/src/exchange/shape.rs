//! Trees of any layout brought into ours: children side by side and behind their parents.

use super::{ExchangeError, unsound, unsupported};
use crate::trees::{Ensemble, Link, Node, Tree};
use std::ops::Range;

/// What stands at a place of a foreign tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// A leaf.
    Leaf {
        /// Its value.
        value: f64,
        /// How many rows were learnt from there; 1 where the file does not say.
        rows: u32,
    },
    /// A split: the children are places of the same tree.
    Split {
        /// The feature asked.
        feature: usize,
        /// What is asked.
        test: Test,
        /// Where rows go for which it is true.
        yes: usize,
        /// Where the others go.
        no: usize,
        /// Whether missing values go where it is true.
        missing_yes: bool,
        /// How much it lowered the loss; 0 where the file does not say.
        gain: f64,
    },
}

/// What a split asks of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// Whether it is at most this.
    AtMost(f32),
    /// Whether it is a category of this one of the tree's sets.
    OneOf(usize),
}

/// Gathers trees into an ensemble.
#[derive(Debug)]
pub(super) struct Gather {
    ensemble: Ensemble,
}

impl Gather {
    /// An ensemble without trees for rows of `width` features, with a base for each output.
    pub fn new(width: usize, base: Vec<f64>, link: Link) -> Result<Self, ExchangeError> {
        if width == 0 || width > usize::from(u16::MAX) {
            return unsupported(format!("{width} columns, trees take 1 to {}", u16::MAX));
        }
        let ensemble = Ensemble {
            base,
            link,
            width,
            gain: vec![0.0; width],
            splits: vec![0; width],
            ..Ensemble::default()
        };
        Ok(Self { ensemble })
    }

    /// Adds a tree that adds to `output`; `places[0]` is its root. In its sets, bit `c % 32` of word `c / 32` is
    /// category `c`. Refuses children that are not there or have two parents.
    pub fn add(&mut self, output: usize, places: &[Place], sets: Vec<Vec<u32>>) -> Result<(), ExchangeError> {
        let trees = &mut self.ensemble;
        let first_set = trees.sets.len();
        trees.sets.extend(sets);
        let sets = first_set..trees.sets.len();
        if trees.nodes.len() + places.len() > u32::MAX as usize / 2 {
            return unsupported("over two thousand million nodes");
        }
        let root = trees.nodes.len();
        let mut met = vec![false; places.len()];
        trees.nodes.push(Node::leaf(root as u32, 0.0));
        trees.covers.push(0);
        let mut waiting = vec![(0usize, root, 0u32)];
        let mut deepest = 0;
        while let Some((place, at, depth)) = waiting.pop() {
            deepest = deepest.max(depth);
            match (places.get(place), met.get_mut(place)) {
                (Some(_), Some(met)) if !*met => *met = true,
                (Some(_), _) => return unsound(format!("node {place} has two parents")),
                (None, _) => return unsound(format!("node {place} is not there")),
            }
            match &places[place] {
                Place::Leaf { value, rows } => {
                    let value = *value as f32;
                    if !value.is_finite() {
                        return unsound(format!("the value of a leaf is {value}"));
                    }
                    trees.nodes[at] = Node::leaf(at as u32, value);
                    trees.covers[at] = *rows;
                }
                Place::Split { feature, test, yes, no, missing_yes, gain } => {
                    let left = trees.nodes.len() as u32;
                    trees.nodes[at] = split(trees.width, &sets, left, *feature, test, *missing_yes)?;
                    trees.splits[*feature] += 1;
                    trees.gain[*feature] += if gain.is_finite() { gain.clamp(0.0, 1e100) } else { 0.0 };
                    trees.nodes.extend([Node::leaf(left, 0.0), Node::leaf(left + 1, 0.0)]);
                    trees.covers.extend([0, 0]);
                    waiting.push((*no, left as usize + 1, depth + 1));
                    waiting.push((*yes, left as usize, depth + 1));
                }
            }
        }
        trees.trees.push(Tree { root: root as u32, depth: deepest, output: output as u32 });
        Ok(())
    }

    /// The ensemble, whole.
    pub fn finish(mut self) -> Ensemble {
        if !sum_covers(&mut self.ensemble) {
            // More rows than can be counted: no file of a real program. Leaves are explained as if all were alike.
            for (at, node) in self.ensemble.nodes.iter().enumerate() {
                self.ensemble.covers[at] = u32::from(node.left as usize == at);
            }
            sum_covers(&mut self.ensemble);
        }
        self.ensemble
    }
}

/// Gives each split the rows of its leaves. False where they are too many.
fn sum_covers(trees: &mut Ensemble) -> bool {
    for (at, node) in trees.nodes.iter().enumerate().rev() {
        let left = node.left as usize;
        if left != at {
            let Some(sum) = trees.covers[left].checked_add(trees.covers[left + 1]) else { return false };
            trees.covers[at] = sum;
        }
    }
    true
}

fn split(
    width: usize,
    sets: &Range<usize>,
    left: u32,
    feature: usize,
    test: &Test,
    missing_yes: bool,
) -> Result<Node, ExchangeError> {
    if feature >= width {
        return unsound(format!("a split asks column {feature} of {width}"));
    }
    let feature = feature as u16;
    match test {
        Test::AtMost(threshold) if threshold.is_nan() => unsound("the threshold of a split is not a number"),
        Test::AtMost(threshold) => Ok(Node::at_threshold(left, feature, *threshold, missing_yes)),
        // Missing values go with what is not in the set, and the set goes left: ours can say no other.
        Test::OneOf(_) if missing_yes => unsupported("a split by category that missing values pass"),
        Test::OneOf(set) if *set < sets.len() => Ok(Node::by_set(left, feature, sets.start + set, false)),
        Test::OneOf(set) => unsound(format!("set {set} of categories is not there")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump(yes: usize, no: usize) -> Vec<Place> {
        let test = Test::AtMost(1.0);
        let split = Place::Split { feature: 0, test, yes, no, missing_yes: true, gain: 4.0 };
        vec![split, Place::Leaf { value: 2.0, rows: 30 }, Place::Leaf { value: 3.0, rows: 10 }]
    }

    #[test]
    fn a_tree_answers_as_it_was() {
        let mut gather = Gather::new(2, vec![0.5], Link::Identity).expect("narrow");
        gather.add(0, &stump(1, 2), vec![]).expect("a tree");
        gather.add(0, &[Place::Leaf { value: 10.0, rows: 1 }], vec![]).expect("a leaf");
        let trees = gather.finish();
        assert!(trees.is_sound());
        let rows = crate::matrix::Matrix::new(vec![1.0, 0.0, 1.1, 0.0, f32::NAN, 0.0], 2);
        let mut out = vec![0.0; 3];
        trees.predict(&rows, &mut out);
        assert_eq!(out, [12.5, 13.5, 12.5]);
        assert_eq!((&trees.covers[..], &trees.gain[..]), (&[40, 30, 10, 1][..], &[4.0, 0.0][..]));
        assert_eq!(trees.expected(), [12.75]);
    }

    #[test]
    fn more_rows_than_can_be_counted_count_alike() {
        let mut gather = Gather::new(1, vec![0.0], Link::Identity).expect("narrow");
        let mut places = stump(1, 2);
        for place in &mut places {
            if let Place::Leaf { rows, .. } = place {
                *rows = u32::MAX;
            }
        }
        gather.add(0, &places, vec![]).expect("a tree");
        assert_eq!(gather.finish().covers, [2, 1, 1]);
    }

    #[test]
    fn loops_and_shared_children_are_refused() {
        for (yes, no) in [(0, 1), (1, 1), (1, 3), (usize::MAX, 1)] {
            let mut gather = Gather::new(1, vec![0.0], Link::Identity).expect("narrow");
            assert!(gather.add(0, &stump(yes, no), vec![]).is_err(), "{yes} {no}");
        }
    }
}
