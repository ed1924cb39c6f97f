//! Trees over records: raw numbers, codes of categories, calendars, and of texts the scores of a linear model.
//!
//! Trees cannot ask about a hundred thousand pieces of text. They ask what a linear model of the texts makes of them
//! instead; while they learn, that model has not seen the row it scores.

use super::engine::{Lesson, Truth, Unit, fit_linear};
use super::fit::FitError;
use super::linear::Linear;
use super::pipeline::{Encoded, Kind, Pipeline, Sources};
use crate::matrix::{Matrix, Sparse};
use crate::random::Random;
use crate::trees::{BoostError, BoostParams, Data, Ensemble, Objective, learn};
use vakhta_domain::progress::Progress;
use vakhta_domain::spec;

/// Parts of the rows; each is scored by a linear model of the others.
const PARTS: usize = 3;
/// Most scores of texts: those of the most frequent classes.
const MOST_SCORES: usize = 32;
/// Rounds where the spec names none.
const ROUNDS: usize = 400;
/// Leaves where the spec names none.
pub const LEAVES: usize = 31;
/// Step size where the spec names none.
pub const RATE: f64 = 0.08;
/// Fewest rows in a leaf where the spec names none, and the share of all rows that bounds it where they are few.
const LEAF_ROWS: usize = 20;
const LEAF_SHARE: usize = 20;
/// Rounds without a better loss after which trees stop.
const PATIENCE: usize = 25;
/// The share of rows held out for that where the spec names none.
const HELD_OUT: f64 = 0.12;
/// Fewest rows of which some are held out for that.
const FEWEST: usize = 100;
/// Most trees where the spec does not name the rounds: classes times rounds.
const MOST_TREES: usize = 20_000;

/// Trees, and the linear model of texts that they ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// The trees.
    pub ensemble: Ensemble,
    /// The model of texts; none where no column is text.
    pub texts: Option<Linear>,
}

impl Forest {
    /// Learns, and says how many rounds were kept.
    pub fn fit(
        pipeline: &Pipeline,
        lesson: &Lesson<'_>,
        unit: Unit,
        progress: &dyn Progress,
    ) -> Result<(Self, u32), FitError> {
        let texts =
            if pipeline.has_text() { Some(Texts::fit(pipeline, lesson, unit, progress)?) } else { None };
        let scores = texts.as_ref().map_or(0, |texts| texts.width);
        let width = pipeline.trees + scores;
        let mut values = Vec::with_capacity(lesson.rows.len() * width);
        for (at, &row) in lesson.rows.iter().enumerate() {
            pipeline.encode_for_trees(lesson.sources, row as usize, &mut values);
            if let Some(texts) = &texts {
                values.extend_from_slice(&texts.scores[at * scores..][..scores]);
            }
        }
        let matrix = Matrix::new(values, width);
        let (codes, _) = lesson.own_truth(unit);
        let params = boost_params(lesson, pipeline);
        let target = own_target(lesson, unit, &codes);
        let weights: Vec<f64> = lesson.own_weights().into_iter().map(f64::from).collect();
        let (rows, held_out) = divide(lesson);
        let categorical: Vec<usize> = pipeline
            .encoders
            .iter()
            .filter(|encoder| matches!(encoder.kind, Kind::Category(_)))
            .map(|encoder| encoder.tree_at)
            .collect();
        let data = Data {
            matrix: &matrix,
            target: &target,
            weights: &weights,
            rows: &rows,
            held_out: &held_out,
            categorical: &categorical,
        };
        let total = params.rounds as u64;
        let each = &mut |round: usize| progress.at("train", round as u64, total);
        let ensemble = learn(&data, &params, lesson.seed, each).map_err(|error| match error {
            BoostError::Cancelled => FitError::Cancelled,
            other => FitError::Trees(other),
        })?;
        let rounds = ensemble.trees.len() / ensemble.outputs().max(1);
        Ok((Self { ensemble, texts: texts.map(|texts| texts.model) }, rounds as u32))
    }

    /// What the trees see of a row.
    pub fn encode(
        &self,
        pipeline: &Pipeline,
        sources: &Sources<'_>,
        row: usize,
        encoded: &mut Encoded,
        out: &mut Vec<f32>,
    ) {
        out.clear();
        pipeline.encode_for_trees(sources, row, out);
        if let Some(texts) = &self.texts {
            pipeline.encode_texts(sources, row, encoded);
            append_scores(texts, encoded, out);
        }
    }

    /// What the trees say of a row: probabilities, or a number in the unit that was learnt.
    pub fn answer(&self, row: &[f32], out: &mut Vec<f64>) {
        let trees = &self.ensemble;
        out.clear();
        out.extend_from_slice(&trees.base);
        for tree in &trees.trees {
            let leaf = trees.leaf_of(tree.root, row);
            out[tree.output as usize] += f64::from(trees.nodes[leaf].value);
        }
        trees.link.apply(out);
        if trees.link == crate::trees::Link::Logistic {
            let second = out[0];
            out.splice(.., [1.0 - second, second]);
        }
    }

    /// Numbers that the trees see of a row.
    pub fn width(&self, pipeline: &Pipeline) -> usize {
        pipeline.trees + self.texts.as_ref().map_or(0, |texts| texts.outputs().min(MOST_SCORES))
    }
}

/// A linear model of the texts, and its scores of the rows that are learnt from, each by a model that did not see it.
struct Texts {
    model: Linear,
    scores: Vec<f32>,
    width: usize,
}

impl Texts {
    fn fit(
        pipeline: &Pipeline,
        lesson: &Lesson<'_>,
        unit: Unit,
        progress: &dyn Progress,
    ) -> Result<Self, FitError> {
        let width = lesson.truth.outputs().min(MOST_SCORES);
        let mut encoded = Encoded::default();
        let mut part_of: Vec<usize> = (0..lesson.rows.len()).map(|at| at % PARTS).collect();
        Random::new(lesson.seed ^ 0x7465_7874).shuffle(&mut part_of);
        let learn_from = |skipped: Option<usize>, encoded: &mut Encoded| {
            let rows: Vec<u32> = lesson
                .rows
                .iter()
                .zip(&part_of)
                .filter(|&(_, part)| Some(*part) != skipped)
                .map(|(&row, _)| row)
                .collect();
            let mut cells = Sparse::new(pipeline.sparse);
            for &row in &rows {
                pipeline.encode_texts(lesson.sources, row as usize, encoded);
                cells.push(encoded.cells.iter().copied());
            }
            fit_linear(&cells, true, &Lesson { rows: &rows, ..*lesson }, unit, progress)
        };
        let mut scores = vec![0.0; lesson.rows.len() * width];
        for part in 0..PARTS {
            let model = learn_from(Some(part), &mut encoded)?;
            let mut own = Vec::new();
            for (at, &row) in lesson.rows.iter().enumerate().filter(|(at, _)| part_of[*at] == part) {
                pipeline.encode_texts(lesson.sources, row as usize, &mut encoded);
                own.clear();
                append_scores(&model, &encoded, &mut own);
                scores[at * width..][..width].copy_from_slice(&own);
            }
        }
        Ok(Self { model: learn_from(None, &mut encoded)?, scores, width })
    }
}

/// Appends the scores of the most frequent classes, or the number, each minus the mean of all.
fn append_scores(texts: &Linear, encoded: &Encoded, out: &mut Vec<f32>) {
    let mut scores = Vec::with_capacity(texts.outputs());
    texts.scores(encoded.cells.iter().copied(), &mut scores);
    let mean = if scores.len() > 1 { scores.iter().sum::<f32>() / scores.len() as f32 } else { 0.0 };
    out.extend(scores.iter().take(MOST_SCORES).map(|score| score - mean));
}

/// What the trees should come to, row by row of the lesson.
fn own_target(lesson: &Lesson<'_>, unit: Unit, codes: &[u32]) -> Vec<f64> {
    match lesson.truth {
        Truth::Classes { .. } => codes.iter().map(|&code| f64::from(code)).collect(),
        Truth::Numbers(numbers) => {
            lesson.rows.iter().map(|&row| unit.shrunk(numbers[row as usize])).collect()
        }
    }
}

/// Rows to learn from and rows that say when to stop, as places in the lesson.
fn divide(lesson: &Lesson<'_>) -> (Vec<u32>, Vec<u32>) {
    let mut all: Vec<u32> = (0..lesson.rows.len() as u32).collect();
    let stops = lesson.effort.is_none() && lesson.params.early_stopping != Some(false);
    if !stops || all.len() < FEWEST {
        return (all, Vec::new());
    }
    let share = lesson.params.validation_fraction.unwrap_or(HELD_OUT);
    Random::new(lesson.seed ^ 0x7374_6f70).shuffle(&mut all);
    let mut held_out =
        all.split_off(all.len() - ((all.len() as f64 * share) as usize).clamp(1, all.len() / 2));
    all.sort_unstable();
    held_out.sort_unstable();
    (all, held_out)
}

/// The parameters of a spec; what it leaves out is chosen by rows and classes.
pub fn boost_params(lesson: &Lesson<'_>, pipeline: &Pipeline) -> BoostParams {
    let given = lesson.params;
    let objective = match lesson.truth {
        Truth::Classes { count: 2, .. } => Objective::Logistic,
        Truth::Classes { count, .. } => Objective::Softmax(count),
        Truth::Numbers(_) => match given.objective {
            None | Some(spec::Objective::L2) => Objective::L2,
            Some(spec::Objective::L1) => Objective::L1,
            Some(spec::Objective::Quantile) => Objective::Quantile(given.quantile.unwrap_or(0.5)),
            Some(spec::Objective::Poisson) => Objective::Poisson,
            Some(spec::Objective::Tweedie) => Objective::Tweedie(given.tweedie_power.unwrap_or(1.5)),
        },
    };
    let rounds = given.rounds.map_or(ROUNDS.min(MOST_TREES / objective.outputs()).max(1), |n| n as usize);
    let leaf_rows = LEAF_ROWS.min(lesson.rows.len() / LEAF_SHARE).max(1);
    let whole = |value: Option<u32>, default: usize| value.map_or(default, |v| v as usize);
    let features = pipeline.tree_features();
    let sign = |name: &str| given.monotone.get(name).copied().unwrap_or(0);
    BoostParams {
        rounds: lesson.effort.map_or(rounds, |rounds| rounds.max(1) as usize),
        leaves: whole(given.leaves, LEAVES),
        min_leaf_rows: whole(given.min_leaf_rows, leaf_rows),
        learning_rate: given.learning_rate.unwrap_or(RATE),
        feature_share: given.feature_share.unwrap_or(1.0),
        row_share: given.row_share.unwrap_or(1.0),
        lambda_l1: given.lambda_l1.unwrap_or(0.0),
        lambda_l2: given.lambda_l2.unwrap_or(0.0),
        monotone: features.iter().map(|(_, name)| sign(name)).collect(),
        patience: Some(PATIENCE),
        ..BoostParams::usual(objective)
    }
}
