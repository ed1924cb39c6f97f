//! What is checked of the sources as text: their size, words that do not belong, where lock files point.

use super::words;
use crate::{place, process};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The most lines a file that people read may have.
const MOST_LINES: usize = 500;
/// Files made by a program; nobody reads them.
const GENERATED: &[&str] = &["web/src/lib/api/schema.d.ts"];
/// The only registries that a lock file may point to.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// Checks every file that git knows or would take.
pub fn run() -> Result<String> {
    let root = place::root();
    let mut command = Command::new("git");
    // Reading the list is safe in a checkout that another user made.
    command.current_dir(&root).args([
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed =
        process::output(&mut command).context("listing the sources: this needs git and a checkout")?;
    let mut wrong = Vec::new();
    let mut checked = 0;
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        let file = root.join(path);
        // A file deleted and not yet committed is still listed.
        if !is_text(path) || !file.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {path}"))?;
        checked += 1;
        wrong.extend(findings(path, &text));
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(format!("{checked} files"))
}

fn is_text(path: &str) -> bool {
    matches!(extension(path), "rs" | "ts" | "svelte" | "js" | "mjs" | "sql") || is_lock(path)
}

/// What a file's name ends with; empty where there is nothing.
pub fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or("")
}

fn is_lock(path: &str) -> bool {
    path == "Cargo.lock" || path.ends_with("/Cargo.lock") || path.ends_with("package-lock.json")
}

/// Everything wrong with one file, a line each.
fn findings(path: &str, text: &str) -> Vec<String> {
    if GENERATED.contains(&path) {
        return Vec::new();
    }
    if is_lock(path) {
        return if extension(path) == "json" { npm_addresses(path, text) } else { crate_sources(path, text) };
    }
    let mut found = words::findings(path, text);
    let lines = text.lines().count();
    if lines > MOST_LINES {
        found.push(format!(
            "{path} has {lines} lines, at most {MOST_LINES} are taken: split it by what it does"
        ));
    }
    found
}

fn crate_sources(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if let Some(source) = line.strip_prefix("source = ")
            && source.trim_matches('"') != CRATES
        {
            found.push(format!("{path}:{} points to {source}; only crates.io is taken", i + 1));
        }
    }
    found
}

fn npm_addresses(path: &str, text: &str) -> Vec<String> {
    let lock: Value = match serde_json::from_str(text) {
        Ok(lock) => lock,
        Err(error) => return vec![format!("{path} is no JSON: {error}")],
    };
    let mut found = Vec::new();
    for (name, entry) in lock["packages"].as_object().into_iter().flatten() {
        if let Some(address) = entry["resolved"].as_str()
            && !address.starts_with(NPM)
            && entry["link"] != true
        {
            found.push(format!("{path}: {name} points to {address}; only {NPM} is taken"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_file_is_bounded() {
        let cases = [("a.rs", 500, true), ("a.rs", 501, false), ("web/src/a.svelte", 501, false)];
        for (path, lines, fine) in cases {
            let found = findings(path, &"x\n".repeat(lines));
            assert_eq!(found.is_empty(), fine, "{path} with {lines} lines: {found:?}");
        }
        assert_eq!(findings(GENERATED[0], &"x\n".repeat(9000)), Vec::<String>::new());
    }

    #[test]
    fn a_crate_of_another_registry_or_of_git_is_found() {
        let lock = format!(
            "[[package]]\nsource = \"{CRATES}\"\n[[package]]\nsource = \"git+https://example.org/x#1\"\n"
        );
        let found = findings("Cargo.lock", &lock);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("Cargo.lock:4 points to \"git+https://example.org/x#1\""), "{found:?}");
        let other = lock.replace("github.com/rust-lang", "mirror.example");
        assert_eq!(findings("Cargo.lock", &other).len(), 2);
    }

    #[test]
    fn an_npm_package_of_another_registry_is_found() {
        let lock = r#"{"packages": {
            "": {},
            "node_modules/a": {"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz"},
            "node_modules/b": {"version": "1.0.0"},
            "node_modules/c": {"resolved": "https://npm.example.org/c.tgz"},
            "node_modules/d": {"resolved": "packages/d", "link": true}
        }}"#;
        let found = findings("web/package-lock.json", lock);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("node_modules/c points to https://npm.example.org/c.tgz"), "{found:?}");
    }

    #[test]
    fn a_broken_lock_file_is_found() {
        assert_eq!(findings("web/package-lock.json", "{").len(), 1);
    }
}
