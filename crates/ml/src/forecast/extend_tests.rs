//! What a forecast promises as time goes on without training.

use super::tests::{TREES, checked, day, fit_rows, lively, rows};
use super::*;
use crate::panel::{NumberColumn, Observations};
use crate::random::Random;
use jiff::civil::Date;

fn actuals(days: std::ops::Range<usize>, value: impl Fn(usize, usize) -> f64) -> Vec<Actual> {
    let one = |branch: usize, n: usize| Actual {
        series: vec![format!("b{branch}")],
        date: day(n),
        value: value(branch, n),
    };
    days.flat_map(|n| (0..3).map(move |branch| (branch, n))).map(|(b, n)| one(b, n)).collect()
}

fn all(horizon: usize) -> ForecastQuery {
    ForecastQuery { horizon, series: None, levels: vec![80], known_future: vec![] }
}

/// The same trees over a longer history: what a model of the short one must become.
fn over_all_history(short: &Fitted, longer: &Observations) -> Fitted {
    let fitted = fit_rows(longer, &checked(TREES)).expect("a fit");
    Fitted { learnt: short.learnt.clone(), ..fitted }
}

#[test]
fn a_day_more_is_the_state_of_all_history() {
    let with_promo = |days: usize| {
        let mut data = rows(3, days, lively);
        let promo = (0..3).flat_map(|_| (0..days).map(|n| f64::from(u8::from(n.is_multiple_of(9)))));
        data.known_future.push(NumberColumn { name: "promo".into(), values: promo.collect() });
        data
    };
    let short = fit_rows(&with_promo(400), &checked(TREES)).expect("a fit");
    assert!(matches!(short.learnt, Learnt::Gbdt(_)));
    let promo = |n: usize| KnownValue {
        series: None,
        date: day(n),
        column: "promo".into(),
        value: f64::from(u8::from(n.is_multiple_of(9))),
    };
    let mut stepped = short.clone();
    for n in 400..430 {
        let (next, taken) = stepped.extend(&actuals(n..n + 1, lively), &[promo(n)]).expect("a day more");
        assert_eq!(taken, Taken { used: 3, ignored: 0 });
        stepped = next;
    }
    let known: Vec<KnownValue> = (400..430).map(promo).collect();
    let (at_once, _) = short.extend(&actuals(400..430, lively), &known).expect("a month more");
    let mut whole = over_all_history(&short, &with_promo(430));
    whole.make_ready();
    assert_eq!((stepped.end(), at_once.end()), (day(429), day(429)));
    for way in [&stepped, &at_once] {
        for (a, b) in way.series.iter().zip(&whole.series) {
            assert_eq!((a.summary.count, a.summary.mean), (b.summary.count, b.summary.mean));
            assert_eq!(a.summary.ewma, b.summary.ewma, "carried forward bit for bit");
            assert_eq!(a.summary.flags[0].1, b.summary.flags[0].1);
            assert!((a.summary.flags[0].0 - b.summary.flags[0].0).abs() < 1e-12);
            let n = a.tail.len().min(b.tail.len());
            assert_eq!(a.tail[a.tail.len() - n..], b.tail[b.tail.len() - n..]);
            assert_eq!(a.known, b.known);
            for (x, y) in a.ready.iter().zip(&b.ready) {
                assert!((x - y).abs() <= 1e-9 * y.abs(), "{x} {y}");
            }
        }
    }
    let back = Fitted::from_bytes(&stepped.to_bytes()).expect("a model");
    assert_eq!(back.forecast(&all(40)), stepped.forecast(&all(40)));
}

fn settings(engine: &str) -> Checked {
    if engine == "gbdt" { checked(TREES) } else { checked(&format!("engine: {engine}, horizon: 14")) }
}

/// Sold on every fifth day or so.
fn rare(branch: usize, n: usize) -> f64 {
    if (n * 7 + branch).is_multiple_of(5) { 4.0 + (n % 3) as f64 } else { 0.0 }
}

/// Day by day, and all at once: the same model to the last bit.
fn extended(short: &Fitted, days: std::ops::Range<usize>, value: fn(usize, usize) -> f64) -> Fitted {
    let mut stepped = short.clone();
    for n in days.clone() {
        stepped = stepped.extend(&actuals(n..n + 1, value), &[]).expect("a day more").0;
    }
    let (at_once, taken) = short.extend(&actuals(days.clone(), value), &[]).expect("some days more");
    assert_eq!(taken.used as usize, 3 * days.len());
    assert!(stepped.to_bytes() == at_once.to_bytes(), "{}", short.report().engine);
    assert!(Fitted::from_bytes(&stepped.to_bytes()).expect("a model").to_bytes() == stepped.to_bytes());
    stepped
}

#[test]
fn statistical_engines_go_on_by_their_own_recursion() {
    for engine in ["ets", "theta", "croston", "seasonal_naive", "weekday_mean"] {
        let value = if engine == "croston" { rare } else { lively };
        let fitted = fit_rows(&rows(3, 200, value), &settings(engine)).expect("a fit");
        let next = extended(&fitted, 200..221, value);
        assert_eq!(next.end(), day(220));
        if let (Learnt::Smoothed(_, before), Learnt::Smoothed(_, after)) = (&fitted.learnt, &next.learnt) {
            for (branch, (before, after)) in before.iter().zip(after).enumerate() {
                let seen: Vec<f64> = (200..221).map(|n| value(branch, n)).collect();
                assert_eq!(before.after(&seen), *after, "{engine}");
            }
        }
        for (branch, series) in next.forecast(&all(14)).expect("a forecast").iter().enumerate() {
            assert_eq!(series.points[0].date, day(221));
            if engine != "croston" {
                let off: f64 =
                    series.points.iter().zip(221..).map(|(p, n)| (p.value - value(branch, n)).abs()).sum();
                let sold: f64 = (221..235).map(|n| value(branch, n)).sum();
                assert!(off < 0.08 * sold, "{engine}: {off} of {sold}");
            }
        }
    }
}

#[test]
fn a_blend_goes_on_by_its_parts() {
    let trees = fit_rows(&rows(3, 300, lively), &settings("gbdt")).expect("a fit");
    let ets = fit_rows(&rows(3, 300, lively), &settings("ets")).expect("a fit");
    let members = vec![trees.learnt.clone(), ets.learnt.clone()];
    let blend = Blend { members, shares: vec![vec![0.25, 0.75]; 3] };
    let mut fitted = Fitted { learnt: Learnt::Blend(blend), ..trees.clone() };
    fitted.make_ready();
    let next = extended(&fitted, 300..310, lively);
    let parts = [extended(&trees, 300..310, lively), extended(&ets, 300..310, lively)];
    for (at, kept) in next.series.iter().enumerate() {
        for (step, value) in kept.ready.iter().enumerate() {
            let wanted = 0.25 * parts[0].series[at].ready[step] + 0.75 * parts[1].series[at].ready[step];
            assert!((value - wanted).abs() < 1e-9 * wanted, "{value} {wanted}");
        }
    }
}

#[test]
fn sums_go_on_with_their_series() {
    let text = "engine: ets, reconcile: mint_shrink, horizon: 14";
    let fitted = fit_rows(&rows(3, 150, lively), &checked(text)).expect("a fit");
    let next = extended(&fitted, 150..170, lively);
    let (series, sums) = (next.forecast(&all(14)), next.forecast_nodes(&all(14)));
    let (series, sums) = (series.expect("a forecast"), sums.expect("a forecast"));
    for (step, point) in sums[0].points.iter().enumerate() {
        let sum: f64 = series.iter().map(|s| s.points[step].value).sum();
        assert!((sum - point.value).abs() < 1e-9 * sum && point.date == day(170 + step));
    }
    let total = &next.nodes().expect("sums").fitted.series[0];
    let sold = |n: usize| (0..3).map(|branch| lively(branch, n)).sum::<f64>();
    for (ago, value) in total.tail.iter().rev().take(20).enumerate() {
        assert!((value - sold(169 - ago)).abs() < 1e-9 * value);
    }
    // What intervals learn of a day, those of the sums learn too; a sum that lacks a series learns nothing.
    let drifts =
        |model: &Fitted| (model.conformal.drift, model.nodes().expect("sums").fitted.conformal.drift);
    assert!(drifts(&fitted).0 != drifts(&next).0 && drifts(&fitted).1 != drifts(&next).1);
    let mut some = fitted.clone();
    some.recalibrate(
        &actuals(150..155, lively).into_iter().filter(|a| a.series[0] != "b1").collect::<Vec<_>>(),
    );
    assert!(drifts(&fitted).0 != drifts(&some).0 && drifts(&fitted).1 == drifts(&some).1);
}

#[test]
fn gaps_and_odd_rows_are_taken_as_training_takes_them() {
    let fitted = fit_rows(&rows(3, 300, lively), &checked(TREES)).expect("a fit");
    let mut odd = actuals(300..303, lively);
    odd.remove(4); // branch 1 has no second day: nothing was sold
    odd.truncate(7); // branch 2 is late with the third
    odd.push(Actual { value: 5.0, ..odd[0].clone() });
    odd.push(Actual { value: f64::NAN, ..odd[1].clone() });
    odd.push(Actual { series: vec!["Луна".into()], ..odd[0].clone() });
    odd.push(Actual { date: day(299), ..odd[0].clone() });
    odd.push(Actual { date: Date::MAX, ..odd[0].clone() });
    let (next, taken) = fitted.extend(&odd, &[]).expect("a longer history");
    assert_eq!(taken, Taken { used: 7, ignored: 4 });
    let last = |branch: usize| next.series[branch].tail[next.series[branch].tail.len() - 3..].to_vec();
    assert_eq!(last(0), [lively(0, 300) + 5.0, lively(0, 301), lively(0, 302)]);
    assert_eq!(last(1), [lively(1, 300), 0.0, lively(1, 302)]);
    assert_eq!(last(2), [lively(2, 300), lively(2, 301), lively(2, 295)]);
    let key = ["b2".to_owned()];
    assert_eq!(next.history(&key, 1).expect("history")[0].value, None, "filled, not observed");
    let (same, taken) = fitted.extend(&[], &[]).expect("the same history");
    assert_eq!((same.to_bytes() == fitted.to_bytes(), taken), (true, Taken::default()));
}

#[test]
fn intervals_follow_what_happens() {
    let fitted = fit_rows(&rows(3, 400, lively), &checked(TREES)).expect("a fit");
    let width = |model: &Fitted| {
        let point = model.forecast(&all(14)).expect("a forecast")[1].points[13].clone();
        point.intervals[0].hi - point.intervals[0].lo
    };
    let wild = |branch: usize, n: usize| lively(branch, n) * if n.is_multiple_of(2) { 1.5 } else { 0.5 };
    let mut surprised = fitted.clone();
    let taken = surprised.recalibrate(&actuals(400..414, wild));
    assert_eq!(taken, Taken { used: 42, ignored: 0 });
    assert!(width(&surprised) > 1.1 * width(&fitted), "{} {}", width(&surprised), width(&fitted));
    let once = width(&surprised);
    assert_eq!(surprised.recalibrate(&actuals(400..414, wild)), Taken { used: 0, ignored: 42 });
    assert_eq!(width(&surprised), once, "the same days count once");
    let back = Fitted::from_bytes(&surprised.to_bytes()).expect("a model");
    assert_eq!(width(&back), once);

    let mut pleased = fitted.clone();
    let said: Vec<Vec<f64>> = fitted.series.iter().map(|s| s.ready.clone()).collect();
    pleased.recalibrate(&actuals(400..414, |branch, n| said[branch][n - 400]));
    assert!(width(&pleased) < width(&fitted));
}

/// When noise doubles, intervals that learn from every day hold again what they promise within six horizons; and do
/// not lose it.
#[test]
fn coverage_comes_back_after_noise_has_changed() {
    let noisy = |size: f64| {
        move |branch: usize, n: usize| {
            let mut random = Random::new((branch * 100_000 + n) as u64);
            let bell: f64 = (0..12).map(|_| random.below(1000) as f64 / 1000.0).sum::<f64>() - 6.0;
            500.0 + 40.0 * (n % 7) as f64 + size * bell
        }
    };
    let branches = 12;
    let fitted = fit_rows(&rows(branches, 200, noisy(20.0)), &settings("weekday_mean")).expect("a fit");
    let mut model = fitted.clone();
    let mut coverage = Vec::new();
    for n in 200..200 + 14 * 10 {
        let day: Vec<Actual> = (0..branches)
            .map(|branch| Actual {
                series: vec![format!("b{branch}")],
                date: day(n),
                value: noisy(40.0)(branch, n),
            })
            .collect();
        let forecast = model.forecast(&all(14)).expect("a forecast");
        // How the intervals of this day would hold over the horizon to come.
        let inside = forecast.iter().enumerate().flat_map(|(branch, series)| {
            series.points.iter().zip(n..).map(move |(point, n)| {
                let value = noisy(40.0)(branch, n);
                f64::from(u8::from(point.intervals[0].lo <= value && value <= point.intervals[0].hi))
            })
        });
        coverage.push(100.0 * inside.sum::<f64>() / (branches * 14) as f64);
        model = model.extend(&day, &[]).expect("a day more").0;
    }
    let mean = |days: std::ops::Range<usize>| coverage[days.clone()].iter().sum::<f64>() / days.len() as f64;
    assert!(mean(0..3) < 62.0, "{coverage:?}");
    assert!((mean(84..112) - 80.0).abs() < 4.0, "{}: {coverage:?}", mean(84..112));
    assert!((mean(112..140) - 80.0).abs() < 4.0, "{}: {coverage:?}", mean(112..140));
    assert!(model.issued.len() == 13, "a horizon of forecasts is kept, no more");
}
