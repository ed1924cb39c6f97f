//! Losses of two models of branches whose true difference is known, and what the rules make of them. For tests and the
//! bench, which name the items above it each in their own way.
//!
//! Fifty branches of different sizes; errors of the two models correlate by 0.9; days share a volatility that is a
//! first-order autoregression (0.9, sd 0.25 of its logarithm). A candidate's loss is 1 - gain times what it would be.

use super::{LossRow, Random, Sequential, Settings, compare};
use jiff::civil::date;
use vakhta_domain::evidence::{DailyLoss, Evidence, Loss};
use vakhta_domain::ids::VersionId;
use vakhta_domain::promotion::{self, Case, Limits, Measured};
use vakhta_domain::rollback::{self, Probation};
use vakhta_domain::spec::PromotePolicy;

/// Branches of a company.
pub const BRANCHES: usize = 50;

/// What is true of two models.
#[derive(Debug, Clone, Copy)]
pub struct Truth {
    /// By which share the candidate errs less; negative where more.
    pub gain: f64,
    /// By which share it errs more on the first branch, on top of the gain.
    pub harm: f64,
}

/// A standard normal draw (Box & Muller 1958).
pub fn normal(random: &mut Random) -> f64 {
    let unit = |bits: u64| ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    let (one, other) = (unit(random.bits()), unit(random.bits()));
    (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos()
}

/// Losses of both models, a row a branch and day.
pub fn losses(random: &mut Random, days: i32, truth: Truth) -> Vec<LossRow> {
    let (rho, deviation) = (0.9f64, 0.25);
    let rest = (1.0 - rho * rho).sqrt();
    let level = 5.0 / (2.0 / std::f64::consts::PI).sqrt() / 1.08;
    let sizes: Vec<f64> = (0..BRANCHES).map(|_| level * (0.3 * normal(random)).exp()).collect();
    let mut volatility = deviation * normal(random);
    let mut rows = Vec::with_capacity(BRANCHES * days as usize);
    for day in 0..days {
        if day > 0 {
            volatility = rho * volatility + deviation * rest * normal(random);
        }
        for (segment, size) in sizes.iter().enumerate() {
            let (one, own) = (normal(random), normal(random));
            let other = rho * one + rest * own;
            let scale = volatility.exp() * size;
            let harm = if segment == 0 { truth.harm } else { 0.0 };
            rows.push(LossRow {
                segment,
                day,
                champion: Some(one.abs() * scale),
                candidate: Some(other.abs() * scale * (1.0 - truth.gain) * (1.0 + harm)),
            });
        }
    }
    rows
}

/// What the whole rule of promotion makes of 28 days, and the evidence it went by.
pub fn promoted(random: &mut Random, truth: Truth) -> (promotion::Verdict, Evidence) {
    let rows = losses(random, 28, truth);
    let names: Vec<String> = (0..BRANCHES).map(|branch| format!("branch {branch}")).collect();
    let evidence =
        compare(&rows, &names, &Settings { resamples: 999, ..Settings::of(Loss::Absolute, random.bits()) });
    let case = Case {
        candidate: VersionId::new("v_2"),
        champion: Some(VersionId::new("v_1")),
        measured: Measured::default(),
        evidence: Some(evidence.clone()),
        force: false,
    };
    (promotion::judge(&case, &PromotePolicy::default(), &Limits::default()), evidence)
}

/// Mean losses by day of live answers.
pub fn daily(rows: &[LossRow]) -> Vec<DailyLoss> {
    let first = date(2026, 1, 1);
    rows.chunks(BRANCHES)
        .zip(first.series(jiff::Span::new().days(1)))
        .map(|(rows, day)| {
            let mean =
                |of: fn(&LossRow) -> Option<f64>| rows.iter().filter_map(of).sum::<f64>() / rows.len() as f64;
            DailyLoss {
                day,
                rows: rows.len() as u64,
                former: mean(|r| r.champion),
                trial: mean(|r| r.candidate),
            }
        })
        .collect()
}

/// The day on which a version in probation is rolled back, looked at every day of 56; none where it passes.
pub fn rolled_back(days: &[DailyLoss], policy: &PromotePolicy) -> Option<u64> {
    let policy = PromotePolicy { probation_days: days.len() as u32, ..policy.clone() };
    let mut test = Sequential::new(policy.level);
    days.iter().zip(1..).find_map(|(&day, age_days)| {
        test.observe(day);
        let probation = Probation { age_days, broken: 0, loss: Loss::Absolute, look: test.look() };
        let back = rollback::judge(&probation, &policy).outcome == rollback::Outcome::RollBack;
        back.then_some(age_days)
    })
}
