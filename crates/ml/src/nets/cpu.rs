//! Steps on the processor: a batch is cut into parts, each on a thread of its own where that is worth it.

use super::embedding::Table;
use super::epochs::{Learner, Task};
use super::input::Target;
use super::kernels::{Rule, few};
use super::net::{Net, NetError};
use super::panels::{LANES, Line};
use super::pass::{Batch, Part, surprise};
use super::predict::{CHUNK, Scratch};
use super::step::{Step, Trained, step};
use crate::random::Random;
use rayon::prelude::*;
use std::ops::Range;
use vakhta_domain::spec::{Activation, Precision};

/// Most rows of a part of a batch: what it needs stays in the second cache.
const PART: usize = 128;
/// Multiplications a part must have for a thread of its own.
const WORTH: usize = 4_000_000;
/// Every so many batches the tables are looked at anew: are enough of their numbers zero to seek out the others?
const LOOK_EVERY: u64 = 16;

/// A net that the processor teaches.
pub(super) struct Cpu<'a> {
    task: &'a Task<'a>,
    layers: Vec<Trained>,
    table: Option<Table>,
    parts: Vec<Part>,
    /// The deltas of the first layer, row after row: what the steps of the table read.
    deltas: Vec<Line>,
    /// Steps done.
    steps: u64,
    /// The sum of losses in this epoch.
    loss: f64,
    /// The net that was scored last, if no step came after it.
    scored: Option<Net>,
}

/// The layers and the table before the first step.
pub(super) fn untaught(task: &Task<'_>) -> (Vec<Trained>, Option<Table>) {
    let (input, train) = (task.input, &task.split.train);
    let (dense, sparse) = input.widths();
    let outputs = task.target.outputs();
    let mut sizes = task.params.sizes(train.len(), dense, sparse, outputs);
    sizes.push(outputs);
    let cells: usize = train.iter().map(|&row| input.sparse_row(row as usize).0.len()).sum();
    let filled = dense + cells.div_ceil(train.len());
    let factor = if task.params.activation == Activation::Logistic { 2.0 } else { 6.0 };
    let bound = |inputs: usize, outputs: usize| (factor / (inputs + outputs).max(1) as f32).sqrt();
    let mut random = Random::new(task.seed);
    let mut inputs = dense;
    let mut layers = Vec::with_capacity(sizes.len());
    for (at, &size) in sizes.iter().enumerate() {
        let bound = bound(if at == 0 { filled } else { inputs }, size);
        layers.push(Trained::new(inputs, size, bound, at > 0, &mut random));
        inputs = size;
    }
    let table =
        (sparse > 0).then(|| Table::new(&input, train, sizes[0], bound(filled, sizes[0]), random.bits()));
    (layers, table)
}

impl<'a> Cpu<'a> {
    pub(super) fn new(task: &'a Task<'a>) -> Self {
        let (mut layers, table) = untaught(task);
        if task.half && task.params.precision == Precision::Bf16 {
            for layer in &mut layers {
                layer.half = Some(Default::default());
                layer.halve(task.level);
            }
        }
        Self { task, layers, table, parts: vec![], deltas: vec![], steps: 0, loss: 0.0, scored: None }
    }

    /// The net as it is now.
    fn now(&self) -> Net {
        Net {
            embedding: self.table.as_ref().map(Table::embedding),
            stages: self.layers.iter().map(Trained::stage).collect(),
            activation: self.task.params.activation,
            head: self.task.head,
        }
    }

    /// One batch; the sum of its rows' losses.
    fn step(&mut self, rows: &[u32], rule: Rule) -> f64 {
        self.steps += 1;
        let task = self.task;
        let multiplications: usize =
            self.layers.iter().map(|layer| layer.weights.rows() * layer.outputs()).sum();
        let count = parts(rows.len(), multiplications);
        while self.parts.len() < count {
            self.parts.push(Part::new(&self.layers));
        }
        // Even, because products of 16 bits take rows in pairs, which must not depend on where it is cut.
        let each = rows.len().div_ceil(count).next_multiple_of(2);
        let count = rows.len().div_ceil(each);
        let batch = Batch {
            level: task.level,
            input: task.input,
            target: task.target,
            weights: task.weights,
            layers: &self.layers,
            table: self.table.as_ref(),
            activation: task.params.activation,
            head: task.head,
            dropout: task.params.dropout as f32,
            share: 1.0 / rows.len() as f32,
            seed: task.dropout_seed(self.steps),
            look: self.steps % LOOK_EVERY == 1,
        };
        let parts = &mut self.parts[..count];
        let run = |(at, (part, rows)): (usize, (&mut Part, &[u32]))| part.run(&batch, rows, at * each);
        if count == 1 {
            run((0, (&mut parts[0], rows)));
        } else {
            parts.par_iter_mut().zip(rows.par_chunks(each)).enumerate().for_each(run);
        }
        let loss = parts.iter().flat_map(|part| &part.losses).sum();

        let decay = (task.params.alpha / rows.len() as f64) as f32;
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
            table.step(task.level, rule, decay, &self.deltas);
        }
        let how = Step { level: task.level, rule, decay, spread: count > 1 };
        step(&mut self.layers, parts, how);
        if self.steps % LOOK_EVERY == 1 {
            choose(&mut self.layers, parts);
        }
        loss
    }

    /// The mean loss of the held-out rows, weighted.
    fn loss(&self, net: &Net) -> f64 {
        let task = self.task;
        let part = |scratch: &mut Scratch, rows: &[u32]| {
            net.rows(task.input, rows, scratch);
            let answers = scratch.answers();
            let mut sums = (0.0, 0.0);
            for (at, &row) in rows.iter().enumerate() {
                let row = row as usize;
                let loss = match task.target {
                    Target::Classes { codes, .. } => -surprise(answers.at(at, codes[row] as usize)),
                    Target::Numbers { values, width } => (0..width)
                        .map(|output| f64::from(answers.at(at, output) - values[row * width + output]))
                        .map(|error| 0.5 * error * error)
                        .sum(),
                };
                let weight = task.weights.map_or(1.0, |weights| f64::from(weights[row]));
                sums = (sums.0 + loss * weight, sums.1 + weight);
            }
            sums
        };
        let sums: Vec<(f64, f64)> =
            task.split.held.par_chunks(CHUNK).map_init(|| Scratch::at(task.level), part).collect();
        let (loss, weight) = sums.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        if weight > 0.0 { loss / weight } else { 0.0 }
    }
}

impl Learner for Cpu<'_> {
    fn begin(&mut self, _: &[u32]) -> Result<(), NetError> {
        self.loss = 0.0;
        Ok(())
    }

    fn batch(&mut self, order: &[u32], places: Range<usize>, rule: Rule) -> Result<(), NetError> {
        self.scored = None;
        self.loss += self.step(&order[places], rule);
        Ok(())
    }

    fn train_loss(&mut self) -> Result<f64, NetError> {
        Ok(self.loss)
    }

    fn held_loss(&mut self) -> Result<f64, NetError> {
        let net = self.now();
        let loss = self.loss(&net);
        self.scored = Some(net);
        Ok(loss)
    }

    fn net(&mut self) -> Result<Net, NetError> {
        Ok(self.scored.take().unwrap_or_else(|| self.now()))
    }
}

/// Chooses how the next batches' products are computed. Counts of the whole batch decide, so that the choice is
/// the same however it was cut.
fn choose(layers: &mut [Trained], parts: &[Part]) {
    let rows: usize = parts.iter().map(|part| part.tables[0].rows()).sum();
    for (at, layer) in layers.iter_mut().enumerate() {
        let inputs = parts.iter().map(|part| part.marks[at].count()).sum();
        let deltas = parts.iter().map(|part| part.delta_marks[at].count()).sum();
        layer.skip = few(inputs, rows * parts[0].tables[at].count() * LANES);
        layer.skip_back = at > 0 && few(deltas, rows * parts[0].deltas[at].count() * LANES);
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
