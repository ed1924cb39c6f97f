//! `vakhta demo`: a server with real data, a trained forecast and a past, in one command.
//!
//! It lives in a folder of its own and heeds no configuration file, so that it can never load its example
//! into somebody's real installation.

mod past;

use super::serve::{first_sign_in, runtime};
use crate::config::layers::Layers;
use crate::config::{self, Config};
use crate::exit::{Exit, Failure, Result};
use crate::logs;
use crate::output::{GOOD, Out, QUIET, STRONG, numbers, styled};
use crate::wiring::{self, Running};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::ports::Clock as _;
use vakhta_domain::report::Report;
use vakhta_domain::spec::parse_yaml;
use vakhta_domain::version::ModelVersion;

static DATA: &[u8] = include_bytes!("../../../../../examples/visits_by_branch.parquet");
static SPEC: &str = include_str!("../../../../../examples/visits_by_branch.yaml");
const KEY: &str = "visits_by_branch";
/// The variables that the demo heeds: who signs in and from where, and how much of the machine it may use.
const HEEDED: [&str; 8] = [
    "VAKHTA_ADMIN_USERNAME",
    "VAKHTA_ADMIN_PASSWORD",
    "VAKHTA_HOST",
    "VAKHTA_ALLOW_PLAIN_HTTP",
    "VAKHTA_TRUSTED_PROXIES",
    "VAKHTA_THREADS",
    "VAKHTA_LOG_LEVEL",
    "VAKHTA_LOG_FORMAT",
];

/// Runs a server with real data, a trained forecast and a past.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The rows are real and end in September 2016. Their last days are lived through as a server would have \
done: rows come, forecasts are asked for and meet what happened, versions are trained and compared. The clock of the demo \
then stands on the morning after.

A second run goes on with what is there. Ctrl-C stops it."
)]
pub struct Args {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8085, value_name = "N")]
    port: u16,
    /// Folder for its data.
    #[arg(long, default_value = "vakhta-demo", value_name = "PATH")]
    data_dir: PathBuf,
    /// Days that are lived through before it serves.
    #[arg(long, default_value_t = 42, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=730))]
    days: u32,
    /// Delete an earlier demo's folder first.
    #[arg(long)]
    fresh: bool,
}

/// Runs the command until it is asked to stop.
pub fn run(args: &Args, out: Out) -> Result<()> {
    let mut variables = config::variables();
    variables.retain(|name, _| HEEDED.contains(&name.as_str()));
    variables.entry("VAKHTA_LOG_LEVEL".into()).or_insert_with(|| "warn".into());
    let flags = [("data_dir", args.data_dir.display().to_string()), ("port", args.port.to_string())];
    let (config, _) = config::load(&Layers { file: None, variables, flags: flags.into() })?;
    let _logging = logs::start(&config)?;
    let lived = past::prepare(&config.data_dir, args.fresh, out)?;
    runtime()?.block_on(async {
        let clock = match lived {
            Some(clock) => clock,
            None => {
                let spec = parse_yaml(SPEC)?.remove(0);
                Box::pin(past::live(&config.data_dir, (DATA, spec), args.days, config.threads, out)).await?
            }
        };
        let mut running = wiring::start_at(&config, Arc::new(clock)).await?;
        let version = champion(&running).await?;
        announce(&running, &config, &version, out);
        out.note(format!("its clock stands on {}, where its rows end", clock.now().strftime("%-d %B %Y")));
        let asked = running.until_asked().await;
        out.note("stopping");
        running.stop().await?;
        asked
    })
}

async fn champion(running: &Running) -> Result<ModelVersion> {
    let ports = &running.app.ports;
    let (workspace, key) = (WorkspaceId::default_workspace(), ModelKey::new(KEY));
    let model = ports.models.model(&workspace, &key).await?;
    let version = match model.and_then(|model| model.champion) {
        Some(id) => ports.versions.version(&workspace, &key, id.as_str()).await?,
        None => None,
    };
    version.ok_or_else(|| {
        Failure::new(Exit::Failed, format!("no version of {KEY} serves; `--fresh` begins anew"))
    })
}

fn announce(running: &Running, config: &Config, version: &ModelVersion, out: Out) {
    let url = running.url().unwrap_or_default();
    let report = version.report.as_ref().and_then(Report::forecast);
    if out.is_json() {
        let first = running.first_sign_in.as_ref().map(|f| json!({"username": f.username, "file": f.file}));
        out.json(&json!({
            "ready": true, "url": url, "data_dir": config.data_dir, "model": KEY, "version": version.id,
            "metrics": report.map(|r| &r.overall), "first_sign_in": first,
        }));
    } else {
        out.line("");
        out.line(format!("{} {}", styled(GOOD, "Vakhta is ready:"), styled(STRONG, format!("{url}/ui/"))));
        if let Some(report) = report {
            let percent = |m: &vakhta_domain::report::Metrics| numbers::maybe(m.wape, 2);
            out.line(format!(
                "{KEY} {}: WAPE {}%, seasonal naive {}%, weekday mean {}%",
                version.id,
                percent(&report.overall),
                percent(&report.seasonal_naive),
                percent(&report.weekday_mean)
            ));
        }
        out.line(format!("data in {}", config.data_dir.display()));
    }
    first_sign_in(running, out);
    out.note(styled(QUIET, "Ctrl-C stops it"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_spec_is_right_and_trainable() {
        let specs = parse_yaml(SPEC).expect("the example is right");
        assert_eq!((specs.len(), specs[0].model_key.as_str()), (1, KEY));
        assert_eq!(vakhta_domain::spec::check::untrainable(&specs[0]), None);
        assert!(vakhta_domain::spec::check::notices(&specs[0]).is_empty());
    }
}
