//! Predictions for records: of a forecast, each names a series and a period to come; else each is judged by its
//! columns.

mod records;
mod series;

use super::answer::{PredictAnswer, Prediction};
use super::loaded::Loaded;
use super::{ServeError, choose, log};
use crate::Lifecycle;
use crate::learnt::Learnt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use vakhta_domain::ids::{self, ModelKey};
use vakhta_domain::spec::SpecError;
use vakhta_domain::user::Actor;

/// The most records in one request.
pub const MAX_RECORDS: usize = 10_000;

/// The most records in one request whose predictions are explained.
pub const MAX_EXPLAINED: usize = 100;

/// Records to predict.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PredictRequest {
    /// The model.
    pub model: ModelKey,
    /// A version by id or alias; else the serving one.
    pub version: Option<String>,
    /// One object a record. Of a forecast: the series columns, the time column, known-future columns. Else the
    /// columns that the model learnt from.
    pub data: Vec<Map<String, Value>>,
    /// How many classes are told with their probabilities; none: five.
    #[serde(default)]
    pub top: Option<usize>,
    /// Whether it is told what moved each answer.
    #[serde(default)]
    pub explain: bool,
}

/// Predicts records. A record at fault gets its own error; the others are answered. The answers are in the
/// prediction log when this returns.
pub async fn predict(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    request: PredictRequest,
) -> Result<PredictAnswer, ServeError> {
    let begun = app.ports.clock.now();
    refuse_too_many(&request)?;
    let loaded = choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    let computed = tokio::task::spawn_blocking({
        let loaded = loaded.clone();
        move || compute(&loaded, &request).map(|done| (done, request.data))
    });
    let (Computed { predictions, keys }, records) =
        computed.await.map_err(|panic| loaded.unusable(&panic))??;
    let answer = PredictAnswer {
        model_key: loaded.version.model.clone(),
        version: loaded.version.id.clone(),
        request_id: actor.request_id.clone().unwrap_or_else(|| ids::fresh("predict", &*app.ports.chance)),
        predictions,
    };
    let request = log::Request { id: &answer.request_id, begun };
    log::predictions(app, &loaded, &request, &keys, &records, &answer).await?;
    Ok(answer)
}

pub(in crate::serve) fn refuse_too_many(request: &PredictRequest) -> Result<(), ServeError> {
    let message = match request.data.len() {
        0 => "holds no record; give at least one".into(),
        n if request.explain && n > MAX_EXPLAINED => {
            format!("holds {n} records, at most {MAX_EXPLAINED} are explained at once; split them")
        }
        n if n > MAX_RECORDS => format!("holds {n} records, at most {MAX_RECORDS} are taken; split them"),
        _ => return Ok(()),
    };
    Err(ServeError::BadInput(vec![SpecError::at("/data", message)]))
}

/// Predictions, and the key that each record's actual will be found by; empty where there is none.
pub(super) struct Computed {
    pub predictions: Vec<Prediction>,
    pub keys: Vec<String>,
}

pub(super) fn compute(loaded: &Loaded, request: &PredictRequest) -> Result<Computed, ServeError> {
    match &loaded.learnt {
        Learnt::Forecast(_) => series::compute(loaded, request),
        Learnt::Records(fitted) => records::compute(loaded, fitted, request),
    }
}
