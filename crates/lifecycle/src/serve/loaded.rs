//! A version in memory, with its whole forecast computed once.

use super::ServeError;
use crate::Lifecycle;
use crate::learnt::Learnt;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::report::SeriesForecast;
use vakhta_domain::version::ModelVersion;
use vakhta_ml::forecast::{self, ForecastQuery};

/// A version ready to answer.
pub(crate) struct Loaded {
    pub version: ModelVersion,
    pub learnt: Learnt,
    /// The number of the newest version of its dataset that it was held against; 0 for none.
    pub grown_to: u32,
    /// Of a forecast: every series over the whole horizon with nothing known of the future, which is what most
    /// requests ask for.
    plain: OnceLock<Arc<Plain>>,
}

/// A whole forecast, with the place of each series in it.
pub(crate) struct Plain {
    pub series: Vec<SeriesForecast>,
    pub places: HashMap<Vec<String>, usize>,
}

/// A version that cannot be loaded.
#[derive(Debug)]
pub(crate) struct Unloadable {
    pub version: vakhta_domain::ids::VersionId,
    pub reason: String,
}

impl From<Unloadable> for ServeError {
    fn from(unloadable: Unloadable) -> Self {
        Self::Unusable { version: unloadable.version, reason: unloadable.reason }
    }
}

impl Loaded {
    /// A version whose model is in memory already.
    pub fn of(version: ModelVersion, learnt: Learnt) -> Self {
        Self { version, learnt, grown_to: 0, plain: OnceLock::new() }
    }

    /// Reads a version's saved model, as it was trained.
    pub async fn read(app: &Arc<Lifecycle>, version: ModelVersion) -> Result<Self, Unloadable> {
        let unloadable = |reason: String| Unloadable { version: version.id.clone(), reason };
        let Some(artifact) = version.artifact.clone() else {
            return Err(unloadable("it has no saved model".into()));
        };
        let bytes = app.ports.objects.get(&artifact).await.map_err(|e| unloadable(e.to_string()))?;
        let task = version.spec.task;
        let parsed = tokio::task::spawn_blocking(move || Learnt::from_bytes(task, &bytes)).await;
        let learnt = parsed
            .map_err(|panic| unloadable(format!("the program failed: {panic}")))?
            .map_err(|e| unloadable(e.to_string()))?;
        Ok(Self::of(version, learnt))
    }

    /// Whether this is the version of that id or alias.
    pub fn is(&self, workspace: &WorkspaceId, model: &ModelKey, name: &str) -> bool {
        let v = &self.version;
        (&v.workspace, &v.model) == (workspace, model)
            && (v.id.as_str() == name || v.alias.as_deref() == Some(name))
    }

    /// The forecast that it is; an error where it is a model of records.
    pub fn forecaster(&self) -> Result<&forecast::Fitted, ServeError> {
        match &self.learnt {
            Learnt::Forecast(fitted) => Ok(fitted),
            Learnt::Records(_) => Err(ServeError::NotAForecast(self.version.model.clone())),
        }
    }

    /// The whole forecast; computed by the first who asks.
    pub fn plain(&self) -> Result<Arc<Plain>, ServeError> {
        if let Some(plain) = self.plain.get() {
            return Ok(plain.clone());
        }
        let fitted = self.forecaster()?;
        let query = ForecastQuery {
            horizon: fitted.horizon(),
            series: None,
            levels: fitted.levels().to_vec(),
            known_future: Vec::new(),
        };
        let series = fitted.forecast(&query).map_err(|e| self.unusable(&e))?;
        let places = series.iter().enumerate().map(|(i, s)| (s.series.clone(), i)).collect();
        Ok(self.plain.get_or_init(|| Arc::new(Plain { series, places })).clone())
    }

    pub fn unusable(&self, error: &dyn std::fmt::Display) -> ServeError {
        ServeError::Unusable { version: self.version.id.clone(), reason: error.to_string() }
    }
}
