//! `cargo xtask openapi`: the contract made anew from the code, and the web's types from the contract.

use crate::{place, process, web};
use anyhow::Result;

/// Rewrites `crates/http/openapi.json` and `web/src/lib/api/schema.d.ts`.
pub fn run() -> Result<()> {
    web::packages()?;
    let mut test = place::cargo()?;
    test.args(["test", "--package", "vakhta-http", "openapi"]);
    process::run(test.env("VAKHTA_UPDATE_SNAPSHOTS", "1"))?;
    web::script("generate")?;
    process::say("look at the changes with `git diff` before you commit them");
    Ok(())
}
