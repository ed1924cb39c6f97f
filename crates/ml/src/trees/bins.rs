//! Turns feature values into bins of one byte, so that a histogram needs one addition a value.
//!
//! Bin 0 holds missing values. A value `v` of a number with edges `e` is in bin `1 + #{e < v}`; a category is in
//! the bin of its place in the list of known ones, and in bin 0 if it is not there.

use crate::matrix::Matrix;
use rayon::prelude::*;

/// Features that lie side by side in memory. Eight histograms of 256 cells fill 16 KiB, half of an L1 cache.
pub const LANES: usize = 8;

/// Rows looked at to place the edges of one feature.
const EDGE_SAMPLE: usize = 200_000;

/// Where one feature is cut.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// A number, at these values, ascending.
    Edges(Vec<f32>),
    /// A category: the known ones, ascending. They are whole numbers from 0.
    Categories(Vec<u32>),
}

/// Where each feature is cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Edges(pub Vec<Cut>);

impl Edges {
    /// Cuts every feature at up to `max_bins - 1` quantiles of `rows`; 2 to 255 bins. The features named in
    /// `categorical` hold numbers of categories, of which the most frequent are kept.
    pub fn learn(matrix: &Matrix, rows: &[u32], max_bins: usize, categorical: &[usize]) -> Self {
        let max_bins = max_bins.clamp(2, 255);
        let step = rows.len().div_ceil(EDGE_SAMPLE).max(1);
        let one = |feature: usize| {
            let values = |step: usize| {
                rows.iter()
                    .step_by(step)
                    .map(move |&row| matrix.row(row as usize)[feature])
                    .filter(|v| !v.is_nan())
            };
            if categorical.contains(&feature) {
                return Cut::Categories(frequent(values(1), max_bins - 1));
            }
            let mut values: Vec<f32> = values(step).collect();
            values.sort_unstable_by(f32::total_cmp);
            Cut::Edges(cut(&values, max_bins))
        };
        Self((0..matrix.width()).into_par_iter().map(one).collect())
    }

    /// The bin of a value.
    pub fn bin(&self, feature: usize, value: f32) -> u8 {
        match &self.0[feature] {
            Cut::Edges(_) if value.is_nan() => 0,
            Cut::Edges(edges) => (1 + edges.partition_point(|&edge| edge < value)) as u8,
            Cut::Categories(known) => {
                let place = category(value).and_then(|category| known.binary_search(&category).ok());
                place.map_or(0, |place| (1 + place) as u8)
            }
        }
    }

    /// The largest value that goes left when a number is split after `bin` (1 and more).
    pub fn threshold(&self, feature: usize, bin: u8) -> f32 {
        let Cut::Edges(edges) = &self.0[feature] else { return f32::INFINITY };
        match edges.get(usize::from(bin).wrapping_sub(1)) {
            Some(&edge) => edge,
            None if bin == 0 => f32::NEG_INFINITY,
            None => f32::INFINITY,
        }
    }

    /// Bins that a feature uses, the missing one included.
    pub fn used(&self, feature: usize) -> usize {
        match &self.0[feature] {
            Cut::Edges(edges) => edges.len() + 2,
            Cut::Categories(known) => known.len() + 1,
        }
    }

    /// The known categories of a feature, if it is one of categories.
    pub fn categories(&self, feature: usize) -> Option<&[u32]> {
        if let Cut::Categories(known) = &self.0[feature] { Some(known) } else { None }
    }
}

/// The largest number of a category: greater ones would make sets too large.
const MAX_CATEGORY: f32 = 65_536.0;

/// The category that a value stands for, if any.
fn category(value: f32) -> Option<u32> {
    (0.0..MAX_CATEGORY).contains(&value).then_some(value as u32)
}

/// The most frequent categories, ascending; of equally frequent ones the lower.
fn frequent(values: impl Iterator<Item = f32>, most: usize) -> Vec<u32> {
    let mut all: Vec<u32> = values.filter_map(category).collect();
    all.sort_unstable();
    let mut counted: Vec<(usize, u32)> = all.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
    counted.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    counted.truncate(most);
    let mut kept: Vec<u32> = counted.into_iter().map(|(_, category)| category).collect();
    kept.sort_unstable();
    kept
}

/// Midpoints between few distinct values, else quantiles.
fn cut(sorted: &[f32], max_bins: usize) -> Vec<f32> {
    let mut distinct = sorted.to_vec();
    distinct.dedup();
    if distinct.len() <= max_bins {
        // A midpoint that rounds up to the upper value would send it left: fall back to the lower one.
        return distinct
            .windows(2)
            .map(|w| {
                let middle = w[0] + (w[1] - w[0]) * 0.5;
                if middle < w[1] && middle.is_finite() { middle } else { w[0] }
            })
            .collect();
    }
    let mut edges: Vec<f32> = Vec::with_capacity(max_bins);
    for k in 1..max_bins {
        let value = sorted[k * sorted.len() / max_bins];
        if edges.last().is_none_or(|&last| value > last) && value < sorted[sorted.len() - 1] {
            edges.push(value);
        }
    }
    edges
}

/// A matrix as bins, in blocks of [`LANES`] features.
#[derive(Debug)]
pub struct Binned {
    /// One entry a block; in it one entry a row.
    pub blocks: Vec<Vec<[u8; LANES]>>,
    /// The features of each block, in the order of its lanes.
    pub lanes: Vec<Vec<usize>>,
    /// Where each feature lies: block and lane.
    pub place: Vec<(usize, usize)>,
    /// Bins in use by each feature, the missing one included.
    pub used: Vec<usize>,
    /// Whether each feature holds categories.
    pub by_category: Vec<bool>,
}

impl Binned {
    /// Bins all rows of `matrix`. `order` says which features share a block.
    pub fn new(matrix: &Matrix, edges: &Edges, order: &[usize]) -> Self {
        let lanes: Vec<Vec<usize>> = order.chunks(LANES).map(<[usize]>::to_vec).collect();
        let blocks = lanes
            .par_iter()
            .map(|features| {
                let mut block = vec![[0u8; LANES]; matrix.rows()];
                for (row, cells) in block.iter_mut().enumerate() {
                    let values = matrix.row(row);
                    for (cell, &feature) in cells.iter_mut().zip(features) {
                        *cell = edges.bin(feature, values[feature]);
                    }
                }
                block
            })
            .collect();
        let mut place = vec![(0, 0); matrix.width()];
        for (block, features) in lanes.iter().enumerate() {
            for (lane, &feature) in features.iter().enumerate() {
                place[feature] = (block, lane);
            }
        }
        let used = (0..matrix.width()).map(|feature| edges.used(feature)).collect();
        let by_category = (0..matrix.width()).map(|feature| edges.categories(feature).is_some()).collect();
        Self { blocks, lanes, place, used, by_category }
    }

    /// The bin of one cell.
    pub fn at(&self, row: u32, feature: usize) -> u8 {
        let (block, lane) = self.place[feature];
        self.blocks[block][row as usize][lane]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_cut_between_them() {
        assert_eq!(cut(&[1.0, 1.0, 2.0, 4.0], 255), vec![1.5, 3.0]);
        assert!(cut(&[5.0, 5.0], 255).is_empty());
        assert!(cut(&[], 255).is_empty());
    }

    #[test]
    fn neighbouring_floats_stay_apart() {
        let (a, b) = (1.0f32, f32::from_bits(1.0f32.to_bits() + 1));
        let edges = Edges(vec![Cut::Edges(cut(&[a, b], 255))]);
        assert_ne!(edges.bin(0, a), edges.bin(0, b));
        let edges = Edges(vec![Cut::Edges(cut(&[f32::MIN, f32::MAX], 255))]);
        assert_ne!(edges.bin(0, f32::MIN), edges.bin(0, f32::MAX));
    }

    #[test]
    fn bins_and_thresholds_agree() {
        let values: Vec<f32> = (0..10_000).map(|i| (i as f32 * 0.37).sin() * 100.0).collect();
        let matrix = Matrix::new(values.clone(), 1);
        let rows: Vec<u32> = (0..10_000).collect();
        let edges = Edges::learn(&matrix, &rows, 255, &[]);
        assert!(edges.used(0) > 200);
        for split in [1u8, 7, 100, 200] {
            let threshold = edges.threshold(0, split);
            for &v in &values {
                assert_eq!(edges.bin(0, v) <= split, v <= threshold, "{v} at {split}");
            }
        }
        assert_eq!(edges.bin(0, f32::NAN), 0);
        assert!((edges.bin(0, f32::INFINITY) as usize) < edges.used(0));
    }

    #[test]
    fn frequent_categories_have_bins_and_the_rest_is_missing() {
        let values = vec![5.0f32, 5.0, 900.0, 900.0, 7.0, f32::NAN, -1.0, 1e9];
        let rows: Vec<u32> = (0..8).collect();
        let edges = Edges::learn(&Matrix::new(values, 1), &rows, 3, &[0]);
        assert_eq!(edges.categories(0), Some(&[5, 900][..]));
        for (value, bin) in [(5.0, 1), (900.0, 2), (7.0, 0), (f32::NAN, 0), (-1.0, 0), (1e9, 0)] {
            assert_eq!(edges.bin(0, value), bin, "{value}");
        }
    }
}
