//! The backtest of a version as a value: which folds there were, and every row that was scored in them.
//!
//! It is saved beside the model, read back to be shown, and compared row by row with that of another version.

mod compare;
mod saved;
#[cfg(test)]
mod tests;

pub use compare::{Comparison, Difference, HorizonDifference, PairedRow, Pairing, SeriesDifference, compare};

use super::folds::{BacktestRow, Origin};
use super::report::{self, Whose};
use crate::panel::Periods;
use jiff::civil::Date;
use vakhta_domain::report::{Fold, HorizonMetrics, Interval, LevelValue, Metrics, SeriesMetrics};

/// The intervals of all rows at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// The level, percent.
    pub level: u8,
    /// Lower bounds, one a row; NaN where nothing had been learnt yet that an interval could be made of.
    pub lo: Vec<f64>,
    /// Upper bounds, likewise.
    pub hi: Vec<f64>,
}

/// Folds and their scored rows, ordered by fold, series and period.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The engine whose forecasts the rows carry, by its name in a spec.
    pub engine: String,
    /// The calendar.
    pub periods: Periods,
    /// The number of period 0 on it.
    pub first: i64,
    /// The keys of the series.
    pub series: Vec<Vec<String>>,
    /// The folds, oldest first.
    pub origins: Vec<Origin>,
    /// The rows.
    pub rows: Vec<BacktestRow>,
    /// Their intervals, by level, ascending.
    pub bounds: Vec<Bounds>,
}

impl Backtest {
    /// The first day of a row's period.
    pub fn date(&self, row: &BacktestRow) -> Date {
        self.day(row.period)
    }

    /// The last day that a fold learnt from.
    pub fn cutoff(&self, fold: usize) -> Option<Date> {
        Some(self.day(self.origins.get(fold)?.cutoff.saturating_sub(1)))
    }

    /// The intervals of the row at a place, by level; those that are unknown are left out.
    pub fn intervals(&self, at: usize) -> Vec<Interval> {
        let of_level = |b: &Bounds| Interval { level: b.level, lo: b.lo[at], hi: b.hi[at] };
        self.bounds.iter().map(of_level).filter(|i| !i.lo.is_nan()).collect()
    }

    /// The accuracy on the rows that pass a test, with the coverage and width of the intervals.
    pub fn metrics(&self, test: impl Fn(&BacktestRow) -> bool) -> Metrics {
        let mut found = report::metrics(self.rows.iter().filter(|r| test(r)), Whose::Model);
        for bounds in &self.bounds {
            let (mut known, mut inside, mut width, mut size) = (0u64, 0u64, 0.0, 0.0);
            for (at, row) in self.rows.iter().enumerate().filter(|(_, row)| test(row)) {
                let (lo, hi) = (bounds.lo[at], bounds.hi[at]);
                if lo.is_nan() {
                    continue;
                }
                known += 1;
                inside += u64::from((lo..=hi).contains(&row.actual));
                width += hi - lo;
                size += row.actual.abs();
            }
            let level = bounds.level;
            if known > 0 {
                found.coverage.push(LevelValue { level, value: 100.0 * inside as f64 / known as f64 });
            }
            if size > 0.0 && width.is_finite() {
                found.width.push(LevelValue { level, value: 100.0 * width / size });
            }
        }
        found
    }

    /// Fold by fold, oldest first.
    pub fn by_fold(&self) -> Vec<Fold> {
        let one = |(fold, origin): (usize, &Origin)| {
            let of = |whose| report::metrics(self.rows.iter().filter(|r| r.fold == fold), whose);
            Fold {
                cutoff: self.day(origin.cutoff.saturating_sub(1)),
                from: self.day(origin.from),
                to: self.day(origin.to.saturating_sub(1)),
                model: self.metrics(|r| r.fold == fold),
                seasonal_naive: of(Whose::SeasonalNaive),
                weekday_mean: of(Whose::WeekdayMean),
            }
        };
        self.origins.iter().enumerate().map(one).collect()
    }

    /// Series by series, in the order of [`Backtest::series`].
    pub fn by_series(&self) -> Vec<SeriesMetrics> {
        let parts = self.split(self.series.len(), |row| row.series);
        let named = self.series.iter().zip(parts);
        named
            .map(|(key, part)| SeriesMetrics { series: key.clone(), metrics: part.metrics(|_| true) })
            .collect()
    }

    /// Step by step; steps without a row are left out.
    pub fn by_horizon(&self) -> Vec<HorizonMetrics> {
        let last = self.rows.iter().map(|r| r.step).max().unwrap_or(0);
        let parts = self.split(last + 1, |row| row.step).into_iter().enumerate();
        parts
            .filter(|(_, part)| !part.rows.is_empty())
            .map(|(step, part)| HorizonMetrics { step: step as u32, metrics: part.metrics(|_| true) })
            .collect()
    }

    /// The rows sorted into `count` parts with their bounds and nothing else.
    fn split(&self, count: usize, part_of: impl Fn(&BacktestRow) -> usize) -> Vec<Self> {
        let empty = Self {
            engine: String::new(),
            periods: self.periods,
            first: self.first,
            series: Vec::new(),
            origins: Vec::new(),
            rows: Vec::new(),
            bounds: self.bounds.iter().map(|b| Bounds { level: b.level, lo: vec![], hi: vec![] }).collect(),
        };
        let mut parts = vec![empty; count];
        for (at, row) in self.rows.iter().enumerate() {
            let part = &mut parts[part_of(row)];
            part.rows.push(*row);
            for (into, from) in part.bounds.iter_mut().zip(&self.bounds) {
                into.lo.push(from.lo[at]);
                into.hi.push(from.hi[at]);
            }
        }
        parts
    }

    fn day(&self, period: usize) -> Date {
        self.periods.first_day(self.first.saturating_add(period as i64))
    }
}
