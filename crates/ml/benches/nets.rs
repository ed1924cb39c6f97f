//! Cost and accuracy of nets: `cargo bench -p vakhta-ml --bench nets -- WORK …` prints one line a measurement.
//!
//! - `train DATA TASK BATCH EPOCHS THREADS [SEED] [HIDDEN] [ROWS] [PRECISION]`: a table of numbers, no early stopping
//! - `text DATA EPOCHS BATCH RATE THREADS [HIDDEN]`: names with a class, hashed into 2^17 buckets
//! - `infer DATA NET`: the answers of a trained net for 1 and 64 rows; NET gets its weights for the peers
//!
//! DATA is the folder that `bench/nets/make.py` fills. A table there is: rows, width (u32 each), then the numbers.

mod measure;

use measure::cpu_seconds;
use std::error::Error;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::time::Instant;
use vakhta_domain::progress::{Progress, Unwatched};
use vakhta_domain::spec::{BatchSize, HiddenLayers, Precision, Schedule};
use vakhta_ml::matrix::{Matrix, Sparse};
use vakhta_ml::nets::{Fitted, Input, Level, Net, NetParams, Sample, Scratch, Target, fit, fit_at};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match words[..] {
        ["train", data, task, ref rest @ ..] => train(data, task, &Given(rest)),
        ["text", data, ref rest @ ..] => text(data, &Given(rest)),
        ["infer", data, net] => infer(data, net),
        _ => Ok(writeln!(std::io::stderr(), "name the work: train, text or infer, and its data")?),
    }
}

/// Settings by their place.
struct Given<'a>(&'a [&'a str]);

impl Given<'_> {
    fn at<T: std::str::FromStr>(&self, place: usize, default: T) -> T {
        self.0.get(place).and_then(|word| word.parse().ok()).unwrap_or(default)
    }

    fn sizes(&self, place: usize, default: &[u32]) -> HiddenLayers {
        let given = self.0.get(place).filter(|word| **word != "-");
        let sizes = given.map(|word| word.split('x').filter_map(|size| size.parse().ok()).collect());
        HiddenLayers::These(sizes.unwrap_or_else(|| default.to_vec()))
    }
}

fn plain(hidden: HiddenLayers, batch: u32, epochs: u32) -> NetParams {
    NetParams {
        hidden,
        batch: BatchSize::Rows(batch),
        max_epochs: epochs,
        patience: epochs + 1,
        early_stopping: false,
        alpha: 0.0,
        ..NetParams::default()
    }
}

fn train(data: &str, task: &str, given: &Given<'_>) -> Outcome<()> {
    let (batch, epochs, threads) = (given.at(0, 200), given.at(1, 3), given.at(2, 1));
    let default: &[u32] = match task {
        "table" => &[512, 256, 128],
        "digits" => &[64],
        _ => &[128, 64],
    };
    let hidden = given.sizes(4, default);
    let (x, y) = (table(data, task, "train.x")?, table(data, task, "train.y")?);
    let (test_x, test_y) = (table(data, task, "test.x")?, table(data, task, "test.y")?);
    let rows = given.at(5, x.rows()).min(x.rows());
    let x = Matrix::new((0..rows).flat_map(|row| x.row(row)).copied().collect(), x.width());
    let numbers: Vec<f32> = (0..rows).map(|row| y.row(row)[0]).collect();
    let codes: Vec<u32> = numbers.iter().map(|&code| code as u32).collect();
    let count = codes.iter().max().map_or(1, |&code| code as usize + 1);
    let target = if task == "numbers" {
        Target::Numbers { values: &numbers, width: 1 }
    } else {
        Target::Classes { codes: &codes, count }
    };
    let precision = if given.at(6, 32) == 16 { Precision::Bf16 } else { Precision::F32 };
    let params = NetParams { precision, ..plain(hidden, batch, epochs) };
    let sample = Sample::new(Input::dense(&x), target);
    // In 16 bits even where the processor has no instruction for them, to see how right it is.
    let (fitted, cost) =
        measured(threads, || fit_at(Level::best(), &params, &sample, given.at(3, 0), &Unwatched))?;
    let net = fitted?.net;
    let answers = net.predict(Input::dense(&test_x))?;
    let truth: Vec<f32> = (0..test_y.rows()).map(|row| test_y.row(row)[0]).collect();
    let score = if task == "numbers" { r2(&answers, &truth) } else { hits(&answers, net.outputs(), &truth) };
    let what = format!("ours {task} rows={rows} batch={batch} threads={threads} {:?}", params.precision);
    say(&what, &cost, epochs, score)
}

fn say(what: &str, cost: &Cost, epochs: u32, score: f64) -> Outcome<()> {
    let (cpu, wall) = (cost.cpu / f64::from(epochs), cost.wall / f64::from(epochs));
    let peak = peak_bytes() / 1e6;
    writeln!(
        std::io::stdout(),
        "{what} cpu/epoch={cpu:.4} wall/epoch={wall:.4} score={score:.4} peak={peak:.0}MB {:?}",
        Level::best()
    )?;
    Ok(())
}

struct Cost {
    cpu: f64,
    wall: f64,
}

/// Runs `work` in a pool of its own.
fn measured<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Outcome<(T, Cost)> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let found = pool.install(work);
    Ok((found, Cost { cpu: cpu_seconds() - cpu, wall: start.elapsed().as_secs_f64() }))
}

fn hits(answers: &[f32], outputs: usize, truth: &[f32]) -> f64 {
    let best = |row: &[f32]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
    let right = answers.chunks(outputs).zip(truth).filter(|(row, truth)| best(row) == **truth as usize);
    right.count() as f64 / truth.len() as f64
}

fn r2(answers: &[f32], truth: &[f32]) -> f64 {
    let mean = truth.iter().map(|&y| f64::from(y)).sum::<f64>() / truth.len() as f64;
    let errors: f64 = answers.iter().zip(truth).map(|(a, y)| f64::from(a - y).powi(2)).sum();
    let spread: f64 = truth.iter().map(|&y| (f64::from(y) - mean).powi(2)).sum();
    1.0 - errors / spread
}

fn text(data: &str, given: &Given<'_>) -> Outcome<()> {
    let (epochs, batch, rate, threads) =
        (given.at(0, 3), given.at(1, 200), given.at(2, 1e-3), given.at(3, 1));
    let (rows, codes) = names(&format!("{data}/names_train.tsv"))?;
    let (test_rows, test_codes) = names(&format!("{data}/names_test.tsv"))?;
    let count = codes.iter().max().map_or(1, |&code| code as usize + 1);
    let schedule = if given.at(5, 0) == 1 { Schedule::Constant } else { Schedule::Cosine };
    let params = NetParams { learning_rate: rate, schedule, ..plain(given.sizes(4, &[64]), batch, epochs) };
    let sample = Sample::new(Input::sparse(&rows), Target::Classes { codes: &codes, count });
    let (fitted, cost) = measured(threads, || fit(&params, &sample, 0, &Told))?;
    let Fitted { net, curve, .. } = fitted?;
    let cpu = cpu_seconds();
    let mut answers = vec![0.0; test_rows.rows() * count];
    for _ in 0..5 {
        net.predict_into(Input::sparse(&test_rows), &mut Scratch::default(), &mut answers)?;
    }
    let each = (cpu_seconds() - cpu) / 5.0 / test_rows.rows() as f64 * 1e6;
    let truth: Vec<f32> = test_codes.iter().map(|&code| code as f32).collect();
    let loss = curve.train.last().copied().unwrap_or(f64::NAN);
    let what = format!(
        "ours text epochs={epochs} batch={batch} rate={rate} threads={threads} predict={each:.2}us loss={loss:.3}"
    );
    say(&what, &cost, epochs, hits(&answers, count, &truth))
}

struct Told;

impl Progress for Told {
    fn at(&self, _: &'static str, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
    fn note(&self, text: String) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// Names as counts of hashed n-grams of 2 to 4 characters, each row of length 1; and their classes.
fn names(path: &str) -> Outcome<(Sparse, Vec<u32>)> {
    let mut rows = Sparse::new(1 << 17);
    let mut codes = vec![];
    for line in std::fs::read_to_string(path)?.lines() {
        let (code, name) = line.split_once('\t').ok_or("a line without a tab")?;
        codes.push(code.parse()?);
        let mut grams = vec![];
        for word in name.to_lowercase().split_whitespace() {
            let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
            for size in 2..=4 {
                grams.extend(letters.windows(size).map(hash));
            }
        }
        grams.sort_unstable();
        let counts: Vec<(u32, f32)> =
            grams.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as f32)).collect();
        let length = counts.iter().map(|(_, n)| n * n).sum::<f32>().sqrt();
        rows.push(counts.into_iter().map(|(column, n)| (column, n / length)));
    }
    Ok((rows, codes))
}

fn hash(letters: &[char]) -> u32 {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    for &letter in letters {
        hash = (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01B3);
    }
    ((hash ^ hash >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 47) as u32
}

/// CPU microseconds of one answer, and the trained weights in a file, so that peers answer with the same net.
fn infer(data: &str, path: &str) -> Outcome<()> {
    let (x, y) = (table(data, "table", "train.x")?, table(data, "table", "train.y")?);
    let test = table(data, "table", "test.x")?;
    if !std::path::Path::new(path).exists() {
        let codes: Vec<u32> = (0..y.rows()).map(|row| y.row(row)[0] as u32).collect();
        let sample = Sample::new(Input::dense(&x), Target::Classes { codes: &codes, count: 7 });
        let params = plain(HiddenLayers::These(vec![512, 256, 128]), 200, 2);
        let net = fit(&params, &sample, 0, &Unwatched)?.net;
        let mut saved = vakhta_ml::artifact::Writer::default();
        net.write(&mut saved);
        std::fs::write(path, &saved.0)?;
        let weights = net.layers().into_iter().flat_map(|layer| [layer.weights, layer.bias].concat());
        std::fs::write(format!("{path}.f32"), weights.flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
    }
    let net = Net::read(&mut vakhta_ml::artifact::Reader(&std::fs::read(path)?))?;
    let mut scratch = Scratch::default();
    let rows = 1000;
    for turn in 0..3 {
        let (cpu, mut sum) = (cpu_seconds(), 0.0);
        for _ in 0..50 {
            for row in 0..rows {
                sum += net.predict_row(test.row(row), (&[], &[]), &mut scratch)?[0];
            }
        }
        let one = (cpu_seconds() - cpu) / 50.0 / f64::from(rows as u32) * 1e6;
        let few = Matrix::new((0..64).flat_map(|row| test.row(row)).copied().collect(), test.width());
        let mut out = vec![0.0; 64 * net.outputs()];
        let cpu = cpu_seconds();
        for _ in 0..2000 {
            net.predict_into(Input::dense(&few), &mut scratch, &mut out)?;
        }
        let many = (cpu_seconds() - cpu) / 2000.0 * 1e6;
        writeln!(
            std::io::stdout(),
            "ours infer turn {turn}: 1 row {one:.2} us, 64 rows {many:.1} us ({sum:.1})"
        )?;
    }
    Ok(())
}

/// A table: rows, width, numbers.
fn table(data: &str, task: &str, part: &str) -> Outcome<Matrix> {
    let bytes = std::fs::read(format!("{data}/{task}_{part}"))?;
    let (head, body) = bytes.split_at_checked(8).ok_or("no head")?;
    let width = u32::from_le_bytes(head[4..8].try_into()?);
    let (numbers, _) = body.as_chunks::<4>();
    Ok(Matrix::new(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(), width as usize))
}

/// Most memory that this process held.
fn peak_bytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|k| k.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}
