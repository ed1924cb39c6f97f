//! From the past of a series to rows of numbers: lags, windows, calendars, known columns.
//!
//! Every feature of a period is made of values before it, its date, and what is known ahead.

pub mod calendar;
mod extreme;
pub mod plan;
pub mod state;
pub mod table;
#[cfg(test)]
mod tests;
mod walk;
pub mod window;

pub use calendar::{Calendar, Event, Overrides, Wave, official_kind};
pub use plan::{Choice, Feature, Fourier, Plan, Source};
pub use state::{Moment, State, Summary};
pub use table::{CalendarTable, Table, known_at, walked};
