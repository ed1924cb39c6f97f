//! The rows of a whole series at once, column by column: what [`State::fill`](super::State::fill) would write before
//! each of its values, several times faster.
//!
//! The series is walked in blocks. For a block, the running parts (windows, means, levels, flags) are brought forward
//! by the same steps as those of a state, so that they are the same numbers; what depends on fixed distances is read
//! from the series.

use super::extreme::{Room, larger, lesser};
use super::plan::{Plan, Source};
use super::state::{flag_effect, level, quantile};
use super::table::{CalendarTable, known_at};
use super::window::{Place, Window};
use crate::panel::Series;

/// Periods whose rows are written together; with a hundred features they fill a first-level cache.
const BLOCK: usize = 64;

/// One number for each period of a block.
type Column = [f64; BLOCK];

/// A window, and what it held before each value of the block.
struct Running {
    window: Window,
    place: Place,
    mean: Column,
    std: Option<Column>,
    least: Option<Column>,
    largest: Option<Column>,
}

/// A walk through a series.
pub struct Walk<'a> {
    plan: &'a Plan,
    calendar: &'a CalendarTable,
    series: &'a Series,
    code: f64,
    windows: Vec<Running>,
    /// By weight: where it stands, and what it was before each value.
    ewma: Vec<(f64, Column)>,
    mean: f64,
    expanding: Column,
    level: Column,
    /// By flag: its effect and how often it was set, and the effect before each value; NaN before it was ever set.
    flags: Vec<((f64, u64), Column)>,
    room: Room,
}

impl<'a> Walk<'a> {
    /// At the beginning of a series.
    pub fn new(plan: &'a Plan, calendar: &'a CalendarTable, series: &'a Series, code: usize) -> Self {
        let empty = [f64::NAN; BLOCK];
        let running = |(w, &place): (usize, &Place)| {
            let asked = |source| plan.features.iter().any(|f| f.source == source).then_some(empty);
            Running {
                window: Window::new(place),
                place,
                mean: empty,
                std: asked(Source::Std(w)),
                least: asked(Source::Min(w)),
                largest: asked(Source::Max(w)),
            }
        };
        Self {
            plan,
            calendar,
            series,
            code: code as f64,
            windows: plan.windows.iter().enumerate().map(running).collect(),
            ewma: vec![(f64::NAN, empty); plan.weights.len()],
            mean: 0.0,
            expanding: empty,
            level: empty,
            flags: vec![((0.0, 0), empty); plan.flags.len()],
            room: Room::default(),
        }
    }

    /// Writes the rows of the values from `first` on and returns their levels (1 where the plan is not relative).
    pub fn write(mut self, first: usize, rows: &mut [f32]) -> Vec<f64> {
        let (width, len) = (self.plan.width(), self.series.values.len());
        let mut levels = Vec::with_capacity(len - first);
        let mut rest = rows;
        let mut from = 0;
        while from < len {
            // Blocks end where rows begin, so that each is written wholly or not at all.
            let to = if from < first { first.min(from + BLOCK) } else { len.min(from + BLOCK) };
            self.bring_forward(from, to - from);
            if from >= first {
                let (own, others) = std::mem::take(&mut rest).split_at_mut((to - from) * width);
                rest = others;
                self.write_block(from, to - from, own);
                levels.extend_from_slice(&self.level[..to - from]);
            }
            from = to;
        }
        levels
    }

    /// Fills the columns that run along with what was known before each of `count` values from `from` on.
    fn bring_forward(&mut self, from: usize, count: usize) {
        let values = &self.series.values;
        for running in &mut self.windows {
            let Running { window, place, mean, std, least, largest } = running;
            window.before_each(values, from, &mut mean[..count], std.as_mut().map(|std| &mut std[..count]));
            if let Some(std) = std {
                place.deviations(from, &mut std[..count]);
            }
            if let Some(least) = least {
                self.room.before_each(*place, values, from, lesser, &mut least[..count]);
            }
            if let Some(largest) = largest {
                self.room.before_each(*place, values, from, larger, &mut largest[..count]);
            }
        }
        let values = &values[from..from + count];
        for ((mean, column), weight) in self.ewma.iter_mut().zip(&self.plan.weights) {
            for (before, &value) in column.iter_mut().zip(values) {
                *before = *mean;
                *mean = if mean.is_nan() { value } else { *mean + weight * (value - *mean) };
            }
        }
        for ((at, before), &value) in (from..).zip(&mut self.expanding).zip(values) {
            *before = self.mean;
            self.mean += (value - self.mean) / (at + 1) as f64;
        }
        let recent = &self.windows[self.plan.level].mean;
        for ((own, &recent), &all) in self.level.iter_mut().zip(recent).zip(&self.expanding).take(count) {
            *own = level(recent, all);
        }
        for ((effect, column), &flag) in self.flags.iter_mut().zip(&self.plan.flags) {
            for (at, before) in column.iter_mut().enumerate().take(count) {
                *before = if effect.1 > 0 { effect.0 } else { f64::NAN };
                if known_at(self.series, flag, self.series.start + from + at, 0) == 1.0 {
                    *effect = flag_effect(*effect, values[at] / self.level[at]);
                }
            }
        }
        if !self.plan.relative {
            self.level = [1.0; BLOCK];
        }
        if from == 0 {
            self.expanding[0] = f64::NAN;
        }
    }

    fn write_block(&self, from: usize, count: usize, rows: &mut [f32]) {
        let width = self.plan.width();
        let mut values = [0.0; BLOCK];
        let mut narrow = [0.0f32; BLOCK];
        let features = &self.plan.features;
        let mut place = 0;
        while let Some(feature) = features.get(place) {
            if let Source::Calendar(column) = feature.source {
                // Neighbours in the calendar are copied together.
                let follow =
                    |(n, f): &(usize, &super::plan::Feature)| f.source == Source::Calendar(column + n);
                let together = features[place..].iter().enumerate().take_while(follow).count();
                for (row, at) in rows.chunks_exact_mut(width).zip(from..) {
                    let day = self.calendar.row(self.series.start + at);
                    row[place..place + together].copy_from_slice(&day[column..column + together]);
                }
                place += together;
                continue;
            }
            self.column(feature.source, from, &mut values[..count]);
            if feature.source.has_unit() {
                for ((narrow, value), level) in narrow.iter_mut().zip(&values).zip(&self.level) {
                    *narrow = (value / level) as f32;
                }
            } else {
                for (narrow, value) in narrow.iter_mut().zip(&values) {
                    *narrow = *value as f32;
                }
            }
            for (row, value) in rows.chunks_exact_mut(width).zip(&narrow) {
                row[place] = *value;
            }
            place += 1;
        }
    }

    /// A feature before the values from `from` on, its level not yet divided out.
    fn column(&self, source: Source, from: usize, out: &mut [f64]) {
        let plan = self.plan;
        let copy = |column: &Column, out: &mut [f64]| out.copy_from_slice(&column[..out.len()]);
        let asked = |column: &Option<Column>, out: &mut [f64]| match column {
            Some(column) => copy(column, out),
            None => out.fill(f64::NAN),
        };
        match source {
            Source::Lag(lag) => self.lag(lag, from, out),
            Source::Mean(window) => copy(&self.windows[window].mean, out),
            Source::Std(window) => asked(&self.windows[window].std, out),
            Source::Min(window) => asked(&self.windows[window].least, out),
            Source::Max(window) => asked(&self.windows[window].largest, out),
            Source::Quantile(window, percent) => each(from, out, |at| {
                quantile(inside(&self.series.values, plan.windows[window], at), f64::from(percent) / 100.0)
            }),
            Source::SeasonMean(count) => self.season_mean(count, from, out),
            Source::SeasonStd(count) => self.season_std(count, from, out),
            Source::SeasonMin(count) => each(from, out, |at| self.season_extreme(count, at, f64::min)),
            Source::SeasonMax(count) => each(from, out, |at| self.season_extreme(count, at, f64::max)),
            Source::Ewma(place) => copy(&self.ewma[place].1, out),
            Source::Expanding => copy(&self.expanding, out),
            Source::LagOver(lag, window) => {
                self.lag(lag, from, out);
                self.over(window, out);
            }
            Source::MeanOver(a, b) => {
                copy(&self.windows[a].mean, out);
                self.over(b, out);
            }
            Source::SameDateOver(years, window) => {
                each(from, out, |at| {
                    let days = self.calendar.year_ago(self.series.start + at);
                    days.map_or(f64::NAN, |days| self.value_back(at, days + (years - 1) * 365))
                });
                self.over(window, out);
            }
            Source::FlagEffect(place) => {
                self.known(plan.flags[place], 0, from, out);
                for (value, effect) in out.iter_mut().zip(&self.flags[place].1) {
                    *value = if *value == 1.0 { *effect } else { f64::NAN };
                }
            }
            Source::Calendar(place) => {
                each(from, out, |at| f64::from(self.calendar.row(self.series.start + at)[place]));
            }
            Source::Known(column, offset) => self.known(column, offset, from, out),
            Source::Static(column) => out.fill(f64::from(self.series.statics[column])),
            Source::Code => out.fill(self.code),
        }
    }

    fn known(&self, column: usize, offset: i32, from: usize, out: &mut [f64]) {
        let known = &self.series.known[column];
        let first = (self.series.start + from) as i64 + i64::from(offset);
        let missing = usize::try_from(-first).unwrap_or(0).min(out.len());
        out[..missing].fill(f64::NAN);
        let first = usize::try_from(first).unwrap_or(0).min(known.len());
        let mut known = known[first..].iter();
        for value in &mut out[missing..] {
            *value = known.next().map_or(f64::NAN, |&known| f64::from(known));
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

    fn over(&self, window: usize, out: &mut [f64]) {
        for (value, mean) in out.iter_mut().zip(&self.windows[window].mean) {
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
