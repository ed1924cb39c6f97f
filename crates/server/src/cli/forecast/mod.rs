//! `vakhta forecast FILE`: one shot, no server. Guesses what the columns mean, says so, measures the model
//! against plain baselines, draws the forecast and writes it.

pub mod read;
mod roles;
mod show;

use crate::config;
use crate::exit::{Exit, Failure, Result};
use crate::output::progress::Bar;
use crate::output::{GOOD, Out, styled};
use clap::ValueEnum;
use serde_json::json;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::ports::Clock as _;
use vakhta_domain::progress::Progress;
use vakhta_domain::spec::{Frequency, ModelSpec};
use vakhta_lifecycle::serve::{ForecastAnswer, SeriesAnswer};
use vakhta_ml::forecast::{Fitted, ForecastQuery, Params};
use vakhta_ml::panel::{Observations, Panel};
use vakhta_tables::ExportFormat;

/// Forecasts a file at once, without a server.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  vakhta forecast sales.csv\n  vakhta forecast sales.csv --target sum --series shop --horizon 14 --output next.parquet"
)]
pub struct Args {
    /// CSV, JSON Lines or Parquet; `-` for standard input.
    file: PathBuf,
    /// The column of dates; else guessed.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    time: Option<String>,
    /// The columns that name a series, with commas; `none` for a single series; else guessed.
    #[arg(long, value_name = "COLUMNS", help_heading = "Columns")]
    series: Option<String>,
    /// The column to forecast; else guessed.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    target: Option<String>,
    /// Columns whose future is known, with commas; `none` for none; else guessed.
    #[arg(long, value_name = "COLUMNS", help_heading = "Columns")]
    known_future: Option<String>,
    /// Columns that say what a series is, with commas; `none` for none; else guessed.
    #[arg(long = "static", value_name = "COLUMNS", help_heading = "Columns")]
    static_columns: Option<String>,
    /// The length of a period: D, W, M or Q; else guessed.
    #[arg(long, value_name = "LETTER", help_heading = "Columns")]
    frequency: Option<String>,
    /// What a gap in a series means: zero, interpolate or closed.
    #[arg(long, value_name = "WORD", help_heading = "Columns")]
    missing: Option<String>,
    /// Periods to forecast; default 28 days, 8 weeks, 12 months or 8 quarters.
    #[arg(long, value_name = "N", help_heading = "Model")]
    horizon: Option<u32>,
    /// Interval levels in percent, with commas.
    #[arg(long, value_name = "LEVELS", value_delimiter = ',', default_value = "80,95", value_parser = clap::value_parser!(u8).range(50..=99), help_heading = "Model")]
    level: Vec<u8>,
    /// `auto`, `gbdt`, `seasonal_naive` or `weekday_mean`.
    #[arg(long, value_name = "ENGINE", default_value = "auto", help_heading = "Model")]
    engine: String,
    /// The country whose holidays matter: RU.
    #[arg(long, value_name = "COUNTRY", help_heading = "Model")]
    country: Option<String>,
    /// Trees to grow; default 500.
    #[arg(long, value_name = "N", help_heading = "Model")]
    rounds: Option<u32>,
    /// Folds that accuracy is measured on.
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Model")]
    folds: u32,
    /// The seed that the run can be repeated from.
    #[arg(long, value_name = "N", default_value_t = 7, help_heading = "Model")]
    seed: u64,
    /// Threads; 0 takes one a core.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Model")]
    threads: usize,
    /// What to do with rows that cannot be read.
    #[arg(long, value_enum, default_value = "refuse", help_heading = "Files")]
    on_error: read::BadRows,
    /// The file to write; `-` for standard output [default: FILE.forecast.csv].
    #[arg(long, short, value_name = "FILE", help_heading = "Files")]
    output: Option<PathBuf>,
    /// Its format; else by its name.
    #[arg(long, value_enum, help_heading = "Files")]
    format: Option<Format>,
    /// The series to draw, its values with commas; else the sum of all.
    #[arg(long, value_name = "VALUES", help_heading = "Files")]
    chart: Option<String>,
}

/// Formats that a forecast is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    Jsonl,
    Parquet,
}

/// Runs the command.
pub fn run(args: &Args, out: Out) -> Result<()> {
    let (output, format) = destination(args);
    // Where the forecast itself goes to standard output, nothing else may.
    let talk = Talk { out, quiet: output.as_os_str() == "-" || out.is_json() };
    let source = read::import(&args.file, args.on_error, out)?;
    let spec = roles::settle(args, &source, talk)?;
    let rows = vakhta_lifecycle::rows::series::read(source.parquet.clone(), &spec)
        .map_err(|error| Failure::from(error).with_exit(Exit::BadInput))?;
    for note in &rows.notes {
        out.warn(note);
    }
    let (fitted, frequency) = train(&spec, &rows.observations, config::threads(args.threads), out)
        .map_err(|error| Failure::from(error).with_exit(Exit::BadInput))?;
    let answer = forecast(&fitted, &spec, frequency)?;
    if !talk.quiet {
        show::accuracy(fitted.report(), out);
        show::drawing(&answer, args.chart.as_deref(), out)?;
    }
    write(&answer, &output, format)?;
    let rows_written: usize = answer.series.iter().map(|s| s.points.len()).sum();
    if out.is_json() && output.as_os_str() != "-" {
        out.json(&json!({
            "read": {"rows": source.rows(), "read_as": source.facts.read_as, "refused": source.facts.refused},
            "spec": spec, "report": fitted.report(), "output": output, "rows": rows_written,
        }));
    } else if output.as_os_str() != "-" {
        out.line(format!("{} {rows_written} rows to {}", styled(GOOD, "wrote"), output.display()));
    }
    Ok(())
}

/// Tells people along the way, unless a program reads the result.
#[derive(Clone, Copy)]
struct Talk {
    out: Out,
    quiet: bool,
}

impl Talk {
    fn say(self, text: impl std::fmt::Display) {
        if !self.quiet {
            self.out.line(text);
        }
    }
}

struct Watched {
    bar: Bar,
}

impl Progress for Watched {
    fn at(&self, stage: &'static str, done: u64, total: u64) -> ControlFlow<()> {
        self.bar.at(stage, done as f64 / total.max(1) as f64, None);
        ControlFlow::Continue(())
    }

    fn note(&self, text: String) {
        self.bar.say(&text);
    }
}

fn train(
    spec: &ModelSpec,
    rows: &Observations,
    threads: usize,
    out: Out,
) -> anyhow::Result<(Fitted, Frequency)> {
    let checked = Params::from_spec(spec)?;
    let (panel, notes) = Panel::build(rows, &checked.panel_rules())?;
    let watched = Watched { bar: Bar::new(out, "training") };
    let fitted = vakhta_ml::forecast::fit(&checked, &panel, spec.seed, threads, &watched)?;
    Ok((fitted.with_notes(notes), panel.periods.frequency))
}

/// The forecast in the shape that the server answers in, so that files look alike from both.
fn forecast(fitted: &Fitted, spec: &ModelSpec, frequency: Frequency) -> Result<ForecastAnswer> {
    let query = ForecastQuery {
        horizon: fitted.horizon(),
        series: None,
        levels: fitted.levels().to_vec(),
        known_future: Vec::new(),
    };
    let series = fitted.forecast(&query)?;
    // Three seasons or twelve weeks: enough to see the shape that goes on.
    let past = (3 * frequency.season()).max(84);
    Ok(ForecastAnswer {
        model_key: ModelKey::new(spec.model_key.as_str()),
        version: VersionId::new("unsaved"),
        request_id: String::new(),
        generated_at: crate::wiring::SystemClock.now(),
        history_end: fitted.end(),
        frequency,
        series_columns: spec.data.series.clone(),
        series: series
            .into_iter()
            .map(|s| SeriesAnswer {
                history: fitted.history(&s.series, past).unwrap_or_default(),
                series: s.series,
                answered: None,
                points: s.points,
            })
            .collect(),
        sums: Vec::new(),
    })
}

/// Where to write, and how.
fn destination(args: &Args) -> (PathBuf, ExportFormat) {
    let chosen = args.format.map(|format| match format {
        Format::Csv => ExportFormat::Csv,
        Format::Json => ExportFormat::Json,
        Format::Jsonl => ExportFormat::Jsonl,
        Format::Parquet => ExportFormat::Parquet,
    });
    let by_name = |path: &Path| path.extension().and_then(|e| ExportFormat::from_name(&e.to_string_lossy()));
    match &args.output {
        Some(path) => (path.clone(), chosen.or_else(|| by_name(path)).unwrap_or(ExportFormat::Csv)),
        None => {
            let format = chosen.unwrap_or(ExportFormat::Csv);
            let ending = match format {
                ExportFormat::Csv => "csv",
                ExportFormat::Json => "json",
                ExportFormat::Jsonl => "jsonl",
                ExportFormat::Parquet => "parquet",
            };
            let stem = args.file.file_stem().map_or_else(|| "stdin".into(), |s| s.to_string_lossy());
            let stem = if stem == "-" { "stdin".into() } else { stem };
            (PathBuf::from(format!("{stem}.forecast.{ending}")), format)
        }
    }
}

/// Writes the forecast, whole or not at all.
fn write(answer: &ForecastAnswer, path: &Path, format: ExportFormat) -> Result<()> {
    let table = vakhta_lifecycle::serve::export::table(answer);
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        vakhta_tables::write(&table, format, &mut bytes)?;
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&bytes)?;
        return Ok(stdout.flush()?);
    }
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::Failed, format!("cannot write {}: {error}", path.display()))
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(|e| failed(&e))?;
    vakhta_tables::write(&table, format, &mut temporary).map_err(|e| failed(&e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary files are the owner's alone; a result is an ordinary file.
        let ordinary = std::fs::Permissions::from_mode(0o644);
        temporary.as_file().set_permissions(ordinary).map_err(|e| failed(&e))?;
    }
    temporary.persist(path).map_err(|e| failed(&e.error))?;
    Ok(())
}
