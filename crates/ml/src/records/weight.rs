//! How much each column matters to a model.
//!
//! Trees say it themselves, by gain. Others are asked: how much worse do held-out answers get when a column is missing?

use super::engine::{Learnt, Model, Truth};
use super::forest::Forest;
use super::pipeline::{Kind, Pipeline, Sources};
use super::table::Records;
use crate::evaluate::classes::LEAST_PROBABILITY;
use std::collections::BTreeMap;
use vakhta_domain::report::Importance;

/// Held-out rows that are asked.
const ROWS: usize = 500;
/// Most columns that are reported.
const MOST: usize = 100;

/// The columns, most important first; `gain` is the share of what all of them bring, percent.
pub fn importance(model: &Model, records: &Records, truth: Truth<'_>, held: &[u32]) -> Vec<Importance> {
    let gains = match &model.learnt {
        Learnt::Prior(_) => Vec::new(),
        Learnt::Trees(forest) => by_gain(&model.pipeline, forest),
        Learnt::Linear(_) | Learnt::Mlp(_) => by_absence(model, records, truth, held),
    };
    shares(gains)
}

/// The same of trees that say their gains, without any rows; none of others.
pub fn told_by_trees(model: &Model) -> Vec<Importance> {
    match &model.learnt {
        Learnt::Trees(forest) if forest.ensemble.gain.iter().any(|gain| *gain > 0.0) => {
            shares(by_gain(&model.pipeline, forest))
        }
        _ => Vec::new(),
    }
}

fn shares(gains: Vec<(String, f64, u64)>) -> Vec<Importance> {
    let sum: f64 = gains.iter().map(|(_, gain, _)| gain).sum();
    let mut columns: Vec<Importance> = gains
        .into_iter()
        .map(|(feature, gain, splits)| Importance {
            feature,
            gain: if sum > 0.0 { 100.0 * gain / sum } else { 0.0 },
            splits,
        })
        .collect();
    columns.sort_by(|a, b| b.gain.total_cmp(&a.gain).then_with(|| a.feature.cmp(&b.feature)));
    columns.truncate(MOST);
    columns
}

/// The name of each number that trees see; scores of texts go by the names of their columns.
pub fn tree_names(pipeline: &Pipeline, forest: &Forest) -> Vec<String> {
    let mut names: Vec<String> = pipeline.tree_features().into_iter().map(|(_, name)| name).collect();
    let texts: Vec<&str> = pipeline
        .encoders
        .iter()
        .filter(|encoder| matches!(encoder.kind, Kind::Text(_)))
        .map(|encoder| encoder.name.as_str())
        .collect();
    names.resize(forest.width(pipeline), texts.join(" + "));
    names
}

fn by_gain(pipeline: &Pipeline, forest: &Forest) -> Vec<(String, f64, u64)> {
    let mut sums: BTreeMap<String, (f64, u64)> = BTreeMap::new();
    let trees = &forest.ensemble;
    for ((name, gain), splits) in tree_names(pipeline, forest).into_iter().zip(&trees.gain).zip(&trees.splits)
    {
        let sum = sums.entry(name).or_default();
        sum.0 += gain;
        sum.1 += splits;
    }
    sums.into_iter().map(|(name, (gain, splits))| (name, gain, splits)).collect()
}

fn by_absence(model: &Model, records: &Records, truth: Truth<'_>, held: &[u32]) -> Vec<(String, f64, u64)> {
    let rows: Vec<u32> = held.iter().copied().step_by(held.len().div_ceil(ROWS).max(1)).collect();
    let loss = |sources: &Sources<'_>| {
        let answers = model.answers(sources, &rows);
        rows.iter()
            .zip(answers.chunks(model.outputs))
            .map(|(&row, answer)| miss(truth, row, answer))
            .sum::<f64>()
    };
    let whole = loss(&Sources::plain(&model.pipeline, records));
    let encoders = model.pipeline.encoders.iter().enumerate();
    encoders
        .map(|(column, encoder)| {
            let without = loss(&Sources::plain(&model.pipeline, records).without(column));
            let gain = (without - whole).max(0.0);
            (encoder.name.clone(), if gain.is_finite() { gain } else { 0.0 }, 0)
        })
        .collect()
}

/// How wrong an answer is: minus the logarithm of the true class's probability, or the absolute error.
fn miss(truth: Truth<'_>, row: u32, answer: &[f64]) -> f64 {
    match truth {
        Truth::Classes { codes, .. } => -answer[codes[row as usize] as usize].max(LEAST_PROBABILITY).ln(),
        Truth::Numbers(numbers) => (answer[0] - numbers[row as usize]).abs(),
    }
}
