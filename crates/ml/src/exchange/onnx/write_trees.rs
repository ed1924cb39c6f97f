//! Trees as `TreeEnsembleRegressor` of ai.onnx.ml, one target an output; the link is a step of its own.

use super::super::{ExchangeError, unsupported};
use super::build::{Build, Setting};
use crate::trees::Ensemble;

/// The sums of trees, before their link.
pub(super) fn write_trees(build: &mut Build, trees: &Ensemble) -> Result<String, ExchangeError> {
    if trees.nodes.iter().any(|node| node.by_category) {
        return unsupported("splits by category");
    }
    let mut lists = Lists::default();
    for (tree, shape) in trees.trees.iter().enumerate() {
        lists.add(tree as i64, trees, shape.root as usize, i64::from(shape.output));
    }
    let base: Vec<f32> = trees.base.iter().map(|&base| base as f32).collect();
    let modes: Vec<&str> = lists.modes.clone();
    let settings = [
        ("n_targets", Setting::Int(trees.outputs() as i64)),
        ("base_values", Setting::Floats(&base)),
        ("aggregate_function", Setting::Text("SUM")),
        ("post_transform", Setting::Text("NONE")),
        ("nodes_treeids", Setting::Ints(&lists.trees)),
        ("nodes_nodeids", Setting::Ints(&lists.ids)),
        ("nodes_featureids", Setting::Ints(&lists.features)),
        ("nodes_values", Setting::Floats(&lists.values)),
        ("nodes_modes", Setting::Texts(&modes)),
        ("nodes_truenodeids", Setting::Ints(&lists.yes)),
        ("nodes_falsenodeids", Setting::Ints(&lists.no)),
        ("nodes_missing_value_tracks_true", Setting::Ints(&lists.missing_yes)),
        ("target_treeids", Setting::Ints(&lists.leaf_trees)),
        ("target_nodeids", Setting::Ints(&lists.leaf_ids)),
        ("target_ids", Setting::Ints(&lists.leaf_outputs)),
        ("target_weights", Setting::Floats(&lists.leaf_values)),
    ];
    Ok(build.node_of("ai.onnx.ml", "TreeEnsembleRegressor", &["X"], &settings))
}

/// Trees as the lists that ONNX wants.
#[derive(Default)]
struct Lists {
    trees: Vec<i64>,
    ids: Vec<i64>,
    features: Vec<i64>,
    values: Vec<f32>,
    modes: Vec<&'static str>,
    yes: Vec<i64>,
    no: Vec<i64>,
    missing_yes: Vec<i64>,
    leaf_trees: Vec<i64>,
    leaf_ids: Vec<i64>,
    leaf_outputs: Vec<i64>,
    leaf_values: Vec<f32>,
}

impl Lists {
    /// Adds a tree; its nodes are numbered from its root.
    fn add(&mut self, tree: i64, of: &Ensemble, root: usize, output: i64) {
        let mut waiting = vec![root];
        while let Some(at) = waiting.pop() {
            let node = &of.nodes[at];
            let left = node.left as usize;
            let is_leaf = left == at;
            let id = |place: usize| (place - root) as i64;
            self.trees.push(tree);
            self.ids.push(id(at));
            self.features.push(i64::from(node.feature));
            self.modes.push(if is_leaf { "LEAF" } else { "BRANCH_LEQ" });
            self.values.push(if is_leaf { 0.0 } else { node.threshold });
            self.yes.push(if is_leaf { 0 } else { id(left) });
            self.no.push(if is_leaf { 0 } else { id(left + 1) });
            self.missing_yes.push(i64::from(!is_leaf && node.missing_left));
            if is_leaf {
                self.leaf_trees.push(tree);
                self.leaf_ids.push(id(at));
                self.leaf_outputs.push(output);
                self.leaf_values.push(node.value);
            } else {
                waiting.extend([left + 1, left]);
            }
        }
    }
}
