//! Daily metrics: what was answered meets what turned out to be true. Each day's rows are made from what is stored
//! alone, so that computing them again gives the same numbers.

pub mod errors;
pub mod estimate;
pub mod health;
mod live;
mod log;
mod recent;
pub mod summary;
mod tally;
mod words;

pub(crate) use live::Live;
pub(crate) use recent::{Recent, recent};

use crate::Lifecycle;
use crate::actuals;
use crate::jobs::pulse::Pulse;
use crate::jobs::{self, Ending};
use crate::trials;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;
use tally::DayTally;
use vakhta_domain::daily::DueDay;
use vakhta_domain::ids::{JobId, ModelKey};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::user::Actor;

/// Answers read at once.
const PAGE: u32 = 10_000;

/// What a metrics job is asked; kept in its row.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Asked {
    /// Whether every day is computed again, not only those of which something new is known.
    pub recalculate: bool,
}

/// Why metrics were not computed.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// They are being computed.
    #[error("the metrics are being computed by job {0}")]
    Running(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The job that computes a model's metrics.
pub(crate) fn job(app: &Lifecycle, actor: &Actor, model: &ModelKey, asked: &Asked) -> NewJob {
    jobs::about(app, actor, JobKind::Metrics, model, asked)
}

/// Queues the computation of a model's metrics. Refused while one is under way.
pub async fn request(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    asked: Asked,
) -> Result<Job, MetricsError> {
    if app.ports.models.model(&actor.workspace, model).await?.is_none() {
        return Err(MetricsError::ModelMissing(model.clone()));
    }
    let job = job(app, actor, model, &asked);
    jobs::queue(app, &job, &jobs::queued(&job), MetricsError::Running).await
}

/// Runs a metrics job.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job, pulse: &Arc<Pulse>) -> Ending {
    let (asked, model) = match jobs::asked_about::<Asked>(job) {
        Ok(read) => read,
        Err(ending) => return ending,
    };
    match calculate(app, job, model, &asked, pulse).await {
        Ok(ControlFlow::Continue(result)) => Ending::Result(result),
        Ok(ControlFlow::Break(())) => Ending::Stopped,
        Err(error) => Ending::Error(error.to_string()),
    }
}

type Step<T> = Result<ControlFlow<(), T>, MetricsError>;

async fn calculate(
    app: &Arc<Lifecycle>,
    job: &Job,
    key: &ModelKey,
    asked: &Asked,
    pulse: &Arc<Pulse>,
) -> Step<Value> {
    let model = app.ports.models.model(job.workspace(), key).await?;
    let model = model.ok_or_else(|| MetricsError::ModelMissing(key.clone()))?;
    if pulse.enter("answers", 0).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let reader = log::Reader::of(app, job.workspace(), &model).await?;
    let ControlFlow::Continue(log) = reader.take(app, pulse).await? else {
        return Ok(ControlFlow::Break(()));
    };
    if pulse.enter("actuals", 400_000).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let mut actuals = None;
    if let Some(since) = reader.first_day() {
        // Rows may come while earlier ones are read.
        while let Some((taken, notes)) = actuals::take_dataset(app, &job.owner, &model, since).await? {
            for note in notes {
                pulse.say(note);
            }
            actuals = Some(json!({ "received": taken.received, "added": taken.added,
                "corrected": taken.corrected, "unchanged": taken.unchanged }));
        }
    }
    if asked.recalculate {
        app.ports.actuals.all_due(job.workspace(), key).await?;
    }
    let ControlFlow::Continue(days) = days(app, job, &model, pulse).await? else {
        return Ok(ControlFlow::Break(()));
    };
    if pulse.enter("trials", 950_000).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let trials = trials::watch(app, &model, pulse).await?;
    Ok(ControlFlow::Continue(json!({
        "answers": log.kept, "answers_made_too_late": log.late, "actuals": actuals, "days": days, "trials": trials,
    })))
}

/// Computes every due day; how many.
async fn days(app: &Arc<Lifecycle>, job: &Job, model: &Model, pulse: &Pulse) -> Step<u64> {
    let due = app.ports.actuals.due_days(job.workspace(), &model.key).await?;
    let mut done = 0;
    for (at, due_day) in due.iter().enumerate() {
        let share = 500_000 + (450_000 * at / due.len()) as u32;
        if pulse.enter("days", share).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        done += u64::from(day(app, job, model, *due_day).await?);
    }
    Ok(ControlFlow::Continue(done))
}

async fn day(app: &Lifecycle, job: &Job, model: &Model, due: DueDay) -> Result<bool, StoreError> {
    let mut tally = DayTally::of(&model.spec);
    let mut after = None;
    loop {
        let (workspace, day) = (job.workspace(), due.day);
        let page = app.ports.actuals.paired(workspace, &model.key, day, after.as_ref(), PAGE).await?;
        let whole = page.len() < PAGE as usize;
        after = page.last().map(|last| (last.answer.key.clone(), last.answer.version.to_string()));
        for paired in page {
            tally.add(paired);
        }
        if whole {
            break;
        }
    }
    app.ports.actuals.put_day(job.workspace(), &model.key, due, &tally.rows(due.day)).await
}

/// Takes in what was logged since the last time.
pub(crate) async fn take_log(app: &Arc<Lifecycle>, model: &Model, pulse: &Pulse) -> Step<()> {
    let reader = log::Reader::of(app, &model.workspace, model).await?;
    Ok(match reader.take(app, pulse).await? {
        ControlFlow::Continue(_) => ControlFlow::Continue(()),
        ControlFlow::Break(()) => ControlFlow::Break(()),
    })
}

/// The day that it is in a model's zone.
pub(crate) fn today(app: &Lifecycle, model: &Model) -> Date {
    app.ports.clock.now().to_zoned(actuals::zone(&model.spec)).date()
}
