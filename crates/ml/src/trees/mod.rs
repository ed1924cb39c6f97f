//! Gradient-boosted trees: histograms over byte bins, grown leaf by leaf, for the losses of LightGBM.
//!
//! All sums are integers, so the same sample, parameters and seed make the same bytes on any number of
//! threads. It knows nothing about time or series: rows in, numbers out.

pub mod bins;
pub mod boost;
mod category;
pub mod ensemble;
mod grow;
mod held_out;
mod histogram;
mod leaves;
mod objective;
mod predict;
mod ranked;
mod saved;
mod shap;
mod slopes;
mod split;
#[cfg(test)]
mod tests;

pub use bins::{Binned, Edges};
pub use boost::{BoostError, BoostParams, Data, Sample, boost, feature_order, learn};
pub use ensemble::{Ensemble, Link, Node, Tree, contains, set_of, threshold_below};
pub use objective::Objective;
pub use shap::Paths;
