//! Both solvers against problems whose answer is known.

use super::*;
use crate::artifact::{Reader, Writer};
use crate::random::Random;

fn never(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn params(wide: bool) -> LinearParams {
    LinearParams { alpha: None, wide, seed: 7 }
}

fn scores(model: &Linear, cells: &[(u32, f32)]) -> Vec<f32> {
    let mut out = vec![];
    model.scores(cells.iter().copied(), &mut out);
    out
}

#[test]
fn the_exact_solver_finds_the_least_squares() {
    let mut rows = Sparse::new(2);
    let mut numbers = vec![];
    let mut random = Random::new(1);
    for _ in 0..200 {
        let (a, b) = (random.below(100) as f32 / 50.0 - 1.0, random.below(100) as f32 / 50.0 - 1.0);
        rows.push([(0, a), (1, b)]);
        numbers.push(0.5 + 2.0 * a - 3.0 * b);
    }
    let exact = LinearParams { alpha: Some(0.0), ..params(false) };
    let model = fit(&rows, Goal::Numbers(&numbers), &[], &exact, &mut never).expect("not cancelled");
    assert!((model.bias()[0] - 0.5).abs() < 1e-3);
    assert!((model.weights_of(0)[0] - 2.0).abs() < 1e-3 && (model.weights_of(1)[0] + 3.0).abs() < 1e-3);
}

#[test]
fn logistic_regression_meets_its_optimum() {
    // One feature, two classes: at the optimum without penalty the model repeats the frequencies.
    let mut rows = Sparse::new(1);
    let mut codes = vec![];
    for i in 0..100u32 {
        rows.push([(0, if i < 50 { 1.0 } else { -1.0 })]);
        codes.push(u32::from(if i < 50 { i % 10 < 8 } else { i % 10 < 3 }));
    }
    let goal = Goal::Classes { codes: &codes, count: 2 };
    let exact = LinearParams { alpha: Some(0.0), ..params(false) };
    let model = fit(&rows, goal, &[], &exact, &mut never).expect("not cancelled");
    for (x, wanted) in [(1.0, 0.8), (-1.0, 0.3)] {
        let mut p = scores(&model, &[(0, x)]);
        softmax(&mut p);
        assert!((p[1] - wanted).abs() < 1e-3, "{p:?}");
    }
    // Weights act as repeated rows.
    let weights: Vec<f32> = codes.iter().map(|&c| if c == 1 { 2.0 } else { 1.0 }).collect();
    let model = fit(&rows, goal, &weights, &exact, &mut never).expect("not cancelled");
    let mut p = scores(&model, &[(0, 1.0)]);
    softmax(&mut p);
    assert!((p[1] - 1.6 / 1.8).abs() < 1e-3, "{p:?}");
}

/// Rows of twenty features where the class is which fifth most of them are from.
fn wide_rows(n: usize, seed: u64) -> (Sparse, Vec<u32>) {
    let mut random = Random::new(seed);
    let mut rows = Sparse::new(1000);
    let mut codes = vec![];
    for _ in 0..n {
        let class = random.below(5) as u32;
        let mut cells: Vec<u32> =
            (0..20)
                .map(|k| {
                    if k % 2 == 0 {
                        class * 200 + random.below(200) as u32
                    } else {
                        random.below(1000) as u32
                    }
                })
                .collect();
        cells.sort_unstable();
        cells.dedup();
        let value = 1.0 / (cells.len() as f32).sqrt();
        rows.push(cells.into_iter().map(|c| (c, value)));
        codes.push(class);
    }
    (rows, codes)
}

#[test]
fn stochastic_steps_learn_wide_rows_and_repeat_themselves() {
    let (rows, codes) = wide_rows(2000, 1);
    let goal = Goal::Classes { codes: &codes, count: 5 };
    let model = fit(&rows, goal, &[], &params(true), &mut never).expect("not cancelled");
    let (fresh, truths) = wide_rows(1000, 2);
    let right = (0..1000).filter(|&row| {
        let (columns, values) = fresh.row(row);
        let cells: Vec<(u32, f32)> = columns.iter().copied().zip(values.iter().copied()).collect();
        let p = scores(&model, &cells);
        (0..5).all(|c| p[c] <= p[truths[row] as usize])
    });
    assert!(right.count() > 950);
    assert_eq!(model, fit(&rows, goal, &[], &params(true), &mut never).expect("not cancelled"));
}

#[test]
fn threads_do_not_change_the_exact_solver() {
    let (rows, codes) = wide_rows(300, 3);
    let goal = Goal::Classes { codes: &codes, count: 5 };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fit(&rows, goal, &[], &params(false), &mut never).expect("not cancelled"))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn odd_rows_are_defined() {
    let mut empty = Sparse::new(3);
    for rows in [0, 1] {
        let codes = vec![0; rows];
        for wide in [false, true] {
            let goal = Goal::Classes { codes: &codes, count: 1 };
            let model = fit(&empty, goal, &[], &params(wide), &mut never).expect("not cancelled");
            assert!(scores(&model, &[(2, 1.0)]).iter().all(|s| s.is_finite()));
        }
        empty.push([]);
    }
    let mut huge = Sparse::new(1);
    huge.push([(0, 10.0)]);
    huge.push([(0, -10.0)]);
    for wide in [false, true] {
        let model = fit(&huge, Goal::Numbers(&[f32::MAX, f32::MIN]), &[], &params(wide), &mut never);
        assert!(scores(&model.expect("not cancelled"), &[(0, 1.0)])[0].is_finite());
    }
    let stop = &mut |_: u64, _: u64| ControlFlow::Break(());
    assert_eq!(fit(&huge, Goal::Numbers(&[1.0, 2.0]), &[], &params(true), stop), Err(Cancelled));
    assert_eq!(fit(&huge, Goal::Numbers(&[1.0, 2.0]), &[], &params(false), stop), Err(Cancelled));
}

#[test]
fn bytes_give_the_same_model_and_lies_are_refused() {
    let (rows, codes) = wide_rows(50, 4);
    let goal = Goal::Classes { codes: &codes, count: 5 };
    let model = fit(&rows, goal, &[], &params(true), &mut never).expect("not cancelled");
    let mut out = Writer::default();
    model.write(&mut out);
    assert_eq!(Linear::read(&mut Reader(&out.0), 1000, 5).expect("own bytes"), model);
    assert!(Linear::read(&mut Reader(&out.0), 1000, 4).is_err());
    assert!(Linear::read(&mut Reader(&out.0), 999, 5).is_err());
    assert!(Linear::read(&mut Reader(&out.0[..out.0.len() - 1]), 1000, 5).is_err());
    let mut forged = out.0.clone();
    let last = forged.len() - 4;
    forged[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(Linear::read(&mut Reader(&forged), 1000, 5).is_err());
}
