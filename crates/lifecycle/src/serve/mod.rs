//! Answering from memory: the serving version of each model, loaded and ready.

pub mod answer;
pub mod export;
pub mod forecast;
mod future;
pub(crate) mod later;
mod loaded;
mod log;
mod predict;
pub(crate) mod watcher;

pub use answer::{ForecastAnswer, PredictAnswer, Prediction, SeriesAnswer, SeriesList};
pub use export::{ExportFormat, export};
pub use forecast::{ForecastRequest, SeriesChoice, forecast, series};
pub use later::predict_later;
pub(crate) use loaded::Loaded;
pub use predict::{MAX_RECORDS, PredictRequest, predict};

use crate::Lifecycle;
use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::{Champion, StoreError};
use vakhta_domain::spec::SpecError;

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

type Place = (WorkspaceId, ModelKey);

struct Serves {
    loaded: Arc<Loaded>,
    generation: u64,
}

/// The models in memory. A request takes one `Arc` and keeps it, so a switch drops no request.
#[derive(Default)]
pub struct Serving {
    champions: ArcSwap<HashMap<Place, Arc<Serves>>>,
    /// Versions that were asked for by name, newest use last.
    named: Mutex<Vec<Arc<Loaded>>>,
}

/// How many versions that do not serve are kept in memory.
const NAMED_KEPT: usize = 8;

impl Serving {
    fn champion(&self, place: &Place) -> Option<Arc<Loaded>> {
        self.champions.load().get(place).map(|serves| serves.loaded.clone())
    }

    fn generation(&self, place: &Place) -> Option<u64> {
        self.champions.load().get(place).map(|serves| serves.generation)
    }

    /// Replaces the serving version unless a newer generation is there already.
    fn put(&self, place: &Place, loaded: &Arc<Loaded>, generation: u64) {
        self.champions.rcu(|old| {
            let mut new = HashMap::clone(old);
            if new.get(place).is_none_or(|there| there.generation <= generation) {
                new.insert(place.clone(), Arc::new(Serves { loaded: loaded.clone(), generation }));
            }
            new
        });
    }

    fn retain(&self, keep: impl Fn(&Place) -> bool) {
        self.champions.rcu(|old| {
            old.iter()
                .filter(|(place, _)| keep(place))
                .map(|(p, s)| (p.clone(), s.clone()))
                .collect::<HashMap<_, _>>()
        });
    }

    /// Takes a model out of memory.
    pub(crate) fn forget(&self, workspace: &WorkspaceId, model: &ModelKey) {
        self.retain(|(w, m)| (w, m) != (workspace, model));
    }

    fn named(&self, workspace: &WorkspaceId, model: &ModelKey, name: &str) -> Option<Arc<Loaded>> {
        let mut kept = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|l| l.is(workspace, model, name))?;
        let found = kept.remove(at);
        kept.push(found.clone());
        Some(found)
    }

    fn keep_named(&self, loaded: Arc<Loaded>) {
        let mut kept = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= NAMED_KEPT {
            kept.remove(0);
        }
        kept.push(loaded);
    }
}

/// Makes a version serve in this process.
pub(crate) fn put_to_serve(app: &Lifecycle, loaded: Loaded, generation: u64) {
    let place = (loaded.version.workspace.clone(), loaded.version.model.clone());
    app.serving.put(&place, &Arc::new(loaded), generation);
}

/// Brings memory in line with the store: loads what serves there and not here, forgets what no longer does.
/// A version that cannot be loaded leaves the one in memory serving.
pub(crate) async fn refresh(app: &Arc<Lifecycle>) -> Result<(), StoreError> {
    let champions = app.ports.versions.champions().await?;
    for champion in &champions {
        let place = (champion.workspace.clone(), champion.model.clone());
        if app.serving.generation(&place).is_some_and(|here| here >= champion.generation) {
            continue;
        }
        if let Err(error) = load_champion(app, champion).await {
            tracing::error!(model = %champion.model, version = %champion.version, %error, "a serving version cannot be loaded");
        }
    }
    let serves = |place: &Place| champions.iter().any(|c| (&c.workspace, &c.model) == (&place.0, &place.1));
    if app.serving.champions.load().keys().any(|place| !serves(place)) {
        app.serving.retain(serves);
    }
    Ok(())
}

async fn load_champion(app: &Arc<Lifecycle>, champion: &Champion) -> Result<(), ServeError> {
    let found =
        app.ports.versions.version(&champion.workspace, &champion.model, champion.version.as_str()).await?;
    let version = found.ok_or_else(|| ServeError::VersionMissing(champion.version.to_string()))?;
    put_to_serve(app, Loaded::read(app, version).await?, champion.generation);
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
            if let Some(loaded) = app.serving.champion(&place) {
                return Ok(loaded);
            }
            refresh(app).await?;
            match app.serving.champion(&place) {
                Some(loaded) => Ok(loaded),
                None if app.ports.models.model(workspace, model).await?.is_some() => {
                    Err(ServeError::NoVersion(model.clone()))
                }
                None => Err(ServeError::ModelMissing(model.clone())),
            }
        }
        Some(name) => choose_named(app, &place, name).await,
    }
}

async fn choose_named(app: &Arc<Lifecycle>, place: &Place, name: &str) -> Result<Arc<Loaded>, ServeError> {
    let (workspace, model) = place;
    if let Some(loaded) = app.serving.champion(place).filter(|l| l.is(workspace, model, name)) {
        return Ok(loaded);
    }
    if let Some(loaded) = app.serving.named(workspace, model, name) {
        return Ok(loaded);
    }
    if app.ports.models.model(workspace, model).await?.is_none() {
        return Err(ServeError::ModelMissing(model.clone()));
    }
    let found = app.ports.versions.version(workspace, model, name).await?;
    let version = found.ok_or_else(|| ServeError::VersionMissing(name.chars().take(100).collect()))?;
    let loaded = Arc::new(Loaded::read(app, version).await?);
    app.serving.keep_named(loaded.clone());
    Ok(loaded)
}
