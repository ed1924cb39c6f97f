//! Whether the watch over models sees what it should.

use super::summary::summary;
use crate::Lifecycle;
use crate::models;
use jiff::Timestamp;
use jiff::civil::Date;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::job::{JobKind, JobState};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{JobFilter, StoreError};

/// Days that are looked at.
const DAYS: u32 = 14;
/// Hours without a computation after which metrics are late: a night was missed.
const LATE_HOURS: f64 = 36.0;

/// What keeps a model from being watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No version serves.
    NoVersion,
    /// Nobody asked it anything in two weeks.
    NoAnswers,
    /// Nothing turned out to be true in two weeks.
    NoActuals,
    /// Metrics were not computed for 36 hours.
    MetricsLate,
    /// The last computation failed.
    MetricsFailed,
}

impl Trouble {
    /// The code used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoVersion => "no_version",
            Self::NoAnswers => "no_answers",
            Self::NoActuals => "no_actuals",
            Self::MetricsLate => "metrics_late",
            Self::MetricsFailed => "metrics_failed",
        }
    }
}

/// How the watch over one model stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelHealth {
    /// The model.
    pub model: ModelKey,
    /// The serving version.
    pub champion: Option<VersionId>,
    /// Its age in days.
    pub model_age_days: Option<f64>,
    /// When metrics were last computed.
    pub calculated_at: Option<Timestamp>,
    /// Days of which something new is known that is not computed yet.
    pub days_due: usize,
    /// Answers of the last two weeks whose day is over, and how many have an actual.
    pub coverage: (u64, u64),
    /// The newest day with an actual.
    pub newest_actual: Option<Date>,
    /// What is wrong; empty where all is well.
    pub troubles: Vec<Trouble>,
}

/// How the watch over every model stands, by key.
pub async fn health(app: &Lifecycle, workspace: &WorkspaceId) -> Result<Vec<ModelHealth>, StoreError> {
    let mut found = Vec::new();
    for model in models::all(app, workspace).await? {
        found.push(of_model(app, workspace, &model).await?);
    }
    Ok(found)
}

async fn of_model(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
) -> Result<ModelHealth, StoreError> {
    let summary = summary(app, workspace, model, DAYS).await?;
    let of = Some(model.key.clone());
    let filter = JobFilter { kind: Some(JobKind::Metrics), model: of, ..JobFilter::default() };
    let jobs = app.ports.jobs.jobs(workspace, &filter, &PageQuery::first(20)).await?.items;
    let last = jobs.iter().find(|job| job.state.is_final());
    let calculated_at =
        jobs.iter().filter(|job| job.state == JobState::Completed).find_map(|job| job.finished_at);
    let hours_since = |at: Timestamp| app.ports.clock.now().duration_since(at).as_secs_f64() / 3600.0;
    let serving_hours = summary.model_age_days.map_or(0.0, |days| days * 24.0);
    let late = calculated_at.map_or(serving_hours, hours_since) > LATE_HOURS;
    let (answers, scored) = summary.coverage;
    let serves = summary.champion.is_some();
    let troubles = [
        (!serves, Trouble::NoVersion),
        (serves && answers == 0, Trouble::NoAnswers),
        (serves && answers > 0 && scored == 0, Trouble::NoActuals),
        (serves && late, Trouble::MetricsLate),
        (last.is_some_and(|job| job.state == JobState::Failed), Trouble::MetricsFailed),
    ];
    Ok(ModelHealth {
        model: model.key.clone(),
        champion: summary.champion,
        model_age_days: summary.model_age_days,
        calculated_at,
        days_due: summary.days_due,
        coverage: summary.coverage,
        newest_actual: summary.newest_actual,
        troubles: troubles.into_iter().filter_map(|(is, trouble)| is.then_some(trouble)).collect(),
    })
}
