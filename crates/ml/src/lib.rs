//! The engines: arrays in, model or report out. No file, no clock, no thread that outlives a call.
//!
//! A forecast goes from [`panel::Observations`] to [`panel::Panel`], from a spec to [`forecast::Checked`], through
//! [`forecast::fit`] to [`forecast::Fitted`], which answers from memory and can be saved and read back.

pub mod artifact;
pub mod drift;
pub mod evaluate;
pub mod evidence;
pub mod exchange;
pub mod features;
pub mod forecast;
pub mod hierarchy;
pub mod matrix;
pub mod nets;
pub mod panel;
pub mod random;
pub mod records;
pub mod smoothing;
pub mod threads;
pub mod trees;
