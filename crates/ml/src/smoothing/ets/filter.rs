//! One walk of a model through a history: states, one-step errors, likelihood.

use super::{Error, Form, Season, State, Weights};

/// The least mean square that a likelihood is computed with, for values of about 1: errors below it are noise of
/// the arithmetic.
const FLOOR: f64 = 1e-20;

/// Where a walk ended and how well it went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The state after the last value.
    pub state: State,
    /// Minus twice the log likelihood, without its constants; infinite where the model broke down.
    pub loss: f64,
}

/// The product of many numbers as a logarithm, with few calls of it.
struct LogProduct {
    logs: f64,
    product: f64,
}

impl LogProduct {
    fn push(&mut self, value: f64) {
        self.product *= value;
        if !(1e-100..1e100).contains(&self.product) {
            self.logs += self.product.ln();
            self.product = 1.0;
        }
    }
}

/// Walks through `values`, where NaN lets time pass. `errors` gets forecast errors in the unit of the values.
pub fn filter(
    form: Form,
    weights: Weights,
    start: &State,
    values: &[f64],
    mut errors: Option<&mut Vec<f64>>,
) -> Outcome {
    let Weights { alpha, beta, gamma, phi } = weights;
    let mut state = start.clone();
    let (mut level, mut slope) = (state.level, state.slope);
    let (mut squares, mut seen, mut place) = (0.0, 0usize, 0usize);
    let mut forecasts = LogProduct { logs: 0.0, product: 1.0 };
    let proportional = form.error == Error::Multiplicative;
    let mut broke_down = false;
    for &value in values {
        let fading = phi * slope;
        let base = level + fading;
        let index = if form.season == Season::None { 0.0 } else { state.season[place] };
        let ahead = match form.season {
            Season::None => base,
            Season::Additive => base + index,
            Season::Multiplicative => base * index,
        };
        let error = value - ahead;
        if let Some(errors) = errors.as_deref_mut() {
            errors.push(error);
        }
        if error.is_nan() {
            (level, slope) = (base, fading);
        } else {
            seen += 1;
            if proportional {
                if ahead <= 1e-9 {
                    broke_down = true;
                    break;
                }
                squares += (error / ahead) * (error / ahead);
                forecasts.push(ahead);
            } else {
                squares += error * error;
            }
            let pull = match form.season {
                Season::Multiplicative => {
                    if index <= 1e-9 || base.abs() <= 1e-9 {
                        broke_down = true;
                        break;
                    }
                    state.season[place] = index + gamma * (value / base - index);
                    value / index - base
                }
                Season::Additive => {
                    state.season[place] = index + gamma * error;
                    error
                }
                Season::None => error,
            };
            level = base + alpha * pull;
            slope = fading + beta * pull;
        }
        place += 1;
        if place == state.season.len() {
            place = 0;
        }
    }
    let n = seen as f64;
    let mut loss = n * squares.max(FLOOR * n).ln();
    if proportional {
        loss += 2.0 * (forecasts.logs + forecasts.product.ln());
    }
    if broke_down || !loss.is_finite() {
        loss = f64::INFINITY;
    }
    state.level = level;
    state.slope = slope;
    if !state.season.is_empty() {
        state.season.rotate_left(place);
    }
    Outcome { state, loss }
}
