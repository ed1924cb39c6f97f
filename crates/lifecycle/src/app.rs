//! The running product: its ports, its settings, and its background work.

use crate::alerts::{Desk, follow as alerts};
use crate::jobs::{clock, reaper, worker};
use crate::query::Queries;
use crate::serve::{Serving, Shadows, watcher};
use crate::signals::Signals;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vakhta_domain::ids::{WorkerId, random_hex};
use vakhta_domain::job::JobKind;
use vakhta_domain::ports::{Notifier, Ports, StoreError};
use vakhta_domain::query::QueryLimits;

/// What the lifecycle is told once, at the start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A folder for files that are gone when their step ends.
    pub temp_dir: PathBuf,
    /// Threads that one training uses.
    pub threads: usize,
    /// Longest time that one training may run.
    pub train_limit_seconds: u32,
    /// A worker silent for this long has lost its job.
    pub lease_seconds: u32,
    /// Jobs worked on at once.
    pub workers: Workers,
    /// Saved models that may be in memory to serve, bytes together.
    pub model_memory_bytes: u64,
    /// The program that trains, as versions record it.
    pub code_version: String,
    /// The server's own address, as people reach it, where it is known.
    pub public_url: Option<String>,
}

/// Jobs that this process works on at once, by kind; 0 leaves them to other processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workers {
    /// Trainings, asked for or found to be needed.
    pub train: usize,
    /// Sources that are read.
    pub sync: usize,
    /// Batch predictions.
    pub predict: usize,
    /// Computations of daily metrics, and checks of drift.
    pub metrics: usize,
}

/// The running product.
pub struct Lifecycle {
    /// What it needs from outside.
    pub ports: Ports,
    /// What it was told at the start.
    pub settings: Settings,
    /// The models in memory.
    pub serving: Serving,
    /// Room for answers that nobody is given.
    pub shadows: Shadows,
    /// Who answers questions in SQL.
    pub queries: Queries,
    /// What wakes its followers.
    pub signals: Signals,
    /// What alerts need beside the store.
    pub(crate) desk: Desk,
}

/// The work that goes on beside requests.
pub struct Background {
    tasks: TaskTracker,
}

impl Background {
    /// Waits for an orderly end, after the shutdown token was cancelled.
    pub async fn finished(self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Lifecycle {
    /// Puts the parts together without SQL; nothing runs yet.
    pub fn new(ports: Ports, notifier: Arc<dyn Notifier>, settings: Settings) -> Arc<Self> {
        Self::with_queries(ports, notifier, Queries::none(QueryLimits::NOTHING), settings)
    }

    /// Puts the parts together; nothing runs yet.
    pub fn with_queries(
        ports: Ports,
        notifier: Arc<dyn Notifier>,
        queries: Queries,
        settings: Settings,
    ) -> Arc<Self> {
        let serving = Serving::new(settings.model_memory_bytes);
        let (shadows, signals, desk) = (Shadows::default(), Signals::new(), Desk::new(notifier));
        Arc::new(Self { ports, settings, serving, shadows, queries, signals, desk })
    }

    /// Loads the serving versions and starts workers, the reaper and the champion watcher.
    pub async fn start(self: &Arc<Self>, shutdown: CancellationToken) -> Result<Background, StoreError> {
        crate::serve::refresh(self).await?;
        let tasks = TaskTracker::new();
        let worker = WorkerId::new(format!("worker_{}", random_hex(&*self.ports.chance, 6)));
        let slots: [(&'static [JobKind], usize); 4] = [
            (&[JobKind::Train, JobKind::Retrain], self.settings.workers.train),
            (&[JobKind::Sync], self.settings.workers.sync),
            (&[JobKind::Predict], self.settings.workers.predict),
            (&[JobKind::Metrics, JobKind::Drift], self.settings.workers.metrics),
        ];
        for (kinds, count) in slots {
            for _ in 0..count {
                tasks.spawn(worker::work(self.clone(), worker.clone(), kinds, shutdown.clone()));
            }
        }
        tasks.spawn(reaper::reap(self.clone(), shutdown.clone()));
        tasks.spawn(clock::follow(self.clone(), shutdown.clone()));
        tasks.spawn(alerts::watch(self.clone(), shutdown.clone()));
        for _ in 0..alerts::CARRIERS {
            tasks.spawn(alerts::carry(self.clone(), shutdown.clone()));
        }
        tasks.spawn(watcher::follow_champions(self.clone(), shutdown));
        Ok(Background { tasks })
    }
}
