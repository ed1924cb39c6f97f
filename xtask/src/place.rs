//! Where things lie: the checkout, the web folder, the cache that outlives a checkout.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout's root.
pub fn root() -> PathBuf {
    // Cargo sets it at run time too; the built-in value would be another checkout's where the target
    // folder is shared.
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().expect("xtask lies in the checkout").to_path_buf()
}

/// The web UI's folder.
pub fn web() -> PathBuf {
    root().join("web")
}

/// What outlives a checkout: `${XDG_CACHE_HOME:-~/.cache}/vakhta`.
pub fn cache() -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir()
            .context("neither XDG_CACHE_HOME nor HOME is set: set one of them")?
            .join(".cache"),
    };
    Ok(base.join("vakhta"))
}

/// The environment that asks for the habits of a CI machine.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// A command of cargo in the checkout. In CI its target folder outlives the checkout, unless one is set.
pub fn cargo() -> Result<Command> {
    let mut command = crate::process::cargo();
    command.current_dir(root());
    if in_ci() && std::env::var_os("CARGO_TARGET_DIR").is_none() {
        command.env("CARGO_TARGET_DIR", cache()?.join("target"));
    }
    Ok(command)
}

/// Where cargo puts what it builds.
pub fn target() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Ok(root().join(folder)),
        None if in_ci() => Ok(cache()?.join("target")),
        None => Ok(root().join("target")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
        assert!(root().join("xtask/Cargo.toml").is_file());
    }
}
