//! Answering from memory: the serving version of each model, loaded and ready.

pub mod answer;
mod beside;
pub mod export;
pub mod forecast;
mod future;
mod grow;
pub mod infer;
pub(crate) mod later;
mod loaded;
mod log;
mod memory;
mod predict;
mod predicted;
pub mod quality;
pub(crate) mod watcher;

pub use answer::{
    Answered, AnsweredAs, Contribution, Explanation, ForecastAnswer, PredictAnswer, Prediction, Probability,
    QualityAnswer, SeriesAnswer, SeriesList, SumAnswer,
};
pub use beside::Shadows;
pub use export::{ExportFormat, export};
pub use forecast::{ForecastRequest, SeriesChoice, forecast, series};
pub(crate) use grow::grown;
pub use infer::{Described, Elements, InferAnswer, InferRequest, Kind, Tensor, TensorSpec, describe, infer};
pub use later::predict_later;
pub(crate) use loaded::Loaded;
pub(crate) use log::Mark;
pub use memory::Serving;
pub use predict::{MAX_EXPLAINED, MAX_RECORDS, PredictRequest, predict};
pub use predicted::export_predictions;
pub use quality::quality;

use crate::Lifecycle;
use memory::{Champion as Here, Place};
use std::sync::Arc;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::{Champion, StoreError};
use vakhta_domain::spec::SpecError;
use vakhta_domain::version::ModelVersion;

/// Why a model did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// Nothing serves yet.
    #[error("model `{0}` has no serving version yet; train it first")]
    NoVersion(ModelKey),
    /// No such version, or it has no saved model.
    #[error("the model has no usable version `{0}`")]
    VersionMissing(String),
    /// A forecast was asked of a model of records.
    #[error("model `{0}` answers records one by one, it forecasts no series: ask POST /predict")]
    NotAForecast(ModelKey),
    /// The request does not fit the model.
    #[error("the request does not fit the model")]
    BadInput(Vec<SpecError>),
    /// The saved model cannot be used.
    #[error("version {version} cannot be used: {reason}")]
    Unusable {
        /// The version.
        version: VersionId,
        /// Why.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a version serve in this process.
pub(crate) fn put_to_serve(app: &Lifecycle, loaded: Loaded, generation: u64) {
    let place = (loaded.version.workspace.clone(), loaded.version.model.clone());
    app.serving.put(&place, &Arc::new(loaded), generation);
}

/// Brings memory in line with the store: loads what serves there and not here, forgets what no longer does, and lets
/// forecasts go on with new rows. A version that cannot be loaded leaves the one in memory serving; one that finds no
/// room is read when it is asked for.
pub async fn refresh(app: &Arc<Lifecycle>) -> Result<(), StoreError> {
    let champions = app.ports.versions.champions().await?;
    for champion in &champions {
        let place = (champion.workspace.clone(), champion.model.clone());
        if app.serving.generation(&place).is_some_and(|here| here >= champion.generation) {
            continue;
        }
        if app.serving.is_full() {
            app.serving.put_cold(&place, &champion.version, champion.generation);
        } else if let Err(error) = load_champion(app, champion).await {
            tracing::error!(model = %champion.model, version = %champion.version, %error, "a serving version cannot be loaded");
        }
    }
    let serves = |place: &Place| champions.iter().any(|c| (&c.workspace, &c.model) == (&place.0, &place.1));
    if app.serving.has_others(serves) {
        app.serving.retain(serves);
    }
    app.serving.note_newest_rows(app.ports.datasets.newest_numbers().await?);
    for (behind, generation) in app.serving.champions_loaded() {
        if grow::is_behind(app, &behind) {
            match load(app, behind.version.clone()).await {
                Ok(loaded) => put_to_serve(app, loaded, generation),
                Err(error) => {
                    tracing::warn!(version = %behind.version.id, %error, "a version cannot go on with new rows, it serves as it is");
                }
            }
        }
    }
    refresh_arms(app).await
}

/// Brings what is known of versions beside champions in line with the store.
pub(crate) async fn refresh_arms(app: &Lifecycle) -> Result<(), StoreError> {
    let arms = app.ports.arms.all_arms().await?;
    app.serving.set_arms(arms);
    Ok(())
}

/// Reads a version; a forecast goes on with the rows that came since it was trained.
pub(crate) async fn load(app: &Arc<Lifecycle>, version: ModelVersion) -> Result<Loaded, ServeError> {
    Ok(grow::grown(app, Loaded::read(app, version).await?).await?)
}

async fn load_champion(app: &Arc<Lifecycle>, champion: &Champion) -> Result<(), ServeError> {
    let found =
        app.ports.versions.version(&champion.workspace, &champion.model, champion.version.as_str()).await?;
    let version = found.ok_or_else(|| ServeError::VersionMissing(champion.version.to_string()))?;
    put_to_serve(app, load(app, version).await?, champion.generation);
    Ok(())
}

/// The version that is to answer: the champion, or the one named.
pub(crate) async fn choose(
    app: &Arc<Lifecycle>,
    workspace: &WorkspaceId,
    model: &ModelKey,
    version: Option<&str>,
) -> Result<Arc<Loaded>, ServeError> {
    let place = (workspace.clone(), model.clone());
    match version {
        None | Some("champion") => {
            match app.serving.champion(&place) {
                Some(Here::Loaded(loaded)) => return Ok(loaded),
                Some(Here::Cold(version, generation)) => return warm(app, &place, version, generation).await,
                None => refresh(app).await?,
            }
            match app.serving.champion(&place) {
                Some(Here::Loaded(loaded)) => Ok(loaded),
                Some(Here::Cold(version, generation)) => warm(app, &place, version, generation).await,
                None if app.ports.models.model(workspace, model).await?.is_some() => {
                    Err(ServeError::NoVersion(model.clone()))
                }
                None => Err(ServeError::ModelMissing(model.clone())),
            }
        }
        Some(name) => choose_named(app, &place, name).await,
    }
}

/// Reads a serving version again that had to make room.
async fn warm(
    app: &Arc<Lifecycle>,
    place: &Place,
    version: VersionId,
    generation: u64,
) -> Result<Arc<Loaded>, ServeError> {
    let found = app.ports.versions.version(&place.0, &place.1, version.as_str()).await?;
    let found = found.ok_or_else(|| ServeError::VersionMissing(version.to_string()))?;
    let loaded = Arc::new(load(app, found).await?);
    app.serving.put(place, &loaded, generation);
    Ok(loaded)
}

async fn choose_named(app: &Arc<Lifecycle>, place: &Place, name: &str) -> Result<Arc<Loaded>, ServeError> {
    let (workspace, model) = place;
    if let Some(Here::Loaded(loaded)) = app.serving.champion(place)
        && loaded.is(workspace, model, name)
    {
        return Ok(loaded);
    }
    if let Some(loaded) = app.serving.named(workspace, model, name)
        && !grow::is_behind(app, &loaded)
    {
        return Ok(loaded);
    }
    if app.ports.models.model(workspace, model).await?.is_none() {
        return Err(ServeError::ModelMissing(model.clone()));
    }
    let found = app.ports.versions.version(workspace, model, name).await?;
    let version = found.ok_or_else(|| ServeError::VersionMissing(name.chars().take(100).collect()))?;
    let loaded = Arc::new(load(app, version).await?);
    app.serving.keep_named(&loaded);
    Ok(loaded)
}
