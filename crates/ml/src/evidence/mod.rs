//! What two versions did on the same rows, made into evidence: paired tests, harm by segment, a test that may be
//! looked at every day, trends, and accuracy estimated before labels come.
//!
//! Numbers in, numbers out: the rules that decide by them are `vakhta_domain::{promotion, rollback}`.

mod bootstrap;
mod classes;
mod compare;
pub mod distributions;
pub mod estimate;
mod paired;
mod segments;
mod sequential;
mod trend;

#[cfg(test)]
mod tests;

pub use bootstrap::{paired_bootstrap, stationary_bootstrap};
pub use classes::{Answer, ClassRow, compare_classes, mcnemar};
pub use compare::{LossRow, Settings, compare, loss_for, loss_of};
pub use paired::{FEWEST_DAYS, Lag, diebold_mariano};
pub use segments::holm;
pub use sequential::Sequential;
pub use trend::{Trend, trend};
