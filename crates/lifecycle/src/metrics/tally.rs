//! The rows of one day from its answers, which come by key and version: so the sums do not depend on the order in
//! which answers and actuals came.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vakhta_domain::actual::Truth;
use vakhta_domain::daily::{DailyRow, DayMeasures, Paired, Role, Scope, bucket_of};
use vakhta_domain::ids::VersionId;
use vakhta_domain::report::{ClassQuality, Interval, Metrics};
use vakhta_domain::spec::{ModelSpec, Task};
use vakhta_ml::evaluate::{ClassSums, Sums};

use super::estimate::Told;
use crate::serve::answer::Probability;
use jiff::civil::Date;

/// Sums over answers that add up, of either kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LiveSums {
    /// Of numbers.
    Numbers(Sums),
    /// Of classes.
    Classes {
        /// Their sums.
        sums: ClassSums,
        /// Answers whose told probabilities leave the loss open.
        untold: u64,
    },
}

impl LiveSums {
    /// Nothing yet, of what a task answers.
    pub fn of(task: Task) -> Self {
        if task == Task::Classification {
            Self::Classes { sums: ClassSums::default(), untold: 0 }
        } else {
            Self::Numbers(Sums::default())
        }
    }

    /// Adds others of the same kind; others are left out.
    pub fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Numbers(sums), Self::Numbers(more)) => sums.merge(more),
            (Self::Classes { sums, untold }, Self::Classes { sums: more, untold: others }) => {
                sums.merge(more);
                *untold += others;
            }
            _ => {}
        }
    }

    /// Accuracy of numbers.
    pub fn metrics(&self) -> Option<Metrics> {
        if let Self::Numbers(sums) = self { Some(sums.metrics()) } else { None }
    }

    /// The numbers of a day, for those who compute with them.
    pub fn measures(&self) -> DayMeasures {
        match self {
            Self::Numbers(sums) => {
                let metrics = sums.metrics();
                DayMeasures {
                    absolute_error: Some(sums.absolute),
                    squared_error: Some(sums.squared),
                    signed_error: Some(sums.signed),
                    absolute_actual: Some(sums.absolute_actual),
                    mape: metrics.mape,
                    wape: metrics.wape,
                    mae: metrics.mae,
                    rmse: metrics.rmse,
                    bias: metrics.bias,
                    ..DayMeasures::default()
                }
            }
            Self::Classes { sums, .. } => {
                let quality = self.quality();
                DayMeasures {
                    right: Some(sums.right),
                    accuracy: quality.as_ref().and_then(|quality| quality.accuracy),
                    log_loss: quality.as_ref().and_then(|quality| quality.log_loss),
                    ..DayMeasures::default()
                }
            }
        }
    }

    /// Quality of classes. The loss is told where every answer told it.
    pub fn quality(&self) -> Option<ClassQuality> {
        let Self::Classes { sums, untold } = self else { return None };
        let quality = sums.quality();
        Some(ClassQuality { log_loss: quality.log_loss.filter(|_| *untold == 0), ..quality })
    }
}

#[derive(Debug, Clone)]
struct Cell {
    told: Told,
    answers: u64,
    scored: u64,
    sums: LiveSums,
}

/// The answers of one day.
pub(super) struct DayTally {
    task: Task,
    threshold: f64,
    /// Answers of one key, by version.
    waiting: Vec<Paired>,
    cells: BTreeMap<(Scope, VersionId, Role, String, u32), Cell>,
}

impl DayTally {
    pub fn of(spec: &ModelSpec) -> Self {
        let threshold = spec.confidence_threshold.unwrap_or(0.0);
        Self { task: spec.task, threshold, waiting: Vec::new(), cells: BTreeMap::new() }
    }

    /// Adds the next answer by key and version.
    pub fn add(&mut self, paired: Paired) {
        if self.waiting.first().is_some_and(|first| first.answer.key != paired.answer.key) {
            self.settle();
        }
        self.waiting.push(paired);
    }

    /// Counts the answers of one key.
    fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let word = word_of(&waiting);
        for (place, paired) in waiting.iter().enumerate() {
            let role = match paired.answer.shadow {
                _ if word == Some(place) => Role::Champion,
                true => Role::Shadow,
                false => Role::Other,
            };
            self.count(paired, role);
        }
    }

    fn count(&mut self, paired: &Paired, role: Role) {
        let answer = &paired.answer;
        let bucket = bucket_of(answer.step);
        let mut scopes = vec![(Scope::All, String::new())];
        if self.task == Task::Forecast {
            scopes.push((Scope::Segment, answer.segment.clone()));
        }
        for (scope, segment) in scopes {
            let place = (scope, answer.version.clone(), role, segment, bucket);
            let fresh =
                || Cell { told: Told::default(), answers: 0, scored: 0, sums: LiveSums::of(self.task) };
            let cell = self.cells.entry(place).or_insert_with(fresh);
            cell.answers += 1;
            cell.told.add(self.task, paired);
            cell.scored += u64::from(score(&mut cell.sums, paired, self.threshold));
        }
    }

    /// The rows of the day.
    pub fn rows(mut self, day: Date) -> Vec<DailyRow> {
        self.settle();
        let rows = self.cells.into_iter().map(|((scope, version, role, segment, bucket), cell)| DailyRow {
            scope,
            day,
            version,
            role,
            segment,
            bucket,
            answers: cell.answers,
            scored: cell.scored,
            sums: serde_json::to_string(&(cell.sums, cell.told)).expect("plain data"),
        });
        rows.collect()
    }
}

/// The place of the model's word among the answers of one key: the last one of a serving version.
pub(super) fn word_of(answers: &[Paired]) -> Option<usize> {
    let served = answers.iter().enumerate().filter(|(_, paired)| paired.answer.served);
    let last = served.max_by_key(|(_, paired)| (paired.answer.at, &paired.answer.request));
    last.map(|(place, _)| place)
}

/// Adds an answer to sums; false where its actual is not known or of another kind.
pub(super) fn score(sums: &mut LiveSums, paired: &Paired, threshold: f64) -> bool {
    let answer = &paired.answer;
    match (sums, &paired.truth) {
        (LiveSums::Numbers(sums), Some(Truth::Number(actual))) => {
            let intervals: Vec<Interval> = serde_json::from_str(&answer.detail).unwrap_or_default();
            sums.add(*actual, answer.value.unwrap_or(f64::NAN), None, &intervals);
            true
        }
        (LiveSums::Classes { sums, untold }, Some(Truth::Label(truth))) => {
            let Some(said) = &answer.label else { return false };
            let told: Vec<Probability> = serde_json::from_str(&answer.detail).unwrap_or_default();
            let told: Vec<(&str, f64)> = told.iter().map(|p| (p.label.as_str(), p.probability)).collect();
            *untold += u64::from(!sums.add_told(truth, said, &told, threshold));
            true
        }
        _ => false,
    }
}
