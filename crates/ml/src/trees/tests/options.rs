//! Constraints, categories, penalties and rows held out do what they say.

use super::{continue_on, params, surface};
use crate::matrix::Matrix;
use crate::random::Random;
use crate::trees::{BoostParams, Data, Ensemble, Objective, learn};

fn grow(
    matrix: &Matrix,
    target: &[f64],
    categorical: &[usize],
    held_out: &[u32],
    params: &BoostParams,
) -> Ensemble {
    let rows: Vec<u32> = (0..matrix.rows() as u32).filter(|row| !held_out.contains(row)).collect();
    let data = Data { matrix, target, weights: &[], rows: &rows, held_out, categorical };
    learn(&data, params, 3, &mut continue_on).expect("an ensemble")
}

#[test]
fn answers_rise_and_fall_as_constrained() {
    let mut random = Random::new(2);
    let values: Vec<f32> = (0..6000).map(|_| random.below(1000) as f32 / 100.0).collect();
    let matrix = Matrix::new(values, 3);
    // It rises with the first only on the whole, and falls with the second but for waves.
    let target: Vec<f64> = (0..2000)
        .map(|row| {
            let row = matrix.row(row);
            let (a, b, c) = (f64::from(row[0]), f64::from(row[1]), f64::from(row[2]));
            (a + 3.0 * (a * 2.0).sin() - b
                + 2.0 * (b * 3.0).cos()
                + c * a * 0.3
                + random.below(100) as f64 * 0.02)
                .max(0.0)
        })
        .collect();
    for objective in [Objective::L2, Objective::L1, Objective::Quantile(0.7), Objective::Poisson] {
        let free = grow(&matrix, &target, &[], &[], &BoostParams { objective, ..params() });
        let held = BoostParams { objective, monotone: vec![1, -1], ..params() };
        let held = grow(&matrix, &target, &[], &[], &held);
        let falls = |ensemble: &Ensemble, feature: usize, sign: f64| {
            let mut count = 0;
            for row in 0..100 {
                let mut values = matrix.row(row).to_vec();
                let mut last = f64::NEG_INFINITY;
                for step in 0..200 {
                    values[feature] = step as f32 * 0.05;
                    let mut out = [0.0];
                    ensemble.predict_row(&values, &mut out);
                    count += usize::from(out[0] * sign < last);
                    last = out[0] * sign;
                }
            }
            count
        };
        assert!(falls(&free, 0, 1.0) > 0, "{objective:?} would break the constraint");
        assert_eq!(falls(&held, 0, 1.0), 0, "{objective:?} rises with the first");
        assert_eq!(falls(&held, 1, -1.0), 0, "{objective:?} falls with the second");
        assert!(held.splits[0] > 0 && held.splits[1] > 0);
    }
}

#[test]
fn one_split_finds_a_partition_of_categories() {
    // Twelve categories in no order; those in `high` sell 50 more.
    let high = [1u32, 4, 5, 9, 11];
    let values: Vec<f32> = (0..2400).map(|row| (row % 12) as f32).collect();
    let target: Vec<f64> = (0..2400u32)
        .map(|row| f64::from(row % 7) + if high.contains(&(row % 12)) { 50.0 } else { 0.0 })
        .collect();
    let params = BoostParams { rounds: 1, leaves: 2, learning_rate: 1.0, ..params() };
    let ensemble = grow(&Matrix::new(values, 1), &target, &[0], &[], &params);
    let answer = |value: f32| {
        let mut out = [0.0];
        ensemble.predict_row(&[value], &mut out);
        out[0]
    };
    for category in 0..12u32 {
        let wanted = if high.contains(&category) { 53.0 } else { 3.0 };
        assert!((answer(category as f32) - wanted).abs() < 0.5, "category {category}");
    }
    // What was never seen goes where missing values go, one way for all.
    let other = answer(f32::NAN);
    for value in [12.0, 500.0, 1e9, -1.0, f32::INFINITY] {
        assert_eq!(answer(value), other, "{value}");
    }
}

#[test]
fn the_best_round_is_kept_and_patience_ends_the_work() {
    let (matrix, mut target) = surface(1200, 4);
    let mut random = Random::new(6);
    for y in &mut target {
        *y += random.below(1000) as f64 * 0.06;
    }
    let held_out: Vec<u32> = (0..1200).filter(|row| row % 3 == 0).collect();
    let long = BoostParams { rounds: 200, leaves: 31, min_leaf_rows: 2, learning_rate: 0.3, ..params() };
    let error = |ensemble: &Ensemble| {
        let mut out = vec![0.0; 1200];
        ensemble.predict(&matrix, &mut out);
        held_out.iter().map(|&row| (out[row as usize] - target[row as usize]).powi(2)).sum::<f64>()
    };
    let best = grow(&matrix, &target, &[], &held_out, &long);
    assert!(best.trees.len() < 200 && best.is_sound());
    assert_eq!(best.splits.iter().sum::<u64>() as usize, (best.nodes.len() - best.trees.len()) / 2);
    // No other number of rounds would have been better.
    for rounds in 0..60 {
        let other = Ensemble { trees: best.trees.iter().copied().take(rounds).collect(), ..best.clone() };
        assert!(error(&other) >= error(&best), "{rounds} rounds");
    }
    let mut heard = 0;
    let rows: Vec<u32> = (0..1200).filter(|row| row % 3 != 0).collect();
    let data = Data {
        matrix: &matrix,
        target: &target,
        weights: &[],
        rows: &rows,
        held_out: &held_out,
        categorical: &[],
    };
    let impatient = BoostParams { patience: Some(10), ..long };
    let stopped = learn(&data, &impatient, 3, &mut |round| {
        heard = round;
        continue_on(round)
    });
    assert_eq!(stopped.expect("an ensemble"), best);
    assert_eq!(heard, best.trees.len() + 10);
}

#[test]
fn penalties_shrink_leaves() {
    let (matrix, target) = surface(500, 3);
    let one = BoostParams { rounds: 1, leaves: 4, learning_rate: 1.0, ..params() };
    let size = |params: &BoostParams| {
        let ensemble = grow(&matrix, &target, &[], &[], params);
        ensemble.nodes.iter().map(|node| f64::from(node.value).abs()).sum::<f64>()
    };
    let free = size(&one);
    assert!(size(&BoostParams { lambda_l2: 200.0, ..one.clone() }) < free * 0.8);
    assert!(size(&BoostParams { lambda_l1: 500.0, ..one.clone() }) < free);
    assert_eq!(size(&BoostParams { lambda_l1: 1e6, ..one }), 0.0);
}
