//! Drift as callers see it. What is undefined on the rows at hand is null.

use crate::words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::drift::{DriftReport, Series, Standing};
use vakhta_lifecycle::drift::report::{Bin, Compared, Feature, Full};
use vakhta_lifecycle::drift::{Finding, Kind, Rule, Verdict};

/// A report without its columns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DriftReport)]
pub struct DriftReportView {
    /// Its identity; it stays when the report is made again of more rows.
    id: String,
    /// The model.
    model_key: String,
    /// The version whose training rows are the reference.
    version: String,
    /// `daily`: what lasts is known from the report before; `window`: days that a person named.
    #[schema(value_type = words::DriftSeries)]
    series: Series,
    /// The first day it speaks of.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last one.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Whether its days are over and hold enough rows; else it is made again.
    complete: bool,
    /// The gravest that is said of a column.
    #[schema(value_type = words::DriftStanding)]
    standing: Standing,
    /// Why nothing is said, where nothing is, and the way out.
    reason: Option<String>,
    /// Rows looked at.
    rows: u64,
    /// Columns beyond the limits, those confirmed among them.
    drifted: Vec<String>,
    /// Columns whose drift is confirmed: it lasts.
    confirmed: Vec<String>,
    /// Columns that came empty though they were not at training.
    broken: Vec<String>,
    /// The job that made it.
    job_id: String,
    /// The training that it asked for.
    retrain_job_id: Option<String>,
    /// When it was made.
    created_at: Timestamp,
}

impl From<DriftReport> for DriftReportView {
    fn from(report: DriftReport) -> Self {
        Self {
            id: report.id.as_str().to_owned(),
            model_key: report.model.as_str().to_owned(),
            version: report.version.as_str().to_owned(),
            series: report.series,
            from: report.from,
            to: report.to,
            complete: report.complete,
            standing: report.standing,
            reason: report.reason,
            rows: report.rows,
            drifted: report.drifted,
            confirmed: report.confirmed,
            broken: report.broken,
            job_id: report.job.as_str().to_owned(),
            retrain_job_id: report.retrain.map(|job| job.as_str().to_owned()),
            created_at: report.at,
        }
    }
}

/// What was measured of a column.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftMeasures {
    /// `too_few_rows`, `stable`, `slight`, `drifted` or `confirmed`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// Which rule spoke: `min_rows`, `chance`, `day_noise`, `floor`, `below_limits`, `psi`, `js`, `lasted` or `cusum`.
    #[schema(value_type = String)]
    rule: Rule,
    /// Rows of training.
    reference_rows: u64,
    /// Rows of the report.
    rows: u64,
    /// Rows without a value.
    missing: u64,
    /// Rows with a category that training did not have.
    unseen: u64,
    /// Population stability index.
    psi: Option<f64>,
    /// Jensen–Shannon divergence, bits, 0 to 1.
    js: Option<f64>,
    /// Its square root: the distance that the policy's `js` limits.
    js_distance: Option<f64>,
    /// PSI less what chance alone gives at these numbers of rows: the effect that is held against the limit.
    excess_psi: Option<f64>,
    /// The distance, corrected likewise.
    excess_js_distance: Option<f64>,
    /// The mean PSI under chance alone.
    chance_psi: Option<f64>,
    /// The largest gap between the distributions (Kolmogorov–Smirnov); null of categories.
    gap: Option<f64>,
    /// The p-value against independent rows.
    p_rows: Option<f64>,
    /// The p-value against the days of training; null where they are fewer than 20.
    p_day: Option<f64>,
    /// The p-value that counts: the larger of the two.
    p: Option<f64>,
    /// The same, adjusted for the number of columns (Benjamini–Hochberg); at most 0.01 is evidence.
    q: Option<f64>,
    /// Reports in a row that found a change.
    streak: u32,
}

impl From<&Finding> for DriftMeasures {
    fn from(found: &Finding) -> Self {
        Self {
            verdict: found.verdict,
            rule: found.rule,
            reference_rows: found.reference_rows,
            rows: found.rows,
            missing: found.missing,
            unseen: found.unseen,
            psi: found.psi,
            js: found.js,
            js_distance: found.js_distance,
            excess_psi: found.excess_psi,
            excess_js_distance: found.excess_js_distance,
            chance_psi: found.chance_psi,
            gap: found.gap,
            p_rows: found.p_rows,
            p_day: found.p_day,
            p: found.p,
            q: found.q,
            streak: found.memory.streak,
        }
    }
}

/// Rows of a part of the values.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftBin {
    /// A category; null of numbers, and of the bin of all other categories.
    label: Option<String>,
    /// The least number (of texts: of characters); null where it is open.
    from: Option<f64>,
    /// The end; null where it is open.
    to: Option<f64>,
    /// Rows of training.
    reference: u64,
    /// Rows of the report.
    current: u64,
}

impl From<&Bin> for DriftBin {
    fn from(bin: &Bin) -> Self {
        let Bin { label, from, to, reference, current } = bin.clone();
        Self { label, from, to, reference, current }
    }
}

/// A column of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftFeature {
    /// Its name; `prediction` and `confidence` are the model's own.
    column: String,
    /// `input`, `target`, `prediction` or `confidence`.
    #[schema(value_type = String)]
    part: &'static str,
    /// What it holds: `numbers`, `categories` or `texts`.
    #[schema(value_type = String)]
    kind: Kind,
    /// Whether it came empty though it was not at training.
    broken: bool,
    /// Rows of training without a value.
    reference_missing: u64,
    #[serde(flatten)]
    measures: DriftMeasures,
    /// Both histograms: deciles of training (of texts: of their lengths), or the most frequent categories.
    bins: Vec<DriftBin>,
}

impl From<&Feature> for DriftFeature {
    fn from(feature: &Feature) -> Self {
        Self {
            column: feature.finding.column.clone(),
            part: feature.part.as_str(),
            kind: feature.finding.kind,
            broken: feature.broken,
            reference_missing: feature.reference_missing,
            measures: (&feature.finding).into(),
            bins: feature.bins.iter().map(Into::into).collect(),
        }
    }
}

/// A column in two reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftColumnPair {
    /// Its name.
    column: String,
    /// `input`, `target`, `prediction` or `confidence`.
    #[schema(value_type = String)]
    part: &'static str,
    /// In this report; null where it has no such column.
    this: Option<DriftMeasures>,
    /// In the other one.
    other: Option<DriftMeasures>,
}

/// Two reports side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftComparison {
    /// The other report.
    against: DriftReportView,
    /// Column by column.
    columns: Vec<DriftColumnPair>,
}

/// A report with its columns.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftReportFull {
    #[serde(flatten)]
    report: DriftReportView,
    /// The limit of PSI that was in force.
    psi_limit: f64,
    /// The limit of the Jensen–Shannon distance.
    js_limit: f64,
    /// Rows below which nothing is said.
    min_rows: u64,
    /// Reports in a row before drift is confirmed.
    confirm_days: u32,
    /// Column by column.
    features: Vec<DriftFeature>,
    /// The same beside another report, where one was named.
    compared: Option<DriftComparison>,
}

impl From<&Full> for DriftReportFull {
    fn from(full: &Full) -> Self {
        let policy = &full.detail.policy;
        Self {
            report: full.report.clone().into(),
            psi_limit: policy.psi,
            js_limit: policy.js,
            min_rows: policy.min_rows,
            confirm_days: policy.confirm_days,
            features: full.detail.features.iter().map(Into::into).collect(),
            compared: None,
        }
    }
}

impl DriftReportFull {
    pub(super) fn beside(self, against: DriftReport, columns: Vec<Compared>) -> Self {
        let pair = |pair: Compared| DriftColumnPair {
            column: pair.column,
            part: pair.part.as_str(),
            this: pair.first.as_ref().map(Into::into),
            other: pair.second.as_ref().map(Into::into),
        };
        let columns = columns.into_iter().map(pair).collect();
        Self { compared: Some(DriftComparison { against: against.into(), columns }), ..self }
    }
}
