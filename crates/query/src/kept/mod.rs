//! The tables that are always there, one file each: their columns, and how their rows are read.

mod actuals;
mod daily_metrics;
mod decisions;
mod events;
mod jobs;
mod models;
mod predictions;
mod versions;

use crate::source::Source;
use datafusion::catalog::TableProvider;
use std::sync::Arc;

/// The names of the tables, in the order in which they are shown.
pub(crate) const NAMES: [&str; 8] =
    ["actuals", "daily_metrics", "decisions", "events", "jobs", "models", "predictions", "versions"];

/// The table of that name.
pub(crate) fn table(name: &str, source: &Source) -> Option<Arc<dyn TableProvider>> {
    Some(match name {
        "actuals" => actuals::table(source),
        "daily_metrics" => daily_metrics::table(source),
        "decisions" => decisions::table(source),
        "events" => events::table(source),
        "jobs" => jobs::table(source),
        "models" => models::table(source),
        "predictions" => predictions::table(source),
        "versions" => versions::table(source),
        _ => return None,
    })
}
