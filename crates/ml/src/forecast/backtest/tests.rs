//! What a backtest says of known rows, how two of them differ, and that bytes cannot lie to it.

use super::*;
use crate::artifact::{ArtifactError, PREFIX};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use vakhta_domain::spec::Frequency;

/// Two folds of two days, cut off at `cutoff` and two days later; two series, of which the second has no row on
/// the very first day. Forecasts err by `error`.
fn sample(cutoff: usize, error: f64) -> Backtest {
    let origins: Vec<Origin> = (0..2)
        .map(|k| Origin { cutoff: cutoff + 2 * k, from: cutoff + 2 * k, to: cutoff + 2 * k + 2 })
        .collect();
    let mut rows = Vec::new();
    for (fold, origin) in origins.iter().enumerate() {
        for series in 0..2 {
            for period in origin.from..origin.to {
                if (series, period) == (1, cutoff) {
                    continue;
                }
                let actual = (100 * (series + 1) + period) as f64;
                rows.push(BacktestRow {
                    fold,
                    series,
                    period,
                    step: period - origin.cutoff + 1,
                    actual,
                    forecast: actual + error,
                    seasonal_naive: actual + 20.0,
                    weekday_mean: actual - 30.0,
                    scale: (series == 0).then_some(4.0),
                    unit: 100.0,
                });
            }
        }
    }
    // The first fold has nothing to be calibrated on.
    let bound =
        |side: f64| rows.iter().map(|r| if r.fold == 0 { f64::NAN } else { r.forecast + side }).collect();
    let bounds = vec![
        Bounds { level: 80, lo: bound(-5.0), hi: bound(5.0) },
        Bounds { level: 95, lo: bound(-20.0), hi: bound(20.0) },
    ];
    Backtest {
        engine: "gbdt".into(),
        periods: Periods { frequency: Frequency::D, week_start: 0 },
        first: 19_000,
        series: vec![vec!["Омск".into()], vec!["Тверь".into()]],
        origins,
        rows,
        bounds,
    }
}

#[test]
fn known_rows_give_known_numbers() {
    let backtest = sample(10, -10.0);
    let all = backtest.metrics(|_| true);
    let size: f64 = backtest.rows.iter().map(|r| r.actual).sum();
    assert_eq!((all.n, all.mae, all.bias), (7, Some(10.0), Some(-10.0)));
    assert!((all.wape.expect("a WAPE") - 7000.0 / size).abs() < 1e-9);
    let values = |list: &[LevelValue]| list.iter().map(|v| (v.level, v.value)).collect::<Vec<_>>();
    assert_eq!(values(&all.coverage), [(80, 0.0), (95, 100.0)], "of the four rows that have intervals");
    let covered: f64 = backtest.rows.iter().filter(|r| r.fold == 1).map(|r| r.actual).sum();
    assert_eq!(values(&all.width), [(80, 4000.0 / covered), (95, 16000.0 / covered)]);
    assert!(backtest.metrics(|r| r.fold == 0).coverage.is_empty());

    assert_eq!(backtest.intervals(0), []);
    let last = backtest.rows.len() - 1;
    assert_eq!(backtest.intervals(last)[1], Interval { level: 95, lo: 213.0 - 30.0, hi: 213.0 + 10.0 });
    assert_eq!(backtest.date(&backtest.rows[0]), backtest.periods.first_day(19_010));
    assert_eq!(backtest.cutoff(0), Some(backtest.periods.first_day(19_009)));
    assert_eq!(backtest.cutoff(2), None);

    let (folds, series, steps) = (backtest.by_fold(), backtest.by_series(), backtest.by_horizon());
    assert_eq!((folds.len(), folds[0].model.n, folds[1].model.n), (2, 3, 4));
    assert_eq!(folds[1].seasonal_naive.mae, Some(20.0));
    assert_eq!(series.iter().map(|s| s.metrics.n).collect::<Vec<_>>(), [4, 3]);
    assert_eq!(series[0].metrics.mase, Some(2.5));
    assert_eq!(steps.iter().map(|s| (s.step, s.metrics.n)).collect::<Vec<_>>(), [(1, 3), (2, 4)]);
    assert_eq!(steps[1].metrics.width.len(), 2);
}

#[test]
fn versions_are_compared_on_the_rows_that_both_have() {
    let (old, new) = (sample(10, -10.0), sample(12, 5.0));
    let found = compare(&old, &new);
    // Both have the fold cut off at 12: two days of the first series and, in the new one, one of the second.
    assert_eq!((found.pairing, found.rows.len()), (Pairing::SameStep, 3));
    assert_eq!((found.only_first, found.only_second, found.changed_actuals), (4, 4, 0));
    let size = 112.0 + 113.0 + 213.0;
    let change = found.overall.change.expect("actuals are not zero");
    assert!((change - (1500.0 - 3000.0) / size).abs() < 1e-9, "{:?}", found.overall);
    assert_eq!((found.overall.second_closer, found.overall.first_closer), (3, 0));
    assert_eq!(found.by_series.iter().map(|s| s.difference.n).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        found.by_horizon.iter().map(|s| (s.step, s.difference.n)).collect::<Vec<_>>(),
        [(1, 1), (2, 2)]
    );
    let row = found.rows[2];
    assert_eq!((row.series, row.first_step, row.actual, row.first, row.second), (1, 2, 213.0, 203.0, 218.0));
    assert_eq!(row.date, new.periods.first_day(19_013));

    let mut restated = new.clone();
    restated.rows.iter_mut().for_each(|row| row.actual += 1.0);
    assert_eq!(compare(&old, &restated).changed_actuals, 3);
    let itself = compare(&old, &old);
    assert_eq!((itself.rows.len(), itself.overall.change), (7, Some(0.0)));
}

#[test]
fn cutoffs_with_nothing_in_common_are_paired_by_date() {
    let (old, new) = (sample(10, -10.0), sample(11, 5.0));
    let found = compare(&old, &new);
    assert_eq!(found.pairing, Pairing::SameDate);
    assert!(found.rows.iter().all(|row| row.first_step != row.second_step));
    // Days 11 to 13 of the first series, 12 and 13 of the second.
    assert_eq!((found.rows.len(), found.only_first, found.only_second), (5, 2, 2));

    let mut weekly = old.clone();
    weekly.periods.frequency = Frequency::W;
    let nothing = compare(&old, &weekly);
    assert_eq!((nothing.rows.len(), nothing.only_first, nothing.overall), (0, 7, Difference::default()));
}

#[test]
fn a_backtest_read_back_is_the_same() {
    let backtest = sample(10, -10.0);
    let bytes = backtest.to_bytes();
    let back = Backtest::from_bytes(&bytes).expect("a backtest");
    assert_eq!(back.to_bytes(), bytes);
    assert_eq!(
        (&back.rows, &back.series, &back.origins),
        (&backtest.rows, &backtest.series, &backtest.origins)
    );
    assert_eq!(back.metrics(|_| true), backtest.metrics(|_| true));
    let empty = Backtest { rows: vec![], bounds: vec![], ..backtest };
    assert_eq!(Backtest::from_bytes(&empty.to_bytes()).expect("a backtest"), empty);
    assert_eq!(Backtest::from_bytes(b"VKHTFCST"), Err(ArtifactError::NotAnArtifact));
}

/// Bytes with a digest that fits what is in them.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() - PREFIX) as u64;
    let digest = Sha256::digest(&bytes[PREFIX..]);
    bytes[12..20].copy_from_slice(&length.to_le_bytes());
    bytes[20..PREFIX].copy_from_slice(&digest);
    bytes
}

proptest! {
    #[test]
    fn cut_and_forged_files_are_refused_or_answer(
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..8),
        part in 0.0f64..=1.0,
    ) {
        let mut bytes = sample(10, -10.0).to_bytes();
        bytes.truncate(PREFIX + ((bytes.len() - PREFIX) as f64 * part) as usize);
        let body = bytes.len() - PREFIX;
        for (place, value) in changes.into_iter().filter(|_| body > 0) {
            bytes[PREFIX + (body as f64 * place) as usize] = value;
        }
        if let Ok(backtest) = Backtest::from_bytes(&resealed(bytes)) {
            let _ = backtest.metrics(|_| true);
            let _ = (backtest.by_fold(), backtest.by_series(), backtest.by_horizon());
            let _ = compare(&backtest, &sample(10, 3.0));
            for (at, row) in backtest.rows.iter().enumerate() {
                let _ = (backtest.intervals(at), backtest.date(row));
            }
            prop_assert_eq!(Backtest::from_bytes(&backtest.to_bytes()).map(|b| b.rows), Ok(backtest.rows));
        }
    }
}
