//! A table times a weight table: the product of the way forward and of the way back.

use super::{Kernel, Marks, fused, prefetch};
use crate::nets::panels::{LANES, Line, Panels};

/// Panels of the left table that are worked on before the next: as much of the right one as the first cache holds.
const DEEP: usize = 16;

/// `c = a × b + bias`, then `max(0, c)` if `relu`. `b` has a row for each column of `a`, filled up to whole panels;
/// `c` as many rows as `a` and as many columns as `b`.
pub struct Multiply<'a> {
    /// The left table.
    pub a: &'a Panels,
    /// Its numbers that are not zero, where so many are zero that the others are better sought out.
    pub marks: Option<&'a Marks>,
    /// The right table.
    pub b: &'a Panels,
    /// What every row of the product starts from, or none where it adds to what `c` holds.
    pub bias: Option<&'a [Line]>,
    /// Whether negative sums become zero.
    pub relu: bool,
    /// The product.
    pub c: &'a mut Panels,
}

impl Kernel for Multiply<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(mut self) {
        let (rows, depth) = (self.a.rows(), self.a.count());
        let a = self.a.lines();
        assert!(self.b.rows() == depth * LANES && self.c.rows() == rows, "tables that do not fit");
        if let Some(marks) = self.marks {
            self.skipping::<TALL, FUSED>(marks);
            return;
        }
        for panel in 0..self.b.count() {
            let (b, c) = (self.b.panel(panel), self.c.panel_mut(panel));
            if let Some(bias) = self.bias {
                c.fill(bias[panel]);
            }
            let mut from = 0;
            loop {
                let to = (from + DEEP).min(depth);
                let block = Block { a, rows, from, to, b, relu: self.relu && to == depth };
                let mut row = 0;
                row = block.tiles::<TALL, FUSED>(row, c);
                row = block.tiles::<8, FUSED>(row, c);
                row = block.tiles::<4, FUSED>(row, c);
                row = block.tiles::<2, FUSED>(row, c);
                block.tiles::<1, FUSED>(row, c);
                if to == depth {
                    break;
                }
                from = to;
            }
        }
    }
}

/// Some panels of the left table against one of the right.
struct Block<'a> {
    a: &'a [Line],
    rows: usize,
    from: usize,
    to: usize,
    b: &'a [Line],
    relu: bool,
}

impl Block<'_> {
    /// As many tiles of `TALL` rows as fit from `row` on; the first row that is left.
    #[inline(always)]
    fn tiles<const TALL: usize, const FUSED: bool>(&self, mut row: usize, c: &mut [Line]) -> usize {
        while self.rows - row >= TALL {
            let (tile, _) = c[row..].split_first_chunk_mut::<TALL>().expect("so many rows are left");
            self.tile::<TALL, FUSED>(row, tile);
            row += TALL;
        }
        row
    }

    #[inline(always)]
    fn tile<const TALL: usize, const FUSED: bool>(&self, row: usize, c: &mut [Line; TALL]) {
        let mut sums = [[0.0; LANES]; TALL];
        for r in 0..TALL {
            sums[r] = c[r].0;
        }
        for panel in self.from..self.to {
            let a = self.a[panel * self.rows + row..].first_chunk::<TALL>().expect("the row is within");
            let b = self.b[panel * LANES..].first_chunk::<LANES>().expect("a row for each column");
            // The next tile's rows: they lie too far apart for the processor to foresee them.
            if let Some(next) = self.a[panel * self.rows + row..].get(TALL..2 * TALL) {
                for r in 0..TALL {
                    prefetch(&next[r]);
                }
            }
            for k in 0..LANES {
                for r in 0..TALL {
                    let x = a[r].0[k];
                    for lane in 0..LANES {
                        sums[r][lane] = fused::<FUSED>(x, b[k].0[lane], sums[r][lane]);
                    }
                }
            }
        }
        for r in 0..TALL {
            for lane in 0..LANES {
                // A comparison that lets NaN through, as `max` would not.
                let sum = sums[r][lane];
                c[r].0[lane] = if self.relu && sum < 0.0 { 0.0 } else { sum };
            }
        }
    }
}
