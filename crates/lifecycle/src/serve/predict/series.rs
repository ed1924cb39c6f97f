//! Predictions of a forecast: each record names a series and a period to come.

use super::{Computed, PredictRequest};
use crate::serve::answer::Prediction;
use crate::serve::forecast::unknown_series;
use crate::serve::loaded::{Loaded, Plain};
use crate::serve::{ServeError, future};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::sync::Arc;
use vakhta_domain::daily::forecast_key;
use vakhta_domain::spec::SpecError;
use vakhta_ml::panel::Periods;

/// The value of each record's series and period. The actual will be found by series and period.
pub(super) fn compute(loaded: &Loaded, request: &PredictRequest) -> Result<Computed, ServeError> {
    if request.explain {
        let message = "a forecast is not explained record by record; its report tells what it goes by";
        return Err(ServeError::BadInput(vec![SpecError::at("/explain", message)]));
    }
    let records = &request.data;
    let periods = loaded.forecaster()?.periods();
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
                let period = periods.first_day(periods.number(date));
                keys.push(forecast_key(&plain.series[series].series, period));
                value_at(periods, &plain, index, series, date)
            }
            Err(error) => {
                keys.push(String::new());
                Prediction::Error { index, error }
            }
        })
        .collect();
    Ok(Computed { predictions, keys })
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

fn value_at(periods: Periods, plain: &Plain, index: usize, series: usize, date: Date) -> Prediction {
    let period = periods.first_day(periods.number(date));
    let points = &plain.series[series].points;
    match points.iter().find(|point| point.date == period) {
        Some(point) => Prediction::Value {
            index,
            value: point.value,
            step: Some(point.step),
            intervals: point.intervals.clone(),
            explanation: None,
        },
        None => {
            let reach = match (points.first(), points.last()) {
                (Some(first), Some(last)) => format!("the version forecasts {} to {}", first.date, last.date),
                _ => "the version forecasts nothing".into(),
            };
            Prediction::Error { index, error: format!("{date} is out of reach, {reach}") }
        }
    }
}
