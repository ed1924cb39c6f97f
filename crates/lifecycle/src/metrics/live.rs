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
    /// The same at training.
    pub training_mape: Option<f64>,
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
        let report = version.report.as_ref();
        let training_accuracy = report.and_then(at_training);
        let training_mape = report.and_then(|report| off_at_training(report).mape);
        if scored < LEAST_SCORED {
            return Ok(Self { training_mape, training_accuracy, labels, ..Self::default() });
        }
        let metrics = sums.metrics();
        let right = sums.quality().and_then(|quality| quality.accuracy).map(|share| 100.0 * share);
        Ok(Self {
            mape: metrics.as_ref().and_then(|metrics| metrics.mape),
            training_mape,
            accuracy: right.or_else(|| metrics.and_then(|metrics| metrics.wape).map(|wape| 100.0 - wape)),
            training_accuracy,
            labels,
        })
    }
}

/// The share that was right at training, percent: of numbers 100 - WAPE.
pub(super) fn at_training(report: &Report) -> Option<f64> {
    if let Report::Records(report) = report
        && let Some(Quality::Classification(quality)) = &report.quality
    {
        return quality.accuracy.map(|share| 100.0 * share);
    }
    off_at_training(report).wape.map(|wape| 100.0 - wape)
}

/// How far off numbers were at training, percent; nothing where classes are answered.
#[derive(Default)]
struct Off {
    mape: Option<f64>,
    wape: Option<f64>,
}

fn off_at_training(report: &Report) -> Off {
    match report {
        Report::Forecast(report) => Off { mape: report.overall.mape, wape: report.overall.wape },
        Report::Records(report) => match &report.quality {
            Some(Quality::Regression(numbers)) => Off { mape: numbers.mape, wape: numbers.wape },
            _ => Off::default(),
        },
    }
}
