//! What lies where on a GPU, the products as cuBLAS is told them, and how many blocks a kernel has.

use crate::nets::epochs::Task;
use crate::nets::net::{Head, Layer};
use std::ops::Range;
use vakhta_domain::spec::{Activation, Precision};

/// Threads of a block: whole warps, and few enough for every GPU.
pub const THREADS: u32 = 256;
/// Threads of a row in kernels of rows: one warp, `LANES` in kernels.cu.
pub const ROW_THREADS: usize = 32;

/// The layout of a training. Tables lie row after row. The weights of all layers lie first to last in one stretch
/// (`inputs` × `outputs` each, row after row), then all biases, so that one kernel steps over everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The inputs, then the outputs of each layer.
    pub sizes: Vec<usize>,
    /// Most rows of a batch.
    pub batch: usize,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// What the outputs are: softmax of classes, or numbers.
    pub head: Head,
    /// Share of each hidden layer that is silenced in training.
    pub dropout: f32,
    /// Whether products are of 16 bits.
    pub narrow: bool,
}

impl Plan {
    /// The plan of a task whose hidden layers have these inputs and outputs.
    pub(super) fn new(task: &Task<'_>, layers: &[Layer]) -> Self {
        let inputs = layers[0].inputs;
        Self {
            sizes: std::iter::once(inputs).chain(layers.iter().map(|layer| layer.outputs)).collect(),
            batch: task.batch(),
            activation: task.params.activation,
            head: task.head,
            dropout: task.params.dropout as f32,
            narrow: task.params.precision == Precision::Bf16,
        }
    }

    /// Layers.
    pub fn layers(&self) -> usize {
        self.sizes.len() - 1
    }

    /// Where the weights of a layer lie.
    pub fn weights(&self, layer: usize) -> Range<usize> {
        let size = |layer: usize| self.sizes[layer] * self.sizes[layer + 1];
        let start = (0..layer).map(size).sum();
        start..start + size(layer)
    }

    /// Where its biases lie.
    pub fn bias(&self, layer: usize) -> Range<usize> {
        let start = self.decayed() + self.sizes[1..=layer].iter().sum::<usize>();
        start..start + self.sizes[layer + 1]
    }

    /// All weights, which decay; the biases after them do not.
    pub fn decayed(&self) -> usize {
        self.weights(self.layers() - 1).end
    }

    /// All weights and biases.
    pub fn total(&self) -> usize {
        self.bias(self.layers() - 1).end
    }

    /// The activation of a layer as kernels.cu numbers it; the last has none.
    pub fn activation(&self, layer: usize) -> u32 {
        if layer + 1 == self.layers() {
            return 3;
        }
        match self.activation {
            Activation::Relu => 0,
            Activation::Tanh => 1,
            Activation::Logistic => 2,
            Activation::Identity => 3,
        }
    }

    /// The layers of a stretch that [`flat`] made.
    pub fn unflat(&self, flat: &[f32]) -> Vec<Layer> {
        let layer = |at: usize| Layer {
            inputs: self.sizes[at],
            outputs: self.sizes[at + 1],
            weights: flat[self.weights(at)].to_vec(),
            bias: flat[self.bias(at)].to_vec(),
        };
        (0..self.layers()).map(layer).collect()
    }
}

/// Weights and biases of layers in one stretch, as [`Plan`] lays them.
pub fn flat(layers: &[Layer]) -> Vec<f32> {
    let weights = layers.iter().flat_map(|layer| &layer.weights);
    weights.chain(layers.iter().flat_map(|layer| &layer.bias)).copied().collect()
}

/// What dropout does to one layer in one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// What it depends on, beside row, column and layer.
    pub seed: u64,
    /// Numbers are silenced whose 32 bits are below; 0 silences none.
    pub limit: u32,
    /// What the others are multiplied by.
    pub lift: f32,
}

impl Silence {
    /// Nothing is silenced.
    pub const NONE: Self = Self { seed: 0, limit: 0, lift: 1.0 };

    /// A share of the numbers is silenced, as in nets/pass.rs.
    pub fn new(share: f32, seed: u64) -> Self {
        if share <= 0.0 {
            return Self::NONE;
        }
        let limit = (f64::from(share) * f64::from(u32::MAX)) as u32;
        Self { seed, limit, lift: 1.0 / (1.0 - share) }
    }
}

/// Blocks that give each of so many cells a thread.
pub fn blocks(cells: usize) -> u32 {
    u32::try_from(cells.div_ceil(THREADS as usize)).unwrap_or(u32::MAX)
}

/// A product as cuBLAS is told it: `c = op(a) × op(b)`, all of them column after column. A table that lies row after
/// row is its own transposed that lies column after column, so our products are told with their sides exchanged:
/// `c = x × y` becomes `cᵀ = yᵀ × xᵀ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// Whether a is transposed.
    pub transpose_a: bool,
    /// Whether b is transposed.
    pub transpose_b: bool,
    /// Rows of op(a) and c.
    pub m: usize,
    /// Columns of op(b) and c.
    pub n: usize,
    /// Columns of op(a), rows of op(b).
    pub k: usize,
    /// Numbers from one column of a to the next.
    pub lda: usize,
    /// The same of b.
    pub ldb: usize,
    /// The same of c.
    pub ldc: usize,
}

impl Product {
    /// Sums (rows × outputs) = inputs × weights: a is the weights, b the inputs.
    pub fn sums(rows: usize, inputs: usize, outputs: usize) -> Self {
        let (m, n, k) = (outputs, rows, inputs);
        Self { transpose_a: false, transpose_b: false, m, n, k, lda: outputs, ldb: inputs, ldc: outputs }
    }

    /// Gradients (inputs × outputs) = inputsᵀ × deltas: a is the deltas, b the inputs.
    pub fn gradients(rows: usize, inputs: usize, outputs: usize) -> Self {
        let (m, n, k) = (outputs, inputs, rows);
        Self { transpose_a: false, transpose_b: true, m, n, k, lda: outputs, ldb: inputs, ldc: outputs }
    }

    /// Deltas of inputs (rows × inputs) = deltas × weightsᵀ: a is the weights, b the deltas.
    pub fn back(rows: usize, inputs: usize, outputs: usize) -> Self {
        let (m, n, k) = (inputs, rows, outputs);
        Self { transpose_a: true, transpose_b: false, m, n, k, lda: outputs, ldb: outputs, ldc: inputs }
    }
}
