//! `vakhta migrate`.

use super::settings::Settings;
use crate::exit::Result;
use crate::output::{GOOD, Out, styled};
use crate::wiring;
use serde_json::json;

/// Brings the database to this version's schema.
#[derive(Debug, clap::Args)]
#[command(after_help = "`vakhta serve` does the same at its start; use this to do it beforehand.")]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let (config, _) = args.settings.load(out)?;
    wiring::make_data_dir(&config.data_dir)?;
    let report = vakhta_store::migrate(&wiring::store_config(&config)).await?;
    if out.is_json() {
        out.json(&json!({"schema": report.version, "applied": report.applied}));
    } else if report.applied.is_empty() {
        out.line(format!("the schema is at {}, nothing to do", report.version));
    } else {
        out.line(format!("{} to schema {}", styled(GOOD, "migrated"), report.version));
        for name in &report.applied {
            out.line(format!("  {name}"));
        }
    }
    Ok(())
}
