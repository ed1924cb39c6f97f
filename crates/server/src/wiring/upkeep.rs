//! What the stores need beside requests: their health told to the doors, the prediction log moved on.
//!
//! Both hold the store weakly, so that it can be closed for good when the process stops.

use async_trait::async_trait;
use std::sync::Weak;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vakhta_http::{HealthCheck, HealthReport};
use vakhta_lifecycle::Lifecycle;
use vakhta_lifecycle::accounts;
use vakhta_store::Store;

/// A store that does not answer for so long is not well.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often full or old parts of the prediction log are looked for.
const SEAL_EVERY: Duration = Duration::from_mins(1);

/// How often old addresses and programs are looked for.
const FORGET_EVERY: Duration = Duration::from_hours(24);
/// The first time is a little after the start, when whoever waits for the server has been served.
const FORGET_FIRST: Duration = Duration::from_secs(30);

/// Tells how the stores are.
pub struct Pulse(pub Weak<Store>);

#[async_trait]
impl HealthCheck for Pulse {
    async fn check(&self) -> HealthReport {
        let bad = HealthReport { database: false, objects: false };
        let Some(store) = self.0.upgrade() else { return bad };
        let Ok(health) = tokio::time::timeout(PATIENCE, store.health()).await else {
            tracing::warn!("the stores did not answer a health check in time");
            return bad;
        };
        for (part, answer) in [("database", &health.database), ("objects", &health.objects)] {
            if let Err(error) = answer {
                tracing::warn!(part, %error, "not healthy");
            }
        }
        HealthReport { database: health.database.is_ok(), objects: health.objects.is_ok() }
    }
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
                tracing::warn!(%error, "old addresses and programs cannot be erased, trying again tomorrow")
            }
        }
    }
}
