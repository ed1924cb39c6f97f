//! The sparse first layer while it learns: a table of the columns that training meets, and lazy steps.

use super::input::{Input, sound};
use super::kernels::{Cell, EmbedStep, Level, Link, NONE, Rule, Touched};
use super::net::Embedding;
use super::panels::{LANES, Line};
use crate::random::Random;
use rayon::prelude::*;

/// Stretches of the table that are worked on independently.
const STRETCHES: usize = 16;
/// Cells of a batch from which more than one thread is worth waking.
const MANY: usize = 4_000;

/// The table: a row of weights, means and squares for each column that training rows have.
pub(super) struct Table {
    width: usize,
    outputs: usize,
    lines: usize,
    slots: Vec<u32>,
    entries: Vec<Line>,
    /// Rows of a stretch.
    stretch: usize,
    /// The chain of each row of the table in the batch at hand.
    heads: Vec<u32>,
    links: Vec<Link>,
    touched: [Vec<Touched>; STRETCHES],
}

impl Table {
    /// For the columns of `train`; weights are drawn evenly from -`bound` to `bound`, a column's by the seed and
    /// its number.
    pub(super) fn new(input: &Input<'_>, train: &[u32], outputs: usize, bound: f32, seed: u64) -> Self {
        let width = input.widths().1;
        let mut slots = vec![NONE; width];
        for &row in train {
            for &column in input.sparse_row(row as usize).0 {
                slots[column as usize] = 0;
            }
        }
        let mut count = 0;
        for slot in slots.iter_mut().filter(|slot| **slot != NONE) {
            *slot = count;
            count += 1;
        }
        let lines = outputs.div_ceil(LANES);
        let mut entries = vec![Line::ZERO; count as usize * lines * 3];
        for (column, &slot) in slots.iter().enumerate().filter(|&(_, &slot)| slot != NONE) {
            let mut random = Random::new(seed ^ (column as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            for output in 0..outputs {
                entries[slot as usize * lines * 3 + output / LANES].0[output % LANES] =
                    even(&mut random) * bound;
            }
        }
        let stretch = (count as usize).div_ceil(STRETCHES).max(1);
        let heads = vec![NONE; count as usize];
        let touched = Default::default();
        Self { width, outputs, lines, slots, entries, stretch, heads, links: vec![], touched }
    }

    /// Appends the cells of a row that have weights.
    pub(super) fn cells(&self, (columns, values): (&[u32], &[f32]), cells: &mut Vec<Cell>) {
        for (&column, &value) in columns.iter().zip(values) {
            let slot = self.slots[column as usize];
            if slot != NONE {
                cells.push(Cell { slot, value: sound(value) });
            }
        }
    }

    /// The table and the lines from one of its rows to the next.
    pub(super) fn entries(&self) -> (&[Line], usize) {
        (&self.entries, self.lines * 3)
    }

    /// Lines of a row of weights.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// Forgets the batch before.
    pub(super) fn clear(&mut self) {
        for touched in &mut self.touched {
            for Touched { slot, .. } in touched.drain(..) {
                self.heads[slot as usize] = NONE;
            }
        }
        self.links.clear();
    }

    /// Notes the cells of a row of the batch.
    pub(super) fn note(&mut self, row: usize, cells: &[Cell]) {
        for cell in cells {
            let head = &mut self.heads[cell.slot as usize];
            let link = self.links.len() as u32;
            self.links.push(Link { row: row as u32, next: *head, value: cell.value });
            if *head == NONE {
                let stretch = cell.slot as usize / self.stretch;
                self.touched[stretch].push(Touched { slot: cell.slot, head: link });
            }
            *head = link;
        }
    }

    /// A step for every row of the table that the batch touched. `deltas` has a row's lines after another's.
    pub(super) fn step(&mut self, level: Level, rule: Rule, decay: f32, deltas: &[Line]) {
        let (heads, links, lines) = (&self.heads, &self.links, self.lines);
        let stretch = self.stretch;
        let step = |(at, (entries, touched)): (usize, (&mut [Line], &mut Vec<Touched>))| {
            for touched in touched.iter_mut() {
                touched.head = heads[touched.slot as usize];
            }
            let first = (at * stretch) as u32;
            level.run(EmbedStep { rule, decay, touched, links, deltas, lines, first, entries });
        };
        let length = stretch * lines * 3;
        if links.len() < MANY {
            self.entries.chunks_mut(length).zip(&mut self.touched).enumerate().for_each(step);
        } else {
            self.entries.par_chunks_mut(length).zip(&mut self.touched).enumerate().for_each(step);
        }
    }

    /// What it has learnt.
    pub(super) fn embedding(&self) -> Embedding {
        let rows = self.entries.chunks_exact(self.lines * 3);
        let table = rows.flat_map(|row| &row[..self.lines]).copied().collect();
        Embedding { width: self.width, outputs: self.outputs, slots: self.slots.clone(), table }
    }
}

/// A number drawn evenly from -1 to 1.
pub(super) fn even(random: &mut Random) -> f32 {
    (random.bits() >> 40) as f32 / 8_388_608.0 - 1.0
}
