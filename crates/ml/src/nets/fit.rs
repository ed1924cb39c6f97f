//! Learns a net: epochs of shuffled batches, until the held-out rows say that it is enough.

use super::embedding::Table;
use super::held::{Split, weights};
use super::input::{Input, Sample, Target};
use super::kernels::{Level, Rule};
use super::net::{Head, Net, NetError};
use super::params::NetParams;
use super::pass::{Batch, Part, surprise};
use super::predict::{CHUNK, Scratch};
use super::step::{Step, Trained, step};
use crate::random::Random;
use rayon::prelude::*;
use vakhta_domain::progress::Progress;
use vakhta_domain::spec::{Activation, Precision, Schedule, Solver};

/// Most rows of a part of a batch: what it needs stays in the second cache.
const PART: usize = 128;
/// Multiplications a part must have for a thread of its own.
const WORTH: usize = 4_000_000;
/// Adam's constants, as everywhere.
const FIRST: f64 = 0.9;
const SECOND: f64 = 0.999;
/// Step size below which an adaptive schedule gives up, as in scikit-learn.
const SMALLEST_RATE: f64 = 1e-6;
/// Training rows that a finished net must answer with numbers.
const LOOK: usize = 1000;
/// Most sparse columns, so that a saved net can be read back.
const MOST_COLUMNS: usize = 1 << 22;

/// How the losses went.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Mean loss of the training rows in each epoch, seen while they were learnt.
    pub train: Vec<f64>,
    /// Mean loss of the held-out rows after each epoch; empty where none were held out.
    pub held: Vec<f64>,
    /// The epoch whose weights were kept, from 1.
    pub best: u32,
}

/// What [`fit`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The net.
    pub net: Net,
    /// How the losses went.
    pub curve: Curve,
    /// The rows that were held out.
    pub held: Vec<u32>,
}

/// Learns. The same sample, parameters and seed give the same net on any number of threads of the same kind of
/// processor; it uses those of the pool that it is called in. `progress` is told the batches of stage "train"
/// and may stop the work.
pub fn fit(
    params: &NetParams,
    sample: &Sample<'_>,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, NetError> {
    fit_at(Level::best(), params, sample, seed, progress)
}

/// As [`fit`], with the kernels of one level.
pub(super) fn fit_at(
    level: Level,
    params: &NetParams,
    sample: &Sample<'_>,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, NetError> {
    params.check()?;
    sample.check()?;
    if sample.target.outputs() == 0 {
        return Err(NetError::NoOutputs);
    }
    let sparse = sample.input.widths().1;
    if sparse > MOST_COLUMNS {
        let range = "at most 4194304: hash into fewer buckets";
        return Err(NetError::Parameter { field: "sparse columns", value: sparse.to_string(), range });
    }
    if params.precision == Precision::Bf16 {
        progress.note("precision bf16: this build has no 16-bit products, it computes in 32 bits".into());
    }
    let split = Split::new(params, sample, seed);
    if split.train.is_empty() {
        return Err(NetError::NoRows);
    }
    let weights = weights(params, sample, &split.train);
    let scaled = Scaled::new(&sample.target, &split.train);
    let mut training = Training::new(level, params, sample, &split, seed);
    training.weights = weights.as_deref();
    training.target = match (&scaled, sample.target) {
        (Some(scaled), Target::Numbers { width, .. }) => Target::Numbers { values: &scaled.values, width },
        (_, target) => target,
    };
    let (mut net, curve) = training.run(&split, progress)?;
    if let (Some(scaled), Some(last)) = (&scaled, net.stages.last_mut()) {
        Trained::rescale(last, &scaled.scales);
    }
    // Weights may be finite and yet too large to answer with.
    let some = &split.train[..split.train.len().min(LOOK)];
    let mut scratch = Scratch::at(level);
    net.rows(sample.input, some, &mut scratch);
    if scratch.answers().lines().iter().any(|line| line.0.iter().any(|answer| !answer.is_finite())) {
        return Err(NetError::Diverged { epoch: curve.best });
    }
    Ok(Fitted { net, curve, held: split.held })
}

/// Numbers to predict, brought to mean 0 and deviation 1.
struct Scaled {
    values: Vec<f32>,
    /// Mean and deviation of each output.
    scales: Vec<(f64, f64)>,
}

impl Scaled {
    fn new(target: &Target<'_>, train: &[u32]) -> Option<Self> {
        let Target::Numbers { values, width } = *target else { return None };
        let of = |row: u32, output: usize| f64::from(values[row as usize * width + output]);
        let count = train.len() as f64;
        let scale = |output: usize| {
            let mean = train.iter().map(|&row| of(row, output)).sum::<f64>() / count;
            let variance = train.iter().map(|&row| (of(row, output) - mean).powi(2)).sum::<f64>() / count;
            let deviation = variance.sqrt();
            (mean, if deviation > 0.0 { deviation } else { 1.0 })
        };
        let scales: Vec<(f64, f64)> = (0..width).map(scale).collect();
        let values = values
            .iter()
            .enumerate()
            .map(|(at, &value)| {
                let (mean, deviation) = scales[at % width];
                ((f64::from(value) - mean) / deviation).clamp(-1e6, 1e6) as f32
            })
            .collect();
        Some(Self { values, scales })
    }
}

/// A training under way.
struct Training<'a> {
    level: Level,
    params: &'a NetParams,
    input: Input<'a>,
    target: Target<'a>,
    weights: Option<&'a [f32]>,
    head: Head,
    seed: u64,
    layers: Vec<Trained>,
    table: Option<Table>,
    parts: Vec<Part>,
    /// The deltas of the first layer, row after row: what the steps of the table read.
    deltas: Vec<super::panels::Line>,
    /// Steps done.
    steps: u64,
}

impl<'a> Training<'a> {
    fn new(level: Level, params: &'a NetParams, sample: &Sample<'a>, split: &Split, seed: u64) -> Self {
        let input = sample.input;
        let (dense, sparse) = input.widths();
        let outputs = sample.target.outputs();
        let mut sizes = params.sizes(split.train.len(), dense, sparse, outputs);
        sizes.push(outputs);
        let cells: usize = split.train.iter().map(|&row| input.sparse_row(row as usize).0.len()).sum();
        let filled = dense + cells.div_ceil(split.train.len());
        let factor = if params.activation == Activation::Logistic { 2.0 } else { 6.0 };
        let bound = |inputs: usize, outputs: usize| (factor / (inputs + outputs).max(1) as f32).sqrt();
        let mut random = Random::new(seed);
        let mut inputs = dense;
        let mut layers = Vec::with_capacity(sizes.len());
        for (at, &size) in sizes.iter().enumerate() {
            let bound = bound(if at == 0 { filled } else { inputs }, size);
            layers.push(Trained::new(inputs, size, bound, at > 0, &mut random));
            inputs = size;
        }
        let table = (sparse > 0)
            .then(|| Table::new(&input, &split.train, sizes[0], bound(filled, sizes[0]), random.bits()));
        Self {
            level,
            params,
            input,
            target: sample.target,
            weights: None,
            head: sample.head(),
            seed,
            layers,
            table,
            parts: vec![],
            deltas: vec![],
            steps: 0,
        }
    }

    fn run(&mut self, split: &Split, progress: &dyn Progress) -> Result<(Net, Curve), NetError> {
        let params = self.params;
        let batch = params.batch_rows(split.train.len());
        let batches = split.train.len().div_ceil(batch);
        let total = u64::from(params.max_epochs) * batches as u64;
        let mut order = split.train.clone();
        let mut random = Random::new(self.seed ^ 0x5348_5546);
        let mut curve = Curve::default();
        let mut kept: Option<(f64, Net)> = None;
        // The loss that the next must fall below by the tolerance, and for how many epochs none did.
        let (mut reached, mut idle) = (f64::INFINITY, 0);
        let mut rate = params.learning_rate;
        for epoch in 1..=params.max_epochs {
            random.shuffle(&mut order);
            let mut loss = 0.0;
            for (at, rows) in order.chunks(batch).enumerate() {
                let done = u64::from(epoch - 1) * batches as u64 + at as u64;
                if at % 16 == 0 && progress.at("train", done, total).is_break() {
                    return Err(NetError::Cancelled);
                }
                loss += self.batch(rows, planned(params, rate, epoch, done as f64 / total as f64));
            }
            let train_loss = loss / order.len() as f64;
            curve.train.push(train_loss);
            if !train_loss.is_finite() {
                // The weights are lost; those kept before are sound.
                return kept.map_or(Err(NetError::Diverged { epoch }), |(_, net)| Ok((net, curve)));
            }
            let mut watched = train_loss;
            if !split.held.is_empty() {
                let net = self.net();
                watched = self.loss(&net, &split.held);
                curve.held.push(watched);
                if watched.is_finite() && kept.as_ref().is_none_or(|(best, _)| watched < *best) {
                    kept = Some((watched, net));
                    curve.best = epoch;
                }
            }
            idle = if watched < reached - params.tolerance { 0 } else { idle + 1 };
            reached = reached.min(watched);
            if params.schedule == Schedule::Adaptive && idle >= 2 {
                rate /= 5.0;
                idle = 0;
                if rate < SMALLEST_RATE {
                    break;
                }
            } else if idle >= params.patience {
                break;
            }
        }
        if let Some((_, net)) = kept {
            return Ok((net, curve));
        }
        let epoch = curve.train.len() as u32;
        curve.best = epoch;
        let net = self.net();
        if net.is_finite() { Ok((net, curve)) } else { Err(NetError::Diverged { epoch }) }
    }

    /// One batch; the sum of its rows' losses.
    fn batch(&mut self, rows: &[u32], rate: f64) -> f64 {
        self.steps += 1;
        let multiplications: usize =
            self.layers.iter().map(|layer| layer.weights.rows() * layer.outputs()).sum();
        let count = parts(rows.len(), multiplications);
        while self.parts.len() < count {
            self.parts.push(Part::new(&self.layers));
        }
        let each = rows.len().div_ceil(count);
        let count = rows.len().div_ceil(each);
        let batch = Batch {
            level: self.level,
            input: self.input,
            target: self.target,
            weights: self.weights,
            layers: &self.layers,
            table: self.table.as_ref(),
            activation: self.params.activation,
            head: self.head,
            dropout: self.params.dropout as f32,
            share: 1.0 / rows.len() as f32,
            seed: self.seed ^ self.steps << 24,
        };
        let rule = self.rule(rate);
        let parts = &mut self.parts[..count];
        let run = |(at, (part, rows)): (usize, (&mut Part, &[u32]))| part.run(&batch, rows, at * each);
        if count == 1 {
            run((0, (&mut parts[0], rows)));
        } else {
            parts.par_iter_mut().zip(rows.par_chunks(each)).enumerate().for_each(run);
        }
        let loss = parts.iter().flat_map(|part| &part.losses).sum();

        let decay = (self.params.alpha / rows.len() as f64) as f32;
        if let Some(table) = &mut self.table {
            table.clear();
            self.deltas.clear();
            for part in parts.iter() {
                let mut start = 0;
                for (at, &end) in part.ends.iter().enumerate() {
                    table.note(part.first + at, &part.cells[start..end]);
                    start = end;
                    let panels = (0..table.lines()).map(|panel| part.deltas[0].panel(panel)[at]);
                    self.deltas.extend(panels);
                }
            }
            table.step(self.level, rule, decay, &self.deltas);
        }
        let how = Step { level: self.level, rule, decay, spread: count > 1 };
        step(&mut self.layers, parts, how);
        loss
    }

    /// How weights move in this step.
    fn rule(&self, rate: f64) -> Rule {
        match self.params.solver {
            Solver::Adam => {
                let steps = self.steps as f64;
                let corrected = rate * (1.0 - SECOND.powf(steps)).sqrt() / (1.0 - FIRST.powf(steps));
                let (first, second) = (FIRST as f32, SECOND as f32);
                Rule::Adam { rate: corrected as f32, first, second, epsilon: 1e-8 }
            }
            Solver::Sgd => Rule::Sgd { rate: rate as f32, momentum: self.params.momentum as f32 },
        }
    }

    /// The net as it is now.
    fn net(&self) -> Net {
        Net {
            embedding: self.table.as_ref().map(Table::embedding),
            stages: self.layers.iter().map(Trained::stage).collect(),
            activation: self.params.activation,
            head: self.head,
        }
    }

    /// The mean loss of some rows, weighted.
    fn loss(&self, net: &Net, rows: &[u32]) -> f64 {
        let part = |scratch: &mut Scratch, rows: &[u32]| {
            net.rows(self.input, rows, scratch);
            let answers = scratch.answers();
            let mut sums = (0.0, 0.0);
            for (at, &row) in rows.iter().enumerate() {
                let row = row as usize;
                let loss = match self.target {
                    Target::Classes { codes, .. } => -surprise(answers.at(at, codes[row] as usize)),
                    Target::Numbers { values, width } => (0..width)
                        .map(|output| f64::from(answers.at(at, output) - values[row * width + output]))
                        .map(|error| 0.5 * error * error)
                        .sum(),
                };
                let weight = self.weights.map_or(1.0, |weights| f64::from(weights[row]));
                sums = (sums.0 + loss * weight, sums.1 + weight);
            }
            sums
        };
        let sums: Vec<(f64, f64)> =
            rows.par_chunks(CHUNK).map_init(|| Scratch::at(self.level), part).collect();
        let (loss, weight) = sums.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        if weight > 0.0 { loss / weight } else { 0.0 }
    }
}

/// The step size of an epoch; `progress` from 0 to 1 is how much of the training is done.
fn planned(params: &NetParams, rate: f64, epoch: u32, progress: f64) -> f64 {
    match params.schedule {
        Schedule::Constant | Schedule::Adaptive => rate,
        Schedule::Cosine => rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
        Schedule::Invscaling => rate / f64::from(epoch).sqrt(),
    }
}

/// Into how many parts a batch is cut: small enough for the cache, as many as threads if that is worth it.
fn parts(rows: usize, multiplications: usize) -> usize {
    let threads = rayon::current_num_threads();
    let worth = (rows * multiplications / WORTH).max(1);
    let count = rows.div_ceil(PART).max(threads.min(worth));
    // Whole rounds of all threads, so that none waits for a last part.
    let count = if count > 1 && worth >= threads { count.next_multiple_of(threads) } else { count };
    count.min(rows.max(1))
}
