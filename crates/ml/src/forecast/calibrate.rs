//! What intervals are calibrated on: the errors of the folds, and those of one earlier model that is walked
//! through the time since.
//!
//! A model that learnt up to eight horizons before the first fold is asked again and again without learning more;
//! its errors are honest, because it knew none of what it forecast, and they cost one training. (On the panel of
//! 54 branches they were as large as those of fresh models even ten months later.)

use super::backtest::Bounds;
use super::folds::{BacktestRow, Origin, pasts, unit};
use crate::evaluate::{Conformal, Residual};
use crate::panel::Panel;

/// Horizons before the first fold from which errors are collected.
const HORIZONS: usize = 8;
/// Origins within a horizon.
const WITHIN: usize = 4;
/// Forecast values from which on only one origin a horizon is walked from.
const MANY: usize = 400_000;
/// Horizons of errors before the level begins to adapt.
const BEFORE_ADAPTING: usize = 2;

/// The cutoff of the earlier model: whole horizons before the first fold, with at least half of what that fold
/// learns from before it. None where the history is too short.
pub(super) fn early_cutoff(origins: &[Origin], horizon: usize, fewest: usize) -> Option<usize> {
    let first = origins.first()?.cutoff;
    let possible = (first - (first / 2).max(fewest).min(first)) / horizon;
    let horizons = possible.min(HORIZONS);
    (horizons > 0).then(|| first - horizons * horizon)
}

/// Where the earlier model is walked from: several times in each horizon from its cutoff to the end of the history.
pub(super) fn walks(panel: &Panel, cutoff: usize, horizon: usize, gap: usize) -> Vec<Origin> {
    let horizons = (panel.len - cutoff).div_ceil(horizon);
    let values = horizons * horizon * panel.series.len();
    let within = if values * WITHIN > MANY { 1 } else { WITHIN.min(horizon) };
    let origin = |at: usize| {
        let cutoff = cutoff + (at / within) * horizon + (at % within) * horizon / within;
        Origin { cutoff, from: cutoff + gap, to: (cutoff + gap + horizon).min(panel.len) }
    };
    (0..horizons * within).map(origin).filter(|o| o.from < o.to).collect()
}

/// The errors at some origins, by a forecast of all series from each; none for series without a past.
pub(super) fn residuals(
    panel: &Panel,
    origins: &[Origin],
    forecast: impl Fn(Origin) -> Vec<Option<Vec<f64>>>,
) -> Vec<Residual> {
    let mut found = Vec::new();
    for &origin in origins {
        let paths = forecast(origin);
        for (series, past) in pasts(panel, origin.cutoff) {
            let Some(path) = &paths[series] else { continue };
            let unit = unit(&past, panel.periods.frequency);
            for period in origin.from..origin.to {
                let Some((actual, kind)) = panel.series[series].at(period) else { continue };
                if kind.is_actual() {
                    let at = period - origin.cutoff;
                    let error = (path[at] - actual).abs();
                    found.push(Residual { series, cutoff: origin.cutoff, step: at + 1, error, unit });
                }
            }
        }
    }
    found
}

/// The intervals of every fold, made of errors before its cutoff alone, and those for the time to come.
pub(super) struct Calibrated {
    pub bounds: Vec<Bounds>,
    pub conformal: Conformal,
}

/// Goes through time once: intervals from what is known, then what they turned out to cover.
pub(super) fn calibrate(
    panel: &Panel,
    origins: &[Origin],
    rows: &[BacktestRow],
    early: &[Residual],
    horizon: usize,
    levels: &[u8],
) -> Calibrated {
    let reach = origins.first().map_or(horizon, |o| o.from - o.cutoff + horizon);
    let of_folds: Vec<Residual> = rows.iter().map(|row| row.residual(origins)).collect();
    let at = |now: usize, drift| {
        let known = |r: &&Residual| r.period() < now;
        let past: Vec<Residual> = early.iter().chain(&of_folds).filter(known).copied().collect();
        Conformal { drift, ..Conformal::calibrate(&past, panel.series.len(), reach, now) }
    };
    let mut drift = Conformal::default().drift;
    let first = origins.first().map_or(panel.len, |o| o.cutoff);
    let begin = early.iter().map(|r| r.cutoff).min().unwrap_or(first);
    let mut now = begin + BEFORE_ADAPTING * horizon;
    while now < first {
        let mut conformal = at(now, drift);
        let turned_out = |r: &&Residual| r.cutoff == now && r.period() < first;
        conformal.observe(&early.iter().filter(turned_out).copied().collect::<Vec<_>>(), 1.0);
        drift = conformal.drift;
        now += horizon;
    }
    let empty =
        |&level: &u8| Bounds { level, lo: vec![f64::NAN; rows.len()], hi: vec![f64::NAN; rows.len()] };
    let mut bounds: Vec<Bounds> = levels.iter().map(empty).collect();
    let non_negative: Vec<bool> =
        panel.series.iter().map(|series| series.values.iter().all(|v| *v >= 0.0)).collect();
    for (fold, origin) in origins.iter().enumerate() {
        let mut conformal = at(origin.cutoff, drift);
        if conformal.is_empty() {
            continue;
        }
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.fold == fold) {
            for bounds in &mut bounds {
                let half = conformal.half_width(row.series, row.step, row.unit, bounds.level);
                let lo = row.forecast - half;
                bounds.lo[at] = if non_negative[row.series] { lo.max(0.0) } else { lo };
                bounds.hi[at] = row.forecast + half;
            }
        }
        // Where folds overlap, the next one must not learn of days that it has yet to forecast.
        let known_until = origins.get(fold + 1).map_or(panel.len, |next| next.cutoff);
        let turned_out: Vec<Residual> = of_folds
            .iter()
            .filter(|r| r.cutoff == origin.cutoff && r.period() < known_until)
            .copied()
            .collect();
        conformal.observe(&turned_out, 1.0);
        drift = conformal.drift;
    }
    Calibrated { bounds, conformal: at(panel.len, drift) }
}
