//! The best place to split a leaf.
//!
//! The gain of a split is `gl²/ml + gr²/mr − g²/m` (g: gradient sums, m: masses, l and r: the two sides).
//! With `g = gl + gr` and `m = ml + mr` it equals `(gl·m − g·ml)² / (m·ml·mr)`, so two splits of one leaf are
//! compared by cross-multiplication, without a division per bin.

use super::bins::{Binned, LANES};
use super::histogram::{BlockHistogram, unpack};

/// A split of one leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// How much the sum of squared errors falls, in quantised units.
    pub gain: f64,
    /// The feature.
    pub feature: usize,
    /// Bins 1 to this go left.
    pub bin: u8,
    /// Whether missing values go left; none if the leaf has none.
    pub missing_left: Option<bool>,
}

/// Sums over a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// Of quantised gradients.
    pub gradient: i64,
    /// Of masses.
    pub mass: u64,
}

/// The best split of a leaf by the features of one block, if any side-by-side division leaves at least
/// `min_mass` on both sides. Ties go to the lower feature and the lower bin, so that the answer does not
/// depend on the order of blocks.
pub fn best_of_block(
    histogram: &BlockHistogram,
    binned: &Binned,
    block: usize,
    leaf: Sums,
    min_mass: u64,
) -> Option<Split> {
    let mut best: Option<Split> = None;
    for (lane, &feature) in binned.lanes[block].iter().enumerate().take(LANES) {
        let used = binned.used[feature].min(256);
        let found = best_of_feature(&histogram[lane][..used], leaf, min_mass);
        if let Some((gain, bin, missing_left)) = found {
            best = better(best, Some(Split { gain, feature, bin, missing_left }));
        }
    }
    best
}

/// The better of two splits; on equal gain the one of the lower feature.
pub fn better(a: Option<Split>, b: Option<Split>) -> Option<Split> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let second = b.gain > a.gain || (b.gain == a.gain && b.feature < a.feature);
            Some(if second { b } else { a })
        }
        (one, other) => one.or(other),
    }
}

fn best_of_feature(cells: &[u64], leaf: Sums, min_mass: u64) -> Option<(f64, u8, Option<bool>)> {
    let (gradient, mass) = (leaf.gradient as f64, leaf.mass as f64);
    let (missing_gradient, missing_mass) = unpack(cells[0]);
    // Best so far as a fraction: `numerator / denominator`.
    let (mut numerator, mut denominator, mut at) = (0.0f64, 1.0f64, None);
    let mut scan = |start: Sums, missing_left: Option<bool>| {
        let mut left = start;
        for (bin, &cell) in cells.iter().enumerate().skip(1) {
            if cell == 0 {
                continue;
            }
            let (g, m) = unpack(cell);
            left.gradient += g;
            left.mass += m;
            if left.mass < min_mass {
                continue;
            }
            let right_mass = leaf.mass - left.mass;
            if right_mass < min_mass {
                break;
            }
            let difference = left.gradient as f64 * mass - gradient * left.mass as f64;
            let (n, d) = (difference * difference, left.mass as f64 * right_mass as f64);
            if n * denominator > numerator * d {
                (numerator, denominator, at) = (n, d, Some((bin as u8, missing_left)));
            }
        }
    };
    if missing_mass > 0 {
        scan(Sums { gradient: missing_gradient, mass: missing_mass }, Some(true));
        scan(Sums::default(), Some(false));
    } else {
        scan(Sums::default(), None);
    }
    at.map(|(bin, missing_left)| (numerator / denominator / mass, bin, missing_left))
}

#[cfg(test)]
mod tests {
    use super::super::histogram::pack;
    use super::*;

    #[test]
    fn finds_the_step_and_the_gain() {
        // Ten rows with gradient -1 in bin 1, ten with +1 in bin 2.
        let mut cells = [0u64; 4];
        cells[1] = pack(-10, 10);
        cells[2] = pack(10, 10);
        let leaf = Sums { gradient: 0, mass: 20 };
        let (gain, bin, _) = best_of_feature(&cells, leaf, 1).expect("a split");
        assert_eq!(bin, 1);
        assert!((gain - 20.0).abs() < 1e-9, "100/10 + 100/10 - 0 = 20, got {gain}");
        assert!(best_of_feature(&cells, leaf, 11).is_none());
    }

    #[test]
    fn missing_values_take_the_side_that_they_resemble() {
        let mut cells = [0u64; 4];
        cells[0] = pack(8, 8);
        cells[1] = pack(-10, 10);
        cells[2] = pack(10, 10);
        let leaf = Sums { gradient: 8, mass: 28 };
        let (_, bin, missing_left) = best_of_feature(&cells, leaf, 1).expect("a split");
        assert_eq!((bin, missing_left), (1, Some(false)));
        cells[0] = pack(-8, 8);
        let leaf = Sums { gradient: -8, mass: 28 };
        let (_, bin, missing_left) = best_of_feature(&cells, leaf, 1).expect("a split");
        assert_eq!((bin, missing_left), (1, Some(true)));
    }

    #[test]
    fn a_constant_gradient_gives_no_gain() {
        let mut cells = [0u64; 4];
        cells[1] = pack(10, 10);
        cells[2] = pack(10, 10);
        assert!(best_of_feature(&cells, Sums { gradient: 20, mass: 20 }, 1).is_none());
    }
}
