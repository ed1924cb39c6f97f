//! Where a net is trained: on a GPU where one is at hand and pays, else on the processor, and why.

use super::cpu::Cpu;
use super::epochs::Task;
use super::fit::Curve;
use super::net::{Net, NetError};
use vakhta_domain::progress::Progress;
use vakhta_domain::spec::{Device, Precision};

/// Multiplications of a batch from which a GPU pays: below, a processor is done while the GPU's steps are begun.
/// An estimate, not measured: two dozen launches of some microseconds, against a core's 50 multiplications a
/// nanosecond.
const WORTH_A_BATCH: usize = 10_000_000;
/// Multiplications of an epoch from which a GPU pays: below, training ends within the second or two that opening
/// the GPU takes. An estimate too.
const WORTH_AN_EPOCH: usize = 4_000_000_000;

/// Why a GPU cannot train.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoGpu {
    /// The feature is off.
    #[error("this program was built without the feature `cuda`")]
    NotBuilt,
    /// No libcuda.
    #[error("there is no NVIDIA driver on this machine (libcuda)")]
    NoDriver,
    /// No libnvrtc.
    #[error(
        "NVIDIA's run-time compiler (libnvrtc) is not on the library path; it comes with the CUDA toolkit"
    )]
    NoCompiler,
    /// No libcublas.
    #[error("NVIDIA's matrix library (libcublas) is not on the library path; it comes with the CUDA toolkit")]
    NoProducts,
    /// Text and categories of many values.
    #[error("hashed text and wide categories make sparse columns, and those are trained on the CPU only")]
    Sparse,
    /// A call to the driver or a library failed.
    #[error("{doing}: {reason}")]
    Failed {
        /// What was tried.
        doing: &'static str,
        /// What the driver said.
        reason: String,
    },
}

/// Where a net was trained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// On the processor, as asked or because a GPU would not pay.
    Cpu,
    /// On the processor, though a GPU would have paid.
    CpuInstead(NoGpu),
    /// On the GPU of this name.
    Gpu(String),
}

/// The name of the GPU that nets would be trained on, or why there is none. Does not open it.
pub fn gpu() -> Result<String, NoGpu> {
    #[cfg(feature = "cuda")]
    return super::cuda::name();
    #[cfg(not(feature = "cuda"))]
    Err(NoGpu::NotBuilt)
}

/// Trains where the task says.
pub(super) fn train(task: &Task<'_>, progress: &dyn Progress) -> Result<(Net, Curve, Ran), NetError> {
    let device = task.params.device;
    if device == Device::Cpu || (device == Device::Auto && !pays(task)) {
        return on_cpu(task, progress, Ran::Cpu);
    }
    match on_gpu(task, progress) {
        Err(NetError::Gpu(why)) if device == Device::Auto => {
            progress.note(format!("device auto: the net is trained on the CPU: {why}"));
            on_cpu(task, progress, Ran::CpuInstead(why))
        }
        other => other,
    }
}

fn on_cpu(task: &Task<'_>, progress: &dyn Progress, ran: Ran) -> Result<(Net, Curve, Ran), NetError> {
    if task.params.precision == Precision::Bf16 && !task.half {
        progress.note("precision bf16: this processor has no 16-bit products, it computes in 32 bits".into());
    }
    let (net, curve) = task.run(&mut Cpu::new(task), progress)?;
    Ok((net, curve, ran))
}

#[cfg(feature = "cuda")]
fn on_gpu(task: &Task<'_>, progress: &dyn Progress) -> Result<(Net, Curve, Ran), NetError> {
    if task.input.widths().1 > 0 {
        return Err(NoGpu::Sparse.into());
    }
    let (mut learner, name) = super::cuda::open(task)?;
    progress.note(format!("the net is trained on {name}"));
    let (net, curve) = task.run(&mut learner, progress)?;
    Ok((net, curve, Ran::Gpu(name)))
}

#[cfg(not(feature = "cuda"))]
fn on_gpu(task: &Task<'_>, _: &dyn Progress) -> Result<(Net, Curve, Ran), NetError> {
    Err(if task.input.widths().1 > 0 { NoGpu::Sparse } else { NoGpu::NotBuilt }.into())
}

/// Whether a GPU would be the faster one. It does not ask how many cores there are: what is trained must not
/// depend on that.
fn pays(task: &Task<'_>) -> bool {
    let (dense, sparse) = task.input.widths();
    let (rows, outputs) = (task.split.train.len(), task.target.outputs());
    let mut sizes = task.params.sizes(rows, dense, sparse, outputs);
    sizes.insert(0, dense);
    sizes.push(outputs);
    let weights: usize = sizes.windows(2).map(|pair| pair[0].saturating_mul(pair[1])).sum();
    sparse == 0
        && weights.saturating_mul(task.batch()) >= WORTH_A_BATCH
        && weights.saturating_mul(rows) >= WORTH_AN_EPOCH
}
