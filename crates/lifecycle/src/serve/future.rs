//! What a caller knows of the future: rows with series, period and known-future columns.

use super::ServeError;
use super::loaded::Loaded;
use jiff::civil::Date;
use serde_json::{Map, Value};
use vakhta_domain::report::SeriesForecast;
use vakhta_domain::spec::{Data, SpecError};
use vakhta_ml::forecast::{ForecastQuery, KnownValue};

/// Forecasts the chosen series over the whole horizon with these rows.
pub(super) fn forecast(
    loaded: &Loaded,
    chosen: Vec<Vec<String>>,
    rows: &[Map<String, Value>],
) -> Result<Vec<SeriesForecast>, ServeError> {
    let query = ForecastQuery { series: Some(chosen), ..query(loaded, rows)? };
    loaded.forecaster()?.forecast(&query).map_err(|e| loaded.unusable(&e))
}

/// Every series over the whole horizon with these rows.
pub(super) fn query(loaded: &Loaded, rows: &[Map<String, Value>]) -> Result<ForecastQuery, ServeError> {
    let fitted = loaded.forecaster()?;
    let data = &loaded.version.spec.data;
    let mut errors = Vec::new();
    let mut known = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        match known_values(data, row) {
            Ok(values) => known.extend(values),
            Err(message) => errors.push(SpecError::at(format!("/known_future/{i}"), message)),
        }
    }
    if !errors.is_empty() {
        errors.truncate(100);
        return Err(ServeError::BadInput(errors));
    }
    Ok(ForecastQuery {
        horizon: fitted.horizon(),
        series: None,
        levels: fitted.levels().to_vec(),
        known_future: known,
    })
}

/// What one row says; a column that it does not name stays as the data had it.
fn known_values(data: &Data, row: &Map<String, Value>) -> Result<Vec<KnownValue>, String> {
    let (series, date) = (key_of(data, row)?, date_of(data, row)?);
    let mut known = Vec::new();
    for column in &data.known_future {
        let value = match row.get(column) {
            None => continue,
            Some(Value::Null) => f64::NAN,
            Some(Value::Bool(yes)) => f64::from(u8::from(*yes)),
            Some(Value::Number(n)) => n.as_f64().unwrap_or(f64::NAN),
            Some(other) => return Err(format!("column `{column}`: {other} is not a number")),
        };
        known.push(KnownValue { series: Some(series.clone()), date, column: column.clone(), value });
    }
    Ok(known)
}

/// The series that a row names.
pub(super) fn key_of(data: &Data, row: &Map<String, Value>) -> Result<Vec<String>, String> {
    data.series
        .iter()
        .map(|name| match row.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Bool(yes)) => Ok(yes.to_string()),
            Some(_) => Err(format!("column `{name}` must be a text or a number")),
            None => Err(format!("column `{name}` is missing")),
        })
        .collect()
}

/// The day that a row names.
pub(super) fn date_of(data: &Data, row: &Map<String, Value>) -> Result<Date, String> {
    let name = data.time.as_deref().unwrap_or("date");
    let text = match row.get(name) {
        Some(Value::String(text)) => text,
        Some(_) => return Err(format!("column `{name}` must be a date as text, YYYY-MM-DD")),
        None => return Err(format!("column `{name}` is missing")),
    };
    let day = text.get(..10).unwrap_or(text);
    day.parse().map_err(|_| format!("column `{name}`: `{text}` is not a date, write YYYY-MM-DD"))
}
