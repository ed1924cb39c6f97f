//! Follows switches that other processes make.

use crate::Lifecycle;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(1);

/// Looks for other champions until the server shuts down.
pub(crate) async fn follow_champions(app: Arc<Lifecycle>, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        if let Err(error) = super::refresh(&app).await {
            tracing::warn!(%error, "the serving versions cannot be looked up, those in memory go on");
        }
    }
}
