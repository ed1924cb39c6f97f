//! Learns a net: epochs of shuffled batches, until the held-out rows say that it is enough.

use super::device::{self, Ran};
use super::epochs::Task;
use super::held::{Split, weights};
use super::input::{Sample, Target};
use super::kernels::Level;
use super::net::{Net, NetError};
use super::params::NetParams;
use super::predict::Scratch;
use super::step::Trained;
use vakhta_domain::progress::Progress;

/// Training rows that a finished net must answer with numbers.
const LOOK: usize = 1000;
/// Most sparse columns, so that a saved net can be read back.
const MOST_COLUMNS: usize = 1 << 22;

/// How the losses went.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Mean loss of the training rows in each epoch, seen while they were learnt.
    pub train: Vec<f64>,
    /// Mean loss of the held-out rows after each epoch; empty where none were held out.
    pub held: Vec<f64>,
    /// The epoch whose weights were kept, from 1.
    pub best: u32,
}

/// What [`fit`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The net.
    pub net: Net,
    /// How the losses went.
    pub curve: Curve,
    /// The rows that were held out.
    pub held: Vec<u32>,
    /// Where it was trained.
    pub ran: Ran,
}

/// Learns. The same sample, parameters and seed give the same net on any number of threads of the same kind of
/// processor, or on the same kind of GPU; it uses those of the pool that it is called in. `progress` is told the batches of stage "train"
/// and may stop the work.
pub fn fit(
    params: &NetParams,
    sample: &Sample<'_>,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, NetError> {
    let level = Level::best();
    learn(level, level.has_half(), params, sample, seed, progress)
}

/// As [`fit`], with the kernels of one level, and in 16 bits if `params` say so even where the processor has no
/// instructions for them: that is slow and only shows how right it is.
pub fn fit_at(
    level: Level,
    params: &NetParams,
    sample: &Sample<'_>,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, NetError> {
    learn(level, true, params, sample, seed, progress)
}

fn learn(
    level: Level,
    half: bool,
    params: &NetParams,
    sample: &Sample<'_>,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, NetError> {
    params.check()?;
    sample.check()?;
    if sample.target.outputs() == 0 {
        return Err(NetError::NoOutputs);
    }
    let sparse = sample.input.widths().1;
    if sparse > MOST_COLUMNS {
        let range = "at most 4194304: hash into fewer buckets";
        return Err(NetError::Parameter { field: "sparse columns", value: sparse.to_string(), range });
    }
    let split = Split::new(params, sample, seed);
    if split.train.is_empty() {
        return Err(NetError::NoRows);
    }
    let weights = weights(params, sample, &split.train);
    let scaled = Scaled::new(&sample.target, &split.train);
    let task = Task {
        level,
        half,
        params,
        input: sample.input,
        target: match (&scaled, sample.target) {
            (Some(scaled), Target::Numbers { width, .. }) => {
                Target::Numbers { values: &scaled.values, width }
            }
            (_, target) => target,
        },
        weights: weights.as_deref(),
        head: sample.head(),
        split: &split,
        seed,
    };
    let (mut net, curve, ran) = device::train(&task, progress)?;
    if let (Some(scaled), Some(last)) = (&scaled, net.stages.last_mut()) {
        Trained::rescale(last, &scaled.scales);
    }
    // Weights may be finite and yet too large to answer with.
    let some = &split.train[..split.train.len().min(LOOK)];
    let mut scratch = Scratch::at(level);
    net.rows(sample.input, some, &mut scratch);
    if scratch.answers().lines().iter().any(|line| line.0.iter().any(|answer| !answer.is_finite())) {
        return Err(NetError::Diverged { epoch: curve.best });
    }
    Ok(Fitted { net, curve, held: split.held, ran })
}

/// Numbers to predict, brought to mean 0 and deviation 1.
struct Scaled {
    values: Vec<f32>,
    /// Mean and deviation of each output.
    scales: Vec<(f64, f64)>,
}

impl Scaled {
    fn new(target: &Target<'_>, train: &[u32]) -> Option<Self> {
        let Target::Numbers { values, width } = *target else { return None };
        let of = |row: u32, output: usize| f64::from(values[row as usize * width + output]);
        let count = train.len() as f64;
        let scale = |output: usize| {
            let mean = train.iter().map(|&row| of(row, output)).sum::<f64>() / count;
            let variance = train.iter().map(|&row| (of(row, output) - mean).powi(2)).sum::<f64>() / count;
            let deviation = variance.sqrt();
            (mean, if deviation > 0.0 { deviation } else { 1.0 })
        };
        let scales: Vec<(f64, f64)> = (0..width).map(scale).collect();
        let values = values
            .iter()
            .enumerate()
            .map(|(at, &value)| {
                let (mean, deviation) = scales[at % width];
                ((f64::from(value) - mean) / deviation).clamp(-1e6, 1e6) as f32
            })
            .collect();
        Some(Self { values, scales })
    }
}
