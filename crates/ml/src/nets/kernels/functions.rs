//! Activations, their slopes, and softmax. Written without branches, so that they become vector instructions.

use super::Kernel;
use crate::nets::panels::{LANES, Line, Panels};
use vakhta_domain::spec::Activation;

/// `e^x` to about 2 units in the last place; below -87 and above 88 as there. Cephes' polynomial (Moshier 1992).
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = sum * rest + coefficient;
    }
    let fraction = sum * rest * rest + rest + 1.0;
    fraction * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3F80_0000))
}

#[inline(always)]
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

#[inline(always)]
fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Applies an activation to every number of a table.
pub struct Activate<'a> {
    /// Which.
    pub activation: Activation,
    /// The sums; then what became of them.
    pub table: &'a mut Panels,
}

impl Kernel for Activate<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        match self.activation {
            Activation::Identity => {}
            // Not `max`, which would hide a NaN.
            Activation::Relu => each(self.table.lines_mut(), |x| if x < 0.0 { 0.0 } else { x }),
            Activation::Tanh => each(self.table.lines_mut(), tanh),
            Activation::Logistic => {
                each(self.table.lines_mut(), logistic);
                clear_padding(self.table);
            }
        }
    }
}

/// Applies a function to every number.
#[inline(always)]
pub(super) fn each(lines: &mut [Line], function: impl Fn(f32) -> f32) {
    for line in lines {
        for value in &mut line.0 {
            *value = function(*value);
        }
    }
}

/// Makes the columns zero that fill up the last panel.
#[inline(always)]
fn clear_padding(table: &mut Panels) {
    let used = table.width() % LANES;
    if used == 0 {
        return;
    }
    let last = table.count() - 1;
    for line in table.panel_mut(last) {
        for lane in used..LANES {
            line.0[lane] = 0.0;
        }
    }
}

/// Turns deltas of a layer's outputs into deltas of its sums: multiplied by the slope of the activation.
pub struct Slope<'a> {
    /// Which activation.
    pub activation: Activation,
    /// What the layer gave.
    pub outputs: &'a Panels,
    /// By what its outputs must be multiplied to be those of the activation: the share that dropout kept.
    pub kept: f32,
    /// The deltas.
    pub deltas: &'a mut Panels,
}

impl Kernel for Slope<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        let (outputs, deltas, kept) = (self.outputs.lines(), self.deltas.lines_mut(), self.kept);
        match self.activation {
            Activation::Identity => {}
            Activation::Relu => both(outputs, deltas, |y, d| if y > 0.0 { d } else { 0.0 }),
            Activation::Tanh => both(outputs, deltas, |y, d| d * (1.0 - (y * kept) * (y * kept))),
            Activation::Logistic => both(outputs, deltas, |y, d| d * (y * kept) * (1.0 - y * kept)),
        }
    }
}

#[inline(always)]
fn both(outputs: &[Line], deltas: &mut [Line], function: impl Fn(f32, f32) -> f32) {
    for (output, delta) in outputs.iter().zip(deltas) {
        for lane in 0..LANES {
            delta.0[lane] = function(output.0[lane], delta.0[lane]);
        }
    }
}

/// Turns each row of sums into probabilities that add up to 1.
pub struct Softmax<'a> {
    /// The sums; then the probabilities.
    pub table: &'a mut Panels,
}

impl Kernel for Softmax<'_> {
    #[inline(always)]
    fn run<const TALL: usize, const FUSED: bool>(self) {
        let (rows, panels) = (self.table.rows(), self.table.count());
        let used = self.table.width() - (panels.max(1) - 1) * LANES;
        let lines = self.table.lines_mut();
        for row in 0..rows {
            if let Some(last) = lines.get_mut((panels - 1) * rows + row) {
                for lane in used..LANES {
                    last.0[lane] = f32::NEG_INFINITY;
                }
            }
            let mut highest = [f32::NEG_INFINITY; LANES];
            for panel in 0..panels {
                let line = &lines[panel * rows + row].0;
                for lane in 0..LANES {
                    highest[lane] = highest[lane].max(line[lane]);
                }
            }
            let top = highest.iter().fold(f32::NEG_INFINITY, |top, &x| top.max(x));
            let mut sums = [0.0; LANES];
            for panel in 0..panels {
                let line = &mut lines[panel * rows + row].0;
                for lane in 0..LANES {
                    line[lane] = exp(line[lane] - top);
                    sums[lane] += line[lane];
                }
            }
            let share = 1.0 / sums.iter().sum::<f32>();
            for panel in 0..panels {
                for value in &mut lines[panel * rows + row].0 {
                    *value *= share;
                }
            }
        }
        clear_padding(self.table);
    }
}
