//! Statistical engines in a fit: series by series, on what each really was.

use super::calibrate;
use super::fit::{Fit, FitError, going};
use super::folds::{BacktestRow, Origin};
use super::learnt::Learnt;
use super::paths::Limits;
use crate::evaluate::Residual;
use crate::panel::{Closures, Kind, Panel, Series};
use crate::smoothing::{Smoothed, ets, is_intermittent, sba, theta};
use rayon::prelude::*;
use vakhta_domain::spec::Engine;

/// The statistical engines, in the order in which they are tried.
pub const STATISTICAL: [Engine; 3] = [Engine::Ets, Engine::Theta, Engine::Croston];
/// Most series that `auto` tries statistical engines on: they cost in proportion to series, trees do not.
pub const MOST_SERIES: usize = 1000;
/// Series between two looks at whether to go on.
const BETWEEN_LOOKS: usize = 64;

/// The first `len` values of a series as smoothing takes them: NaN where nothing was learnt (filled or closed).
fn seen(series: &Series, len: usize) -> Vec<f64> {
    let pairs = series.values[..len].iter().zip(&series.kinds[..len]);
    pairs.map(|(value, kind)| if kind.is_actual() { *value } else { f64::NAN }).collect()
}

/// Learns one series with one engine. With its one-step errors, which end where the history ends.
pub fn smooth(engine: Engine, values: &[f64], season: usize) -> (Smoothed, Vec<f64>) {
    match engine {
        Engine::Theta => match theta(values, season) {
            Some((learnt, errors)) => (Smoothed::Theta(learnt), errors),
            None => {
                let (learnt, errors) = ets(values, season);
                (Smoothed::Ets(learnt), errors)
            }
        },
        Engine::Croston => {
            let (learnt, errors) = sba(values, season);
            (Smoothed::Croston(learnt), errors)
        }
        _ => {
            let (learnt, errors) = ets(values, season);
            (Smoothed::Ets(learnt), errors)
        }
    }
}

impl Fit<'_> {
    /// The statistical engines that this fit tries.
    pub(super) fn statistical(&self) -> Vec<Engine> {
        let (wanted, panel) = (self.checked.engine, self.panel);
        if wanted != Engine::Auto {
            return STATISTICAL.into_iter().filter(|engine| *engine == wanted).collect();
        }
        if panel.series.len() > MOST_SERIES {
            return Vec::new();
        }
        // Croston's flat rate is no match for a series that sells every day.
        let first = self.origins[0].cutoff;
        let intermittent = |series: &Series| {
            let len = first.saturating_sub(series.start).min(series.values.len());
            is_intermittent(&seen(series, len))
        };
        let some_are = panel.series.iter().any(intermittent);
        STATISTICAL.into_iter().filter(|engine| *engine != Engine::Croston || some_are).collect()
    }

    /// The forecasts of an engine for the rows of all folds.
    pub(super) fn score_smoothed(
        &mut self,
        engine: Engine,
        rows: &[BacktestRow],
    ) -> Result<Vec<f64>, FitError> {
        let mut forecasts: Vec<f64> = rows.iter().map(|row| row.seasonal_naive).collect();
        for (fold, origin) in self.origins.clone().into_iter().enumerate() {
            let paths = self.smoothed_paths(engine, origin)?;
            for (row, forecast) in rows.iter().zip(&mut forecasts).filter(|(row, _)| row.fold == fold) {
                if let Some(path) = &paths[row.series] {
                    *forecast = path[row.step - 1];
                }
            }
            going(self.course.add(self.smooth_units))?;
        }
        Ok(forecasts)
    }

    /// The forecasts of all series from an origin; none for series without a past.
    fn smoothed_paths(&mut self, engine: Engine, origin: Origin) -> Result<Vec<Option<Vec<f64>>>, FitError> {
        let panel = self.panel;
        let season = panel.season();
        let one = |series: &Series| -> Option<Vec<f64>> {
            let len = origin.cutoff.checked_sub(series.start).filter(|&n| n > 0)?;
            let kinds = &series.kinds[..len];
            kinds.iter().find(|kind| **kind != Kind::Filled)?;
            let values = seen(series, len);
            let mut path = smooth(engine, &values, season).0.forecast(origin.to - origin.cutoff);
            limits(panel, series, origin, len).keep(&mut path);
            Some(path)
        };
        let mut paths = Vec::with_capacity(panel.series.len());
        for some in panel.series.chunks(BETWEEN_LOOKS) {
            paths.par_extend(some.par_iter().map(one));
            going(self.course.add(0))?;
        }
        Ok(paths)
    }

    /// Learns all series to the end of the history, and keeps their one-step errors.
    pub(super) fn smoothed(&mut self, engine: Engine) -> Result<Learnt, FitError> {
        let panel = self.panel;
        let season = panel.season();
        let one = |series: &Series| smooth(engine, &seen(series, series.values.len()), season);
        let mut learnt: Vec<(Smoothed, Vec<f64>)> = Vec::with_capacity(panel.series.len());
        for some in panel.series.chunks(BETWEEN_LOOKS) {
            learnt.par_extend(some.par_iter().map(one));
            going(self.course.add(0))?;
        }
        going(self.course.add(self.smooth_units))?;
        let (series, errors) = learnt.into_iter().unzip();
        self.one_step = errors;
        Ok(Learnt::Smoothed(engine, series))
    }

    /// The errors of an earlier model: learnt at the early cutoff (a later branch when it appears), then carried on
    /// from one origin to the next without learning again.
    pub(super) fn errors_of_smoothed(&self, engine: Engine) -> Vec<Residual> {
        let (panel, season) = (self.panel, self.panel.season());
        let Some(cutoff) = self.early else { return Vec::new() };
        let walks = calibrate::walks(panel, cutoff, self.horizon, self.checked.gap);
        let one = |series: &Series| -> Vec<Option<Vec<f64>>> {
            let mut learnt: Option<(Smoothed, usize)> = None;
            let paths = walks.iter().map(|origin| {
                let len = origin.cutoff.checked_sub(series.start).filter(|&n| n > 0)?;
                let values = seen(series, len);
                let now = match learnt.take() {
                    // A model of a few days knows too little to be carried on.
                    Some((smoothed, at)) if at > 2 * season => smoothed.after(&values[at.min(len)..]),
                    _ => smooth(engine, &values, season).0,
                };
                let mut path = now.forecast(origin.to - origin.cutoff);
                learnt = Some((now, len));
                limits(panel, series, *origin, len).keep(&mut path);
                Some(path)
            });
            paths.collect()
        };
        let paths: Vec<Vec<Option<Vec<f64>>>> = panel.series.par_iter().map(one).collect();
        calibrate::residuals(panel, &walks, |origin| {
            let at = walks.iter().position(|walk| *walk == origin);
            at.map_or_else(Vec::new, |at| paths.iter().map(|of_series| of_series[at].clone()).collect())
        })
    }
}

/// What a path of a series from an origin must agree with. `len` is how much of the series was known.
fn limits<'a>(panel: &Panel, series: &'a Series, origin: Origin, len: usize) -> Limits<'a> {
    let kinds = &series.kinds[..len];
    Limits {
        periods: panel.periods,
        first: panel.first + origin.cutoff as i64,
        closures: Closures::learn(panel.periods, panel.first, series.start, kinds, &series.known),
        known: &series.known,
        known_at: origin.cutoff,
        non_negative: series.values[..len].iter().all(|v| *v >= 0.0),
    }
}
