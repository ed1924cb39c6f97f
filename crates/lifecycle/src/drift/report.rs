//! A report with its columns: what was found of each, and what its rows look like beside those of training.

use super::DriftError;
use super::baseline::Baseline;
use super::columns::{Part, Sort};
use crate::Lifecycle;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use vakhta_domain::drift::{DriftReport, Standing, is_broken};
use vakhta_domain::ids::{DriftReportId, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::policies::DriftPolicy;
use vakhta_ml::drift::{Counts, Finding, Memory, Profile, Report, Verdict};

/// Categories that a chart shows of those of training, and of new ones.
const SHOWN: (usize, usize) = (20, 10);

/// What a report holds besides its headline; stored as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The limits that were in force.
    pub policy: DriftPolicy,
    /// The limit that the sums over days were held against.
    pub cusum_limit: f64,
    /// The part of the prediction log that the next report begins with.
    pub log_from: Option<String>,
    /// Column by column.
    pub features: Vec<Feature>,
}

/// A column of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// What it is to the model.
    pub part: Part,
    /// How it is counted.
    pub sort: Sort,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
    /// Rows of training without a value.
    pub reference_missing: u64,
    /// Whether it came empty though it was not at training.
    pub broken: bool,
    /// Both histograms.
    pub bins: Vec<Bin>,
}

/// Rows of a part of the values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// A category; none of numbers, and of the bin of all other categories.
    pub label: Option<String>,
    /// The least number; none where it is open.
    pub from: Option<f64>,
    /// The end; none where it is open.
    pub to: Option<f64>,
    /// Rows of training.
    pub reference: u64,
    /// Rows of the report.
    pub current: u64,
}

impl Detail {
    /// What a check found of counts.
    pub(super) fn of(
        baseline: &Baseline,
        counts: &[Counts],
        found: Report,
        policy: DriftPolicy,
        log_from: Option<String>,
    ) -> Self {
        let columns = baseline.facts.columns.iter().zip(&baseline.profiles).zip(counts);
        let features =
            found.findings.into_iter().zip(columns).map(|(finding, ((column, profile), counts))| {
                let (reference, reference_missing) = (finding.reference_rows, profile.counts().missing());
                Feature {
                    part: column.part,
                    sort: column.sort,
                    broken: is_broken(finding.missing, finding.rows, reference_missing, reference),
                    reference_missing,
                    bins: bins(profile, counts),
                    finding,
                }
            });
        Self { policy, cusum_limit: found.cusum_limit, log_from, features: features.collect() }
    }

    /// What the next check begins with.
    pub(super) fn memories(&self) -> HashMap<(Part, String), Memory> {
        let of = |feature: &Feature| ((feature.part, feature.finding.column.clone()), feature.finding.memory);
        self.features.iter().map(of).collect()
    }

    /// The columns of which at least so much is said.
    pub(super) fn at_least(&self, verdict: Verdict) -> Vec<String> {
        let said = self.features.iter().filter(|feature| feature.finding.verdict >= verdict);
        said.map(|feature| feature.finding.column.clone()).collect()
    }

    /// The columns that came empty though they were not at training.
    pub(super) fn broken(&self) -> Vec<String> {
        let broken = self.features.iter().filter(|feature| feature.broken);
        broken.map(|feature| feature.finding.column.clone()).collect()
    }

    /// The gravest that is said of a column.
    pub(super) fn standing(&self) -> Standing {
        let gravest = self.features.iter().map(|feature| feature.finding.verdict).max();
        match gravest.unwrap_or(Verdict::TooFewRows) {
            Verdict::TooFewRows => Standing::TooFewRows,
            Verdict::Stable => Standing::Stable,
            Verdict::Slight => Standing::Slight,
            Verdict::Drifted => Standing::Drifted,
            Verdict::Confirmed => Standing::Confirmed,
        }
    }
}

fn bins(profile: &Profile, counts: &Counts) -> Vec<Bin> {
    if let (Some(reference), Some(current)) = (profile.deciles(profile.counts()), profile.deciles(counts)) {
        let open = |edge: f64| edge.is_finite().then_some(edge);
        let both = reference.into_iter().zip(current);
        return both
            .map(|((from, to, reference), (_, _, current))| Bin {
                label: None,
                from: open(from),
                to: open(to),
                reference,
                current,
            })
            .collect();
    }
    let known = profile.categories_of(profile.counts());
    let now: HashMap<&str, u64> = profile.categories_of(counts).into_iter().collect();
    let shown = known.iter().take(SHOWN.0).copied();
    let mut new: Vec<(&str, u64)> =
        now.iter().filter(|(name, _)| !known.iter().any(|k| k.0 == **name)).map(|(n, r)| (*n, *r)).collect();
    new.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let shown: Vec<(&str, u64)> =
        shown.chain(new.into_iter().take(SHOWN.1).map(|(name, _)| (name, 0))).collect();
    let mut bins: Vec<Bin> = shown
        .into_iter()
        .map(|(name, reference)| Bin {
            label: Some(name.to_owned()),
            from: None,
            to: None,
            reference,
            current: now.get(name).copied().unwrap_or(0),
        })
        .collect();
    let left = |counts: &Counts, listed: u64| counts.rows() - counts.missing() - listed;
    let reference = left(profile.counts(), bins.iter().map(|bin| bin.reference).sum());
    let current = left(counts, bins.iter().map(|bin| bin.current).sum());
    if reference + current > 0 {
        bins.push(Bin { label: None, from: None, to: None, reference, current });
    }
    bins
}

/// A report with its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Full {
    /// The headline.
    pub report: DriftReport,
    /// The columns.
    pub detail: Detail,
}

pub(super) fn read(report: DriftReport, detail: &str) -> Result<Full, StoreError> {
    match serde_json::from_str(detail) {
        Ok(detail) => Ok(Full { report, detail }),
        Err(error) => Err(StoreError::Unreadable { what: "drift report", reason: error.to_string() }),
    }
}

/// One report.
pub async fn report(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    id: &DriftReportId,
) -> Result<Full, DriftError> {
    match app.ports.drift.drift_report(workspace, id).await? {
        Some((report, detail)) => Ok(read(report, &detail)?),
        None => Err(DriftError::ReportMissing(id.clone())),
    }
}

/// A column in two reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What it is to the model.
    pub part: Part,
    /// Its name.
    pub column: String,
    /// In the first; none where it has no such column.
    pub first: Option<Finding>,
    /// In the second.
    pub second: Option<Finding>,
}

/// Two reports side by side, column by column in the order of the first.
pub fn compare(first: &Full, second: &Full) -> Vec<Compared> {
    let same = |a: &Feature, b: &Feature| a.part == b.part && a.finding.column == b.finding.column;
    let mut found: Vec<Compared> = Vec::new();
    for feature in &first.detail.features {
        let other = second.detail.features.iter().find(|other| same(feature, other));
        found.push(Compared {
            part: feature.part,
            column: feature.finding.column.clone(),
            first: Some(feature.finding.clone()),
            second: other.map(|other| other.finding.clone()),
        });
    }
    for feature in &second.detail.features {
        if !first.detail.features.iter().any(|other| same(feature, other)) {
            found.push(Compared {
                part: feature.part,
                column: feature.finding.column.clone(),
                first: None,
                second: Some(feature.finding.clone()),
            });
        }
    }
    found
}
