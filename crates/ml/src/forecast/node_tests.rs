//! The promises of reconciled forecasts: they add up everywhere, and survive their bytes.

use super::tests::{all, fit_rows, lively, rows};
use super::*;
use crate::artifact::PREFIX;
use crate::panel::{Observations, Panel, StaticColumn};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};
use vakhta_domain::spec::parse_yaml;

/// Six branches in two regions; every third one sells food.
fn branches(days: usize) -> Observations {
    let mut data = rows(6, days, lively);
    let words = |name: &str, word: fn(usize) -> &'static str| StaticColumn::Words {
        name: name.into(),
        values: (0..6 * days).map(|row| Some(Arc::from(word(row / days)))).collect(),
    };
    data.statics.push(words("region", |branch| if branch < 4 { "north" } else { "south" }));
    data.statics.push(words("format", |branch| if branch.is_multiple_of(3) { "food" } else { "books" }));
    data
}

fn settings(more: &str) -> Checked {
    let text = format!(
        "{{model_key: m, task: forecast, data: {{dataset: d, time: t, series: [branch], target: y, hierarchy: [region], \
         grouped: [[format], [region, format]]}}, horizon: 14, {more}}}"
    );
    Params::from_spec(&parse_yaml(&text).expect("a spec")[0]).expect("settings")
}

fn reconciled() -> &'static Fitted {
    static FITTED: OnceLock<Fitted> = OnceLock::new();
    let checked = || settings("engine: ets, reconcile: mint_shrink");
    FITTED.get_or_init(|| fit_rows(&branches(150), &checked()).expect("a fit"))
}

/// The largest gap between a sum and its series, relative to the total.
fn gap(fitted: &Fitted, horizon: usize) -> f64 {
    let series = fitted.forecast(&all(horizon)).expect("a forecast");
    let nodes = fitted.forecast_nodes(&all(horizon)).expect("a forecast");
    let hierarchy = fitted.nodes().expect("nodes").hierarchy();
    assert_eq!(nodes.len(), hierarchy.count());
    let mut largest = 0.0f64;
    for (forecast, node) in nodes.iter().zip(hierarchy.nodes()) {
        assert_eq!((&forecast.key, forecast.points.len()), (&node.key, horizon));
        for (step, point) in forecast.points.iter().enumerate() {
            let sum: f64 = node.members.iter().map(|&m| series[m as usize].points[step].value).sum();
            largest = largest.max((point.value - sum).abs() / nodes[0].points[step].value);
        }
    }
    largest
}

#[test]
fn every_method_and_engine_adds_up() {
    let data = branches(200);
    for (engine, method) in [
        ("seasonal_naive", "bottom_up"),
        ("theta", "top_down"),
        ("weekday_mean", "ols"),
        ("ets", "wls"),
        ("gbdt, params: {rounds: 20, leaves: 8, learning_rate: 0.2}", "mint_shrink"),
    ] {
        let fitted =
            fit_rows(&data, &settings(&format!("engine: {engine}, reconcile: {method}"))).expect("a fit");
        assert!(gap(&fitted, 14) < 1e-9 && gap(&fitted, 30) < 1e-9, "{engine} {method}");
        assert_eq!(fitted.report().params["reconcile"], method);
        assert!(fitted.report().notes.iter().any(|n| n.code == "reconciled"));
        let (ready, walked) = (fitted.forecast(&all(14)), fitted.forecast(&all(30)));
        for (a, b) in ready.expect("a forecast").iter().zip(walked.expect("a forecast")) {
            let close = |(a, b): (&vakhta_domain::report::ForecastPoint, _)| {
                let b: &vakhta_domain::report::ForecastPoint = b;
                (a.value - b.value).abs() < 1e-9 * a.value.abs().max(1.0)
            };
            assert!(a.points.iter().zip(&b.points).all(close), "a longer walk begins with the ready one");
        }
    }
}

#[test]
fn levels_are_named_and_their_accuracy_is_reported() {
    let fitted = reconciled();
    let forecast = fitted.forecast_nodes(&all(3)).expect("a forecast");
    let names: Vec<String> = forecast.iter().map(|n| node_key(&n.columns, &n.key).join(" ")).collect();
    assert_eq!(names[..3], ["*", "region=north", "region=south"]);
    assert!(names.contains(&"region=north format=food".to_owned()), "{names:?}");
    let nodes = fitted.nodes().expect("nodes");
    assert_eq!(nodes.report().by_series.len(), forecast.len());
    let coverage = &nodes.report().overall.coverage;
    assert_eq!(coverage.len(), 2, "intervals of sums are checked too");
    let total = &nodes.report().by_series[0];
    assert_eq!(total.series, ["*"]);
    assert!(total.metrics.wape.expect("a WAPE") < fitted.report().overall.wape.expect("a WAPE") + 1.0);
    for point in &forecast[0].points {
        assert!(point.intervals[0].lo < point.value && point.value < point.intervals[0].hi);
    }
    // The rows of the folds add up too: the total of each period is what its series say.
    let (of_sums, of_series) = (nodes.backtest().expect("rows"), fitted.backtest().expect("rows"));
    for row in of_sums.rows.iter().filter(|row| row.series == 0) {
        let same = of_series.rows.iter().filter(|r| (r.fold, r.period) == (row.fold, row.period));
        let sum: f64 = same.map(|r| r.forecast).sum();
        assert!((row.forecast - sum).abs() < 1e-9 * sum, "{row:?}");
    }
}

#[test]
fn nothing_to_reconcile_is_no_hierarchy() {
    let none = fit_rows(&branches(100), &settings("engine: weekday_mean")).expect("a fit");
    assert!(none.nodes().is_none() && none.forecast_nodes(&all(5)).expect("nothing").is_empty());
    let one =
        fit_rows(&rows(1, 100, lively), &settings("engine: weekday_mean, reconcile: ols")).expect("a fit");
    assert!(one.nodes().is_none());
    // Columns that the rows do not have are passed over; the total is left.
    let total =
        fit_rows(&rows(3, 100, lively), &settings("engine: weekday_mean, reconcile: ols")).expect("a fit");
    assert_eq!(total.nodes().expect("a total").hierarchy().count(), 1);
}

#[test]
fn closed_branches_stay_closed_and_sums_know_it() {
    let mut data = branches(200);
    let sunday = |at: usize| data.time[at].weekday() == jiff::civil::Weekday::Sunday;
    let closed: Vec<usize> = (0..data.time.len()).filter(|&at| at < 200 && sunday(at)).collect();
    for &at in closed.iter().rev() {
        data.time.remove(at);
        data.target.remove(at);
        data.series[0].remove(at);
        for column in &mut data.statics {
            if let StaticColumn::Words { values, .. } = column {
                values.remove(at);
            }
        }
    }
    let text = "{model_key: m, task: forecast, data: {dataset: d, time: t, series: [branch], target: y, missing: closed}, \
                horizon: 14, engine: ets, reconcile: mint_shrink}";
    let checked = Params::from_spec(&parse_yaml(text).expect("a spec")[0]).expect("settings");
    let fitted = fit_rows(&data, &checked).expect("a fit");
    let forecast = fitted.forecast(&all(14)).expect("a forecast");
    for point in &forecast[0].points {
        assert_eq!(point.value == 0.0, point.date.weekday() == jiff::civil::Weekday::Sunday, "{point:?}");
    }
    assert!(gap(&fitted, 14) < 1e-9);
}

#[test]
fn a_hierarchy_survives_its_bytes() {
    let fitted = reconciled();
    let bytes = fitted.to_bytes();
    let back = Fitted::from_bytes(&bytes).expect("a model");
    assert_eq!(back.to_bytes(), bytes);
    for horizon in [14, 40] {
        assert_eq!(back.forecast(&all(horizon)), fitted.forecast(&all(horizon)));
        assert_eq!(back.forecast_nodes(&all(horizon)), fitted.forecast_nodes(&all(horizon)));
    }
    let other = settings("engine: ets, reconcile: mint_shrink");
    let (panel, _) = Panel::build(&branches(150), &other.panel_rules()).expect("a panel");
    let again = fit(&other, &panel, 1, 3, &vakhta_domain::progress::Unwatched).expect("a fit");
    assert!(again.to_bytes() == bytes, "any number of threads");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn forged_hierarchies_are_refused_or_answer(changes in prop::collection::vec((0.5f64..1.0, any::<u8>()), 1..6)) {
        let mut bytes = reconciled().to_bytes();
        let body = bytes.len() - PREFIX;
        for (place, value) in changes {
            bytes[PREFIX + (body as f64 * place) as usize] = value;
        }
        let digest = Sha256::digest(&bytes[PREFIX..]);
        bytes[20..PREFIX].copy_from_slice(&digest);
        if let Ok(model) = Fitted::from_bytes(&bytes) {
            let _ = model.forecast(&all(20));
            let _ = model.forecast_nodes(&all(20));
        }
    }
}
