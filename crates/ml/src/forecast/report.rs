//! From scored rows to the report that people read.

use super::folds::{BacktestRow, Origin};
use crate::evaluate::{Residual, Tally};
use crate::features::Plan;
use crate::trees::Ensemble;
use vakhta_domain::report::{Importance, Metrics};

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
    pub fn residual(&self, origins: &[Origin]) -> Residual {
        let error = (self.forecast - self.actual).abs();
        let cutoff = origins[self.fold].cutoff;
        Residual { series: self.series, cutoff, step: self.step, error, unit: self.unit }
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
