//! Promotion and rollback: how often each rule is right, beside the rules that are in use without them.

#[path = "../../src/evidence/simulations.rs"]
mod simulations;

use simulations::{Truth, daily, losses, promoted, rolled_back};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Write, stdout};
use vakhta_domain::evidence::DailyLoss;
use vakhta_domain::promotion::Outcome;
use vakhta_domain::spec::PromotePolicy;
use vakhta_ml::evidence::{Lag, LossRow, Sequential, Settings, compare, diebold_mariano};
use vakhta_ml::random::Random;

/// Runs all of the section.
pub fn run(scale: f64) -> Result<(), Box<dyn Error>> {
    promotion(((2000.0 * scale) as u32).max(1), 5)?;
    rollback(((4000.0 * scale) as u32).max(1), 6)
}

fn promotion(runs: u32, seed: u64) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    writeln!(
        out,
        "promotion: share of {runs} candidates that each rule puts to serve; 28 days of 50 branches, seed {seed}"
    )?;
    writeln!(
        out,
        "  goals of the whole rule: equal at most 5%, 10% worse none, 5% better 95%, 10% better 99%"
    )?;
    writeln!(
        out,
        "  {:<30} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9}",
        "truth", "whole", "shadow", "reject", "test", "test>1%", "same win", "diff win"
    )?;
    let mut random = Random::new(seed);
    let truths = [-0.10, -0.05, -0.02, 0.0, 0.01, 0.02, 0.05, 0.10].map(|gain| Truth { gain, harm: 0.0 });
    let harms = [0.3, 0.5, 1.0].map(|harm| Truth { gain: 0.10, harm });
    for truth in truths.into_iter().chain(harms) {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for _ in 0..runs {
            // What the champion was once measured by: other days.
            let before = losses(&mut random, 28, truth);
            let (verdict, evidence) = promoted(&mut random, truth);
            let paired = &evidence.paired;
            let gain = 1.0 - paired.candidate / paired.champion;
            let earlier = before.iter().filter_map(|r| r.champion).sum::<f64>() / before.len() as f64;
            let tested = evidence.decides.p.is_some_and(|p| p < 0.05);
            for (rule, yes) in [
                ("whole", verdict.outcome == Outcome::Promote),
                ("shadow", verdict.outcome == Outcome::Challenge),
                ("reject", verdict.outcome == Outcome::Reject),
                ("test", tested),
                ("test>1%", tested && gain > 0.01),
                ("same", gain > 0.01),
                ("diff", 1.0 - paired.candidate / earlier > 0.01),
            ] {
                *counts.entry(rule).or_default() += u32::from(yes);
            }
        }
        let told = |rule: &str| format!("{:.1}%", 100.0 * f64::from(counts[rule]) / f64::from(runs));
        let harm = if truth.harm > 0.0 {
            format!(", one branch {:.0}% worse", 100.0 * truth.harm)
        } else {
            String::new()
        };
        writeln!(
            out,
            "  {:<30} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9}",
            format!("gain {:+.0}%{harm}", 100.0 * truth.gain),
            told("whole"),
            told("shadow"),
            told("reject"),
            told("test"),
            told("test>1%"),
            told("same"),
            told("diff")
        )?;
    }
    Ok(())
}

fn rollback(runs: u32, seed: u64) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    writeln!(
        out,
        "rollback: share of {runs} new champions that are rolled back within 56 days of daily looks, and the median day; seed {seed}"
    )?;
    writeln!(out, "  goals: wrong at most 5%; a 10% worse one within 10 days")?;
    writeln!(out, "  {:<30} {:>16} {:>24}", "truth", "the rule", "a t test every day")?;
    let mut random = Random::new(seed);
    for gain in [0.10, 0.0, -0.02, -0.05, -0.10, -0.20] {
        let (mut ours, mut naive) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let days = daily(&losses(&mut random, 56, Truth { gain, harm: 0.0 }));
            ours.push(rolled_back(&days, &PromotePolicy::default()));
            naive.push(peeked(&days));
        }
        let (ours, naive) = (told(ours), told(naive));
        writeln!(out, "  {:<30} {ours:>16} {naive:>24}", format!("gain {:+.0}%", 100.0 * gain))?;
    }
    writeln!(out, "  days that follow each other (first-order autoregression), no difference; goal none")?;
    for rho in [0.2, 0.3, 0.5] {
        let (mut ours, mut naive) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let days = dependent(&mut random, rho);
            ours.push(rolled_back(&days, &PromotePolicy::default()));
            naive.push(peeked(&days));
        }
        let (ours, naive) = (told(ours), told(naive));
        writeln!(out, "  {:<30} {ours:>16} {naive:>24}", format!("correlation {rho}"))?;
    }
    Ok(())
}

/// The share that was rolled back, and the median day of all, or none where most never were.
fn told(mut days: Vec<Option<u64>>) -> String {
    let back = days.iter().flatten().count();
    days.sort_by_key(|day| day.unwrap_or(u64::MAX));
    let share = 100.0 * back as f64 / days.len() as f64;
    days[days.len() / 2].map_or(format!("{share:.1}%"), |day| format!("{share:.1}%, day {day}"))
}

/// The first day from the seventh on which an ordinary test at 5% says that the new one is worse.
fn peeked(days: &[DailyLoss]) -> Option<u64> {
    let worse: Vec<f64> = days.iter().map(|d| d.trial - d.former).collect();
    (7..=days.len())
        .find(|&n| diebold_mariano(&worse[..n], Lag::Auto).p.is_some_and(|p| p < 0.05))
        .map(|n| n as u64)
}

/// Days of equal models whose differences follow each other.
fn dependent(random: &mut Random, rho: f64) -> Vec<DailyLoss> {
    let mut days = daily(&losses(random, 56, Truth { gain: 0.0, harm: 0.0 }));
    let mut state = simulations::normal(random) / (1.0 - rho * rho).sqrt();
    for day in &mut days {
        (day.former, day.trial) = (5.0, 5.0 + 0.15 * state);
        state = rho * state + simulations::normal(random);
    }
    days
}
