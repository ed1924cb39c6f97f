//! Statistical forecasts of one series at a time: exponential smoothing, Theta, Croston.
//!
//! Values are in time order; NaN marks a period that says nothing (closed, or lost): it moves time on and changes
//! no level. Every series has an answer, and the answer is finite: what is too short for a method falls back to
//! a plainer one. Nothing here draws chance.

mod croston;
mod ets;
mod saved;
mod season;
mod simplex;
#[cfg(test)]
mod tests;
mod theta;

pub use croston::{Croston, croston, is_intermittent, sba};
pub use ets::{Error, Ets, Form, Season, State, Trend, Weights, ets, ets_of};
pub use season::{decomposed, is_seasonal};
pub use theta::{Theta, ThetaForm, theta, theta_of};

/// Seasons of history that a fit looks back at.
const SEASONS_USED: usize = 52;
/// Fewest periods that a fit looks back at, where there are so many.
const FEWEST_USED: usize = 208;
/// Most periods that a fit looks back at.
const MOST_USED: usize = 1040;

/// The latest part of a history that a fit looks at: 52 seasons, at least 208 and at most 1,040 periods. What is
/// older hardly moves a smoothed level, and a fit costs in proportion to its length.
pub fn recent(values: &[f64], season: usize) -> &[f64] {
    let used = (SEASONS_USED * season).clamp(FEWEST_USED, MOST_USED);
    &values[values.len().saturating_sub(used)..]
}

/// A learnt series.
#[derive(Debug, Clone, PartialEq)]
pub enum Smoothed {
    /// Exponential smoothing.
    Ets(Ets),
    /// The Theta method.
    Theta(Theta),
    /// Croston's method.
    Croston(Croston),
}

impl Smoothed {
    /// The next `steps` values; all finite.
    pub fn forecast(&self, steps: usize) -> Vec<f64> {
        match self {
            Self::Ets(ets) => ets.forecast(steps),
            Self::Theta(theta) => theta.forecast(steps),
            Self::Croston(croston) => vec![croston.rate(); steps],
        }
    }

    /// The same model some periods later: levels follow the values, weights stay.
    #[must_use]
    pub fn after(&self, values: &[f64]) -> Self {
        match self {
            Self::Ets(ets) => Self::Ets(ets.after(values)),
            Self::Theta(theta) => Self::Theta(theta.after(values)),
            Self::Croston(croston) => Self::Croston(croston.after(values)),
        }
    }
}
