//! The sparse first layer: sums of table rows on the way forward, a step for each row that a batch touched.

use super::update::{Rule, step};
use super::{Kernel, fused, prefetch};
use crate::nets::panels::{LANES, Line};

/// Lines of a row that are summed at once.
const WIDE: usize = 4;
/// How many cells ahead the table is asked for.
const AHEAD: usize = 6;

/// No such link.
pub const NONE: u32 = u32::MAX;

/// A cell that is not zero: the table's row that its column has, and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Row of the table.
    pub slot: u32,
    /// The value.
    pub value: f32,
}

/// `out += Σ value × table row` over the cells of one row of input.
pub struct Gather<'a> {
    /// The cells.
    pub cells: &'a [Cell],
    /// The table.
    pub table: &'a [Line],
    /// Lines from one row of the table to the next.
    pub stride: usize,
    /// The sums; as many lines as a row of weights has.
    pub out: &'a mut [Line],
}

impl Kernel for Gather<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        let (wide, rest) = self.out.as_chunks_mut::<WIDE>();
        for (chunk, out) in wide.iter_mut().enumerate() {
            gather::<WIDE, FUSED>(self.cells, self.table, self.stride, chunk * WIDE, out);
        }
        let done = wide.len() * WIDE;
        for (line, out) in rest.iter_mut().enumerate() {
            gather::<1, FUSED>(self.cells, self.table, self.stride, done + line, std::array::from_mut(out));
        }
    }
}

#[inline(always)]
fn gather<const COUNT: usize, const FUSED: bool>(
    cells: &[Cell],
    table: &[Line],
    stride: usize,
    first: usize,
    out: &mut [Line; COUNT],
) {
    let mut sums = [[0.0; LANES]; COUNT];
    for l in 0..COUNT {
        sums[l] = out[l].0;
    }
    for (at, cell) in cells.iter().enumerate() {
        if let Some(next) = cells.get(at + AHEAD) {
            let from = next.slot as usize * stride + first;
            for l in 0..COUNT {
                prefetch(&table[from + l]);
            }
        }
        let row = table[cell.slot as usize * stride + first..].first_chunk::<COUNT>().expect("a whole row");
        for l in 0..COUNT {
            for lane in 0..LANES {
                sums[l][lane] = fused::<FUSED>(cell.value, row[l].0[lane], sums[l][lane]);
            }
        }
    }
    for l in 0..COUNT {
        out[l].0 = sums[l];
    }
}

/// One use of a table row in a batch; the uses of a row form a chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The row of the batch.
    pub row: u32,
    /// The next use, or [`NONE`].
    pub next: u32,
    /// The value of the cell.
    pub value: f32,
}

/// A table row that a batch used, and the first of its uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touched {
    /// Row of the table.
    pub slot: u32,
    /// Its first link.
    pub head: u32,
}

/// A step of the optimiser for the rows of one stretch of the table that a batch touched; the others stay as
/// they are ("lazy": neither their means nor their weights decay).
pub struct EmbedStep<'a> {
    /// How weights move.
    pub rule: Rule,
    /// The part of each weight that is added to its gradient.
    pub decay: f32,
    /// The rows touched.
    pub touched: &'a [Touched],
    /// The chains.
    pub links: &'a [Link],
    /// The deltas of the first layer: `lines` for each row of the batch.
    pub deltas: &'a [Line],
    /// Lines of a row of weights. A table row has three times as many: weights, means, squares.
    pub lines: usize,
    /// The table's row that `entries` starts with.
    pub first: u32,
    /// The stretch of the table.
    pub entries: &'a mut [Line],
}

impl Kernel for EmbedStep<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(mut self) {
        let lines = self.lines;
        for at in 0..self.touched.len() {
            if let Some(next) = self.touched.get(at + 1) {
                let from = (next.slot - self.first) as usize * 3 * lines;
                for line in &self.entries[from..from + 3 * lines] {
                    prefetch(line);
                }
            }
            let Touched { slot, head } = self.touched[at];
            let from = (slot - self.first) as usize * 3 * lines;
            let mut line = 0;
            while lines - line >= WIDE {
                self.move_lines::<WIDE, FUSED>(from, line, head);
                line += WIDE;
            }
            while line < lines {
                self.move_lines::<1, FUSED>(from, line, head);
                line += 1;
            }
        }
    }
}

impl EmbedStep<'_> {
    #[inline(always)]
    fn move_lines<const COUNT: usize, const FUSED: bool>(&mut self, from: usize, line: usize, head: u32) {
        let lines = self.lines;
        let mut sums = [[0.0; LANES]; COUNT];
        let mut next = head;
        while next != NONE {
            let link = self.links[next as usize];
            let delta =
                self.deltas[link.row as usize * lines + line..].first_chunk::<COUNT>().expect("a whole row");
            for l in 0..COUNT {
                for lane in 0..LANES {
                    sums[l][lane] = fused::<FUSED>(link.value, delta[l].0[lane], sums[l][lane]);
                }
            }
            next = link.next;
        }
        let (weights, moments) = self.entries[from..from + 3 * lines].split_at_mut(lines);
        let (means, squares) = moments.split_at_mut(lines);
        for l in 0..COUNT {
            let at = line + l;
            step(self.rule, self.decay, &sums[l], &mut weights[at], &mut means[at], &mut squares[at]);
        }
    }
}
