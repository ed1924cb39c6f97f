//! Multilayer perceptrons: dense and sparse inputs, trained by mini-batches, answered from memory.
//!
//! A net knows nothing about columns, words or scaling: numbers near unit scale in, probabilities or numbers
//! out. The same rows, parameters and seed give the same net on any number of threads, because each number is
//! summed in one order however the work is cut.

mod cpu;
#[cfg(any(feature = "cuda", test))]
mod cuda;
mod device;
mod embedding;
mod epochs;
mod explain;
mod fit;
mod held;
mod input;
mod kernels;
mod net;
mod panels;
mod params;
mod pass;
mod predict;
mod saved;
#[cfg(test)]
mod slopes;
mod step;
#[cfg(test)]
mod tests;

#[cfg(feature = "cuda")]
pub use cuda::compiled_kernels;
pub use device::{NoGpu, Ran, gpu};
pub use explain::Contributions;
pub use fit::{Curve, Fitted, fit, fit_at};
pub use input::{Input, LIMIT, Sample, Target};
pub use kernels::Level;
pub use net::{Embedding, Head, Layer, Net, NetError};
pub use params::NetParams;
pub use predict::Scratch;
