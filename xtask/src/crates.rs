//! What cargo knows of the workspace and of everything it is built from.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// The machines that Vakhta is built for; licences and dependency rules are checked for these.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// The whole dependency graph, tests and build scripts too, exactly as locked.
pub fn metadata() -> Result<Metadata> {
    let mut options = vec!["--locked".to_owned()];
    for target in TARGETS {
        options.push("--filter-platform".into());
        options.push(target.into());
    }
    MetadataCommand::new()
        .manifest_path(crate::place::root().join("Cargo.toml"))
        .other_options(options)
        .exec()
        .context("`cargo metadata --locked` failed: is Cargo.lock up to date?")
}

/// One crate of the workspace and what ends up in it, tests and build scripts aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The workspace's crates it depends on directly.
    pub ours: BTreeSet<String>,
    /// Every crate of others that it depends on, directly or through others.
    pub others: BTreeSet<String>,
}

/// The workspace's crates by name.
pub fn members(metadata: &Metadata) -> Result<Vec<Member>> {
    let resolve = metadata.resolve.as_ref().context("cargo gave no dependency graph")?;
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut normal: BTreeMap<&PackageId, Vec<&PackageId>> = BTreeMap::new();
    for node in &resolve.nodes {
        let kept = node
            .deps
            .iter()
            .filter(|dep| dep.dep_kinds.iter().any(|info| matches!(info.kind, DependencyKind::Normal)));
        normal.insert(&node.id, kept.map(|dep| &dep.pkg).collect());
    }
    let ours: BTreeSet<&PackageId> = metadata.workspace_members.iter().collect();
    let mut members = Vec::new();
    for &id in &ours {
        let direct = &normal[id];
        let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
        let mut open: Vec<&PackageId> = direct.clone();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(&normal[next]);
            }
        }
        members.push(Member {
            name: names[id].to_owned(),
            ours: direct.iter().filter(|d| ours.contains(*d)).map(|d| names[d].to_owned()).collect(),
            others: seen.iter().filter(|d| !ours.contains(*d)).map(|d| names[d].to_owned()).collect(),
        });
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}
