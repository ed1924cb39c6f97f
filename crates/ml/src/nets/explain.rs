//! Why a net says what it says of one row: gradient × input.
//!
//! The gradient of an output's sum (before softmax or the logistic function) by each input, times the input. For
//! a linear net, and for one of `relu` within the piece that the row lies in, the contributions and the biases'
//! part add up to the sum itself.

use super::input::sound;
use super::kernels::Slope;
use super::net::{Net, NetError};
use super::panels::{LANES, Panels};
use super::predict::Scratch;

/// What each input of a row contributed to one output.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The output's sum.
    pub sum: f32,
    /// One for each dense column.
    pub dense: Vec<f32>,
    /// One for each given cell of the sparse columns.
    pub sparse: Vec<f32>,
}

impl Net {
    /// The contributions of the inputs of one row to output `output`.
    pub fn explain(
        &self,
        dense: &[f32],
        sparse: (&[u32], &[f32]),
        output: usize,
        scratch: &mut Scratch,
    ) -> Result<Contributions, NetError> {
        if dense.len() != self.stages[0].inputs {
            return Err(self.wrong_columns((dense.len(), self.widths().1)));
        }
        if output >= self.outputs() {
            return Err(NetError::Class { code: output as u32, count: self.outputs() });
        }
        let level = scratch.level();
        let tables = self.row(dense, sparse, scratch);
        let sum = tables[self.stages.len()].at(0, output);
        let mut deltas = Panels::zero(1, self.outputs());
        deltas.lines_mut()[output / LANES].0[output % LANES] = 1.0;
        for at in (1..self.stages.len()).rev() {
            let mut before = back(&self.stages[at].weights, &deltas, self.stages[at].inputs);
            let (activation, outputs) = (self.activation, &tables[at]);
            level.run(Slope { activation, outputs, kept: 1.0, deltas: &mut before });
            deltas = before;
        }
        let inputs = back(&self.stages[0].weights, &deltas, dense.len());
        let dense = dense.iter().enumerate().map(|(i, &x)| inputs.at(0, i) * sound(x)).collect();
        let sparse = match &self.embedding {
            None => vec![0.0; sparse.0.len()],
            Some(embedding) => {
                let contribution = |(&column, &value): (&u32, &f32)| {
                    let slot = embedding.slots.get(column as usize).copied().unwrap_or(super::kernels::NONE);
                    if slot == super::kernels::NONE {
                        return 0.0;
                    }
                    let gradient: f32 = (0..embedding.outputs)
                        .map(|output| embedding.weight(slot, output) * deltas.at(0, output))
                        .sum();
                    gradient * sound(value)
                };
                sparse.0.iter().zip(sparse.1).map(contribution).collect()
            }
        };
        Ok(Contributions { sum, dense, sparse })
    }
}

/// The deltas of a layer's inputs from those of its outputs, for one row.
fn back(weights: &Panels, deltas: &Panels, inputs: usize) -> Panels {
    let mut before = Panels::zero(1, inputs);
    for input in 0..inputs {
        let mut sum = 0.0;
        for panel in 0..weights.count() {
            let (weights, deltas) = (&weights.panel(panel)[input].0, &deltas.lines()[panel].0);
            sum += weights.iter().zip(deltas).map(|(w, d)| w * d).sum::<f32>();
        }
        before.lines_mut()[input / LANES].0[input % LANES] = sum;
    }
    before
}
