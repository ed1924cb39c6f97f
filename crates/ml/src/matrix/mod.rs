//! Tables of numbers that engines learn from: dense rows, and rows that are almost all zero.

pub mod cholesky;
mod dense;
mod sparse;

pub use dense::Matrix;
pub use sparse::Sparse;
