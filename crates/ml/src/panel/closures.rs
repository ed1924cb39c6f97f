//! When a series will be closed, told by when it was: weekdays, dates of the year, a known column.

use super::{Kind, Periods};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use vakhta_domain::spec::Frequency;

/// Share of closed periods from which a pattern counts as a rule.
const NEARLY_ALWAYS: f64 = 0.95;
/// Days looked back at for weekdays: half a year.
const RECENT: usize = 182;
/// Fewest weeks in which a weekday must have been closed.
const FEWEST_WEEKS: usize = 4;
/// Seasons of closure at the end of the history from which a series counts as given up.
const GIVEN_UP_SEASONS: usize = 4;

/// The days on which a series is known to be closed.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Closures {
    /// Weekdays, 0 for Monday.
    pub weekdays: BTreeSet<u8>,
    /// Months and days on which it was closed in each of at least two years.
    pub dates: BTreeSet<(u8, u8)>,
    /// A known-future column and its value on closed days.
    pub column: Option<(usize, f32)>,
    /// Closed for good.
    pub given_up: bool,
}

impl Closures {
    /// Learns the pattern of a series from `start` on. `known` are its known-future columns.
    pub fn learn(periods: Periods, first: i64, start: usize, kinds: &[Kind], known: &[Vec<f32>]) -> Self {
        let mut closures = Self::default();
        let closed_at_end = kinds.iter().rev().take_while(|&&kind| kind == Kind::Closed).count();
        closures.given_up = closed_at_end >= GIVEN_UP_SEASONS * periods.frequency.season();
        let open_until = if closures.given_up { kinds.len() - closed_at_end } else { kinds.len() };
        let kinds = &kinds[..open_until];
        if !kinds.contains(&Kind::Closed) {
            return closures;
        }
        closures.column = deciding_column(start, kinds, known);
        if periods.frequency != Frequency::D {
            return closures;
        }
        let day = |at: usize| periods.first_day(first + (start + at) as i64);
        let mut weeks = [(0usize, 0usize); 7];
        for at in kinds.len().saturating_sub(RECENT)..kinds.len() {
            let (closed, all) = &mut weeks[day(at).weekday().to_monday_zero_offset() as usize];
            *closed += usize::from(kinds[at] == Kind::Closed);
            *all += 1;
        }
        for (weekday, (closed, all)) in weeks.into_iter().enumerate() {
            if closed >= FEWEST_WEEKS && closed as f64 >= NEARLY_ALWAYS * all as f64 {
                closures.weekdays.insert(weekday as u8);
            }
        }
        let mut dates: BTreeMap<(u8, u8), (usize, usize)> = BTreeMap::new();
        for (at, &kind) in kinds.iter().enumerate() {
            let day = day(at);
            if closures.weekdays.contains(&weekday_of(day)) {
                continue;
            }
            let (closed, all) = dates.entry((day.month() as u8, day.day() as u8)).or_default();
            *closed += usize::from(kind == Kind::Closed);
            *all += 1;
        }
        closures.dates = dates
            .into_iter()
            .filter(|(_, (closed, all))| *closed >= 2 && closed == all)
            .map(|(d, _)| d)
            .collect();
        closures
    }

    /// Whether the series is closed on a day. `known` gives the value of a known-future column on that day.
    pub fn is_closed(&self, day: Date, known: impl Fn(usize) -> f32) -> bool {
        if self.given_up {
            return true;
        }
        if let Some((column, value)) = self.column {
            let now = known(column);
            if !now.is_nan() {
                return now == value;
            }
        }
        self.weekdays.contains(&weekday_of(day)) || self.dates.contains(&(day.month() as u8, day.day() as u8))
    }
}

fn weekday_of(day: Date) -> u8 {
    day.weekday().to_monday_zero_offset() as u8
}

/// A column with one value on nearly all closed periods and hardly ever on open ones, such as `open`.
fn deciding_column(start: usize, kinds: &[Kind], known: &[Vec<f32>]) -> Option<(usize, f32)> {
    known.iter().enumerate().find_map(|(column, values)| {
        let value_at = |at: usize| values.get(start + at).copied().unwrap_or(f32::NAN);
        let candidate =
            (0..kinds.len()).find(|&at| kinds[at] == Kind::Closed && !value_at(at).is_nan()).map(value_at)?;
        let (mut closed, mut closed_with, mut all_with) = (0usize, 0usize, 0usize);
        for (at, &kind) in kinds.iter().enumerate() {
            let has_value = value_at(at) == candidate;
            closed += usize::from(kind == Kind::Closed);
            closed_with += usize::from(kind == Kind::Closed && has_value);
            all_with += usize::from(has_value);
        }
        let decides = closed_with as f64 >= NEARLY_ALWAYS * closed as f64
            && closed_with as f64 >= NEARLY_ALWAYS * all_with as f64;
        decides.then_some((column, candidate))
    })
}
