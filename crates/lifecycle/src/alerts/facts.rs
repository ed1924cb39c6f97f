//! Gathers what is known of a model or a source. Reads only.

use super::Moment;
use crate::Lifecycle;
use crate::drift;
use crate::metrics::{Recent, recent, today};
use crate::rows::newest_day;
use vakhta_domain::alert::Did;
use vakhta_domain::alert::facts::{Drift, Facts, LastJob, SourceFacts, went_back};
use vakhta_domain::ids::DatasetKey;
use vakhta_domain::job::{Job, JobKind, JobState};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{JobFilter, StoreError};
use vakhta_domain::source::{RunOutcome, Source};
use vakhta_domain::spec::Frequency;
use vakhta_domain::version::ModelVersion;

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Jobs and decisions that are looked through for the last one that counts.
const LOOKED_AT: u32 = 20;

/// What is known of a model.
pub(super) async fn of_model(app: &Lifecycle, model: &Model) -> Result<Facts, StoreError> {
    let mut facts = Facts::unknown(model.key.clone());
    let (training, metrics) =
        (last_training(app, model).await?, last_of(app, model, JobKind::Metrics).await?);
    facts.jobs.extend(training.as_ref().map(|job| ended("training", job)));
    facts.jobs.extend(metrics.as_ref().map(|job| ended("metrics", job)));
    let decisions =
        app.ports.versions.decisions(&model.workspace, &model.key, &PageQuery::first(LOOKED_AT)).await?.items;
    facts.went_back = Some(decisions.iter().filter_map(went_back).collect());
    facts.did = decisions.first().map(|decision| Did {
        decision: decision.kind.as_str().to_owned(),
        version: decision.version.clone(),
        at: decision.at,
    });
    let champion = match &model.champion {
        Some(id) => app.ports.versions.version(&model.workspace, &model.key, id.as_str()).await?,
        None => None,
    };
    let Some(champion) = champion else { return Ok(facts) };
    let age = app.ports.clock.now().duration_since(champion.created_at).as_secs_f64() / DAY;
    let most = model.spec.policies.retrain.clone().unwrap_or_default().max_age_days;
    facts.age_days = Some((age, f64::from(most)));
    facts.days_late = days_late(app, model).await?;
    facts.drift = drifted(app, model).await?;
    let recent = lately(app, model, &champion, metrics.as_ref()).await?;
    facts.mape = recent.mape;
    facts.accuracy = recent.accuracy;
    facts.training_accuracy = recent.training_accuracy;
    facts.weeks = recent.weeks;
    facts.branches = recent.branches;
    facts.bias = recent.bias;
    Ok(facts)
}

/// What the newest drift report of a model says; none where there is none.
async fn drifted(app: &Lifecycle, model: &Model) -> Result<Option<Drift>, StoreError> {
    let report = drift::latest(app, &model.workspace, model).await?;
    Ok(report.map(|report| Drift {
        confirmed: !report.confirmed.is_empty(),
        columns: report.confirmed,
        report: report.id.to_string(),
    }))
}

async fn lately(
    app: &Lifecycle,
    model: &Model,
    champion: &ModelVersion,
    metrics: Option<&Job>,
) -> Result<Recent, StoreError> {
    let moment: Moment = (today(app, model), champion.id.clone(), metrics.map(|job| job.id.to_string()));
    if let Some(known) = app.desk.recall(&model.workspace, &model.key, &moment) {
        return Ok(known);
    }
    let fresh = recent(app, model, champion).await?;
    app.desk.keep(&model.workspace, &model.key, moment, fresh.clone());
    Ok(fresh)
}

async fn last_of(app: &Lifecycle, model: &Model, kind: JobKind) -> Result<Option<Job>, StoreError> {
    let filter = JobFilter { kind: Some(kind), model: Some(model.key.clone()), ..JobFilter::default() };
    let jobs = app.ports.jobs.jobs(&model.workspace, &filter, &PageQuery::first(LOOKED_AT)).await?.items;
    Ok(jobs.into_iter().find(|job| matches!(job.state, JobState::Completed | JobState::Failed)))
}

async fn last_training(app: &Lifecycle, model: &Model) -> Result<Option<Job>, StoreError> {
    let both = [last_of(app, model, JobKind::Train).await?, last_of(app, model, JobKind::Retrain).await?];
    Ok(both.into_iter().flatten().max_by_key(|job| job.finished_at))
}

fn ended(work: &'static str, job: &Job) -> LastJob {
    let failed = job.state == JobState::Failed;
    let error = failed.then(|| job.error.clone().unwrap_or_else(|| "it failed without a word".into()));
    LastJob { work, job: job.id.clone(), error }
}

/// Days that the newest row is older than one period; none where rows have no time.
async fn days_late(app: &Lifecycle, model: &Model) -> Result<Option<f64>, StoreError> {
    let Some(time) = &model.spec.data.time else { return Ok(None) };
    let key = DatasetKey::new(model.spec.data.dataset.as_str());
    let Some(dataset) = app.ports.datasets.dataset_version(&model.workspace, &key, None).await? else {
        return Ok(None);
    };
    let Some(newest) = newest_day(&dataset, time) else { return Ok(None) };
    let behind = today(app, model).since(newest).map_or(0, |span| span.get_days());
    let period = match model.spec.data.frequency {
        None | Some(Frequency::D | Frequency::H) => 1,
        // Rows of a longer period carry its first day and come once it is over.
        Some(Frequency::W) => 14,
        Some(Frequency::M) => 62,
        Some(Frequency::Q) => 184,
    };
    Ok(Some(f64::from((behind - period).max(0))))
}

/// What is known of a source; none before its first run.
pub(super) fn of_source(source: &Source) -> Option<SourceFacts> {
    let run = source.last_run.as_ref()?;
    let failed = run.outcome == RunOutcome::Failed;
    let error = failed.then(|| run.error.clone().unwrap_or_else(|| "it failed without a word".into()));
    Some(SourceFacts { source: source.key.clone(), run: run.number, error })
}
