//! The products again, reading only what is multiplied with a number that is not zero.
//!
//! One number times up to six panels of the right table at a time, whose 64 rows at hand lie packed in the first
//! cache. Each sum takes the same numbers in the same order as in the dense products, so the results are the same.

use super::functions::each;
use super::marks::{BLOCK, Marks, PANELS};
use super::multiply::Multiply;
use super::outer::Outer;
use super::{fused, prefetch};
use crate::nets::panels::{LANES, Line, Panels};

/// Most panels of the right table that are worked on at once: their sums and one number fill the registers.
pub const WIDEST: usize = 6;
/// The same where registers hold four numbers.
const NARROW: usize = 3;

const NOTHING: [f32; LANES] = [0.0; LANES];

/// Cuts so many panels into stretches of nearly equal length, each at most `most`.
pub fn stretches(panels: usize, most: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let count = panels.div_ceil(most);
    (0..count).map(move |at| at * panels / count..(at + 1) * panels / count)
}

/// The most panels that a level works on at once.
#[inline(always)]
fn widest<const TALL: usize>() -> usize {
    if TALL == 2 { NARROW } else { WIDEST }
}

/// `sums += Σ value × row of the block` over the bits of a word.
#[inline(always)]
fn sum<const WIDE: usize, const FUSED: bool>(
    mut word: u64,
    block: &[[Line; WIDE]; BLOCK],
    value: impl Fn(usize) -> f32,
    sums: &mut [[f32; LANES]; WIDE],
) {
    let mut found = *sums;
    while word != 0 {
        let k = word.trailing_zeros() as usize % BLOCK;
        word &= word - 1;
        let x = value(k);
        for p in 0..WIDE {
            for lane in 0..LANES {
                found[p][lane] = fused::<FUSED>(x, block[k][p].0[lane], found[p][lane]);
            }
        }
    }
    *sums = found;
}

/// Copies the lines from `from` on, at most 64, of some panels: those of one row side by side.
#[inline(always)]
fn pack<const WIDE: usize>(table: &Panels, first: usize, from: usize, block: &mut [[Line; WIDE]; BLOCK]) {
    let to = (from + BLOCK).min(table.rows());
    for p in 0..WIDE {
        for (row, line) in block.iter_mut().zip(&table.panel(first + p)[from..to]) {
            row[p] = *line;
        }
    }
}

impl Multiply<'_> {
    /// The product by the marks of the left table's rows.
    #[inline(always)]
    pub(super) fn skipping<const TALL: usize, const FUSED: bool>(&mut self, marks: &Marks) {
        for stretch in stretches(self.b.count(), widest::<TALL>()) {
            match stretch.len() {
                6 => self.skip::<6, FUSED>(marks, stretch.start),
                5 => self.skip::<5, FUSED>(marks, stretch.start),
                4 => self.skip::<4, FUSED>(marks, stretch.start),
                3 => self.skip::<3, FUSED>(marks, stretch.start),
                2 => self.skip::<2, FUSED>(marks, stretch.start),
                _ => self.skip::<1, FUSED>(marks, stretch.start),
            }
        }
    }

    #[inline(always)]
    fn skip<const WIDE: usize, const FUSED: bool>(&mut self, marks: &Marks, first: usize) {
        let (rows, a) = (self.a.rows(), self.a.lines());
        let blocks = self.a.count().div_ceil(PANELS).max(1);
        let mut block = [[Line::ZERO; WIDE]; BLOCK];
        let b: [&[Line]; WIDE] = std::array::from_fn(|p| self.b.panel(first + p));
        let ahead = (WIDE * BLOCK).div_ceil(rows.max(1));
        let c = &mut self.c.lines_mut()[first * rows..(first + WIDE) * rows];
        if let Some(bias) = self.bias {
            for (p, c) in c.chunks_exact_mut(rows.max(1)).enumerate() {
                c.fill(bias[first + p]);
            }
        }
        for at in 0..blocks {
            let words = marks.rows.get(at * rows..(at + 1) * rows).unwrap_or_default();
            pack(self.b, first, at * BLOCK, &mut block);
            for (row, &word) in words.iter().enumerate() {
                // A part of the block that comes next, so that it need not be waited for.
                for place in row * ahead..((row + 1) * ahead).min(WIDE * BLOCK) {
                    if let Some(line) = b[place / BLOCK].get((at + 1) * BLOCK + place % BLOCK) {
                        prefetch(line);
                    }
                }
                let given: [&[f32; LANES]; PANELS] = std::array::from_fn(|panel| {
                    a.get((at * PANELS + panel) * rows + row).map_or(&NOTHING, |line| &line.0)
                });
                let mut sums = [[0.0; LANES]; WIDE];
                for p in 0..WIDE {
                    sums[p] = c[p * rows + row].0;
                }
                sum::<WIDE, FUSED>(word, &block, |k| given[k / LANES][k % LANES], &mut sums);
                for p in 0..WIDE {
                    c[p * rows + row].0 = sums[p];
                }
            }
        }
        // A pass of its own: within the loop above it would keep the compiler from whole vectors.
        if self.relu {
            each(c, |x| if x < 0.0 { 0.0 } else { x });
        }
    }
}

impl Outer<'_> {
    /// The gradient by the marks of the inputs' columns.
    #[inline(always)]
    pub(super) fn skipping<const TALL: usize, const FUSED: bool>(&mut self, marks: &Marks) {
        let panels = self.panels.clone();
        for stretch in stretches(panels.len(), widest::<TALL>()) {
            let (first, from) = (panels.start + stretch.start, stretch.start);
            match stretch.len() {
                6 => self.skip::<6, FUSED>(marks, first, from),
                5 => self.skip::<5, FUSED>(marks, first, from),
                4 => self.skip::<4, FUSED>(marks, first, from),
                3 => self.skip::<3, FUSED>(marks, first, from),
                2 => self.skip::<2, FUSED>(marks, first, from),
                _ => self.skip::<1, FUSED>(marks, first, from),
            }
        }
    }

    #[inline(always)]
    fn skip<const WIDE: usize, const FUSED: bool>(&mut self, marks: &Marks, first: usize, from: usize) {
        let (rows, inputs) = (self.a.rows(), self.a.count() * LANES);
        let mut block = [[Line::ZERO; WIDE]; BLOCK];
        let c = &mut self.c[from * inputs..(from + WIDE) * inputs];
        for (at, words) in marks.columns.chunks_exact(inputs.max(1)).enumerate() {
            let (start, end) = (at * BLOCK, ((at + 1) * BLOCK).min(rows));
            pack(self.b, first, start, &mut block);
            for (panel, words) in words.chunks_exact(LANES).enumerate() {
                let lines = &self.a.panel(panel)[start..end];
                for (lane, &word) in words.iter().enumerate() {
                    if word == 0 {
                        continue;
                    }
                    let input = panel * LANES + lane;
                    let mut sums = [[0.0; LANES]; WIDE];
                    for p in 0..WIDE {
                        sums[p] = c[p * inputs + input].0;
                    }
                    sum::<WIDE, FUSED>(word, &block, |k| lines[k].0[lane], &mut sums);
                    for p in 0..WIDE {
                        c[p * inputs + input].0 = sums[p];
                    }
                }
            }
        }
    }
}
