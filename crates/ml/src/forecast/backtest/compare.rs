//! Two backtests side by side: the same series on the same day, forecast from as far ahead.

use super::Backtest;
use crate::forecast::folds::BacktestRow;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How rows of two backtests found each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// Same series, same date, same number of periods ahead: neither had more to go by.
    SameStep,
    /// Same series and date, forecast from different distances, because the cutoffs have nothing in common. The
    /// one with the smaller mean step had the easier task.
    SameDate,
}

/// A row that both backtests scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedRow {
    /// The place of the series in [`Comparison::series`].
    pub series: usize,
    /// The first day of the period.
    pub date: Date,
    /// Periods ahead in the first backtest.
    pub first_step: usize,
    /// Periods ahead in the second.
    pub second_step: usize,
    /// What happened, as the second backtest knows it.
    pub actual: f64,
    /// The forecast of the first.
    pub first: f64,
    /// The forecast of the second.
    pub second: f64,
}

/// How two backtests differ on some rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Difference {
    /// Rows.
    pub n: u64,
    /// WAPE of the first, percent; none where all actuals are zero.
    pub first: Option<f64>,
    /// WAPE of the second.
    pub second: Option<f64>,
    /// Second less first, percentage points: negative when the second is better.
    pub change: Option<f64>,
    /// Rows on which the second is closer.
    pub second_closer: u64,
    /// Rows on which the first is closer.
    pub first_closer: u64,
}

/// The difference on one series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesDifference {
    /// Its key.
    pub series: Vec<String>,
    /// The difference.
    pub difference: Difference,
}

/// The difference at one distance, as the second backtest counts it.
#[derive(Debug, Clone, PartialEq)]
pub struct HorizonDifference {
    /// Periods ahead.
    pub step: usize,
    /// The difference.
    pub difference: Difference,
}

/// Two backtests side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How rows were paired.
    pub pairing: Pairing,
    /// The keys of the series that both have.
    pub series: Vec<Vec<String>>,
    /// The paired rows, by series, date and step.
    pub rows: Vec<PairedRow>,
    /// Rows that only the first has.
    pub only_first: u64,
    /// Rows that only the second has.
    pub only_second: u64,
    /// Paired rows whose actual was changed between the two; both are scored by the second's.
    pub changed_actuals: u64,
    /// The difference on all paired rows.
    pub overall: Difference,
    /// Series by series.
    pub by_series: Vec<SeriesDifference>,
    /// Step by step.
    pub by_horizon: Vec<HorizonDifference>,
}

#[derive(Default)]
struct Sums {
    n: u64,
    first: f64,
    second: f64,
    size: f64,
    first_closer: u64,
    second_closer: u64,
}

impl Sums {
    fn add(&mut self, row: &PairedRow) {
        let (first, second) = ((row.first - row.actual).abs(), (row.second - row.actual).abs());
        self.n += 1;
        self.first += first;
        self.second += second;
        self.size += row.actual.abs();
        self.first_closer += u64::from(first < second);
        self.second_closer += u64::from(second < first);
    }

    fn difference(&self) -> Difference {
        let share =
            |error: f64| (self.size > 0.0).then(|| 100.0 * error / self.size).filter(|s| s.is_finite());
        let (first, second) = (share(self.first), share(self.second));
        Difference {
            n: self.n,
            first,
            second,
            change: first.zip(second).map(|(first, second)| second - first),
            second_closer: self.second_closer,
            first_closer: self.first_closer,
        }
    }
}

/// Rows by what they are paired by: series, period number on the calendar, and step.
type Places<'a> = BTreeMap<(&'a [String], i64, usize), &'a BacktestRow>;

fn places(backtest: &Backtest, with_step: bool) -> Places<'_> {
    let mut places = Places::new();
    for row in &backtest.rows {
        let Some(key) = backtest.series.get(row.series) else { continue };
        let number = backtest.first.saturating_add(row.period as i64);
        // Without steps a later fold, which knew more, takes the place of an earlier one.
        places.insert((key.as_slice(), number, if with_step { row.step } else { 0 }), row);
    }
    places
}

/// Pairs the rows of two backtests and sums up who was closer. Backtests of different calendars, such as days
/// and weeks, share no row.
pub fn compare(first: &Backtest, second: &Backtest) -> Comparison {
    let same_calendar = first.periods == second.periods;
    let mut pairing = Pairing::SameStep;
    let (mut a, mut b) = (places(first, true), places(second, true));
    if same_calendar && !b.keys().any(|place| a.contains_key(place)) {
        let (c, d) = (places(first, false), places(second, false));
        if d.keys().any(|place| c.contains_key(place)) {
            (a, b, pairing) = (c, d, Pairing::SameDate);
        }
    }
    let mut found = Comparison {
        pairing,
        series: Vec::new(),
        rows: Vec::new(),
        only_first: 0,
        only_second: 0,
        changed_actuals: 0,
        overall: Difference::default(),
        by_series: Vec::new(),
        by_horizon: Vec::new(),
    };
    let mut overall = Sums::default();
    let mut by_series: Vec<Sums> = Vec::new();
    let mut by_horizon: BTreeMap<usize, Sums> = BTreeMap::new();
    for (&(key, number, step), two) in &b {
        let Some(one) = a.get(&(key, number, step)).filter(|_| same_calendar) else { continue };
        if found.series.last().is_none_or(|last| last != key) {
            found.series.push(key.to_vec());
            by_series.push(Sums::default());
        }
        found.changed_actuals += u64::from(one.actual != two.actual);
        let row = PairedRow {
            series: found.series.len() - 1,
            date: second.periods.first_day(number),
            first_step: one.step,
            second_step: two.step,
            actual: two.actual,
            first: one.forecast,
            second: two.forecast,
        };
        overall.add(&row);
        by_series[row.series].add(&row);
        by_horizon.entry(two.step).or_default().add(&row);
        found.rows.push(row);
    }
    found.only_first = (a.len() - found.rows.len()) as u64;
    found.only_second = (b.len() - found.rows.len()) as u64;
    found.overall = overall.difference();
    let named = found.series.iter().zip(&by_series);
    found.by_series = named
        .map(|(key, sums)| SeriesDifference { series: key.clone(), difference: sums.difference() })
        .collect();
    let steps = by_horizon.into_iter();
    found.by_horizon =
        steps.map(|(step, sums)| HorizonDifference { step, difference: sums.difference() }).collect();
    found
}
