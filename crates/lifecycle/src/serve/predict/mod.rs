//! Predictions for records: of a forecast, each names a series and a period to come; else each is judged by its
//! columns.

mod records;
mod series;

use super::answer::{AnsweredAs, PredictAnswer, Prediction};
use super::beside::{beside, loaded, others, shadow, sharing};
use super::loaded::Loaded;
use super::{ServeError, choose, log};
use crate::Lifecycle;
use crate::learnt::Learnt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use vakhta_domain::ids::{self, ModelKey};
use vakhta_domain::spec::SpecError;
use vakhta_domain::trial::Arm;
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
    /// Whose answers these are, e.g. a customer: where a challenger is given a share of the answers, one key is always
    /// answered by the same version. None: the request's id.
    #[serde(default)]
    pub key: Option<String>,
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
    let champion = choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    let id = actor.request_id.clone().unwrap_or_else(|| ids::fresh("predict", &*app.ports.chance));
    let arms = beside(app, &champion);
    let split = split(&champion, &request, &arms);
    let key = request.key.clone().unwrap_or_else(|| id.clone());
    let request = Arc::new(request);
    let mut answered = None;
    if let Some(arm) = split.filter(|arm| arm.takes(&key))
        && let Some(challenger) = loaded(app, arm).await
    {
        // What the challenger cannot answer the champion does: it says what is wrong with the request.
        answered = computed(&challenger, &request).await.ok().map(|done| (challenger, done));
    }
    let mark = answered.is_some().then_some(log::Mark::Challenger);
    let (answering, done) = match answered {
        Some(answered) => answered,
        None => (champion.clone(), computed(&champion, &request).await?),
    };
    let lines = log::of_predictions(&done.predictions, &done.keys, &request.data);
    log::lines(app, &answering, &log::Request { id: &id, begun, mark }, lines).await?;
    let others = others(&champion, &arms, &answering.version.id);
    shadow(app, &champion, others, &id, request, |loaded, request| {
        let request = PredictRequest { explain: false, ..PredictRequest::clone(request) };
        let done = compute(loaded, &request)?;
        Ok(log::of_predictions(&done.predictions, &done.keys, &request.data))
    });
    Ok(PredictAnswer {
        model_key: champion.version.model.clone(),
        version: answering.version.id.clone(),
        arm: split.map(|_| if mark.is_some() { AnsweredAs::Challenger } else { AnsweredAs::Champion }),
        request_id: id,
        predictions: done.predictions,
    })
}

/// The challenger that is given a share of such requests: of records, where no version is named.
fn split<'a>(champion: &Loaded, request: &PredictRequest, arms: &'a [Arm]) -> Option<&'a Arm> {
    let unnamed = matches!(request.version.as_deref(), None | Some("champion"));
    sharing(arms).filter(|_| unnamed && matches!(champion.learnt, Learnt::Records(_)))
}

async fn computed(loaded: &Arc<Loaded>, request: &Arc<PredictRequest>) -> Result<Computed, ServeError> {
    let work = tokio::task::spawn_blocking({
        let (loaded, request) = (loaded.clone(), request.clone());
        move || compute(&loaded, &request)
    });
    work.await.map_err(|panic| loaded.unusable(&panic))?
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
