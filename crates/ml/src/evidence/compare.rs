//! Two versions on the same rows of numbers, as one piece of evidence.

use super::bootstrap::stationary_bootstrap;
use super::paired::{Lag, diebold_mariano};
use super::segments::{Sums, harms};
use std::collections::BTreeMap;
use vakhta_domain::evidence::{Evidence, Loss};
use vakhta_domain::spec::Metric;

/// A row that at least one version answered and whose truth is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossRow {
    /// The place of its segment in the names.
    pub segment: usize,
    /// The number of its day, e.g. since 1970.
    pub day: i32,
    /// What it cost the champion; none where that gave no answer.
    pub champion: Option<f64>,
    /// What it cost the candidate.
    pub candidate: Option<f64>,
}

/// How rows are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// What is averaged.
    pub loss: Loss,
    /// Fewest rows of a segment that is tested for harm.
    pub segment_rows: u64,
    /// How far apart days may depend on each other.
    pub lag: Lag,
    /// Samples of the bootstrap.
    pub resamples: u32,
    /// The seed of the bootstrap.
    pub seed: u64,
}

impl Settings {
    /// Those in use for a loss.
    pub fn of(loss: Loss, seed: u64) -> Self {
        Self { loss, segment_rows: 20, lag: Lag::Auto, resamples: 1999, seed }
    }
}

/// What a row costs by the metric that a model is judged by. `scale` is the in-sample error of the seasonal naive on
/// its series. None where the metric has no such row: MAPE of a zero, MASE without a scale. A forecast that is not
/// finite costs infinitely much.
pub fn loss_of(loss: Loss, actual: f64, forecast: f64, scale: Option<f64>) -> Option<f64> {
    if !actual.is_finite() {
        return None;
    }
    if !forecast.is_finite() {
        return Some(f64::INFINITY);
    }
    // Of two finite numbers no difference is boundless, only too large to say.
    let error = (forecast - actual).abs().min(f64::MAX);
    let found = match loss {
        Loss::Absolute | Loss::LogLoss => error,
        Loss::Percentage if actual == 0.0 => return None,
        Loss::Percentage => error / actual.abs(),
        Loss::Symmetric if error == 0.0 => 0.0,
        Loss::Symmetric => {
            2.0 * (error / actual.abs().max(forecast.abs()))
                / (1.0 + actual.abs().min(forecast.abs()) / actual.abs().max(forecast.abs()))
        }
        Loss::Squared => error * error,
        Loss::Scaled => error / scale.filter(|s| *s > 0.0)?,
    };
    Some(found.min(f64::MAX))
}

/// The loss that a metric adds up.
pub fn loss_for(metric: Metric) -> Loss {
    match metric {
        Metric::Wape | Metric::Mae => Loss::Absolute,
        Metric::Mape => Loss::Percentage,
        Metric::Smape => Loss::Symmetric,
        Metric::Rmse => Loss::Squared,
        Metric::Mase => Loss::Scaled,
    }
}

/// Compares two versions on rows that both answered: mean losses, Diebold–Mariano on daily means with the stationary
/// bootstrap as its check, and harm by segment. Rows that only one answered are counted and tell nothing: a segment
/// that appeared or died between the versions is not held for or against either.
pub fn compare(rows: &[LossRow], names: &[String], settings: &Settings) -> Evidence {
    let mut overall = Sums::default();
    let mut days: BTreeMap<i32, Sums> = BTreeMap::new();
    let mut by_segment: BTreeMap<(usize, i32), Sums> = BTreeMap::new();
    let (mut broken, mut unanswered, mut only_candidate) = (0, 0, 0);
    for row in rows {
        let champion = row.champion.filter(|loss| loss.is_finite());
        match (champion, row.candidate) {
            (_, Some(candidate)) if !candidate.is_finite() => broken += 1,
            (Some(champion), Some(candidate)) => {
                overall.add(champion, candidate);
                days.entry(row.day).or_default().add(champion, candidate);
                by_segment.entry((row.segment, row.day)).or_default().add(champion, candidate);
            }
            (Some(_), None) => unanswered += 1,
            (None, Some(_)) => only_candidate += 1,
            (None, None) => {}
        }
    }
    let differences: Vec<f64> = days.values().map(Sums::difference).collect();
    let decides = diebold_mariano(&differences, settings.lag);
    let block = decides.lag.map_or(1, |lag| lag as usize + 1);
    let check = stationary_bootstrap(&differences, block, settings.resamples, settings.seed);
    let harms = harms(&by_segment, names, settings.loss, settings.segment_rows, settings.lag);
    Evidence {
        paired: overall.paired(settings.loss, days.len()),
        decides,
        check: Some(check),
        beside: Vec::new(),
        segments: harms.found,
        tested_segments: harms.tested,
        small_segments: harms.small,
        broken,
        unanswered,
        only_candidate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings() -> Settings {
        Settings { resamples: 199, ..Settings::of(Loss::Absolute, 1) }
    }

    fn row(segment: usize, day: i32, champion: f64, candidate: f64) -> LossRow {
        LossRow { segment, day, champion: Some(champion), candidate: Some(candidate) }
    }

    #[test]
    fn losses_by_hand() {
        for (loss, actual, forecast, scale, wanted) in [
            (Loss::Absolute, 10.0, 7.0, None, Some(3.0)),
            (Loss::Percentage, 10.0, 7.0, None, Some(0.3)),
            (Loss::Percentage, 0.0, 7.0, None, None),
            (Loss::Percentage, -10.0, -7.0, None, Some(0.3)),
            (Loss::Symmetric, 10.0, 6.0, None, Some(0.5)),
            (Loss::Symmetric, 0.0, 0.0, None, Some(0.0)),
            (Loss::Squared, 10.0, 7.0, None, Some(9.0)),
            (Loss::Squared, 1e300, -1e300, None, Some(f64::MAX)),
            (Loss::Scaled, 10.0, 7.0, Some(2.0), Some(1.5)),
            (Loss::Scaled, 10.0, 7.0, None, None),
            (Loss::Absolute, f64::NAN, 7.0, None, None),
            (Loss::Absolute, 10.0, f64::NAN, None, Some(f64::INFINITY)),
            (Loss::Absolute, f64::MAX, f64::MIN, None, Some(f64::MAX)),
        ] {
            let found = loss_of(loss, actual, forecast, scale);
            let close = found == wanted
                || found.zip(wanted).is_some_and(|(found, wanted)| (found - wanted).abs() < 1e-12);
            assert!(close, "{loss:?} {actual} {forecast}: {found:?} is not {wanted:?}");
        }
        assert_eq!(loss_for(Metric::Wape), Loss::Absolute);
    }

    #[test]
    fn nothing_and_one_day_are_no_evidence() {
        let none = compare(&[], &[], &settings());
        assert_eq!((none.paired.rows, none.paired.gain(), none.decides.p), (0, None, None));
        let one: Vec<LossRow> = (0..50).map(|_| row(0, 1, 2.0, 1.0)).collect();
        let one = compare(&one, &["a".into()], &settings());
        assert_eq!((one.paired.days, one.paired.gain(), one.decides.p), (1, Some(0.5), None));
        assert_eq!(one.segments[0].adjusted, None);
    }

    #[test]
    fn segments_that_appear_or_die_are_counted() {
        let mut rows = Vec::new();
        for day in 0..28 {
            rows.push(row(0, day, 2.0 + f64::from(day % 3), 1.0));
            rows.push(LossRow { segment: 1, day, champion: None, candidate: Some(1.0) });
            if day < 3 {
                rows.push(LossRow { segment: 2, day, champion: Some(1.0), candidate: None });
                rows.push(row(3, day, 1.0, 9.0));
            }
        }
        let names: Vec<String> = ["old", "new", "dead", "small"].map(str::to_owned).to_vec();
        let found = compare(&rows, &names, &settings());
        assert_eq!((found.only_candidate, found.unanswered, found.small_segments), (28, 3, 1));
        assert_eq!(found.segments.len(), 1);
        assert_eq!(found.segments[0].segment, "old");
    }

    #[test]
    fn answers_that_are_not_finite_are_counted() {
        let rows = [row(0, 0, 1.0, f64::INFINITY), row(0, 1, f64::NAN, 1.0), row(0, 2, f64::NAN, f64::NAN)];
        let found = compare(&rows, &["a".into()], &settings());
        assert_eq!((found.broken, found.only_candidate, found.paired.rows), (2, 1, 0));
    }

    proptest! {
        #[test]
        fn evidence_can_be_stored_whatever_the_losses_are(
            rows in prop::collection::vec(
                (0usize..4, 0i32..30, prop::option::of(any::<f64>()), prop::option::of(any::<f64>())), 0..80),
        ) {
            let rows: Vec<LossRow> = rows
                .into_iter()
                .map(|(segment, day, champion, candidate)| LossRow {
                    segment, day, champion: champion.map(f64::abs), candidate: candidate.map(f64::abs),
                })
                .collect();
            let settings = Settings { segment_rows: 1, resamples: 9, ..settings() };
            let found = compare(&rows, &["a".into(), "b".into()], &settings);
            let stored = serde_json::to_string(&found).expect("plain data");
            prop_assert_eq!(serde_json::from_str::<Evidence>(&stored).expect("evidence"), found);
        }
    }
}
