//! What the stores need beside requests: their health told to the doors, the prediction log moved on.
//!
//! Both hold the store weakly, so that it can be closed for good when the process stops.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;
use std::sync::Weak;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vakhta_domain::job::{JobState, JobTally};
use vakhta_domain::ports::{Ports, StoreError};
use vakhta_http::{HealthCheck, HealthReport};
use vakhta_lifecycle::Lifecycle;
use vakhta_lifecycle::accounts;
use vakhta_store::Store;

/// A part that does not answer for so long is not well.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often full or old parts of the prediction log are looked for.
const SEAL_EVERY: Duration = Duration::from_mins(1);
/// A lease that ran out so long ago should have been found by now.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(2);

/// How often old addresses and programs are looked for.
const FORGET_EVERY: Duration = Duration::from_hours(24);
/// The first time is a little after the start, when whoever waits for the server has been served.
const FORGET_FIRST: Duration = Duration::from_secs(30);

/// Tells how all parts are.
pub struct Pulse {
    /// The stores.
    pub store: Weak<Store>,
    /// Folders on whose disks there must be room.
    pub folders: Vec<PathBuf>,
    /// How much, bytes.
    pub min_free_bytes: u64,
}

#[async_trait]
impl HealthCheck for Pulse {
    async fn check(&self) -> HealthReport {
        let bad = HealthReport { database: false, objects: false, queue: false, disk: false };
        let Some(store) = self.store.upgrade() else { return bad };
        let ports = store.ports();
        let (health, queue) = tokio::join!(store.health(PATIENCE), queue(&ports));
        drop(store);
        let disk = self.room().await;
        let answers = [("database", &health.database), ("objects", &health.objects), ("queue", &queue)];
        for (part, answer) in answers {
            if let Err(error) = answer {
                tracing::warn!(part, %error, "not healthy");
            }
        }
        HealthReport {
            database: health.database.is_ok(),
            objects: health.objects.is_ok(),
            queue: queue.is_ok(),
            disk,
        }
    }
}

impl Pulse {
    /// Whether every disk has room. A disk that does not say so is not well either.
    async fn room(&self) -> bool {
        let (folders, wanted) = (self.folders.clone(), self.min_free_bytes);
        let look = tokio::task::spawn_blocking(move || {
            folders.iter().all(|folder| match free_bytes(folder) {
                Ok(free) if free >= wanted => true,
                Ok(free) => {
                    tracing::warn!(folder = %folder.display(), free, wanted, "the disk is nearly full");
                    false
                }
                Err(error) => {
                    tracing::warn!(folder = %folder.display(), %error, "the disk does not say how much room it has");
                    false
                }
            })
        });
        matches!(tokio::time::timeout(PATIENCE, look).await, Ok(Ok(true)))
    }
}

/// The bytes that are free for this process.
#[cfg(unix)]
fn free_bytes(folder: &std::path::Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Where it cannot be asked for, there is taken to be room.
#[cfg(not(unix))]
fn free_bytes(_: &std::path::Path) -> std::io::Result<u64> {
    Ok(u64::MAX)
}

/// Whether the queue can be read and no job was forgotten in it.
async fn queue(ports: &Ports) -> Result<(), StoreError> {
    let silent = |source| StoreError::Unavailable { part: "queue", source: Box::new(source) };
    let tally = tokio::time::timeout(PATIENCE, ports.jobs.tally()).await.map_err(silent)??;
    if is_forgotten(&tally, ports.clock.now()) {
        let source = std::io::Error::other("a job's worker died and nobody took the job over");
        return Err(StoreError::Unavailable { part: "queue", source: Box::new(source) });
    }
    Ok(())
}

fn is_forgotten(tally: &[JobTally], now: Timestamp) -> bool {
    let mut running = tally.iter().filter(|jobs| jobs.state == JobState::Running);
    running.any(|jobs| jobs.first_lease.is_some_and(|until| now.duration_since(until) > FORGOTTEN))
}

/// Moves parts of the prediction log into the object store until told to stop.
pub async fn seal_predictions(store: Weak<Store>, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(SEAL_EVERY) => {}
        }
        let Some(store) = store.upgrade() else { return };
        // Nothing is lost while it fails: the parts stay where they are and are tried again.
        if let Err(error) = store.seal_predictions(false).await {
            tracing::warn!(%error, "the prediction log cannot be moved into the object store");
        }
    }
}

/// Erases addresses and programs that are older than so many days, once a day, until told to stop. Several processes
/// may do so at once: the later one finds nothing.
pub async fn forget_origins(app: Weak<Lifecycle>, days: u32, shutdown: CancellationToken) {
    let mut pause = FORGET_FIRST;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = FORGET_EVERY;
        let Some(app) = app.upgrade() else { return };
        match accounts::forget_origins(&app.ports, days).await {
            Ok(erased) if erased.is_nothing() => {}
            Ok(erased) => {
                app.signals.bump();
                tracing::info!(
                    events = erased.events,
                    jobs = erased.jobs,
                    "old addresses and programs are erased"
                );
            }
            Err(error) => {
                tracing::warn!(%error, "old addresses and programs cannot be erased, trying again tomorrow");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::job::JobKind;

    #[test]
    fn a_lease_long_over_means_that_nobody_looks_after_the_queue() {
        let lease = Timestamp::UNIX_EPOCH;
        let jobs = |state| JobTally {
            kind: JobKind::Train,
            state,
            count: 1,
            oldest: lease,
            first_lease: Some(lease),
        };
        let after = |minutes| lease + SignedDuration::from_mins(minutes);
        assert!(!is_forgotten(&[jobs(JobState::Running)], after(1)));
        assert!(is_forgotten(&[jobs(JobState::Running)], after(3)));
        assert!(!is_forgotten(&[jobs(JobState::Queued)], after(3)));
        assert!(!is_forgotten(&[], after(3)));
    }
}
