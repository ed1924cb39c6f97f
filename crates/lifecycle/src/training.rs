//! Asking for a training: what can be refused is refused before a job exists.

use crate::{Lifecycle, calendars, jobs};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::dataset::DatasetVersion;
use vakhta_domain::ids::{DatasetKey, JobId, ModelKey};
use vakhta_domain::job::{Job, JobKind};
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{ModelSpec, SpecError, check, check_columns};
use vakhta_domain::user::Actor;

/// What is to be trained.
#[derive(Debug, Clone)]
pub struct TrainRequest {
    /// The model.
    pub model: ModelKey,
    /// Another dataset than the spec's, for this training only.
    pub dataset: Option<DatasetKey>,
    /// Another spec than the model's, for this training only.
    pub spec: Option<ModelSpec>,
    /// Why, in the asker's words.
    pub reason: Option<String>,
    /// A name for the version, unique within the model.
    pub alias: Option<String>,
}

/// What a train job is asked to do; kept in its row, so that any process can run it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TrainPayload {
    pub spec: ModelSpec,
    /// The number of the dataset version, settled when the training was asked for.
    pub dataset_version: u32,
    pub reason: Option<String>,
    pub alias: Option<String>,
    /// Whether the version is to serve even without an effect or evidence.
    #[serde(default)]
    pub force_deploy: bool,
    /// Percent: a version with a larger error is kept aside.
    #[serde(default)]
    pub error_limit: Option<f64>,
}

/// Why a training was not queued.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// This release cannot train that.
    #[error("this release cannot train it: {message}")]
    Untrainable {
        /// The place in the spec.
        pointer: &'static str,
        /// The reason and the way out.
        message: String,
    },
    /// No such dataset, or no such version of it.
    #[error("there is no dataset `{0}`; upload it first")]
    DatasetMissing(DatasetKey),
    /// The dataset lacks columns, or the spec is another model's.
    #[error("the spec does not fit the dataset")]
    Columns(Vec<SpecError>),
    /// Another version has that name.
    #[error("a version called `{0}` exists already")]
    AliasTaken(String),
    /// One training at a time.
    #[error("the model is being trained by job {0}")]
    Running(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Queues a training.
pub async fn request(app: &Arc<Lifecycle>, actor: &Actor, request: TrainRequest) -> Result<Job, TrainError> {
    let model = request.model.clone();
    let (payload, _) = checked(app, actor, request).await?;
    let job = jobs::about(app, actor, JobKind::Train, &model, &payload);
    let event = jobs::queued(&job).with(json!({
        "kind": job.kind, "reason": payload.reason, "dataset": payload.spec.data.dataset,
        "dataset_version": payload.dataset_version,
    }));
    jobs::queue(app, &job, &event, TrainError::Running).await
}

/// What a training would do, once nothing speaks against it, and the rows that it would learn from.
pub(crate) async fn checked(
    app: &Lifecycle,
    actor: &Actor,
    request: TrainRequest,
) -> Result<(TrainPayload, DatasetVersion), TrainError> {
    let ports = &app.ports;
    let model = ports.models.model(&actor.workspace, &request.model).await?;
    let model = model.ok_or_else(|| TrainError::ModelMissing(request.model.clone()))?;
    let mut spec = request.spec.unwrap_or(model.spec);
    if spec.model_key != request.model.as_str() {
        let message = format!("is `{}`, the training is of `{}`", spec.model_key, request.model);
        return Err(TrainError::Columns(vec![SpecError::at("/spec/model_key", message)]));
    }
    if let Some(dataset) = request.dataset {
        dataset.as_str().clone_into(&mut spec.data.dataset);
        spec.data.version = None;
    }
    if let Some((pointer, message)) = check::untrainable(&spec) {
        return Err(TrainError::Untrainable { pointer, message });
    }
    let key = DatasetKey::new(spec.data.dataset.as_str());
    let version = ports.datasets.dataset_version(&actor.workspace, &key, spec.data.version).await?;
    let version = version.ok_or(TrainError::DatasetMissing(key))?;
    let unfit = check_columns(&spec, &version.table.columns);
    if !unfit.is_empty() {
        return Err(TrainError::Columns(unfit));
    }
    if let Some(alias) = &request.alias {
        refuse_bad_alias(alias)?;
        if ports.versions.version(&actor.workspace, &request.model, alias).await?.is_some() {
            return Err(TrainError::AliasTaken(alias.clone()));
        }
    }
    calendars::write_into(app, &actor.workspace, &mut spec).await?;
    let payload = TrainPayload {
        spec,
        dataset_version: version.number,
        reason: request.reason,
        alias: request.alias,
        force_deploy: false,
        error_limit: None,
    };
    Ok((payload, version))
}

/// A version's name must not look like an id or a stage.
fn refuse_bad_alias(alias: &str) -> Result<(), TrainError> {
    let fits = (1..=64).contains(&alias.len())
        && alias.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+'))
        && !alias.starts_with("v_")
        && !matches!(alias, "champion" | "challenger" | "import");
    if fits {
        return Ok(());
    }
    let message = "use 1 to 64 letters, digits, `.`, `_`, `-` or `+`, not beginning with `v_`, and none of `champion`, `challenger`, `import`";
    Err(TrainError::Columns(vec![SpecError::at("/alias", message)]))
}
