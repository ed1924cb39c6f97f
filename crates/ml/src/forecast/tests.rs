//! The promises of a fit on small panels: odd data, cancelling, threads, horizons, closures, queries.

use super::*;
use crate::panel::{NumberColumn, Observations, Panel, PanelError};
use crate::random::Random;
use jiff::civil::{Date, Weekday, date};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::Mutex;
use vakhta_domain::progress::{Progress, Unwatched};
use vakhta_domain::spec::parse_yaml;

pub(super) fn checked(more: &str) -> Checked {
    let text = format!(
        "{{model_key: m, task: forecast, data: {{dataset: d, time: t, series: [branch], target: y}}, {more}}}"
    );
    Params::from_spec(&parse_yaml(&text).expect("a spec")[0]).expect("settings")
}

pub(super) fn day(n: usize) -> Date {
    date(2022, 1, 1).saturating_add(jiff::Span::new().days(n as i64))
}

pub(super) fn rows(branches: usize, days: usize, value: impl Fn(usize, usize) -> f64) -> Observations {
    let mut rows = Observations {
        series_columns: vec!["branch".into()],
        series: vec![vec![]],
        ..Observations::default()
    };
    for branch in 0..branches {
        for n in 0..days {
            rows.time.push(day(n));
            rows.series[0].push(Arc::from(format!("b{branch}")));
            rows.target.push(value(branch, n));
        }
    }
    rows
}

/// Weekly season, growth, and a little noise that repeats itself.
pub(super) fn lively(branch: usize, n: usize) -> f64 {
    let noise = Random::new((branch * 10_000 + n) as u64).below(100) as f64 / 25.0;
    (100.0 + 50.0 * branch as f64) * [1.0, 0.8, 0.9, 1.0, 1.2, 1.5, 0.4][n % 7] * (1.0 + n as f64 / 2000.0)
        + noise
}

pub(super) fn fit_rows(rows: &Observations, checked: &Checked) -> Result<Fitted, FitError> {
    let (panel, _) = Panel::build(rows, &checked.panel_rules()).expect("a panel");
    fit(checked, &panel, 1, 2, &Unwatched)
}

pub(super) const SMALL: &str = "horizon: 14, params: {rounds: 40, leaves: 8, learning_rate: 0.2}";
pub(super) const TREES: &str =
    "engine: gbdt, horizon: 14, params: {rounds: 40, leaves: 8, learning_rate: 0.2}";

pub(super) fn all(horizon: usize) -> ForecastQuery {
    ForecastQuery { horizon, series: None, levels: vec![80, 95], known_future: vec![] }
}

#[test]
fn learns_a_season_better_than_the_baselines_say() {
    let fitted = fit_rows(&rows(3, 500, lively), &checked(TREES)).expect("a fit");
    let report = fitted.report();
    assert_eq!(report.engine, "gbdt");
    let wape = |m: &vakhta_domain::report::Metrics| m.wape.expect("a WAPE");
    assert!(wape(&report.overall) < wape(&report.seasonal_naive) && wape(&report.overall) < 5.0);
    assert_eq!((report.folds.len(), report.by_series.len(), report.by_horizon.len()), (3, 3, 14));
    assert_eq!(report.overall.n, 3 * 3 * 14);
    assert_eq!(report.history, Some((day(0), day(499))));
    assert_eq!(report.folds[2].to, day(499));
    assert_eq!(report.overall.coverage.len(), 2);
    assert!((report.importance.iter().map(|i| i.gain).sum::<f64>() - 100.0).abs() < 1e-6);
    assert!(report.largest_ratio > 0.5 && report.largest_ratio < 1.5);
    let backtest = fitted.backtest().expect("a fresh fit has one");
    assert_eq!(backtest.rows.len() as u64, report.overall.n);
    assert_eq!(backtest.metrics(|_| true), report.overall);
    assert_eq!(
        Backtest::from_bytes(&backtest.to_bytes()).as_ref(),
        Ok(backtest),
        "every row has an interval"
    );
    assert_eq!((report.overall.width.len(), backtest.cutoff(2)), (2, Some(day(485))));

    let forecast = fitted.forecast(&all(14)).expect("a forecast");
    assert_eq!((forecast.len(), forecast[0].points.len()), (3, 14));
    let point = &forecast[1].points[3];
    assert_eq!((point.date, point.step), (day(503), 4));
    assert!(point.intervals[0].lo <= point.value && point.value <= point.intervals[0].hi);
    assert!(point.intervals[1].lo <= point.intervals[0].lo, "95 is at least as wide as 80");
    assert!((point.value - lively(1, 503)).abs() < 0.1 * point.value);
}

#[test]
fn a_longer_walk_begins_with_the_ready_one() {
    let fitted = fit_rows(&rows(3, 300, lively), &checked(TREES)).expect("a fit");
    let (ready, walked) = (fitted.forecast(&all(14)), fitted.forecast(&all(60)));
    for (a, b) in ready.expect("a forecast").iter().zip(walked.expect("a forecast")) {
        assert_eq!(a.points[..], b.points[..14]);
        assert!(b.points.iter().all(|p| p.value.is_finite()));
    }
}

#[test]
fn any_number_of_threads_makes_the_same_bytes() {
    let checked = checked("horizon: 14, params: {rounds: 15, leaves: 31}");
    let (panel, _) = Panel::build(&rows(40, 200, lively), &checked.panel_rules()).expect("a panel");
    let bytes = |threads| fit(&checked, &panel, 9, threads, &Unwatched).expect("a fit").to_bytes();
    let one = bytes(1);
    assert!(one == bytes(2) && one == bytes(3));
    let other = fit(&checked, &panel, 10, 1, &Unwatched).expect("a fit").to_bytes();
    assert!(one != other, "another seed samples other features");
}

/// Remembers what it was told and stops at a stage.
#[derive(Default)]
struct Watch {
    heard: Mutex<Vec<(&'static str, u64, u64)>>,
    stop_at: Option<&'static str>,
}

impl Progress for Watch {
    fn at(&self, stage: &'static str, done: u64, total: u64) -> ControlFlow<()> {
        self.heard.lock().expect("no panic").push((stage, done, total));
        if self.stop_at == Some(stage) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
    fn note(&self, _text: String) {}
}

#[test]
fn progress_grows_to_the_end_and_can_stop_anywhere() {
    let checked = checked(TREES);
    let (panel, _) = Panel::build(&rows(3, 200, lively), &checked.panel_rules()).expect("a panel");
    let watch = Watch::default();
    fit(&checked, &panel, 1, 2, &watch).expect("a fit");
    let heard = watch.heard.lock().expect("no panic").clone();
    assert!(heard.windows(2).all(|w| w[0].1 <= w[1].1 && w[0].2 == w[1].2), "one scale that only grows");
    let last = heard.last().expect("a report");
    assert_eq!((last.0, last.1), ("forecast", last.2));
    let mut stages: Vec<&str> = heard.iter().map(|h| h.0).collect();
    stages.dedup();
    assert_eq!(stages, ["features", "validate", "train", "forecast"]);
    assert!(heard.len() > 5 * 40, "every tree is a step");
    for stop_at in stages {
        let watch = Watch { stop_at: Some(stop_at), ..Watch::default() };
        assert_eq!(fit(&checked, &panel, 1, 2, &watch).expect_err("refused"), FitError::Cancelled);
        let heard = watch.heard.lock().expect("no panic").len();
        assert!(stop_at == "forecast" || heard < 5 * 40);
    }
}

#[test]
fn short_histories_get_fewer_folds_or_a_clear_refusal() {
    let checked = checked(SMALL);
    let fitted = fit_rows(&rows(2, 45, lively), &checked).expect("a fit");
    assert_eq!(fitted.report().folds.len(), 2);
    assert!(fitted.report().notes.iter().any(|n| n.code == "fewer_folds"));
    let error = fit_rows(&rows(2, 27, lively), &checked).expect_err("refused");
    assert_eq!(error, FitError::TooShort { periods: 27, horizon: 14, needed: 28 });
    assert!(matches!(fit_rows(&rows(1, 1, lively), &checked), Err(FitError::TooShort { periods: 1, .. })));
    let one_fold = fit_rows(&rows(2, 30, lively), &checked).expect("a fit");
    assert!(one_fold.report().overall.coverage.is_empty());
    assert!(one_fold.report().notes.iter().any(|n| n.code == "coverage_unknown"));
}

#[test]
fn too_few_rows_for_trees_fall_back_or_are_refused() {
    let few = rows(1, 35, lively);
    let fitted = fit_rows(&few, &checked(SMALL)).expect("a fit");
    assert_ne!(fitted.report().engine, "gbdt");
    assert!(fitted.report().notes.iter().any(|n| n.code == "no_trees"));
    let trees = checked("engine: gbdt, horizon: 14, params: {rounds: 40, leaves: 8, learning_rate: 0.2}");
    assert!(matches!(fit_rows(&few, &trees), Err(FitError::TooFewRows { .. })));
}

#[test]
fn constant_and_zero_series_are_forecast_as_they_are() {
    let fitted = fit_rows(&rows(2, 200, |branch, _| branch as f64 * 7.0), &checked(TREES)).expect("a fit");
    for (branch, series) in fitted.forecast(&all(20)).expect("a forecast").iter().enumerate() {
        for point in &series.points {
            assert!((point.value - branch as f64 * 7.0).abs() < 1e-3, "{point:?}");
        }
    }
    assert_eq!(fitted.report().overall.zero_actuals, 3 * 14);
}

#[test]
fn all_missing_and_infinite_targets_never_reach_a_fit() {
    let checked = checked(TREES);
    let build = |value: f64| {
        Panel::build(&rows(1, 100, |_, n| if n == 50 { value } else { f64::NAN }), &checked.panel_rules())
    };
    assert!(matches!(build(f64::NAN), Err(PanelError::NoTarget { rows: 100 })));
    assert!(matches!(build(f64::INFINITY), Err(PanelError::Absurd { .. })));
    assert!(matches!(build(1e300), Err(PanelError::Absurd { .. })));
}

#[test]
fn large_and_negative_values_stay_finite() {
    for (scale, offset) in [(1e11, 0.0), (1.0, -150.0), (1e-6, 0.0)] {
        let data = rows(2, 250, |branch, n| lively(branch, n) * scale + offset);
        let fitted = fit_rows(&data, &checked(TREES)).expect("a fit");
        let report = fitted.report();
        assert!(report.overall.wape.expect("a WAPE").is_finite());
        let forecast = fitted.forecast(&all(100)).expect("a forecast");
        let points = || forecast.iter().flat_map(|s| &s.points);
        assert!(points().all(|p| p.value.is_finite()));
        assert_eq!(points().any(|p| p.value < 0.0), offset < 0.0, "negative only where the past was");
        assert_eq!(points().any(|p| p.intervals.iter().any(|i| i.lo < 0.0)), offset < 0.0);
    }
}

#[test]
fn closed_weekdays_are_forecast_as_zero() {
    let mut data = rows(2, 400, lively);
    let open: Vec<bool> = data.time.iter().map(|d| d.weekday() != Weekday::Sunday).collect();
    let keep = |at: &mut usize| {
        *at += 1;
        open[*at - 1]
    };
    let (mut a, mut b, mut c) = (0, 0, 0);
    data.time.retain(|_| keep(&mut a));
    data.target.retain(|_| keep(&mut b));
    data.series[0].retain(|_| keep(&mut c));
    let text = "{model_key: m, task: forecast, data: {dataset: d, time: t, series: [branch], target: y, missing: closed}, \
                engine: gbdt, horizon: 14, params: {rounds: 40, leaves: 8, learning_rate: 0.2}}";
    let checked = Params::from_spec(&parse_yaml(text).expect("a spec")[0]).expect("settings");
    let fitted = fit_rows(&data, &checked).expect("a fit");
    assert_eq!(fitted.report().engine, "gbdt");
    assert_eq!(fitted.report().overall.n, 2 * 3 * 12, "closed days are not scored");
    for point in fitted.forecast(&all(14)).expect("a forecast").iter().flat_map(|s| &s.points) {
        assert_eq!(point.value == 0.0, point.date.weekday() == Weekday::Sunday, "{point:?}");
    }
}

#[test]
fn late_branches_are_never_zero_before_they_open() {
    let mut data = rows(1, 400, lively);
    let late = rows(1, 400, |_, n| lively(3, n));
    for n in 300..400 {
        data.time.push(late.time[n]);
        data.series[0].push(Arc::from("late"));
        data.target.push(late.target[n]);
    }
    let fitted = fit_rows(&data, &checked(TREES)).expect("a fit");
    let key = ["late".to_owned()];
    let history = fitted.history(&key, 1000).expect("history");
    assert_eq!((history.len(), history[0].date), (100, day(300)));
    let point = fitted.predict_at(&key, day(405), &[]).expect("a prediction");
    assert!((point.value - lively(3, 405)).abs() < 0.25 * lively(3, 405), "{point:?}");
}

#[test]
fn known_future_values_are_heard() {
    let mut data = rows(3, 400, |b, n| lively(b, n) * if n % 11 == 0 { 2.0 } else { 1.0 });
    let promo = data.time.iter().map(|d| {
        let number = d.day_of_year() as usize - 1 + if d.year() == 2022 { 0 } else { 365 };
        f64::from(u8::from(number.is_multiple_of(11)))
    });
    data.known_future.push(NumberColumn { name: "promo".into(), values: promo.collect() });
    let fitted = fit_rows(&data, &checked(TREES)).expect("a fit");
    let key = ["b0".to_owned()];
    let at = |value: f64| {
        let known = KnownValue { series: None, date: day(402), column: "promo".into(), value };
        fitted.predict_at(&key, day(402), &[known]).expect("a prediction").value
    };
    assert!(at(1.0) > 1.5 * at(0.0), "{} {}", at(1.0), at(0.0));
    let wrong = KnownValue { series: None, date: day(402), column: "weather".into(), value: 1.0 };
    let error = fitted.predict_at(&key, day(402), &[wrong]).expect_err("refused");
    assert!(error.to_string().contains("`weather`") && error.to_string().contains("promo"));
}

#[test]
fn questions_without_an_answer_say_why() {
    let fitted = fit_rows(&rows(2, 200, lively), &checked(TREES)).expect("a fit");
    let unknown = ForecastQuery { series: Some(vec![vec!["Луна".into()]]), ..all(5) };
    assert!(fitted.forecast(&unknown).expect_err("refused").to_string().contains("Луна"));
    for horizon in [0, MAX_HORIZON + 1] {
        assert_eq!(fitted.forecast(&all(horizon)).expect_err("refused"), QueryError::Horizon { horizon });
    }
    let level = ForecastQuery { levels: vec![100], ..all(5) };
    assert_eq!(fitted.forecast(&level).expect_err("refused"), QueryError::Level { level: 100 });
    let key = ["b0".to_owned()];
    for date in [day(199), day(0), day(5000), Date::MIN, Date::MAX] {
        assert!(matches!(fitted.predict_at(&key, date, &[]), Err(QueryError::Date { .. })), "{date}");
    }
    let known = KnownValue { series: None, date: Date::MAX, column: "promo".into(), value: 1.0 };
    assert!(fitted.predict_at(&key, day(201), &[known]).is_err());
}

#[test]
fn months_quarters_and_weeks_run_too() {
    for (step, count, horizon) in [("M", 72, 12), ("Q", 60, 8), ("W", 180, 8)] {
        let span = |n: i64| match step {
            "M" => jiff::Span::new().months(n),
            "Q" => jiff::Span::new().months(3 * n),
            _ => jiff::Span::new().weeks(n),
        };
        let mut data =
            rows(4, count, |branch, n| 100.0 * (branch + 1) as f64 + 30.0 * ((n % 12) as f64).sin());
        for (n, time) in data.time.iter_mut().enumerate() {
            *time = date(2010, 1, 1).saturating_add(span((n % count) as i64));
        }
        let fitted =
            fit_rows(&data, &checked("engine: gbdt, params: {rounds: 30, leaves: 8}")).expect("a fit");
        assert_eq!(fitted.horizon(), horizon, "{step}");
        let forecast = fitted.forecast(&all(horizon)).expect("a forecast");
        assert_eq!(forecast[0].points[1].date, date(2010, 1, 1).saturating_add(span(count as i64 + 1)));
    }
}

#[test]
fn params_name_the_wrong_field() {
    let text = "{model_key: m, task: forecast, data: {dataset: d, time: t, target: y}, engine: mlp, \
                features: {calendar: {events: [{name: e, dates: []}]}}}";
    let error = Params::from_spec(&parse_yaml(text).expect("a spec")[0]).expect_err("refused");
    let places: Vec<&str> = error.0.iter().map(|e| e.pointer.as_str()).collect();
    assert_eq!(places, ["/engine", "/features/calendar/events/0/dates"]);
}
