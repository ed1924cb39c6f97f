//! One row through one layer, reading only the weights of inputs that are not zero.
//!
//! A single row is bound by memory, not by arithmetic: after `relu` more than half the inputs are zero, and
//! their weights need not be read.

use super::{Kernel, fused};
use crate::nets::panels::{LANES, Line, Panels};

/// Panels that are summed at once.
const WIDE: usize = 4;

/// `out = Σ value × weights[input] + bias` over the inputs given.
pub struct Row<'a> {
    /// The inputs that are not zero, with their values.
    pub inputs: &'a [(u32, f32)],
    /// The weights.
    pub weights: &'a Panels,
    /// Where the sums start.
    pub bias: &'a [Line],
    /// Whether negative sums become zero.
    pub relu: bool,
    /// The sums, a line for each panel.
    pub out: &'a mut [Line],
}

impl Kernel for Row<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(mut self) {
        let panels = self.weights.count();
        let mut panel = 0;
        while panels - panel >= WIDE {
            self.sum::<WIDE, FUSED>(panel);
            panel += WIDE;
        }
        while panel < panels {
            self.sum::<1, FUSED>(panel);
            panel += 1;
        }
    }
}

impl Row<'_> {
    #[inline(always)]
    fn sum<const COUNT: usize, const FUSED: bool>(&mut self, first: usize) {
        let mut sums = [[0.0; LANES]; COUNT];
        for p in 0..COUNT {
            sums[p] = self.bias[first + p].0;
        }
        let weights: [&[Line]; COUNT] = std::array::from_fn(|p| self.weights.panel(first + p));
        for &(input, value) in self.inputs {
            for p in 0..COUNT {
                let line = &weights[p][input as usize].0;
                for lane in 0..LANES {
                    sums[p][lane] = fused::<FUSED>(value, line[lane], sums[p][lane]);
                }
            }
        }
        for p in 0..COUNT {
            for lane in 0..LANES {
                let sum = sums[p][lane];
                self.out[first + p].0[lane] = if self.relu && sum < 0.0 { 0.0 } else { sum };
            }
        }
    }
}
