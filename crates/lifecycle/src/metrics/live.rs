//! How right the serving version is on live answers, for the rules that ask.

use super::tally::LiveSums;
use super::today;
use crate::Lifecycle;
use crate::actuals::zone;
use vakhta_domain::daily::{Role, Scope};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::report::{Quality, Report};
use vakhta_domain::version::ModelVersion;

/// Days that live accuracy is taken over.
const DAYS: i32 = 28;
/// Fewer scored answers say nothing.
const LEAST_SCORED: u64 = 30;

/// Live accuracy. What is not known is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Live {
    /// MAPE, percent; of numbers.
    pub mape: Option<f64>,
    /// Of classes the share that is right, of numbers 100 - WAPE; percent.
    pub accuracy: Option<f64>,
    /// The same at training.
    pub training_accuracy: Option<f64>,
    /// The model's answers with an actual since the version was trained.
    pub labels: u64,
}

impl Live {
    /// What is known of a version, on the last 28 days, of at least 30 scored answers.
    pub async fn of(app: &Lifecycle, model: &Model, version: &ModelVersion) -> Result<Self, StoreError> {
        let born = version.created_at.to_zoned(zone(&model.spec)).date();
        let window = today(app, model).saturating_sub(jiff::Span::new().days(DAYS));
        let rows = app
            .ports
            .actuals
            .daily_rows(&version.workspace, &model.key, Scope::All, born.min(window))
            .await?;
        let mut sums = LiveSums::of(model.spec.task);
        let (mut scored, mut labels) = (0, 0);
        for row in rows.iter().filter(|row| row.role == Role::Champion) {
            if row.day >= born {
                labels += row.scored;
            }
            if row.day >= window && row.version == version.id {
                scored += row.scored;
                sums.merge(&super::summary::sums_of(row)?.0);
            }
        }
        let training_accuracy = version.report.as_ref().and_then(at_training);
        if scored < LEAST_SCORED {
            return Ok(Self { training_accuracy, labels, ..Self::default() });
        }
        let metrics = sums.metrics();
        let right = sums.quality().and_then(|quality| quality.accuracy).map(|share| 100.0 * share);
        Ok(Self {
            mape: metrics.as_ref().and_then(|metrics| metrics.mape),
            accuracy: right.or_else(|| metrics.and_then(|metrics| metrics.wape).map(|wape| 100.0 - wape)),
            training_accuracy,
            labels,
        })
    }
}

/// The share that was right at training, percent: of numbers 100 - WAPE.
pub(super) fn at_training(report: &Report) -> Option<f64> {
    match report {
        Report::Forecast(report) => report.overall.wape.map(|wape| 100.0 - wape),
        Report::Records(report) => match report.quality.as_ref()? {
            Quality::Classification(quality) => quality.accuracy.map(|share| 100.0 * share),
            Quality::Regression(numbers) => numbers.wape.map(|wape| 100.0 - wape),
        },
    }
}
