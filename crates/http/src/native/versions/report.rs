//! All that a training found out, as callers see it.

use super::metrics::{MetricsView, finite};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vakhta_domain::report::{DataNote, Fold, HorizonMetrics, Importance, SeriesMetrics, TrainingReport};

/// One rolling-origin fold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fold)]
pub struct FoldView {
    /// The last period that was learnt from.
    pub cutoff: Date,
    /// The first period scored.
    pub from: Date,
    /// The last period scored.
    pub to: Date,
    /// The model's accuracy.
    pub model: MetricsView,
    /// The seasonal naive's, on the same rows.
    pub seasonal_naive: MetricsView,
    /// The same-weekday mean's, on the same rows.
    pub weekday_mean: MetricsView,
}

impl From<Fold> for FoldView {
    fn from(fold: Fold) -> Self {
        let Fold { cutoff, from, to, model, seasonal_naive, weekday_mean } = fold;
        Self {
            cutoff,
            from,
            to,
            model: model.into(),
            seasonal_naive: seasonal_naive.into(),
            weekday_mean: weekday_mean.into(),
        }
    }
}

/// Accuracy of one series over all folds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesMetrics)]
pub struct SeriesMetricsView {
    /// Its values of the series columns.
    pub series: Vec<String>,
    /// Its accuracy.
    pub metrics: MetricsView,
}

/// Accuracy at one distance from the cutoff.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HorizonMetrics)]
pub struct HorizonMetricsView {
    /// 1 for the first period after the cutoff.
    pub step: u32,
    /// Its accuracy.
    pub metrics: MetricsView,
}

/// How much a feature matters.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Importance)]
pub struct ImportanceView {
    /// The feature's name.
    pub feature: String,
    /// Its share of the total gain, percent.
    pub gain: Option<f64>,
    /// How many splits use it.
    pub splits: u64,
}

/// Something about the data that people should know.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DataNote)]
pub struct DataNoteView {
    /// A stable code, e.g. `duplicates_summed`.
    pub code: String,
    /// How many rows, days or series it concerns.
    pub count: u64,
    /// In words.
    pub text: String,
}

/// All that a training found out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrainingReport)]
pub struct TrainingReportView {
    /// The engine that was used, e.g. `gbdt`.
    pub engine: String,
    /// Accuracy over all folds together.
    pub overall: MetricsView,
    /// The seasonal naive's, on the same rows.
    pub seasonal_naive: MetricsView,
    /// The same-weekday mean's, on the same rows.
    pub weekday_mean: MetricsView,
    /// Fold by fold, oldest first.
    pub folds: Vec<FoldView>,
    /// Series by series.
    pub by_series: Vec<SeriesMetricsView>,
    /// Step by step.
    pub by_horizon: Vec<HorizonMetricsView>,
    /// Features, most important first.
    pub importance: Vec<ImportanceView>,
    /// The parameters in force, names as in the spec.
    #[schema(value_type = Object)]
    pub params: Value,
    /// Series learnt from.
    pub series: u64,
    /// Rows that the last fit learnt from.
    pub train_rows: u64,
    /// First and last period of the history.
    pub history: Option<(Date, Date)>,
    /// What was noticed about the data.
    pub notes: Vec<DataNoteView>,
    /// The largest absolute forecast of the next horizon, over the largest absolute value in the history.
    pub largest_ratio: Option<f64>,
}

impl From<TrainingReport> for TrainingReportView {
    fn from(report: TrainingReport) -> Self {
        let importance =
            |Importance { feature, gain, splits }| ImportanceView { feature, gain: finite(gain), splits };
        let note = |DataNote { code, count, text }| DataNoteView { code, count, text };
        Self {
            engine: report.engine,
            overall: report.overall.into(),
            seasonal_naive: report.seasonal_naive.into(),
            weekday_mean: report.weekday_mean.into(),
            folds: report.folds.into_iter().map(FoldView::from).collect(),
            by_series: report
                .by_series
                .into_iter()
                .map(|SeriesMetrics { series, metrics }| SeriesMetricsView {
                    series,
                    metrics: metrics.into(),
                })
                .collect(),
            by_horizon: report
                .by_horizon
                .into_iter()
                .map(|HorizonMetrics { step, metrics }| HorizonMetricsView { step, metrics: metrics.into() })
                .collect(),
            importance: report.importance.into_iter().map(importance).collect(),
            params: report.params,
            series: report.series,
            train_rows: report.train_rows,
            history: report.history,
            notes: report.notes.into_iter().map(note).collect(),
            largest_ratio: finite(report.largest_ratio),
        }
    }
}
