//! What a model answers, as callers see it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::report::{ForecastPoint, HistoryPoint, Interval};
use vakhta_domain::spec::Frequency;

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastAnswer {
    /// The model.
    pub model_key: ModelKey,
    /// The version that answered.
    pub version: VersionId,
    /// The request, as the prediction log knows it.
    pub request_id: String,
    /// When.
    pub generated_at: Timestamp,
    /// The length of a period.
    pub frequency: Frequency,
    /// The columns that name a series.
    pub series_columns: Vec<String>,
    /// The series.
    pub series: Vec<SeriesAnswer>,
}

/// One series of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesAnswer {
    /// Its values of the series columns.
    pub series: Vec<String>,
    /// Its last periods, where asked for.
    pub history: Vec<HistoryPoint>,
    /// The periods to come.
    pub points: Vec<ForecastPoint>,
}

/// Predictions for records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictAnswer {
    /// The model.
    pub model_key: ModelKey,
    /// The version that answered.
    pub version: VersionId,
    /// The request, as the prediction log knows it.
    pub request_id: String,
    /// One a record, in order.
    pub predictions: Vec<Prediction>,
}

/// The prediction for one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prediction {
    /// A value.
    Value {
        /// The record's place in the request, from 0.
        index: usize,
        /// The point prediction.
        value: f64,
        /// Its intervals.
        intervals: Vec<Interval>,
    },
    /// Why there is none.
    Error {
        /// The record's place in the request, from 0.
        index: usize,
        /// What is wrong with the record and what would be right.
        error: String,
    },
}

/// The series that a model knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesList {
    /// The columns that name a series.
    pub columns: Vec<String>,
    /// The values of each series.
    pub items: Vec<Vec<String>>,
}
