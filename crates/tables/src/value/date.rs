//! Dates and moments as texts: ISO, Russian, 1C, slashes. Days and microseconds count from 1970-01-01 UTC.

use jiff::civil::Date;

/// A way of writing dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum DateForm {
    /// `2026-02-01`
    Iso,
    /// `2026-02-01 13:45:00`, seconds and time optional, `T` allowed
    IsoTime,
    /// `2026-02-01T13:45:00+03:00`, zone optional (UTC)
    Rfc3339,
    /// `01.02.2026`
    Dots,
    /// `01.02.2026 13:45:00`, as 1C writes it; seconds and time optional
    DotsTime,
    /// `01.02.26`; 00–69 is 2000–2069
    DotsShort,
    /// `01/02/2026`, the day first
    SlashDay,
    /// the same with a time
    SlashDayTime,
    /// `02/01/2026`, the month first
    SlashMonth,
    /// the same with a time
    SlashMonthTime,
    /// `20260201`, years 1900–2100
    Compact,
    /// `2026/02/01`
    SlashYear,
    /// `01-02-2026`
    DashDay,
    /// `2026-02`, the first day of the month
    Month,
}

impl DateForm {
    /// All forms; where two explain a column equally well, the earlier one is taken.
    pub const ALL: [Self; 14] = [
        Self::Iso,
        Self::IsoTime,
        Self::Rfc3339,
        Self::Dots,
        Self::DotsTime,
        Self::DotsShort,
        Self::SlashDay,
        Self::SlashDayTime,
        Self::SlashMonth,
        Self::SlashMonthTime,
        Self::Compact,
        Self::SlashYear,
        Self::DashDay,
        Self::Month,
    ];

    /// As shown to people and accepted from them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iso => "YYYY-MM-DD",
            Self::IsoTime => "YYYY-MM-DD HH:MM:SS",
            Self::Rfc3339 => "RFC 3339",
            Self::Dots => "DD.MM.YYYY",
            Self::DotsTime => "DD.MM.YYYY HH:MM:SS",
            Self::DotsShort => "DD.MM.YY",
            Self::SlashDay => "DD/MM/YYYY",
            Self::SlashDayTime => "DD/MM/YYYY HH:MM:SS",
            Self::SlashMonth => "MM/DD/YYYY",
            Self::SlashMonthTime => "MM/DD/YYYY HH:MM:SS",
            Self::Compact => "YYYYMMDD",
            Self::SlashYear => "YYYY/MM/DD",
            Self::DashDay => "DD-MM-YYYY",
            Self::Month => "YYYY-MM",
        }
    }

    /// The form of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Its bit in a set of forms.
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// A date with its time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Days since 1970-01-01, as written (zone not applied).
    pub days: i32,
    /// Microseconds since midnight, as written.
    pub micros: i64,
    /// Seconds east of UTC, where the text says so.
    pub offset: Option<i32>,
}

impl Moment {
    /// Microseconds since 1970-01-01T00:00Z; a text without a zone is UTC.
    pub fn utc_micros(self) -> i64 {
        let seconds = i64::from(self.days) * 86_400 - i64::from(self.offset.unwrap_or(0));
        seconds * 1_000_000 + self.micros
    }

    /// Whether it is a bare day: midnight, and no zone given.
    pub fn is_day(self) -> bool {
        self.micros == 0 && self.offset.is_none()
    }
}

/// 0001-01-01, 1C's empty date, in days since 1970-01-01.
pub const EMPTY_1C: i32 = -719_162;

/// A text taken apart, before it is known which group is the day.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    groups: [Group; 3],
    count: u8,
    separator: u8,
    time: Option<Time>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    value: u32,
    digits: u8,
}

#[derive(Debug, Clone, Copy)]
struct Time {
    micros: i64,
    offset: Option<i32>,
}

/// Takes a text apart, where it has the outline of a date.
pub fn parts(text: &[u8]) -> Option<Parts> {
    if text.len() < 7 || text.len() > 40 || !text[0].is_ascii_digit() {
        return None;
    }
    let mut groups = [Group::default(); 3];
    let mut at = 0;
    let mut count = 0_u8;
    let mut separator = 0;
    loop {
        let group = digits(text, &mut at)?;
        groups[usize::from(count)] = group;
        count += 1;
        if count == 3 {
            break;
        }
        match text.get(at) {
            Some(&mark @ (b'-' | b'.' | b'/')) if count == 1 || mark == separator => {
                separator = mark;
                at += 1;
            }
            _ => break,
        }
    }
    let time = if at == text.len() { None } else { Some(time(&text[at..])?) };
    let outline = match (count, separator) {
        (1, _) => groups[0].digits == 8 && time.is_none(),
        (2, b'-') => groups[0].digits == 4 && groups[1].digits == 2 && time.is_none(),
        (3, b'.') => groups[2].digits == 4 || groups.iter().all(|g| g.digits == 2) && time.is_none(),
        (3, _) => (groups[0].digits == 4) != (groups[2].digits == 4),
        _ => false,
    };
    outline.then_some(Parts { groups, count, separator, time })
}

fn digits(text: &[u8], at: &mut usize) -> Option<Group> {
    let mut group = Group::default();
    while let Some(digit) = text.get(*at).map(|b| b.wrapping_sub(b'0')).filter(|d| *d <= 9) {
        if group.digits == 8 {
            return None;
        }
        group.value = group.value * 10 + u32::from(digit);
        group.digits += 1;
        *at += 1;
    }
    (group.digits > 0).then_some(group)
}

/// ` H:MM`, `THH:MM:SS`, with a fraction and a zone.
fn time(text: &[u8]) -> Option<Time> {
    if !matches!(text.first(), Some(b' ' | b'T' | b't')) {
        return None;
    }
    let mut at = 1;
    let hour = digits(text, &mut at)?;
    (text.get(at) == Some(&b':')).then_some(())?;
    at += 1;
    let minute = digits(text, &mut at)?;
    let mut second = Group::default();
    let mut fraction = 0_i64;
    if text.get(at) == Some(&b':') {
        at += 1;
        second = digits(text, &mut at)?;
        if matches!(text.get(at), Some(b'.' | b',')) {
            at += 1;
            let start = at;
            let mut scale = 100_000;
            while let Some(byte) = text.get(at).filter(|b| b.is_ascii_digit()) {
                fraction += i64::from(byte - b'0') * scale;
                scale /= 10;
                at += 1;
            }
            if at == start || at - start > 9 {
                return None;
            }
        }
    }
    if hour.digits > 2 || minute.digits != 2 || hour.value > 23 || minute.value > 59 || second.value > 59 {
        return None;
    }
    let offset = if at == text.len() { None } else { Some(zone(&text[at..])?) };
    let micros =
        (i64::from(hour.value) * 3600 + i64::from(minute.value) * 60 + i64::from(second.value)) * 1_000_000;
    Some(Time { micros: micros + fraction, offset })
}

/// `Z`, ` UTC`, `+03`, `+0300` or `+03:00` as seconds east of UTC.
fn zone(text: &[u8]) -> Option<i32> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    if matches!(text, b"Z" | b"z" | b"UTC") {
        return Some(0);
    }
    let sign = match text.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut at = 1;
    let first = digits(text, &mut at)?;
    let (hours, minutes) = match (first.digits, text.get(at)) {
        (4, None) => (first.value / 100, first.value % 100),
        (2, None) => (first.value, 0),
        (2, Some(b':')) => {
            at += 1;
            let minutes = digits(text, &mut at)?;
            (at == text.len() && minutes.digits == 2).then_some((first.value, minutes.value))?
        }
        _ => return None,
    };
    (hours <= 15 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60) as i32)
}

impl Parts {
    /// The moment under one form, where form and calendar allow it.
    pub fn read(&self, form: DateForm) -> Option<Moment> {
        let [a, b, c] = self.groups;
        let zoned = self.time.is_some_and(|t| t.offset.is_some());
        let shape = (self.count, self.separator);
        let (year, month, day) = match form {
            DateForm::Iso | DateForm::IsoTime | DateForm::Rfc3339 if shape == (3, b'-') && a.digits == 4 => {
                (a, b, c)
            }
            DateForm::Dots | DateForm::DotsTime if shape == (3, b'.') && c.digits == 4 => (c, b, a),
            DateForm::DotsShort if shape == (3, b'.') && c.digits == 2 => {
                let century = if c.value < 70 { 2000 } else { 1900 };
                (Group { value: c.value + century, digits: 4 }, b, a)
            }
            DateForm::SlashDay | DateForm::SlashDayTime if shape == (3, b'/') && c.digits == 4 => (c, b, a),
            DateForm::SlashMonth | DateForm::SlashMonthTime if shape == (3, b'/') && c.digits == 4 => {
                (c, a, b)
            }
            DateForm::SlashYear if shape == (3, b'/') && a.digits == 4 => (a, b, c),
            DateForm::DashDay if shape == (3, b'-') && c.digits == 4 => (c, b, a),
            DateForm::Month if self.count == 2 => (a, b, Group { value: 1, digits: 1 }),
            DateForm::Compact if self.count == 1 && (1900..=2100).contains(&(a.value / 10_000)) => (
                Group { value: a.value / 10_000, digits: 4 },
                Group { value: a.value / 100 % 100, digits: 2 },
                Group { value: a.value % 100, digits: 2 },
            ),
            _ => return None,
        };
        let timed = matches!(
            form,
            DateForm::IsoTime
                | DateForm::Rfc3339
                | DateForm::DotsTime
                | DateForm::SlashDayTime
                | DateForm::SlashMonthTime
        );
        if (self.time.is_some() && !timed) || (zoned && form != DateForm::Rfc3339) {
            return None;
        }
        let days = days_from_civil(year.value, month.value, day.value)?;
        let (micros, offset) = self.time.map_or((0, None), |t| (t.micros, t.offset));
        Some(Moment { days, micros, offset })
    }
}

/// Days since 1970-01-01 of a day in the Gregorian calendar, years 1 to 9999
/// (H. Hinnant, "chrono-compatible low-level date algorithms").
pub fn days_from_civil(year: u32, month: u32, day: u32) -> Option<i32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || day == 0 || day > length {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted / 400;
    let year_of_era = shifted % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era) as i32 - 719_468)
}

/// The day so many days after 1970-01-01, the reverse of [`days_from_civil`]; none outside the years 1 to 9999.
pub fn civil_from_days(days: i32) -> Option<Date> {
    if !(EMPTY_1C..=2_932_896).contains(&days) {
        return None;
    }
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    Date::new(year as i16, month as i8, day as i8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8], form: DateForm) -> Option<Moment> {
        parts(text)?.read(form)
    }

    const FEB_1: i32 = 20_485;
    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn forms() {
        let cases = [
            ("2026-02-01", DateForm::Iso, 0, None),
            ("2026-2-1", DateForm::Iso, 0, None),
            ("2026-02-01 13:30:00", DateForm::IsoTime, 13 * HOUR + HOUR / 2, None),
            ("2026-02-01T13:30", DateForm::IsoTime, 13 * HOUR + HOUR / 2, None),
            ("2026-02-01T00:00:00.25Z", DateForm::Rfc3339, 250_000, Some(0)),
            ("2026-02-01T03:00:00+03:00", DateForm::Rfc3339, 3 * HOUR, Some(10_800)),
            ("2026-02-01 03:00:00-0330", DateForm::Rfc3339, 3 * HOUR, Some(-12_600)),
            ("01.02.2026", DateForm::Dots, 0, None),
            ("1.2.2026", DateForm::Dots, 0, None),
            ("01.02.2026 0:00:00", DateForm::DotsTime, 0, None),
            ("01.02.2026 9:15", DateForm::DotsTime, 9 * HOUR + HOUR / 4, None),
            ("01.02.26", DateForm::DotsShort, 0, None),
            ("01/02/2026", DateForm::SlashDay, 0, None),
            ("02/01/2026", DateForm::SlashMonth, 0, None),
            ("2/1/2026 7:00", DateForm::SlashMonthTime, 7 * HOUR, None),
            ("20260201", DateForm::Compact, 0, None),
            ("2026/02/01", DateForm::SlashYear, 0, None),
            ("01-02-2026", DateForm::DashDay, 0, None),
            ("2026-02", DateForm::Month, 0, None),
        ];
        for (text, form, micros, offset) in cases {
            assert_eq!(read(text.as_bytes(), form), Some(Moment { days: FEB_1, micros, offset }), "{text}");
            assert_eq!(DateForm::from_name(form.name()), Some(form));
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        let cases = [
            ("2026-02-30", DateForm::Iso),
            ("31.04.2026", DateForm::Dots),
            ("2025-02-29", DateForm::Iso),
            ("2026-13-01", DateForm::Iso),
            ("0000-01-01", DateForm::Iso),
            ("13/13/2026", DateForm::SlashDay),
            ("2026-02-01 24:00:00", DateForm::IsoTime),
            ("2026-02-01 10:00:00", DateForm::Iso),
            ("2026-02-01x", DateForm::Iso),
            ("18990101", DateForm::Compact),
            ("2026-02.01", DateForm::Iso),
        ];
        for (text, form) in cases {
            assert_eq!(read(text.as_bytes(), form), None, "{text}");
        }
    }

    #[test]
    fn zone_moves_the_moment_to_utc() {
        let moment = read(b"2026-02-01T03:00:00+03:00", DateForm::Rfc3339).expect("a moment");
        assert_eq!(moment.utc_micros(), i64::from(FEB_1) * 24 * HOUR);
        assert_eq!(read(b"01.01.0001 0:00:00", DateForm::DotsTime).map(|m| m.days), Some(EMPTY_1C));
    }

    proptest! {
        #[test]
        fn days_agree_with_the_calendar(days in -719_162_i32..2_932_896) {
            let date = Date::new(1970, 1, 1).expect("a date") + jiff::Span::new().days(days);
            prop_assert_eq!(days_from_civil(date.year() as u32, date.month() as u32, date.day() as u32), Some(days));
            prop_assert_eq!(civil_from_days(days), Some(date));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9./ :TZ]{0,30}") {
            for form in DateForm::ALL {
                let _ = read(text.as_bytes(), form);
            }
        }
    }
}
