//! The promises of statistical engines and of `engine: auto`.

use super::tests::{SMALL, all, checked, fit_rows, lively, rows};
use super::*;
use jiff::civil::Weekday;
use vakhta_domain::spec::{Engine, parse_yaml};

fn codes(fitted: &Fitted) -> Vec<&str> {
    fitted.report().notes.iter().map(|n| n.code.as_str()).collect()
}

#[test]
fn each_statistical_engine_can_be_asked_for_saved_and_read() {
    let data = rows(4, 260, lively);
    for (name, engine) in [("ets", Engine::Ets), ("theta", Engine::Theta), ("croston", Engine::Croston)] {
        let fitted = fit_rows(&data, &checked(&format!("engine: {name}, horizon: 14"))).expect("a fit");
        assert_eq!((fitted.report().engine.as_str(), fitted.learnt.engine()), (name, engine));
        assert!(fitted.report().params["forms"].is_object(), "{}", fitted.report().params);
        let bytes = fitted.to_bytes();
        let back = Fitted::from_bytes(&bytes).expect("a model");
        assert_eq!(back.to_bytes(), bytes);
        let ready = fitted.forecast(&all(14)).expect("a forecast");
        let walked = back.forecast(&all(40)).expect("a forecast");
        for (ready, walked) in ready.iter().zip(&walked) {
            assert_eq!(ready.points[..], walked.points[..14]);
            assert!(walked.points.iter().all(|p| p.intervals.len() == 2 && p.value.is_finite()));
        }
        let wape = fitted.report().overall.wape.expect("a WAPE");
        if engine != Engine::Croston {
            assert!(
                wape < fitted.report().seasonal_naive.wape.expect("a WAPE") && wape < 5.0,
                "{name}: {wape}"
            );
        }
    }
}

#[test]
fn smoothing_is_the_same_on_any_number_of_threads() {
    let checked = checked("engine: ets, horizon: 7");
    let (panel, _) =
        crate::panel::Panel::build(&rows(9, 120, lively), &checked.panel_rules()).expect("a panel");
    let bytes = |threads| {
        let fitted = fit(&checked, &panel, 1, threads, &vakhta_domain::progress::Unwatched);
        fitted.expect("a fit").to_bytes()
    };
    assert!(bytes(1) == bytes(3));
}

#[test]
fn closed_days_stay_closed_under_smoothing() {
    let mut data = rows(2, 300, lively);
    for at in (0..data.time.len()).rev() {
        if data.time[at].weekday() == Weekday::Sunday {
            data.time.remove(at);
            data.target.remove(at);
            data.series[0].remove(at);
        }
    }
    for engine in ["ets", "theta", "croston"] {
        let text = format!(
            "{{model_key: m, task: forecast, data: {{dataset: d, time: t, series: [branch], target: y, missing: closed}}, \
             horizon: 14, engine: {engine}}}"
        );
        let checked = Params::from_spec(&parse_yaml(&text).expect("a spec")[0]).expect("settings");
        let fitted = fit_rows(&data, &checked).expect("a fit");
        for point in fitted.forecast(&all(21)).expect("a forecast").iter().flat_map(|s| &s.points) {
            assert_eq!(point.value == 0.0, point.date.weekday() == Weekday::Sunday, "{engine} {point:?}");
        }
        let overall = &fitted.report().overall;
        assert_eq!(overall.zero_actuals, 0, "closed days are not scored");
        assert!(engine == "croston" || overall.wape.expect("a WAPE") < 6.0, "{engine}: {overall:?}");
    }
}

#[test]
fn auto_keeps_to_one_engine_where_one_is_enough_and_says_why() {
    let fitted = fit_rows(&rows(3, 500, lively), &checked(SMALL)).expect("a fit");
    let note = fitted.report().notes.iter().find(|n| n.code.starts_with("engine")).expect("a reason");
    for word in ["WAPE", "gbdt", "ets", "theta", "weekday_mean", "seasonal_naive", "blend"] {
        assert!(note.text.contains(word), "{word} in {}", note.text);
    }
}

#[test]
fn a_blend_adds_up_its_members_and_survives_its_bytes() {
    let data = rows(3, 200, lively);
    let naive = fit_rows(&data, &checked("engine: seasonal_naive, horizon: 14")).expect("a fit");
    let smooth = fit_rows(&data, &checked("engine: ets, horizon: 14")).expect("a fit");
    let mut blend = smooth.clone();
    let shares = vec![vec![0.0, 1.0], vec![1.0, 0.0], vec![0.25, 0.75]];
    let members = vec![naive.learnt.clone(), smooth.learnt.clone()];
    blend.learnt = Learnt::Blend(Blend { members, shares: shares.clone() });
    let back = Fitted::from_bytes(&blend.to_bytes()).expect("a model");
    assert_eq!(back.learnt, blend.learnt);
    let values = |fitted: &Fitted| -> Vec<Vec<f64>> {
        let forecast = fitted.forecast(&all(40)).expect("a forecast");
        forecast.iter().map(|s| s.points.iter().map(|p| p.value).collect()).collect()
    };
    let (one, other, both) = (values(&naive), values(&smooth), values(&back));
    for series in 0..3 {
        for step in 0..40 {
            let wanted = shares[series][0] * one[series][step] + shares[series][1] * other[series][step];
            assert!((both[series][step] - wanted).abs() < 1e-9);
        }
    }
}

#[test]
fn one_fold_is_not_enough_to_blend() {
    let spec = "horizon: 14, validation: {folds: 1}, params: {rounds: 20, leaves: 4, learning_rate: 0.1}";
    let fitted = fit_rows(&rows(3, 200, lively), &checked(spec)).expect("a fit");
    assert!(codes(&fitted).contains(&"engine_chosen"));
    assert_ne!(fitted.report().engine, "blend");
}

#[test]
fn intermittent_series_bring_croston_in() {
    let value = |branch: usize, n: usize| {
        let draw = crate::random::Random::new((branch * 10_000 + n) as u64).below(100);
        if draw < 12 { (draw % 4 + 1) as f64 } else { 0.0 }
    };
    let spec = "horizon: 14, validation: {folds: 3, metric: rmse}, params: {rounds: 20, leaves: 4}";
    let fitted = fit_rows(&rows(6, 300, value), &checked(spec)).expect("a fit");
    assert!(fitted.report().notes.iter().any(|n| n.text.contains("croston")), "{:?}", fitted.report().notes);
}
