//! Predictions for records: each names a series and a period to come.

use super::answer::{PredictAnswer, Prediction};
use super::forecast::unknown_series;
use super::loaded::{Loaded, Plain};
use super::{ServeError, choose, future, log};
use crate::Lifecycle;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use vakhta_domain::ids::{self, ModelKey};
use vakhta_domain::spec::SpecError;
use vakhta_domain::user::Actor;

/// The most records in one request.
pub const MAX_RECORDS: usize = 10_000;

/// Records to predict.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PredictRequest {
    /// The model.
    pub model: ModelKey,
    /// A version by id or alias; else the serving one.
    pub version: Option<String>,
    /// One object a record: the series columns, the time column, known-future columns.
    pub data: Vec<Map<String, Value>>,
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
        move || compute(&loaded, &request.data).map(|done| (done, request.data))
    });
    let ((predictions, keys), records) = computed.await.map_err(|panic| loaded.unusable(&panic))??;
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

pub(super) fn refuse_too_many(request: &PredictRequest) -> Result<(), ServeError> {
    let message = match request.data.len() {
        0 => "holds no record; give at least one".into(),
        n if n > MAX_RECORDS => format!("holds {n} records, at most {MAX_RECORDS} are taken; split them"),
        _ => return Ok(()),
    };
    Err(ServeError::BadInput(vec![SpecError::at("/data", message)]))
}

/// The predictions, and the key that each record's actual will be found by.
fn compute(
    loaded: &Loaded,
    records: &[Map<String, Value>],
) -> Result<(Vec<Prediction>, Vec<String>), ServeError> {
    let known = &loaded.version.spec.data.known_future;
    let plain = if records.iter().any(|r| known.iter().any(|name| r.contains_key(name))) {
        Arc::new(with_future(loaded, records)?)
    } else {
        loaded.plain()?
    };
    let mut keys = Vec::with_capacity(records.len());
    let predictions = records
        .iter()
        .enumerate()
        .map(|(index, record)| match place(loaded, &plain, record) {
            Ok((series, date)) => {
                keys.push(format!("{}|{date}", plain.series[series].series.join("|")));
                value_at(loaded, &plain, index, series, date)
            }
            Err(error) => {
                keys.push(String::new());
                Prediction::Error { index, error }
            }
        })
        .collect();
    Ok((predictions, keys))
}

/// The forecast of the named series with what the records say of the future.
fn with_future(loaded: &Loaded, records: &[Map<String, Value>]) -> Result<Plain, ServeError> {
    let plain = loaded.plain()?;
    let mut usable = Vec::new();
    let mut chosen: Vec<Vec<String>> = Vec::new();
    for record in records {
        let Ok((series, _)) = place(loaded, &plain, record) else { continue };
        let key = &plain.series[series].series;
        if !chosen.contains(key) {
            chosen.push(key.clone());
        }
        usable.push(record.clone());
    }
    let series = future::forecast(loaded, chosen, &usable)?;
    let places = series.iter().enumerate().map(|(i, s)| (s.series.clone(), i)).collect();
    Ok(Plain { series, places })
}

/// Which series and period a record names.
fn place(loaded: &Loaded, plain: &Plain, record: &Map<String, Value>) -> Result<(usize, Date), String> {
    let data = &loaded.version.spec.data;
    let key = future::key_of(data, record)?;
    let date = future::date_of(data, record)?;
    let place = plain.places.get(&key).ok_or_else(|| unknown_series(&plain.places, &key))?;
    Ok((*place, date))
}

fn value_at(loaded: &Loaded, plain: &Plain, index: usize, series: usize, date: Date) -> Prediction {
    let points = &plain.series[series].points;
    let periods = loaded.fitted.periods();
    let period = periods.first_day(periods.number(date));
    match points.iter().find(|point| point.date == period) {
        Some(point) => Prediction::Value { index, value: point.value, intervals: point.intervals.clone() },
        None => {
            let reach = match (points.first(), points.last()) {
                (Some(first), Some(last)) => format!("the version forecasts {} to {}", first.date, last.date),
                _ => "the version forecasts nothing".into(),
            };
            Prediction::Error { index, error: format!("{date} is out of reach, {reach}") }
        }
    }
}
