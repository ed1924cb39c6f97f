//! What the trees promise together.

use super::{Binned, BoostError, BoostParams, Edges, Ensemble, Sample, boost, feature_order};
use crate::matrix::Matrix;
use crate::random::Random;
use std::ops::ControlFlow;

fn params() -> BoostParams {
    BoostParams {
        rounds: 60,
        leaves: 15,
        min_leaf_rows: 5,
        learning_rate: 0.2,
        max_bins: 255,
        feature_share: 1.0,
        row_share: 1.0,
    }
}

/// A wavy surface over `width` features with one in ten values missing.
fn surface(rows: usize, width: usize) -> (Matrix, Vec<f64>) {
    let mut random = Random::new(11);
    let mut values = Vec::with_capacity(rows * width);
    let mut target = Vec::with_capacity(rows);
    for _ in 0..rows {
        let row: Vec<f32> = (0..width)
            .map(|_| if random.below(10) == 0 { f32::NAN } else { random.below(10_000) as f32 / 1000.0 })
            .collect();
        let first = if row[0].is_nan() { -3.0 } else { f64::from(row[0]) };
        let second = if row[1].is_nan() { 0.0 } else { f64::from(row[1]) };
        target.push(first.sin() * 10.0 + second * second);
        values.extend(row);
    }
    (Matrix::new(values, width), target)
}

fn grow(matrix: &Matrix, target: &[f64], params: &BoostParams, threads: usize) -> Ensemble {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| {
        let rows: Vec<u32> = (0..matrix.rows() as u32).collect();
        let edges = Edges::learn(matrix, &rows, params.max_bins);
        let binned = Binned::new(matrix, &edges, &feature_order(matrix.width(), 3));
        let sample = Sample { matrix, binned: &binned, edges: &edges, target, masses: &[], rows: &rows };
        boost(&sample, params, 5, &mut |_| ControlFlow::Continue(())).expect("an ensemble")
    })
}

fn squared_error(ensemble: &Ensemble, matrix: &Matrix, target: &[f64]) -> f64 {
    let mut out = vec![0.0; target.len()];
    ensemble.predict(matrix, &mut out);
    out.iter().zip(target).map(|(p, y)| (p - y).powi(2)).sum::<f64>() / target.len() as f64
}

#[test]
fn learns_a_surface_with_missing_values() {
    let (matrix, target) = surface(4000, 10);
    let mean = target.iter().sum::<f64>() / target.len() as f64;
    let variance = target.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / target.len() as f64;
    let ensemble = grow(&matrix, &target, &params(), 2);
    assert!(squared_error(&ensemble, &matrix, &target) < variance * 0.01);
    assert!(ensemble.is_sound());
    let top: f64 = ensemble.gain[..2].iter().sum();
    assert!(top / ensemble.gain.iter().sum::<f64>() > 0.99, "the two features that matter have the gain");
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let (matrix, target) = surface(9000, 21);
    for sampling in [(1.0, 1.0), (0.5, 0.7)] {
        let params = BoostParams { feature_share: sampling.0, row_share: sampling.1, ..params() };
        let one = grow(&matrix, &target, &params, 1);
        for threads in [2, 3] {
            assert_eq!(one, grow(&matrix, &target, &params, threads), "{threads} threads");
        }
    }
}

#[test]
fn masses_count_as_repeated_rows() {
    let values = vec![0.0f32, 0.0, 1.0, 1.0];
    let target = [1.0, 4.0, 10.0, 20.0];
    let matrix = Matrix::new(values, 1);
    let rows = [0u32, 1, 2, 3];
    let edges = Edges::learn(&matrix, &rows, 255);
    let binned = Binned::new(&matrix, &edges, &[0]);
    let params = BoostParams { rounds: 1, leaves: 2, min_leaf_rows: 1, learning_rate: 1.0, ..params() };
    let sample = Sample {
        matrix: &matrix,
        binned: &binned,
        edges: &edges,
        target: &target,
        masses: &[2, 1, 3, 1],
        rows: &rows,
    };
    let ensemble = boost(&sample, &params, 0, &mut |_| ControlFlow::Continue(())).expect("an ensemble");
    let mut out = [0.0; 4];
    ensemble.predict(&matrix, &mut out);
    assert!((out[0] - 2.0).abs() < 1e-4, "(1+1+4)/3, got {}", out[0]);
    assert!((out[2] - 12.5).abs() < 1e-4, "(10+10+10+20)/4, got {}", out[2]);
}

#[test]
fn a_constant_target_is_learnt_without_a_tree() {
    let (matrix, _) = surface(100, 3);
    let ensemble = grow(&matrix, &vec![7.5; 100], &params(), 1);
    assert!(ensemble.trees.is_empty());
    assert!(squared_error(&ensemble, &matrix, &vec![7.5; 100]) == 0.0);
}

#[test]
fn stops_when_told_to() {
    let (matrix, target) = surface(500, 3);
    let rows: Vec<u32> = (0..500).collect();
    let edges = Edges::learn(&matrix, &rows, 255);
    let binned = Binned::new(&matrix, &edges, &[0, 1, 2]);
    let sample =
        Sample { matrix: &matrix, binned: &binned, edges: &edges, target: &target, masses: &[], rows: &rows };
    let mut heard = 0;
    let stopped = boost(&sample, &params(), 0, &mut |round| {
        heard = round;
        if round == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped, Err(BoostError::Cancelled));
    assert_eq!(heard, 3);
    let none = Sample { rows: &[], ..sample };
    assert_eq!(boost(&none, &params(), 0, &mut |_| ControlFlow::Continue(())), Err(BoostError::NoRows));
}

#[test]
fn batches_and_single_rows_agree() {
    let (matrix, target) = surface(1000, 5);
    let ensemble = grow(&matrix, &target, &params(), 2);
    let mut batch = vec![0.0; 1000];
    ensemble.predict(&matrix, &mut batch);
    for row in [0, 15, 16, 17, 999] {
        let single = Matrix::new(matrix.row(row).to_vec(), 5);
        let mut out = [0.0];
        ensemble.predict(&single, &mut out);
        assert_eq!(out[0], batch[row]);
    }
}
