//! Training again: a schedule or a person asks, the rule answers from what is known, and the answer is kept.

use crate::Lifecycle;
use crate::drift;
use crate::jobs::pulse::Pulse;
use crate::jobs::{self, Ending};
use crate::metrics::Live;
use crate::rows;
use crate::train;
use crate::training::{self, TrainError, TrainPayload, TrainRequest};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use vakhta_domain::dataset::DatasetVersion;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::drift::DriftReport;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DecisionId, ModelKey};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::StoreError;
use vakhta_domain::report::Report;
use vakhta_domain::retrain::{self, Data, Facts, Verdict};
use vakhta_domain::spec::ModelSpec;
use vakhta_domain::user::Actor;
use vakhta_domain::version::ModelVersion;

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Days without a newer row after which a source counts as stopped.
const STOPPED_AFTER_DAYS: f64 = 14.0;

/// What a retrain job is asked; kept in its row, so that any process can run it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Asked {
    /// Whether a person asks, which is reason enough.
    pub by_hand: bool,
    /// Why, in the asker's words.
    pub reason: Option<String>,
    /// Percent: a version whose own error is larger is kept aside, forced or not.
    pub performance_threshold: Option<f64>,
    /// Whether the new version is to serve even without an effect or evidence. Guards are never skipped.
    pub force_deploy: bool,
}

impl Asked {
    /// What a schedule asks.
    pub fn by_schedule() -> Self {
        Self::default()
    }
}

/// The job that asks it. It shares its single flight with trainings: a model is trained once at a time.
pub(crate) fn job(app: &Lifecycle, actor: &Actor, model: &ModelKey, asked: &Asked) -> NewJob {
    jobs::about(app, actor, JobKind::Retrain, model, asked)
}

/// Asks by hand, and queues the training. Refused while one is under way.
pub async fn request(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    asked: Asked,
) -> Result<Job, TrainError> {
    if app.ports.models.model(&actor.workspace, model).await?.is_none() {
        return Err(TrainError::ModelMissing(model.clone()));
    }
    let job = job(app, actor, model, &asked);
    jobs::queue(app, &job, &jobs::queued(&job), TrainError::Running).await
}

/// Runs a retrain job: asks the rules, trains or says why not.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job, pulse: &Arc<Pulse>) -> Ending {
    let (asked, model) = match jobs::asked_about::<Asked>(job) {
        Ok(read) => read,
        Err(ending) => return ending,
    };
    match answer(app, job, model, &asked).await {
        Ok(Answer::Train(payload, reason)) => {
            pulse.say(format!("training again: {reason}"));
            train::run_with(app, job, pulse, *payload).await
        }
        Ok(Answer::No { outcome, reason }) => {
            pulse.say(format!("not training: {reason}"));
            Ending::Result(json!({ "outcome": outcome, "reason": reason }))
        }
        Err(error) => Ending::Error(error.to_string()),
    }
}

enum Answer {
    Train(Box<TrainPayload>, String),
    No { outcome: &'static str, reason: String },
}

/// What the rules say. That a serving model is not trained again is a decision, and kept.
async fn answer(
    app: &Arc<Lifecycle>,
    job: &Job,
    key: &ModelKey,
    asked: &Asked,
) -> Result<Answer, TrainError> {
    let workspace = job.workspace();
    let model = app.ports.models.model(workspace, key).await?;
    let model = model.ok_or_else(|| TrainError::ModelMissing(key.clone()))?;
    let champion = match &model.champion {
        Some(champion) => app.ports.versions.version(workspace, key, champion.as_str()).await?,
        None => None,
    };
    if champion.is_none() && !asked.by_hand {
        return Ok(Answer::No { outcome: "not_needed", reason: "no version serves yet".into() });
    }
    let wanted = TrainRequest {
        model: key.clone(),
        dataset: None,
        spec: None,
        reason: asked.reason.clone(),
        alias: None,
    };
    let (mut payload, dataset) = training::checked(app, &job.owner, wanted).await?;
    let report = drift::latest(app, workspace, &model).await?;
    let facts = facts(app, job, asked, &model, champion.as_ref(), report.as_ref()).await?;
    let policy = payload.spec.policies.retrain.clone().unwrap_or_default();
    let data = data(app, &payload.spec, &dataset, asked, champion.as_ref(), report.as_ref());
    let verdict = retrain::verdict(&facts, &policy, &data);
    let reason = verdict.words();
    let (trigger, refusal) = match &verdict {
        Verdict::Train(_) => {
            payload.reason = payload.reason.or_else(|| Some(reason.clone()));
            payload.force_deploy = asked.force_deploy;
            payload.error_limit = asked.performance_threshold;
            return Ok(Answer::Train(Box::new(payload), reason));
        }
        Verdict::NothingAsks => (None, None),
        Verdict::Unchanged(trigger) => (Some(trigger), None),
        Verdict::Refused(trigger, refusal) => (Some(trigger), Some(refusal)),
    };
    if let Some(champion) = champion {
        let evidence =
            json!({ "facts": facts, "policy": policy, "data": data, "trigger": trigger, "refusal": refusal });
        keep(app, job, &champion, &reason, evidence).await?;
    }
    Ok(Answer::No { outcome: verdict.code(), reason })
}

async fn facts(
    app: &Lifecycle,
    job: &Job,
    asked: &Asked,
    model: &Model,
    champion: Option<&ModelVersion>,
    report: Option<&DriftReport>,
) -> Result<Facts, StoreError> {
    let live = match champion {
        Some(version) => Live::of(app, model, version).await?,
        None => Live::default(),
    };
    let age =
        |version: &ModelVersion| app.ports.clock.now().duration_since(version.created_at).as_secs_f64() / DAY;
    let newest = app.ports.versions.versions(&model.workspace, &model.key, &PageQuery::first(1)).await?;
    Ok(Facts {
        asked_by: asked.by_hand.then(|| job.owner.name.clone()),
        live_mape: live.mape,
        training_mape: live.training_mape,
        live_accuracy: live.accuracy,
        training_accuracy: live.training_accuracy,
        age_days: champion.map(age),
        trained_days: newest.items.first().map(age),
        new_labels: live.labels,
        drifted: report.map(|report| report.confirmed.clone()).unwrap_or_default(),
    })
}

/// What is known of the rows. A person who asks knows how old they are, and what is missing.
fn data(
    app: &Lifecycle,
    spec: &ModelSpec,
    dataset: &DatasetVersion,
    asked: &Asked,
    champion: Option<&ModelVersion>,
    report: Option<&DriftReport>,
) -> Data {
    let broken = report.filter(|_| !asked.by_hand).map(|report| &report.broken[..]).unwrap_or_default();
    let newest = spec.data.time.as_ref().and_then(|time| rows::newest_day(dataset, time));
    let today = app.ports.clock.now().to_zoned(TimeZone::UTC).date();
    let age = |day: Date| today.since(day).map_or(0.0, |span| f64::from(span.get_days()));
    Data {
        rows: dataset.rows,
        least_rows: 1,
        days_since_newest: newest.map(age),
        stopped_after_days: (!asked.by_hand).then_some(STOPPED_AFTER_DAYS),
        unchanged: champion
            .is_some_and(|c| c.dataset_version.as_ref() == Some(&dataset.id) && c.spec == *spec),
        unseen_days: champion
            .filter(|_| !asked.by_hand)
            .and_then(|champion| unseen(champion.report.as_ref()?, newest?)),
        failed_checks: broken.iter().map(|column| format!("`{column}` comes empty")).collect(),
    }
}

/// Days up to the newest row that a forecasting version has not seen, and those of one fold: a new version's last fold
/// is unseen by both once so many have come.
fn unseen(report: &Report, newest: Date) -> Option<(f64, f64)> {
    let Report::Forecast(report) = report else { return None };
    let (fold, (_, end)) = (report.folds.last()?, report.history?);
    let days = |from, to: Date| to.since(from).map_or(0.0, |span| f64::from(span.get_days()));
    Some((days(end, newest), days(fold.cutoff, fold.to)))
}

async fn keep(
    app: &Lifecycle,
    job: &Job,
    champion: &ModelVersion,
    reason: &str,
    evidence: Value,
) -> Result<(), StoreError> {
    let at = app.ports.clock.now();
    let decision = Decision {
        id: DecisionId::new(ids::fresh("decision", &*app.ports.chance)),
        model: champion.model.clone(),
        kind: DecisionKind::NotRetrained,
        version: champion.id.clone(),
        previous: Some(champion.id.clone()),
        reason: reason.to_owned(),
        evidence,
        decided_by: "system".into(),
        at,
    };
    let event = NewEvent::about("retrain.declined", ("version", champion.id.as_str()), &job.owner, at)
        .of_model(champion.model.as_str())
        .by_job(job.id.as_str())
        .with(json!({ "why": reason }));
    app.ports.versions.record(job.workspace(), &decision, &event).await
}
