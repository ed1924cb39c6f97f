//! Cost of building features: `cargo bench -p vakhta-ml --bench features -- PANEL.csv TIMES`.
//!
//! PANEL has the columns `date,branch,line,y,holiday`. Prints the CPU seconds of each build of all rows, from a
//! panel to a matrix: of the 58 features that the peer builds, of our own by default, and of our own with quantiles.
//! Then the same for eight times the branches, with the memory that it took.

mod visits;

use rayon::ThreadPool;
use std::error::Error;
use std::io::Write as _;
use vakhta_domain::spec::{Frequency, Missing, Outliers};
use vakhta_ml::features::window::Place;
use vakhta_ml::features::{Choice, Feature, Plan, Source, Table};
use vakhta_ml::panel::{Panel, PanelRules};

/// How many times more branches the larger panel has.
const GROWTH: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let Some(path) = given.first() else {
        writeln!(std::io::stderr(), "name the CSV of the panel: PANEL.csv [TIMES]")?;
        return Ok(());
    };
    let times = given.get(1).map_or(Ok(5), |t| t.parse())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let small = panel(path, 1)?;
    let once = all_sets(&pool, &small, times)?;
    let before = memory("VmRSS")?;
    let large = panel(path, GROWTH)?;
    let with_panel = memory("VmRSS")?;
    let grown = all_sets(&pool, &large, times.min(3))?;
    let rows = large.series.iter().map(|s| s.values.len()).sum::<usize>() as f64;
    writeln!(
        std::io::stdout(),
        "{GROWTH} times the rows: {:.2} times the cost; at its peak {:.0} bytes a row, {:.0} of them the panel",
        grown / once,
        (memory("VmHWM")? - before) * 1024.0 / rows,
        (with_panel - before) * 1024.0 / rows,
    )?;
    Ok(())
}

/// Builds every set of features and returns the CPU seconds of our own.
fn all_sets(pool: &ThreadPool, panel: &Panel, times: usize) -> Result<f64, Box<dyn Error>> {
    builds(pool, "the peer's", &of_the_peer(panel)?, panel, times)?;
    let with_quantiles = Choice { quantiles: vec![10, 50, 90], ..Choice::default() };
    builds(pool, "with quantiles", &Plan::new(&with_quantiles, panel, true), panel, 1)?;
    builds(pool, "own", &Plan::new(&Choice::default(), panel, true), panel, times)
}

/// The features that `bench/forecast/peer.py` asks its library for, one for one.
fn of_the_peer(panel: &Panel) -> Result<Plan, Box<dyn Error>> {
    let mut plan = Plan::new(&Choice::default(), panel, false);
    plan.features.retain(|feature| match feature.source {
        Source::LagOver(..) | Source::MeanOver(..) | Source::SameDateOver(..) | Source::FlagEffect(_) => {
            false
        }
        Source::Std(window) => plan.windows[window].len < 91,
        Source::Known(_, offset) => offset == 0,
        _ => true,
    });
    plan.flags.clear();
    let place = Place { delay: 7, len: 28 };
    let window = plan.windows.iter().position(|&w| w == place).ok_or("no window from 7 days back")?;
    plan.features.push(Feature { name: "std_28_from_7".into(), source: Source::Std(window) });
    let asked = |w: usize| {
        let of_window = |f: &Feature| matches!(f.source, Source::Mean(v) | Source::Std(v) | Source::Min(v) | Source::Max(v) if v == w);
        plan.features.iter().any(of_window)
    };
    // Windows that nothing asks for any more are the last ones.
    let kept = (0..plan.windows.len()).rposition(asked).ok_or("no window")? + 1;
    plan.windows.truncate(kept);
    Ok(plan)
}

/// Builds the rows so many times and returns the CPU seconds of the cheapest.
fn builds(
    pool: &ThreadPool,
    name: &str,
    plan: &Plan,
    panel: &Panel,
    times: usize,
) -> Result<f64, Box<dyn Error>> {
    let mut least = f64::INFINITY;
    for _ in 0..times {
        let start = cpu_seconds()?;
        let table = pool.install(|| Table::build(plan, panel, 28));
        let spent = cpu_seconds()? - start;
        least = least.min(spent);
        let (rows, width) = (table.target.len(), plan.width());
        writeln!(std::io::stdout(), "ours, {name}: {spent:.3} CPU s for {rows} rows of {width} features")?;
    }
    Ok(least)
}

/// The panel, its branches repeated under other names.
fn panel(path: &str, repeat: usize) -> Result<Panel, Box<dyn Error>> {
    let rows = visits::read(path, repeat, |branch, copy| format!("{branch} {copy}"), |_| 1.0)?;
    let rules =
        PanelRules { frequency: Some(Frequency::D), missing: Missing::Zero, outliers: Outliers::Keep };
    Ok(Panel::build(&rows, &rules)?.0)
}

/// CPU seconds of this process, all threads, to a microsecond.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    let own: f64 = text.split_whitespace().next().ok_or("no time")?.parse()?;
    let mut all = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
        all += text.split_whitespace().next().ok_or("no time")?.parse::<f64>()?;
    }
    Ok(all.max(own) / 1e9)
}

/// A line of the process' status, kB.
fn memory(name: &str) -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|l| l.starts_with(name)).ok_or("no such line")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
