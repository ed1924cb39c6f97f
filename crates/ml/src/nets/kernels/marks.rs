//! Which numbers of a table are not zero, a bit each: after `relu`, dropout or one-hot columns many are, and the
//! products need not read what they are multiplied with.

use super::Kernel;
use crate::nets::panels::{LANES, Line, Panels};

/// Columns of a row, or rows of a column, whose bits are one word.
pub const BLOCK: usize = 64;
/// Panels of such a word.
pub const PANELS: usize = BLOCK / LANES;

/// The share of numbers that are not zero below which seeking them out is faster.
const BARE: f64 = 0.75;

/// Whether so few of a table's numbers are not zero that seeking them out is faster.
pub fn few(count: u64, numbers: usize) -> bool {
    (count as f64) < BARE * numbers as f64
}

/// The bits of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks {
    /// Words of the rows: those of the first 64 columns of all rows, then those of the next.
    pub rows: Vec<u64>,
    /// Words of the columns: those of the first 64 rows of all columns (filled up to whole panels), then the next.
    pub columns: Vec<u64>,
}

impl Marks {
    /// How many bits are set.
    pub fn count(&self) -> u64 {
        self.rows.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// Looks for the numbers of a table that are not zero. What is no number counts as not zero.
pub struct Mark<'a> {
    /// The table.
    pub table: &'a Panels,
    /// Whether the words of columns are wanted too.
    pub columns: bool,
    /// The bits.
    pub marks: &'a mut Marks,
}

impl Kernel for Mark<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        let (rows, panels) = (self.table.rows(), self.table.count());
        let Marks { rows: row_words, columns } = self.marks;
        row_words.clear();
        row_words.resize(rows * panels.div_ceil(PANELS), 0);
        columns.clear();
        if self.columns {
            columns.resize(rows.div_ceil(BLOCK) * panels * LANES, 0);
        }
        // Numbers that the compiler does not know, or it would treat the first lane apart.
        let bits: [u32; LANES] = std::hint::black_box(std::array::from_fn(|lane| 1 << lane));
        for panel in 0..panels {
            let lines = self.table.panel(panel);
            let words = &mut row_words[panel / PANELS * rows..][..rows];
            let shift = panel % PANELS * LANES;
            for (word, line) in words.iter_mut().zip(lines) {
                let mut found = [0; LANES];
                for lane in 0..LANES {
                    found[lane] = if line.0[lane] == 0.0 { 0 } else { bits[lane] };
                }
                *word |= u64::from(found.iter().fold(0, |all, bit| all | bit)) << shift;
            }
            if !self.columns {
                continue;
            }
            for (at, lines) in lines.chunks(BLOCK).enumerate() {
                let (low, high) = lines.split_at(lines.len().min(BLOCK / 2));
                let (low, high) = (column_bits(low), column_bits(high));
                let words = &mut columns[(at * panels + panel) * LANES..][..LANES];
                for lane in 0..LANES {
                    words[lane] = u64::from(high[lane]) << 32 | u64::from(low[lane]);
                }
            }
        }
    }
}

/// A bit for each of at most 32 lines, in each of their columns.
#[inline(always)]
fn column_bits(lines: &[Line]) -> [u32; LANES] {
    let mut found = [0; LANES];
    let mut bit = 1;
    for line in lines {
        for lane in 0..LANES {
            found[lane] |= if line.0[lane] == 0.0 { 0 } else { bit };
        }
        bit <<= 1;
    }
    found
}
