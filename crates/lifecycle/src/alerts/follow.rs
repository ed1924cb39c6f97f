//! The loops of alerts: one looks at everything every half minute and when something changed, some carry messages.

use super::{deliver, evaluate};
use crate::Lifecycle;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Messages that one process carries at once.
pub(crate) const CARRIERS: usize = 2;
/// A look at least so often.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Whatever changes, two looks are so far apart.
const LOOK_APART: Duration = Duration::from_secs(5);
/// How often due messages are looked for.
const CARRY_EVERY: Duration = Duration::from_secs(1);
/// How long ended deliveries are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Looks until the server shuts down.
pub(crate) async fn watch(app: Arc<Lifecycle>, shutdown: CancellationToken) {
    let mut changed = app.signals.changed();
    loop {
        if let Err(error) = evaluate(&app).await {
            tracing::warn!(%error, "alerts cannot be looked at, trying again");
        }
        let before = app.ports.clock.now().checked_sub(KEPT).unwrap_or(jiff::Timestamp::MIN);
        if let Err(error) = app.ports.alerts.forget_deliveries(before).await {
            tracing::warn!(%error, "old deliveries cannot be forgotten, trying again");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK_APART) => {}
        }
        // What the look itself told of is seen here, too; the next one then finds nothing new.
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY.saturating_sub(LOOK_APART)) => {}
            _ = changed.changed() => {}
        }
    }
}

/// Carries messages until the server shuts down. An attempt under way is dropped then, and made again later.
pub(crate) async fn carry(app: Arc<Lifecycle>, shutdown: CancellationToken) {
    loop {
        let carried = tokio::select! {
            () = shutdown.cancelled() => return,
            carried = deliver::carry_next(&app) => carried,
        };
        match carried {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "messages cannot be looked for, trying again"),
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(CARRY_EVERY) => {}
        }
    }
}
