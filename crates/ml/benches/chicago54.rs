//! Accuracy and cost on a daily panel: `cargo bench -p vakhta-ml --bench chicago54 -- PANEL.csv OUT.csv [threads]`.
//!
//! PANEL has the columns `date,branch,line,y,holiday`. OUT gets `fold,branch,date,yhat,lo80,hi80` for every
//! scored row, where the intervals of a fold come from errors before its cutoff. Prints CPU seconds.

mod measure;
mod visits;

use measure::cpu_seconds;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;
use vakhta_domain::progress::{Progress, Unwatched};
use vakhta_domain::report::Interval;
use vakhta_domain::spec::{ModelSpec, parse_yaml};
use vakhta_ml::forecast::{Backtest, ForecastQuery, Params, fit};
use vakhta_ml::panel::Panel;

const SPEC: &str = "
model_key: visits_by_branch
task: forecast
data: {dataset: visits, time: date, series: [branch], target: y, hierarchy: [line], known_future: [holiday], frequency: D}
horizon: 28
";

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let Some(panel_path) = given.first() else {
        writeln!(std::io::stderr(), "name the CSV of the panel: PANEL.csv [OUT.csv] [threads]")?;
        return Ok(());
    };
    let threads = given.get(2).map_or(Ok(1), |t| t.parse())?;
    let rows = visits::read(panel_path, 1, |branch, _| branch.to_owned(), |_| 1.0)?;
    let spec: ModelSpec = parse_yaml(SPEC)?.remove(0);
    let mut checked = Params::from_spec(&spec)?;
    let mut seed = 7;
    for pair in given.iter().skip(3) {
        let (name, value) = pair.split_once('=').ok_or("settings are name=value")?;
        match name {
            "seed" => seed = value.parse()?,
            "folds" => checked.folds = value.parse()?,
            "engine" => checked.engine = serde_json::from_value(value.into())?,
            "rounds" => checked.boost.rounds = value.parse()?,
            "leaves" => checked.boost.leaves = value.parse()?,
            "rate" => checked.boost.learning_rate = value.parse()?,
            "min_leaf" => checked.boost.min_leaf_rows = value.parse()?,
            "bins" => checked.boost.max_bins = value.parse()?,
            "features" => checked.boost.feature_share = value.parse()?,
            "rows" => checked.boost.row_share = value.parse()?,
            _ => return Err(format!("unknown setting {name}").into()),
        }
    }
    let mut out = std::io::stdout();
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let (panel, notes) = Panel::build(&rows, &checked.panel_rules())?;
    writeln!(out, "panel: {:.2} CPU s, {} notes", cpu_seconds() - cpu, notes.len())?;
    let stages = Stages::default();
    let fitted = fit(&checked, &panel, seed, threads, &stages)?;
    let (wall, spent) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let log = stages.log.lock().map_err(|_| "a stage panicked")?.clone();
    writeln!(out, "{log}all: {spent:.2} CPU s, {wall:.2} s wall, {threads} threads")?;

    let m = &fitted.report().overall;
    writeln!(
        out,
        "own score, closed days included: WAPE {:.2}%, MASE {:.3}",
        m.wape.unwrap_or(f64::NAN),
        m.mase.unwrap_or(f64::NAN)
    )?;
    for top in fitted.report().importance.iter().take(12) {
        writeln!(out, "  {:<28} {:5.1}% {}", top.feature, top.gain, top.splits)?;
    }
    let query = ForecastQuery { horizon: 28, series: None, levels: vec![80, 95], known_future: vec![] };
    let again = ForecastQuery { horizon: 29, ..query.clone() };
    for (name, query) in [("ready", &query), ("walked", &again)] {
        let start = Instant::now();
        let found = fitted.forecast(query)?;
        writeln!(out, "forecast of {} series, {name}: {:?}", found.len(), start.elapsed())?;
    }
    if let Some(path) = given.get(1) {
        std::fs::write(path, predictions(fitted.backtest().ok_or("a fit has a backtest")?)?)?;
    }
    let _ = Unwatched;
    Ok(())
}

/// The scored rows as CSV.
fn predictions(backtest: &Backtest) -> Result<String, Box<dyn Error>> {
    let mut text = String::from("fold,branch,date,yhat,lo80,hi80\n");
    for (at, row) in backtest.rows.iter().enumerate() {
        let intervals = backtest.intervals(at);
        let Some(Interval { lo, hi, .. }) = intervals.iter().find(|i| i.level == 80) else { continue };
        let branch = &backtest.series[row.series][0];
        writeln!(text, "{},{branch},{},{},{lo},{hi}", row.fold, backtest.date(row), row.forecast)?;
    }
    Ok(text)
}

/// Notes when each stage and fold ended.
#[derive(Default)]
struct Stages {
    log: std::sync::Mutex<String>,
    last: std::sync::Mutex<(&'static str, f64)>,
}

impl Progress for Stages {
    fn at(&self, stage: &'static str, _done: u64, _total: u64) -> std::ops::ControlFlow<()> {
        if let (Ok(mut last), Ok(mut log)) = (self.last.lock(), self.log.lock())
            && last.0 != stage
        {
            let now = cpu_seconds();
            if !last.0.is_empty() {
                let _ = writeln!(log, "{}: {:.2} CPU s", last.0, now - last.1);
            }
            *last = (stage, now);
        }
        std::ops::ControlFlow::Continue(())
    }
    fn note(&self, text: String) {
        if let Ok(mut log) = self.log.lock() {
            let _ = writeln!(log, "{text} [{:.2} CPU s]", cpu_seconds());
        }
    }
}
