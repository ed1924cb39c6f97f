//! Backtests of the forecasts that need no learning.

use super::baselines::{same_season_mean, seasonal_naive};
use super::calibrate;
use super::fit::Fit;
use super::folds::{BacktestRow, pasts, unit};
use crate::evaluate::{Residual, naive_scale};
use vakhta_domain::spec::Engine;

impl Fit<'_> {
    /// The rows of all folds with the forecasts of both baselines; the model's is still the naive one.
    pub(super) fn score_baselines(&self) -> Vec<BacktestRow> {
        let panel = self.panel;
        let season = panel.season();
        let mut rows = Vec::new();
        for (fold, origin) in self.origins.iter().enumerate() {
            let steps = origin.to - origin.cutoff;
            for (series, past) in pasts(panel, origin.cutoff) {
                let naive = seasonal_naive(&past, season, steps);
                let mean = same_season_mean(&past, season, steps);
                let scale = naive_scale(&past, season);
                let unit = unit(&past, panel.periods.frequency);
                for period in origin.from..origin.to {
                    let Some((actual, kind)) = panel.series[series].at(period) else { continue };
                    if !kind.is_actual() {
                        continue;
                    }
                    let at = period - origin.cutoff;
                    let (seasonal_naive, weekday_mean) = (naive[at], mean[at]);
                    let step = at + 1;
                    let forecast = seasonal_naive;
                    rows.push(BacktestRow {
                        fold,
                        series,
                        period,
                        step,
                        actual,
                        forecast,
                        seasonal_naive,
                        weekday_mean,
                        scale,
                        unit,
                    });
                }
            }
        }
        rows
    }

    /// The errors of a baseline at the origins where an earlier model would be walked from.
    pub(super) fn errors_of_baseline(&self, engine: Engine) -> Vec<Residual> {
        let (panel, season) = (self.panel, self.panel.season());
        let Some(cutoff) = self.early else { return Vec::new() };
        let repeat = if engine == Engine::SeasonalNaive { seasonal_naive } else { same_season_mean };
        let walks = calibrate::walks(panel, cutoff, self.horizon, self.checked.gap);
        calibrate::residuals(panel, &walks, |origin| {
            let mut paths = vec![None; panel.series.len()];
            for (series, past) in pasts(panel, origin.cutoff) {
                paths[series] = Some(repeat(&past, season, origin.to - origin.cutoff));
            }
            paths
        })
    }
}
