//! Drift: whether what a model sees still comes from what it was trained on. At training a profile is kept with the
//! version; each day later rows are held against it, and the report is stored with every number it was made from.

mod baseline;
mod check;
mod columns;
mod gather;
mod learn;
pub mod report;

pub(crate) use baseline::Baseline;
pub use columns::{Part, Sort};
pub(crate) use learn::baseline;
pub use vakhta_ml::drift::{Finding, Kind, Rule, Verdict};

use crate::Lifecycle;
use crate::jobs::pulse::Pulse;
use crate::jobs::{self, Ending};
use crate::metrics::{self, MetricsError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::Arc;
use vakhta_domain::drift::DriftReport;
use vakhta_domain::ids::{DriftReportId, JobId, ModelKey, WorkspaceId};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::user::Actor;
use vakhta_tables::ReadError;

/// The most days that a person may name at once.
pub const MOST_DAYS: i32 = 366;

/// What a drift job is asked; kept in its row. Without days: every day that none was reported on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The first day to look at, judged by itself.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

/// Why drift was not checked, or a report not shown.
#[derive(Debug, thiserror::Error)]
pub enum DriftError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// No such report.
    #[error("there is no drift report `{0}`")]
    ReportMissing(DriftReportId),
    /// Days that cannot be looked at.
    #[error("{message}")]
    BadDays {
        /// The field.
        pointer: &'static str,
        /// What is wrong, and the way out.
        message: String,
    },
    /// It is being checked.
    #[error("drift is being checked by job {0}")]
    Running(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a check did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    #[error(transparent)]
    Rows(#[from] ReadError),
    #[error(transparent)]
    Drift(#[from] vakhta_ml::drift::DriftError),
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    #[error("the program failed: {0}")]
    Program(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Step<T> = Result<ControlFlow<(), T>, Broken>;

/// The job that checks a model.
pub(crate) fn job(app: &Lifecycle, actor: &Actor, model: &ModelKey, asked: &Asked) -> NewJob {
    jobs::about(app, actor, JobKind::Drift, model, asked)
}

/// Queues a check. Refused while one is under way.
pub async fn request(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    asked: Asked,
) -> Result<Job, DriftError> {
    let Some(found) = app.ports.models.model(&actor.workspace, model).await? else {
        return Err(DriftError::ModelMissing(model.clone()));
    };
    let asked = checked(asked, metrics::today(app, &found))?;
    let job = job(app, actor, model, &asked);
    jobs::queue(app, &job, &jobs::queued(&job), DriftError::Running).await
}

/// The days of a person: both, or `from` alone up to today.
fn checked(asked: Asked, today: Date) -> Result<Asked, DriftError> {
    let bad = |pointer, message| Err(DriftError::BadDays { pointer, message });
    match (asked.from, asked.to) {
        (None, None) => Ok(asked),
        (None, Some(_)) => bad("/from", "name the first day too, or leave both out".into()),
        (Some(from), to) => {
            let to = to.unwrap_or(today);
            if to > today {
                return bad("/to", format!("{to} is still to come, it is {today}"));
            }
            if to < from {
                return bad("/to", format!("{to} is before {from}"));
            }
            let days = to.since(from).map_or(i32::MAX, |span| span.get_days().saturating_add(1));
            if days > MOST_DAYS {
                return bad("/from", format!("{days} days are asked for, at most {MOST_DAYS} are looked at"));
            }
            Ok(Asked { from: Some(from), to: Some(to) })
        }
    }
}

/// Runs a drift job.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job, pulse: &Arc<Pulse>) -> Ending {
    let (asked, model) = match jobs::asked_about::<Asked>(job) {
        Ok(read) => read,
        Err(ending) => return ending,
    };
    match found(app, job, model, &asked, pulse).await {
        Ok(ControlFlow::Continue(result)) => Ending::Result(result),
        Ok(ControlFlow::Break(())) => Ending::Stopped,
        Err(error) => Ending::Error(error.to_string()),
    }
}

async fn found(
    app: &Arc<Lifecycle>,
    job: &Job,
    key: &ModelKey,
    asked: &Asked,
    pulse: &Arc<Pulse>,
) -> Step<serde_json::Value> {
    let model = app.ports.models.model(job.workspace(), key).await?;
    let model = model.ok_or_else(|| Broken::ModelMissing(key.clone()))?;
    // The way through a check is long; on the heap it does not weigh on every job.
    Box::pin(check::check(app, job, &model, asked, pulse)).await
}

/// The newest daily report on a model's serving version that says anything: its `confirmed` columns are what alerts
/// and retraining go by. None where nothing serves, nothing was checked, or there were never enough rows.
pub async fn latest(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
) -> Result<Option<DriftReport>, StoreError> {
    match &model.champion {
        Some(champion) => app.ports.drift.latest_drift(workspace, &model.key, champion).await,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_checked() {
        let today = date(2026, 3, 10);
        let of = |from: Option<Date>, to: Option<Date>| checked(Asked { from, to }, today);
        assert_eq!(of(None, None).expect("the days that are due"), Asked::default());
        let alone = of(Some(date(2026, 3, 1)), None).expect("up to today");
        assert_eq!(alone.to, Some(today));
        for (from, to, place) in [
            (None, Some(today), "/from"),
            (Some(today), Some(date(2026, 3, 11)), "/to"),
            (Some(today), Some(date(2026, 3, 9)), "/to"),
            (Some(date(2024, 3, 9)), Some(today), "/from"),
        ] {
            let refused = of(from, to);
            assert!(
                matches!(&refused, Err(DriftError::BadDays { pointer, .. }) if *pointer == place),
                "{refused:?}"
            );
        }
    }
}
