//! Contributions are the Shapley values of the game that the paper defines, and sum up.

use super::{continue_on, params, surface};
use crate::matrix::Matrix;
use crate::random::Random;
use crate::trees::{BoostParams, Data, Ensemble, Objective, learn};

/// The mean answer of a tree if only the features whose bits are set are known.
fn coalition(ensemble: &Ensemble, at: usize, row: &[f32], known: usize) -> f64 {
    let node = &ensemble.nodes[at];
    let left = node.left as usize;
    if left == at {
        return f64::from(node.value);
    }
    if known >> node.feature & 1 == 1 {
        let goes_left = ensemble.goes_left(node, row[usize::from(node.feature)]);
        return coalition(ensemble, left + usize::from(!goes_left), row, known);
    }
    let (a, b) = (f64::from(ensemble.covers[left]), f64::from(ensemble.covers[left + 1]));
    (a * coalition(ensemble, left, row, known) + b * coalition(ensemble, left + 1, row, known)) / (a + b)
}

/// Shapley values by their definition, for one output.
fn brute_force(ensemble: &Ensemble, output: u32, row: &[f32]) -> Vec<f64> {
    let width = row.len();
    let worth = |known: usize| -> f64 {
        let own = ensemble.trees.iter().filter(|tree| tree.output == output);
        own.map(|tree| coalition(ensemble, tree.root as usize, row, known)).sum()
    };
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    (0..width)
        .map(|feature| {
            let without = (0..1usize << width).filter(|known| known >> feature & 1 == 0);
            without
                .map(|known| {
                    let size = known.count_ones() as usize;
                    let weight = factorial(size) * factorial(width - size - 1) / factorial(width);
                    weight * (worth(known | 1 << feature) - worth(known))
                })
                .sum()
        })
        .collect()
}

fn ensemble(objective: Objective, matrix: &Matrix, target: &[f64], rounds: usize) -> Ensemble {
    let rows: Vec<u32> = (0..matrix.rows() as u32).collect();
    let data = Data { matrix, target, weights: &[], rows: &rows, held_out: &[], categorical: &[2] };
    let params = BoostParams { objective, rounds, leaves: 12, ..params() };
    learn(&data, &params, 1, &mut continue_on).expect("an ensemble")
}

#[test]
fn agrees_with_the_definition() {
    let (matrix, target) = surface(800, 5);
    let classes: Vec<f64> = target.iter().map(|y| (y.abs() / 20.0).floor().min(2.0)).collect();
    for (objective, target) in [(Objective::L2, &target), (Objective::Softmax(3), &classes)] {
        let ensemble = ensemble(objective, &matrix, target, 6);
        assert!(ensemble.nodes.iter().any(|node| node.by_category) || ensemble.splits[2] == 0);
        for row in (0..800).step_by(53) {
            let row = matrix.row(row);
            let found = ensemble.shap(row);
            for output in 0..ensemble.outputs() {
                let wanted = brute_force(&ensemble, output as u32, row);
                for (found, wanted) in found[output * 5..].iter().zip(&wanted) {
                    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
                }
            }
        }
    }
}

#[test]
fn sums_to_the_raw_prediction() {
    let mut random = Random::new(4);
    let (matrix, target) = surface(3000, 12);
    let yes: Vec<f64> = target.iter().map(|y| f64::from(u8::from(*y > 20.0))).collect();
    for (objective, target) in [(Objective::L2, &target), (Objective::Logistic, &yes)] {
        let ensemble = ensemble(objective, &matrix, target, 60);
        let expected = ensemble.expected()[0];
        let mut mean = 0.0;
        for row in 0..3000 {
            let mut out = [0.0];
            ensemble.predict_row(matrix.row(row), &mut out);
            mean += out[0] / 3000.0;
        }
        assert!((mean - expected).abs() < 1e-6, "the expected value is the mean over the rows learnt from");
        for _ in 0..50 {
            let mut row = matrix.row(random.below(3000)).to_vec();
            row[random.below(12)] = f32::NAN;
            let mut out = [0.0];
            ensemble.predict_row(&row, &mut out);
            let sum: f64 = ensemble.shap(&row).iter().sum();
            assert!((sum + expected - out[0]).abs() < 1e-8, "{sum} + {expected} is not {}", out[0]);
        }
    }
}
