//! A learnt forecast: answers from memory, nothing outside of it is asked.

use super::alike::with_borrowed_past;
use super::backtest::Backtest;
use super::folds::unit;
use super::issued::Issued;
use super::learnt::Learnt;
use super::nodes::Nodes;
use super::params::Checked;
use super::recursion::BATCH;
use crate::evaluate::Conformal;
use crate::features::{Summary, walked};
use crate::panel::{Closures, Kind, Panel, Periods};
use jiff::civil::Date;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use vakhta_domain::report::{ForecastPoint, HistoryPoint, Interval, SeriesForecast, TrainingReport};
use vakhta_domain::spec::Missing;

/// The longest horizon that is answered, in periods.
pub const MAX_HORIZON: usize = vakhta_domain::spec::check::MAX_HORIZON as usize;

/// Periods of known-future values kept from before the end of the history.
const KNOWN_BEFORE: usize = 8;

/// What is kept of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its key.
    pub key: Vec<String>,
    /// Its latest values, to the end of the history.
    pub tail: Vec<f64>,
    /// How each came to be.
    pub kinds: Vec<Kind>,
    /// What older values left behind.
    pub summary: Summary,
    /// Its static columns.
    pub statics: Vec<f32>,
    /// Its known-future columns, from [`Fitted::known_from`] on.
    pub known: Vec<Vec<f32>>,
    /// When it will be closed.
    pub closures: Closures,
    /// Whether it was never negative.
    pub non_negative: bool,
    /// The unit of its errors.
    pub unit: f64,
    /// Its forecast over the model's own horizon.
    pub ready: Vec<f64>,
}

/// A learnt forecast.
#[derive(Debug, Clone)]
pub struct Fitted {
    pub(crate) periods: Periods,
    pub(crate) first: i64,
    pub(crate) len: usize,
    pub(crate) horizon: usize,
    pub(crate) levels: Vec<u8>,
    pub(crate) missing: Missing,
    /// The first period whose actuals have not yet moved the intervals.
    pub(crate) adapted_until: usize,
    /// Forecasts made before, oldest first, of periods that have not all come.
    pub(crate) issued: Vec<Issued>,
    pub(crate) known_names: Vec<String>,
    pub(crate) learnt: Learnt,
    pub(crate) conformal: Conformal,
    pub(crate) series: Vec<Kept>,
    pub(crate) report: TrainingReport,
    pub(crate) by_key: HashMap<Vec<String>, usize>,
    pub(crate) backtest: Option<Box<Backtest>>,
    pub(crate) nodes: Option<Nodes>,
}

/// What is asked of a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastQuery {
    /// Periods after the history, 1 to 1000.
    pub horizon: usize,
    /// Which series; none for all.
    pub series: Option<Vec<Vec<String>>>,
    /// Interval levels, 1 to 99 percent.
    pub levels: Vec<u8>,
    /// Values of known-future columns that were not in the data or that have changed.
    pub known_future: Vec<KnownValue>,
}

/// A known-future value.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownValue {
    /// The series; none for all.
    pub series: Option<Vec<String>>,
    /// Any day of the period.
    pub date: Date,
    /// The column.
    pub column: String,
    /// The value; NaN for "missing".
    pub value: f64,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A series that was not learnt.
    #[error("series `{series}` is unknown; the model knows {count}, such as `{example}`")]
    UnknownSeries {
        /// The series asked for.
        series: String,
        /// Series known.
        count: usize,
        /// One of them.
        example: String,
    },
    /// A horizon out of range.
    #[error("a horizon of {horizon} is out of range, allowed are 1 to {MAX_HORIZON}")]
    Horizon {
        /// The horizon asked for.
        horizon: usize,
    },
    /// A level out of range.
    #[error("level {level} is out of range, allowed are 1 to 99")]
    Level {
        /// The level asked for.
        level: u8,
    },
    /// A date that no forecast is made for.
    #[error(
        "{date} cannot be forecast: the history ends on {end} and {MAX_HORIZON} periods after it are answered"
    )]
    Date {
        /// The date asked for.
        date: Date,
        /// The last period of history.
        end: Date,
    },
    /// A column that the model does not use.
    #[error("column `{column}` is not a known-future column of this model; it has: {known}")]
    Column {
        /// The column given.
        column: String,
        /// Those it knows.
        known: String,
    },
}

impl ForecastQuery {
    pub(super) fn check_horizon(&self) -> Result<(), QueryError> {
        if (1..=MAX_HORIZON).contains(&self.horizon) {
            Ok(())
        } else {
            Err(QueryError::Horizon { horizon: self.horizon })
        }
    }
}

impl Fitted {
    pub(crate) fn new(
        panel: &Panel,
        learnt: Learnt,
        conformal: Conformal,
        checked: &Checked,
        horizon: usize,
        report: TrainingReport,
        backtest: Backtest,
    ) -> Self {
        let keep = kept_of(&learnt, panel.periods);
        let known_from = panel.len.saturating_sub(KNOWN_BEFORE);
        let borrowed = match learnt.booster() {
            Some(booster) => with_borrowed_past(&booster.plan, panel, panel.len),
            None => BTreeMap::new(),
        };
        let series: Vec<Kept> = (panel.series.iter().enumerate())
            .map(|(at, series)| {
                let longer = borrowed.get(&at).unwrap_or(series);
                let from = longer.values.len().saturating_sub(keep);
                let summary = if let Some(booster) = learnt.booster() {
                    walked(&booster.plan, longer, &longer.values).summary().clone()
                } else {
                    Summary::default()
                };
                Kept {
                    key: series.key.clone(),
                    tail: longer.values[from..].to_vec(),
                    kinds: longer.kinds[from..].to_vec(),
                    summary,
                    statics: series.statics.clone(),
                    known: series
                        .known
                        .iter()
                        .map(|column| column[known_from.min(column.len())..].to_vec())
                        .collect(),
                    closures: series.closures.clone(),
                    non_negative: series.values.iter().all(|v| *v >= 0.0),
                    unit: unit(&series.values, panel.periods.frequency),
                    ready: Vec::new(),
                }
            })
            .collect();
        let mut fitted = Self {
            periods: panel.periods,
            first: panel.first,
            len: panel.len,
            horizon,
            levels: checked.levels.clone(),
            missing: checked.missing,
            adapted_until: panel.len,
            issued: Vec::new(),
            known_names: panel.known_names.clone(),
            learnt,
            conformal,
            by_key: by_key(&series),
            series,
            report,
            backtest: Some(Box::new(backtest)),
            nodes: None,
        };
        fitted.make_ready();
        let largest = |values: &mut dyn Iterator<Item = f64>| values.map(f64::abs).fold(0.0, f64::max);
        let ahead = largest(&mut fitted.series.iter().flat_map(|s| s.ready.iter().copied()));
        let behind = largest(&mut panel.series.iter().flat_map(|s| s.values.iter().copied()));
        fitted.report.largest_ratio = if behind > 0.0 { ahead / behind } else { 0.0 };
        fitted
    }

    /// Walks all series over the model's own horizon.
    pub(super) fn make_ready(&mut self) {
        let all: Vec<usize> = (0..self.series.len()).collect();
        let paths: Vec<Vec<f64>> = all
            .par_chunks(BATCH)
            .flat_map_iter(|some| {
                let known: Vec<Vec<Vec<f32>>> =
                    some.iter().map(|&at| self.series[at].known.clone()).collect();
                self.paths(some, &known, self.horizon)
            })
            .collect();
        for (kept, path) in self.series.iter_mut().zip(paths) {
            kept.ready = path;
        }
    }

    /// How many values of each series are kept.
    pub(super) fn keep(&self) -> usize {
        kept_of(&self.learnt, self.periods)
    }

    /// What training found out.
    pub fn report(&self) -> &TrainingReport {
        &self.report
    }

    /// Adds what was noticed before the fit, such as the panel's notes, in front of the report's own.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<vakhta_domain::report::DataNote>) -> Self {
        self.report.notes.splice(0..0, notes);
        self
    }

    /// How it did on the folds; none for a model that was read back, because it is an artifact of its own.
    pub fn backtest(&self) -> Option<&Backtest> {
        self.backtest.as_deref()
    }

    /// The keys of all series, in the panel's order.
    pub fn series_keys(&self) -> impl ExactSizeIterator<Item = &[String]> {
        self.series.iter().map(|s| s.key.as_slice())
    }

    /// The horizon that it was validated on.
    pub fn horizon(&self) -> usize {
        self.horizon
    }

    /// The interval levels of its spec.
    pub fn levels(&self) -> &[u8] {
        &self.levels
    }

    /// The calendar that its periods lie on.
    pub fn periods(&self) -> Periods {
        self.periods
    }

    /// The last period of the history.
    pub fn end(&self) -> Date {
        self.date(self.len.saturating_sub(1))
    }

    /// The first day of a period, counted from the panel's first.
    pub fn date(&self, period: usize) -> Date {
        self.periods.first_day(self.first.saturating_add(period as i64))
    }

    /// Forecasts of the series asked for, in that order.
    pub fn forecast(&self, query: &ForecastQuery) -> Result<Vec<SeriesForecast>, QueryError> {
        query.check_horizon()?;
        let chosen: Vec<usize> = match &query.series {
            None => (0..self.series.len()).collect(),
            Some(keys) => keys.iter().map(|key| self.find(key)).collect::<Result<_, _>>()?,
        };
        let levels = checked_levels(&query.levels)?;
        let is_ready = query.known_future.is_empty() && query.horizon <= self.horizon;
        let paths: Vec<Vec<f64>> = if is_ready {
            chosen.iter().map(|&at| self.series[at].ready[..query.horizon].to_vec()).collect()
        } else if self.nodes.is_some() {
            // What adds up depends on every series.
            let all = self.agreed(query)?.0;
            chosen.iter().map(|&at| all[at].clone()).collect()
        } else {
            let known = self.known(&chosen, &query.known_future)?;
            self.paths(&chosen, &known, query.horizon)
        };
        let with_points = chosen.iter().zip(&paths).map(|(&at, path)| SeriesForecast {
            series: self.series[at].key.clone(),
            points: path
                .iter()
                .enumerate()
                .map(|(i, &value)| self.point(at, i + 1, value, &levels))
                .collect(),
        });
        Ok(with_points.collect())
    }

    /// The forecast of one series on one day after the history, at the levels of the spec.
    pub fn predict_at(
        &self,
        key: &[String],
        date: Date,
        known: &[KnownValue],
    ) -> Result<ForecastPoint, QueryError> {
        let end = self.end();
        let step = self.periods.number(date) - self.periods.number(end);
        let step = usize::try_from(step).ok().filter(|step| (1..=MAX_HORIZON).contains(step));
        let horizon = step.ok_or(QueryError::Date { date, end })?;
        let query = ForecastQuery {
            horizon,
            series: Some(vec![key.to_vec()]),
            levels: self.levels.clone(),
            known_future: known.to_vec(),
        };
        let mut found = self.forecast(&query)?;
        let point = found.pop().and_then(|mut series| series.points.pop());
        point.ok_or(QueryError::Date { date, end })
    }

    /// The last `count` periods of a series' past; at least 2.2 years are kept.
    pub fn history(&self, key: &[String], count: usize) -> Result<Vec<HistoryPoint>, QueryError> {
        let kept = &self.series[self.find(key)?];
        // What was borrowed from other branches is not its past.
        let opened = kept.kinds.iter().position(|kind| *kind != Kind::Filled).unwrap_or(0);
        let from = kept.tail.len().saturating_sub(count).max(opened);
        let first = self.len - kept.tail.len();
        let points = (from..kept.tail.len()).map(|at| HistoryPoint {
            date: self.date(first + at),
            value: (kept.kinds[at] != Kind::Filled).then_some(kept.tail[at]),
        });
        Ok(points.collect())
    }

    fn find(&self, key: &[String]) -> Result<usize, QueryError> {
        self.by_key.get(key).copied().ok_or_else(|| QueryError::UnknownSeries {
            series: key.join(" / "),
            count: self.series.len(),
            example: self.series.first().map(|s| s.key.join(" / ")).unwrap_or_default(),
        })
    }

    pub(crate) fn known_from(&self) -> usize {
        self.len.saturating_sub(KNOWN_BEFORE)
    }

    /// The known-future columns of the chosen series with the given values written over them.
    pub(super) fn known(
        &self,
        chosen: &[usize],
        given: &[KnownValue],
    ) -> Result<Vec<Vec<Vec<f32>>>, QueryError> {
        let mut known: Vec<Vec<Vec<f32>>> = chosen.iter().map(|&at| self.series[at].known.clone()).collect();
        let from = self.known_from();
        for value in given {
            let column = self.known_names.iter().position(|name| *name == value.column).ok_or_else(|| {
                QueryError::Column { column: value.column.clone(), known: self.known_names.join(", ") }
            })?;
            let only = value.series.as_ref().map(|key| self.find(key)).transpose()?;
            let at = self.periods.number(value.date).saturating_sub(self.first).saturating_sub(from as i64);
            let Some(at) = usize::try_from(at).ok().filter(|at| *at < KNOWN_BEFORE + MAX_HORIZON + 1) else {
                return Err(QueryError::Date { date: value.date, end: self.end() });
            };
            for (columns, _) in
                known.iter_mut().zip(chosen).filter(|(_, series)| only.is_none_or(|o| o == **series))
            {
                let column = &mut columns[column];
                if column.len() <= at {
                    column.resize(at + 1, f32::NAN);
                }
                column[at] = value.value as f32;
            }
        }
        Ok(known)
    }

    pub(super) fn point(&self, at: usize, step: usize, value: f64, levels: &[u8]) -> ForecastPoint {
        let kept = &self.series[at];
        let intervals = levels.iter().map(|&level| {
            // A value of exactly zero is a closed day: it is known, not estimated.
            let is_closed = value == 0.0 && kept.closures.given_up;
            let half = if is_closed { 0.0 } else { self.conformal.half_width(at, step, kept.unit, level) };
            let lo = if kept.non_negative { (value - half).max(0.0) } else { value - half };
            Interval { level, lo, hi: value + half }
        });
        let intervals = if self.conformal.is_empty() { Vec::new() } else { intervals.collect() };
        ForecastPoint { date: self.date(self.len + step - 1), step: step as u32, value, intervals }
    }
}

/// As many values as features look at, and at least two years and a quarter of them to show.
fn kept_of(learnt: &Learnt, periods: Periods) -> usize {
    let reach = learnt.booster().map_or(0, |booster| booster.plan.reach());
    reach.max(periods.in_year() * 9 / 4)
}

pub(crate) fn by_key(series: &[Kept]) -> HashMap<Vec<String>, usize> {
    series.iter().enumerate().map(|(at, kept)| (kept.key.clone(), at)).collect()
}

pub(super) fn checked_levels(levels: &[u8]) -> Result<Vec<u8>, QueryError> {
    let mut levels = levels.to_vec();
    levels.sort_unstable();
    levels.dedup();
    match levels.iter().find(|level| !(1..=99).contains(*level)) {
        Some(&level) => Err(QueryError::Level { level }),
        None => Ok(levels),
    }
}
