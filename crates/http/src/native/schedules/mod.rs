//! What happens by the clock.

pub mod change;
pub mod list;
pub mod run;
pub mod views;

use crate::problem::{Problem, training_runs};
use vakhta_domain::schedule::BadTimes;
use vakhta_lifecycle::schedules::ScheduleError;

impl From<ScheduleError> for Problem {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Missing(id) => Self::missing("schedule_missing", "schedule", id),
            ScheduleError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            ScheduleError::BadTimes(bad @ BadTimes::Zone(_)) => {
                Self::invalid_field("/timezone", bad.to_string())
            }
            ScheduleError::BadTimes(bad) => Self::invalid_field("/cron", bad.to_string()),
            ScheduleError::OfSpec(_) => Self::conflict("schedule_of_spec", error.to_string()),
            ScheduleError::Running(job) => training_runs(job),
            ScheduleError::Store(error) => error.into(),
        }
    }
}
