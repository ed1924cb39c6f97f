//! Known days of known years.

use super::*;
use jiff::civil::date;
use vakhta_domain::spec::DayKind;

fn value(calendar: &Calendar, name: &str, day: Date) -> f32 {
    let at = calendar.names().iter().position(|n| n == name).expect("a feature of that name");
    let row = calendar.row(calendar.periods.number(day));
    assert_eq!(row.len(), calendar.names().len());
    row[at]
}

fn russian(frequency: Frequency) -> Calendar {
    let event =
        Event { name: "День города".into(), dates: vec![date(2026, 9, 5)], before: 2, after: 1 };
    let plain = Calendar::plain(Periods { frequency, week_start: 0 });
    Calendar { country: Some(Country::RU), events: vec![event], ..plain }
}

#[test]
fn russian_days_know_transfers_and_working_saturdays() {
    let calendar = russian(Frequency::D);
    // 2024: 27 April and 28 December worked; 29 and 30 April, 30 and 31 December off.
    assert_eq!(value(&calendar, "working_saturday", date(2024, 4, 27)), 1.0);
    assert_eq!(value(&calendar, "day_off", date(2024, 4, 29)), 1.0);
    assert_eq!(value(&calendar, "holiday", date(2024, 4, 29)), 0.0);
    assert_eq!(value(&calendar, "holiday", date(2024, 5, 9)), 1.0);
    assert_eq!(value(&calendar, "days_to_holiday", date(2024, 5, 7)), 2.0);
    assert_eq!(value(&calendar, "days_since_holiday", date(2024, 5, 11)), 2.0);
    assert_eq!(value(&calendar, "days_off_in_a_row", date(2024, 1, 3)), 10.0);
    assert_eq!(value(&calendar, "place_in_days_off", date(2024, 1, 8)), 10.0);
    assert_eq!(value(&calendar, "short_day", date(2024, 5, 8)), 1.0);
}

#[test]
fn events_are_felt_before_and_after() {
    let calendar = russian(Frequency::D);
    let felt = |day| value(&calendar, "event: День города", date(2026, 9, day));
    assert!(felt(2).is_nan() && felt(7).is_nan());
    assert_eq!((felt(3), felt(5), felt(6)), (-2.0, 0.0, 1.0));
    let monthly = russian(Frequency::M);
    assert_eq!(value(&monthly, "event: День города", date(2026, 9, 1)), 1.0);
}

#[test]
fn calendars_of_other_lengths_count_days() {
    let monthly = russian(Frequency::M);
    assert_eq!(value(&monthly, "days", date(2024, 2, 1)), 29.0);
    assert_eq!(value(&monthly, "working_saturdays", date(2024, 4, 1)), 1.0);
    assert_eq!(value(&russian(Frequency::Q), "days", date(2024, 1, 1)), 91.0);
    assert_eq!(value(&russian(Frequency::W), "week", date(2024, 1, 1)), 1.0);
    let daily = russian(Frequency::D);
    assert_eq!(value(&daily, "week", date(2021, 1, 3)), 53.0);
    assert_eq!(value(&daily, "month_end", date(2024, 2, 29)), 1.0);
}

#[test]
fn years_beyond_the_official_calendar_still_answer() {
    let calendar = russian(Frequency::D);
    assert_eq!(value(&calendar, "holiday", date(2150, 1, 1)), 0.0);
    assert_eq!(value(&calendar, "day_off", date(1850, 1, 5)), 1.0);
    assert_eq!(value(&calendar, "holiday", date(2040, 1, 1)), 1.0);
}

#[test]
fn overrides_have_the_last_word() {
    let mut calendar = russian(Frequency::D);
    let (saturday, monday, tuesday) = (date(2024, 6, 1), date(2024, 6, 3), date(2024, 6, 4));
    let table = |days: &[(Date, DayKind)]| Overrides(days.iter().copied().collect());
    calendar.overrides = table(&[
        (saturday, DayKind::Working),
        (monday, DayKind::Holiday),
        (tuesday, DayKind::DayOff),
        (date(2024, 5, 9), DayKind::Short),
    ]);
    assert_eq!(value(&calendar, "working_saturday", saturday), 1.0);
    assert_eq!(value(&calendar, "day_off", saturday), 0.0);
    assert_eq!((value(&calendar, "holiday", monday), value(&calendar, "day_off", monday)), (1.0, 1.0));
    assert_eq!((value(&calendar, "holiday", tuesday), value(&calendar, "day_off", tuesday)), (0.0, 1.0));
    assert_eq!(value(&calendar, "days_to_holiday", date(2024, 5, 31)), 3.0);
    assert_eq!(value(&calendar, "days_off_in_a_row", monday), 3.0, "Sunday to Tuesday");
    let victory_day = date(2024, 5, 9);
    assert_eq!(
        (value(&calendar, "short_day", victory_day), value(&calendar, "holiday", victory_day)),
        (1.0, 0.0)
    );

    calendar.country = None;
    assert_eq!(value(&calendar, "holiday", monday), 1.0, "a table alone is a calendar too");
    let company = table(&[(monday, DayKind::Working), (tuesday, DayKind::Short)]);
    let merged = calendar.overrides.clone().with(&company);
    assert_eq!((merged.of(monday), merged.of(saturday)), (Some(DayKind::Working), Some(DayKind::Working)));
}

#[test]
fn wages_are_paid_before_days_off() {
    let calendar = Calendar { pay_days: vec![5, 20, 31], ..russian(Frequency::D) };
    let distances =
        |day: Date| (value(&calendar, "days_to_pay_day", day), value(&calendar, "days_since_pay_day", day));
    // 5 and 20 October 2024 were a Saturday and a Sunday: paid on Friday the 4th and Friday the 18th.
    assert_eq!(distances(date(2024, 10, 4)), (0.0, 0.0));
    assert_eq!(distances(date(2024, 10, 5)), (13.0, 1.0));
    assert_eq!(distances(date(2024, 10, 18)), (0.0, 0.0));
    // 31 January 2024 was a Wednesday, 29 February a Thursday, 31 March a Sunday: paid on Friday the 29th.
    assert_eq!(distances(date(2024, 1, 31)), (0.0, 0.0));
    assert_eq!(distances(date(2024, 2, 28)).0, 1.0);
    assert_eq!(distances(date(2024, 3, 29)), (0.0, 0.0));
    // 5 January lies in the New Year holidays: paid on 29 December 2023, the last working day before.
    assert_eq!(distances(date(2024, 1, 2)).1, 4.0);
    let weekly = Calendar { pay_days: vec![5, 20], ..russian(Frequency::W) };
    assert_eq!(value(&weekly, "pay_days", date(2024, 10, 14)), 1.0);
    assert_eq!(value(&weekly, "pay_days", date(2024, 10, 7)), 0.0);
    assert!(
        !Calendar { pay_days: vec![5], ..russian(Frequency::M) }.names().contains(&"pay_days".to_owned())
    );
}

#[test]
fn waves_come_back_after_their_period() {
    let waves = vec![Wave { period: 7.0, order: 2 }, Wave { period: 365.25, order: 1 }];
    let calendar = Calendar { waves, ..Calendar::plain(Periods { frequency: Frequency::D, week_start: 0 }) };
    assert!(calendar.is_sound());
    let day = date(2024, 3, 1);
    let week_later = date(2024, 3, 8);
    for name in ["sin_1_of_7", "cos_2_of_7"] {
        assert!((value(&calendar, name, day) - value(&calendar, name, week_later)).abs() < 1e-6);
    }
    let number = calendar.periods.number(day) as f64;
    let angle = std::f64::consts::TAU * number / 365.25;
    assert!((f64::from(value(&calendar, "cos_1_of_365.25", day)) - angle.cos()).abs() < 1e-6);
    assert!(!Calendar { waves: vec![Wave { period: 0.0, order: 1 }], ..calendar }.is_sound());
}
