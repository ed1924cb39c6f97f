//! Where rows come from by themselves.

pub mod change;
pub mod list;
pub mod run;
pub mod views;

use crate::problem::Problem;
use vakhta_domain::schedule::BadTimes;
use vakhta_lifecycle::sync::SourceError;

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Missing(key) => Self::missing("source_missing", "source", key),
            SourceError::Exists(_) => Self::conflict("source_exists", error.to_string()),
            SourceError::BadKey { pointer, error } => Self::invalid_field(pointer, error.to_string()),
            SourceError::Bad(bad) => Self::invalid_field(bad.pointer, bad.message),
            SourceError::Refused(text) => Self::invalid_field("", text),
            SourceError::BadTimes(bad @ BadTimes::Zone(_)) => {
                Self::invalid_field("/timezone", bad.to_string())
            }
            SourceError::BadTimes(bad) => Self::invalid_field("/cron", bad.to_string()),
            SourceError::Running(job) => {
                let text = format!("job {job} reads this source now; wait for its end or cancel it");
                Self::conflict("sync_runs", text).with_job(job)
            }
            SourceError::Store(error) => error.into(),
        }
    }
}
