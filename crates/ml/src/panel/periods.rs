//! Days, weeks, months and quarters as consecutive numbers.

use jiff::civil::{Date, Weekday, date};
use vakhta_domain::spec::Frequency;

/// The grid that dates fall on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Periods {
    /// The length of a period.
    pub frequency: Frequency,
    /// The weekday on which weeks begin, 0 for Monday. Zero for other lengths.
    pub week_start: u8,
}

fn day_number(day: Date) -> i64 {
    i64::from(date(1970, 1, 1).until(day).map_or(0, |span| span.get_days()))
}

fn day_of(number: i64) -> Date {
    let days = jiff::Span::new().try_days(number).unwrap_or_default();
    date(1970, 1, 1).saturating_add(days)
}

impl Periods {
    /// The number of the period that holds a day. Consecutive periods have consecutive numbers.
    pub fn number(self, day: Date) -> i64 {
        let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
        match self.frequency {
            // 1970-01-01 was a Thursday, so Monday 1969-12-29 begins week 0.
            Frequency::W => (day_number(day) + 3 - i64::from(self.week_start)).div_euclid(7),
            Frequency::M => month,
            Frequency::Q => month.div_euclid(3),
            Frequency::D | Frequency::H => day_number(day),
        }
    }

    /// The first day of a period.
    pub fn first_day(self, number: i64) -> Date {
        match self.frequency {
            Frequency::W => day_of(number.saturating_mul(7) - 3 + i64::from(self.week_start)),
            Frequency::M => month_start(number),
            Frequency::Q => month_start(number.saturating_mul(3)),
            Frequency::D | Frequency::H => day_of(number),
        }
    }

    /// Guesses the grid from distinct dates, ascending. Hours cannot be told from dates.
    pub fn guess(distinct: &[Date]) -> Self {
        let days = Self { frequency: Frequency::D, week_start: 0 };
        if distinct.len() < 2 {
            return days;
        }
        let starts = distinct.iter().all(|d| d.day() == 1);
        let ends = distinct.iter().all(|d| d.day() == d.days_in_month());
        if starts || ends {
            let months = Self { frequency: Frequency::M, week_start: 0 };
            let first = months.number(distinct[0]);
            let quarters = distinct.iter().all(|&d| (months.number(d) - first) % 3 == 0);
            let frequency = if quarters { Frequency::Q } else { Frequency::M };
            return Self { frequency, week_start: 0 };
        }
        let weekday = distinct[0].weekday();
        if distinct.iter().all(|d| d.weekday() == weekday) {
            return Self::weeks_from(weekday);
        }
        days
    }

    /// Weeks that begin on a weekday.
    pub fn weeks_from(weekday: Weekday) -> Self {
        Self { frequency: Frequency::W, week_start: weekday.to_monday_zero_offset() as u8 }
    }

    /// Periods in a year, rounded.
    pub fn in_year(self) -> usize {
        match self.frequency {
            Frequency::W => 52,
            Frequency::M => 12,
            Frequency::Q => 4,
            Frequency::D | Frequency::H => 365,
        }
    }
}

fn month_start(month: i64) -> Date {
    let year = month.div_euclid(12).clamp(-9999, 9999) as i16;
    date(year, (month.rem_euclid(12) + 1) as i8, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_first_days_agree() {
        for frequency in [Frequency::D, Frequency::W, Frequency::M, Frequency::Q] {
            for week_start in 0..7 {
                let periods = Periods { frequency, week_start };
                for offset in -1000..1000 {
                    let day = day_of(offset * 17);
                    let number = periods.number(day);
                    assert!(periods.first_day(number) <= day);
                    assert!(periods.first_day(number + 1) > day);
                    assert_eq!(periods.number(periods.first_day(number)), number);
                }
                if frequency != Frequency::W {
                    break;
                }
            }
        }
    }

    #[test]
    fn frequencies_are_guessed() {
        let guess = |days: &[Date]| Periods::guess(days).frequency;
        assert_eq!(guess(&[date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 4)]), Frequency::D);
        assert_eq!(guess(&[date(2024, 1, 3), date(2024, 1, 10), date(2024, 1, 24)]), Frequency::W);
        assert_eq!(Periods::guess(&[date(2024, 1, 3), date(2024, 1, 10)]).week_start, 2);
        assert_eq!(guess(&[date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1)]), Frequency::M);
        assert_eq!(guess(&[date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]), Frequency::M);
        assert_eq!(guess(&[date(2024, 1, 1), date(2024, 4, 1), date(2025, 1, 1)]), Frequency::Q);
        assert_eq!(guess(&[date(2024, 5, 7)]), Frequency::D);
    }
}
