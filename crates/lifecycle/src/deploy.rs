//! Which version serves: put one to serve, or go back. Each is one transaction, and the version is read
//! from the object store before it: a switch that cannot work is found before it is made.

use crate::Lifecycle;
use crate::serve::{self, Loaded};
use serde_json::json;
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
    switch(app, actor, DecisionKind::Deploy, &current, version, reason).await
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
    switch(app, actor, DecisionKind::Rollback, &current, version, reason).await
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

async fn switch(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    kind: DecisionKind,
    current: &Model,
    version: ModelVersion,
    reason: String,
) -> Result<Deployment, DeployError> {
    if !version.state.is_servable() {
        return Err(DeployError::NotServable(version.id, version.state));
    }
    if current.champion.as_ref() == Some(&version.id) {
        return Err(DeployError::AlreadyServes(version.id));
    }
    let loaded =
        Loaded::read(app, version).await.map_err(|e| DeployError::ArtifactUnreadable(e.version, e.reason))?;
    let order = order(app, actor, kind, current, &loaded.version, reason);
    match app.ports.versions.switch(&order).await? {
        SwitchAnswer::Done(deployment) => {
            let loaded = serve::grown(app, loaded).await?;
            serve::put_to_serve(app, loaded, deployment.generation);
            app.signals.bump();
            Ok(deployment)
        }
        SwitchAnswer::Missing => Err(DeployError::VersionMissing(loaded.version.id.to_string())),
        SwitchAnswer::NotServable(state) => Err(DeployError::NotServable(loaded.version.id.clone(), state)),
        SwitchAnswer::Superseded(other) => Err(DeployError::Superseded(other)),
    }
}

/// What the switch writes: decision, evidence and event.
fn order(
    app: &Lifecycle,
    actor: &Actor,
    kind: DecisionKind,
    current: &Model,
    version: &ModelVersion,
    reason: String,
) -> Switch {
    let at = app.ports.clock.now();
    let event_kind = if kind == DecisionKind::Rollback { "version.rolled_back" } else { "version.deployed" };
    let decision = Decision {
        id: DecisionId::new(ids::fresh("decision", &*app.ports.chance)),
        model: version.model.clone(),
        kind,
        version: version.id.clone(),
        previous: current.champion.clone(),
        evidence: json!({ "metrics": version.report.as_ref().map(Report::headline), "artifact": version.artifact }),
        decided_by: actor.name.clone(),
        reason,
        at,
    };
    let event = NewEvent::about(event_kind, ("version", version.id.as_str()), actor, at)
        .of_model(version.model.as_str())
        .with(json!({ "before": current.champion, "after": version.id, "reason": decision.reason }));
    Switch { workspace: actor.workspace.clone(), decision, event }
}
