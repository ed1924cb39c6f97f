//! What is known of a period from its date alone: its place in week, month and year, holidays, events.

use crate::panel::Periods;
use holidays_ru::{DayFlags, Federal, Resolved};
use jiff::civil::{Date, Weekday};
use vakhta_domain::spec::{Country, Frequency};

/// Days looked ahead and back for the nearest holiday.
const HOLIDAY_REACH: i32 = 14;

/// A day that matters to the company, each time it comes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its dates, ascending.
    pub dates: Vec<Date>,
    /// Days before it that feel it.
    pub before: i32,
    /// Days after it that feel it.
    pub after: i32,
}

/// The calendar of a model.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Calendar {
    /// The grid.
    pub periods: Periods,
    /// Whose holidays count.
    pub country: Option<Country>,
    /// The company's own days.
    pub events: Vec<Event>,
}

impl Calendar {
    /// The names of its features, in the order of [`Calendar::row`].
    pub fn names(&self) -> Vec<String> {
        let daily = self.periods.frequency == Frequency::D;
        let common: &[&str] = match self.periods.frequency {
            Frequency::D | Frequency::H => &[
                "weekday",
                "day",
                "month",
                "week",
                "day_of_year",
                "quarter",
                "year",
                "month_start",
                "month_end",
                "weekend",
                "days_to_month_end",
                "year_sin",
                "year_cos",
            ],
            Frequency::W => &["week", "month", "quarter", "year", "day_of_year", "year_sin", "year_cos"],
            Frequency::M => &["month", "quarter", "year", "days", "weekend_days", "year_sin", "year_cos"],
            Frequency::Q => &["quarter", "year", "days", "weekend_days", "year_sin", "year_cos"],
        };
        let mut names: Vec<String> = common.iter().map(|&name| name.to_owned()).collect();
        if self.country == Some(Country::RU) {
            let russian: &[&str] = if daily {
                &[
                    "holiday",
                    "day_off",
                    "short_day",
                    "working_saturday",
                    "days_to_holiday",
                    "days_since_holiday",
                    "days_off_in_a_row",
                    "place_in_days_off",
                ]
            } else {
                &["holidays", "days_off", "working_saturdays"]
            };
            names.extend(russian.iter().map(|&name| name.to_owned()));
        }
        names.extend(self.events.iter().map(|event| format!("event: {}", event.name)));
        names
    }

    /// The features of a period, given by its number on the grid.
    pub fn row(&self, number: i64) -> Vec<f32> {
        let first = self.periods.first_day(number);
        let mut row = match self.periods.frequency {
            Frequency::D | Frequency::H => day_features(first),
            Frequency::W => week_features(first),
            Frequency::M | Frequency::Q => month_features(first, &self.days(number), self.periods.frequency),
        };
        let daily = self.periods.frequency == Frequency::D;
        if self.country == Some(Country::RU) {
            row.extend(if daily {
                russian_day(first).to_vec()
            } else {
                russian_period(&self.days(number)).to_vec()
            });
        }
        for event in &self.events {
            row.push(if daily { event_offset(event, first) } else { event_count(event, &self.days(number)) });
        }
        row
    }

    fn days(&self, number: i64) -> Vec<Date> {
        let end = self.periods.first_day(number + 1);
        let first = self.periods.first_day(number);
        first.series(jiff::Span::new().days(1)).take_while(|&day| day < end).take(100).collect()
    }
}

fn flag(truth: bool) -> f32 {
    f32::from(u8::from(truth))
}

fn quarter(day: Date) -> f32 {
    f32::from((day.month() - 1) / 3 + 1)
}

/// The angle of a day in the year, radians.
fn angle(day: Date) -> f64 {
    std::f64::consts::TAU * f64::from(day.day_of_year()) / 365.25
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn day_features(day: Date) -> Vec<f32> {
    let to_end = day.days_in_month() - day.day();
    vec![
        f32::from(day.weekday().to_monday_zero_offset()),
        f32::from(day.day()),
        f32::from(day.month()),
        f32::from(day.iso_week_date().week()),
        f32::from(day.day_of_year()),
        quarter(day),
        f32::from(day.year()),
        flag(day.day() == 1),
        flag(to_end == 0),
        flag(is_weekend(day)),
        f32::from(to_end),
        angle(day).sin() as f32,
        angle(day).cos() as f32,
    ]
}

fn week_features(first: Date) -> Vec<f32> {
    // The middle of the week decides to which month and year it belongs.
    let middle = first.saturating_add(jiff::Span::new().days(3));
    vec![
        f32::from(middle.iso_week_date().week()),
        f32::from(middle.month()),
        quarter(middle),
        f32::from(middle.year()),
        f32::from(middle.day_of_year()),
        angle(middle).sin() as f32,
        angle(middle).cos() as f32,
    ]
}

fn month_features(first: Date, days: &[Date], frequency: Frequency) -> Vec<f32> {
    let mut row = Vec::new();
    if frequency == Frequency::M {
        row.push(f32::from(first.month()));
    }
    let weekend = days.iter().filter(|&&day| is_weekend(day)).count();
    row.extend([quarter(first), f32::from(first.year()), days.len() as f32, weekend as f32]);
    row.extend([angle(first).sin() as f32, angle(first).cos() as f32]);
    row
}

/// The official calendar for known years, the labour code's rule for others; none before 1900 and after 2100.
fn flags(day: Date) -> Option<DayFlags> {
    holidays_ru::flags_ymd::<Federal>(i32::from(day.year()), day.month() as u8, day.day() as u8)
        .map(Resolved::value)
}

fn is_day_off(day: Date) -> bool {
    flags(day).map_or(is_weekend(day), DayFlags::is_day_off)
}

fn is_holiday(day: Date) -> bool {
    flags(day).is_some_and(DayFlags::is_holiday)
}

fn is_working_saturday(day: Date) -> bool {
    is_weekend(day) && flags(day).is_some_and(DayFlags::is_working_day)
}

fn shifted(day: Date, days: i32) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}

fn russian_day(day: Date) -> [f32; 8] {
    let distance =
        |sign: i32| (0..HOLIDAY_REACH).find(|&n| is_holiday(shifted(day, n * sign))).unwrap_or(HOLIDAY_REACH);
    let (mut run, mut place) = (0, 0);
    if is_day_off(day) {
        let before = (1..30).take_while(|&n| is_day_off(shifted(day, -n))).count();
        let after = (1..30).take_while(|&n| is_day_off(shifted(day, n))).count();
        (run, place) = (before + 1 + after, before + 1);
    }
    [
        flag(is_holiday(day)),
        flag(is_day_off(day)),
        flag(flags(day).is_some_and(DayFlags::is_short_day)),
        flag(is_working_saturday(day)),
        distance(1) as f32,
        distance(-1) as f32,
        run as f32,
        place as f32,
    ]
}

fn russian_period(days: &[Date]) -> [f32; 3] {
    let count = |test: fn(Date) -> bool| days.iter().filter(|&&day| test(day)).count() as f32;
    [count(is_holiday), count(is_day_off), count(is_working_saturday)]
}

/// Days from the nearest date of the event that is felt on `day`: negative before it. NaN when none is.
fn event_offset(event: &Event, day: Date) -> f32 {
    let felt = event.dates.iter().filter_map(|&date| {
        let offset = date.until(day).ok()?.get_days();
        (-event.before..=event.after).contains(&offset).then_some(offset)
    });
    felt.min_by_key(|offset| offset.abs()).map_or(f32::NAN, |offset| offset as f32)
}

fn event_count(event: &Event, days: &[Date]) -> f32 {
    event.dates.iter().filter(|date| days.contains(date)).count() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn value(calendar: &Calendar, name: &str, day: Date) -> f32 {
        let at = calendar.names().iter().position(|n| n == name).expect("a feature of that name");
        let row = calendar.row(calendar.periods.number(day));
        assert_eq!(row.len(), calendar.names().len());
        row[at]
    }

    fn russian(frequency: Frequency) -> Calendar {
        let event = Event {
            name: "День города".into(), dates: vec![date(2026, 9, 5)], before: 2, after: 1
        };
        Calendar {
            periods: Periods { frequency, week_start: 0 },
            country: Some(Country::RU),
            events: vec![event],
        }
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
}
