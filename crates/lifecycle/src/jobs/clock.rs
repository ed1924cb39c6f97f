//! The clock: fires schedules that are due, each once over all processes, and makes up once what was missed.

use crate::Lifecycle;
use crate::{drift, metrics, retrain, sync};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vakhta_domain::event::NewEvent;
use vakhta_domain::job::NewJob;
use vakhta_domain::ports::{Enqueued, StoreError};
use vakhta_domain::schedule::{Firing, Schedule, ScheduledTask, Subject};
use vakhta_domain::user::Actor;

const INTERVAL: Duration = Duration::from_secs(1);

/// Fires what is due until the server shuts down.
pub(crate) async fn follow(app: Arc<Lifecycle>, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        if let Err(error) = fire_due(&app).await {
            tracing::warn!(%error, "schedules cannot be looked at, trying again");
        }
    }
}

/// Fires every schedule that is due.
pub async fn fire_due(app: &Arc<Lifecycle>) -> Result<(), StoreError> {
    let now = app.ports.clock.now();
    for due in app.ports.schedules.due_schedules(now).await? {
        fire(app, due).await?;
    }
    Ok(())
}

async fn fire(app: &Lifecycle, due: Schedule) -> Result<(), StoreError> {
    let now = app.ports.clock.now();
    let Some(next_at) = due.times.next_after(now) else {
        tracing::warn!(schedule = %due.id, "a schedule never comes again, it is left as it is");
        return Ok(());
    };
    // The due moment itself is not counted as missed.
    let missed = due.times.between(due.next_at, now);
    let actor = Actor::system(due.workspace.clone());
    let job = job_of(app, &due, &actor);
    let mut event = NewEvent::about("schedule.fired", ("schedule", due.id.as_str()), &actor, now)
        .by_job(job.id.as_str())
        .with(json!({ "task": due.task, "due_at": due.next_at, "missed": missed, "next_at": next_at }));
    event.model = due.subject.model().map(ToString::to_string);
    let firing = Firing { schedule: due, at: now, next_at, job, event };
    match app.ports.schedules.fire(&firing).await? {
        Some(Enqueued::Queued(job)) => {
            tracing::info!(schedule = %firing.schedule.id, job = %job.id, missed, "fired");
        }
        Some(Enqueued::Busy(job)) => {
            tracing::info!(schedule = %firing.schedule.id, %job, "fired, a job is under way");
        }
        // Another process was first.
        None => return Ok(()),
    }
    app.signals.bump();
    Ok(())
}

/// The job that a schedule asks for.
pub(crate) fn job_of(app: &Lifecycle, schedule: &Schedule, actor: &Actor) -> NewJob {
    match (&schedule.subject, schedule.task) {
        (Subject::Source(source), _) => sync::job(app, actor, source),
        (Subject::Model(model), ScheduledTask::DailyMetrics) => {
            metrics::job(app, actor, model, &metrics::Asked::default())
        }
        (Subject::Model(model), ScheduledTask::DriftCheck) => {
            drift::job(app, actor, model, &drift::Asked::default())
        }
        (Subject::Model(model), _) => retrain::job(app, actor, model, &retrain::Asked::by_schedule()),
    }
}
