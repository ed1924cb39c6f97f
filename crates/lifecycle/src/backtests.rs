//! The backtest of a version: its scored rows, page by page or as a file, and side by side with another's.

use crate::Lifecycle;
use jiff::civil::Date;
use std::sync::Arc;
use vakhta_domain::ids::VersionId;
use vakhta_domain::ports::StoreError;
use vakhta_domain::report::Interval;
use vakhta_domain::spec::Task;
use vakhta_domain::version::ModelVersion;
use vakhta_ml::forecast::{Backtest, BacktestRow};
use vakhta_tables::{ExportFormat, Table, Values};

pub use vakhta_ml::forecast::{Comparison, Difference, HorizonDifference, Pairing, SeriesDifference};

/// Why there is no backtest to show.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// A version that was not backtested.
    #[error(
        "version {0} has no backtest: its training failed, it answers records, or an earlier program made it"
    )]
    NoBacktest(VersionId),
    /// The saved rows cannot be read.
    #[error("the backtest of version {version} cannot be used: {reason}")]
    Unusable {
        /// The version.
        version: VersionId,
        /// Why.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which rows are wanted; `None`: all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this series.
    pub series: Option<Vec<String>>,
    /// Of this fold, from 0.
    pub fold: Option<usize>,
    /// So many periods ahead.
    pub step: Option<usize>,
}

/// A row that was scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredRow {
    /// Its series.
    pub series: Vec<String>,
    /// The first day of its period.
    pub date: Date,
    /// Its fold, from 0.
    pub fold: usize,
    /// The last day that the fold learnt from.
    pub cutoff: Option<Date>,
    /// Periods ahead, from 1.
    pub step: usize,
    /// What happened.
    pub actual: f64,
    /// What the version said.
    pub forecast: f64,
    /// What the seasonal naive said.
    pub seasonal_naive: f64,
    /// What the same-weekday mean said.
    pub weekday_mean: f64,
    /// The version's intervals.
    pub intervals: Vec<Interval>,
}

/// The rows wanted of a version, `limit` of them from the `skip`-th on, and whether there are more.
pub async fn rows(
    app: &Arc<Lifecycle>,
    version: &ModelVersion,
    wanted: Wanted,
    skip: usize,
    limit: usize,
) -> Result<(Vec<ScoredRow>, bool), BacktestError> {
    read(app, version, move |backtest| {
        let mut found: Vec<ScoredRow> =
            places(&backtest, &wanted).skip(skip).take(limit + 1).map(|at| scored(&backtest, at)).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        (found, more)
    })
    .await
}

/// The rows wanted of a version as a file: the series columns, `date`, `fold`, `cutoff`, `step`, `actual`,
/// `forecast`, both baselines, and `lo80`, `hi80` … for each interval level.
pub async fn export(
    app: &Arc<Lifecycle>,
    version: &ModelVersion,
    wanted: Wanted,
    format: ExportFormat,
) -> Result<Vec<u8>, BacktestError> {
    let columns = version.spec.data.series.clone();
    let written = read(app, version, move |backtest| {
        let mut bytes = Vec::new();
        let table = table(&backtest, &wanted, &columns);
        vakhta_tables::write(&table, format, &mut bytes).map(|()| bytes)
    });
    written.await?.map_err(|e| unusable(version, &e))
}

/// A version beside another of the same model: the rows that both scored.
pub async fn compare(
    app: &Arc<Lifecycle>,
    first: &ModelVersion,
    second: &ModelVersion,
) -> Result<Comparison, BacktestError> {
    let one = read(app, first, |backtest| backtest).await?;
    read(app, second, move |other| vakhta_ml::forecast::compare(&one, &other)).await
}

fn unusable(version: &ModelVersion, reason: &dyn std::fmt::Display) -> BacktestError {
    BacktestError::Unusable { version: version.id.clone(), reason: reason.to_string() }
}

/// Reads a version's backtest and works on it, away from the threads that serve.
async fn read<T: Send + 'static>(
    app: &Arc<Lifecycle>,
    version: &ModelVersion,
    work: impl FnOnce(Backtest) -> T + Send + 'static,
) -> Result<T, BacktestError> {
    // Of a model of records the object holds what was said of held-out rows.
    let backtest = version.backtest.as_ref().filter(|_| version.spec.task == Task::Forecast);
    let object = backtest.ok_or_else(|| BacktestError::NoBacktest(version.id.clone()))?;
    let bytes = app.ports.objects.get(object).await?;
    let done = tokio::task::spawn_blocking(move || Backtest::from_bytes(&bytes).map(work)).await;
    done.map_err(|panic| unusable(version, &panic))?.map_err(|e| unusable(version, &e))
}

fn places<'a>(backtest: &'a Backtest, wanted: &'a Wanted) -> impl Iterator<Item = usize> + 'a {
    let series = wanted.series.as_ref().map(|key| backtest.series.iter().position(|known| known == key));
    let fits = move |row: &BacktestRow| {
        series.is_none_or(|place| place == Some(row.series))
            && wanted.fold.is_none_or(|fold| fold == row.fold)
            && wanted.step.is_none_or(|step| step == row.step)
    };
    backtest.rows.iter().enumerate().filter(move |(_, row)| fits(row)).map(|(at, _)| at)
}

fn scored(backtest: &Backtest, at: usize) -> ScoredRow {
    let row = &backtest.rows[at];
    ScoredRow {
        series: backtest.series.get(row.series).cloned().unwrap_or_default(),
        date: backtest.date(row),
        fold: row.fold,
        cutoff: backtest.cutoff(row.fold),
        step: row.step,
        actual: row.actual,
        forecast: row.forecast,
        seasonal_naive: row.seasonal_naive,
        weekday_mean: row.weekday_mean,
        intervals: backtest.intervals(at),
    }
}

fn table(backtest: &Backtest, wanted: &Wanted, columns: &[String]) -> Table {
    let rows: Vec<ScoredRow> = places(backtest, wanted).map(|at| scored(backtest, at)).collect();
    let mut table = Table::default();
    for (i, name) in columns.iter().enumerate() {
        let texts = rows.iter().map(|row| row.series.get(i).map(String::as_str)).collect();
        table.columns.push((name.clone(), Values::Texts(texts)));
    }
    let mut add = |name: &str, values: Values| table.columns.push((name.to_owned(), values));
    let whole =
        |of: fn(&ScoredRow) -> usize| Values::Integers(rows.iter().map(|row| Some(of(row) as i64)).collect());
    let number = |of: fn(&ScoredRow) -> f64| Values::Floats(rows.iter().map(of).collect());
    add("date", Values::Dates(rows.iter().map(|row| Some(row.date)).collect()));
    add("fold", whole(|row| row.fold));
    add("cutoff", Values::Dates(rows.iter().map(|row| row.cutoff).collect()));
    add("step", whole(|row| row.step));
    add("actual", number(|row| row.actual));
    add("forecast", number(|row| row.forecast));
    add("seasonal_naive", number(|row| row.seasonal_naive));
    add("weekday_mean", number(|row| row.weekday_mean));
    for bounds in &backtest.bounds {
        let bound = |of: fn(&Interval) -> f64| {
            let own =
                |row: &ScoredRow| row.intervals.iter().find(|i| i.level == bounds.level).map_or(f64::NAN, of);
            Values::Floats(rows.iter().map(own).collect())
        };
        add(&format!("lo{}", bounds.level), bound(|interval| interval.lo));
        add(&format!("hi{}", bounds.level), bound(|interval| interval.hi));
    }
    table
}
