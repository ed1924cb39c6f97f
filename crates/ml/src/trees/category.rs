//! Splits by category: categories sorted by their mean gradient, then cut in two (Fisher 1958), with the smoothing
//! and the penalty of LightGBM.

use super::split::{Left, NOISE, Rules, Split, Splittable, Sums};

/// Rows of mass 1 without any gradient that each category is mixed with before sorting (`cat_smooth`).
const SMOOTHING: f64 = 10.0;
/// Extra penalty on squared values of leaves that categories are divided into (`cat_l2`).
const PENALTY: f64 = 10.0;
/// Most categories that one side names (`max_cat_threshold`).
const MOST_NAMED: usize = 32;
/// Up to so many categories are each tried against the others instead, without smoothing and penalty
/// (`max_cat_to_onehot`).
const FEW: usize = 4;

/// The best division of a leaf's categories. Those that it names go left, and the others right together with
/// missing and unseen ones.
pub fn best(cells: &[u64], feature: usize, leaf: &Splittable, rules: &Rules<'_>) -> Option<Split> {
    let mut present: Vec<(f64, u8, Sums)> = Vec::with_capacity(cells.len());
    for (bin, &cell) in cells.iter().enumerate().skip(1) {
        let (gradient, mass) = rules.packing.unpack(cell);
        if mass > 0 {
            let smoothed = mass as f64 * rules.mass_unit + SMOOTHING;
            let mean = gradient as f64 * rules.gradient_unit / smoothed;
            present.push((mean, bin as u8, Sums { gradient, mass }));
        }
    }
    let few = present.len() <= FEW;
    let mut search = Search { leaf, rules, penalty: if few { 0.0 } else { PENALTY }, best: None };
    if few {
        for one in present.chunks(1) {
            search.grow(one);
        }
    } else {
        present.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let most = MOST_NAMED.min(present.len() - 1);
        search.grow(&present[..most]);
        present.reverse();
        search.grow(&present[..most]);
    }
    let (gain, bits) = search.best?;
    Some(Split { gain, feature, left: Left::These(bits), missing_left: Some(false) })
}

struct Search<'a> {
    leaf: &'a Splittable,
    rules: &'a Rules<'a>,
    penalty: f64,
    best: Option<(f64, [u64; 4])>,
}

impl Search<'_> {
    /// Names one category after the other and keeps the best point to stop.
    fn grow(&mut self, categories: &[(f64, u8, Sums)]) {
        let (rules, leaf) = (self.rules, self.leaf);
        let min_mass = rules.min_mass(leaf);
        let l2 = rules.lambda_l2;
        let parent = rules.worth(leaf.sums, rules.answer(leaf.sums, leaf.bounds, l2), l2);
        let l2 = l2 + self.penalty;
        let (mut left, mut bits) = (Sums::default(), [0u64; 4]);
        for (_, bin, sums) in categories {
            left.gradient += sums.gradient;
            left.mass += sums.mass;
            bits[usize::from(bin >> 6)] |= 1 << (bin & 63);
            let right =
                Sums { gradient: leaf.sums.gradient - left.gradient, mass: leaf.sums.mass - left.mass };
            if left.mass < min_mass {
                continue;
            }
            if right.mass < min_mass {
                break;
            }
            let worth = |sums| rules.worth(sums, rules.answer(sums, leaf.bounds, l2), l2);
            let gain = worth(left) + worth(right) - parent;
            if gain > self.best.map_or(NOISE * parent.abs(), |best| best.0) {
                self.best = Some((gain, bits));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::histogram::Packing;
    use super::super::split::tests::{leaf, rules};
    use super::*;

    #[test]
    fn finds_the_two_groups_whatever_their_order() {
        let mut cells = [0u64; 10];
        let low = [1usize, 4, 6, 9];
        for (bin, cell) in cells.iter_mut().enumerate().skip(1) {
            let gradient = if low.contains(&bin) { -100 } else { 80 };
            *cell = Packing::COUNTS.pack(gradient, 50);
        }
        let split = best(&cells, 2, &leaf(0, 450), &rules(20)).expect("a split");
        let named: Vec<usize> = (1..10).filter(|&bin| split.left.has(bin as u8)).collect();
        assert_eq!(named, low);
        assert_eq!((split.feature, split.missing_left), (2, Some(false)));
        // 400²/(200+10) + 400²/(250+10)
        assert!((split.gain - (160_000.0 / 210.0 + 160_000.0 / 260.0)).abs() < 1e-9);
    }

    #[test]
    fn few_categories_are_tried_one_by_one() {
        let mut cells = [0u64; 4];
        for (bin, gradient) in [(1, -30), (2, 60), (3, -30)] {
            cells[bin] = Packing::COUNTS.pack(gradient, 30);
        }
        let split = best(&cells, 0, &leaf(0, 90), &rules(20)).expect("a split");
        assert!(split.left.has(2) && !split.left.has(1) && !split.left.has(3));
        assert!((split.gain - (3600.0 / 30.0 + 3600.0 / 60.0)).abs() < 1e-9);
        assert!(best(&cells, 0, &leaf(0, 90), &rules(40)).is_none());
    }
}
