//! Trees against a peer on the same features and rows.
//!
//! `write PANEL.csv DIR COPIES` builds the features of a panel whose branches are copied so often, each copy with
//! 5% of noise, and writes them down for both. `run DIR THREADS [name=value…]` learns from all days but the last
//! 28, predicts those, and prints CPU seconds and WAPE.

mod measure;
mod visits;

use measure::cpu_seconds;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use vakhta_domain::spec::{Missing, ModelSpec, Outliers, parse_yaml};
use vakhta_ml::features::{Plan, Table};
use vakhta_ml::forecast::Params;
use vakhta_ml::matrix::Matrix;
use vakhta_ml::panel::{Panel, PanelRules};
use vakhta_ml::random::Random;
use vakhta_ml::trees::{BoostParams, Data, Objective, learn};

const SPEC: &str = "
model_key: visits_by_branch
task: forecast
data: {dataset: visits, time: date, series: [branch], target: y, hierarchy: [line], known_future: [holiday], frequency: D}
horizon: 28
";
/// Days that are predicted.
const HELD_OUT: u32 = 28;
/// Rows that batch prediction is timed on.
const BATCH: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match words[..] {
        ["write", panel, folder, copies] => write(panel, Path::new(folder), copies.parse()?),
        ["run", folder, threads, ref settings @ ..] => run(Path::new(folder), threads.parse()?, settings),
        _ => Ok(writeln!(std::io::stderr(), "write PANEL.csv DIR COPIES, or run DIR THREADS")?),
    }
}

/// Writes `x.f32` (rows × width), `y.f64`, `level.f64`, `day.u32`, all little-endian, and `width.txt`.
fn write(panel: &str, folder: &Path, copies: usize) -> Result<(), Box<dyn Error>> {
    let rules = PanelRules { frequency: None, missing: Missing::default(), outliers: Outliers::default() };
    let mut random = Random::new(7);
    let noise = |copy| if copy == 0 { 1.0 } else { 0.95 + random.below(1001) as f64 * 0.0001 };
    let rows = visits::read(panel, copies, |branch, copy| format!("{branch} {copy}"), noise)?;
    let (panel, _) = Panel::build(&rows, &rules)?;
    let spec: ModelSpec = parse_yaml(SPEC)?.remove(0);
    let plan = Plan::new(&Params::from_spec(&spec)?.features, &panel, true);
    let table = Table::build(&plan, &panel, 28);
    let rows = table.rows_before(panel.len);
    let (mut x, mut y, mut level, mut day) = (vec![], vec![], vec![], vec![]);
    for &row in &rows {
        let row = row as usize;
        x.extend(table.matrix.row(row).iter().flat_map(|v| v.to_le_bytes()));
        y.extend(table.target[row].to_le_bytes());
        level.extend(table.level[row].to_le_bytes());
        day.extend(table.period[row].to_le_bytes());
    }
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in [("x.f32", x), ("y.f64", y), ("level.f64", level), ("day.u32", day)] {
        std::fs::write(folder.join(name), bytes)?;
    }
    std::fs::write(folder.join("width.txt"), plan.width().to_string())?;
    Ok(())
}

fn run(folder: &Path, threads: usize, settings: &[&str]) -> Result<(), Box<dyn Error>> {
    let width: usize = std::fs::read_to_string(folder.join("width.txt"))?.parse()?;
    let x = numbers(folder, "x.f32", f32::from_le_bytes)?;
    let y = numbers(folder, "y.f64", f64::from_le_bytes)?;
    let level = numbers(folder, "level.f64", f64::from_le_bytes)?;
    let day = numbers(folder, "day.u32", u32::from_le_bytes)?;
    let cutoff = day.iter().max().copied().unwrap_or(0).saturating_sub(HELD_OUT - 1);
    let (past, future): (Vec<u32>, Vec<u32>) =
        (0..day.len() as u32).partition(|&row| day[row as usize] < cutoff);

    let mut params = BoostParams::usual(Objective::L2);
    let mut seed = 1;
    let given: BTreeMap<&str, &str> = settings.iter().filter_map(|pair| pair.split_once('=')).collect();
    for (name, value) in given {
        match name {
            "rounds" => params.rounds = value.parse()?,
            "leaves" => params.leaves = value.parse()?,
            "features" => params.feature_share = value.parse()?,
            "rows" => params.row_share = value.parse()?,
            "bins" => params.max_bins = value.parse()?,
            "seed" => seed = value.parse()?,
            _ => return Err(format!("unknown setting {name}").into()),
        }
    }
    let matrix = Matrix::new(x, width);
    let data =
        Data { matrix: &matrix, target: &y, weights: &[], rows: &past, held_out: &[], categorical: &[] };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let (start, wall) = (cpu_seconds(), std::time::Instant::now());
    let ensemble = pool.install(|| learn(&data, &params, seed, &mut |_| ControlFlow::Continue(())))?;
    let (train, wall) = (cpu_seconds() - start, wall.elapsed().as_secs_f64());

    let of = |rows: &[u32]| {
        let values = rows.iter().flat_map(|&row| matrix.row(row as usize)).copied().collect();
        Matrix::new(values, width)
    };
    let mut found = vec![0.0; future.len()];
    ensemble.predict(&of(&future), &mut found);
    let (mut error, mut sold) = (0.0, 0.0);
    for (&row, found) in future.iter().zip(&found) {
        let row = row as usize;
        error += ((found - y[row]) * level[row]).abs();
        sold += (y[row] * level[row]).abs();
    }
    let batch: Vec<u32> = past.iter().copied().take(BATCH).collect();
    let mut found = vec![0.0; batch.len()];
    let batch = of(&batch);
    let start = cpu_seconds();
    ensemble.predict(&batch, &mut found);
    let predict = (cpu_seconds() - start) / found.len() as f64;
    writeln!(
        std::io::stdout(),
        "ours: {} rows x {width}, {threads} threads: train {train:.2} CPU s ({wall:.2} s), predict {:.2} us/row, WAPE {:.4}%",
        past.len(),
        predict * 1e6,
        100.0 * error / sold
    )?;
    Ok(())
}

fn numbers<T, const N: usize>(
    folder: &Path,
    name: &str,
    from: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, Box<dyn Error>> {
    let bytes = std::fs::read(folder.join(name))?;
    Ok(bytes.as_chunks::<N>().0.iter().map(|chunk| from(*chunk)).collect())
}
