//! What the training of a forecast found out: accuracy by fold, branch and horizon; and forecasts themselves.

use super::{DataNote, Importance};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Accuracy over a set of rows. Percentages are 0 to 100 and more. `None` where undefined on these rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Rows scored.
    pub n: u64,
    /// Rows left out of MAPE because their actual is zero.
    pub zero_actuals: u64,
    /// Mean absolute percentage error, over non-zero actuals.
    pub mape: Option<f64>,
    /// Weighted absolute percentage error: 100 · Σ|e| / Σ|y|.
    pub wape: Option<f64>,
    /// Symmetric MAPE: mean of 200·|e| / (|y|+|ŷ|).
    pub smape: Option<f64>,
    /// Mean absolute error, in the target's unit.
    pub mae: Option<f64>,
    /// Root of the mean squared error, in the target's unit.
    pub rmse: Option<f64>,
    /// MAE over the in-sample MAE of the seasonal naive (Hyndman & Koehler 2006), mean over series.
    pub mase: Option<f64>,
    /// Mean of ŷ − y, in the target's unit.
    pub bias: Option<f64>,
    /// 100 · Σ(ŷ−y) / Σ|y|.
    pub bias_percent: Option<f64>,
    /// Coefficient of determination.
    pub r2: Option<f64>,
    /// Share of actuals inside each interval, percent, by level.
    pub coverage: Vec<LevelValue>,
    /// Mean width of each interval, percent of the mean absolute actual: 100 · Σ(hi−lo) / Σ|y|, by level.
    #[serde(default)]
    pub width: Vec<LevelValue>,
}

/// A number for an interval level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LevelValue {
    /// The level, percent, e.g. 80.
    pub level: u8,
    /// The number.
    pub value: f64,
}

/// One rolling-origin fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    /// The last period that was learnt from.
    pub cutoff: Date,
    /// The first period scored.
    pub from: Date,
    /// The last period scored.
    pub to: Date,
    /// The model's accuracy.
    pub model: Metrics,
    /// The seasonal naive's accuracy on the same rows.
    pub seasonal_naive: Metrics,
    /// The same-weekday mean's accuracy on the same rows.
    pub weekday_mean: Metrics,
}

/// Accuracy of one series over all folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesMetrics {
    /// The series, one value per series column.
    pub series: Vec<String>,
    /// Its accuracy.
    pub metrics: Metrics,
}

/// Accuracy at one distance from the cutoff, over all folds and series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HorizonMetrics {
    /// 1 for the first period after the cutoff.
    pub step: u32,
    /// Its accuracy.
    pub metrics: Metrics,
}

/// All that training found out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// The engine that was used, e.g. `gbdt`.
    pub engine: String,
    /// Accuracy over all folds together.
    pub overall: Metrics,
    /// The seasonal naive's, on the same rows.
    pub seasonal_naive: Metrics,
    /// The same-weekday mean's, on the same rows.
    pub weekday_mean: Metrics,
    /// Fold by fold, oldest first.
    pub folds: Vec<Fold>,
    /// Series by series, in the panel's order.
    pub by_series: Vec<SeriesMetrics>,
    /// Step by step.
    pub by_horizon: Vec<HorizonMetrics>,
    /// Features, most important first.
    pub importance: Vec<Importance>,
    /// The parameters in force, names as in the spec.
    pub params: serde_json::Value,
    /// Series in the panel.
    pub series: u64,
    /// Rows that trees learnt from in the last fit.
    pub train_rows: u64,
    /// First and last period of the history.
    pub history: Option<(Date, Date)>,
    /// What was noticed about the data.
    pub notes: Vec<DataNote>,
    /// The largest absolute forecast of the next horizon, over the largest absolute value in the history.
    pub largest_ratio: f64,
}

/// A lower and an upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The level, percent.
    pub level: u8,
    /// The lower bound.
    pub lo: f64,
    /// The upper bound.
    pub hi: f64,
}

/// The forecast of one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastPoint {
    /// The period's first day.
    pub date: Date,
    /// 1 for the first period after the history.
    pub step: u32,
    /// The point forecast.
    pub value: f64,
    /// Its intervals, by level, ascending.
    pub intervals: Vec<Interval>,
}

/// The forecast of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesForecast {
    /// The series, one value per series column.
    pub series: Vec<String>,
    /// The periods, in order.
    pub points: Vec<ForecastPoint>,
}

/// One period of a series' past.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HistoryPoint {
    /// The period's first day.
    pub date: Date,
    /// The actual; none where it is missing.
    pub value: Option<f64>,
}
