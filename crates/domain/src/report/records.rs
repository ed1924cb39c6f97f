//! What the training of a model of records found out, on rows that it did not learn from.

use super::{DataNote, Importance, LevelValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All that training found out about a classifier or a regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordsReport {
    /// The engine that was kept: `mlp`, `gbdt` or `linear`; `imported_mlp` or `imported_trees` where another
    /// program learnt it.
    pub engine: String,
    /// Its quality on held-out rows; none where no rows were there to measure it.
    pub quality: Option<Quality>,
    /// That of answering without looking: each class by its frequency, or the mean; on the same rows.
    pub baseline: Option<Quality>,
    /// Every engine that was tried, best first.
    pub candidates: Vec<Candidate>,
    /// Features, most important first; at most a hundred.
    pub importance: Vec<Importance>,
    /// The parameters in force, names as in the spec.
    pub params: serde_json::Value,
    /// Rows that the kept model learnt from; none where another program knows.
    pub train_rows: Option<u64>,
    /// Rows held out to measure it.
    pub test_rows: u64,
    /// What was noticed about the data.
    pub notes: Vec<DataNote>,
}

/// An engine that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Its name in a spec.
    pub engine: String,
    /// Its quality on held-out rows.
    pub quality: Quality,
    /// Seconds of work that training took it, all threads together; none where the caller gave no clock.
    pub seconds: Option<f64>,
}

/// How right answers are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Quality {
    /// Of classes.
    Classification(ClassQuality),
    /// Of numbers.
    Regression(NumberMetrics),
}

impl Quality {
    /// Rows scored.
    pub fn n(&self) -> u64 {
        match self {
            Self::Classification(classes) => classes.n,
            Self::Regression(numbers) => numbers.n,
        }
    }

    /// The same without its lists of classes, confusions and bins.
    #[must_use]
    pub fn brief(&self) -> Self {
        match self {
            Self::Classification(quality) => Self::Classification(ClassQuality {
                classes: Vec::new(),
                confusion: Vec::new(),
                reliability: Vec::new(),
                ..*quality
            }),
            numbers @ Self::Regression(_) => numbers.clone(),
        }
    }
}

/// How right a classifier is. Shares are 0 to 1. `None` where undefined on these rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassQuality {
    /// Rows scored.
    pub n: u64,
    /// Rows whose true class was never learnt; they count as errors.
    pub unknown: u64,
    /// The share of rows whose most probable class is the true one.
    pub accuracy: Option<f64>,
    /// The mean over classes present of recall.
    pub balanced_accuracy: Option<f64>,
    /// The mean over classes, present or answered, of F1.
    pub macro_f1: Option<f64>,
    /// The mean over classes of F1, weighted by rows.
    pub weighted_f1: Option<f64>,
    /// The mean of -ln p(true class), with p at least 1e-15.
    pub log_loss: Option<f64>,
    /// The share of rows whose true class is among the three most probable.
    pub top3: Option<f64>,
    /// Expected calibration error (Naeini 2015): fifteen bins of equal width by confidence.
    pub ece: Option<f64>,
    /// The share of answers at or above the confidence threshold.
    pub answered: Option<f64>,
    /// The accuracy among them.
    pub answered_accuracy: Option<f64>,
    /// Class by class, most rows first.
    pub classes: Vec<ClassMetrics>,
    /// What is taken for what, most frequent first; at most two hundred pairs.
    pub confusion: Vec<Confusion>,
    /// Confidence against accuracy, by bin; empty bins are left out.
    pub reliability: Vec<ReliabilityBin>,
}

/// One class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassMetrics {
    /// Its label.
    pub class: String,
    /// Rows of it.
    pub n: u64,
    /// Rows that were said to be of it.
    pub predicted: u64,
    /// The share of what was said to be of it that is.
    pub precision: Option<f64>,
    /// The share of its rows that were found.
    pub recall: Option<f64>,
    /// Their harmonic mean.
    pub f1: Option<f64>,
}

/// Rows of one class that were taken for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confusion {
    /// What they are.
    pub truth: String,
    /// What was said.
    pub said: String,
    /// How many.
    pub n: u64,
}

/// Answers of about the same confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReliabilityBin {
    /// The least confidence of the bin, 0 to 1.
    pub from: f64,
    /// The end of the bin.
    pub to: f64,
    /// Answers in it.
    pub n: u64,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them that is right.
    pub accuracy: f64,
}

/// How right predicted numbers are. `None` where undefined on these rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NumberMetrics {
    /// Rows scored.
    pub n: u64,
    /// Mean absolute error, in the target's unit.
    pub mae: Option<f64>,
    /// Root of the mean squared error, in the target's unit.
    pub rmse: Option<f64>,
    /// The median of absolute errors, in the target's unit.
    pub median_error: Option<f64>,
    /// Mean absolute percentage error, over rows whose actual is not zero.
    pub mape: Option<f64>,
    /// 100 · Σ|e| / Σ|y|.
    pub wape: Option<f64>,
    /// Coefficient of determination.
    pub r2: Option<f64>,
    /// Mean of ŷ − y, in the target's unit.
    pub bias: Option<f64>,
    /// Share of actuals inside each interval, percent, by level.
    pub coverage: Vec<LevelValue>,
}
