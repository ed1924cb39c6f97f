//! From an answer to the prediction log: one entry a value, found again by series and period.

use super::answer::{Prediction, SeriesAnswer};
use super::loaded::Loaded;
use crate::Lifecycle;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use vakhta_domain::daily::forecast_key;
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::LoggedPrediction;

/// Who answered where it was not simply the version that was asked: kept in the entry's answer as `arm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// A challenger that was given the key: its answer is the model's word.
    Challenger,
    /// A version that answered beside the one whose answer was given.
    Shadow,
}

impl Mark {
    /// The mark of that word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "challenger" => Some(Self::Challenger),
            "shadow" => Some(Self::Shadow),
            _ => None,
        }
    }
}

/// A request that is being answered.
pub(super) struct Request<'a> {
    pub id: &'a str,
    pub begun: Timestamp,
    pub mark: Option<Mark>,
}

/// One answer to be logged.
pub(super) struct Line {
    /// What its actual will be found by.
    pub key: String,
    /// What was asked, as JSON.
    pub input: String,
    /// The point answer.
    pub value: f64,
    /// The whole answer.
    pub output: Value,
}

/// The lines of a forecast.
pub(super) fn of_series(series: &[SeriesAnswer]) -> Vec<Line> {
    let lines = series.iter().flat_map(|s| {
        s.points.iter().map(move |point| Line {
            key: forecast_key(&s.series, point.date),
            input: String::new(),
            value: point.value,
            output: json!({ "step": point.step, "intervals": point.intervals }),
        })
    });
    lines.collect()
}

/// The lines of predictions for records.
pub(super) fn of_predictions(
    predictions: &[Prediction],
    keys: &[String],
    records: &[Map<String, Value>],
) -> Vec<Line> {
    let lines = predictions.iter().filter_map(|prediction| {
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
        Some(Line { key: keys[index].clone(), input, value, output })
    });
    lines.collect()
}

/// Logs answers of a version; returns when they are durable.
pub(super) async fn lines(
    app: &Lifecycle,
    loaded: &Loaded,
    request: &Request<'_>,
    lines: Vec<Line>,
) -> Result<(), StoreError> {
    let entries = entries(app, loaded, request, lines);
    app.ports.predictions.append(entries).await
}

/// What the log keeps of answers of a version.
pub(super) fn entries(
    app: &Lifecycle,
    loaded: &Loaded,
    request: &Request<'_>,
    lines: Vec<Line>,
) -> Vec<LoggedPrediction> {
    let now = app.ports.clock.now();
    let spent = now.as_microsecond() - request.begun.as_microsecond();
    let entries = lines.into_iter().map(|Line { key, input, value, mut output }| {
        if let (Some(mark), Some(fields)) = (request.mark, output.as_object_mut()) {
            fields.insert("arm".into(), json!(mark));
        }
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
    });
    entries.collect()
}
