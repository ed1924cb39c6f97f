//! Layers while they learn: gradients from all parts of a batch, and the optimiser's step right after them.

use super::kernels::{HalfOuter, Halve, Level, Outer, Pairs, Rule, Update, WIDEST, stretches};
use super::net::Stage;
use super::panels::{LANES, Line, Panels, padded};
use super::pass::Part;
use crate::nets::embedding::even;
use crate::random::Random;
use rayon::prelude::*;
use std::ops::Range;

/// A layer with what the optimiser remembers of it.
pub(super) struct Trained {
    pub(super) inputs: usize,
    /// Inputs (filled up) × outputs.
    pub(super) weights: Panels,
    /// Outputs (filled up) × inputs: the same weights for the way back. Empty for the first layer.
    pub(super) transposed: Panels,
    pub(super) bias: Vec<Line>,
    /// The weights and the transposed ones in 16 bits, where products are computed so.
    pub(super) half: Option<(Pairs, Pairs)>,
    /// Whether so many inputs are zero that products seek out the others; the same of the deltas.
    pub(super) skip: bool,
    pub(super) skip_back: bool,
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
            half: None,
            skip: false,
            skip_back: false,
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

    /// Rounds the weights to 16 bits, where products are computed so.
    pub(super) fn halve(&mut self, level: Level) {
        if let Some((weights, transposed)) = &mut self.half {
            level.run_half(Halve { table: &self.weights, rows: None, pairs: Some(weights) });
            level.run_half(Halve { table: &self.transposed, rows: None, pairs: Some(transposed) });
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

/// Some panels of one layer in a step.
struct Slice<'a> {
    layer: usize,
    panels: Range<usize>,
    skip: bool,
    half: bool,
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
    let mut slices = Vec::new();
    for (at, layer) in layers.iter_mut().enumerate() {
        let rows = layer.weights.rows();
        let mut weights = layer.weights.lines_mut();
        let (mut means, mut squares) = (&mut layer.means[..], &mut layer.squares[..]);
        let mut bias = &mut layer.bias[..];
        let (mut bias_means, mut bias_squares) = (&mut layer.bias_means[..], &mut layer.bias_squares[..]);
        for panels in stretches(bias.len(), WIDEST) {
            let count = panels.len();
            slices.push(Slice {
                layer: at,
                panels,
                skip: layer.skip,
                half: layer.half.is_some(),
                weights: weights.split_off_mut(..count * rows).unwrap_or_default(),
                means: means.split_off_mut(..count * rows).unwrap_or_default(),
                squares: squares.split_off_mut(..count * rows).unwrap_or_default(),
                bias: bias.split_off_mut(..count).unwrap_or_default(),
                bias_means: bias_means.split_off_mut(..count).unwrap_or_default(),
                bias_squares: bias_squares.split_off_mut(..count).unwrap_or_default(),
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
        layers.par_iter_mut().for_each(|layer| layer.halve(how.level));
    } else {
        let mut gradient = Vec::new();
        for slice in slices {
            slice.step(parts, how, &mut gradient);
        }
        for layer in layers {
            layer.transpose();
            layer.halve(how.level);
        }
    }
}

impl Slice<'_> {
    fn step(self, parts: &[Part], how: Step, gradient: &mut Vec<Line>) {
        gradient.clear();
        gradient.resize(self.weights.len(), Line::ZERO);
        let mut bias = [Line::ZERO; WIDEST];
        for part in parts {
            let (a, b) = (&part.tables[self.layer], &part.deltas[self.layer]);
            let panels = self.panels.clone();
            if self.half {
                let (a, b) = (&part.half_tables[self.layer].1, &part.half_deltas[self.layer].1);
                how.level.run_half(HalfOuter { a, b, panels, c: gradient });
            } else {
                let marks = self.skip.then(|| &part.marks[self.layer]);
                how.level.run(Outer { a, marks, b, panels, c: gradient });
            }
            for (bias, panel) in bias.iter_mut().zip(self.panels.clone()) {
                for line in b.panel(panel) {
                    bias.0.iter_mut().zip(line.0).for_each(|(sum, delta)| *sum += delta);
                }
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
            gradient: &bias[..self.panels.len()],
            weights: self.bias,
            means: self.bias_means,
            squares: self.bias_squares,
        });
    }
}
