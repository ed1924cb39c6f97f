//! What might happen to a feed, done to it: rows are bent, and the replay shows what would have been made of them.

use crate::feed::{Columns, Feed, Row};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bend {
    /// Values are multiplied for a while, as when a street is closed or a rival opens.
    LevelShift,
    /// A branch brings no rows any more.
    LostBranch,
    /// Zeros come for a while; then the right rows come all at once.
    BrokenFeed,
    /// Nothing comes for a while; then everything comes at once.
    StoppedFeed,
    /// All values are in another unit from a day on.
    CurrencyChange,
    /// A branch appears, with the sales of an existing one times a factor.
    NewBranch,
    /// What a day sold and what another one sold change places.
    HolidayMoved,
}

/// Every bend with its name, the days that it lasts where none are given (0: to the end), and its factor.
const BENDS: [(Bend, &str, u32, f64); 7] = [
    (Bend::LevelShift, "level-shift", 60, 0.6),
    (Bend::LostBranch, "lost-branch", 0, 0.0),
    (Bend::BrokenFeed, "broken-feed", 5, 0.0),
    (Bend::StoppedFeed, "stopped-feed", 10, 0.0),
    (Bend::CurrencyChange, "currency-change", 0, 0.01),
    (Bend::NewBranch, "new-branch", 0, 0.7),
    (Bend::HolidayMoved, "holiday-moved", 7, 1.0),
];

/// A scenario in full.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    /// What happens.
    pub bend: Bend,
    /// Its first day; a third into the replay where none is given.
    pub from: Option<Date>,
    /// For how many days; 0 to the end. Of a holiday, how far it moves.
    pub days: u32,
    /// What values are multiplied by.
    pub factor: f64,
    /// The series, as it is named; of a lost or new branch the largest one where none is given, else all.
    pub series: Option<String>,
}

/// Why a scenario cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadScenario {
    /// Its name.
    #[error("there is no scenario `{0}`; they are {names}", names = names())]
    Name(String),
    /// A part of it.
    #[error("`{0}` is not from=DATE, days=N, factor=X or series=NAME")]
    Part(String),
    /// The series.
    #[error("the data have no series `{0}`")]
    Series(String),
}

fn names() -> String {
    BENDS.map(|(_, name, ..)| name).join(", ")
}

impl Bend {
    fn defaults(self) -> (&'static str, u32, f64) {
        let found = BENDS.iter().find(|(bend, ..)| *bend == self);
        found.map_or(("", 0, 1.0), |(_, name, days, factor)| (name, *days, *factor))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.defaults().0
    }
}

impl std::str::FromStr for Scenario {
    type Err = BadScenario;

    /// Reads e.g. `level-shift` or `level-shift:from=2016-03-01,days=90,factor=1.4,series=north`.
    fn from_str(text: &str) -> Result<Self, BadScenario> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let found = BENDS.iter().find(|(_, own, ..)| *own == name);
        let (bend, _, days, factor) = found.ok_or_else(|| BadScenario::Name(name.to_owned()))?;
        let mut scenario = Self { bend: *bend, from: None, days: *days, factor: *factor, series: None };
        for part in rest.split(',').filter(|part| !part.is_empty()) {
            let bad = || BadScenario::Part(part.to_owned());
            let (key, value) = part.split_once('=').ok_or_else(bad)?;
            match key {
                "from" => scenario.from = Some(value.parse().map_err(|_| bad())?),
                "days" => scenario.days = value.parse().map_err(|_| bad())?,
                "factor" => {
                    let factor: f64 = value.parse().map_err(|_| bad())?;
                    scenario.factor = Some(factor).filter(|f| f.is_finite()).ok_or_else(bad)?;
                }
                "series" => scenario.series = Some(value.to_owned()),
                _ => return Err(bad()),
            }
        }
        Ok(scenario)
    }
}

impl Scenario {
    /// The first day, and the first one after it, within a feed that is replayed from `from` to `to`.
    pub fn window(&self, from: Date, to: Date) -> (Date, Date) {
        let whole = to.since(from).map_or(0, |span| span.get_days());
        let first = self.from.unwrap_or_else(|| from.saturating_add((whole / 3).days()));
        let end = if self.days == 0 { to.saturating_add(1.day()) } else { later(first, self.days) };
        (first, end)
    }

    /// Bends a feed that is replayed from `from` to `to`.
    pub fn apply(&self, feed: &mut Feed, columns: &Columns, from: Date, to: Date) -> Result<(), BadScenario> {
        let (first, end) = self.window(from, to);
        let series = self.series_in(feed, columns)?;
        let meant = |row: &Row| series.as_ref().is_none_or(|name| columns.name(row) == *name);
        match self.bend {
            Bend::LevelShift | Bend::CurrencyChange => {
                for row in rows_of(feed, first, end).filter(|row| meant(row)) {
                    multiply(row, columns, self.factor);
                }
            }
            Bend::LostBranch => {
                for (_, rows) in feed.batches.range_mut(first..end) {
                    rows.retain(|row| !meant(row));
                }
            }
            Bend::BrokenFeed | Bend::StoppedFeed => self.hold_back(feed, columns, first, end, meant),
            Bend::NewBranch => {
                for (_, rows) in feed.batches.range_mut(first..end) {
                    let copies: Vec<Row> =
                        rows.iter().filter(|row| meant(row)).map(|row| self.copied(row, columns)).collect();
                    rows.extend(copies);
                }
            }
            Bend::HolidayMoved => exchange(feed, columns, first, end),
        }
        Ok(())
    }

    /// The right rows come with the first batch after the window; zeros or nothing in it.
    fn hold_back(
        &self,
        feed: &mut Feed,
        columns: &Columns,
        first: Date,
        end: Date,
        meant: impl Fn(&Row) -> bool,
    ) {
        let mut held = Vec::new();
        for (_, rows) in feed.batches.range_mut(first..end) {
            held.extend(rows.iter().filter(|row| meant(row)).cloned());
            if self.bend == Bend::StoppedFeed {
                rows.retain(|row| !meant(row));
            } else {
                rows.iter_mut().filter(|row| meant(row)).for_each(|row| multiply(row, columns, 0.0));
            }
        }
        let next = feed.batches.range_mut(end..).next();
        if let Some((_, rows)) = next {
            rows.splice(0..0, held);
        }
    }

    fn copied(&self, row: &Row, columns: &Columns) -> Row {
        let mut copy = row.clone();
        if let Some(column) = columns.series.last() {
            let name = format!("{} (new)", columns.name(row));
            copy.insert(column.clone(), Value::from(name));
        }
        multiply(&mut copy, columns, self.factor);
        copy
    }

    fn series_in(&self, feed: &Feed, columns: &Columns) -> Result<Option<String>, BadScenario> {
        let mut sold: BTreeMap<String, f64> = BTreeMap::new();
        for row in feed.batches.values().flatten() {
            *sold.entry(columns.name(row)).or_default() += columns.value(row).unwrap_or(0.0);
        }
        match &self.series {
            Some(name) if !sold.contains_key(name) => Err(BadScenario::Series(name.clone())),
            Some(name) => Ok(Some(name.clone())),
            None if matches!(self.bend, Bend::LostBranch | Bend::NewBranch) => {
                Ok(sold.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name))
            }
            None => Ok(None),
        }
    }
}

fn later(day: Date, days: u32) -> Date {
    day.saturating_add(Span::new().days(i64::from(days)))
}

fn rows_of(feed: &mut Feed, first: Date, end: Date) -> impl Iterator<Item = &mut Row> {
    feed.batches.range_mut(first..end.max(first)).flat_map(|(_, rows)| rows)
}

fn multiply(row: &mut Row, columns: &Columns, factor: f64) {
    if let Some(value) = columns.value(row) {
        row.insert(columns.target.clone(), Value::from(value * factor));
    }
}

/// The values of two days change places, series by series.
fn exchange(feed: &mut Feed, columns: &Columns, one: Date, other: Date) {
    let values = |feed: &Feed, day: Date| -> BTreeMap<String, Value> {
        let rows = feed.batches.get(&day).into_iter().flatten();
        rows.filter_map(|row| Some((columns.name(row), row.get(&columns.target)?.clone()))).collect()
    };
    let (ones, others) = (values(feed, one), values(feed, other));
    for (day, new) in [(one, others), (other, ones)] {
        for row in feed.batches.get_mut(&day).into_iter().flatten() {
            if let Some(value) = new.get(&columns.name(row)) {
                row.insert(columns.target.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    fn columns() -> Columns {
        Columns { time: "date".into(), series: vec!["branch".into()], target: "y".into() }
    }

    /// Twelve days of two branches; a sells 10 and more, b 1 and more.
    fn feed() -> Feed {
        let mut feed = Feed::default();
        for day in 1..=12 {
            let rows = [("a", 10), ("b", 1)].map(|(branch, base)| {
                let row =
                    json!({"date": format!("2026-01-{day:02}"), "branch": branch, "y": base + i64::from(day)});
                row.as_object().expect("a row").clone()
            });
            feed.batches.insert(date(2026, 1, day), rows.to_vec());
        }
        feed
    }

    fn bent(text: &str) -> Vec<(i8, String, f64)> {
        let mut feed = feed();
        let scenario: Scenario = text.parse().expect("a scenario");
        let (from, to) = (date(2026, 1, 4), date(2026, 1, 12));
        scenario.apply(&mut feed, &columns(), from, to).expect("it applies");
        let columns = columns();
        let rows = feed.batches.iter().flat_map(|(day, rows)| {
            let shown = |row| (day.day(), columns.name(row), columns.value(row).expect("a number"));
            rows.iter().map(shown).collect::<Vec<_>>()
        });
        rows.collect()
    }

    fn of(rows: &[(i8, String, f64)], day: i8, branch: &str) -> Vec<f64> {
        rows.iter().filter(|row| row.0 == day && row.1 == branch).map(|row| row.2).collect()
    }

    #[test]
    fn each_bends_what_it_says() {
        let shifted = bent("level-shift:from=2026-01-05,days=2,factor=2,series=b");
        assert_eq!((of(&shifted, 5, "b"), of(&shifted, 7, "b")), (vec![12.0], vec![8.0]));
        assert_eq!(of(&shifted, 5, "a"), [15.0]);
        let lost = bent("lost-branch");
        assert_eq!((of(&lost, 5, "a"), of(&lost, 6, "a")), (vec![15.0], vec![]), "a third into the replay");
        assert_eq!(of(&lost, 12, "b"), [13.0]);
        let new = bent("new-branch:factor=0.5");
        assert_eq!((of(&new, 5, "a (new)"), of(&new, 6, "a (new)")), (vec![], vec![8.0]));
        let other = bent("currency-change:from=2026-01-10,factor=0.1");
        assert_eq!((of(&other, 9, "a"), of(&other, 12, "a")), (vec![19.0], vec![2.2]));
        let moved = bent("holiday-moved:from=2026-01-05,days=2");
        assert_eq!((of(&moved, 5, "a"), of(&moved, 7, "b")), (vec![17.0], vec![6.0]));
    }

    #[test]
    fn what_was_held_back_comes_later() {
        let broken = bent("broken-feed:from=2026-01-05,days=2,series=a");
        assert_eq!((of(&broken, 5, "a"), of(&broken, 5, "b")), (vec![0.0], vec![6.0]));
        assert_eq!(of(&broken, 7, "a"), [15.0, 16.0, 17.0], "then the right rows come, before the day's own");
        let stopped = bent("stopped-feed:from=2026-01-05,days=2");
        assert_eq!(of(&stopped, 6, "b"), Vec::<f64>::new());
        assert_eq!(of(&stopped, 7, "b"), [6.0, 7.0, 8.0]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let read = |text: &str| text.parse::<Scenario>().map(|_| ());
        assert!(read("flood").expect_err("unknown").to_string().contains("level-shift, lost-branch"));
        for part in ["days=many", "factor=inf", "until=never", "from"] {
            assert_eq!(read(&format!("level-shift:{part}")), Err(BadScenario::Part(part.into())));
        }
        let nowhere: Scenario = "lost-branch:series=c".parse().expect("a scenario");
        let applied = nowhere.apply(&mut feed(), &columns(), date(2026, 1, 1), date(2026, 1, 9));
        assert_eq!(applied, Err(BadScenario::Series("c".into())));
    }
}
