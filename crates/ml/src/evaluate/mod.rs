//! How good a forecast was, and how far off it may be.

pub mod conformal;
pub mod metrics;

pub use conformal::{Conformal, Residual};
pub use metrics::{Tally, naive_scale};
