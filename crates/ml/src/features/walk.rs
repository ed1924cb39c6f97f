//! The rows of a whole series at once, column by column: what [`State::fill`] would write before each of its
//! values, several times faster.
//!
//! The running parts (windows, means, levels, flags) are taken from a [`State`] that walks through the series, so
//! that they are the same numbers; what depends on fixed distances is then computed over blocks of periods.

use super::plan::{Plan, Source};
use super::state::{State, quantile};
use super::table::{CalendarTable, known_at};
use super::window::Place;
use crate::panel::Series;
use std::collections::VecDeque;

/// Periods whose rows are written together; with a hundred features they fill half of a first-level cache.
const BLOCK: usize = 32;

/// A series and what was known of it before each of its values.
pub struct Walk<'a> {
    plan: &'a Plan,
    calendar: &'a CalendarTable,
    series: &'a Series,
    code: f64,
    level: Vec<f64>,
    /// By window.
    means: Vec<Vec<f64>>,
    /// By window; empty where no feature asks.
    stds: Vec<Vec<f64>>,
    least: Vec<Vec<f64>>,
    largest: Vec<Vec<f64>>,
    /// By weight.
    ewma: Vec<Vec<f64>>,
    expanding: Vec<f64>,
    /// By flag: its effect so far; NaN before it was ever set.
    flags: Vec<Vec<f64>>,
}

impl<'a> Walk<'a> {
    /// Walks through all values of a series.
    pub fn new(plan: &'a Plan, calendar: &'a CalendarTable, series: &'a Series, code: usize) -> Self {
        let len = series.values.len();
        let is_asked = |test: &dyn Fn(Source) -> bool| plan.features.iter().any(|f| test(f.source));
        let columns = |count: usize| vec![Vec::with_capacity(len); count];
        let windows = plan.windows.len();
        let with_std: Vec<bool> = (0..windows).map(|w| is_asked(&|s| s == Source::Std(w))).collect();
        let extreme = |w: usize, asked: Source, is_beyond: fn(f64, f64) -> bool| {
            if is_asked(&|s| s == asked) {
                sliding(&series.values, plan.windows[w], is_beyond)
            } else {
                vec![]
            }
        };
        let mut walk = Self {
            plan,
            calendar,
            series,
            code: code as f64,
            level: Vec::with_capacity(len),
            means: columns(windows),
            stds: columns(windows),
            least: (0..windows).map(|w| extreme(w, Source::Min(w), |old, new| old >= new)).collect(),
            largest: (0..windows).map(|w| extreme(w, Source::Max(w), |old, new| old <= new)).collect(),
            ewma: columns(plan.weights.len()),
            expanding: Vec::with_capacity(len),
            flags: columns(plan.flags.len()),
        };
        let mut state = State::new(plan);
        for (at, &value) in series.values.iter().enumerate() {
            walk.level.push(state.level(plan));
            for (w, window) in state.windows.iter().enumerate() {
                walk.means[w].push(window.mean());
                if with_std[w] {
                    walk.stds[w].push(window.std());
                }
            }
            let summary = state.summary();
            for (column, &mean) in walk.ewma.iter_mut().zip(&summary.ewma) {
                column.push(mean);
            }
            walk.expanding.push(if summary.count == 0 { f64::NAN } else { summary.mean });
            for (column, &(mean, times)) in walk.flags.iter_mut().zip(&summary.flags) {
                column.push(if times > 0 { mean } else { f64::NAN });
            }
            let period = series.start + at;
            state.push(plan, value, |place| known_at(series, plan.flags[place], period, 0) == 1.0);
        }
        walk
    }

    /// The level before a value, counted from the series' first.
    pub fn level(&self, at: usize) -> f64 {
        self.level[at]
    }

    /// Writes the rows of the values from `first` on.
    pub fn write(&self, first: usize, rows: &mut [f32]) {
        let width = self.plan.width();
        let mut values = [0.0; BLOCK];
        for (block, rows) in rows.chunks_mut(BLOCK * width).enumerate() {
            let from = first + block * BLOCK;
            let values = &mut values[..rows.len() / width];
            for (place, feature) in self.plan.features.iter().enumerate() {
                self.column(feature.source, from, values);
                if self.plan.relative && feature.source.has_unit() {
                    for (value, level) in values.iter_mut().zip(&self.level[from..]) {
                        *value /= level;
                    }
                }
                for (row, value) in rows.chunks_exact_mut(width).zip(values.iter()) {
                    row[place] = *value as f32;
                }
            }
        }
    }

    /// A feature before the values from `from` on, its level not yet divided out.
    fn column(&self, source: Source, from: usize, out: &mut [f64]) {
        let plan = self.plan;
        let copy = |column: &[f64], out: &mut [f64]| out.copy_from_slice(&column[from..from + out.len()]);
        match source {
            Source::Lag(lag) => self.lag(lag, from, out),
            Source::Mean(window) => copy(&self.means[window], out),
            Source::Std(window) => copy(&self.stds[window], out),
            Source::Min(window) => copy(&self.least[window], out),
            Source::Max(window) => copy(&self.largest[window], out),
            Source::Quantile(window, percent) => each(from, out, |at| {
                quantile(inside(&self.series.values, plan.windows[window], at), f64::from(percent) / 100.0)
            }),
            Source::SeasonMean(count) => self.season_mean(count, from, out),
            Source::SeasonStd(count) => self.season_std(count, from, out),
            Source::SeasonMin(count) => each(from, out, |at| self.season_extreme(count, at, f64::min)),
            Source::SeasonMax(count) => each(from, out, |at| self.season_extreme(count, at, f64::max)),
            Source::Ewma(place) => copy(&self.ewma[place], out),
            Source::Expanding => copy(&self.expanding, out),
            Source::LagOver(lag, window) => {
                self.lag(lag, from, out);
                self.over(window, from, out);
            }
            Source::MeanOver(a, b) => {
                copy(&self.means[a], out);
                self.over(b, from, out);
            }
            Source::SameDateOver(years, window) => {
                each(from, out, |at| {
                    let days = self.calendar.year_ago(self.series.start + at);
                    days.map_or(f64::NAN, |days| self.value_back(at, days + (years - 1) * 365))
                });
                self.over(window, from, out);
            }
            Source::FlagEffect(place) => each(from, out, |at| {
                let is_set = known_at(self.series, plan.flags[place], self.series.start + at, 0) == 1.0;
                if is_set { self.flags[place][at] } else { f64::NAN }
            }),
            Source::Calendar(place) => {
                each(from, out, |at| f64::from(self.calendar.row(self.series.start + at)[place]));
            }
            Source::Known(column, offset) => {
                each(from, out, |at| {
                    f64::from(known_at(self.series, column, self.series.start + at, offset))
                });
            }
            Source::Static(column) => out.fill(f64::from(self.series.statics[column])),
            Source::Code => out.fill(self.code),
        }
    }

    fn value_back(&self, at: usize, periods: usize) -> f64 {
        at.checked_sub(periods).map_or(f64::NAN, |at| self.series.values[at])
    }

    fn lag(&self, lag: usize, from: usize, out: &mut [f64]) {
        let missing = lag.saturating_sub(from).min(out.len());
        out[..missing].fill(f64::NAN);
        let out = &mut out[missing..];
        if !out.is_empty() {
            let first = from + missing - lag;
            out.copy_from_slice(&self.series.values[first..first + out.len()]);
        }
    }

    fn over(&self, window: usize, from: usize, out: &mut [f64]) {
        for (value, mean) in out.iter_mut().zip(&self.means[window][from..]) {
            *value = if mean.abs() > 1e-9 { *value / mean } else { f64::NAN };
        }
    }

    /// How many of `count` seasons back there are.
    fn seasons(&self, count: usize, at: usize) -> usize {
        count.min(at / self.plan.season)
    }

    fn season_mean(&self, count: usize, from: usize, out: &mut [f64]) {
        let season = self.plan.season;
        if from < count * season {
            each(from, out, |at| {
                let n = self.seasons(count, at);
                (1..=n).map(|k| self.series.values[at - k * season]).sum::<f64>() / n as f64
            });
            return;
        }
        out.fill(0.0);
        for k in 1..=count {
            for (sum, value) in out.iter_mut().zip(&self.series.values[from - k * season..]) {
                *sum += value;
            }
        }
        for sum in out {
            *sum /= count as f64;
        }
    }

    fn season_std(&self, count: usize, from: usize, out: &mut [f64]) {
        let season = self.plan.season;
        let mut means = [0.0; BLOCK];
        let means = &mut means[..out.len()];
        self.season_mean(count, from, means);
        if from < count * season {
            each(from, out, |at| {
                let (n, mean) = (self.seasons(count, at), means[at - from]);
                let squares =
                    (1..=n).map(|k| (self.series.values[at - k * season] - mean).powi(2)).sum::<f64>();
                if n < 2 { f64::NAN } else { (squares / (n - 1) as f64).sqrt() }
            });
            return;
        }
        out.fill(0.0);
        for k in 1..=count {
            let values = &self.series.values[from - k * season..];
            for ((squares, value), mean) in out.iter_mut().zip(values).zip(means.iter()) {
                *squares += (value - mean).powi(2);
            }
        }
        let degrees = count as f64 - 1.0;
        for squares in out {
            *squares = if count < 2 { f64::NAN } else { (*squares / degrees).sqrt() };
        }
    }

    fn season_extreme(&self, count: usize, at: usize, pick: fn(f64, f64) -> f64) -> f64 {
        let back = (1..=self.seasons(count, at)).map(|k| self.series.values[at - k * self.plan.season]);
        back.reduce(pick).unwrap_or(f64::NAN)
    }
}

fn each(from: usize, out: &mut [f64], value: impl Fn(usize) -> f64) {
    for (at, out) in (from..).zip(out) {
        *out = value(at);
    }
}

/// The values of a window before the value at `at`.
fn inside(values: &[f64], place: Place, at: usize) -> &[f64] {
    let end = (at + 1).saturating_sub(place.delay);
    &values[end.saturating_sub(place.len)..end]
}

/// The least or largest value of a window before each value: a queue of those that no later one has beaten.
fn sliding(values: &[f64], place: Place, is_beaten: fn(f64, f64) -> bool) -> Vec<f64> {
    let mut queue: VecDeque<(usize, f64)> = VecDeque::with_capacity(place.len + 1);
    (0..values.len())
        .map(|at| {
            if let Some(newest) = at.checked_sub(place.delay) {
                let value = values[newest];
                while queue.back().is_some_and(|&(_, old)| is_beaten(old, value)) {
                    queue.pop_back();
                }
                queue.push_back((newest, value));
                if queue.front().is_some_and(|&(oldest, _)| oldest + place.len <= newest) {
                    queue.pop_front();
                }
            }
            queue.front().map_or(f64::NAN, |&(_, value)| value)
        })
        .collect()
}
