//! The replay: each morning brings the rows of the day before, the clock goes from one scheduled moment to the next, and
//! jobs do what they do on any server.

use crate::clock::SetClock;
use crate::feed::{Columns, Feed, FeedError, Row};
use crate::scenario::{BadScenario, Scenario};
use crate::told::{self, Told};
use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::{JobId, ModelKey, SourceKey};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{JobFilter, StoreError};
use vakhta_domain::source::{Definition, FilesPlace, Place};
use vakhta_domain::spec::ModelSpec;
use vakhta_domain::user::Actor;
use vakhta_lifecycle::models::{self, ModelError};
use vakhta_lifecycle::serve::{self, ForecastRequest};
use vakhta_lifecycle::sync::{self, NewSource, SourceError};
use vakhta_lifecycle::training::{self, TrainError, TrainRequest};
use vakhta_lifecycle::{Lifecycle, alerts, jobs};

/// When yesterday's rows lie ready.
const DELIVERY: Time = time(1, 0, 0, 0);
/// When people ask for forecasts.
const ASKED: Time = time(6, 0, 0, 0);
/// How long a look at the queue waits for a signal.
const LOOK: Duration = Duration::from_millis(20);
/// Most entries of one page of a list.
const PAGE: u32 = 500;

/// What is replayed.
pub struct Plan {
    /// The model.
    pub spec: ModelSpec,
    /// Its rows.
    pub feed: Feed,
    /// What happens to them.
    pub scenarios: Vec<Scenario>,
    /// The first day that is replayed; rows before it are the history that the first version learns from.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// A folder that the lifecycle may read files from.
    pub incoming: PathBuf,
    /// Told in the report.
    pub seed: u64,
}

/// Why a replay did not end.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The rows.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A scenario.
    #[error(transparent)]
    Scenario(#[from] BadScenario),
    /// The days.
    #[error("the rows go from {first} to {last}; replay days after the first and up to the last of them")]
    Span {
        /// The first day with rows.
        first: Date,
        /// The last one.
        last: Date,
    },
    /// A file could not be written.
    #[error("cannot write {}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The first training was refused.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// What the replay begins with did not work.
    #[error("{what}: {reason}")]
    Beginning {
        /// What.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Replays a plan in an empty lifecycle that runs on `clock`. `at` hears of each day that begins.
pub async fn run(
    app: &Arc<Lifecycle>,
    clock: &SetClock,
    actor: &Actor,
    mut plan: Plan,
    at: &mut (dyn FnMut(Date) + Send),
) -> Result<Told, SimulateError> {
    let columns = Columns::of(&plan.spec)?;
    let (first, last) = plan.feed.span().ok_or_else(|| FeedError::NoDates(columns.time.clone()))?;
    if plan.from <= first || plan.to > last || plan.from > plan.to {
        return Err(SimulateError::Span { first, last });
    }
    for scenario in plan.scenarios.clone() {
        scenario.apply(&mut plan.feed, &columns, plan.from, plan.to)?;
    }
    let zone = told::zone(&plan);
    let model = ModelKey::new(plan.spec.model_key.as_str());
    let replay = Replay { app, clock, actor, plan: &plan, model, zone };
    let begun = replay.begin(&columns).await?;
    let mut day = plan.from;
    while day <= plan.to {
        at(day);
        if day > plan.from {
            replay.deliver(day.saturating_sub(1.day()))?;
        }
        replay.until(replay.moment(day, ASKED)).await?;
        replay.ask(day, &begun).await?;
        let next = day.saturating_add(1.day());
        replay.until(replay.moment(next, DELIVERY)).await?;
        day = next;
    }
    replay.deliver(plan.to)?;
    replay.until(replay.moment(day, ASKED)).await?;
    Ok(told::of(app, actor, &plan, &columns, &begun).await?)
}

struct Replay<'a> {
    app: &'a Arc<Lifecycle>,
    clock: &'a SetClock,
    actor: &'a Actor,
    plan: &'a Plan,
    model: ModelKey,
    zone: TimeZone,
}

impl Replay<'_> {
    fn moment(&self, day: Date, time: Time) -> Timestamp {
        let local = day.to_datetime(time).to_zoned(self.zone.clone());
        local.map_or_else(|_| self.app.ports.clock.now(), |zoned| zoned.timestamp())
    }

    /// History, model, first version; its id.
    async fn begin(&self, columns: &Columns) -> Result<String, SimulateError> {
        self.clock.set(self.moment(self.plan.from, DELIVERY));
        self.write("history.jsonl", &self.plan.feed.until(self.plan.from.saturating_sub(1.day())))?;
        let spec = &self.plan.spec;
        let definition = Definition {
            place: Place::Files(FilesPlace {
                location: format!("file://{}", self.plan.incoming.display()),
                pattern: Some("*.jsonl".into()),
                s3: None,
            }),
            read: ReadOptions { text_columns: columns.series.clone(), ..ReadOptions::default() },
            keys: columns.series.clone(),
            time: Some(columns.time.clone()),
        };
        let source = NewSource {
            key: spec.data.dataset.clone(),
            dataset: spec.data.dataset.clone(),
            definition,
            cron: None,
            timezone: self.zone.iana_name().map(ToOwned::to_owned),
        };
        let source = sync::create(self.app, self.actor, source).await?;
        let job = sync::request(self.app, self.actor, &SourceKey::new(source.key.as_str())).await?;
        self.succeeded("reading the history", &job.id).await?;
        models::apply(self.app, self.actor, spec.clone()).await?;
        let request = TrainRequest {
            model: self.model.clone(),
            dataset: None,
            spec: None,
            reason: Some("the first version of a replay".into()),
            alias: None,
        };
        let job = training::request(self.app, self.actor, request).await?;
        let result = self.succeeded("the first training", &job.id).await?;
        serve::refresh(self.app).await?;
        Ok(result["version"].as_str().unwrap_or_default().to_owned())
    }

    async fn succeeded(&self, what: &'static str, id: &JobId) -> Result<serde_json::Value, SimulateError> {
        self.drain().await?;
        let job = self.app.ports.jobs.job(&self.actor.workspace, id).await?;
        let failed = |reason: String| SimulateError::Beginning { what, reason };
        let job = job.ok_or_else(|| failed("its job is gone".into()))?;
        match job.state {
            JobState::Completed => Ok(job.result.unwrap_or_default()),
            _ => Err(failed(job.error.unwrap_or_else(|| job.state.as_str().to_owned()))),
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), SimulateError> {
        let path = self.plan.incoming.join(name);
        std::fs::write(&path, text).map_err(|error| SimulateError::Io { path, error })
    }

    /// Puts what comes after a day where the source looks.
    fn deliver(&self, day: Date) -> Result<(), SimulateError> {
        match self.plan.feed.after(day) {
            Some(rows) => self.write(&format!("{day}.jsonl"), &rows),
            None => Ok(()),
        }
    }

    /// Lets time pass up to a moment: schedules fire one after the other, and what they ask for is done.
    async fn until(&self, moment: Timestamp) -> Result<(), SimulateError> {
        loop {
            let page = PageQuery::first(PAGE);
            let all = self.app.ports.schedules.schedules(&self.actor.workspace, &page).await?.items;
            let next = all.iter().filter(|schedule| !schedule.paused).map(|schedule| schedule.next_at).min();
            let Some(next) = next.filter(|next| *next <= moment) else { break };
            self.clock.set(next);
            jobs::fire_due(self.app).await?;
            self.drain().await?;
        }
        self.clock.set(moment);
        alerts::evaluate(self.app).await?;
        Ok(serve::refresh(self.app).await?)
    }

    /// Waits until no job waits or runs.
    async fn drain(&self) -> Result<(), StoreError> {
        let mut changed = self.app.signals.changed();
        loop {
            let mut busy = false;
            for state in [JobState::Queued, JobState::Running] {
                let filter = JobFilter { state: Some(state), ..JobFilter::default() };
                let page =
                    self.app.ports.jobs.jobs(&self.actor.workspace, &filter, &PageQuery::first(1)).await?;
                busy |= !page.items.is_empty();
            }
            if !busy {
                return Ok(());
            }
            let _ = tokio::time::timeout(LOOK, changed.changed()).await;
        }
    }

    /// What is known ahead of some columns, as the rows to come have it.
    fn known_ahead(&self, day: Date) -> Vec<Row> {
        let data = &self.plan.spec.data;
        if data.known_future.is_empty() {
            return Vec::new();
        }
        let wanted = |name: &str| {
            data.time.as_deref() == Some(name)
                || data.series.iter().chain(&data.known_future).any(|n| n == name)
        };
        let end = day.saturating_add(Span::new().days(i64::from(self.plan.spec.horizon.unwrap_or(28))));
        let rows = self.plan.feed.batches.range(day..end).flat_map(|(_, rows)| rows);
        rows.map(|row| {
            row.iter().filter(|(name, _)| wanted(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
        })
        .collect()
    }

    /// What a company asks each morning: everything, of what serves; and the same of the first version, to know what
    /// would be if nobody had watched.
    async fn ask(&self, day: Date, first: &str) -> Result<(), SimulateError> {
        let model = self.app.ports.models.model(&self.actor.workspace, &self.model).await?;
        let champion = model.and_then(|model| model.champion);
        let known_future = self.known_ahead(day);
        let mut versions = vec![None];
        if champion.is_some_and(|champion| champion.as_str() != first) {
            versions.push(Some(first.to_owned()));
        }
        for version in versions {
            let request = ForecastRequest {
                version,
                known_future: known_future.clone(),
                ..ForecastRequest::of(self.model.clone())
            };
            let answered = serve::forecast(self.app, self.actor, request).await;
            answered.map_err(|error| SimulateError::Beginning {
                what: "a forecast",
                reason: error.to_string(),
            })?;
        }
        Ok(())
    }
}
