//! Learns a model of records: takes the rows that have a target, tries engines on held-out rows, calibrates, and
//! teaches the best engine all rows.

use super::engine::{NO_CLASS, Truth};
use super::fitted::Fitted;
use super::params::{Checked, Goal};
use super::pipeline::Sources;
use super::split::{folds, text_groups};
use super::table::{Records, Target};
use super::trial::Trials;
use crate::nets::NetError;
use crate::threads::{self, NoThreads};
use crate::trees::BoostError;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use vakhta_domain::progress::Progress;
use vakhta_domain::report::DataNote;

/// Why nothing was learnt.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Told to stop.
    #[error("cancelled")]
    Cancelled,
    /// No row has a target.
    #[error("none of the {rows} rows has a target: bring rows whose answer is known")]
    NoTarget {
        /// Rows given.
        rows: usize,
    },
    /// Columns that the settings name and the records lack.
    #[error("the records have no column `{name}`: leave it out of the settings or bring it")]
    NoColumn {
        /// The first of them.
        name: String,
    },
    /// Lengths that differ.
    #[error("{found} {what} for {rows} records")]
    Lengths {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        rows: usize,
    },
    /// A weight that is no weight.
    #[error("the weight of row {row} is {value}: it must be a number from 0 to 1e9")]
    Weight {
        /// The row, from 0.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A target of the other task.
    #[error("the target holds {found}, the settings ask for {wanted}")]
    Target {
        /// What it holds.
        found: &'static str,
        /// What is asked for.
        wanted: &'static str,
    },
    /// The network refused.
    #[error(transparent)]
    Net(NetError),
    /// The trees refused.
    #[error(transparent)]
    Trees(BoostError),
    /// The system gave no threads.
    #[error(transparent)]
    Threads(#[from] NoThreads),
}

/// The largest weight of a row.
const LARGEST_WEIGHT: f64 = 1e9;

/// Learns. The same records, settings and seed give the same model, on any number of threads. `weights` says how much
/// each row counts. `progress` may stop the work.
pub fn fit(
    checked: &Checked,
    records: &Records,
    target: &Target,
    weights: Option<&[f64]>,
    seed: u64,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Fitted, FitError> {
    threads::within(threads, || {
        let known = Known::new(checked, records, target, weights)?;
        learn(checked, records, target, &known, seed, progress)
    })?
}

/// The rows whose target is known, and what they come to.
pub struct Known {
    /// The rows, ascending.
    pub rows: Vec<u32>,
    /// The classes, most rows first; empty for numbers.
    pub classes: Vec<Arc<str>>,
    /// The code of every row's class, [`NO_CLASS`] where it is not known; empty for numbers.
    pub codes: Vec<u32>,
    /// Every row's number; empty for classes.
    pub numbers: Vec<f64>,
    /// How much every row counts, 1 in the mean; empty where all count alike.
    pub weights: Vec<f32>,
    /// What was noticed.
    pub notes: Vec<DataNote>,
}

/// A note with a stable code.
pub fn note(code: &str, count: usize, text: String) -> DataNote {
    DataNote { code: code.to_owned(), count: count as u64, text }
}

impl Known {
    fn new(
        checked: &Checked,
        records: &Records,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Self, FitError> {
        if target.rows() != records.rows {
            return Err(FitError::Lengths { what: "targets", found: target.rows(), rows: records.rows });
        }
        if let Some((name, _)) = checked.columns.iter().find(|(name, _)| records.column(name).is_none()) {
            return Err(FitError::NoColumn { name: name.clone() });
        }
        let mut known = match (target, checked.goal) {
            (Target::Classes(labels), Goal::Classes) => Self::of_classes(labels),
            (Target::Numbers(numbers), Goal::Numbers) => Self::of_numbers(numbers),
            (Target::Classes(_), Goal::Numbers) => {
                return Err(FitError::Target { found: "classes", wanted: "numbers" });
            }
            (Target::Numbers(_), Goal::Classes) => {
                return Err(FitError::Target { found: "numbers", wanted: "classes" });
            }
        };
        let left_out = records.rows - known.rows.len();
        if known.rows.is_empty() {
            return Err(FitError::NoTarget { rows: records.rows });
        }
        if left_out > 0 {
            let text = format!("{left_out} of {} rows have no target and were left out", records.rows);
            known.notes.push(note("rows_without_target", left_out, text));
        }
        known.weigh(weights, checked.balanced(), records.rows)?;
        Ok(known)
    }

    fn of_classes(labels: &[Option<Arc<str>>]) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let trimmed = |label: &'_ Option<Arc<str>>| -> Option<String> {
            label.as_deref().map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned)
        };
        for label in labels.iter().flatten() {
            let label = label.trim();
            if !label.is_empty() {
                *counts.entry(label).or_default() += 1;
            }
        }
        let mut by_rows: Vec<(&str, usize)> = counts.into_iter().collect();
        by_rows.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let code_of: HashMap<&str, u32> =
            by_rows.iter().enumerate().map(|(code, (label, _))| (*label, code as u32)).collect();
        let codes: Vec<u32> = labels
            .iter()
            .map(|label| {
                trimmed(label).and_then(|label| code_of.get(label.as_str()).copied()).unwrap_or(NO_CLASS)
            })
            .collect();
        let mut notes = Vec::new();
        if let [(only, rows)] = by_rows[..] {
            let text = format!("all rows are of the one class `{only}`: it is the answer to everything");
            notes.push(note("one_class", rows, text));
        }
        let single = by_rows.iter().filter(|(_, rows)| *rows == 1).count();
        if single > 0 && by_rows.len() > 1 {
            let text = format!(
                "{single} classes have a single row each, which is too few to learn or to measure them"
            );
            notes.push(note("classes_with_one_row", single, text));
        }
        Self {
            rows: (0..codes.len() as u32).filter(|&row| codes[row as usize] != NO_CLASS).collect(),
            classes: by_rows.iter().map(|(label, _)| Arc::from(*label)).collect(),
            codes,
            numbers: Vec::new(),
            weights: Vec::new(),
            notes,
        }
    }

    fn of_numbers(numbers: &[f64]) -> Self {
        Self {
            rows: (0..numbers.len() as u32).filter(|&row| numbers[row as usize].is_finite()).collect(),
            classes: Vec::new(),
            codes: Vec::new(),
            numbers: numbers.to_vec(),
            weights: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Weights of rows, times those of classes where each class counts alike; 1 in the mean.
    fn weigh(&mut self, given: Option<&[f64]>, balanced: bool, rows: usize) -> Result<(), FitError> {
        if let Some(given) = given {
            if given.len() != rows {
                return Err(FitError::Lengths { what: "weights", found: given.len(), rows });
            }
            if let Some(row) = given.iter().position(|w| !(0.0..=LARGEST_WEIGHT).contains(w)) {
                return Err(FitError::Weight { row, value: given[row] });
            }
        }
        if given.is_none() && !balanced {
            return Ok(());
        }
        let mut weights: Vec<f64> = given.map_or_else(|| vec![1.0; rows], <[f64]>::to_vec);
        if balanced {
            let mut masses = vec![0.0; self.classes.len()];
            self.rows
                .iter()
                .for_each(|&row| masses[self.codes[row as usize] as usize] += weights[row as usize]);
            for &row in &self.rows {
                let mass = masses[self.codes[row as usize] as usize];
                weights[row as usize] /= if mass > 0.0 { mass } else { 1.0 };
            }
        }
        let sum: f64 = self.rows.iter().map(|&row| weights[row as usize]).sum();
        if sum <= 0.0 {
            return Err(FitError::Weight { row: self.rows[0] as usize, value: 0.0 });
        }
        let mean = sum / self.rows.len() as f64;
        self.weights = weights.iter().map(|weight| (weight / mean) as f32).collect();
        Ok(())
    }

    /// What engines should come to.
    pub fn truth(&self) -> Truth<'_> {
        if self.classes.is_empty() {
            Truth::Numbers(&self.numbers)
        } else {
            Truth::Classes { codes: &self.codes, count: self.classes.len() }
        }
    }
}

fn learn(
    checked: &Checked,
    records: &Records,
    target: &Target,
    known: &Known,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, FitError> {
    if progress.at("features", 0, 1).is_break() {
        return Err(FitError::Cancelled);
    }
    let sources = Sources::hashed(&checked.columns, records);
    let groups = text_groups(&checked.columns, records);
    let class_of = |row: u32| known.codes.get(row as usize).copied().unwrap_or(0);
    let folds = folds(&known.rows, class_of, |row| groups[row as usize], seed);
    let trials = Trials { checked, records, target, sources: &sources, known, folds: &folds, seed, progress };
    trials.run()
}

/// A part of the whole work: what it reports as done of its own is reported as done of the whole. It never goes back,
/// though an engine that learns in several turns begins anew with each.
pub struct Part<'a> {
    progress: &'a dyn Progress,
    stage: &'static str,
    before: u64,
    parts: u64,
    reached: AtomicU64,
}

/// Steps that each part has for those who watch.
const STEPS: u64 = 100;

impl<'a> Part<'a> {
    /// After `before` of `parts` parts.
    pub fn new(progress: &'a dyn Progress, stage: &'static str, before: u64, parts: u64) -> Self {
        Self { progress, stage, before, parts, reached: AtomicU64::new(0) }
    }
}

impl Progress for Part<'_> {
    fn at(&self, _stage: &'static str, done: u64, total: u64) -> ControlFlow<()> {
        let own = STEPS * done.min(total) / total.max(1);
        let reached = self.reached.fetch_max(own, Ordering::Relaxed).max(own);
        self.progress.at(self.stage, self.before * STEPS + reached, self.parts * STEPS)
    }
    fn note(&self, text: String) {
        self.progress.note(text);
    }
}
