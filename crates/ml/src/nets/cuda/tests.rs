//! The order of the work on a machine of plain loops, against the CPU's own training.

use super::plan::{Plan, Product, Silence, blocks, flat};
use super::stand_in::{StandIn, gemm};
use super::steps::{Rows, Steps, planned};
use crate::matrix::{Matrix, Sparse};
use crate::nets::device::{NoGpu, Ran};
use crate::nets::epochs::Task;
use crate::nets::held::{Split, weights};
use crate::nets::kernels::Level;
use crate::nets::net::Head;
use crate::nets::tests::noise;
use crate::nets::{Input, NetError, NetParams, Sample, Target, fit};
use vakhta_domain::progress::Unwatched;
use vakhta_domain::spec::{Activation, BatchSize, ClassWeight, Device, HiddenLayers, Schedule, Solver};

fn params() -> NetParams {
    NetParams {
        hidden: HiddenLayers::These(vec![20, 17]),
        batch: BatchSize::Rows(64),
        max_epochs: 6,
        device: Device::Cpu,
        ..NetParams::default()
    }
}

/// The answers of nets that the CPU and the stand-in teach, and how far their losses are apart.
fn compared(params: &NetParams, sample: &Sample<'_>) -> f64 {
    let cpu = fit(params, sample, 5, &Unwatched).expect("a net");
    let split = Split::new(params, sample, 5);
    let weights = weights(params, sample, &split.train);
    let task = Task {
        level: Level::best(),
        half: false,
        params,
        input: sample.input,
        target: sample.target,
        weights: weights.as_deref(),
        head: sample.head(),
        split: &split,
        seed: 5,
    };
    let (plan, start) = planned(&task);
    let rows = Rows::new(&task);
    let machine = StandIn::new(plan.clone(), &rows, &start);
    let (net, curve) = task.run(&mut Steps::new(&task, plan, machine), &Unwatched).expect("a net");
    let (a, b) =
        (cpu.net.predict(sample.input).expect("answers"), net.predict(sample.input).expect("answers"));
    let worst = a.iter().zip(&b).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    assert_eq!((curve.best, curve.held.len()), (cpu.curve.best, cpu.curve.held.len()));
    let losses = |of: &crate::nets::Curve| [of.train.clone(), of.held.clone()].concat();
    let apart = losses(&curve).iter().zip(losses(&cpu.curve)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    worst.max(apart)
}

#[test]
fn a_machine_learns_what_the_cpu_learns() {
    let matrix = Matrix::new(noise(300 * 5, 1), 5);
    let codes: Vec<u32> = (0..300).map(|row| u32::from(matrix.row(row)[0] > matrix.row(row)[1])).collect();
    let codes: Vec<u32> =
        codes.iter().enumerate().map(|(row, code)| if row % 7 == 0 { 2 } else { *code }).collect();
    let weights: Vec<f32> = (0..300).map(|row| 0.5 + (row % 5) as f32).collect();
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 3 });
    let weighted = Sample { weights: Some(&weights), ..sample };
    for activation in [Activation::Relu, Activation::Tanh, Activation::Logistic, Activation::Identity] {
        for (solver, dropout) in [(Solver::Adam, 0.0), (Solver::Sgd, 0.0), (Solver::Adam, 0.3)] {
            let params = NetParams { activation, solver, dropout, ..params() };
            let apart = compared(&params, &weighted);
            assert!(apart < 1e-4, "{activation:?} {solver:?} {dropout}: {apart}");
        }
    }
    for schedule in [Schedule::Cosine, Schedule::Invscaling, Schedule::Adaptive] {
        let balanced = NetParams { schedule, class_weight: ClassWeight::Balanced, alpha: 0.5, ..params() };
        let all = NetParams { early_stopping: false, ..balanced.clone() };
        for params in [&balanced, &all] {
            let apart = compared(params, &sample);
            assert!(apart < 1e-4, "{schedule:?}: {apart}");
        }
    }
}

#[test]
fn numbers_and_odd_inputs_are_learnt_alike() {
    let mut values = noise(200 * 3, 4);
    values[7] = f32::NAN;
    values[31] = 3.0;
    let matrix = Matrix::new(values, 3);
    // Of mean 0 and deviation 1, as the caller scales them.
    let numbers: Vec<f32> = (0..400).map(|at| if at % 4 < 2 { 1.0 } else { -1.0 }).collect();
    let target = Target::Numbers { values: &numbers, width: 2 };
    let all: Vec<u32> = (0..200).collect();
    let sample = Sample { held: Some(&[]), train: Some(&all), ..Sample::new(Input::dense(&matrix), target) };
    let one = NetParams { hidden: HiddenLayers::These(vec![]), learning_rate: 1e-4, ..params() };
    assert!(compared(&one, &sample) < 1e-3);
}

#[test]
fn products_are_told_with_their_sides_exchanged() {
    let (rows, inputs, outputs) = (3, 4, 2);
    let (x, w, d) = (noise(rows * inputs, 1), noise(inputs * outputs, 2), noise(rows * outputs, 3));
    let at = |table: &[f32], width: usize, row: usize, column: usize| table[row * width + column];
    let mut sums = vec![0.0; rows * outputs];
    gemm(Product::sums(rows, inputs, outputs), &w, &x, &mut sums);
    let mut gradients = vec![0.0; inputs * outputs];
    gemm(Product::gradients(rows, inputs, outputs), &d, &x, &mut gradients);
    let mut back = vec![0.0; rows * inputs];
    gemm(Product::back(rows, inputs, outputs), &w, &d, &mut back);
    let near = |a: f32, b: f32| assert!((a - b).abs() < 1e-5, "{a} {b}");
    for row in 0..rows {
        for output in 0..outputs {
            let sum: f32 = (0..inputs).map(|k| at(&x, inputs, row, k) * at(&w, outputs, k, output)).sum();
            near(at(&sums, outputs, row, output), sum);
        }
        for input in 0..inputs {
            let sum: f32 = (0..outputs).map(|k| at(&d, outputs, row, k) * at(&w, outputs, input, k)).sum();
            near(at(&back, inputs, row, input), sum);
        }
    }
    for input in 0..inputs {
        for output in 0..outputs {
            let sum: f32 = (0..rows).map(|k| at(&x, inputs, k, input) * at(&d, outputs, k, output)).sum();
            near(at(&gradients, outputs, input, output), sum);
        }
    }
}

#[test]
fn the_layout_has_a_place_for_everything_once() {
    let plan = Plan {
        sizes: vec![3, 4, 2],
        batch: 8,
        activation: Activation::Tanh,
        head: Head::Softmax,
        dropout: 0.0,
        narrow: false,
    };
    assert_eq!(
        [plan.weights(0), plan.weights(1), plan.bias(0), plan.bias(1)],
        [0..12, 12..20, 20..24, 24..26]
    );
    assert_eq!((plan.decayed(), plan.total()), (20, 26));
    assert_eq!([plan.activation(0), plan.activation(1)], [1, 3]);
    let numbers = noise(26, 1);
    assert_eq!(flat(&plan.unflat(&numbers)), numbers);
    assert_eq!([1, 256, 257].map(blocks), [1, 1, 2]);
    assert_eq!(Silence::new(0.0, 7), Silence::NONE);
    assert_eq!(Silence::new(0.5, 7).lift, 2.0);
}

#[test]
fn kernels_and_their_callers_agree_on_numbers() {
    let source = include_str!("kernels.cu");
    assert!(source.contains(&format!("#define LANES {}\n", super::plan::ROW_THREADS)));
    assert!((super::plan::THREADS as usize).is_multiple_of(super::plan::ROW_THREADS));
    for (name, number) in [("RELU", 0), ("TANH", 1), ("LOGISTIC", 2)] {
        assert!(source.contains(&format!("#define {name} {number}\n")));
    }
}

#[test]
fn a_gpu_that_cannot_train_is_said_in_words() {
    let mut sparse = Sparse::new(9);
    (0..30).for_each(|row| sparse.push([(row % 9, 1.0)]));
    let codes: Vec<u32> = (0..30).map(|row| row % 3).collect();
    let target = Target::Classes { codes: &codes, count: 3 };
    let cuda = NetParams { device: Device::Cuda, max_epochs: 1, ..params() };
    let error =
        fit(&cuda, &Sample::new(Input::sparse(&sparse), target), 1, &Unwatched).expect_err("a refusal");
    assert_eq!(error, NetError::Gpu(NoGpu::Sparse));
    assert!(error.to_string().starts_with("device cuda: hashed text"), "{error}");

    let matrix = Matrix::new(noise(60, 1), 2);
    let sample = Sample::new(Input::dense(&matrix), target);
    // Small work is the CPU's, whatever there is.
    let auto = NetParams { device: Device::Auto, ..cuda.clone() };
    assert_eq!(fit(&auto, &sample, 1, &Unwatched).expect("a net").ran, Ran::Cpu);
    match (crate::nets::gpu(), fit(&cuda, &sample, 1, &Unwatched)) {
        (Ok(name), Ok(fitted)) => assert_eq!(fitted.ran, Ran::Gpu(name)),
        (Err(why), Err(error)) => assert_eq!(error, NetError::Gpu(why)),
        (found, fitted) => panic!("{found:?} but {fitted:?}"),
    }
}
