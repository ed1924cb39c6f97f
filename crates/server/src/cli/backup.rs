//! `vakhta backup` and `vakhta restore`.

use super::settings::Settings;
use crate::config::Config;
use crate::exit::{Exit, Failure, Result};
use crate::output::progress::Bar;
use crate::output::{GOOD, Out, numbers, styled};
use crate::wiring::{self, CODE_VERSION, OsChance, SystemClock};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vakhta_domain::ports::Clock as _;
use vakhta_lifecycle::audit;
use vakhta_store::backup::{BackupError, Manifest, Place, Restored};

/// Copies everything that is kept into a folder or a bucket, while the server runs.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Give it the settings of the server. Several backups may go to one place: what did not change is kept once."
)]
pub struct BackupArgs {
    /// A folder, or `s3://bucket/prefix` (with the settings `s3_…`).
    #[arg(value_name = "PLACE")]
    to: String,
    #[command(flatten)]
    settings: Settings,
}

/// Puts a backup back into an empty folder.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "With PostgreSQL, `database_url` must name an empty database. The server that made the backup must not run on what is restored."
)]
pub struct RestoreArgs {
    /// Where backups are: a folder, or `s3://bucket/prefix`.
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// The new data folder; it must be empty.
    #[arg(long, value_name = "DATA_DIR")]
    into: PathBuf,
    /// Which backup, by its name; the newest where it is left out.
    #[arg(long, value_name = "NAME")]
    at: Option<String>,
    /// Read every object back, check the database and the chain of events.
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    settings: Settings,
}

fn place(name: &str, config: &Config) -> Result<Place> {
    let s3 = wiring::store_config(config).s3;
    Place::open(name, &s3, Arc::new(OsChance), SystemClock.now()).map_err(refused)
}

fn refused(error: BackupError) -> Failure {
    let exit = match &error {
        BackupError::NotEmpty { .. } => Exit::Conflict,
        BackupError::NoBackup { .. } => Exit::Missing,
        BackupError::BadManifest { .. } | BackupError::OtherDatabase { .. } => Exit::BadInput,
        _ => Exit::Failed,
    };
    Failure::from(error).with_exit(exit)
}

fn watched(bar: &Bar) -> impl Fn(&'static str, u64, u64) + Send + Sync {
    |stage, done, of| bar.at(stage, done as f64 / of.max(1) as f64, None)
}

/// Runs `vakhta backup`.
pub async fn backup(args: BackupArgs, out: Out) -> Result<()> {
    let (config, _) = args.settings.load(out)?;
    if !config.data_dir.is_dir() {
        let text =
            format!("there is no data folder {}: give the server's settings", config.data_dir.display());
        return Err(Failure::new(Exit::Missing, text));
    }
    let place = place(&args.to, &config)?;
    // Beside what is written, because a database may be larger than the system's folder for passing files.
    let beside = if args.to.starts_with("s3://") { config.data_dir.clone() } else { PathBuf::from(&args.to) };
    let temp = tempfile::Builder::new().prefix("passing-").tempdir_in(beside)?;
    let bar = Bar::new(out, "backup");
    let (store, watch) = (wiring::store_config(&config), watched(&bar));
    let manifest = vakhta_store::backup::backup(
        &store,
        &place,
        (CODE_VERSION, temp.path()),
        &SystemClock,
        Arc::new(OsChance),
        &watch,
    );
    let manifest = manifest.await.map_err(refused)?;
    bar.done();
    told(&manifest, &args.to, out);
    Ok(())
}

fn told(manifest: &Manifest, place: &str, out: Out) {
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    if out.is_json() {
        out.json(&json!({
            "name": manifest.name, "place": place, "schema": manifest.schema, "database": manifest.database,
            "rows": rows, "objects": manifest.objects.len(), "bytes": manifest.bytes(),
        }));
        return;
    }
    out.line(format!("backup {} is {}", manifest.name, styled(GOOD, "made")));
    let (objects, size) = (manifest.objects.len(), numbers::bytes(manifest.bytes()));
    out.line(format!("  {rows} rows, {objects} objects, {size} in {place}"));
}

/// Runs `vakhta restore`.
pub async fn restore(args: RestoreArgs, out: Out) -> Result<()> {
    let (config, _) = args.settings.at(&args.into).load(out)?;
    let place = place(&args.from, &config)?;
    let manifest = place.manifest(args.at.as_deref()).await.map_err(refused)?;
    let bar = Bar::new(out, "restore");
    let (store, watch) = (wiring::store_config(&config), watched(&bar));
    let restored = vakhta_store::backup::restore(
        &store,
        &place,
        &manifest,
        args.verify,
        &SystemClock,
        Arc::new(OsChance),
        &watch,
    );
    let restored = restored.await.map_err(refused)?;
    bar.done();
    let chains = if args.verify { Some(verify_chains(&config).await?) } else { None };
    tell_restored(&manifest, &restored, chains, &args.into, out);
    Ok(())
}

/// Checks the chain of events of every workspace; their number.
async fn verify_chains(config: &Config) -> Result<usize> {
    let store = wiring::open_store(config).await?;
    let ports = store.ports();
    let workspaces = audit::workspaces(&ports).await?;
    let mut broken = Vec::new();
    for workspace in &workspaces {
        if let Err(fault) = audit::verify(&ports, workspace, None).await? {
            broken.push(format!("{workspace}: {fault}"));
        }
    }
    drop(ports);
    store.close().await;
    if broken.is_empty() {
        return Ok(workspaces.len());
    }
    Err(Failure::new(Exit::Failed, "the restored history is not as it was written").with_more(broken))
}

fn tell_restored(manifest: &Manifest, restored: &Restored, chains: Option<usize>, into: &Path, out: Out) {
    let Restored { rows, objects, bytes } = restored;
    if out.is_json() {
        out.json(&json!({
            "name": manifest.name, "data_dir": into, "rows": rows, "objects": objects, "bytes": bytes,
            "verified": chains.is_some(),
        }));
        return;
    }
    out.line(format!("backup {} is {}", manifest.name, styled(GOOD, "restored")));
    out.line(format!("  {rows} rows, {objects} objects, {} in {}", numbers::bytes(*bytes), into.display()));
    if let Some(chains) = chains {
        out.line(format!("  every object was read back, the database and {chains} chains of events hold"));
    }
}
