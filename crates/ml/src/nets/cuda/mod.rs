//! Nets trained on an NVIDIA GPU: products by cuBLAS, the rest by the kernels of `kernels.cu`, which NVRTC
//! compiles when a training begins. All three libraries are looked for then; none is needed to build or to start.
//!
//! - `plan`: what lies where, the products as cuBLAS is told them, how many blocks a kernel has
//! - `steps`: the order of the work, over the [`Machine`] that does it
//! - `gpu`: the machine that is a GPU; the only one that is built, and only with the feature `cuda`
//! - `stand_in`: a machine of plain loops for tests, the same formulas in the same layout
//!
//! Weights begin as the CPU's do, rows come in the same order, dropout silences the same numbers and the epochs are
//! the same code (`nets/epochs.rs`), so a GPU's net is the CPU's but for rounding. Predictions run on the CPU.

#[cfg(feature = "cuda")]
mod find;
#[cfg(feature = "cuda")]
mod gpu;
mod plan;
#[cfg(test)]
mod stand_in;
mod steps;
#[cfg(test)]
mod tests;

#[cfg(feature = "cuda")]
pub use find::{compiled_kernels, name};

use super::device::NoGpu;
use super::kernels::Rule;
use plan::Silence;

/// Opens the GPU, and puts the rows and the untaught net of a task on it; also the GPU's name.
#[cfg(feature = "cuda")]
pub(super) fn open<'a>(
    task: &'a super::epochs::Task<'a>,
) -> Result<(steps::Steps<'a, gpu::Gpu>, String), super::NetError> {
    let name = name()?;
    let (plan, start) = steps::planned(task);
    let machine = gpu::Gpu::open(plan.clone(), &steps::Rows::new(task), &start)?;
    Ok((steps::Steps::new(task, plan, machine), name))
}

/// What does the steps. Each call works on the first `rows` rows of its tables; `first` is the place of the first
/// of them in the order that was given last. Calls are done in their order.
pub trait Machine {
    /// The rows that batches read: places of [`steps::Rows`], never more than there are.
    fn order(&mut self, order: &[u32]) -> Result<(), NoGpu>;
    /// Brings the rows of a batch together: the inputs of the first layer.
    fn gather(&mut self, first: usize, rows: usize) -> Result<(), NoGpu>;
    /// A layer's inputs times its weights.
    fn multiply(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu>;
    /// Bias, activation (none in the last layer) and dropout of what [`Machine::multiply`] gave.
    fn activate(&mut self, layer: usize, rows: usize, silence: Silence) -> Result<(), NoGpu>;
    /// The deltas of the last layer's sums, each `share` of its row's, and the losses of the rows.
    fn compare(&mut self, first: usize, rows: usize, share: f32) -> Result<(), NoGpu>;
    /// The gradients of a layer's weights and biases, from its inputs and deltas.
    fn gradients(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu>;
    /// The deltas of a layer's inputs, from its deltas and weights; they are the deltas of the layer before.
    fn back(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu>;
    /// Makes deltas of a layer's outputs those of its sums.
    fn slope(&mut self, layer: usize, rows: usize, silence: Silence) -> Result<(), NoGpu>;
    /// Moves all weights and biases. `decay` is the part of each weight that is added to its gradient.
    fn update(&mut self, rule: Rule, decay: f32) -> Result<(), NoGpu>;
    /// The losses of these places of the order.
    fn losses(&mut self, places: std::ops::Range<usize>) -> Result<Vec<f32>, NoGpu>;
    /// All weights and biases, as [`plan::Plan`] lays them.
    fn weights(&mut self) -> Result<Vec<f32>, NoGpu>;
}
