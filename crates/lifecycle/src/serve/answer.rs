//! What a model answers, as callers see it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::report::{ForecastPoint, HistoryPoint, Interval, Metrics, Quality};
use vakhta_domain::spec::Frequency;

pub use vakhta_domain::prediction::Probability;
pub use vakhta_ml::records::{Contribution, Explanation};

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
    /// The last period that it knows; the forecast goes on from there.
    pub history_end: Date,
    /// The length of a period.
    pub frequency: Frequency,
    /// The columns that name a series.
    pub series_columns: Vec<String>,
    /// The series.
    pub series: Vec<SeriesAnswer>,
    /// What they add up to, the total first; empty where not asked for or where the spec reconciles nothing.
    pub sums: Vec<SumAnswer>,
}

/// One series of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesAnswer {
    /// Its values of the series columns.
    pub series: Vec<String>,
    /// Who answered, where a challenger is given a share of the series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// Its last periods, where asked for.
    pub history: Vec<HistoryPoint>,
    /// The periods to come.
    pub points: Vec<ForecastPoint>,
}

/// In which part a version answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredAs {
    /// It serves.
    Champion,
    /// It is tried, and was given this key.
    Challenger,
}

impl AnsweredAs {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Champion => "champion",
            Self::Challenger => "challenger",
        }
    }
}

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The version.
    pub version: VersionId,
    /// In which part.
    pub arm: AnsweredAs,
}

/// One sum of series in a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SumAnswer {
    /// The columns that its level is made of; empty for the total.
    pub columns: Vec<String>,
    /// Its values of them.
    pub key: Vec<String>,
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
    /// In which part it did, where a challenger is given a share of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<AnsweredAs>,
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
        /// Of a forecast: how many periods after the history.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<u32>,
        /// Its intervals.
        intervals: Vec<Interval>,
        /// What moved it, where asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        explanation: Option<Explanation>,
    },
    /// A class.
    Class {
        /// The record's place in the request, from 0.
        index: usize,
        /// The most probable class.
        label: String,
        /// Its probability, 0 to 1.
        confidence: f64,
        /// Whether that is below the model's threshold, so that a person should look.
        needs_person: bool,
        /// The most probable classes, in order.
        probabilities: Vec<Probability>,
        /// What spoke for and against the label, where asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        explanation: Option<Explanation>,
    },
    /// Why there is none.
    Error {
        /// The record's place in the request, from 0.
        index: usize,
        /// What is wrong with the record and what would be right.
        error: String,
    },
}

/// How right a version is on labelled records.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityAnswer {
    /// The model.
    pub model_key: ModelKey,
    /// The version that was measured.
    pub version: VersionId,
    /// What was found.
    pub quality: Measured,
    /// Records that could not be used, with the reason, by their place in the request.
    pub errors: Vec<(usize, String)>,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// Of records.
    Records(Quality),
    /// Of a forecast.
    Forecast(Metrics),
}

/// The series that a model knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesList {
    /// The columns that name a series.
    pub columns: Vec<String>,
    /// The values of each series.
    pub items: Vec<Vec<String>>,
}
