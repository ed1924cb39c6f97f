//! The watch as callers see it.

use crate::native::jobs::views::JobView;
use crate::native::schedules::views::ScheduleView;
use serde::Serialize;
use utoipa::ToSchema;

/// How retraining stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetrainStatus {
    /// What will ask for it, by model.
    pub scheduled_jobs: Vec<ScheduleView>,
    /// The job that trains again now, or waits to.
    pub active: Option<JobView>,
    /// The last one that ended.
    pub last_run: Option<JobView>,
}
