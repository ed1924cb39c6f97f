//! Dates: how long ago, and where in the year, the month and the week.

use super::number::Scale;
use jiff::civil::Date;
use std::f64::consts::TAU;

/// Numbers a date has for engines that multiply: age, missing, year and month as circles, weekday by weekday.
pub const DENSE: usize = 2 + 2 + 2 + 7;
/// Numbers a date has for trees, in the order of [`parts`].
pub const PARTS: [&str; 5] = ["age", "month", "day", "weekday", "day of year"];

/// Days from 1970-01-01.
pub fn day_number(date: Date) -> i64 {
    let days = date.since(jiff::civil::date(1970, 1, 1)).map(|span| span.get_days());
    i64::from(days.expect("every date is a number of days from 1970"))
}

/// Days from a date to the newest of training, in days; NaN where there is no date.
pub fn age(date: Option<Date>, newest: i64) -> f64 {
    date.map_or(f64::NAN, |date| (newest - day_number(date)) as f64)
}

/// Appends what engines that multiply see.
pub fn dense(date: Option<Date>, newest: i64, scale: &Scale, out: &mut Vec<f32>) {
    out.push(scale.scaled(age(date, newest)));
    out.push(f32::from(u8::from(date.is_none())));
    let Some(date) = date else {
        out.extend([0.0; DENSE - 2]);
        return;
    };
    for turn in [f64::from(date.day_of_year()) / 365.25, f64::from(date.day()) / 31.0] {
        out.extend([(turn * TAU).sin() as f32, (turn * TAU).cos() as f32]);
    }
    let weekday = date.weekday().to_monday_zero_offset();
    out.extend((0..7).map(|day| f32::from(u8::from(day == weekday))));
}

/// Appends what trees see: [`PARTS`].
pub fn parts(date: Option<Date>, newest: i64, out: &mut Vec<f32>) {
    let Some(date) = date else {
        out.extend([f32::NAN; PARTS.len()]);
        return;
    };
    out.push(age(Some(date), newest) as f32);
    out.push(f32::from(date.month()));
    out.push(f32::from(date.day()));
    out.push(f32::from(date.weekday().to_monday_zero_offset()));
    out.push(f32::from(date.day_of_year()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_known_day_has_known_numbers() {
        let monday = date(2024, 3, 4);
        let newest = day_number(date(2024, 3, 14));
        let mut trees = vec![];
        parts(Some(monday), newest, &mut trees);
        assert_eq!(trees, [10.0, 3.0, 4.0, 0.0, 64.0]);
        let mut numbers = vec![];
        let scale = Scale { center: 10.0, spread: 1.0, ..Scale::default() };
        dense(Some(monday), newest, &scale, &mut numbers);
        assert_eq!((numbers.len(), numbers[0], numbers[6]), (DENSE, 0.0, 1.0));
        assert_eq!(numbers[6..].iter().sum::<f32>(), 1.0);
    }

    #[test]
    fn missing_and_the_ends_of_time_are_defined() {
        let (mut trees, mut numbers) = (vec![], vec![]);
        parts(None, 0, &mut trees);
        dense(None, 0, &Scale::default(), &mut numbers);
        assert!(trees.iter().all(|v| v.is_nan()) && trees.len() == PARTS.len());
        assert_eq!((numbers.len(), numbers.iter().sum::<f32>()), (DENSE, 1.0));
        dense(Some(Date::MIN), day_number(Date::MAX), &Scale::default(), &mut numbers);
        assert!(numbers.iter().all(|v| v.is_finite()));
    }
}
