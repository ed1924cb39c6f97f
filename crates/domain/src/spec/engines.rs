//! Engines and their parameters.

use super::Auto;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which engine learns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// The most accurate of those that fit the task.
    #[default]
    Auto,
    /// Gradient-boosted trees.
    Gbdt,
    /// The value one season ago.
    SeasonalNaive,
    /// The mean of the same weekday in the last four weeks.
    WeekdayMean,
    /// Exponential smoothing.
    Ets,
    /// The Theta method.
    Theta,
    /// Croston's method as corrected by Syntetos and Boylan, for series that are mostly zero.
    Croston,
    /// A multilayer perceptron.
    Mlp,
    /// A linear model.
    Linear,
}

/// Parameters of the engines. Those of another engine than the chosen one are refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Trees: how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u32>,
    /// Trees: leaves in each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<u32>,
    /// Trees, MLP: step size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// Trees: fewest rows in a leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_leaf_rows: Option<u32>,
    /// Trees: the loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<Objective>,
    /// Trees: the quantile that objective `quantile` predicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// Trees: the variance power of objective `tweedie`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tweedie_power: Option<f64>,
    /// Trees: the share of features that each tree may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature_share: Option<f64>,
    /// Trees: the share of rows that each tree sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_share: Option<f64>,
    /// Trees: L1 penalty on leaf values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda_l1: Option<f64>,
    /// Trees: L2 penalty on leaf values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda_l2: Option<f64>,
    /// Trees: features that the answer must rise (1) or fall (-1) with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub monotone: BTreeMap<String, i8>,
    /// MLP: the sizes of its layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_layers: Option<HiddenLayers>,
    /// MLP: the activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<Activation>,
    /// MLP: the optimiser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solver: Option<Solver>,
    /// MLP: rows in a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<BatchSize>,
    /// MLP, linear: L2 penalty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// MLP: most passes over the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_epochs: Option<u32>,
    /// MLP: the share of each hidden layer that is silenced for a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropout: Option<f64>,
    /// MLP: how the step size changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// MLP: the numbers it computes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Classification: how much classes count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_weight: Option<ClassWeight>,
    /// Trees, MLP: stop when the held-out rows improve no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<bool>,
    /// Trees, MLP: the share held out for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_fraction: Option<f64>,
}

/// The loss that trees minimise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Squared error.
    L2,
    /// Absolute error.
    L1,
    /// Pinball loss.
    Quantile,
    /// Poisson deviance.
    Poisson,
    /// Tweedie deviance.
    Tweedie,
}

/// Layer sizes of an MLP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum HiddenLayers {
    /// A preset.
    Preset(LayerPreset),
    /// These.
    These(Vec<u32>),
}

/// Known sets of layer sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LayerPreset {
    /// By rows, features and classes.
    Auto,
    /// 512, 256, 128.
    Standard,
    /// 1024, 512, 256, 128.
    Large,
}

/// Activation of an MLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// max(0, x).
    Relu,
    /// Hyperbolic tangent.
    Tanh,
    /// 1 / (1 + e^-x).
    Logistic,
    /// x.
    Identity,
}

/// Optimiser of an MLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Solver {
    /// Adam.
    Adam,
    /// Stochastic gradient descent with momentum.
    Sgd,
}

/// How the step size of an MLP changes from epoch to epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Not at all.
    #[default]
    Constant,
    /// Down to nothing along half a cosine over `max_epochs`.
    Cosine,
    /// Divided by the square root of the epoch.
    Invscaling,
    /// Divided by five each time that two epochs brought nothing.
    Adaptive,
}

/// The numbers that an MLP computes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// Products of 16 bits where the processor has them, else 32.
    Bf16,
}

/// How much classes count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeight {
    /// Every row alike.
    #[default]
    None,
    /// Every class alike, however many rows it has.
    Balanced,
}

/// Rows in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum BatchSize {
    /// The word `auto`: min(200, rows).
    Auto(Auto),
    /// This many.
    Rows(u32),
}
