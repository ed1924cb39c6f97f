//! What training found out, by kind of model.

mod forecast;
mod records;

pub use forecast::{
    Fold, ForecastPoint, HistoryPoint, HorizonMetrics, Interval, LevelValue, Metrics, SeriesForecast,
    SeriesMetrics, TrainingReport,
};
pub use records::{
    Candidate, ClassMetrics, ClassQuality, Confusion, NumberMetrics, Quality, RecordsReport, ReliabilityBin,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All that a training found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Report {
    /// About a model of records.
    Records(Box<RecordsReport>),
    /// About a forecast.
    Forecast(Box<TrainingReport>),
}

impl Report {
    /// The engine that was used, e.g. `gbdt`.
    pub fn engine(&self) -> &str {
        match self {
            Self::Records(report) => &report.engine,
            Self::Forecast(report) => &report.engine,
        }
    }

    /// The report of a forecast, if it is one.
    pub fn forecast(&self) -> Option<&TrainingReport> {
        if let Self::Forecast(report) = self { Some(report) } else { None }
    }

    /// The report of a model of records, if it is one.
    pub fn records(&self) -> Option<&RecordsReport> {
        if let Self::Records(report) = self { Some(report) } else { None }
    }

    /// The numbers that are said first: accuracy over all folds, or quality without its lists; null where it was
    /// not measured.
    pub fn headline(&self) -> serde_json::Value {
        let value = match self {
            Self::Records(report) => serde_json::to_value(report.quality.as_ref().map(Quality::brief)),
            Self::Forecast(report) => serde_json::to_value(&report.overall),
        };
        value.expect("numbers and names are plain data")
    }
}

/// How much a feature matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Importance {
    /// The feature's name.
    pub feature: String,
    /// Its share of the total gain, percent.
    pub gain: f64,
    /// How many splits use it.
    pub splits: u64,
}

/// Something about the data that people should know, e.g. "12 duplicate days were summed".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DataNote {
    /// A stable code, e.g. `duplicates_summed`.
    pub code: String,
    /// How many rows, days or series it concerns.
    pub count: u64,
    /// In words.
    pub text: String,
}
