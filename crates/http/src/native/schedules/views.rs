//! Schedules as callers see them.

use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::schedule::{Origin, Schedule, ScheduledTask};

/// A schedule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Schedule)]
pub struct ScheduleView {
    /// Its identity.
    pub id: String,
    /// What it asks for.
    #[schema(value_type = words::ScheduledTask)]
    pub task: ScheduledTask,
    /// Of which model; null where it is about a source.
    pub model: Option<String>,
    /// Of which source; null where it is about a model.
    pub source: Option<String>,
    /// Minute, hour, day of the month, month, weekday.
    pub cron: String,
    /// The zone that they are read in.
    pub timezone: String,
    /// Whether it follows a spec or was made by a person.
    #[schema(value_type = words::ScheduleOrigin)]
    pub origin: Origin,
    /// A paused schedule fires only when somebody asks.
    pub paused: bool,
    /// When it fires next; null while it is paused.
    pub next_at: Option<Timestamp>,
    /// The last time.
    pub last: Option<FiredView>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The last time that a schedule fired.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fired)]
pub struct FiredView {
    /// When it was due.
    pub due_at: Timestamp,
    /// When it fired; later than due where the server was down.
    pub at: Timestamp,
    /// The job that it made, or joined.
    pub job_id: String,
    /// Whether that job was under way already.
    pub joined: bool,
}

impl From<Schedule> for ScheduleView {
    fn from(schedule: Schedule) -> Self {
        Self {
            id: schedule.id.to_string(),
            task: schedule.task,
            model: schedule.subject.model().map(ToString::to_string),
            source: schedule.subject.source().map(ToString::to_string),
            cron: schedule.times.cron,
            timezone: schedule.times.timezone,
            origin: schedule.origin,
            paused: schedule.paused,
            next_at: (!schedule.paused).then_some(schedule.next_at),
            last: schedule.last.map(|fired| FiredView {
                due_at: fired.due_at,
                at: fired.at,
                job_id: fired.job.to_string(),
                joined: fired.joined,
            }),
            created_at: schedule.created_at,
        }
    }
}
