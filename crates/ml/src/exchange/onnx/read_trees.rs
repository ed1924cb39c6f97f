//! `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of ai.onnx.ml into trees.

use super::super::shape::{Gather, Place, Test};
use super::super::{ExchangeError, unsound, unsupported};
use super::graph::Node;
use super::read::brief;
use crate::trees::{Ensemble, Link, set_of};
use std::collections::HashMap;

/// The most outputs that are believed before anything is taken for them.
const MOST_OUTPUTS: usize = 65_535;
/// The largest category that a split by equality may name.
const LARGEST_CATEGORY: f64 = 65_535.0;

/// The trees of a node for rows of `width` numbers, where that is known, and the labels of its classes.
pub(super) fn read(node: &Node<'_>, width: Option<usize>) -> Result<(Ensemble, Vec<String>), ExchangeError> {
    let prefix = match node.operator {
        "TreeEnsembleClassifier" => "class",
        "TreeEnsembleRegressor" => "target",
        other => return unsupported(format!("operator `{}`", brief(other))),
    };
    let labels = labels(node);
    let leaves = Leaves::read(node, prefix)?;
    let declared = if prefix == "class" { labels.len() } else { outputs_of(node.int("n_targets", 1))? };
    // Two classes may have one score: that of the second.
    let single = prefix == "class" && declared == 2 && leaves.highest_output() == 0;
    let outputs = if single { 1 } else { declared };
    if outputs == 0 || outputs > MOST_OUTPUTS || leaves.highest_output() >= outputs {
        return unsound(format!("leaves add to output {} of {outputs}", leaves.highest_output()));
    }
    let link = match (node.text("post_transform").unwrap_or("NONE"), prefix) {
        ("NONE", "class") if single => return unsupported("two classes with one score that is no log-odds"),
        ("NONE", _) => Link::Identity,
        ("LOGISTIC", _) if outputs == 1 => Link::Logistic,
        ("SOFTMAX", _) if outputs > 1 => Link::Softmax,
        (other, _) => return unsupported(format!("post_transform `{}` of {outputs} scores", brief(other))),
    };
    let base = node.floats("base_values");
    let base = if base.is_empty() { vec![0.0; outputs] } else { base.to_vec() };
    if base.len() != outputs {
        return unsound(format!("{} base values for {outputs} outputs", base.len()));
    }
    let splits = Splits::read(node)?;
    let share = match node.text("aggregate_function").unwrap_or("SUM") {
        "SUM" => 1.0,
        "AVERAGE" => 1.0 / splits.trees.len().max(1) as f64,
        other => return unsupported(format!("aggregate_function `{}`", brief(other))),
    };
    let mut gather = Gather::new(width.unwrap_or(splits.width), base, link)?;
    let mut budget = 4 * (splits.ids.len() + leaves.count) + 1024;
    for tree in &splits.trees {
        splits.add(tree, &leaves, outputs, share, &mut budget, &mut gather)?;
    }
    Ok((gather.finish(), labels))
}

fn outputs_of(targets: i64) -> Result<usize, ExchangeError> {
    usize::try_from(targets).or_else(|_| unsound(format!("{targets} targets")))
}

fn labels(node: &Node<'_>) -> Vec<String> {
    let texts = node.texts("classlabels_strings").iter().map(|&text| text.to_owned());
    texts.chain(node.ints("classlabels_int64s").iter().map(i64::to_string)).collect()
}

/// What leaves add, by tree and node.
struct Leaves {
    by_node: HashMap<(i64, i64), Vec<(usize, f64)>>,
    /// How many additions there are.
    count: usize,
}

impl Leaves {
    fn read(node: &Node<'_>, prefix: &str) -> Result<Self, ExchangeError> {
        let column = |name: &str| node.ints(&format!("{prefix}_{name}"));
        let (trees, nodes, ids) = (column("treeids"), column("nodeids"), column("ids"));
        let weights = node.floats(&format!("{prefix}_weights"));
        if [nodes.len(), ids.len(), weights.len()] != [trees.len(); 3] {
            return unsound("the lists of leaves differ in length");
        }
        let mut leaves: HashMap<(i64, i64), Vec<(usize, f64)>> = HashMap::with_capacity(trees.len());
        for at in 0..trees.len() {
            let output = usize::try_from(ids[at]).or_else(|_| unsound(format!("output {}", ids[at])))?;
            leaves.entry((trees[at], nodes[at])).or_default().push((output, weights[at]));
        }
        Ok(Self { by_node: leaves, count: trees.len() })
    }

    fn highest_output(&self) -> usize {
        self.by_node.values().flatten().map(|(output, _)| *output).max().unwrap_or(0)
    }
}

/// The nodes of all trees.
struct Splits<'a> {
    width: usize,
    /// By tree, in order: its nodes as rows of the lists.
    trees: Vec<(i64, Vec<usize>)>,
    ids: &'a [i64],
    features: &'a [i64],
    values: &'a [f64],
    modes: &'a [&'a str],
    yes: &'a [i64],
    no: &'a [i64],
    missing_yes: &'a [i64],
}

impl<'a> Splits<'a> {
    fn read(node: &'a Node<'_>) -> Result<Self, ExchangeError> {
        let tree_of = node.ints("nodes_treeids");
        let mut trees: Vec<(i64, Vec<usize>)> = Vec::new();
        let mut places: HashMap<i64, usize> = HashMap::new();
        for (row, &tree) in tree_of.iter().enumerate() {
            let place = *places.entry(tree).or_insert(trees.len());
            if place == trees.len() {
                trees.push((tree, Vec::new()));
            }
            trees[place].1.push(row);
        }
        let splits = Self {
            width: 0,
            trees,
            ids: node.ints("nodes_nodeids"),
            features: node.ints("nodes_featureids"),
            values: node.floats("nodes_values"),
            modes: node.texts("nodes_modes"),
            yes: node.ints("nodes_truenodeids"),
            no: node.ints("nodes_falsenodeids"),
            missing_yes: node.ints("nodes_missing_value_tracks_true"),
        };
        let rows = tree_of.len();
        let lists = [splits.ids.len(), splits.features.len(), splits.yes.len(), splits.no.len()];
        if lists != [rows; 4]
            || [splits.values.len(), splits.modes.len()] != [rows; 2]
            || !(splits.missing_yes.is_empty() || splits.missing_yes.len() == rows)
        {
            return unsound("the lists of nodes differ in length");
        }
        let widest = splits.features.iter().copied().max().unwrap_or(0);
        let width = usize::try_from(widest).ok().and_then(|widest| widest.checked_add(1));
        Ok(Self { width: width.unwrap_or(usize::MAX), ..splits })
    }

    /// Adds a tree; one that adds to several outputs becomes one for each of them. `budget` bounds the nodes made
    /// in all by what the file holds: forests, whose leaves add to every output, stay within it.
    fn add(
        &self,
        (tree, rows): &(i64, Vec<usize>),
        leaves: &Leaves,
        outputs: usize,
        share: f64,
        budget: &mut usize,
        gather: &mut Gather,
    ) -> Result<(), ExchangeError> {
        let places: HashMap<i64, usize> =
            rows.iter().enumerate().map(|(place, &row)| (self.ids[row], place)).collect();
        if places.len() != rows.len() {
            return unsound(format!("tree {tree} has a node twice"));
        }
        let of_leaf = |row: usize| leaves.by_node.get(&(*tree, self.ids[row])).map_or(&[][..], Vec::as_slice);
        let is_leaf = |row: usize| self.modes[row] == "LEAF";
        let mut used: Vec<usize> =
            rows.iter().filter(|&&row| is_leaf(row)).flat_map(|&row| of_leaf(row)).map(|(o, _)| *o).collect();
        used.sort_unstable();
        used.dedup();
        let left = used.len().checked_mul(rows.len()).and_then(|nodes| budget.checked_sub(nodes));
        let Some(left) = left.filter(|_| used.iter().all(|output| *output < outputs)) else {
            return unsupported(format!("tree {tree}, whose leaves add to {} outputs", used.len()));
        };
        *budget = left;
        for output in used {
            let mut sets = Vec::new();
            let mut tree = Vec::with_capacity(rows.len());
            for &row in rows {
                let value =
                    || of_leaf(row).iter().filter(|(to, _)| *to == output).map(|(_, v)| v * share).sum();
                tree.push(if is_leaf(row) {
                    Place::Leaf { value: value(), rows: 1 }
                } else {
                    self.split(row, &places, &mut sets)?
                });
            }
            gather.add(output, &tree, sets)?;
        }
        Ok(())
    }

    fn split(
        &self,
        row: usize,
        places: &HashMap<i64, usize>,
        sets: &mut Vec<Vec<u32>>,
    ) -> Result<Place, ExchangeError> {
        let child = |id: i64| places.get(&id).copied().unwrap_or(usize::MAX);
        let feature = usize::try_from(self.features[row]).unwrap_or(usize::MAX);
        let missing_yes = self.missing_yes.get(row).is_some_and(|&side| side != 0);
        let (yes, no) = (child(self.yes[row]), child(self.no[row]));
        let value = self.values[row] as f32;
        // `a > t` is the other side of `a ≤ t`, `a ≥ t` that of `a < t`, which is `a ≤` the next number below.
        let (test, turned) = match self.modes[row] {
            "BRANCH_LEQ" => (Test::AtMost(value), false),
            "BRANCH_LT" => (Test::AtMost(value.next_down()), false),
            "BRANCH_GT" => (Test::AtMost(value), true),
            "BRANCH_GTE" => (Test::AtMost(value.next_down()), true),
            mode @ ("BRANCH_EQ" | "BRANCH_NEQ") => {
                let number = self.values[row];
                if !(0.0..=LARGEST_CATEGORY).contains(&number) || number.fract() != 0.0 {
                    return unsupported(format!("a split by equality with {number}, which is no category"));
                }
                sets.push(set_of(&[number as u32]));
                (Test::OneOf(sets.len() - 1), mode == "BRANCH_NEQ")
            }
            other => return unsupported(format!("a split of mode `{}`", brief(other))),
        };
        Ok(if turned {
            Place::Split { feature, test, yes: no, no: yes, missing_yes: !missing_yes, gain: 0.0 }
        } else {
            Place::Split { feature, test, yes, no, missing_yes, gain: 0.0 }
        })
    }
}
