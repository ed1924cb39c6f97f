//! Trained versions, which of them serves, and every decision about them.

pub mod backtest;
pub mod deploy;
pub mod export;
pub mod list;
pub mod metrics;
pub mod report;
pub mod views;
