//! Accuracy as callers see it. A number that is undefined or not finite is null.

use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::report::{LevelValue, Metrics};

/// Accuracy over a set of rows. Percentages are 0 to 100 and more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Metrics)]
pub struct MetricsView {
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
    /// MAE over the in-sample MAE of the seasonal naive, mean over series.
    pub mase: Option<f64>,
    /// Mean of ŷ − y, in the target's unit.
    pub bias: Option<f64>,
    /// 100 · Σ(ŷ−y) / Σ|y|.
    pub bias_percent: Option<f64>,
    /// Coefficient of determination.
    pub r2: Option<f64>,
    /// Share of actuals inside each interval, percent, by level.
    pub coverage: Vec<LevelValueView>,
    /// Mean width of each interval as a share of the mean absolute actual, percent, by level.
    pub width: Vec<LevelValueView>,
}

/// A number for an interval level.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LevelValue)]
pub struct LevelValueView {
    /// The level, percent, e.g. 80.
    pub level: u8,
    /// The number.
    pub value: Option<f64>,
}

/// The number, where it is finite.
pub(super) fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|v| v.is_finite())
}

impl From<Metrics> for MetricsView {
    fn from(m: Metrics) -> Self {
        let Metrics {
            n,
            zero_actuals,
            mape,
            wape,
            smape,
            mae,
            rmse,
            mase,
            bias,
            bias_percent,
            r2,
            coverage,
            width,
        } = m;
        let levels = |values: Vec<LevelValue>| {
            let view = |LevelValue { level, value }| LevelValueView { level, value: finite(value) };
            values.into_iter().map(view).collect()
        };
        let known = |value: Option<f64>| value.and_then(finite);
        Self {
            n,
            zero_actuals,
            mape: known(mape),
            wape: known(wape),
            smape: known(smape),
            mae: known(mae),
            rmse: known(rmse),
            mase: known(mase),
            bias: known(bias),
            bias_percent: known(bias_percent),
            r2: known(r2),
            coverage: levels(coverage),
            width: levels(width),
        }
    }
}
