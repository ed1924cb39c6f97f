//! What features promise: no look into the future, and the same row by every way.

use super::*;
use crate::panel::{NumberColumn, Observations, Panel, PanelRules};
use crate::random::Random;
use jiff::civil::date;
use std::sync::Arc;
use vakhta_domain::spec::{Country, Frequency, Missing, Outliers};

fn panel(days: usize, change: impl Fn(usize, usize, f64) -> f64) -> Panel {
    let mut rows =
        Observations { series_columns: vec!["branch".into()], series: vec![vec![]], ..Default::default() };
    let mut flag = vec![];
    let mut random = Random::new(4);
    for branch in 0..2 {
        for day in 0..days {
            rows.time.push(date(2021, 1, 1).saturating_add(jiff::Span::new().days(day as i64)));
            rows.series[0].push(Arc::from(format!("b{branch}")));
            let value = 100.0 + (day % 7) as f64 * 10.0 + random.below(20) as f64;
            rows.target.push(change(branch, day, value));
            flag.push(f64::from(u8::from(day % 30 == 3)));
        }
    }
    rows.known_future.push(NumberColumn { name: "promo".into(), values: flag });
    let rules =
        PanelRules { frequency: Some(Frequency::D), missing: Missing::Zero, outliers: Outliers::Keep };
    Panel::build(&rows, &rules).expect("a panel").0
}

fn choice() -> Choice {
    Choice { country: Some(Country::RU), ..Choice::default() }
}

#[test]
fn no_feature_sees_its_own_value_or_a_later_one() {
    let cut = 600;
    let calm = panel(900, |_, _, v| v);
    let shaken = panel(900, |_, day, v| if day >= cut { v * 7.0 + 1000.0 } else { v });
    for relative in [false, true] {
        let plan = Plan::new(&choice(), &calm, relative);
        assert!(plan.is_sound(1, 0));
        let (a, b) = (Table::build(&plan, &calm, 28), Table::build(&plan, &shaken, 28));
        let mut later_rows_differ = 0;
        for row in 0..a.target.len() {
            let same =
                a.matrix.row(row).iter().zip(b.matrix.row(row)).all(|(x, y)| x.to_bits() == y.to_bits());
            if a.period[row] as usize <= cut {
                assert!(same, "period {} changed", a.period[row]);
                assert_eq!(a.level[row], b.level[row]);
            } else {
                later_rows_differ += usize::from(!same);
            }
        }
        assert!(later_rows_differ > 500, "the shake must be felt later, or this test shows nothing");
    }
}

#[test]
fn a_resumed_state_gives_the_same_row() {
    let panel = panel(1000, |_, _, v| v + 1e7);
    let plan = Plan::new(&choice(), &panel, true);
    let series = &panel.series[1];
    let state = walked(&plan, series, &series.values);
    let known = |period: usize| move |column: usize, offset: i32| known_at(series, column, period, offset);
    let tail = series.values[series.values.len() - plan.reach()..].to_vec();
    let resumed = State::resume(&plan, tail, state.summary().clone());
    let calendar = CalendarTable::new(&plan, panel.first, 1000, 1);
    let moment = Moment {
        calendar: calendar.row(1000),
        year_ago: calendar.year_ago(1000),
        known: &known(1000),
        statics: &[],
        code: 1.0,
    };
    let (mut a, mut b) = (vec![0.0; plan.width()], vec![0.0; plan.width()]);
    let levels = (state.fill(&plan, &moment, &mut a), resumed.fill(&plan, &moment, &mut b));
    assert!((levels.0 - levels.1).abs() < 1e-3);
    for ((x, y), feature) in a.iter().zip(&b).zip(&plan.features) {
        let close = (x - y).abs() <= 1e-4 * x.abs().max(1e-3) || x.is_nan() && y.is_nan();
        assert!(close, "{}: {x} {y}", feature.name);
    }
}

/// A choice that asks for every kind of feature.
fn everything() -> Choice {
    Choice {
        same_season: Some(vec![1, 4]),
        quantiles: vec![10, 50],
        fourier: Fourier::Auto,
        look_alikes: true,
        pay_days: vec![5, 20],
        ..choice()
    }
}

#[test]
fn whole_series_and_single_rows_agree_to_the_bit() {
    let panel =
        panel(900, |branch, day, v| if branch == 1 && day < 300 { f64::NAN } else { v + (day as f64).sin() });
    for (choice, relative) in [(choice(), true), (everything(), false)] {
        let plan = Plan::new(&choice, &panel, relative);
        let calendar = CalendarTable::new(&plan, panel.first, 0, panel.len);
        let table = Table::build(&plan, &panel, 0);
        let mut at_row = 0;
        for (code, series) in panel.series.iter().enumerate() {
            let mut state = State::new(&plan);
            let mut row = vec![0.0; plan.width()];
            for (at, &value) in series.values.iter().enumerate() {
                let period = series.start + at;
                let known = |column: usize, offset: i32| known_at(series, column, period, offset);
                let moment = Moment {
                    calendar: calendar.row(period),
                    year_ago: calendar.year_ago(period),
                    known: &known,
                    statics: &series.statics,
                    code: code as f32,
                };
                let level = state.fill(&plan, &moment, &mut row);
                assert_eq!((table.level[at_row], table.period[at_row]), (level, period as u32));
                for ((a, b), feature) in row.iter().zip(table.matrix.row(at_row)).zip(&plan.features) {
                    let same = a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
                    assert!(same, "{} of period {period}: {a} {b}", feature.name);
                }
                state.push(&plan, value, |place| known(plan.flags[place], 0) == 1.0);
                at_row += 1;
            }
        }
        assert_eq!(at_row, table.target.len());
    }
}

#[test]
fn features_have_the_values_that_their_names_say() {
    let panel = panel(500, |branch, day, _| (branch * 1000 + day) as f64);
    let asked = Choice { quantiles: vec![25], ..choice() };
    let plan = Plan::new(&asked, &panel, false);
    let table = Table::build(&plan, &panel, 0);
    let row = table.matrix.row(450);
    let of = |name: &str| {
        let at = plan.features.iter().position(|f| f.name == name);
        f64::from(row[at.unwrap_or_else(|| panic!("no feature {name}"))])
    };
    assert_eq!(of("lag_1"), 449.0);
    assert_eq!(of("lag_182"), 268.0);
    assert_eq!(of("mean_7"), 446.0);
    assert!((of("std_7") - (28.0f64 / 6.0).sqrt()).abs() < 1e-5);
    assert_eq!((of("min_7"), of("max_7")), (443.0, 449.0));
    assert_eq!(of("quantile_25_of_7"), 444.5);
    assert_eq!(of("mean_7_from_7"), 440.0);
    assert_eq!(of("same_season_mean_4"), (443.0 + 436.0 + 429.0 + 422.0) / 4.0);
    assert_eq!(of("mean_all"), 449.0 / 2.0);
    assert_eq!(of("year"), 2022.0);
    let same_date = 450.0 - 365.0;
    let level = (450.0 - 364.0) - 13.5;
    assert!((of("same_date_over_level") - same_date / level).abs() < 1e-5);
    assert_eq!(of("promo"), 0.0);
    let after = table.matrix.row(452);
    let at = plan.features.iter().position(|f| f.name == "promo a day after").expect("a feature");
    assert_eq!(after[at], 1.0, "day 453 has the flag");
}
