//! Odd data has an answer or a reason.

use super::{continue_on, params};
use crate::matrix::Matrix;
use crate::trees::{BoostError, BoostParams, Data, Ensemble, Objective, learn};
use proptest::prelude::*;

fn grow(
    matrix: &Matrix,
    target: &[f64],
    weights: &[f64],
    objective: Objective,
) -> Result<Ensemble, BoostError> {
    let rows: Vec<u32> = (0..matrix.rows() as u32).collect();
    let data = Data { matrix, target, weights, rows: &rows, held_out: &[], categorical: &[1] };
    let params = BoostParams { rounds: 5, min_leaf_rows: 1, objective, ..params() };
    learn(&data, &params, 1, &mut continue_on)
}

const ALL: [Objective; 7] = [
    Objective::L2,
    Objective::L1,
    Objective::Quantile(0.2),
    Objective::Poisson,
    Objective::Tweedie(1.2),
    Objective::Logistic,
    Objective::Softmax(3),
];

#[test]
fn nothing_to_learn_from_is_said() {
    let none = Matrix::new(vec![], 2);
    assert_eq!(grow(&none, &[], &[], Objective::L2), Err(BoostError::NoRows));
    let one = Matrix::new(vec![1.0, 0.0], 2);
    assert_eq!(grow(&one, &[1.0], &[0.0], Objective::L2), Err(BoostError::NoRows));
}

#[test]
fn one_row_and_constant_columns_are_answered_by_what_was_seen() {
    for objective in ALL {
        for rows in [1, 40] {
            let matrix = Matrix::new([7.0, f32::NAN].repeat(rows), 2);
            let ensemble = grow(&matrix, &vec![1.0; rows], &[], objective).expect("an ensemble");
            let mut out = vec![0.0; rows * ensemble.outputs()];
            ensemble.predict(&matrix, &mut out);
            let place = usize::from(ensemble.outputs() == 3);
            assert!((out[place] - 1.0).abs() < 1e-6, "{objective:?} with {rows} rows: {out:?}");
        }
    }
}

#[test]
fn a_constant_that_no_sum_hits_exactly_grows_no_tree() {
    let matrix = Matrix::new((0..2000).map(|v| (v % 37) as f32).collect(), 2);
    let weights: Vec<f64> = (0..1000).map(|row| 0.1 + f64::from(row % 3)).collect();
    for weights in [&[][..], &weights] {
        let ensemble = grow(&matrix, &vec![0.1; 1000], weights, Objective::L2).expect("an ensemble");
        assert!(ensemble.trees.is_empty(), "{} trees", ensemble.trees.len());
    }
}

#[test]
fn targets_and_weights_out_of_range_are_named() {
    let matrix = Matrix::new(vec![0.0; 6], 2);
    for (objective, bad) in [
        (Objective::L2, f64::NAN),
        (Objective::L2, 1e300),
        (Objective::L1, f64::INFINITY),
        (Objective::Poisson, -1.0),
        (Objective::Tweedie(1.5), -0.1),
        (Objective::Logistic, 2.0),
        (Objective::Softmax(3), 3.0),
        (Objective::Softmax(3), 0.5),
    ] {
        let found = grow(&matrix, &[0.0, 1.0, bad], &[], objective).expect_err("refused");
        assert!(matches!(found, BoostError::Target { row: 2, .. }), "{objective:?}: {found}");
    }
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let found = grow(&matrix, &[0.0, 1.0, 1.0], &[1.0, bad, 1.0], Objective::L2).expect_err("refused");
        assert!(matches!(found, BoostError::Weight { row: 1, .. }), "{found}");
    }
    for objective in [Objective::Quantile(1.0), Objective::Tweedie(2.0), Objective::Softmax(0)] {
        let found = grow(&matrix, &[0.0; 3], &[], objective).expect_err("refused");
        assert!(matches!(found, BoostError::Objective { .. }), "{found}");
    }
}

/// Values as they come: small, huge, infinite, missing.
fn value() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => (0u8..6).prop_map(f32::from),
        2 => -1e3f32..1e3,
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, -0.0, 1e-40]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_values_make_a_sound_ensemble(
        rows in prop::collection::vec((value(), value(), value(), 0.0f64..1.0, 0u8..3), 1..60),
        large in prop::sample::select(vec![1.0, 1e-30, 1e30]),
        which in 0usize..7,
        weigh in any::<bool>(),
    ) {
        let objective = ALL[which];
        let matrix = Matrix::new(rows.iter().flat_map(|r| [r.0, r.1, r.2]).collect(), 3);
        let target: Vec<f64> = rows
            .iter()
            .map(|r| match objective {
                Objective::Softmax(_) => f64::from(r.4),
                Objective::Logistic => r.3,
                _ => r.3 * large,
            })
            .collect();
        let weights: Vec<f64> = if weigh { rows.iter().map(|r| 0.1 + f64::from(r.4)).collect() } else { vec![] };
        let ensemble = grow(&matrix, &target, &weights, objective).expect("an ensemble");
        prop_assert!(ensemble.is_sound());
        let mut out = vec![0.0; rows.len() * ensemble.outputs()];
        ensemble.predict(&matrix, &mut out);
        prop_assert!(out.iter().all(|answer| answer.is_finite()));
        prop_assert!(ensemble.shap(matrix.row(0)).iter().all(|value| value.is_finite()));
    }
}
