//! `vakhta version`.

use crate::output::Out;
use crate::wiring::CODE_VERSION;
use serde_json::json;

/// Shows the version.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_args: &Args, out: Out) {
    if out.is_json() {
        out.json(
            &json!({"version": CODE_VERSION, "os": std::env::consts::OS, "arch": std::env::consts::ARCH}),
        );
    } else {
        out.line(format!("vakhta {CODE_VERSION} ({} {})", std::env::consts::OS, std::env::consts::ARCH));
    }
}
