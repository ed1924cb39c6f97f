//! Reports on whether a model still sees what it was trained on, which days one speaks of, and when one asks for a
//! training. Pure rules; how columns are measured is the business of the engines.

use crate::ids::{DriftReportId, JobId, ModelKey, VersionId, WorkspaceId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that a report waits for enough rows at most, unless its unit is longer.
const MOST_WAITED: i64 = 28;
/// Units longer than a quarter tell nothing in time.
const LONGEST_UNIT: u64 = 91;
/// The same drift asks for a training again after so long.
const ASKS_AGAIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A column with a larger share of missing rows is broken, where it was not at training.
const BROKEN: f64 = 0.9;
/// A column of which more was missing at training was never whole.
const WHOLE: f64 = 0.5;

/// What a report says of all columns together: the gravest that it says of one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The version has no profile to compare with, or it cannot be used; `reason` tells the way out.
    NoProfile,
    /// Too few rows to say anything.
    TooFewRows,
    /// No change beyond what chance and usual days give.
    Stable,
    /// A change that is surely there, and below the limits.
    Slight,
    /// A change beyond the limits that may yet pass.
    Drifted,
    /// A change beyond the limits that lasts.
    Confirmed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 6] =
        [Self::NoProfile, Self::TooFewRows, Self::Stable, Self::Slight, Self::Drifted, Self::Confirmed];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoProfile => "no_profile",
            Self::TooFewRows => "too_few_rows",
            Self::Stable => "stable",
            Self::Slight => "slight",
            Self::Drifted => "drifted",
            Self::Confirmed => "confirmed",
        }
    }

    /// The standing of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == word)
    }
}

/// What a report is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// The days, one after the other: what lasts is known from the report before.
    Daily,
    /// Days that a person named, judged by themselves.
    Window,
}

impl Series {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Window => "window",
        }
    }

    /// The series of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Daily, Self::Window].into_iter().find(|series| series.as_str() == word)
    }
}

/// A report without its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    /// Its identity; kept when the report is made again of more rows.
    pub id: DriftReportId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The model.
    pub model: ModelKey,
    /// The version whose training rows are the reference.
    pub version: VersionId,
    /// What it is one of.
    pub series: Series,
    /// The first day it speaks of.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// Whether its days are over and hold enough rows; else it is made again.
    pub complete: bool,
    /// What it says.
    pub standing: Standing,
    /// Why it says nothing, where it does not.
    pub reason: Option<String>,
    /// Rows looked at.
    pub rows: u64,
    /// Columns beyond the limits, those confirmed among them.
    pub drifted: Vec<String>,
    /// Columns whose drift is confirmed.
    pub confirmed: Vec<String>,
    /// Columns that came empty though they were not at training.
    pub broken: Vec<String>,
    /// The job that made it.
    pub job: JobId,
    /// The training that it asked for.
    pub retrain: Option<JobId>,
    /// When it was made.
    pub at: Timestamp,
}

impl DriftReport {
    /// What names its place: one report a place, made again of more rows.
    pub fn slot(&self) -> String {
        match self.series {
            Series::Daily => format!("daily:{}", self.from),
            Series::Window => format!("window:{}:{}", self.from, self.to),
        }
    }
}

/// Days that are reported on together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Whether they are over and hold enough rows.
    pub complete: bool,
}

/// What [`windows`] goes by.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first day that was not reported on.
    pub from: Date,
    /// The newest day that there may be rows of.
    pub newest: Date,
    /// The last day of which no more rows will come.
    pub settled: Date,
    /// Days that are reported on together at least.
    pub unit: u32,
    /// Rows below which nothing can be said.
    pub min_rows: u64,
}

/// Cuts days into windows, one after the other. A window is one unit; where that holds too few rows it waits for
/// further days, so that a day without data is no window and a small model is judged less often. Days never stand in
/// two windows: what lasts must last in rows that are new.
pub fn windows(rows: &BTreeMap<Date, u64>, span: Span) -> Vec<Window> {
    let unit = i64::from(span.unit.max(1));
    let longest = MOST_WAITED.max(2 * unit);
    let mut found = Vec::new();
    let mut from = span.from;
    while from <= span.newest {
        let held = |to: Date| rows.range(from..=to).map(|(_, rows)| *rows).sum::<u64>();
        let mut to = from.saturating_add((unit - 1).days());
        while held(to) < span.min_rows && to < span.newest && apart(from, to) + 1 < longest {
            to = to.saturating_add(1.day());
        }
        let whole = to <= span.newest && (held(to) >= span.min_rows || apart(from, to) + 1 >= longest);
        to = to.min(span.newest);
        let complete = whole && to <= span.settled;
        found.push(Window { from, to, complete });
        if !complete {
            break;
        }
        from = to.saturating_add(1.day());
    }
    found
}

fn apart(from: Date, to: Date) -> i64 {
    to.since(from).map_or(0, |span| i64::from(span.get_days()))
}

/// Days that must be reported on together so that they hold about `min_rows` rows, where `rows` rows lie in `days`
/// days. More than three days become whole weeks: weekdays differ.
pub fn unit_days(rows: u64, days: u64, min_rows: u64) -> u32 {
    if rows == 0 {
        return 1;
    }
    let wanted = min_rows.saturating_mul(days.max(1)).div_ceil(rows).max(1);
    let unit = if wanted > 3 { wanted.next_multiple_of(7) } else { wanted };
    unit.min(LONGEST_UNIT) as u32
}

/// Whether confirmed drift asks for a training: of a column that did not ask before, or again after a week. `before`
/// is the last report that asked.
pub fn asks(confirmed: &[String], before: Option<&DriftReport>, now: Timestamp) -> bool {
    if confirmed.is_empty() {
        return false;
    }
    before.is_none_or(|before| {
        confirmed.iter().any(|column| !before.confirmed.contains(column))
            || now.duration_since(before.at) >= ASKS_AGAIN
    })
}

/// Whether a column came empty that was not: its feed is broken, and a training would learn that.
pub fn is_broken(missing: u64, rows: u64, reference_missing: u64, reference_rows: u64) -> bool {
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    rows > 0 && share(missing, rows) >= BROKEN && share(reference_missing, reference_rows) < WHOLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn span(unit: u32) -> Span {
        let (from, newest) = (date(2026, 3, 1), date(2026, 3, 10));
        Span { from, newest, settled: date(2026, 3, 9), unit, min_rows: 100 }
    }

    fn cut(rows: &[(i8, u64)], span: Span) -> Vec<(i8, i8, bool)> {
        let rows = rows.iter().map(|(day, rows)| (date(2026, 3, *day), *rows)).collect();
        windows(&rows, span).iter().map(|w| (w.from.day(), w.to.day(), w.complete)).collect()
    }

    #[test]
    fn days_with_enough_rows_are_windows_of_their_own() {
        let rows: Vec<(i8, u64)> = (1..=10).map(|day| (day, 150)).collect();
        let found = cut(&rows, span(1));
        assert_eq!(found.len(), 10);
        assert_eq!((found[0], found[9]), ((1, 1, true), (10, 10, false)), "today is not over");
        let found = cut(&rows, span(7));
        assert_eq!(found, [(1, 7, true), (8, 10, false)]);
    }

    #[test]
    fn days_without_data_and_small_ones_wait_for_others() {
        assert_eq!(
            cut(&[(1, 150), (3, 60), (4, 60), (5, 10)], span(1)),
            [(1, 1, true), (2, 4, true), (5, 10, false)]
        );
        assert_eq!(cut(&[], span(1)), [(1, 10, false)]);
        let long = Span { newest: date(2026, 5, 1), settled: date(2026, 5, 1), ..span(1) };
        let found = windows(&BTreeMap::new(), long);
        assert_eq!(
            (found[0].to, found[0].complete),
            (date(2026, 3, 28), true),
            "after four weeks it says so"
        );
        let before = Span { newest: date(2026, 2, 1), ..span(1) };
        assert_eq!(cut(&[(1, 500)], before), []);
    }

    #[test]
    fn units_hold_enough_rows() {
        for (rows, days, wanted) in [
            (0, 0, 1),
            (3650, 10, 1),
            (54 * 365, 365, 2),
            (20 * 365, 365, 7),
            (3 * 365, 365, 35),
            (5, 365, 91),
        ] {
            assert_eq!(unit_days(rows, days, 100), wanted, "{rows} rows in {days} days");
        }
    }

    fn report(confirmed: &[&str], at: &str) -> DriftReport {
        DriftReport {
            id: DriftReportId::new("d"),
            workspace: WorkspaceId::default_workspace(),
            model: ModelKey::new("m"),
            version: VersionId::new("v"),
            series: Series::Daily,
            from: date(2026, 3, 1),
            to: date(2026, 3, 1),
            complete: true,
            standing: Standing::Confirmed,
            reason: None,
            rows: 100,
            drifted: Vec::new(),
            confirmed: confirmed.iter().map(|&c| c.to_owned()).collect(),
            broken: Vec::new(),
            job: JobId::new("j"),
            retrain: Some(JobId::new("r")),
            at: at.parse().expect("a moment"),
        }
    }

    #[test]
    fn drift_asks_once_a_week_and_for_what_is_new() {
        let before = report(&["price"], "2026-03-01T23:00:00Z");
        let asked = |columns: &[&str], at: &str| {
            let columns: Vec<String> = columns.iter().map(|&c| c.to_owned()).collect();
            asks(&columns, Some(&before), at.parse().expect("a moment"))
        };
        assert!(!asked(&[], "2026-04-01T23:00:00Z"));
        assert!(!asked(&["price"], "2026-03-02T23:00:00Z"));
        assert!(asked(&["price", "promo"], "2026-03-02T23:00:00Z"));
        assert!(asked(&["price"], "2026-03-08T23:00:00Z"));
        assert!(asks(&["price".into()], None, before.at));
    }

    #[test]
    fn a_column_that_came_empty_is_broken() {
        assert!(is_broken(100, 100, 0, 1000));
        assert!(!is_broken(80, 100, 0, 1000));
        assert!(!is_broken(100, 100, 900, 1000), "it always was");
        assert!(!is_broken(0, 0, 0, 1000), "no rows are no broken feed");
    }

    #[test]
    fn words_come_back() {
        for standing in Standing::ALL {
            assert_eq!(Standing::parse(standing.as_str()), Some(standing));
        }
        for series in [Series::Daily, Series::Window] {
            assert_eq!(Series::parse(series.as_str()), Some(series));
        }
    }
}
