//! Which version serves: put one to serve, or go back. Each is one transaction, and the version is read
//! from the object store before it: a switch that cannot work is found before it is made.

use crate::Lifecycle;
use crate::serve::{self, Loaded};
use crate::trials;
use serde_json::{Value, json};
use std::sync::Arc;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::deployment::{Deployment, Switch};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DecisionId, ModelKey, VersionId};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{StoreError, SwitchAnswer};
use vakhta_domain::report::Report;
use vakhta_domain::user::Actor;
use vakhta_domain::version::{ModelVersion, VersionState};

/// Why a version was not put to serve.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// No such version.
    #[error("the model has no version `{0}`")]
    VersionMissing(String),
    /// Its state forbids it.
    #[error("version {0} is {state}, only a trained or archived version can serve", state = .1.as_str())]
    NotServable(VersionId, VersionState),
    /// It serves already.
    #[error("version {0} serves already")]
    AlreadyServes(VersionId),
    /// Nothing served before the current version.
    #[error("no version served before this one; name the version to go back to")]
    NothingBefore,
    /// The saved model cannot be read.
    #[error("version {0} cannot be loaded: {1}; the serving version stays")]
    ArtifactUnreadable(VersionId, String),
    /// Somebody else switched in the meantime.
    #[error("another version came to serve in the meantime; look again and repeat")]
    Superseded(Option<VersionId>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a version to serve, by id or alias.
pub async fn deploy(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    version: &str,
    reason: Option<String>,
) -> Result<Deployment, DeployError> {
    let current = find_model(app, actor, model).await?;
    let version = find_version(app, actor, model, version).await?;
    let reason = reason.unwrap_or_else(|| "deployed by hand".into());
    put_in_place(app, actor, &current, version, Order::by_hand(DecisionKind::Deploy, reason)).await
}

/// Goes back: to `version`, or to the one that served before the current one.
pub async fn rollback(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    version: Option<&str>,
    reason: Option<String>,
) -> Result<Deployment, DeployError> {
    let current = find_model(app, actor, model).await?;
    let version = match version {
        Some(version) => find_version(app, actor, model, version).await?,
        None => version_before(app, actor, model, current.champion.as_ref()).await?,
    };
    let reason = reason.unwrap_or_else(|| "rolled back by hand".into());
    put_in_place(app, actor, &current, version, Order::by_hand(DecisionKind::Rollback, reason)).await
}

async fn find_model(app: &Lifecycle, actor: &Actor, model: &ModelKey) -> Result<Model, DeployError> {
    let found = app.ports.models.model(&actor.workspace, model).await?;
    found.ok_or_else(|| DeployError::ModelMissing(model.clone()))
}

async fn find_version(
    app: &Lifecycle,
    actor: &Actor,
    model: &ModelKey,
    version: &str,
) -> Result<ModelVersion, DeployError> {
    let found = app.ports.versions.version(&actor.workspace, model, version).await?;
    found.ok_or_else(|| DeployError::VersionMissing(version.chars().take(100).collect()))
}

/// The newest deployment of another version than the current one tells where to go back to.
async fn version_before(
    app: &Lifecycle,
    actor: &Actor,
    model: &ModelKey,
    current: Option<&VersionId>,
) -> Result<ModelVersion, DeployError> {
    let past = app.ports.versions.deployments(&actor.workspace, model, &PageQuery::first(100)).await?;
    let before = past.items.into_iter().find(|d| Some(&d.version) != current);
    let before = before.ok_or(DeployError::NothingBefore)?;
    find_version(app, actor, model, before.version.as_str()).await
}

/// Why a version is put to serve.
pub(crate) struct Order {
    pub kind: DecisionKind,
    pub reason: String,
    /// The numbers that it was decided from.
    pub evidence: Value,
}

impl Order {
    fn by_hand(kind: DecisionKind, reason: String) -> Self {
        Self { kind, reason, evidence: json!({}) }
    }
}

/// Puts a version to serve in place of the one that `current` knows.
pub(crate) async fn put_in_place(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    current: &Model,
    version: ModelVersion,
    order: Order,
) -> Result<Deployment, DeployError> {
    if !version.state.is_servable() {
        return Err(DeployError::NotServable(version.id, version.state));
    }
    if current.champion.as_ref() == Some(&version.id) {
        return Err(DeployError::AlreadyServes(version.id));
    }
    let loaded =
        Loaded::read(app, version).await.map_err(|e| DeployError::ArtifactUnreadable(e.version, e.reason))?;
    let switch = switch(app, actor, current, &loaded.version, order);
    match app.ports.versions.switch(&switch).await? {
        SwitchAnswer::Done(deployment) => {
            let loaded = serve::grown(app, loaded).await?;
            serve::put_to_serve(app, loaded, deployment.generation);
            serve::refresh_arms(app).await?;
            app.signals.bump();
            Ok(deployment)
        }
        SwitchAnswer::Missing => Err(DeployError::VersionMissing(loaded.version.id.to_string())),
        SwitchAnswer::NotServable(state) => Err(DeployError::NotServable(loaded.version.id.clone(), state)),
        SwitchAnswer::Superseded(other) => Err(DeployError::Superseded(other)),
    }
}

/// What the switch writes: decision, evidence, the former champion's shadow and event.
fn switch(
    app: &Lifecycle,
    actor: &Actor,
    current: &Model,
    version: &ModelVersion,
    Order { kind, reason, mut evidence }: Order,
) -> Switch {
    let at = app.ports.clock.now();
    let event_kind = match kind {
        DecisionKind::Rollback | DecisionKind::AutoRollback => "version.rolled_back",
        _ => "version.deployed",
    };
    evidence["metrics"] = json!(version.report.as_ref().map(Report::headline));
    evidence["artifact"] = json!(version.artifact);
    let decision = Decision {
        id: DecisionId::new(ids::fresh("decision", &*app.ports.chance)),
        model: version.model.clone(),
        kind,
        version: version.id.clone(),
        previous: current.champion.clone(),
        evidence,
        decided_by: actor.name.clone(),
        reason,
        at,
    };
    let arm = trials::shadow_after(kind, current, &decision);
    let event = NewEvent::about(event_kind, ("version", version.id.as_str()), actor, at)
        .of_model(version.model.as_str())
        .with(json!({ "before": current.champion, "after": version.id, "reason": decision.reason,
            "decision": kind, "probation_days": arm.as_ref().map(|arm| arm.days) }));
    Switch { workspace: actor.workspace.clone(), decision, arm, event }
}
