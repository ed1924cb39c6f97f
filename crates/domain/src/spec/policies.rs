//! What happens to a model by itself. Kept with the spec from the first release, so that a spec written
//! today keeps its meaning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// When it is trained again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrain: Option<RetrainPolicy>,
    /// When a new version replaces the serving one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promote: Option<PromotePolicy>,
    /// When data counts as drifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftPolicy>,
    /// When people are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<AlertPolicy>,
}

/// When a model is trained again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetrainPolicy {
    /// A cron expression.
    pub schedule: String,
    /// The zone it is read in.
    pub timezone: String,
    /// Older than this, it is trained again.
    pub max_age_days: u32,
    /// Live MAPE over this, percent.
    pub mape_above: f64,
    /// New labelled predictions since training.
    pub new_labels: u64,
    /// On confirmed drift.
    pub on_drift: bool,
}

impl Default for RetrainPolicy {
    fn default() -> Self {
        Self {
            schedule: "0 3 * * SUN".into(),
            timezone: "UTC".into(),
            max_age_days: 30,
            mape_above: 15.0,
            new_labels: 1000,
            on_drift: true,
        }
    }
}

/// When a new version replaces the serving one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromotePolicy {
    /// An improvement above this share is minor.
    pub minor: f64,
    /// An improvement above this share is significant.
    pub significant: f64,
    /// The level of the paired test.
    pub level: f64,
    /// How much worse a segment may become.
    pub segment_harm: f64,
    /// Days that the former version goes on answering in shadow; where the new one is shown to be worse by then, the
    /// former one serves again. 0: not at all.
    pub probation_days: u32,
    /// What a good version becomes.
    pub mode: PromoteMode,
}

impl Default for PromotePolicy {
    fn default() -> Self {
        Self {
            minor: 0.01,
            significant: 0.05,
            level: 0.05,
            segment_harm: 0.10,
            probation_days: 28,
            mode: PromoteMode::Champion,
        }
    }
}

/// What a good version becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromoteMode {
    /// It serves at once.
    Champion,
    /// It is compared with the serving one first.
    Challenger,
}

/// When data counts as drifted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DriftPolicy {
    /// Population stability index above this.
    pub psi: f64,
    /// Jensen–Shannon distance above this.
    pub js: f64,
    /// A cron expression.
    pub check: String,
    /// No verdict below this many rows.
    pub min_rows: u64,
    /// Checks in a row before drift is confirmed.
    pub confirm_days: u32,
}

impl Default for DriftPolicy {
    fn default() -> Self {
        Self { psi: 0.1, js: 0.2, check: "0 23 * * *".into(), min_rows: 100, confirm_days: 2 }
    }
}

/// When people are told. What is left out is as the workspace's rules say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AlertPolicy {
    /// Live MAPE over this is a warning, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mape_warning: Option<f64>,
    /// Live MAPE over this is critical, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mape_critical: Option<f64>,
    /// Worse by this percentage within a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degradation_week: Option<f64>,
    /// Branches that fail together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branches: Option<BranchAlert>,
    /// Absolute bias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias: Option<f64>,
    /// Bias as a share of what came true, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias_percent: Option<f64>,
}

/// More than `count` branches with a MAPE over `mape` percent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BranchAlert {
    /// How many.
    pub count: u32,
    /// Percent.
    pub mape: f64,
}

impl Default for BranchAlert {
    fn default() -> Self {
        Self { count: 3, mape: 30.0 }
    }
}
