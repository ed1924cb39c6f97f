//! The Theta method (Assimakopoulos & Nikolopoulos 2000) in the state-space form of Fiorucci et al. (2016):
//! a smoothed level plus part of a trend line that is either fixed or learnt on the way.

use super::recent;
use super::season::{decomposed, filled, is_seasonal};
use super::simplex::minimise;

/// Allowed weights of the level.
const WEIGHTS: (f64, f64) = (0.1, 0.99);
/// Errors of the first periods are not counted: they depend on where the recursion began.
const BURN_IN: usize = 3;

/// Which of the four models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThetaForm {
    /// The trend line is learnt as time goes on, rather than fixed over the whole history.
    pub dynamic: bool,
    /// How much of it counts is chosen, rather than half.
    pub optimised: bool,
}

impl ThetaForm {
    /// STM, OTM, DSTM, DOTM.
    pub const ALL: [Self; 4] = [
        Self { dynamic: false, optimised: false },
        Self { dynamic: false, optimised: true },
        Self { dynamic: true, optimised: false },
        Self { dynamic: true, optimised: true },
    ];

    /// Its name in the paper.
    pub fn name(self) -> &'static str {
        match (self.dynamic, self.optimised) {
            (false, false) => "STM",
            (false, true) => "OTM",
            (true, false) => "DSTM",
            (true, true) => "DOTM",
        }
    }
}

/// A learnt series.
#[derive(Debug, Clone, PartialEq)]
pub struct Theta {
    /// Which model.
    pub form: ThetaForm,
    /// The weight of the newest value in the level.
    pub alpha: f64,
    /// The curvature kept of the theta line; 2 in the standard model.
    pub theta: f64,
    /// The level after the last value.
    pub level: f64,
    /// Intercept and slope of the trend line after the last value.
    pub line: (f64, f64),
    /// The mean of all values.
    pub mean: f64,
    /// Values learnt from.
    pub count: usize,
    /// Seasonal indices, the first for the first period to come; empty for none.
    pub season: Vec<f64>,
    /// Whether the indices are multiplied rather than added.
    pub ratio: bool,
}

/// The walk through a history.
#[derive(Debug, Clone, Copy)]
struct Walk {
    level: f64,
    line: (f64, f64),
    mean: f64,
    count: usize,
}

impl Walk {
    fn new(form: ThetaForm, level: f64, fixed: (f64, f64)) -> Self {
        Self { level, line: if form.dynamic { (0.0, 0.0) } else { fixed }, mean: 0.0, count: 0 }
    }

    /// The forecast of the next value.
    fn ahead(&self, alpha: f64, theta: f64) -> f64 {
        let fading = (1.0 - alpha).powi(self.count.min(100_000) as i32);
        let (intercept, slope) = self.line;
        self.level
            + (1.0 - 1.0 / theta) * (fading * intercept + (1.0 - fading * (1.0 - alpha)) / alpha * slope)
    }

    fn push(&mut self, form: ThetaForm, alpha: f64, value: f64) {
        self.level += alpha * (value - self.level);
        let before = self.mean;
        self.count += 1;
        let t = self.count as f64;
        self.mean += (value - self.mean) / t;
        if form.dynamic {
            let slope = if self.count == 1 {
                0.0
            } else {
                ((t - 2.0) * self.line.1 + 6.0 * (value - before) / t) / (t + 1.0)
            };
            self.line = (self.mean - slope * (t + 1.0) / 2.0, slope);
        }
    }
}

/// The least-squares line of a history over the times 1, 2, …
fn line_of(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let middle = f64::midpoint(n, 1.0);
    let (mut cross, mut square) = (0.0, 0.0);
    for (at, value) in values.iter().enumerate() {
        let time = at as f64 + 1.0 - middle;
        cross += time * (value - mean);
        square += time * time;
    }
    let slope = if square > 0.0 { cross / square } else { 0.0 };
    (mean - slope * middle, slope)
}

/// One-step errors, and where the walk ends. The first forecast of a dynamic model is its first value.
fn walk(values: &[f64], form: ThetaForm, start: f64, alpha: f64, theta: f64, errors: &mut Vec<f64>) -> Walk {
    let mut walk = Walk::new(form, start, if form.dynamic { (0.0, 0.0) } else { line_of(values) });
    errors.clear();
    for (at, &value) in values.iter().enumerate() {
        let ahead = if form.dynamic && at == 0 { value } else { walk.ahead(alpha, theta) };
        errors.push(value - ahead);
        walk.push(form, alpha, value);
    }
    walk
}

/// The best start for given weights, and the sum of squares with it. Errors are linear in the start.
fn best_start(values: &[f64], form: ThetaForm, alpha: f64, theta: f64, errors: &mut Vec<f64>) -> (f64, f64) {
    walk(values, form, 0.0, alpha, theta, errors);
    let (mut cross, mut square) = (0.0, 0.0);
    for (at, error) in errors.iter().enumerate().skip(BURN_IN) {
        let pull = (1.0 - alpha).powi(at.min(100_000) as i32);
        cross += pull * error;
        square += pull * pull;
    }
    let start = if square > f64::MIN_POSITIVE { cross / square } else { values[0] / 2.0 };
    let left = errors
        .iter()
        .enumerate()
        .skip(BURN_IN)
        .map(|(at, error)| (error - start * (1.0 - alpha).powi(at.min(100_000) as i32)).powi(2));
    (start, left.sum())
}

/// Learns one of the four models from values without a season and without NaN: weights and start that give the
/// smallest one-step errors. With the sum of their squares and the errors.
pub fn theta_of(values: &[f64], form: ThetaForm) -> (Theta, f64, Vec<f64>) {
    let mut errors = Vec::with_capacity(values.len());
    let all = [WEIGHTS, (1e-5, 1.0)];
    let first = [0.5, 0.5];
    let free = if form.optimised { 2 } else { 1 };
    // The second parameter is 1/θ, which has an end where θ has none.
    let curve = |x: &[f64]| x.get(1).map_or(2.0, |inverse| 1.0 / inverse);
    let scale = values.iter().map(|v| v * v).sum::<f64>().max(f64::MIN_POSITIVE);
    let (x, _) = minimise(&first[..free], &all[..free], 1e-9, 60 * free, &mut |x| {
        best_start(values, form, x[0], curve(x), &mut errors).1 / scale
    });
    let (alpha, theta) = (x[0], curve(&x));
    let (start, squares) = best_start(values, form, alpha, theta, &mut errors);
    let end = walk(values, form, start, alpha, theta, &mut errors);
    let learnt = Theta {
        form,
        alpha,
        theta,
        level: end.level,
        line: end.line,
        mean: end.mean,
        count: values.len(),
        season: Vec::new(),
        ratio: false,
    };
    (learnt, squares, errors)
}

/// Learns a series: takes the season off where the test finds one, tries the four models and keeps the one with
/// the smallest one-step errors. With those errors (NaN where a value was), for the part of the history used.
/// None below four values.
pub fn theta(values: &[f64], season: usize) -> Option<(Theta, Vec<f64>)> {
    let given = recent(values, season);
    let full = filled(given, season);
    if given.iter().filter(|v| !v.is_nan()).count() <= BURN_IN {
        return None;
    }
    let scale = full.iter().map(|v| v.abs()).sum::<f64>() / full.len() as f64;
    let scale = if scale > 0.0 { scale } else { 1.0 };
    let full: Vec<f64> = full.iter().map(|v| v / scale).collect();
    let (indices, ratio) = indices(&full, season);
    let index = |at: usize| indices.get(at % season.max(1)).copied().unwrap_or(if ratio { 1.0 } else { 0.0 });
    let plain: Vec<f64> =
        full.iter().enumerate().map(|(at, v)| if ratio { v / index(at) } else { v - index(at) }).collect();
    let tried = ThetaForm::ALL.into_iter().map(|form| theta_of(&plain, form));
    let (mut best, _, mut errors) = tried.reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    for (at, error) in errors.iter_mut().enumerate() {
        let times = if ratio { index(at) } else { 1.0 };
        *error = if given[at].is_nan() { f64::NAN } else { *error * times * scale };
    }
    best.level *= scale;
    best.line = (best.line.0 * scale, best.line.1 * scale);
    best.mean *= scale;
    if !indices.is_empty() {
        let unit = if ratio { 1.0 } else { scale };
        best.season = (0..season).map(|k| index(full.len() + k) * unit).collect();
    }
    best.ratio = ratio;
    Some((best, errors))
}

/// Seasonal indices: ratios where all is positive, else differences, none where the test finds no season.
fn indices(values: &[f64], season: usize) -> (Vec<f64>, bool) {
    if !is_seasonal(values, season) {
        return (Vec::new(), false);
    }
    let positive = values.iter().all(|v| *v > 0.0);
    let ratios = if positive { decomposed(values, season, true) } else { None };
    match ratios.filter(|ratios| ratios.iter().all(|r| *r >= 0.01)) {
        Some(ratios) => (ratios, true),
        None => (decomposed(values, season, false).unwrap_or_default(), false),
    }
}

impl Theta {
    /// The next `steps` values.
    pub fn forecast(&self, steps: usize) -> Vec<f64> {
        let Self { form, alpha, theta, .. } = *self;
        let mut walk = Walk { level: self.level, line: self.line, mean: self.mean, count: self.count };
        let with_season = |step: usize, value: f64| match self.season.get(step % self.season.len().max(1)) {
            Some(index) if self.ratio => value * index,
            Some(index) => value + index,
            None => value,
        };
        let path = (0..steps).map(|step| {
            let ahead = walk.ahead(alpha, theta);
            walk.push(form, alpha, ahead);
            with_season(step, ahead)
        });
        path.collect()
    }

    /// The same model some periods later; for a missing value its own forecast stands in.
    #[must_use]
    pub fn after(&self, values: &[f64]) -> Self {
        let mut next = self.clone();
        let mut walk = Walk { level: self.level, line: self.line, mean: self.mean, count: self.count };
        for &value in values {
            let index = next.season.first().copied();
            let plain = match index {
                Some(index) if self.ratio => value / index,
                Some(index) => value - index,
                None => value,
            };
            let plain = if plain.is_finite() { plain } else { walk.ahead(self.alpha, self.theta) };
            walk.push(self.form, self.alpha, plain);
            if index.is_some() {
                next.season.rotate_left(1);
            }
        }
        (next.level, next.line, next.mean, next.count) = (walk.level, walk.line, walk.mean, walk.count);
        next
    }
}

/// The model that given weights (start, α, θ) and seasonal indices make of a history.
#[cfg(test)]
pub fn with_weights(values: &[f64], form: ThetaForm, par: [f64; 3], indices: &[f64], ratio: bool) -> Theta {
    let index =
        |at: usize| indices.get(at % indices.len().max(1)).copied().unwrap_or(f64::from(u8::from(ratio)));
    let plain: Vec<f64> =
        values.iter().enumerate().map(|(at, v)| if ratio { v / index(at) } else { v - index(at) }).collect();
    let [start, alpha, theta] = par;
    let Walk { level, line, mean, count } = walk(&plain, form, start, alpha, theta, &mut Vec::new());
    let season = (0..indices.len()).map(|k| index(values.len() + k)).collect();
    Theta { form, alpha, theta, level, line, mean, count, season, ratio }
}

/// The sum of squared one-step errors with given weights (start, α, θ).
#[cfg(test)]
pub fn squares(values: &[f64], form: ThetaForm, par: [f64; 3]) -> f64 {
    let mut errors = Vec::new();
    walk(values, form, par[0], par[1], par[2], &mut errors);
    errors[BURN_IN..].iter().map(|e| e * e).sum()
}
