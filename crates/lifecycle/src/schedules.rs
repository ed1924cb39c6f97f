//! Schedules that people make and change; those of a spec follow the spec, and people may only pause them.

use crate::Lifecycle;
use crate::jobs::{self, clock::job_of};
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, JobId, ModelKey, ScheduleId};
use vakhta_domain::job::Job;
use vakhta_domain::ports::StoreError;
use vakhta_domain::schedule::{BadTimes, Origin, Schedule, ScheduledTask, Subject, Times};
use vakhta_domain::user::Actor;

/// Why a schedule was not made, changed or run.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// No such schedule.
    #[error("there is no schedule `{0}`")]
    Missing(ScheduleId),
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// Its times.
    #[error(transparent)]
    BadTimes(#[from] BadTimes),
    /// Its times belong to a spec.
    #[error("`{0}` follows the spec of its model or its source: change it there, or pause it here")]
    OfSpec(ScheduleId),
    /// A job of that model is under way.
    #[error("job {0} is under way")]
    Running(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A schedule to be made.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// What is to be done; not a sync, since a source has its own schedule.
    pub task: ScheduledTask,
    /// The model that it is done with.
    pub model: ModelKey,
    /// A cron expression.
    pub cron: String,
    /// The zone that it is read in.
    pub timezone: String,
}

/// What is to be another; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// A cron expression.
    pub cron: Option<String>,
    /// The zone.
    pub timezone: Option<String>,
    /// Whether it is paused.
    pub paused: Option<bool>,
}

/// Makes a schedule.
pub async fn create(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    new: NewSchedule,
) -> Result<Schedule, ScheduleError> {
    let now = app.ports.clock.now();
    let times = Times::checked(&new.cron, &new.timezone, now)?;
    let schedule = Schedule {
        workspace: actor.workspace.clone(),
        id: ScheduleId::new(ids::fresh("sch", &*app.ports.chance)),
        task: new.task,
        subject: Subject::Model(new.model.clone()),
        next_at: times.next_after(now).ok_or(BadTimes::Never(new.cron))?,
        times,
        origin: Origin::Person,
        paused: false,
        last: None,
        created_at: now,
        created_by: actor.user.clone(),
    };
    let event = event(app, actor, "schedule.created", &schedule).with(told(&schedule));
    if !app.ports.schedules.add_schedule(&schedule, &event).await? {
        return Err(ScheduleError::ModelMissing(new.model));
    }
    app.signals.bump();
    Ok(schedule)
}

/// Changes a schedule. One that goes on after a pause, or at other times, fires next after now: nothing is made up.
pub async fn change(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    id: &ScheduleId,
    change: Change,
) -> Result<Schedule, ScheduleError> {
    let before = found(app, actor, id).await?;
    if before.origin == Origin::Spec && (change.cron.is_some() || change.timezone.is_some()) {
        return Err(ScheduleError::OfSpec(id.clone()));
    }
    let now = app.ports.clock.now();
    let cron = change.cron.as_ref().unwrap_or(&before.times.cron);
    let times = Times::checked(cron, change.timezone.as_ref().unwrap_or(&before.times.timezone), now)?;
    let mut after = before.clone();
    after.paused = change.paused.unwrap_or(before.paused);
    if after.paused != before.paused || times != before.times {
        after.next_at = times.next_after(now).ok_or_else(|| BadTimes::Never(times.cron.clone()))?;
    }
    after.times = times;
    let event = event(app, actor, "schedule.changed", &after)
        .with(json!({ "before": told(&before), "after": told(&after) }));
    if !app.ports.schedules.change_schedule(&after, &event).await? {
        return Err(ScheduleError::Missing(id.clone()));
    }
    app.signals.bump();
    Ok(after)
}

/// Removes a schedule that a person made.
pub async fn delete(app: &Arc<Lifecycle>, actor: &Actor, id: &ScheduleId) -> Result<(), ScheduleError> {
    let schedule = found(app, actor, id).await?;
    if schedule.origin == Origin::Spec {
        return Err(ScheduleError::OfSpec(id.clone()));
    }
    let event = event(app, actor, "schedule.deleted", &schedule).with(json!({ "before": told(&schedule) }));
    if !app.ports.schedules.delete_schedule(&actor.workspace, id, &event).await? {
        return Err(ScheduleError::Missing(id.clone()));
    }
    app.signals.bump();
    Ok(())
}

/// Does now what a schedule asks for, paused or not; its next moment stays.
pub async fn run_now(app: &Arc<Lifecycle>, actor: &Actor, id: &ScheduleId) -> Result<Job, ScheduleError> {
    let schedule = found(app, actor, id).await?;
    let job = job_of(app, &schedule, actor);
    let event = event(app, actor, "schedule.run", &schedule).by_job(job.id.as_str());
    jobs::queue(app, &job, &event, ScheduleError::Running).await
}

async fn found(app: &Lifecycle, actor: &Actor, id: &ScheduleId) -> Result<Schedule, ScheduleError> {
    let schedule = app.ports.schedules.schedule(&actor.workspace, id).await?;
    schedule.ok_or_else(|| ScheduleError::Missing(id.clone()))
}

fn event(app: &Lifecycle, actor: &Actor, kind: &'static str, schedule: &Schedule) -> NewEvent {
    let mut event = NewEvent::about(kind, ("schedule", schedule.id.as_str()), actor, app.ports.clock.now());
    event.model = schedule.subject.model().map(ToString::to_string);
    event
}

fn told(schedule: &Schedule) -> serde_json::Value {
    json!({
        "task": schedule.task, "cron": schedule.times.cron, "timezone": schedule.times.timezone,
        "paused": schedule.paused, "next_at": schedule.next_at,
    })
}
