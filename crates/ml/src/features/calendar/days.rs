//! Which days are holidays, days off, working Saturdays, short days and pay days.
//!
//! The country's calendar comes from a library that knows official transfers; a table of overrides has the last
//! word, because transfers are decreed late and companies have days of their own.

use super::place::flag;
use holidays_ru::{DayFlags, Federal, Resolved};
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;
use vakhta_domain::spec::{Country, DayKind};

/// Days looked ahead and back for the nearest holiday.
const HOLIDAY_REACH: i32 = 14;
/// Days looked ahead and back for the nearest pay day.
const PAY_DAY_REACH: i32 = 31;
/// The most days by which a pay day is moved back to a working one; New Year holidays are ten long.
const MOST_MOVED: i32 = 14;

/// The features of a day.
pub const DAY_NAMES: [&str; 8] = [
    "holiday",
    "day_off",
    "short_day",
    "working_saturday",
    "days_to_holiday",
    "days_since_holiday",
    "days_off_in_a_row",
    "place_in_days_off",
];
/// The features of a longer period.
pub const PERIOD_NAMES: [&str; 3] = ["holidays", "days_off", "working_saturdays"];

/// What single days are, whatever the country's calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Overrides(pub BTreeMap<Date, DayKind>);

impl Overrides {
    /// What a day is by this table.
    pub fn of(&self, day: Date) -> Option<DayKind> {
        self.0.get(&day).copied()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This table with another one written over it, such as a model's own over the company's.
    #[must_use]
    pub fn with(mut self, later: &Self) -> Self {
        self.0.extend(later.0.iter().map(|(&day, &kind)| (day, kind)));
        self
    }
}

/// The days of one country under a table of overrides.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a> {
    /// Whose holidays count; none: Saturdays and Sundays are off and nothing else.
    pub country: Option<Country>,
    /// What has the last word.
    pub overrides: &'a Overrides,
}

/// What a country's calendar says of a day; none: Saturdays and Sundays are off and nothing else.
pub fn official_kind(country: Option<Country>, day: Date) -> DayKind {
    let days = Days { country, overrides: &Overrides::default() };
    if days.is_holiday(day) {
        DayKind::Holiday
    } else if days.is_day_off(day) {
        DayKind::DayOff
    } else if days.is_short(day) {
        DayKind::Short
    } else {
        DayKind::Working
    }
}

pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn shifted(day: Date, days: i32) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}

impl Days<'_> {
    /// The official calendar for known years, the labour code's rule for others; none before 1900 and after 2100.
    fn flags(self, day: Date) -> Option<DayFlags> {
        let Some(Country::RU) = self.country else { return None };
        holidays_ru::flags_ymd::<Federal>(i32::from(day.year()), day.month() as u8, day.day() as u8)
            .map(Resolved::value)
    }

    fn is_day_off(self, day: Date) -> bool {
        match self.overrides.of(day) {
            Some(kind) => matches!(kind, DayKind::Holiday | DayKind::DayOff),
            None => self.flags(day).map_or(is_weekend(day), DayFlags::is_day_off),
        }
    }

    fn is_holiday(self, day: Date) -> bool {
        match self.overrides.of(day) {
            Some(kind) => kind == DayKind::Holiday,
            None => self.flags(day).is_some_and(DayFlags::is_holiday),
        }
    }

    fn is_short(self, day: Date) -> bool {
        match self.overrides.of(day) {
            Some(kind) => kind == DayKind::Short,
            None => self.flags(day).is_some_and(DayFlags::is_short_day),
        }
    }

    fn is_working_weekend(self, day: Date) -> bool {
        is_weekend(day) && !self.is_day_off(day)
    }

    /// The features [`DAY_NAMES`] of a day.
    pub fn day(self, day: Date) -> [f32; 8] {
        let distance = |sign: i32| {
            (0..HOLIDAY_REACH).find(|&n| self.is_holiday(shifted(day, n * sign))).unwrap_or(HOLIDAY_REACH)
        };
        let (mut run, mut place) = (0, 0);
        if self.is_day_off(day) {
            let before = (1..30).take_while(|&n| self.is_day_off(shifted(day, -n))).count();
            let after = (1..30).take_while(|&n| self.is_day_off(shifted(day, n))).count();
            (run, place) = (before + 1 + after, before + 1);
        }
        [
            flag(self.is_holiday(day)),
            flag(self.is_day_off(day)),
            flag(self.is_short(day)),
            flag(self.is_working_weekend(day)),
            distance(1) as f32,
            distance(-1) as f32,
            run as f32,
            place as f32,
        ]
    }

    /// The features [`PERIOD_NAMES`] of a longer period.
    pub fn period(self, days: &[Date]) -> [f32; 3] {
        let count = |test: fn(Self, Date) -> bool| days.iter().filter(|&&day| test(self, day)).count() as f32;
        [count(Self::is_holiday), count(Self::is_day_off), count(Self::is_working_weekend)]
    }

    /// Days to the next pay day and since the last one, 0 on the day itself, at most 31.
    pub fn pay_day_distances(self, pay_days: &[u8], day: Date) -> [f32; 2] {
        let (mut to, mut since) = (PAY_DAY_REACH, PAY_DAY_REACH);
        for months in -1..=2 {
            let month = day.first_of_month().saturating_add(jiff::Span::new().months(months));
            for &pay_day in pay_days {
                let paid = self.paid_on(month, pay_day);
                let ahead = day.until(paid).map_or(i32::MAX, |span| span.get_days());
                if ahead >= 0 {
                    to = to.min(ahead);
                }
                if ahead <= 0 {
                    since = since.min(-ahead);
                }
            }
        }
        [to as f32, since as f32]
    }

    /// How many of these days are pay days.
    pub fn pay_days_in(self, pay_days: &[u8], days: &[Date]) -> f32 {
        let is_paid = |day: &&Date| self.pay_day_distances(pay_days, **day)[0] == 0.0;
        days.iter().filter(is_paid).count() as f32
    }

    /// When wages due on a day of a month are paid: on the working day before, where that day is off, as article
    /// 136 of the Russian labour code has it. The 31st of a shorter month is its last day.
    fn paid_on(self, month: Date, pay_day: u8) -> Date {
        let last = month.days_in_month();
        let due = shifted(month, i32::from((pay_day as i8).clamp(1, last)) - 1);
        (0..MOST_MOVED).map(|n| shifted(due, -n)).find(|&day| !self.is_day_off(day)).unwrap_or(due)
    }
}
