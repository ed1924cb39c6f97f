//! Known values of statsforecast, and odd series.
//!
//! `fixtures/statsforecast.json` holds what statsforecast 2.1.1 answered for fixed series: estimated weights and
//! states, likelihood, forecasts. With its estimates our recursions must give its numbers; our own estimates must
//! be at least as likely.

use super::ets::{Outcome, filtered};
use super::*;
use crate::artifact::{Reader, Writer};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Known {
    ets: Vec<KnownEts>,
    theta: Vec<KnownTheta>,
    croston: Vec<KnownCroston>,
    series: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct KnownEts {
    series: String,
    season: usize,
    asked: String,
    components: String,
    par: [Option<f64>; 4],
    initial: Vec<f64>,
    neg2loglik: f64,
    aicc: f64,
    forecast: Vec<f64>,
}

#[derive(Deserialize)]
struct KnownTheta {
    series: String,
    season: usize,
    model: String,
    par: [f64; 3],
    decomposition: Option<String>,
    forecast: Vec<f64>,
}

#[derive(Deserialize)]
struct KnownCroston {
    values: Vec<f64>,
    classic: f64,
    sba: f64,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    serde_json::from_str(include_str!("fixtures/statsforecast.json")).expect("a readable fixture")
});

/// The largest difference, relative to the size of what was wanted.
fn off(found: &[f64], wanted: &[f64]) -> f64 {
    assert_eq!(found.len(), wanted.len());
    let size = wanted.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    found.iter().zip(wanted).fold(0.0f64, |m, (a, b)| m.max((a - b).abs())) / size
}

impl KnownEts {
    fn form(&self) -> Form {
        let letters: Vec<char> = self.components.chars().collect();
        Form {
            error: if letters[0] == 'A' { Error::Additive } else { Error::Multiplicative },
            trend: match (letters[1], letters[3]) {
                ('N', _) => Trend::None,
                (_, 'D') => Trend::Damped,
                _ => Trend::Additive,
            },
            season: match letters[2] {
                'N' => Season::None,
                'A' => Season::Additive,
                _ => Season::Multiplicative,
            },
        }
    }

    /// Its estimates through our walk.
    fn walked(&self) -> (Weights, Outcome) {
        let [alpha, beta, gamma, phi] = self.par;
        let form = self.form();
        let weights = Weights {
            alpha: alpha.expect("a weight"),
            beta: beta.unwrap_or(0.0),
            gamma: gamma.unwrap_or(0.0),
            phi: phi.filter(|_| form.trend == Trend::Damped).unwrap_or(1.0),
        };
        (weights, filtered(form, weights, &self.start(), &KNOWN.series[&self.series]))
    }

    /// Its estimate of the state before the first value.
    fn start(&self) -> State {
        let with_slope = usize::from(self.form().trend != Trend::None);
        // It lists the season backwards in time.
        let season = self.initial[1 + with_slope..].iter().rev().copied().collect();
        let slope = if with_slope == 1 { self.initial[1] } else { 0.0 };
        State { level: self.initial[0], slope, season }
    }
}

#[test]
fn with_published_estimates_likelihood_and_forecasts_are_the_published_ones() {
    for known in &KNOWN.ets {
        let (weights, end) = known.walked();
        assert!(
            (end.loss - known.neg2loglik).abs() < 1e-6 * known.neg2loglik.abs(),
            "{} {}",
            known.series,
            known.components
        );
        let ets = Ets { form: known.form(), weights, state: end.state, aicc: 0.0 };
        let forecast = ets.forecast(known.forecast.len());
        // It adds φ twice where the book has φ + φ² (Hyndman et al. 2008, table 2.1): a damped path agrees for one step.
        let steps = if known.form().trend == Trend::Damped { 1 } else { forecast.len() };
        assert!(
            off(&forecast[..steps], &known.forecast[..steps]) < 1e-9,
            "{} {}",
            known.series,
            known.components
        );
    }
}

#[test]
fn our_estimates_are_at_least_as_likely_as_the_published_ones() {
    let mut better = 0.0;
    for known in &KNOWN.ets {
        let values = &KNOWN.series[&known.series];
        assert_eq!(recent(values, known.season).len(), values.len(), "the whole series is used");
        let forms: Vec<Form> = if known.asked == "ZZZ" { Form::all().collect() } else { vec![known.form()] };
        let (found, errors) = ets_of(values, known.season, &forms);
        assert!(
            found.aicc < known.aicc + 1.0,
            "{} {}: {} is not {}",
            known.series,
            known.components,
            found.aicc,
            known.aicc
        );
        better += known.aicc - found.aicc;
        assert_eq!(errors.len(), values.len());
    }
    assert!(better / KNOWN.ets.len() as f64 > 0.0, "on average the likelihood is higher: {better}");
}

#[test]
fn theta_with_published_weights_forecasts_the_published_values() {
    for known in &KNOWN.theta {
        let values = &KNOWN.series[&known.series];
        let form = ThetaForm { dynamic: known.model.starts_with('D'), optimised: known.model.contains("OT") };
        let kind = known.decomposition.as_deref();
        assert_eq!(is_seasonal(values, known.season), kind.is_some(), "{}", known.series);
        let ratio = kind == Some("multiplicative");
        let indices =
            kind.map(|_| decomposed(values, known.season, ratio).expect("indices")).unwrap_or_default();
        let forecast =
            theta::with_weights(values, form, known.par, &indices, ratio).forecast(known.forecast.len());
        assert!(off(&forecast, &known.forecast) < 1e-9, "{} {}", known.series, known.model);
    }
}

#[test]
fn theta_finds_weights_at_least_as_good_as_the_published_ones() {
    for known in &KNOWN.theta {
        let values = &KNOWN.series[&known.series];
        let form = ThetaForm { dynamic: known.model.starts_with('D'), optimised: known.model.contains("OT") };
        let ratio = known.decomposition.as_deref() == Some("multiplicative");
        let plain: Vec<f64> = match &known.decomposition {
            None => values.clone(),
            Some(_) => {
                let indices = decomposed(values, known.season, ratio).expect("indices");
                let index = |at: usize| indices[at % known.season];
                values
                    .iter()
                    .enumerate()
                    .map(|(at, v)| if ratio { v / index(at) } else { v - index(at) })
                    .collect()
            }
        };
        let (found, squares, _) = theta_of(&plain, form);
        let theirs = theta::squares(&plain, form, known.par);
        assert!(
            squares < theirs * 1.0005,
            "{} {}: {squares} is not {theirs}, {found:?} {:?}",
            known.series,
            known.model,
            known.par
        );
    }
}

#[test]
fn croston_gives_the_published_rates() {
    for known in &KNOWN.croston {
        assert!((croston(&known.values).0.rate() - known.classic).abs() < 1e-9, "{:?}", known.values);
        let has_zeros = known.values.contains(&0.0);
        let wanted = if has_zeros { known.sba } else { known.classic };
        assert!((sba(&known.values, 7).0.rate() - wanted).abs() < 1e-9, "{:?}", known.values);
    }
    assert!(is_intermittent(&[0.0, 0.0, 3.0, 0.0]) && !is_intermittent(&[1.0, 2.0, 0.0, 4.0, 1.0]));
    assert!(!is_intermittent(&[0.0; 9]) && !is_intermittent(&[]));
}

/// Every method on one series; all answers must be finite, and survive their bytes.
fn all_methods(values: &[f64], season: usize) {
    let mut learnt = vec![Smoothed::Ets(ets(values, season).0), Smoothed::Croston(sba(values, season).0)];
    learnt.extend(theta(values, season).map(|(theta, _)| Smoothed::Theta(theta)));
    for one in learnt {
        let forecast = one.forecast(40);
        assert!(forecast.iter().all(|v| v.is_finite()), "{one:?} from {values:?}");
        let mut out = Writer::default();
        one.write(&mut out);
        assert_eq!(Smoothed::read(&mut Reader(&out.0), 1e30).expect("readable"), one);
        let later = one.after(&values[values.len() / 2..]).forecast(9);
        assert!(later.iter().all(|v| v.is_finite()), "{one:?} after {values:?}");
    }
}

#[test]
fn odd_series_have_finite_forecasts() {
    let n = f64::NAN;
    let wave = |t: usize| [5.0, 3.0, 1.0, 0.0, 2.0, 8.0, 9.0][t % 7];
    for season in [1, 4, 7, 52] {
        all_methods(&[], season);
        all_methods(&[3.0], season);
        all_methods(&[n, n], season);
        for values in [
            vec![0.0; 300],
            vec![7.0; 300],
            (0..300).map(wave).collect::<Vec<f64>>(),
            (0..300).map(|t| wave(t) * 1e14).collect(),
            (0..300).map(|t| wave(t) * 1e-12 + 1e-12).collect(),
            (0..300).map(|t| if t == 150 { 1e15 } else { 1.0 + wave(t) }).collect(),
            (0..300).map(|t| if t % 7 == 6 { n } else { 100.0 + wave(t) }).collect(),
            (0..300).map(|t| if t % 2 == 0 { 1e9 } else { -1e9 }).collect(),
            (0..300).map(|t| f64::from(t as u32).powi(3)).collect(),
            (0..300).map(|t| if t < 295 { 0.0 } else { 4.0 }).collect(),
        ] {
            all_methods(&values, season);
            all_methods(&values[..9], season);
        }
    }
}

#[test]
fn closed_days_do_not_move_the_level() {
    let open = |t: usize| 100.0 + [0.0, 10.0, 20.0, 5.0, 30.0, 40.0, 0.0][t % 7] + (t * 37 % 11) as f64;
    let values: Vec<f64> = (0..280).map(|t| if t % 7 == 6 { f64::NAN } else { open(t) }).collect();
    for forecast in [ets(&values, 7).0.forecast(7), theta(&values, 7).expect("a model").0.forecast(7)] {
        for (t, value) in forecast.iter().enumerate().take(6) {
            assert!((value - open(t) - 2.0).abs() < 12.0, "{t}: {forecast:?}");
        }
    }
    let sparse: Vec<f64> =
        (0..280).map(|t| if t % 7 == 6 { f64::NAN } else { f64::from(u8::from(t % 7 == 0)) }).collect();
    assert!(
        (croston(&sparse).0.rate() - 1.0 / 6.0).abs() < 0.01,
        "six open days from one demand to the next"
    );
}

#[test]
fn carried_on_is_as_if_walked_to_the_end() {
    let values: Vec<f64> =
        (0..200).map(|t| 50.0 + [0.0, 5.0, 9.0, 2.0, 1.0, 20.0, 3.0][t % 7] + (t * 31 % 17) as f64).collect();
    let (ets, _) = ets(&values[..150], 7);
    let smoothed = Smoothed::Ets(ets.clone());
    assert_eq!(smoothed.after(&values[150..170]).after(&values[170..]), smoothed.after(&values[150..]));
    // Three unknown periods later, the forecast is the rest of the earlier one.
    let later = smoothed.after(&[f64::NAN; 3]).forecast(5);
    assert!(off(&later, &ets.forecast(8)[3..]) < 1e-12);
    let theta = Smoothed::Theta(theta(&values[..150], 7).expect("a model").0);
    assert!(off(&theta.after(&[f64::NAN; 3]).forecast(5), &theta.forecast(8)[3..]) < 1e-9);
    assert_eq!(
        Smoothed::Croston(croston(&values[..150]).0).after(&values[150..]),
        Smoothed::Croston(croston(&values).0)
    );
}

#[test]
fn carried_on_is_the_walk_over_all_history_with_the_same_weights() {
    for known in &KNOWN.ets {
        let (weights, end) = known.walked();
        let values = &KNOWN.series[&known.series];
        let (before, rest) = values.split_at(values.len() - 17);
        let start = known.start();
        let state = filtered(known.form(), weights, &start, before).state;
        let ets = Ets { form: known.form(), weights, state, aicc: 0.0 };
        let whole = Ets { state: end.state, ..ets.clone() };
        assert_eq!(ets.after(rest), whole, "{} {}", known.series, known.components);
        let day_by_day = rest.iter().fold(ets, |ets, &value| ets.after(&[value]));
        assert_eq!(day_by_day, whole, "{} {}", known.series, known.components);
    }
    for known in KNOWN.theta.iter().filter(|known| known.model.starts_with('D')) {
        let values = &KNOWN.series[&known.series];
        let form = ThetaForm { dynamic: true, optimised: known.model.contains("OT") };
        let (before, rest) = values.split_at(values.len() - 17);
        let learnt = |values: &[f64]| theta::with_weights(values, form, known.par, &[], false);
        assert_eq!(learnt(before).after(rest), learnt(values), "{} {}", known.series, known.model);
    }
}

#[test]
fn a_day_on_which_a_walk_breaks_down_costs_that_day_alone() {
    let values: Vec<f64> = (0..120).map(|t| [5.0, 6.0, 9.0, 12.0][t % 4] * (1.0 + t as f64 / 50.0)).collect();
    let form = Form { error: Error::Multiplicative, trend: Trend::Additive, season: Season::Multiplicative };
    let (ets, _) = ets_of(&values, 4, &[form]);
    let new = [40.0, -1e9, f64::NAN, 60.0, 20.0, 25.0];
    let stepped = new.iter().fold(ets.clone(), |ets, &value| ets.after(&[value]));
    assert_eq!(ets.after(&new), stepped);
    assert!(stepped.forecast(8).iter().all(|v| v.is_finite()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_series_has_a_finite_forecast(
        values in prop::collection::vec(prop_oneof![4 => -1e15f64..1e15, 4 => 0.0f64..100.0, 1 => Just(0.0), 1 => Just(f64::NAN)], 0..90),
        season in prop_oneof![Just(1usize), Just(4), Just(7), Just(12)],
    ) {
        all_methods(&values, season);
    }
}
