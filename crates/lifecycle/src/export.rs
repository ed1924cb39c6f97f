//! A version's model as a file of another program.

use crate::Lifecycle;
use crate::learnt::Learnt;
use crate::serve::{self, ServeError};
use std::sync::Arc;
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::user::Actor;
use vakhta_ml::exchange::{ExchangeError, write_onnx};

/// Why a version was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be had.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The format cannot say what it does.
    #[error("version {0} cannot be said in ONNX: {1}")]
    Impossible(VersionId, String),
}

/// A file in another program's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    /// The version that it is.
    pub version: VersionId,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A version's model as ONNX, its pipeline and calibration included; `champion` is the serving one.
pub async fn onnx(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    version: &str,
) -> Result<ModelFile, ExportError> {
    let loaded = serve::choose(app, &actor.workspace, model, Some(version)).await?;
    let id = loaded.version.id.clone();
    let (name, producer) = (model.to_string(), format!("vakhta {}", loaded.version.code_version));
    let written = tokio::task::spawn_blocking(move || match &loaded.learnt {
        Learnt::Records(fitted) => write_onnx(&name, &producer, fitted),
        Learnt::Forecast(_) => Err(ExchangeError::Unsupported(
            "a forecast computes its features from its own history, step by step".into(),
        )),
    });
    let written = written.await.map_err(|panic| ServeError::Unusable {
        version: id.clone(),
        reason: format!("the program failed: {panic}"),
    })?;
    let bytes = written.map_err(|error| ExportError::Impossible(id.clone(), error.to_string()))?;
    Ok(ModelFile { version: id, bytes })
}
