//! A machine of plain loops, for tests: what kernels.cu and cuBLAS do, in the same layout.

use super::Machine;
use super::plan::{Plan, Product, Silence};
use super::steps::Rows;
use crate::nets::device::NoGpu;
use crate::nets::input::{Target, sound};
use crate::nets::kernels::Rule;
use crate::random::Random;
use std::ops::Range;

/// The memory of a GPU, and its work.
pub struct StandIn<'a> {
    plan: Plan,
    rows: &'a Rows<'a>,
    order: Vec<u32>,
    losses: Vec<f32>,
    /// The inputs, then what each layer gives.
    tables: Vec<Vec<f32>>,
    /// The deltas of each layer.
    deltas: Vec<Vec<f32>>,
    weights: Vec<f32>,
    gradients: Vec<f32>,
    means: Vec<f32>,
    squares: Vec<f32>,
}

impl<'a> StandIn<'a> {
    pub fn new(plan: Plan, rows: &'a Rows<'a>, start: &[f32]) -> Self {
        let table = |size: &usize| vec![0.0; plan.batch * size];
        let zeros = vec![0.0; plan.total()];
        Self {
            order: vec![],
            losses: vec![0.0; rows.places],
            tables: plan.sizes.iter().map(table).collect(),
            deltas: plan.sizes[1..].iter().map(table).collect(),
            weights: start.to_vec(),
            gradients: zeros.clone(),
            means: zeros.clone(),
            squares: zeros,
            rows,
            plan,
        }
    }

    fn sizes(&self, layer: usize) -> (usize, usize) {
        (self.plan.sizes[layer], self.plan.sizes[layer + 1])
    }
}

/// As cuBLAS's gemm with alpha 1 and beta 0: all tables column after column.
pub fn gemm(product: Product, a: &[f32], b: &[f32], c: &mut [f32]) {
    let Product { transpose_a, transpose_b, m, n, k, lda, ldb, ldc } = product;
    for row in 0..m {
        for column in 0..n {
            let mut sum = 0.0;
            for at in 0..k {
                let a = a[if transpose_a { row * lda + at } else { at * lda + row }];
                let b = b[if transpose_b { at * ldb + column } else { column * ldb + at }];
                sum += a * b;
            }
            c[column * ldc + row] = sum;
        }
    }
}

/// `kept` of kernels.cu, by the CPU's own stream.
fn kept(silence: Silence, layer: usize, row: usize, column: usize) -> f32 {
    if silence.limit == 0 {
        return 1.0;
    }
    let mut random = Random::new(silence.seed ^ (row as u64) << 20 ^ (layer as u64) << 52);
    let bits = (0..=column).map(|_| random.bits()).last().expect("a turn");
    if (bits >> 32) as u32 >= silence.limit { silence.lift } else { 0.0 }
}

impl Machine for StandIn<'_> {
    fn order(&mut self, order: &[u32]) -> Result<(), NoGpu> {
        assert!(order.len() <= self.rows.places);
        self.order = order.to_vec();
        Ok(())
    }

    fn gather(&mut self, first: usize, rows: usize) -> Result<(), NoGpu> {
        let width = self.plan.sizes[0];
        for cell in 0..rows * width {
            let row = self.order[first + cell / width] as usize;
            self.tables[0][cell] = sound(self.rows.inputs[row * width + cell % width]);
        }
        Ok(())
    }

    fn multiply(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let (inputs, outputs) = self.sizes(layer);
        let (before, after) = self.tables.split_at_mut(layer + 1);
        let weights = &self.weights[self.plan.weights(layer)];
        gemm(Product::sums(rows, inputs, outputs), weights, &before[layer], &mut after[0]);
        Ok(())
    }

    fn activate(&mut self, layer: usize, rows: usize, silence: Silence) -> Result<(), NoGpu> {
        let width = self.plan.sizes[layer + 1];
        let bias = &self.weights[self.plan.bias(layer)];
        for (cell, value) in self.tables[layer + 1][..rows * width].iter_mut().enumerate() {
            let sum = *value + bias[cell % width];
            *value = match self.plan.activation(layer) {
                0 => sum.max(0.0),
                1 => sum.tanh(),
                2 => 1.0 / (1.0 + (-sum).exp()),
                _ => sum,
            } * kept(silence, layer, cell / width, cell % width);
        }
        Ok(())
    }

    fn compare(&mut self, first: usize, rows: usize, share: f32) -> Result<(), NoGpu> {
        let last = self.plan.layers() - 1;
        let width = self.plan.sizes[last + 1];
        for row in 0..rows {
            let source = self.order[first + row] as usize;
            let sums = &self.tables[last + 1][row * width..(row + 1) * width];
            let weight = self.rows.weights[source];
            let mut loss = 0.0;
            let top = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = sums.iter().map(|x| (x - top).exp()).sum();
            for (column, &value) in sums.iter().enumerate() {
                let error = match self.rows.target {
                    Target::Classes { codes, .. } => {
                        let probability = (value - top).exp() / sum;
                        let own = codes[source] as usize == column;
                        loss -= if own { probability.max(1e-15).ln() } else { 0.0 };
                        probability - f32::from(u8::from(own))
                    }
                    Target::Numbers { values, .. } => {
                        let error = value - values[source * width + column];
                        loss += 0.5 * error * error;
                        error
                    }
                };
                self.deltas[last][row * width + column] = error * weight * share;
            }
            self.losses[first + row] = loss * weight;
        }
        Ok(())
    }

    fn gradients(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let (inputs, outputs) = self.sizes(layer);
        let (deltas, table) = (&self.deltas[layer], &self.tables[layer]);
        let weights = &mut self.gradients[self.plan.weights(layer)];
        gemm(Product::gradients(rows, inputs, outputs), deltas, table, weights);
        for (output, sum) in self.gradients[self.plan.bias(layer)].iter_mut().enumerate() {
            *sum = (0..rows).map(|row| deltas[row * outputs + output]).sum();
        }
        Ok(())
    }

    fn back(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let (inputs, outputs) = self.sizes(layer);
        let (before, after) = self.deltas.split_at_mut(layer);
        let weights = &self.weights[self.plan.weights(layer)];
        gemm(Product::back(rows, inputs, outputs), weights, &after[0], &mut before[layer - 1]);
        Ok(())
    }

    fn slope(&mut self, layer: usize, rows: usize, silence: Silence) -> Result<(), NoGpu> {
        let width = self.plan.sizes[layer + 1];
        for cell in 0..rows * width {
            let output = self.tables[layer + 1][cell] / silence.lift;
            let delta = &mut self.deltas[layer][cell];
            *delta *= kept(silence, layer, cell / width, cell % width);
            *delta *= match self.plan.activation(layer) {
                0 => f32::from(u8::from(output > 0.0)),
                1 => 1.0 - output * output,
                2 => output * (1.0 - output),
                _ => 1.0,
            };
        }
        Ok(())
    }

    fn update(&mut self, rule: Rule, decay: f32) -> Result<(), NoGpu> {
        for cell in 0..self.plan.total() {
            let (weight, mean) = (&mut self.weights[cell], &mut self.means[cell]);
            let decay = if cell < self.plan.decayed() { decay } else { 0.0 };
            let slope = self.gradients[cell] + decay * *weight;
            match rule {
                Rule::Adam { rate, first, second, epsilon } => {
                    let square = &mut self.squares[cell];
                    *mean = first * *mean + (1.0 - first) * slope;
                    *square = second * *square + (1.0 - second) * slope * slope;
                    *weight -= rate * *mean / (square.sqrt() + epsilon);
                }
                Rule::Sgd { rate, momentum } => {
                    *mean = momentum * *mean - rate * slope;
                    *weight += momentum * *mean - rate * slope;
                }
            }
        }
        Ok(())
    }

    fn losses(&mut self, places: Range<usize>) -> Result<Vec<f32>, NoGpu> {
        Ok(self.losses[places].to_vec())
    }

    fn weights(&mut self) -> Result<Vec<f32>, NoGpu> {
        Ok(self.weights.clone())
    }
}
