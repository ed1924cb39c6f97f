//! Nets as a whole: what they learn, what they refuse, and that the same rows make the same net.

use super::{
    Curve, Fitted, Head, Input, Layer, Level, Net, NetError, NetParams, Sample, Scratch, Target, fit, fit_at,
};
use crate::matrix::{Matrix, Sparse};
use crate::random::Random;
use vakhta_domain::progress::Unwatched;
use vakhta_domain::spec::{Activation, BatchSize, ClassWeight, HiddenLayers, Precision, Schedule, Solver};

/// Uneven numbers from -1 to 1.
pub(super) fn noise(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..count).map(|_| super::embedding::even(&mut random)).collect()
}

fn params(hidden: &[u32]) -> NetParams {
    NetParams { hidden: HiddenLayers::These(hidden.to_vec()), early_stopping: false, ..NetParams::default() }
}

fn learn(params: &NetParams, sample: &Sample<'_>) -> Fitted {
    fit(params, sample, 1, &Unwatched).expect("a net")
}

/// Rows of three columns whose class depends on the sign of a product, which no linear model can tell.
fn chequers(rows: usize) -> (Matrix, Vec<u32>) {
    let matrix = Matrix::new(noise(rows * 3, 5), 3);
    let codes = (0..rows).map(|row| u32::from(matrix.row(row)[0] * matrix.row(row)[1] > 0.0)).collect();
    (matrix, codes)
}

fn right(net: &Net, input: Input<'_>, codes: &[u32]) -> f64 {
    let answers = net.predict(input).expect("answers");
    let hits = answers.chunks(net.outputs()).zip(codes).filter(|(row, code)| best(row) == **code as usize);
    hits.count() as f64 / codes.len() as f64
}

fn best(row: &[f32]) -> usize {
    (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).expect("an output")
}

#[test]
fn xor_is_learnt_by_every_activation_and_solver() {
    let matrix = Matrix::new(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 2);
    let codes = [0, 1, 1, 0];
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    for activation in [Activation::Relu, Activation::Tanh, Activation::Logistic] {
        for (solver, learning_rate) in [(Solver::Adam, 0.05), (Solver::Sgd, 0.3)] {
            let params = NetParams {
                activation,
                solver,
                learning_rate,
                max_epochs: 3000,
                patience: 3000,
                ..params(&[16])
            };
            let net = learn(&params, &sample).net;
            assert_eq!(right(&net, sample.input, &codes), 1.0, "{activation:?} {solver:?}");
        }
    }
}

#[test]
fn a_table_is_learnt_and_early_stopping_keeps_the_best() {
    let (matrix, codes) = chequers(3000);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    let params = NetParams { early_stopping: true, max_epochs: 60, ..params(&[32, 16]) };
    let Fitted { net, curve, held, .. } = learn(&params, &sample);
    assert!(right(&net, sample.input, &codes) > 0.96);
    assert_eq!(held.len(), 300);
    let lowest = curve.held.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(curve.held[curve.best as usize - 1], lowest);
    // The weights kept are those of that epoch: they have its loss.
    let answers = net.predict(sample.input).expect("answers");
    let of = |row: u32| -f64::from(answers[row as usize * 2 + codes[row as usize] as usize]).ln();
    let loss = held.iter().map(|&row| of(row)).sum::<f64>() / held.len() as f64;
    assert!((loss - lowest).abs() < 1e-6, "{loss} {lowest}");
}

#[test]
fn numbers_are_learnt_at_any_scale() {
    let matrix = Matrix::new(noise(2000 * 4, 3), 4);
    for (scale, offset) in [(1.0, 0.0), (1e6, 5e7), (1e-6, 0.0)] {
        let of = |row: &[f32]| (row[0] * row[1] + row[2]) * scale + offset;
        let values: Vec<f32> = (0..2000).map(|row| of(matrix.row(row))).collect();
        let sample = Sample::new(Input::dense(&matrix), Target::Numbers { values: &values, width: 1 });
        let net = learn(&NetParams { max_epochs: 80, ..params(&[32]) }, &sample).net;
        let answers = net.predict(sample.input).expect("answers");
        let worst = answers.iter().zip(&values).map(|(a, v)| (a - v).abs()).fold(0.0, f32::max);
        assert!(worst < 0.6 * scale, "{worst} at {scale}");
    }
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let (matrix, codes) = chequers(1500);
    let mut sparse = Sparse::new(5000);
    let mut random = Random::new(9);
    for _ in 0..1500 {
        let mut columns: Vec<u32> = (0..40).map(|_| random.below(5000) as u32).collect();
        columns.sort_unstable();
        columns.dedup();
        sparse.push(columns.into_iter().map(|column| (column, 0.1)));
    }
    let input = Input { dense: Some(&matrix), sparse: Some(&sparse) };
    let sample = Sample::new(input, Target::Classes { codes: &codes, count: 2 });
    let batch = BatchSize::Rows(700);
    let params =
        NetParams { early_stopping: true, max_epochs: 3, dropout: 0.2, batch, ..params(&[200, 130]) };
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let net = pool.install(|| fit(&params, &sample, 3, &Unwatched)).expect("a net").net;
        let mut out = crate::artifact::Writer::default();
        net.write(&mut out);
        out.0
    };
    let one = bytes(1);
    assert!(one == bytes(2) && one == bytes(3) && one == bytes(7));
    let other = fit(&params, &sample, 4, &Unwatched).expect("a net").net;
    assert_ne!(Net::read(&mut crate::artifact::Reader(&one)).expect("a net"), other);
}

#[test]
fn nets_of_16_bit_products_learn_as_well_and_on_any_number_of_threads() {
    let (matrix, codes) = chequers(2001);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    let batch = BatchSize::Rows(333);
    let params = NetParams { precision: Precision::Bf16, max_epochs: 40, batch, ..params(&[120, 70]) };
    let learnt = |threads: usize, epochs| {
        let params = NetParams { max_epochs: epochs, learning_rate: 0.01, ..params.clone() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fit_at(Level::best(), &params, &sample, 3, &Unwatched)).expect("a net").net
    };
    let net = learnt(1, 40);
    assert!(right(&net, sample.input, &codes) > 0.96);
    assert!(learnt(1, 2) == learnt(2, 2) && learnt(2, 2) == learnt(5, 2));
    let plain = fit_at(
        Level::best(),
        &NetParams { precision: Precision::F32, ..params.clone() },
        &sample,
        3,
        &Unwatched,
    );
    assert!(plain.expect("a net").net != net);
}

#[test]
fn a_processor_without_16_bit_products_says_so() {
    struct Notes(std::sync::Mutex<Vec<String>>);
    impl vakhta_domain::progress::Progress for Notes {
        fn at(&self, _: &'static str, _: u64, _: u64) -> std::ops::ControlFlow<()> {
            std::ops::ControlFlow::Continue(())
        }
        fn note(&self, text: String) {
            self.0.lock().expect("a lock").push(text);
        }
    }
    let (matrix, codes) = chequers(100);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    let notes = Notes(std::sync::Mutex::default());
    let wished = NetParams { precision: Precision::Bf16, max_epochs: 2, ..params(&[8]) };
    let net = fit(&wished, &sample, 1, &notes).expect("a net").net;
    let told = notes.0.into_inner().expect("a lock");
    if Level::best().has_half() {
        assert!(told.is_empty());
    } else {
        assert_eq!(told, ["precision bf16: this processor has no 16-bit products, it computes in 32 bits"]);
        let plain = NetParams { precision: Precision::F32, ..wished };
        assert_eq!(net, fit(&plain, &sample, 1, &Unwatched).expect("a net").net);
    }
}

#[test]
fn every_level_learns_the_same_within_rounding() {
    let (matrix, codes) = chequers(400);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    let params = NetParams { max_epochs: 3, ..params(&[40, 20]) };
    let answers = |level| {
        let net = fit_at(level, &params, &sample, 1, &Unwatched).expect("a net").net;
        let mut out = vec![0.0; 800];
        net.predict_into(sample.input, &mut Scratch::at(level), &mut out).expect("answers");
        out
    };
    let plain = answers(Level::Portable);
    for level in Level::available() {
        assert!(answers(level).iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-4), "{level:?}");
    }
}

#[test]
fn sparse_columns_learn_what_dense_ones_do() {
    // Every column in every row, so that lazy steps leave nothing out, and SGD without a memory.
    let matrix = Matrix::new(noise(600 * 5, 7).into_iter().map(|x| x + 1.5).collect(), 5);
    let mut sparse = Sparse::new(5);
    let codes: Vec<u32> = (0..600).map(|row| u32::from(matrix.row(row)[0] > matrix.row(row)[3])).collect();
    for row in 0..600 {
        sparse.push(matrix.row(row).iter().enumerate().map(|(column, &x)| (column as u32, x)));
    }
    let target = Target::Classes { codes: &codes, count: 2 };
    let params = NetParams { max_epochs: 60, learning_rate: 0.01, ..params(&[16]) };
    let dense = learn(&params, &Sample::new(Input::dense(&matrix), target)).net;
    let net = learn(&params, &Sample::new(Input::sparse(&sparse), target)).net;
    assert!(right(&dense, Input::dense(&matrix), &codes) > 0.97);
    assert!(right(&net, Input::sparse(&sparse), &codes) > 0.97);
    // The same weights give the same answers in either form.
    let (_, rows) = net.embedding().expect("a table").rows();
    let mut layers = net.layers();
    layers[0] = Layer { inputs: 5, weights: rows, ..layers[0].clone() };
    let same = Net::new(None, &layers, Activation::Relu, Head::Softmax).expect("a net");
    let (a, b) = (net.predict(Input::sparse(&sparse)), same.predict(Input::dense(&matrix)));
    let (a, b) = (a.expect("answers"), b.expect("answers"));
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn classes_that_weigh_the_same_are_found_more_often() {
    let x = noise(2000, 11);
    let codes: Vec<u32> = (0..2000).map(|row| u32::from(row % 20 == 0)).collect();
    let values = x.iter().zip(&codes).map(|(x, &code)| x + code as f32 * 0.8).collect();
    let matrix = Matrix::new(values, 1);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    let found = |class_weight| {
        let net = learn(&NetParams { class_weight, max_epochs: 40, ..params(&[8]) }, &sample).net;
        let answers = net.predict(sample.input).expect("answers");
        answers.chunks(2).filter(|row| row[1] > 0.5).count()
    };
    assert!(found(ClassWeight::Balanced) > 2 * found(ClassWeight::None) + 50);
}

#[test]
fn a_row_of_weight_nothing_teaches_nothing() {
    let (matrix, codes) = chequers(300);
    let weights: Vec<f32> = (0..300).map(|row| if row < 200 { 1.0 } else { 0.0 }).collect();
    let mut lies = codes.clone();
    lies[200..].iter_mut().for_each(|code| *code = 1 - *code);
    let learnt = |codes: &[u32]| {
        let target = Target::Classes { codes, count: 2 };
        let sample = Sample { weights: Some(&weights), ..Sample::new(Input::dense(&matrix), target) };
        learn(&NetParams { max_epochs: 5, ..params(&[8]) }, &sample).net
    };
    assert_eq!(learnt(&codes), learnt(&lies));
}

#[test]
fn odd_samples_are_answered_soundly() {
    let wild = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 0.0, 1e-30, 1.0];
    let cases: [(&str, Vec<f32>); 4] = [
        ("one row", vec![1.0, 2.0]),
        ("constant", vec![3.0; 60]),
        ("missing", vec![f32::NAN; 60]),
        ("wild", (0..400).map(|at| wild[at * 7 % 8]).collect()),
    ];
    for (name, values) in cases {
        let matrix = Matrix::new(values, 2);
        let rows = matrix.rows();
        let codes: Vec<u32> = (0..rows as u32).map(|row| row % 3).collect();
        let numbers: Vec<f32> = (0..rows).map(|row| [1e30, -1e30, 5.0][row % 3]).collect();
        let one = vec![0; rows];
        for target in [
            Target::Classes { codes: &codes, count: 3 },
            Target::Classes { codes: &one, count: 1 },
            Target::Numbers { values: &numbers, width: 1 },
            Target::Numbers { values: &vec![7.0; rows], width: 1 },
        ] {
            for solver in [Solver::Adam, Solver::Sgd] {
                let params = NetParams { solver, max_epochs: 4, early_stopping: true, ..params(&[8]) };
                let sample = Sample::new(Input::dense(&matrix), target);
                match fit(&params, &sample, 1, &Unwatched) {
                    Ok(Fitted { net, .. }) => {
                        let answers = net.predict(sample.input).expect("answers");
                        assert!(answers.iter().all(|x| x.is_finite()), "{name} {solver:?} {answers:?}");
                    }
                    Err(error) => assert!(matches!(error, NetError::Diverged { .. }), "{name} {error}"),
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_learnt_from_is_refused() {
    let matrix = Matrix::new(vec![0.0; 6], 2);
    let fitted = |target, params: &NetParams| {
        fit(params, &Sample::new(Input::dense(&matrix), target), 1, &Unwatched)
            .expect_err("a refusal")
            .to_string()
    };
    let ok = params(&[4]);
    assert_eq!(fitted(Target::Classes { codes: &[0, 5, 1], count: 3 }, &ok), "class 5 of 3");
    assert_eq!(fitted(Target::Classes { codes: &[0], count: 3 }, &ok), "1 classes for 3 rows");
    let numbers = Target::Numbers { values: &[0.0, f32::NAN, 1.0], width: 1 };
    assert_eq!(fitted(numbers, &ok), "the target of row 1 is not a finite number");
    let codes = Target::Classes { codes: &[0, 1, 1], count: 2 };
    let text = fitted(codes, &NetParams { dropout: 1.0, ..ok.clone() });
    assert_eq!(text, "dropout is 1, it must be 0 to below 1");
    let text = fitted(codes, &NetParams { hidden: HiddenLayers::These(vec![0]), ..ok.clone() });
    assert_eq!(text, "hidden_layers is [0], it must be at most 16 layers of 1 to 16384");
    let empty = Sample { train: Some(&[]), ..Sample::new(Input::dense(&matrix), codes) };
    assert_eq!(fit(&ok, &empty, 1, &Unwatched), Err(NetError::NoRows));
}

#[test]
fn schedules_and_dropout_learn_too() {
    let (matrix, codes) = chequers(1500);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    for schedule in [Schedule::Cosine, Schedule::Invscaling, Schedule::Adaptive] {
        let params =
            NetParams { schedule, dropout: 0.1, learning_rate: 0.01, max_epochs: 40, ..params(&[32, 16]) };
        assert!(right(&learn(&params, &sample).net, sample.input, &codes) > 0.93, "{schedule:?}");
    }
}

#[test]
fn one_row_and_many_rows_agree() {
    let (matrix, codes) = chequers(333);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    for activation in [Activation::Relu, Activation::Tanh, Activation::Logistic, Activation::Identity] {
        let net = learn(&NetParams { activation, max_epochs: 2, ..params(&[70, 33]) }, &sample).net;
        let all = net.predict(sample.input).expect("answers");
        let mut scratch = Scratch::default();
        for (row, expected) in all.chunks(2).enumerate() {
            let one = net.predict_row(matrix.row(row), (&[], &[]), &mut scratch).expect("an answer");
            assert!(one.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{activation:?}");
        }
    }
}

#[test]
fn a_stopped_training_says_so() {
    struct Stop;
    impl vakhta_domain::progress::Progress for Stop {
        fn at(&self, _: &'static str, done: u64, _: u64) -> std::ops::ControlFlow<()> {
            if done >= 16 { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
        }
        fn note(&self, _: String) {}
    }
    let (matrix, codes) = chequers(1000);
    let sample = Sample::new(Input::dense(&matrix), Target::Classes { codes: &codes, count: 2 });
    assert_eq!(fit(&params(&[4]), &sample, 1, &Stop), Err(NetError::Cancelled));
    assert_eq!(Curve::default().best, 0);
}

#[test]
fn contributions_of_a_linear_piece_add_up() {
    let mut sparse = Sparse::new(50);
    sparse.push([(3, 0.5), (40, 2.0)]);
    let embedding = super::Embedding::new(50, 9, &[3, 17], &noise(18, 1)).expect("a table");
    let layer = |inputs: usize, outputs: usize, seed| Layer {
        inputs,
        outputs,
        weights: noise(inputs * outputs, seed),
        bias: vec![0.0; outputs],
    };
    let layers = [layer(4, 9, 2), layer(9, 3, 3)];
    let net = Net::new(Some(embedding), &layers, Activation::Relu, Head::Softmax).expect("a net");
    let dense = [0.3, -1.0, 2.0, f32::NAN];
    for output in 0..3 {
        let found =
            net.explain(&dense, sparse.row(0), output, &mut Scratch::default()).expect("contributions");
        let total: f32 = found.dense.iter().chain(&found.sparse).sum();
        assert!((total - found.sum).abs() < 1e-5, "{total} {}", found.sum);
        // A column that training never met, and a missing value, say nothing.
        assert_eq!((found.sparse[1], found.dense[3]), (0.0, 0.0));
    }
}
