//! The loops that take nearly all the time, compiled once for each kind of processor and picked at run time.
//!
//! Each kernel is plain safe code over arrays of fixed size, which the compiler turns into vector instructions
//! when it may use them. The only unsafe steps are to call such a version, after the processor said that it has
//! the instructions, a prefetch, and the one instruction that has no safe form (`half`).
#![expect(
    unsafe_code,
    reason = "a function compiled for more instructions may be called only where they exist"
)]
#![expect(clippy::inline_always, reason = "only what becomes part of such a function gets its instructions")]
#![expect(
    clippy::needless_range_loop,
    reason = "a loop over lanes is written as what it becomes: one instruction"
)]

mod embed;
mod functions;
mod half;
mod marks;
mod multiply;
mod outer;
mod row;
mod skip;
#[cfg(test)]
mod tests;
mod update;

pub use embed::{Cell, EmbedStep, Gather, Link, NONE, Touched};
pub use functions::{Activate, Slope, Softmax};
pub use half::{HalfMultiply, HalfOuter, Halve, Pairs, Rows};
pub use marks::{Mark, Marks, few};
pub use multiply::Multiply;
pub use outer::Outer;
pub use row::Row;
pub use skip::{WIDEST, stretches};
pub use update::{Rule, Update};

/// Work that is compiled for each kind of processor.
pub trait Kernel {
    /// Does it. `TALL` is how many rows of a tile fit into the vector registers, `FUSED` whether a
    /// multiplication and an addition are one instruction. Must be marked `#[inline(always)]`.
    fn run<const TALL: usize, const FUSED: bool>(self);
}

/// The instructions that kernels may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Those that every processor has.
    Portable,
    /// AVX2 with fused multiplication and addition.
    Avx2,
    /// AVX-512.
    Avx512,
    /// AVX-512 with products of 16 bits.
    Avx512Bf16,
}

impl Level {
    /// The best that this processor has.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
                let half = is_x86_feature_detected!("avx512bf16") && is_x86_feature_detected!("avx512bw");
                return if half { Self::Avx512Bf16 } else { Self::Avx512 };
            }
            let bits = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("popcnt");
            if bits && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Portable
    }

    /// All that this processor has, to compare them.
    pub fn available() -> Vec<Self> {
        let best = Self::best();
        [Self::Portable, Self::Avx2, Self::Avx512, Self::Avx512Bf16]
            .into_iter()
            .filter(|&level| level <= best)
            .collect()
    }

    /// Runs a kernel. A level that the processor does not have is lowered to the best that it has.
    pub fn run(self, kernel: impl Kernel) {
        match self.min(Self::best()) {
            Self::Portable => kernel.run::<2, false>(),
            // SAFETY: `best` found avx2, fma, bmi1 and popcnt.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { with_avx2(kernel) },
            // SAFETY: `best` found avx512f and avx512vl, and every processor with them has the rest.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 | Self::Avx512Bf16 => unsafe { with_avx512(kernel) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => kernel.run::<2, false>(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,popcnt")]
fn with_avx2(kernel: impl Kernel) {
    kernel.run::<6, true>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx2,fma,bmi1,popcnt")]
fn with_avx512(kernel: impl Kernel) {
    kernel.run::<16, true>();
}

/// `a × b + c`, rounded once where the processor can.
#[inline(always)]
fn fused<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// Asks the processor to bring a line into its cache; it changes nothing else.
#[inline(always)]
fn prefetch(line: &crate::nets::panels::Line) {
    // SAFETY: a prefetch neither reads nor writes, and the address is that of a reference.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(line).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
