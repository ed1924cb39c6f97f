//! How often the whole rules are right, on losses whose truth is known. The bench `decisions` does it at full size.

#[path = "simulations.rs"]
mod simulations;

use super::{LossRow, Sequential, Settings, compare};
use crate::random::Random;
use simulations::{Truth, daily, losses, promoted, rolled_back};
use vakhta_domain::promotion::Outcome;
use vakhta_domain::spec::PromotePolicy;

/// The share of `runs` that end in `outcome`.
fn share(outcome: Outcome, truth: Truth, runs: u32) -> f64 {
    let mut random = Random::new(2026);
    let ended = (0..runs).filter(|_| promoted(&mut random, truth).0.outcome == outcome).count();
    ended as f64 / f64::from(runs)
}

fn gains(gain: f64) -> Truth {
    Truth { gain, harm: 0.0 }
}

#[test]
fn an_equal_model_is_seldom_promoted() {
    // At most 5% are; of 300 runs that leaves room for chance.
    let found = share(Outcome::Promote, gains(0.0), 300);
    assert!(found <= 0.07, "{found}");
}

#[test]
fn a_worse_model_is_never_promoted_and_a_better_one_nearly_always() {
    assert_eq!(share(Outcome::Promote, gains(-0.10), 100), 0.0);
    let found = share(Outcome::Promote, gains(0.05), 150);
    assert!(found >= 0.93, "{found}");
    let found = share(Outcome::Promote, gains(0.10), 100);
    assert!(found >= 0.99, "{found}");
}

#[test]
fn a_model_that_ruins_one_branch_is_rejected() {
    // A branch has 28 rows, and fifty branches are asked at once.
    let found = share(Outcome::Reject, Truth { gain: 0.10, harm: 1.0 }, 50);
    assert!(found >= 0.8, "{found}");
}

#[test]
fn rollback_is_seldom_wrong_and_soon_right() {
    let mut random = Random::new(2027);
    let policy = PromotePolicy::default();
    let mut days_until = |gain: f64, runs: u32| -> Vec<Option<u64>> {
        (0..runs).map(|_| rolled_back(&daily(&losses(&mut random, 56, gains(gain))), &policy)).collect()
    };
    let wrong = days_until(0.0, 200).iter().flatten().count();
    assert!(wrong as f64 <= 0.05 * 200.0, "{wrong}");
    let mut right: Vec<u64> = days_until(-0.10, 51).into_iter().map(|day| day.unwrap_or(99)).collect();
    right.sort_unstable();
    assert!(right[25] <= 10, "{}", right[25]);
}

#[test]
fn the_same_rows_give_the_same_evidence() {
    let mut random = Random::new(1);
    let rows: Vec<LossRow> = losses(&mut random, 28, gains(0.03));
    let names = vec![String::from("a")];
    let settings = Settings::of(vakhta_domain::evidence::Loss::Absolute, 9);
    assert_eq!(compare(&rows, &names, &settings), compare(&rows, &names, &settings));
}
