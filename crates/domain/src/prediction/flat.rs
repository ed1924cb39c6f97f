//! Predictions laid flat: each distinct text once, answers as numbers. What is computed over millions of them reads this.

use super::{LoggedPrediction, Output, Said};
use crate::daily::{forecast_key, split_forecast_key};
use crate::report::Interval;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The place of a text in [`FlatPredictions::texts`].
pub type TextId = u32;

/// One of them. What the answer does not tell is none.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatPrediction {
    /// The version that answered.
    pub version: TextId,
    /// The request that it belongs to.
    pub request: TextId,
    /// When.
    pub at: Timestamp,
    /// The key, or what stands before its day.
    pub place: TextId,
    /// The day that the key ends in, where it does.
    pub day: Option<Date>,
    /// The point answer.
    pub value: f64,
    /// Whether the answer could be read; else only what stands above is known of it.
    pub readable: bool,
    /// Periods between the end of the history and the forecast one.
    pub step: Option<u32>,
    /// The class answered.
    pub label: Option<TextId>,
    /// Who answered, where it was not simply the version that was asked.
    pub arm: Option<TextId>,
    /// The places of its intervals in [`FlatPredictions::intervals`].
    pub intervals: Range<u32>,
    /// The probabilities of classes, as JSON.
    pub probabilities: Option<TextId>,
}

/// Some predictions of one model, in the order in which they were logged, without what was asked.
#[derive(Debug, Clone, Default)]
pub struct FlatPredictions {
    /// One a prediction.
    pub rows: Vec<FlatPrediction>,
    /// The texts of all.
    pub texts: Vec<Arc<str>>,
    /// The intervals of all.
    pub intervals: Vec<Interval>,
    known: HashMap<Arc<str>, TextId>,
}

/// Two are equal if they say the same, wherever their texts lie.
impl PartialEq for FlatPredictions {
    fn eq(&self, other: &Self) -> bool {
        let plain = |of: &Self, row: &FlatPrediction| {
            let text = |id: TextId| of.texts[id as usize].clone();
            let FlatPrediction { at, day, readable, step, .. } = *row;
            let texts = [row.version, row.request, row.place].map(text);
            let more = [row.label, row.arm, row.probabilities].map(|id| id.map(text));
            (texts, more, (at, day, readable, step), row.value.to_bits(), of.intervals_of(row).to_vec())
        };
        self.rows.len() == other.rows.len()
            && self.rows.iter().zip(&other.rows).all(|(own, their)| plain(self, own) == plain(other, their))
    }
}

impl FlatPredictions {
    /// The place of a text, which is kept once.
    pub fn id_of(&mut self, text: &str) -> TextId {
        if let Some(id) = self.known.get(text) {
            return *id;
        }
        let (id, text) = (self.texts.len() as TextId, Arc::<str>::from(text));
        self.texts.push(Arc::clone(&text));
        self.known.insert(text, id);
        id
    }

    /// The text at a place.
    pub fn text(&self, id: TextId) -> &Arc<str> {
        &self.texts[id as usize]
    }

    /// The intervals of a row.
    pub fn intervals_of(&self, row: &FlatPrediction) -> &[Interval] {
        &self.intervals[row.intervals.start as usize..row.intervals.end as usize]
    }

    /// Adds a prediction, its answer read from JSON.
    pub fn push(&mut self, logged: &LoggedPrediction) {
        let (place, day) = split_key(&logged.key);
        let row = FlatPrediction {
            version: self.id_of(logged.version.as_str()),
            request: self.id_of(&logged.request),
            at: logged.at,
            place: self.id_of(place),
            day,
            value: logged.value,
            readable: false,
            step: None,
            label: None,
            arm: None,
            intervals: 0..0,
            probabilities: None,
        };
        self.push_row(row, &logged.output);
    }

    /// Adds a row of which the answer is still to be read from JSON.
    pub fn push_row(&mut self, mut row: FlatPrediction, output: &str) {
        if let Some(Output { said, arm }) = Output::parse(output) {
            row.readable = true;
            row.arm = arm.map(|arm| self.id_of(&arm));
            match said {
                Said::Number { step, intervals } => {
                    row.step = step;
                    let from = self.intervals.len() as u32;
                    self.intervals.extend(intervals);
                    row.intervals = from..self.intervals.len() as u32;
                }
                Said::Class { label, probabilities } => {
                    row.label = Some(self.id_of(&label));
                    let text = serde_json::to_string(&probabilities).expect("plain data");
                    row.probabilities = Some(self.id_of(&text));
                }
            }
        }
        self.rows.push(row);
    }
}

/// A key as what stands before its day, and that day; the whole key where it does not end in one, written as we write
/// days.
pub fn split_key(key: &str) -> (&str, Option<Date>) {
    match split_forecast_key(key) {
        Some((place, day)) if key.len() == place.len() + 11 && key.ends_with(&day.to_string()) => {
            (place, Some(day))
        }
        _ => (key, None),
    }
}

/// The key that was split.
pub fn key_of(place: &str, day: Option<Date>) -> String {
    day.map_or_else(|| place.to_owned(), |day| forecast_key(&[place.to_owned()], day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ModelKey, VersionId, WorkspaceId};

    fn logged(key: &str, output: &str) -> LoggedPrediction {
        LoggedPrediction {
            workspace: WorkspaceId::new("w"),
            request: "r".into(),
            model: ModelKey::new("m"),
            version: VersionId::new("v"),
            at: Timestamp::from_second(1).expect("a moment"),
            key: key.into(),
            input: String::new(),
            value: 1.5,
            output: output.into(),
            latency_us: 7,
        }
    }

    #[test]
    fn keys_come_together_again() {
        let keys = ["", "|", "7", "a|b", "north|2026-03-08", "|2026-03-08", "a|b|2026-03-08", "x|20260308"];
        for key in [&keys[..], &["x|2026-03-08 ", "x|+002026-03-08", "x|2026-03-08T10"]].concat() {
            let (place, day) = split_key(key);
            assert_eq!(key_of(place, day), key);
        }
        assert_eq!(split_key("a|b|2026-03-08"), ("a|b", Some(jiff::civil::date(2026, 3, 8))));
        assert_eq!(split_key("x|20260308"), ("x|20260308", None), "a day in another form stays in the key");
    }

    #[test]
    fn answers_are_laid_flat_and_texts_are_kept_once() {
        let mut flat = FlatPredictions::default();
        flat.push(&logged("a|2026-03-08", r#"{"step":2,"intervals":[{"level":80,"lo":1.0,"hi":2.0}]}"#));
        flat.push(&logged(
            "0",
            r#"{"label":"r","probabilities":[{"label":"r","probability":1.0}],"arm":"shadow"}"#,
        ));
        flat.push(&logged("a|2026-03-09", "[7]"));
        let [number, class, other] = &flat.rows[..] else { panic!("three") };
        assert_eq!((number.step, flat.intervals_of(number).len(), number.readable), (Some(2), 1, true));
        let text = |id: Option<TextId>| id.map(|id| flat.text(id).as_ref());
        assert_eq!((text(class.label), text(class.arm)), (Some("r"), Some("shadow")));
        assert_eq!(text(class.probabilities), Some(r#"[{"label":"r","probability":1.0}]"#));
        assert_eq!(class.label, Some(class.request), "the same text");
        assert_eq!((other.readable, other.place), (false, number.place));
        assert_eq!(flat, flat.clone());
    }
}
