//! A model of another program becomes a version: read, checked against the spec, saved, read back. It waits for a
//! person, since nobody measured it here.

use crate::Lifecycle;
use crate::learnt::Learnt;
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DecisionId, ModelKey, VersionId};
use vakhta_domain::ports::{ImportedVersion, StoreError};
use vakhta_domain::spec::{ModelSpec, Task};
use vakhta_domain::user::Actor;
use vakhta_domain::version::{ModelVersion, VersionState};
use vakhta_ml::exchange::{ExchangeError, adopt, read};
use vakhta_ml::records::{Fitted, Params};

pub use vakhta_ml::exchange::Format;

/// A file to make a version of.
#[derive(Debug, Clone)]
pub struct Import {
    /// The model.
    pub model: ModelKey,
    /// The file.
    pub bytes: Bytes,
    /// Its format; else told by its first bytes.
    pub format: Option<Format>,
    /// The labels of its classes, in its order; empty where it names them itself.
    pub classes: Vec<String>,
    /// Why, in the asker's words.
    pub reason: Option<String>,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// A forecast computes its features from a history that no file has.
    #[error("model `{0}` is a forecast; files are imported into classifications and regressions of records")]
    Forecast(ModelKey),
    /// Not a file that can be read as a model.
    #[error("{0}")]
    BadFile(String),
    /// A sound file that is no model of this spec.
    #[error("{0}")]
    Unfit(String),
    /// The saved version cannot be read back.
    #[error("the imported model cannot be read back: {0}")]
    Unusable(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ExchangeError> for ImportError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Unfit(words) => Self::Unfit(words),
            other => Self::BadFile(other.to_string()),
        }
    }
}

/// Makes a version of a file. It is stored and readable when this returns.
pub async fn import(app: &Arc<Lifecycle>, actor: &Actor, asked: Import) -> Result<ModelVersion, ImportError> {
    let model = app.ports.models.model(&actor.workspace, &asked.model).await?;
    let model = model.ok_or_else(|| ImportError::ModelMissing(asked.model.clone()))?;
    if model.spec.task == Task::Forecast {
        return Err(ImportError::Forecast(asked.model));
    }
    let (spec, bytes, classes) = (model.spec.clone(), asked.bytes.clone(), asked.classes);
    let format = asked.format.unwrap_or_else(|| Format::of(&bytes));
    let made = off_thread(move || {
        let fitted = fitted(&spec, format, &bytes, &classes)?;
        Ok((fitted.to_bytes(), fitted.report().clone(), hex::encode(Sha256::digest(&bytes))))
    });
    let (artifact, report, file_sha256) = made.await?;
    let artifact = app.ports.objects.put(artifact.into()).await?;
    read_back(app, model.spec.task, &artifact).await?;

    let at = app.ports.clock.now();
    let id = VersionId::fresh(at, &*app.ports.chance);
    // Whatever serves, it waits for a person: nobody measured it here.
    let why = format!(
        "imported by {}; its quality was not measured, so it serves only if a person deploys it",
        actor.name
    );
    let file = json!({ "format": format.as_str(), "sha256": file_sha256, "bytes": asked.bytes.len() });
    let event = NewEvent::about("version.imported", ("version", id.as_str()), actor, at)
        .of_model(asked.model.as_str())
        .with(json!({ "reason": asked.reason, "decision": DecisionKind::Kept, "why": why, "file": file }));
    let imported = ImportedVersion {
        decision: Decision {
            id: DecisionId::new(ids::fresh("decision", &*app.ports.chance)),
            model: asked.model.clone(),
            kind: DecisionKind::Kept,
            version: id.clone(),
            previous: model.champion,
            reason: why,
            evidence: json!({ "file": file, "engine": report.engine, "quality": null }),
            decided_by: actor.name.clone(),
            at,
        },
        version: ModelVersion {
            workspace: actor.workspace.clone(),
            id,
            model: asked.model.clone(),
            alias: None,
            state: VersionState::Trained,
            job: None,
            dataset_version: None,
            seed: model.spec.seed,
            spec: model.spec,
            report: Some(vakhta_domain::report::Report::Records(Box::new(report))),
            artifact: Some(artifact),
            backtest: None,
            profile: None,
            error: None,
            reason: asked.reason,
            code_version: app.settings.code_version.clone(),
            created_at: at,
        },
        event,
    };
    if !app.ports.versions.add_imported(&imported).await? {
        return Err(ImportError::ModelMissing(asked.model));
    }
    app.signals.bump();
    Ok(imported.version)
}

/// The model of a file, as the spec's inputs ask for it.
fn fitted(spec: &ModelSpec, format: Format, bytes: &[u8], classes: &[String]) -> Result<Fitted, ImportError> {
    let settings = Params::from_spec(spec).map_err(|error| ImportError::Unfit(error.to_string()))?;
    Ok(adopt(read(format, bytes)?, &settings, classes)?)
}

/// Reads a saved model as a server does that is to serve it.
async fn read_back(app: &Arc<Lifecycle>, task: Task, artifact: &ObjectRef) -> Result<(), ImportError> {
    let bytes = app.ports.objects.get(artifact).await?;
    off_thread(move || match Learnt::from_bytes(task, &bytes) {
        Ok(_) => Ok(()),
        Err(error) => Err(ImportError::Unusable(error.to_string())),
    })
    .await
}

/// Heavy work beside the threads that serve.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| ImportError::Unusable(format!("the program failed: {panic}")))?
}
