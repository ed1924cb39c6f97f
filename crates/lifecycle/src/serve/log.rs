//! From an answer to the prediction log: one entry a value, found again by series and period.

use super::answer::{PredictAnswer, Prediction, SeriesAnswer};
use super::loaded::Loaded;
use crate::Lifecycle;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use vakhta_domain::daily::forecast_key;
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::LoggedPrediction;

/// A request that is being answered.
pub(super) struct Request<'a> {
    pub id: &'a str,
    pub begun: Timestamp,
}

/// Logs a forecast; returns when it is durable.
pub(super) async fn forecast(
    app: &Lifecycle,
    loaded: &Loaded,
    request: &Request<'_>,
    series: &[SeriesAnswer],
) -> Result<(), StoreError> {
    let now = app.ports.clock.now();
    let entries = series.iter().flat_map(|s| {
        s.points.iter().map(move |point| {
            let key = forecast_key(&s.series, point.date);
            let output = json!({ "step": point.step, "intervals": point.intervals });
            entry(loaded, request, now, key, String::new(), point.value, &output)
        })
    });
    app.ports.predictions.append(entries.collect()).await
}

/// Logs predictions for records; returns when it is durable.
pub(super) async fn predictions(
    app: &Lifecycle,
    loaded: &Loaded,
    request: &Request<'_>,
    keys: &[String],
    records: &[Map<String, Value>],
    answer: &PredictAnswer,
) -> Result<(), StoreError> {
    let answered = answer.predictions.iter().filter_map(|prediction| {
        let (index, value, output) = match prediction {
            Prediction::Error { .. } => return None,
            Prediction::Value { index, value, step, intervals, .. } => {
                (*index, *value, json!({ "step": step, "intervals": intervals }))
            }
            Prediction::Class { index, label, confidence, probabilities, .. } => {
                (*index, *confidence, json!({ "label": label, "probabilities": probabilities }))
            }
        };
        let input = serde_json::to_string(&records[index]).unwrap_or_default();
        Some(((input, keys[index].clone()), Entry { value, output }))
    });
    answers(app, loaded, request, answered).await
}

/// What is kept of one answer.
pub(super) struct Entry {
    /// The point answer.
    pub value: f64,
    /// The whole answer.
    pub output: Value,
}

/// Logs answers, each with its input as JSON and the key that its actual will be found by; returns when they
/// are durable.
pub(super) async fn answers(
    app: &Lifecycle,
    loaded: &Loaded,
    request: &Request<'_>,
    answers: impl Iterator<Item = ((String, String), Entry)>,
) -> Result<(), StoreError> {
    let now = app.ports.clock.now();
    let entries = answers.map(|((input, key), Entry { value, output })| {
        entry(loaded, request, now, key, input, value, &output)
    });
    app.ports.predictions.append(entries.collect()).await
}

fn entry(
    loaded: &Loaded,
    request: &Request<'_>,
    now: Timestamp,
    key: String,
    input: String,
    value: f64,
    output: &Value,
) -> LoggedPrediction {
    let spent = now.as_microsecond() - request.begun.as_microsecond();
    LoggedPrediction {
        workspace: loaded.version.workspace.clone(),
        request: request.id.to_owned(),
        model: loaded.version.model.clone(),
        version: loaded.version.id.clone(),
        at: now,
        key,
        input,
        value,
        output: output.to_string(),
        latency_us: u32::try_from(spent.max(0)).unwrap_or(u32::MAX),
    }
}
