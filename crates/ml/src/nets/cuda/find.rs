//! What of a GPU this machine has: the driver, the compiler of kernels, the library of products. Nothing here
//! panics where one is missing: cudarc would, at the first call, so each is looked for before.
#![expect(
    unsafe_code,
    reason = "cudarc marks asking for a library unsafe, because loading it runs its start-up code"
)]

use crate::nets::device::NoGpu;
use cudarc::driver::result;
use std::fmt::Display;

/// The error of a failed call.
pub fn failed<E: Display>(doing: &'static str) -> impl Fn(E) -> NoGpu {
    move |error| NoGpu::Failed { doing, reason: error.to_string() }
}

/// Whether the libraries are there.
fn libraries() -> Result<(), NoGpu> {
    // SAFETY: these are NVIDIA's own libraries, whose start-up code may run at any time and on any thread.
    let (driver, compiler, products) = unsafe {
        (
            cudarc::driver::sys::is_culib_present(),
            cudarc::nvrtc::sys::is_culib_present(),
            cudarc::cublas::sys::is_culib_present(),
        )
    };
    match (driver, compiler, products) {
        (false, _, _) => Err(NoGpu::NoDriver),
        (_, false, _) => Err(NoGpu::NoCompiler),
        (_, _, false) => Err(NoGpu::NoProducts),
        _ => Ok(()),
    }
}

/// The name of the first GPU; it is not opened.
pub fn name() -> Result<String, NoGpu> {
    libraries()?;
    result::init().map_err(failed("asking the driver"))?;
    let first = result::device::get(0).map_err(failed("looking for a GPU"))?;
    result::device::get_name(first).map_err(failed("asking the GPU for its name"))
}

/// The kernels as NVRTC compiles them, in PTX; for checks on machines without a GPU. Needs libnvrtc alone.
pub fn compiled_kernels() -> Result<String, NoGpu> {
    // SAFETY: as in `libraries`.
    if !unsafe { cudarc::nvrtc::sys::is_culib_present() } {
        return Err(NoGpu::NoCompiler);
    }
    super::gpu::compiled().map(|ptx| ptx.to_src())
}
