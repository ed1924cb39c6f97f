//! Each loss learns what it is the loss of.

use super::{continue_on, params};
use crate::matrix::Matrix;
use crate::random::Random;
use crate::trees::{BoostParams, Data, Ensemble, Objective, learn};

/// One feature with the values 0 and 1, a hundred rows each.
fn two_groups() -> Matrix {
    Matrix::new((0..200).map(|row| f32::from(u8::from(row >= 100))).collect(), 1)
}

fn grow(matrix: &Matrix, target: &[f64], weights: &[f64], params: &BoostParams) -> Ensemble {
    let rows: Vec<u32> = (0..matrix.rows() as u32).collect();
    let data = Data { matrix, target, weights, rows: &rows, held_out: &[], categorical: &[] };
    learn(&data, params, 3, &mut continue_on).expect("an ensemble")
}

/// The answers for the two groups after many steps.
fn answers(target: &[f64], objective: Objective) -> (f64, f64) {
    let params = BoostParams { rounds: 300, leaves: 2, learning_rate: 0.3, objective, ..params() };
    let ensemble = grow(&two_groups(), target, &[], &params);
    let mut out = [0.0; 2];
    ensemble.predict(&Matrix::new(vec![0.0, 1.0], 1), &mut out);
    (out[0], out[1])
}

#[test]
fn means_come_from_squared_poisson_and_tweedie_losses() {
    // Group 0 is 0, 1, 2, 3, 4 over and over with mean 2; group 1 is ten times that.
    let target: Vec<f64> =
        (0..200).map(|row| f64::from(row % 5) * if row < 100 { 1.0 } else { 10.0 }).collect();
    for objective in [Objective::L2, Objective::Poisson, Objective::Tweedie(1.5)] {
        let (low, high) = answers(&target, objective);
        assert!((low - 2.0).abs() < 1e-3 && (high - 20.0).abs() < 1e-2, "{objective:?}: {low}, {high}");
    }
}

#[test]
fn medians_and_quantiles_come_from_their_losses() {
    // 0 to 99 in each group, the second one a thousand higher and with an outlier that no median minds.
    let mut target: Vec<f64> =
        (0..200).map(|row| f64::from(row % 100) + f64::from(row / 100) * 1000.0).collect();
    target[199] = 1e9;
    for (objective, wanted) in [(Objective::L1, 49.5), (Objective::Quantile(0.9), 89.5)] {
        let (low, high) = answers(&target, objective);
        assert!((low - wanted).abs() < 1.0, "{objective:?}: {low} is not about {wanted}");
        assert!((high - 1000.0 - wanted).abs() < 1.0, "{objective:?}: {high}");
    }
}

#[test]
fn probabilities_come_from_log_loss() {
    let target: Vec<f64> =
        (0..200).map(|row| f64::from(u8::from(row % 10 < if row < 100 { 2 } else { 9 }))).collect();
    let (low, high) = answers(&target, Objective::Logistic);
    assert!((low - 0.2).abs() < 1e-3 && (high - 0.9).abs() < 1e-3, "{low}, {high}");

    // Three classes: group 0 has shares 0.5, 0.3, 0.2, group 1 has only the last.
    let classes: Vec<f64> = (0..200)
        .map(
            |row| if row >= 100 { 2.0 } else { [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 2.0, 0.0, 2.0][row % 10] },
        )
        .collect();
    let params = BoostParams {
        rounds: 200,
        leaves: 2,
        learning_rate: 0.3,
        objective: Objective::Softmax(3),
        ..params()
    };
    let ensemble = grow(&two_groups(), &classes, &[], &params);
    assert_eq!(ensemble.outputs(), 3);
    let mut out = [0.0; 6];
    ensemble.predict(&Matrix::new(vec![0.0, 1.0], 1), &mut out);
    for (found, wanted) in out.iter().zip([0.5, 0.3, 0.2, 0.0, 0.0, 1.0]) {
        assert!((found - wanted).abs() < 1e-2, "{out:?}");
    }
    assert!((out[..3].iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn one_newton_step_is_what_a_hand_computes() {
    // Log-loss from the base ln(3/1): p = 0.75 everywhere. Group 0 is half yes, group 1 all yes.
    let target: Vec<f64> = (0..200).map(|row| f64::from(u8::from(row >= 100 || row % 2 == 0))).collect();
    let params = BoostParams {
        rounds: 1,
        leaves: 2,
        learning_rate: 1.0,
        lambda_l2: 5.0,
        lambda_l1: 2.0,
        objective: Objective::Logistic,
        ..params()
    };
    let ensemble = grow(&two_groups(), &target, &[], &params);
    let mut out = [0.0; 2];
    ensemble.predict_raw(&Matrix::new(vec![0.0, 1.0], 1), &mut out);
    let (base, curvature) = (3.0f64.ln(), 100.0 * 0.75 * 0.25);
    let by_hand =
        [base + (50.0 - 75.0 + 2.0) / (curvature + 5.0), base + (100.0 - 75.0 - 2.0) / (curvature + 5.0)];
    for (found, wanted) in out.iter().zip(by_hand) {
        assert!((found - wanted).abs() < 1e-5, "{found} is not {wanted}");
    }
}

#[test]
fn weights_are_as_good_as_repeated_rows() {
    // Few distinct values, so that both are cut alike.
    let mut random = Random::new(8);
    let values: Vec<f32> = (0..2400).map(|_| random.below(12) as f32).collect();
    let target: Vec<f64> =
        values.chunks(4).map(|row| f64::from(row[0] * row[1]) + random.below(50) as f64).collect();
    let matrix = Matrix::new(values, 4);
    let (mut values, mut repeated, mut weights) = (vec![], vec![], vec![]);
    for (row, &target) in target.iter().enumerate() {
        let times = random.below(4);
        weights.push(times as f64);
        for _ in 0..times {
            values.extend_from_slice(matrix.row(row));
            repeated.push(target);
        }
    }
    let long = Matrix::new(values, 4);
    for objective in [Objective::L2, Objective::Quantile(0.3), Objective::Logistic, Objective::Poisson] {
        let fit =
            |y: &f64| if objective == Objective::Logistic { f64::from(u8::from(*y > 60.0)) } else { *y };
        let (target, repeated): (Vec<f64>, Vec<f64>) =
            (target.iter().map(fit).collect(), repeated.iter().map(fit).collect());
        // Fewest rows are counted as rows, whatever they weigh: no such limit here.
        let params = BoostParams { rounds: 3, leaves: 8, min_leaf_rows: 0, objective, ..params() };
        let (by_weight, by_rows) =
            (grow(&matrix, &target, &weights, &params), grow(&long, &repeated, &[], &params));
        let (mut a, mut b) = (vec![0.0; 600], vec![0.0; 600]);
        by_weight.predict_raw(&matrix, &mut a);
        by_rows.predict_raw(&matrix, &mut b);
        let spread = a.iter().map(|v| v.abs()).fold(0.0, f64::max);
        let apart = a.iter().zip(&b).filter(|(a, b)| (*a - *b).abs() > spread * 1e-4).count();
        assert!(apart == 0, "{objective:?}: {apart} of 600 answers are apart");
    }
}
