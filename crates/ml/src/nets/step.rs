//! Layers while they learn: gradients from all parts of a batch, and the optimiser's step right after them.

use super::kernels::{Level, Outer, Rule, Update};
use super::net::Stage;
use super::panels::{LANES, Line, Panels, padded};
use super::pass::Part;
use crate::nets::embedding::even;
use crate::random::Random;
use rayon::prelude::*;

/// A layer with what the optimiser remembers of it.
pub(super) struct Trained {
    pub(super) inputs: usize,
    /// Inputs (filled up) × outputs.
    pub(super) weights: Panels,
    /// Outputs (filled up) × inputs: the same weights for the way back. Empty for the first layer.
    pub(super) transposed: Panels,
    pub(super) bias: Vec<Line>,
    /// A zero for each input: where the sums of the way back start.
    pub(super) nothing: Vec<Line>,
    means: Vec<Line>,
    squares: Vec<Line>,
    bias_means: Vec<Line>,
    bias_squares: Vec<Line>,
}

impl Trained {
    /// Weights and biases drawn evenly from -`bound` to `bound` (Glorot, Bengio 2010).
    pub(super) fn new(inputs: usize, outputs: usize, bound: f32, back: bool, random: &mut Random) -> Self {
        let mut weights = Panels::zero(padded(inputs), outputs);
        let mut bias = vec![Line::ZERO; weights.count()];
        let mut row = vec![0.0; outputs];
        for input in 0..inputs {
            for weight in &mut row {
                *weight = even(random) * bound;
            }
            weights.set_row(input, &row);
        }
        for output in 0..outputs {
            bias[output / LANES].0[output % LANES] = even(random) * bound;
        }
        let zeros = vec![Line::ZERO; weights.lines().len()];
        let bias_zeros = vec![Line::ZERO; bias.len()];
        let transposed = Panels::zero(padded(outputs), if back { inputs } else { 0 });
        let mut layer = Self {
            inputs,
            nothing: vec![Line::ZERO; transposed.count()],
            transposed,
            means: zeros.clone(),
            squares: zeros,
            bias_means: bias_zeros.clone(),
            bias_squares: bias_zeros,
            weights,
            bias,
        };
        layer.transpose();
        layer
    }

    pub(super) fn outputs(&self) -> usize {
        self.weights.width()
    }

    /// The layer as answers need it.
    pub(super) fn stage(&self) -> Stage {
        Stage { inputs: self.inputs, weights: self.weights.clone(), bias: self.bias.clone() }
    }

    /// Multiplies what comes out by a factor and adds a number, for each output: undoes the scaling of targets.
    pub(super) fn rescale(stage: &mut Stage, scales: &[(f64, f64)]) {
        let fold = |value: f32, factor: f64, plus: f64| {
            (f64::from(value) * factor + plus).clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
        };
        for (output, &(mean, deviation)) in scales.iter().enumerate() {
            let (panel, lane) = (output / LANES, output % LANES);
            for line in stage.weights.panel_mut(panel) {
                line.0[lane] = fold(line.0[lane], deviation, 0.0);
            }
            let bias = &mut stage.bias[panel].0[lane];
            *bias = fold(*bias, deviation, mean);
        }
    }

    /// Copies the weights to where the way back reads them.
    fn transpose(&mut self) {
        for panel in 0..self.transposed.count() {
            transpose_panel(&self.weights, panel, self.transposed.panel_mut(panel));
        }
    }
}

/// One panel of the transposed table: 16 inputs, a line for each output.
fn transpose_panel(weights: &Panels, panel: usize, out: &mut [Line]) {
    let (blocks, _) = out.as_chunks_mut::<LANES>();
    for (from, block) in blocks.iter_mut().enumerate() {
        let Some(lines) = weights.panel(from)[panel * LANES..].first_chunk::<LANES>() else { continue };
        for (output, line) in block.iter_mut().enumerate() {
            for (value, from) in line.0.iter_mut().zip(lines) {
                *value = from.0[output];
            }
        }
    }
}

/// One panel of one layer in a step.
struct Slice<'a> {
    layer: usize,
    panel: usize,
    weights: &'a mut [Line],
    means: &'a mut [Line],
    squares: &'a mut [Line],
    bias: &'a mut [Line],
    bias_means: &'a mut [Line],
    bias_squares: &'a mut [Line],
}

/// How a step is done.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) level: Level,
    pub(super) rule: Rule,
    /// The part of each weight that is added to its gradient; biases have none.
    pub(super) decay: f32,
    /// Whether more than one thread is worth waking.
    pub(super) spread: bool,
}

/// Moves all layers by the gradients of the parts of a batch.
pub(super) fn step(layers: &mut [Trained], parts: &[Part], how: Step) {
    let mut slices = Vec::with_capacity(layers.iter().map(|layer| layer.bias.len()).sum());
    for (at, layer) in layers.iter_mut().enumerate() {
        let rows = layer.weights.rows().max(1);
        let mut weights = layer.weights.lines_mut().chunks_mut(rows);
        let mut means = layer.means.chunks_mut(rows);
        let mut squares = layer.squares.chunks_mut(rows);
        let biases = layer.bias.chunks_mut(1).zip(layer.bias_means.chunks_mut(1));
        for (panel, ((bias, bias_means), bias_squares)) in
            biases.zip(layer.bias_squares.chunks_mut(1)).enumerate()
        {
            slices.push(Slice {
                layer: at,
                panel,
                weights: weights.next().unwrap_or_default(),
                means: means.next().unwrap_or_default(),
                squares: squares.next().unwrap_or_default(),
                bias,
                bias_means,
                bias_squares,
            });
        }
    }
    if how.spread {
        slices.into_par_iter().for_each_init(Vec::new, |gradient, slice| slice.step(parts, how, gradient));
        for layer in layers.iter_mut() {
            let rows = layer.transposed.rows().max(1);
            let weights = &layer.weights;
            layer
                .transposed
                .lines_mut()
                .par_chunks_mut(rows)
                .enumerate()
                .with_min_len(8)
                .for_each(|(panel, out)| transpose_panel(weights, panel, out));
        }
    } else {
        let mut gradient = Vec::new();
        for slice in slices {
            slice.step(parts, how, &mut gradient);
        }
        for layer in layers {
            layer.transpose();
        }
    }
}

impl Slice<'_> {
    fn step(self, parts: &[Part], how: Step, gradient: &mut Vec<Line>) {
        gradient.clear();
        gradient.resize(self.weights.len(), Line::ZERO);
        let mut bias = Line::ZERO;
        for part in parts {
            let deltas = part.deltas[self.layer].panel(self.panel);
            how.level.run(Outer { a: &part.tables[self.layer], b: deltas, c: gradient });
            for line in deltas {
                bias.0.iter_mut().zip(line.0).for_each(|(sum, delta)| *sum += delta);
            }
        }
        how.level.run(Update {
            rule: how.rule,
            decay: how.decay,
            gradient,
            weights: self.weights,
            means: self.means,
            squares: self.squares,
        });
        how.level.run(Update {
            rule: how.rule,
            decay: 0.0,
            gradient: &[bias],
            weights: self.bias,
            means: self.bias_means,
            squares: self.bias_squares,
        });
    }
}
