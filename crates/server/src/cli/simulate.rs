//! `vakhta simulate FILE --spec SPEC`: what this server would have done with these rows, day by day, in a minute.

use super::serve::runtime;
use crate::config;
use crate::exit::{Exit, Failure, Result};
use crate::output::progress::Bar;
use crate::output::{GOOD, Out, styled};
use crate::wiring::{self, Replaying};
use clap::ValueEnum;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::time::Instant;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::spec::{ModelSpec, parse_yaml};
use vakhta_domain::user::Actor;
use vakhta_simulate::page::Language;
use vakhta_simulate::{Columns, Feed, Plan, Scenario, Told, page, text};

/// Replays a dataset day by day through the whole lifecycle and tells what would have been done.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  vakhta simulate sales.csv --spec sales.yaml
  vakhta simulate sales.csv --spec sales.yaml --days 180 --scenario broken-feed
  vakhta simulate sales.csv --spec sales.yaml --scenario level-shift:from=2026-03-01,days=90,factor=0.5,series=north
Scenarios: level-shift, lost-branch, broken-feed, stopped-feed, currency-change, new-branch, holiday-moved.")]
pub struct Args {
    /// CSV, JSON Lines or Parquet.
    file: PathBuf,
    /// The model: one spec in YAML.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// The last day that is replayed; else that of the newest row.
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Days that are replayed; at most half of those that there are rows of.
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=730))]
    days: u32,
    /// Something that happens to the rows; may stand several times.
    #[arg(long = "scenario", value_name = "NAME[:from=DATE,days=N,factor=X,series=NAME]")]
    scenarios: Vec<Scenario>,
    /// The seed that the replay can be repeated from.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// The folder for report.txt, report.json and report.html.
    #[arg(long, value_name = "PATH", default_value = "vakhta-simulation")]
    out: PathBuf,
    /// The language of report.html.
    #[arg(long, value_enum, default_value = "en")]
    language: Tongue,
    /// An empty folder to keep the replayed server's data in, for `vakhta serve --data-dir`; else they are deleted.
    #[arg(long, value_name = "PATH")]
    data_dir: Option<PathBuf>,
    /// Threads; 0 takes one a core.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    En,
    Ru,
}

/// Runs the command.
pub fn run(args: &Args, out: Out) -> Result<()> {
    let spec = spec(&args.spec)?;
    let scratch = tempfile::tempdir()?;
    let data_dir = folder(args.data_dir.as_deref(), scratch.path())?;
    let columns = Columns::of(&spec).map_err(bad_input)?;
    let feed = Feed::read(&args.file, &columns, &scratch.path().join("rows.parquet")).map_err(bad_input)?;
    let (first, last) = feed.span().ok_or_else(|| Failure::new(Exit::BadInput, "there are no rows"))?;
    let to = args.to.unwrap_or(last);
    let half = to.since(first).map_or(0, |span| span.get_days()) / 2;
    let days = i32::try_from(args.days).unwrap_or(i32::MAX).min(half.max(1));
    let from = to.saturating_sub((days - 1).days());
    let began = Instant::now();
    let told = runtime()?.block_on(async {
        let replaying = wiring::replaying(&data_dir, config::threads(args.threads), from, args.seed).await?;
        let told = Box::pin(replay(args, out, &replaying, spec, feed, (from, to))).await;
        replaying.stop().await;
        told
    })?;
    write(&args.out, &told, args.language)?;
    if out.is_json() {
        out.json(&told);
        return Ok(());
    }
    out.line(text::write(&told).trim_end());
    let seconds = began.elapsed().as_secs_f64();
    let days = told.days.len();
    out.line(format!("\n{} {days} days in {seconds:.1} s", styled(GOOD, "replayed")));
    out.line(format!("{}", args.out.join("report.html").display()));
    Ok(())
}

async fn replay(
    args: &Args,
    out: Out,
    replaying: &Replaying,
    spec: ModelSpec,
    feed: Feed,
    (from, to): (Date, Date),
) -> Result<Told> {
    let plan = Plan {
        spec,
        feed,
        scenarios: args.scenarios.clone(),
        from,
        to,
        incoming: replaying.incoming.clone(),
        seed: args.seed,
    };
    let bar = Bar::new(out, "replaying");
    let days = |span: jiff::Span| f64::from(span.get_days());
    let whole = to.since(from).map_or(1.0, days).max(1.0);
    let mut at = |day: Date| {
        let share = day.since(from).map_or(0.0, days) / whole;
        bar.at(&day.strftime("%Y-%m").to_string(), share, None);
    };
    let actor = Actor::system(WorkspaceId::default_workspace());
    let told = vakhta_simulate::run(&replaying.app, &replaying.clock, &actor, plan, &mut at).await;
    told.map_err(bad_input)
}

fn bad_input(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::from(anyhow::Error::new(error)).with_exit(Exit::BadInput)
}

fn spec(path: &Path) -> Result<ModelSpec> {
    let read = std::fs::read_to_string(path);
    let text =
        read.map_err(|e| Failure::new(Exit::BadInput, format!("cannot read {}: {e}", path.display())))?;
    let mut specs = parse_yaml(&text)?;
    if specs.len() != 1 {
        let found = format!("{} holds {} specs, one is replayed", path.display(), specs.len());
        return Err(Failure::new(Exit::BadInput, found));
    }
    Ok(specs.remove(0))
}

/// A folder of the replay's own: never one in which something is already.
fn folder(asked: Option<&Path>, scratch: &Path) -> Result<PathBuf> {
    let Some(path) = asked else { return Ok(scratch.join("data")) };
    let taken = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        let text = format!("{} is not empty; name an empty folder by --data-dir", path.display());
        return Err(Failure::new(Exit::Failed, text));
    }
    Ok(path.to_owned())
}

fn write(folder: &Path, told: &Told, language: Tongue) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let language = if language == Tongue::Ru { Language::Ru } else { Language::En };
    std::fs::write(folder.join("report.txt"), text::write(told))?;
    std::fs::write(folder.join("report.json"), serde_json::to_vec_pretty(told)?)?;
    std::fs::write(folder.join("report.html"), page::write(told, language))?;
    Ok(())
}
