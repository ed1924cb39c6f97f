//! Stochastic gradient descent over sparse rows, with a step of its own for each feature (`AdaGrad`, Duchi 2011) that
//! falls to nothing along a line. One thread: rows depend on each other, and the order is part of the answer.

use super::{Cancelled, Each, Goal, Linear, LinearParams, add, softmax};
use crate::matrix::Sparse;
use crate::random::Random;

/// The first step.
const RATE: f32 = 1.0;
/// Squared gradient that each feature begins with, which keeps first steps from being wild.
const START: f32 = 0.01;
/// Rows that are to be seen at least, over all passes.
const ROWS_SEEN: usize = 120_000;
/// Fewest and most passes.
const PASSES: (usize, usize) = (5, 30);
/// Rows between two reports of progress.
const REPORT: usize = 4096;
/// Residuals of less are not worth a step where classes are many.
const SMALL: f32 = 1e-5;

/// Learns; see [`super::fit`].
pub fn fit(
    rows: &Sparse,
    goal: Goal<'_>,
    weights: &[f32],
    params: &LinearParams,
    each: Each<'_>,
) -> Result<Linear, Cancelled> {
    let mut model = Linear::zero(rows.width(), goal.outputs());
    let n = rows.rows();
    let passes = (ROWS_SEEN / n.max(1)).clamp(PASSES.0, PASSES.1);
    let total = (passes * n) as f32;
    let penalty = params.alpha.unwrap_or(0.0) as f32;
    let mut squares = vec![START; rows.width()];
    let mut bias_square = START;
    let mut order: Vec<u32> = (0..n as u32).collect();
    let mut random = Random::new(params.seed);
    let mut residual = vec![0.0f32; model.lanes()];
    let lanes = model.lanes();
    let mut seen = 0usize;
    for _ in 0..passes {
        random.shuffle(&mut order);
        for &row in &order {
            let row = row as usize;
            let (columns, values) = rows.row(row);
            residual.copy_from_slice(&model.bias);
            for (&column, &value) in columns.iter().zip(values) {
                add(&mut residual, value, &model.weights[column as usize * lanes..][..lanes]);
            }
            turn_into_residual(&mut residual, goal, row);
            let rate = RATE * (1.0 - seen as f32 / total);
            seen += 1;
            let weight = weights.get(row).copied().unwrap_or(1.0);
            let mut square = 0.0;
            for r in &mut residual {
                *r *= weight;
                square += *r * *r;
            }
            if square < SMALL * SMALL {
                continue;
            }
            for (&column, &value) in columns.iter().zip(values) {
                let so_far = &mut squares[column as usize];
                *so_far += square * value * value;
                let step = rate / so_far.sqrt();
                let own = &mut model.weights[column as usize * lanes..][..lanes];
                if penalty > 0.0 {
                    let keep = 1.0 - (step * penalty).min(1.0);
                    for w in own.iter_mut() {
                        *w *= keep;
                    }
                }
                add(own, -step * value, &residual);
            }
            bias_square += square;
            add(&mut model.bias, -rate / bias_square.sqrt(), &residual);
            if seen.is_multiple_of(REPORT) && each(seen as u64, total as u64).is_break() {
                return Err(Cancelled);
            }
        }
    }
    if each(1, 1).is_break() { Err(Cancelled) } else { Ok(model) }
}

/// From scores to what they are too much by; zero in the padding.
fn turn_into_residual(scores: &mut [f32], goal: Goal<'_>, row: usize) {
    match goal {
        Goal::Classes { codes, count } => {
            let (scores, padding) = scores.split_at_mut(count);
            softmax(scores);
            scores[codes[row] as usize] -= 1.0;
            padding.fill(0.0);
        }
        // An error beyond any sense moves weights no further than a large one does.
        Goal::Numbers(numbers) => scores[0] = (scores[0] - numbers[row]).clamp(-100.0, 100.0),
    }
}
