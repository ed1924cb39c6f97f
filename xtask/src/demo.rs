//! `cargo xtask demo`: from a checkout to a running server with real data in it.

use crate::process::{self, say};
use crate::steps::seconds;
use crate::{place, prepare, web};
use anyhow::{Context, Result};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// Builds web and server in release and becomes `vakhta demo`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    // Before anything slow: a machine without Node should hear it at once.
    prepare::node()?;
    let started = Instant::now();
    let mut fetch = place::cargo()?;
    fetch.args(["fetch", "--locked", "--quiet", "--target", "host-tuple"]).stdin(Stdio::null());
    // The crates come over the network while the web is built; cargo says what went wrong when it builds.
    let mut fetching = fetch.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("starting cargo")?;
    let web = phase("web UI", web::build);
    fetching.wait().context("waiting for cargo fetch")?;
    web?;
    // Without SQL: its engine is most of a first build, and the demo asks nothing in SQL.
    phase("server, release", || {
        let build = ["build", "--locked", "--release", "--package", "vakhta-server", "--no-default-features"];
        process::run(place::cargo()?.args(build))
    })?;
    say(&format!("built in {}; starting", seconds(started.elapsed())));
    let program = place::target()?.join("release").join(format!("vakhta{}", std::env::consts::EXE_SUFFIX));
    process::become_program(Command::new(program).arg("demo").args(arguments))
}

fn phase<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let done = work().with_context(|| format!("{name} could not be built"))?;
    say(&format!("{name}: {}", seconds(started.elapsed())));
    Ok(done)
}
