//! The best place to split a leaf.
//!
//! Without penalties the gain of a split is `gl²/ml + gr²/mr − g²/m` (g: sums of gradients, m: of masses, l and
//! r: the two sides). With `g = gl + gr` and `m = ml + mr` it equals `(gl·m − g·ml)² / (m·ml·mr)`, so two splits
//! of one leaf are compared by cross-multiplication, without a division per bin.

use super::bins::{Binned, LANES};
use super::category;
use super::histogram::{BlockHistogram, Packing};
use super::leaves::sign;

/// A split of one leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// How much the second-order estimate of the loss falls, times two.
    pub gain: f64,
    /// The feature.
    pub feature: usize,
    /// What goes left.
    pub left: Left,
    /// Whether missing values go left; none if the leaf has none.
    pub missing_left: Option<bool>,
}

/// The bins that go left, but for the missing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// 1 to this.
    UpTo(u8),
    /// Those whose bits are set.
    These([u64; 4]),
}

impl Left {
    /// Whether a bin other than the missing one goes left.
    #[inline]
    pub fn has(&self, bin: u8) -> bool {
        match self {
            Self::UpTo(last) => bin <= *last,
            Self::These(bits) => bits[usize::from(bin >> 6)] >> (bin & 63) & 1 == 1,
        }
    }
}

/// Sums over a leaf, in quantised units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// Of gradients.
    pub gradient: i64,
    /// Of masses.
    pub mass: u64,
}

/// A leaf that may be split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Splittable {
    /// Its sums.
    pub sums: Sums,
    /// Its rows.
    pub rows: usize,
    /// The least and the largest answer that monotone constraints leave it.
    pub bounds: (f64, f64),
}

/// A gain below this share of the worth of the leaf itself is what rounding leaves of none.
pub const NOISE: f64 = 1e-12;

/// What a split must keep to.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// How cells are packed.
    pub packing: Packing,
    /// A quantised unit of gradients in units of the loss.
    pub gradient_unit: f64,
    /// A quantised unit of masses in units of the loss.
    pub mass_unit: f64,
    /// Fewest rows in a leaf.
    pub min_rows: usize,
    /// Penalty on absolute leaf values.
    pub lambda_l1: f64,
    /// Penalty on squared leaf values.
    pub lambda_l2: f64,
    /// By feature 1, -1 or 0; may be shorter than there are features.
    pub monotone: &'a [i8],
    /// The features that may be used; empty: all.
    pub allowed: &'a [bool],
}

impl Rules<'_> {
    /// The least mass of a side: that of so many average rows of the leaf.
    pub fn min_mass(&self, leaf: &Splittable) -> u64 {
        let rows = leaf.rows.max(1) as u64;
        leaf.sums.mass.saturating_mul(self.min_rows as u64).div_ceil(rows).max(1)
    }

    /// The answer of a leaf with these sums.
    pub fn answer(&self, sums: Sums, bounds: (f64, f64), lambda_l2: f64) -> f64 {
        let (gradient, mass) = self.real(sums);
        let shrunk = (gradient.abs() - self.lambda_l1).max(0.0).copysign(gradient);
        let divisor = mass + lambda_l2;
        let answer = if divisor > 0.0 { shrunk / divisor } else { 0.0 };
        answer.clamp(bounds.0, bounds.1)
    }

    /// Twice how much the loss falls when a leaf with these sums answers `answer`.
    pub fn worth(&self, sums: Sums, answer: f64, lambda_l2: f64) -> f64 {
        let (gradient, mass) = self.real(sums);
        2.0 * gradient * answer - (mass + lambda_l2) * answer * answer - 2.0 * self.lambda_l1 * answer.abs()
    }

    fn real(&self, sums: Sums) -> (f64, f64) {
        (sums.gradient as f64 * self.gradient_unit, sums.mass as f64 * self.mass_unit)
    }

    fn allows(&self, feature: usize) -> bool {
        self.allowed.get(feature).copied().unwrap_or(true)
    }
}

/// The best split of a leaf by the features of one block, if any. Ties go to the lower feature and the lower bin,
/// so that the answer does not depend on the order of blocks.
pub fn best_of_block(
    histogram: &BlockHistogram,
    binned: &Binned,
    block: usize,
    leaf: &Splittable,
    rules: &Rules<'_>,
) -> Option<Split> {
    if leaf.rows < 2 * rules.min_rows {
        return None;
    }
    let mut scratch = Scratch { bins: [0; 256], sums: [0; 256] };
    let mut best: Option<Split> = None;
    let plain =
        rules.lambda_l1 == 0.0 && rules.lambda_l2 == 0.0 && leaf.bounds == (f64::NEG_INFINITY, f64::INFINITY);
    for (lane, &feature) in binned.lanes[block].iter().enumerate().take(LANES) {
        if !rules.allows(feature) {
            continue;
        }
        let cells = &histogram[lane][..binned.used[feature].min(256)];
        let found = if binned.by_category[feature] {
            category::best(cells, feature, leaf, rules)
        } else if plain && sign(rules.monotone, feature) == 0 {
            best_plain(cells, feature, leaf, rules, &mut scratch)
        } else {
            best_penalised(cells, feature, leaf, rules)
        };
        best = better(best, found);
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

/// Memory of one scan.
struct Scratch {
    /// The filled bins, and the packed sums up to each.
    bins: [u8; 256],
    sums: [u64; 256],
}

/// Without penalties and bounds.
fn best_plain(
    cells: &[u64],
    feature: usize,
    leaf: &Splittable,
    rules: &Rules<'_>,
    scratch: &mut Scratch,
) -> Option<Split> {
    // The shift is a constant in each: this is the second hottest loop there is.
    match rules.packing {
        Packing::COUNTS => {
            scan_plain::<{ Packing::COUNTS.mass_bits() }>(cells, feature, leaf, rules, scratch)
        }
        _ => scan_plain::<{ Packing::CURVATURES.mass_bits() }>(cells, feature, leaf, rules, scratch),
    }
}

fn scan_plain<const MASS_BITS: u32>(
    cells: &[u64],
    feature: usize,
    leaf: &Splittable,
    rules: &Rules<'_>,
    scratch: &mut Scratch,
) -> Option<Split> {
    let mask = (1u64 << MASS_BITS) - 1;
    let (mut filled, mut sum) = (0usize, 0u64);
    for (bin, &cell) in cells.iter().enumerate().skip(1) {
        // An empty bin is written over by the next one: cheaper than a branch that nobody can foresee.
        sum = sum.wrapping_add(cell);
        scratch.sums[filled & 255] = sum;
        scratch.bins[filled & 255] = bin as u8;
        filled += usize::from(cell != 0);
    }
    let sums = &scratch.sums[..filled.min(256)];
    let min_mass = rules.min_mass(leaf);
    let (gradient, mass) = (leaf.sums.gradient as f64, leaf.sums.mass as f64);
    // Best so far as a fraction: `numerator / denominator`.
    let (mut numerator, mut denominator, mut best) = (0.0f64, 1.0f64, None);
    let missing = cells[0];
    let sides = if missing & mask > 0 {
        [Some((missing, Some(true))), Some((0, Some(false)))]
    } else {
        [Some((0, None)), None]
    };
    for (start, missing_left) in sides.into_iter().flatten() {
        let mass_at = |sum: u64| sum.wrapping_add(start) & mask;
        let from = sums.partition_point(|&sum| mass_at(sum) < min_mass);
        let to = sums.partition_point(|&sum| mass_at(sum) + min_mass <= leaf.sums.mass);
        let mut at = None;
        for (place, &sum) in sums.iter().enumerate().take(to).skip(from) {
            let left = sum.wrapping_add(start);
            let left_mass = left & mask;
            let left_gradient = (left.wrapping_sub(left_mass) as i64 >> MASS_BITS) as f64;
            // Signed numbers become floats in one step, unsigned ones do not.
            let left_mass = left_mass as i64 as f64;
            let difference = left_gradient * mass - gradient * left_mass;
            let (n, d) = (difference * difference, left_mass * (mass - left_mass));
            if n * denominator > numerator * d {
                (numerator, denominator, at) = (n, d, Some(place));
            }
        }
        if let Some(place) = at {
            best = Some((scratch.bins[place], missing_left));
        }
    }
    let (bin, missing_left) = best?;
    let gain = numerator / denominator / mass;
    if gain <= NOISE * gradient * gradient / mass {
        return None;
    }
    let gain = gain * rules.gradient_unit * rules.gradient_unit / rules.mass_unit;
    Some(Split { gain, feature, left: Left::UpTo(bin), missing_left })
}

/// With penalties, bounds and a constraint.
fn best_penalised(cells: &[u64], feature: usize, leaf: &Splittable, rules: &Rules<'_>) -> Option<Split> {
    let min_mass = rules.min_mass(leaf);
    let direction = f64::from(sign(rules.monotone, feature));
    let l2 = rules.lambda_l2;
    let parent = rules.worth(leaf.sums, rules.answer(leaf.sums, leaf.bounds, l2), l2);
    let mut best: Option<Split> = None;
    let mut scan = |start: Sums, missing_left: Option<bool>| {
        each_cut(cells, start, leaf.sums, min_mass, rules.packing, |left, right, bin| {
            let of_left = rules.answer(left, leaf.bounds, l2);
            let of_right = rules.answer(right, leaf.bounds, l2);
            if (of_right - of_left) * direction < 0.0 {
                return;
            }
            let gain = rules.worth(left, of_left, l2) + rules.worth(right, of_right, l2) - parent;
            if gain > best.map_or(NOISE * parent.abs(), |best| best.gain) {
                best = Some(Split { gain, feature, left: Left::UpTo(bin), missing_left });
            }
        });
    };
    each_side(cells[0], rules.packing, &mut scan);
    best
}

/// Scans with the missing values on the left and on the right, or once if there are none.
fn each_side(missing: u64, packing: Packing, scan: &mut impl FnMut(Sums, Option<bool>)) {
    let (gradient, mass) = packing.unpack(missing);
    if mass > 0 {
        scan(Sums { gradient, mass }, Some(true));
        scan(Sums::default(), Some(false));
    } else {
        scan(Sums::default(), None);
    }
}

/// Calls `look` with the sums of both sides after each filled bin that leaves enough on both.
#[inline]
fn each_cut(
    cells: &[u64],
    start: Sums,
    all: Sums,
    min_mass: u64,
    packing: Packing,
    mut look: impl FnMut(Sums, Sums, u8),
) {
    let mut left = start;
    for (bin, &cell) in cells.iter().enumerate().skip(1) {
        if cell == 0 {
            continue;
        }
        let (gradient, mass) = packing.unpack(cell);
        left.gradient += gradient;
        left.mass += mass;
        if left.mass < min_mass {
            continue;
        }
        let right = Sums { gradient: all.gradient - left.gradient, mass: all.mass - left.mass };
        if right.mass < min_mass {
            break;
        }
        look(left, right, bin as u8);
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Rules without penalties, in units of 1.
    pub fn rules(min_rows: usize) -> Rules<'static> {
        Rules {
            packing: Packing::COUNTS,
            gradient_unit: 1.0,
            mass_unit: 1.0,
            min_rows,
            lambda_l1: 0.0,
            lambda_l2: 0.0,
            monotone: &[],
            allowed: &[],
        }
    }

    /// A leaf with so many rows of mass 1.
    pub fn leaf(gradient: i64, rows: usize) -> Splittable {
        let sums = Sums { gradient, mass: rows as u64 };
        Splittable { sums, rows, bounds: (f64::NEG_INFINITY, f64::INFINITY) }
    }

    fn plain(cells: &[u64], feature: usize, leaf: &Splittable, rules: &Rules<'_>) -> Option<Split> {
        best_plain(cells, feature, leaf, rules, &mut Scratch { bins: [1; 256], sums: [7; 256] })
    }

    fn cells(of: [(i64, u64); 3]) -> [u64; 4] {
        let mut cells = [0u64; 4];
        for (cell, (gradient, mass)) in cells.iter_mut().zip(of) {
            *cell = Packing::COUNTS.pack(gradient, mass);
        }
        cells
    }

    #[test]
    fn finds_the_step_and_the_gain() {
        // Ten rows with gradient -1 in bin 1, ten with +1 in bin 2.
        let cells = cells([(0, 0), (-10, 10), (10, 10)]);
        let split = plain(&cells, 0, &leaf(0, 20), &rules(1)).expect("a split");
        assert_eq!(split.left, Left::UpTo(1));
        assert!((split.gain - 20.0).abs() < 1e-9, "100/10 + 100/10 - 0 = 20, got {}", split.gain);
        assert!(plain(&cells, 0, &leaf(0, 20), &rules(11)).is_none());
    }

    #[test]
    fn missing_values_take_the_side_that_they_resemble() {
        for (gradient, side) in [(8, false), (-8, true)] {
            let cells = cells([(gradient, 8), (-10, 10), (10, 10)]);
            let split = plain(&cells, 0, &leaf(gradient, 28), &rules(1)).expect("a split");
            assert_eq!((split.left, split.missing_left), (Left::UpTo(1), Some(side)));
        }
    }

    #[test]
    fn a_constant_gradient_gives_no_gain() {
        let cells = cells([(0, 0), (10, 10), (10, 10)]);
        assert!(plain(&cells, 0, &leaf(20, 20), &rules(1)).is_none());
    }

    #[test]
    fn penalties_of_zero_change_nothing_and_others_what_the_formula_says() {
        let cells = cells([(3, 2), (-10, 10), (10, 8)]);
        let leaf = leaf(3, 20);
        let unpenalised = plain(&cells, 0, &leaf, &rules(1)).expect("a split");
        let same = best_penalised(&cells, 0, &leaf, &rules(1)).expect("a split");
        assert_eq!((unpenalised.left, unpenalised.missing_left), (same.left, same.missing_left));
        assert!((unpenalised.gain - same.gain).abs() < 1e-9);
        let rules = Rules { lambda_l1: 1.0, lambda_l2: 2.0, ..rules(1) };
        let split = best_penalised(&cells, 0, &leaf, &rules).expect("a split");
        // (10−1)²/(10+2) + (13−1)²/(10+2) − (3−1)²/(20+2), missing values on the right.
        let by_hand = 81.0 / 12.0 + 144.0 / 12.0 - 4.0 / 22.0;
        assert_eq!(split.missing_left, Some(false));
        assert!((split.gain - by_hand).abs() < 1e-9, "{} is not {by_hand}", split.gain);
    }

    #[test]
    fn a_constraint_refuses_splits_against_it() {
        let cells = cells([(0, 0), (-10, 10), (10, 10)]);
        let up = Rules { monotone: &[1], ..rules(1) };
        let down = Rules { monotone: &[-1], ..rules(1) };
        assert!(best_penalised(&cells, 0, &leaf(0, 20), &up).is_some());
        assert!(best_penalised(&cells, 0, &leaf(0, 20), &down).is_none());
    }
}
