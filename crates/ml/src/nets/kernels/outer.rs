//! Gradients of weights: the sum over rows of inputs times deltas.

use super::{Kernel, Marks, fused};
use crate::nets::panels::{LANES, Line, Panels};
use std::ops::Range;

/// `c[panel][input][lane] += Σ over rows a[row][input] × b[panel][row][lane]` for some panels of deltas.
pub struct Outer<'a> {
    /// The inputs of the layer.
    pub a: &'a Panels,
    /// Its numbers that are not zero, where so many are zero that the others are better sought out.
    pub marks: Option<&'a Marks>,
    /// Its deltas.
    pub b: &'a Panels,
    /// The panels wanted.
    pub panels: Range<usize>,
    /// The gradient of each of these panels, a line for each input, filled up to whole panels.
    pub c: &'a mut [Line],
}

impl Kernel for Outer<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(mut self) {
        let (rows, inputs) = (self.a.rows(), self.a.count() * LANES);
        assert!(
            self.b.rows() == rows && self.c.len() == self.panels.len() * inputs,
            "tables that do not fit"
        );
        if let Some(marks) = self.marks {
            self.skipping::<TALL, FUSED>(marks);
            return;
        }
        if inputs == 0 {
            return;
        }
        for (c, panel) in self.c.chunks_exact_mut(inputs).zip(self.panels) {
            let b = self.b.panel(panel);
            for (at, c) in c.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let a = self.a.panel(at);
                let mut first = 0;
                first = tiles::<TALL, FUSED>(first, a, b, c);
                first = tiles::<4, FUSED>(first, a, b, c);
                tiles::<2, FUSED>(first, a, b, c);
            }
        }
    }
}

/// As many tiles of `TALL` inputs as fit from `first` on; the first input that is left.
#[inline(always)]
fn tiles<const TALL: usize, const FUSED: bool>(
    mut first: usize,
    a: &[Line],
    b: &[Line],
    c: &mut [Line; LANES],
) -> usize {
    while LANES - first >= TALL {
        tile::<TALL, FUSED>(first, a, b, c);
        first += TALL;
    }
    first
}

#[inline(always)]
fn tile<const TALL: usize, const FUSED: bool>(first: usize, a: &[Line], b: &[Line], c: &mut [Line; LANES]) {
    let mut sums = [[0.0; LANES]; TALL];
    for r in 0..TALL {
        sums[r] = c[first + r].0;
    }
    for (a, b) in a.iter().zip(b) {
        let a = a.0[first..].first_chunk::<TALL>().expect("the tile is within the panel");
        for r in 0..TALL {
            for lane in 0..LANES {
                sums[r][lane] = fused::<FUSED>(a[r], b.0[lane], sums[r][lane]);
            }
        }
    }
    for r in 0..TALL {
        c[first + r].0 = sums[r];
    }
}
