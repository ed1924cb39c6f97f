//! `cargo xtask bench NAME`: runs `bench/run.sh NAME`; the names and what they measure are in bench/README.md.

use crate::place;
use crate::process::{self, say};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Runs one benchmark, or lists them.
pub fn run(name: Option<&str>, arguments: &[String]) -> Result<()> {
    let folder = place::root().join("bench");
    let list = folder.join("README.md");
    let text = std::fs::read_to_string(&list).with_context(|| format!("reading {}", list.display()))?;
    let known = benchmarks(&text);
    let Some(name) = name else {
        for (name, what) in known {
            say(&format!("{name:16} {what}"));
        }
        return Ok(());
    };
    if !known.iter().any(|(known, _)| *known == name) {
        let names: Vec<&str> = known.into_iter().map(|(name, _)| name).collect();
        bail!("no benchmark `{name}`; there are: {}", names.join(", "));
    }
    process::run(Command::new(folder.join("run.sh")).current_dir(place::root()).arg(name).args(arguments))
}

/// Names and purposes, from the table's lines: `` | `upload` | rows a second | ``.
fn benchmarks(readme: &str) -> Vec<(&str, &str)> {
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(name, what)| (name, what.trim_end_matches(['|', ' ']))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let readme =
            "# Benches\n\n| name | what |\n|---|---|\n| `upload` | rows a second |\n| `startup` | memory |\n";
        assert_eq!(benchmarks(readme), [("upload", "rows a second"), ("startup", "memory")]);
    }

    #[test]
    fn every_name_has_a_script_and_every_script_a_name() {
        let folder = place::root().join("bench");
        let readme = std::fs::read_to_string(folder.join("README.md")).expect("it is there");
        let known = benchmarks(&readme);
        assert!(!known.is_empty());
        for (name, _) in &known {
            assert!(folder.join(name).join("run.sh").is_file(), "bench/{name}/run.sh is not there");
        }
        let scripts = std::fs::read_dir(&folder).expect("it is there").filter_map(Result::ok);
        assert_eq!(scripts.filter(|entry| entry.path().join("run.sh").is_file()).count(), known.len());
    }
}
