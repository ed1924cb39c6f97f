//! Nets on a GPU: `cargo bench -p vakhta-ml --features cuda --bench gpu -- WORK …`. Anything amiss is an error.
//!
//! - `compile`: the kernels go through NVRTC; needs libnvrtc, no GPU
//! - `agree`: small trainings on the GPU and the CPU, over every activation, solver, loss and dropout
//! - `train DATA TASK BATCH EPOCHS [PRECISION]`: wall time of an epoch on the GPU, and accuracy beside the CPU's
//!
//! DATA is the folder that `bench/nets/make.py` fills. A table there is: rows, width (u32 each), then the numbers.

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;
use vakhta_domain::progress::Unwatched;
use vakhta_domain::spec::{Activation, BatchSize, Device, HiddenLayers, Precision, Solver};
use vakhta_ml::matrix::Matrix;
use vakhta_ml::nets::{self, Fitted, Input, Level, NetParams, Sample, Target};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How far a GPU's answers may be from the CPU's after a few epochs: rounding of sums in another order.
const APART: f32 = 2e-3;
/// How far with products of 16 bits, by which a rounding may fall to the other side.
const APART_NARROW: f32 = 1e-2;
/// By how much accuracy may be below the CPU's: the noise between seeds.
const WORSE: f64 = 0.01;

fn main() -> Outcome<()> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match words[..] {
        ["compile"] => compile(),
        ["agree"] => agree(),
        ["train", data, task, batch, epochs] => train(data, task, batch.parse()?, epochs.parse()?, false),
        ["train", data, task, batch, epochs, precision] => {
            train(data, task, batch.parse()?, epochs.parse()?, precision == "16")
        }
        _ => Err("name the work: compile, agree or train, and its data".into()),
    }
}

fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn compile() -> Outcome<()> {
    let ptx = nets::compiled_kernels()?;
    let entries = ptx.matches(".visible .entry ").count();
    say(&format!("kernels.cu compiles: {entries} kernels, {} bytes of PTX", ptx.len()))?;
    if entries == 8 { Ok(()) } else { Err(format!("{entries} kernels instead of 8").into()) }
}

fn params(hidden: &[u32], batch: u32, epochs: u32) -> NetParams {
    NetParams {
        hidden: HiddenLayers::These(hidden.to_vec()),
        batch: BatchSize::Rows(batch),
        max_epochs: epochs,
        patience: epochs + 1,
        early_stopping: false,
        alpha: 0.0,
        ..NetParams::default()
    }
}

/// The CPU computes in 16 bits too where it is asked to, with or without an instruction for them.
fn learnt(params: &NetParams, device: Device, sample: &Sample<'_>) -> Outcome<Fitted> {
    let params = NetParams { device, ..params.clone() };
    Ok(nets::fit_at(Level::best(), &params, sample, 1, &Unwatched)?)
}

/// Even numbers from -1 to 1, without chance: the fractional parts of multiples of an irrational number.
fn spread(count: usize, step: f64) -> Vec<f32> {
    (1..=count).map(|at| ((at as f64 * step).fract() * 2.0 - 1.0) as f32).collect()
}

fn agree() -> Outcome<()> {
    say(&format!("GPU: {}", nets::gpu()?))?;
    let matrix = Matrix::new(spread(1000 * 7, 0.618_033_988_749_894_9), 7);
    let codes: Vec<u32> =
        (0..1000).map(|row| u32::from(matrix.row(row)[0] > matrix.row(row)[3]) * 2).collect();
    let numbers: Vec<f32> = (0..2000).map(|at| matrix.row(at / 2)[at % 2] * 3.0 + 1.0).collect();
    let weights: Vec<f32> = (0..1000).map(|row| 0.5 + (row % 4) as f32).collect();
    let targets =
        [Target::Classes { codes: &codes, count: 40 }, Target::Numbers { values: &numbers, width: 2 }];
    let mut wrong = 0;
    for activation in [Activation::Relu, Activation::Tanh, Activation::Logistic, Activation::Identity] {
        for solver in [Solver::Adam, Solver::Sgd] {
            for (target, name) in targets.iter().zip(["classes", "numbers"]) {
                for (dropout, early_stopping) in [(0.0, false), (0.3, false), (0.0, true)] {
                    for precision in [Precision::F32, Precision::Bf16] {
                        let sample =
                            Sample { weights: Some(&weights), ..Sample::new(Input::dense(&matrix), *target) };
                        let base = params(&[50, 33], 96, 4);
                        let alpha = 1e-3;
                        let params = NetParams {
                            activation,
                            solver,
                            dropout,
                            early_stopping,
                            precision,
                            alpha,
                            ..base
                        };
                        let (cpu, gpu) =
                            (learnt(&params, Device::Cpu, &sample)?, learnt(&params, Device::Cuda, &sample)?);
                        let apart = apart(&cpu, &gpu, sample.input)?;
                        let allowed = if precision == Precision::Bf16 { APART_NARROW } else { APART };
                        // A NaN is not near either.
                        let fine = apart <= allowed;
                        wrong += usize::from(!fine);
                        let verdict = if fine { "" } else { " TOO MUCH" };
                        say(&format!(
                            "{activation:?} {solver:?} {name} dropout={dropout} held={early_stopping} \
                             {precision:?}: apart {apart:.1e}{verdict}"
                        ))?;
                    }
                }
            }
        }
    }
    if wrong == 0 {
        say("the GPU agrees with the CPU")
    } else {
        Err(format!("{wrong} trainings differ").into())
    }
}

/// The largest difference of answers and of losses.
fn apart(cpu: &Fitted, gpu: &Fitted, input: Input<'_>) -> Outcome<f32> {
    let (a, b) = (cpu.net.predict(input)?, gpu.net.predict(input)?);
    let answers = a.iter().zip(&b).map(|(a, b)| (a - b).abs());
    let losses = |of: &Fitted| [of.curve.train.clone(), of.curve.held.clone()].concat();
    let (a, b) = (losses(cpu), losses(gpu));
    let losses = a.iter().zip(&b).map(|(a, b)| (a - b).abs() as f32);
    Ok(answers.chain(losses).fold(0.0, |worst, off| if off > worst || off.is_nan() { off } else { worst }))
}

fn train(data: &str, task: &str, batch: u32, epochs: u32, narrow: bool) -> Outcome<()> {
    let hidden: &[u32] = if task == "digits" { &[64] } else { &[512, 256, 128] };
    let (x, y) = (table(data, task, "train.x")?, table(data, task, "train.y")?);
    let (test_x, test_y) = (table(data, task, "test.x")?, table(data, task, "test.y")?);
    let codes: Vec<u32> = y.values().iter().map(|&code| code as u32).collect();
    let count = codes.iter().max().map_or(1, |&code| code as usize + 1);
    let sample = Sample::new(Input::dense(&x), Target::Classes { codes: &codes, count });
    let precision = if narrow { Precision::Bf16 } else { Precision::F32 };
    let timed = |epochs| -> Outcome<(Fitted, f64)> {
        let start = Instant::now();
        let params = NetParams { precision, ..params(hidden, batch, epochs) };
        Ok((learnt(&params, Device::Cuda, &sample)?, start.elapsed().as_secs_f64()))
    };
    // What opening the GPU and copying take is in both, and not in their difference.
    let (_, first) = timed(1)?;
    let (gpu, all) = timed(1 + epochs)?;
    let each = (all - first) / f64::from(epochs);
    let score = |fitted: &Fitted| -> Outcome<f64> {
        let answers = fitted.net.predict(Input::dense(&test_x))?;
        let best = |row: &[f32]| (0..count).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
        let right =
            answers.chunks(count).zip(test_y.values()).filter(|(row, code)| best(row) == **code as usize);
        Ok(right.count() as f64 / test_y.rows() as f64)
    };
    let cpu = learnt(&params(hidden, batch, 1 + epochs), Device::Cpu, &sample)?;
    let (on_gpu, on_cpu) = (score(&gpu)?, score(&cpu)?);
    say(&format!(
        "ours {task} batch={batch} {precision:?} wall/epoch={each:.4} opening+1 epoch={first:.2} score={on_gpu:.4} cpu score={on_cpu:.4}"
    ))?;
    if on_gpu + WORSE >= on_cpu { Ok(()) } else { Err("the GPU's net is worse than the CPU's".into()) }
}

/// A table: rows, width, numbers.
fn table(data: &str, task: &str, part: &str) -> Outcome<Matrix> {
    let bytes = std::fs::read(format!("{data}/{task}_{part}"))?;
    let (head, body) = bytes.split_at_checked(8).ok_or("no head")?;
    let width = u32::from_le_bytes(head[4..8].try_into()?);
    let (numbers, _) = body.as_chunks::<4>();
    Ok(Matrix::new(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(), width as usize))
}
