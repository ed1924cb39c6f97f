//! Live accuracy as callers see it. What is undefined on the answers at hand is null.

use crate::native::versions::metrics::MetricsView;
use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::model::Model;
use vakhta_domain::report::Quality;
use vakhta_lifecycle::metrics::estimate::Estimated;
use vakhta_lifecycle::metrics::health::{ModelHealth, Trouble};
use vakhta_lifecycle::metrics::summary::{Line, Measured, Summary};

/// What was measured on some answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveAccuracy)]
pub struct MeasuredView {
    /// Answers.
    answers: u64,
    /// Those that have an actual.
    scored: u64,
    /// The headline, percent: of numbers MAPE, of classes the share that is right.
    value: Option<f64>,
    /// Accuracy of numbers; none for classes.
    metrics: Option<MetricsView>,
    /// Quality of classes; none for numbers.
    #[schema(value_type = Option<words::Quality>)]
    quality: Option<Quality>,
}

impl From<Measured> for MeasuredView {
    fn from(measured: Measured) -> Self {
        Self {
            answers: measured.answers,
            scored: measured.scored,
            value: measured.value(),
            metrics: measured.metrics.map(Into::into),
            quality: measured.quality.map(Quality::Classification),
        }
    }
}

impl MeasuredView {
    /// The same without the lists of classes.
    pub(super) fn brief(measured: Measured) -> Self {
        let view = Self::from(measured);
        Self { quality: view.quality.as_ref().map(Quality::brief), ..view }
    }
}

/// The headline of one day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayValue {
    /// The day.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// The headline, percent.
    value: f64,
}

/// Where the headline is going.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveTrend)]
pub struct TrendView {
    /// Days looked at.
    n: u64,
    /// Percentage points a day: the median of the slopes of all pairs of days.
    slope: f64,
    /// The lower end of its interval; null of fewer than four days.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
    /// The level of the interval, 0 to 1.
    level: f64,
    /// 1 rising, -1 falling, 0 neither beyond chance.
    direction: i8,
}

/// Answers and what is known of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActualsCoverage)]
pub struct CoverageView {
    /// Answers whose day is over, or whose actual is there already.
    answers: u64,
    /// Those that have an actual.
    with_actual: u64,
    /// Their share, percent.
    percent: Option<f64>,
}

impl From<(u64, u64)> for CoverageView {
    fn from((answers, with_actual): (u64, u64)) -> Self {
        let percent = (answers > 0).then(|| 100.0 * with_actual as f64 / answers as f64);
        Self { answers, with_actual, percent }
    }
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveDay)]
pub struct DayView {
    /// The day.
    #[schema(value_type = String, format = Date)]
    date: Date,
    #[serde(flatten)]
    measured: MeasuredView,
}

/// One version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveVersion)]
pub struct VersionLine {
    /// The version.
    version: String,
    /// `champion` where its answers were the model's word, also those of a challenger that callers were given; `shadow`
    /// where it answered beside the version whose answer was given; else `other`.
    #[schema(value_type = String)]
    role: &'static str,
    #[serde(flatten)]
    measured: MeasuredView,
}

/// A distance or a segment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LivePart)]
pub struct PartView {
    /// Periods ahead, e.g. `2-7`, or the values of the series joined by `|`.
    name: String,
    #[serde(flatten)]
    measured: MeasuredView,
}

/// How right answers without an actual are likely to be. An estimate: it does not see that a class or a level has changed
/// its meaning.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EstimatedAccuracy)]
pub struct EstimatedView {
    /// Always true.
    estimated: bool,
    /// What is estimated: `accuracy`, from calibrated probabilities, or `wape`, from the widths of intervals; percent.
    #[schema(value_type = String)]
    metric: &'static str,
    /// Answers of the serving version without an actual.
    answers: u64,
    /// The estimate.
    value: f64,
    /// The lower end of its 95% interval; null of fewer than five days that it was learnt from.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
    /// Days whose truth is known that it was learnt from; held-out rows of the training among them.
    learnt_from_days: usize,
    /// How far such estimates were off on these days, each estimated from the others.
    backtest: EstimateBacktest,
}

/// How estimates agreed with what was measured, percentage points.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimateBacktest {
    /// Days that have both.
    days: u64,
    /// Mean of estimate less truth.
    bias: Option<f64>,
    /// Mean of their distance.
    error: Option<f64>,
    /// The same of saying the accuracy of training every day: an estimate is worth its place where it does better.
    usual_error: Option<f64>,
    /// The share of days whose truth is in the interval, 0 to 1.
    inside: Option<f64>,
}

impl From<Estimated> for EstimatedView {
    fn from(found: Estimated) -> Self {
        let Estimated { metric, estimate, days, backtest } = found;
        Self {
            estimated: estimate.estimated,
            metric,
            answers: estimate.n,
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            learnt_from_days: days,
            backtest: EstimateBacktest {
                days: backtest.days,
                bias: backtest.bias,
                error: backtest.error,
                usual_error: backtest.usual_error,
                inside: backtest.inside,
            },
        }
    }
}

/// How a model does on live answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PerformanceSummary)]
pub struct SummaryView {
    /// The model.
    model_key: String,
    /// The first day looked at.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// Today in the model's zone.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// What the headline is: `mape`, the lower the better, or `accuracy`; percent.
    #[schema(value_type = String)]
    metric: &'static str,
    /// The headline over all answers.
    mean: Option<f64>,
    /// The best day.
    best: Option<DayValue>,
    /// The worst day.
    worst: Option<DayValue>,
    /// Where it is going, a day.
    trend: Option<TrendView>,
    /// Mean of answer − actual, in the target's unit; of numbers.
    bias: Option<f64>,
    /// The model's answers over the window.
    overall: MeasuredView,
    /// How many answers have an actual.
    coverage: CoverageView,
    /// The newest day with an actual.
    #[schema(value_type = Option<String>, format = Date)]
    newest_actual: Option<Date>,
    /// Days since then.
    days_behind: Option<i32>,
    /// The serving version.
    champion: Option<String>,
    /// Its age in days.
    model_age_days: Option<f64>,
    /// Days of which something new is known that is not computed yet.
    days_due: usize,
    /// How right the answers without an actual are likely to be; null where nothing can be said.
    estimated: Option<EstimatedView>,
    /// Day by day.
    by_day: Vec<DayView>,
    /// Version by version.
    by_version: Vec<VersionLine>,
    /// By how far ahead was forecast.
    by_horizon: Vec<PartView>,
}

impl SummaryView {
    pub(super) fn of(model: &Model, found: Summary) -> Self {
        let value = |(date, value)| DayValue { date, value };
        let trend = found.trend.map(|trend| TrendView {
            n: trend.n,
            slope: trend.slope,
            low: trend.low,
            high: trend.high,
            level: trend.level,
            direction: trend.direction(),
        });
        let by_version =
            found.by_version.into_iter().map(|Line { of: (version, role), measured }| VersionLine {
                version: version.to_string(),
                role: role.as_str(),
                measured: MeasuredView::brief(measured),
            });
        Self {
            model_key: model.key.to_string(),
            from: found.from,
            to: found.to,
            metric: found.metric,
            mean: found.overall.value(),
            best: found.best.map(value),
            worst: found.worst.map(value),
            trend,
            bias: found.overall.metrics.as_ref().and_then(|metrics| metrics.bias),
            overall: found.overall.into(),
            coverage: found.coverage.into(),
            newest_actual: found.newest_actual,
            days_behind: found.days_behind,
            champion: found.champion.map(|version| version.to_string()),
            model_age_days: found.model_age_days,
            days_due: found.days_due,
            estimated: found.estimated.map(Into::into),
            by_day: found
                .by_day
                .into_iter()
                .map(|line| DayView { date: line.of, measured: MeasuredView::brief(line.measured) })
                .collect(),
            by_version: by_version.collect(),
            by_horizon: found.by_horizon.into_iter().map(part).collect(),
        }
    }
}

fn part(line: Line<String>) -> PartView {
    PartView { name: line.of, measured: MeasuredView::brief(line.measured) }
}

/// How a model does by series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PerformanceSegments)]
pub struct SegmentsView {
    /// The model.
    model_key: String,
    /// The series, the worst first; none of a model of records.
    segments: Vec<PartView>,
}

impl SegmentsView {
    pub(super) fn of(model: &Model, found: Vec<Line<String>>) -> Self {
        Self { model_key: model.key.to_string(), segments: found.into_iter().map(part).collect() }
    }
}

/// How the watch over every model stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitoringHealth)]
pub struct HealthView {
    /// `ok`, or `attention` where a model has a trouble.
    #[schema(value_type = String)]
    status: &'static str,
    /// Each model.
    models: Vec<ModelHealthView>,
}

/// How the watch over one model stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelHealth)]
pub struct ModelHealthView {
    /// The model.
    model_key: String,
    /// The serving version.
    champion: Option<String>,
    /// Its age in days.
    model_age_days: Option<f64>,
    /// When metrics were last computed.
    calculated_at: Option<Timestamp>,
    /// Days of which something new is known that is not computed yet.
    days_due: usize,
    /// Answers of the last two weeks.
    coverage: CoverageView,
    /// The newest day with an actual.
    #[schema(value_type = Option<String>, format = Date)]
    newest_actual: Option<Date>,
    /// `no_version`, `no_answers`, `no_actuals`, `metrics_late`, `metrics_failed`; empty where all is well.
    #[schema(value_type = Vec<String>)]
    troubles: Vec<&'static str>,
}

impl HealthView {
    pub(super) fn of(found: Vec<ModelHealth>) -> Self {
        let well = found.iter().all(|model| model.troubles.is_empty());
        let models = found.into_iter().map(|model| ModelHealthView {
            model_key: model.model.to_string(),
            champion: model.champion.map(|version| version.to_string()),
            model_age_days: model.model_age_days,
            calculated_at: model.calculated_at,
            days_due: model.days_due,
            coverage: model.coverage.into(),
            newest_actual: model.newest_actual,
            troubles: model.troubles.into_iter().map(Trouble::as_str).collect(),
        });
        Self { status: if well { "ok" } else { "attention" }, models: models.collect() }
    }
}
