//! The server's figures: what the doors counted, what the lifecycle and the stores hold, and what the binary measures.

mod page;
mod requests;

pub use page::{Kind, Page};
pub(crate) use requests::Requests;

use crate::App;
use std::time::{Duration, Instant};
use vakhta_domain::job::{JobState, JobTally};
use vakhta_domain::ports::StoreError;

/// The queue is counted at most so often, however many ask.
const RECENT: Duration = Duration::from_secs(5);

/// Figures that only the binary knows: connections, times of the stores, the process.
pub trait Measured: Send + Sync {
    /// Writes them.
    fn write(&self, page: &mut Page);
}

/// The last count of the queue.
#[derive(Default)]
pub(crate) struct Counted(tokio::sync::Mutex<Option<(Instant, Vec<JobTally>)>>);

impl Counted {
    async fn jobs(&self, app: &App) -> Result<Vec<JobTally>, StoreError> {
        let mut last = self.0.lock().await;
        if let Some((at, tally)) = &*last
            && at.elapsed() < RECENT
        {
            return Ok(tally.clone());
        }
        let tally = app.ports().jobs.tally().await?;
        *last = Some((Instant::now(), tally.clone()));
        Ok(tally)
    }
}

/// The whole page. A database that does not answer leaves out the queue: its figures are missed least then.
pub(crate) async fn whole(app: &App) -> String {
    let mut page = Page::default();
    let version = [("version", app.settings.version.as_str()), ("database", app.settings.database_kind)];
    page.family("vakhta_build_info", Kind::Gauge, "What runs; always 1.").value(
        "vakhta_build_info",
        &version,
        1.0,
    );
    let up = app.now().duration_since(app.settings.started_at).as_secs_f64();
    page.single("vakhta_uptime_seconds", Kind::Gauge, "Since the start.", up);
    app.requests.write(&mut page);
    let dropped = app.lifecycle.shadows.dropped() as f64;
    let help = "Requests that went without an answer in shadow, for lack of room.";
    page.single("vakhta_shadows_dropped_total", Kind::Counter, help, dropped);
    let (models, bytes) = app.lifecycle.serving.taken();
    page.single("vakhta_models_in_memory", Kind::Gauge, "Saved models in memory to serve.", models as f64);
    page.single("vakhta_model_memory_bytes", Kind::Gauge, "What they take.", bytes as f64);
    let listeners = app.live.listeners() as f64;
    page.single("vakhta_live_listeners", Kind::Gauge, "Listeners by WebSocket.", listeners);
    match app.counted.jobs(app).await {
        Ok(tally) => queue(app, &tally, &mut page),
        Err(error) => tracing::warn!(%error, "the queue could not be counted"),
    }
    app.measured.write(&mut page);
    page.finish()
}

fn queue(app: &App, tally: &[JobTally], page: &mut Page) {
    let name = "vakhta_jobs";
    page.family(name, Kind::Gauge, "Jobs that are kept, by kind and state.");
    for jobs in tally {
        page.value(name, &[("kind", jobs.kind.as_str()), ("state", jobs.state.as_str())], jobs.count as f64);
    }
    let name = "vakhta_job_queue_age_seconds";
    page.family(name, Kind::Gauge, "How long the oldest job of a kind has waited.");
    for jobs in tally.iter().filter(|jobs| jobs.state == JobState::Queued) {
        let age = app.now().duration_since(jobs.oldest).as_secs_f64().max(0.0);
        page.value(name, &[("kind", jobs.kind.as_str())], age);
    }
}
