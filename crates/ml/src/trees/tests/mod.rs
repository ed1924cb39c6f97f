//! What the trees promise together.

mod objectives;
mod odd;
mod options;
mod saved;
mod shap;

use super::{
    Binned, BoostError, BoostParams, Data, Edges, Ensemble, Objective, Sample, boost, feature_order, learn,
};
use crate::matrix::Matrix;
use crate::random::Random;
use std::ops::ControlFlow;

fn continue_on(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn params() -> BoostParams {
    BoostParams {
        rounds: 60,
        leaves: 15,
        min_leaf_rows: 5,
        learning_rate: 0.2,
        ..BoostParams::usual(Objective::L2)
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
        let edges = Edges::learn(matrix, &rows, params.max_bins, &[]);
        let binned = Binned::new(matrix, &edges, &feature_order(matrix.width(), 3));
        let sample = Sample {
            matrix,
            binned: &binned,
            edges: &edges,
            target,
            weights: &[],
            rows: &rows,
            held_out: &[],
        };
        boost(&sample, params, 5, &mut continue_on).expect("an ensemble")
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
    let (matrix, target) = surface(20_000, 21);
    let weights: Vec<f64> = (0..20_000).map(|row| f64::from(row % 5) * 0.37).collect();
    let (rows, held_out): (Vec<u32>, Vec<u32>) = (0..20_000).partition(|row| row % 4 > 0);
    let classes: Vec<f64> = target.iter().map(|y| (y.abs() / 10.0).floor().min(3.0)).collect();
    let counts: Vec<f64> = target.iter().map(|y| y.abs().floor()).collect();
    let yes: Vec<f64> = target.iter().map(|y| f64::from(u8::from(*y > 30.0))).collect();
    let every = [
        (Objective::L2, &target, 1.0, 1.0),
        (Objective::L2, &target, 0.5, 0.7),
        (Objective::L1, &target, 1.0, 1.0),
        (Objective::Quantile(0.8), &target, 0.5, 1.0),
        (Objective::Poisson, &counts, 1.0, 0.7),
        (Objective::Tweedie(1.4), &counts, 0.5, 1.0),
        (Objective::Logistic, &yes, 1.0, 1.0),
        (Objective::Softmax(4), &classes, 0.5, 0.7),
    ];
    for (at, (objective, target, feature_share, row_share)) in every.into_iter().enumerate() {
        let plain = at % 2 == 0;
        let params = BoostParams {
            objective,
            feature_share,
            row_share,
            rounds: 8,
            lambda_l1: if plain { 0.0 } else { 0.1 },
            lambda_l2: if plain { 0.0 } else { 1.0 },
            monotone: if plain { vec![] } else { vec![0, 1] },
            patience: Some(3),
            ..params()
        };
        let data = Data {
            matrix: &matrix,
            target,
            weights: if plain { &[] } else { &weights },
            rows: &rows,
            held_out: &held_out,
            categorical: &[3],
        };
        let grow = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| learn(&data, &params, 5, &mut continue_on).expect("an ensemble"))
        };
        let one = grow(1);
        assert!(one.is_sound() && !one.trees.is_empty());
        for threads in [2, 3] {
            assert!(one == grow(threads), "{objective:?} on {threads} threads");
        }
    }
}

#[test]
fn weights_count_as_repeated_rows() {
    let values = vec![0.0f32, 0.0, 1.0, 1.0];
    let target = [1.0, 4.0, 10.0, 20.0];
    let matrix = Matrix::new(values, 1);
    let rows = [0u32, 1, 2, 3];
    let edges = Edges::learn(&matrix, &rows, 255, &[]);
    let binned = Binned::new(&matrix, &edges, &[0]);
    let params = BoostParams { rounds: 1, leaves: 2, min_leaf_rows: 1, learning_rate: 1.0, ..params() };
    let sample = Sample {
        matrix: &matrix,
        binned: &binned,
        edges: &edges,
        target: &target,
        weights: &[2.0, 1.0, 3.0, 1.0],
        rows: &rows,
        held_out: &[],
    };
    let ensemble = boost(&sample, &params, 0, &mut continue_on).expect("an ensemble");
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
    let edges = Edges::learn(&matrix, &rows, 255, &[]);
    let binned = Binned::new(&matrix, &edges, &[0, 1, 2]);
    let sample = Sample {
        matrix: &matrix,
        binned: &binned,
        edges: &edges,
        target: &target,
        weights: &[],
        rows: &rows,
        held_out: &[],
    };
    let mut heard = 0;
    let stopped = boost(&sample, &params(), 0, &mut |round| {
        heard = round;
        if round == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped, Err(BoostError::Cancelled));
    assert_eq!(heard, 3);
    let none = Sample { rows: &[], ..sample };
    assert_eq!(boost(&none, &params(), 0, &mut continue_on), Err(BoostError::NoRows));
}

#[test]
fn many_rows_and_single_rows_agree_to_the_last_bit() {
    let (matrix, target) = surface(5000, 5);
    let classes: Vec<f64> = target.iter().map(|y| (y.abs() / 20.0).floor().min(2.0)).collect();
    // Trees that fit in 64 leaves and trees that do not, each asked few, many and very many rows at once.
    for (objective, target, leaves) in
        [(Objective::L2, &target, 64), (Objective::L2, &target, 100), (Objective::Softmax(3), &classes, 30)]
    {
        let params = BoostParams { objective, leaves, rounds: 20, min_leaf_rows: 2, ..params() };
        let ensemble = grow(&matrix, target, &params, 2);
        let outputs = ensemble.outputs();
        for rows in [63, 1100, 5000] {
            let some = Matrix::new((0..rows).flat_map(|row| matrix.row(row).to_vec()).collect(), 5);
            let mut answers = vec![0.0; rows * outputs];
            ensemble.predict_raw(&some, &mut answers);
            for (row, answer) in answers.chunks(outputs).enumerate() {
                let mut out = vec![0.0; outputs];
                ensemble.predict_row(matrix.row(row), &mut out);
                assert_eq!(out, answer, "row {row} of {rows}");
            }
        }
    }
}
