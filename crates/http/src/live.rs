//! Live news: one task follows the history and the jobs while anybody listens, and tells every listener.

mod relay;
mod socket;

pub(crate) use socket::serve;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use vakhta_domain::event::Event;
use vakhta_domain::ids::{JobId, WorkspaceId};
use vakhta_domain::job::{Job, JobLogLine};
use vakhta_domain::ports::StoreError;
use vakhta_lifecycle::Lifecycle;

/// News that a listener may lag behind by before it is dropped.
const BACKLOG: usize = 1024;

/// Something new.
#[derive(Debug)]
pub(crate) enum News {
    /// Something happened.
    Event(Event),
    /// A job moved.
    Job(Job),
    /// A job wrote to its log.
    Log { job: JobId, model: Option<String>, lines: Vec<JobLogLine> },
}

/// Something new, and where.
type Told = Arc<(WorkspaceId, News)>;

/// Where listeners come to.
pub(crate) struct Live {
    hub: Arc<Hub>,
}

struct Hub {
    lifecycle: Arc<Lifecycle>,
    news: broadcast::Sender<Told>,
    /// Listeners by workspace; the relay runs while there is one.
    listeners: Mutex<HashMap<WorkspaceId, usize>>,
    /// Held while the relay starts, so that a listener never reads the history's end before the relay does.
    relay: tokio::sync::Mutex<()>,
    running: std::sync::atomic::AtomicBool,
}

impl Live {
    pub(crate) fn new(lifecycle: Arc<Lifecycle>) -> Self {
        let hub = Hub {
            lifecycle,
            news: broadcast::Sender::new(BACKLOG),
            listeners: Mutex::default(),
            relay: tokio::sync::Mutex::new(()),
            running: std::sync::atomic::AtomicBool::new(false),
        };
        Self { hub: Arc::new(hub) }
    }

    /// Begins to listen. Every event written after this returns will be heard.
    async fn listen(&self, workspace: &WorkspaceId) -> Result<Listener, StoreError> {
        let news = self.hub.news.subscribe();
        *self.hub.listeners().entry(workspace.clone()).or_insert(0) += 1;
        let listener = Listener { hub: self.hub.clone(), workspace: workspace.clone(), news };
        let _starting = self.hub.relay.lock().await;
        relay::ensure_running(&self.hub).await?;
        Ok(listener)
    }
}

impl Live {
    /// How many listen now.
    pub(crate) fn listeners(&self) -> usize {
        self.hub.listeners().values().sum()
    }
}

impl Hub {
    fn listeners(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, usize>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One listener; stops listening when dropped.
struct Listener {
    hub: Arc<Hub>,
    workspace: WorkspaceId,
    news: broadcast::Receiver<Told>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = self.hub.listeners();
        if let Some(count) = listeners.get_mut(&self.workspace) {
            *count -= 1;
            if *count == 0 {
                listeners.remove(&self.workspace);
            }
        }
    }
}
