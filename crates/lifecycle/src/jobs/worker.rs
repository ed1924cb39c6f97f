//! A worker: takes the next job of its kinds, runs it under a heartbeat, stores how it ended.

use super::pulse::{Pulse, Stop, beat};
use super::{Ending, run, state_event};
use crate::Lifecycle;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use vakhta_domain::ids::WorkerId;
use vakhta_domain::job::{Job, JobKind, Outcome};
use vakhta_domain::ports::{JobLease, StoreError};

/// How long an idle worker sleeps where no signal wakes it: jobs of other processes are seen after this.
const IDLE: Duration = Duration::from_secs(1);

/// Works until the server shuts down.
pub(crate) async fn work(
    app: Arc<Lifecycle>,
    worker: WorkerId,
    kinds: &'static [JobKind],
    shutdown: CancellationToken,
) {
    let mut changed = app.signals.changed();
    while !shutdown.is_cancelled() {
        let now = app.ports.clock.now();
        let lease_until = now + SignedDuration::from_secs(i64::from(app.settings.lease_seconds));
        match app.ports.jobs.claim(&worker, kinds, now, lease_until).await {
            Ok(Some(job)) => {
                app.signals.bump();
                attempt(&app, job, &shutdown).await;
                app.signals.bump();
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the queue cannot be read, trying again"),
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(IDLE) => {}
            _ = changed.changed() => {}
        }
    }
}

/// One attempt of one job, from its lease to its end.
async fn attempt(app: &Arc<Lifecycle>, job: Job, shutdown: &CancellationToken) {
    // What is logged on the way is found by the job, and by the request that asked for it.
    let asked = job.owner.request_id.as_deref().unwrap_or("-");
    let span = tracing::info_span!("job", id = %job.id, kind = job.kind.as_str(), request_id = asked);
    span.in_scope(|| tracing::info!(attempt = job.attempt, "job begins"));
    let pulse = Pulse::new(app.ports.clock.clone());
    let done = CancellationToken::new();
    let heart = tokio::spawn(beat(app.clone(), job.clone(), pulse.clone(), shutdown.clone(), done.clone()));
    let work = tokio::spawn({
        let (app, job, pulse) = (app.clone(), job.clone(), pulse.clone());
        async move { run(&app, &job, &pulse).await }.instrument(span.clone())
    });
    let ending = work.await.unwrap_or_else(|panic| Ending::Error(format!("the program failed: {panic}")));
    done.cancel();
    let _ = heart.await;
    let settled = settle(app, &job, &pulse, ending).await;
    span.in_scope(|| match settled {
        Ok(how) => tracing::info!(how, "job ends"),
        // The lease runs out and the reaper settles it.
        Err(error) => tracing::error!(%error, "the end of a job could not be stored"),
    });
}

async fn settle(
    app: &Lifecycle,
    job: &Job,
    pulse: &Pulse,
    ending: Ending,
) -> Result<&'static str, StoreError> {
    let lease = JobLease { job: job.id.clone(), attempt: job.attempt };
    let (outcome, event) = match (ending, pulse.stop()) {
        (Ending::Settled, _) => return Ok("settled"),
        (Ending::Result(result), _) => {
            (Outcome::Completed(result), state_event(app, "job.completed", job, None))
        }
        (Ending::Error(error), _) => {
            let event = state_event(app, "job.failed", job, Some(&error));
            (Outcome::Failed(error), event)
        }
        (Ending::Stopped, Some(Stop::Shutdown)) => {
            app.ports.jobs.release(&lease).await?;
            return Ok("handed back");
        }
        (Ending::Stopped, Some(Stop::Lost)) => return Ok("lost to another worker"),
        (Ending::Stopped, Some(Stop::TimeLimit)) => {
            let error = format!("ran for longer than its limit of {} s", job.limit_seconds);
            let event = state_event(app, "job.failed", job, Some(&error));
            (Outcome::Failed(error), event)
        }
        (Ending::Stopped, Some(Stop::Cancelled) | None) => {
            (Outcome::Cancelled, state_event(app, "job.cancelled", job, None))
        }
    };
    let kept = app.ports.jobs.finish(&lease, &outcome, app.ports.clock.now(), &event).await?;
    Ok(if kept { outcome.state().as_str() } else { "lost to another worker" })
}
