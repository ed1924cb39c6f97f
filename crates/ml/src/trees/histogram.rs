//! Sums of gradients by bin.
//!
//! A cell packs the sum of quantised gradients (upper 40 bits, signed) and the sum of row masses (lower 24
//! bits) in one `u64`. Adding rows is one integer addition, exact in any order: this is why any number of
//! threads makes the same model.

use super::bins::LANES;

/// Bits of the mass.
const MASS_BITS: u32 = 24;
const MASS_MASK: u64 = (1 << MASS_BITS) - 1;

/// The largest sum of masses that a cell can hold.
pub const MAX_MASS: u64 = MASS_MASK;
/// The largest absolute sum of quantised gradients that a cell can hold.
pub const MAX_GRADIENT: i64 = (1 << 38) - 1;

/// The histograms of one block of features.
pub type BlockHistogram = [[u64; 256]; LANES];

/// A gradient and a mass as one summand. Sums of cells never overflow into each other: the mass is never
/// negative and its sum stays below [`MAX_MASS`].
pub fn pack(gradient: i64, mass: u64) -> u64 {
    ((gradient as u64) << MASS_BITS).wrapping_add(mass)
}

/// The two sums of a cell.
#[inline]
pub fn unpack(cell: u64) -> (i64, u64) {
    let mass = cell & MASS_MASK;
    ((cell.wrapping_sub(mass) as i64) >> MASS_BITS, mass)
}

/// Adds the rows of a leaf. `summands` holds the packed gradients in the order of `rows`.
pub fn accumulate(
    histogram: &mut BlockHistogram,
    block: &[[u8; LANES]],
    rows: &[u32],
    summands: &[u64],
    lanes: usize,
) {
    if lanes == LANES {
        for (&row, &summand) in rows.iter().zip(summands) {
            let bins = block[row as usize];
            for lane in 0..LANES {
                let cell = &mut histogram[lane][usize::from(bins[lane])];
                *cell = cell.wrapping_add(summand);
            }
        }
    } else {
        for (&row, &summand) in rows.iter().zip(summands) {
            let bins = block[row as usize];
            for lane in 0..lanes.min(LANES) {
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
        for (g, m) in [(0, 0), (-1, 1), (1, 1), (-MAX_GRADIENT, MAX_MASS), (MAX_GRADIENT, 7)] {
            assert_eq!(unpack(pack(g, m)), (g, m));
        }
        let sum = [(-5i64, 3u64), (12, 4), (-100, 1)]
            .iter()
            .fold(0u64, |sum, &(g, m)| sum.wrapping_add(pack(g, m)));
        assert_eq!(unpack(sum), (-93, 8));
        assert_eq!(unpack(sum.wrapping_sub(pack(12, 4))), (-105, 4));
    }
}
