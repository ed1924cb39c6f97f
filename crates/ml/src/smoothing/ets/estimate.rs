//! The weights and the start of one model, by maximum likelihood.

use super::filter::filter;
use super::start::{improve, rule_of_thumb};
use super::{Form, Season, State, Trend, Weights};
use crate::smoothing::simplex::minimise;

/// Allowed smoothing weights.
const WEIGHT: (f64, f64) = (1e-4, 0.9999);
/// Allowed damping.
const DAMPING: (f64, f64) = (0.8, 0.98);
/// Most times that weights and start are improved in turn.
const ROUNDS: usize = 8;
/// A likelihood that changes by less than this counts as found.
const CLOSE: f64 = 2e-3;

/// An estimated model.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// The model.
    pub form: Form,
    /// Its weights.
    pub weights: Weights,
    /// The state before the first value.
    pub start: State,
    /// Its criterion.
    pub aicc: f64,
}

/// The weights that some numbers stand for, in the order α, β, γ, φ of those that the form uses.
fn weights_of(form: Form, x: &[f64]) -> Weights {
    let mut rest = x.iter().copied();
    let mut next =
        |used: bool, otherwise: f64| if used { rest.next().unwrap_or(otherwise) } else { otherwise };
    Weights {
        alpha: next(true, 0.0),
        beta: next(form.trend != Trend::None, 0.0),
        gamma: next(form.season != Season::None, 0.0),
        phi: next(form.trend == Trend::Damped, 1.0),
    }
}

fn numbers_of(form: Form, weights: Weights) -> Vec<f64> {
    let mut x = vec![weights.alpha];
    if form.trend != Trend::None {
        x.push(weights.beta);
    }
    if form.season != Season::None {
        x.push(weights.gamma);
    }
    if form.trend == Trend::Damped {
        x.push(weights.phi);
    }
    x
}

/// Whether the model forgets its start, so that its weights are admissible. Without a season all weights between
/// the bounds are.
fn allowed(form: Form, weights: Weights, season: usize) -> bool {
    let Weights { alpha, beta, gamma, phi } = weights;
    form.season == Season::None || forgets(alpha, beta, gamma, phi, season)
}

/// Whether all roots of the characteristic polynomial of a seasonal model lie in the unit circle (Hyndman et al.
/// 2008, chapter 10), by the recursion of Schur and Cohn.
pub fn forgets(alpha: f64, beta: f64, gamma: f64, phi: f64, season: usize) -> bool {
    if season < 2 {
        return true;
    }
    let middle = alpha + beta - alpha * phi;
    let mut p = vec![phi * (1.0 - alpha - gamma), middle + gamma - 1.0];
    p.extend(std::iter::repeat_n(middle, season - 2));
    p.extend([alpha + beta - phi, 1.0]);
    // Lowest power first; each turn takes one root away.
    while p.len() > 1 {
        let last = p.len() - 1;
        let ratio = p[0] / p[last];
        if ratio.abs() > 1.0 + 1e-9 {
            return false;
        }
        if ratio.abs() > 1.0 - 1e-9 {
            return true; // on the circle, which the published bound allows
        }
        p = (1..=last).map(|k| p[k] - ratio * p[last - k]).collect();
    }
    true
}

/// Estimates one model on scaled values; `near` is an estimate of a model that differs in its errors alone. None
/// where the model breaks down on this series.
pub fn estimate(
    form: Form,
    season: usize,
    seen: &[f64],
    full: &[f64],
    near: Option<&Estimate>,
) -> Option<Estimate> {
    let mut tries: Vec<(Vec<f64>, State)> = Vec::new();
    if let Some(near) = near {
        tries.push((numbers_of(form, near.weights), near.start.clone()));
    } else {
        let start = rule_of_thumb(form, season, full)?;
        // A season that stays and one that moves fast are two valleys with a ridge between them.
        let shares: &[f64] = if form.season == Season::None { &[0.0] } else { &[0.05, 0.8] };
        for &share in shares {
            let mut loss = |x: &[f64]| loss(form, season, x, &start, seen);
            tries.push((best_of_grid(form, share, &mut loss), start.clone()));
        }
    }
    let found = tries.into_iter().filter_map(|(x, start)| descend(form, season, seen, x, start));
    let (weights, start, loss) = found.reduce(|a, b| if b.2 < a.2 { b } else { a })?;
    let n = seen.iter().filter(|v| !v.is_nan()).count() as f64;
    let k = form.parameters(season) as f64;
    let aicc = loss + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0);
    Some(Estimate { form, weights, start, aicc })
}

/// Minus twice the log likelihood of weights; infinite where they are not allowed.
fn loss(form: Form, season: usize, x: &[f64], start: &State, seen: &[f64]) -> f64 {
    let weights = weights_of(form, x);
    if allowed(form, weights, season) { filter(form, weights, start, seen, None).loss } else { f64::INFINITY }
}

/// Improves weights and start in turn until neither helps.
fn descend(
    form: Form,
    season: usize,
    seen: &[f64],
    x: Vec<f64>,
    start: State,
) -> Option<(Weights, State, f64)> {
    let free = form.weights();
    let mut bounds = vec![WEIGHT; free];
    if form.trend == Trend::Damped {
        bounds[free - 1] = DAMPING;
    }
    let (mut x, mut start, mut least) = (x, start, f64::INFINITY);
    for _ in 0..ROUNDS {
        let before = least;
        let (found, value) =
            minimise(&x, &bounds, CLOSE, 60 * free, &mut |x| loss(form, season, x, &start, seen));
        if value < least {
            (x, least) = (found, value);
        }
        if !least.is_finite() {
            return None;
        }
        let improved = improve(form, weights_of(form, &x), &mut start, &mut least, seen);
        if !improved || before - least < CLOSE {
            break;
        }
    }
    Some((weights_of(form, &x), start, least))
}

/// Weights to begin with: the likeliest of a coarse grid. `share` is how much of the allowed range the season's
/// weight takes.
fn best_of_grid(form: Form, share: f64, loss: &mut dyn FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut best = (f64::INFINITY, Vec::new());
    for alpha in [0.02, 0.1, 0.3, 0.6, 0.9] {
        for slope in [0.01, 0.2] {
            let weights = Weights { alpha, beta: alpha * slope, gamma: (1.0 - alpha) * share, phi: 0.95 };
            let x = numbers_of(form, weights);
            let value = loss(&x);
            if value < best.0 || best.1.is_empty() {
                best = (value, x);
            }
            if form.trend == Trend::None {
                break;
            }
        }
    }
    best.1
}
