//! Gradient-boosted regression trees: histograms over byte bins, grown leaf by leaf.
//!
//! All sums are integers, so the same sample, parameters and seed make the same bytes on any number of
//! threads. It knows nothing about time or series: rows in, numbers out.

pub mod bins;
pub mod boost;
pub mod ensemble;
pub mod grow;
pub mod histogram;
mod saved;
pub mod split;
#[cfg(test)]
mod tests;

pub use bins::{Binned, Edges};
pub use boost::{BoostError, BoostParams, Sample, boost, feature_order};
pub use ensemble::{Ensemble, Node, Tree};
