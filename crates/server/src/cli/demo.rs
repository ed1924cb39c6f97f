//! `vakhta demo`: a server with real data and a trained forecast, in one command.
//!
//! It lives in a folder of its own and heeds no configuration file, so that it can never load its example
//! into somebody's real installation.

use super::serve::{first_sign_in, log, runtime};
use crate::config::layers::Layers;
use crate::config::{self, Config};
use crate::exit::{Exit, Failure, Result};
use crate::output::progress::Bar;
use crate::output::{GOOD, Out, QUIET, STRONG, numbers, styled};
use crate::wiring::{self, Running};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::{DatasetKey, JobId, ModelKey, WorkspaceId};
use vakhta_domain::job::JobState;
use vakhta_domain::report::Report;
use vakhta_domain::spec::parse_yaml;
use vakhta_domain::user::Actor;
use vakhta_domain::version::ModelVersion;
use vakhta_lifecycle::training::{TrainError, TrainRequest};
use vakhta_lifecycle::upload::Upload;
use vakhta_lifecycle::{Lifecycle, models, training, upload};

static DATA: &[u8] = include_bytes!("../../../../examples/visits_by_branch.parquet");
static SPEC: &str = include_str!("../../../../examples/visits_by_branch.yaml");
const KEY: &str = "visits_by_branch";
/// Only a folder with this file in it is ever deleted by `--fresh`.
const MARKER: &str = ".vakhta-demo";
/// The variables that the demo heeds: who signs in, and how much of the machine it may use.
const HEEDED: [&str; 6] = [
    "VAKHTA_ADMIN_USERNAME",
    "VAKHTA_ADMIN_PASSWORD",
    "VAKHTA_HOST",
    "VAKHTA_THREADS",
    "VAKHTA_LOG_LEVEL",
    "VAKHTA_LOG_FORMAT",
];

/// Runs a server with real data and a trained forecast.
#[derive(Debug, clap::Args)]
#[command(after_help = "A second run goes on with what is there. Ctrl-C stops it.")]
pub struct Args {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8085, value_name = "N")]
    port: u16,
    /// Folder for its data.
    #[arg(long, default_value = "vakhta-demo", value_name = "PATH")]
    data_dir: PathBuf,
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
    log(&config)?;
    prepare_folder(&config.data_dir, args.fresh, out)?;
    runtime()?.block_on(async {
        let mut running = wiring::start(&config).await?;
        let app = running.app.clone();
        let ready = tokio::select! {
            ready = make_ready(&app, out) => Some(ready),
            asked = running.until_asked() => { asked?; None }
        };
        match ready {
            None => {
                out.note("stopping; the next run goes on from here");
                running.stop().await
            }
            Some(Err(failure)) => {
                running.stop().await?;
                Err(failure)
            }
            Some(Ok(version)) => {
                announce(&running, &config, &version, out);
                let asked = running.until_asked().await;
                out.note("stopping");
                running.stop().await?;
                asked
            }
        }
    })
}

fn prepare_folder(path: &Path, fresh: bool, out: Out) -> Result<()> {
    let marker = path.join(MARKER);
    let empty = match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => {
            return Err(Failure::new(Exit::Failed, format!("cannot look into {}: {error}", path.display())));
        }
    };
    if !empty && !marker.exists() {
        let text = format!("{} is not empty and no earlier demo made it", path.display());
        return Err(
            Failure::new(Exit::Failed, text).with_more(["choose another folder by --data-dir".to_owned()])
        );
    }
    if fresh && !empty {
        wiring::refuse_if_in_use(path)?;
        std::fs::remove_dir_all(path)?;
        out.note(format!("deleted the earlier demo in {}", path.display()));
    }
    wiring::make_data_dir(path)?;
    std::fs::write(&marker, "made by `vakhta demo`; `vakhta demo --fresh` deletes this folder\n")?;
    Ok(())
}

/// Loads, describes and trains whatever is not there yet.
async fn make_ready(app: &Arc<Lifecycle>, out: Out) -> Result<ModelVersion> {
    let actor = Actor::system(WorkspaceId::default_workspace());
    if app.ports.datasets.dataset(&actor.workspace, &DatasetKey::new(KEY)).await?.is_none() {
        let version = load(app, &actor).await?;
        out.note(format!("loaded dataset {KEY}: {} rows", numbers::count(version)));
    }
    let spec = parse_yaml(SPEC)?.remove(0);
    let model = ModelKey::new(KEY);
    if app.ports.models.model(&actor.workspace, &model).await?.is_none() {
        models::apply(app, &actor, spec).await?;
        out.note(format!("made model {KEY}"));
    }
    if let Some(version) = champion(app, &actor, &model).await? {
        return Ok(version);
    }
    let request = TrainRequest {
        model: model.clone(),
        dataset: None,
        spec: None,
        reason: Some("demo".into()),
        alias: None,
    };
    let job = match training::request(app, &actor, request).await {
        Ok(job) => job.id,
        // An earlier run was stopped in the middle of it.
        Err(TrainError::Running(job)) => job,
        Err(error) => return Err(error.into()),
    };
    follow(app, &actor, &job, out).await?;
    let version = champion(app, &actor, &model).await?;
    version.ok_or_else(|| Failure::new(Exit::Failed, "the training ended without a version that serves"))
}

async fn load(app: &Arc<Lifecycle>, actor: &Actor) -> Result<u64> {
    let spooled = app.settings.temp_dir.join(format!("{KEY}.parquet"));
    std::fs::write(&spooled, DATA)?;
    let wanted = Upload {
        key: KEY.into(),
        title: Some("Visits by branch".into()),
        file_name: format!("{KEY}.parquet"),
        spooled: spooled.clone(),
        options: ReadOptions::default(),
    };
    let loaded = upload::upload(app, actor, wanted).await;
    std::fs::remove_file(&spooled)?;
    Ok(loaded?.rows)
}

async fn champion(app: &Lifecycle, actor: &Actor, key: &ModelKey) -> Result<Option<ModelVersion>> {
    let model = app.ports.models.model(&actor.workspace, key).await?;
    match model.and_then(|m| m.champion) {
        Some(id) => Ok(app.ports.versions.version(&actor.workspace, key, id.as_str()).await?),
        None => Ok(None),
    }
}

async fn follow(app: &Lifecycle, actor: &Actor, id: &JobId, out: Out) -> Result<()> {
    let bar = Bar::new(out, "training");
    let mut changes = app.signals.changed();
    loop {
        let job = app.ports.jobs.job(&actor.workspace, id).await?;
        let job = job.ok_or_else(|| Failure::new(Exit::Failed, format!("job {id} is gone")))?;
        match job.state {
            JobState::Completed => return Ok(()),
            JobState::Failed => {
                let why = job.error.unwrap_or_default();
                return Err(Failure::new(Exit::Failed, format!("the training failed: {why}")));
            }
            JobState::Cancelled => return Err(Failure::new(Exit::Failed, "the training was cancelled")),
            JobState::Queued => bar.at("queued", 0.0, None),
            JobState::Running => {
                let share = f64::from(job.progress_ppm) / 1e6;
                bar.at(
                    job.stage.as_deref().unwrap_or("starting"),
                    share,
                    job.eta_seconds(app.ports.clock.now()),
                );
            }
        }
        tokio::select! {
            _ = changes.changed() => tokio::time::sleep(Duration::from_millis(100)).await,
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
    }
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

    #[test]
    fn only_a_folder_of_its_own_is_deleted() {
        let out = Out::new(true);
        let home = tempfile::tempdir().expect("a folder");
        let foreign = home.path().join("mine");
        std::fs::create_dir(&foreign).expect("made");
        std::fs::write(foreign.join("thesis.txt"), "years of work").expect("written");
        assert!(prepare_folder(&foreign, true, out).is_err());
        assert!(foreign.join("thesis.txt").exists());
        let own = home.path().join("demo");
        prepare_folder(&own, false, out).expect("made");
        std::fs::write(own.join("old"), "x").expect("written");
        prepare_folder(&own, false, out).expect("reused");
        assert!(own.join("old").exists());
        prepare_folder(&own, true, out).expect("made anew");
        assert!(!own.join("old").exists() && own.join(MARKER).exists());
    }
}
