//! The model spec: what a person writes to describe a model.
//!
//! The types are the contract: the JSON Schema is generated from them, [`structure`] compares a document
//! with that schema so that every wrong field is named at once, and [`check`] holds the rules that a schema
//! cannot say.

pub mod check;
pub mod columns;
pub mod engines;
pub mod features;
pub mod parse;
pub mod policies;
pub mod structure;

pub use check::Notice;
pub use columns::check_columns;
pub use engines::{
    Activation, BatchSize, ClassWeight, Engine, HiddenLayers, LayerPreset, Objective, Params, Precision,
    Schedule, Solver,
};
pub use features::{
    Auto, Calendar, CalendarEvent, Country, DayKind, DayOverride, Features, Fourier, Windows,
};
pub use parse::{SpecError, SpecErrors, parse_one, parse_yaml};
pub use policies::{
    AlertPolicy, BranchAlert, DriftPolicy, Policies, PromoteMode, PromotePolicy, RetrainPolicy,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A model as a person describes it. Everything but the key, the task and the data has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// The model's key: 1 to 64 of a-z, 0-9, `_` and `-`.
    pub model_key: String,
    /// What the model does.
    pub task: Task,
    /// What people call it; one text, or one a language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// Where its rows come from and what their columns mean.
    pub data: Data,
    /// Periods to forecast; default 28 days, 8 weeks, 12 months, 8 quarters or 48 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<u32>,
    /// Which features are built.
    #[serde(default)]
    pub features: Features,
    /// Which engine learns.
    #[serde(default)]
    pub engine: Engine,
    /// The engine's parameters.
    #[serde(default)]
    pub params: Params,
    /// Prediction intervals.
    #[serde(default)]
    pub intervals: Intervals,
    /// How forecasts of a hierarchy are made to agree.
    #[serde(default)]
    pub reconcile: Reconcile,
    /// How accuracy is measured before a version may serve.
    #[serde(default)]
    pub validation: Validation,
    /// What happens by itself.
    #[serde(default)]
    pub policies: Policies,
    /// Below this probability a classification is marked for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_threshold: Option<f64>,
    /// Where training runs.
    #[serde(default)]
    pub device: Device,
    /// The seed that training can be repeated from.
    #[serde(default = "default_seed")]
    pub seed: u64,
}

fn default_seed() -> u64 {
    7
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Values of series in the periods to come.
    Forecast,
    /// A class for each record.
    Classification,
    /// A number for each record.
    Regression,
}

impl Task {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forecast => "forecast",
            Self::Classification => "classification",
            Self::Regression => "regression",
        }
    }
}

/// A title in one or several languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Title {
    /// The same in every language.
    One(String),
    /// By language.
    ByLanguage(TitleByLanguage),
}

/// A title by language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TitleByLanguage {
    /// Russian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ru: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// Where rows come from and what their columns mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The dataset's key.
    pub dataset: String,
    /// The number of one version of it, e.g. 3; default the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The column of dates; needed for a forecast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Columns that name a series; one series per combination. Empty: one series in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<String>,
    /// The column to predict.
    pub target: String,
    /// Coarser levels above the series, finest first; the total is implied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hierarchy: Vec<String>,
    /// Groupings that cross each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grouped: Vec<Vec<String>>,
    /// Numeric columns whose future values are known ahead (promotions, opening days).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_future: Vec<String>,
    /// Columns that say what a series is and do not change.
    #[serde(default, rename = "static", skip_serializing_if = "Vec::is_empty")]
    pub static_columns: Vec<String>,
    /// Text columns of records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// Categorical columns of records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categorical: Vec<String>,
    /// Numeric columns of records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numeric: Vec<String>,
    /// Columns of records that hold yes or no.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boolean: Vec<String>,
    /// Columns of records that hold dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub date: Vec<String>,
    /// The column that says how much a row counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// The length of a period; guessed from the dates when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// What a gap inside a series means.
    #[serde(default)]
    pub missing: Missing,
    /// What happens to values that are far out of the ordinary.
    #[serde(default)]
    pub outliers: Outliers,
    /// The time zone in which the times of the data become dates, e.g. `Europe/Moscow`; UTC when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Frequency {
    /// Days.
    D,
    /// Weeks.
    W,
    /// Months.
    M,
    /// Quarters.
    Q,
    /// Hours.
    H,
}

impl Frequency {
    /// Periods in one season: a week of days, a year of weeks, months or quarters, a day of hours.
    pub fn season(self) -> usize {
        match self {
            Self::D => 7,
            Self::W => 52,
            Self::M => 12,
            Self::Q => 4,
            Self::H => 24,
        }
    }

    /// The horizon used where the spec names none.
    pub fn default_horizon(self) -> u32 {
        match self {
            Self::D => 28,
            Self::W | Self::Q => 8,
            Self::M => 12,
            Self::H => 48,
        }
    }
}

/// What a gap inside a series means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nothing was sold: the value is zero.
    #[default]
    Zero,
    /// The value exists and was lost: it is interpolated for features and not learnt from.
    Interpolate,
    /// The branch was closed: zero, not learnt from, not scored.
    Closed,
}

/// What happens to values that are far out of the ordinary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outliers {
    /// They are counted, told and learnt from like any other.
    #[default]
    Keep,
    /// They are counted and told; features see an ordinary value in their place and nothing is learnt from them.
    Mask,
}

/// Prediction intervals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intervals {
    /// Levels in percent, 50 to 99.
    #[serde(default = "default_levels")]
    pub levels: Vec<u8>,
    /// How they are made.
    #[serde(default)]
    pub method: IntervalMethod,
}

fn default_levels() -> Vec<u8> {
    vec![80, 95]
}

impl Default for Intervals {
    fn default() -> Self {
        Self { levels: default_levels(), method: IntervalMethod::default() }
    }
}

/// How prediction intervals are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Split conformal, from the errors of the validation folds.
    #[default]
    Conformal,
}

/// How forecasts of a hierarchy are made to agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reconcile {
    /// Not at all.
    #[default]
    None,
    /// Sums of the finest.
    BottomUp,
    /// Shares of the total.
    TopDown,
    /// `MinT`, ordinary least squares.
    Ols,
    /// `MinT`, weighted least squares.
    Wls,
    /// `MinT`, shrunk covariance.
    MintShrink,
}

/// How accuracy is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// Rolling-origin folds, 1 to 20.
    #[serde(default = "default_folds")]
    pub folds: u32,
    /// Periods between cutoffs; default the horizon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// The metric that engines and versions are compared by.
    #[serde(default)]
    pub metric: Metric,
    /// Periods left out between the last one learnt from and the first one scored.
    #[serde(default)]
    pub gap: u32,
}

fn default_folds() -> u32 {
    3
}

impl Default for Validation {
    fn default() -> Self {
        Self { folds: default_folds(), step: None, metric: Metric::default(), gap: 0 }
    }
}

/// A metric that versions can be compared by; lower is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Weighted absolute percentage error.
    #[default]
    Wape,
    /// Mean absolute percentage error.
    Mape,
    /// Symmetric MAPE.
    Smape,
    /// Mean absolute error.
    Mae,
    /// Root mean squared error.
    Rmse,
    /// Mean absolute scaled error.
    Mase,
}

/// Where training runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A GPU where there is one that helps, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

impl ModelSpec {
    /// The title in a language (`ru`, `en`), or the key where there is none.
    pub fn title_in(&self, language: &str) -> &str {
        match &self.title {
            None => &self.model_key,
            Some(Title::One(text)) => text,
            Some(Title::ByLanguage(by)) => {
                let (first, second) = if language == "ru" { (&by.ru, &by.en) } else { (&by.en, &by.ru) };
                first.as_deref().or(second.as_deref()).unwrap_or(&self.model_key)
            }
        }
    }

    /// The JSON Schema of a spec.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}
