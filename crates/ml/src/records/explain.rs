//! Why a model says what it says of one record.
//!
//! Linear models: weight × value, exact. Networks: gradient × input. Trees: SHAP values, exact. The parts of a text are
//! shared out among the words that they come from.

use super::engine::{Learnt, Model, Scratch};
use super::fitted::{Answer, Fitted};
use super::forest::Forest;
use super::params::Goal;
use super::pipeline::{Encoder, Kind, Sources, date};
use super::table::{Records, Values};
use super::text::{TextSpace, words};
use super::weight::tree_names;
use crate::nets;
use crate::trees::Paths;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// Contributions that are told one by one.
const MOST: usize = 20;

/// Why an answer is what it is: `base`, the contributions and `rest` add up to a score.
///
/// For numbers the score is the answer itself. For classes it is a logit of the class before calibration: of linear
/// models that class's minus the mean of all, of networks and trees the class's own. A positive effect speaks for the
/// answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The class that is explained; none for a number.
    pub label: Option<Arc<str>>,
    /// The score of a row that says nothing, or of the mean row for trees.
    pub base: f64,
    /// What moved it, largest first.
    pub contributions: Vec<Contribution>,
    /// What all others moved it by.
    pub rest: f64,
}

/// What a column, or a word of it, brings to a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The column; of several texts that trees see as one, their names joined by ` + `.
    pub feature: String,
    /// The word, where the column is text and its words are told apart.
    pub word: Option<String>,
    /// The column's value as given; none where it is missing, or where a word is named.
    pub value: Option<String>,
    /// By how much it moves the score.
    pub effect: f64,
}

/// Effects on a score before they get names.
struct Effects {
    base: f64,
    /// By dense number of the pipeline.
    dense: Vec<f64>,
    /// By place among the cells.
    cells: HashMap<u32, f64>,
}

/// Explains one record of many after the other, in memory that is used again.
pub struct Explainer<'a> {
    fitted: &'a Fitted,
    sources: Sources<'a>,
    scratch: Scratch,
    raw: Vec<f64>,
    trees: Option<Trees<'a>>,
}

/// What explanations of trees need, found out once.
struct Trees<'a> {
    forest: &'a Forest,
    /// By number that trees see: its name.
    names: Vec<String>,
    /// By output, [`crate::trees::Ensemble::expected`].
    expected: Vec<f64>,
    paths: Paths,
    effects: Vec<f64>,
}

impl Fitted {
    /// Explains the answer to one record; a row that is not there is one whose values are all missing.
    pub fn explain(&self, records: &Records, row: usize) -> Explanation {
        self.explainer(records).explain(row)
    }

    /// What explains any of the records.
    pub fn explainer<'a>(&'a self, records: &'a Records) -> Explainer<'a> {
        let model = &self.0.model;
        let trees = match &model.learnt {
            Learnt::Trees(forest) => Some(Trees {
                forest,
                names: tree_names(&model.pipeline, forest),
                expected: forest.ensemble.expected(),
                paths: Paths::default(),
                effects: Vec::new(),
            }),
            _ => None,
        };
        let sources = Sources::plain(&model.pipeline, records);
        Explainer { fitted: self, sources, scratch: Scratch::default(), raw: Vec::new(), trees }
    }
}

impl Explainer<'_> {
    /// Explains the answer to one of the records.
    pub fn explain(&mut self, row: usize) -> Explanation {
        let parts = &self.fitted.0;
        let Self { sources, scratch, raw, trees, .. } = self;
        parts.model.answer(sources, row, scratch, raw);
        parts.calibration.apply(raw);
        let class = crate::evaluate::most_probable(raw).0;
        let label = (parts.goal == Goal::Classes).then(|| Arc::clone(&parts.classes[class]));
        let (base, mut all) = if let Some(trees) = trees {
            by_shap(&parts.model, trees, &scratch.tree_row, class, sources, row)
        } else {
            let effects = effects(&parts.model, class, raw, scratch);
            (effects.base, named(&parts.model, &effects, sources, row))
        };
        all.retain(|contribution| contribution.effect != 0.0);
        all.sort_by(|a, b| {
            let by_size = b.effect.abs().total_cmp(&a.effect.abs());
            by_size.then_with(|| (&a.feature, &a.word).cmp(&(&b.feature, &b.word)))
        });
        let rest = all.iter().skip(MOST).map(|contribution| contribution.effect).sum();
        all.truncate(MOST);
        Explanation { label, base, contributions: all, rest }
    }
}

/// The effects of dense numbers and cells of a linear model or a network on one output.
fn effects(model: &Model, output: usize, raw: &[f64], scratch: &mut Scratch) -> Effects {
    let unit = if model.is_number() { model.unit.spread } else { 1.0 };
    let center = if model.is_number() { model.unit.center } else { 0.0 };
    let encoded = &scratch.encoded;
    match &model.learnt {
        Learnt::Linear(linear) => {
            // Only differences between classes have a meaning.
            let own = |weights: &[f32]| {
                let mean = weights.iter().map(|w| f64::from(*w)).sum::<f64>() / weights.len() as f64;
                f64::from(weights[output]) - if weights.len() > 1 { mean } else { 0.0 }
            };
            let dense = encoded.dense.iter().enumerate();
            let width = encoded.dense.len();
            Effects {
                base: center + unit * own(linear.bias()),
                dense: dense.map(|(at, x)| unit * f64::from(*x) * own(linear.weights_of(at))).collect(),
                cells: encoded
                    .cells
                    .iter()
                    .map(|&(at, x)| (at, unit * f64::from(x) * own(linear.weights_of(width + at as usize))))
                    .collect(),
            }
        }
        Learnt::Mlp(net) => {
            let (columns, values): (Vec<u32>, Vec<f32>) = encoded.cells.iter().copied().unzip();
            let mut memory = nets::Scratch::default();
            match net.explain(&encoded.dense, (&columns, &values), output, &mut memory) {
                Ok(found) => {
                    let grown = |effect: &f32| unit * f64::from(*effect);
                    let dense: Vec<f64> = found.dense.iter().map(grown).collect();
                    let cells: HashMap<u32, f64> =
                        columns.into_iter().zip(found.sparse.iter().map(grown)).collect();
                    // Summed in the order of the columns, not in that of the map.
                    let all: f64 = dense.iter().sum::<f64>() + found.sparse.iter().map(grown).sum::<f64>();
                    Effects { base: center + grown(&found.sum) - all, dense, cells }
                }
                Err(_) => Effects { base: 0.0, dense: Vec::new(), cells: HashMap::new() },
            }
        }
        Learnt::Prior(_) | Learnt::Trees(_) => {
            Effects { base: raw.first().copied().unwrap_or(0.0), dense: Vec::new(), cells: HashMap::new() }
        }
    }
}

/// Effects by column, and by word for texts.
fn named(model: &Model, effects: &Effects, sources: &Sources<'_>, row: usize) -> Vec<Contribution> {
    let mut all = Vec::new();
    let dense_of = |encoder: &Encoder, width: usize| -> f64 {
        effects.dense.iter().skip(encoder.dense_at).take(width).sum()
    };
    for (column, encoder) in model.pipeline.encoders.iter().enumerate() {
        let values = sources.values(column);
        let effect = match &encoder.kind {
            Kind::Text(space) => {
                all.extend(by_word(encoder, space, values, row, effects));
                continue;
            }
            Kind::Category(categories) => {
                let own = encoder.sparse_at..encoder.sparse_at + categories.names().len() as u32 + 2;
                own.filter_map(|place| effects.cells.get(&place)).sum()
            }
            Kind::Number(scale) | Kind::Flag(scale) => dense_of(encoder, 1 + usize::from(scale.missing)),
            Kind::Plain => dense_of(encoder, 1),
            Kind::Date { .. } => dense_of(encoder, date::DENSE),
        };
        let value = values.and_then(|values| values.word(row)).map(std::borrow::Cow::into_owned);
        all.push(Contribution { feature: encoder.name.clone(), word: None, value, effect });
    }
    all
}

/// Shares the effects of the cells of a text out among its words: each piece equally over where it occurs, a pair of
/// words half to each.
fn by_word(
    encoder: &Encoder,
    space: &TextSpace,
    values: Option<&Values>,
    row: usize,
    effects: &Effects,
) -> Vec<Contribution> {
    let Some(text) = values.and_then(|values| values.word(row)) else { return Vec::new() };
    let pieces = space.pieces(&text);
    let mut times: HashMap<u32, f64> = HashMap::new();
    for (place, ..) in &pieces {
        *times.entry(*place).or_default() += 1.0;
    }
    let words = words(&text);
    let mut sums = vec![0.0; words.len()];
    for (place, from, to) in pieces {
        let whole = effects.cells.get(&(encoder.sparse_at + place)).copied().unwrap_or(0.0);
        let share = whole / times[&place] / 2.0;
        sums[from] += share;
        sums[to] += share;
    }
    let of_word = |(word, effect)| Contribution {
        feature: encoder.name.clone(),
        word: Some(word),
        value: None,
        effect,
    };
    words.into_iter().zip(sums).map(of_word).collect()
}

/// SHAP values, those of one column added up.
fn by_shap(
    model: &Model,
    of: &mut Trees<'_>,
    tree_row: &[f32],
    class: usize,
    sources: &Sources<'_>,
    row: usize,
) -> (f64, Vec<Contribution>) {
    let trees = &of.forest.ensemble;
    // Two classes have one score, that of the second; numbers have one too.
    let two = trees.outputs() == 1 && !model.is_number();
    let output = if trees.outputs() == 1 { 0 } else { class };
    let sign = if two && class == 0 { -1.0 } else { 1.0 };
    let identity = trees.link == crate::trees::Link::Identity;
    let (unit, center) =
        if model.is_number() && identity { (model.unit.spread, model.unit.center) } else { (1.0, 0.0) };
    let base = center + unit * sign * of.expected[output];
    trees.shap_of(output, tree_row, &mut of.paths, &mut of.effects);
    let mut all: Vec<Contribution> = Vec::new();
    for (name, effect) in of.names.iter().zip(&of.effects) {
        let effect = unit * sign * effect;
        if let Some(known) = all.iter_mut().find(|known| known.feature == *name) {
            known.effect += effect;
            continue;
        }
        let column = model.pipeline.encoders.iter().position(|encoder| {
            name == &encoder.name
                || name.strip_prefix(&encoder.name).is_some_and(|rest| rest.starts_with(": "))
        });
        let value = column.and_then(|column| sources.values(column)).and_then(|values| values.word(row));
        let value = value.map(std::borrow::Cow::into_owned);
        all.push(Contribution { feature: name.clone(), word: None, value, effect });
    }
    (base, all)
}

impl Answer {
    /// The label of a class; none of a number.
    pub fn label(&self) -> Option<&str> {
        if let Self::Class { label, .. } = self { Some(label) } else { None }
    }
}
