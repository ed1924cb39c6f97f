//! What happens to a model, in order; each file is one step: upload, describe, train, deploy, serve.
//!
//! Invariant: never names a database, an object store or an HTTP status. Time, randomness and ids come
//! through the ports. Heavy loops run on blocking threads.

pub mod accounts;
pub mod actuals;
pub mod alerts;
pub mod app;
pub mod audit;
pub mod backtests;
pub mod calendars;
mod contest;
pub mod deploy;
pub mod drift;
pub mod export;
pub mod import;
pub mod jobs;
mod judge;
mod learnt;
pub mod metrics;
pub mod models;
pub mod query;
pub mod retrain;
pub mod rows;
pub mod schedules;
pub mod serve;
pub mod signals;
pub mod sync;
mod train;
pub mod training;
pub mod trials;
pub mod upload;
pub mod workspaces;

pub use app::{Background, Lifecycle, Settings, Workers};
pub use serve::{Serving, Shadows};
pub use signals::Signals;
