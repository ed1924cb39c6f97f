//! A challenger by hand: how it begins, and how a person ends it.

use super::{challenger, verdicts};
use crate::Lifecycle;
use crate::serve::{self, Loaded};
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DecisionId, ModelKey, VersionId};
use vakhta_domain::ports::{ArmAnswer, StoreError};
use vakhta_domain::spec::SpecError;
use vakhta_domain::trial::{Arm, BeginArm, MAX_DAYS, Mode, Part};
use vakhta_domain::user::Actor;
use vakhta_domain::version::VersionState;

/// Why a challenger did not begin or end.
#[derive(Debug, thiserror::Error)]
pub enum ChallengerError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// No such version.
    #[error("the model has no version `{0}`")]
    VersionMissing(String),
    /// Nothing serves that it could be tried against.
    #[error("no version of model `{0}` serves yet; deploy one")]
    NothingServes(ModelKey),
    /// Its state forbids it.
    #[error("version {0} is {state}, only a trained or archived version can be tried", state = .1.as_str())]
    NotServable(VersionId, VersionState),
    /// It serves.
    #[error("version {0} serves already")]
    AlreadyServes(VersionId),
    /// Another one is tried.
    #[error("version {0} is tried already; end that first")]
    Busy(VersionId),
    /// None is tried.
    #[error("model `{0}` has no challenger")]
    NoChallenger(ModelKey),
    /// The saved model cannot be read.
    #[error("version {0} cannot be loaded: {1}")]
    Unreadable(VersionId, String),
    /// Somebody else changed it in the meantime.
    #[error("the serving version or the challenger changed in the meantime; look again and repeat")]
    Superseded,
    /// What was asked is out of range.
    #[error("the request cannot be done")]
    BadInput(Vec<SpecError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a challenger is to be tried.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The version, by id or alias.
    pub version: String,
    /// Whom it answers.
    pub mode: Mode,
    /// Days that it is tried at most; default the policy's probation. A canary ends with its steps.
    pub days: Option<u32>,
    /// Why, in words.
    pub reason: Option<String>,
}

/// Tries a version beside the champion. It was read from the object store before.
pub async fn begin(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    key: &ModelKey,
    asked: Asked,
) -> Result<Arm, ChallengerError> {
    check(&asked)?;
    let model = app.ports.models.model(&actor.workspace, key).await?;
    let model = model.ok_or_else(|| ChallengerError::ModelMissing(key.clone()))?;
    let missing = || ChallengerError::VersionMissing(asked.version.chars().take(100).collect());
    let version =
        app.ports.versions.version(&actor.workspace, key, &asked.version).await?.ok_or_else(missing)?;
    if model.champion.as_ref() == Some(&version.id) {
        return Err(ChallengerError::AlreadyServes(version.id));
    }
    if !version.state.is_servable() {
        return Err(ChallengerError::NotServable(version.id, version.state));
    }
    let at = app.ports.clock.now();
    let decided = DecisionId::new(ids::fresh("decision", &*app.ports.chance));
    let arm = challenger(&model, &version.id, asked.mode, asked.days, &decided, at);
    let arm = arm.ok_or_else(|| ChallengerError::NothingServes(key.clone()))?;
    let loaded = Loaded::read(app, version).await;
    let version = loaded.map_err(|e| ChallengerError::Unreadable(e.version, e.reason))?.version;
    let reason = asked.reason.unwrap_or_else(|| "tried by hand".into());
    let event = NewEvent::about("challenger.began", ("version", version.id.as_str()), actor, at)
        .of_model(key.as_str())
        .with(json!({ "arm": arm.mode, "against": arm.against, "days": arm.days, "reason": reason }));
    let decision = Decision {
        id: decided,
        model: key.clone(),
        kind: DecisionKind::Challenger,
        version: version.id.clone(),
        previous: model.champion,
        evidence: json!({ "arm": arm.mode, "days": arm.days }),
        decided_by: actor.name.clone(),
        reason,
        at,
    };
    match app.ports.arms.begin_arm(&BeginArm { arm: arm.clone(), decision, event }).await? {
        ArmAnswer::Done => {
            serve::refresh(app).await?;
            app.signals.bump();
            Ok(arm)
        }
        ArmAnswer::Missing => Err(ChallengerError::VersionMissing(version.id.to_string())),
        ArmAnswer::NotServable(state) => Err(ChallengerError::NotServable(version.id, state)),
        ArmAnswer::Superseded(_) => Err(ChallengerError::Superseded),
        ArmAnswer::Busy(there) => Err(ChallengerError::Busy(there.version)),
    }
}

fn check(asked: &Asked) -> Result<(), ChallengerError> {
    let mut errors = Vec::new();
    if let Err((field, message)) = asked.mode.check() {
        errors.push(SpecError::at(field, message));
    }
    if asked.days.is_some_and(|days| days == 0 || days > MAX_DAYS) {
        errors.push(SpecError::at("/days", format!("is out of range, 1 to {MAX_DAYS} days are tried")));
    }
    if errors.is_empty() { Ok(()) } else { Err(ChallengerError::BadInput(errors)) }
}

/// Ends the trial of a model's challenger; the champion stays.
pub async fn drop_challenger(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    key: &ModelKey,
    reason: Option<String>,
) -> Result<Arm, ChallengerError> {
    if app.ports.models.model(&actor.workspace, key).await?.is_none() {
        return Err(ChallengerError::ModelMissing(key.clone()));
    }
    let arms = app.ports.arms.arms(&actor.workspace, key).await?;
    let arm = arms.into_iter().find(|arm| arm.part == Part::Challenger);
    let arm = arm.ok_or_else(|| ChallengerError::NoChallenger(key.clone()))?;
    let reason = reason.unwrap_or_else(|| "ended by hand".into());
    let (kind, event) = (DecisionKind::ChallengerEnded, "challenger.ended");
    let evidence = json!({ "arm": { "mode": arm.mode, "since": arm.since } });
    let change = verdicts::change(app, actor, &arm, kind, &arm.version, reason, evidence, None, event);
    if !app.ports.arms.change_arm(&change).await? {
        return Err(ChallengerError::Superseded);
    }
    serve::refresh(app).await?;
    app.signals.bump();
    Ok(arm)
}
