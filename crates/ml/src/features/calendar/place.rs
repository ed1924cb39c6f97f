//! The place of a period in week, month and year.

use super::days::is_weekend;
use jiff::civil::Date;
use vakhta_domain::spec::Frequency;

/// The names of [`row`]'s features.
pub fn names(frequency: Frequency) -> &'static [&'static str] {
    match frequency {
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
    }
}

/// The place of the period that begins on `first` and has these days.
pub fn row(first: Date, days: &[Date], frequency: Frequency) -> Vec<f32> {
    match frequency {
        Frequency::D | Frequency::H => day_features(first),
        Frequency::W => week_features(first),
        Frequency::M | Frequency::Q => month_features(first, days, frequency),
    }
}

pub fn flag(truth: bool) -> f32 {
    f32::from(u8::from(truth))
}

fn quarter(day: Date) -> f32 {
    f32::from((day.month() - 1) / 3 + 1)
}

/// The angle of a day in the year, radians.
fn angle(day: Date) -> f64 {
    std::f64::consts::TAU * f64::from(day.day_of_year()) / 365.25
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
