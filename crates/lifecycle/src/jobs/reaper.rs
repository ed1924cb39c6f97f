//! Finds jobs whose worker is gone and settles each: again, given up, or cancelled. None stays "running".

use super::state_event;
use crate::Lifecycle;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vakhta_domain::job::{Job, Orphan, adopt};
use vakhta_domain::ports::{JobLease, StoreError};

const INTERVAL: Duration = Duration::from_secs(2);

/// Looks for orphans until the server shuts down.
pub(crate) async fn reap(app: Arc<Lifecycle>, shutdown: CancellationToken) {
    loop {
        if let Err(error) = settle_orphans(&app).await {
            tracing::warn!(%error, "orphaned jobs cannot be looked for, trying again");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

/// Settles every job whose lease ran out.
pub async fn settle_orphans(app: &Arc<Lifecycle>) -> Result<(), StoreError> {
    for job in app.ports.jobs.orphans(app.ports.clock.now()).await? {
        settle(app, &job).await?;
        app.signals.bump();
    }
    Ok(())
}

async fn settle(app: &Lifecycle, job: &Job) -> Result<(), StoreError> {
    let what = adopt(job.kind, job.attempt, job.cancel_requested);
    let reason = format!("its process ended {} times while it ran", job.attempt);
    let kind = match what {
        Orphan::Requeue(_) => "job.requeued",
        Orphan::Fail => "job.failed",
        Orphan::Cancel => "job.cancelled",
    };
    tracing::warn!(job = %job.id, attempt = job.attempt, what = kind, "a job's worker is gone");
    let event = state_event(app, kind, job, Some("its worker is gone"));
    let lease = JobLease { job: job.id.clone(), attempt: job.attempt };
    app.ports.jobs.settle(&lease, what, &reason, app.ports.clock.now(), &event).await?;
    Ok(())
}
