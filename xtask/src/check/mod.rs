//! `cargo xtask check`: everything that can be said of the code without running it.

pub mod sources;
mod words;

use crate::steps::{self, Step};
use crate::{check_deps, licences, place, prepare, process, web};
use anyhow::Result;
use std::process::ExitCode;

/// The steps, the quick ones first.
pub const STEPS: &[Step] = &[
    Step { name: "format", needs: &[], run: format },
    Step { name: "check-deps", needs: &[], run: check_deps::run },
    Step { name: "licences", needs: &[], run: licences::run },
    Step { name: "sources", needs: &[], run: sources::run },
    Step { name: "web lint", needs: &["prepare"], run: || web::script("lint") },
    Step { name: "web types", needs: &["prepare"], run: || web::script("check") },
    Step { name: "clippy", needs: &[], run: clippy },
    // After it: both would wait for cargo's lock.
    Step { name: "clippy with cuda", needs: &["clippy"], run: clippy_cuda },
];

/// Runs them all.
pub fn run() -> ExitCode {
    let mut steps = vec![Step { name: "prepare", needs: &[], run: prepare::for_web }];
    steps.extend(STEPS.iter().copied());
    steps::run(&steps)
}

fn format() -> Result<String> {
    process::run(place::cargo()?.args(["fmt", "--all", "--check"]))?;
    Ok(String::new())
}

fn clippy() -> Result<String> {
    process::run(place::cargo()?.args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(String::new())
}

/// The feature that is off otherwise: what it adds is in one crate, and needs neither a GPU nor NVIDIA's libraries.
fn clippy_cuda() -> Result<String> {
    let gpu = ["-p", "vakhta-ml", "--features", "cuda", "--lib", "--bench", "gpu"];
    process::run(place::cargo()?.args(["clippy", "--locked"]).args(gpu).args(["--", "-D", "warnings"]))?;
    Ok(String::new())
}
