//! "Something changed": wakes whoever follows the history in this process. Polling stays the truth.

use tokio::sync::watch;

/// A counter that grows with each change this process makes.
pub struct Signals {
    changes: watch::Sender<u64>,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self { changes: watch::Sender::new(0) }
    }

    /// Follows changes: an event was written, or a job moved.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Tells that something was written.
    pub fn bump(&self) {
        self.changes.send_modify(|n| *n += 1);
    }
}
