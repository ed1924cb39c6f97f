//! Bad and odd data, each with its defined answer.

use super::*;
use jiff::civil::date;
use std::sync::Arc;

fn rules(missing: Missing) -> PanelRules {
    PanelRules { frequency: None, missing, outliers: Outliers::Keep }
}

fn rows(data: &[(&str, Date, f64)]) -> Observations {
    Observations {
        time: data.iter().map(|r| r.1).collect(),
        series_columns: vec!["branch".into()],
        series: vec![data.iter().map(|r| Arc::from(r.0)).collect()],
        target: data.iter().map(|r| r.2).collect(),
        ..Observations::default()
    }
}

#[test]
fn shuffled_rows_and_duplicates_come_out_in_order() {
    let day = |d| date(2024, 3, d);
    let data = rows(&[
        ("b", day(3), 3.0),
        ("a", day(1), 1.0),
        ("b", day(2), 2.0),
        ("a", day(3), 5.0),
        ("a", day(1), 10.0),
    ]);
    let (panel, notes) = Panel::build(&data, &rules(Missing::Zero)).expect("a panel");
    assert_eq!(panel.series.iter().map(Series::name).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(panel.series[0].values, [11.0, 0.0, 5.0]);
    assert_eq!((panel.series[1].start, panel.series[1].values.clone()), (1, vec![2.0, 3.0]));
    assert_eq!(panel.history(), (day(1), day(3)));
    let count = |code: &str| notes.iter().find(|n| n.code == code).map(|n| n.count);
    assert_eq!(count("duplicates_summed"), Some(1));
    assert_eq!(count("gaps"), Some(1));
    assert_eq!(count("late_openings"), Some(1));
}

#[test]
fn impossible_data_is_refused_by_name() {
    let day = date(2024, 3, 1);
    assert_eq!(Panel::build(&rows(&[]), &rules(Missing::Zero)).expect_err("refused"), PanelError::NoRows);
    let missing = rows(&[("a", day, f64::NAN)]);
    assert_eq!(
        Panel::build(&missing, &rules(Missing::Zero)).expect_err("refused"),
        PanelError::NoTarget { rows: 1 }
    );
    for bad in [f64::INFINITY, f64::NEG_INFINITY, 1e300, -2e15] {
        let error = Panel::build(&rows(&[("Омск", day, bad)]), &rules(Missing::Zero)).expect_err("refused");
        let text = error.to_string();
        assert!(text.contains("Омск") && text.contains("2024-03-01"), "{text}");
    }
    let mut uneven = rows(&[("a", day, 1.0)]);
    uneven.target.push(2.0);
    assert!(matches!(Panel::build(&uneven, &rules(Missing::Zero)), Err(PanelError::Uneven { .. })));
    let hourly =
        PanelRules { frequency: Some(Frequency::H), missing: Missing::Zero, outliers: Outliers::Keep };
    assert_eq!(Panel::build(&rows(&[("a", day, 1.0)]), &hourly).expect_err("refused"), PanelError::Hourly);
    let far = rows(&[("a", date(-9999, 1, 1), 1.0), ("a", date(9999, 1, 2), 1.0)]);
    assert!(Panel::build(&far, &rules(Missing::Zero)).is_ok(), "one long series still fits");
}

#[test]
fn one_row_and_one_series_without_columns() {
    let mut data = rows(&[("a", date(2024, 3, 1), -4.0)]);
    data.series_columns.clear();
    data.series.clear();
    let (panel, notes) = Panel::build(&data, &rules(Missing::Zero)).expect("a panel");
    assert_eq!((panel.len, panel.series.len(), panel.series[0].key.len()), (1, 1, 0));
    assert!(notes.iter().any(|n| n.code == "negative_values"));
}

#[test]
fn rows_without_target_carry_the_known_future() {
    let mut data = rows(&[
        ("a", date(2024, 3, 1), 1.0),
        ("a", date(2024, 3, 2), 2.0),
        ("b", date(2024, 3, 1), 1.0),
        ("a", date(2024, 3, 3), f64::NAN),
    ]);
    data.known_future.push(NumberColumn { name: "promo".into(), values: vec![0.0, 1.0, 0.0, 1.0] });
    let (panel, _) = Panel::build(&data, &rules(Missing::Zero)).expect("a panel");
    assert_eq!(panel.len, 2);
    assert_eq!(panel.series[0].known[0], [0.0, 1.0, 1.0]);
    assert_eq!(panel.series[1].known[0], [0.0, 1.0, 1.0], "where all agree, a gap takes the value");
}

#[test]
fn days_become_weeks_months_and_quarters() {
    let data: Vec<(&str, Date, f64)> =
        (0..90).map(|i| ("a", date(2024, 1, 1).saturating_add(jiff::Span::new().days(i)), 1.0)).collect();
    let build = |frequency| {
        let rules =
            PanelRules { frequency: Some(frequency), missing: Missing::Zero, outliers: Outliers::Keep };
        Panel::build(&rows(&data), &rules).expect("a panel").0
    };
    assert_eq!(build(Frequency::M).series[0].values, [31.0, 29.0, 30.0]);
    assert_eq!(build(Frequency::Q).series[0].values, [90.0]);
    assert_eq!(build(Frequency::W).series[0].values[0], 7.0);
}

#[test]
fn closed_weekdays_dates_and_columns_are_learnt() {
    // Two years, closed on Sundays and on 7 January.
    let days: Vec<Date> =
        (0..800).map(|i| date(2022, 1, 1).saturating_add(jiff::Span::new().days(i))).collect();
    let is_open = |d: &Date| d.weekday() != jiff::civil::Weekday::Sunday && (d.month(), d.day()) != (1, 7);
    let data: Vec<(&str, Date, f64)> = days.iter().filter(|d| is_open(d)).map(|&d| ("a", d, 5.0)).collect();
    let (panel, _) = Panel::build(&rows(&data), &rules(Missing::Closed)).expect("a panel");
    let closures = &panel.series[0].closures;
    assert_eq!(closures.weekdays.iter().copied().collect::<Vec<_>>(), [6]);
    assert!(closures.dates.contains(&(1, 7)) && closures.dates.len() == 1, "{closures:?}");
    assert!(closures.is_closed(date(2025, 1, 7), |_| f32::NAN));
    assert!(!closures.is_closed(date(2025, 1, 8), |_| f32::NAN));

    let open = |at: usize| f32::from(u8::from(!at.is_multiple_of(5)));
    let known = vec![(0..100).map(open).collect::<Vec<f32>>()];
    let kinds: Vec<Kind> =
        (0..100).map(|at| if open(at) == 0.0 { Kind::Closed } else { Kind::Observed }).collect();
    let periods = Periods { frequency: Frequency::D, week_start: 0 };
    let closures = Closures::learn(periods, 19000, 0, &kinds, &known);
    assert_eq!(closures.column, Some((0, 0.0)));
    assert!(closures.is_closed(date(2025, 1, 8), |_| 0.0));
    assert!(!closures.is_closed(date(2025, 1, 8), |_| 1.0));
}

#[test]
fn a_branch_that_stayed_closed_is_given_up() {
    let mut data: Vec<(&str, Date, f64)> = Vec::new();
    for i in 0..200 {
        let day = date(2024, 1, 1).saturating_add(jiff::Span::new().days(i));
        data.push(("a", day, 5.0));
        if i < 100 {
            data.push(("b", day, 5.0));
        }
    }
    let (panel, notes) = Panel::build(&rows(&data), &rules(Missing::Closed)).expect("a panel");
    assert!(panel.series[1].closures.given_up);
    assert!(notes.iter().any(|n| n.code == "closed_series"));
}

#[test]
fn outliers_are_told_and_masked_where_asked() {
    let mut data: Vec<(&str, Date, f64)> = (0..200)
        .map(|i| {
            let day = date(2024, 1, 1).saturating_add(jiff::Span::new().days(i));
            ("a", day, 100.0 + f64::from(i % 7) * 10.0 + f64::from(i * 13 % 11))
        })
        .collect();
    data[100].2 = 9000.0;
    let build = |data: &[(&str, Date, f64)], outliers| {
        let rules = PanelRules { frequency: None, missing: Missing::Zero, outliers };
        Panel::build(&rows(data), &rules).expect("a panel")
    };
    let count = |notes: &[vakhta_domain::report::DataNote], code: &str| {
        notes.iter().find(|n| n.code == code).map(|n| n.count)
    };
    let (kept, notes) = build(&data, Outliers::Keep);
    assert_eq!((count(&notes, "outliers"), count(&notes, "level_shifts")), (Some(1), None));
    assert_eq!((kept.series[0].values[100], kept.series[0].kinds[100]), (9000.0, Kind::Observed));
    let (masked, notes) = build(&data, Outliers::Mask);
    assert_eq!((count(&notes, "outliers"), count(&notes, "outliers_masked")), (None, Some(1)));
    assert_eq!(masked.series[0].kinds[100], Kind::Filled, "neither learnt from nor scored");
    assert!((masked.series[0].values[100] - 125.0).abs() < 10.0, "{}", masked.series[0].values[100]);

    // A column that is rarely set explains the day.
    let mut explained = rows(&data);
    let promo = (0..200).map(|i| f64::from(u8::from(i == 100))).collect();
    explained.known_future.push(NumberColumn { name: "promo".into(), values: promo });
    let rules = PanelRules { frequency: None, missing: Missing::Zero, outliers: Outliers::Mask };
    let (panel, notes) = Panel::build(&explained, &rules).expect("a panel");
    assert_eq!((panel.series[0].values[100], count(&notes, "outliers_masked")), (9000.0, None));

    for row in &mut data[120..] {
        row.2 *= 3.0;
    }
    let (_, notes) = build(&data, Outliers::Keep);
    assert_eq!(count(&notes, "level_shifts"), Some(1));
}
