//! Answers of models as callers see them.

use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::report::{ForecastPoint, HistoryPoint, Interval};
use vakhta_domain::spec::Frequency;
use vakhta_lifecycle::serve::{
    AnsweredAs, Contribution, Explanation, ForecastAnswer, PredictAnswer, Prediction, Probability,
    SeriesAnswer, SeriesList, SumAnswer,
};

/// A forecast.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Forecast)]
pub struct ForecastView {
    /// The model.
    pub model_key: String,
    /// The version that answered.
    pub version: String,
    /// The request, as the prediction log knows it.
    pub request_id: String,
    /// When.
    pub generated_at: Timestamp,
    /// The first day of the last period that it knows; the forecast goes on from there.
    pub history_end: Date,
    /// The length of a period.
    #[schema(value_type = words::Frequency)]
    pub frequency: Frequency,
    /// The columns that name a series.
    pub series_columns: Vec<String>,
    /// The series.
    pub series: Vec<SeriesForecastView>,
    /// What they add up to, the total first; empty where not asked for or where the spec reconciles nothing.
    pub sums: Vec<SumForecastView>,
}

/// One sum of series in a forecast.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SumForecast)]
pub struct SumForecastView {
    /// The columns that its level is made of; empty for the total.
    pub columns: Vec<String>,
    /// Its values of them.
    pub key: Vec<String>,
    /// The periods to come.
    pub points: Vec<ForecastPointView>,
}

/// One series of a forecast.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesForecast)]
pub struct SeriesForecastView {
    /// Its values of the series columns.
    pub series: Vec<String>,
    /// The version that answered, where a challenger is given a share of the series; else null: the champion did.
    pub version: Option<String>,
    /// In which part it answered: `champion` or `challenger`.
    #[schema(value_type = Option<String>)]
    pub arm: Option<&'static str>,
    /// Its last periods, where asked for.
    pub history: Vec<HistoryPointView>,
    /// The periods to come.
    pub points: Vec<ForecastPointView>,
}

/// One period of a series' past.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryPoint)]
pub struct HistoryPointView {
    /// The period's first day.
    pub date: Date,
    /// The actual; null where it is missing.
    pub value: Option<f64>,
}

/// The forecast of one period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ForecastPoint)]
pub struct ForecastPointView {
    /// The period's first day.
    pub date: Date,
    /// 1 for the first period after the history.
    pub step: u32,
    /// The point forecast.
    pub value: Option<f64>,
    /// Its intervals, by level, ascending.
    pub intervals: Vec<IntervalView>,
}

/// A lower and an upper bound.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interval)]
pub struct IntervalView {
    /// The level, percent.
    pub level: u8,
    /// The lower bound.
    pub lo: Option<f64>,
    /// The upper bound.
    pub hi: Option<f64>,
}

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|v| v.is_finite())
}

pub(crate) fn intervals(intervals: Vec<Interval>) -> Vec<IntervalView> {
    let view = |Interval { level, lo, hi }| IntervalView { level, lo: finite(lo), hi: finite(hi) };
    intervals.into_iter().map(view).collect()
}

impl From<ForecastAnswer> for ForecastView {
    fn from(answer: ForecastAnswer) -> Self {
        Self {
            model_key: answer.model_key.as_str().to_owned(),
            version: answer.version.as_str().to_owned(),
            request_id: answer.request_id,
            generated_at: answer.generated_at,
            history_end: answer.history_end,
            frequency: answer.frequency,
            series_columns: answer.series_columns,
            series: answer.series.into_iter().map(SeriesForecastView::from).collect(),
            sums: answer.sums.into_iter().map(SumForecastView::from).collect(),
        }
    }
}

impl From<ForecastPoint> for ForecastPointView {
    fn from(ForecastPoint { date, step, value, intervals: bounds }: ForecastPoint) -> Self {
        Self { date, step, value: finite(value), intervals: intervals(bounds) }
    }
}

impl From<SumAnswer> for SumForecastView {
    fn from(SumAnswer { columns, key, points }: SumAnswer) -> Self {
        Self { columns, key, points: points.into_iter().map(ForecastPointView::from).collect() }
    }
}

impl From<SeriesAnswer> for SeriesForecastView {
    fn from(SeriesAnswer { series, answered, history, points }: SeriesAnswer) -> Self {
        let past = |HistoryPoint { date, value }| HistoryPointView { date, value: value.and_then(finite) };
        Self {
            series,
            arm: answered.as_ref().map(|answered| answered.arm.as_str()),
            version: answered.map(|answered| answered.version.to_string()),
            history: history.into_iter().map(past).collect(),
            points: points.into_iter().map(ForecastPointView::from).collect(),
        }
    }
}

/// Predictions for records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Predictions)]
pub struct PredictionsView {
    /// The model.
    pub model_key: String,
    /// The version that answered.
    pub version: String,
    /// In which part it did, where a challenger is given a share of the answers: `champion` or `challenger`.
    #[schema(value_type = Option<String>)]
    pub arm: Option<&'static str>,
    /// The request, as the prediction log knows it.
    pub request_id: String,
    /// One a record, in order.
    pub predictions: Vec<PredictionView>,
}

/// The prediction for one record, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Prediction)]
pub enum PredictionView {
    /// A value.
    Value {
        /// The record's place in the request, from 0.
        index: usize,
        /// The point prediction.
        value: Option<f64>,
        /// Its intervals.
        intervals: Vec<IntervalView>,
        /// What moved it; null where not asked for.
        explanation: Option<ExplanationView>,
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
        probabilities: Vec<ProbabilityView>,
        /// What spoke for (over 0) and against the label; null where not asked for.
        explanation: Option<ExplanationView>,
    },
    /// Why there is none.
    Error {
        /// The record's place in the request, from 0.
        index: usize,
        /// What is wrong with the record and what would be right.
        error: String,
    },
}

/// A class and how probable it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Probability)]
pub struct ProbabilityView {
    /// The class.
    pub label: String,
    /// Its probability, 0 to 1.
    pub probability: f64,
}

/// Why an answer is what it is: `base`, the effects and `rest` add up to its score, which is a number itself and of a
/// class its logit before calibration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub struct ExplanationView {
    /// The score of a record that says nothing, or of the mean record for trees.
    pub base: Option<f64>,
    /// What moved it, strongest first; at most twenty.
    pub contributions: Vec<ContributionView>,
    /// What all others moved it by.
    pub rest: Option<f64>,
}

/// What one part of a record did to its prediction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contribution)]
pub struct ContributionView {
    /// The column.
    pub feature: String,
    /// The word, where the column is text and its words are told apart.
    pub word: Option<String>,
    /// What the record holds there; null where it is missing, or where a word is named.
    pub value: Option<String>,
    /// By how much it moved the score.
    pub effect: Option<f64>,
}

impl From<Explanation> for ExplanationView {
    fn from(Explanation { label: _, base, contributions, rest }: Explanation) -> Self {
        let view = |Contribution { feature, word, value, effect }| ContributionView {
            feature,
            word,
            value,
            effect: finite(effect),
        };
        Self {
            base: finite(base),
            contributions: contributions.into_iter().map(view).collect(),
            rest: finite(rest),
        }
    }
}

impl From<Prediction> for PredictionView {
    fn from(prediction: Prediction) -> Self {
        match prediction {
            Prediction::Value { index, value, intervals: bounds, explanation, step: _ } => Self::Value {
                index,
                value: finite(value),
                intervals: intervals(bounds),
                explanation: explanation.map(ExplanationView::from),
            },
            Prediction::Class { index, label, confidence, needs_person, probabilities, explanation } => {
                let probable = |Probability { label, probability }| ProbabilityView { label, probability };
                Self::Class {
                    index,
                    label,
                    confidence,
                    needs_person,
                    probabilities: probabilities.into_iter().map(probable).collect(),
                    explanation: explanation.map(ExplanationView::from),
                }
            }
            Prediction::Error { index, error } => Self::Error { index, error },
        }
    }
}

impl From<PredictAnswer> for PredictionsView {
    fn from(answer: PredictAnswer) -> Self {
        Self {
            model_key: answer.model_key.as_str().to_owned(),
            version: answer.version.as_str().to_owned(),
            arm: answer.arm.map(AnsweredAs::as_str),
            request_id: answer.request_id,
            predictions: answer.predictions.into_iter().map(PredictionView::from).collect(),
        }
    }
}

/// The series that a model knows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesKeys)]
pub struct SeriesKeysView {
    /// The columns that name a series.
    pub columns: Vec<String>,
    /// The values of each series.
    pub items: Vec<Vec<String>>,
}

impl From<SeriesList> for SeriesKeysView {
    fn from(SeriesList { columns, items }: SeriesList) -> Self {
        Self { columns, items }
    }
}
