//! A year in a minute: rows are replayed day by day through the whole lifecycle, by its own schedules and jobs, with a
//! clock that is set. Nothing is mocked: what is told is what the server would have done.

pub mod chart;
pub mod clock;
pub mod feed;
mod nobody;
pub mod page;
mod reasons;
pub mod scenario;
pub mod text;
pub mod told;
pub mod year;

pub use clock::{SeededChance, SetClock};
pub use feed::{Columns, Feed, FeedError};
pub use nobody::Nobody;
pub use scenario::Scenario;
pub use told::Told;
pub use year::{Plan, SimulateError, run};
