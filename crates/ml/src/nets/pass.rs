//! A part of a batch on its way forward and back. Each row's numbers are its own, whatever part it is in.

use super::embedding::Table;
use super::kernels::{
    Activate, Cell, Gather, HalfMultiply, Halve, Level, Mark, Marks, Multiply, Pairs, Rows, Slope, Softmax,
};
use super::net::Head;
use super::panels::{LANES, Line, Panels};
use super::predict::load;
use super::step::Trained;
use super::{Input, Target};
use crate::random::Random;
use vakhta_domain::spec::Activation;

/// What all parts of a batch share.
pub(super) struct Batch<'a> {
    pub(super) level: Level,
    pub(super) input: Input<'a>,
    pub(super) target: Target<'a>,
    pub(super) weights: Option<&'a [f32]>,
    pub(super) layers: &'a [Trained],
    pub(super) table: Option<&'a Table>,
    pub(super) activation: Activation,
    pub(super) head: Head,
    pub(super) dropout: f32,
    /// What a row's delta is multiplied by: one over the rows of the batch.
    pub(super) share: f32,
    /// Decides, with the row's place in the batch, what dropout silences.
    pub(super) seed: u64,
    /// Whether tables that are not sought through now are looked at too.
    pub(super) look: bool,
}

/// The memory of a part.
pub(super) struct Part {
    /// The place of its first row in the batch.
    pub(super) first: usize,
    /// The inputs, then the outputs of each layer.
    pub(super) tables: Vec<Panels>,
    /// The deltas of each layer's sums.
    pub(super) deltas: Vec<Panels>,
    /// Which inputs, and which deltas, of each layer are not zero; empty where nobody looked.
    pub(super) marks: Vec<Marks>,
    pub(super) delta_marks: Vec<Marks>,
    /// The inputs and the deltas of each layer in 16 bits, where products are computed so.
    pub(super) half_tables: Vec<(Rows, Pairs)>,
    pub(super) half_deltas: Vec<(Rows, Pairs)>,
    /// What dropout multiplies each hidden layer by.
    masks: Vec<Panels>,
    /// The cells of the sparse columns, row after row, and where each row's end.
    pub(super) cells: Vec<Cell>,
    pub(super) ends: Vec<usize>,
    /// The loss of each row, weighted.
    pub(super) losses: Vec<f64>,
    line: Vec<Line>,
}

impl Part {
    pub(super) fn new(layers: &[Trained]) -> Self {
        let outputs = layers.iter().map(Trained::outputs);
        Self {
            first: 0,
            tables: std::iter::once(layers[0].inputs)
                .chain(outputs.clone())
                .map(|w| Panels::zero(0, w))
                .collect(),
            deltas: outputs.clone().map(|width| Panels::zero(0, width)).collect(),
            marks: vec![Marks::default(); layers.len()],
            delta_marks: vec![Marks::default(); layers.len()],
            half_tables: vec![Default::default(); layers.len()],
            half_deltas: vec![Default::default(); layers.len()],
            masks: outputs.take(layers.len() - 1).map(|width| Panels::zero(0, width)).collect(),
            cells: vec![],
            ends: vec![],
            losses: vec![],
            line: vec![],
        }
    }

    /// Forward and back for these rows, which stand in the batch from place `first` on.
    pub(super) fn run(&mut self, batch: &Batch<'_>, rows: &[u32], first: usize) {
        self.first = first;
        for table in self.tables.iter_mut().chain(&mut self.deltas).chain(&mut self.masks) {
            if table.rows() != rows.len() {
                table.resize(rows.len());
            }
        }
        self.forward(batch, rows);
        self.compare(batch, rows);
        self.backward(batch);
    }

    fn forward(&mut self, batch: &Batch<'_>, rows: &[u32]) {
        self.cells.clear();
        self.ends.clear();
        for (at, &row) in rows.iter().enumerate() {
            load(batch.input.dense_row(row as usize), at, &mut self.tables[0]);
        }
        for (at, layer) in batch.layers.iter().enumerate() {
            let hidden = at + 1 < batch.layers.len();
            let activation = if hidden { batch.activation } else { Activation::Identity };
            let relu = activation == Activation::Relu;
            let mut bias = Some(&layer.bias[..]);
            if let (0, Some(table)) = (at, batch.table) {
                self.gather(batch, table, rows);
                bias = None;
            }
            let (before, after) = self.tables.split_at_mut(at + 1);
            let (a, c) = (&before[at], &mut after[0]);
            if let Some((b, _)) = &layer.half {
                let (rows, pairs) = &mut self.half_tables[at];
                batch.level.run_half(Halve { table: a, rows: Some(rows), pairs: Some(pairs) });
                batch.level.run_half(HalfMultiply { a: rows, b, bias, relu, c });
            } else {
                if layer.skip || batch.look {
                    batch.level.run(Mark { table: a, columns: layer.skip, marks: &mut self.marks[at] });
                }
                let marks = layer.skip.then(|| &self.marks[at]);
                batch.level.run(Multiply { a, marks, b: &layer.weights, bias, relu, c });
            }
            if !relu {
                batch.level.run(Activate { activation, table: c });
            }
            if hidden && batch.dropout > 0.0 {
                self.silence(batch, at);
            }
        }
    }

    /// Starts the first layer's sums from its bias and the sparse columns.
    fn gather(&mut self, batch: &Batch<'_>, table: &Table, rows: &[u32]) {
        let (entries, stride) = table.entries();
        for (at, &row) in rows.iter().enumerate() {
            let start = self.cells.len();
            table.cells(batch.input.sparse_row(row as usize), &mut self.cells);
            self.ends.push(self.cells.len());
            self.line.clear();
            self.line.extend_from_slice(&batch.layers[0].bias);
            let cells = &self.cells[start..];
            batch.level.run(Gather { cells, table: entries, stride, out: &mut self.line });
            for (panel, line) in self.line.iter().enumerate() {
                self.tables[1].panel_mut(panel)[at] = *line;
            }
        }
    }

    /// Dropout: silences some outputs of a layer and lifts the others, so that their mean stays.
    fn silence(&mut self, batch: &Batch<'_>, at: usize) {
        let (table, mask) = (&mut self.tables[at + 1], &mut self.masks[at]);
        let limit = (f64::from(batch.dropout) * f64::from(u32::MAX)) as u32;
        let lift = 1.0 / (1.0 - batch.dropout);
        let (rows, width) = (mask.rows(), mask.width());
        for row in 0..rows {
            let place = (self.first + row) as u64;
            let mut random = Random::new(batch.seed ^ place << 20 ^ (at as u64) << 52);
            let lines = mask.lines_mut();
            for column in 0..width {
                let kept = (random.bits() >> 32) as u32 >= limit;
                lines[column / LANES * rows + row].0[column % LANES] = if kept { lift } else { 0.0 };
            }
        }
        multiply(table, mask);
    }

    /// The deltas of the last layer and the loss of each row.
    fn compare(&mut self, batch: &Batch<'_>, rows: &[u32]) {
        let last = batch.layers.len() - 1;
        let (outputs, deltas) = (&mut self.tables[last + 1], &mut self.deltas[last]);
        if batch.head == Head::Softmax {
            batch.level.run(Softmax { table: outputs });
        }
        deltas.lines_mut().copy_from_slice(outputs.lines());
        self.losses.clear();
        let (count, width) = (rows.len(), deltas.width());
        let lines = deltas.lines_mut();
        for (at, &row) in rows.iter().enumerate() {
            let weight = batch.weights.map_or(1.0, |weights| weights[row as usize]);
            let mut loss = 0.0;
            match batch.target {
                Target::Classes { codes, .. } => {
                    let code = codes[row as usize] as usize;
                    let slot = &mut lines[code / LANES * count + at].0[code % LANES];
                    loss -= surprise(*slot);
                    *slot -= 1.0;
                }
                Target::Numbers { values, .. } => {
                    for column in 0..width {
                        let slot = &mut lines[column / LANES * count + at].0[column % LANES];
                        *slot -= values[row as usize * width + column];
                        loss += 0.5 * f64::from(*slot) * f64::from(*slot);
                    }
                }
            }
            for line in lines.iter_mut().skip(at).step_by(count) {
                line.0.iter_mut().for_each(|delta| *delta *= weight * batch.share);
            }
            self.losses.push(loss * f64::from(weight));
        }
    }

    fn backward(&mut self, batch: &Batch<'_>) {
        for at in (1..batch.layers.len()).rev() {
            let (before, after) = self.deltas.split_at_mut(at);
            let (deltas, layer) = (&mut before[at - 1], &batch.layers[at]);
            let none = &layer.nothing[..];
            let (a, b) = (&after[0], &layer.transposed);
            let bias = Some(none);
            if let Some((_, b)) = &layer.half {
                let (rows, pairs) = &mut self.half_deltas[at];
                batch.level.run_half(Halve { table: a, rows: Some(rows), pairs: Some(pairs) });
                batch.level.run_half(HalfMultiply { a: rows, b, bias, relu: false, c: deltas });
            } else {
                if layer.skip_back || batch.look {
                    batch.level.run(Mark { table: a, columns: false, marks: &mut self.delta_marks[at] });
                }
                let marks = layer.skip_back.then(|| &self.delta_marks[at]);
                batch.level.run(Multiply { a, marks, b, bias, relu: false, c: deltas });
            }
            let mut kept = 1.0;
            if batch.dropout > 0.0 {
                multiply(deltas, &self.masks[at - 1]);
                kept = 1.0 - batch.dropout;
            }
            let outputs = &self.tables[at];
            batch.level.run(Slope { activation: batch.activation, outputs, kept, deltas });
        }
        if batch.layers[0].half.is_some() {
            let pairs = Some(&mut self.half_deltas[0].1);
            batch.level.run_half(Halve { table: &self.deltas[0], rows: None, pairs });
        }
    }
}

/// The logarithm of a probability, which softmax may have rounded to nothing.
pub(super) fn surprise(probability: f32) -> f64 {
    f64::from(probability).max(1e-15).ln()
}

fn multiply(table: &mut Panels, by: &Panels) {
    for (line, by) in table.lines_mut().iter_mut().zip(by.lines()) {
        line.0.iter_mut().zip(by.0).for_each(|(value, by)| *value *= by);
    }
}
