//! Exponential smoothing as innovations state-space models (Hyndman, Koehler, Ord & Snyder 2008).
//!
//! Errors A or M, trend N, A or damped, season N, A or M; as is usual, not the combinations of additive errors
//! with a multiplicative season, whose variance is not finite.

mod estimate;
mod filter;
mod start;

use super::recent;
use super::season::filled;
#[cfg(test)]
pub use filter::Outcome;

/// How errors come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Added to the forecast.
    Additive,
    /// In proportion to it.
    Multiplicative,
}

/// How a series grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// Not at all.
    None,
    /// Along a line.
    Additive,
    /// Along a line that flattens.
    Damped,
}

/// How the season comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// Not at all.
    None,
    /// Added to the level.
    Additive,
    /// In proportion to it.
    Multiplicative,
}

/// One model of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Its errors.
    pub error: Error,
    /// Its trend.
    pub trend: Trend,
    /// Its season.
    pub season: Season,
}

impl Form {
    /// The fifteen models that are tried, plain ones first.
    pub fn all() -> impl Iterator<Item = Self> {
        let seasons = [Season::None, Season::Additive, Season::Multiplicative];
        let trends = [Trend::None, Trend::Additive, Trend::Damped];
        let errors = [Error::Additive, Error::Multiplicative];
        let forms = seasons.into_iter().flat_map(move |season| {
            trends.into_iter().flat_map(move |trend| errors.map(|error| Self { error, trend, season }))
        });
        forms.filter(|f| !(f.error == Error::Additive && f.season == Season::Multiplicative))
    }

    /// Its name in the books, such as `A,Ad,M`.
    pub fn name(self) -> String {
        let error = if self.error == Error::Additive { "A" } else { "M" };
        let trend = match self.trend {
            Trend::None => "N",
            Trend::Additive => "A",
            Trend::Damped => "Ad",
        };
        let season = match self.season {
            Season::None => "N",
            Season::Additive => "A",
            Season::Multiplicative => "M",
        };
        format!("{error},{trend},{season}")
    }

    /// Whether it takes values above zero only.
    pub fn needs_positive(self) -> bool {
        self.error == Error::Multiplicative || self.season == Season::Multiplicative
    }

    /// Smoothing weights that are estimated.
    fn weights(self) -> usize {
        let trend = match self.trend {
            Trend::None => 0,
            Trend::Additive => 1,
            Trend::Damped => 2,
        };
        1 + trend + usize::from(self.season != Season::None)
    }

    /// Numbers estimated in all: weights, states (a season has one less than it has places), the variance.
    fn parameters(self, season: usize) -> usize {
        let states = 1 + usize::from(self.trend != Trend::None);
        let places = if self.season == Season::None { 0 } else { season - 1 };
        self.weights() + states + places + 1
    }
}

/// Smoothing weights. Those that a form does not use are 0, an unused `phi` is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of the level.
    pub alpha: f64,
    /// Of the slope.
    pub beta: f64,
    /// Of the season.
    pub gamma: f64,
    /// What is left of the slope after a period.
    pub phi: f64,
}

/// Where a series stands.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The level.
    pub level: f64,
    /// Its growth per period.
    pub slope: f64,
    /// The season, the first number for the next period; empty for none.
    pub season: Vec<f64>,
}

/// A learnt series.
#[derive(Debug, Clone, PartialEq)]
pub struct Ets {
    /// The model.
    pub form: Form,
    /// Its weights.
    pub weights: Weights,
    /// Where the history ended.
    pub state: State,
    /// Its corrected Akaike criterion; lower is better. Infinite where it could not be computed.
    pub aicc: f64,
}

impl Ets {
    /// The next `steps` values.
    pub fn forecast(&self, steps: usize) -> Vec<f64> {
        let (mut level, mut slope) = (self.state.level, self.state.slope);
        let path = (0..steps).map(|step| {
            slope *= self.weights.phi;
            level += slope;
            let place = self.state.season.get(step % self.state.season.len().max(1));
            match (self.form.season, place) {
                (Season::Additive, Some(index)) => level + index,
                (Season::Multiplicative, Some(index)) => level * index,
                _ => level,
            }
        });
        path.collect()
    }

    /// The same model some periods later. At a value on which the walk breaks down, it stays where it was and time
    /// passes.
    #[must_use]
    pub fn after(&self, values: &[f64]) -> Self {
        let end = |state: &State, values: &[f64]| {
            let end = filter::filter(self.form, self.weights, state, values, None);
            (end.loss.is_finite() || values.iter().all(|v| v.is_nan())).then_some(end.state)
        };
        let state = end(&self.state, values).unwrap_or_else(|| {
            values.iter().fold(self.state.clone(), |state, &value| {
                let unknown = || filter::filter(self.form, self.weights, &state, &[f64::NAN], None).state;
                end(&state, &[value]).unwrap_or_else(unknown)
            })
        });
        Self { state, ..self.clone() }
    }
}

/// Learns a series with the model whose corrected Akaike criterion is smallest. With the one-step errors of the
/// part of the history used, NaN where a value was. A series too short for any model keeps its mean.
pub fn ets(values: &[f64], season: usize) -> (Ets, Vec<f64>) {
    let forms: Vec<Form> = Form::all().collect();
    ets_of(values, season, &forms)
}

/// Learns a series with the best of some models, by the corrected Akaike criterion. Seasons are tried from two
/// full ones on, multiplicative models on positive values only.
pub fn ets_of(values: &[f64], season: usize, forms: &[Form]) -> (Ets, Vec<f64>) {
    let given = recent(values, season);
    let full = filled(given, season);
    let scale = full.iter().map(|v| v.abs()).sum::<f64>() / full.len().max(1) as f64;
    let first = given.iter().copied().find(|v| !v.is_nan());
    let is_constant = given.iter().all(|v| v.is_nan() || Some(*v) == first);
    if is_constant || scale <= 0.0 {
        return mean_only(given, &full);
    }
    let seen: Vec<f64> = given.iter().map(|v| v / scale).collect();
    let full: Vec<f64> = full.iter().map(|v| v / scale).collect();
    let count = seen.iter().filter(|v| !v.is_nan()).count();
    let smallest = seen.iter().copied().fold(f64::INFINITY, f64::min);
    let usable = forms.iter().copied().filter(|form| {
        let seasonal = form.season != Season::None;
        (!seasonal || (season > 1 && seen.len() >= 2 * season))
            && (!form.needs_positive() || smallest > 1e-6)
            && form.parameters(season) + 1 < count
    });
    let mut best: Option<estimate::Estimate> = None;
    let mut last: Option<estimate::Estimate> = None;
    for form in usable {
        // The same model with other errors ended near by.
        let near = last.take().filter(|l| l.form.trend == form.trend && l.form.season == form.season);
        let Some(found) = estimate::estimate(form, season, &seen, &full, near.as_ref()) else { continue };
        if best.as_ref().is_none_or(|b| found.aicc < b.aicc) {
            best = Some(found.clone());
        }
        last = Some(found);
    }
    let Some(best) = best else {
        return mean_only(given, &full.iter().map(|v| v * scale).collect::<Vec<_>>());
    };
    let mut errors = Vec::with_capacity(seen.len());
    let end = filter::filter(best.form, best.weights, &best.start, &seen, Some(&mut errors));
    let mut state = end.state;
    state.level *= scale;
    state.slope *= scale;
    if best.form.season == Season::Additive {
        state.season.iter_mut().for_each(|s| *s *= scale);
    }
    for error in &mut errors {
        *error *= scale;
    }
    let aicc = best.aicc + 2.0 * count as f64 * scale.ln();
    (Ets { form: best.form, weights: best.weights, state, aicc }, errors)
}

/// The mean of a series that is constant or too short for a model.
fn mean_only(given: &[f64], full: &[f64]) -> (Ets, Vec<f64>) {
    let level = full.iter().sum::<f64>() / full.len().max(1) as f64;
    let state = State { level, slope: 0.0, season: Vec::new() };
    let form = Form { error: Error::Additive, trend: Trend::None, season: Season::None };
    let weights = Weights { alpha: 0.0, beta: 0.0, gamma: 0.0, phi: 1.0 };
    let errors = given.iter().map(|v| v - level).collect();
    (Ets { form, weights, state, aicc: f64::INFINITY }, errors)
}

/// A walk with given weights from a given start.
#[cfg(test)]
pub fn filtered(form: Form, weights: Weights, start: &State, values: &[f64]) -> Outcome {
    filter::filter(form, weights, start, values, None)
}
