//! Sums of gradients by bin.
//!
//! A cell packs the sum of quantised gradients (upper bits, signed) and the sum of row masses (lower bits) in one
//! `u64`. Adding rows is one integer addition, exact in any order: this is why any number of threads makes the
//! same model.

use super::bins::LANES;

/// How the bits of a cell are shared out between gradients and masses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing {
    mass_bits: u32,
}

impl Packing {
    /// For rows that all have mass 1: 40 bits of gradients, up to 16 million rows.
    pub const COUNTS: Self = Self { mass_bits: 24 };
    /// For masses that are quantised curvatures: 32 bits of each.
    pub const CURVATURES: Self = Self { mass_bits: 32 };

    /// The largest sum of masses that a cell can hold.
    pub const fn max_mass(self) -> u64 {
        (1 << self.mass_bits) - 1
    }

    /// The largest absolute sum of quantised gradients that a cell can hold.
    pub const fn max_gradient(self) -> i64 {
        (1 << (62 - self.mass_bits)) - 1
    }

    /// Bits of the mass.
    pub const fn mass_bits(self) -> u32 {
        self.mass_bits
    }

    /// A gradient and a mass as one summand. Sums of cells never overflow into each other: the mass is never
    /// negative and its sum stays below [`Packing::max_mass`].
    #[inline]
    pub fn pack(self, gradient: i64, mass: u64) -> u64 {
        ((gradient as u64) << self.mass_bits).wrapping_add(mass)
    }

    /// The two sums of a cell.
    #[inline]
    pub fn unpack(self, cell: u64) -> (i64, u64) {
        let mass = cell & self.max_mass();
        ((cell.wrapping_sub(mass) as i64) >> self.mass_bits, mass)
    }
}

/// The histograms of one block of features.
pub type BlockHistogram = [[u64; 256]; LANES];

/// Rows whose bins are fetched before the first of them is counted.
const AHEAD: usize = 64;

/// Adds the rows of a leaf. `summands` holds the packed gradients in the order of `rows`. Lanes beyond the
/// features of the block gather what nobody reads.
pub fn accumulate(histogram: &mut BlockHistogram, block: &[[u8; LANES]], rows: &[u32], summands: &[u64]) {
    let mut bins = [[0u8; LANES]; AHEAD];
    for (rows, summands) in rows.chunks(AHEAD).zip(summands.chunks(AHEAD)) {
        // The rows of a leaf lie apart: many fetches at once hide how long each of them takes.
        for (bins, &row) in bins.iter_mut().zip(rows) {
            *bins = block[row as usize];
        }
        for (bins, &summand) in bins.iter().zip(summands) {
            for lane in 0..LANES {
                let cell = &mut histogram[lane][usize::from(bins[lane])];
                *cell = cell.wrapping_add(summand);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_lossless_and_additive() {
        for packing in [Packing::COUNTS, Packing::CURVATURES] {
            let (most, heaviest) = (packing.max_gradient(), packing.max_mass());
            for (g, m) in [(0, 0), (-1, 1), (1, 1), (-most, heaviest), (most, 7)] {
                assert_eq!(packing.unpack(packing.pack(g, m)), (g, m));
            }
            let sum = [(-5i64, 3u64), (12, 4), (-100, 1)]
                .iter()
                .fold(0u64, |sum, &(g, m)| sum.wrapping_add(packing.pack(g, m)));
            assert_eq!(packing.unpack(sum), (-93, 8));
            assert_eq!(packing.unpack(sum.wrapping_sub(packing.pack(12, 4))), (-105, 4));
        }
    }
}
