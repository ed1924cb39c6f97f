//! One engine on one pipeline: what is learnt of rows, and what it says of a row before calibration.

use super::fit::FitError;
use super::forest::Forest;
use super::linear::{self, Linear, LinearParams, softmax};
use super::params::Goal;
use super::pipeline::{Encoded, Pipeline, Sources};
use crate::matrix::Sparse;
use crate::nets::{self, Input, Net, NetError, NetParams};
use vakhta_domain::progress::Progress;
use vakhta_domain::spec::{self, Activation, ClassWeight, Device, Engine};

/// Step size of a network over hashed text where the spec names none: of many thousand columns each row touches
/// some dozens, so that each is moved rarely.
const TEXT_RATE: f64 = 5e-3;
/// Passes over hashed text where the spec names none; such nets have learnt all they can after a few.
const TEXT_EPOCHS: u32 = 12;
/// Passes without a better loss after which a network over text stops.
const TEXT_PATIENCE: u32 = 2;
/// Passes without a better loss after which other networks stop.
const PATIENCE: u32 = 10;

/// Rows to learn from.
pub struct Lesson<'a> {
    /// The columns of all rows.
    pub sources: &'a Sources<'a>,
    /// The rows that are learnt from, ascending.
    pub rows: &'a [u32],
    /// What all rows should come to.
    pub truth: Truth<'a>,
    /// How much each of all rows counts; empty where all count alike.
    pub weights: &'a [f32],
    /// The engines' parameters.
    pub params: &'a spec::Params,
    /// Where a network learns.
    pub device: Device,
    /// The seed.
    pub seed: u64,
    /// How long the engine learns, where an earlier fit found that out: trees or passes. None: it finds out itself
    /// on rows of its own that it holds out.
    pub effort: Option<u32>,
}

/// What rows should come to.
#[derive(Debug, Clone, Copy)]
pub enum Truth<'a> {
    /// The code of a class, below `count`.
    Classes {
        /// One a row; [`NO_CLASS`] where it is not known.
        codes: &'a [u32],
        /// How many classes there are.
        count: usize,
    },
    /// A number, one a row.
    Numbers(&'a [f64]),
}

/// The code of rows whose class is not known.
pub const NO_CLASS: u32 = u32::MAX;

/// How it was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// How long, for [`Lesson::effort`]; 0 where that has no meaning.
    pub effort: u32,
    /// Where.
    pub ran: nets::Ran,
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub enum Learnt {
    /// The same answer to everything: the frequency of each class, or the mean. For one class, or no columns.
    Prior(Vec<f64>),
    /// A linear model over dense numbers, then cells.
    Linear(Linear),
    /// A network.
    Mlp(Box<Net>),
    /// Trees.
    Trees(Box<Forest>),
}

/// The unit of numbers that engines see: `(number - center) / spread`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// The mean.
    pub center: f64,
    /// The deviation, or 1 where there is none.
    pub spread: f64,
}

/// A pipeline and what was learnt over it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The features.
    pub pipeline: Pipeline,
    /// What was learnt.
    pub learnt: Learnt,
    /// Answers a row: classes, or 1.
    pub outputs: usize,
    /// The unit of numbers; of no meaning for classes.
    pub unit: Unit,
}

/// Memory that is used again from row to row.
#[derive(Default)]
pub struct Scratch {
    /// What the row became.
    pub encoded: Encoded,
    /// What trees see of it.
    pub tree_row: Vec<f32>,
    scores: Vec<f32>,
    columns: Vec<u32>,
    values: Vec<f32>,
    net: nets::Scratch,
}

impl Unit {
    /// Of numbers that are finite. Sums are taken in units of the largest, so that they stay finite too.
    pub fn of(numbers: impl Iterator<Item = f64> + Clone) -> Self {
        let largest = numbers.clone().map(f64::abs).fold(0.0, f64::max);
        if largest == 0.0 {
            return Self { center: 0.0, spread: 1.0 };
        }
        let n = numbers.clone().count() as f64;
        let mean = numbers.clone().map(|v| v / largest / n).sum::<f64>();
        let variance = numbers.map(|v| (v / largest - mean).powi(2) / n).sum::<f64>();
        let spread = variance.sqrt() * largest;
        Self { center: mean * largest, spread: if spread > 0.0 { spread } else { 1.0 } }
    }

    /// A number in this unit.
    pub fn shrunk(&self, number: f64) -> f64 {
        (number / self.spread) - (self.center / self.spread)
    }

    /// A number of this unit as it was; finite whatever it is.
    pub fn grown(&self, number: f64) -> f64 {
        let number = if number.is_nan() { 0.0 } else { number };
        (self.center + number * self.spread).clamp(f64::MIN, f64::MAX)
    }
}

impl Truth<'_> {
    /// Answers a row.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Classes { count, .. } => *count,
            Self::Numbers(_) => 1,
        }
    }

    /// What is learnt.
    pub fn goal(&self) -> Goal {
        if let Self::Classes { .. } = self { Goal::Classes } else { Goal::Numbers }
    }

    /// The frequency of each class among `rows`, or their mean.
    pub fn prior(&self, rows: &[u32]) -> Vec<f64> {
        match self {
            Self::Classes { codes, count } => {
                // One row of each class that nobody has seen, so that none is impossible.
                let mut shares = vec![1.0; *count];
                for &row in rows {
                    shares[codes[row as usize] as usize] += 1.0;
                }
                let sum: f64 = shares.iter().sum();
                for share in &mut shares {
                    *share /= sum;
                }
                shares
            }
            Self::Numbers(numbers) => vec![Unit::of(rows.iter().map(|&row| numbers[row as usize])).center],
        }
    }
}

impl Lesson<'_> {
    /// The unit of the numbers to learn; 1 for classes. Losses of counts and amounts know no center but zero.
    fn unit(&self, engine: Engine) -> Unit {
        let Truth::Numbers(numbers) = self.truth else { return Unit { center: 0.0, spread: 1.0 } };
        let unit = Unit::of(self.rows.iter().map(|&row| numbers[row as usize]));
        let objective = self.params.objective.filter(|_| engine == Engine::Gbdt);
        match objective {
            Some(spec::Objective::Poisson | spec::Objective::Tweedie) => Unit { center: 0.0, ..unit },
            _ => unit,
        }
    }

    /// The weights of the rows that are learnt from; empty where all count alike.
    pub fn own_weights(&self) -> Vec<f32> {
        if self.weights.is_empty() {
            return Vec::new();
        }
        self.rows.iter().map(|&row| self.weights[row as usize]).collect()
    }

    /// The codes, or the numbers in their unit, of the rows that are learnt from.
    pub fn own_truth(&self, unit: Unit) -> (Vec<u32>, Vec<f32>) {
        let rows = self.rows.iter().map(|&row| row as usize);
        match self.truth {
            Truth::Classes { codes, .. } => (rows.map(|row| codes[row]).collect(), Vec::new()),
            Truth::Numbers(numbers) => {
                (Vec::new(), rows.map(|row| unit.shrunk(numbers[row]) as f32).collect())
            }
        }
    }
}

impl Course {
    fn on_cpu(effort: u32) -> Self {
        Self { effort, ran: nets::Ran::Cpu }
    }
}

impl Model {
    /// Teaches one engine over a pipeline.
    pub fn fit(
        engine: Engine,
        pipeline: Pipeline,
        lesson: &Lesson<'_>,
        progress: &dyn Progress,
    ) -> Result<(Self, Course), FitError> {
        let outputs = lesson.truth.outputs();
        let unit = lesson.unit(engine);
        let nothing = pipeline.dense == 0 && pipeline.sparse == 0;
        if nothing || lesson.rows.is_empty() || (outputs == 1 && lesson.truth.goal() == Goal::Classes) {
            let learnt = Learnt::Prior(lesson.truth.prior(lesson.rows));
            return Ok((Self { pipeline, learnt, outputs, unit }, Course::on_cpu(0)));
        }
        let (learnt, course) = match engine {
            Engine::Mlp => fit_net(&pipeline, lesson, unit, progress)?,
            Engine::Gbdt => {
                let (forest, rounds) = Forest::fit(&pipeline, lesson, unit, progress)?;
                (Learnt::Trees(Box::new(forest)), Course::on_cpu(rounds))
            }
            _ => {
                let rows = joined(&pipeline, lesson.sources, lesson.rows);
                let linear = fit_linear(&rows, pipeline.has_text(), lesson, unit, progress)?;
                (Learnt::Linear(linear), Course::on_cpu(0))
            }
        };
        Ok((Self { pipeline, learnt, outputs, unit }, course))
    }

    /// The engine's name in a spec.
    pub fn engine(&self) -> &'static str {
        match self.learnt {
            Learnt::Prior(_) => "prior",
            Learnt::Linear(_) => "linear",
            Learnt::Mlp(_) => "mlp",
            Learnt::Trees(_) => "gbdt",
        }
    }

    /// What the model says of a row: `out` becomes the probability of each class, not calibrated, or a number.
    pub fn answer(&self, sources: &Sources<'_>, row: usize, scratch: &mut Scratch, out: &mut Vec<f64>) {
        out.clear();
        match &self.learnt {
            Learnt::Prior(prior) => {
                out.extend_from_slice(prior);
                return;
            }
            Learnt::Linear(linear) => {
                self.pipeline.encode(sources, row, &mut scratch.encoded);
                linear.scores(scratch.encoded.joined(), &mut scratch.scores);
                if self.outputs > 1 {
                    softmax(&mut scratch.scores);
                }
                out.extend(scratch.scores.iter().map(|&score| f64::from(score)));
            }
            Learnt::Mlp(net) => {
                self.pipeline.encode(sources, row, &mut scratch.encoded);
                scratch.columns.clear();
                scratch.values.clear();
                for &(column, value) in &scratch.encoded.cells {
                    scratch.columns.push(column);
                    scratch.values.push(value);
                }
                let cells = (scratch.columns.as_slice(), scratch.values.as_slice());
                // The pipeline gives as many numbers as the net was taught with, or the model was not read.
                if let Ok(said) = net.predict_row(&scratch.encoded.dense, cells, &mut scratch.net) {
                    out.extend(said.iter().map(|&p| f64::from(p)));
                }
            }
            Learnt::Trees(forest) => {
                forest.encode(&self.pipeline, sources, row, &mut scratch.encoded, &mut scratch.tree_row);
                forest.answer(&scratch.tree_row, out);
            }
        }
        self.mend(out);
    }

    /// Probabilities that are none become even ones, and numbers get their unit back.
    fn mend(&self, out: &mut Vec<f64>) {
        out.resize(self.outputs, 0.0);
        if self.is_number() {
            out[0] = self.unit.grown(out[0]);
            return;
        }
        let sum: f64 = out.iter().sum();
        let even = 1.0 / self.outputs as f64;
        for p in out.iter_mut() {
            *p = if sum > 0.0 && sum.is_finite() { *p / sum } else { even };
        }
    }

    /// Whether it answers with a number. A classifier of one class is always [`Learnt::Prior`].
    pub fn is_number(&self) -> bool {
        self.outputs == 1
    }

    /// What the model says of some rows, row after row.
    pub fn answers(&self, sources: &Sources<'_>, rows: &[u32]) -> Vec<f64> {
        let mut all = Vec::with_capacity(rows.len() * self.outputs);
        let (mut scratch, mut out) = (Scratch::default(), Vec::new());
        for &row in rows {
            self.answer(sources, row as usize, &mut scratch, &mut out);
            all.extend_from_slice(&out);
        }
        all
    }
}

/// Dense numbers that are not zero, then cells, of some rows: what the linear model sees.
fn joined(pipeline: &Pipeline, sources: &Sources<'_>, rows: &[u32]) -> Sparse {
    let mut joined = Sparse::new(pipeline.dense + pipeline.sparse);
    let mut encoded = Encoded::default();
    for &row in rows {
        pipeline.encode(sources, row as usize, &mut encoded);
        joined.push(encoded.joined());
    }
    joined
}

/// Teaches a linear model on rows that are in the lesson's order.
pub fn fit_linear(
    rows: &Sparse,
    wide: bool,
    lesson: &Lesson<'_>,
    unit: Unit,
    progress: &dyn Progress,
) -> Result<Linear, FitError> {
    let (codes, numbers) = lesson.own_truth(unit);
    let goal = match lesson.truth {
        Truth::Classes { count, .. } => linear::Goal::Classes { codes: &codes, count },
        Truth::Numbers(_) => linear::Goal::Numbers(&numbers),
    };
    let params = LinearParams { alpha: lesson.params.alpha, wide, seed: lesson.seed };
    let each = &mut |done, total| progress.at("train", done, total);
    linear::fit(rows, goal, &lesson.own_weights(), &params, each).map_err(|_| FitError::Cancelled)
}

fn fit_net(
    pipeline: &Pipeline,
    lesson: &Lesson<'_>,
    unit: Unit,
    progress: &dyn Progress,
) -> Result<(Learnt, Course), FitError> {
    let (dense, sparse) = pipeline.encode_rows(lesson.sources, lesson.rows);
    let (codes, numbers) = lesson.own_truth(unit);
    let weights = lesson.own_weights();
    let target = match lesson.truth {
        Truth::Classes { count, .. } => nets::Target::Classes { codes: &codes, count },
        Truth::Numbers(_) => nets::Target::Numbers { values: &numbers, width: 1 },
    };
    let input = Input { dense: dense.as_ref(), sparse: sparse.as_ref() };
    let mut sample = nets::Sample::new(input, target);
    sample.weights = (!weights.is_empty()).then_some(weights.as_slice());
    let mut params = net_params(lesson.params, pipeline.has_text());
    params.device = lesson.device;
    if let Some(epochs) = lesson.effort {
        params.early_stopping = false;
        params.max_epochs = epochs.max(1);
        params.patience = params.max_epochs;
    }
    match nets::fit(&params, &sample, lesson.seed, progress) {
        Ok(fitted) => {
            let course = Course { effort: fitted.curve.best, ran: fitted.ran };
            Ok((Learnt::Mlp(Box::new(fitted.net)), course))
        }
        Err(NetError::Cancelled) => Err(FitError::Cancelled),
        Err(error) => Err(FitError::Net(error)),
    }
}

/// The parameters of a network over columns, or over hashed text.
pub fn net_params(given: &spec::Params, text: bool) -> NetParams {
    let mut params = NetParams { patience: PATIENCE, ..NetParams::from_spec(given) };
    // Weights of classes are among the weights of rows already.
    params.class_weight = ClassWeight::None;
    if text {
        params.patience = TEXT_PATIENCE;
        params.learning_rate = given.learning_rate.unwrap_or(TEXT_RATE);
        params.max_epochs = given.max_epochs.unwrap_or(TEXT_EPOCHS);
        params.activation = given.activation.unwrap_or(Activation::Relu);
    }
    params
}
