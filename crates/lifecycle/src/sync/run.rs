//! One run of a source, from the queue to its end.

use super::Asked;
use super::load::{LoadError, load};
use crate::Lifecycle;
use crate::jobs::pulse::{Part as Share, Pulse};
use crate::jobs::{self, Ending, state_event};
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use vakhta_domain::dataset::{Refused, TableFacts};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DatasetVersionId};
use vakhta_domain::job::Job;
use vakhta_domain::ports::{
    Feed, FeedError, FinishedSync, JobLease, NewDatasetVersion, StoreError, SyncStored,
};
use vakhta_domain::source::{RunOutcome, Seen, Source, SyncRun, Told, passing_wait};

/// How often rows are compared anew because somebody else brought a version meanwhile.
const ROUNDS: usize = 5;
/// A wait is looked at so often whether it should stop.
const LOOK: Duration = Duration::from_millis(200);

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(app: &Lifecycle) -> Result<Self, StoreError> {
        let path = app.settings.temp_dir.join(ids::fresh("sync", &*app.ports.chance));
        std::fs::create_dir_all(&path)
            .map_err(|error| StoreError::Unavailable { part: "temporary folder", source: error.into() })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Why a run did not come to its end by itself.
enum Broken {
    Stopped,
    Failed(String, Refused),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string(), Refused::default())
    }
}

impl From<LoadError> for Broken {
    fn from(error: LoadError) -> Self {
        let text = error.to_string();
        match error {
            LoadError::Stopped => Self::Stopped,
            LoadError::File { error, .. } | LoadError::Rows(error) => {
                Self::Failed(text, error.refused().cloned().unwrap_or_default())
            }
            _ => Self::Failed(text, Refused::default()),
        }
    }
}

/// Runs a sync job.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job, pulse: &Arc<Pulse>) -> Ending {
    let started_at = app.ports.clock.now();
    let asked: Asked = match jobs::asked(job) {
        Ok(asked) => asked,
        Err(ending) => return ending,
    };
    let (source, seen) = match app.ports.sources.source(job.workspace(), &asked.source).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ending::Error(format!("source `{}` was deleted", asked.source)),
        Err(error) => return Ending::Error(error.to_string()),
    };
    let mut told = Told::default();
    let run = Run { app, job, pulse, source: &source, started_at };
    match run.through(&seen, &mut told).await {
        Ok(ending) => ending,
        Err(Broken::Stopped) => Ending::Stopped,
        Err(Broken::Failed(error, refused)) => {
            told.refused = refused;
            let failed = run.finished(RunOutcome::Failed, told, Some(error.clone()));
            match app.ports.sources.finish_sync(&failed).await {
                Ok(SyncStored::Stored(_)) => {
                    app.signals.bump();
                    Ending::Settled
                }
                _ => Ending::Error(error),
            }
        }
    }
}

struct Run<'r> {
    app: &'r Arc<Lifecycle>,
    job: &'r Job,
    pulse: &'r Arc<Pulse>,
    source: &'r Source,
    started_at: Timestamp,
}

impl Run<'_> {
    async fn through(&self, seen: &Seen, told: &mut Told) -> Result<Ending, Broken> {
        let folder = Folder::new(self.app)?;
        let feed = self.fetch(seen, &folder.0, told).await?;
        (told.files_seen, told.files_read, told.bytes) =
            (feed.files_seen, feed.files.len() as u64, feed.bytes);
        for _ in 0..ROUNDS {
            let ports = &self.app.ports;
            let base = ports.datasets.dataset(self.job.workspace(), &self.source.dataset).await?;
            let base = base.map(|dataset| dataset.latest);
            let (files, definition) = (feed.files.clone(), &self.source.definition);
            let loaded =
                load(self.app, self.pulse, files, definition, base.as_ref(), &folder.0, told).await?;
            let table = loaded.as_ref().map(|l| &l.table).or(base.as_ref().map(|base| &base.table));
            told.newest = table.and_then(|table| newest(table, definition.time.as_ref()));
            if self.pulse.enter("store", 900_000).is_break() {
                return Err(Broken::Stopped);
            }
            let outcome = if loaded.is_some() { RunOutcome::Loaded } else { RunOutcome::Unchanged };
            let mut finished = self.finished(outcome, told.clone(), None);
            finished.seen = Some(feed.seen.clone());
            if let Some(loaded) = loaded {
                let object = ports.objects.put_file(&loaded.path).await?;
                let version = NewDatasetVersion {
                    id: DatasetVersionId::new(ids::fresh("data", &*ports.chance)),
                    dataset: self.source.dataset.clone(),
                    title: None,
                    rows: loaded.rows,
                    object,
                    table: loaded.table,
                    at: finished.run.finished_at,
                    by: self.job.owner.user.clone(),
                };
                finished.version = Some((version, base.map(|base| base.number)));
            }
            match ports.sources.finish_sync(&finished).await? {
                SyncStored::Stored(run) => {
                    tracing::info!(source = %run.source, run = run.number, version = run.version, "source read");
                    self.app.signals.bump();
                    if run.version.is_some() {
                        let (owner, dataset) = (&self.job.owner, &self.source.dataset);
                        crate::actuals::dataset_changed(self.app, owner, dataset).await;
                    }
                    return Ok(Ending::Settled);
                }
                SyncStored::Lost => return Ok(Ending::Settled),
                SyncStored::Changed => {
                    return Ok(Ending::Error(
                        "the source was changed or deleted meanwhile; run it again".into(),
                    ));
                }
                SyncStored::Moved => {
                    self.pulse.say("the dataset got another version meanwhile: again".into());
                }
            }
        }
        Err(Broken::Failed(
            "the dataset changes faster than the source can be read".into(),
            Refused::default(),
        ))
    }

    /// What is new at the source; asked again after a while where that may help.
    async fn fetch(&self, seen: &Seen, folder: &Path, told: &mut Told) -> Result<Feed, Broken> {
        loop {
            told.tries += 1;
            let share = Share { pulse: self.pulse, from: 0, to: 100_000 };
            let place = &self.source.definition.place;
            let error = match self.app.ports.feeds.fetch(place, seen, folder, &share).await {
                Ok(feed) => return Ok(feed),
                Err(FeedError::Stopped) => return Err(Broken::Stopped),
                Err(FeedError::Lasting(text)) => return Err(Broken::Failed(text, Refused::default())),
                Err(FeedError::Passing(text)) => text,
            };
            let Some(seconds) = passing_wait(told.tries) else {
                let text = format!("{error}; tried {} times", told.tries);
                return Err(Broken::Failed(text, Refused::default()));
            };
            self.pulse.say(format!("{error}; trying again in {seconds} s"));
            let until = tokio::time::Instant::now() + Duration::from_secs(seconds);
            while tokio::time::Instant::now() < until {
                if self.pulse.stop().is_some() {
                    return Err(Broken::Stopped);
                }
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    fn finished(&self, outcome: RunOutcome, told: Told, error: Option<String>) -> FinishedSync {
        let at = self.app.ports.clock.now();
        let mut events = Vec::new();
        let kind = match outcome {
            RunOutcome::Loaded => Some("source.loaded"),
            RunOutcome::Failed => Some("source.failed"),
            RunOutcome::Unchanged => None,
        };
        if let Some(kind) = kind {
            let about = ("source", self.source.key.as_str());
            let data = json!({
                "dataset": self.source.dataset, "rows_in": told.rows_in, "added": told.added,
                "changed": told.changed, "refused": told.refused.rows, "newest": told.newest, "error": error,
            });
            events.push(
                NewEvent::about(kind, about, &self.job.owner, at).by_job(self.job.id.as_str()).with(data),
            );
        }
        let ended = if outcome == RunOutcome::Failed { "job.failed" } else { "job.completed" };
        events.push(state_event(self.app, ended, self.job, error.as_deref()));
        FinishedSync {
            lease: JobLease { job: self.job.id.clone(), attempt: self.job.attempt },
            workspace: self.job.workspace().clone(),
            revision: self.source.revision,
            run: SyncRun {
                number: 0,
                source: self.source.key.clone(),
                job: self.job.id.clone(),
                started_at: self.started_at,
                finished_at: at,
                outcome,
                version: None,
                told,
                error,
            },
            seen: None,
            version: None,
            events,
        }
    }
}

/// The largest value of the time column, as the profile has it.
fn newest(table: &TableFacts, time: Option<&String>) -> Option<String> {
    table.columns.iter().find(|column| Some(&column.name) == time)?.profile.max.clone()
}
