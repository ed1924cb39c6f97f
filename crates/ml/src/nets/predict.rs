//! Answers: many rows in chunks over all threads, or one row without taking memory.

use super::input::{Input, sound};
use super::kernels::{Activate, Cell, Gather, Level, Mark, Marks, Multiply, NONE, Row, Softmax, few};
use super::net::{Embedding, Head, Net, NetError, Stage};
use super::panels::{LANES, Line, Panels};
use rayon::prelude::*;
use vakhta_domain::spec::Activation;

/// Rows that go through the layers together.
pub(super) const CHUNK: usize = 96;
/// Rows times weights from which more than one thread is worth waking.
const MANY: usize = 20_000_000;

/// Memory for answers. One is enough for a thread; it grows to what the nets need and can serve several.
#[derive(Debug)]
pub struct Scratch {
    level: Level,
    /// The inputs, then what each layer gave.
    tables: Vec<Panels>,
    cells: Vec<Cell>,
    inputs: Vec<(u32, f32)>,
    marks: Marks,
    start: Vec<Line>,
    out: Vec<f32>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self::at(Level::best())
    }
}

impl Scratch {
    /// For kernels of this level.
    pub fn at(level: Level) -> Self {
        Self {
            level,
            tables: vec![],
            cells: vec![],
            inputs: vec![],
            marks: Marks::default(),
            start: vec![],
            out: vec![],
        }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// What came out of the last layer.
    pub(super) fn answers(&self) -> &Panels {
        &self.tables[self.tables.len() - 1]
    }

    /// Makes the tables fit a net and so many rows.
    fn fit(&mut self, net: &Net, rows: usize) {
        let widths = std::iter::once(net.stages[0].inputs).chain(net.stages.iter().map(Stage::outputs));
        if !self.tables.iter().map(Panels::width).eq(widths.clone()) {
            self.tables = widths.map(|width| Panels::zero(rows, width)).collect();
        }
        for table in &mut self.tables {
            if table.rows() != rows {
                table.resize(rows);
            }
        }
    }
}

impl Embedding {
    /// The cells of a row that have weights.
    pub(super) fn cells(&self, (columns, values): (&[u32], &[f32]), cells: &mut Vec<Cell>) {
        cells.clear();
        for (&column, &value) in columns.iter().zip(values) {
            match self.slots.get(column as usize) {
                Some(&slot) if slot != NONE => cells.push(Cell { slot, value: sound(value) }),
                _ => {}
            }
        }
    }
}

/// Copies a row in, each value as a net reads it.
pub(super) fn load(row: &[f32], at: usize, table: &mut Panels) {
    let rows = table.rows();
    let lines = table.lines_mut();
    for (panel, chunk) in row.chunks(LANES).enumerate() {
        for (slot, &value) in lines[panel * rows + at].0.iter_mut().zip(chunk) {
            *slot = sound(value);
        }
    }
}

/// The activation of a stage, and whether its product already applies it.
fn activation(net: &Net, stage: usize) -> (Activation, bool) {
    let hidden = stage + 1 < net.stages.len();
    let activation = if hidden { net.activation } else { Activation::Identity };
    (activation, activation == Activation::Relu)
}

fn finish(head: Head, level: Level, table: &mut Panels) {
    match head {
        Head::Softmax => level.run(Softmax { table }),
        Head::Logistic => level.run(Activate { activation: Activation::Logistic, table }),
        Head::Linear => {}
    }
}

impl Net {
    /// What the net says of each row, row after row: [`Net::outputs`] probabilities or numbers each. Large inputs
    /// use the threads of the pool that it is called in.
    pub fn predict(&self, input: Input<'_>) -> Result<Vec<f32>, NetError> {
        self.check(input)?;
        let (rows, outputs) = (input.rows(), self.outputs());
        let mut out = vec![0.0; rows * outputs];
        let weights: usize = self.stages.iter().map(|s| s.inputs * s.outputs()).sum();
        if rows * weights < MANY {
            self.predict_into(input, &mut Scratch::default(), &mut out)?;
        } else {
            out.par_chunks_mut(CHUNK * outputs).enumerate().for_each_init(
                Scratch::default,
                |scratch, (i, out)| {
                    self.chunk(input, i * CHUNK, out.len() / outputs, scratch);
                    give(scratch, out);
                },
            );
        }
        Ok(out)
    }

    /// As [`Net::predict`], on this thread and into memory that is there: `out` holds rows × outputs.
    pub fn predict_into(
        &self,
        input: Input<'_>,
        scratch: &mut Scratch,
        out: &mut [f32],
    ) -> Result<(), NetError> {
        self.check(input)?;
        let (rows, outputs) = (input.rows(), self.outputs());
        if out.len() != rows * outputs {
            return Err(NetError::Lengths { what: "places for outputs", found: out.len(), rows });
        }
        for (i, out) in out.chunks_mut(CHUNK * outputs).enumerate() {
            self.chunk(input, i * CHUNK, out.len() / outputs, scratch);
            give(scratch, out);
        }
        Ok(())
    }

    /// What the net says of one row. Columns of `sparse` ascend or not; those out of range add nothing.
    pub fn predict_row<'s>(
        &self,
        dense: &[f32],
        sparse: (&[u32], &[f32]),
        scratch: &'s mut Scratch,
    ) -> Result<&'s [f32], NetError> {
        if dense.len() != self.stages[0].inputs {
            return Err(self.wrong_columns((dense.len(), self.widths().1)));
        }
        self.row(dense, sparse, scratch);
        let last = &mut scratch.tables[self.stages.len()];
        finish(self.head, scratch.level, last);
        scratch.out.resize(self.outputs(), 0.0);
        last.copy_row(0, &mut scratch.out);
        Ok(&scratch.out)
    }

    /// One row through all layers, up to the sums of the last.
    pub(super) fn row<'s>(
        &self,
        dense: &[f32],
        sparse: (&[u32], &[f32]),
        scratch: &'s mut Scratch,
    ) -> &'s mut [Panels] {
        scratch.fit(self, 1);
        let level = scratch.level;
        load(dense, 0, &mut scratch.tables[0]);
        for (at, stage) in self.stages.iter().enumerate() {
            let (activation, relu) = activation(self, at);
            scratch.start.clear();
            scratch.start.extend_from_slice(&stage.bias);
            if let (0, Some(embedding)) = (at, &self.embedding) {
                embedding.cells(sparse, &mut scratch.cells);
                let stride = scratch.start.len();
                let (cells, out) = (&scratch.cells, &mut scratch.start);
                level.run(Gather { cells, table: &embedding.table, stride, out });
            }
            let (before, after) = scratch.tables.split_at_mut(at + 1);
            let count = not_zero(before[at].lines(), &mut scratch.inputs);
            let table = &mut after[0];
            let inputs = &scratch.inputs[..count];
            let (weights, bias) = (&stage.weights, &scratch.start);
            level.run(Row { inputs, weights, bias, relu, out: table.lines_mut() });
            if !relu {
                level.run(Activate { activation, table });
            }
        }
        &mut scratch.tables
    }

    /// Some rows through all layers; [`Scratch::answers`] holds what comes out.
    pub(super) fn rows(&self, input: Input<'_>, rows: &[u32], scratch: &mut Scratch) {
        self.pass(input, rows.len(), |at| rows[at] as usize, scratch);
    }

    fn chunk(&self, input: Input<'_>, first: usize, rows: usize, scratch: &mut Scratch) {
        self.pass(input, rows, |at| first + at, scratch);
    }

    fn pass(&self, input: Input<'_>, rows: usize, place: impl Fn(usize) -> usize, scratch: &mut Scratch) {
        scratch.fit(self, rows);
        let level = scratch.level;
        for row in 0..rows {
            load(input.dense_row(place(row)), row, &mut scratch.tables[0]);
        }
        for (at, stage) in self.stages.iter().enumerate() {
            let (activation, relu) = activation(self, at);
            let (before, after) = scratch.tables.split_at_mut(at + 1);
            let c = &mut after[0];
            let mut bias = Some(&stage.bias[..]);
            if let (0, Some(embedding)) = (at, &self.embedding) {
                for row in 0..rows {
                    scratch.start.clear();
                    scratch.start.extend_from_slice(&stage.bias);
                    embedding.cells(input.sparse_row(place(row)), &mut scratch.cells);
                    let stride = scratch.start.len();
                    let (cells, out) = (&scratch.cells, &mut scratch.start);
                    level.run(Gather { cells, table: &embedding.table, stride, out });
                    for (panel, line) in scratch.start.iter().enumerate() {
                        c.panel_mut(panel)[row] = *line;
                    }
                }
                bias = None;
            }
            let a = &before[at];
            level.run(Mark { table: a, columns: false, marks: &mut scratch.marks });
            let skip = few(scratch.marks.count(), rows * a.count() * LANES);
            let marks = skip.then_some(&scratch.marks);
            level.run(Multiply { a, marks, b: &stage.weights, bias, relu, c });
            if !relu {
                level.run(Activate { activation, table: c });
            }
        }
        finish(self.head, level, &mut scratch.tables[self.stages.len()]);
    }

    pub(super) fn check(&self, input: Input<'_>) -> Result<(), NetError> {
        input.check()?;
        if input.widths() == self.widths() { Ok(()) } else { Err(self.wrong_columns(input.widths())) }
    }

    pub(super) fn wrong_columns(&self, (found_dense, found_sparse): (usize, usize)) -> NetError {
        let (dense, sparse) = self.widths();
        NetError::Columns { found_dense, found_sparse, dense, sparse }
    }
}

fn give(scratch: &Scratch, out: &mut [f32]) {
    if let Some(last) = scratch.tables.last() {
        for (row, out) in out.chunks_mut(last.width()).enumerate() {
            last.copy_row(row, out);
        }
    }
}

/// Puts the numbers that are not zero to the front of `found`, with their places; says how many there are.
fn not_zero(lines: &[Line], found: &mut Vec<(u32, f32)>) -> usize {
    if found.len() < lines.len() * LANES {
        found.resize(lines.len() * LANES, (0, 0.0));
    }
    let mut count = 0;
    let mut place = 0;
    for line in lines {
        for &value in &line.0 {
            // Written always and kept sometimes: cheaper than a branch that nobody can foresee.
            found[count] = (place, value);
            count += usize::from(value != 0.0);
            place += 1;
        }
    }
    count
}
