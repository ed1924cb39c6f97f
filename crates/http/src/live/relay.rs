//! The one task that follows the history and the jobs. Polling is the truth; a signal only makes it sooner.

use super::{Hub, News};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use vakhta_domain::ids::{JobId, WorkspaceId};
use vakhta_domain::job::{Job, JobState};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{JobFilter, StoreError};

/// Looks at least this often while anybody listens: another process may have written.
const EVERY: Duration = Duration::from_millis(300);
/// Looks at most this often.
const AT_MOST_EVERY: Duration = Duration::from_millis(150);
/// Events and log lines read in one go.
const BATCH: u32 = 500;

/// Starts the relay unless it runs. When this returns, it follows every event from now on.
pub(super) async fn ensure_running(hub: &Arc<Hub>) -> Result<(), StoreError> {
    if hub.running.load(Ordering::Acquire) {
        return Ok(());
    }
    let seq = hub.lifecycle.ports.events.last_seq().await?;
    hub.running.store(true, Ordering::Release);
    tokio::spawn(follow(hub.clone(), seq));
    Ok(())
}

async fn follow(hub: Arc<Hub>, seq: i64) {
    let mut relay = Relay { seq, jobs: HashMap::new() };
    let mut changed = hub.lifecycle.signals.changed();
    loop {
        let looked = Instant::now();
        if let Err(error) = relay.look(&hub).await {
            tracing::warn!(%error, "live news are late");
            sleep(Duration::from_secs(1)).await;
        }
        sleep(AT_MOST_EVERY.saturating_sub(looked.elapsed())).await;
        let _ = timeout(EVERY.saturating_sub(looked.elapsed()), changed.changed()).await;
        // A listener that comes now waits for this lock, then finds the relay stopped and starts another.
        let _starting = hub.relay.lock().await;
        if hub.listeners().is_empty() {
            hub.running.store(false, Ordering::Release);
            return;
        }
    }
}

struct Relay {
    seq: i64,
    jobs: HashMap<(WorkspaceId, JobId), Followed>,
}

/// What was last told about a job.
struct Followed {
    told: Job,
    line: u64,
}

impl Relay {
    async fn look(&mut self, hub: &Hub) -> Result<(), StoreError> {
        self.events(hub).await?;
        let workspaces: Vec<WorkspaceId> = hub.listeners().keys().cloned().collect();
        for workspace in &workspaces {
            self.active_jobs(hub, workspace).await?;
        }
        self.jobs.retain(|(workspace, _), _| workspaces.contains(workspace));
        Ok(())
    }

    async fn events(&mut self, hub: &Hub) -> Result<(), StoreError> {
        loop {
            let batch = hub.lifecycle.ports.events.events_after(self.seq, BATCH).await?;
            let whole = batch.len() == BATCH as usize;
            for (workspace, event) in batch {
                self.seq = event.seq;
                tell(hub, workspace, News::Event(event));
            }
            if !whole {
                return Ok(());
            }
        }
    }

    async fn active_jobs(&mut self, hub: &Hub, workspace: &WorkspaceId) -> Result<(), StoreError> {
        let mut active = Vec::new();
        for state in [JobState::Running, JobState::Queued] {
            let filter = JobFilter { state: Some(state), ..JobFilter::default() };
            let page = hub.lifecycle.ports.jobs.jobs(workspace, &filter, &PageQuery::first(BATCH)).await?;
            active.extend(page.items);
        }
        let ended: Vec<JobId> = self
            .jobs
            .keys()
            .filter(|(w, id)| w == workspace && !active.iter().any(|job| job.id == *id))
            .map(|(_, id)| id.clone())
            .collect();
        for job in active {
            self.moved(hub, workspace, job).await?;
        }
        for id in ended {
            if let Some(job) = hub.lifecycle.ports.jobs.job(workspace, &id).await? {
                let is_final = job.state.is_final();
                self.moved(hub, workspace, job).await?;
                if !is_final {
                    continue;
                }
            }
            self.jobs.remove(&(workspace.clone(), id));
        }
        Ok(())
    }

    /// Tells a job's new log lines, then the job itself, where they changed.
    async fn moved(&mut self, hub: &Hub, workspace: &WorkspaceId, job: Job) -> Result<(), StoreError> {
        let place = (workspace.clone(), job.id.clone());
        let known = self.jobs.get(&place);
        let mut line = known.map_or(0, |followed| followed.line);
        let changed = known.is_none_or(|followed| !looks_the_same(&followed.told, &job));
        if job.state != JobState::Queued {
            let lines = hub.lifecycle.ports.jobs.job_log(workspace, &job.id, line, BATCH).await?;
            if let Some(last) = lines.last() {
                line = last.line;
                let model = job.model.as_ref().map(|m| m.as_str().to_owned());
                tell(hub, workspace.clone(), News::Log { job: job.id.clone(), model, lines });
            }
        }
        if changed {
            tell(hub, workspace.clone(), News::Job(job.clone()));
        }
        self.jobs.insert(place, Followed { told: job, line });
        Ok(())
    }
}

/// Leases move with every heartbeat and tell a listener nothing.
fn looks_the_same(a: &Job, b: &Job) -> bool {
    let shown = |job: &Job| (job.state, job.progress_ppm, job.attempt, job.cancel_requested);
    shown(a) == shown(b) && a.stage == b.stage
}

fn tell(hub: &Hub, workspace: WorkspaceId, news: News) {
    // An error means that nobody listens, which is no error.
    let _ = hub.news.send(Arc::new((workspace, news)));
}
