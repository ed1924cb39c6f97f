//! Two classifiers on the same rows: paired bootstrap of the log-loss, `McNemar`'s test beside it.

use super::bootstrap::paired_bootstrap;
use super::compare::Settings;
use super::distributions::{binomial_at_least, normal_above};
use super::paired::Lag;
use super::segments::{Sums, harms};
use crate::evaluate::classes::LEAST_PROBABILITY;
use std::collections::BTreeMap;
use vakhta_domain::evidence::{Evidence, Loss, PairedTest, TestName};

/// Groups that rows without a day are dealt to, in turn.
const GROUPS: usize = 200;
/// Most disagreements that are counted exactly.
const EXACT: u64 = 1000;

/// What a version said of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The probability of the true class, 0 where that was never learnt.
    pub probability: f64,
    /// Whether the most probable class is the true one.
    pub right: bool,
}

/// A row whose class is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassRow {
    /// The place of its segment in the names, e.g. that of its true class.
    pub segment: usize,
    /// The number of its day, where rows have one; rows of a day are drawn together.
    pub day: Option<i32>,
    /// What the champion said; none where it gave no answer.
    pub champion: Option<Answer>,
    /// What the candidate said.
    pub candidate: Option<Answer>,
}

/// Compares two classifiers on rows that both answered: mean log-loss, its paired bootstrap, and harm by segment.
/// Rows that only one answered are counted and tell nothing.
pub fn compare_classes(rows: &[ClassRow], names: &[String], settings: &Settings) -> Evidence {
    let mut overall = Sums::default();
    let mut groups: BTreeMap<i32, Sums> = BTreeMap::new();
    let mut by_segment: BTreeMap<(usize, i32), Sums> = BTreeMap::new();
    let (mut broken, mut unanswered, mut only_candidate) = (0, 0, 0);
    let (mut gained, mut lost) = (0, 0);
    for (at, row) in rows.iter().enumerate() {
        let champion = row.champion.filter(|answer| answer.probability.is_finite());
        match (champion, row.candidate) {
            (_, Some(candidate)) if !candidate.probability.is_finite() => broken += 1,
            (Some(champion), Some(candidate)) => {
                let group = row.day.unwrap_or((at % GROUPS) as i32);
                let (one, other) = (log_loss(champion), log_loss(candidate));
                overall.add(one, other);
                groups.entry(group).or_default().add(one, other);
                by_segment.entry((row.segment, group)).or_default().add(one, other);
                gained += u64::from(candidate.right && !champion.right);
                lost += u64::from(champion.right && !candidate.right);
            }
            (Some(_), None) => unanswered += 1,
            (None, Some(_)) => only_candidate += 1,
            (None, None) => {}
        }
    }
    let sums: Vec<(f64, u64)> = groups.values().map(|g| (g.difference() * g.rows as f64, g.rows)).collect();
    // Rows dealt in turn have no order in time.
    let lag = if rows.iter().any(|row| row.day.is_some()) { settings.lag } else { Lag::Horizon(1) };
    let harms = harms(&by_segment, names, Loss::LogLoss, settings.segment_rows, lag);
    Evidence {
        paired: overall.paired(Loss::LogLoss, groups.len()),
        decides: paired_bootstrap(&sums, settings.resamples, settings.seed),
        check: None,
        beside: vec![mcnemar(gained, lost)],
        segments: harms.found,
        tested_segments: harms.tested,
        small_segments: harms.small,
        broken,
        unanswered,
        only_candidate,
    }
}

fn log_loss(answer: Answer) -> f64 {
    -answer.probability.clamp(LEAST_PROBABILITY, 1.0).ln()
}

/// Tests "the candidate is right no more often" (`McNemar` 1947): `gained` rows that only it has right, `lost` rows that
/// only the champion has. Exact up to a thousand such rows, else normal with a continuity correction.
pub fn mcnemar(gained: u64, lost: u64) -> PairedTest {
    let n = gained.saturating_add(lost);
    let (above, all) = (gained as f64 - lost as f64, n as f64);
    let statistic = (n > 0).then(|| above / all.sqrt());
    let p = match n {
        0 => Some(1.0),
        n if n <= EXACT => binomial_at_least(gained, n, 0.5),
        _ => normal_above((above - 1.0) / all.sqrt()),
    };
    PairedTest { test: TestName::McNemar, n, statistic, p, lag: None, seed: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn mcnemar_agrees_with_scipy() {
        // scipy.stats.binomtest(k, n, 0.5, alternative="greater").
        for (gained, lost, p) in [(8, 2, 0.054_687_5), (5, 5, 0.623_046_875), (0, 0, 1.0), (0, 4, 1.0)] {
            let found = mcnemar(gained, lost).p.expect("defined");
            assert!((found - p).abs() < 1e-12, "{gained} {lost}: {found}");
        }
        let exact = binomial_at_least(540, 1001, 0.5).expect("defined");
        let near = mcnemar(540, 461).p.expect("defined");
        assert!((near - exact).abs() < 2e-4, "{near} {exact}");
    }

    fn rows(n: usize, better: f64, day: bool) -> Vec<ClassRow> {
        let mut random = Random::new(3);
        (0..n)
            .map(|at| {
                let mut draw = || 0.3 + 0.6 * random.below(1000) as f64 / 1000.0;
                let (one, other) = (draw(), draw());
                ClassRow {
                    segment: at % 4,
                    day: day.then_some((at / 50) as i32),
                    champion: Some(Answer { probability: one, right: one > 0.5 }),
                    candidate: Some(Answer {
                        probability: (other + better).min(1.0),
                        right: other + better > 0.5,
                    }),
                }
            })
            .collect()
    }

    #[test]
    fn a_better_classifier_is_seen() {
        let settings = Settings { resamples: 499, ..Settings::of(Loss::LogLoss, 1) };
        let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        for day in [false, true] {
            let better = compare_classes(&rows(1000, 0.1, day), &names, &settings);
            assert!(better.is_clear(0.05), "{better:?}");
            assert!(better.beside[0].p.is_some_and(|p| p < 0.05));
            assert!(better.segments.iter().all(|s| s.adjusted.is_some_and(|p| p > 0.5)));
            let worse = compare_classes(&rows(1000, -0.2, day), &names, &settings);
            assert!(!worse.is_clear(0.05) && worse.paired.gain().is_some_and(|g| g < 0.0));
            assert!(worse.segments.iter().all(|s| s.adjusted.is_some_and(|p| p < 0.05)));
        }
    }

    #[test]
    fn nothing_and_certainty_are_defined() {
        let settings = Settings::of(Loss::LogLoss, 1);
        assert_eq!(compare_classes(&[], &[], &settings).decides.p, None);
        let sure = Answer { probability: 1.0, right: true };
        let wrong = Answer { probability: 0.0, right: false };
        let row = ClassRow { segment: 0, day: None, champion: Some(sure), candidate: Some(sure) };
        let equal = compare_classes(&[row; 300], &["a".into()], &settings);
        assert_eq!((equal.paired.gain(), equal.decides.p), (Some(0.0), Some(1.0)));
        let worse = compare_classes(&[ClassRow { candidate: Some(wrong), ..row }; 300], &[], &settings);
        assert_eq!((worse.paired.gain(), worse.decides.p), (None, Some(1.0)));
        assert_eq!(worse.segments[0].harm(), f64::INFINITY);
    }
}
