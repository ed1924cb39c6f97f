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

use serde::{Deserialize, Serialize};

/// How much a feature matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature's name.
    pub feature: String,
    /// Its share of the total gain, percent.
    pub gain: f64,
    /// How many splits use it.
    pub splits: u64,
}

/// Something about the data that people should know, e.g. "12 duplicate days were summed".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataNote {
    /// A stable code, e.g. `duplicates_summed`.
    pub code: String,
    /// How many rows, days or series it concerns.
    pub count: u64,
    /// In words.
    pub text: String,
}
