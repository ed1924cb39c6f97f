//! Forecasts of a hierarchy: which series add up to what, and how forecasts of all levels are made to agree.
//!
//! The finest series are called bottoms, the sums above them nodes. It knows no calendar and no engine.

mod reconcile;
mod saved;
mod shrink;
mod structure;
#[cfg(test)]
mod tests;

pub use reconcile::{Method, Reconciler};
pub use shrink::shrinkage;
pub use structure::{Hierarchy, Level, Node};
