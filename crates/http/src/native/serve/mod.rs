//! Asking a model: forecasts and predictions, answered from memory and logged.

pub mod forecast;
pub mod predict;
pub mod quality;
pub mod series;
pub mod views;
