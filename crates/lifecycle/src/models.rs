//! Describing a model: create, apply, change, delete.

use crate::Lifecycle;
use crate::jobs;
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{JobId, ModelKey, WorkspaceId};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::StoreError;
use vakhta_domain::schedule::{self, Schedule};
use vakhta_domain::spec::{ModelSpec, Notice, check};
use vakhta_domain::user::Actor;

/// Why a model was not described.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The key is taken.
    #[error("a model `{0}` exists already; apply the spec to change it")]
    Exists(ModelKey),
    /// No such model.
    #[error("there is no model `{0}`")]
    Missing(ModelKey),
    /// The spec is another model's.
    #[error("the spec's model_key is `{body}`, the path names `{path}`")]
    KeyMismatch {
        /// The key in the path.
        path: String,
        /// The key in the spec.
        body: String,
    },
    /// It is being trained.
    #[error("the model is being trained by job {0}; wait for it or cancel it")]
    Training(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Every model of a workspace.
pub async fn all(app: &Lifecycle, workspace: &WorkspaceId) -> Result<Vec<Model>, StoreError> {
    let mut found = Vec::new();
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let part = app.ports.models.models(workspace, &page).await?;
        next = page.after(&part);
        found.extend(part.items);
    }
    Ok(found)
}

/// What describing a model did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created,
    /// Its spec is another now.
    Changed,
    /// It was just so.
    Unchanged,
}

/// A described model.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The model.
    pub model: Model,
    /// What was done.
    pub change: Change,
    /// What its writer should know.
    pub notices: Vec<Notice>,
}

/// Adds a model.
pub async fn create(app: &Arc<Lifecycle>, actor: &Actor, spec: ModelSpec) -> Result<Applied, ModelError> {
    let event = event(app, actor, "model.created", &spec);
    let key = ModelKey::new(spec.model_key.as_str());
    let model =
        app.ports.models.add_model(&actor.workspace, &spec, &schedules_of(app, actor, &spec), &event).await?;
    app.signals.bump();
    Ok(applied(model.ok_or(ModelError::Exists(key))?, Change::Created))
}

/// Adds a model or changes its spec, whichever is needed.
pub async fn apply(app: &Arc<Lifecycle>, actor: &Actor, spec: ModelSpec) -> Result<Applied, ModelError> {
    let key = ModelKey::new(spec.model_key.as_str());
    match app.ports.models.model(&actor.workspace, &key).await? {
        Some(model) if model.spec == spec => Ok(applied(model, Change::Unchanged)),
        Some(_) => change(app, actor, &key, spec).await,
        None => match create(app, actor, spec.clone()).await {
            // Somebody else created it in the meantime: then it is a change.
            Err(ModelError::Exists(_)) => change(app, actor, &key, spec).await,
            other => other,
        },
    }
}

/// Replaces a model's spec. Versions keep the spec that they were trained by.
pub async fn change(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    key: &ModelKey,
    spec: ModelSpec,
) -> Result<Applied, ModelError> {
    if spec.model_key != key.as_str() {
        return Err(ModelError::KeyMismatch { path: key.to_string(), body: spec.model_key });
    }
    let before = app.ports.models.model(&actor.workspace, key).await?;
    let before = before.ok_or_else(|| ModelError::Missing(key.clone()))?;
    if before.spec == spec {
        return Ok(applied(before, Change::Unchanged));
    }
    let event =
        event(app, actor, "model.changed", &spec).with(json!({ "before": before.spec, "after": spec }));
    let model = app
        .ports
        .models
        .change_model(&actor.workspace, &spec, &schedules_of(app, actor, &spec), &event)
        .await?;
    app.signals.bump();
    Ok(applied(model.ok_or_else(|| ModelError::Missing(key.clone()))?, Change::Changed))
}

/// Hides a model and takes it out of service; its versions and decisions stay in the history.
pub async fn delete(app: &Arc<Lifecycle>, actor: &Actor, key: &ModelKey) -> Result<(), ModelError> {
    if let Some(job) = training_job(app, &actor.workspace, key).await? {
        return Err(ModelError::Training(job));
    }
    let event = NewEvent::about("model.deleted", ("model", key.as_str()), actor, app.ports.clock.now())
        .of_model(key.as_str());
    if !app.ports.models.delete_model(&actor.workspace, key, &event).await? {
        return Err(ModelError::Missing(key.clone()));
    }
    app.serving.forget(&actor.workspace, key);
    app.signals.bump();
    Ok(())
}

/// The job that is training a model, or is queued to.
pub async fn training_job(
    app: &Arc<Lifecycle>,
    workspace: &WorkspaceId,
    key: &ModelKey,
) -> Result<Option<JobId>, StoreError> {
    app.ports.jobs.under_way(workspace, &jobs::training_flight(key)).await
}

fn schedules_of(app: &Lifecycle, actor: &Actor, spec: &ModelSpec) -> Vec<Schedule> {
    schedule::of_spec(&actor.workspace, spec, app.ports.clock.now())
}

fn applied(model: Model, change: Change) -> Applied {
    let notices = check::notices(&model.spec);
    Applied { model, change, notices }
}

fn event(app: &Lifecycle, actor: &Actor, kind: &'static str, spec: &ModelSpec) -> NewEvent {
    NewEvent::about(kind, ("model", &spec.model_key), actor, app.ports.clock.now())
        .of_model(&spec.model_key)
        .with(json!({ "after": spec }))
}
