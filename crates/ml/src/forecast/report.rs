//! From scored rows to the report that people read.

use super::folds::{BacktestRow, Origin};
use crate::evaluate::{Conformal, Residual, Tally};
use crate::features::Plan;
use crate::panel::Panel;
use crate::trees::Ensemble;
use vakhta_domain::report::{Fold, HorizonMetrics, Importance, LevelValue, Metrics, SeriesMetrics};

/// Which forecast of a row is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The model's.
    Model,
    /// The seasonal naive's.
    SeasonalNaive,
    /// The same-weekday mean's.
    WeekdayMean,
}

impl BacktestRow {
    /// The forecast of one of the three.
    pub fn of(&self, whose: Whose) -> f64 {
        match whose {
            Whose::Model => self.forecast,
            Whose::SeasonalNaive => self.seasonal_naive,
            Whose::WeekdayMean => self.weekday_mean,
        }
    }

    /// The model's error, for calibration.
    pub fn residual(&self) -> Residual {
        let error = (self.forecast - self.actual).abs();
        Residual { series: self.series, fold: self.fold, step: self.step, error, unit: self.unit }
    }
}

/// The accuracy on some rows.
pub fn metrics<'a>(rows: impl Iterator<Item = &'a BacktestRow>, whose: Whose) -> Metrics {
    let mut tally = Tally::default();
    for row in rows {
        tally.add(row.series, row.actual, row.of(whose), row.scale);
    }
    tally.metrics()
}

/// Interval coverage of each row, by level: every fold is covered by what the other folds have taught. Empty
/// where there is only one fold, because nothing honest can be said.
pub struct Covered {
    levels: Vec<u8>,
    inside: Vec<Vec<bool>>,
}

impl Covered {
    /// Leaves out one fold after the other.
    pub fn leave_one_out(rows: &[BacktestRow], levels: &[u8], series: usize, horizon: usize) -> Self {
        let folds = rows.iter().map(|r| r.fold + 1).max().unwrap_or(0);
        if folds < 2 {
            return Self { levels: Vec::new(), inside: Vec::new() };
        }
        let calibrated: Vec<Conformal> = (0..folds)
            .map(|fold| {
                let others: Vec<Residual> =
                    rows.iter().filter(|r| r.fold != fold).map(BacktestRow::residual).collect();
                Conformal::calibrate(&others, series, horizon)
            })
            .collect();
        let covers = |row: &BacktestRow, level: u8| {
            let residual = row.residual();
            residual.error <= calibrated[row.fold].half_width(row.series, row.step, row.unit, level)
        };
        let inside =
            levels.iter().map(|&level| rows.iter().map(|row| covers(row, level)).collect()).collect();
        Self { levels: levels.to_vec(), inside }
    }

    /// The coverage of the rows that pass a test, percent by level.
    pub fn of(&self, rows: &[BacktestRow], test: impl Fn(&BacktestRow) -> bool) -> Vec<LevelValue> {
        let share = |inside: &Vec<bool>| {
            let chosen: Vec<bool> =
                rows.iter().zip(inside).filter(|(row, _)| test(row)).map(|(_, inside)| *inside).collect();
            let covered = chosen.iter().filter(|inside| **inside).count();
            100.0 * covered as f64 / chosen.len().max(1) as f64
        };
        self.levels
            .iter()
            .zip(&self.inside)
            .map(|(&level, inside)| LevelValue { level, value: share(inside) })
            .collect()
    }
}

/// The model's accuracy on the rows that pass a test, with coverage.
pub fn covered_metrics(
    rows: &[BacktestRow],
    covered: &Covered,
    test: impl Fn(&BacktestRow) -> bool,
) -> Metrics {
    let mut found = metrics(rows.iter().filter(|r| test(r)), Whose::Model);
    found.coverage = covered.of(rows, test);
    found
}

/// Fold by fold.
pub fn folds(panel: &Panel, origins: &[Origin], rows: &[BacktestRow], covered: &Covered) -> Vec<Fold> {
    let one = |(fold, origin): (usize, &Origin)| {
        let of = |whose| metrics(rows.iter().filter(|r| r.fold == fold), whose);
        Fold {
            cutoff: panel.date(origin.cutoff - 1),
            from: panel.date(origin.from),
            to: panel.date(origin.to - 1),
            model: covered_metrics(rows, covered, |r| r.fold == fold),
            seasonal_naive: of(Whose::SeasonalNaive),
            weekday_mean: of(Whose::WeekdayMean),
        }
    };
    origins.iter().enumerate().map(one).collect()
}

/// Series by series.
pub fn by_series(panel: &Panel, rows: &[BacktestRow]) -> Vec<SeriesMetrics> {
    let mut tallies = vec![Tally::default(); panel.series.len()];
    for row in rows {
        tallies[row.series].add(row.series, row.actual, row.forecast, row.scale);
    }
    let named = panel.series.iter().zip(&tallies);
    named
        .map(|(series, tally)| SeriesMetrics { series: series.key.clone(), metrics: tally.metrics() })
        .collect()
}

/// Step by step.
pub fn by_horizon(rows: &[BacktestRow]) -> Vec<HorizonMetrics> {
    let last = rows.iter().map(|r| r.step).max().unwrap_or(0);
    let mut tallies = vec![Tally::default(); last + 1];
    for row in rows {
        tallies[row.step].add(row.series, row.actual, row.forecast, row.scale);
    }
    let steps = tallies.iter().enumerate().map(|(step, tally)| (step, tally.metrics()));
    steps
        .filter(|(_, m)| m.n > 0)
        .map(|(step, metrics)| HorizonMetrics { step: step as u32, metrics })
        .collect()
}

/// Features by their share of the gain.
pub fn importance(plan: &Plan, ensemble: &Ensemble) -> Vec<Importance> {
    let total: f64 = ensemble.gain.iter().sum();
    let mut list: Vec<Importance> = plan
        .features
        .iter()
        .enumerate()
        .map(|(at, feature)| Importance {
            feature: feature.name.clone(),
            gain: if total > 0.0 { 100.0 * ensemble.gain[at] / total } else { 0.0 },
            splits: ensemble.splits[at],
        })
        .collect();
    list.sort_by(|a, b| b.gain.total_cmp(&a.gain).then_with(|| a.feature.cmp(&b.feature)));
    list
}
