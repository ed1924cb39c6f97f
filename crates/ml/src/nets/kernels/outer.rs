//! Gradients of weights: the sum over rows of inputs times deltas.

use super::{Kernel, fused};
use crate::nets::panels::{LANES, Line, Panels};

/// `c[input][lane] += Σ over rows a[row][input] × b[row][lane]` for one panel of deltas.
pub struct Outer<'a> {
    /// The inputs of the layer.
    pub a: &'a Panels,
    /// One panel of its deltas, a line for each row.
    pub b: &'a [Line],
    /// The gradient of that panel, a line for each input, filled up to whole panels.
    pub c: &'a mut [Line],
}

impl Kernel for Outer<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        let b = &self.b[..self.a.rows()];
        for panel in 0..self.a.count() {
            let a = self.a.panel(panel);
            let c = self.c[panel * LANES..].first_chunk_mut::<LANES>().expect("a line for each input");
            let mut first = 0;
            first = tiles::<TALL, FUSED>(first, a, b, c);
            first = tiles::<4, FUSED>(first, a, b, c);
            tiles::<2, FUSED>(first, a, b, c);
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
