//! Where a walk begins: a rule of thumb first, then the least squares over the states themselves.

use super::filter::filter;
use super::{Error, Form, Season, State, Trend, Weights};
use crate::matrix::cholesky;
use crate::smoothing::season::decomposed;

/// The rule of thumb of Hyndman et al. (2008, section 2.6): the season from a classical decomposition, level and
/// slope from a line through the first values without it. None where the season cannot be taken apart.
pub fn rule_of_thumb(form: Form, season: usize, full: &[f64]) -> Option<State> {
    let indices = match form.season {
        Season::None => Vec::new(),
        Season::Additive => decomposed(full, season, false)?,
        Season::Multiplicative => {
            let mut ratios = decomposed(full, season, true)?;
            for ratio in &mut ratios {
                *ratio = ratio.max(0.01);
            }
            let mean = ratios.iter().sum::<f64>() / season as f64;
            for ratio in &mut ratios {
                *ratio /= mean;
            }
            ratios
        }
    };
    let used = full.len().min((2 * indices.len()).max(10));
    let plain: Vec<f64> = full[..used]
        .iter()
        .enumerate()
        .map(|(at, value)| match form.season {
            Season::None => *value,
            Season::Additive => value - indices[at % season],
            Season::Multiplicative => value / indices[at % season],
        })
        .collect();
    let mean = plain.iter().sum::<f64>() / used as f64;
    let (level, slope) = if form.trend == Trend::None {
        (mean, 0.0)
    } else {
        let middle = f64::midpoint(used as f64, 1.0);
        let (mut cross, mut square) = (0.0, 0.0);
        for (at, value) in plain.iter().enumerate() {
            let time = at as f64 + 1.0 - middle;
            cross += time * (value - mean);
            square += time * time;
        }
        let slope = if square > 0.0 { cross / square } else { 0.0 };
        (mean - slope * middle, slope)
    };
    Some(State { level, slope, season: indices })
}

/// One step of Gauss and Newton towards the states that fit best under fixed weights; with additive errors and
/// season the errors are linear in the states, and one step is the whole way. Answers whether it got better.
pub fn improve(form: Form, weights: Weights, start: &mut State, loss: &mut f64, values: &[f64]) -> bool {
    let mut errors = Vec::with_capacity(values.len());
    filter(form, weights, start, values, Some(&mut errors));
    if errors.len() < values.len() {
        return false;
    }
    let places = start.season.len().saturating_sub(1);
    let with_slope = form.trend != Trend::None;
    let free = 1 + usize::from(with_slope) + places;
    let moved = |steps: &[f64]| -> State {
        let mut state = start.clone();
        state.level += steps[0];
        if with_slope {
            state.slope += steps[1];
        }
        // The last place of the season makes up for what the others gain.
        for (index, step) in state.season.iter_mut().zip(&steps[free - places..]) {
            *index += step;
        }
        if places > 0 {
            state.season[places] -= steps[free - places..].iter().sum::<f64>();
        }
        state
    };
    // Errors count in proportion to the forecast where the model says so.
    let divide: Vec<f64> = match form.error {
        Error::Additive => vec![1.0; values.len()],
        Error::Multiplicative => values.iter().zip(&errors).map(|(v, e)| v - e).collect(),
    };
    let mut columns = Vec::with_capacity(free);
    let mut other = Vec::with_capacity(values.len());
    for axis in 0..free {
        let mut steps = vec![0.0; free];
        let step = if form.season == Season::Multiplicative { 1e-5 } else { 1e-3 };
        steps[axis] = step;
        other.clear();
        filter(form, weights, &moved(&steps), values, Some(&mut other));
        if other.len() < values.len() {
            return false;
        }
        let column = other.iter().zip(&errors).zip(&divide).map(|((to, from), by)| {
            let change = (to - from) / (step * by);
            if change.is_nan() { 0.0 } else { change }
        });
        columns.push(column.collect::<Vec<f64>>());
    }
    let aim: Vec<f64> =
        errors.iter().zip(&divide).map(|(e, by)| if e.is_nan() { 0.0 } else { e / by }).collect();
    let Some(step) = least_squares(&columns, &aim) else { return false };
    for share in [1.0, 0.5, 0.25] {
        let state = moved(&step.iter().map(|s| -s * share).collect::<Vec<f64>>());
        let tried = filter(form, weights, &state, values, None).loss;
        if tried < *loss {
            *start = state;
            *loss = tried;
            return true;
        }
    }
    false
}

/// The x with the smallest |columns·x − aim|, a little pulled to zero so that columns may depend on each other.
fn least_squares(columns: &[Vec<f64>], aim: &[f64]) -> Option<Vec<f64>> {
    let n = columns.len();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let mut square = vec![0.0; n * n];
    let mut right: Vec<f64> = columns.iter().map(|c| dot(c, aim)).collect();
    for row in 0..n {
        for column in 0..=row {
            square[row * n + column] = dot(&columns[row], &columns[column]);
        }
    }
    let ridge = 1e-9 * (0..n).map(|i| square[i * n + i]).sum::<f64>() / n as f64 + f64::MIN_POSITIVE;
    for i in 0..n {
        square[i * n + i] += ridge;
    }
    cholesky::factorise(&mut square, n)?;
    cholesky::solve(&square, n, &mut right);
    right.iter().all(|v| v.is_finite()).then_some(right)
}
