//! Rolling origins: learn up to a cutoff, forecast what follows, move the cutoff, repeat.

use crate::panel::{Kind, Panel, Series};
use vakhta_domain::spec::Frequency;

/// One rolling origin, in periods counted from the panel's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Origin {
    /// Periods before this one are learnt from.
    pub cutoff: usize,
    /// The first period scored.
    pub from: usize,
    /// The period after the last one scored.
    pub to: usize,
}

/// Fewest periods before a cutoff.
pub fn fewest_periods(frequency: Frequency) -> usize {
    match frequency {
        Frequency::D | Frequency::H => 14,
        Frequency::W => 8,
        Frequency::M => 6,
        Frequency::Q => 4,
    }
}

/// Up to `wanted` origins, oldest first. The last one scores the end of the history.
pub fn origins(
    len: usize,
    horizon: usize,
    gap: usize,
    step: usize,
    wanted: usize,
    fewest: usize,
) -> Vec<Origin> {
    let mut origins: Vec<Origin> = (0..wanted)
        .map_while(|k| {
            let to = len.checked_sub(k * step.max(1))?;
            let from = to.checked_sub(horizon)?;
            let cutoff = from.checked_sub(gap)?;
            (cutoff >= fewest).then_some(Origin { cutoff, from, to })
        })
        .collect();
    origins.reverse();
    origins
}

/// The past of a series as it was known at a cutoff: what is not learnt from at its end could have been filled
/// with later knowledge, so it is filled again from what came before.
pub fn past(series: &Series, cutoff: usize, season: usize) -> Option<Vec<f64>> {
    let len = cutoff.checked_sub(series.start).filter(|&n| n > 0)?;
    let mut values = series.values[..len].to_vec();
    let known = series.kinds[..len].iter().rposition(|&kind| kind != Kind::Filled)?;
    for at in known + 1..len {
        values[at] = values[at.saturating_sub(season).min(at - 1)];
    }
    Some(values)
}

/// The mean absolute value of the last seasons of a past: the unit that errors are measured in. Always positive.
pub fn unit(past: &[f64], frequency: Frequency) -> f64 {
    let window = if frequency == Frequency::D { 28 } else { frequency.season() };
    let mean = |values: &[f64]| values.iter().map(|v| v.abs()).sum::<f64>() / values.len().max(1) as f64;
    let recent = mean(&past[past.len().saturating_sub(window)..]);
    let all = mean(past);
    if recent > all * 0.01 && recent > 0.0 {
        recent
    } else if all > 0.0 {
        all
    } else {
        1.0
    }
}

/// One scored row of a fold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BacktestRow {
    /// The fold, from 0.
    pub fold: usize,
    /// The place of the series in the panel.
    pub series: usize,
    /// The period, counted from the panel's first.
    pub period: usize,
    /// Periods after the cutoff, from 1.
    pub step: usize,
    /// What happened.
    pub actual: f64,
    /// What the model said.
    pub forecast: f64,
    /// What the seasonal naive said.
    pub seasonal_naive: f64,
    /// What the same-weekday mean said.
    pub weekday_mean: f64,
    /// The in-sample error of the seasonal naive: the scale of MASE.
    pub scale: Option<f64>,
    /// The unit of the series at the cutoff.
    pub unit: f64,
}

/// Series that have a past at a cutoff: their places and that past.
pub fn pasts(panel: &Panel, cutoff: usize) -> Vec<(usize, Vec<f64>)> {
    let season = panel.season();
    let with_past = panel.series.iter().enumerate();
    with_past.filter_map(|(at, series)| Some((at, past(series, cutoff, season)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_origin_scores_the_end() {
        let folds = origins(100, 28, 0, 28, 3, 14);
        assert_eq!(folds.len(), 3);
        assert_eq!(folds[2], Origin { cutoff: 72, from: 72, to: 100 });
        assert_eq!(folds[0], Origin { cutoff: 16, from: 16, to: 44 });
        assert_eq!(origins(100, 28, 3, 28, 3, 14).len(), 2);
        assert_eq!(origins(100, 28, 0, 7, 20, 14).len(), 9);
        assert!(origins(41, 28, 0, 28, 3, 14).is_empty());
    }
}
