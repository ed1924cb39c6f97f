//! A fitted model of records: answers, its inputs as people should give them, and its quality on other rows.

use super::engine::{Model, Scratch};
use super::held::HeldRows;
use super::measure::intervals;
use super::params::Goal;
use super::pipeline::{Encoder, Kind, Sources};
use super::table::{Records, Role, Target};
use crate::evaluate::{Calibration, ClassTally, NumberTally, Scored, most_probable};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use vakhta_domain::report::{DataNote, Interval, Quality, RecordsReport};

/// Most categories of a column that are shown as allowed.
const MOST_SHOWN: usize = 50;
/// Characters of an example.
const EXAMPLE: usize = 120;

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted(pub(super) Parts);

/// What it consists of.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// What it answers.
    pub goal: Goal,
    /// The classes, most training rows first; empty for numbers.
    pub classes: Vec<Arc<str>>,
    /// Features and engine.
    pub model: Model,
    /// For classes.
    pub calibration: Calibration,
    /// For numbers: half the width of the interval of each level, ascending.
    pub widths: Vec<(u8, f64)>,
    /// The probability from which an answer needs no person.
    pub threshold: f64,
    /// What training found out.
    pub report: RecordsReport,
    /// What it said of rows that it had held out; none of a model that was read back: kept beside it.
    pub held: Option<Box<HeldRows>>,
}

/// A column that the model looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub role: Role,
    /// A value of training, cut where it is long.
    pub example: Option<String>,
    /// For a category: the most frequent ones, at most fifty. Others are met as one unknown category.
    pub values: Vec<Arc<str>>,
    /// For numbers: the least and the largest of training. Others are accepted.
    pub range: Option<(f64, f64)>,
}

/// What the model says of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A class.
    Class {
        /// The most probable one.
        label: Arc<str>,
        /// Its probability.
        confidence: f64,
        /// Whether that is below the threshold.
        needs_person: bool,
        /// The most probable classes and their probabilities, in order.
        top: Vec<(Arc<str>, f64)>,
    },
    /// A number.
    Number {
        /// The number.
        value: f64,
        /// Where the truth lies, by level.
        intervals: Vec<Interval>,
    },
}

impl Fitted {
    /// Of its parts; examples are taken from the first of `rows` that has a value.
    pub(super) fn new(mut parts: Parts, records: &Records, rows: &[u32]) -> Self {
        for encoder in &mut parts.model.pipeline.encoders {
            let Some(values) = records.column(&encoder.name) else { continue };
            let word = rows.iter().find_map(|&row| values.word(row as usize));
            encoder.example = word.map(|word| word.chars().take(EXAMPLE).collect());
        }
        Self(parts)
    }

    /// What training found out.
    pub fn report(&self) -> &RecordsReport {
        &self.0.report
    }

    /// What its training said of rows that it had held out; none of a model that was read back.
    pub fn held(&self) -> Option<&HeldRows> {
        self.0.held.as_deref()
    }

    /// The model as it is read back.
    #[must_use]
    pub fn without_held(mut self) -> Self {
        self.0.held = None;
        self
    }

    /// Adds notes to the report: what others noticed about the rows before they came here.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<DataNote>) -> Self {
        let own = std::mem::take(&mut self.0.report.notes);
        self.0.report.notes = notes.into_iter().chain(own).collect();
        self
    }

    /// What it answers.
    pub fn goal(&self) -> Goal {
        self.0.goal
    }

    /// The classes, most training rows first; none for numbers.
    pub fn classes(&self) -> &[Arc<str>] {
        &self.0.classes
    }

    /// Interval levels, percent, ascending; none for classes.
    pub fn levels(&self) -> Vec<u8> {
        self.0.widths.iter().map(|(level, _)| *level).collect()
    }

    /// The features and the engine, for those who write them in other formats.
    pub fn model(&self) -> &Model {
        &self.0.model
    }

    /// How probabilities are calibrated after the engine.
    pub fn calibration(&self) -> &Calibration {
        &self.0.calibration
    }

    /// The columns that the model looks at, as people should give them.
    pub fn schema(&self) -> Vec<Input> {
        let input = |encoder: &Encoder| {
            let (values, range) = match &encoder.kind {
                Kind::Category(categories) => {
                    (categories.names().iter().take(MOST_SHOWN).cloned().collect(), None)
                }
                Kind::Number(scale) => (Vec::new(), Some((scale.low, scale.high))),
                Kind::Text(_) | Kind::Plain | Kind::Flag(_) | Kind::Date { .. } => (Vec::new(), None),
            };
            let role = encoder.kind.role();
            Input { name: encoder.name.clone(), role, example: encoder.example.clone(), values, range }
        };
        self.0.model.pipeline.encoders.iter().map(input).collect()
    }

    /// Answers each record, with at most `top` classes. Any value has an answer: columns that are not there are
    /// missing, and what cannot be read as what the column holds is missing too.
    pub fn predict(&self, records: &Records, top: usize) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(records.rows);
        self.each(records, |_, raw| answers.push(self.shaped(raw, top)));
        answers
    }

    /// How right the model is on records whose target is known. Records without one are left out.
    pub fn quality(&self, records: &Records, target: &Target) -> Quality {
        match target {
            Target::Classes(labels) => {
                let codes: HashMap<&str, u32> = self
                    .0
                    .classes
                    .iter()
                    .enumerate()
                    .map(|(code, label)| (label.as_ref(), code as u32))
                    .collect();
                let mut tally = ClassTally::new(&self.0.classes, self.0.threshold);
                if self.0.goal == Goal::Classes {
                    self.each(records, |row, probabilities| {
                        let label = labels.get(row).and_then(|label| label.as_deref()).map(str::trim);
                        if let Some(label) = label.filter(|label| !label.is_empty()) {
                            tally.add(Scored { truth: codes.get(label).copied(), label, probabilities });
                        }
                    });
                }
                Quality::Classification(tally.quality())
            }
            Target::Numbers(numbers) => {
                let mut tally = NumberTally::default();
                if self.0.goal == Goal::Numbers {
                    self.each(records, |row, raw| {
                        if let Some(actual) = numbers.get(row).filter(|number| number.is_finite()) {
                            tally.add(*actual, raw[0], &intervals(raw[0], &self.0.widths));
                        }
                    });
                }
                Quality::Regression(tally.metrics())
            }
        }
    }

    /// Calls `each` with the calibrated probabilities, or the number, of every record.
    pub(super) fn each(&self, records: &Records, mut each: impl FnMut(usize, &[f64])) {
        let sources = Sources::plain(&self.0.model.pipeline, records);
        let (mut scratch, mut raw) = (Scratch::default(), Vec::new());
        for row in 0..records.rows {
            self.0.model.answer(&sources, row, &mut scratch, &mut raw);
            self.0.calibration.apply(&mut raw);
            each(row, &raw);
        }
    }

    fn shaped(&self, raw: &[f64], top: usize) -> Answer {
        if self.0.goal == Goal::Numbers {
            return Answer::Number { value: raw[0], intervals: intervals(raw[0], &self.0.widths) };
        }
        let (best, confidence) = most_probable(raw);
        Answer::Class {
            label: Arc::clone(&self.0.classes[best]),
            confidence,
            needs_person: confidence < self.0.threshold,
            top: self.most_probable(raw, top),
        }
    }

    /// The `top` most probable classes in order; of equals the one with more training rows is first.
    fn most_probable(&self, raw: &[f64], top: usize) -> Vec<(Arc<str>, f64)> {
        let mut order: Vec<u32> = (0..raw.len() as u32).collect();
        let before = |a: &u32, b: &u32| raw[*b as usize].total_cmp(&raw[*a as usize]).then(a.cmp(b));
        if top < order.len() && top > 0 {
            order.select_nth_unstable_by(top - 1, before);
        }
        order.truncate(top);
        order.sort_unstable_by(before);
        order
            .into_iter()
            .map(|class| (Arc::clone(&self.0.classes[class as usize]), raw[class as usize]))
            .collect()
    }
}
