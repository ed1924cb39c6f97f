//! What is said of each column in a check, and by which rule.
//!
//! Evidence first, over all columns together (false discoveries, Benjamini & Hochberg 1995); then the size of the
//! change, less what chance gives; then whether it lasts. A report holds every number that a verdict was made from.

use super::days::{DayNoise, Improbable, improbable};
use super::measure::Distance;
use super::memory::{Memory, Today, limit};
use super::profile::{Counts, Difference, Profile};
use super::significance::any_of;
use super::{DriftError, Kind};
use serde::{Deserialize, Serialize};
use vakhta_domain::spec::policies::DriftPolicy;

/// Of the columns said to have changed, the share that have not, in the mean; and the share of checks of columns that
/// have not changed in which any is said to have.
pub const FALSE_DISCOVERY: f64 = 0.01;
/// A corrected PSI below this is not spoken of, however sure it is: that of a normal moved by 0.14 of its deviation.
pub const FLOOR: f64 = 0.02;
/// The gap of a normal moved so that its PSI is [`FLOOR`]: 2Φ(√PSI / 2) − 1.
const GAP_FLOOR: f64 = 0.056_372;

/// A column to be checked.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it held at training.
    pub profile: &'a Profile,
    /// The rows of the check.
    pub current: &'a Counts,
    /// What the check before left; empty before the first.
    pub memory: Memory,
}

/// What a check says of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Too few rows to say anything.
    TooFewRows,
    /// No change beyond what chance and usual days give.
    Stable,
    /// A change that is surely there, and below the limits.
    Slight,
    /// A change beyond the limits that may yet pass.
    Drifted,
    /// A change beyond the limits that lasts.
    Confirmed,
}

/// Which rule spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Fewer rows than the policy asks for, now or at training.
    MinRows,
    /// Rows differ as much by chance.
    Chance,
    /// Days differ as much by themselves.
    DayNoise,
    /// Sure, and too small to speak of.
    Floor,
    /// Sure, and below the limits of the policy.
    BelowLimits,
    /// PSI is over its limit.
    Psi,
    /// The Jensen–Shannon distance is over its limit.
    Js,
    /// So many checks in a row.
    Lasted,
    /// The sum over days is over its limit.
    Cusum,
}

/// What was found of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The column.
    pub column: String,
    /// What it holds.
    pub kind: Kind,
    /// What is said.
    pub verdict: Verdict,
    /// Which rule said it.
    pub rule: Rule,
    /// Rows of the reference.
    pub reference_rows: u64,
    /// Rows of the check.
    pub rows: u64,
    /// Rows of the check without a value.
    pub missing: u64,
    /// Rows of the check with a category that the reference does not have.
    pub unseen: u64,
    /// Population stability index; none where a side is empty, as are all measures.
    pub psi: Option<f64>,
    /// Jensen–Shannon divergence, bits.
    pub js: Option<f64>,
    /// Jensen–Shannon distance, its square root.
    pub js_distance: Option<f64>,
    /// PSI over the watched bins less its mean under chance: what is held against the limit.
    pub excess_psi: Option<f64>,
    /// Jensen–Shannon distance over the watched bins, corrected likewise.
    pub excess_js_distance: Option<f64>,
    /// The mean PSI under chance alone at these numbers of rows.
    pub chance_psi: Option<f64>,
    /// The largest gap between the distributions (Kolmogorov–Smirnov); none of categories.
    pub gap: Option<f64>,
    /// The gap less what chance gives in the mean.
    pub excess_gap: Option<f64>,
    /// The p-value against independent rows.
    pub p_rows: Option<f64>,
    /// The p-value against the reference days; none where they are too few.
    pub p_day: Option<f64>,
    /// The p-value that counts: the larger of the two.
    pub p: Option<f64>,
    /// `p` adjusted for the number of columns; at most [`FALSE_DISCOVERY`] counts as evidence.
    pub q: Option<f64>,
    /// What the next check begins with.
    pub memory: Memory,
}

/// What was found of all columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Column by column, in the order given.
    pub findings: Vec<Finding>,
    /// The limit that the sums over days were held against.
    pub cusum_limit: f64,
}

impl Report {
    /// The columns of which at least so much is said.
    pub fn at_least(&self, verdict: Verdict) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.verdict >= verdict)
    }

    /// The gravest verdict; none without columns.
    pub fn gravest(&self) -> Option<Verdict> {
        self.findings.iter().map(|finding| finding.verdict).max()
    }
}

/// Judges the columns of one check. The prediction is a column among them.
pub fn judge(columns: &[Column<'_>], policy: &DriftPolicy) -> Result<Report, DriftError> {
    let (mut findings, days): (Vec<Finding>, Vec<Option<Improbable>>) = columns
        .iter()
        .map(|column| measured(column, policy))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .unzip();
    adjust(&mut findings);
    let of_sums = limit(findings.iter().filter(|finding| finding.p.is_some()).count());
    for (finding, day) in findings.iter_mut().zip(days) {
        decide(finding, day, policy, of_sums);
    }
    Ok(Report { findings, cusum_limit: of_sums })
}

/// The numbers of a column; without p-values where there are too few rows.
fn measured(column: &Column<'_>, policy: &DriftPolicy) -> Result<(Finding, Option<Improbable>), DriftError> {
    let (reference, current) = (column.profile.counts(), column.current);
    let difference = column.profile.compare(current)?;
    let rows = current.rows();
    // One row at least: of no rows there is nothing to say, whatever a policy asks for.
    let enough = rows.min(reference.rows()) >= policy.min_rows.max(1);
    let p_rows = against_rows(&difference);
    let day = DayNoise::of(&difference, rows).and_then(|now| improbable(column.profile.days(), &now));
    let p_day = day.map(|day| day.p());
    let finding = Finding {
        column: column.name.to_owned(),
        kind: column.profile.kind(),
        verdict: Verdict::TooFewRows,
        rule: Rule::MinRows,
        reference_rows: reference.rows(),
        rows,
        missing: current.missing(),
        unseen: current.unseen(),
        psi: difference.stated.map(|d| d.psi),
        js: difference.stated.map(|d| d.js),
        js_distance: difference.stated.map(|d| d.js_distance()),
        excess_psi: corrected(&difference).map(|d| d.psi),
        excess_js_distance: corrected(&difference).map(|d| d.js_distance()),
        chance_psi: difference.chance.map(|d| d.psi),
        gap: difference.gap.map(|gap| gap.size),
        excess_gap: difference.gap.map(|gap| gap.size - gap.chance),
        p_rows: enough.then_some(p_rows),
        p_day: p_day.filter(|_| enough),
        p: enough.then_some(p_day.map_or(p_rows, |p_day| p_day.max(p_rows))),
        q: None,
        memory: column.memory,
    };
    Ok((finding, day))
}

/// The distance over the watched bins less that of chance.
fn corrected(difference: &Difference) -> Option<Distance> {
    let (found, chance) = (difference.watched?, difference.chance?);
    Some(Distance { psi: found.psi - chance.psi, js: (found.js - chance.js).max(0.0) })
}

/// The p-value against independent rows: bins or gap.
fn against_rows(difference: &Difference) -> f64 {
    any_of([Some(difference.p_bins), difference.gap.map(|gap| gap.p)].into_iter().flatten())
}

/// Adjusts the p-values for their number (Benjamini & Hochberg 1995, as adjusted p-values).
fn adjust(findings: &mut [Finding]) {
    let mut order: Vec<(f64, usize)> =
        findings.iter().enumerate().filter_map(|(i, f)| Some((f.p?, i))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let columns = order.len() as f64;
    let mut least = 1.0f64;
    for (rank, &(p, i)) in order.iter().enumerate().rev() {
        least = least.min(p * columns / (rank + 1) as f64);
        findings[i].q = Some(least);
    }
}

fn decide(finding: &mut Finding, day: Option<Improbable>, policy: &DriftPolicy, of_sums: f64) {
    let Some(q) = finding.q else { return };
    let floor = FLOOR.min(policy.psi);
    let psi = finding.excess_psi.unwrap_or(0.0);
    let js_distance = finding.excess_js_distance.unwrap_or(0.0);
    let gap = finding.excess_gap.unwrap_or(0.0);
    let sure = q <= FALSE_DISCOVERY;
    let changed = sure && (psi >= floor || gap >= GAP_FLOOR);
    let days = policy.confirm_days.max(1);
    let today = Today { changed, day, psi, js: js_distance * js_distance };
    finding.memory = finding.memory.after(today, of_sums, policy.confirm_days);
    let sum = finding.memory.largest();
    let (sum_psi, sum_js) = sum.mean_effect();
    let over = |psi: f64, js_distance: f64| psi >= policy.psi || js_distance >= policy.js;
    let summed = sum.value >= of_sums && sum.days >= days && sum_psi >= floor;
    (finding.verdict, finding.rule) = if changed && over(psi, js_distance) && finding.memory.streak >= days {
        (Verdict::Confirmed, Rule::Lasted)
    } else if summed && over(sum_psi, sum_js.max(0.0).sqrt()) {
        (Verdict::Confirmed, Rule::Cusum)
    } else if changed && psi >= policy.psi {
        (Verdict::Drifted, Rule::Psi)
    } else if changed && js_distance >= policy.js {
        (Verdict::Drifted, Rule::Js)
    } else if changed {
        (Verdict::Slight, Rule::BelowLimits)
    } else if summed {
        (Verdict::Slight, Rule::Cusum)
    } else if sure {
        (Verdict::Stable, Rule::Floor)
    } else if finding.p_day.is_some() && finding.p_rows.is_some_and(|p| p <= FALSE_DISCOVERY) {
        (Verdict::Stable, Rule::DayNoise)
    } else {
        (Verdict::Stable, Rule::Chance)
    };
}
