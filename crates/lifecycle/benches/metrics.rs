//! Daily metrics over millions of logged predictions: `cargo bench -p vakhta-lifecycle --bench metrics -- make FOLDER ROWS`
//! logs them by the real writer, `run FOLDER OUT` computes what is due by the job that every night runs, and writes the
//! rows by day and branch for `bench/metrics/peer.py`, `again FOLDER` computes every day again.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

mod house;

use house::{House, Trouble, cpu_seconds, mixed, peak_mib};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;
use vakhta_domain::daily::{Scope, forecast_key};
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::prediction::{LoggedPrediction, Output, Said};
use vakhta_domain::report::Interval;
use vakhta_lifecycle::actuals::{self, Item};
use vakhta_lifecycle::metrics::summary::measures;
use vakhta_lifecycle::metrics::{self, Asked};
use vakhta_lifecycle::serve::forecast::SeriesChoice;

const BRANCHES: u64 = 500;
const HORIZON: u64 = 28;
/// The first day on which is forecast, and the day before the first that is.
const FIRST: Date = date(2024, 1, 1);

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    match given[..] {
        ["make", folder, rows] => make(Path::new(folder), rows.parse()?).await,
        ["run", folder, out] => run(Path::new(folder), Some(Path::new(out))).await,
        ["again", folder] => run(Path::new(folder), None).await,
        _ => Err("say `make FOLDER ROWS`, `run FOLDER OUT` or `again FOLDER`".into()),
    }
}

fn evening(day: Date) -> Result<Timestamp, Trouble> {
    Ok(day.at(20, 0, 0, 0).in_tz("UTC")?.timestamp())
}

fn branch(b: u64) -> String {
    format!("branch {b:03}")
}

/// Between −1 and 1, the same for the same numbers.
fn noise(a: u64, b: u64, c: u64) -> f64 {
    mixed(a.wrapping_mul(1_000_003).wrapping_add(b).wrapping_mul(1_000_003).wrapping_add(c)) as f64
        / u64::MAX as f64
        * 2.0
        - 1.0
}

fn level(b: u64) -> f64 {
    500.0 + 20.0 * b as f64
}

/// What is told of a branch and a day; one in a hundred is never told, one in five hundred is zero.
fn actual(b: u64, day: u64) -> Option<f64> {
    match mixed(b << 32 | day) % 1000 {
        0..10 => None,
        10..12 => Some(0.0),
        _ => Some((level(b) * (1.0 + 0.3 * noise(b, day, 7)) * 100.0).round() / 100.0),
    }
}

async fn make(folder: &Path, rows: u64) -> Result<(), Trouble> {
    std::fs::create_dir_all(folder)?;
    let house = House::open(folder, evening(FIRST)? - jiff::SignedDuration::from_hours(3), 1, |_| {}).await?;
    let (model, version) = house.model().await?;
    let days = rows.div_ceil(BRANCHES * HORIZON);
    let (cpu, begun) = (cpu_seconds()?, Instant::now());
    let (mut sealing, mut bytes) = (0.0, 0);
    for made in 0..days {
        house.clock.set(evening(FIRST.checked_add((made as i64).days())?)?);
        let entries = evening_of(&house, &model, &version, made)?;
        bytes += entries.iter().map(|entry| entry.output.len() + entry.key.len() + 220).sum::<usize>();
        house.app.ports.predictions.append(entries).await?;
        let before = cpu_seconds()?;
        house.store.seal_predictions(made + 1 == days).await?;
        sealing += cpu_seconds()? - before;
    }
    let (cpu, wall) = (cpu_seconds()? - cpu, begun.elapsed().as_secs_f64());
    println!(
        "log: {} predictions of {days} evenings, about {} MB of JSON; {cpu:.1} CPU s and {wall:.1} s wall, {sealing:.1} CPU s of them to seal",
        days * BRANCHES * HORIZON,
        bytes / 1_000_000,
    );
    told(&house, &model, days + HORIZON, &folder.join("actuals.tsv")).await?;
    house.close().await;
    Ok(())
}

/// What a forecast of all branches logs.
fn evening_of(
    house: &House,
    model: &ModelKey,
    version: &VersionId,
    made: u64,
) -> Result<Vec<LoggedPrediction>, Trouble> {
    let (today, at) = (FIRST.checked_add((made as i64).days())?, house.app.ports.clock.now());
    let mut entries = Vec::with_capacity((BRANCHES * HORIZON) as usize);
    for b in 0..BRANCHES {
        for step in 1..=HORIZON {
            let value = level(b) * (1.0 + 0.2 * noise(b, made, step));
            let width = value * 0.05 * (1.0 + step as f64).sqrt();
            let of = |level, wide| Interval { level, lo: value - wide * width, hi: value + wide * width };
            let said = Said::Number { step: Some(step as u32), intervals: vec![of(80, 1.28), of(95, 1.96)] };
            entries.push(LoggedPrediction {
                workspace: house.actor.workspace.clone(),
                request: format!("forecast_{:024x}", mixed(made)),
                model: model.clone(),
                version: version.clone(),
                at,
                key: forecast_key(&[branch(b)], today.checked_add((step as i64).days())?),
                input: String::new(),
                value,
                output: Output { said, arm: None }.text(),
                latency_us: 900,
            });
        }
    }
    Ok(entries)
}

/// Tells what came, to the store and to the peer.
async fn told(house: &House, model: &ModelKey, days: u64, list: &Path) -> Result<(), Trouble> {
    house.clock.set(evening(FIRST.checked_add((days as i64).days())?)?);
    let mut file = BufWriter::new(File::create(list)?);
    writeln!(file, "place\tday\tactual")?;
    let mut items = Vec::new();
    for b in 0..BRANCHES {
        for n in 1..=days {
            let (day, Some(value)) = (FIRST.checked_add((n as i64).days())?, actual(b, n)) else { continue };
            writeln!(file, "{}\t{day}\t{value}", branch(b))?;
            let series = Some(SeriesChoice::Values(vec![branch(b)]));
            items.push(Item { series, date: Some(day.to_string()), value: Some(value), ..Item::default() });
        }
    }
    file.flush()?;
    for items in items.chunks(actuals::MAX_ITEMS) {
        actuals::receive(&house.app, &house.actor, model, items.to_vec()).await?;
    }
    Ok(())
}

async fn run(folder: &Path, out: Option<&Path>) -> Result<(), Trouble> {
    let model = ModelKey::new("sales");
    let house = House::open(folder, Timestamp::from_second(0)?, 2, |_| {}).await?;
    let parts = house.app.ports.predictions.parts(&house.actor.workspace, &model).await?;
    let last =
        parts.iter().filter_map(|part| part.span).map(|span| span.1).max().ok_or("nothing is logged")?;
    house.clock.set(last + jiff::SignedDuration::from_hours(24 * (HORIZON as i64 + 2)));
    let (cpu, begun) = (cpu_seconds()?, Instant::now());
    let asked = Asked { recalculate: out.is_none() };
    let job = metrics::request(&house.app, &house.actor, &model, asked).await?;
    let job = house.done(&job.id).await?;
    let (cpu, wall, peak) = (cpu_seconds()? - cpu, begun.elapsed().as_secs_f64(), peak_mib()?);
    let result = job.result.unwrap_or_default();
    println!(
        "ours: {} answers, {} days, {cpu:.2} CPU s, {wall:.2} s wall, {peak:.0} MiB at the peak",
        result["answers"], result["days"]
    );
    if let Some(out) = out {
        write(&house, &model, out).await?;
    }
    house.close().await;
    Ok(())
}

/// The daily rows by branch, for the peer.
async fn write(house: &House, model: &ModelKey, out: &Path) -> Result<(), Trouble> {
    let actuals = &house.app.ports.actuals;
    let rows = actuals.daily_rows(&house.actor.workspace, model, Scope::Segment, FIRST).await?;
    let mut file = BufWriter::new(File::create(out)?);
    writeln!(file, "day\tplace\tbucket\tanswers\tscored\tmae\tbias\tmape\twape")?;
    for row in rows {
        let found = measures(&row)?;
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        let numbers = [found.mae, found.bias, found.mape, found.wape].map(number).join("\t");
        writeln!(
            file,
            "{}\t{}\t{}\t{}\t{}\t{numbers}",
            row.day, row.segment, row.bucket, row.answers, row.scored
        )?;
    }
    Ok(file.flush()?)
}
