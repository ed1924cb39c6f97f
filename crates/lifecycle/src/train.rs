//! The work of a train job: rows, model, artifact, verdict; then one transaction that stores it all.

use crate::Lifecycle;
use crate::drift;
use crate::jobs;
use crate::jobs::pulse::{Part, Pulse, write_lines};
use crate::jobs::{Ending, state_event};
use crate::judge;
use crate::learnt::{LearnError, Learnt};
use crate::serve;
use crate::training::TrainPayload;
use crate::trials;
use bytes::Bytes;
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::dataset::{DatasetVersion, ObjectRef};
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DatasetKey, DecisionId, ModelKey, VersionId};
use vakhta_domain::job::Job;
use vakhta_domain::model::Model;
use vakhta_domain::ports::{FinishedTraining, JobLease, StoreError};
use vakhta_domain::report::Report;
use vakhta_domain::trial::{Arm, Mode};
use vakhta_domain::version::{ModelVersion, VersionState};

/// Shares of the whole job, in millionths, at which its parts begin.
const READ: u32 = 0;
const FIT: u32 = 30_000;
const SAVE: u32 = 950_000;

/// Why a training did not end in a version.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrainFailure {
    #[error("asked to stop")]
    Stopped,
    #[error("{0}")]
    Data(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LearnError> for TrainFailure {
    fn from(error: LearnError) -> Self {
        match error {
            LearnError::Cancelled => Self::Stopped,
            LearnError::Data(reason) => Self::Data(reason),
        }
    }
}

/// Runs a train job.
pub(crate) async fn run(app: &Arc<Lifecycle>, job: &Job, pulse: &Arc<Pulse>) -> Ending {
    match jobs::asked(job) {
        Ok(payload) => run_with(app, job, pulse, payload).await,
        Err(ending) => ending,
    }
}

/// Trains what a job comes to.
pub(crate) async fn run_with(
    app: &Arc<Lifecycle>,
    job: &Job,
    pulse: &Arc<Pulse>,
    payload: TrainPayload,
) -> Ending {
    // The way through a training is long; on the heap it does not weigh on every job.
    match Box::pin(train(app, job, pulse, payload)).await {
        Ok(()) => Ending::Settled,
        Err(TrainFailure::Stopped) => Ending::Stopped,
        Err(failure) => Ending::Error(failure.to_string()),
    }
}

async fn train(
    app: &Arc<Lifecycle>,
    job: &Job,
    pulse: &Arc<Pulse>,
    payload: TrainPayload,
) -> Result<(), TrainFailure> {
    let begun = app.ports.clock.now();
    if pulse.enter("reading", READ).is_break() {
        return Err(TrainFailure::Stopped);
    }
    let dataset = dataset_version(app, job, &payload).await?;
    pulse.say(format!(
        "learning from dataset {} version {}, {} rows",
        dataset.dataset, dataset.number, dataset.rows
    ));
    let bytes = app.ports.objects.get(&dataset.object).await?;
    let (learnt, artifact, backtest, profile) = {
        let (pulse, spec, threads, bytes) =
            (pulse.clone(), payload.spec.clone(), app.settings.threads, bytes.clone());
        let learn = move || {
            let progress = Part { pulse: &pulse, from: FIT, to: SAVE };
            Learnt::learn(bytes.clone(), &spec, threads, &progress).map(|learnt| {
                let (artifact, backtest) = (learnt.to_bytes(), learnt.backtest());
                let profile = drift::baseline(&bytes, &spec, &learnt);
                (Arc::new(learnt), artifact, backtest, profile.map(|profile| profile.to_bytes()))
            })
        };
        blocking(learn).await??
    };
    if pulse.enter("saving", SAVE).is_break() {
        return Err(TrainFailure::Stopped);
    }
    let artifact = app.ports.objects.put(artifact.into()).await?;
    let backtest = match backtest {
        Some(bytes) => Some(app.ports.objects.put(bytes.into()).await?),
        None => None,
    };
    let profile = match profile {
        Ok(bytes) => Some(app.ports.objects.put(bytes.into()).await?),
        // A version without a profile forecasts as well; its drift cannot be told.
        Err(error) => {
            pulse.say(format!("no profile for drift was made: {error}"));
            None
        }
    };
    let id = VersionId::fresh(begun, &*app.ports.chance);
    let trained = Trained { id, dataset, rows: bytes, learnt, artifact, backtest, profile };
    finish(app, job, pulse, &payload, trained).await
}

/// Work for a thread that nobody waits on for an answer.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TrainFailure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| TrainFailure::Data(format!("the program failed: {panic}")))
}

async fn dataset_version(
    app: &Lifecycle,
    job: &Job,
    payload: &TrainPayload,
) -> Result<DatasetVersion, TrainFailure> {
    let key = DatasetKey::new(payload.spec.data.dataset.as_str());
    let found =
        app.ports.datasets.dataset_version(job.workspace(), &key, Some(payload.dataset_version)).await?;
    found.ok_or_else(|| {
        TrainFailure::Data(format!("dataset `{key}` version {} is gone", payload.dataset_version))
    })
}

/// What a training made, before it is judged.
pub(crate) struct Trained {
    pub id: VersionId,
    pub dataset: DatasetVersion,
    /// The rows that it learnt from.
    pub rows: Bytes,
    pub learnt: Arc<Learnt>,
    pub artifact: ObjectRef,
    pub backtest: Option<ObjectRef>,
    /// What the rows are like.
    pub profile: Option<ObjectRef>,
}

/// Judges the version and stores everything in one transaction; then it serves, if it is to.
async fn finish(
    app: &Arc<Lifecycle>,
    job: &Job,
    pulse: &Arc<Pulse>,
    payload: &TrainPayload,
    trained: Trained,
) -> Result<(), TrainFailure> {
    let workspace = job.workspace();
    let model = ModelKey::new(payload.spec.model_key.as_str());
    let current = app.ports.models.model(workspace, &model).await?;
    let current = current.ok_or_else(|| TrainFailure::Data(format!("model `{model}` was deleted")))?;
    let report = trained.learnt.report();
    let judged = judge::judge(app, pulse, payload, &trained, &report, &current).await?;
    let serve = matches!(judged.kind, DecisionKind::FirstChampion | DecisionKind::Promoted);
    let at = app.ports.clock.now();
    let decision = Decision {
        id: DecisionId::new(ids::fresh("decision", &*app.ports.chance)),
        model: model.clone(),
        kind: judged.kind,
        version: trained.id.clone(),
        previous: current.champion.clone(),
        reason: judged.reason,
        evidence: judged.evidence,
        decided_by: "system".into(),
        at,
    };
    let version = ModelVersion {
        workspace: workspace.clone(),
        id: trained.id,
        model,
        alias: payload.alias.clone(),
        state: match decision.kind {
            _ if serve => VersionState::Deployed,
            DecisionKind::Rejected => VersionState::Rejected,
            _ => VersionState::Trained,
        },
        job: Some(job.id.clone()),
        dataset_version: Some(trained.dataset.id),
        spec: payload.spec.clone(),
        seed: payload.spec.seed,
        report: Some(report),
        artifact: Some(trained.artifact),
        backtest: trained.backtest,
        profile: trained.profile,
        error: None,
        reason: payload.reason.clone(),
        code_version: app.settings.code_version.clone(),
        created_at: at,
    };
    let finished = FinishedTraining {
        lease: JobLease { job: job.id.clone(), attempt: job.attempt },
        events: events(app, job, &version, &decision, serve),
        arm: arm(&current, &decision),
        result: json!({ "version": version.id, "decision": decision.kind, "reason": decision.reason, "metrics": version.report.as_ref().map(Report::headline) }),
        version: version.clone(),
        decision,
        serve,
    };
    let changes = serve || finished.arm.is_some();
    write_lines(app, &finished.lease, pulse).await?;
    if app.ports.versions.finish_training(&finished).await? && changes {
        // Another version may have come first; the store knows.
        serve::refresh(app).await?;
    }
    Ok(())
}

/// What answers beside the champion from then on: in a promotion the former one, of a challenger the version itself.
fn arm(current: &Model, decision: &Decision) -> Option<Arm> {
    match decision.kind {
        DecisionKind::Challenger => {
            let (version, at) = (&decision.version, decision.at);
            trials::challenger(current, version, Mode::Shadow, None, &decision.id, at)
        }
        kind => trials::shadow_after(kind, current, decision),
    }
}

fn events(
    app: &Lifecycle,
    job: &Job,
    version: &ModelVersion,
    decision: &Decision,
    serve: bool,
) -> Vec<NewEvent> {
    let about = |kind| {
        NewEvent::about(kind, ("version", version.id.as_str()), &job.owner, app.ports.clock.now())
            .of_model(version.model.as_str())
            .by_job(job.id.as_str())
    };
    let kind = if decision.kind == DecisionKind::Rejected { "version.rejected" } else { "version.trained" };
    let mut events = vec![about(kind).with(json!({
        "reason": version.reason,
        "decision": decision.kind,
        "why": decision.reason,
        "metrics": version.report.as_ref().map(Report::headline),
    }))];
    if serve {
        let data = json!({ "before": decision.previous, "after": version.id, "reason": decision.reason });
        events.push(about("version.deployed").with(data));
    }
    if decision.kind == DecisionKind::Challenger {
        let data = json!({ "against": decision.previous, "reason": decision.reason });
        events.push(about("challenger.began").with(data));
    }
    events.push(state_event(app, "job.completed", job, None));
    events
}
