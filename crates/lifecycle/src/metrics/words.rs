//! Answers gathered from the prediction log: of each series and day the last word of a version, so that of all
//! forecasts of a day, made on many days before it, one reaches the database.

use super::log::Taken;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use vakhta_domain::daily::{LoggedAnswer, forecast_key, record_key};
use vakhta_domain::ids::VersionId;
use vakhta_domain::ports::LogMark;
use vakhta_domain::prediction::{FlatPrediction, FlatPredictions, TextId, key_of};
use vakhta_domain::report::Interval;

/// A row of the log, and in which part its version answered.
pub(super) struct Word<'a> {
    pub row: &'a FlatPrediction,
    pub served: bool,
    pub shadow: bool,
}

/// What was gathered.
#[derive(Default)]
pub(super) struct Words {
    /// From where.
    pub marks: Vec<LogMark>,
    /// How much.
    pub taken: Taken,
    names: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    /// Of forecasts, by series, day and version.
    last: HashMap<(u32, Date, u32), Held>,
    /// Of records, which nobody says twice.
    records: Vec<LoggedAnswer>,
}

/// The last word of a version so far.
struct Held {
    served: bool,
    shadow: bool,
    at: Timestamp,
    request: Arc<str>,
    step: Option<u32>,
    value: f64,
    label: Option<Arc<str>>,
    intervals: Vec<Interval>,
    probabilities: Option<Arc<str>>,
}

/// The names of one segment's texts among all that were gathered.
pub(super) struct Places(Vec<Option<u32>>);

impl Places {
    pub fn of(logged: &FlatPredictions) -> Self {
        Self(vec![None; logged.texts.len()])
    }
}

impl Words {
    /// Answers that are held.
    pub fn len(&self) -> usize {
        self.last.len() + self.records.len()
    }

    /// Adds a record's answer: each is found by its own key, and nobody says it twice.
    pub fn add_record(&mut self, logged: &FlatPredictions, day: Date, word: &Word<'_>) {
        self.taken.kept += 1;
        let row = word.row;
        let key = record_key(logged.text(row.request), &key_of(logged.text(row.place), row.day));
        let held = Held::of(logged, word);
        self.records.push(held.answer(key, "", day, logged.text(row.version)));
    }

    /// Adds a forecast of a day.
    pub fn add(&mut self, logged: &FlatPredictions, places: &mut Places, day: Date, word: &Word<'_>) {
        self.taken.kept += 1;
        let (series, version) =
            (self.name(logged, places, word.row.place), self.name(logged, places, word.row.version));
        match self.last.entry((series, day, version)) {
            Entry::Vacant(free) => {
                free.insert(Held::of(logged, word));
            }
            Entry::Occupied(mut held) => {
                // As `LoggedAnswer::outranks` has it.
                let request = logged.text(word.row.request);
                let known = held.get_mut();
                if (word.served, word.row.at, request) >= (known.served, known.at, &known.request) {
                    *known = Held::of(logged, word);
                }
            }
        }
    }

    fn name(&mut self, logged: &FlatPredictions, places: &mut Places, id: TextId) -> u32 {
        let place = &mut places.0[id as usize];
        *place.get_or_insert_with(|| {
            let text = logged.text(id);
            *self.names.entry(text.clone()).or_insert_with(|| {
                self.texts.push(text.clone());
                (self.texts.len() - 1) as u32
            })
        })
    }

    /// Hands all over, in the order of keys, and begins anew.
    pub fn take(&mut self) -> (Vec<LogMark>, Vec<LoggedAnswer>, Taken) {
        let mut answers = std::mem::take(&mut self.records);
        answers.reserve(self.last.len());
        for ((series, day, version), held) in self.last.drain() {
            let (series, version) = (&self.texts[series as usize], &self.texts[version as usize]);
            let key = forecast_key(&[series.to_string()], day);
            answers.push(held.answer(key, series, day, version));
        }
        answers.sort_by(|one, other| one.key.cmp(&other.key));
        (std::mem::take(&mut self.marks), answers, std::mem::take(&mut self.taken))
    }
}

impl Held {
    fn of(logged: &FlatPredictions, word: &Word<'_>) -> Self {
        let row = word.row;
        Self {
            served: word.served,
            shadow: word.shadow,
            at: row.at,
            request: logged.text(row.request).clone(),
            step: row.step,
            value: row.value,
            label: row.label.map(|id| logged.text(id).clone()),
            intervals: logged.intervals_of(row).to_vec(),
            probabilities: row.probabilities.map(|id| logged.text(id).clone()),
        }
    }

    fn answer(self, key: String, segment: &str, day: Date, version: &str) -> LoggedAnswer {
        let intervals = || serde_json::to_string(&self.intervals).expect("plain data");
        LoggedAnswer {
            key,
            version: VersionId::new(version),
            day,
            served: self.served,
            shadow: self.shadow,
            at: self.at,
            request: self.request.to_string(),
            segment: segment.to_owned(),
            step: self.step,
            value: Some(self.value).filter(|value| value.is_finite()),
            label: self.label.map(|label| label.to_string()),
            detail: self.probabilities.map_or_else(intervals, |text| text.to_string()),
        }
    }
}
