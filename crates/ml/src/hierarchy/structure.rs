//! Which bottoms make up each node.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One node: a sum of bottoms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// The values of its level's columns; empty for the total.
    pub key: Vec<String>,
    /// The places of its bottoms, ascending.
    pub members: Vec<u32>,
}

/// One level: every bottom lies in exactly one of its nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The columns that tell its nodes apart; empty for the total.
    pub columns: Vec<String>,
    /// Its nodes, by key.
    pub nodes: Vec<Node>,
}

/// All levels above the bottoms, the total first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// The levels.
    pub levels: Vec<Level>,
    /// How many bottoms there are.
    pub bottoms: usize,
}

impl Hierarchy {
    /// The levels that columns make. `strict` names columns of a strict hierarchy, finest first: a node is told
    /// apart by its column and all coarser ones. `grouped` names the columns of each further level. The total is
    /// implied. `label` gives the value of a column at a bottom. Levels that repeat another one or the bottoms
    /// themselves are left out.
    pub fn of(
        bottoms: usize,
        strict: &[String],
        grouped: &[Vec<String>],
        label: impl Fn(usize, &str) -> String,
    ) -> Self {
        let coarse_to_fine: Vec<String> = strict.iter().rev().cloned().collect();
        let mut wanted: Vec<Vec<String>> = vec![Vec::new()];
        wanted.extend((1..=coarse_to_fine.len()).map(|n| coarse_to_fine[..n].to_vec()));
        wanted.extend(grouped.iter().cloned());
        let mut levels = Vec::new();
        let mut partitions = BTreeSet::new();
        for columns in wanted {
            let mut nodes: BTreeMap<Vec<String>, Vec<u32>> = BTreeMap::new();
            for bottom in 0..bottoms {
                let key = columns.iter().map(|column| label(bottom, column)).collect();
                nodes.entry(key).or_default().push(bottom as u32);
            }
            let mut partition: Vec<Vec<u32>> = nodes.values().cloned().collect();
            partition.sort_unstable();
            if nodes.len() < bottoms && partitions.insert(partition) {
                let nodes = nodes.into_iter().map(|(key, members)| Node { key, members }).collect();
                levels.push(Level { columns, nodes });
            }
        }
        Self { levels, bottoms }
    }

    /// All nodes, level by level.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.levels.iter().flat_map(|level| &level.nodes)
    }

    /// How many nodes there are.
    pub fn count(&self) -> usize {
        self.levels.iter().map(|level| level.nodes.len()).sum()
    }

    /// The sums of bottoms, in the order of [`Hierarchy::nodes`].
    pub fn sums(&self, bottoms: &[f64]) -> Vec<f64> {
        self.nodes().map(|node| node.members.iter().map(|&b| bottoms[b as usize]).sum()).collect()
    }

    /// For each bottom the nodes that it belongs to, ascending.
    pub fn memberships(&self) -> Vec<Vec<u32>> {
        let mut of_bottom = vec![Vec::with_capacity(self.levels.len()); self.bottoms];
        for (at, node) in self.nodes().enumerate() {
            for &bottom in &node.members {
                of_bottom[bottom as usize].push(at as u32);
            }
        }
        of_bottom
    }
}
