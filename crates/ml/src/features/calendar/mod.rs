//! What is known of a period from its date alone: its place in week, month and year, holidays, pay days, events.

mod days;
mod place;
#[cfg(test)]
mod tests;

pub use days::{Overrides, official_kind};

use crate::panel::Periods;
use days::Days;
use jiff::civil::Date;
use vakhta_domain::spec::{Country, Frequency};

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

/// Sines and cosines of one period, which need not be whole.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wave {
    /// The length, in periods of the grid.
    pub period: f64,
    /// How many multiples of its frequency: so many sines and so many cosines.
    pub order: u32,
}

/// The calendar of a model.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Calendar {
    /// The grid.
    pub periods: Periods,
    /// Whose holidays count.
    pub country: Option<Country>,
    /// Days that are not what the country's calendar says.
    pub overrides: Overrides,
    /// Days of the month on which wages are paid, 1 to 31.
    pub pay_days: Vec<u8>,
    /// The company's own days.
    pub events: Vec<Event>,
    /// Fourier terms.
    pub waves: Vec<Wave>,
}

impl Calendar {
    /// A calendar that knows dates and nothing else.
    pub fn plain(periods: Periods) -> Self {
        Self {
            periods,
            country: None,
            overrides: Overrides::default(),
            pay_days: Vec::new(),
            events: Vec::new(),
            waves: Vec::new(),
        }
    }

    /// The names of its features, in the order of [`Calendar::row`].
    pub fn names(&self) -> Vec<String> {
        let frequency = self.periods.frequency;
        let mut names: Vec<String> = place::names(frequency).iter().map(|&name| name.to_owned()).collect();
        if self.knows_holidays() {
            let of_country = if self.is_daily() { &days::DAY_NAMES[..] } else { &days::PERIOD_NAMES[..] };
            names.extend(of_country.iter().map(|&name| name.to_owned()));
        }
        if self.has_pay_days() {
            let paid: &[&str] =
                if self.is_daily() { &["days_to_pay_day", "days_since_pay_day"] } else { &["pay_days"] };
            names.extend(paid.iter().map(|&name| name.to_owned()));
        }
        names.extend(self.events.iter().map(|event| format!("event: {}", event.name)));
        for wave in &self.waves {
            for order in 1..=wave.order {
                names.push(format!("sin_{order}_of_{}", wave.period));
                names.push(format!("cos_{order}_of_{}", wave.period));
            }
        }
        names
    }

    /// The features of a period, given by its number on the grid.
    pub fn row(&self, number: i64) -> Vec<f32> {
        let first = self.periods.first_day(number);
        let inside = if self.is_daily() { vec![first] } else { self.days(number) };
        let mut row = place::row(first, &inside, self.periods.frequency);
        let days = Days { country: self.country, overrides: &self.overrides };
        if self.knows_holidays() {
            if self.is_daily() {
                row.extend(days.day(first));
            } else {
                row.extend(days.period(&inside));
            }
        }
        if self.has_pay_days() {
            if self.is_daily() {
                row.extend(days.pay_day_distances(&self.pay_days, first));
            } else {
                row.push(days.pay_days_in(&self.pay_days, &inside));
            }
        }
        for event in &self.events {
            row.push(if self.is_daily() { event_offset(event, first) } else { event_count(event, &inside) });
        }
        for wave in &self.waves {
            for order in 1..=wave.order {
                // The angle is reduced before the sine, so that it stays exact far from the first period.
                let turns = (number as f64 * f64::from(order) / wave.period).rem_euclid(1.0);
                let angle = std::f64::consts::TAU * turns;
                row.extend([angle.sin() as f32, angle.cos() as f32]);
            }
        }
        row
    }

    /// Whether its numbers are such as a person could have asked for: for calendars read from outside.
    pub fn is_sound(&self) -> bool {
        self.periods.week_start < 7
            && self.events.iter().all(|e| (0..=1000).contains(&e.before) && (0..=1000).contains(&e.after))
            && self.pay_days.iter().all(|day| (1..=31).contains(day))
            && self.waves.len() <= 20
            && self.waves.iter().all(|w| (1.0..=1e5).contains(&w.period) && w.order <= 50)
    }

    fn is_daily(&self) -> bool {
        self.periods.frequency == Frequency::D
    }

    fn knows_holidays(&self) -> bool {
        self.country.is_some() || !self.overrides.is_empty()
    }

    /// Months and quarters have the same pay days every time.
    fn has_pay_days(&self) -> bool {
        !self.pay_days.is_empty() && matches!(self.periods.frequency, Frequency::D | Frequency::W)
    }

    fn days(&self, number: i64) -> Vec<Date> {
        let end = self.periods.first_day(number + 1);
        let first = self.periods.first_day(number);
        first.series(jiff::Span::new().days(1)).take_while(|&day| day < end).take(100).collect()
    }
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
