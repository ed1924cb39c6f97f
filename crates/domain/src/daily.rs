//! Which logged answer counts for a day, and the daily rows that accuracy is read from. Pure rules.

use crate::actual::Truth;
use crate::ids::VersionId;
use jiff::Timestamp;
use jiff::civil::Date;

/// First steps of the buckets that a forecast's distance falls into: 1, 2 to 7, 8 to 14, 15 to 28, from 29.
const BUCKETS: [u32; 5] = [1, 2, 8, 15, 29];

/// The first step of the bucket of a distance; 0 where an answer has none.
pub fn bucket_of(step: Option<u32>) -> u32 {
    let step = step.unwrap_or(0);
    BUCKETS.into_iter().rfind(|first| *first <= step).unwrap_or(0)
}

/// A bucket in words, e.g. `2-7`; `any` where answers have no distance.
pub fn bucket_name(first: u32) -> String {
    match BUCKETS.iter().position(|step| *step == first) {
        None => "any".into(),
        Some(at) => match BUCKETS.get(at + 1) {
            None => format!("{first}+"),
            Some(next) if next - 1 == first => first.to_string(),
            Some(next) => format!("{first}-{}", next - 1),
        },
    }
}

/// The key of a forecast: the values of its series columns and the first day of its period.
pub fn forecast_key(series: &[String], date: Date) -> String {
    format!("{}|{date}", series.join("|"))
}

/// The key of a record's answer: the request and the record's place in it.
pub fn record_key(request: &str, place: &str) -> String {
    format!("{request}|{place}")
}

/// Series and day of a forecast's key.
pub fn split_forecast_key(key: &str) -> Option<(&str, Date)> {
    let (series, date) = key.rsplit_once('|')?;
    Some((series, date.parse().ok()?))
}

/// A logged answer that waits for its actual, or has it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedAnswer {
    /// What its actual is found by.
    pub key: String,
    /// The version that answered.
    pub version: VersionId,
    /// The day that it counts for: that of the forecast, or the one on which a record was answered.
    pub day: Date,
    /// Whether callers were given it as the model's word.
    pub served: bool,
    /// Whether it was made in shadow of the answer that callers were given.
    pub shadow: bool,
    /// When it was made.
    pub at: Timestamp,
    /// The request that it belongs to.
    pub request: String,
    /// The series; empty for records.
    pub segment: String,
    /// Periods between the end of the history and the forecast one.
    pub step: Option<u32>,
    /// The number answered, or the confidence in the class; none where it is not finite.
    pub value: Option<f64>,
    /// The class answered.
    pub label: Option<String>,
    /// Intervals or probabilities, as JSON.
    pub detail: String,
}

impl LoggedAnswer {
    /// Whether this answer is to be kept where `other`, of the same key and version, is known: what a serving version
    /// said goes before what it said when asked by name, later before earlier.
    pub fn outranks(&self, other: &Self) -> bool {
        (self.served, self.at, &self.request) >= (other.served, other.at, &other.request)
    }
}

/// An answer with its actual, where that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// The answer.
    pub answer: LoggedAnswer,
    /// What turned out to be true.
    pub truth: Option<Truth>,
}

/// In which part a version answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Its answer was the model's word: the last one of a serving version, or of a challenger that callers were given.
    Champion,
    /// It answered in shadow: nobody was given its answer.
    Shadow,
    /// Any other.
    Other,
}

impl Role {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Champion => "champion",
            Self::Shadow => "shadow",
            Self::Other => "other",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Champion, Self::Shadow, Self::Other].into_iter().find(|role| role.as_str() == word)
    }
}

/// What a daily row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All answers.
    All,
    /// Those of one series.
    Segment,
}

impl Scope {
    /// The word used in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Segment => "segment",
        }
    }

    /// The scope of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::All, Self::Segment].into_iter().find(|scope| scope.as_str() == word)
    }
}

/// What is known of some answers of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyRow {
    /// All of them, or those of a series.
    pub scope: Scope,
    /// The day.
    pub day: Date,
    /// The version.
    pub version: VersionId,
    /// In which part it answered.
    pub role: Role,
    /// The series; empty where the row is about all.
    pub segment: String,
    /// The first step of its bucket ([`bucket_of`]).
    pub bucket: u32,
    /// Answers.
    pub answers: u64,
    /// Those that have an actual.
    pub scored: u64,
    /// Sums that add up over rows, as JSON.
    pub sums: String,
}

/// What the sums of a daily row say, in numbers. What a kind of model has none of, or what is undefined on the row's
/// answers, is none. The four sums add up over rows, shares and means do not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DayMeasures {
    /// Σ|ŷ−y|, in the target's unit.
    pub absolute_error: Option<f64>,
    /// Σ(ŷ−y)².
    pub squared_error: Option<f64>,
    /// Σ(ŷ−y).
    pub signed_error: Option<f64>,
    /// Σ|y|.
    pub absolute_actual: Option<f64>,
    /// Mean absolute percentage error, over non-zero actuals.
    pub mape: Option<f64>,
    /// 100 · Σ|ŷ−y| / Σ|y|.
    pub wape: Option<f64>,
    /// Mean absolute error.
    pub mae: Option<f64>,
    /// Root of the mean squared error.
    pub rmse: Option<f64>,
    /// Mean of ŷ − y.
    pub bias: Option<f64>,
    /// Classes that were answered rightly.
    pub right: Option<u64>,
    /// Their share, 0 to 1.
    pub accuracy: Option<f64>,
    /// The logarithmic loss of the probabilities told.
    pub log_loss: Option<f64>,
}

/// A day whose rows are to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDay {
    /// The day.
    pub day: Date,
    /// Differs each time that the day becomes due, so that no change is lost between reading and writing.
    pub stamp: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_fall_into_buckets() {
        let found: Vec<(u32, String)> =
            [None, Some(0), Some(1), Some(2), Some(7), Some(8), Some(28), Some(400)]
                .map(|step| (bucket_of(step), bucket_name(bucket_of(step))))
                .to_vec();
        let wanted = [
            (0, "any"),
            (0, "any"),
            (1, "1"),
            (2, "2-7"),
            (2, "2-7"),
            (8, "8-14"),
            (15, "15-28"),
            (29, "29+"),
        ];
        assert_eq!(found, wanted.map(|(first, name)| (first, name.to_owned())));
    }

    #[test]
    fn keys_come_apart_again() {
        let date = jiff::civil::date(2026, 3, 8);
        let key = forecast_key(&["north".into(), "a|b".into()], date);
        assert_eq!(key, "north|a|b|2026-03-08");
        assert_eq!(split_forecast_key(&key), Some(("north|a|b", date)));
        assert_eq!(split_forecast_key(&forecast_key(&[], date)), Some(("", date)));
        assert_eq!(split_forecast_key("req_1|17"), None);
        assert_eq!(split_forecast_key("alone"), None);
    }

    #[test]
    fn the_serving_word_and_the_later_one_are_kept() {
        let answer = |served, second, request: &str| LoggedAnswer {
            key: "north|2026-03-08".into(),
            version: VersionId::new("v_1"),
            day: jiff::civil::date(2026, 3, 8),
            served,
            shadow: false,
            at: Timestamp::from_second(second).expect("a moment"),
            request: request.into(),
            segment: "north".into(),
            step: Some(1),
            value: Some(1.0),
            label: None,
            detail: "[]".into(),
        };
        assert!(answer(false, 2, "a").outranks(&answer(false, 1, "b")));
        assert!(!answer(false, 2, "a").outranks(&answer(true, 1, "b")));
        assert!(answer(true, 1, "a").outranks(&answer(false, 2, "b")));
        assert!(answer(true, 1, "b").outranks(&answer(true, 1, "a")), "ties have one order");
    }
}
