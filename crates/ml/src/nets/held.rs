//! Which rows are learnt from, which are held out, and how much each counts.

use super::input::{Sample, Target};
use super::params::NetParams;
use crate::random::Random;
use vakhta_domain::spec::ClassWeight;

/// Fewest training rows of which some are held out unasked.
const FEWEST: usize = 10;

/// The rows of a training.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Split {
    /// Learnt from, ascending or as the caller gave them.
    pub(super) train: Vec<u32>,
    /// Held out; may be none.
    pub(super) held: Vec<u32>,
}

impl Split {
    /// As the sample says, or drawn by the seed: of each class its share.
    pub(super) fn new(params: &NetParams, sample: &Sample<'_>, seed: u64) -> Self {
        let rows = sample.input.rows() as u32;
        let held = sample.held.unwrap_or_default().to_vec();
        let mut is_held = vec![false; rows as usize];
        for &row in &held {
            is_held[row as usize] = true;
        }
        let mut train = sample.train.map_or_else(|| (0..rows).collect(), <[u32]>::to_vec);
        train.retain(|&row| !is_held[row as usize]);
        if sample.held.is_some() || !params.early_stopping || train.len() < FEWEST {
            return Self { train, held };
        }
        let mut groups: Vec<Vec<u32>> =
            vec![vec![]; if is_numbers(sample) { 1 } else { sample.target.outputs() }];
        for &row in &train {
            groups[class(sample, row)].push(row);
        }
        let mut random = Random::new(seed ^ 0x4845_4C44);
        let mut drawn = vec![];
        for group in &mut groups {
            random.shuffle(group);
            let wanted = (group.len() as f64 * params.validation_fraction).round() as usize;
            drawn.extend_from_slice(&group[..wanted.min(group.len().saturating_sub(1))]);
        }
        for &row in &drawn {
            is_held[row as usize] = true;
        }
        drawn.sort_unstable();
        train.retain(|&row| !is_held[row as usize]);
        Self { train, held: drawn }
    }
}

fn is_numbers(sample: &Sample<'_>) -> bool {
    matches!(sample.target, Target::Numbers { .. })
}

fn class(sample: &Sample<'_>, row: u32) -> usize {
    match sample.target {
        Target::Classes { codes, .. } => codes[row as usize] as usize,
        Target::Numbers { .. } => 0,
    }
}

/// How much each row counts: its weight times that of its class, 1 in the mean of the training rows. Nothing
/// where all count alike.
pub(super) fn weights(params: &NetParams, sample: &Sample<'_>, train: &[u32]) -> Option<Vec<f32>> {
    let balanced = params.class_weight == ClassWeight::Balanced && !is_numbers(sample);
    if sample.weights.is_none() && !balanced {
        return None;
    }
    let own = |row: u32| sample.weights.map_or(1.0, |weights| f64::from(weights[row as usize]));
    let mut classes = vec![0.0; sample.target.outputs().max(1)];
    for &row in train {
        classes[class(sample, row)] += own(row);
    }
    let of = |row: u32| {
        let total = classes[class(sample, row)];
        // A class that training never met has no weight to share out; its held-out rows count as they are.
        if balanced && total > 0.0 { own(row) / total } else { own(row) }
    };
    let mean = train.iter().map(|&row| of(row)).sum::<f64>() / train.len().max(1) as f64;
    let scale = if mean > 0.0 { 1.0 / mean } else { 1.0 };
    Some((0..sample.input.rows() as u32).map(|row| (of(row) * scale) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;
    use crate::nets::Input;

    #[test]
    fn of_each_class_its_share_is_held_out() {
        let matrix = Matrix::new(vec![0.0; 110], 1);
        let codes: Vec<u32> = (0..110).map(|row| u32::from(row >= 100)).collect();
        let target = Target::Classes { codes: &codes, count: 2 };
        let sample = Sample::new(Input::dense(&matrix), target);
        let split = Split::new(&NetParams::default(), &sample, 1);
        assert_eq!((split.train.len(), split.held.len()), (99, 11));
        assert_eq!(split.held.iter().filter(|&&row| row >= 100).count(), 1);
        assert!(split.held.iter().all(|row| !split.train.contains(row)));
    }

    #[test]
    fn balanced_classes_weigh_the_same() {
        let matrix = Matrix::new(vec![0.0; 10], 1);
        let codes: Vec<u32> = (0..10).map(|row| u32::from(row >= 8)).collect();
        let target = Target::Classes { codes: &codes, count: 2 };
        let sample = Sample::new(Input::dense(&matrix), target);
        let params = NetParams { class_weight: ClassWeight::Balanced, ..NetParams::default() };
        let rows: Vec<u32> = (0..10).collect();
        let weights = weights(&params, &sample, &rows).expect("weights");
        assert!((weights[..8].iter().sum::<f32>() - 5.0).abs() < 1e-5);
        assert!((weights[8..].iter().sum::<f32>() - 5.0).abs() < 1e-5);
    }
}
